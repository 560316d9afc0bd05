#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""nl_table.py SPEC: the family's commands and attributes as a C header."""

import sys

try:
    import yaml
except ImportError:
    sys.exit("nl_table.py: Python has no yaml: install python3-yaml")


def number(spec, value):
    """A limit, which may be the name of a constant."""
    for definition in spec["definitions"]:
        if definition["name"] == value:
            return definition["value"]
    return value


def values(spec, attr):
    """How many names its enumeration has; 0 if it has none."""
    for definition in spec["definitions"]:
        if definition["name"] == attr.get("enum"):
            return len(definition["entries"])
    return 0


def attribute(spec, number_of, attr):
    checks = attr.get("checks", {})
    nest = attr.get("nested-attributes")
    size = {"u8": 1, "u16": 2, "u32": 4, "u64": 8}.get(attr["type"], 0)
    size = checks.get("exact-len", size)
    count = values(spec, attr)
    flags = attr.get("enum-as-flags", False)
    top = (1 << count) - 1 if flags else count - 1 if count else 0
    return '\t{ "%s", %d, FUZZ_%s, %d, %d, %d, %s, %d },' % (
        attr["name"], number_of, attr["type"].upper(), size,
        checks.get("min", 0), number(spec, checks.get("max", top)),
        "set_" + nest.replace("-", "_") if nest else "NULL",
        attr.get("multi-attr", False))


def numbered(spec, one):
    """The attributes of a set, with their numbers; a part of another has its."""
    whole = next((s for s in spec["attribute-sets"]
                  if s["name"] == one.get("subset-of")), one)
    names = {attr["name"] for attr in one["attributes"]}
    return [(i, attr) for i, attr in enumerate(whole["attributes"], 1)
            if attr["name"] in names]


def sets_inside_first(spec):
    """A table must stand before those that name it."""
    left = {s["name"]: s for s in spec["attribute-sets"]}
    while left:
        for name, one in list(left.items()):
            inside = {a.get("nested-attributes") for a in one["attributes"]}
            if not inside & set(left) - {name}:
                yield left.pop(name)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        spec = yaml.safe_load(file)
    print("/* SPDX-License-Identifier: GPL-2.0-only */")
    print("/* Made by nl_table.py from the specification. */")
    for one in sets_inside_first(spec):
        print("static const struct fuzz_attr set_%s[] = {"
              % one["name"].replace("-", "_"))
        for number_of, attr in numbered(spec, one):
            print(attribute(spec, number_of, attr))
        print("\t{ NULL },\n};\n")
    print("static const struct fuzz_op fuzz_ops[] = {")
    # Commands are numbered in the order in which they stand, replies too
    for i, op in enumerate(spec["operations"]["list"], 1):
        if "do" not in op and "dump" not in op:
            continue
        wanted = op.get("do", {}).get("request", {}).get("attributes", [])
        names = ", ".join('"%s"' % name for name in wanted)
        print('\t{ "%s", %d, %d, set_%s, { %s } },'
              % (op["name"], i, "dump" in op,
                 op["attribute-set"].replace("-", "_"),
                 (names + ", NULL") if names else "NULL"))
    print("};")


main()
