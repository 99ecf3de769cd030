"""Nothing is lost: every cell of every file is found in what its person's file will say."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from functools import cache
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaintextcrm.core.exchange import anycsv, friends, google, linkedin, monica, outlook, thunderbird
from plaintextcrm.core.exchange.incoming import Given, Hints, Reading
from plaintextcrm.core.exchange.outlook import SAID_BY_ALL
from tests.exchange.given import CONGRESS, GOOGLE, LETTERS, LINKEDIN, OUTLOOK, THUNDERBIRD, into, lost, plain, read, rows
from tests.exchange.test_google import ADA as GOOGLE_ADA
from tests.exchange.test_linkedin import ADA as LINKEDIN_ADA
from tests.exchange.test_monica import everybody
from tests.exchange.test_monica import whole as monica_file
from tests.exchange.test_outlook import ADA as OUTLOOK_ADA
from tests.exchange.test_thunderbird import ADA as THUNDERBIRD_ADA

FILES: dict[str, tuple[ModuleType, str]] = {
    "google.csv": (google, "utf-8"), "google-old.csv": (google, "utf-8"), "outlook-com.csv": (outlook, "utf-8-sig"),
    "outlook-desktop.csv": (outlook, "cp1252"), "Connections.csv": (linkedin, "utf-8"),
}  # fmt: skip
HEADERS = {
    google: GOOGLE,
    outlook: OUTLOOK,
    linkedin: LINKEDIN,
    thunderbird: THUNDERBIRD,
    anycsv: ("name", "Nickname", "City", "Tags", "Zodiac", "Notes", "Born"),
}
EXAMPLES = {google: GOOGLE_ADA, outlook: OUTLOOK_ADA, linkedin: LINKEDIN_ADA, thunderbird: THUNDERBIRD_ADA}
DEFAULTS = {default for _, default in SAID_BY_ALL} | {"0/0/00"}


def told(cells: Mapping[str, str]) -> list[str]:
    """The cells that say something: not empty, and not what the program writes for everybody."""
    return [cell for cell in cells.values() if cell and cell not in DEFAULTS]


@cache
def congress(name: str) -> tuple[list[dict[str, str]], Reading]:
    """(the rows as Python's own CSV reader has them, what the importer says)."""
    module, encoding = FILES[name]
    data = (CONGRESS / name).read_bytes()
    text = data.decode(encoding)
    text = text[text.index("First Name") :] if name == "Connections.csv" else text
    return list(csv.DictReader(io.StringIO(text, newline=""))), read(module, data, name=name)


@pytest.mark.parametrize("name", FILES)
def test_every_cell_of_every_member_of_congress_is_found(name):
    cells, reading = congress(name)
    assert len(cells) == len(reading.people)
    missing = [(person.name, one) for row, person in zip(cells, reading.people, strict=True) if (one := lost(told(row), person))]
    assert not missing, missing[:3]


@pytest.mark.parametrize("name", FILES)
def test_and_in_the_files_that_are_written(name):
    cells, reading = congress(name)
    some = range(0, len(cells), 25)
    _, done = into({}, *(reading.people[number] for number in some))
    assert (len(done.edits), done.refused) == (len(some), ())
    files = [plain((edit.replaces or b"").decode().replace('\\"', '"')) for edit in done.edits]
    for number, text in zip(some, files, strict=True):
        parts = [plain(line) for cell in told(cells[number]) for line in cell.replace(" ::: ", "\n").replace(";", "\n").split("\n")]
        assert [part for part in parts if part.removeprefix("* ") not in text and part != "* myContacts"] == []


@pytest.mark.parametrize("module", EXAMPLES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_cell_of_the_full_examples_is_found(module):
    (person,) = read(module, rows(HEADERS[module], EXAMPLES[module])).people
    assert lost(told(EXAMPLES[module]), person) == []


@pytest.mark.parametrize("module", HEADERS, ids=lambda module: module.__name__.rpartition(".")[2])
def test_a_word_of_its_own_in_every_column_is_found(module):
    """Whatever a column means: a text that fits no key must stand in the body."""
    cells = {column: f"Word{number}x" for number, column in enumerate(HEADERS[module])}
    (person,) = read(module, rows(HEADERS[module], cells)).people
    assert lost(cells.values(), person) == []


CELL = st.one_of(
    st.sampled_from(
        [
            "",
            "5/6/1980",
            "---",
            "- [ ] task",
            "# Title",
            "a ::: b",
            "x; y, z",
            "no",
            "2020-01-01: called",
            "```",
            "[[x]]",
            "0/0/00",
            "/o=x/cn=y",
        ]
    ),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30),
    st.lists(st.text("ab -#\n", max_size=8), max_size=4).map("\r\n".join),
)


@pytest.mark.parametrize("module", HEADERS, ids=lambda module: module.__name__.rpartition(".")[2])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_text_in_any_column_is_found_or_its_row_is_refused(module, data):
    columns = HEADERS[module]
    chosen = data.draw(st.lists(st.sampled_from(columns), max_size=8, unique=True))
    cells = {column: data.draw(CELL) for column in chosen} | {columns[0]: "Ada"}
    reading = read(module, rows(columns, cells))
    assert len(reading.people) + len(reading.refused) == 1
    for person in reading.people:
        assert lost([cell for cell in told(cells) if cell.strip(" 0/")], person) == []


def test_a_surplus_cell_is_kept_as_the_column_it_would_be():
    (person,) = read(linkedin, b"First Name,Last Name,Connected On\nAda,King,03 Jan 2023,more,,still more\n").people
    assert [line for _, kept in person.rest for line in kept] == [
        "- Connected On: 03 Jan 2023",
        "- column 4: more",
        "- column 6: still more",
    ]


def friend_cells() -> Iterator[tuple[str, str]]:
    for line in (LETTERS / "friends.md").read_text("utf-8").splitlines():
        if line.startswith("- ") and "**" in line:
            yield line[2:12], line[14:]


def test_every_line_of_friends_md_is_found():
    reading = friends.read([Given("friends.md", (LETTERS / "friends.md").read_bytes())], Hints())
    assert reading is not None
    said = {(row.entry.on.isoformat(), text) for row in reading.rows for text in (row.entry.text, *row.entry.details)}
    assert [line for line in friend_cells() if line not in said] == []


def leaves(value: object) -> Iterator[str]:
    """The texts and numbers of a JSON value."""
    if isinstance(value, dict):
        for key, one in value.items():
            if key not in monica.BOOKKEEPING and key not in ("type", "is_age_based", "is_year_unknown", "first_met_through", "dataUrl"):
                yield from leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one)
    elif isinstance(value, (str, int, float)) and not isinstance(value, bool):
        yield str(value)


def test_every_value_of_monica_is_found():
    import json

    reading = everybody()
    account = json.loads(monica_file())["account"]
    contacts = {one["uuid"]: one for part in account["data"] if part["type"] == "contact" for one in part["values"]}
    for person in reading.people:
        one = contacts[person.uid]
        blocks = [part["values"] for part in one["data"] if part["type"] not in ("activity", "photo", "document", "call", "conversation")]
        wanted = [text for text in leaves([one["properties"], blocks]) if not text.endswith(("T00:00:00Z", "-01-01"))]
        assert lost(wanted, person) == []
        talks = [part["values"] for part in one["data"] if part["type"] in ("call", "conversation")]
        texts = " ".join(
            text for row in reading.rows if row.uid == person.uid for text in (str(row.entry.on), row.entry.text, *row.entry.details)
        )
        assert [text for text in leaves(talks) if plain(text[:10]) not in plain(texts) and not text.startswith("type-")] == []
