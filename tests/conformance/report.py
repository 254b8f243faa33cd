"""Writes docs/conformance.md from what the tests said.

usage: report.py OUTPUT_OF_CARGO_TEST    writes the page; exits 1 where a requirement has no test or a test failed
"""

import pathlib
import re
import sys
import tomllib

HERE = pathlib.Path(__file__).parent
PAGE = HERE.parent.parent / "docs" / "conformance.md"
HEAD = """# Conformance to CDS Hooks

Each requirement that this project follows (CDS Hooks 2.0.1, and what 3.0 adds that a 2.0 client ignores) under the number that
comments and names of tests have for it, the tests that show it, and what they said. `make test-conformance` runs the tests and writes this page; do
not edit it. The requirements stand in `tests/conformance/requirements.toml`.

| rule | requirement | tests | result |
|---|---|---|---|
"""
RESULT = re.compile(r"^test (?:.*::)?(\w+)(?: - should panic)? \.\.\. (ok|FAILED|ignored)", re.M)


def results(output):
    """What each test said, by the last part of its name. A name that failed anywhere failed."""
    said = {}
    for name, word in RESULT.findall(output):
        said[name] = word if said.get(name, "ok") == "ok" else said[name]
    return said


def tests_of(rule, also, said):
    """The tests of a rule: by their names, and those that are added."""
    by_name = re.compile(rf"^cdsh_(?:.*_)?r0*{rule}[a-z]?_")
    spans = re.compile(r"_r(\d+)_to_r(\d+)_")
    named = []
    for name in said:
        if not name.startswith("cdsh_"):
            continue
        span = spans.search("_" + name.removeprefix("cdsh_"))
        inside = span and int(span[1]) <= rule <= int(span[2])
        if by_name.match(name) or inside:
            named.append(name)
    return sorted(set(named) | set(also))


def main():
    said = results(pathlib.Path(sys.argv[1]).read_text())
    rules = tomllib.loads((HERE / "requirements.toml").read_text())["rules"]
    rows, open_rules = [], []
    for rule, row in sorted(rules.items(), key=lambda item: int(item[0])):
        tests = tests_of(int(rule), row.get("also", []), said)
        if "for" in row:
            result = f"binds {row['for']}"
        elif not tests:
            result = "**no test**"
        elif missing := [name for name in tests if name not in said]:
            result = f"**not run: {', '.join(missing)}**"
        elif failed := [name for name in tests if said[name] != "ok"]:
            result = f"**failed: {', '.join(failed)}**"
        else:
            result = "met"
        if "**" in result:
            open_rules.append(f"rule {rule}: {result.strip('*')}")
        rows.append(f"| {rule} | {row['what']} | {'<br>'.join(f'`{name}`' for name in tests)} | {result} |\n")
    PAGE.write_text(HEAD + "".join(rows))
    print(f"{len(rows)} requirements, {len(said)} tests; {PAGE.name} is written")
    if open_rules:
        sys.exit("\n".join(open_rules))


if __name__ == "__main__":
    main()
