#!/usr/bin/env python3
"""What an outage of PostgreSQL costs those who ask, how fast a backlog is replayed, and what sealing costs.

    make bench-outage        or        python3 bench/outage.py --herald target/release/herald

1. Requests by a timetable, at 300 and at 1,000 a second: ten seconds with PostgreSQL, ten while it is dead and cannot be
   started, ten from its return on.
2. A backlog: with PostgreSQL dead the spool is filled as fast as it goes, by default with an hour of 100 a second. Then
   PostgreSQL returns, and the replay runs beside live requests. A smaller --backlog is scaled up, and says so.
3. Sealing: under full load, windows in which the service seals take turns with windows in which it may not.

PostgreSQL is the private cluster of the service. It is killed by SIGKILL and kept from starting by taking its configuration
file away, so the service itself brings it back. Exit status: 0; 1 where something acknowledged is missing or doubled, or a
target is missed by more than 20 %; 2 where a part could not be measured.
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import load
import machine
import processes
import services
from database import Cluster, NoDatabase
from load import Timetable, judged
from services import NotFit, Running
from targets import TOLERANCE

HERE = Path(__file__).resolve().parent
RATES = (300, 1000)
PHASE = 10.0  # seconds of each of the three phases of an outage
HOUR = 360_000  # decisions of an hour at 100 a second
REPLAY_LIMIT = 300.0  # for such an hour
LIVE_RATE = 300
ALONE = 30.0  # seconds of live requests before a backlog, and as many after it
SEALED_AFTER = 75  # seconds until rows are old enough to be sealed, and looked at
CONNECTIONS = 64


def main() -> int:
    options = arguments()
    where = machine.describe(options.herald)
    if where["load_before"] > 1:
        note(f"this machine is busy (load {where['load_before']}): the times will not repeat")
    rows: list[dict] = []
    faults: list[str] = []
    unmeasured = [name for name in options.only if not measured(name, options, rows, faults)]
    print(f"\n{where['cpu']}, {where['cores']} cores, commit {where['commit']}, load {where['load_before']} before; "
          f"service on core {options.server_core}, generator and PostgreSQL on core {options.load_core}\n")
    print(table(rows))
    path = options.results / f"{date.today().isoformat()}-{where['commit']}-outage.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"schema": "herald.outage/1", "machine": where, "rows": rows, "faults": faults}, indent=1) + "\n")
    print(f"\nWritten to {path}")
    for fault in faults:
        print(f"FAILED  {fault}")
    return 1 if faults else 2 if unmeasured else 0


def measured(name: str, options: argparse.Namespace, rows: list[dict], faults: list[str]) -> bool:
    """One part, with a service and a data directory of its own."""
    shutil.rmtree(options.data_dir, ignore_errors=True)
    options.data_dir.mkdir(parents=True)
    body = options.body.read_bytes()
    # It would log an outage at length that is made on purpose.
    service = replace(services.herald(options.herald.resolve(), options.data_dir.resolve()), environment={"HERALD_LOG": "off"})
    try:
        with services.running(service, options.server_core, body) as server:
            services.wait_until_durable(server.url, body)
            PARTS[name](Bench(server, options), rows, faults)
        return True
    except (NotFit, NoDatabase, OSError, subprocess.SubprocessError) as cause:
        note(f"{name}: NOT MEASURED: {cause}")
        return False
    finally:
        shutil.rmtree(options.data_dir, ignore_errors=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--herald", type=Path, required=True, help="the binary")
    parser.add_argument("--only", default=list(PARTS), nargs="+", choices=list(PARTS))
    parser.add_argument("--rates", default=list(RATES), type=lambda text: [int(word) for word in text.split(",")])
    parser.add_argument("--backlog", type=int, default=HOUR, help="decisions to replay")
    parser.add_argument("--windows", type=int, default=6, help="of sealing, an even number")
    parser.add_argument("--window", type=int, default=20, help="seconds of one of them; two looks of the sealer or more")
    parser.add_argument("--body", type=Path, default=HERE / "patient_view.json")
    parser.add_argument("--data-dir", type=Path, default=HERE.parent / "target" / "bench-outage", help="emptied, removed at the end")
    parser.add_argument("--results", type=Path, default=HERE / "results")
    parser.add_argument("--server-core", type=int, default=0)
    parser.add_argument("--load-core", type=int, default=1, help="of the generator and of PostgreSQL")
    return parser.parse_args()


class Bench:
    """One running service, and its cluster in whatever state."""

    def __init__(self, server: Running, options: argparse.Namespace) -> None:
        self.server, self.options = server, options
        self.cluster = self._found()

    def timetable(self, rate: float, seconds: float) -> Timetable:
        return Timetable(self.server.url, self.options.body, rate, seconds, self.options.load_core)

    def full_load(self, seconds: int) -> load.Burst:
        return load.closed_loop(self.server.url, self.options.body, CONNECTIONS, seconds, self.options.load_core)

    @contextlib.contextmanager
    def dead_database(self) -> Iterator[None]:
        """PostgreSQL is killed and cannot be started until the end of this; then the service starts it again."""
        configuration = self.cluster.directory / "postgresql.conf"
        away = configuration.with_suffix(".away")
        configuration.rename(away)
        try:
            os.kill(self.cluster.postmaster, signal.SIGKILL)
            yield
        finally:
            away.rename(configuration)

    def until_back(self) -> float:
        """Seconds until PostgreSQL answers again, from now."""
        began = time.monotonic()
        while True:
            try:
                self.cluster = self._found()
                return time.monotonic() - began
            except NoDatabase:
                if time.monotonic() - began > 120:
                    raise
                time.sleep(0.05)

    def spool(self) -> dict:
        page = self.server.url.split("/cds-services")[0] + "/health"
        with urllib.request.urlopen(page, timeout=10) as reply:
            return json.load(reply)["record"]["spool"]

    def until_replayed(self, limit: float) -> float:
        began = time.monotonic()
        while self.spool()["segments"]:
            if time.monotonic() - began > limit:
                raise NotFit(f"the spool is not replayed within {limit:.0f} s")
            time.sleep(0.1)
        return time.monotonic() - began

    def decisions_of(self, instances: list[str]) -> tuple[int, int]:
        """Of these hookInstances: how many are missing, how many are there more than once, conflicts included."""
        values = ",".join(f"('{instance}')" for instance in instances)
        counted = self.cluster.ask(
            "select count(*) filter (where n = 0), count(*) filter (where n > 1) from ("
            f" select s.instance, count(d.hook_instance) as n from (values {values}) as s(instance)"
            " left join (select hook_instance from decision union all select hook_instance from decision_conflict) as d"
            "  on d.hook_instance = s.instance group by s.instance) as counted"
        )
        missing, doubled = counted.split("|")
        return int(missing), int(doubled)

    def cpu(self) -> float:
        """CPU seconds so far of the service and its database."""
        return sum(processes.cpu_seconds(processes.family(self.server.pid) | self.cluster.processes()).values())

    def _found(self) -> Cluster:
        cluster = Cluster.of(self.server.pid, self.server.service.data_dir)
        processes.pin(cluster.processes(), self.options.load_core)
        return cluster


def outage(bench: Bench, rows: list[dict], faults: list[str]) -> None:
    for rate in bench.options.rates:
        asked = bench.timetable(rate, 3 * PHASE)
        time.sleep(max(0.0, asked.began + PHASE - time.time()))
        killed = time.time() - asked.began
        with bench.dead_database():
            time.sleep(PHASE)
            returned = time.time() - asked.began
        back = bench.until_back()
        replies = asked.replies()
        bench.until_replayed(120)
        phases = {
            "PostgreSQL up": (0.0, killed),
            "PostgreSQL dead": (killed, returned),
            "PostgreSQL returns": (returned, 3 * PHASE),
        }
        for name, (begin, end) in phases.items():
            part = [reply for reply in replies if begin <= reply.due < end]
            rows.append(row_of(f"{rate}/s, {name}", judged(part)))
            rows[-1] |= {kind: sum(reply.record == kind for reply in part) for kind in ("durable", "spooled", "unrecorded")}
        rows[-1]["note"] = f"PostgreSQL answered {back:.1f} s after it could be started"
        acknowledged = [reply.instance for reply in replies if reply.acknowledged]
        missing, doubled = bench.decisions_of(acknowledged)
        rows.append({"what": f"{rate}/s, acknowledged", "requests": len(acknowledged), "lost": missing, "doubled": doubled})
        if missing or doubled:
            faults.append(f"at {rate}/s: {missing} acknowledged decisions are missing, {doubled} are doubled")
        if rate >= 1000:
            at_most(faults, "p99 at 1,000/s with PostgreSQL, ms", rows[-4]["p99_ms"], 20)
            at_most(faults, "p99 at 1,000/s while PostgreSQL is dead, ms", rows[-3]["p99_ms"], 50)


def backlog(bench: Bench, rows: list[dict], faults: list[str]) -> None:
    alone = bench.timetable(LIVE_RATE, ALONE).replies()
    known = bench.cluster.settled_decisions()
    asked, refused, began = 0, 0, time.monotonic()
    with bench.dead_database():
        while asked < bench.options.backlog:
            burst = bench.full_load(5)
            asked += burst.requests - burst.errors
            refused += burst.errors
            if burst.errors > burst.requests / 2:
                raise NotFit(f"{refused} requests of the backlog were refused")
        filled = time.monotonic() - began
        spool = bench.spool()
        live = bench.timetable(LIVE_RATE, 3600)
    back = bench.until_back()
    took = bench.until_replayed(20 * 60)
    live.stop()
    replies = live.replies()
    stored = bench.cluster.settled_decisions() - known
    acknowledged = asked + sum(reply.acknowledged for reply in replies)
    during = judged([reply for reply in replies if reply.due > back])
    # A machine has its better and worse minutes, and after so many inserts PostgreSQL tidies up: the better half counts.
    halves = judged(alone), judged(bench.timetable(LIVE_RATE, ALONE).replies())
    undisturbed = min(halves, key=lambda half: half.p99_ms)
    rows.append(row_of(f"live at {LIVE_RATE}/s, before the backlog", halves[0]))
    rows.append(row_of(f"live at {LIVE_RATE}/s, during the replay", during))
    rows.append(row_of(f"live at {LIVE_RATE}/s, after the replay", halves[1]))
    hour = took * HOUR / asked
    scaled = "" if asked >= HOUR else f", {hour:.0f} s for an hour of 100/s by this rate"
    rows.append({
        "what": "replay", "requests": asked, "seconds": round(took, 1), "rows_per_second": round(asked / took),
        "note": f"spooled in {filled:.0f} s, {spool['bytes'] / 1e6:.0f} MB, {refused} requests refused{scaled}",
    })
    # A generator that hangs up leaves a decision on each connection that was recorded and not counted.
    surplus = stored - acknowledged
    rows.append({"what": "replay, rows", "requests": acknowledged, "lost": max(0, -surplus), "note": f"{surplus} more than were counted"})
    if surplus < 0:
        faults.append(f"{-surplus} acknowledged decisions of the backlog are missing")
    at_most(faults, "replay of an hour of 100/s, s", hour, REPLAY_LIMIT)
    at_most(faults, "live p99 during the replay against the better of before and after", during.p99_ms / undisturbed.p99_ms, 1.2)


def sealing(bench: Bench, rows: list[dict], faults: list[str]) -> None:
    note(f"{SEALED_AFTER} s of load, until there is something to seal")
    # Vacuum comes a minute after so many inserts, writes each of their pages once more, and would fall on some windows only.
    bench.cluster.ask("alter system set autovacuum = off; select pg_reload_conf()")
    may_seal(bench.cluster, True)
    bench.full_load(SEALED_AFTER)
    windows: dict[bool, list[dict]] = {False: [], True: []}
    for number in range(bench.options.windows):
        seals = number % 4 in (1, 2)  # off on, on off, …: a trend of the machine falls on both
        may_seal(bench.cluster, seals)
        sealed, cpu = sealed_rows(bench.cluster), bench.cpu()
        burst = bench.full_load(bench.options.window)
        windows[seals].append({
            "rps": burst.requests / burst.seconds,
            "cpu_us": (bench.cpu() - cpu) * 1e6 / burst.requests,
            "sealed": (sealed_rows(bench.cluster) - sealed) / burst.requests,
        })
        if not seals and windows[seals][-1]["sealed"]:
            raise NotFit("a window without sealing has seals")
    may_seal(bench.cluster, True)
    middle = {seals: {key: statistics.median(window[key] for window in of) for key in of[0]} for seals, of in windows.items()}
    for seals, figures in middle.items():
        spread = [window["rps"] for window in windows[seals]]
        rows.append({
            "what": f"full load, {'sealing' if seals else 'not sealing'}", "rps": round(figures["rps"]),
            "cpu_us": round(figures["cpu_us"], 1), "note": f"{min(spread):,.0f} to {max(spread):,.0f}/s",
        })
    share = middle[True]["sealed"]
    if not share:
        raise NotFit("nothing was sealed in the windows with sealing")
    # In these windows what the others left is sealed as well, so the cost is that of `share` rows for each request.
    cost = (middle[True]["cpu_us"] / middle[False]["cpu_us"] - 1) / share
    rate = (1 - middle[True]["rps"] / middle[False]["rps"]) / share
    rows.append({"what": "cost of sealing each row once", "note": f"{cost:.1%} of the CPU, {rate:.1%} of the throughput; "
                 f"measured with {share:.2f} rows sealed for each request"})
    # The throughput of two windows differs by more than that for other reasons; the CPU does not.
    at_most(faults, "cost of sealing in CPU, %", 100 * cost, 2)


def may_seal(cluster: Cluster, allowed: bool) -> None:
    """A service seals while it holds the lease of the tenant; somebody else takes it away for ever, or gives it back."""
    until = "-infinity" if allowed else "infinity"
    cluster.ask(
        "insert into seal_lease select tenant_id, gen_random_uuid(), timestamptz 'infinity'"
        " from (select distinct tenant_id from decision_key) as named"
        f" on conflict (tenant_id) do update set holder = gen_random_uuid(), until = '{until}'"
    )
    if allowed:
        cluster.ask("update seal_lease set until = '-infinity'")
        return
    sealed, steady = sealed_rows(cluster), 0  # what was begun is finished first
    while steady < 5:
        time.sleep(0.5)
        now = sealed_rows(cluster)
        steady = steady + 1 if now == sealed else 0
        sealed = now


def sealed_rows(cluster: Cluster) -> int:
    return int(cluster.ask("select coalesce(sum(n), 0) from seal"))


PARTS = {"outage": outage, "backlog": backlog, "sealing": sealing}


def row_of(what: str, loop: load.OpenLoop) -> dict:
    return {"what": what, "requests": loop.requests, "errors": loop.errors, "p50_ms": round(loop.p50_ms, 2),
            "p99_ms": round(loop.p99_ms, 2), "max_ms": round(loop.max_ms, 1)}


def at_most(faults: list[str], what: str, value: float, bar: float) -> None:
    missed = max(0.0, value / bar - 1)
    print(f"bench: {what}: {value:.4g}, at most {bar:g}: {f'missed by {missed:.0%}' if missed else 'met'}", flush=True)
    if missed > TOLERANCE:
        faults.append(f"{what}: {value:.4g} instead of at most {bar:g}")


def table(rows: list[dict]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    names.sort(key=lambda name: name == "note")
    cells = [names] + [[str(row.get(name, "")) for name in names] for row in rows]
    widths = [max(len(line[column]) for line in cells) for column in range(len(names))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |" for line in cells]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def note(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
