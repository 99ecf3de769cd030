"""`report load` and `report new`: one rule each, the whole against a second reckoning, and the command."""

from __future__ import annotations

import calendar
import csv
import io
import json
import shutil
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from plaintextcrm.core.model import Contact
from plaintextcrm.core.reports.network import Network
from plaintextcrm.core.reports.shapes import Report
from plaintextcrm.core.reports.time import load, new
from plaintextcrm.core.settings_text import parse
from plaintextcrm.core.standing import facts_of
from tests.inside import inside
from tests.make import TODAY, contact, vault
from tests.reports import oracle_people

EXAMPLE = Path(__file__).parents[2] / "example-vault"
LETTERS = Path(__file__).parents[1] / "data" / "letters"


def network(*people: Contact, settings: str = "", today: date = TODAY, asked: Iterable[str] | None = None) -> Network:
    rules, problems = parse(settings)
    assert problems == ()
    return Network([(one, facts_of(one, rules.kind_table)) for one in people], rules, today, None if asked is None else set(asked))


def rhythm(found: Report, name: str) -> dict[str, Any]:
    return next(dict(row) for row in found.tables[0].rows if row["rhythm"] == name)


def spent(found: Report, what: str) -> float | None:
    hours = next((row["hours"] for row in found.tables[2].rows if row["what"] == what), None)
    return None if hours is None else float(str(hours))


# --- load: promised and kept ---------------------------------------------------------------------------------------


def test_everybody_asks_seven_days_of_a_week_for_the_days_of_one_round():
    found = load(network(contact("tier: A", "- 2026-11-01 call"), contact("tier: A", "- 2026-10-15 call", id="b")))
    assert rhythm(found, "A")["asked"] == round(7 / 30 + 7 / 31, 2)  # November has 30 days, October 31
    assert found.sentences[0].startswith("Your promises ask for 0.5 contacts a week. You have room for 10: it fits.")


def test_of_one_it_is_said_in_the_singular():
    weekly = load(network(contact("cadence: weekly", *(f"- {TODAY - timedelta(7 * week)} email" for week in range(12)))))
    assert weekly.sentences[0].startswith("Your promises ask for 1 contact a week.")
    assert weekly.sentences[1] == "In the last 12 weeks you were in touch once a week, what you promised."
    hour = load(network(contact("cadence: weekly", "- 2026-11-20 call [minutes:: 60]")))
    assert hour.tables[2].sentence.startswith("1 hour in a year, 0.02 a week, 0 % of them estimated by the kind")


def test_a_cadence_of_ones_own_is_a_row_of_its_own_and_so_is_the_default_and_no_rhythm():
    people = [
        contact("tier: A", "cadence: weekly", "- 2026-11-20 call"),
        contact("- 2026-11-20 call", id="b"),
        contact("cadence: never", id="c"),
    ]
    found = load(network(*people, settings='[due]\ndefault_cadence = "6 months"\n'))
    assert [row["rhythm"] for row in found.tables[0].rows] == ["own rhythm", "default rhythm", "no rhythm"]
    assert rhythm(found, "own rhythm")["asked"] == 1.0
    assert rhythm(found, "default rhythm")["cadence"] == "every 6 months"
    assert rhythm(found, "no rhythm")["asked"] == 0


@pytest.mark.parametrize(
    ("key", "asks"),
    [
        ("paused: true", False), ("paused: 2026-11-22", False), ("paused: 2026-11-21", True), ("snooze_until: 2027-01-01", True),
        ("status: archived", None), ("do_not_contact: true", None), ("status: deceased", None),
    ],
)  # fmt: skip
def test_the_paused_ask_for_nothing_the_snoozed_do_and_the_archived_are_not_counted(key: str, asks: bool | None):
    rows = load(network(contact("tier: A", key, "- 2026-11-01 call"))).tables[0].rows
    assert [(row["people"], bool(row["asked"])) for row in rows] == ([] if asks is None else [(1, asks)])


def test_done_are_days_with_contact_of_twelve_weeks():
    entries = [
        "- 2026-08-29 call",
        "- 2026-08-30 call",
        "- 2026-11-20 call",
        "- 2026-11-20 lunch",
        "- 2026-11-21 note",
        "- 2026-11-22 call",
    ]
    found = rhythm(load(network(contact("tier: A", *entries))), "A")
    assert found["done"] == round(2 / 12, 2)  # the 30th of August is 83 days ago, the 29th 84


def test_a_coffee_with_two_is_done_for_both():
    coffee = "- 2026-11-12 coffee: All three. ^k3x9q2"
    assert rhythm(load(network(contact("tier: A", coffee), contact("tier: A", coffee, id="b"))), "A")["done"] == round(2 / 12, 2)


def test_due_are_those_whose_day_has_come_and_who_are_not_hidden():
    old = "- 2026-01-01 call"
    people = [
        contact("tier: A", old),
        contact("tier: A", old, "snooze_until: 2027-01-01", id="b"),
        contact("tier: A", "- 2026-11-20 call", id="c"),
    ]
    assert rhythm(load(network(*people)), "A")["due"] == 1


def test_whose_part_goes_to_others_is_told():
    often = [f"- 2026-11-{day:02} lunch" for day in range(1, 21)]
    found = load(network(contact("tier: A", *often), contact("tier: C", "- 2026-01-01 call", id="c")))
    assert found.sentences[2] == "It is not shared out as promised: less than its part went to C (0 %)."


# --- load: what would fit ------------------------------------------------------------------------------------------

NARROW = "[due]\nper_week = 1\n"


def crowd(tier: str, count: int) -> list[Contact]:
    return [contact(f"tier: {tier}", "- 2026-11-01 call", id=f"{tier.lower()}{place}") for place in range(count)]


def test_lower_tiers_become_looser_until_everything_fits_and_the_highest_stays():
    found = load(network(*crowd("A", 2), *crowd("B", 20), settings=NARROW))
    (row,) = found.tables[1].rows
    asked_a, asked_b = 2 * 7 / 30, 20 * 7 / 92  # from 1 November on: 30 days, 92 days
    months = next(months for months in range(3, 100) if asked_a + asked_b * 3 / months <= 1)
    assert (row["tier"], row["cadence"], row["looser"]) == ("B", "every 3 months", f"every {months} months")
    assert asked_a + float(str(row["then"])) <= 1.005
    assert "it does not fit" in found.sentences[0]
    assert found.steps[0].command == f'ptcrm plan --what-if "B={months} months"'


def test_where_all_fits_the_room_that_is_left_is_told():
    assert "room for 9.5 more a week" in load(network(*crowd("A", 2))).tables[1].empty


def test_a_highest_tier_that_asks_for_more_than_fits_is_told_instead():
    found = load(network(*crowd("A", 9), *crowd("B", 1), settings=NARROW))
    assert found.tables[1].rows == ()
    assert "highest tier" in found.tables[1].empty


def test_a_week_without_room_divides_by_nothing():
    found = load(network(*crowd("B", 1), settings="[due]\nper_week = 0\n"))
    assert found.tables[1].rows == ()


# --- load: hours ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "hours"),
    [
        ("- 2026-11-01 coffee [minutes:: 45]", 0.8), ("- 2026-11-01 coffee", 1.0), ("- 2026-11-01 lunch", 1.5), ("- 2026-11-01 call", 0.3),
        ("- 2026-11-01 email", 0.2), ("- 2026-11-01 A word.", 0.2), ("- 2026-11-01 coffee [minutes:: soon]", 1.0), ("- 2026-11-01 research [minutes:: 60]", None),
        ("- 2025-11-21 coffee", None), ("- 2025-11-22 coffee", 1.0), ("- 2026-11-22 coffee", None),
        ("- 2026-11-01 coffee [minutes:: 99999]", 24.0), ("- 2026-11-01 coffee [minutes:: -5]", 1.0),
    ],
)  # fmt: skip
def test_minutes_count_as_written_else_as_the_kind_usually_takes_within_a_year(entry: str, hours: float | None):
    assert spent(load(network(contact("tier: A", entry))), "A") == hours


def test_an_occasion_with_several_takes_its_time_once():
    lunch = "- 2026-11-12 lunch: All three. [minutes:: 90] ^k3x9q2"
    people = [contact("tier: A", lunch), contact("tier: B", lunch, id="b"), contact("tier: B", lunch, id="c")]
    found = load(network(*people))
    assert (spent(found, "A"), spent(found, "B")) == (0.5, 1.0)
    assert spent(load(network(*people, asked=["ada"])), "A") == 0.5  # whoever is asked about


def test_archived_people_took_time_too():
    assert spent(load(network(contact("tier: A", "status: archived", "- 2026-11-12 lunch"))), "A") == 1.5


def test_hours_of_the_first_90_days_are_those_of_new_people():
    entries = ["- 2026-05-01 coffee", "- 2026-07-30 coffee", "- 2026-07-31 coffee", "- 2026-11-01 coffee"]
    found = load(network(contact("tier: A", *entries)))
    assert (spent(found, "new people"), spent(found, "keeping up")) == (2.0, 2.0)
    found = load(network(contact("tier: A", "met: 2020-01-01", *entries)))
    assert (spent(found, "new people"), spent(found, "keeping up")) == (0.0, 4.0)


def test_groups_are_one_whatever_their_case_and_the_five_and_coi_have_rows():
    people = [
        contact("groups: [Board]", "five: now", "- 2026-11-01 coffee"),
        contact("groups: [board, BOARD]", "coi: yes", "- 2026-11-01 coffee", id="b"),
    ]
    found = load(network(*people))
    assert (spent(found, "board"), spent(found, "the five"), spent(found, "centres of influence")) == (2.0, 1.0, 1.0)


def test_groups_are_one_whatever_their_accents_and_shown_as_they_are_spelled():
    people = [
        contact("groups: [Équipe]", "- 2026-11-01 coffee"), contact("groups: [Equipe]", "- 2026-11-01 coffee", id="b"),
        contact("groups: [Équipe, Fußball]", "- 2026-11-01 coffee", id="c"),
    ]  # fmt: skip
    found = load(network(*people)).tables[2].rows
    assert [(row["what"], row["people"], row["hours"]) for row in found if row["by"] == "group"] == [
        ("Équipe", 3, 3.0),
        ("Fußball", 1, 1.0),
    ]


def test_hours_stand_against_what_came_of_them():
    people = [
        contact("- 2026-11-01 coffee", "- 2026-11-02 referral-in [value:: 7000]"),
        contact("- 2025-11-01 referral-in [value:: 9000]", id="long-ago"),
        contact("- 2026-11-02 referral-in", id="worth-nothing"),
    ]
    rows = load(network(*people)).tables[3].rows
    assert [(row["id"], row["hours"], row["referrals"], row["value"], row["per_hour"]) for row in rows] == [
        ("ada", 1.2, 1, 7000, 6000), ("worth-nothing", 0.2, 1, 0, 0),
    ]  # fmt: skip


# --- new -----------------------------------------------------------------------------------------------------------


def first_steps(*lines: str, today: date = TODAY) -> dict[str, Any]:
    (row,) = new(network(contact(*lines), today=today)).tables[0].rows
    return dict(row)


def test_somebody_begins_with_the_first_contact_or_met_where_that_is_earlier():
    assert first_steps("- 2026-11-03 call")["met"] == date(2026, 11, 3)
    assert first_steps("met: 2026-11-01", "- 2026-11-03 call")["met"] == date(2026, 11, 1)
    assert first_steps("met: 2026-11-10", "- 2026-11-03 call")["met"] == date(2026, 11, 3)
    assert new(network(contact("met: 2026-12-01"))).tables[0].rows == ()
    assert new(network(contact("- 2026-12-01 call"))).tables[0].rows == ()
    assert new(network(contact("- 2026-11-01 note"))).tables[0].rows == ()


def test_new_is_ninety_days():
    assert first_steps("met: 2026-08-23")
    assert new(network(contact("met: 2026-08-22"))).tables[0].rows == ()


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["met: 2026-11-19"], ("by Sat 21 Nov", None, None)),
        (["met: 2026-11-18"], ("open since Fri 20 Nov", None, None)),
        (["met: 2026-11-01", "- 2026-11-03 call"], ("in time", "open since Tue 17 Nov", None)),
        (["met: 2026-11-01", "- 2026-11-04 call"], ("1 day late", "open since Wed 18 Nov", None)),
        (["- 2026-11-10 call"], ("in time", "by Tue 24 Nov", None)),
        (["- 2026-09-01 call", "- 2026-09-15 call"], ("in time", "in time", "open since Tue 27 Oct")),
        (["- 2026-09-01 call", "- 2026-09-16 call", "- 2026-10-28 call"], ("in time", "1 day late", "in time")),
        (["- 2026-09-01 call", "- 2026-09-01 lunch"], ("in time", "open since Tue 15 Sep", None)),  # one day is one contact
    ],
)
def test_two_days_two_weeks_six_weeks(lines: Sequence[str], words: tuple[str | None, ...]):
    row = first_steps(*lines)
    assert (row["two_days"], row["two_weeks"], row["six_weeks"]) == words


def test_the_archived_are_no_newcomers_but_they_came():
    found = new(network(contact("met: 2026-11-19", "status: archived")))
    assert found.tables[0].rows == ()
    assert found.tables[1].rows[0]["new"] == 1


def test_quarters_go_back_two_years_and_each_says_who_came():
    found = new(
        network(
            contact("name: Ada King", "met: 2026-10-01"),
            contact("name: Bob Lee", "met: 2024-12-31", id="b"),
            contact("met: 2024-09-30", id="c"),
        )
    )
    rows = found.tables[1].rows
    assert [row["quarter"] for row in rows] == ["2026-Q4", "2026-Q3", "2026-Q2", "2026-Q1", "2025-Q4", "2025-Q3", "2025-Q2", "2025-Q1"]
    assert (rows[0]["names"], rows[0]["a_week"]) == (("Ada King",), round(7 / 52, 2))  # 52 days of the quarter are over
    assert sum(int(str(row["new"])) for row in rows) == 1


def test_whoever_is_in_touch_after_six_weeks_stayed():
    people = [
        contact("met: 2026-07-01", "- 2026-08-13 call", id="stayed"), contact("met: 2026-07-01", "- 2026-08-12 call", id="went"),
        contact("met: 2026-07-01", id="silent"),
    ]  # fmt: skip
    found = new(network(*people))
    assert (found.tables[1].rows[1]["new"], found.tables[1].rows[1]["stayed"]) == (3, 1)
    assert "Of the 3 who came in two years, 1 stayed" in found.sentences[1]


def test_a_quarter_is_told_when_six_weeks_have_passed():
    ada = contact("met: 2026-09-30", "- 2026-11-20 call")
    assert new(network(ada, today=date(2026, 11, 11))).tables[1].rows[1]["stayed"] is None
    assert new(network(ada, today=date(2026, 11, 12))).tables[1].rows[1]["stayed"] == 0
    assert new(network(ada)).tables[1].rows[1]["stayed"] == 1


def test_the_pace_is_held_against_one_a_week():
    assert (
        "1 new person in the last 52 weeks, 0 in the 52 before. That is one every 52 weeks"
        in new(network(contact("met: 2026-11-01"))).sentences[0]
    )
    many = [contact("met: 2026-03-01", id=f"p{place}") for place in range(104)]
    assert "104 new people in the last 52 weeks, 0 in the 52 before. That is 2 a week" in new(network(*many)).sentences[0]
    assert "one a month is a start" in new(network(contact("met: 2020-11-01"))).sentences[0]


def test_the_next_steps_are_the_first_three_that_wait():
    people = [contact(f"met: 2026-11-{day:02}", f"name: N{day}", id=f"p{day}") for day in (20, 12, 18, 19)]
    assert [one.command for one in new(network(*people)).steps] == [f"ptcrm log p{day} call" for day in (12, 18, 19)]


def test_long_past_days_are_days_like_any_other():
    found = new(network(contact("met: 1885-05-01", "- 1885-05-20 letter"), today=date(1885, 6, 1)))
    assert found.tables[0].rows[0]["two_days"] == "17 days late"
    assert load(network(contact("tier: A", "- 1885-05-20 letter"), today=date(1885, 6, 1))).tables[0].rows[0]["done"] == round(1 / 12, 2)


@pytest.mark.parametrize("report", [load, new])
@pytest.mark.parametrize(
    "people", [(), (contact("name: Ada King"),), (contact("tier: A"),), (contact("tier: Z", "cadence: never", "- 2026-11-01 call"),)]
)
@pytest.mark.parametrize("day", ["1000-01-01", "2026-11-21", "8999-12-31"])
def test_nobody_or_one_person_is_no_mistake(report: Any, people: tuple[Contact, ...], day: str):
    found = report(network(*people, today=date.fromisoformat(day)))
    assert found.sentences
    assert found.steps
    assert all(one.sentence if one.rows else one.empty for one in found.tables)


# --- a second reckoning, on the example vault ----------------------------------------------------------------------

DAYS = ["2017-06-25", "2024-07-01", "2025-03-31", "2026-01-01", "2026-08-15", "2026-11-21", "2027-02-28"]


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("time") / "example"
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns("site"))
    return root


def months_on(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, min(day.day, calendar.monthrange(day.year + years, month + 1)[1]))


def begun(one: oracle_people.Somebody, today: date) -> date | None:
    days = [line.on for line in one.contacts]
    met = one.day("met")
    return min([*days, *([met] if met and met <= today else [])], default=None)


def made(root: Path, today: date) -> dict[str, tuple[int, float]]:
    """Rhythm -> people, days with contact a week; without a cadence: "no rhythm"."""
    tiers, counts = oracle_people.settings(root)["tiers"], defaultdict(lambda: [0, 0])
    for one in oracle_people.people(root, today):
        if one.is_gone or (one.id == "teresa-amaral" and today >= date(2025, 3, 31)):
            continue
        tier = str(one.keys.get("tier", ""))
        name = "own rhythm" if "cadence" in one.keys else tier if tier in tiers else "no rhythm"
        counts[name][0] += 1
        counts[name][1] += len({line.on for line in one.contacts if timedelta(0) <= today - line.on < timedelta(84)})
    return {name: (people, round(days / 12, 2)) for name, (people, days) in counts.items()}


@pytest.mark.parametrize("day", DAYS)
def test_what_was_done_is_what_a_second_reckoning_finds(example: Path, day: str):
    rows = json.loads(inside(example, "report", "load", "--json", today=day).out)["rows"]
    assert {row["rhythm"]: (row["people"], row["done"]) for row in rows} == made(example, date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2026-01-01", "2026-08-15", "2026-11-21"])
def test_what_the_highest_tier_asks_is_what_a_second_reckoning_finds(example: Path, day: str):
    today, asked = date.fromisoformat(day), 0.0
    for one in oracle_people.people(example, today):
        if one.keys.get("tier") == "A" and "cadence" not in one.keys:
            last = max((line.on for line in one.contacts), default=None)
            skips = [line.on for line in one.log if line.kind == "skip"]
            base = max([*([last] if last else []), *skips], default=one.day("created") or date(2024, 1, 8))
            next_day = months_on(base, 1)
            if one.day("met") and (today - one.day("met")).days in range(91) and last and base == last:  # type: ignore[operator]
                days = len({line.on for line in one.contacts})
                next_day = min(next_day, base + timedelta({1: 14, 2: 42}.get(days, 999)))
            asked += 7 / (next_day - base).days
    rows = json.loads(inside(example, "report", "load", "--json", today=day).out)["rows"]
    assert next(row["asked"] for row in rows if row["rhythm"] == "A") == round(asked, 2)


@pytest.mark.parametrize("day", DAYS)
def test_hours_are_what_a_second_reckoning_finds(example: Path, day: str):
    today = date.fromisoformat(day)
    everybody = oracle_people.people(example, today)
    company: dict[tuple[date, str], int] = defaultdict(int)
    for one in everybody:
        for line in one.contacts:
            company[line.on, line.block] += 1
    minutes: dict[str, float] = defaultdict(float)
    for one in everybody:
        for line in one.contacts:
            if (today - line.on).days < 365:
                usual = 90 if line.kind in ("lunch", "dinner") else 60 if line.kind in oracle_people.IN_PERSON else 20
                usual = 40 if line.kind == "podcast" else usual if line.kind in oracle_people.IN_PERSON | oracle_people.VOICE else 10
                took = float(line.fields.get("minutes", usual)) / (company[line.on, line.block] if line.block else 1)
                minutes[str(one.keys.get("tier", "none"))] += took
                for group in one.texts("groups"):
                    minutes[group] += took
    said = json.loads(inside(example, "report", "load", "--json", today=day).out)["tables"][2]["rows"]
    found = {row["what"]: row["hours"] for row in said if row["by"] in ("tier", "group")}
    assert found == pytest.approx({what: round(took / 60, 1) for what, took in minutes.items()}, abs=0.051)


def ladder(days: Sequence[date], begin: date, today: date) -> list[str | None]:
    """The words of the three steps."""
    words: list[str | None] = []
    base = begin
    for place, span in enumerate((2, 14, 42)):
        by = base + timedelta(span)
        if place >= len(days):
            words.append("by" if by >= today else "open since")
            break
        late = (days[place] - by).days
        words.append("in time" if late <= 0 else f"{late} day{'s' if late > 1 else ''} late")
        base = days[place]
    return [*words, None, None, None][:3]


@pytest.mark.parametrize("day", DAYS)
def test_newcomers_and_quarters_are_what_a_second_reckoning_finds(example: Path, day: str):
    today = date.fromisoformat(day)
    found = json.loads(inside(example, "report", "new", "--json", today=day).out)
    compare(
        found,
        [
            (one.id, begun(one, today), sorted({line.on for line in one.contacts}), one.is_gone)
            for one in oracle_people.people(example, today)
        ],
        today,
    )


def compare(found: dict[str, Any], people: Sequence[tuple[str, date | None, list[date], bool]], today: date) -> None:
    """Both tables of `new` against (id, first day, days with contact, not to be turned to) of everybody."""
    newcomers = [(id, begin, days) for id, begin, days, gone in people if begin and (today - begin).days <= 90 and not gone]
    newcomers.sort(key=lambda one: (-one[1].toordinal(), one[0]))
    assert [(row["id"], row["met"]) for row in found["rows"]] == [(id, begin.isoformat()) for id, begin, _ in newcomers]
    for row, (id, begin, days) in zip(found["rows"], newcomers, strict=True):
        words = [row["two_days"], row["two_weeks"], row["six_weeks"]]
        for said, wanted in zip(words, ladder(days, begin, today), strict=True):
            assert (said or "").startswith(wanted or "\0") if wanted else said is None, (id, words)
    for row in found["tables"][1]["rows"]:
        year, quarter = int(row["quarter"][:4]), int(row["quarter"][-1])
        first, last = date(year, 3 * quarter - 2, 1), date(year, 3 * quarter, 31 if quarter in (1, 4) else 30)
        came = [(begin, days) for _, begin, days, _ in people if begin and first <= begin <= last]
        stayed = sum(bool(days) and (days[-1] - begin).days > 42 for begin, days in came)
        assert row["new"] == len(came), row
        assert row["stayed"] == (stayed if came and (today - last).days > 42 else None), row


# --- and on 200 people and their letters of 1885 to 1931 -----------------------------------------------------------


Correspondent = tuple[str, date | None, list[date]]
"""Id, the first day of being dead where it is known, the days of the letters."""


@pytest.fixture(scope="module")
def correspondents() -> list[Correspondent]:
    days: dict[str, set[date]] = defaultdict(set)
    with open(LETTERS / "letters.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            days[row["person_id"]].add(date.fromisoformat(row["date"]))
    found = []
    with open(LETTERS / "people.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            dead = {"day": row["death"], "year": f"{row['death'][:4]}-12-31"}.get(row["death_precision"])
            found.append((row["person_id"], date.fromisoformat(dead) if dead else None, sorted(days[row["person_id"]])))
    return sorted(found)


@pytest.fixture(scope="module")
def letters(correspondents: list[Correspondent], tmp_path_factory: pytest.TempPathFactory) -> Path:
    files: dict[str, str | bytes] = {}
    for id, dead, days in correspondents:
        lines = "".join(f"- {day.isoformat()} letter\n" for day in days)
        files[id] = f"---\nname: {id}\n{f'died: {dead.isoformat()}' if dead else ''}\n---\n\n## Interactions\n\n{lines}"
    return vault(tmp_path_factory.mktemp("letters") / "vault", files, '[due]\ndefault_cadence = "6 months"\n\n[git]\ncommit = false\n')


@pytest.mark.parametrize("day", ["1870-06-01", "1890-01-01", "1905-01-01", "1912-02-29", "1931-10-21"])
def test_newcomers_and_quarters_of_the_letters(letters: Path, correspondents: list[Correspondent], day: str):
    today = date.fromisoformat(day)
    people: list[tuple[str, date | None, list[date], bool]] = []
    for id, dead, days in correspondents:
        past = [on for on in days if on <= today]
        people.append((id, past[0] if past else None, past, dead is not None and dead <= today))
    compare(json.loads(inside(letters, "report", "new", "--json", today=day).out), people, today)


@pytest.mark.parametrize("day", ["1890-01-01", "1905-01-01", "1926-10-01"])
def test_letters_of_twelve_weeks_are_counted(letters: Path, correspondents: list[Correspondent], day: str):
    today = date.fromisoformat(day)
    alive = [days for _, dead, days in correspondents if not (dead and dead <= today)]
    written = sum(timedelta(0) <= today - on < timedelta(84) for days in alive for on in days)
    (row,) = json.loads(inside(letters, "report", "load", "--json", today=day).out)["rows"]
    assert (row["rhythm"], row["people"], row["done"]) == ("default rhythm", len(alive), round(written / 12, 2))


@pytest.mark.parametrize("day", ["1870-06-01", "1905-01-01"])
def test_the_load_of_the_letters_is_readable_on_any_day(letters: Path, day: str):
    said = inside(letters, "report", "load", "--format", "table", today=day)
    assert said.code == 0
    assert max(map(len, said.out.split("\n"))) <= 80


# --- the command ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["load", "new"])
def test_the_table_fits_80_columns(example: Path, name: str):
    said = inside(example, "report", name, "--format", "table")
    assert said.code == 0
    assert max(map(len, said.out.split("\n"))) <= 80


@pytest.mark.parametrize(
    ("name", "heading"), [("load", "rhythm,cadence,people,asked,done,kept,due"), ("new", "id,name,met,two_days,two_weeks,six_weeks")]
)
def test_csv_has_a_heading_and_a_line_for_each(example: Path, name: str, heading: str):
    lines = list(csv.reader(io.StringIO(inside(example, "report", name, "--format", "csv").out)))
    assert ",".join(lines[0]) == heading
    assert len(lines) == 1 + len(json.loads(inside(example, "report", name, "--json").out)["rows"])


def test_a_filter_leaves_the_others_out(example: Path):
    found = json.loads(inside(example, "report", "load", "tier:A", "--json").out)
    assert [row["rhythm"] for row in found["rows"]] == ["A"]
    assert {row["what"] for row in found["tables"][2]["rows"] if row["by"] == "tier"} == {"A"}


@pytest.mark.parametrize("files", [{}, {"ada": "---\nname: Ada King\n---\n"}])
@pytest.mark.parametrize("name", ["load", "new"])
def test_an_empty_vault_and_one_of_one_person_are_told_so(tmp_path: Path, name: str, files: dict[str, str | bytes]):
    root = vault(tmp_path / "v", files)
    for format_ in ("table", "json", "csv", "md", "plain", "ids"):
        assert inside(root, "report", name, "--format", format_).code == 0
    assert json.loads(inside(root, "report", name, "--json").out)["sentences"]
