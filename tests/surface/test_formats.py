"""The formats of reading commands: JSON, CSV, Markdown, plain lines, ids."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable

import pytest

from plaintextcrm.core.vocabulary import KEYS
from tests.place import READING, TABLES, Place, Ran, asked, contact, without_colour

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # an index is left to the end of its process


@pytest.mark.parametrize("command", READING)
def test_json_is_one_object_of_schema_today_rows_and_problems(said: Callable[..., Ran], command: str) -> None:
    ran = said(*asked(command, "--json"))
    found = json.loads(ran.out)
    assert {"schema", "today", "rows", "problems"} <= set(found)
    assert (found["schema"], found["today"]) == (f"ptcrm.{command}/1", "2026-11-21")
    assert isinstance(found["rows"], list)
    assert isinstance(found["problems"], list)
    assert ran.err == "" or command == "check"
    assert len({frozenset(row) for row in found["rows"]}) <= 1, "every row has the same keys"


@pytest.mark.parametrize("command", READING)
def test_json_is_short_for_format_json(example: Place, said: Callable[..., Ran], command: str) -> None:
    assert example(*asked(command, "--format", "json")).out == said(*asked(command, "--json")).out


DUE_KEYS = (
    "id name tier coi state due last last_kind cadence ratio score freshness reason hook owed follow_ups occasions owner email phone"
).split()


def test_a_row_of_due_has_its_keys(said: Callable[..., Ran]) -> None:
    found = json.loads(said("due", "--all", "--json").out)
    assert {"waiting"} <= set(found)
    for row in found["rows"]:
        assert set(row) == {*DUE_KEYS, "next"}
    by_id = {row["id"]: row for row in found["rows"]}
    brandt = by_id["wilhelmina-brandt"]
    assert (brandt["tier"], brandt["coi"], brandt["state"], brandt["ratio"]) == ("A", True, "overdue", 2.23)
    assert (brandt["due"], brandt["last"], brandt["last_kind"], brandt["cadence"]) == ("2026-10-15", "2026-09-15", "lunch", "1 month")
    assert brandt["score"] == 23.38
    assert brandt["owed"] == []
    assert by_id["sofia-lindqvist"]["occasions"] == [{"on": "2026-11-21", "kind": "birthday", "label": "birthday", "years": 50}]
    assert by_id["okafor"]["follow_ups"][0]["due"] == "2026-11-20"
    assert by_id["tomasz-wrona"]["last"] is None
    assert by_id["okafor"]["phone"] is None


CONTACT_KEYS = {key.name for key in KEYS} | {"other", "id", "path", "last", "due", "state", "ratio", "freshness", "interactions"}


@pytest.mark.parametrize("words", [("list",), ("show", "ada")])
def test_a_row_of_list_and_of_show_carries_every_key_of_the_contact(said: Callable[..., Ran], words: tuple[str, ...]) -> None:
    rows = json.loads(said(*words, "--json").out)["rows"]
    assert not CONTACT_KEYS - set(rows[0])
    ada = next(row for row in rows if row["id"] == "ada-king")
    assert (ada["path"], ada["last"], ada["due"], ada["state"]) == ("contacts/ada-king.md", "2026-11-20", "2026-12-20", "fresh")
    assert (ada["coi"], ada["tags"], ada["role"], ada["website"], ada["do_not_contact"]) == (True, ["actuary"], "Actuary", None, None)
    assert ada["birthday"] == "1985-12-10"


def test_keys_of_ones_own_are_under_other(said: Callable[..., Ran]) -> None:
    rows = {row["id"]: row for row in json.loads(said("list", "--json").out)["rows"]}
    assert rows["henrique-sal"]["other"] == {"best_pumpkin": "214 kg"}
    assert rows["ada-king"]["other"] == {}


def test_list_counts_the_entries_not_after_today_and_show_has_them_all(said: Callable[..., Ran], example: Place) -> None:
    rows = {row["id"]: row for row in json.loads(said("list", "--json").out)["rows"]}
    jonas = example.json("show", "jonas")["rows"][0]
    entries = jonas["interactions"]
    assert len(entries) == sum(line.startswith("- 20") for line in example.text("jonas-feld").splitlines())
    assert rows["jonas-feld"]["interactions"] == sum(entry["on"] <= "2026-11-21" for entry in entries) == len(entries) - 1
    assert {"on", "time", "kind", "text", "fields", "block_id", "details", "counts"} <= set(entries[0])


def test_show_has_a_row_for_each_of_several(said: Callable[..., Ran]) -> None:
    assert [row["id"] for row in json.loads(said("show", "ada,bob", "--json").out)["rows"]] == ["ada-king", "bob-lee"]
    assert [row["id"] for row in json.loads(said("show", "ada", "--json").out)["rows"]] == ["ada-king"]


@pytest.mark.parametrize("command", TABLES)
def test_every_format_tells_of_the_same_rows(said: Callable[..., Ran], command: str) -> None:
    rows = json.loads(said(*asked(command, "--json")).out)["rows"]
    assert rows
    table = list(csv.reader(io.StringIO(said(*asked(command, "--format", "csv")).out)))
    assert len(table) == len(rows) + 1
    assert {len(line) for line in table} == {len(table[0])}
    assert "name" in table[0]
    markdown = said(*asked(command, "--format", "md")).out.splitlines()
    assert len(markdown) == len(rows) + 2
    assert set(markdown[1]) <= set("| -:")
    assert all(line.startswith("| ") and line.endswith(" |") for line in markdown[2:])
    assert said(*asked(command, "--format", "ids")).out.split() == [row["id"] for row in rows]
    plain = said(*asked(command)).out
    assert plain == said(*asked(command, "--format", "plain")).out
    assert len(plain.splitlines()) == len(rows)
    for row in rows:
        assert row["name"] in without_colour(said(*asked(command, "--format", "table")).out) or command in ("list", "todo")


@pytest.mark.parametrize("format_", ["table", "plain", "json", "csv", "md", "ids"])
@pytest.mark.parametrize("command", ["show", "check"])
def test_show_and_check_take_every_format_too(example: Place, command: str, format_: str) -> None:
    ran = example(*asked(command, "--format", format_))
    assert ran.code == 0, ran


def test_absent_is_null_and_days_are_iso(said: Callable[..., Ran]) -> None:
    for words in (("due", "--all"), ("list",), ("todo",)):
        for row in json.loads(said(*words, "--json").out)["rows"]:
            assert not any(value == "" for value in row.values()), row
            for key in ("due", "last", "next", "met", "created", "snooze_until"):
                assert row.get(key) is None or re.fullmatch(r"\d{4}-\d\d-\d\d", row[key]), row


def test_a_cell_that_a_spreadsheet_would_run_is_defused(make: Callable[..., Place]) -> None:
    words = {"role": "=1+1", "company": "@SUM(A1)", "location": "+cmd|' /C calc'!A0", "why": "-2+3+cmd", "met_at": "\\t=1+1"}
    place = make({"eve": contact("Eve", 'phone: "+351 555 010 101"', *(f'{key}: "{value}"' for key, value in words.items()))})
    table = place("list", "--format", "csv", "--columns", "phone,role,company,location,why,met_at").out
    phone, *cells = list(csv.reader(io.StringIO(table)))[1]
    assert phone == "+351 555 010 101"
    assert all(cell.startswith("'") for cell in cells), cells
