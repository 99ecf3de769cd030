"""537 real people as vCard 4.0 and as Apple's 3.0: what an importer should end up knowing stands in truth.jsonl."""

from __future__ import annotations

import json
import re
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from plaintextcrm.core.exchange.incoming import Given, Hints, Reading
from plaintextcrm.core.exchange.planning import Remembered
from plaintextcrm.core.exchange.vcard import read as read_cards
from plaintextcrm.core.exchange.vcard_mapper import DULL_TYPES, bare_uid
from plaintextcrm.core.exchange.vcard_text import cards, parts_of, unescaped
from tests.exchange.cards import imported
from tests.exchange.make import Vault, read

DATA = Path(__file__).parent.parent / "data"
CONGRESS = DATA / "congress"
FILES = ("congress-3.0.vcf", "congress-4.0.vcf")


@cache
def reading(name: str) -> Reading:
    """One of the files."""
    found = read_cards([Given(name, (CONGRESS / name).read_bytes())], Hints())
    assert found is not None
    return found


@cache
def truth() -> tuple[dict[str, Any], ...]:
    """Everybody as they are."""
    return tuple(json.loads(line) for line in (CONGRESS / "truth.jsonl").read_text(encoding="utf-8").splitlines())


@cache
def vault(name: str) -> Vault:
    """A new vault with the people of one of the files."""
    return imported(reading(name))[0]


@pytest.mark.parametrize("name", FILES)
def test_each_file_gives_537_people_who_agree_with_the_truth_in_every_field(name: str):
    files = vault(name)
    found = {read(files, path[9:-3]).text("uid"): (read(files, path[9:-3]), data.decode()) for path, data in files.items()}
    assert len(files) == len(found) == len(truth()) == 537
    for fact in truth():
        person, text = found[fact["uid"].removeprefix("urn:uuid:")]
        keys = person.keys
        assert (person.name, keys["birthday"]) == (fact["name"], fact["birthday"])
        assert (keys["company"], keys["role"]) == (fact["org"], fact["role"])
        assert keys["started"] == fact["chamber_since"]
        assert set(person.texts("tags")) >= {*fact["groups"], *fact["committees"]}
        assert set(person.texts("aliases")) >= {fact["nickname"]} - {""}
        assert {fact["phone"]} - {""} <= set(person.texts("phone")[:1])
        assert not fact["url"] or fact["url"] in person.texts("website")
        assert all(part in " ".join(person.texts("address")) for part in (fact["street"], fact["zip"]))
        parts = [keys.get(key, "") for key in ("given_name", "middle_name", "family_name", "name_suffix")]
        wanted = [fact[key] for key in ("first", "middle", "last", "suffix")]
        assert parts == wanted or " ".join(filter(None, wanted)) == person.name
        assert keys.get("name_prefix") == fact["prefix"]
        assert all(one.get("name", "") in text for one in fact["family"] if isinstance(one, dict))
        assert all(
            str(fact["social"][key]).lower() in text.lower() for key in ("twitter", "facebook", "instagram") if key in fact["social"]
        )
        assert f"- X-BIOGUIDE-ID: {fact['bioguide']}\n" in text


def told(text: str) -> str:
    """A value or a file without what may be written in another way: case, blanks, marks of a day, Apple's wrapper."""
    return re.sub(r"[\s\\-]+", "", text.removeprefix("_$!<").removesuffix(">!$_")).casefold()


@pytest.mark.parametrize("path", [*(CONGRESS / name for name in FILES), DATA / "letters" / "people-4.0.vcf"])
def test_nothing_is_lost_every_value_of_every_card_can_be_found(path: Path):
    given = Given(path.name, path.read_bytes())
    held = list(islice(cards(given), 60))
    found = read_cards([given], Hints())
    assert found is not None
    files, _ = imported(Reading(found.people[: len(held)]))
    texts = {read(files, name[9:-3]).text("uid"): told(data.decode()) for name, data in files.items()}
    for card in held:
        uid = card.first("UID")
        assert uid is not None
        for one in card.properties:  # "Work anniversary" is what the key `started` means
            parts = parts_of(one.value, ";", card.version) if one.name in ("N", "ADR", "ORG") else [unescaped(one.value, card.version)]
            parts = parts_of(one.value, ",", card.version) if one.name in ("CATEGORIES", "NICKNAME") else parts
            says = [told(bare_uid(part)) for part in parts if one.name not in ("VERSION", "KIND") and part != "Work anniversary"]
            says += [told(value) for key, value in one.params if key in ("GEO", "X-USER", "SERVICE-TYPE")]
            says += [told(word) for word in one.types if word not in DULL_TYPES and one.name in ("TEL", "EMAIL", "URL")]
            assert [part for part in says if part not in texts[bare_uid(uid.value)]] == [], one


def test_the_second_file_after_the_first_finds_everybody_by_the_uid():
    files, done = imported(reading(FILES[0]), into=vault(FILES[1]))
    assert (len(files), done.new, done.known, done.questions, done.refused) == (537, 0, 537, (), ())
    said = [line for line in done.differences if "stands there with another value" not in line]
    assert [line for line in said if ": family is" not in line] == []  # 4.0 has fewer words for kin: parent, not father


def test_the_same_again_changes_nothing_with_and_without_the_memory_of_the_first():
    people = Reading(reading(FILES[1]).people[:100])
    files, first = imported(people)
    assert len(first.said) == 100
    assert imported(people, into=files)[1].edits == ()
    assert imported(people, into=files, before=dict(first.said).get)[1].edits == ()
    elsewhere = {key: Remembered("somebody/else", one.person) for key, one in first.said}
    assert imported(people, into=files, before=elsewhere.get)[1].edits == ()


def test_committees_become_groups_of_their_members():
    files, done = imported(reading("committees-groups-4.0.vcf"), into=vault(FILES[1]))
    assert (done.new, len(files)) == (0, 537)
    by_uid = {one.text("uid"): one for path in files for one in (read(files, path[9:-3]),)}
    for fact in truth():
        assert set(by_uid[fact["uid"].removeprefix("urn:uuid:")].texts("groups")) == set(fact["committees"])


@pytest.mark.parametrize("name", ["sample-2.1-utf8-qp.vcf", "sample-2.1-windows-1252.vcf", "sample-utf16le-bom-3.0.vcf"])
def test_the_members_with_accents_are_the_same_in_every_encoding(name: str):
    names = {fact["name"]: fact for fact in truth()}
    people = reading(name).people
    assert len(people) == 8
    for person in people:
        assert person.keys.get("birthday") == names[person.name]["birthday"]
    assert 'Jesús G. "Chuy" García' in {person.name for person in people} | set(names)


def test_the_writers_of_letters_have_their_days():
    data = (DATA / "letters" / "people-4.0.vcf").read_bytes()
    found = read_cards([Given("people-4.0.vcf", data)], Hints())
    assert found is not None
    files, done = imported(found)
    assert (len(found.people), len(files), done.refused) == (200, 200, ())
    hugo = read(files, "hugo-von-hofmannsthal")
    assert (hugo.keys["birthday"], hugo.keys["died"], hugo.keys["location"]) == ("1874-02-01", "1929-07-15", "Wien")
    assert hugo.texts("aliases")[:2] == ("Loris", "Theophil Morren")
    assert imported(found, into=files)[1].edits == ()
