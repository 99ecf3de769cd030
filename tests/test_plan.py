"""`ptcrm plan`: the week that fits, rule by rule, as a law, and as a command."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaintextcrm.core import planning
from plaintextcrm.core.dates import parse_cadence
from plaintextcrm.core.errors import Usage
from plaintextcrm.core.ideas import preferred
from plaintextcrm.core.kinds import STANDARD
from plaintextcrm.core.model import Contact
from plaintextcrm.core.planning import Plan, channel, is_due_by, plan, spread, week_of, with_cadences
from plaintextcrm.core.reports.network import Network
from plaintextcrm.core.settings import Me, Settings
from plaintextcrm.core.standing import facts_of
from plaintextcrm.core.text import width
from tests.inside import Said, inside
from tests.make import contact, ptcrm, vault

MONDAY, TUESDAY, FRIDAY, SATURDAY, SUNDAY = (date(2026, 11, day) for day in (16, 17, 20, 21, 22))
EXAMPLE = Path(__file__).parent.parent / "example-vault"


def network(*people: Contact, today: date = TUESDAY, given: Settings = Settings()) -> Network:
    """Everybody on a day."""
    return Network([(one, facts_of(one, given.kind_table)) for one in people], given, today)


def planned(*people: Contact, today: date = TUESDAY, per_week: int = 10, given: Settings = Settings()) -> Plan:
    """Their plan."""
    return plan(network(*people, today=today, given=given), per_week)


def days(found: Plan) -> dict[str, str | None]:
    """Id -> ISO day, None for who does not fit."""
    return {turn.member.id: turn.on and turn.on.isoformat() for turn in (*found.turns, *found.waiting)}


def quiet(id: str, *more: str, last: str = "2026-09-01", tier: str = "A") -> Contact:
    """Somebody who is due."""
    return contact(f"tier: {tier}", *more, f"- {last} call: Hello.", id=id)


# --- the week ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "last", "weekdays"),
    [
        (MONDAY, "2026-11-22", 5),
        (TUESDAY, "2026-11-22", 4),
        (FRIDAY, "2026-11-22", 1),
        (SATURDAY, "2026-11-29", 5),
        (SUNDAY, "2026-11-29", 5),
    ],
)
def test_the_week_is_the_rest_of_this_one_and_at_the_weekend_the_next(today: date, last: str, weekdays: int) -> None:
    week = week_of(today)
    assert (week.first, week.last.isoformat(), len(week.days)) == (today, last, weekdays)
    assert all(day.weekday() < 5 and today <= day <= week.last for day in week.days)


def test_the_most_urgent_come_first_in_the_week_and_the_weekend_stays_free() -> None:
    found = planned(*(quiet(f"p{number}", last=f"2026-0{number + 1}-01") for number in range(1, 8)), today=MONDAY)
    assert days(found) == {
        "p1": "2026-11-16", "p2": "2026-11-16", "p3": "2026-11-17", "p4": "2026-11-17", "p5": "2026-11-18", "p6": "2026-11-19",
        "p7": "2026-11-20",
    }  # fmt: skip


def test_who_falls_due_on_a_later_day_of_the_week_is_in_it_and_who_falls_due_after_it_is_not() -> None:
    found = planned(quiet("sunday", last="2026-10-22"), quiet("monday", last="2026-10-23"))
    assert set(days(found)) == {"sunday"}


def test_who_is_snoozed_paused_gone_or_left_alone_after_a_try_is_not_in_it() -> None:
    hidden = (
        quiet("snoozed", "snooze_until: 2026-12-24"), quiet("paused", "paused: true"), quiet("archived", "status: archived"),
        quiet("peace", "do_not_contact: true"), contact("tier: A", "- 2026-09-01 call", "- 2026-11-16 call [reached:: no]", id="tried"),
    )  # fmt: skip
    assert days(planned(*hidden)) == {}


def test_people_in_touch_this_week_take_room_at_the_weekend_those_of_the_old_week_do_not() -> None:
    people = [quiet(f"p{number}") for number in range(4)]
    met = [contact("tier: C", "- 2026-11-16 call", id=f"met{number}") for number in range(2)]
    assert len(planned(*people, *met, per_week=5).waiting) == 1
    assert not planned(*people, *met, per_week=5, today=SATURDAY).waiting
    assert planned(*people, *met, per_week=5, today=SATURDAY).touched == 0


def test_a_birthday_of_this_weekend_takes_no_room_of_the_week_to_come() -> None:
    found = planned(contact("birthday: 1980-11-21", id="birthday"), quiet("a"), quiet("b"), per_week=1, today=SATURDAY)
    assert days(found) == {"birthday": "2026-11-21", "a": "2026-11-23", "b": None}


def test_a_promised_contact_that_was_kept_today_is_no_turn() -> None:
    assert days(planned(contact("next_contact: 2026-11-17", "- 2026-11-17 call", id="ada"))) == {}
    assert days(planned(contact("next_contact: 2026-11-17", "- 2026-11-16 call", id="ada"))) == {"ada": "2026-11-17"}


def test_no_day_takes_more_than_a_fifth_of_the_week() -> None:
    found = planned(*(quiet(f"p{number}") for number in range(9)), today=FRIDAY, per_week=10)
    assert list(days(found).values()) == ["2026-11-20"] * 2 + [None] * 7


def test_the_number_that_is_proposed_has_room_for_all_and_one_less_has_not() -> None:
    for today in (MONDAY, FRIDAY, SUNDAY):
        people = [quiet(f"p{number}") for number in range(7)]
        enough = planned(*people, today=today, per_week=1).enough
        assert not planned(*people, today=today, per_week=enough).waiting
        assert planned(*people, today=today, per_week=enough - 1).waiting


@given(st.integers(0, 40), st.dictionaries(st.integers(0, 4), st.integers(0, 9)))
def test_days_are_spread_evenly_and_the_busiest_get_the_fewest(count: int, load: dict[int, int]) -> None:
    week = week_of(MONDAY).days
    busy = Counter({week[place]: number for place, number in load.items()})
    found = spread(week, count, busy)
    sizes = Counter({day: found.count(day) for day in week})
    assert len(found) == count
    assert found == sorted(found)
    assert max(sizes[day] for day in week) - min(sizes[day] for day in week) <= 1
    assert all(sizes[a] <= sizes[b] for a in week for b in week if busy[a] > busy[b])


# --- what has its own day ------------------------------------------------------------------------------------------


def test_promises_birthdays_plans_and_next_contacts_stand_on_their_own_days_whatever_the_room() -> None:
    people = (
        contact("- 2026-11-01 call", "  - [ ] Send the list [due:: 2026-11-19]", id="promise"),
        contact("birthday: 1980-11-22", id="birthday"),
        contact("- [ ] 2026-11-18 dinner: At the harbour", id="dinner"),
        contact("next_contact: 2026-11-20", id="next"),
        contact("dates: [2016-11-21 the wedding]", id="wedding"),
    )
    found = planned(*people, per_week=0)
    assert days(found) == {
        "dinner": "2026-11-18", "promise": "2026-11-19", "next": "2026-11-20", "wedding": "2026-11-21", "birthday": "2026-11-22",
    }  # fmt: skip
    assert [turn.why for turn in found.turns] == [
        "planned, dinner: At the harbour", "promised: Send the list", "promised to be in touch", "the wedding, 10 years",
        "birthday, turns 46",
    ]  # fmt: skip


def test_what_is_dated_takes_room_from_the_rest() -> None:
    dinner = contact("- [ ] 2026-11-18 dinner: At the harbour", id="dinner")
    found = planned(dinner, quiet("a"), quiet("b"), per_week=2)
    assert days(found) == {"dinner": "2026-11-18", "a": "2026-11-17", "b": None}


def test_somebody_with_a_day_of_their_own_who_is_due_has_one_turn_that_tells_both() -> None:
    found = planned(contact("tier: A", "- 2026-09-01 call", "  - [ ] The jars [due:: 2026-11-01]", "- [ ] 2026-11-19 lunch", id="ada"))
    assert days(found) == {"ada": "2026-11-19"}
    assert found.turns[0].why == "you promised for Sun 1 Nov: The jars; planned, lunch"


def test_what_is_for_today_is_told_once() -> None:
    found = planned(contact("birthday: 1980-11-17", "- 2026-11-01 call", "  - [ ] The jars [due:: 2026-11-17]", id="ada"))
    assert [(turn.on, turn.why) for turn in found.turns] == [(TUESDAY, "you promised for today: The jars; turns 46 today")]


def test_a_second_day_of_one_person_is_shown_on_its_day_without_a_second_turn() -> None:
    found = planned(contact("birthday: 1980-11-20", "- 2026-11-01 call", "  - [ ] The jars [due:: 2026-11-18]", id="ada"))
    assert days(found) == {"ada": "2026-11-18"}
    assert [(row.on.isoformat(), row.label) for row in found.dates] == [("2026-11-20", "birthday, turns 46")]


def test_a_work_anniversary_and_what_they_promised_are_good_to_know_and_nobodys_turn() -> None:
    found = planned(contact("started: 2016-11-19", "- 2026-11-01 call", "  - [ ] A map [due:: 2026-11-18] [waiting:: them]", id="ada"))
    assert days(found) == {}
    assert [row.label for row in found.dates] == ["they: A map", "10 years in the job"]


def test_a_contact_written_down_today_is_no_plan() -> None:
    assert days(planned(contact("- 2026-11-17 coffee", id="ada"))) == {}


# --- by which channel ----------------------------------------------------------------------------------------------


def reach(one: Contact, close: bool = False, here: bool = True) -> tuple[str, str]:
    """The channel of one person."""
    found = channel(network(one).everybody[0], close=close, here=here)
    return found.group, found.why


@pytest.mark.parametrize(
    ("prefers", "kind"),
    [
        ("text, never before ten", "text"), ("a letter, typed, one page", "letter"), ("mail, and only in capitals", "email"),
        ("Coffee!", "coffee"), ("no calls", None), ("not by phone, a video is fine", "video"), ("never before ten", None),
        ("in person", "meeting"), ("WhatsApp", "text"), ("", None), ("\u202etxet", None),
    ],
)  # fmt: skip
def test_prefers_names_a_channel_or_none(prefers: str, kind: str | None) -> None:
    found = preferred(prefers, STANDARD)
    assert (found and found.name) == kind


def test_what_they_prefer_wins_over_everything() -> None:
    assert reach(contact("prefers: a letter", 'phone: "1234567"', "tier: A", "- 2026-11-01 lunch"), close=True)[0] == "writing"


def test_the_top_ten_are_met_where_they_live_where_we_do() -> None:
    one = contact('phone: "1234567"', "- 2026-11-01 email")
    assert reach(one, close=True) == ("in person", "one of the top ten")
    assert reach(one, close=True, here=False) == ("voice", "the last contact was in writing")


def test_voice_comes_before_writing_where_there_is_a_number() -> None:
    emails = ("- 2026-11-01 email", "- 2026-11-02 email", "- 2026-11-03 email")
    assert reach(contact('phone: "1234567"', "email: a@b.example", *emails)) == ("voice", "most of the last 3 contacts were in writing")
    assert reach(contact("email: a@b.example", *emails)) == ("writing", "as most of the last 3 contacts")
    assert reach(contact('phone: "1234567"')) == ("voice", "voice before writing")


def test_who_was_mostly_met_of_the_last_five_is_met_again_unless_they_live_elsewhere() -> None:
    one = contact(
        'phone: "1"',
        "- 2025-01-01 email",
        *(f"- 2026-11-0{day} {kind}" for day, kind in enumerate(("lunch", "call", "coffee", "email", "lunch"), 1)),
    )
    assert reach(one) == ("in person", "as most of the last 5 contacts")
    assert reach(one, here=False)[0] == "voice"


def test_top_ten_elsewhere_are_rung_in_a_real_plan() -> None:
    home = Settings(me=Me(location="Lisbon"), places=(("Porto", ("Oporto",)),))
    people = (quiet("here", "location: Lisbon"), quiet("there", "location: Oporto", 'phone: "1234567"'), quiet("unknown"))
    found = {turn.member.id: turn.channel.group for turn in planned(*people, given=home).turns}
    assert found == {"here": "in person", "there": "voice", "unknown": "in person"}


# --- the law -------------------------------------------------------------------------------------------------------

DAY = st.dates(date(2026, 8, 1), date(2026, 12, 31)).map(date.isoformat)
LINES = st.one_of(
    st.sampled_from(["tier: A", "tier: C", "coi: true", "cadence: 2w", "paused: true", "do_not_contact: true", 'phone: "1234567"']),
    DAY.map("birthday: {}".format), DAY.map("next_contact: {}".format), DAY.map("snooze_until: {}".format), DAY.map("started: {}".format),
    DAY.map("- {} call: Hello".format), DAY.map("- {} skip".format), DAY.map("- [ ] {} dinner".format),
    DAY.map("- {} referral-in: Somebody".format), DAY.map("- {} text: Well? [dir:: in]".format),
    DAY.map("- 2026-08-01 lunch\n  - [ ] A thing [due:: {}]".format),
)  # fmt: skip


def unique(lines: list[str]) -> list[str]:
    """Each key once."""
    return list({line.split(":")[0] if not line.startswith("-") else line: line for line in lines}.values())


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.lists(LINES, min_size=1, max_size=5), max_size=12),
    st.integers(0, 12),
    st.dates(date(2026, 11, 9), date(2026, 11, 29)),
)
def test_nobody_twice_the_room_is_kept_and_everybody_due_is_planned_or_named(people: list[list[str]], per_week: int, today: date) -> None:
    everybody = network(*(contact(*unique(lines), id=f"p{number:02}") for number, lines in enumerate(people)), today=today)
    found = plan(everybody, per_week)
    week = found.week
    ids = [turn.member.id for turn in (*found.turns, *found.waiting)]
    assert len(ids) == len(set(ids)), "nobody twice"
    free = [turn for turn in found.turns if not turn.dated]
    dated = [turn for turn in found.turns if turn.dated and turn.on and turn.on >= week.monday]
    assert not free or len(free) + len({turn.member.id for turn in dated}) <= per_week, "the room is kept"
    due = {one.id for one in everybody if is_due_by(one, week.last)}
    assert due <= set(ids), "everybody due is planned or named"
    assert set(ids) - due <= {turn.member.id for turn in found.turns if turn.dated}, "nobody else without a day of their own"
    sizes = [sum(turn.on == day for turn in free) for day in week.days]
    assert max(sizes) - min(sizes) <= 1, "no day is heavier by more than one"
    assert max(sizes) <= -(-per_week // 5)
    assert all(turn.on in week.days for turn in free)
    assert all(row.on == turn.on for turn in found.turns for row in turn.dated), "what is dated stands on its day"
    if found.waiting and free:
        worst = max(turn.member.standing.order() for turn in free)
        assert all(turn.member.standing.order() > worst for turn in found.waiting), "who does not fit is less urgent"
    assert plan(everybody, per_week) == found, "the same again"
    assert not plan(everybody, found.enough).waiting, "the number that is proposed is enough"


# --- what if -------------------------------------------------------------------------------------------------------


def test_the_load_is_seven_times_the_sum_of_one_by_the_cadence() -> None:
    people = (
        contact("cadence: 7d", "- 2026-11-16 call", id="weekly"), contact("cadence: 14d", "- 2026-11-16 call", id="fortnightly"),
        contact("cadence: 7d", "paused: true", "- 2026-11-16 call", id="paused"),
        contact("cadence: 7d", "paused: 2026-11-18", "- 2026-11-16 call", id="until"),
        contact("cadence: 7d", "status: archived", "- 2026-11-16 call", id="archived"), contact("- 2026-11-16 call", id="never"),
    )  # fmt: skip
    assert planning.load(network(*people)) == pytest.approx(1.5)


def test_another_cadence_says_who_would_no_longer_and_who_would_newly_be_due() -> None:
    people = (quiet("c", tier="C", last="2026-05-01"), quiet("b", tier="B", last="2026-10-20"), quiet("own", "cadence: 1m", tier="C"))
    before = network(*people)
    words = ("c=1 year", "B=2w")
    after = network(*people, given=with_cadences(Settings(), words))
    found = planning.change(before, after, words)
    assert [one.id for one in found.no_longer] == ["c"]
    assert [one.id for one in found.newly] == ["b"]
    assert found.before == pytest.approx(7 * (1 / 184 + 1 / 92 + 1 / 30))
    assert found.after == pytest.approx(7 * (1 / 365 + 1 / 14 + 1 / 30))


def test_the_default_may_be_another_one_too() -> None:
    assert with_cadences(Settings(), ["default=6 months"]).default_cadence == parse_cadence("6 months")


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("C", "write it like"),
        ("C=soon", "write it like"),
        ("=1y", "no tier is called"),
        ("D=1y", "it is one of A, B, C, default"),
        ("C=", "write it like"),
    ],
)
def test_a_change_that_is_not_understood_says_what_would_be_right(word: str, said: str) -> None:
    with pytest.raises(Usage, match=said):
        with_cadences(Settings(), [word])


# --- the command ---------------------------------------------------------------------------------------------------


def ran(folder: Path, *words: str, code: int = 0, **more: str) -> Said:
    """What `ptcrm plan` says."""
    said = inside(folder, "plan", *words, **more)
    assert said.code == code, said
    return said


FILES: dict[str, str | bytes] = {
    "ada": "---\nname: Ada\ntier: A\n---\n## Interactions\n- 2026-09-01 call: Hello.\n",
    "bob": "---\nname: Bob\ntier: B\n---\n## Interactions\n- 2026-08-01 lunch: Soup.\n",
    "cleo": "---\nname: Cleo\nbirthday: --11-24\n---\n",
    "dan": "---\nname: Dan\ntier: C\n---\n## Interactions\n- 2025-08-01 email\n",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four people."""
    return vault(tmp_path_factory.mktemp("plan") / "v", FILES)


def test_the_command_tells_days_channels_and_who_does_not_fit(small: Path) -> None:
    out = ran(small, "--per-week", "2", "--format", "table").out
    lines = out.splitlines()
    assert lines[0] == "The week that fits: Sat 21 Nov to Sun 29 Nov"
    assert lines.index("Mon 23 Nov") < lines.index("  1  Ada  in person · one of the top ten") < lines.index("Tue 24 Nov")
    assert "     birthday" in lines
    assert out.endswith("No room for 2 people: Dan, Bob.\n  ptcrm plan --per-week 4\n")
    assert ran(small, "--per-week", "4", "--format", "table").out.endswith("4 people planned, 4 a week.\n")


def test_every_format_tells_of_the_same_people_those_who_do_not_fit_without_a_day(small: Path) -> None:
    found = json.loads(ran(small, "--per-week", "2", "--json").out)
    assert (found["schema"], found["from"], found["to"], found["waiting"], found["what_if"]) == (
        "ptcrm.plan/1",
        "2026-11-21",
        "2026-11-29",
        2,
        None,
    )
    assert [(row["id"], row["day"]) for row in found["rows"]] == [
        ("ada", "2026-11-23"),
        ("cleo", "2026-11-24"),
        ("dan", None),
        ("bob", None),
    ]
    ids = [row["id"] for row in found["rows"]]
    assert ran(small, "--per-week", "2", "--format", "ids").out.split() == ids
    table = list(csv.DictReader(io.StringIO(ran(small, "--per-week", "2", "--format", "csv").out)))
    assert [(row["id"], row["day"]) for row in table] == [("ada", "2026-11-23"), ("cleo", "2026-11-24"), ("dan", ""), ("bob", "")]
    assert [line.split("\t")[0] for line in ran(small, "--per-week", "2").out.splitlines()] == ids
    assert len(ran(small, "--per-week", "2", "--format", "md").out.splitlines()) == 2 + len(ids)


def test_what_if_tells_the_load_before_and_after_and_plans_under_it(small: Path) -> None:
    out = ran(small, "--what-if", "C=2 years", "--what-if", "A=1w", "--format", "table").out
    assert "With C=2 years, A=1w: 1.1 contacts a week are asked for, now 0.3." in " ".join(out.split())
    assert "No longer due: Dan." in out
    found = json.loads(ran(small, "--what-if", "C=2 years", "--json").out)
    assert found["what_if"]["no_longer_due"] == ["dan"]
    assert "dan" not in [row["id"] for row in found["rows"]]
    assert "It changes nobody's turn this week." in ran(small, "--what-if", "B=2 months", "--format", "table").out


def test_a_filter_says_whose_week_it_is(small: Path) -> None:
    assert ran(small, "-tier:A", "tier:A,B", "--format", "ids").out == "bob\n"
    assert "Nobody is due among those whom the filter lets through." in ran(small, "tier:Z", "--format", "table").out
    assert "is no day" in ran(small, "due:soonish", code=2).err


def test_words_that_are_not_understood_are_2(small: Path) -> None:
    assert "no tier is called" in ran(small, "--what-if", "Z=1y", code=2).err
    ran(small, "--per-week", "-1", code=2)


def test_per_week_is_the_settings_own(tmp_path: Path) -> None:
    folder = vault(tmp_path / "v", FILES, "[due]\nper_week = 1\n[git]\ncommit = false\n")
    assert json.loads(ran(folder, "--json").out)["per_week"] == 1


def test_an_empty_vault_has_an_empty_week(tmp_path: Path) -> None:
    folder = vault(tmp_path / "v", {})
    assert ran(folder, "--format", "table").out.splitlines()[2] == "Nobody is due this week."
    assert ran(folder).out == ""
    assert json.loads(ran(folder, "--json").out)["rows"] == []
    ran(folder, "--per-week", "0", "--what-if", "A=1d", "--format", "table")


def test_hostile_names_never_steer_the_terminal_and_lines_stay_within_it(tmp_path: Path) -> None:
    evil = (
        '---\nname: "E\\e[31mve\\u202e\\u0007 \U0001f600"\ntier: A\nprefers: "call\\e[2J\\u2066"\n---\n## Interactions\n- 2026-01-01 call: \x1b[1mboo \u202e'
        + "x" * 300
    )
    wide = "---\nname: " + "漢字" * 60 + "\ntier: A\n---\n## Interactions\n- 2026-01-01 call\n"
    folder = vault(tmp_path / "v", {"eve": evil, "wide": wide})
    for format_ in ("table", "plain", "csv", "md"):
        out = ran(folder, "--format", format_, "--per-week", "1").out
        assert not any(char in out for char in "\x1b\x07\u202e\u2066"), format_
        assert format_ != "table" or max(map(width, out.splitlines())) <= 80
    assert json.loads(ran(folder, "--json").out)["rows"][0]["name"].startswith("E")


def test_the_example_vault_fits_80_columns_in_a_process_of_its_own(tmp_path: Path) -> None:
    import shutil

    shutil.copytree(EXAMPLE, tmp_path / "v")
    said = ptcrm(tmp_path / "v", "plan", "--what-if", "C=1 year", "--format", "table")
    assert (said.code, said.err) == (0, "")
    assert max(map(len, said.out.splitlines())) <= 80
    assert "Fri 27 Nov" in said.out
