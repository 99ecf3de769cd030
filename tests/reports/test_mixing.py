"""`mix` and `introduce`: each rule on people written in the test, and the whole of it against a second reckoning on the example vault."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import shutil
from collections import Counter
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from plaintextcrm.core.model import Contact
from plaintextcrm.core.settings_text import parse
from tests.inside import inside
from tests.make import contact, vault
from tests.reports import oracle_people
from tests.reports.oracle_people import Somebody
from tests.reports.people import ids, row, told

EXAMPLE = Path(__file__).parent.parent.parent / "example-vault"
LETTERS = Path(__file__).parent.parent / "data" / "letters"
DAYS = ["2013-05-01", "2022-03-01", "2026-03-12", "2026-11-21", "2027-06-01"]


def by(found: Any, dimension: str) -> dict[str, object]:
    return dict(next(one for one in found.tables[0].rows if one["by"] == dimension))


def people(key: str, *values: str) -> list[Contact]:
    return [contact(*([f"{key}: {value}"] if value else []), id=f"p{at}") for at, value in enumerate(values)]


# --- mix: how mixed ------------------------------------------------------------------------------------------------


def test_the_sum_of_squared_shares_says_how_often_two_agree():
    found = by(told("mix", *people("company", "Acme", "Acme", "Bolt", "Cord", "")), "company")
    assert (found["known"], found["values"], found["largest"], found["people"], found["percent"]) == (4, 3, "Acme", 2, 50)
    assert (found["squares"], found["as_if"]) == (0.375, 2.7)  # (1/2)² + (1/4)² + (1/4)²


def test_case_and_accents_are_one_value_shown_as_most_spell_it():
    found = by(told("mix", *people("role", "Notary", "notary", "Notary", "Juriste", "jurisTE")), "role")
    assert (found["largest"], found["people"], found["values"]) == ("Notary", 3, 2)


def test_two_names_of_one_place_are_one_place():
    settings, _ = parse('[places]\nPorto = ["Oporto"]\n')
    found = by(told("mix", *people("location", "Porto", "oporto", "Lisbon"), settings=settings), "location")
    assert (found["largest"], found["people"], found["values"]) == ("Porto", 2, 2)


def test_who_is_in_two_groups_counts_in_both():
    found = by(told("mix", *people("groups", "[client, board]", "[client]")), "group")
    assert (found["known"], found["largest"], found["people"], found["percent"]) == (2, "client", 2, 67)


def test_who_is_in_two_groups_is_one_person_of_whom_it_is_known():
    found = told("mix", *people("groups", "[client, board]", "[client]", "[client, choir]"))
    assert found.sentences[0].startswith("The least mixed is group: 3 of 3 say client.")


def test_how_we_met_is_through_whom_else_in_which_words():
    one = contact("name: Ann", "met_at: the night train", 'referred_by: "[[bob]]"', id="ann")
    found = told("mix", one, contact("name: Bob Lee", "met_at: the night train", id="bob"), contact("referred_by: an aunt", id="cy"))
    assert by(found, "how we met")["values"] == 3
    assert by(told("mix", one, contact("name: Bob Lee", id="bob")), "how we met")["largest"] == "through Bob Lee"


def test_whoever_is_gone_or_not_asked_about_is_not_counted():
    crowd = [contact("company: Acme", id="a"), contact("company: Acme", "status: archived", id="b"), contact("company: Bolt", id="c")]
    assert by(told("mix", *crowd), "company")["known"] == 2
    assert by(told("mix", *crowd, asked={"a", "b"}), "company")["known"] == 1


def test_a_filter_that_lets_nobody_through_is_not_an_empty_vault():
    assert told("mix", contact(id="a"), asked=set()).sentences == ("The filter lets nobody through.",)
    assert told("referrals", contact(id="a"), asked=set()).sentences == ("The filter lets nobody through.",)


# --- mix: groups, kinds, mail --------------------------------------------------------------------------------------


def test_a_group_has_its_people_their_warmth_and_whom_they_sent():
    a = contact("groups: [client]", "cadence: 10d", "referred_by: x", "- 2026-11-11 call: x", "- 2026-01-01 referral-in: z", id="a")
    b = contact("groups: [Client]", "cadence: 10d", "referred_by: X", "- 2026-11-21 call: x", id="b")
    table = told("mix", a, b, contact("groups: [client]", id="c"), contact(id="d")).tables[2]
    assert [dict(one) for one in table.rows] == [
        {"group": "client", "people": 3, "freshness": 75, "sent": 1, "through": 2, "found": None},
    ]  # fmt: skip
    assert "One person is in no group." in table.sentence


def test_kinds_are_counted_by_tier_and_owner_over_the_last_year():
    a = contact("tier: A", "owner: lee", "- 2025-11-21 lunch: too old", "- 2025-11-22 lunch: x", "- 2026-01-01 email: x", id="a")
    b = contact("tier: a", "- 2026-01-02 call: x", "- 2026-01-03 x", "- 2026-01-04 note: x", "- 2026-12-01 call: not yet", id="b")
    rows = {str(one["whose"]): dict(one) for one in told("mix", a, b).tables[3].rows}
    assert list(rows) == ["tier A", "owner lee"]
    assert rows["tier A"] | {"whose": ""} == {
        "whose": "", "people": 2, "contacts": 4, "in_person": 25, "voice": 25, "writing": 25, "giving": 0, "other": 25,
    }  # fmt: skip
    assert rows["owner lee"]["contacts"] == 2


def test_one_occasion_of_two_people_is_one_contact_of_their_tier():
    crowd = [contact("tier: A", "- 2026-01-01 lunch: all ^abc123", id=id) for id in "ab"]
    assert told("mix", *crowd).tables[3].rows[0]["contacts"] == 1


@pytest.mark.parametrize(
    ("log", "listed"),
    [
        (("email", "letter", "text"), True),
        (("email", "letter", "call"), False),
        (("email", "letter"), False),
        (("email", "letter", "note"), False),
        (("email", "letter", "text", "note"), True),
        (("email", "letter", "card", "gave"), False),
    ],
)
def test_who_only_ever_gets_mail_has_three_contacts_and_none_by_voice_or_in_person(log: tuple[str, ...], listed: bool):
    one = contact(*(f"- 2026-01-0{at} {kind}: x" for at, kind in enumerate(log, 1)), id="one")
    assert ids(told("mix", one), 5) == (["one"] if listed else [])


# --- mix: bridges and doors ----------------------------------------------------------------------------------------


def chain(*names: str) -> list[Contact]:
    pairs = dict(zip(names, names[1:], strict=False))
    return [contact(f"name: {name}", *([f'knows: ["[[{pairs[name]}]]"]'] if name in pairs else []), id=name) for name in names]


def test_a_bridge_is_who_alone_joins_two_parts_and_the_smaller_ones_are_cut_off():
    found = told("mix", *chain("a", "b", "c", "d"))
    assert [(one["id"], one["cut"], one["rest"], one["apart"]) for one in found.tables[5].rows] == [("b", 1, 2, "a"), ("c", 1, 2, "d")]
    assert "Of 3 ties between people 3 are the only way" in found.tables[5].sentence


def test_whoever_is_gone_joins_nobody():
    crowd = chain("a", "b", "c")
    crowd[1] = contact('knows: ["[[c]]"]', "status: deceased", id="b")
    assert ids(told("mix", *crowd), 6) == []


def test_a_circle_has_no_bridge():
    crowd = [contact(f'knows: ["[[{other}]]"]', id=id) for id, other in (("a", "b"), ("b", "c"), ("c", "a"))]
    assert ids(told("mix", *crowd), 6) == []


def test_the_door_to_somebody_not_met_is_the_warmest_who_knows_them():
    warm = contact("name: Warm", 'knows: ["[[new]]"]', "cadence: 1m", "- 2026-11-20 call: x", id="warm")
    cold = contact("name: Cold", 'knows: ["[[new]]"]', "cadence: 1m", "- 2026-01-20 call: x", id="cold")
    found = told("mix", warm, cold, contact("name: New", id="new"), contact("name: Far", id="far")).tables[6].rows
    assert [(one["missing"], one["id"], one["over"]) for one in found] == [("New", "warm", "New")]


def test_what_lies_ahead_and_a_group_of_one_are_missing():
    settings, _ = parse('[me]\nahead = "an office in Porto, by spring"\n')
    one = contact("name: One", "location: Porto", "groups: [board]", "- 2026-11-20 call: x", id="one")
    other = contact("name: Two", "location: Port", "- 2026-11-20 call: x", id="two")
    found = told("mix", one, other, settings=settings).tables[6].rows
    assert [(one["missing"], one["why"], one["id"], one["over"]) for one in found] == [
        ("Porto", "it lies ahead, 1 person there", "one", None), ("group board", "only one of it", "one", None),
    ]  # fmt: skip


# --- introduce -----------------------------------------------------------------------------------------------------

NEEDS = contact("name: Yuki", "needs: [a desk in Porto]", id="yuki")
OFFERS = contact("name: Bob", "offers: [desk]", id="bob")


def pairs(*crowd: Contact, table: int = 1, **more: Any) -> list[tuple[object, object]]:
    return [(one["id"], one["other_id"]) for one in told("introduce", *crowd, **more).tables[table - 1].rows]


def test_who_needs_meets_who_offers_it_and_both_get_their_words():
    found = told("introduce", NEEDS, OFFERS)
    first = row(found, "yuki")
    assert (first["other_id"], first["need"], first["offer"]) == ("bob", "a desk in Porto", "desk")
    assert first["write"] == "Bob offers desk. May I bring you together?"
    assert first["write_other"] == "Yuki needs a desk in Porto. May I bring you together?"
    assert [step.command for step in found.steps] == [
        "ptcrm write yuki",
        "ptcrm write bob",
        'ptcrm log yuki,bob introduced "To each other"',
    ]


@pytest.mark.parametrize(
    "line",
    [
        'knows: ["[[yuki]]"]',
        'referred_by: "[[yuki]]"',
        "- 2026-01-01 introduced: To [[yuki]].",
        "- 2026-01-01 referral-out: Sent him [[yuki]].",
    ],
)
def test_those_who_know_each_other_in_any_way_are_not_introduced(line: str):
    assert pairs(NEEDS, contact("name: Bob", "offers: [desk]", line, id="bob")) == []


def test_an_introduction_still_ahead_has_not_happened():
    assert pairs(NEEDS, contact("offers: [desk]", "- 2026-12-01 introduced: To [[yuki]].", id="bob")) == [("yuki", "bob")]


def test_people_of_one_firm_oneself_and_the_dead_are_not_introduced():
    assert pairs(contact("company: Acme", "needs: [desk]", id="a"), contact("company: ACME", "offers: [desk]", id="b")) == []
    assert pairs(contact("needs: [desk]", "offers: [desk]", id="a")) == []
    assert pairs(NEEDS, contact("offers: [desk]", "status: deceased", id="b")) == []
    assert pairs(NEEDS, contact("offers: [desk]", "do_not_contact: true", id="b")) == []


def test_half_a_match_is_none_and_small_words_match_nothing():
    assert pairs(NEEDS, contact("offers: [a desk in Lisbon]", id="b")) == []
    assert pairs(contact("needs: [the]", id="a"), contact("offers: [the]", id="b")) == []


def test_the_same_hobby_in_the_same_place_is_company():
    settings, _ = parse('[places]\nPorto = ["Gaia"]\n')
    a, b = contact("hobbies: [Sailing]", "location: Porto", id="a"), contact("hobbies: [sailing]", "location: gaia", id="b")
    c, d = contact("hobbies: [sailing]", "location: Faro", id="c"), contact("hobbies: [sailing]", id="d")
    assert pairs(a, b, c, d, table=2, settings=settings) == [("a", "b")]


def test_a_pair_that_has_a_need_is_not_told_twice():
    a = contact("needs: [desk]", "hobbies: [chess]", "location: Faro", id="a")
    b = contact("offers: [desk]", "hobbies: [chess]", "location: Faro", id="b")
    found = told("introduce", a, b)
    assert (len(found.tables[0].rows), len(found.tables[1].rows)) == (1, 0)


def test_of_hundreds_who_offer_the_same_the_three_warmest_are_told():
    crowd = [contact("offers: [desk]", f"- {date(2026, 11, 1) - timedelta(days=20 * at)} call: x", id=f"p{at:02}") for at in range(30)]
    assert [other for _, other in pairs(NEEDS, *crowd)] == ["p00", "p01", "p02"]


def test_a_club_of_hundreds_is_not_paired_off_with_everybody():
    crowd = [contact("hobbies: [golf]", "location: Faro", id=f"p{at:03}") for at in range(200)]
    assert 200 < len(pairs(*crowd, table=2)) <= 600


def test_a_filter_keeps_the_pairs_that_one_of_them_is_in():
    assert pairs(NEEDS, OFFERS, asked={"bob"}) == [("yuki", "bob")]
    assert pairs(NEEDS, OFFERS, contact(id="x"), asked={"x"}) == []


# --- the second reckoning ------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    table = str.maketrans("áéíóúâêôãõçüöä", "aeiouaeoaocuoa")
    return " ".join(text.lower().translate(table).split())


def here(root: Path, day: date) -> list[Somebody]:
    return [one for one in oracle_people.people(root, day) if not one.is_gone]


def keyed(one: Somebody, *keys: str) -> list[str]:
    """The first of several names of one key."""
    return next((one.texts(key) for key in keys if one.texts(key)), [])


@pytest.mark.parametrize("day", DAYS)
def test_the_shares_of_the_example_vault_are_those_of_a_second_reckoning(tmp_path: Path, day: str):
    root = Path(shutil.copytree(EXAMPLE, tmp_path / "v"))
    crowd = here(root, date.fromisoformat(day))
    porto = {"oporto", "vila nova de gaia", "porto"}
    values = {
        "company": [[plain(text) for text in one.texts("company")] for one in crowd],
        "role": [[plain(text) for text in keyed(one, "role", "jobTitle", "job_title", "position", "title")] for one in crowd],
        "location": [
            ["porto" if plain(text) in porto else plain(text) for text in keyed(one, "location", "city", "town", "based_in")]
            for one in crowd
        ],
        "group": [[plain(text) for text in one.texts("groups")] for one in crowd],
    }
    rows = json.loads(inside(root, "report", "mix", "--json", today=day).out)["rows"]
    for found in rows:
        if found["by"] in values:
            counts = Counter(text for some in values[found["by"]] for text in some)
            whole = sum(counts.values())
            squares = sum((count / whole) ** 2 for count in counts.values())
            assert found["known"] == sum(bool(some) for some in values[found["by"]]), found["by"]
            assert (found["values"], found["people"]) == (len(counts), max(counts.values())), found["by"]
            assert math.isclose(found["squares"], squares, abs_tol=0.0006)
            assert math.isclose(found["as_if"], 1 / squares, abs_tol=0.051)
    assert [found["by"] for found in rows] == ["company", "role", "location", "group", "how we met"]


@pytest.mark.parametrize("day", DAYS)
def test_the_kinds_of_the_example_vault_are_those_of_a_second_reckoning(tmp_path: Path, day: str):
    root = Path(shutil.copytree(EXAMPLE, tmp_path / "v"))
    crowd, today = here(root, date.fromisoformat(day)), date.fromisoformat(day)
    whose: dict[str, list[Somebody]] = {}
    for one in crowd:
        for key in ("tier", "owner"):
            for word in one.texts(key):
                whose.setdefault(f"{key} {word}", []).append(one)
    expected = {}
    for name, some in whose.items():
        occasions = {
            (line.on, line.block or (one.id, line.number)): line.kind
            for one in some for line in one.contacts if today - line.on < timedelta(days=365)
        }  # fmt: skip
        in_person = sum(kind in oracle_people.IN_PERSON for kind in occasions.values())
        voice = sum(kind in oracle_people.VOICE - {"podcast"} for kind in occasions.values())
        expected[name] = (
            len(some), len(occasions), *((round(100 * part / len(occasions)) for part in (in_person, voice)) if occasions else (None, None))
        )  # fmt: skip
    rows = json.loads(inside(root, "report", "mix", "--json", today=day).out)["tables"][3]["rows"]
    assert {one["whose"]: (one["people"], one["contacts"], one["in_person"], one["voice"]) for one in rows} == expected


def known_pairs(root: Path, day: date) -> set[frozenset[str]]:
    """Pairs of ids that the files tie together: knows, referred_by, introduced, referrals, one block id on one day; the dead, too."""
    crowd = oracle_people.people(root, day)
    slugs = {one.id.split("/")[-1]: one.id for one in crowd}
    found, tables = set(), {}
    for one in crowd:
        lines = (root / "contacts" / f"{one.id}.md").read_text("utf-8").split("---\n", 2)[2].split("\n")
        told_of = [*one.texts("knows")]
        if not (one.day("met") and one.day("met") > day):  # type: ignore[operator]
            told_of += one.texts("referred_by")
        told_of += [lines[line.number] for line in one.log if line.kind in ("introduced", "referral-in", "referral-out")]
        found |= {frozenset((one.id, slugs[link])) for text in told_of for link in re.findall(r"\[\[([\w-]+)", text) if link in slugs}
        for line in one.log:
            if line.block:
                tables.setdefault((line.on, line.block), []).append(one.id)
    return found | {frozenset(pair) for table in tables.values() for pair in combinations(table, 2)}


@pytest.mark.parametrize("day", DAYS)
def test_the_bridges_of_the_example_vault_are_those_whose_loss_cuts(tmp_path: Path, day: str):
    root = Path(shutil.copytree(EXAMPLE, tmp_path / "v"))
    today = date.fromisoformat(day)
    living = {one.id for one in here(root, today)}
    edges = [set(pair) for pair in known_pairs(root, today) if pair <= living and len(pair) == 2]

    def count(people: set[str]) -> int:
        left, parts = set(people), 0
        while left:
            part, parts = {left.pop()}, parts + 1
            while more := {id for edge in edges if edge & part and edge <= people for id in edge} - part:
                part |= more
            left -= part
        return parts

    joined = {id for edge in edges for id in edge}
    expected = {id for id in joined if count(living - {id}) > count(living)}
    rows = json.loads(inside(root, "report", "mix", "--json", today=day).out)["tables"][5]["rows"]
    assert {one["id"] for one in rows} == expected


@pytest.mark.parametrize("day", DAYS)
def test_the_introductions_of_the_example_vault_are_those_of_a_second_reckoning(tmp_path: Path, day: str):
    root = Path(shutil.copytree(EXAMPLE, tmp_path / "v"))
    (root / "contacts" / "ana-prata.md").write_text(
        "---\nname: Ana Prata\nlocation: Lisbon\nhobbies: [chess, rain, sailing]\noffers: [rain]\n---\n"
    )
    today = date.fromisoformat(day)
    tied = known_pairs(root, today)
    small = {"a", "an", "in", "the", "for", "of", "with", "who", "to", "is", "not", "on"}

    def words(text: str) -> set[str]:
        return {word for word in re.findall(r"\w+", plain(text)) if len(word) > 2 and word not in small}

    needs, company, crowd = set(), set(), here(root, today)
    for a in crowd:
        for b in crowd:
            firm = a.texts("company") and a.texts("company") == b.texts("company")
            if a.id == b.id or firm or frozenset((a.id, b.id)) in tied:
                continue
            for need in a.texts("needs"):
                if any(words(need) <= words(offer) or words(offer) <= words(need) for offer in b.texts("offers")):
                    needs.add((a.id, b.id))
            alike = {plain(text) for text in a.texts("hobbies")} & {plain(text) for text in b.texts("hobbies")}
            if alike and a.id < b.id and a.texts("location") and a.texts("location") == b.texts("location"):
                company.add((a.id, b.id))
    company -= {tuple(sorted(pair)) for pair in needs}  # type: ignore[arg-type]
    tables = json.loads(inside(root, "report", "introduce", "--json", today=day).out)["tables"]
    assert {(one["id"], one["other_id"]) for one in tables[0]["rows"]} == needs
    assert {(one["id"], one["other_id"]) for one in tables[1]["rows"]} == company
    assert needs
    assert company


# --- the letters of 1885 to 1931 -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = vault(tmp_path_factory.mktemp("letters") / "v", {}, '[git]\ncommit = false\n[due]\ndefault_cadence = "6 months"\n')
    said = inside(root, "import", str(LETTERS / "people.csv"), str(LETTERS / "letters.csv"), "--yes", today="1890-01-01")
    assert said.code == 0, said.err
    return root


@pytest.mark.parametrize("day", ["1884-06-01", "1890-06-30", "1905-01-01", "1931-10-21"])
def test_the_letters_are_only_ever_in_writing_by_a_second_reckoning(letters: Path, day: str):
    today = date.fromisoformat(day)
    with (LETTERS / "letters.csv").open(encoding="utf-8", newline="") as file:
        written = Counter(one["person_id"] for one in csv.DictReader(file) if one["date"] <= day)
    with (LETTERS / "people.csv").open(encoding="utf-8", newline="") as file:
        people_ = {one["person_id"]: one for one in csv.DictReader(file)}
    living = {id for id, one in people_.items() if not _died_by(one["death"], today)}
    shown = inside(letters, "report", "mix", "--json", today=day)
    assert shown.code == 0
    data = json.loads(shown.out)
    uid = {row["id"]: row["uid"] for row in json.loads(inside(letters, "list", "--json", today=day).out)["rows"]}
    mine = {uid[row["id"]]: row["contacts"] for row in data["tables"][4]["rows"]}
    assert mine == {id: count for id, count in written.items() if id in living and count >= 3}
    places = Counter(people_[id]["usual_place"] for id in living if people_[id]["usual_place"])
    location = next((row for row in data["rows"] if row["by"] == "location"), None)
    assert location is not None
    assert (location["known"], location["values"], location["people"]) == (sum(places.values()), len(places), max(places.values()))


def _died_by(text: str, today: date) -> bool:
    """Whether somebody is dead on that day; of a year or a month alone its last day counts."""
    if not text:
        return False
    year, *rest = map(int, text.split("-"))
    if len(rest) == 2:
        return date(year, *rest) <= today
    end = date(year + (not rest or rest[0] == 12), 1 if not rest else rest[0] % 12 + 1, 1) - timedelta(days=1)
    return end <= today


# --- the commands --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "words"), [("mix", "Wilhelmina Brandt"), ("introduce", "ptcrm log yuki-aalto,bob-lee introduced")])
def test_the_example_vault_at_eighty_columns_and_in_every_format(tmp_path: Path, name: str, words: str):
    root = Path(shutil.copytree(EXAMPLE, tmp_path / "v"))
    shown = inside(root, "report", name, "--format", "table")
    assert shown.code == 0
    assert max(map(len, shown.out.split("\n"))) <= 80
    assert words in shown.out
    table = list(csv.DictReader(io.StringIO(inside(root, "report", name, "--format", "csv").out)))
    assert table
    assert json.loads(inside(root, "report", name, "--json").out)["schema"] == f"ptcrm.report.{name}/1"


def test_the_command_after_an_introduction_takes_the_pair_off_the_list(tmp_path: Path):
    root = Path(shutil.copytree(EXAMPLE, tmp_path / "v"))

    def told_of() -> list[tuple[str, str]]:
        return [(one["id"], one["other_id"]) for one in json.loads(inside(root, "report", "introduce", "--json").out)["rows"]]

    assert ("yuki-aalto", "bob-lee") in told_of()
    assert inside(root, "log", "yuki-aalto,bob-lee", "introduced", "To each other").code == 0
    assert ("yuki-aalto", "bob-lee") not in told_of()


@pytest.mark.parametrize("name", ["mix", "introduce"])
@pytest.mark.parametrize("files", [{}, {"ada": "---\nname: Ada\n---\n"}], ids=["nobody", "one person"])
def test_an_empty_vault_and_one_of_one_person_are_told_honestly(tmp_path: Path, name: str, files: dict[str, str | bytes]):
    shown = inside(vault(tmp_path / "v", files), "report", name, "--format", "table")
    assert shown.code == 0
    assert shown.err == ""
    assert len(shown.out.split("\n")) > 8
    assert {"mix": ("nobody here yet", "too little")[len(files)], "introduce": "It takes two"}[name] in shown.out
