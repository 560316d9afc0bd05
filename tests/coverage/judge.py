#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Judge what gather.py has left of each part of the tests.

  judge.py OUT LIST

OUT/data/*.json are the parts; LIST is a document that names lines which need
not run. They stand in it as indented lines

    FILE FUNCTION: SOURCE TEXT

since numbers move with each change; `*' is all of a function, and a text that
a function has more than once is each of them. Prints a table, and what is
wrong; closes with "N passed, M failed, K skipped".
"""

import json
import os
import re
import sys

WANTED = 90  # of a hundred lines
SHOWN = 10  # lines of a file that are told of; the others are in OUT/uncovered
ENTRY = re.compile(r"^ {4}((?:kmod|include)/\S+) (\w+): (\S.*)$")


class Line:
    """A line of a function, and who ran it."""

    def __init__(self, file, number, function, text):
        self.file = file
        self.number = number
        self.function = function
        self.text = text
        self.parts = {}
        self.branches = []

    def add(self, part, count, taken):
        if count:
            self.parts[part] = self.parts.get(part, 0) + count
        longer = max(len(self.branches), len(taken))
        self.branches += [0] * (longer - len(self.branches))
        for i, times in enumerate(taken):
            self.branches[i] += times

    def count(self):
        return sum(self.parts.values())

    def by_packets(self):
        return any(part != "kunit" for part in self.parts)


def source(file, cache={}):
    if file not in cache:
        with open(file, encoding="utf-8") as stream:
            cache[file] = [line.rstrip("\n") for line in stream]
    return cache[file]


def functions(file, cache={}):
    """The function of each line: a body opens and closes in the first column.

    gcov names none for what the compiler has put into its callers.
    """
    if file in cache:
        return cache[file]
    names = [""]
    head = []
    name = ""
    for line in source(file):
        if line == "{":
            found = re.search(r"(\w+)\(", " ".join(head))
            name = found[1] if found else ""
            names[-len(head):] = [name] * len(head)
        names.append(name)
        if line == "}":
            name = ""
        if not line or line[0] in "#/} *":
            head = []
        else:
            head.append(line)
    cache[file] = names
    return names


def read_parts(directory):
    """All lines that have code, in the order of the files."""
    lines = {}
    for name in sorted(os.listdir(directory)):
        part = name.removesuffix(".json")
        with open(os.path.join(directory, name), encoding="utf-8") as stream:
            files = json.load(stream)
        for file, known in files.items():
            for number, count, taken in known:
                key = file, number
                if key not in lines:
                    lines[key] = Line(*key, functions(file)[number],
                                      source(file)[number - 1].strip())
                lines[key].add(part, count, taken)
    return [lines[key] for key in sorted(lines)]


class Excuses:
    """The list of lines that need not run."""

    def __init__(self, document):
        self.reasons = {}
        self.used = set()
        heading = before = ""
        for line in source(document):
            if re.match(r"^(-+|=+)$", line):
                heading = before
            entry = ENTRY.match(line)
            if entry:
                self.reasons[entry.groups()] = heading
            before = line

    def of(self, line):
        for text in line.text, "*":
            key = line.file, line.function, text
            if key in self.reasons:
                self.used.add(key)
                return self.reasons[key]
        return None

    def wrong(self, lines):
        """Entries that no line of the source fits any more."""
        there = {(line.file, line.function, line.text) for line in lines}
        there |= {(line.file, line.function, "*") for line in lines}
        return sorted(set(self.reasons) - there)

    def idle(self, lines):
        """Entries whose lines have all run."""
        return sorted(set(self.reasons) - self.used - set(self.wrong(lines)))


def share(part, whole):
    return f"{100 * part / whole:6.1f}" if whole else "     -"


def row(name, lines):
    """What the table says of some lines."""
    branches = [taken for line in lines for taken in line.branches]
    return (f"{name:<28}{len(lines):6}"
            f"{share(sum(1 for line in lines if line.count()), len(lines))}"
            f"{share(sum(map(Line.by_packets, lines)), len(lines)):>9}"
            f"{len(branches):9}"
            f"{share(sum(map(bool, branches)), len(branches))}")


def table(lines):
    yield f"{'':<28} lines  run %  packets  branches  taken %"
    for file in sorted({line.file for line in lines}):
        yield row(file, [line for line in lines if line.file == file])
    yield row("all", lines)


def annotate(directory, lines):
    """The sources with counts, and each line's most frequent visitor."""
    by_line = {(line.file, line.number): line for line in lines}
    for file in sorted({line.file for line in lines}):
        path = os.path.join(directory, file)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as stream:
            for number, text in enumerate(source(file), 1):
                line = by_line.get((file, number))
                count = ran = "-"
                if line:
                    count = line.count() or "#####"
                    ran = max(line.parts, key=line.parts.get, default="")
                print(f"{count:>10} {ran:<16}{number:5} {text}", file=stream)


def judge(out, document):
    lines = read_parts(os.path.join(out, "data"))
    excuses = Excuses(document)
    passed = failed = 0
    report = list(table(lines))
    print(*report, sep="\n")
    missed = {line: excuses.of(line) for line in lines if not line.count()}
    for file in sorted({line.file for line in lines}):
        bare = [line for line, reason in missed.items()
                if line.file == file and not reason]
        if bare:
            print(f"not ok - {file}: {len(bare)} lines never run")
        for line in bare[:SHOWN]:
            print(f"# {file}:{line.number} {line.function}: {line.text}")
        failed += bool(bare)
        passed += not bare
    wrong = excuses.wrong(lines)
    for entry in wrong:
        print(f"not ok - {document}: no such line: {entry[0]} {entry[1]}: "
              f"{entry[2]}")
    for entry in excuses.idle(lines):
        print(f"# runs after all: {entry[0]} {entry[1]}: {entry[2]}")
    failed += bool(wrong)
    passed += not wrong
    enough = 100 * (len(lines) - len(missed)) >= WANTED * len(lines) > 0
    if not enough:
        print(f"not ok - less than {WANTED} % of the lines run")
    failed += not enough
    passed += enough
    with open(os.path.join(out, "table"), "w", encoding="utf-8") as stream:
        print(*report, sep="\n", file=stream)
    with open(os.path.join(out, "uncovered"), "w", encoding="utf-8") as stream:
        for line, reason in missed.items():
            print(f"{line.file}:{line.number} {line.function}: {line.text}"
                  f"\t[{reason or 'not listed'}]", file=stream)
    annotate(os.path.join(out, "annotated"), lines)
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return failed == 0


sys.exit(not judge(sys.argv[1], sys.argv[2]))
