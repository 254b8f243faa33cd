"""The private PostgreSQL of the measured Herald: its processes, its rows, the flush time of its disk."""

import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import processes

KEYS = "decision_key"


class NoDatabase(Exception):
    """The cluster, its binaries or its tables are not where Herald is expected to have them."""


@dataclass(frozen=True)
class Cluster:
    """A running private cluster."""

    postmaster: int
    directory: Path
    socket: str
    port: str
    name: str

    @staticmethod
    def of(server: int, data_dir: Path) -> "Cluster":
        """The cluster that `server` started: under its data directory, or wherever its child says."""
        pid_file = data_dir / "pg" / "postmaster.pid"
        if not pid_file.exists():
            pid_file = next(_working_directories(server), data_dir) / "postmaster.pid"
        try:
            pid, directory, _started, port, socket = pid_file.read_text().splitlines()[:5]
        except (OSError, ValueError) as cause:
            raise NoDatabase(f"no running private cluster under {data_dir}") from cause
        for name in ("herald", "postgres"):
            cluster = Cluster(int(pid), Path(directory), socket, port, name)
            if cluster._has_table(KEYS):
                return cluster
        raise NoDatabase(f"no database of the cluster in {directory} holds the table {KEYS}")

    def processes(self) -> set[int]:
        return processes.family(self.postmaster)

    def binary(self, name: str) -> Path:
        return Path(f"/proc/{self.postmaster}/exe").resolve().parent / name

    def ask(self, sql: str) -> str:
        """The answer of one statement, as psql prints it bare."""
        command = [self.binary("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "herald"]
        command += ["-h", self.socket, "-p", self.port, "-d", self.name]
        reply = subprocess.run(command, input=sql, capture_output=True, text=True)
        if reply.returncode != 0:
            raise NoDatabase(reply.stderr.strip())
        return reply.stdout.strip()

    def _has_table(self, table: str) -> bool:
        try:
            return self.ask(f"select to_regclass('{table}') is not null") == "t"
        except NoDatabase:
            return False

    def decisions(self) -> int:
        return int(self.ask(f"select count(*) from {KEYS}"))

    def settled_decisions(self) -> int:
        """The number of decisions once it stands still: the last requests of a burst are still on their way."""
        count = self.decisions()
        while True:
            time.sleep(0.1)
            if (again := self.decisions()) == count:
                return count
            count = again

    def found(self, instances: list[str]) -> dict[str, int]:
        """How many rows each of these hookInstances has; those without a row are left out."""
        values = ",".join(f"('{instance}')" for instance in instances)
        rows = self.ask(
            f"select k.hook_instance, count(*) from {KEYS} k join (values {values}) as sent(instance)"
            " on k.hook_instance::text = sent.instance group by 1"
        )
        return {line.split("|")[0]: int(line.split("|")[1]) for line in rows.splitlines()}

    def bytes_per_decision(self) -> float:
        """What a decision takes on disk, indexes included."""
        size = self.ask(
            "select sum(pg_total_relation_size(c.oid)) from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            f" where c.relkind = 'r' and (c.relname = '{KEYS}' or c.relname like 'decision%')"
            " and n.nspname not in ('pg_catalog', 'information_schema')"
        )
        return int(size or 0) / max(1, self.decisions())

    def settings(self) -> dict[str, str]:
        """The settings that a promise of durability rests on, and the version."""
        names = ("server_version", "fsync", "full_page_writes", "synchronous_commit")
        return {name: self.ask(f"show {name}") for name in names}

    def one_row_inserts(self, connections: int, seconds: int, core: int) -> float | None:
        """What this PostgreSQL takes at most: inserts of one row of 1.5 kB a second, by pgbench pinned to `core`."""
        tool = self.binary("pgbench")
        if not tool.exists():
            return None
        self.ask("drop table if exists bench_insert; create table bench_insert (id uuid primary key, body bytea)")
        insert = "insert into bench_insert values (gen_random_uuid(), decode(repeat('a7', 1500), 'hex'));\n"
        command = ["taskset", "-c", str(core), tool, "-n", "-M", "prepared", "-f", "/dev/stdin", "-j1", f"-c{connections}"]
        command += [f"-T{seconds}", "-U", "herald", "-h", self.socket, "-p", self.port, self.name]
        try:
            reply = subprocess.run(command, input=insert, capture_output=True, text=True)
        finally:
            self.ask("drop table bench_insert")
        rate = re.search(r"tps = ([\d.]+)", reply.stdout)
        if reply.returncode != 0 or not rate:
            raise NoDatabase(f"pgbench: {reply.stderr.strip()}")
        return float(rate.group(1))

    def flush_ms(self) -> float | None:
        """Time of one fdatasync on the disk of the cluster, by pg_test_fsync; None where that tool is missing."""
        tool = self.binary("pg_test_fsync")
        if not tool.exists():
            return None
        scratch = self.directory.parent / "flush-test"
        try:
            out = subprocess.run([tool, "-s", "1", "-f", scratch], capture_output=True, text=True).stdout
        finally:
            scratch.unlink(missing_ok=True)
        line = re.search(r"^\s*fdatasync\s+[\d.]+ ops/sec\s+([\d.]+) usecs/op", out, re.MULTILINE)
        return float(line.group(1)) / 1000 if line else None


def _working_directories(server: int):
    """Where the postgres processes under `server` work: PostgreSQL runs in its data directory."""
    for pid in processes.family(server):
        if processes.command_name(pid) == "postgres":
            try:
                yield Path(f"/proc/{pid}/cwd").readlink()
            except OSError:
                continue
