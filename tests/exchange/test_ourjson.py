"""Our own JSON: what is exported comes back as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from plaintextcrm.core import contact
from plaintextcrm.core.errors import Usage
from plaintextcrm.core.exchange import ourjson
from plaintextcrm.core.exchange.incoming import Given, Hints, Person, canonical
from plaintextcrm.core.exchange.out import ourjson as out
from plaintextcrm.core.exchange.out.leaving import leaving
from tests.exchange.given import into, knows, read
from tests.exchange.make import TODAY, source

EXAMPLE = sorted((Path(__file__).parents[2] / "example-vault" / "contacts").rglob("*.md"))
ADA = """\
---
name: Ada King
tags:
  - sailor
coi: true
private:
  - phone
phone: "+44 1"
shoe size: 38
boats:
  - Thistle
  - Tide
uid: 4fbe
---

# Ada King

Writes long letters.

- [ ] Send the tide tables [due:: 2026-12-01] [owner:: lee]
- [x] Ask about Bath [completion:: 2026-10-01]

## Interactions

- 2026-09-14 14:30 lunch: In Bath. [minutes:: 90] [dir:: out] ^k3x9q2
  - Wants to retire.
- [ ] 2027-01-10 dinner: With Mary
"""


def exported(text: str, id: str = "ada-king") -> str:
    """The export of one contact file."""
    path = f"contacts/{id}.md"
    return out.export([leaving(contact.parse(source(path, text.encode())))], TODAY)


def back(text: str, id: str = "ada-king") -> Person:
    (person,) = read(ourjson, exported(text, id), name="export.json").people
    return person


def test_a_contact_comes_back_with_all_its_file_says():
    ada = back(ADA)
    known = contact.parse(source("contacts/ada-king.md", ADA.encode())).contact
    assert (ada.name, ada.uid, ada.id) == ("Ada King", "4fbe", "ada-king")
    assert {key: canonical(key, value) for key, value in ada.keys.items()} == {
        key: value for key, value in known.keys.items() if key not in ("name", "uid")
    }
    assert ada.other == known.other == {"shoe size": "38", "boats": ["Thistle", "Tide"]}
    assert [entry._replace(where=0) for entry in known.interactions] == list(ada.log)
    assert ada.body == "Writes long letters."
    assert ada.follow_ups == (
        "- [ ] Send the tide tables [due:: 2026-12-01] [owner:: lee]",
        "- [x] Ask about Bath [completion:: 2026-10-01]",
    )


@pytest.mark.parametrize("path", EXAMPLE, ids=lambda path: path.stem)
def test_everybody_of_the_example_comes_back(path):
    text = path.read_text("utf-8")
    person = back(text, path.stem)
    known = contact.parse(source(f"contacts/{path.stem}.md", text.encode())).contact
    assert person.name == known.name
    assert {key: canonical(key, value) for key, value in person.keys.items()} == {
        key: value for key, value in known.keys.items() if key not in ("name", "uid")
    }
    assert list(person.log) == [entry._replace(where=0) for entry in known.interactions]


def test_an_export_imported_and_exported_again_is_the_same():
    known = [contact.parse(source(f"contacts/{path.stem}.md", path.read_bytes())) for path in EXAMPLE]
    first = json.loads(out.export([leaving(one) for one in known], TODAY))["contacts"]
    people = read(ourjson, json.dumps({"schema": "ptcrm.export/1", "contacts": first}), name="export.json").people
    vault, done = into({}, *people)
    assert done.refused == ()
    again = [contact.parse(source(path, data)) for path, data in vault.items()]
    second = {one["name"]: one for one in json.loads(out.export([leaving(one) for one in again], TODAY))["contacts"]}
    assert len(first) == len(second) == len(vault)
    for before in first:
        after = second[before["name"]]
        after["keys"] = {
            key: value for key, value in after["keys"].items() if key in before["keys"]
        }  # an import adds `created` and `source`
        for one in (before, after):
            one["log"].sort(key=json.dumps)  # each vault has its own order
        assert after == {**before, "id": after["id"]}


def changed(**facts: object) -> str:
    whole = json.loads(exported(ADA))
    whole["contacts"][0] |= facts
    return json.dumps(whole)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"name": " "}, "no name"),
        ({"name": None}, "no name"),
        ({"keys": []}, '"keys" is not what an export writes there'),
        ({"keys": {"tags": [1]}}, '"tags" is neither text nor a list of texts'),
        ({"log": [{"date": "2026-02-30"}]}, "an entry of its log has no day"),
        ({"log": ["2026-02-03"]}, "an entry of its log has no day"),
        ({"log": [{"date": "2026-02-03", "fields": [["a"]]}]}, "the fields of an entry are no pairs of texts"),
        ({"log": [{"date": "2026-02-03", "details": [1]}]}, "the details of an entry are no lines"),
        ({"follow_ups": [{}]}, "a follow-up has no text"),
        ({"body": 5}, '"body" is not what an export writes there'),
    ],
)
def test_a_contact_that_is_odd_is_refused_with_its_number_and_the_others_come(facts, reason):
    whole = json.loads(changed(**facts))
    whole["contacts"].append(json.loads(exported(ADA))["contacts"][0])
    found = read(ourjson, json.dumps(whole), name="export.json")
    assert [(refusal.where.line, refusal.reason) for refusal in found.refused] == [(1, f"contact number 1: {reason}")]
    assert [person.name for person in found.people] == ["Ada King"]


def test_what_is_not_said_is_empty():
    (person,) = read(ourjson, '{"schema": "ptcrm.export/1", "contacts": [{"name": "Ada"}]}', name="export.json").people
    assert person == Person("Ada", where=person.where, origin="export.json", keys={}, other={})


def test_a_later_schema_is_refused_and_other_json_is_not_ours():
    with pytest.raises(Usage, match=r"not an export that this version reads \(ptcrm.export/1\)"):
        read(ourjson, '{"schema": "ptcrm.export/2", "contacts": []}')
    assert not knows(ourjson, '{"schema": "ptcrm.due/1", "rows": []}')
    assert not knows(ourjson, '"ptcrm.export/1"')
    assert not knows(ourjson, "[" * 100_000 + '"ptcrm"')
    assert not knows(ourjson, "name,city\nptcrm,Lisbon\n")


def test_two_exports_are_one_import():
    given = [Given(f"{number}.json", exported(ADA, f"ada-{number}").encode()) for number in (1, 2)]
    found = ourjson.read(given, Hints())
    assert found is not None
    assert [person.id for person in found.people] == ["ada-1", "ada-2"]


def test_a_kind_of_the_other_vaults_own_stays_a_word_of_the_entry():
    entry = {"date": "2026-01-02", "kind": "podcast", "text": "Episode 3", "fields": [["minutes", "40"]], "details": []}
    given = Given("all.json", json.dumps({"schema": "ptcrm.export/1", "contacts": [{"name": "Ada King", "log": [entry]}]}).encode())
    found = ourjson.read([given], Hints())
    assert found is not None
    assert found.refused == ()
    (log,) = (person.log for person in found.people)
    assert [(one.kind, one.text, one.fields) for one in log] == [(None, "podcast: Episode 3", (("minutes", "40"),))]
