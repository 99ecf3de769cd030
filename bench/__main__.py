"""`python -m bench`: time our commands and their yardsticks in turn, and print the ratios."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from random import Random

from bench.ground import CONTACTS, Ground, Machine, Sample, ground, settle
from bench.rows import ROWS, STEPS, Row, Step, Turn
from bench.table import Outcome, as_json, judge, markdown


def slugs(vault: Path) -> Iterator[str]:
    """Contacts of a vault all over the alphabet, each once, without those that `log` would warn about."""
    names = sorted(os.listdir(vault / "contacts"))
    for turn in count():
        # 37 has no factor in common with a power of ten, so no contact comes twice before all were there.
        name = names[turn * 37 % len(names)]
        text = (vault / "contacts" / name).read_bytes()
        if b"\ndo_not_contact:" not in text and b"\nstatus:" not in text:
            yield name.removesuffix(".md")


def trouble(step: Step, turn: Turn, sample: Sample) -> str:
    if sample.status:
        return f"exit {sample.status}: {(sample.stderr.strip() or 'no message').splitlines()[-1]}"
    return step.wrong(turn, sample)


def measure(place: Ground, steps: Sequence[Step], machine: Machine, rounds: int) -> dict[str, Outcome]:
    """Run every step in each round it takes part in, so that a slow minute of the machine falls on all alike."""
    outcomes: dict[str, Outcome] = {}
    for step in steps:
        missing = ", ".join(name for name in step.needs if name not in machine.found)
        outcomes[step.name] = Outcome(trouble=missing and f"{missing} not installed", absent=bool(missing))
    able = [step for step in steps if not outcomes[step.name].trouble]
    people = {name: slugs(place.vault(name)) for name in dict.fromkeys(step.vault for step in able) if name}
    settle()
    for number in range(-1, rounds):
        print(f"bench: round {number + 1} of {rounds}" if number >= 0 else "bench: warming up", file=sys.stderr)
        # In another order each time, or the same one would always come after the job that leaves most to write to disk.
        turns = [step for step in able for _ in range(step.times(number))]
        for step in Random(number).sample(turns, len(turns)):
            if outcomes[step.name].trouble:
                continue
            slug = next(people[step.vault]) if step.vault else ""
            turn = Turn(place, place.vault(step.vault) if step.vault else place.root, slug)
            sample = step.run(turn)
            wrong = trouble(step, turn, sample)
            if wrong:
                outcomes[step.name] = Outcome(trouble=wrong)
            elif number >= 0:
                outcomes[step.name] = Outcome((*outcomes[step.name].samples, *step.samples(sample)))
    return outcomes


def some_of(choices: Sequence[str]) -> Callable[[str], tuple[str, ...]]:
    """What reads words with commas between them."""

    def chosen(text: str) -> tuple[str, ...]:
        for word in text.split(","):
            if word not in choices:
                raise argparse.ArgumentTypeError(f'"{word}": write some of {",".join(choices)}')
        return tuple(text.split(","))

    return chosen


def interpreter(text: str) -> str:
    """Where the Python of that name or path is, links not followed: a virtual environment is known by its link."""
    found = shutil.which(text)
    if not found:
        raise argparse.ArgumentTypeError(f'"{text}": write the path of a Python that has ptcrm installed')
    return os.path.abspath(found)


def arguments() -> argparse.Namespace:
    jobs = tuple(dict.fromkeys(row.job for row in ROWS))
    options = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    for name, choices in (("--sizes", tuple(CONTACTS)), ("--jobs", jobs)):
        options.add_argument(name, type=some_of(choices), default=choices, help=f"some of {','.join(choices)}")
    options.add_argument("--rounds", type=int, default=15, metavar="R", help="fast commands run three times in each")
    options.add_argument("--python", type=interpreter, default=sys.executable, metavar="PATH", help="one that has ptcrm")
    options.add_argument("--json", type=Path, metavar="FILE", help="also write all samples there")
    options.add_argument("--strict", action="store_true", help="exit 1 when a must is missed")
    return options.parse_args()


def chosen_rows(jobs: Sequence[str], sizes: Sequence[str]) -> tuple[Row, ...]:
    return tuple(row for row in ROWS if row.job in jobs and row.size in sizes)


def main() -> int:
    given = arguments()
    rows = chosen_rows(given.jobs, given.sizes)
    needed = {name for row in rows for name in row.steps()}
    steps = [step for step in STEPS.values() if step.name in needed]
    with ground(given.python) as place:
        machine = place.machine()
        outcomes = measure(place, steps, machine, max(1, given.rounds))
    verdicts = [judge(row, outcomes) for row in rows]
    print(markdown(verdicts, outcomes, machine))
    if given.json:
        given.json.write_text(json.dumps(as_json(verdicts, outcomes, machine), indent=1) + "\n")
    return 1 if given.strict and any(verdict.missed for verdict in verdicts) else 0


if __name__ == "__main__":
    sys.exit(main())
