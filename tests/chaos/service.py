"""The real binary: started, asked how it is, signalled, killed."""

import json
import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import machine

REVIEW = "/cds-services/her2-chart-review"


class Herald:
    """One service with a data directory, a port and a configuration of its own. It can be started again."""

    def __init__(self, binary: Path, directory: Path, database_url: str | None, settings: str = "") -> None:
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(0o755)
        self.directory, self.data_dir = directory, directory / "data"
        self.port, self._metrics_port = machine.free_port(), machine.free_port()
        self.log = directory / "herald.log"
        (directory / "herald.toml").write_text(settings)
        self._command = [str(binary), "serve", "--listen", f"127.0.0.1:{self.port}"]
        self._command += ["--data-dir", str(self.data_dir), "--config", str(directory / "herald.toml")]
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("HERALD_", "PG"))}
        kept.pop("DATABASE_URL", None)
        self._environment = kept | {"HERALD_LOG": "info", "HERALD_METRICS_LISTEN": f"127.0.0.1:{self._metrics_port}"}
        if bin_directory := os.environ.get("HERALD_PG_BIN"):
            self._environment["HERALD_PG_BIN"] = bin_directory
        if database_url is not None:
            self._environment["DATABASE_URL"] = database_url
        self._process: subprocess.Popen | None = None

    @property
    def address(self) -> tuple[str, int]:
        return ("127.0.0.1", self.port)

    def launch(self) -> None:
        """Starts it without waiting."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, cwd=self.directory, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )

    def start(self) -> "Herald":
        """Starts it and waits until it records and nothing is left in its spool."""
        self.launch()
        self.until_settled()
        return self

    def seconds_to_ready(self) -> float:
        """Starts it and tells how long /readyz took to say yes."""
        began = time.monotonic()
        self.launch()
        machine.until(self._is_ready, 20, "Herald is not ready")
        return time.monotonic() - began

    def until_settled(self, seconds: float = 60) -> None:
        """Until the database takes decisions and the spool is empty."""
        machine.until(lambda: self.is_settled(), seconds, "the spool is not empty")

    def is_settled(self) -> bool:
        health = self.health()
        return health.get("status") == "ok" and health["record"]["spool"]["segments"] == 0

    def health(self) -> dict:
        """What /health says; empty while nobody answers."""
        return json.loads(self._page(self.port, "/health") or "{}")

    def counter(self, name: str) -> int:
        """The sum of a counter over its labels."""
        lines = re.findall(rf"^{name}(?:{{[^}}]*}})? ([\d.]+)$", self._page(self._metrics_port, "/metrics"), re.MULTILINE)
        return round(sum(float(value) for value in lines))

    def quarantined(self) -> int:
        """Rows that lie in quarantine because PostgreSQL refused them."""
        return len(list((self.data_dir / "poison").glob("*.poison")))

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def ended(self, limit: float) -> int | None:
        """The exit status; None if it still runs."""
        try:
            return self._process.wait(limit)
        except subprocess.TimeoutExpired:
            return None

    def end(self) -> None:
        """Whatever state it is in. The log stays."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            if self.ended(40) is None:
                self.kill()

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2) as reply:
                return reply.status == 200
        except OSError:
            return False

    @staticmethod
    def _page(port: int, path: str) -> str:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as reply:
                return reply.read().decode()
        except OSError:
            return ""
