"""Whatever stands in a cell: the files are read back as what was imported, and nothing else is hidden or written."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaintextcrm.core.exchange import IMPORTERS
from plaintextcrm.core.exchange.cells import protect
from plaintextcrm.core.exchange.incoming import Given, Hints
from tests.exchange.make import entries, imported, read, table

TOKENS = [
    "<!--", "-->", "%%", "```", "~~~", "---", "- [ ] do it", "## Interactions", "# x", "- 2026-01-01 call: x",
    "[due:: 2026-01-01]", "(a:: b)", "^abc123", "[[bob]]", "call", "note: x", "::", ":", "=cmd|' /C calc'!A0", "+1", "@x",
    "\\", '"', "'", ",", ";", "\t", "\n", "\r\n", "\r", "\u2028", "\x85", "\x0b", "\0", "\x1b[31m", "\ufeff", "\ufffe", "|",
    "* ", "> ", "{{x}}", "null", "~", "no", "0", "2026-01-01", "14:30", "[", "]", "[3. 5. 1888?]", "<<<<<<< HEAD", "=======",
    "ä", "李", "\U0001f600", " ", "  ", "%", "<", "!", "&", "*a", "&b",
]  # fmt: skip
CELLS = st.lists(st.sampled_from(TOKENS) | st.text(max_size=4), max_size=8).map("".join)
HEADER = ["date", "person", "person_id", "channel", "direction", "note", "letter_id", "place", "- [ ] odd: column", "```"]

LOG = b"date,person_id,note\n2026-01-02,7,hello\n"
PICTURES = {code: 0x2400 + code for code in (*range(9), *range(14, 32))} | {127: 0x2421}


def unprotected(text: str) -> str:
    r"""What `protect` was given, but for control characters."""
    return re.sub(r"%\\(\\*)(?=%)", r"%\1", re.sub(r"<\\(\\*)!--", r"<\1!--", text))


@settings(max_examples=120, deadline=None)
@given(st.lists(st.tuples(*[CELLS] * 6), min_size=1, max_size=5))
def test_every_row_is_read_back_with_its_facts_and_a_second_import_changes_nothing(cells):
    rows = [["2026-01-02", "Ada", "7", "letter", "sent", "before", "", "", "", ""]]
    for number, (channel, direction, note, ref, place, odd) in enumerate(cells):
        rows.append([f"2026-02-{number + 1:02}", "Ada", "7", channel, direction, note, ref, place, odd, note])
    rows.append(["2026-03-01", "Ada", "7", "letter", "sent", "after", "", "", "", ""])
    log = table([HEADER, *rows])
    vault, done = imported(log)
    twice = len(done.refused) + done.there
    ada = read(vault, "ada")
    assert (len(ada.interactions), ada.follow_ups, list(vault)) == (len(rows) - twice, (), ["contacts/ada.md"])
    assert (ada.interactions[0].text, ada.interactions[-1].text) == ("before", "after")
    text = unprotected(vault["contacts/ada.md"].decode())
    for entry, row in zip(ada.interactions, rows, strict=False) if not twice else ():
        assert entry.on == date.fromisoformat(row[0])
        for line in re.split("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]", row[5].strip()):
            assert line.strip().translate(PICTURES) in text
    again, once_more = imported(log, into=vault)
    assert (again, once_more.edits) == (vault, ())


@settings(max_examples=120, deadline=None)
@given(st.lists(st.tuples(*[CELLS] * 5), min_size=1, max_size=4))
def test_every_person_is_read_back_and_a_second_import_changes_nothing(cells):
    header = ["name", "person_id", "usual_place", "occupations", "also_known_as", "x"]
    people = table([header, *([name, str(number), *rest] for number, (name, *rest) in enumerate(cells))])
    vault, done = imported(people)
    assert len(vault) + len(done.refused) == len(cells)
    assert not [path for path in vault if not re.fullmatch(r"contacts/[^/\\.\0-\x1f][^/\\\0-\x1f]*\.md", path)]
    names = {unicodedata.normalize("NFC", " ".join(one[0].split())) for one in cells}
    assert {read(vault, path[9:-3]).name for path in vault} <= names
    assert not [path for path in vault if read(vault, path[9:-3]).interactions]
    again, once_more = imported(people, into=vault)
    assert (again, once_more.edits) == (vault, ())


@settings(max_examples=500)
@given(st.lists(st.sampled_from(["%", "\\", "<", "!", "-", "a"])).map("".join))
def test_what_would_open_a_comment_is_taken_apart_and_can_be_put_together_again(text):
    safe = protect(text)
    assert "%%" not in safe
    assert "<!--" not in safe
    assert unprotected(safe) == text


def test_comments_that_open_in_one_cell_and_close_in_another_hide_nothing_between_them():
    vault, _ = imported("date,person,note\n2026-01-01,Ada,<!-- 100%%\n2026-01-02,Ada,seen\n2026-01-03,Ada,%% -->\n")
    assert [entry.text for entry in entries(vault, "ada")] == [r"<\!-- 100%\%", "seen", r"%\% -->"]


def test_a_megabyte_in_a_cell_is_one_entry_and_ten_are_refused_by_name():
    long = "x " * 500_000
    vault, _ = imported(f'date,person,note\n2026-01-01,Ada,"{long}"\n2026-01-02,Ada,b\n')
    assert [len(entry.text) for entry in entries(vault, "ada")] == [999_999, 1]
    rows = "".join(f'2026-01-{day:02},Ada,"{long}"\n' for day in range(1, 12))
    vault, done = imported(f"date,person,note\n{rows}2026-01-01,Bob,x\n")
    assert (list(vault), done.written, len(done.refused)) == (["contacts/bob.md"], 1, 1)
    assert "larger than 10,000,000 bytes" in str(done.refused[0])


def test_the_name_of_the_file_cannot_hide_or_forge_anything_either():
    files = [Given("x/<!-- %%\n## Interactions\n- 2026-01-01 call.csv", b"name,person_id,x\nAda,7,y\n"), Given("log.csv", LOG)]
    found = IMPORTERS["interactions"](files, Hints())
    assert found is not None
    assert found.people[0].origin == r"<\!-- %\% ## Interactions - 2026-01-01 call.csv"


def test_a_templates_placeholder_with_an_empty_log_is_nobody():
    vault, done = imported("name,person_id\n{{title}},7\n")
    assert (vault, [str(refusal) for refusal in done.refused]) == ({}, ["1.csv:2: the name would not be read back as it is"])


@pytest.mark.parametrize("name", ["x\0y", "y" * 2000])
def test_a_name_that_cannot_be_a_contacts_name_is_refused_with_its_rows(name):
    people, log = table([["name", "person_id"], [name, "7"]]), table([["date", "person_id"], ["2026-01-01", "7"]])
    vault, done = imported(people, log)
    assert (vault, done.new, done.written) == ({}, 0, 0)
    assert [refusal.where.path for refusal in done.refused] == ["1.csv", "2.csv"]


NAMES = ["../../etc/passwd", "..", "/", "con", "README", "index", ".hidden", "a/b", "Interactions", "Log"]


@pytest.mark.parametrize("name", NAMES)
def test_no_name_leads_out_of_the_folder_or_to_a_file_that_is_no_contact(name):
    vault, _ = imported(table([["date", "person", "note"], ["2026-01-01", name, "x"]]))
    ((path, _),) = vault.items()
    assert re.fullmatch(r"contacts/[^/.]+\.md", path)
    assert (read(vault, path[9:-3]).name, entries(vault, path[9:-3])[0].text) == (name, "x")
