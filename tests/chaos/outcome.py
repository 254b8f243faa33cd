"""What one case showed: the set of acknowledged hookInstances against the rows of the database."""

from dataclasses import dataclass, field

from cluster import Database
from load import Attempt, Load, percentile


@dataclass
class Outcome:
    """The row of one case."""

    durable: int  # hookInstances with at least one reply `durable`
    spooled: int  # those that were only told `spooled`
    found: int  # of both
    quarantined: int  # of both: not in the database, but in quarantine, as the promise has it
    lost: int
    duplicates: int
    unrecorded: int  # replies with cards that said so
    failed: int  # attempts without a reply, or refused
    gave_up: int  # hookInstances that never got a reply with cards
    p50_ms: float
    p99_ms: float
    recovered_s: float | None
    notes: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)  # promises that this run did not keep

    @property
    def kept(self) -> bool:
        return not self.broken

    def must(self, holds: bool, otherwise: str) -> None:
        """One more promise of this case."""
        if not holds:
            self.broken.append(otherwise)


def judge(load: Load, database: Database, recovered_s: float | None, poison: frozenset[str] = frozenset()) -> Outcome:
    """Compares. `poison` are hookInstances that PostgreSQL was made to refuse: they belong into quarantine."""
    rows = database.found()
    by_instance: dict[str, list[Attempt]] = {}
    for attempt in load.attempts:
        by_instance.setdefault(attempt.instance, []).append(attempt)
    acknowledged = {name for name, attempts in by_instance.items() if any(a.acknowledged for a in attempts)}
    durable = {a.instance for a in load.attempts if a.status == 200 and a.record == "durable"}
    stored = {name for name, (_, named, _) in rows.items() if named >= 1}
    lost = acknowledged - stored - poison
    twice = {name for name, (decisions, _, conflicts) in rows.items() if decisions > 1 or conflicts > 0}
    during = [a.ms for a in load.attempts if a.status == 200 and _falls_into(a, load.faults, recovered_s)]
    outcome = Outcome(
        durable=len(durable),
        spooled=len(acknowledged - durable),
        found=len(acknowledged & stored),
        quarantined=len(acknowledged & poison - stored),
        lost=len(lost),
        duplicates=len(twice),
        unrecorded=sum(a.record == "unrecorded" for a in load.attempts),
        failed=sum(a.status != 200 for a in load.attempts),
        gave_up=sum(all(a.status != 200 for a in attempts) for attempts in by_instance.values()),
        p50_ms=percentile(during, 0.50),
        p99_ms=percentile(during, 0.99),
        recovered_s=recovered_s,
    )
    outcome.must(not lost, f"lost: {sorted(lost)[:3]}")
    outcome.must(not twice, f"stored more than once: {sorted(twice)[:3]}")
    outcome.must(recovered_s is not None, "no durable reply within 30 s of the end of the fault")
    outcome.must(bool(acknowledged), "nothing was acknowledged, so nothing was shown")
    return outcome


def _falls_into(attempt: Attempt, faults: list[tuple[float, float]], recovered_s: float | None) -> bool:
    return any(began <= attempt.due <= over + (recovered_s or 0) for began, over in faults)


HEADINGS = (
    "case", "durable", "spooled", "found", "quarantined", "lost", "dup", "unrecorded", "failed", "gave up",
    "p50 ms", "p99 ms", "durable again s",
)


def cells(name: str, outcome: Outcome) -> list[str]:
    again = "never" if outcome.recovered_s is None else f"{outcome.recovered_s:.2f}"
    counts = (outcome.durable, outcome.spooled, outcome.found, outcome.quarantined, outcome.lost, outcome.duplicates)
    counts += (outcome.unrecorded, outcome.failed, outcome.gave_up)
    return [name, *(str(count) for count in counts), f"{outcome.p50_ms:.0f}", f"{outcome.p99_ms:.0f}", again]


def table(rows: list[list[str]]) -> str:
    """As Markdown, ready for docs/reliability.md."""
    widths = [max(len(row[column]) for row in [list(HEADINGS), *rows]) for column in range(len(HEADINGS))]
    lines = [list(HEADINGS), ["-" * width for width in widths], *rows]
    return "\n".join("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |" for line in lines)
