"""What is measured and what must hold: `STEPS`, the commands that are timed, and `ROWS`, the promises about them.

A new promise is one entry in ROWS, and one in STEPS where it needs a command that is not there yet.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NamedTuple

from bench import sites
from bench.generate import LAST_DAY
from bench.ground import Ground, Sample, settle
from bench.words import RARE_WORD

WATCHING = str(Path(__file__).with_name("watching.py"))
# Files that a build of one change may write: pages of people it speaks of, and those about everybody.
FEW = 30

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

    @property
    def word(self) -> str:
        """A word that is in no other file."""
        return f"zebra-{self.slug}"

    def words_of(self, argv: Sequence[str]) -> list[str]:
        """A command as it is run, its {places} filled in."""
        places = {
            "python": self.ground.python,
            "ptcrm": self.ground.ptcrm(),
            "own": sys.executable,
            "root": str(self.ground.root),
            "vault": str(self.vault),
            "slug": self.slug,
            "path": self.path,
        }
        return [word.format_map(places) for word in argv]


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


def up_to_date(turn: Turn) -> None:
    """Index and site as they are after a build, and not so young that they would be doubted."""
    if "nothing to write" not in turn.ground.run(turn.words_of(ptcrm("build"))).stdout:
        settle()
    sites.mark(turn.ground.root)


def change_of_site(turn: Turn) -> None:
    up_to_date(turn)
    with open(turn.vault / turn.path, "ab") as file:
        file.write(f"- {LAST_DAY} call: {turn.word}\n".encode())


def forget_site(turn: Turn) -> None:
    """The index as it should be, the output folder gone."""
    turn.ground.run(turn.words_of(DUE))
    sites.remove(turn.vault / "site")


def forget_all(turn: Turn) -> None:
    forget_index(turn)
    sites.remove(turn.vault / "site")


def make_hugo(turn: Turn) -> None:
    sites.make_hugo(turn.ground.root / "hugo", turn.vault)
    sites.remove(turn.ground.root / "hugo-site")


def hugo_pages(turn: Turn, sample: Sample) -> str:
    return sites.wrong_of_hugo(turn.ground.root / "hugo-site", turn.vault, turn.slug)


def all_pages(turn: Turn, sample: Sample) -> str:
    return sites.wrong_of_ours(turn.vault, turn.slug)


def one_page(turn: Turn, sample: Sample) -> str:
    """The page has the new text, few others were written, and they are all there."""
    if turn.word not in sites.page(turn.vault, turn.slug):
        return "the page does not have the new text"
    touched = sites.touched(turn.ground.root, turn.vault / "site")
    return f"wrote {len(touched)} files" if len(touched) > FEW else all_pages(turn, sample)


def no_page(turn: Turn, sample: Sample) -> str:
    """Nothing was written, neither in the site nor beside it."""
    touched = sites.touched(turn.ground.root, turn.vault / "site", turn.vault / "contacts")
    return f"wrote {touched[0]}" if touched else all_pages(turn, sample)


def nothing_left(turn: Turn, sample: Sample) -> str:
    """A build finds nothing to do, so the watching one had made every page of every file."""
    said = turn.ground.run(turn.words_of(ptcrm("build"))).stdout.strip()
    return all_pages(turn, sample) if "nothing to write" in said else f"left pages as they were: build says {said}"


@dataclass(frozen=True)
class Step:
    """A command to time as a whole process.

    `argv` may hold {python} {ptcrm} {own} {root} {vault} {slug} {path}. `vault` names the one it runs on; readers do not
    share one with writers. `needs` names programs and Python modules. `wrong` says what is not as it should be after a run
    that exited with 0, else nothing. `counts` says whether the memory of all its processes is summed up, which disturbs its time.
    A command that `tells` measures something itself and prints it as JSON: `milliseconds`, one a sample, and `peak_bytes`.
    """

    name: str
    argv: tuple[str, ...]
    vault: str = ""
    needs: tuple[str, ...] = ()
    pace: Pace = "fast"
    cache: Literal["warm", "cold"] = "warm"
    before: Callable[[Turn], None] = nothing
    wrong: Callable[[Turn, Sample], str] = anything
    counts: Literal["one", "all"] = "one"
    tells: bool = False

    def times(self, number: int) -> int:
        """How often it runs in round `number`; -1 is the round before all, which is not measured."""
        if self.pace == "very slow":
            return 1 if number >= 0 and number % 3 == 0 else 0
        return 3 if self.pace == "fast" and number >= 0 else 1

    def run(self, turn: Turn) -> Sample:
        self.before(turn)
        return turn.ground.run(turn.words_of(self.argv), self.cache, self.counts)

    def samples(self, sample: Sample) -> tuple[Sample, ...]:
        """What one run says: itself, or what it told."""
        if not self.tells:
            return (sample,)
        told = json.loads(sample.stdout)
        one = replace(sample, peak_mib=told["peak_bytes"] / 2**20, stdout="")
        return tuple(replace(one, milliseconds=milliseconds) for milliseconds in told["milliseconds"])


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
BUILD = ptcrm("build")
FULL = ptcrm("build", "--force")
HUGO = ("hugo", "--quiet", "--source", "{root}/hugo", "--destination", "{root}/hugo-site", "--cacheDir", "{root}/hugo-cache")
OURS = ("plaintextcrm",)


def watch(name: str, kind: str) -> Step:
    argv = ("{own}", "-I", WATCHING, "{ptcrm}", "{vault}", str(LAST_DAY), kind, "{slug}")
    return Step(name, argv, "10k-watch", OURS, "very slow", before=up_to_date, wrong=nothing_left, tells=True)


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
    Step("hugo 10k", HUGO, "10k", ("hugo",), "very slow", before=make_hugo, wrong=hugo_pages),
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
    Step("build 10k", FULL, "10k-full", OURS, "very slow", "warm", forget_site, all_pages),
    Step("cold build 10k", BUILD, "10k-full", OURS, "very slow", "cold", forget_all, all_pages),
    Step("build 10k, looked at", FULL, "10k-full", OURS, "very slow", "warm", forget_site, all_pages, "all"),
    Step("cold build 10k, looked at", BUILD, "10k-full", OURS, "very slow", "cold", forget_all, all_pages, "all"),
    Step("build one 10k", BUILD, "10k-one", OURS, "slow", "warm", change_of_site, one_page),
    Step("build none 10k", BUILD, "10k", OURS, "fast", "warm", up_to_date, no_page),
    watch("watch 10k, in place", "in-place"),
    watch("watch 10k, atomic", "atomic"),
    watch("watch 10k, vim", "vim"),
    watch("watch 10k, append", "append"),
    watch("watch 10k, 1,000 files", "flood"),
)
STEPS = {step.name: step for step in (*YARDSTICKS, *JOBS)}


class Summary(NamedTuple):
    """All runs of a step: median of the times, largest of the peaks; what all processes hold is 0 where it was not counted."""

    milliseconds: float
    peak_mib: float
    sum_mib: float = 0.0

    def memory(self) -> str:
        return f"{self.peak_mib:.1f} ({self.sum_mib:.1f} of all its processes) MiB" if self.sum_mib else f"{self.peak_mib:.1f} MiB"


@dataclass(frozen=True)
class Row:
    """A promise: `step` takes at most `base` + `must` x `unit`, where both are sums of the medians of other steps.

    Without a unit, `must` is in ms, or in MiB where it is about memory: of the largest process, or of all together. `stretch`
    is what we would like. Without a must, the row only tells.
    """

    name: str
    job: str
    size: str
    step: str
    must: float | None
    stretch: float | None = None
    base: tuple[str, ...] = ()
    unit: tuple[str, ...] = ()
    about: Literal["time", "memory", "memory of all"] = "time"

    def steps(self) -> tuple[str, ...]:
        return (self.step, *self.base, *self.unit)

    def ratio(self, medians: Mapping[str, Summary]) -> float:
        """What stands where `must` stands, as measured; below 0 if the step is faster than its base."""
        if self.about == "memory":
            return medians[self.step].peak_mib
        if self.about == "memory of all":
            return medians[self.step].sum_mib
        base = sum(medians[name].milliseconds for name in self.base)
        unit = sum(medians[name].milliseconds for name in self.unit) if self.unit else 1
        return (medians[self.step].milliseconds - base) / unit

    def yardstick(self) -> str:
        """`PY + n x git status 10k`, where n is what `must` bounds."""
        if not self.unit:
            return "n ms" if self.about == "time" else "n MiB"
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
    Row("full site, 10k", "build", "10k", "build 10k", 0.7, 0.3, unit=("hugo 10k",)),
    Row("full site, 10k, all cold", "build", "10k", "cold build 10k", None, unit=("hugo 10k",)),
    Row("build, 10k, one file changed", "build", "10k", "build one 10k", 0.05, 0.03, unit=("build 10k",)),
    Row("build, 10k, nothing changed", "build", "10k", "build none 10k", 3, 1.5, base=PY, unit=("git status 10k",)),
    Row("full site, 10k: memory", "build", "10k", "build 10k, looked at", 128, 64, about="memory of all"),
    Row("full site, 10k, all cold: memory", "build", "10k", "cold build 10k, looked at", 128, 64, about="memory of all"),
    Row("watch, 10k: save in place", "watch", "10k", "watch 10k, in place", 40, 8),
    Row("watch, 10k: atomic save", "watch", "10k", "watch 10k, atomic", 40, 8),
    Row("watch, 10k: save as vim", "watch", "10k", "watch 10k, vim", 40, 8),
    Row("watch, 10k: append", "watch", "10k", "watch 10k, append", 40, 8),
    Row("watch, 10k: 1,000 files at once", "flood", "10k", "watch 10k, 1,000 files", 2_000, 600),
    Row("watch, 10k: memory", "watch", "10k", "watch 10k, in place", 128, 48, about="memory"),
    Row("watch, 10k, 1,000 files: memory", "flood", "10k", "watch 10k, 1,000 files", 128, 48, about="memory"),
)
