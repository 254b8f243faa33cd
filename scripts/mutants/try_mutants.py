#!/usr/bin/env python3
"""Runs the tests that meet a mutant against it until one fails: first those that caught others of its file, then quick ones.

    try_mutants.py LIST BUILT RESULTS [--in src/rules] [--only NAMES] [--missed] [--budget SECONDS] [--jobs N]

LIST is that of cargo-mutants, BUILT is what one_build.py wrote; what each test meets is added to it by the first run. RESULTS is appended to, one JSON line for each mutant, so
that a run can be ended and taken up again: what has a result by its name is not tried again, unless it is among the lines
of the file NAMES, or was missed and --missed is said. The last line of a mutant holds. After SECONDS of tests a mutant
counts as missed, though slower tests are left: for a first pass.
"""

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

BATCHES = [1, 4, 15]  # seconds that the tests of a process take together; slower tests are alone in theirs
ALWAYS = {"INSTA_UPDATE": "no", "PROPTEST_MAX_SHRINK_ITERS": "0", "PROPTEST_FAILURE_PERSISTENCE": "off"}


class Binary:
    """The test binary that holds all mutants."""

    def __init__(self, path, crate):
        self.path, self.crate = path, crate

    def run(self, names, variables, seconds):
        """None if the tests pass, else the test that failed; "timeout" first if they use too much time. And what they used."""
        def limit():
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
            resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
        command = [self.path, "--test-threads=1", "--exact", *names]
        running = subprocess.Popen(
            command, cwd=self.crate, env={**os.environ, **ALWAYS, **variables}, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, errors="replace", preexec_fn=limit,
        )
        failed, last = None, ""
        for line in running.stdout:
            last = line if line.startswith("test ") and " ... " in line else last
            if line.startswith("test ") and line.rstrip().endswith("FAILED"):
                failed = line.split()[1]
                os.kill(running.pid, signal.SIGKILL)  # not kill(), which would take the exit status away from wait4
                break
        running.stdout.close()
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = code = os.waitstatus_to_exitcode(status)
        if failed is None and code:
            late = code in (-9, -24)
            failed = ("timeout" if late else "crash") + " in or after " + (last.split() + ["", "start"])[1]
        return failed, used.ru_utime + used.ru_stime

    def tests(self):
        """For each test its seconds and the mutants that it meets. It is alone in its process: nothing is read before."""
        listed = [subprocess.run([self.path, "--list", *more], cwd=self.crate, capture_output=True, text=True, check=True).stdout
                  for more in ([], ["--ignored"])]
        every, ignored = ([line.removesuffix(": test") for line in text.splitlines() if line.endswith(": test")] for text in listed)
        tests = {}
        print(f"trying each of {len(every)} tests without a mutant", file=sys.stderr)
        with tempfile.TemporaryDirectory() as folder:
            for name in every:
                if name in ignored:
                    continue
                met = Path(folder) / "met"
                met.write_text("")
                failed, seconds = self.run([name], {"MUTANT": "0", "MUTANTS_MET": str(met)}, 1200)
                if failed:
                    print(f"left out, it fails without any mutant: {name}", file=sys.stderr)
                    continue
                tests[name] = {"seconds": round(seconds, 3), "meets": sorted({int(n) for n in met.read_text().split()})}
        return tests


def batches(tests, likely):
    """Tests in the order in which they are tried: those that are likely to fail, then the others from quick to slow."""
    likely = [name for name in likely if name in tests][:6]
    for some in likely[:1], likely[1:]:
        if some:
            yield some, sum(tests[name] for name in some)
    batch, sum_of, limits = [], 0, list(BATCHES)
    for name, seconds in sorted(tests.items(), key=lambda test: test[1]):
        if name in likely:
            continue
        limit = limits[0] if limits else 0
        if batch and sum_of + seconds > limit:
            yield batch, sum_of
            batch, sum_of, limits = [], 0, limits[1:]
        batch, sum_of = [*batch, name], sum_of + seconds
    if batch:
        yield batch, sum_of


def tried(binary, number, tests, likely, budget):
    """What the tests say of one mutant: "missed" if they all pass, "caught" or "timeout" and by which test."""
    passed, spent = 0, 0
    for names, seconds in batches(tests, likely):
        if spent + seconds > budget:
            break
        failed, _ = binary.run(names, {"MUTANT": str(number)}, int(10 + 8 * seconds))
        if failed:
            return ("timeout" if failed.startswith("timeout") else "caught"), failed
        passed, spent = passed + len(names), spent + seconds
    return "missed", f"{passed} of {len(tests)} tests"


def known(path):
    """The last result of each mutant, by its name."""
    lines = path.read_text().splitlines() if path.exists() else []
    return {line["name"]: line for line in map(json.loads, lines)}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("list", type=Path)
    arguments.add_argument("built", type=Path)
    arguments.add_argument("results", type=Path)
    arguments.add_argument("--in", dest="folder", default="src/")
    arguments.add_argument("--only", type=Path)
    arguments.add_argument("--missed", action="store_true")
    arguments.add_argument("--budget", type=float, default=float("inf"))
    arguments.add_argument("--jobs", type=int, default=1)
    given = arguments.parse_args()
    mutants, built = json.loads(given.list.read_text()), json.loads(given.built.read_text())
    done = known(given.results)
    only = set(given.only.read_text().splitlines()) if given.only else None
    binary, placed = Binary(built["binary"], built["crate"]), set(built["placed"])
    if "tests" not in built:
        built["tests"] = binary.tests()
        given.built.write_text(json.dumps(built))
    wanted = []
    for number, mutant in enumerate(mutants, 1):
        name = mutant["name"]
        again = name in only if only is not None else name not in done
        if name.startswith(given.folder) and (again or given.missed and done.get(name, {}).get("result") == "missed"):
            wanted.append((number, name))
    writing, count = threading.Lock(), [0]
    caught_by = defaultdict(Counter)  # of each file, the tests that caught its mutants
    for name, line in done.items():
        if line["result"] == "caught":
            caught_by[name.split(":")[0]][line["by"]] += 1

    def one(number, name):
        tests = {test: told["seconds"] for test, told in built["tests"].items() if number in told["meets"]}
        if number in placed:
            likely = [test for test, _ in caught_by[name.split(":")[0]].most_common()]
            result, by = tried(binary, number, tests, likely, given.budget)
        else:
            result, by = "unviable", built["unviable"].get(name, "no place for a switch")
        with writing:
            count[0] += 1
            caught_by[name.split(":")[0]][by] += result == "caught"
            with given.results.open("a") as results:
                results.write(json.dumps({"name": name, "result": result, "by": by}) + "\n")
            print(f"{count[0]}/{len(wanted)} {result}: {name}", file=sys.stderr)

    for told in built["tests"].values():
        told["meets"] = set(told["meets"])
    with ThreadPoolExecutor(given.jobs) as workers:
        list(workers.map(lambda mutant: one(*mutant), wanted))


if __name__ == "__main__":
    main()
