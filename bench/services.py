"""The services of the comparison: how each is started, asked and stopped."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEERS = HERE / "peers"
START_LIMIT = 120.0


class NotFit(Exception):
    """A service that did not start, or whose answer is not one that may be measured."""


@dataclass(frozen=True)
class Service:
    name: str
    command: list[str]  # {port} stands for the port it shall listen on
    path: str
    does: str  # printed beside its figures
    environment: dict[str, str] = field(default_factory=dict)
    data_dir: Path | None = None  # of Herald: its decisions are durable, and its database belongs to it


@dataclass(frozen=True)
class Running:
    service: Service
    pid: int
    url: str
    first_reply_s: float


def herald(binary: Path, data_dir: Path) -> Service:
    return Service(
        "herald",
        [str(binary), "serve", "--listen", "127.0.0.1:{port}", "--data-dir", str(data_dir)],
        "/cds-services/her2-chart-review",
        "assesses and records durably",
        {"HERALD_LOG": "warn"},
        data_dir,
    )


def herald_without_record(binary: Path, data_dir: Path) -> Service:
    """The same binary with its recorder switched off: what is left is the price of the answer alone."""
    unrecorded = {"HERALD_LOG": "off", "HERALD_BENCH_WITHOUT_RECORD": "true"}
    does = "assesses, records nothing"
    return replace(herald(binary, data_dir), name="herald, no record", does=does, environment=unrecorded, data_dir=None)


def peers() -> list[Service]:
    """Those of the two peers that are installed."""
    uvicorn = PEERS / ".venv" / "bin" / "uvicorn"
    fastest = ["--loop", "uvloop", "--http", "httptools", "--log-level", "warning"]
    found = []
    if uvicorn.exists():
        command = [str(uvicorn), "--app-dir", str(PEERS), "healthchain_peer:app", "--host", "127.0.0.1", "--port", "{port}"]
        found.append(Service("healthchain", command + fastest, "/cds/cds-services/her2", "constant card, records nothing"))
    if (PEERS / "node_modules").exists():
        command = ["node", str(PEERS / "fastify_peer.js")]
        environment = {"PORT": "{port}", "NODE_ENV": "production"}
        found.append(Service("fastify", command, "/cds-services/her2", "constant card, records nothing", environment))
    return found


@contextlib.contextmanager
def running(service: Service, core: int, body: bytes) -> Iterator[Running]:
    """The service, started on `core`, once it has answered its first request; stopped at the end."""
    port = str(_free_port())
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {name: value.format(port=port) for name, value in service.environment.items()}
    command = ["taskset", "-c", str(core)] + [part.format(port=port) for part in service.command]
    url = f"http://127.0.0.1:{port}{service.path}"
    began = time.perf_counter()
    # taskset becomes the server, so this process id is the server's.
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=sys.stderr)
    try:
        while True:
            try:
                post(url, body)
                break
            except urllib.error.HTTPError as refusal:
                raise NotFit(f"{service.name} answered {refusal.code}") from refusal
            except OSError as cause:
                if server.poll() is not None or time.perf_counter() - began > START_LIMIT:
                    raise NotFit(f"{service.name} did not start") from cause
                time.sleep(0.002)
        took = time.perf_counter() - began
        if service.data_dir:
            _until_it_records(port)
        yield Running(service, server.pid, url, took)
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _until_it_records(port: str) -> None:
    """Herald answers before its database is there and spools meanwhile; the comparison is about what goes to the database."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=10) as reply:
                health = json.load(reply)
        except OSError:
            health = None  # busy
        if health and health["status"] == "ok" and health["record"]["spool"]["segments"] == 0:
            return
        if health["record"].get("kept") is False and health["status"] != "starting":
            return  # its cluster is there, and stays idle
        time.sleep(0.1)
    raise NotFit("Herald does not reach its database")


def post(url: str, body: bytes) -> str:
    """Sends one request with a hookInstance of its own and returns the record state; refuses an answer without cards."""
    request = urllib.request.Request(url, with_instance(body, str(uuid.uuid4())), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as reply:
        if reply.status != 200 or "cards" not in json.load(reply):
            raise NotFit(f"{url} answered {reply.status} without cards")
        return reply.headers.get("X-Decision-Record", "unrecorded")


def wait_until_durable(url: str, body: bytes) -> None:
    """Herald serves before its database has started; a figure for durable replies waits for it."""
    until = time.monotonic() + START_LIMIT
    while (state := post(url, body)) != "durable":
        if time.monotonic() > until:
            raise NotFit(f"replies are still {state} after {START_LIMIT:.0f} s")
        time.sleep(0.05)


def with_instance(body: bytes, instance: str) -> bytes:
    """The same bytes with another hookInstance."""
    changed, places = re.subn(rb'"hookInstance"\s*:\s*"[^"]*"', b'"hookInstance":"%s"' % instance.encode(), body)
    if places != 1:
        raise NotFit(f"the body names {places} hookInstances")
    return changed


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
