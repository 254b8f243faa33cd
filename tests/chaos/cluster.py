"""A PostgreSQL of the test's own, with the roles that docs/operations.md tells a site to make."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import machine
from machine import NotDone

ROLES = """
CREATE ROLE herald_owner NOLOGIN;      CREATE ROLE herald_writer NOLOGIN;  CREATE ROLE herald_app NOLOGIN;
CREATE ROLE herald_keeper NOLOGIN;     CREATE ROLE herald_sealer NOLOGIN;  CREATE ROLE herald_audit NOLOGIN;
CREATE ROLE herald_retention NOLOGIN;
CREATE ROLE herald_migrate LOGIN IN ROLE herald_owner;
CREATE ROLE herald_service LOGIN NOINHERIT IN ROLE herald_writer, herald_app, herald_keeper, herald_sealer;
CREATE ROLE herald_pooled LOGIN INHERIT IN ROLE herald_writer, herald_app, herald_keeper, herald_sealer;
"""
# Each decision under its key: the rows of `decision`, those of them that the key names, and the conflicts.
FOUND = """
SELECT k.hook_instance, count(d.decision_id), count(*) FILTER (WHERE d.decision_id = k.decision_id),
       (SELECT count(*) FROM decision_conflict c WHERE (c.tenant_id, c.service_id, c.hook_instance)
                                                     = (k.tenant_id, k.service_id, k.hook_instance))
  FROM decision_key k LEFT JOIN decision d USING (tenant_id, service_id, hook_instance)
 GROUP BY k.tenant_id, k.service_id, k.hook_instance
"""


def binaries() -> Path:
    """Where the server is: the newest of Debian's, else what HERALD_PG_BIN or pg_config says."""
    if named := os.environ.get("HERALD_PG_BIN"):
        return Path(named)
    versions = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    if versions:
        return max(versions, key=lambda path: int(path.parent.name))
    return Path(subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=True).stdout.strip())


class Database:
    """Where psql finds a database as its superuser."""

    def __init__(self, host: str, port: int, user: str, name: str) -> None:
        self.host, self.port, self.user, self.name = host, port, user, name

    def ask(self, sql: str, name: str | None = None) -> str:
        command = [str(binaries() / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", self.host, "-p", str(self.port)]
        command += ["-U", self.user, "-d", name or self.name]
        environment = os.environ | {"PGCONNECT_TIMEOUT": "3"}
        reply = subprocess.run(command, input=sql, env=environment, capture_output=True, text=True, timeout=60)
        if reply.returncode != 0:
            raise NotDone(f"psql: {reply.stderr.strip()}")
        return reply.stdout.strip()

    def answers(self) -> bool:
        try:
            return self.ask("SELECT 1") == "1"
        except (NotDone, subprocess.TimeoutExpired):
            return False

    def found(self) -> dict[str, tuple[int, int, int]]:
        """Of each hookInstance: decisions, decisions that its key names, conflicts."""
        rows = (line.rsplit("|", 3) for line in self.ask(FOUND).splitlines())
        return {instance: (int(all_), int(named), int(conflicts)) for instance, all_, named, conflicts in rows}


class Cluster(Database):
    """A server that is made, started, stopped and killed here; on a socket and on one port of the loopback."""

    def __init__(self, directory: Path) -> None:
        super().__init__(str(directory), machine.free_port(), "admin", "herald")
        self.data = directory / "pg"
        self._directory = directory
        self._server: subprocess.Popen | None = None

    def make(self) -> None:
        machine.give_away(self._directory)
        self._run("initdb", "-D", str(self.data), "-U", "admin", "-A", "trust", "-E", "UTF8", "--no-locale", "-k")
        self.start()
        self.ask(ROLES, "postgres")
        self.ask("CREATE DATABASE herald OWNER herald_migrate", "postgres")

    def copy_of(self, template: "Cluster") -> "Cluster":
        """A copy of a cluster that is stopped."""
        shutil.copytree(template.data, self.data, symlinks=True)
        for path in [self._directory, self.data, *self.data.rglob("*")]:
            machine.give_away(path)
        return self

    def url(self, login: str, port: int | None = None) -> str:
        """Over TCP, so that a relay or a pooler can stand between."""
        return f"postgres://{login}@127.0.0.1:{port or self.port}/{self.name}"

    def start(self) -> None:
        """Returns when it takes connections. After a kill it may have to wait for its last children first."""
        give_up = time.monotonic() + 60
        while time.monotonic() < give_up:
            self._launch()
            while self._server.poll() is None:
                if self._is_ready():
                    return
                time.sleep(0.02)
            time.sleep(0.05)
        raise NotDone(f"PostgreSQL does not start: {(self._directory / 'pg.log').read_text()[-500:]}")

    def _launch(self) -> None:
        settings = {"port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": self.host}
        settings |= {"shared_buffers": "64MB", "max_connections": 80}
        command = [str(binaries() / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with (self._directory / "pg.log").open("ab") as log:
            self._server = subprocess.Popen(command, stdout=log, stderr=log, **machine.account())

    def _is_ready(self) -> bool:
        lines = (self.data / "postmaster.pid").read_text().splitlines() if (self.data / "postmaster.pid").exists() else []
        return len(lines) > 7 and lines[0] == str(self._server.pid) and lines[7].strip() == "ready"

    def kill(self) -> None:
        """kill -9 of the postmaster, as a crash of the machine would: its children end by themselves."""
        self._server.kill()
        self._server.wait()

    def pause(self) -> None:
        machine.send(signal.SIGSTOP, machine.family(self._server.pid))

    def resume(self) -> None:
        machine.send(signal.SIGCONT, machine.family(self._server.pid))

    def stop(self) -> None:
        if self._server is not None and self._server.poll() is None:
            self.resume()
            self._server.send_signal(signal.SIGINT)
            self._server.wait(60)

    def _run(self, tool: str, *arguments: str) -> None:
        command = [str(binaries() / tool), *arguments]
        made = subprocess.run(command, cwd=self._directory, capture_output=True, text=True, **machine.account())
        if made.returncode != 0:
            raise NotDone(f"{tool}: {made.stderr.strip()}")


class PrivateCluster(Database):
    """The cluster that Herald itself made and keeps running."""

    def __init__(self, data_dir: Path) -> None:
        self._pid_file = data_dir / "pg" / "postmaster.pid"
        _, _, _, port, socket = self._pid_file.read_text().splitlines()[:5]
        super().__init__(socket, int(port), "herald", "herald")

    def kill(self) -> None:
        machine.send(signal.SIGKILL, [self._postmaster()])

    def kill_with_straggler(self, seconds: float) -> None:
        """One of its processes ends so much later than the postmaster. Beside it no new server starts."""
        straggler = machine.family(self._postmaster())[1:2]
        machine.send(signal.SIGSTOP, straggler)
        self.kill()
        time.sleep(seconds)
        machine.send(signal.SIGCONT, straggler)

    def _postmaster(self) -> int:
        return int(self._pid_file.read_text().splitlines()[0])
