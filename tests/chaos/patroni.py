"""Three PostgreSQL nodes under Patroni in synchronous mode, with one etcd: all on the loopback."""

import json
import shutil
import signal
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import machine
from cluster import ROLES, Database, binaries
from machine import NotDone

if TYPE_CHECKING:
    from stage import Stage

# JSON is YAML. The leader's lease is the shortest that Patroni takes: a dead leader is replaced after some 20 s.
LEASE = {"ttl": 20, "loop_wait": 2, "retry_timeout": 3, "synchronous_mode": True, "maximum_lag_on_failover": 1048576}
HBA = ["local all all trust", "host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust"]


class Node:
    """One Patroni and its PostgreSQL."""

    def __init__(self, stage: "Stage", number: int, etcd_port: int) -> None:
        self.name, self.port, self.rest_port = f"n{number}", machine.free_port(), machine.free_port()
        directory = stage.subdirectory(self.name)
        machine.give_away(directory)
        self._data = directory / "pg"
        file = directory / "patroni.yml"
        file.write_text(json.dumps(self._configuration(directory, etcd_port)))
        self.database = Database("127.0.0.1", self.port, "admin", "herald")
        stage.at_the_end(self._end_server)
        self._process = stage.process([_found("patroni"), str(file)], as_server=True, cwd=directory)

    def is_leader(self) -> bool:
        return self._says("/primary")

    def is_synchronous(self) -> bool:
        """A standby that the leader waits for at each commit."""
        return self._says("/synchronous")

    def kill(self) -> None:
        """As if its machine had died: Patroni first, or it would start the server again."""
        self._process.kill()
        self._process.wait()
        self._end_server()

    def _end_server(self) -> None:
        file = self._data / "postmaster.pid"
        if file.exists():
            machine.send(signal.SIGKILL, [int(file.read_text().splitlines()[0])])

    def _says(self, path: str) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.rest_port}{path}", timeout=2) as reply:
                return reply.status == 200
        except OSError:
            return False

    def _configuration(self, directory: Path, etcd_port: int) -> dict:
        rest = f"127.0.0.1:{self.rest_port}"
        server = {"shared_buffers": "64MB", "max_connections": 60, "unix_socket_directories": str(directory)}
        return {
            "scope": "herald",
            "name": self.name,
            "restapi": {"listen": rest, "connect_address": rest},
            "etcd3": {"host": f"127.0.0.1:{etcd_port}"},
            "bootstrap": {
                "dcs": LEASE | {"postgresql": {"use_pg_rewind": False, "parameters": server}},
                "initdb": [{"encoding": "UTF8"}, {"locale": "C"}, "data-checksums"],
            },
            "postgresql": {
                "listen": f"127.0.0.1:{self.port}",
                "connect_address": f"127.0.0.1:{self.port}",
                "data_dir": str(self._data),
                "bin_dir": str(binaries()),
                "pgpass": str(directory / "pgpass"),
                "pg_hba": HBA,
                "authentication": {"superuser": {"username": "admin"}, "replication": {"username": "replicator"}},
                "parameters": {"unix_socket_directories": str(directory)},
            },
        }


class PatroniCluster:
    """Made of three nodes; returns when one of them leads and another is its synchronous standby."""

    def __init__(self, stage: "Stage") -> None:
        etcd_port = _etcd(stage)
        self.nodes = [Node(stage, number, etcd_port) for number in range(3)]
        machine.until(lambda: self.leader() is not None, 60, "no node leads")
        machine.until(lambda: any(node.is_synchronous() for node in self.nodes), 90, "no synchronous standby")
        leader = self.leader()
        leader.database.ask(ROLES, "postgres")
        leader.database.ask("CREATE DATABASE herald OWNER herald_migrate", "postgres")

    def leader(self) -> Node | None:
        return next((node for node in self.nodes if node.is_leader()), None)


def _etcd(stage: "Stage") -> int:
    client, peer = machine.free_port(), machine.free_port()
    clients, peers = f"http://127.0.0.1:{client}", f"http://127.0.0.1:{peer}"
    command = [_found("etcd"), "--name", "only", "--data-dir", str(stage.subdirectory("etcd"))]
    command += ["--listen-client-urls", clients, "--advertise-client-urls", clients, "--listen-peer-urls", peers]
    command += ["--initial-advertise-peer-urls", peers, "--initial-cluster", f"only={peers}", "--log-level", "error"]
    stage.process(command)
    return client


def _found(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise NotDone(f"no {program} on this machine: scripts/setup.sh chaos installs it")
    return path
