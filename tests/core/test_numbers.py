"""The numbers for one relationship (docs/guide.md, "The numbers"), worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta
from math import e

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaintextcrm.core import numbers as n
from plaintextcrm.core.contact import parse
from plaintextcrm.core.dates import parse_cadence
from plaintextcrm.core.history import past, touches
from plaintextcrm.core.model import NEVER, Cadence
from plaintextcrm.core.numbers import Numbers
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.settings_text import parse as parse_settings
from tests.make import TODAY, contact, source

LAW = settings(deadline=None, database=None, derandomize=True)


def ago(days: int) -> str:
    """The day so many days before 21 November 2026."""
    return (TODAY - timedelta(days)).isoformat()


def numbers(*lines: str, today: date = TODAY) -> Numbers:
    """The numbers of somebody with this log."""
    return n.numbers(touches(contact(*lines), today), today)


def settings_of(text: str) -> Settings:
    """The settings of a `ptcrm.toml`."""
    return parse_settings(text)[0]


def calls(*days: int) -> list[str]:
    """Calls so many days ago."""
    return [f"- {ago(days_ago)} call" for days_ago in days]


# --- strength ------------------------------------------------------------------------------------------------------


def test_strength_is_100_times_1_less_e_to_the_minus_s_over_6() -> None:
    found = numbers(f"- {ago(0)} lunch", f"- {ago(180)} call", f"- {ago(360)} email")
    assert found.strength_sum == pytest.approx(3 + 2 / 2 + 1 / 4)
    assert found.strength == round(100 * (1 - e ** (-4.25 / 6))) == 51
    assert n.strength_words(found) == "strength 51 = 100 x (1 - e^(-4.25/6))"


@pytest.mark.parametrize(
    ("kind", "weight"),
    [(kind, 3) for kind in ("meeting", "coffee", "lunch", "dinner", "drinks", "visit", "event")]
    + [(kind, 2) for kind in ("call", "video", "phone", "zoom")]
    + [(kind, 1) for kind in ("email", "text", "message", "letter", "card", "post", "gift")]
    + [(kind, 1) for kind in ("gave", "got", "asked", "offered", "introduced", "referral-in", "referral-out")]
    + [("", 1), ("talked about boats", 1)]
    + [(kind, 0) for kind in ("note", "research", "comment", "skip", "review", "handover")],
)
def test_in_person_weighs_3_voice_2_writing_giving_and_no_kind_1(kind: str, weight: int) -> None:
    assert numbers(f"- {ago(0)} {kind}".rstrip()).strength_sum == weight


def test_of_one_day_only_the_heaviest_counts() -> None:
    assert numbers(f"- {ago(0)} email", f"- {ago(0)} lunch", f"- {ago(0)} call").strength_sum == 3


@pytest.mark.parametrize("log", [(), calls(5), calls(5, 50)], ids=["none", "one", "two"])
def test_under_3_contacts_there_is_no_strength(log: list[str]) -> None:
    found = numbers(*log)
    assert (found.strength, n.strength_words(found)) == (None, "")


def test_several_lines_of_one_day_are_one_contact_and_give_no_strength() -> None:
    assert numbers(*calls(5, 5, 5)).strength is None


def test_strength_of_contacts_long_gone_is_0_and_of_many_fresh_ones_100() -> None:
    assert numbers(*calls(9000, 9100, 9200)).strength == 0
    assert numbers(*(f"- {ago(days)} lunch" for days in range(30))).strength == 100


def test_a_kind_of_ones_own_weighs_what_the_settings_say() -> None:
    kinds = settings_of("[kinds]\npodcast = { touch = true, strength = 3, minutes = 40 }\n").kind_table
    one = parse(source("## Log\n\n- 2026-11-21 podcast: hers\n"), kinds).contact
    assert n.numbers(touches(one, TODAY, kinds), TODAY, kinds).strength_sum == 3


# --- trend, balance ------------------------------------------------------------------------------------------------


def test_trend_sets_days_0_to_89_against_days_90_to_179() -> None:
    found = numbers(*calls(180, 179, 100, 90, 89, 40, 0))
    assert (found.recent, found.before) == (3, 3)
    assert n.trend_words(found) == "3 in the last 90 days, 3 in the 90 before"


def test_in_a_trend_several_lines_of_one_day_are_one_contact() -> None:
    assert numbers(*calls(5, 5, 95, 95, 95)).recent == 1


def test_without_a_contact_in_180_days_there_is_no_trend_to_tell() -> None:
    assert n.trend_words(numbers(*calls(180, 400))) == ""


def test_balance_says_when_the_last_few_were_all_from_one_side() -> None:
    sides = ["in", "out", "out", "out"]
    log = [f"- 2026-11-{number:02} email [dir:: {side}]" for number, side in enumerate(sides, 1)]
    assert n.balance_words(numbers(*log)) == "the last 3 were all from you"
    theirs = [line.replace("out", "in") for line in log]
    assert n.balance_words(numbers(*theirs)) == "the last 4 were all from them"


def test_balance_passes_over_lines_that_do_not_say_who_began() -> None:
    log = [f"- 2026-11-{number:02} email {side}" for number, side in enumerate(["[dir:: out]", "", "[dir:: out]", "", "[dir:: out]"], 1)]
    assert n.balance_words(numbers(*log)) == "the last 3 were all from you"


def test_of_two_in_a_row_or_none_balance_says_nothing() -> None:
    assert n.balance_words(numbers("- 2026-11-01 email [dir:: out]", "- 2026-11-02 email [dir:: out]")) == ""
    assert n.balance_words(numbers(*calls(1, 2, 3))) == ""


# --- drift ---------------------------------------------------------------------------------------------------------


def test_the_gap_is_the_median_of_the_last_8() -> None:
    found = numbers(*calls(1100, 1000, 90, 80, 70, 60, 50, 40, 20, 10))
    assert (found.gap, found.gaps) == (10, 8)  # 910 is the oldest of these 8, 100 is one too many


def test_under_3_gaps_there_is_no_rhythm_to_break() -> None:
    assert (numbers(*calls(400, 390, 380)).gap, numbers(*calls(400, 390, 380)).drifting) == (None, False)


@pytest.mark.parametrize(
    ("gap", "silence", "drifting"),
    [
        (7, 21, False),  # 14 days more than the gap, and not later
        (7, 22, True),
        (7, 97, True),  # the gap and 90 days
        (7, 98, False),
        (21, 42, False),  # twice the gap
        (21, 43, True),
        (21, 252, True),  # twelve times the gap
        (21, 253, False),
        (14, 28, False),  # where both bounds meet
        (14, 29, True),
    ],
)
def test_a_rhythm_drifts_after_twice_the_gap_or_14_days_more_until_12_times_or_90_more(gap: int, silence: int, drifting: bool) -> None:
    found = numbers(*calls(*(silence + gap * number for number in range(4))))
    assert (found.gap, found.silence, found.drifting) == (gap, silence, drifting)


def test_drift_is_told_in_words() -> None:
    found = numbers(*calls(60, 81, 102, 123))
    assert n.drift_words(found) == "it used to be every 3 weeks, and has been quiet for 8 weeks"
    assert n.drift_words(numbers(*calls(21, 42, 63, 84))) == ""


@pytest.mark.parametrize(("gap", "words"), [(13, "every 2 weeks"), (20, "every 3 weeks"), (21, "every 3 weeks"), (58, "every 2 months")])
def test_a_rhythm_that_broke_is_told_as_one_would_write_it(gap: int, words: str) -> None:
    found = numbers(*calls(*(gap * number for number in range(3, 7))))
    assert n.drift_words(found).startswith(f"it used to be {words}, and has been quiet for ")


# --- own rhythm ----------------------------------------------------------------------------------------------------


def line_of(words: str) -> str:
    """The `cadence: …` line that the words end in."""
    return words.rpartition("cadence: ")[2]


@pytest.mark.parametrize(
    ("gap", "cadence", "span", "line"),
    [
        (14, Cadence(3, "month"), 92, "2 weeks"),
        (1, Cadence(1, "month"), 30, "1 day"),
        (10, Cadence(1, "month"), 30, "10 days"),
        (60, Cadence(1, "month"), 30, "2 months"),
        (91, Cadence(1, "month"), 30, "3 months"),
        (15, Cadence(1, "month"), 30, "2 weeks"),  # a factor of 2 and no more
        (400, Cadence(6, "month"), 181, "13 months"),
    ],
)
def test_a_rhythm_that_differs_by_a_factor_of_2_is_told_with_the_line_to_change(gap: int, cadence: Cadence, span: int, line: str) -> None:
    found = numbers(*calls(*(gap * number for number in range(5))))
    assert line_of(n.rhythm_words(found, cadence, span)) == line


@pytest.mark.parametrize("gap", [16, 30, 59])
def test_a_rhythm_near_the_cadence_is_not_worth_a_word(gap: int) -> None:
    assert n.rhythm_words(numbers(*calls(*(gap * number for number in range(5)))), Cadence(1, "month"), 30) == ""


def test_under_4_gaps_or_without_a_cadence_there_is_nothing_to_compare() -> None:
    assert n.rhythm_words(numbers(*calls(0, 5, 10, 15)), Cadence(1, "month"), 30) == ""
    assert n.rhythm_words(numbers(*calls(0, 5, 10, 15, 20)), NEVER, 0) == ""


def test_the_whole_sentence_of_ones_own_rhythm() -> None:
    words = n.rhythm_words(numbers(*calls(*range(0, 140, 14))), Cadence(3, "month"), 92)
    assert words == "in fact about every 2 weeks; to keep to that, write: cadence: 2 weeks"


@LAW
@given(st.lists(st.integers(1, 36525), min_size=4, max_size=10), st.integers(1, 36525))
def test_the_line_to_change_is_always_a_cadence_near_the_rhythm(gaps: list[int], span: int) -> None:
    ages = [sum(gaps[:count]) for count in range(len(gaps) + 1)]
    today = date(9000, 1, 1)
    found = numbers(*(f"- {today - timedelta(age)} call" for age in ages), today=today)
    words = n.rhythm_words(found, Cadence(span, "day"), span)
    if words:
        cadence = parse_cadence(line_of(words))
        assert cadence
        days = cadence.count * {"day": 1, "week": 7, "month": 30.44}[cadence.unit]
        assert found.gap
        assert 0.7 < days / found.gap < 1.4


@LAW
@given(st.lists(st.tuples(st.dates(), st.sampled_from(["call", "lunch", "email", "note", ""])), max_size=12), st.dates())
def test_numbers_never_raise_and_stay_in_their_bounds(log: list[tuple[date, str]], today: date) -> None:
    found = numbers(*(f"- {on} {kind}".rstrip() for on, kind in log), today=today)
    assert found.strength is None or 0 <= found.strength <= 100
    assert found.silence is None or found.silence >= 0
    for words in (n.strength_words, n.trend_words, n.balance_words, n.drift_words):
        assert isinstance(words(found), str)


# --- known for, ask next time --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("met: 2007-09-03", "- 2024-01-01 call"), "known for 19 years"),
        (("- 2024-01-01 call", "- 2025-01-01 call"), "known for 2 years"),
        (("met: 2016-11-21",), "known for 10 years"),
        (("met: 2026-11-01",), "known for 2 weeks"),
        (("met: 2026-11-21",), "met today"),
        (("met: 2027-01-01",), ""),
        ((), ""),
    ],
)
def test_known_for_goes_by_met_or_the_first_entry(lines: tuple[str, ...], words: str) -> None:
    one = contact(*lines)
    assert n.known_for(one, past(one, TODAY), TODAY) == words


def test_ask_next_time_is_what_the_file_does_not_say_yet() -> None:
    assert n.ask_next_time(contact("name: Ada")) == ("birthday", "family", "hobbies", "what they look for")
    assert n.ask_next_time(contact("birthday: 1985", "hobbies: [weaving]")) == ("family", "what they look for")
    assert n.ask_next_time(contact("birthday: 1985", "hobbies: [weaving]", "family: a cat", "needs: [rain]")) == ()
