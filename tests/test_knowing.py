"""`path` and `who`: the warm way to somebody, and who has to do with a topic."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from plaintextcrm.core import knowing
from plaintextcrm.core.model import Contact
from plaintextcrm.core.settings_text import parse
from tests.inside import Said, inside
from tests.make import contact, vault
from tests.reports import oracle_people
from tests.reports.people import network

EXAMPLE = Path(__file__).parent.parent / "example-vault"
WARM, COLD = "- 2026-11-20 call: x", "- 2025-01-20 call: x"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("knowing") / "v"))


def person(name: str, *lines: str, knows: str = "", company: str = "") -> Contact:
    links = ", ".join(f'"[[{one}]]"' for one in knows.split())
    more = [f"knows: [{links}]"] if knows else []
    return contact(f"name: {name.title()}", "cadence: 1m", *more, *([f"company: {company}"] if company else []), *lines, id=name)


def ways(to: str, *people: Contact, **more: Any) -> list[list[str]]:
    found = network(*sorted(people, key=lambda one: one.id), **more)
    return [[one.id for one in way.people] for way in knowing.path(found, [found.by_id[to]])]


# --- path: the rules -----------------------------------------------------------------------------------------------


def test_whom_one_is_in_touch_with_is_reached_directly():
    assert ways("ada", person("ada", WARM), person("bob", WARM)) == [["ada"]]


def test_somebody_not_met_is_reached_over_who_knows_them_the_warmest_first():
    people = person("ada", COLD, knows="new"), person("bob", WARM, knows="new"), person("new")
    assert ways("new", *people) == [["bob", "new"], ["ada", "new"]]


def test_a_longer_way_is_taken_where_there_is_no_shorter_or_the_shorter_begins_with_somebody_all_but_forgotten():
    others = person("bob", WARM, knows="mid"), person("mid", knows="new"), person("new")
    assert ways("new", person("ada", "- 2026-10-25 call: x", knows="new"), *others) == [["ada", "new"], ["bob", "mid", "new"]]
    assert ways("new", *others) == [["bob", "mid", "new"]]
    assert ways("new", person("ada", COLD, knows="new"), *others) == [["bob", "mid", "new"], ["ada", "new"]]


def test_a_common_firm_leads_there_but_an_acquaintance_leads_there_better():
    people = person("ada", WARM, company="Acme Ltd"), person("bob", WARM, knows="new"), person("new", company="ACME ltd")
    assert ways("new", *people) == [["bob", "new"], ["ada", "new"]]
    found = network(*people)
    assert [[tie.words for tie in way.ties] for way in knowing.path(found, [found.by_id["new"]])] == [["knows"], ["company"]]


def test_three_ways_at_most_and_none_over_somebody_who_begins_a_better_one():
    people = [person(f"p{at}", WARM, knows="new") for at in range(5)]
    assert ways("new", *people, person("new")) == [["p0", "new"], ["p1", "new"], ["p2", "new"]]
    assert ways("new", person("ada", WARM, knows="new"), person("bob", WARM, knows="ada"), person("new")) == [["ada", "new"]]


def test_nobody_dead_archived_or_not_to_be_contacted_is_on_a_way():
    for gone in ("status: deceased", "status: archived", "do_not_contact: true", "died: 2025"):
        assert ways("new", person("ada", WARM, gone, knows="new"), person("new")) == []
        assert ways("new", person("ada", WARM, knows="mid"), person("mid", gone, knows="new"), person("new")) == []


def test_an_acquaintance_still_to_be_made_leads_nowhere_yet():
    assert ways("new", person("ada", WARM, "- 2026-12-01 introduced: To [[new]]."), person("new")) == []
    assert ways("new", person("ada", "- 2026-12-01 lunch: x", knows="new"), person("new")) == []


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("- 2026-11-20 gave: x", "warm, you gave last"), ("- 2026-11-20 got: x", "warm, they gave last"), ("- 2026-11-20 asked: x", "warm, you asked last"),
        ("- 2026-11-20 gift: x [dir:: in]", "warm, they gave last"), ("- 2026-11-20 referral-out: x [dir:: in]", "warm, you gave last"),
        ("- 2026-11-20 asked: x [dir:: in]", "warm, they asked last"),
        ("- 2026-11-20 email: x [dir:: in]", "warm, they began last"), ("- 2026-11-20 email: x [dir:: out]", "warm, you began last"),
        ("- 2026-11-01 call: x", "warm"), ("- 2026-10-10 call: x", "cooling"), ("- 2026-01-01 call: x", "cold"),
    ],
)  # fmt: skip
def test_of_the_first_person_it_says_how_warm_and_whose_turn_it_is(entry: str, words: str):
    found = network(person("ada", entry, knows="new"), contact("name: New", "needs: [a desk]", "offers: [tea]", id="new"))
    assert knowing.way_words(knowing.path(found, [found.by_id["new"]])[0]) == f"you → Ada ({words}) → New, who needs a desk"


def test_without_a_cadence_warmth_halves_in_half_a_year():
    one = network(contact("- 2026-05-25 call: x", id="a"), contact(id="b"))
    assert [knowing.warmth(person) for person in one] == [50, None]


@pytest.mark.parametrize("day", ["2023-06-01", "2026-03-12", "2026-11-21", "2027-06-01"])
def test_the_best_way_of_the_example_vault_is_the_cheapest_of_all_there_are(example: Path, day: str):
    """Prices are reckoned from the files anew, and passed on from each to each as often as there are people."""
    today = date.fromisoformat(day)
    crowd = {one.id: one for one in oracle_people.people(example, today) if not one.is_gone}
    slugs = {id.split("/")[-1]: id for id in crowd}
    data = json.loads(inside(example, "list", "--json", today=day).out)["rows"]
    fresh = {row["id"]: row["freshness"] for row in data}
    tied = _tied(example, today, crowd, slugs)

    def first(id: str) -> float:
        last = max((line.on for line in crowd[id].contacts), default=None)
        if last is None:
            return float("inf")
        warm = fresh[id] if fresh[id] is not None else round(100 * 2 ** (-(today - last).days / 180))
        return 1 + 2 * (1 - warm / 100)

    def step(one: str, other: str) -> float:
        if frozenset((one, other)) in tied:
            return 1.5
        firms = [crowd[id].texts("company") for id in (one, other)]
        return 2.5 if firms[0] and firms[0] == firms[1] else float("inf")

    best = {id: first(id) for id in crowd}
    steps = [(one, other, step(one, other)) for one in crowd for other in crowd if one != other and step(one, other) < 3]
    for _ in crowd:
        for one, other, price in steps:
            best[other] = min(best[other], best[one] + price)
    for aim in ("ingrid-solheim", "tomasz-wrona", "lees/edmund-pell"):
        found = json.loads(inside(example, "path", aim, "--json", today=day).out)["rows"]
        chain = [row["id"] for row in found if row["way"] == 1]
        price = first(chain[0]) + sum(step(one, other) for one, other in pairwise(chain)) if chain else float("inf")
        assert price == pytest.approx(best[aim])
        assert chain[-1:] == [aim] * bool(chain)


def _tied(root: Path, today: date, crowd: dict[str, Any], slugs: dict[str, str]) -> set[frozenset[str]]:
    from tests.reports.test_mixing import known_pairs

    return {pair for pair in known_pairs(root, today) if pair <= set(crowd) and len(pair) == 2}


# --- path: the command ---------------------------------------------------------------------------------------------


def test_the_way_to_the_museum_goes_over_ada(example: Path):
    for word in ("ingrid", "Ingrid Solheim", "museum", "tide weather", "MUSEUM of Tide and Weather"):
        shown = inside(example, "path", word, "--format", "table")
        flat = " ".join(shown.out.split())
        assert "you → Ada King (warm, you gave last) → Ingrid Solheim, who needs tide tables from before the war" in flat
        assert "Ada King and Ingrid Solheim know each other" in flat
        assert "ptcrm show ada-king" in flat
        assert max(map(len, shown.out.split("\n"))) <= 80
        assert shown.code == 0


def test_json_has_one_row_for_each_step(example: Path):
    data = json.loads(inside(example, "path", "ingrid", "--json").out)
    assert data["schema"] == "ptcrm.path/1"
    assert [(row["way"], row["step"], row["id"], row["from"], row["tie"], row["warmth"]) for row in data["rows"]] == [
        (1, 1, "ada-king", None, "in touch", "warm"), (1, 2, "ingrid-solheim", "ada-king", "knows", "not in touch yet"),
    ]  # fmt: skip
    table = list(csv.DictReader(io.StringIO(inside(example, "path", "ingrid", "--format", "csv").out)))
    assert [row["id"] for row in table] == ["ada-king", "ingrid-solheim"]
    assert inside(example, "path", "ingrid", "--format", "ids").out == "ada-king\ningrid-solheim\n"


def test_accents_and_case_of_a_firm_do_not_matter(tmp_path: Path):
    root = vault(tmp_path / "v", {"ana": "---\nname: Ana\ncompany: Padaria São João\n---\n\n## Interactions\n\n- 2026-11-01 call: x\n"})
    assert [inside(root, "path", word, "--format", "ids").out for word in ("padaria sao joao", "SÃO", "joão padaria")] == ["ana\n"] * 3


def test_nobody_of_that_name_is_exit_4_with_what_is_near(example: Path):
    shown = inside(example, "path", "Babbige Mutual")
    assert (shown.code, shown.out) == (4, "")
    assert shown.err == 'nobody is called "Babbige Mutual"; a firm of that name is not known: did you mean Babbage Mutual?\n'
    assert "did you mean ingrid-solheim (Ingrid Solheim)?" in inside(example, "path", "ingrit").err
    assert inside(example, "path", "zzzz").code == 4


@pytest.mark.parametrize(("who", "words"), [("barnaby", "asked not to be contacted"), ("teresa", "has died")])
def test_no_way_is_looked_for_to_whom_nobody_should_go(example: Path, who: str, words: str):
    shown = inside(example, "path", who)
    assert shown.code == 4
    assert words in shown.err


def test_somebody_whom_nobody_knows_is_told_in_a_sentence(tmp_path: Path):
    root = vault(tmp_path / "v", {"new": "---\nname: New Moon\n---\n"})
    shown = inside(root, "path", "new", "--format", "table")
    assert shown.code == 0
    assert "No way to New Moon yet" in shown.out
    piped = inside(root, "path", "new", "--json")
    assert json.loads(piped.out)["rows"] == []
    assert "no way to New Moon yet" in piped.err


# --- who: the rules ------------------------------------------------------------------------------------------------


def reasons(topic: str, *people: Contact, **more: Any) -> list[tuple[str, str, str]]:
    found = knowing.who(network(*sorted(people, key=lambda one: one.id), **more), topic)
    return [(reason.one.id, reason.why, reason.text) for reason in found]


def test_each_group_reads_its_own_keys():
    people = (
        contact("needs: [a desk]", id="a"), contact("hobbies: [desks]", id="b"), contact("tags: [desk]", id="c"), contact("offers: [my desk]", id="d"),
        contact("company: Desk & Co", id="e"), contact("role: Desk officer", id="f"), contact("location: Deskford", id="g"),
        contact("- 2026-01-01 call: About a desk.", id="h"), contact("why: desk", id="i"),
    )  # fmt: skip
    assert [(id, why) for id, why, _ in reasons("desk", *people)] == [
        ("a", "cares"), ("b", "cares"), ("c", "cares"), ("d", "offers"), ("e", "works there"), ("f", "works there"), ("g", "works there"), ("h", "was told"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("topic", "text", "hit"),
    [("sail", "Sailing", True), ("table", "vegetables", False), ("São", "sao tome", True), ("desk porto", "a desk in Porto", True),
     ("desk porto", "a desk in Faro", False), ("c++", "c++ and rust", True)],
)  # fmt: skip
def test_every_word_of_the_topic_begins_a_word_of_the_text(topic: str, text: str, hit: bool):
    assert [why for _, why, _ in reasons(topic, contact(f'needs: ["{text}"]', id="a"))] == (["cares"] if hit else [])


def test_the_warmest_stand_first_and_of_the_log_the_newest():
    people = [contact("hobbies: [golf]", f"- 2026-{month:02}-01 call: golf", id=f"p{month}") for month in (3, 9, 5)]
    assert [id for id, _, _ in reasons("golf", *people)] == ["p9", "p5", "p3"] * 2


def test_the_newest_entry_that_speaks_of_it_is_told_and_none_ahead():
    one = contact(
        "- 2026-01-01 call: golf, old", "- 2026-02-01 call: Golf, new", "- 2026-03-01 call: x", "- 2026-12-01 call: golf, ahead", id="a"
    )
    assert reasons("golf", one) == [("a", "was told", "call: Golf, new")]


def test_a_line_below_an_entry_is_told_without_its_marks():
    one = contact("- 2026-01-01 call: x", "  - [ ] Lend her the golf clubs [due:: 2026-12-01]", id="a")
    assert reasons("golf", one) == [("a", "was told", "Lend her the golf clubs")]


def test_who_could_introduce_is_warmer_with_us_than_whom_they_know():
    new = contact("name: New", "offers: [golf lessons]", id="new")
    warm, cold = person("warm", WARM, knows="new"), person("cold", COLD, knows="warm")
    assert reasons("golf", new, warm, cold) == [("new", "offers", "golf lessons"), ("warm", "could introduce", "New: golf lessons")]
    known = contact("name: New", "cadence: 1m", "offers: [golf lessons]", "- 2026-11-19 call: x", id="new")
    assert [why for _, why, _ in reasons("golf", known, warm)] == ["offers"]


def test_another_name_of_the_place_counts():
    settings, _ = parse('[places]\nPorto = ["Oporto", "Gaia"]\n')
    people = contact("location: Gaia", id="a"), contact("location: Faro", id="b")
    assert [id for id, _, _ in reasons("oporto", *people, settings=settings)] == ["a"]


def test_nobody_dead_archived_or_not_to_be_contacted_is_named():
    for gone in ("status: deceased", "status: archived", "do_not_contact: true"):
        assert reasons("golf", contact("hobbies: [golf]", gone, "- 2026-01-01 call: golf", id="a")) == []


# --- who: the command ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("topic", ["porto", "sailing", "desk", "piano", "chess", "lawyer"])
def test_the_example_vault_says_what_its_files_say(example: Path, topic: str):
    rows = json.loads(inside(example, "who", topic, "--json").out)["rows"]
    found = {(row["why"], row["id"]) for row in rows}
    word = re.compile(rf"\b{topic}")
    expected = set()
    for one in oracle_people.people(example, date(2026, 11, 21)):
        if one.is_gone:
            continue
        for why, keys in (
            ("cares", ("needs", "hobbies", "tags")),
            ("offers", ("offers",)),
            ("works there", ("company", "role", "jobTitle", "title")),
        ):
            if any(word.search(text.lower()) for key in keys for text in one.texts(key)):
                expected.add((why, one.id))
        if topic == "porto" and any(text in ("Porto", "Vila Nova de Gaia") for key in ("location", "city") for text in one.texts(key)):
            expected.add(("works there", one.id))
    assert {row for row in found if row[0] not in ("was told", "could introduce")} == expected
    assert expected


def test_it_fits_eighty_columns_and_every_format(example: Path):
    shown = inside(example, "who", "porto", "--format", "table")
    assert shown.code == 0
    assert max(map(len, shown.out.split("\n"))) <= 80
    assert shown.out.startswith("Care about it\n  1  Yuki Aalto")
    assert "Offer it\n  2  Bob Lee" in shown.out
    rows = json.loads(inside(example, "who", "a", "desk", "--json").out)
    assert rows["schema"] == "ptcrm.who/1"
    assert rows["rows"][0]["text"] == "a desk in Porto"
    assert next(iter(csv.DictReader(io.StringIO(inside(example, "who", "desk", "--format", "csv").out))))["id"] == "yuki-aalto"


def test_no_hit_is_a_sentence_and_exit_0_and_no_word_is_exit_2(example: Path):
    assert inside(example, "who", "zeppelin") == Said(
        0, "", 'nobody here has to do with "zeppelin": ptcrm search looks through every text\n'
    )
    assert inside(example, "who", "?!").code == 2
    assert json.loads(inside(example, "who", "zeppelin", "--json").out)["rows"] == []


@pytest.mark.parametrize("files", [{}, {"ada": "---\nname: Ada\nhobbies: [golf]\n---\n"}], ids=["nobody", "one person"])
def test_an_empty_vault_and_one_of_one_person_work(tmp_path: Path, files: dict[str, str | bytes]):
    root = vault(tmp_path / "v", files)
    assert inside(root, "who", "golf", "--format", "ids")[:2] == (0, "ada\n" if files else "")
    assert inside(root, "path", "ada").code == (0 if files else 4)


def test_control_characters_from_files_never_reach_the_terminal(tmp_path: Path):
    file = '---\nname: "Eve \\e[31m"\ncompany: "Ac\\e[2Jme"\nneeds: ["golf \\u202e"]\n---\n\n## Interactions\n\n- 2026-11-01 call: x\n'
    root = vault(tmp_path / "v", {"eve": file})
    for words in (("who", "golf", "--format", "table"), ("path", "eve", "--format", "table"), ("path", "Ac me", "--format", "table")):
        shown = inside(root, *words)
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", shown.out + shown.err)
