"""friends.md: activities with several people, other names, places; and 4,454 letters."""

from __future__ import annotations

import pytest

from plaintextcrm.core.entries import entry_line, parse_entry
from plaintextcrm.core.errors import Usage
from plaintextcrm.core.exchange import friends, interactions
from plaintextcrm.core.exchange.incoming import Given, Hints, Reading
from tests.exchange.given import LETTERS, knows, lines, read

FILE = """\
### Activities:
- 2018-11-01: **Grace Hopper** and I went to _Martha's Vineyard_ with **Ada King**. George had to cancel. @weekend
- 2018-01-04: Got lunch with **Countess** in _Atlanta_. @lunch:quick @phone
- 2018-01-03: Wrote code.
- 2018-01-02: **Nobody Known** wrote.

### Notes:
- 2018-06-06: **Ada King** turned down the job offer.

### Friends:
- Ada King (a.k.a. Countess a.k.a. A. Lovelace) [London] @sailor @maths:analyst
- Grace Hopper
- Marie Curie [Atlanta]

### Locations:
- Atlanta
- London
- Martha's Vineyard
- Paris
"""


def say(text: str = FILE, **hints: object) -> Reading:
    return read(friends, text, name="friends.md", **hints)


def test_friends_have_their_other_names_their_place_and_their_tags():
    assert [(person.name, person.keys) for person in say().people] == [
        ("Ada King", {"aliases": ("Countess", "A. Lovelace"), "location": "London", "tags": ("sailor", "maths:analyst")}),
        ("Grace Hopper", {}),
        ("Marie Curie", {"location": "Atlanta"}),
    ]


def test_each_activity_is_one_occasion_of_everybody_in_bold():
    rows = [row for row in say().rows if row.entry.kind != "note"]
    assert [(row.where.line, row.name, row.entry.kind, bool(row.occasion)) for row in rows] == [
        (2, "Grace Hopper", None, True),
        (2, "Ada King", None, True),
        (3, "Ada King", "call", False),
    ]
    assert rows[0].occasion == rows[1].occasion
    assert rows[0].entry.text == "**Grace Hopper** and I went to _Martha's Vineyard_ with **Ada King**. George had to cancel. @weekend"


def test_a_note_is_a_note_and_no_contact():
    note = next(row for row in say().rows if row.entry.kind == "note")
    assert (note.name, note.entry.text) == ("Ada King", "**Ada King** turned down the job offer.")


def test_who_is_no_friend_and_activities_of_nobody_are_told_with_their_lines():
    found = say()
    assert [str(refusal) for refusal in found.refused] == [
        'friends.md:4: "- 2018-01-03: Wrote code." names no friend in bold'.replace("friends.md", "exports/friends.md"),
        'exports/friends.md:5: "- 2018-01-02: **Nobody Known** wrote." names no friend in bold',
    ]
    assert found.notes == (
        "exports/friends.md: in bold, but not under ### Friends:, so not imported: Nobody Known",
        "exports/friends.md: places of nobody, left out: Paris",
    )


def test_every_section_is_optional_but_friends_or_activities():
    assert [person.name for person in say("### Friends:\n- Ada King\n").people] == ["Ada King"]
    assert not knows(friends, "### Notes:\n- 2018-01-01: x\n")
    assert not knows(friends, "# Friends:\n- Ada King\n")
    assert not knows(friends, "### Activities:\nnothing\n")


def test_lines_that_are_neither_are_refused_one_by_one():
    found = say("preface\n### Friends:\n- Ada King [London\n- Ada (a.k.a. King\nAda\n- Ada King\n- Ada King\n### Activities:\n- 2018-02-30: **Ada King**\n- soon: **Ada King**\n")  # fmt: skip
    assert [(refusal.where.line, refusal.reason) for refusal in sorted(found.refused, key=lambda one: one.where)] == [
        (1, '"preface": a line under none of the four headings'),
        (3, '"- Ada King [London": write a friend like "- Ada King (a.k.a. Ada) [Lisbon] @tag"'),
        (4, '"- Ada (a.k.a. King": write a friend like "- Ada King (a.k.a. Ada) [Lisbon] @tag"'),
        (5, '"Ada": write a friend like "- Ada King (a.k.a. Ada) [Lisbon] @tag"'),
        (7, "the same name as in line 6"),
        (9, '"- 2018-02-30: **Ada King**": write it like "- 2026-11-21: Lunch with **Ada King**"'),
        (10, '"- soon: **Ada King**": write it like "- 2026-11-21: Lunch with **Ada King**"'),
    ]


@pytest.mark.parametrize("text", ["lunch: with **Ada King**", "**Ada King** [dir:: out]", "^k3x9q2 **Ada King** ^k3x9q2"])
def test_a_text_that_would_mean_something_else_stands_below_the_entry(text):
    (row,) = say(f"### Friends:\n- Ada King\n### Activities:\n- 2018-01-01: {text}\n").rows
    assert (row.entry.kind, row.entry.text, row.entry.fields, row.entry.block_id, row.entry.at_time) == (None, "", (), None, None)
    assert row.entry.details == (f"- note: {text}",)


@pytest.mark.parametrize("text", ["14:30 **Ada King**", ": **Ada King**", "note to self: **Ada King**"])
def test_a_text_that_only_looks_like_more_is_read_back_as_it_is(text):
    (row,) = say(f"### Friends:\n- Ada King\n### Activities:\n- 2018-01-01: {text}\n").rows
    assert parse_entry(entry_line(row.entry)) == row.entry
    assert (row.entry.text, row.entry.details) == (text, ())


def test_a_value_too_long_for_a_key_is_kept_in_the_body():
    (person,) = say("### Friends:\n- Ada King @#\n").people
    assert not person.keys
    assert lines(person) == ["- tags: #"]


def test_a_file_of_another_kind_beside_it_is_named():
    with pytest.raises(Usage, match=r"b.md: has neither ### Friends: nor ### Activities:"):
        friends.read([Given("a.md", FILE.encode()), Given("b.md", b"# Ada")], Hints())


def test_the_letters_give_the_same_last_contacts_as_the_table_of_them():
    found = friends.read([Given("friends.md", (LETTERS / "friends.md").read_bytes())], Hints())
    table = interactions.read([Given("letters.csv", (LETTERS / "letters.csv").read_bytes())], Hints())
    assert found is not None
    assert table is not None
    assert (len(found.people), len(found.rows), len(found.refused)) == (199, 4454, 0)
    last = {row.name: row.entry.on for row in sorted(found.rows, key=lambda row: row.entry.on)}
    whole = {row.name: row for row in sorted(table.rows, key=lambda row: row.entry.on)}
    dated = {name: row.entry.on for name, row in whole.items() if "- date_precision: range" not in row.entry.details and name in last}
    same = [name for name, on in dated.items() if last[name] == on]
    assert len(dated) == len(same) == 188
    assert {row.entry.kind for row in found.rows} == {"letter"}
