#!/usr/bin/env python3
"""Herald and its peers side by side, from one run on one machine.

    make bench        or        python3 bench/compare.py --herald target/release/herald

Every service is pinned to one core, the load generator and PostgreSQL to another. The services take turns, in another
order in every round, so that a busy minute of the machine does not fall on one of them alone. Each request carries a
hookInstance of its own. docs/benchmarks.md explains the method and holds the figures.

Exit status: 0, all targets met or nearly; 1, a target is missed by more than 20 %, a reply was wrong, or a decision
that was acknowledged as durable is missing.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import load
import machine
import processes
import report
import services
import targets
from database import Cluster, NoDatabase
from services import NotFit, Running, Service

HERE = Path(__file__).resolve().parent
ASSESS_RUNS = 20
CHECKED_REQUESTS = 1600


def main() -> int:
    options = arguments()
    body = options.body.read_bytes()
    compared = services.peers() if options.herald is None else [*fresh_heralds(options), *services.peers()]
    if len(compared) < (2 if options.herald is None else 4):
        note("compared are only: " + ", ".join(service.name for service in compared))
    where = machine.describe(options.herald or Path("herald"))
    if where["load_before"] > 1:
        note(f"this machine is busy (load {where['load_before']}): requests/s and latency will not repeat, CPU will")

    single: dict[str, float] = {}
    durability: dict[str, object] = {}
    if options.herald is not None:
        single |= assess_times(options)
        with services.running(compared[0], options.server_core, body) as first:
            single["herald_first_start_s"] = first.first_reply_s  # the cluster is made meanwhile
            services.wait_until_durable(first.url, body)
        with services.running(compared[1], options.server_core, body):
            pass  # its cluster is made, so that no round pays for it

    cells = []
    for number in range(options.rounds):
        for service in in_turn(compared, number):
            cells += one_round(service, number, options, body)
    if options.herald is not None:
        extra, durability = herald_alone(compared[0], options, body, where)
        single |= extra
        shutil.rmtree(options.data_dir)

    figures = targets.Figures(report.medians(cells), single | summary(cells))
    verdicts = targets.judge(figures)
    show(compared, options, figures, cells, durability, verdicts, where)
    path = options.results / f"{date.today().isoformat()}-{where['commit']}.json"
    report.write(path, where, cells, figures, durability, verdicts)
    print(f"\nWritten to {path}")
    return verdict_of(verdicts, cells, durability)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--herald", type=Path, help="the release binary; left out: the peers alone")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=3, help="length of one measurement")
    parser.add_argument("--connections", default=[1, 16, 64], type=lambda text: [int(word) for word in text.split(",")])
    parser.add_argument("--body", type=Path, default=HERE / "patient_view.json")
    parser.add_argument("--data-dir", type=Path, default=HERE.parent / "target" / "bench-data", help="emptied at the start, removed at the end")
    parser.add_argument("--results", type=Path, default=HERE / "results")
    parser.add_argument("--server-core", type=int, default=0)
    parser.add_argument("--load-core", type=int, default=1, help="of the generator and of PostgreSQL")
    return parser.parse_args()


def fresh_heralds(options: argparse.Namespace) -> list[Service]:
    """Herald as it is, and the same without its record: what recording costs."""
    shutil.rmtree(options.data_dir, ignore_errors=True)
    recording, idle = options.data_dir.resolve() / "recording", options.data_dir.resolve() / "idle"
    for directory in (recording, idle):
        directory.mkdir(parents=True)
    binary = options.herald.resolve()
    return [services.herald(binary, recording), services.herald_without_record(binary, idle)]


def in_turn(compared: list[Service], number: int) -> list[Service]:
    """A, B, C in the first round, then C, B, A, then each round begun by another and turned about."""
    first = number // 2 % len(compared)
    order = compared[first:] + compared[:first]
    return order[::-1] if number % 2 else order


def one_round(service: Service, number: int, options: argparse.Namespace, body: bytes) -> list[dict]:
    """One start of one service, and its figures at each number of connections."""
    cells = []
    with services.running(service, options.server_core, body) as server:
        cluster = database_of(server, options, body)
        load.closed_loop(server.url, options.body, 16, 1, options.load_core)  # warm-up
        for connections in options.connections:
            rows = cluster.settled_decisions() if cluster else None
            own, other = used(server, cluster)
            burst = load.closed_loop(server.url, options.body, connections, options.seconds, options.load_core)
            own_after, other_after = used(server, cluster)
            requests = max(1, burst.requests)
            cells.append({
                "service": service.name,
                "round": number,
                "connections": connections,
                "requests": burst.requests,
                "rps": burst.requests / burst.seconds,
                "p50_ms": burst.p50_ms,
                "p99_ms": burst.p99_ms,
                "errors": burst.errors,
                "server_us": processes.spent(own, own_after) * 1e6 / requests,
                "database_us": processes.spent(other, other_after) * 1e6 / requests if cluster else None,
                "rows": added_rows(cluster, rows, connections, burst) if cluster else None,
                "pgbench_rps": ceiling(cluster, connections, options),
                "resident_mb": processes.resident_mb(own_processes(server)),
                "first_reply_s": server.first_reply_s,
                "load": os.getloadavg()[0],
            })
            note(line_of(cells[-1]))
    return cells


def database_of(server: Running, options: argparse.Namespace, body: bytes) -> Cluster | None:
    """Herald's cluster, ready and on the generator's core; None for a service that records nothing."""
    if server.service.data_dir is None:
        return None
    services.wait_until_durable(server.url, body)
    cluster = Cluster.of(server.pid, server.service.data_dir)
    processes.pin(cluster.processes(), options.load_core)
    return cluster


def ceiling(cluster: Cluster | None, connections: int, options: argparse.Namespace) -> float | None:
    """What pgbench inserts into the same cluster a moment later; like a service, it has a core of its own."""
    if cluster is None or connections not in targets.PGBENCH_CONNECTIONS:
        return None
    return cluster.one_row_inserts(connections, options.seconds, options.server_core)


def own_processes(server: Running) -> set[int]:
    """Without PostgreSQL, also where it only stands by."""
    return {pid for pid in processes.family(server.pid) if processes.name(pid) != "postgres"}


def used(server: Running, cluster: Cluster | None) -> tuple[dict[int, float], dict[int, float]]:
    """CPU seconds so far: of the service, and of its database."""
    return processes.cpu_seconds(own_processes(server)), processes.cpu_seconds(cluster.processes() if cluster else set())


def added_rows(cluster: Cluster, before: int, connections: int, burst: load.Burst) -> int:
    """Rows that the burst added.

    Fewer than the replies means that an acknowledged decision is missing; up to one more for each connection is a
    decision that was recorded while the generator hung up.
    """
    added = cluster.settled_decisions() - before
    if not burst.requests <= added <= burst.requests + connections:
        raise NotFit(f"{burst.requests} replies at {connections} connections, but {added} rows in the record")
    return added


def herald_alone(service: Service, options: argparse.Namespace, body: bytes, where: dict) -> tuple[dict, dict]:
    """What concerns Herald only: open loop, and the check of every single decision."""
    single, core = {}, options.load_core
    with services.running(service, options.server_core, body) as server:
        cluster = database_of(server, options, body)
        gentle = load.open_loop(server.url, options.body, 1000, 10, core)
        if gentle.errors:
            raise NotFit(f"{gentle.errors} errors at 1,000 requests a second")
        single |= {"open_loop_p50_ms": gentle.p50_ms, "open_loop_p99_ms": gentle.p99_ms, "open_loop_max_ms": gentle.max_ms}
        durable = load.durable_instances(server.url, body, CHECKED_REQUESTS)
        found = cluster.found(durable)
        durability = {
            "requests": CHECKED_REQUESTS,
            "replies_durable": len(durable),
            "rows_found": sum(found.values()),
            "lost": len(set(durable) - found.keys()),
            "twice": sum(1 for rows in found.values() if rows > 1),
        }
        single["bytes_per_decision"] = cluster.bytes_per_decision()
        where["postgres"] = cluster.settings()
        where["flush_ms"] = cluster.flush_ms()
        where["file_system"] = machine.file_system(cluster.directory)
    return single, durability


def assess_times(options: argparse.Namespace) -> dict[str, float]:
    """`herald assess` of the same request as a whole process, from its start to its end."""
    command = [str(options.herald.resolve()), "assess", str(options.body)]
    times = []
    for _ in range(ASSESS_RUNS):
        began = time.perf_counter()
        done = subprocess.run(command, stdout=subprocess.DEVNULL)
        times.append((time.perf_counter() - began) * 1e3)
        if done.returncode != 0:
            raise NotFit(f"herald assess ended with {done.returncode}")
    return {"assess_ms": statistics.median(times), "assess_slowest_ms": max(times)}


def summary(cells: list[dict]) -> dict[str, float]:
    """The single figures that follow from the rounds."""
    ours = [cell for cell in cells if cell["service"] == "herald"]
    if not ours:
        return {}
    figures = {
        "herald_second_start_s": statistics.median(cell["first_reply_s"] for cell in ours),
        "herald_resident_mb": max(cell["resident_mb"] for cell in ours),
    }
    for connections in sorted({cell["connections"] for cell in ours}):
        kept = statistics.median(rates(cells, "herald", connections))
        if without := rates(cells, "herald, no record", connections):
            figures[f"against_no_record_{connections}"] = kept / statistics.median(without)
        inserts = [cell["pgbench_rps"] for cell in ours if cell["connections"] == connections and cell["pgbench_rps"]]
        if inserts:
            figures[f"pgbench_rps_{connections}"] = statistics.median(inserts)
            figures[f"against_pgbench_{connections}"] = kept / statistics.median(inserts)
    return figures


def rates(cells: list[dict], service: str, connections: int) -> list[float]:
    return [cell["rps"] for cell in cells if cell["service"] == service and cell["connections"] == connections]


def show(compared, options, figures, cells, durability, verdicts, where) -> None:
    print(f"\n{where['cpu']}, {where['cores']} cores, kernel {where['kernel']}, commit {where['commit']}")
    print(f"load average {where['load_before']} before, {max(cell['load'] for cell in cells):.2f} at most during the run")
    print(f"{options.rounds} rounds of {options.seconds} s; service on core {options.server_core}, "
          f"generator and PostgreSQL on core {options.load_core}; one worker each")
    if where.get("flush_ms"):
        print(f"the disk flushes in {where['flush_ms']:.2f} ms ({where['file_system']}); PostgreSQL {where['postgres']}")
    print("\n" + report.table(compared, options.connections, figures, cells))
    print(report.ranges(compared, options.connections, cells))
    if durability:
        print("\nDurability: {replies_durable} of {requests} checked replies were marked durable, {rows_found} rows found, "
              "{lost} lost, {twice} twice; every measured burst had its rows.".format(**durability))
        for name, value in figures.single.items():
            print(f"  {name:24} {value:,.2f}")
        print("\n" + report.target_table(verdicts))


def verdict_of(verdicts: list[targets.Verdict], cells: list[dict], durability: dict) -> int:
    faults = [f"{v.target.what}: {v.word}" for v in verdicts if v.fails]
    faults += [f"{c['service']}: {c['errors']} errors at {c['connections']} connections" for c in cells if c["errors"]]
    if durability and (durability["lost"] or durability["twice"] or durability["replies_durable"] < durability["requests"]):
        faults.append(f"durability: {durability}")
    for fault in faults:
        print(f"FAILED  {fault}")
    return 1 if faults else 0


def line_of(cell: dict) -> str:
    database = "" if cell["database_us"] is None else f" + {cell['database_us']:.0f} µs in PostgreSQL"
    return (f"round {cell['round'] + 1} {cell['service']:12} {cell['connections']:3} connections {cell['rps']:8,.0f}/s "
            f"p50 {cell['p50_ms']:6.2f} p99 {cell['p99_ms']:7.2f} ms  CPU {cell['server_us']:5.0f} µs{database}"
            f"  load {cell['load']:.1f}")


def note(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (NotFit, NoDatabase) as fault:
        sys.exit(f"bench: {fault}")
