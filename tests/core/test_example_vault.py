"""The example vault: where everybody stands on its day, what its story promises, and that it shows every feature."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from plaintextcrm.core import due, due_words, numbers
from plaintextcrm.core.contact import parse
from plaintextcrm.core.history import past, touches
from plaintextcrm.core.kinds import KINDS
from plaintextcrm.core.model import Contact, Source
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.settings_text import parse as parse_settings
from plaintextcrm.core.standing import Rules, Standing, facts_of, stand
from plaintextcrm.core.text import decode
from plaintextcrm.core.vocabulary import KEYS
from tests.make import ptcrm

VAULT = Path(__file__).parents[2] / "example-vault"
THE_DAY = date(2026, 11, 21)

STANDS = {  # state and ratio on the day; recompute when an entry moves
    "ada-king": ("fresh", 0.03),  # 20 November, monthly: 1 of 30 days
    "alma-reyes": ("on-file", None),  # no tier
    "barnaby-crisp": ("lapsed", 17.69),  # 14 February 2018, every 6 months: 3202 of 181 days
    "beatriz-noronha": ("fresh", 0.12),  # 10 November, every 3 months: 11 of 92
    "bob-lee": ("fresh", 0.10),  # 12 November: 9 of 92
    "claire-dubarry": ("soon", 0.97),  # 24 August: 89 of 92
    "desmond-achterberg": ("overdue", 2.37),  # 18 September 2025, every 6 months: 429 of 181
    "florian-tack": ("due", 1.11),  # 12 October 2025, yearly: 405 of 365
    "gaspar-nunes": ("fresh", 0.88),  # 2 September: 80 of 91
    "henrique-sal": ("fresh", 0.63),  # 2 November: 19 of 30
    "ines-paredes": ("soon", 0.97),  # 27 May: 178 of 184
    "ingrid-solheim": ("on-file", None),  # not met yet
    "jonas-feld": ("fresh", 0.03),  # 18 November: 3 of 92
    "lees/edmund-pell": ("due", 1.39),  # 9 October: 43 of 31
    "lees/joaquim-teles": ("due", 1.29),  # 25 July: 119 of 92
    "lees/margarida-frost": ("fresh", 0.53),  # 5 November: 16 of 30
    "leonor-vaz": ("fresh", 0.48),  # 8 October: 44 of 92
    "magnus-thorn": ("fresh", 0.21),  # 14 October: 38 of 182
    "okafor": ("fresh", 0.10),  # the second contact on 17 November: 4 of a newcomer's 42 days
    "otto-keller": ("due", 1.17),  # 20 April: 215 of 183
    "priya-raman": ("fresh", 0.66),  # 22 September: 60 of 91
    "rui-caldeira": ("due", 1.12),  # 10 August: 103 of 92
    "sofia-lindqvist": ("fresh", 0.76),  # 4 July: 140 of 184
    "teresa-amaral": ("on-file", None),
    "tomasz-wrona": ("new", 1.00),  # met two days ago
    "vera-kovac": ("fresh", 0.24),  # 30 October: 22 of 92
    "wilhelmina-brandt": ("overdue", 2.23),  # 15 September: 67 of 30
    "yuki-aalto": ("fresh", 0.51),  # 5 October: 47 of 92
}

OWED = {
    "lees/edmund-pell": ("handover",),
    "gaspar-nunes": ("promise",),
    "henrique-sal": ("thanks",),
    "sofia-lindqvist": ("birthday",),
    "okafor": ("promise",),
    "jonas-feld": ("answer",),
}

DUE = [
    *("lees/edmund-pell", "gaspar-nunes", "henrique-sal", "sofia-lindqvist", "okafor", "jonas-feld"),  # to whom something is owed
    *("wilhelmina-brandt",),  # as many as the week has room for
    *("desmond-achterberg", "lees/joaquim-teles", "rui-caldeira", "tomasz-wrona", "otto-keller", "florian-tack"),
]


@cache
def settings() -> Settings:
    """The vault's settings, which have no mistake."""
    found, problems = parse_settings((VAULT / "ptcrm.toml").read_text(encoding="utf-8"))
    assert problems == ()
    return found


@cache
def everybody() -> dict[str, Contact]:
    """Id -> contact; no file has a mistake."""
    people = {}
    for path in sorted((VAULT / "contacts").rglob("*.md")):
        id = path.relative_to(VAULT / "contacts").with_suffix("").as_posix()
        data = path.read_bytes()
        text, encoding = decode(data)
        parsed = parse(Source(id, f"contacts/{id}.md", data, text, encoding), settings().kind_table)
        assert parsed.problems == ()
        people[id] = parsed.contact
    return people


def standing(id: str, on: date = THE_DAY) -> Standing:
    """Where somebody stands on a day."""
    return stand(facts_of(everybody()[id], settings().kind_table), Rules(settings()), on)


def row(id: str) -> due.DueRow:
    """Somebody's line of the due list."""
    people = everybody().values()
    offers = tuple(due_words.Offer(one.id, one.name, offer) for one in people for offer in one.texts("offers"))
    return due.due_row(everybody()[id], standing(id), settings(), THE_DAY, offers)


def numbers_of(id: str) -> numbers.Numbers:
    """Somebody's numbers."""
    return numbers.numbers(touches(everybody()[id], THE_DAY, settings().kind_table), THE_DAY, settings().kind_table)


# --- where everybody stands ----------------------------------------------------------------------------------------


def test_the_table_names_all_28() -> None:
    assert sorted(STANDS) == sorted(everybody())
    assert len(STANDS) == 28


@pytest.mark.parametrize("id", STANDS)
def test_everybody_stands_where_the_story_says(id: str) -> None:
    found = standing(id)
    assert (found.state, found.ratio and round(found.ratio, 2)) == STANDS[id]


@pytest.mark.parametrize("id", STANDS)
def test_what_is_owed_to_whom_is_what_the_story_says(id: str) -> None:
    assert standing(id).owed == OWED.get(id, ())


HIDDEN = {
    "barnaby-crisp": "wholly", "teresa-amaral": "wholly", "leonor-vaz": "snoozed", "magnus-thorn": "paused", "lees/margarida-frost": "plan",
    "jonas-feld": "plan",
}  # fmt: skip


@pytest.mark.parametrize("id", STANDS)
def test_the_hidden_are_those_of_the_story(id: str) -> None:
    assert standing(id).hidden == HIDDEN.get(id, "")


def test_the_due_list_of_the_day_is_in_this_order() -> None:
    listed = [one for one in map(standing, everybody()) if one.listed]
    assert [one.id for one in sorted(listed, key=Standing.order)] == DUE


def test_the_program_lists_the_same(tmp_path: Path) -> None:
    found = json.loads(ptcrm(VAULT, "due", "--all", "--json", home=tmp_path).out)
    assert [one["id"] for one in found["rows"]] == DUE
    assert {one["id"]: (one["state"], one["ratio"]) for one in found["rows"]} == {id: STANDS[id] for id in DUE}
    assert (found["waiting"], found["in_touch_this_week"], found["on_file"], found["problems"]) == (0, 3, 2, [])


def test_the_week_has_room_for_seven_more(tmp_path: Path) -> None:
    found = json.loads(ptcrm(VAULT, "due", "--json", home=tmp_path).out)
    assert ([one["id"] for one in found["rows"]], found["waiting"]) == (DUE[:7], 6)


def test_the_dates_of_the_week_are_these(tmp_path: Path) -> None:
    found = json.loads(ptcrm(VAULT, "due", "--json", home=tmp_path).out)
    assert [(one["on"], one["id"], one["kind"]) for one in found["dates"]] == [
        ("2026-11-21", "sofia-lindqvist", "birthday"),
        ("2026-11-23", "claire-dubarry", "work anniversary"),
        ("2026-11-26", "jonas-feld", "plan"),
        ("2026-12-01", "lees/margarida-frost", "date"),
        ("2026-12-04", "lees/margarida-frost", "plan"),
    ]


def test_check_finds_nothing_at_all(tmp_path: Path) -> None:
    done = ptcrm(VAULT, "check", home=tmp_path)
    assert done.code == 0
    assert (done.out + done.err).strip() == "28 files read: no mistakes, no warnings"


# --- the story -----------------------------------------------------------------------------------------------------


def test_wilhelmina_is_the_first_to_whom_nothing_is_owed() -> None:
    assert DUE[len(OWED)] == "wilhelmina-brandt"


def test_florian_40_days_late_comes_after_everybody_else_who_is_due() -> None:
    florian = standing("florian-tack")
    assert THE_DAY.toordinal() - florian.next == 40
    assert DUE[-1] == "florian-tack"


@pytest.mark.parametrize(
    ("id", "parts"),
    [
        ("sofia-lindqvist", ("turns 50", "today")),
        ("henrique-sal", ("thank", "Mon 2 Nov", "the widow Tavares")),
        ("tomasz-wrona", ("new", "met Thu 19 Nov", "Said three words, all of them right.")),
        ("jonas-feld", ("waiting for your answer", "Wed 18 Nov", "Your move.")),
        ("claire-dubarry", ("10 years in the job", "Mon 23 Nov")),
        ("gaspar-nunes", ("promised", "Wed 18 Nov", "the five empty jars")),
        ("okafor", ("promised", "Fri 20 Nov", "what a bus earns")),
    ],
)
def test_the_hooks_tell_the_story(id: str, parts: tuple[str, ...]) -> None:
    hook = row(id).hook
    assert all(part in hook for part in parts), hook


def test_the_okafors_next_step_as_newcomers_is_6_weeks_after_the_second_time() -> None:
    found = standing("okafor")
    assert (found.newcomer, found.span, date.fromordinal(found.next)) == (2, 42, date(2026, 12, 29))


def test_otto_comes_back_a_week_after_the_second_call_to_nobody() -> None:
    days = [standing("otto-keller", date(2026, 11, on)).listed for on in (11, 12, 18, 19)]
    assert days == [True, False, False, True]


def test_priya_is_not_due_but_her_rhythm_broke() -> None:
    found = numbers_of("priya-raman")
    assert (found.gap, found.silence, found.drifting) == (21, 60, True)
    assert not standing("priya-raman").listed


def test_jonas_is_seen_every_other_week_and_told_so_with_the_line_to_change() -> None:
    cadence = due_words.rhythm_of(everybody()["jonas-feld"], settings())
    words = numbers.rhythm_words(numbers_of("jonas-feld"), cadence, standing("jonas-feld").span)
    assert words == "in fact about every 2 weeks; to keep to that, write: cadence: 2 weeks"
    assert max(everybody().values(), key=lambda one: len(one.interactions)).id == "jonas-feld"


def test_claire_is_fourteen_mails_and_no_voice() -> None:
    assert [entry.kind for entry in everybody()["claire-dubarry"].interactions] == ["email"] * 14


def test_gaspar_gave_five_times_and_i_once() -> None:
    kinds = Counter(entry.kind for entry in everybody()["gaspar-nunes"].interactions)
    assert (kinds["got"], kinds["gave"]) == (5, 1)


def test_desmond_is_an_old_strong_tie_known_for_19_years() -> None:
    desmond = everybody()["desmond-achterberg"]
    at_his_best = touches(desmond, date(2025, 9, 18))
    assert (numbers.numbers(at_his_best, date(2025, 9, 18)).strength or 0) > 60 or len(at_his_best) >= 10
    assert numbers.known_for(desmond, past(desmond, THE_DAY), THE_DAY) == "known for 19 years"


def test_edmund_has_been_stalled_for_43_days() -> None:
    assert THE_DAY.toordinal() - standing("lees/edmund-pell").last == 43


def test_one_need_of_yukis_is_what_bob_offers() -> None:
    needs = everybody()["yuki-aalto"].texts("needs")
    assert any(due_words.meets(need, offer) for need in needs for offer in everybody()["bob-lee"].texts("offers"))


def test_the_tree_of_referrals_has_four_generations() -> None:
    chain = ["florian-tack"]
    while link := everybody()[chain[-1]].text("referred_by"):
        chain.append(link.strip("[]"))
    assert chain == ["florian-tack", "ines-paredes", "sofia-lindqvist", "rui-caldeira"]


def test_five_now_and_next_are_at_most_five_each() -> None:
    fives = {word: [id for id, one in everybody().items() if word in one.texts("five")] for word in ("now", "next")}
    assert fives == {"now": ["ada-king", "wilhelmina-brandt"], "next": ["bob-lee", "gaspar-nunes", "ingrid-solheim", "yuki-aalto"]}


# --- every feature -------------------------------------------------------------------------------------------------


def test_every_key_of_the_vocabulary_is_used_somewhere() -> None:
    used = {key for one in everybody().values() for key in one.keys}
    assert {key.name for key in KEYS} - used == set()


def test_every_kind_is_used_somewhere_the_vaults_own_too() -> None:
    used = {entry.kind for one in everybody().values() for entry in one.interactions}
    assert {kind.name for kind in (*KINDS, *settings().kinds)} - used == set()


def test_every_field_of_an_entry_is_used_somewhere() -> None:
    used = {key for one in everybody().values() for entry in one.interactions for key, _ in entry.fields}
    assert used >= {"dir", "minutes", "value", "with", "by", "from", "to", "handover", "ref", "touch", "reached"}


def test_every_state_and_every_way_to_be_silent_is_there() -> None:
    found = [standing(id) for id in everybody()]
    assert {one.state for one in found} == {"on-file", "new", "fresh", "soon", "due", "overdue", "lapsed"}
    assert {one.hidden for one in found} >= {"", "wholly", "snoozed", "paused", "plan"}


def test_every_link_leads_to_somebody() -> None:
    known = {one.slug for one in everybody().values()} | set(everybody())
    for one in everybody().values():
        for key in ("knows", "referred_by"):
            for link in one.texts(key):
                if link.startswith("[["):
                    assert link.strip("[]").split("|")[0] in known


def test_all_addresses_are_examples() -> None:
    for one in everybody().values():
        for address in (*one.texts("email"), *one.texts("website"), *one.texts("feeds")):
            assert ".example.com" in address


def test_an_occasion_shared_by_two_stands_in_both_files_under_one_id() -> None:
    shared: dict[str, set[str]] = {}
    for id, one in everybody().items():
        for entry in one.interactions:
            if entry.block_id:
                shared.setdefault(entry.block_id, set()).add(id)
    assert {"ada-king", "bob-lee"} in shared.values()
    assert all(len(people) > 1 for people in shared.values())
