#!/usr/bin/env python3
"""Faults of real processes under load: is every acknowledged decision found, once?

    make chaos        or        python3 tests/chaos/chaos.py --herald target/release/herald [--only CASE,CASE] [--seed N]

Each case has a PostgreSQL, a Herald and clients of its own. Exit status: 0, every promise was kept; 1, one was not;
2, a case could not be played. docs/reliability.md explains the cases and holds the figures of a run.
"""

import argparse
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import crashes
import database_faults
import failover
import full_disk
import pooler
import stops
import storm
from machine import NotDone
from outcome import Outcome, cells, table
from stage import Run, Stage, make_template

BODY = Path(__file__).resolve().parents[2] / "bench" / "patient_view.json"
CASES = {
    "control": storm.control,
    "herald-killed": crashes.herald_killed,
    "postgres-killed": crashes.postgres_killed,
    "both-killed": crashes.both_killed,
    "private-cluster-killed": crashes.private_cluster_killed,
    "postgres-stopped": crashes.postgres_stopped,
    "network-cut": database_faults.network_cut,
    "poison": database_faults.poison,
    "spool-full-serve": full_disk.spool_full_serve,
    "spool-full-refuse": full_disk.spool_full_refuse,
    "disk-full": full_disk.disk_full,
    "sigterm": stops.sigterm,
    "sigint": stops.sigint,
    "rolling-restart": stops.rolling_restart,
    "storm": storm.storm,
    "pgbouncer": pooler.pgbouncer,
    "patroni-failover": failover.patroni_failover,
}
SMOKE = ("control", "herald-killed", "postgres-killed", "both-killed")


def main() -> int:
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is ended
    directory = Path(tempfile.mkdtemp(prefix="herald-chaos-"))
    directory.chmod(0o711)
    print(f"seed {options.seed}, {options.rate:g} requests/s, files in {directory}", flush=True)
    try:
        template = make_template(options.herald, directory / "template")
    except NotDone as cause:
        print(f"chaos: {cause}", file=sys.stderr)
        return 2
    run = Run(options.herald, BODY.read_bytes(), options.rate, options.seed, directory, template)
    outcomes: dict[str, Outcome] = {}
    unplayed = [name for name in options.only if not played(run, name, outcomes)]
    print("\n" + table([cells(name, outcome) for name, outcome in outcomes.items()]))
    broken = [name for name, outcome in outcomes.items() if not outcome.kept]
    if broken or unplayed:
        print(f"\nbroken: {', '.join(broken) or 'none'}; not played: {', '.join(unplayed) or 'none'}; logs: {directory}")
        return 1 if broken else 2
    if not options.keep:
        shutil.rmtree(directory)
    print(f"\nevery promise was kept in {len(outcomes)} cases (seed {options.seed})")
    return 0


def played(run: Run, name: str, outcomes: dict[str, Outcome]) -> bool:
    """Plays one case and prints what came of it."""
    began = time.monotonic()
    try:
        with Stage(run, name) as stage:
            outcomes[name] = outcome = CASES[name](stage)
    except (NotDone, OSError, subprocess.SubprocessError, LookupError) as cause:
        print(f"{name}: NOT PLAYED: {cause!r}", flush=True)
        return False
    verdict = "kept" if outcome.kept else "BROKEN: " + "; ".join(outcome.broken)
    print(f"{name}: {verdict} ({time.monotonic() - began:.0f} s)", *outcome.notes, sep="\n  ", flush=True)
    return True


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--herald", type=lambda text: Path(text).resolve(), required=True, help="the binary")
    parser.add_argument("--only", default=list(CASES), type=names, help=f"of: smoke, {', '.join(CASES)}")
    parser.add_argument("--rate", type=float, default=80, help="requests/s")
    parser.add_argument("--seed", default=str(random.randrange(10**6)))
    parser.add_argument("--keep", action="store_true", help="keep all files of a run that went well, too")
    return parser.parse_args()


def names(text: str) -> list[str]:
    wanted = list(SMOKE) if text == "smoke" else text.split(",")
    if unknown := [name for name in wanted if name not in CASES]:
        raise argparse.ArgumentTypeError(f"no such case: {', '.join(unknown)}")
    return wanted


if __name__ == "__main__":
    sys.exit(main())
