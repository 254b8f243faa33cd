"""Where and on what a run was made; a figure without this is no figure."""

import os
import platform
import re
import subprocess
from datetime import datetime, timezone
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def first_line(*command: str) -> str | None:
    """The first line that a command prints; None if it is missing or fails."""
    try:
        out = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = (out.stdout or out.stderr).strip().splitlines()
    return lines[0] if lines and out.returncode in (0, 1) else None


def commit() -> str:
    """The short commit; with -edited when the measured tree differs from it."""
    edited = subprocess.run(["git", "status", "--porcelain"], capture_output=True, text=True, cwd=PROJECT).stdout.strip()
    return (first_line("git", "rev-parse", "--short=10", "HEAD") or "unknown") + ("-edited" if edited else "")


def describe(herald: Path) -> dict[str, object]:
    cpu = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())
    return {
        "at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "commit": commit(),
        "cpu": cpu.group(1) if cpu else platform.machine(),
        "cores": os.cpu_count(),
        "memory_gb": round(int(memory.group(1)) / 1024**2) if memory else None,
        "kernel": platform.release(),
        "load_before": round(os.getloadavg()[0], 2),
        "versions": {
            "herald": first_line(str(herald), "--version"),
            "rustc": first_line("rustc", "--version"),
            "python": platform.python_version(),
            "node": first_line("node", "--version"),
            "wrk": first_line("wrk", "--version"),
        },
    }


def file_system(directory: Path) -> str:
    """The kind of file system that a directory lies on; a flush in memory proves nothing."""
    best, kind = "", "unknown"
    for line in Path("/proc/mounts").read_text().splitlines():
        _device, mount, name = line.split()[:3]
        inside = str(directory) == mount or str(directory).startswith(mount.rstrip("/") + "/")
        if inside and len(mount) >= len(best):
            best, kind = mount, name
    return kind
