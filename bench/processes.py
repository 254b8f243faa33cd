"""What processes cost, as the kernel counts it: CPU time, memory, and which processes belong together."""

import os
import re
from pathlib import Path

PROC = Path("/proc")


def family(root: int) -> set[int]:
    """`root` and all its descendants that are alive."""
    children: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:  # it ended while we looked
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found, waiting = set(), [root]
    while waiting:
        pid = waiting.pop()
        found.add(pid)
        waiting.extend(child for child in children.get(pid, []) if child not in found)
    return found


def name(pid: int) -> str:
    """What runs in the process; nothing if it has ended."""
    try:
        return (PROC / str(pid) / "comm").read_text().strip()
    except OSError:
        return ""


def cpu_seconds(pids: set[int]) -> dict[int, float]:
    """Seconds on a CPU of each process, all its threads together."""
    used = {}
    for pid in pids:
        total = 0
        try:
            for task in (PROC / str(pid) / "task").iterdir():
                total += int((task / "schedstat").read_text().split()[0])
        except OSError:
            continue
        used[pid] = total / 1e9
    return used


def spent(before: dict[int, float], after: dict[int, float]) -> float:
    """CPU seconds between two readings; a process born in between counts whole."""
    return sum(max(0.0, now - before.get(pid, 0.0)) for pid, now in after.items())


def resident_mb(pids: set[int]) -> float:
    """Resident memory in MB; pages shared between the processes count in each of them."""
    total = 0
    for pid in pids:
        try:
            status = (PROC / str(pid) / "status").read_text()
        except OSError:
            continue
        if line := re.search(r"VmRSS:\s+(\d+) kB", status):
            total += int(line.group(1))
    return total / 1024


def pin(pids: set[int], core: int) -> None:
    """Moves every thread of the processes to one core; what they start later stays there too."""
    for pid in pids:
        try:
            for task in (PROC / str(pid) / "task").iterdir():
                os.sched_setaffinity(int(task.name), {core})
        except (OSError, ProcessLookupError):
            continue


def command_name(pid: int) -> str:
    try:
        return (PROC / str(pid) / "comm").read_text().strip()
    except OSError:
        return ""
