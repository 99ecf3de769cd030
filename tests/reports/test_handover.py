"""`report handover`: one relation at a time, the whole against a second reckoning, and the command."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from plaintextcrm.core.colleagues import Colleagues
from plaintextcrm.core.handover import HandoverStep, Passing, next_step, passing
from plaintextcrm.core.model import Contact
from plaintextcrm.core.reports.handover import handover
from plaintextcrm.core.reports.network import Network
from plaintextcrm.core.reports.shapes import Report
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.settings_text import parse
from plaintextcrm.core.standing import facts_of
from tests.inside import inside
from tests.make import TODAY, contact, vault
from tests.reports import oracle_people

EXAMPLE = Path(__file__).parents[2] / "example-vault"
TEAM = """
[team.lee]
name = "Lee Fontaine"
leaves = 2027-03-31
[team.noor]
name = "Noor Castellan"
[team.marta]
name = "Marta Quill"
"""


def settings(text: str = TEAM) -> Settings:
    found, problems = parse(text)
    assert problems == ()
    return found


def network(*people: Contact, text: str = TEAM, today: date = TODAY) -> Network:
    rules = settings(text)
    return Network([(one, facts_of(one, rules.kind_table)) for one in people], rules, today)


def passed(*lines: str, text: str = TEAM) -> Passing:
    found = passing(contact(*lines), Colleagues(settings(text)), TODAY)
    assert found
    return found


def step(*lines: str, text: str = TEAM) -> HandoverStep:
    found = next_step(contact(*lines), settings(text), TODAY)
    assert found
    return found


TO_NOOR = ("owner: lee", "successor: noor")


# --- how far one relation is ---------------------------------------------------------------------------------------


def test_a_relation_of_somebody_who_stays_is_not_passed_on():
    assert passing(contact("owner: marta", "- 2026-11-01 call"), Colleagues(settings()), TODAY) is None


def test_a_relation_of_nobody_is_not_passed_on():
    assert passing(contact("successor: noor"), Colleagues(settings()), TODAY) is None


def test_whoever_leaves_without_a_successor_is_at_risk():
    assert passed("owner: lee", "- 2026-11-01 call").stage == "no successor"


def test_a_successor_counts_also_where_no_day_of_leaving_is_known():
    assert passed("owner: marta", "successor: noor").stage == "named"


def test_a_successor_who_is_the_owner_is_none():
    assert passed("owner: lee", "successor: Lee Fontaine").stage == "no successor"


@pytest.mark.parametrize(
    ("entries", "stage"),
    [
        (["- 2026-10-01 lunch [by:: lee]"], "named"),
        (["- 2026-10-01 lunch [by:: lee] [with:: noor]"], "met"),
        (["- 2026-10-01 lunch [with:: noor]"], "met"),  # who spoke is not said: the owner
        (["- 2026-10-01 lunch [by:: noor] [with:: lee]"], "met"),
        (["- 2026-10-01 lunch [by:: lee, noor]"], "met"),
        (["- 2026-10-01 lunch [with:: Noor Castellan]"], "met"),
        (["- 2026-09-01 lunch [with:: noor]", "- 2026-10-01 lunch [with:: marta, noor]"], "joint"),
        (["- 2026-09-01 lunch [with:: noor]", "- 2026-10-01 call [by:: noor]"], "led"),
        (["- 2026-10-01 call [by:: noor]", "- 2026-10-02 lunch [with:: noor]"], "led"),  # never backwards
        (["- 2026-10-01 call [by:: noor] [dir:: in]"], "trusted"),
        (["- 2026-10-01 call [by:: noor] [with:: lee] [dir:: in]"], "met"),  # they came to both
        (["- 2026-10-01 call [by:: marta]"], "named"),
    ],
)
def test_the_stage_is_the_furthest_that_the_log_shows(entries: Sequence[str], stage: str):
    assert passed(*TO_NOOR, *entries).stage == stage


@pytest.mark.parametrize(
    "entry",
    [
        "- 2026-12-04 lunch [with:: noor]",  # to come
        "- [ ] 2026-11-01 lunch [with:: noor]",  # planned, never done
        "- 2026-11-01 note [with:: noor]",  # no contact
        "- 2026-11-01 call [with:: noor] [reached:: no]",
    ],
)
def test_what_is_no_contact_brings_nobody_further(entry: str):
    assert passed(*TO_NOOR, entry).stage == "named"


def test_a_handover_entry_ends_it_and_the_credit_stays():
    found = passed("owner: noor", "- 2026-10-30 handover: Done. [from:: lee] [to:: noor]")
    assert (found.stage, found.owner, found.successor, found.moved) == ("handed over", "lee", "noor", date(2026, 10, 30))


def test_a_handover_that_the_owner_key_does_not_know_of_is_done_all_the_same():
    assert passed(*TO_NOOR, "- 2026-10-30 handover [from:: lee] [to:: noor]").stage == "handed over"


def test_a_handover_of_a_day_to_come_is_not_done():
    assert passed(*TO_NOOR, "- 2026-11-30 handover [from:: lee] [to:: noor]").stage == "named"


def test_a_second_handover_begins_anew_after_the_first():
    lines = ("owner: noor", "successor: marta", "- 2026-01-30 handover [from:: lee] [to:: noor]")
    assert passed(*lines).stage == "named"
    assert passed(*lines, "- 2026-02-01 lunch [with:: marta]").stage == "met"


def test_before_a_handover_an_entry_that_names_nobody_was_the_old_owners():
    lines = ("owner: noor", "successor: marta", "- 2025-05-05 lunch [with:: marta]", "- 2026-01-30 handover [from:: lee] [to:: noor]")
    assert passed(*lines).stage == "led"  # Marta was there with Lee, not with Noor


def test_a_first_owner_who_was_nobody_hands_nothing_over():
    assert passing(contact("owner: noor", "- 2026-10-30 handover [to:: noor]"), Colleagues(settings()), TODAY) is None


def test_days_are_counted_from_the_successor_or_a_note_else_from_the_last_contact():
    lunch = "- 2026-11-20 lunch [by:: lee]"
    assert step(*TO_NOOR, lunch).days == 1
    assert step(*TO_NOOR, "- 2026-09-01 lunch [with:: noor]", lunch).days == 81
    assert step(*TO_NOOR, "- 2026-09-01 lunch [with:: noor]", "- 2026-10-01 note: Told her. [handover:: to mend]", lunch).days == 51
    assert step(*TO_NOOR).days is None


def test_thirty_days_without_a_sign_is_standing_still():
    assert not step(*TO_NOOR, "- 2026-10-23 lunch [with:: noor]").stalled
    assert step(*TO_NOOR, "- 2026-10-22 lunch [with:: noor]").stalled


# --- what each side does next --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entries", "owner_does", "successor_does", "command"),
    [
        ([], "brings Noor along", "reads the file first", "ptcrm log ada meeting --with noor"),
        (["- 2026-10-01 lunch [with:: noor]"], "brings Noor a second time", "writes a line of thanks", "ptcrm log ada meeting --with noor"),
        (["- 2026-10-01 lunch [with:: noor]", "- 2026-10-02 lunch [with:: noor]"], "lets Noor ring", "rings, alone", "ptcrm log ada call"),
        (["- 2026-10-01 call [by:: noor]"], "stays away, and says so", "keeps the rhythm", "ptcrm log ada call --in"),
        (["- 2026-10-01 call [by:: noor] [dir:: in]"], "bows out", "takes over", "ptcrm handover ada noor"),
    ],
)
def test_each_stage_says_what_each_side_does_next(entries: Sequence[str], owner_does: str, successor_does: str, command: str):
    found = step(*TO_NOOR, *entries)
    assert (found.owner_does, found.successor_does, found.command) == (owner_does, successor_does, command)
    assert found.leaves_in == 130


@pytest.mark.parametrize(
    ("entries", "successor_does", "command"),
    [
        ([], "makes the first contact", "ptcrm log ada call"),
        (["- 2026-10-01 lunch [with:: noor]"], "rings, alone", "ptcrm log ada call"),
        (["- 2026-10-01 lunch [with:: noor]", "- 2026-10-02 lunch [with:: noor]"], "rings, alone", "ptcrm log ada call"),
        (["- 2026-10-01 call [by:: noor] [dir:: in]"], "takes over", "ptcrm handover ada noor"),
    ],
)
def test_once_the_owner_has_left_all_is_the_successors_to_do(entries: Sequence[str], successor_does: str, command: str):
    ada = contact(*TO_NOOR, *entries)
    last_day = next_step(ada, settings(), date(2027, 3, 31))
    assert last_day
    assert last_day.owner_does != "has left"
    found = next_step(ada, settings(), date(2027, 4, 1))
    assert found
    assert (found.owner_does, found.successor_does, found.command, found.leaves_in) == ("has left", successor_does, command, -1)


def test_without_a_successor_whoever_knows_them_best_is_named():
    entries = ["- 2026-01-01 lunch [with:: marta]", "- 2026-02-01 lunch [with:: marta]", "- 2026-03-01 lunch [with:: noor]"]
    assert step("owner: lee", *entries).command == "ptcrm set ada successor=marta"
    assert step("owner: lee").command == "ptcrm edit ada"


def test_without_a_successor_the_only_colleague_left_is_named():
    two = '[team.lee]\nleaves = "2027-03"\n[team.noor]\n'
    assert step("owner: lee", text=two).command == "ptcrm set ada successor=noor"


@pytest.mark.parametrize("key", ["do_not_contact: true", "status: archived", "status: deceased"])
def test_nobody_steps_towards_whoever_is_not_to_be_turned_to(key: str):
    assert next_step(contact(*TO_NOOR, key), settings(), TODAY) is None


def test_what_is_handed_over_has_no_next_step():
    assert next_step(contact("owner: noor", "- 2026-10-30 handover [from:: lee] [to:: noor]"), settings(), TODAY) is None


def test_a_step_is_said_in_one_line():
    us = Colleagues(settings())
    assert step(*TO_NOOR).words(us) == "handover, named: Lee brings Noor along; Noor reads the file first"
    assert step("owner: lee").words(us) == "handover: Lee says who could follow"


def test_two_colleagues_of_one_first_name_are_called_by_both_names():
    us = Colleagues(settings('[team.a]\nname = "Lee Fontaine"\n[team.b]\nname = "Lee Marsh"\n[team.c]\nname = "Noor Castellan"\n'))
    assert (us.name("a"), us.name("c")) == ("Lee Fontaine", "Noor")


# --- the report ----------------------------------------------------------------------------------------------------


def table(found: Report, title: str) -> Sequence[Any]:
    return next(one.rows for one in found.tables if one.title == title)


def test_the_first_line_is_the_case():
    people = [
        contact("owner: lee", "coi: true", id="a"), contact("owner: lee", "- 2020-01-01 referral-in", id="b"), contact("owner: lee", id="c"),
        contact("owner: lee", "status: deceased", id="d"), contact("owner: marta", id="e"),
    ]  # fmt: skip
    assert handover(network(*people)).sentences[0] == "Lee leaves in 130 days; 3 people would go quiet, 2 of them send us work."


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (date(2027, 3, 30), "Lee leaves in 1 day; 1 person would go quiet, who sends us work."),
        (date(2027, 3, 31), "Lee leaves today; 1 person would go quiet, who sends us work."),
        (date(2027, 4, 10), "Lee left 10 days ago; 1 person would go quiet, who sends us work."),
    ],
)
def test_the_case_is_told_to_the_last_day_and_after_it(today: date, words: str):
    assert handover(network(contact("owner: lee", "coi: true"), today=today)).sentences[0] == words


def test_ranked_by_tier_then_coi_then_value_then_strength_then_id():
    many = [f"- 2026-{month:02}-01 lunch" for month in range(5, 11)]
    people = [
        contact("owner: lee", "tier: C", "coi: true", id="f"),
        contact("owner: lee", "tier: B", id="e"),
        contact("owner: lee", "tier: B", id="d"),
        contact("owner: lee", "tier: B", *many, id="strong"),
        contact("owner: lee", "tier: B", "- 2020-01-01 referral-in [value:: 3000]", "- 2020-02-01 referral-in [value:: 9,000]", id="rich"),
        contact("owner: lee", "tier: B", "coi: true", id="coi"),
        contact("owner: lee", "tier: A", id="top"),
    ]
    found = handover(network(*people))
    assert [row["id"] for row in found.tables[0].rows] == ["top", "coi", "rich", "strong", "d", "e", "f"]
    assert {row["id"]: row["value"] for row in table(found, "Worth keeping")}["rich"] == 12000


def test_why_is_asked_for_where_it_is_missing():
    found = handover(network(contact("name: Ada King", "owner: lee"), contact("owner: lee", "why: She counts.", id="b")))
    worth = next(one for one in found.tables if one.title == "Worth keeping")
    assert "not written down of Ada King: ask" in worth.sentence


def test_the_days_left_are_shared_out_among_the_introductions_left():
    people = [contact("owner: lee", id=f"p{place}") for place in range(3)]
    people += [contact(*TO_NOOR, id="named"), contact(*TO_NOOR, "- 2026-11-01 lunch [with:: noor]", id="met")]
    (row,) = table(handover(network(*people)), "The time that is left")
    assert (row["people"], row["without"], row["introductions"], row["one_every"]) == (5, 3, 4, "32 days")


def test_more_introductions_than_days_are_no_division_by_nothing():
    people = [contact("owner: lee", id=f"p{place}") for place in range(3)]
    for today in (date(2027, 3, 30), date(2027, 3, 31), date(2028, 1, 1)):
        (row,) = table(handover(network(*people, today=today)), "The time that is left")
        assert row["introductions"] == 3
        assert row["one_every"] == ("day" if today < date(2027, 3, 31) else None)


def test_who_stands_still_comes_with_whom_they_know_better():
    quiet = contact(*TO_NOOR, "- 2026-09-01 lunch [with:: marta]", "- 2026-09-02 lunch [with:: marta]", "- 2026-09-03 call [with:: noor]")
    (row,) = table(handover(network(quiet, contact(*TO_NOOR, "- 2026-11-20 lunch [with:: noor]", id="b"))), "Standing still")
    assert (row["id"], row["days"], row["knows"]) == ("ada", 79, ("Marta",))


def test_pairs_count_everybody_once_handed_over_ones_too():
    people = [
        contact(*TO_NOOR, id="a"), contact(*TO_NOOR, "- 2026-11-01 lunch [with:: noor]", id="b"), contact("owner: lee", "successor: marta", id="c"),
        contact("owner: noor", "- 2026-10-30 handover [from:: lee] [to:: noor]", id="d"), contact("owner: lee", id="e"),
    ]  # fmt: skip
    rows = table(handover(network(*people)), "Pair by pair")
    assert [(row["owner"], row["successor"], row["named"], row["met"], row["handed_over"]) for row in rows] == [
        ("Lee", "Marta", 1, 0, 0), ("Lee", "Noor", 1, 1, 1),
    ]  # fmt: skip


def test_notes_are_newest_first_and_counted():
    people = [
        contact(*TO_NOOR, "- 2026-10-01 lunch: Fine. [handover:: went well]", "- 2026-10-03 lunch [handover:: to mend]", id="a"),
        contact(*TO_NOOR, "- 2026-10-02 lunch: About [[bob-lee]]. [handover:: went well]", id="b"),
    ]
    found = next(one for one in handover(network(*people)).tables if one.title == "What went well, what to mend")
    assert [(row["id"], row["text"]) for row in found.rows] == [("a", None), ("b", "About Bob Lee."), ("a", "Fine.")]
    assert found.sentence.startswith("2 went well, 1 to mend")


def test_a_lead_is_named_and_a_missing_one_asked_for():
    assert "Marta sees to it" in handover(network(contact("owner: lee"), text=f'{TEAM}[handover]\nlead = "marta"\n')).sentences[1]
    assert any("[handover] lead" in one.words for one in handover(network(contact("owner: lee"))).steps)


@pytest.mark.parametrize("text", ["", TEAM])
@pytest.mark.parametrize("people", [(), (contact("name: Ada King"),)])
def test_nobody_to_pass_on_is_said(text: str, people: tuple[Contact, ...]):
    found = handover(network(*people, text=text))
    assert all(not one.rows for one in found.tables if one.title != "The time that is left")
    assert all(one.empty for one in found.tables)
    assert found.sentences
    assert found.steps


# --- a second reckoning --------------------------------------------------------------------------------------------


def there(one: oracle_people.Somebody, line: oracle_people.Line) -> list[str]:
    """Who of us was at an entry: `by`, else the owner of that day; then `with`."""
    later = [
        other
        for other in one.log
        if other.kind == "handover" and (other.on, other.number) > (line.on, line.number) and "from" in other.fields
    ]
    owner = later[0].fields["from"] if later else str(one.keys.get("owner", ""))
    return [*line.fields.get("by", owner).split(", "), *filter(None, line.fields.get("with", "").split(", "))]


def reckoned(root: Path, today: date) -> dict[str, tuple[str, str, str, int | None]]:
    """Id -> (from, to, stage, days) of whatever is still to pass on."""
    leaving = {name for name, mate in oracle_people.settings(root)["team"].items() if "leaves" in mate}
    found = {}
    for one in oracle_people.people(root, today):
        owner, successor = str(one.keys.get("owner", "")), str(one.keys.get("successor", ""))
        done = any(line.kind == "handover" and line.fields.get("to") in (owner, successor) for line in one.log)
        if done or one.is_gone or not (successor or owner in leaving):
            continue
        both = [line for line in one.contacts if successor in there(one, line) and owner in there(one, line)]
        alone = [line for line in one.contacts if successor in there(one, line) and owner not in there(one, line)]
        if not successor:
            stage = "no successor"
        elif [line for line in alone if line.fields.get("dir") == "in"]:
            stage = "trusted"
        elif alone:
            stage = "led"
        else:
            stage = ("named", "met", "joint")[min(2, len(both))]
        signs = [line.on for line in [*both, *alone, *(line for line in one.log if "handover" in line.fields)]]
        signs = signs or [line.on for line in one.contacts]
        found[one.id] = (owner, successor, stage, (today - max(signs)).days if signs else None)
    return found


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("handover") / "example"
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns("site"))
    return root


@pytest.mark.parametrize(
    "day",
    [
        "2016-06-01",
        "2026-05-31",
        "2026-08-26",
        "2026-08-27",
        "2026-10-06",
        "2026-10-07",
        "2026-10-28",
        "2026-11-05",
        "2026-11-21",
        "2027-04-10",
    ],
)
def test_the_working_list_is_what_a_second_reckoning_makes_of_the_files(example: Path, day: str):
    rows = json.loads(inside(example, "report", "handover", "--json", today=day).out)["rows"]
    names = {name: mate["name"].split()[0] for name, mate in oracle_people.settings(example)["team"].items()} | {"": None}
    wanted = {id: (names[a], names[b], stage, days) for id, (a, b, stage, days) in reckoned(example, date.fromisoformat(day)).items()}
    assert {row["id"]: (row["owner"], row["successor"], row["stage"], row["days"]) for row in rows} == wanted
    assert wanted


def test_the_stages_of_the_story_are_seen_in_their_days(example: Path):
    stages = {
        day: reckoned(example, date.fromisoformat(day))["vera-kovac"][2]
        for day in ("2026-08-26", "2026-08-27", "2026-10-06", "2026-10-07", "2026-10-28")
    }
    assert list(stages.values()) == ["named", "met", "joint", "led", "trusted"]


# --- the command ---------------------------------------------------------------------------------------------------


def test_the_table_fits_80_columns_and_ends_in_commands_that_exist(example: Path):
    said = inside(example, "report", "handover", "--format", "table")
    assert said.code == 0
    assert max(map(len, said.out.split("\n"))) <= 80
    assert "Lee leaves in 130 days" in said.out
    assert "ptcrm handover vera-kovac noor" in said.out


def test_a_filter_makes_it_the_working_list_of_one(example: Path):
    rows = json.loads(inside(example, "report", "handover", "owner:lee", "tier:A", "--json").out)["rows"]
    assert [row["id"] for row in rows] == ["lees/edmund-pell", "lees/margarida-frost"]


def test_the_commands_do_what_they_say(example: Path, tmp_path: Path):
    root = tmp_path / "copy"
    shutil.copytree(example, root)
    commands = [row["command"] for row in json.loads(inside(root, "report", "handover", "--json").out)["rows"]]
    for command in commands:
        if not command.startswith("ptcrm edit"):
            assert inside(root, *command.split()[1:]).code == 0, command
    after = {row["id"]: row["stage"] for row in json.loads(inside(root, "report", "handover", "--json").out)["rows"]}
    assert "vera-kovac" not in after  # handed over
    assert after["lees/edmund-pell"] == "met"


def test_csv_has_a_line_for_each(example: Path):
    lines = inside(example, "report", "handover", "--format", "csv").out.splitlines()
    assert lines[0] == "id,name,tier,owner,successor,stage,days,last"
    assert len(lines) == 1 + len(reckoned(example, TODAY))


@pytest.mark.parametrize("files", [{}, {"ada": "---\nname: Ada King\n---\n"}])
def test_an_empty_vault_and_one_of_one_person_are_told_so(tmp_path: Path, files: dict[str, str | bytes]):
    root = vault(tmp_path / "v", files)
    for format_ in ("table", "json", "csv", "md", "plain", "ids"):
        assert inside(root, "report", "handover", "--format", format_).code == 0
    assert "No relation is waiting" in inside(root, "report", "handover", "--format", "table").out
