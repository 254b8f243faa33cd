"""The three kinds of load: as fast as it goes (wrk), by a timetable (open_loop.py), and one counted request after the other."""

import http.client
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import uuid
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import services

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Burst:
    """What a closed loop gave: every connection asks again as soon as it is answered."""

    requests: int
    seconds: float
    errors: int
    p50_ms: float
    p99_ms: float


def closed_loop(url: str, body: Path, connections: int, seconds: int, core: int) -> Burst:
    random = secrets.token_hex(8)
    prefix = f"{random[:8]}-{random[8:12]}-4{random[12:15]}-8{secrets.token_hex(2)[:3]}-"
    command = ["taskset", "-c", str(core), "wrk", "--latency", "-t1", f"-c{connections}", f"-d{seconds}s"]
    command += ["-s", str(HERE / "load.lua"), url]
    out = subprocess.run(command, env=os.environ | {"BODY": str(body), "PREFIX": prefix}, capture_output=True, text=True)
    for line in out.stdout.splitlines():
        if line.startswith("RESULT "):
            requests, duration, errors, p50, p99 = (int(word) for word in line.split()[1:])
            return Burst(requests, duration / 1e6, errors, p50 / 1e3, p99 / 1e3)
    raise services.NotFit(f"wrk gave no result: {out.stdout}{out.stderr}")


@dataclass(frozen=True)
class OpenLoop:
    """What a fixed rate gave. A request's time counts from when it was due, so a stalled service cannot hide it."""

    requests: int
    errors: int
    p50_ms: float
    p99_ms: float
    max_ms: float


@dataclass(frozen=True)
class Reply:
    """One request of a timetable and what came of it."""

    due: float  # seconds after its first request
    ms: float | None  # None: no reply
    status: int
    record: str
    instance: str

    @property
    def answered(self) -> bool:
        return self.status == 200

    @property
    def acknowledged(self) -> bool:
        return self.answered and self.record in ("durable", "spooled")


class Timetable:
    """`rate` requests a second from a process of its own on `core`, until the time is over or it is stopped."""

    def __init__(self, url: str, body: Path, rate: float, seconds: float, core: int) -> None:
        descriptor, name = tempfile.mkstemp(prefix="herald-bench-")
        os.close(descriptor)
        self._log = Path(name)
        command = ["taskset", "-c", str(core), sys.executable, str(HERE / "open_loop.py"), "--url", url]
        command += ["--body", str(body), "--rate", str(rate), "--seconds", str(seconds), "--log", name]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.began = float(self._process.stdout.readline().split()[1])  # by the wall clock

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)

    def replies(self) -> list[Reply]:
        """Waits for its end."""
        ended = self._process.wait()
        lines = [line.split() for line in self._log.read_text().splitlines()]
        self._log.unlink()
        if ended != 0:
            raise services.NotFit(f"the generator ended with {ended}")
        return [
            Reply(float(due), None if ms == "-" else float(ms), int(status), record.strip("-"), instance)
            for due, ms, status, record, instance in lines
        ]


def open_loop(url: str, body: Path, rate: int, seconds: int, core: int) -> OpenLoop:
    return judged(Timetable(url, body, rate, seconds, core).replies())


def judged(replies: list[Reply]) -> OpenLoop:
    times = sorted(reply.ms for reply in replies if reply.answered)
    if not times:
        raise services.NotFit("no request was answered")
    return OpenLoop(len(times), len(replies) - len(times), percentile(times, 0.50), percentile(times, 0.99), times[-1])


def durable_instances(url: str, body: bytes, requests: int, connections: int = 16) -> list[str]:
    """Sends so many requests and returns the hookInstances whose reply was marked durable."""
    durable: list[str] = []

    def send(_: int) -> None:
        connection = Connection(url, body)
        for _ in range(requests // connections):
            instance = str(uuid.uuid4())
            if connection.ask(instance) == "durable":
                durable.append(instance)

    _at_once(connections, send)
    return durable


class Connection:
    """One kept connection; the request is put together around the hookInstance, never parsed again."""

    def __init__(self, url: str, body: bytes) -> None:
        address = urlsplit(url)
        self.path = address.path
        self.connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
        self.head, self.tail = services.with_instance(body, "@").split(b'"@"', 1)

    def ask(self, instance: str) -> str:
        """The record state of the reply; refuses a reply that is not 200."""
        body = self.head + f'"{instance}"'.encode() + self.tail
        self.connection.request("POST", self.path, body, {"Content-Type": "application/json"})
        reply = self.connection.getresponse()
        reply.read()
        if reply.status != 200:
            raise services.NotFit(f"answered {reply.status}")
        return reply.getheader("X-Decision-Record", "unrecorded")


def percentile(ordered: list[float], part: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def _at_once(workers: int, work) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
