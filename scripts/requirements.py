#!/usr/bin/env python3
"""Writes docs/requirements.md: each requirement, the tests that name it, and whether one does.

`--check` compares instead of writing, and ends with 1 when the page is not what it would write."""

from __future__ import annotations

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/requirements.md"
REQUIREMENTS = ROOT / "Tests/Vectors/requirements.tsv"
SINGLE = re.compile(r"\b([MC]\d?)-(\d\d)\b")
RANGE = re.compile(r"\b([MC]\d?)-(\d\d)(?:\.\.|…| to )(?:[MC]\d?-)?(\d\d)\b")
# What a page shows of the tests of one requirement.
MOST_TESTS = 4
# Rows that no test can be about, and why.
OUTSIDE = {
    "M3-58": "A summary of the rows above it, which have tests of their own.",
}


def named(text: str) -> set[str]:
    """The requirements that a text names, alone or in a range."""
    found = {f"{prefix}-{number}" for prefix, number in SINGLE.findall(text)}
    for prefix, first, last in RANGE.findall(text):
        found |= {f"{prefix}-{number:02}" for number in range(int(first), int(last) + 1)}
    return found


def swift_tests(text: str):
    for match in re.finditer(r'@(?:Test|Suite)\(\s*"((?:[^"\\]|\\.)*)"', text):
        yield match[1]


def python_tests(text: str):
    for match in re.finditer(r'^def (test_\w+)\(.*?(?=^def |\Z)', text, re.MULTILINE | re.DOTALL):
        yield from (f"{match[1]}: {', '.join(sorted(named(match[0])))}" for _ in [0] if named(match[0]))


def tests() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "Tests").rglob("*")):
        place = path.relative_to(ROOT).as_posix()
        if path == REQUIREMENTS or path.suffix not in (".swift", ".py", ".tsv") or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8")
        names = {".swift": swift_tests, ".py": python_tests}.get(path.suffix, lambda text: [text])(text)
        for name in names:
            for requirement in named(name):
                entry = place if path.suffix == ".tsv" else f"{place}: {name.split(': ')[0]}"
                if entry not in found.setdefault(requirement, []):
                    found[requirement].append(entry)
    return found


def page() -> str:
    found = tests()
    lines = [
        "# Requirements and their tests",
        "",
        "What the product has to do, row by row, and the tests that name each row. `open` means that no test names it yet: it may be "
        "built in part. `outside` means that no test can be about it. Written by `scripts/requirements.py`; a test compares the page with the tests.",
        "",
        "| id | requirement | status | tests |",
        "|---|---|---|---|",
    ]
    rows = [line.split("\t") for line in REQUIREMENTS.read_text(encoding="utf-8").splitlines()]
    for identifier, title in rows:
        shown = found.get(identifier, [])
        more = f" and {len(shown) - MOST_TESTS} more" if len(shown) > MOST_TESTS else ""
        names = "; ".join(entry.replace("|", "\\|") for entry in shown[:MOST_TESTS]) + more
        status = "tested" if shown else "outside" if identifier in OUTSIDE else "open"
        lines.append(f"| {identifier} | {title} | {status} | {names or OUTSIDE.get(identifier, '')} |")
    tested = sum(identifier in found for identifier, _ in rows)
    lines += ["", f"{tested} of {len(rows)} rows are named by a test."]
    return "\n".join(lines) + "\n"


def main() -> int:
    text = page()
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.read_text(encoding="utf-8") == text:
        return 0
    print("docs/requirements.md is not what scripts/requirements.py writes: run it", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
