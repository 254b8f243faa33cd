"""Open-loop load: requests arrive by a timetable, whether or not earlier ones were answered.

One request in twenty is sent again by its client, at once, soon, or later. A client that got no answer, or a refusal,
asks again every 300 ms for five seconds. All choices come from one seed.
"""

import asyncio
import random
import re
import threading
import time
import uuid
from dataclasses import dataclass

REPEATED = 0.05
REPEAT_AFTER = (0.0, 0.2, 2.0)
ASK_AGAIN_AFTER = 0.3
PATIENCE = 5.0
REPLY_LIMIT = 10.0
INSTANCE = re.compile(rb'"hookInstance"\s*:\s*"[^"]*"')


@dataclass(frozen=True)
class Attempt:
    """One request and what came of it. Times are of the monotonic clock, in seconds."""

    instance: str
    due: float
    ended: float
    status: int | None  # None: the connection broke, or there was none
    record: str = ""  # durable, spooled, unrecorded; empty without a reply

    @property
    def acknowledged(self) -> bool:
        return self.status == 200 and self.record in ("durable", "spooled")

    @property
    def ms(self) -> float:
        return (self.ended - self.due) * 1e3


class Load:
    """Clients of one address, from `with` to its end."""

    def __init__(self, address: tuple[str, int], path: str, body: bytes, rate: float, seed: str) -> None:
        if len(INSTANCE.findall(body)) != 1:
            raise ValueError("the body must name one hookInstance")
        self.attempts: list[Attempt] = []
        self.faults: list[tuple[float, float]] = []  # began, was over
        self._address, self._path, self._body, self._rate = address, path, body, rate
        self._random = random.Random(seed)
        self._open = True
        self._loop = asyncio.new_event_loop()
        self._clients: set[asyncio.Task] = set()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Load":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Sends nothing new, and waits for the clients that still ask."""
        self._open = False
        self._thread.join()

    def burst(self, instances: list[str]) -> None:
        """All of them at once, beside the timetable."""
        for instance in instances:
            asyncio.run_coroutine_threadsafe(self._client(instance, None), self._loop)

    def fault_begins(self) -> None:
        self.faults.append((time.monotonic(), time.monotonic()))

    def fault_is_over(self) -> None:
        self.faults[-1] = (self.faults[-1][0], time.monotonic())

    def recovered_after(self, limit: float = 30.0) -> float | None:
        """Seconds from the end of the last fault to the first durable reply to a request made since; None: not in time."""
        over = self.faults[-1][1]
        while time.monotonic() < over + limit:
            for attempt in reversed(self.attempts[-200:]):
                if attempt.due >= over and attempt.record == "durable":
                    return min(a.ended for a in self.attempts if a.due >= over and a.record == "durable") - over
            time.sleep(0.02)
        return None

    def _run(self) -> None:
        self._loop.run_until_complete(self._arrivals())

    async def _arrivals(self) -> None:
        due = time.monotonic()
        while self._open:
            due += self._random.expovariate(self._rate)
            instance = str(uuid.UUID(int=self._random.getrandbits(128), version=4))
            again = self._random.choice(REPEAT_AFTER) if self._random.random() < REPEATED else None
            if (early := due - time.monotonic()) > 0:
                await asyncio.sleep(early)
            self._start(self._client(instance, due))
            if again is not None:
                self._start(self._later(again, instance))
        while self._clients:
            await asyncio.wait(set(self._clients))

    def _start(self, client) -> None:
        task = asyncio.ensure_future(client)
        self._clients.add(task)
        task.add_done_callback(self._clients.discard)

    async def _later(self, seconds: float, instance: str) -> None:
        await asyncio.sleep(seconds)
        await self._client(instance, None)

    async def _client(self, instance: str, due: float | None) -> None:
        give_up = time.monotonic() + PATIENCE
        while not await self._ask(instance, due or time.monotonic()) and time.monotonic() < give_up:
            due = None
            await asyncio.sleep(ASK_AGAIN_AFTER)

    async def _ask(self, instance: str, due: float) -> bool:
        try:
            status, record = await asyncio.wait_for(self._exchange(instance), REPLY_LIMIT)
        except (OSError, asyncio.TimeoutError, ValueError):
            status, record = None, ""
        self.attempts.append(Attempt(instance, due, time.monotonic(), status, record))
        return status == 200

    async def _exchange(self, instance: str) -> tuple[int, str]:
        """One request on a connection of its own. A reply counts when all of it has come."""
        body = INSTANCE.sub(b'"hookInstance":"%s"' % instance.encode(), self._body)
        head = f"POST {self._path} HTTP/1.1\r\nHost: {self._address[0]}\r\nContent-Type: application/json\r\n"
        head += f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        reader, writer = await asyncio.open_connection(*self._address)
        try:
            writer.write(head.encode() + body)
            await writer.drain()
            reply = await reader.read(-1)
        finally:
            writer.close()
        top, _, rest = reply.partition(b"\r\n\r\n")
        lines = top.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        if "content-length" not in headers or len(rest) < int(headers["content-length"]):
            raise ValueError("the reply is cut off")
        return int(lines[0].split(" ")[1]), headers.get("x-decision-record", "")


def percentile(times: list[float], part: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else float("nan")
