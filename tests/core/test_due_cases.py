"""The worked cases: what the rules of docs/guide.md ("Who is due") give for one person on one day, written out.

A row says next, due, ratio, state, freshness, score, whether the person is listed, and what is owed.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from plaintextcrm.core.model import Cadence
from plaintextcrm.core.settings import Settings, Tier
from plaintextcrm.core.standing import Standing
from tests.make import TODAY, contact, day, parsed, ptcrm, standing, vault

OLDER = ("- 2025-01-15 call", "- 2024-12-20 call")  # with these nobody is a newcomer
OLD_LETTERS = ("- 1884-03-01 letter", "- 1884-06-01 letter")
WITH_SINCE = Settings(since=date(2026, 10, 22))


def row(found: Standing) -> str:
    """A standing as the page writes it."""
    ratio = "–" if found.ratio is None else f"{found.ratio:.2f}"
    score = "–" if found.score is None else f"{found.score:.2f}"
    fresh = "–" if found.freshness is None else str(found.freshness)
    listed = "yes" if found.listed else "no"
    days = f"{day(found.next) or '–'} {day(found.due) or '–'}"
    return f"{days} {ratio} {found.state} {fresh} {score} {', '.join([listed, *found.owed])}"


class Case(NamedTuple):
    """A person's file, the day, and the row that follows from them."""

    words: str
    lines: tuple[str, ...]
    row: str
    today: date = TODAY
    settings: Settings = Settings()


CASES = (
    Case(
        "never in touch, imported today",
        ("cadence: monthly", "created: 2026-11-21", "source: vcard 2026-11-21"),
        "2026-11-29 2026-11-29 0.73 new – 0.54 no",
    ),
    Case(
        "never in touch, imported 5 years ago, every 6 months",
        ("cadence: 6 months", "created: 2021-11-01", "source: vcard 2021-11-01"),
        "2021-11-02 2021-11-02 1.00 new – 1.00 yes",
    ),
    Case(
        "never in touch, added by hand yesterday",
        ("cadence: monthly", "created: 2026-11-20"),
        "2026-11-22 2026-11-22 0.97 new – 0.93 no",
    ),
    Case(
        "never in touch, added by hand 3 days ago",
        ("cadence: monthly", "created: 2026-11-18"),
        "2026-11-20 2026-11-20 1.00 new – 1.00 yes",
    ),
    Case(
        "no created, since a month ago (adopted)",
        ("cadence: monthly",),
        "2026-11-04 2026-11-04 1.00 new – 1.00 yes",
        settings=WITH_SINCE,
    ),
    Case(
        "no created, no since",
        ("cadence: monthly",),
        "2026-11-21 2026-11-21 1.00 new – 1.00 yes",
    ),
    Case(
        "met and first contact 13 days ago, every 3 months",
        ("cadence: 3 months", "met: 2026-11-08", "- 2026-11-08 event"),
        "2026-11-22 2026-11-22 0.93 soon 53 0.86 no",
    ),
    Case(
        "met and first contact 14 days ago, every 3 months",
        ("cadence: 3 months", "met: 2026-11-07", "- 2026-11-07 event"),
        "2026-11-21 2026-11-21 1.00 due 50 1.00 yes",
    ),
    Case(
        "met 60 days ago, contacts 60 and 42 days ago, every 3 months",
        ("cadence: 3 months", "met: 2026-09-22", "- 2026-09-22 event", "- 2026-10-10 call"),
        "2026-11-21 2026-11-21 1.00 due 50 1.00 yes",
    ),
    Case(
        "met 100 days ago, one contact then, every 3 months",
        ("cadence: 3 months", "met: 2026-08-13", "- 2026-08-13 event"),
        "2026-11-13 2026-11-13 1.09 due 47 1.18 yes",
    ),
    Case(
        "an old friend, first line of the log 14 days ago, every 3 months, no met",
        ("cadence: 3 months", "- 2026-11-07 call"),
        "2027-02-07 2027-02-07 0.15 fresh 90 0.02 no",
    ),
    Case(
        "every year, talked today, next_contact in 7 days",
        ("cadence: yearly", "next_contact: 2026-11-28", "- 2026-11-21 call", *OLDER),
        "2027-11-21 2026-11-28 0.00 fresh 100 0.00 no",
    ),
    Case(
        "talked 5 days ago, next_contact in 9 months",
        ("cadence: monthly", "next_contact: 2027-08-21", "- 2026-11-16 call", *OLDER),
        "2026-12-16 2026-12-16 0.17 fresh 89 0.03 no",
    ),
    Case(
        "next_contact before the last contact",
        ("cadence: monthly", "next_contact: 2026-11-01", "- 2026-11-10 call", *OLDER),
        "2026-12-10 2026-12-10 0.37 fresh 78 0.13 no",
    ),
    Case(
        "next_contact on the day of the last contact",
        ("cadence: monthly", "next_contact: 2026-11-10", "- 2026-11-10 call", *OLDER),
        "2026-12-10 2026-12-10 0.37 fresh 78 0.13 no",
    ),
    Case(
        "cadence never, next_contact tomorrow",
        ("cadence: never", "next_contact: 2026-11-22", "- 2026-11-10 call", *OLDER),
        "– 2026-11-22 – on-file – – no",
    ),
    Case(
        "cadence never, next_contact 3 weeks ago",
        ("cadence: never", "next_contact: 2026-10-31", "- 2026-10-10 call", *OLDER),
        "– 2026-10-31 – on-file – – yes, next contact",
    ),
    Case(
        "quiet 400 days, weight 3 (the highest)",
        ("tier: A", "- 2025-10-17 call", *OLDER),
        "2025-11-17 2025-11-17 12.90 overdue 0 499.48 yes",
    ),
    Case(
        "quiet 400 days, no answer yesterday",
        ("cadence: monthly", "- 2026-11-20 call [reached:: no]", "- 2025-10-17 call", *OLDER),
        "2025-11-17 2025-11-17 12.90 lapsed 0 166.49 no",
    ),
    Case(
        "quiet 400 days, no answer 7 days ago",
        ("cadence: monthly", "- 2026-11-14 call [reached:: no]", "- 2025-10-17 call", *OLDER),
        "2025-11-17 2025-11-17 12.90 lapsed 0 166.49 yes",
    ),
    Case(
        "every 3 days, last 4 days ago, no answer yesterday",
        ("cadence: 3 days", "- 2026-11-20 call [reached:: no]", "- 2026-11-17 call", *OLDER),
        "2026-11-20 2026-11-20 1.33 due 40 1.78 no",
    ),
    Case(
        "quiet 400 days, skipped today",
        ("cadence: monthly", "- 2026-11-21 skip: not this round", "- 2025-10-17 call", *OLDER),
        "2026-12-21 2026-12-21 0.00 fresh 0 0.00 no",
    ),
    Case(
        "monthly, 40 days quiet, lunch planned in 10 days",
        ("cadence: monthly", "- 2026-12-01 lunch: at the harbour", "- 2026-10-12 call", *OLDER),
        "2026-11-12 2026-11-12 1.29 due 41 1.66 no",
    ),
    Case(
        "weekly, talked today",
        ("cadence: weekly", "- 2026-11-21 call", *OLDER),
        "2026-11-28 2026-11-28 0.00 fresh 100 0.00 no",
    ),
    Case(
        "weekly, after three weeks away",
        ("cadence: weekly", "- 2026-10-31 call", *OLDER),
        "2026-11-07 2026-11-07 3.00 overdue 12 9.00 yes",
    ),
    Case(
        "monthly, weight 3, 91 days quiet",
        ("tier: A", "- 2026-08-22 call", *OLDER),
        "2026-09-22 2026-09-22 2.94 overdue 13 25.85 yes",
    ),
    Case(
        "yearly, 280 days quiet",
        ("cadence: yearly", "- 2026-02-14 call", *OLDER),
        "2027-02-14 2027-02-14 0.77 fresh 59 0.59 no",
    ),
    Case(
        "31 January + 1 month, on 28 February",
        ("cadence: monthly", "- 2027-01-31 call", *OLDER),
        "2027-02-28 2027-02-28 1.00 due 50 1.00 yes",
        today=date(2027, 2, 28),
    ),
    Case(
        "29 February 2024, yearly, on 28 February 2025",
        ("cadence: yearly", "- 2024-02-29 call", "- 2023-02-01 call", "- 2022-02-01 call"),
        "2025-02-28 2025-02-28 1.00 due 50 1.00 yes",
        today=date(2025, 2, 28),
    ),
    Case(
        "last_contact newer than the log",
        ("cadence: monthly", "last_contact: 2026-11-01", "- 2026-06-01 call", *OLDER),
        "2026-12-01 2026-12-01 0.67 fresh 63 0.44 no",
    ),
    Case(
        "last_contact 2062 (a slip), ignored",
        ("cadence: monthly", "last_contact: 2062-11-01", "- 2026-06-01 call", *OLDER),
        "2026-07-01 2026-07-01 5.77 overdue 2 33.25 yes",
    ),
    Case(
        "today 1905, imported 2026",
        ("cadence: 6 months", "created: 2026-11-21", "source: vcard 2026-11-21"),
        "2026-11-22 2026-11-22 0.00 new – 0.00 no",
        today=date(1905, 6, 1),
    ),
    Case(
        "letter of 1885, today 1931, every 6 months",
        ("cadence: 6 months", "- 1885-05-29 letter", *OLD_LETTERS),
        "1885-11-29 1885-11-29 92.09 lapsed 0 8481.01 yes",
        today=date(1931, 10, 21),  # the day of 1931 that is 92.09 cadences on
    ),
    Case(
        "COI and one of the five, on the day, weight 1",
        ("cadence: monthly", "coi: true", "five: now", "- 2026-10-21 call", *OLDER),
        "2026-11-21 2026-11-21 1.00 due 50 1.56 yes",
    ),
    Case(
        "weight 3, on the day",
        ("tier: A", "- 2026-10-21 call", *OLDER),
        "2026-11-21 2026-11-21 1.00 due 50 3.00 yes",
    ),
    Case(
        "created tomorrow (clock skew), by hand",
        ("cadence: monthly", "created: 2026-11-22"),
        "2026-11-24 2026-11-24 0.90 new – 0.81 no",
    ),
    Case(
        "next_contact 2 years late, yearly, quiet 900 days",
        ("cadence: yearly", "next_contact: 2024-11-21", "- 2024-06-04 call", "- 2023-06-04 call", "- 2022-06-04 call"),
        "2025-06-04 2024-11-21 2.47 overdue 18 6.08 yes, next contact",
    ),
    Case(
        "daily, one day late",
        ("cadence: daily", "- 2026-11-19 call", *OLDER),
        "2026-11-20 2026-11-20 2.00 overdue 25 4.00 yes",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.words)
def test_the_worked_case_gives_its_row(case: Case) -> None:
    assert row(standing(contact(*case.lines, id="ada"), case.today, case.settings)) == case.row


def test_every_row_of_the_page_is_here() -> None:
    assert len(CASES) == 38


def test_a_last_contact_of_2062_is_a_warning_with_its_line(tmp_path: Path) -> None:
    people = vault(tmp_path / "people", {"ada": "---\nname: Ada\nlast_contact: 2062-11-01\n---\n"})
    done = ptcrm(people, "check")
    assert "contacts/ada.md:3:" in done.out + done.err
    assert "[future-last-contact]" in done.out + done.err
    assert done.code == 0  # a warning, no mistake


# --- what the page says below its table ----------------------------------------------------------------------------


@pytest.mark.parametrize("cadence", ["0", "500x/year", "9999y"])
def test_a_cadence_outside_its_bounds_is_a_mistake_and_the_tiers_holds(cadence: str) -> None:
    file = parsed(f"---\ntier: A\ncadence: {cadence}\n---\n\n## Log\n\n- 2026-11-01 call\n- 2025-01-15 call\n- 2024-12-20 call\n")
    assert [(problem.code, problem.where.line) for problem in file.problems] == [("bad-cadence", 3)]
    assert day(standing(file.contact).next) == "2026-12-01"


@pytest.mark.parametrize("cadence", ["0", "500x/year", "9999y"])
def test_a_cadence_outside_its_bounds_without_a_tier_leaves_the_default(cadence: str) -> None:
    one = contact(f"cadence: {cadence}", "- 2026-11-01 call")
    assert standing(one).state == "on-file"
    assert day(standing(one, settings=Settings(default_cadence=Cadence(6, "month"))).next) == "2027-05-01"


QUIET = ("cadence: monthly", "- 2025-10-17 call", *OLDER)
PROMISED = "  - [ ] send the plans [due:: 2026-11-20]"  # a detail of the entry above it


@pytest.mark.parametrize("key", ["snooze_until: 2026-11-22", "paused: true", "paused: 2026-11-22"])
def test_the_snoozed_and_the_paused_are_not_listed_for_their_cadence(key: str) -> None:
    assert row(standing(contact(key, *QUIET))) == "2025-11-17 2025-11-17 12.90 lapsed 0 166.49 no"


@pytest.mark.parametrize("key", ["snooze_until: 2026-11-22", "paused: true", "paused: 2026-11-22"])
def test_what_is_owed_to_the_snoozed_and_the_paused_still_shows(key: str) -> None:
    found = standing(contact(key, "cadence: monthly", "- 2025-10-17 call", PROMISED, *OLDER))
    assert row(found) == "2025-11-17 2025-11-17 12.90 lapsed 0 166.49 yes, promise"


GONE = ["do_not_contact: true", "status: archived", "status: deceased", "died: 2026-11-21", "died: 2026-10", "died: 2025"]


@pytest.mark.parametrize("key", GONE)
def test_the_gone_are_not_listed_at_all(key: str) -> None:
    assert not standing(contact(key, *QUIET)).listed


@pytest.mark.parametrize("key", GONE)
def test_nothing_is_owed_to_the_gone(key: str) -> None:
    owing = ("next_contact: 2026-11-01", "birthday: 1980-11-21", "- 2025-10-17 call", PROMISED, *OLDER)
    found = standing(contact(key, "cadence: monthly", *owing))
    assert (found.listed, found.owed) == (False, ())


@pytest.mark.parametrize(
    ("died", "day_before"),
    [("2026-11-22", "2026-11-21"), ("2026-11", "2026-11-29"), ("2026", "2026-12-30"), ("2024-02", "2024-02-28")],
)
def test_who_died_is_gone_from_that_day_on_and_of_a_month_or_a_year_alone_from_its_last(died: str, day_before: str) -> None:
    one = contact(f"died: {died}", "cadence: monthly", "- 2020-10-17 call")
    next_day = date.fromordinal(date.fromisoformat(day_before).toordinal() + 1)
    assert (standing(one, day_before).listed, standing(one, next_day).listed) == (True, False)


def test_the_tier_with_the_highest_weight_never_lapses_whatever_it_is_called() -> None:
    tiers = Settings(tiers=(Tier("friends", Cadence(1, "month"), 5), Tier("family", Cadence(1, "month"), 7)))
    friend, family = (contact(f"tier: {word}", "- 2025-10-17 call", *OLDER) for word in ("friends", "family"))
    assert (standing(friend, settings=tiers).state, standing(family, settings=tiers).state) == ("lapsed", "overdue")
