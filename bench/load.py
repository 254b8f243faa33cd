"""The three kinds of load: as fast as it goes (wrk), at a fixed rate, and one counted request after the other."""

import http.client
import os
import secrets
import subprocess
import threading
import time
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


def open_loop(url: str, body: bytes, rate: int, seconds: int, core: int, connections: int = 32) -> OpenLoop:
    """`rate` requests a second, spread over connections that each keep their own timetable."""
    times: list[float] = []
    errors: list[str] = []
    lock = threading.Lock()
    begin = time.perf_counter() + 0.2
    total = rate * seconds

    def keep_timetable(first: int) -> None:
        os.sched_setaffinity(0, {core})  # of this thread only
        connection = Connection(url, body)
        mine, failed = [], []
        for number in range(first, total, connections):
            due = begin + number / rate
            if (early := due - time.perf_counter()) > 0:
                time.sleep(early)
            try:
                connection.ask(str(uuid.uuid4()))
                mine.append((time.perf_counter() - due) * 1e3)
            except (OSError, http.client.HTTPException, services.NotFit) as cause:
                failed.append(repr(cause))
                connection = Connection(url, body)
        with lock:
            times.extend(mine)
            errors.extend(failed)

    _at_once(connections, keep_timetable)
    times.sort()
    if not times:
        raise services.NotFit(f"no request was answered: {errors[0]}")
    return OpenLoop(len(times), len(errors), percentile(times, 0.50), percentile(times, 0.99), times[-1])


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
