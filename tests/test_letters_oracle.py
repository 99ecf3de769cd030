"""200 people and 4,590 letters of 1885 to 1931: what `ptcrm` says on a day, against a second reckoning with no code in common.

The reckoning below is written from the rules in docs/due.md and from the CSV files alone. The vault is what `ptcrm import` makes
of the same files on 1 January 1890, with `default_cadence = "6 months"`.
"""

from __future__ import annotations

import calendar
import csv
import hashlib
import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

LETTERS = Path(__file__).parent / "data" / "letters"
IMPORTED = date(1890, 1, 1)
MONTHS = 6
DAYS = [
    "1890-03-10",  # most are new, spread over their first six months
    "1890-06-30",
    "1895-11-11",  # letters that wait for an answer since 2, 30 and 31 days
    "1896-08-20",  # a card of ten people a fortnight ago
    "1897-07-14",  # a birthday of somebody who waits for an answer too
    "1898-05-14",  # the birthday of somebody not born yet
    "1900-02-28",  # no leap year
    "1908-11-12",  # a card of thirteen people three days ago
    "1909-07-21",  # the last day of somebody, the day after is the day of death
    "1909-07-22",
    "1912-02-29",
    "1917-12-30",  # the death of somebody is known to the year: still there on the last day but one
    "1917-12-31",
    "1926-10-01",
    "1931-10-21",  # the writer of the letters dies
]
# 831, 359 and 147 letters; only the year of birth, of death; cards in company; no birth; a name in brackets
SAMPLE = (
    "pmb10863", "pmb10815", "pmb13212", "pmb11673", "pmb2450", "pmb11988", "pmb3220", "pmb12071", "pmb29184", "pmb5489",
    "pmb144430", "pmb147550",
)  # fmt: skip


# --- the second reckoning ------------------------------------------------------------------------------------------


class Letter(NamedTuple):
    """One row of letters.csv."""

    on: date
    received: bool


class Correspondent(NamedTuple):
    """One row of people.csv and their letters in the order of the file."""

    uid: str
    born: date | None  # None where less than the day is known
    dead_from: date | None
    letters: tuple[Letter, ...]


class Expected(NamedTuple):
    """How somebody stands on a day."""

    last: date | None
    entries: int
    next: date
    ratio: float
    state: str
    owed: int
    hidden: bool
    listed: bool


def correspondents() -> dict[str, Correspondent]:
    """Everybody by uid."""
    letters: dict[str, list[Letter]] = {}
    with open(LETTERS / "letters.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            letter = Letter(date.fromisoformat(row["date"]), row["direction"] == "received")
            letters.setdefault(row["person_id"], []).append(letter)
    found = {}
    with open(LETTERS / "people.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            born = date.fromisoformat(row["birth"]) if row["birth_precision"] == "day" else None
            dead = date.fromisoformat(row["death"]) if row["death_precision"] == "day" else None
            if row["death_precision"] == "year":
                dead = date(int(row["death"][:4]), 12, 31)
            ordered = tuple(sorted(letters.get(row["person_id"], []), key=lambda letter: letter.on))
            found[row["person_id"]] = Correspondent(row["person_id"], born, dead, ordered)
    return found


def half_a_year_after(day: date) -> date:
    """Six calendar months on; 31 August + 6 months is the end of February."""
    years, month = divmod(day.month - 1 + MONTHS, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def has_birthday(born: date, today: date) -> bool:
    """Whether it is the day; those of 29 February celebrate on the 28th in other years; nobody before the first one."""
    day = (born.month, born.day)
    if day == (2, 29) and not calendar.isleap(today.year):
        day = (2, 28)
    return day == (today.month, today.day) and today.year > born.year


def expected(person: Correspondent, id: str, today: date) -> Expected:
    """The rules, for one person on one day."""
    past = [letter for letter in person.letters if letter.on <= today]
    last = past[-1].on if past else None
    if last:
        next_day = half_a_year_after(last)
        span = (next_day - last).days
        ratio = max(0.0, 1 + (today - next_day).days / span)
    else:
        span = (half_a_year_after(IMPORTED) - IMPORTED).days
        slot = int.from_bytes(hashlib.sha256(id.encode()).digest()[:8], "big") % span
        next_day = IMPORTED + timedelta(slot)
        ratio = min(1.0, max(0.0, 1 + (today - next_day).days / span))
    hidden = person.dead_from is not None and person.dead_from <= today
    owed = 0
    if not hidden:
        owed += person.born is not None and has_birthday(person.born, today)
        owed += bool(past) and past[-1].received and 2 <= (today - past[-1].on).days <= 30
    planned = any(timedelta(0) < letter.on - today <= timedelta(min(span, 30)) for letter in person.letters)
    is_due = next_day <= today and not hidden and not planned
    return Expected(last, len(past), next_day, ratio, _state(last, next_day, ratio, today), owed, hidden, bool(owed) or is_due)


def _state(last: date | None, next_day: date, ratio: float, today: date) -> str:
    if last is None:
        return "new"
    if today < next_day:
        return "soon" if (next_day - today).days <= 7 else "fresh"
    if ratio >= 3 and (today - last).days > 365:
        return "lapsed"
    return "overdue" if ratio >= 1.5 else "due"


# --- the program ---------------------------------------------------------------------------------------------------


class Vault:
    """The imported vault, asked by the real command."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "vault"
        self.root.mkdir()
        (self.root / "ptcrm.toml").write_text('[due]\ndefault_cadence = "6 months"\n\n[git]\ncommit = false\n', encoding="utf-8")
        names = ("PATH", "LANG", "SYSTEMROOT")
        self.environment = {name: value for name, value in os.environ.items() if name in names} | {
            "HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache"), "XDG_STATE_HOME": str(folder / "state"),
            "XDG_CONFIG_HOME": str(folder / "config"), "PYTHONPATH": str(Path(__file__).parent.parent),
            "PYTHONIOENCODING": "utf-8",
        }  # fmt: skip

    def run(self, today: date, *words: str) -> str:
        """What a command prints."""
        arguments = [sys.executable, "-m", "plaintextcrm", "-C", str(self.root), "--today", today.isoformat(), *words]
        done = subprocess.run(arguments, capture_output=True, env=self.environment, check=False, timeout=300)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def rows(self, today: date, *words: str) -> list[dict[str, Any]]:
        """The rows of a command's JSON, without any problem beside them."""
        found = json.loads(self.run(today, *words, "--json"))
        assert (found["today"], found["problems"]) == (today.isoformat(), [])
        rows: list[dict[str, Any]] = found["rows"]
        return rows


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    """The letters, imported once."""
    made = Vault(tmp_path_factory.mktemp("letters"))
    said = made.run(IMPORTED, "import", str(LETTERS / "people.csv"), str(LETTERS / "letters.csv"), "--yes")
    assert "200 people, 4,590 letters" in said
    return made


@pytest.fixture(scope="module")
def ids(vault: Vault) -> dict[str, str]:
    """uid -> the id of the contact."""
    return {row["uid"]: row["id"] for row in vault.rows(IMPORTED, "list")}


@pytest.fixture(scope="module")
def people() -> dict[str, Correspondent]:
    """The second reckoning's own reading of the files."""
    return correspondents()


def iso(day: date | None) -> str | None:
    return day and day.isoformat()


def test_everybody_is_in_the_vault_once(vault: Vault, ids: dict[str, str], people: dict[str, Correspondent]):
    assert len(set(ids.values())) == 200
    assert set(ids) == set(people)


@pytest.mark.parametrize("day", DAYS)
def test_list_says_when_the_last_letter_was_and_how_many_there_were(vault, ids, people, day):
    today = date.fromisoformat(day)
    rows = {row["id"]: row for row in vault.rows(today, "list")}
    assert len(rows) == 200
    for uid, person in people.items():
        row, wanted = rows[ids[uid]], expected(person, ids[uid], today)
        assert (row["last"], row["interactions"]) == (iso(wanted.last), wanted.entries), uid
        if not wanted.hidden:
            assert (row["due"], row["state"]) == (iso(wanted.next), wanted.state), uid
            assert row["ratio"] == pytest.approx(wanted.ratio, abs=0.006), uid


@pytest.mark.parametrize("day", DAYS)
def test_due_lists_those_who_are_due_or_owed_and_in_the_right_order(vault, ids, people, day):
    today = date.fromisoformat(day)
    wanted = {ids[uid]: expected(person, ids[uid], today) for uid, person in people.items()}

    def order(id: str) -> tuple[bool, bool, float, date, str]:
        one = wanted[id]
        return (not one.owed, one.state == "lapsed", -one.ratio * one.ratio, one.next, id)

    rows = vault.rows(today, "due", "--all")
    assert [row["id"] for row in rows] == sorted((id for id, one in wanted.items() if one.listed), key=order)
    for row in rows:
        one = wanted[row["id"]]
        assert (row["last"], row["due"], row["state"]) == (iso(one.last), iso(one.next), one.state), row["id"]
        assert len(row["owed"]) == one.owed, row["id"]


@pytest.mark.parametrize("day", DAYS[2::6])
def test_show_has_every_letter_of_the_sample(vault, ids, people, day):
    today = date.fromisoformat(day)
    rows = vault.rows(today, "show", ",".join(ids[uid] for uid in SAMPLE))
    assert [row["uid"] for row in rows] == list(SAMPLE)
    assert len(people[SAMPLE[0]].letters) == 831
    for row in rows:
        wanted = expected(people[row["uid"]], row["id"], today)
        there = tuple(Letter(date.fromisoformat(entry["on"]), entry["fields"]["dir"] == "in") for entry in row["interactions"])
        assert there == people[row["uid"]].letters
        assert (row["last"], row["due"], row["state"]) == (iso(wanted.last), iso(wanted.next), wanted.state)


def test_the_days_try_every_rule(ids, people):
    of_days = [day for day in DAYS for _ in people]
    found = [expected(person, ids[uid], date.fromisoformat(day)) for day in DAYS for uid, person in people.items()]
    assert {one.state for one in found} == {"new", "fresh", "soon", "due", "overdue", "lapsed"}
    assert {one.owed for one in found} == {0, 1, 2}
    assert any(one.hidden for one in found)
    assert any(one.last is None and not one.listed for one in found)
    waiting = [one for day, one in zip(of_days, found, strict=True) if one.next <= date.fromisoformat(day) and not one.hidden]
    assert any(not one.listed for one in waiting), "nobody is left alone because a letter is planned"
