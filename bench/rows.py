"""What is measured and what must hold: `STEPS`, the commands that are timed, and `ROWS`, the promises about them.

A new promise is one entry in ROWS, and one in STEPS where it needs a command that is not there yet.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from bench.generate import LAST_DAY
from bench.ground import Ground, Sample
from bench.words import RARE_WORD

# How often a command runs: three times a round, once, or once in three rounds.
Pace = Literal["fast", "slow", "very slow"]


class Turn(NamedTuple):
    """One run of one step: `slug` is a contact of `vault` that no other turn gets."""

    ground: Ground
    vault: Path
    slug: str

    @property
    def path(self) -> str:
        return f"contacts/{self.slug}.md"


def nothing(turn: Turn) -> None:
    pass


def forget_index(turn: Turn) -> None:
    turn.ground.forget_cache("cold")


def change_file(turn: Turn) -> None:
    with open(turn.vault / turn.path, "ab") as file:
        file.write(f"- {LAST_DAY} call: x\n".encode())


def anything(turn: Turn, sample: Sample) -> str:
    return ""


def a_number(turn: Turn, sample: Sample) -> str:
    return "" if re.fullmatch(r"[1-9]\d*\s*", sample.stdout) else "did not print how many are due"


def hits(turn: Turn, sample: Sample) -> str:
    return "" if RARE_WORD in sample.stdout else "did not find the word"


def an_entry(turn: Turn, sample: Sample) -> str:
    written = f"- {LAST_DAY} call: x".encode() in (turn.vault / turn.path).read_bytes()
    return "" if written else "did not write the entry"


def a_commit(turn: Turn, sample: Sample) -> str:
    git = ("git", "-C", str(turn.vault), "status", "--porcelain", "--", turn.path)
    changed = subprocess.run(git, env=turn.ground.environment(), capture_output=True, text=True, check=False).stdout
    return "did not commit" if changed else an_entry(turn, sample)


@dataclass(frozen=True)
class Step:
    """A command to time as a whole process.

    `argv` may hold {python} {ptcrm} {vault} {slug} {path}. `vault` names the one it runs on; readers do not share one with
    writers. `needs` names programs and Python modules. `wrong` says what is not as it should be after a run that exited
    with 0, else nothing.
    """

    name: str
    argv: tuple[str, ...]
    vault: str = ""
    needs: tuple[str, ...] = ()
    pace: Pace = "fast"
    cache: Literal["warm", "cold"] = "warm"
    before: Callable[[Turn], None] = nothing
    wrong: Callable[[Turn, Sample], str] = anything

    def times(self, number: int) -> int:
        """How often it runs in round `number`; -1 is the round before all, which is not measured."""
        if self.pace == "very slow":
            return 1 if number >= 0 and number % 3 == 0 else 0
        return 3 if self.pace == "fast" and number >= 0 else 1

    def run(self, turn: Turn) -> Sample:
        self.before(turn)
        python = turn.ground.python
        words = {
            "python": python,
            "ptcrm": os.path.join(os.path.dirname(python), "ptcrm"),
            "vault": str(turn.vault),
            "slug": turn.slug,
            "path": turn.path,
        }
        return turn.ground.run([word.format_map(words) for word in self.argv], self.cache)


def ptcrm(*words: str) -> tuple[str, ...]:
    return ("{ptcrm}", "-C", "{vault}", "--today", str(LAST_DAY), *words)


LOAD_ALL = """
import os, sys, frontmatter
for name in os.listdir(sys.argv[1]):
    frontmatter.load(sys.argv[1] + "/" + name)
"""
GIT_STATUS = ("git", "-c", "core.fsmonitor=false", "-C", "{vault}", "status", "--porcelain")
DUE = ptcrm("due", "--count")
LOG = ptcrm("log", "{slug}", "call", "x")
SEARCH = ptcrm("search", RARE_WORD)
OURS = ("plaintextcrm",)

YARDSTICKS = (
    Step("PY", ("{python}", "-c", "import click"), "", ("click",)),
    Step("git status 10k", GIT_STATUS, "10k", ("git",)),
    Step("git status 100k", GIT_STATUS, "100k", ("git",)),
    Step("ripgrep 10k", ("rg", "--count", RARE_WORD, "{vault}"), "10k", ("rg",)),
    Step("frontmatter.load 10k", ("{python}", "-c", LOAD_ALL, "{vault}/contacts"), "10k", ("frontmatter",), "slow"),
    Step(
        "git commit 10k",
        ("git", "-C", "{vault}", "commit", "-q", "-m", "x", "--", "{path}"),
        "10k-commit",
        ("git",),
        before=change_file,
        wrong=a_commit,
    ),
)
JOBS = (
    Step("due 1k", DUE, "1k", OURS, wrong=a_number),
    Step("due 10k", DUE, "10k", OURS, wrong=a_number),
    Step("due 100k", DUE, "100k", OURS, wrong=a_number),
    Step("search 10k", SEARCH, "10k", OURS, wrong=hits),
    Step("log 10k", (*LOG, "--no-commit"), "10k-log", OURS, wrong=an_entry),
    Step("log and commit 10k", LOG, "10k-commit", (*OURS, "git"), wrong=a_commit),
    Step("cold due 10k", DUE, "10k", OURS, "slow", "cold", forget_index, a_number),
    Step("cold search 10k", SEARCH, "10k", OURS, "slow", "cold", forget_index, hits),
    Step("cold due 100k", DUE, "100k", OURS, "very slow", "cold", forget_index, a_number),
)
STEPS = {step.name: step for step in (*YARDSTICKS, *JOBS)}


class Summary(NamedTuple):
    """All runs of a step: median of the times, largest of the peaks."""

    milliseconds: float
    peak_mib: float


@dataclass(frozen=True)
class Row:
    """A promise: `step` takes at most `base` + `must` x `unit`, where both are sums of the medians of other steps.

    Without a unit, `must` is in ms, or in MiB where it is about memory. `stretch` is what we would like.
    """

    name: str
    job: str
    size: str
    step: str
    must: float
    stretch: float | None = None
    base: tuple[str, ...] = ()
    unit: tuple[str, ...] = ()
    about: Literal["time", "memory"] = "time"

    def steps(self) -> tuple[str, ...]:
        return (self.step, *self.base, *self.unit)

    def ratio(self, medians: Mapping[str, Summary]) -> float:
        """What stands where `must` stands, as measured; below 0 if the step is faster than its base."""
        if self.about == "memory":
            return medians[self.step].peak_mib
        base = sum(medians[name].milliseconds for name in self.base)
        unit = sum(medians[name].milliseconds for name in self.unit) if self.unit else 1
        return (medians[self.step].milliseconds - base) / unit

    def yardstick(self) -> str:
        """`PY + n x git status 10k`, where n is what `must` bounds."""
        if not self.unit:
            return "n MiB" if self.about == "memory" else "n ms"
        unit = " + ".join(self.unit)
        return " + ".join((*self.base, f"n x ({unit})" if len(self.unit) > 1 else f"n x {unit}"))


PY = ("PY",)
ROWS = (
    Row("cold index, 10k: due", "cold", "10k", "cold due 10k", 1.1, 0.5, unit=("frontmatter.load 10k",)),
    Row("cold index, 10k: search", "cold", "10k", "cold search 10k", 1.1, 0.5, unit=("frontmatter.load 10k",)),
    Row("cold index, 100k", "cold", "100k", "cold due 100k", 12, 10.5, unit=("cold due 10k",)),
    Row("cold index, 100k: memory", "cold", "100k", "cold due 100k", 150, about="memory"),
    Row("warm due, 1k", "due", "1k", "due 1k", 1.5, 1.25, unit=PY),
    Row("warm due, 10k", "due", "10k", "due 10k", 2.5, 1.3, base=PY, unit=("git status 10k",)),
    Row("warm due, 100k", "due", "100k", "due 100k", 2.2, 1.1, unit=("git status 100k",)),
    Row("warm due, 10k: memory", "due", "10k", "due 10k", 48, 24, about="memory"),
    Row("log, 10k, no commit", "log", "10k", "log 10k", 1.5, 1.2, unit=PY),
    Row("log, 10k, with its commit", "log", "10k", "log and commit 10k", 1.4, 1.15, unit=(*PY, "git commit 10k")),
    Row("search, 10k, ranked", "search", "10k", "search 10k", 1.0, 0.5, base=PY, unit=("ripgrep 10k",)),
)
