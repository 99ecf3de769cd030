"""Rows, measured, as a Markdown table and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.ground import Machine, Sample
from bench.rows import Row, Summary


@dataclass(frozen=True)
class Outcome:
    """All that was measured of one step. `trouble` says why it was not, `absent` that something is not installed."""

    samples: tuple[Sample, ...] = ()
    trouble: str = ""
    absent: bool = False

    def summary(self, middle: Callable[[Sequence[float]], float] = median) -> Summary:
        milliseconds = middle([s.milliseconds for s in self.samples])
        return Summary(milliseconds, max(s.peak_mib for s in self.samples), max(s.sum_mib for s in self.samples))


@dataclass(frozen=True)
class Verdict:
    """A row against its measurements. `ratio` is absent where a step could not be measured, which `why` explains.

    `fastest` is the same from the fastest runs: where the two differ much, the machine was busy and the median is luck.
    """

    row: Row
    ratio: float | None
    fastest: float | None
    missed: bool
    why: str
    medians: Mapping[str, Summary]

    def ok(self) -> str:
        if self.ratio is None:
            return "not measured"
        if self.row.must is None:
            return "no must"
        if self.missed:
            return "missed"
        return "yes, stretch" if self.row.stretch is not None and self.ratio <= self.row.stretch else "yes"


def judge(row: Row, outcomes: Mapping[str, Outcome]) -> Verdict:
    """Missed: the ratio is above `must`, or a step failed. Only a yardstick that is not installed is no miss."""
    troubles = {name: outcomes[name] for name in row.steps() if outcomes[name].trouble}
    medians = {name: outcomes[name].summary() for name in row.steps() if name not in troubles}
    if troubles:
        why = "; ".join(f"{name}: {outcome.trouble}" for name, outcome in troubles.items())
        missed = row.must is not None and (row.step in troubles or not all(outcome.absent for outcome in troubles.values()))
        return Verdict(row, None, None, missed, why, medians)
    ratio, fastest = row.ratio(medians), row.ratio({name: outcomes[name].summary(min) for name in row.steps()})
    return Verdict(row, ratio, fastest, row.must is not None and ratio > row.must, "", medians)


def markdown(verdicts: Sequence[Verdict], outcomes: Mapping[str, Outcome], machine: Machine) -> str:
    lines = [
        "| job | yardstick | must, n | measured, n | of the fastest | ok? | medians |",
        "|---|---|---|---|---|---|---|",
    ]
    for verdict in verdicts:
        row = verdict.row
        ratio, fastest = ("–" if n is None else f"{n:.2f}" for n in (verdict.ratio, verdict.fastest))
        numbers = [
            f"{name} {told.milliseconds:.1f} ms" if row.about == "time" else f"{name} {told.memory()}"
            for name, told in verdict.medians.items()
        ]
        remarks = "; ".join([verdict.why, *numbers] if verdict.why else numbers)
        cells = (row.name, row.yardstick(), "–" if row.must is None else f"{row.must:g}", ratio, fastest, verdict.ok(), remarks)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    lines += ["", "| command | median, ms | fastest | slowest | runs | peak, MiB |", "|---|---|---|---|---|---|"]
    for name, outcome in outcomes.items():
        if outcome.trouble:
            lines.append(f"| {name} | {outcome.trouble.replace('|', ' ')} | – | – | – | – |")
            continue
        times, told = [sample.milliseconds for sample in outcome.samples], outcome.summary()
        line = " | ".join(f"{time:.1f}" for time in (told.milliseconds, min(times), max(times)))
        lines.append(f"| {name} | {line} | {len(times)} | {told.memory().removesuffix(' MiB')} |")
    return "\n".join([*lines, "", machine.line()])


def as_json(verdicts: Sequence[Verdict], outcomes: Mapping[str, Outcome], machine: Machine) -> dict[str, Any]:
    """`rows` in the order of the table, `commands` by name with every sample, in the order they were taken."""
    return {
        "schema": "ptcrm.bench/1",
        "machine": {"cores": machine.cores, **machine.versions},
        "rows": [
            {
                "job": verdict.row.name,
                "yardstick": verdict.row.yardstick(),
                "must": verdict.row.must,
                "stretch": verdict.row.stretch,
                "measured": verdict.ratio,
                "fastest": verdict.fastest,
                "missed": verdict.missed,
                "why": verdict.why or None,
            }
            for verdict in verdicts
        ],
        "commands": {
            name: {
                "trouble": outcome.trouble or None,
                "milliseconds": [round(sample.milliseconds, 3) for sample in outcome.samples],
                "peak_mib": [round(sample.peak_mib, 2) for sample in outcome.samples],
                "sum_mib": [round(sample.sum_mib, 2) for sample in outcome.samples if sample.sum_mib] or None,
            }
            for name, outcome in outcomes.items()
        },
    }
