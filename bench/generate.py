"""Vaults of any size, the same bytes for the same seed: `python -m bench.generate DIR N [--seed S] [--git]`.

About 2.4 KB and 14 interactions a contact, a fifth of the people in tiers A, B, C (5:15:80), and nothing logged after
`LAST_DAY`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from bench import words
from bench.draw import Draw, Person, people, slug

LAST_DAY = date(2026, 11, 21)
# ISO days counted back from LAST_DAY: an index is how long ago, in days.
DAYS_AGO = tuple((LAST_DAY - timedelta(days=ago)).isoformat() for ago in range(30_000))
DAYS_AHEAD = tuple((LAST_DAY + timedelta(days=ahead)).isoformat() for ahead in range(400))

SETTINGS = """\
name = "{count} people"
contacts = ["contacts"]
since = {since}

[tiers]
A = {{ cadence = "1 month",  weight = 3 }}
B = {{ cadence = "3 months", weight = 2 }}
C = {{ cadence = "6 months", weight = 1 }}

[git]
commit = {commit}
"""


class Habit(NamedTuple):
    """How people of a tier are met, all means: number of entries, days between two of them, days since the newest."""

    tier: str
    entries: float
    gap_days: float
    idle_days: float


HABITS = (Habit("A", 60, 20, 18), Habit("B", 35, 60, 55), Habit("C", 20, 120, 110), Habit("", 11.75, 150, 260))


def habit(draw: Draw) -> Habit:
    chance = draw.random()
    return HABITS[0 if chance < 0.01 else 1 if chance < 0.04 else 2 if chance < 0.20 else 3]


def front_matter(draw: Draw, person: Person, tier: str, met_ago: int, known: Sequence[Person]) -> list[str]:
    """The lines between and with the two `---`, keys in the order of docs/format.md."""
    chance, of = draw.random, draw.of
    lines = ["---", f"name: {person.name}"]

    def block(key: str, choices: Sequence[str], most: int) -> None:
        chosen = dict.fromkeys(of(choices) for _ in range(draw.between(1, most)))
        lines.append(f"{key}:")
        lines.extend(f"  - {one}" for one in chosen)

    if chance() < 0.1:
        lines += ["aliases:", f"  - {person.name.split()[0][:3]}"]
    if chance() < 0.7:
        block("tags", words.TAGS, 3)
    if chance() < 0.3:
        block("groups", words.GROUPS, 2)
    firm = f"{of(words.LAST_NAMES)} {of(words.FIRMS)}"
    if chance() < 0.75:
        lines.append(f"company: {firm}")
    if chance() < 0.7:
        lines.append(f"role: {of(words.ROLES)}")
    if chance() < 0.9:
        lines.append(f"email: {person.slug}@{slug(firm.replace('& ', ''))}.example.com")
    if chance() < 0.6:
        lines.append(f'phone: "+351 9{draw.between(10, 69)} {draw.between(100, 999)} {draw.between(100, 999)}"')
    if chance() < 0.85:
        lines.append(f"location: {of(words.TOWNS)}")
    if chance() < 0.3:
        lines.append(f"linkedin: https://www.linkedin.com/in/{person.slug}")
    if chance() < 0.45:
        year = f"{draw.between(1940, 2004)}-" if chance() < 0.7 else "--"
        lines.append(f"birthday: {year}{draw.between(1, 12):02}-{draw.between(1, 28):02}")
    if chance() < 0.2:
        lines += ["family:", f'  - "{of(words.FIRST_NAMES)}, {draw.between(1, 17)}"']
    if chance() < 0.5:
        block("hobbies", words.HOBBIES, 3)
    if tier:
        lines.append(f"tier: {tier}")
    if chance() < 0.02:
        lines.append(f"cadence: {of(('2 weeks', '6 weeks', '4 months', 'yearly'))}")
    if chance() < 0.01:
        lines.append(f"snooze_until: {DAYS_AHEAD[draw.between(1, 120)]}")
    if chance() < 0.005:
        lines.append("do_not_contact: true")
    if chance() < 0.02:
        lines.append("status: archived")
    lines.append(f"met: {DAYS_AGO[met_ago]}")
    if chance() < 0.4:
        lines.append(f"met_at: {of(words.TOPICS)} in {of(words.TOWNS)}")
    if chance() < 0.15:
        lines.append(f'referred_by: "[[{of(known).slug}]]"')
    if chance() < 0.1:
        lines += ["knows:", *(f'  - "[[{of(known).slug}]]"' for _ in range(draw.between(1, 3)))]
    if chance() < 0.03:
        lines.append("coi: true")
    lines += [f"created: {DAYS_AGO[met_ago]}", "---"]
    return lines


def entry(draw: Draw, ago: int, known: Sequence[Person]) -> list[str]:
    """One interaction of `ago` days before LAST_DAY: its line, at times with indented details and a follow-up."""
    chance = draw.random
    at = f" {draw.between(8, 21):02}:{draw.of(('00', '15', '30', '45'))}" if chance() < 0.05 else ""
    line = f"- {DAYS_AGO[ago]}{at} {draw.of(words.KINDS)}: {draw.sentence(words.SENTENCES)}"
    if chance() < 0.5:
        line += f" {draw.sentence(words.SENTENCES)}"
    if chance() < 0.06:
        line += f" [[{draw.of(known).slug}]]"
    if chance() < 0.12:
        line += f" [minutes:: {15 * draw.between(1, 8)}]"
    if chance() < 0.08:
        line += " [dir:: in]"
    lines = [line]
    if chance() < 0.15:
        lines += [f"  - {draw.sentence(words.DETAILS)}" for _ in range(draw.between(1, 2))]
    if chance() < 0.05:
        promise = draw.sentence(words.PROMISES)
        if ago > 45:
            lines.append(f"  - [x] {promise} [completion:: {DAYS_AGO[ago - draw.between(1, 30)]}]")
        else:
            lines.append(f"  - [ ] {promise} [due:: {DAYS_AHEAD[draw.between(0, 60)]}]")
    return lines


def contact(draw: Draw, person: Person, known: Sequence[Person]) -> str:
    """The whole text of one file, entries oldest first."""
    usual = habit(draw)
    ago, days = draw.around(usual.idle_days), []
    for _ in range(draw.around(usual.entries)):
        days.append(min(ago, len(DAYS_AGO) - 1))
        ago += draw.around(usual.gap_days)
    met_ago = min(days[-1] if days else ago, len(DAYS_AGO) - 1)
    lines = front_matter(draw, person, usual.tier, met_ago, known)
    lines += ["", f"# {person.name}", ""]
    if draw.random() < 0.7:
        lines += [" ".join(draw.sentence(words.NOTES) for _ in range(draw.between(1, 6))), ""]
    lines += ["## Interactions", ""]
    for day in reversed(days):
        lines += entry(draw, day, known)
    return "\n".join(lines).rstrip("\n") + "\n"


def generate(root: Path, count: int, *, seed: int = 1, git: bool = False) -> None:
    """Write a vault of `count` contacts into `root`, with `git` as a repository whose only commit holds everything.

    Raises:
        FileExistsError: `root` already has a contacts folder; nothing is written.
    """
    folder = root / "contacts"
    folder.mkdir(parents=True)
    draw = Draw(seed)
    known = people(draw, count)
    for person in known:
        with open(f"{folder}/{person.slug}.md", "wb", buffering=0) as file:
            file.write(contact(draw, person, known).encode())
    settings = SETTINGS.format(count=count, since=DAYS_AGO[3650], commit="true" if git else "false")
    (root / "ptcrm.toml").write_bytes(settings.encode())
    (root / ".gitignore").write_bytes(b"site/\nptcrm.local.toml\n")
    if git:
        commit_everything(root)


def commit_everything(root: Path) -> None:
    """Make `root` a git repository with one commit on branch main, dated noon of LAST_DAY, its objects in one pack."""
    # git exports GIT_DIR and GIT_INDEX_FILE to hooks: with them, a child would write to the wrong repository.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment |= dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), f"{LAST_DAY}T12:00:00+00:00")
    identity = ("-c", "user.name=Bench", "-c", "user.email=bench@example.com", "-c", "commit.gpgSign=false")
    for words_of_git in (
        ("init", "-q", "-b", "main"),
        ("add", "--all"),
        ("commit", "-q", "-m", "vault"),
        # Thousands of loose objects would start git's housekeeping in the middle of a measurement.
        ("-c", "pack.window=0", "repack", "-adq"),
    ):
        quick = ("-c", "gc.auto=0", "-c", "core.compression=1")
        subprocess.run(["git", "-C", str(root), *identity, *quick, *words_of_git], check=True, env=environment)


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench.generate", description="Write a vault made from a seed.")
    options.add_argument("directory", metavar="DIR", type=Path)
    options.add_argument("count", metavar="N", type=int, help="number of contacts")
    options.add_argument("--seed", type=int, default=1, metavar="S")
    options.add_argument("--git", action="store_true", help="make it a git repository with everything committed")
    given = options.parse_args()
    try:
        generate(given.directory, given.count, seed=given.seed, git=given.git)
    except FileExistsError as there:
        options.error(f"{there.filename} is already there: name a new directory")


if __name__ == "__main__":
    main()
