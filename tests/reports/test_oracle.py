"""`quiet`, `give`, `five`, `tidy` and `year` against a second reckoning from the files alone, on the example and on the letters."""

from __future__ import annotations

import json
import math
import re
import shutil
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import pytest

from tests.inside import inside
from tests.reports.oracle_files import IN_PERSON, VOICE, Files, Person, months_after, read

HERE = Path(__file__).parent.parent
EXAMPLE, LETTERS = HERE.parent / "example-vault", HERE / "data" / "letters"
EXAMPLE_DAYS = ("2026-11-21", "2026-03-01", "2027-02-28", "2025-01-01", "2031-07-15")
LETTER_DAYS = ("1905-01-01", "1870-06-01", "1899-12-31", "1912-02-29", "1931-10-21")
ABC = {"A": (1, 3), "B": (3, 2), "C": (6, 1)}


class Vault(NamedTuple):
    """A vault and its second reading."""

    root: Path
    files: Files

    def report(self, name: str, day: str, table: int = 1) -> list[dict[str, Any]]:
        """The rows of one table of a report, from the real command."""
        rows: list[dict[str, Any]] = _tables(self.root, name, day)[table - 1]["rows"]
        return rows


@cache
def _tables(root: Path, name: str, day: str) -> list[dict[str, Any]]:
    said = inside(root, "report", name, "--json", today=day)
    assert said.code == 0, said.err
    tables: list[dict[str, Any]] = json.loads(said.out)["tables"]
    return tables


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    """The example vault, copied."""
    root = tmp_path_factory.mktemp("example") / "vault"
    shutil.copytree(EXAMPLE, root)
    return Vault(root, read(root, ABC))


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    """The letters, imported on 1 January 1890, everybody to be written to twice a year."""
    root = tmp_path_factory.mktemp("letters") / "vault"
    root.mkdir()
    (root / "ptcrm.toml").write_text('[due]\ndefault_cadence = "6 months"\n\n[git]\ncommit = false\n', encoding="utf-8")
    files = (str(LETTERS / "people.csv"), str(LETTERS / "letters.csv"))
    said = inside(root, "import", "--from", "interactions", *files, "--yes", today="1890-01-01")
    assert "200 people, 4,590 letters" in said.out
    return Vault(root, read(root, {}, 6))


@pytest.fixture(params=[*(("example", day) for day in EXAMPLE_DAYS), *(("letters", day) for day in LETTER_DAYS)], ids="-".join)
def asked(request: pytest.FixtureRequest) -> tuple[Vault, str, date]:
    """A vault on a day."""
    name, day = request.param
    return request.getfixturevalue(name), day, date.fromisoformat(day)


def turned_to(files: Files, today: date) -> list[Person]:
    """Everybody who may be turned to, by id."""
    return [one for one in files.people.values() if not one.is_gone(today)]


# --- quiet ---------------------------------------------------------------------------------------------------------


class Clock(NamedTuple):
    """Where somebody stands."""

    last: date | None
    span: int
    ratio: float


def clock(files: Files, one: Person, today: date) -> Clock:
    """From the newest contact or skip on; who was never in touch has none."""
    last, months = one.last(today), files.months(one)
    skips = [line.on for line in one.past(today) if line.kind == "skip"]
    base = max([*skips, *([last] if last else [])], default=None)
    if not months or base is None:
        return Clock(last, 0, 0.0)
    turn = months_after(base, months)
    met = one.day("met")
    steps = (14, 42)
    count = len(one.days(today)) or bool(last)
    has_own = files.tier(one) or one.first("cadence")
    if has_own and met and 0 <= (today - met).days <= 90 and 1 <= count <= 2 and base == last:
        turn = min(turn, base + timedelta(steps[count - 1]))
    span = max(1, (turn - base).days)
    return Clock(last, span, max(0.0, 1 + (today - turn).days / span))


def matters(files: Files, one: Person) -> bool:
    """The highest tier, a centre of influence, one of the five."""
    is_coi = one.first("coi") == "true" or "coi" in one.keys.get("tags", [])
    return files.tier(one) == "A" or is_coi or bool(one.keys.get("five"))


def weight(files: Files, one: Person) -> int:
    """Of the tier, 1 without one."""
    tier = files.tier(one)
    return files.tiers[tier][1] if tier else 1


def silent(files: Files, today: date) -> list[str]:
    """The main table of `quiet`."""
    found = []
    for one in turned_to(files, today):
        at = clock(files, one, today)
        if one.rests(today) or at.last is None:
            continue
        faded = at.span and round(100 * 0.5 ** ((today - at.last).days / at.span)) < 50
        if (matters(files, one) and faded) or months_after(at.last, 6) < today:
            is_coi = one.first("coi") == "true" or "coi" in one.keys.get("tags", [])
            bonus = (1.25 if is_coi else 1) * (1.25 if one.keys.get("five") else 1)
            found.append((not matters(files, one), -at.ratio * at.ratio * weight(files, one) * bonus, at.last, one.id))
    return [id for *_, id in sorted(found)]


def test_quiet_is_what_the_files_say(asked):
    vault, day, today = asked
    rows = vault.report("quiet", day)
    assert [row["id"] for row in rows] == silent(vault.files, today)
    for row in rows:
        last = vault.files.people[row["id"]].last(today)
        assert last is not None
        assert (row["last"], row["days"]) == (last.isoformat(), (today - last).days)


def gaps(one: Person, today: date) -> list[int]:
    """The last eight, in days."""
    days = one.days(today)
    return [(later - earlier).days for earlier, later in zip(days, days[1:], strict=False)][-8:]


def test_broken_and_faster_rhythms_are_what_the_files_say(asked):
    vault, day, today = asked
    broken, faster = set(), set()
    for one in turned_to(vault.files, today):
        found = gaps(one, today)
        last = one.last(today)
        if one.rests(today) or len(found) < 3 or last is None:
            continue
        gap, silence = median(found), (today - one.days(today)[-1]).days
        if max(2 * gap, gap + 14) < silence <= max(12 * gap, gap + 90) and last == one.days(today)[-1]:
            broken.add(one.id)
        span = clock(vault.files, one, today).span
        if len(found) >= 4 and span and gap <= span / 2 and silence <= max(2 * gap, gap + 14):
            faster.add(one.id)
    assert {row["id"] for row in vault.report("quiet", day, 2)} == broken
    assert {row["id"] for row in vault.report("quiet", day, 3)} == faster


def strengths(one: Person, today: date) -> list[int]:
    """The strength at the end of every day with contact, from the third on."""
    heaviest: dict[date, int] = defaultdict(int)
    for line in one.log:
        if line.touches and line.on <= today:
            heaviest[line.on] = max(heaviest[line.on], 3 if line.kind in IN_PERSON else 2 if line.kind in VOICE else 1)
    found = []
    for at in sorted(heaviest)[2:]:
        total = sum(heavy * 2 ** (-(at - on).days / 180) for on, heavy in heaviest.items() if on <= at)
        found.append(round(100 * (1 - math.exp(-total / 6))))
    return found


def test_old_strong_ties_are_what_the_files_say(asked):
    vault, day, today = asked
    expected = {}
    for one in turned_to(vault.files, today):
        last = one.last(today)
        if last and months_after(last, 12) <= today and not one.rests(today):
            best = max(strengths(one, today), default=0)
            if best > 60 or len(one.days(today)) >= 10:
                expected[one.id] = (len(one.days(today)), best)
    rows = vault.report("quiet", day, 4)
    assert {row["id"]: (row["contacts"], row["best_strength"]) for row in rows} == expected
    assert [row["contacts"] for row in rows] == sorted((row["contacts"] for row in rows), reverse=True)


# --- give, five ----------------------------------------------------------------------------------------------------


def ours(one: Person, today: date, *kinds: str) -> int:
    """How often we did one of these."""
    return sum(line.kind in kinds and line.fields.get("dir") != "in" for line in one.past(today))


@pytest.mark.parametrize("day", EXAMPLE_DAYS)
def test_give_is_what_the_files_say(example, day):
    today = date.fromisoformat(day)
    expected = []
    for one in turned_to(example.files, today):
        asked_for = ours(one, today, "asked")
        given = ours(one, today, "gave", "offered", "introduced", "referral-out", "gift")
        if asked_for > given:
            expected.append((given - asked_for, one.id, asked_for, given))
    assert [(row["id"], row["asked"], row["given"]) for row in example.report("give", day)] == [one[1:] for one in sorted(expected)]
    since = months_after(today, -6)
    lately = {
        (one.id, line.on.isoformat()) for one in turned_to(example.files, today) for line in one.past(today)
        if line.kind in ("gave", "offered", "introduced", "referral-out", "gift") and line.on >= since
    }  # fmt: skip
    assert {(row["id"], row["on"]) for row in example.report("give", day, 2)} == lately


@pytest.mark.parametrize("day", EXAMPLE_DAYS)
def test_five_is_what_the_files_say(example, day):
    today = date.fromisoformat(day)
    expected = {one.id: tuple(one.keys["five"]) for one in turned_to(example.files, today) if one.keys.get("five")}
    rows = example.report("five", day)
    assert {row["id"]: tuple(row["five"]) for row in rows} == expected
    assert [row["five"][0] for row in rows] == sorted((row["five"][0] for row in rows), key=["now", "next"].index)
    for row in rows:
        at = clock(example.files, example.files.people[row["id"]], today)
        cold = at.last and at.span and 0.5 ** ((today - at.last).days / at.span) < 0.295
        assert (row["last"] or None) == (at.last and at.last.isoformat())
        assert not cold or row["warmth"] == "cold"
    unmet = {id for id in expected if example.files.people[id].last(today) is None}
    assert {row["id"] for row in example.report("five", day, 2)} == unmet


# --- tidy ----------------------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """Without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("ø", "o").replace("ł", "l"))
    return " ".join("".join(char for char in decomposed if not unicodedata.combining(char)).split())


def test_tidy_is_what_the_files_say(asked):
    vault, day, today = asked
    people = turned_to(vault.files, today)
    lost = {one.id for one in people if not any(one.keys.get(key) for key in ("email", "phone", "address", "linkedin"))}
    no_tier = {one.id for one in people if not vault.files.tier(one) and not one.first("cadence")}
    quiet = set()
    for one in people:
        since = one.last(today) or one.day("met") or one.day("created")
        if since and months_after(since, 24) <= today and not one.rests(today):
            quiet.add(one.id)
    assert [row["id"] for row in vault.report("tidy", day)] == by_entries(vault.files, lost, today)
    assert {row["id"] for row in vault.report("tidy", day, 2)} == no_tier
    assert {row["id"] for row in vault.report("tidy", day, 3)} == quiet
    wanted = ("birthday", "location", "why", "family", "hobbies", "needs")
    missing = {
        one.id: sum(not one.keys.get(key) for key in wanted) + (not (one.keys.get("email") or one.keys.get("phone")))
        + (not (one.keys.get("met_at") or one.keys.get("referred_by"))) for one in people if vault.files.tier(one) == "A"
    }  # fmt: skip
    rows = vault.report("tidy", day, 5)
    assert {row["id"]: len(row["missing"]) for row in rows} == {id: count for id, count in missing.items() if count}


def by_entries(files: Files, ids: Iterable[str], today: date) -> list[str]:
    """The heaviest tier first, then most entries."""
    return sorted(ids, key=lambda id: (-weight(files, files.people[id]), -len(files.people[id].past(today)), id))


def test_doubles_are_found_as_by_comparing_everybody_with_everybody(letters, tmp_path):
    root = tmp_path / "vault"
    (root / "contacts").mkdir(parents=True)
    shutil.copy(letters.root / "ptcrm.toml", root)
    for number, one in enumerate(letters.files.people.values()):
        front = [
            f"name: {json.dumps(one.name)}",
            f"aliases: {json.dumps(one.keys.get('aliases', []))}",
            f'died: "{one.first("died") or ""}"',
        ]
        if number % 20 == 0:  # some of them once more, with a slip in the name, in one firm
            slips = (one.name + "n", one.name[:-1], one.name.upper(), " ".join(reversed(one.name.split())))
            front.append("company: Burgtheater")
            _write(root, f"twin-{number}", [f"name: {json.dumps(slips[number // 20 % 4])}", *front[1:]])
        _write(root, one.id, front)
    files = read(root, {}, 6)
    found = {frozenset((row["id"], row["other_id"])) for row in Vault(root, files).report("tidy", "1905-01-01", 4)}
    living = turned_to(files, date(1905, 1, 1))
    expected = {frozenset((one.id, other.id)) for one, other in combinations(living, 2) if alike(one, other)}
    assert found == expected
    assert len(expected) >= 8


def _write(root: Path, id: str, front: list[str]) -> None:
    (root / "contacts" / f"{id}.md").write_text("\n".join(["---", *front, "---", ""]), encoding="utf-8")


def alike(one: Person, other: Person) -> bool:
    """The same name, the same words in another order, an alias that is the other's name, or one slip within a firm."""
    a, b = plain(one.name), plain(other.name)
    if a == b or sorted(re.findall(r"\w+", a)) == sorted(re.findall(r"\w+", b)) != re.findall(r"\w+", a)[:1]:
        return True
    if b in map(plain, one.keys.get("aliases", [])) or a in map(plain, other.keys.get("aliases", [])):
        return True
    same_firm = one.first("company") and one.first("company") == other.first("company")
    return bool(same_firm) and (a in _slips(b) or b in _slips(a))


def _slips(name: str) -> set[str]:
    """Each way to write it with one letter less, other, or two swapped."""
    letters = sorted(set(name) | set("abcdefghijklmnopqrstuvwxyz -."))
    cuts = [(name[:at], name[at:]) for at in range(len(name))]
    return {
        *(start + end[1:] for start, end in cuts), *(start + letter + end[1:] for start, end in cuts for letter in letters),
        *(start + end[1] + end[0] + end[2:] for start, end in cuts if len(end) > 1),
    }  # fmt: skip


# --- year ----------------------------------------------------------------------------------------------------------


def test_the_people_of_the_year_are_what_the_files_say(asked):
    vault, day, today = asked
    start = date(today.year, 1, 1)
    try:
        ended = today.replace(year=today.year - 1)
    except ValueError:
        ended = date(today.year - 1, 2, 28)
    expected = {}
    for one in vault.files.people.values():
        days = [on for on in one.days(today) if on >= start]
        before = [on for on in one.days(ended) if on >= date(today.year - 1, 1, 1)]
        met = {line.on for line in one.past(today) if line.on >= start and line.touches and line.kind in IN_PERSON}
        if days:
            expected[one.id] = (len(days), len(before), len(met), days[0].isoformat(), days[-1].isoformat())
    rows = vault.report("year", day)
    assert {row["id"]: (row["contacts"], row["before"], row["in_person"], row["first"], row["last"]) for row in rows} == expected
    order = [(-row["contacts"], -row["in_person"], row["id"]) for row in rows]
    assert order == sorted(order)


def test_the_days_kept_in_time_are_what_the_files_say_day_by_day(asked):
    vault, day, today = asked
    kept: dict[tuple[str, str], int] = defaultdict(int)
    of: dict[tuple[str, str], int] = defaultdict(int)
    for one in turned_to(vault.files, today):
        months = vault.files.months(one)
        if not months or one.rests(today):
            continue
        starts = {*one.days(today), *(line.on for line in one.past(today) if line.kind == "skip")}
        floor = one.day("last_contact")
        starts |= {floor} if floor and floor <= today else set()
        if not starts:
            continue
        on = max(min(starts), date(today.year, 1, 1))
        base = max(start for start in starts if start <= on)
        turn = months_after(base, months)
        while on <= today:
            if on in starts:
                turn = months_after(on, months)
            for group in (f"tier:{vault.files.tier(one) or ''}", "all"):
                of[f"{on:%Y-%m}", group] += 1
                kept[f"{on:%Y-%m}", group] += on <= turn
            on += timedelta(1)
    rows = {row["month"]: row for row in vault.report("year", day, 3)}
    assert set(rows) == {month for month, _ in of}
    for (month, group), days in of.items():
        assert rows[month][group] == math.floor(100 * kept[month, group] / days + 0.5), (month, group)
        assert (rows[month]["kept"], rows[month]["days"]) == (kept[month, "all"], of[month, "all"])


def test_the_days_that_are_asked_try_every_table(example, letters):
    for name, tables in (("quiet", 4), ("tidy", 3), ("year", 3)):
        for table in range(1, tables + 1):
            assert any(vault.report(name, day, table) for vault, days in ((example, EXAMPLE_DAYS), (letters, LETTER_DAYS)) for day in days)
