"""Processes of this machine: accounts, families, free ports, signals."""

import os
import pwd
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path


class NotDone(Exception):
    """Something that a case needs did not happen in time. No verdict about Herald unless a case says so."""


def until(arrived: Callable[[], bool], seconds: float, otherwise: str) -> None:
    give_up = time.monotonic() + seconds
    while not arrived():
        if time.monotonic() > give_up:
            raise NotDone(f"{otherwise} within {seconds:.0f} s")
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def account() -> dict[str, object]:
    """Arguments of Popen: PostgreSQL, PgBouncer and Patroni refuse root, so for root it is the user `postgres`."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam("postgres")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def give_away(directory: Path) -> None:
    """To the account that runs the servers."""
    if who := account():
        os.chown(directory, who["user"], who["group"])


def family(root: int) -> list[int]:
    """`root` and its descendants that are alive, parents first."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:  # it ended while we looked
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found = [root]
    for pid in found:
        found.extend(children.get(pid, []))
    return found


def send(number: signal.Signals, pids: list[int]) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue
