#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
#
# The module's wings: kmod/ has one folder for each, and all arrows between them
# point down, by calls as well as by includes.  No arrows run in a circle, neither
# between wings nor within one.  Prints FILE: RULE for each breach, and fails if
# there was one.
#
#   check_wings.py		includes
#   check_wings.py OBJECTS	calls, by the symbols of the objects of a build of
#				the module, build/KERNEL

import os
import re
import subprocess
import sys

# From the top down; "" is kmod/ itself, the module's life
WINGS = ["", "netlink", "control", "packet", "store", "object", "sched", "key",
         "base"]

# netlink fills in whom lower wings tell what happens, see base/listener.h
UPWARD = {"ksteer_listener"}

# The table of operations is generated, with policies that its handlers use
TABLES = {"netlink/nl_gen"}


def wing(name):
    """The wing of a file or object, whose name is relative to kmod/."""
    return WINGS.index(os.path.dirname(name))


def sources(suffixes):
    """Files of the module by their names relative to kmod/."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard",
                             "kmod"], capture_output=True, text=True,
                            check=True).stdout.split()
    names = [os.path.relpath(name, "kmod") for name in listed
             if os.path.exists(name)]
    return [name for name in names
            if name.endswith(suffixes) and not name.startswith("compat/")]


def include_arrows():
    """(from, to): what to is included for."""
    arrows = {}
    files = set(sources((".c", ".h")))
    for name in sorted(files):
        with open(os.path.join("kmod", name), encoding="utf-8") as file:
            found = re.findall(r'^\s*#\s*include\s+"([^"]+)"', file.read(),
                               re.M)
        for target in found:
            if target in files:
                arrows[name, target] = target
    return arrows


def symbols(path):
    """Names that an object defines for others, and those that it needs."""
    defined, needed = set(), set()
    lines = subprocess.run(["nm", path], capture_output=True, text=True,
                           check=True).stdout.splitlines()
    for kind, name in (line.split()[-2:] for line in lines):
        if kind == "U":
            needed.add(name)
        elif kind.isupper():
            defined.add(name)
    return defined, needed


def call_arrows(build):
    """(from, to): a name that is used, by the symbols of objects."""
    owner, needs = {}, {}
    for name in sources((".c",)):
        path = os.path.join(build, "kmod", name[:-2] + ".o")
        if not os.path.exists(path):
            sys.exit(f"check_wings.py: {path} is not built")
        defined, needs[name[:-2]] = symbols(path)
        owner.update((symbol, name[:-2]) for symbol in defined)
    arrows = {}
    for name, needed in needs.items():
        for symbol in sorted(needed & owner.keys() - UPWARD):
            if owner[symbol] != name and name not in TABLES:
                arrows[name, owner[symbol]] = symbol
    return arrows


def circles(arrows):
    """Sets of names that reach each other."""
    after = {}
    for source, target in arrows:
        after.setdefault(source, set()).add(target)

    def reach(start):
        seen, todo = set(), [start]
        while todo:
            for name in after.get(todo.pop(), ()):
                if name not in seen:
                    seen.add(name)
                    todo.append(name)
        return seen

    reached = {name: reach(name) for name in after}
    return {frozenset(other for other in reached[name]
                      if name in reached.get(other, ()))
            for name in after if name in reached[name]}


def main():
    """Check what is asked; exit with 1 if there was a breach."""
    calls = len(sys.argv) > 1
    build = os.path.abspath(sys.argv[1]) if calls else None
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    arrows = call_arrows(build) if calls else include_arrows()
    breaches = []
    for (source, target), name in sorted(arrows.items()):
        if wing(source) > wing(target):
            breaches.append(f"kmod/{source}: "
                            + (f"calls {name}() of kmod/{target}, upward"
                               if calls else f"includes {target}, upward"))
    for circle in circles(arrows):
        breaches.append("kmod/" + " kmod/".join(sorted(circle))
                        + ": in a circle")
    print("\n".join(breaches), end="\n" if breaches else "")
    sys.exit(bool(breaches))


if __name__ == "__main__":
    main()
