"""The 537 members of the United States Congress as five programs export them: all of them arrive, and as they are."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from types import ModuleType
from typing import Any

import pytest

from plaintextcrm.core.contact import parse
from plaintextcrm.core.exchange import google, linkedin, outlook
from plaintextcrm.core.exchange.incoming import Given, Hints, Person, Reading, canonical
from tests.exchange.given import CONGRESS, into, lines
from tests.exchange.make import source

FILES = {
    "google.csv": google, "google-old.csv": google, "outlook-com.csv": outlook, "outlook-desktop.csv": outlook, "Connections.csv": linkedin,
}  # fmt: skip


@cache
def reading(name: str) -> Reading:
    module: ModuleType = FILES[name]
    found = module.read([Given(name, (CONGRESS / name).read_bytes())], Hints())
    assert found is not None
    return found


@cache
def truth() -> dict[str, dict[str, Any]]:
    """Bioguide id -> what is known of the member."""
    known = map(json.loads, (CONGRESS / "truth.jsonl").read_text("utf-8").splitlines())
    return {one["bioguide"]: one for one in known}


def values(person: Person, key: str) -> tuple[str, ...]:
    held = person.keys.get(key, ())
    return (held,) if isinstance(held, str) else held


def of(name: str) -> list[tuple[Person, dict[str, Any]]]:
    """Each person of a file with what is known of them, by the Bioguide id where the file has one, else by name and birthday."""
    by_name = {(one["first"], one["last"], one["birthday"]): one for one in truth().values()}
    found = []
    for person in reading(name).people:
        ids = [
            line.rpartition(": ")[2] for line in lines(person) if line.startswith(("- Custom field 1 (Bioguide)", "- Organizational ID"))
        ]
        ids += [address.rpartition("/")[2] for address in values(person, "linkedin")]
        if ids:
            found.append((person, truth()[ids[0]]))
            continue
        mine = [
            one
            for (first, last, day), one in by_name.items()
            if day == person.keys["birthday"] and last in person.name and first in person.name
        ]
        assert len(mine) == 1, person.name
        found.append((person, mine[0]))
    return found


@pytest.mark.parametrize("name", FILES)
def test_all_537_arrive_each_once_and_none_is_refused(name):
    assert len(reading(name).people) == 537
    assert not reading(name).refused
    assert {one["bioguide"] for _, one in of(name)} == set(truth())


@pytest.mark.parametrize("name", FILES)
def test_they_are_called_as_they_are_with_every_accent(name):
    for person, one in of(name):
        middle = "" if name == "Connections.csv" else one["middle"]
        suffix = f", {one['suffix']}" if name == "Connections.csv" and one["suffix"] else f" {one['suffix']}" if one["suffix"] else ""
        assert person.name == " ".join(f"{one['first']} {middle} {one['last']}{suffix}".split())
        assert person.keys.get("name_prefix", "") == ("" if name == "Connections.csv" else one["prefix"])


@pytest.mark.parametrize("name", FILES)
def test_where_they_work_and_as_what(name):
    for person, one in of(name):
        assert person.keys["company"] == one["org"]
        assert str(person.keys["role"]).startswith(one["role"])


@pytest.mark.parametrize("name", [name for name in FILES if name != "Connections.csv"])
def test_birthdays_are_days_also_where_the_file_has_them_month_first(name):
    for person, one in of(name):
        assert person.keys["birthday"] == one["birthday"]


@pytest.mark.parametrize("name", [name for name in FILES if name != "Connections.csv"])
def test_how_and_where_they_are_reached(name):
    for person, one in of(name):
        assert not one["phone"] or one["phone"] in values(person, "phone")
        assert not one["url"] or one["url"] in values(person, "website")
        assert not one["street"] or any(one["street"] in address and one["zip"] in address for address in values(person, "address"))
        if name in ("outlook-com.csv", "outlook-desktop.csv"):
            assert one["location"] == person.keys["location"] or f"- Location: {one['location']}" in lines(person)
        if one["fax"] and name.startswith("outlook"):
            assert f"- Business Fax: {one['fax']}" in lines(person)


@pytest.mark.parametrize("name", ["google.csv", "google-old.csv", "outlook-desktop.csv"])
def test_groups_and_committees_are_tags(name):
    for person, one in of(name):
        assert set(values(person, "tags")) == {*one["groups"], *one["committees"]}


@pytest.mark.parametrize("name", ["google.csv", "google-old.csv"])
def test_family_anniversaries_and_social_names_of_google(name):
    for person, one in of(name):
        assert person.keys["started"] == one["chamber_since"]
        assert [text.partition(",")[0] for text in values(person, "family")] == [relative for relative, _ in one["family"]]
        addresses = " ".join(values(person, "website"))
        assert all(one["social"][site] in addresses for site in ("twitter", "facebook", "instagram") if site in one["social"])


@pytest.mark.parametrize("name", FILES)
def test_the_files_say_what_was_imported_and_a_second_import_changes_nothing(name):
    people = reading(name).people[::20]
    vault, done = into({}, *people)
    assert (len(vault), done.refused) == (len(people), ())
    written = {one.name: one for path, data in vault.items() for one in [parse(source(path, data)).contact]}
    for person in people:
        keys = {key: value for key, value in written[person.name].keys.items() if key not in ("name", "created", "source")}
        assert keys == {key: canonical(key, value) for key, value in person.keys.items()}
    assert into(vault, *people)[1].edits == ()


def test_what_google_says_after_outlook_meets_the_same_people():
    vault, _ = into({}, *reading("outlook-com.csv").people[::20])
    after, done = into(vault, *reading("google.csv").people[::20])
    assert (done.new, done.known) == (0, len(vault))
    assert set(after) == set(vault)


def test_the_day_of_a_connection_is_the_day_they_were_met():
    for person, one in of("Connections.csv"):
        assert person.keys["met"] == one["first_term"]
        assert not person.log


def test_the_file_of_windows_says_how_it_was_read():
    assert reading("outlook-desktop.csv").notes == (
        "outlook-desktop.csv: 9 lines are not UTF-8, read as Windows-1252 (--encoding NAME if that is wrong)",
    )
    accents = Counter(char for person in reading("outlook-desktop.csv").people for char in person.name if not char.isascii())
    assert accents == Counter(char for person in reading("outlook-com.csv").people for char in person.name if not char.isascii())
    assert accents["í"]
    assert accents["é"]
    assert accents["ó"]


def test_the_same_in_utf_16_is_the_same():
    data = (CONGRESS / "outlook-com.csv").read_bytes().decode("utf-8-sig")
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        found = outlook.read([Given("outlook-com.csv", data.encode(encoding))], Hints())
        assert found is not None
        assert found.people == reading("outlook-com.csv").people
