"""`export csv|json|ics|friends`: each as the programs read it that it is for."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from pathlib import Path

import icalendar
import pytest

from tests.make import Ran, ptcrm, vault

EXAMPLE = Path(__file__).parents[2] / "example-vault"
SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "export.schema.json").read_text(encoding="utf-8"))
ADA = """---
name: Ada King
aliases: [the Countess]
birthday: 1985-12-10
dates: [02-29 their leap day]
hobbies: [weaving, tide tables]
location: Lisbon
tags: [a board]
lemon: Eureka
---

# Ada King

Old words.

## Interactions

- 2026-10-21 14:30 lunch: Annual **review** with _her_ @ home. [minutes:: 90] ^abc123
  - Wants to retire.
  - [ ] Send the list [due:: 2026-12-01]
- 2026-11-01 note: Reads a lot
- [ ] 2026-12-24 19:00 dinner: At hers

## Plans

- [ ] Find a desk [due:: 2026-12-05] [waiting:: them]
- [ ] Some day
"""
BEN = "---\nname: Ben (Ray)\nstatus: archived\nbirthday: 1970-01-02\n---\n\n## Log\n\n- 2026-10-21 lunch: Annual review ^abc123\n"


def exported(root: Path, *words: str) -> str:
    done = ptcrm(root, "export", *words)
    assert (done.code, done.err) == (0, ""), done
    return done.out


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return vault(tmp_path / "v", {"ada": ADA, "ben": BEN})


# --- csv -----------------------------------------------------------------------------------------------------------


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_csv_has_a_row_each_and_the_columns_in_use(root: Path) -> None:
    found = rows(exported(root, "csv"))
    assert list(found[0]) == ["id", "name", "aliases", "tags", "location", "birthday", "dates", "hobbies", "status", "lemon"]
    assert found[0]["hobbies"] == "weaving; tide tables"
    assert (found[0]["lemon"], found[1]["lemon"], found[1]["status"]) == ("Eureka", "", "archived")


def test_csv_takes_only_those_a_filter_lets_through(root: Path) -> None:
    assert [row["id"] for row in rows(exported(root, "csv", "hobby:weaving"))] == ["ada"]
    assert [row["id"] for row in rows(exported(root, "csv", "-hobby:weaving"))] == ["ben"]


def test_no_cell_is_a_formula_and_commas_quotes_and_accents_come_back(tmp_path: Path) -> None:
    keys = 'role: \'=HYPERLINK("http://x","y")\'\ncompany: "@SUM(1)"\nwhy: "-2+3"\nphone: "+351 1"\nmet_at: "a, \\"b\\" Ünï"\n'
    (row,) = rows(exported(vault(tmp_path / "v", {"eve": f"---\nname: '+cmd|calc'\n{keys}---\n"}), "csv", "--private"))
    assert all(row[key][0] == "'" for key in ("name", "role", "company", "why"))
    assert (row["phone"], row["met_at"]) == ("+351 1", 'a, "b" Ünï')


def test_no_heading_is_a_formula_and_the_key_comes_back(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"eve": "---\nname: Eve\ntier: A\n'=1+1': lemon\n---\n"})
    before, table = (root / "contacts/eve.md").read_bytes(), tmp_path / "all.csv"
    assert ptcrm(root, "export", "csv", "-o", str(table)).code == 0
    assert table.read_text(encoding="utf-8").splitlines()[0] == "id,name,tier,'=1+1"
    assert ptcrm(root, "import", str(table), "-y").out.startswith("nothing new: all of it is there already\n")
    assert (root / "contacts/eve.md").read_bytes() == before


def test_csv_of_nobody_is_a_heading(tmp_path: Path) -> None:
    assert exported(vault(tmp_path / "v", {}), "csv") == "id,name\n"


# --- json ----------------------------------------------------------------------------------------------------------


def misfits(value: object, schema: dict[str, object], place: str = "") -> list[str]:
    """Where a value is not what the schema says: as much of JSON Schema as ours uses."""
    known = {"$schema", "$id", "title", "description", "type", "const", "enum", "pattern", "required", "properties", "additionalProperties",
             "items", "minItems", "maxItems"}  # fmt: skip
    assert schema.keys() <= known, f"{place}: the schema uses what this test does not look at"
    types = {"string": str, "boolean": bool, "array": list, "object": dict, "null": type(None), "integer": int}
    wanted = schema.get("type")
    names = wanted if isinstance(wanted, list) else [wanted] if wanted else list(types)
    if not isinstance(value, tuple(types[name] for name in names)):
        return [f"{place}: {value!r} is none of {names}"]
    found = []
    if "const" in schema and value != schema["const"]:
        found.append(f"{place}: {value!r}")
    if "enum" in schema and value not in schema["enum"]:  # type: ignore[operator]
        found.append(f"{place}: {value!r}")
    if "pattern" in schema and isinstance(value, str) and not re.search(str(schema["pattern"]), value):
        found.append(f"{place}: {value!r} is not like {schema['pattern']}")
    if isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):  # type: ignore[operator]
            found.append(f"{place}: {len(value)} items")
        for number, one in enumerate(value):
            found += misfits(one, schema.get("items", {}), f"{place}[{number}]")  # type: ignore[arg-type]
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        more = schema.get("additionalProperties", {})
        found += [f"{place}: no {key}" for key in schema.get("required", ()) if key not in value]  # type: ignore[attr-defined]
        for key, one in value.items():
            if key in properties:  # type: ignore[operator]
                found += misfits(one, properties[key], f"{place}.{key}")  # type: ignore[index]
            elif more is False:
                found.append(f"{place}: {key} is not in the schema")
            else:
                found += misfits(one, more, f"{place}.{key}")  # type: ignore[arg-type]
    return found


def test_json_of_the_example_vault_fits_its_schema(tmp_path: Path) -> None:
    done = ptcrm(EXAMPLE, "export", "json", "--private", home=tmp_path)
    assert done.code == 0
    facts = json.loads(done.out)
    assert misfits(facts, SCHEMA) == []
    assert len(facts["contacts"]) == len(list((EXAMPLE / "contacts").rglob("*.md")))


@pytest.mark.parametrize(
    "wrong", [{"schema": "x"}, {"today": "21.11.2026"}, {"contacts": [{}]}, {"more": 1}, {"contacts": [{"id": 1}]}, {"problems": [{}]}]
)
def test_what_does_not_fit_the_schema_is_seen(wrong: dict[str, object]) -> None:
    fits: dict[str, object] = {"schema": "ptcrm.export/1", "today": "2026-11-21", "contacts": [], "problems": []}
    assert misfits(fits, SCHEMA) == []
    assert misfits(fits | wrong, SCHEMA) != []


def test_json_says_the_log_the_follow_ups_outside_it_and_the_rest(root: Path) -> None:
    ada, ben = json.loads(exported(root, "json"))["contacts"]
    assert (ada["id"], ada["name"], ada["other"], ben["keys"]["status"]) == ("ada", "Ada King", {"lemon": "Eureka"}, "archived")
    assert ada["keys"]["hobbies"] == ["weaving", "tide tables"]
    assert ada["log"][0] == {
        "date": "2026-10-21", "time": "14:30", "kind": "lunch", "text": "Annual **review** with _her_ @ home.", "fields": [["minutes", "90"]],
        "details": ["- Wants to retire.", "- [ ] Send the list [due:: 2026-12-01]"], "block_id": "abc123", "box": "",
    }  # fmt: skip
    assert ada["log"][2]["box"] == " "
    plain = {"open": True, "done": None, "owner": None}
    assert ada["follow_ups"] == [
        {"text": "Find a desk", "due": "2026-12-05", "waiting": "them", "line": "- [ ] Find a desk [due:: 2026-12-05] [waiting:: them]", **plain},
        {"text": "Some day", "due": None, "waiting": None, "line": "- [ ] Some day", **plain},
    ]  # fmt: skip
    assert ada["body"] == "Old words.\n\n## Plans"


def test_json_names_the_mistakes_of_those_it_takes(tmp_path: Path) -> None:
    done = ptcrm(vault(tmp_path / "v", {"ada": "---\nname: Ada\nbirthday: nonsense\n---\n"}), "export", "json")
    facts = json.loads(done.out)
    assert [problem["path"] for problem in facts["problems"]] == ["contacts/ada.md"]
    assert "nonsense" in done.err
    assert facts["contacts"][0]["other"] == {"birthday": "nonsense"}


# --- ics -----------------------------------------------------------------------------------------------------------


def events(text: str) -> dict[str, icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(text)
    return {str(event["SUMMARY"]): event for event in calendar.walk("VEVENT")}


def test_a_calendar_has_days_that_come_back_plans_and_follow_ups(root: Path) -> None:
    found = events(exported(root, "ics"))
    assert list(found) == [
        "Ada King: birthday", "Ada King: their leap day", "Ada King: Send the list", "Ada King: they owe: Find a desk",
        "Ada King: dinner: At hers",
    ]  # fmt: skip
    assert found["Ada King: birthday"]["RRULE"].to_ical() == b"FREQ=YEARLY"
    assert found["Ada King: their leap day"]["RRULE"] == {"FREQ": ["YEARLY"], "BYMONTH": [2], "BYMONTHDAY": [-1]}
    assert found["Ada King: Send the list"]["DTSTART"].dt == date(2026, 12, 1)
    dinner = found["Ada King: dinner: At hers"]
    assert dinner["DTSTART"].dt.isoformat() == "2026-12-24T19:00:00"
    assert len({str(event["UID"]) for event in found.values()}) == 5


def test_the_same_calendar_again_is_the_same_bytes_and_keeps_its_uids_on_another_day(root: Path) -> None:
    first = exported(root, "ics")
    assert exported(root, "ics") == first
    later = ptcrm(root, "export", "ics", today="2026-11-22").out
    assert {str(event["UID"]) for event in events(first).values()} == {str(event["UID"]) for event in events(later).values()}


def test_what_is_cancelled_is_no_plan_what_is_missed_is_owed_and_the_dead_have_no_birthday(tmp_path: Path) -> None:
    log = "## Log\n\n- [ ] 2026-11-20 dinner: Missed\n- [-] 2026-11-25 call: Off\n- [ ] 2026-11-21 coffee: Today\n"
    root = vault(tmp_path / "v", {"ada": f"---\nname: Ada\n---\n\n{log}", "ida": "---\nname: Ida\nbirthday: 1950-01-01\ndied: 2020\n---\n"})
    assert sorted(events(exported(root, "ics"))) == ["Ada: coffee: Today", "Ada: dinner: Missed"]


def test_a_calendar_of_nobody_is_a_calendar(tmp_path: Path) -> None:
    assert events(exported(vault(tmp_path / "v", {}), "ics")) == {}


# --- friends.md ----------------------------------------------------------------------------------------------------


def test_friends_md_has_its_four_sections_newest_first_and_one_line_for_one_occasion(root: Path) -> None:
    assert exported(root, "friends") == (
        "### Activities:\n"
        "- 2026-10-21: **Ada King** and **Ben Ray**: Annual review with her @ home. Wants to retire. @lunch\n"
        "\n### Notes:\n- 2026-11-01: **Ada King**: Reads a lot\n"
        "\n### Friends:\n- Ada King (a.k.a. the Countess) [Lisbon] @a-board\n- Ben Ray\n"
        "\n### Locations:\n- Lisbon\n"
    )


def test_no_text_makes_a_section_a_name_or_a_tag_of_friends_md(tmp_path: Path) -> None:
    log = "## Log\n\n- 2026-10-01 call: **Eve** said @home _Paris_\n  - ### Friends:\n  - - Mallory\n"
    text = exported(vault(tmp_path / "v", {"x": f'---\nname: "A*(b) [c] @d"\naliases: ["(", "x]y"]\n---\n\n{log}'}), "friends")
    assert text.count("### Friends:\n") == 1
    assert "- 2026-10-01: **A b c d**: Eve said at home Paris ### Friends: Mallory @call\n" in text
    assert "- A b c d (a.k.a. x y)\n" in text


# --- the command ---------------------------------------------------------------------------------------------------


def test_bytes_go_to_a_pipe_as_they_are(root: Path) -> None:
    done: Ran = ptcrm(root, "export", "ics", PYTHONIOENCODING="latin-1")
    assert done.out.count("\r\n") == done.out.count("\n") > 10


@pytest.mark.parametrize("words", [("tape",), (), ("csv", "nonsense:", "-o"), ("vdir",)])
def test_what_cannot_be_understood_is_refused_in_one_line(root: Path, words: tuple[str, ...]) -> None:
    done = ptcrm(root, "export", *words)
    assert done.code == 2
    assert done.err.startswith("ptcrm: ")
    assert done.err.count("\n") == 1
