#!/usr/bin/env python3
"""The tables of docs/mutants.md in Markdown, from the results of a run.

    report.py LIST RESULTS

Only mutants of LIST count: results of earlier texts of the sources may stand in RESULTS as well.
"""

import json
import sys
from collections import Counter
from pathlib import Path

from try_mutants import known

KINDS = ["unviable", "caught", "timeout", "missed", "not tried"]


def row(name, counts):
    viable = sum(counts.values()) - counts["unviable"]
    share = f"{100 * (counts['caught'] + counts['timeout']) / viable:.1f} %" if viable else ""
    cells = [name, sum(counts.values()), *(counts[kind] for kind in KINDS), share]
    return f"| {' | '.join(map(str, cells))} |"


def main():
    mutants, results = json.loads(Path(sys.argv[1]).read_text()), known(Path(sys.argv[2]))
    result = lambda mutant: results.get(mutant["name"], {}).get("result", "not tried")
    print(f"| file | mutants | {' | '.join(KINDS)} | caught of viable |\n|{'---|' * 8}")
    for folder in ["src/", "src/domain/", "src/rules/"]:
        print(row(f"**{folder.rstrip('/')}**", Counter(result(one) for one in mutants if one["file"].startswith(folder))))
    for file in sorted({one["file"] for one in mutants}):
        print(row(f"`{file}`", Counter(result(one) for one in mutants if one["file"] == file)))
    print()
    for mutant in mutants:
        if result(mutant) == "missed":
            print(f"* `{mutant['name']}`")


if __name__ == "__main__":
    main()
