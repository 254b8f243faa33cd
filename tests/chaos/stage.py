"""Where a case plays: a directory, a PostgreSQL, services and clients of its own, all ended with it."""

import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import machine
from cluster import Cluster, Database
from load import Load
from machine import NotDone
from outcome import Outcome, judge
from service import REVIEW, Herald

CALM = 2.0


@dataclass(frozen=True)
class Run:
    """What all cases of a run share."""

    binary: Path
    body: bytes
    rate: float
    seed: str
    directory: Path
    template: Cluster


class Stage:
    """For one case: `with Stage(run, name) as stage`."""

    def __init__(self, run: Run, name: str) -> None:
        self._run, self._name = run, name
        self.directory = Path(tempfile.mkdtemp(prefix=f"{name[:12]}-", dir=run.directory))
        self.directory.chmod(0o711)
        self._ends: list[Callable[[], None]] = []
        self._loads = 0

    def __enter__(self) -> "Stage":
        return self

    def __exit__(self, *_: object) -> None:
        for end in reversed(self._ends):
            try:
                end()
            except (OSError, subprocess.SubprocessError) as cause:
                print(f"  {self._name}: not everything could be ended: {cause}")

    @property
    def seed(self) -> str:
        """For choices of the case itself."""
        return f"{self._run.seed}/{self._name}"

    def at_the_end(self, end: Callable[[], None]) -> None:
        self._ends.append(end)

    def subdirectory(self, name: str) -> Path:
        directory = self.directory / name
        directory.mkdir()
        return directory

    def cluster(self) -> Cluster:
        """A migrated PostgreSQL that runs."""
        cluster = Cluster(self.subdirectory("pg")).copy_of(self._run.template)
        cluster.start()
        self.at_the_end(cluster.stop)
        return cluster

    def herald(self, url: str | None, settings: str = "", name: str = "herald") -> Herald:
        """A service that is not started yet."""
        herald = Herald(self._run.binary, self.directory / name, url, settings)
        self.at_the_end(herald.end)
        return herald

    def migrate(self, url: str) -> None:
        migrate(self._run.binary, url)

    def load(self, address: tuple[str, int], rate: float | None = None) -> Load:
        self._loads += 1
        return Load(address, REVIEW, self._run.body, rate or self._run.rate, f"{self.seed}/{self._loads}")

    def process(self, command: list[str], as_server: bool = False, **popen: object) -> subprocess.Popen:
        """Any other server of the case. Its output is in the directory of the case."""
        with (self.directory / f"{Path(command[0]).name}.log").open("ab") as log:
            account = machine.account() if as_server else {}
            process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, **account, **popen)
        self.at_the_end(lambda: _end(process))
        return process


def calm(seconds: float = CALM) -> None:
    """Load and no fault."""
    time.sleep(seconds)


def conclude(load: Load, database: Database, services: list[Herald], recovered_s: float | None, **judging) -> Outcome:
    """Ends the load, lets every spool be replayed, and compares."""
    load.stop()
    try:
        for herald in services:
            herald.until_settled()
    except NotDone as cause:
        outcome = judge(load, database, recovered_s, **judging)
        outcome.must(False, str(cause))
        return outcome
    return judge(load, database, recovered_s, **judging)


def make_template(binary: Path, directory: Path) -> Cluster:
    """A migrated cluster that is stopped, to be copied by each case."""
    directory.mkdir()
    cluster = Cluster(directory)
    cluster.make()
    try:
        migrate(binary, cluster.url("herald_migrate"))
    finally:
        cluster.stop()
    return cluster


def migrate(binary: Path, owner_url: str) -> None:
    environment = {"HERALD_OWNER_DATABASE_URL": owner_url}
    migrated = subprocess.run([binary, "migrate"], env=environment, capture_output=True, text=True)
    if migrated.returncode != 0:
        raise NotDone(f"herald migrate: {migrated.stderr.strip()}")


def _end(process: subprocess.Popen) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
