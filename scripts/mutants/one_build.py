#!/usr/bin/env python3
"""All mutants of `cargo mutants --list --json` in one build, each behind a switch: minutes of compiling instead of hours.

    one_build.py CRATE LIST BUILT

CRATE is the folder that scripts/mutants.sh has made; its sources are changed in place. The switch is the environment
variable MUTANT, the number of the mutant in LIST (from 1). A mutant that does not compile is "unviable", as cargo-mutants
calls it. BUILT is written at the end: where the test binary is and what it holds. try_mutants.py reads it.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from switches import SWITCH, File


def place(plain, crate, mutants, unviable):
    """Writes the sources with switches; the numbers of the mutants that have one."""
    placed = set()
    for path, text in plain.items():
        own = [(n, m) for n, m in enumerate(mutants, 1) if m["file"] == path and n not in unviable]
        file = File(text, own)
        written = file.written() if own else text.decode()
        placed |= file.placed
        # a switch cannot be asked in a constant; overrides.rs fills constants and has no mutants
        if not path.endswith("overrides.rs"):
            written = re.sub(r"\bconst fn\b", "fn", written)
        written += SWITCH if path == "src/lib.rs" else ""
        if (crate / path).read_text() != written:
            (crate / path).write_text(written)
    return placed


def not_compiling(crate):
    """The mutants that the compiler refuses, each with what it says."""
    command = ["cargo", "check", "--lib", "--profile", "test", "--message-format=json"]
    answer = subprocess.run(command, cwd=crate, capture_output=True, text=True, check=False)
    refused = {}
    for line in answer.stdout.splitlines():
        message = json.loads(line).get("message", {})
        if not isinstance(message, dict) or message.get("level") != "error" or not message["spans"]:
            continue
        found = blamed(crate, message)
        if not found:
            raise SystemExit(message["rendered"])
        refused.update((number, message["message"]) for number in found)
    if answer.returncode and not refused:
        raise SystemExit(answer.stderr)
    return refused


def blamed(crate, message):
    """The mutants in the part of the text that an error speaks of, else the one next to it."""
    numbers = lambda part: [int(number) for number in re.findall(r"crate::mutant\((\d+)\)", part)]
    for span in sorted(message["spans"], key=lambda span: not span["is_primary"]):
        lines = (crate / span["file_name"]).read_text().split("\n")
        begin = sum(len(text) + 1 for text in lines[: span["line_start"] - 1]) + span["column_start"] - 1
        end = sum(len(text) + 1 for text in lines[: span["line_end"] - 1]) + span["column_end"] - 1
        text = "\n".join(lines)
        inside, before = numbers(text[begin:end]), numbers(text[max(0, begin - 220) : begin])
        after = numbers(text[end : end + 60])  # of a type that the body does not have
        found = inside if 0 < len(inside) <= 2 else after[:1] if text[begin:end].startswith("impl ") else before[-1:]
        if found:
            return found
    return []


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("crate", type=Path)
    arguments.add_argument("list", type=Path)
    arguments.add_argument("built", type=Path)
    given = arguments.parse_args()
    crate, mutants = given.crate.resolve(), json.loads(given.list.read_text())
    plain = {str(path.relative_to(crate)): path.read_bytes() for path in (crate / "src").rglob("*.rs")}
    # what is leaked is a mutable reference, and iterators here promise shared ones
    leaks = lambda mutant: "::std::iter::" in mutant["replacement"] and "Box::leak" in mutant["replacement"]
    unviable = {n: "another type than promised" for n, mutant in enumerate(mutants, 1) if leaks(mutant)}
    placed = place(plain, crate, mutants, unviable)
    while refused := not_compiling(crate):
        print(f"{len(refused)} mutants do not compile", file=sys.stderr)
        unviable |= refused
        placed = place(plain, crate, mutants, unviable)
    build = ["cargo", "test", "--lib", "--no-run", "--message-format=json"]
    built = subprocess.run(build, cwd=crate, capture_output=True, text=True, check=True).stdout.splitlines()
    path = [json.loads(line)["executable"] for line in built if '"executable":"' in line][-1]
    # its own copy: a run may go on with it while the next one is built
    binary = given.built.with_suffix(".binary").resolve()
    shutil.copy2(path, binary.with_suffix(".new"))
    binary.with_suffix(".new").replace(binary)
    given.built.write_text(json.dumps({
        "binary": str(binary),
        "crate": str(crate),
        "placed": sorted(placed),
        "unviable": {mutants[number - 1]["name"]: why for number, why in unviable.items()},
    }))
    left_out = [mutant["name"] for n, mutant in enumerate(mutants, 1) if n not in placed and n not in unviable]
    print(f"{len(placed)} mutants placed, {len(unviable)} do not compile, {len(left_out)} have no place:", *left_out, sep="\n")


if __name__ == "__main__":
    main()
