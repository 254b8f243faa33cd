#!/usr/bin/env python3
"""Requests by a timetable, whether or not earlier ones were answered. A process of its own: one thread, no threads that
take turns at one interpreter.

    python3 bench/open_loop.py --url URL --body FILE --rate 1000 --seconds 10 --log FILE

A request's time counts from when it was due, so neither a stalled service nor this generator can hide it; how late the
generator itself was is told beside it. Each request has a hookInstance of its own. SIGTERM ends the timetable early;
what was sent is waited for. The log has one line for each request: second at which it was due, milliseconds (or -),
status (0: no reply), record state, hookInstance.
"""

import argparse
import re
import select
import signal
import socket
import sys
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

REPLY_LIMIT = 10.0
MOST_OPEN = 900  # select() takes no more than 1,024
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
RECORD = re.compile(rb"\r\nx-decision-record: *([a-z]+)", re.IGNORECASE)


@dataclass
class Asked:
    """A request on its way."""

    due: float
    instance: str
    reply: bytearray


class Generator:
    def __init__(self, url: str, body: bytes, log) -> None:
        address = urlsplit(url)
        self._address = (address.hostname, address.port)
        changed, places = re.subn(rb'"hookInstance"\s*:\s*"[^"]*"', b'"hookInstance":"@"', body)
        if places != 1:
            raise ValueError(f"the body names {places} hookInstances")
        length = len(changed) + 35
        head = f"POST {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/json\r\n"
        self._head, self._tail = (f"{head}Content-Length: {length}\r\n\r\n".encode() + changed).split(b'"@"', 1)
        self._log, self._begin = log, 0.0
        self._idle: list[socket.socket] = []
        self._open: dict[socket.socket, Asked] = {}
        self.stopped = False

    def run(self, rate: float, seconds: float) -> None:
        self._begin, sent, total = time.perf_counter() + 0.1, 0, int(rate * seconds)
        print(f"BEGIN {self._begin + time.time() - time.perf_counter():.6f}", flush=True)
        while self._open or (sent < total and not self.stopped):
            while sent < total and not self.stopped and self._begin + sent / rate <= time.perf_counter():
                self._ask(self._begin + sent / rate)
                sent += 1
            more = sent < total and not self.stopped
            wait = self._begin + sent / rate - time.perf_counter() if more else 0.05
            readable, _, _ = select.select(list(self._open), [], [], max(0.0, min(wait, 0.05)))
            for connection in readable:
                self._read(connection)
            self._give_up()

    def _ask(self, due: float) -> None:
        instance = str(uuid.uuid4())
        if len(self._open) >= MOST_OPEN:
            return self._note(due, None, 0, "", instance)
        try:
            connection = self._kept() or socket.create_connection(self._address, timeout=REPLY_LIMIT)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.sendall(self._head + f'"{instance}"'.encode() + self._tail)
        except OSError:
            return self._note(due, None, 0, "", instance)
        self._open[connection] = Asked(due, instance, bytearray())

    def _kept(self) -> socket.socket | None:
        """A connection that still stands. The service closes those that were idle for long, and then there is something to read."""
        while self._idle:
            connection = self._idle.pop()
            if not select.select([connection], [], [], 0)[0]:
                return connection
            connection.close()
        return None

    def _read(self, connection: socket.socket) -> None:
        asked = self._open[connection]
        try:
            part = connection.recv(1 << 17)
        except OSError:
            part = b""
        asked.reply += part
        end = asked.reply.find(b"\r\n\r\n")
        length = LENGTH.search(asked.reply, 0, end) if end >= 0 else None
        if part and (length is None or len(asked.reply) < end + 4 + int(length[1])):
            return
        del self._open[connection]
        if not part:
            connection.close()
            return self._note(asked.due, None, 0, "", asked.instance)
        self._idle.append(connection)
        record = RECORD.search(asked.reply, 0, end)
        took = (time.perf_counter() - asked.due) * 1e3
        self._note(asked.due, took, int(asked.reply[9:12]), record[1].decode() if record else "", asked.instance)

    def _give_up(self) -> None:
        now = time.perf_counter()
        for connection, asked in [pair for pair in self._open.items() if now - pair[1].due > REPLY_LIMIT]:
            del self._open[connection]
            connection.close()
            self._note(asked.due, None, 0, "", asked.instance)

    def _note(self, due: float, took: float | None, status: int, record: str, instance: str) -> None:
        time_taken = "-" if took is None else f"{took:.3f}"
        self._log.write(f"{due - self._begin:.6f} {time_taken} {status} {record or '-'} {instance}\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", required=True)
    parser.add_argument("--body", type=Path, required=True)
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--log", type=Path, required=True)
    options = parser.parse_args()
    with options.log.open("w") as log:
        generator = Generator(options.url, options.body.read_bytes(), log)
        signal.signal(signal.SIGTERM, lambda *_: setattr(generator, "stopped", True))
        generator.run(options.rate, options.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
