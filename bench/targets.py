"""The targets of the project, and whether a run met them."""

from collections.abc import Callable
from dataclasses import dataclass

PGBENCH_CONNECTIONS = (16, 64)
TOLERANCE = 0.20  # a run fails when a target is missed by more than this


@dataclass(frozen=True)
class Target:
    what: str
    bar: float
    unit: str
    at_least: bool  # else at most
    figure: Callable[["Figures"], float | None]


@dataclass(frozen=True)
class Verdict:
    target: Target
    value: float | None

    @property
    def shortfall(self) -> float:
        """By which part of the bar it is missed; 0 if met."""
        if self.value is None:
            return 0.0
        missing = self.target.bar - self.value if self.target.at_least else self.value - self.target.bar
        return max(0.0, missing / self.target.bar)

    @property
    def word(self) -> str:
        if self.value is None:
            return "not measured"
        if self.shortfall == 0.0:
            return "met"
        return f"missed by {self.shortfall:.0%}"

    @property
    def fails(self) -> bool:
        return self.shortfall > TOLERANCE


@dataclass(frozen=True)
class Figures:
    """Medians of one run: by (service, connections, name of the figure), and the single ones by name."""

    cells: dict[tuple[str, int, str], float]
    single: dict[str, float]

    def cell(self, service: str, connections: int, name: str) -> float | None:
        return self.cells.get((service, connections, name))

    def ratio(self, peer: str, connections: int) -> float | None:
        ours, theirs = self.cell("herald", connections, "rps"), self.cell(peer, connections, "rps")
        return ours / theirs if ours and theirs else None


def _cell(connections: int, name: str) -> Callable[[Figures], float | None]:
    return lambda figures: figures.cell("herald", connections, name)


def _ratio(peer: str, connections: int) -> Callable[[Figures], float | None]:
    return lambda figures: figures.ratio(peer, connections)


def _single(name: str) -> Callable[[Figures], float | None]:
    return lambda figures: figures.single.get(name)


TARGETS = [
    Target("requests/s against HealthChain, 16 connections", 8.0, "×", True, _ratio("healthchain", 16)),
    Target("requests/s against HealthChain, 64 connections", 12.0, "×", True, _ratio("healthchain", 64)),
    Target("requests/s against fastify, 16 connections", 1.2, "×", True, _ratio("fastify", 16)),
    Target("requests/s against fastify, 64 connections", 1.2, "×", True, _ratio("fastify", 64)),
    Target("server CPU per recorded request, 16 connections", 100.0, "µs", False, _cell(16, "server_us")),
    Target("p99, closed loop, 16 connections", 10.0, "ms", False, _cell(16, "p99_ms")),
    Target("p99, open loop, 1,000 requests/s", 50.0, "ms", False, _single("open_loop_p99_ms")),
    Target("requests/s against pgbench's one-row insert, 16 connections", 0.7, "×", True, _single("against_pgbench_16")),
    Target("requests/s against pgbench's one-row insert, 64 connections", 1.0, "×", True, _single("against_pgbench_64")),
    Target("memory of the service after load", 60.0, "MB", False, _single("herald_resident_mb")),
    Target("start to first card, data directory in place", 2.0, "s", False, _single("herald_second_start_s")),
    Target("herald assess, whole process, median of 20", 20.0, "ms", False, _single("assess_ms")),
]


def judge(figures: Figures) -> list[Verdict]:
    return [Verdict(target, target.figure(figures)) for target in TARGETS]
