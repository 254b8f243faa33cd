"""The table of a run, for people, and its file, for later."""

import json
import statistics
from pathlib import Path

import targets
from targets import Figures, Verdict

COLUMNS = [
    ("requests/s", "rps", ",.0f"),
    ("p50 ms", "p50_ms", ".2f"),
    ("p99 ms", "p99_ms", ".1f"),
    ("server CPU µs", "server_us", ",.0f"),
    ("PostgreSQL CPU µs", "database_us", ",.0f"),
]


def medians(cells: list[dict]) -> dict[tuple[str, int, str], float]:
    """The median over the rounds of every figure of every service at every number of connections."""
    found: dict[tuple[str, int, str], list[float]] = {}
    for cell in cells:
        for _, name, _ in COLUMNS:
            if cell[name] is not None:
                found.setdefault((cell["service"], cell["connections"], name), []).append(cell[name])
    return {key: statistics.median(values) for key, values in found.items()}


def table(services: list, connections: list[int], figures: Figures, cells: list[dict]) -> str:
    """Side by side, figures at 1 / 16 / 64 connections; in brackets the range of requests/s over the rounds."""
    spread = " / ".join(str(number) for number in connections)
    head = ["service", "does"] + [f"{title}, {spread}" for title, _, _ in COLUMNS] + ["memory MB", "first reply s", "errors"]
    rows = [head]
    for service in services:
        row = [service.name, service.does]
        for _, name, form in COLUMNS:
            values = [figures.cell(service.name, number, name) for number in connections]
            row.append(" / ".join("–" if value is None else format(value, form) for value in values))
        mine = [cell for cell in cells if cell["service"] == service.name]
        row.append(f"{max(cell['resident_mb'] for cell in mine):.0f}")
        row.append(f"{statistics.median(cell['first_reply_s'] for cell in mine):.2f}")
        row.append(str(sum(cell["errors"] for cell in mine)))
        rows.append(row)
    return _markdown(rows)


def ranges(services: list, connections: list[int], cells: list[dict]) -> str:
    lines = []
    for service in services:
        parts = []
        for number in connections:
            rates = [c["rps"] for c in cells if c["service"] == service.name and c["connections"] == number]
            parts.append(f"{min(rates):,.0f} to {max(rates):,.0f}")
        lines.append(f"{service.name}: " + " / ".join(parts))
    return "Range of requests/s over the rounds: " + "; ".join(lines) + "."


def target_table(verdicts: list[Verdict]) -> str:
    rows = [["target", "bar", "today", "verdict"]]
    for verdict in verdicts:
        target = verdict.target
        sign = "≥" if target.at_least else "≤"
        today = "–" if verdict.value is None else f"{verdict.value:.4g} {target.unit}"
        rows.append([target.what, f"{sign} {target.bar:g} {target.unit}", today, verdict.word])
    return _markdown(rows)


def _markdown(rows: list[list[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["| " + " | ".join(text.ljust(width) for text, width in zip(row, widths)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def write(path: Path, machine: dict, cells: list[dict], figures: Figures, durability: dict, verdicts: list[Verdict]) -> None:
    run = {
        "schema": "herald.bench/1",
        "machine": machine,
        "single": figures.single,
        "durability": durability,
        "targets": [
            {"what": v.target.what, "bar": v.target.bar, "at_least": v.target.at_least, "unit": v.target.unit,
             "value": v.value, "verdict": v.word}
            for v in verdicts
        ],
        "tolerance": targets.TOLERANCE,
        "cells": cells,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(run, indent=1, ensure_ascii=False) + "\n")
