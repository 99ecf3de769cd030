"""`report team`: one rule each, the whole against a second reckoning, and the command."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from plaintextcrm.core.model import Contact
from plaintextcrm.core.reports.network import Network
from plaintextcrm.core.reports.shapes import Report
from plaintextcrm.core.reports.team import team
from plaintextcrm.core.settings_text import parse
from plaintextcrm.core.standing import facts_of
from tests.inside import inside
from tests.make import TODAY, contact, vault
from tests.reports import oracle_people

EXAMPLE = Path(__file__).parents[2] / "example-vault"
TEAM = '[team.lee]\nname = "Lee Fontaine"\n[team.noor]\nname = "Noor Castellan"\n[team.marta]\nname = "Marta Quill"\n'


def network(*people: Contact, settings: str = TEAM, without: str = "", today: date = TODAY) -> Network:
    rules, problems = parse(settings)
    assert problems == ()
    return Network([(one, facts_of(one, rules.kind_table)) for one in people], rules, today, None, without)


def rows(found: Report, title: str) -> Sequence[Any]:
    return next(one.rows for one in found.tables if one.title == title)


def owner(found: Report, name: str) -> dict[str, Any]:
    return next(dict(row) for row in found.tables[0].rows if row["owner"] == name)


# --- by owner ------------------------------------------------------------------------------------------------------


def test_everybody_of_the_team_has_a_row_also_without_people_and_nobody_comes_last():
    found = team(network(contact("owner: noor"), contact("owner: noor", id="b"), contact(id="c")))
    assert [(row["owner"], row["people"]) for row in found.tables[0].rows] == [("Noor", 2), ("Lee", 0), ("Marta", 0), ("nobody", 1)]
    assert found.sentences[0] == "Noor 2 of 3 people."


@pytest.mark.parametrize("word", ["noor", "Noor", "NOOR CASTELLAN", '"[[noor]]"', "Noor  Castellan"])
def test_an_owner_goes_by_any_of_their_names(word: str):
    assert owner(team(network(contact(f"owner: {word}"))), "Noor")["people"] == 1


def test_freshness_is_warm_cooling_or_cold_and_nothing_without_a_rhythm():
    days = {"a": "2026-11-20", "b": "2026-10-21", "c": "2026-08-01"}
    people = [contact("owner: lee", "tier: A", f"- {day} call", id=id) for id, day in days.items()]
    found = owner(team(network(*people, contact("owner: lee", "- 2020-01-01 call", id="d"))), "Lee")
    assert (found["warm"], found["cooling"], found["cold"], found["highest"], found["people"]) == (1, 1, 1, 3, 4)


def test_kinds_are_those_of_a_year_and_a_review_is_the_newest():
    entries = [
        "- 2025-11-21 lunch",
        "- 2025-11-22 lunch",
        "- 2026-01-01 call",
        "- 2026-01-02 email",
        "- 2026-01-03 A word",
        "- 2026-12-01 lunch",
    ]
    found = owner(team(network(contact("owner: lee", *entries, "- 2026-02-02 review: Keep.", "- 2026-12-02 review"))), "Lee")
    assert (found["in_person"], found["voice"], found["writing"], found["review"]) == (1, 1, 2, date(2026, 2, 2))


def test_one_occasion_of_two_people_of_one_owner_is_one_contact():
    at_table = ("owner: lee", "- 2026-01-01 dinner: Fish. ^k3x9q2", "- 2026-01-01 call")
    people = (contact(*at_table, id="a"), contact(*at_table, id="b"), contact("owner: noor", *at_table[1:], id="c"))
    found = team(network(*people))
    assert [(owner(found, who)["in_person"], owner(found, who)["voice"]) for who in ("Lee", "Noor")] == [(1, 2), (1, 1)]


@pytest.mark.parametrize("key", ["status: archived", "status: deceased", "do_not_contact: yes"])
def test_whoever_is_not_to_be_turned_to_is_looked_after_by_nobody(key: str):
    assert team(network(contact("owner: lee", key))).sentences == ("Nobody is in this vault yet.",)


# --- known by one of us --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entries", "only"),
    [
        (["- 2026-01-01 call"], "Lee"),  # the owner's
        (["- 2026-01-01 call [by:: noor]"], "Noor"),
        (["- 2026-01-01 call [with:: noor]"], None),
        (["- 2026-01-01 call", "- 2026-02-01 call [by:: Noor Castellan]"], None),
        (["- 2026-01-01 call", "- 2026-02-01 note [by:: noor]"], "Lee"),
        (["- 2026-01-01 call", "- 2026-02-01 call [by:: noor] [reached:: no]"], "Lee"),
        (["- 2026-01-01 call", "- 2026-12-01 call [by:: noor]"], "Lee"),
        (["- 2026-01-01 note [by:: lee]"], None),  # nobody was in touch
    ],
)
def test_one_of_us_alone_knows_whom_nobody_else_was_in_touch_with(entries: Sequence[str], only: str | None):
    found = rows(team(network(contact("owner: lee", *entries))), "Known by one of us only")
    assert [row["only"] for row in found] == ([only] if only else [])


def test_an_entry_before_a_handover_was_the_old_owners():
    lines = ["owner: noor", "- 2025-01-01 lunch", "- 2026-01-01 handover [from:: lee] [to:: noor]"]
    assert [row["only"] for row in rows(team(network(contact(*lines))), "Known by one of us only")] == ["Lee"]
    assert rows(team(network(contact(*lines, "- 2026-02-01 call"))), "Known by one of us only") == ()


def test_where_there_is_one_of_us_nobody_is_known_by_one_only():
    found = team(network(contact("- 2026-01-01 call"), settings=""))
    assert rows(found, "Known by one of us only") == ()
    assert found.sentences == ("There is no [team] in ptcrm.toml and nobody has an owner: the one person is yours.",)


def test_owners_without_a_team_are_told_apart_by_their_words():
    found = team(
        network(
            contact("owner: Lee", "- 2026-01-01 call"),
            contact("owner: lee", id="b"),
            contact("owner: Noor", "- 2026-01-01 call", id="c"),
            settings="",
        )
    )
    assert [(row["owner"], row["people"]) for row in found.tables[0].rows] == [("Lee", 2), ("Noor", 1)]
    assert [row["id"] for row in rows(found, "Known by one of us only")] == ["ada", "c"]


# --- firm by firm, nobody's ----------------------------------------------------------------------------------------


def test_a_firm_is_one_however_it_is_spelled():
    people = [
        contact("company: Sal & Filha", "name: A"), contact("company: SAL & FILHA", "name: B", id="b"),
        contact("company: Achterberg", "name: C", "tier: A", id="c"),
    ]  # fmt: skip
    found = rows(team(network(*people)), "Firm by firm")
    assert [(row["company"], row["people"], row["names"]) for row in found] == [("Achterberg", 1, ("C",)), ("SAL & FILHA", 2, ("A", "B"))]


def test_who_of_us_knows_a_firm_is_whoever_was_in_touch_with_anybody_there():
    people = [contact("company: X", "- 2026-01-01 call [by:: lee]"), contact("company: x", "- 2026-01-01 call [by:: noor]", id="b")]
    (row,) = rows(team(network(*people)), "Firm by firm")
    assert row["us"] == ("Lee", "Noor")


def test_nobodys_are_those_without_an_owner_of_the_team():
    people = [contact("owner: zoe"), contact(id="b"), contact("owner: lee", id="c")]
    found = team(network(*people))
    assert [(row["id"], row["owner"]) for row in rows(found, "Nobody's")] == [("ada", "zoe"), ("b", None)]
    assert "not in [team]" in next(one.sentence for one in found.tables if one.title == "Nobody's")


# --- without a colleague -------------------------------------------------------------------------------------------

PEOPLE = (
    contact("owner: lee", "tier: A", "coi: true", "company: One", "- 2026-01-01 call", id="alone"),
    contact("owner: lee", "company: Two", "successor: noor", "- 2026-01-01 call", "- 2026-01-02 call [with:: noor, marta]", "- 2026-01-03 call [by:: noor]", id="shared"),
    contact("owner: noor", "company: Two", "- 2026-01-01 call [by:: lee]", id="other"),
    contact("owner: marta", "company: Three", "- 2026-01-01 call", id="marta"),
    contact("owner: lee", id="silent"),
)  # fmt: skip


def test_without_a_colleague_breaks_what_nobody_else_was_in_touch_with():
    found = team(network(*PEOPLE, without="Lee Fontaine"))
    assert found.sentences == ("Without Lee 3 people would have no owner, and 2 would know none of us; 1 of these sends us work.",)
    assert [row["id"] for row in found.tables[0].rows] == ["alone", "other"]
    assert [(row["id"], row["next"], row["contacts"], row["successor"]) for row in found.tables[1].rows] == [("shared", "Noor", 2, "Noor")]
    assert [row["company"] for row in found.tables[2].rows] == ["One"]
    assert found.steps[-1].command == "ptcrm report handover owner:lee"


def test_without_somebody_whom_nobody_knows_nothing_breaks():
    assert team(network(*PEOPLE, without="zoe")).sentences == ("Nothing would break: Zoe looks after nobody, and is in no entry.",)
    assert team(network(without="lee")).tables[0].rows == ()


# --- what next -----------------------------------------------------------------------------------------------------


def test_the_steps_take_along_whoever_stays_and_ask_about_whoever_leaves():
    leaving = TEAM.replace('"Noor Castellan"\n', '"Noor Castellan"\nleaves = 2027-03-31\n')
    found = team(network(contact(id="c"), contact("owner: lee", "coi: true", "- 2026-01-01 call"), settings=leaving))
    assert [one.command for one in found.steps] == [
        "ptcrm set c owner=lee",
        "ptcrm log ada meeting --with marta",
        "ptcrm report team --without noor",
    ]


@pytest.mark.parametrize("settings", ["", TEAM, "[team.me]\n"])
@pytest.mark.parametrize("people", [(), (contact("name: Ada King"),)])
@pytest.mark.parametrize("without", ["", "lee"])
def test_nobody_or_one_person_is_no_mistake(settings: str, people: tuple[Contact, ...], without: str):
    found = team(network(*people, settings=settings, without=without))
    assert found.sentences
    assert found.steps
    assert all(one.sentence if one.rows else one.empty for one in found.tables)


# --- a second reckoning --------------------------------------------------------------------------------------------


def in_touch(one: oracle_people.Somebody) -> set[str]:
    """Who of us ever was; an entry that names nobody was the owner's of that day."""
    found: set[str] = set()
    for line in one.contacts:
        later = [other for other in one.log if other.kind == "handover" and other.on >= line.on and "from" in other.fields]
        owner = later[0].fields["from"] if later else str(one.keys.get("owner", ""))
        found |= {*line.fields.get("by", owner).split(", "), *line.fields.get("with", "").split(", ")} - {""}
    return found


DAYS = ["2017-06-25", "2024-07-01", "2026-04-08", "2026-04-09", "2026-09-17", "2026-11-21", "2027-02-28"]


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("team") / "example"
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns("site"))
    return root


def living(root: Path, today: date) -> list[oracle_people.Somebody]:
    return [one for one in oracle_people.people(root, today) if not one.is_gone]


@pytest.mark.parametrize("day", DAYS)
def test_owners_are_what_a_second_reckoning_finds(example: Path, day: str):
    today = date.fromisoformat(day)
    wanted = {}
    for name in ("marta", "lee", "noor", ""):
        theirs = [one for one in living(example, today) if str(one.keys.get("owner", "")) == name]
        lines = [(one, line) for one in theirs for line in one.contacts if (today - line.on).days < 365]
        recent = {(line.on, line.block or (one.id, line.number)): line.kind for one, line in lines}.values()
        in_person = sum(kind in oracle_people.IN_PERSON for kind in recent)
        voice = sum(kind in oracle_people.VOICE for kind in recent)
        reviews = [line.on.isoformat() for one in theirs for line in one.log if line.kind == "review"]
        top = sum(one.keys.get("tier") == "A" for one in theirs)
        if theirs:
            wanted[name.capitalize() or "nobody"] = (len(theirs), top, in_person, voice, max(reviews, default=None))
    said = json.loads(inside(example, "report", "team", "--json", today=day).out)["rows"]
    assert {row["owner"]: (row["people"], row["highest"], row["in_person"], row["voice"], row["review"]) for row in said} == wanted


@pytest.mark.parametrize("day", DAYS)
def test_who_is_known_by_one_of_us_is_what_a_second_reckoning_finds(example: Path, day: str):
    wanted = {one.id: next(iter(us)).capitalize() for one in living(example, date.fromisoformat(day)) if len(us := in_touch(one)) == 1}
    said = json.loads(inside(example, "report", "team", "--json", today=day).out)["tables"][1]["rows"]
    assert {row["id"]: row["only"] for row in said} == wanted
    assert wanted


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("gone", ["lee", "marta"])
def test_what_breaks_without_somebody_is_what_a_second_reckoning_finds(example: Path, gone: str, day: str):
    people = living(example, date.fromisoformat(day))
    found = json.loads(inside(example, "report", "team", "--without", gone, "--json", today=day).out)
    assert {row["id"] for row in found["rows"]} == {one.id for one in people if in_touch(one) == {gone}}
    firms = {str(one.keys["company"]).strip("[]") for one in people if one.keys.get("company")}
    lost = {
        firm
        for firm in firms
        if set().union(*(in_touch(one) for one in people if str(one.keys.get("company")).strip("[]") == firm)) == {gone}
    }
    assert {row["company"] for row in found["tables"][2]["rows"]} == lost


# --- the command ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("more", [(), ("--without", "lee"), ("--table", "3")])
def test_the_table_fits_80_columns(example: Path, more: tuple[str, ...]):
    said = inside(example, "report", "team", *more, "--format", "table")
    assert said.code == 0
    assert max(map(len, said.out.split("\n"))) <= 80


def test_csv_has_a_line_for_each_owner(example: Path):
    lines = list(csv.reader(io.StringIO(inside(example, "report", "team", "--format", "csv").out)))
    assert lines[0] == ["owner", "people", "highest", "warm", "cooling", "cold", "in_person", "voice", "writing", "review"]
    assert [line[0] for line in lines[1:]] == ["Marta", "Lee", "Noor", "nobody"]


def test_the_commands_are_ones_that_exist(example: Path):
    for report in (["report", "team"], ["report", "team", "--without", "lee"]):
        for one in json.loads(inside(example, *report, "--json").out)["steps"]:
            words = one["command"].split()[1:]
            assert inside(example, *words, *(["-n"] if words[0] in ("log", "set") else [])).code == 0, words


@pytest.mark.parametrize("files", [{}, {"ada": "---\nname: Ada King\n---\n"}])
def test_an_empty_vault_and_one_of_one_person_are_told_so(tmp_path: Path, files: dict[str, str | bytes]):
    root = vault(tmp_path / "v", files)
    for format_ in ("table", "json", "csv", "md", "plain", "ids"):
        for more in ((), ("--without", "lee")):
            assert inside(root, "report", "team", *more, "--format", format_).code == 0
