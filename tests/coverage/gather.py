#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Add up what gcov says of the module's objects.

  gcov -b -j -t ... | gather.py TREE >FILE

TREE is where the objects were built. Of each source file in it, a list of
[line, count, [count of each branch]]. A function of a header that many objects
have is one, and so is one that the compiler has put into others.
"""

import json
import os
import sys


def documents(stream):
    """gcov prints one JSON text after the other."""
    decoder = json.JSONDecoder()
    text = stream.read().lstrip()
    while text:
        document, end = decoder.raw_decode(text)
        yield document
        text = text[end:].lstrip()


def add(known, line):
    """Add a line of one object to those of the others."""
    key = line["line_number"]
    taken = [branch["count"] for branch in line["branches"]]
    count, before = known.get(key, (0, []))
    # An object that lacks a branch has proved that it cannot be taken there
    longer = max(len(before), len(taken))
    taken += [0] * (longer - len(taken))
    before = before + [0] * (longer - len(before))
    known[key] = (count + line["count"],
                  [a + b for a, b in zip(before, taken)])


def main(tree):
    files = {}
    tree = os.path.realpath(tree) + "/"
    for document in documents(sys.stdin):
        for file in document["files"]:
            name = os.path.join(document["current_working_directory"],
                                file["file"])
            name = os.path.normpath(name)
            if not name.startswith(tree):
                continue
            known = files.setdefault(name[len(tree):], {})
            for line in file["lines"]:
                add(known, line)
    json.dump({name: [[key, *known[key]] for key in sorted(known)]
               for name, known in sorted(files.items())}, sys.stdout)


main(sys.argv[1])
