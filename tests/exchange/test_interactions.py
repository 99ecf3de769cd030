"""What becomes of PEOPLE and LOG: the rules of the import, each in a few rows."""

from __future__ import annotations

import csv
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
import yaml

from plaintextcrm.core.errors import Usage
from plaintextcrm.core.exchange import IMPORTERS
from plaintextcrm.core.exchange.incoming import Given, Hints
from plaintextcrm.core.model import PartialDate
from tests.exchange.make import entries, imported, read, reasons

LETTERS = Path(__file__).parent.parent / "data" / "letters"

LOG = """\
date,person,channel,direction,place,note,letter_id
1888-05-03,Olga Waissnix,letter,received,Reichenau,"Olga an Arthur, [3. 5. 1888?]",L1
"""


def text(lines: str) -> str:
    """A file's text as it stands in a test, from its second line on."""
    return lines.removeprefix("\n")


def test_an_entry_has_kind_note_direction_and_ref_and_each_other_cell_is_a_detail():
    vault, _ = imported(LOG)
    assert vault["contacts/olga-waissnix.md"].decode() == text("""
---
name: Olga Waissnix
created: 2026-11-21
source: interactions 2026-11-21
---

# Olga Waissnix

## Interactions

- 1888-05-03 letter: Olga an Arthur, [3. 5. 1888?] [dir:: in] [ref:: L1]
  - place: Reichenau
""")


def test_a_note_with_brackets_comes_back_as_it_is():
    vault, _ = imported(LOG)
    (entry,) = entries(vault, "olga-waissnix")
    assert (entry.on, entry.kind, entry.text) == (date(1888, 5, 3), "letter", "Olga an Arthur, [3. 5. 1888?]")
    assert (entry.field("dir"), entry.field("ref"), entry.block_id) == ("in", "L1", None)


@pytest.mark.parametrize(
    ("direction", "field", "details"),
    [
        ("sent", "out", ()), ("received", "in", ()), ("", None, ()), ("both", None, ("- direction: both",)),
        ("third-party", None, ("- direction: third-party",)),
    ],
)  # fmt: skip
def test_sent_is_out_received_is_in_and_any_other_direction_is_kept_as_a_detail(direction, field, details):
    vault, _ = imported(f"date,person,direction\n2026-01-02,Ada,{direction}\n")
    (entry,) = entries(vault, "ada")
    assert (entry.field("dir"), entry.details) == (field, details)


@pytest.mark.parametrize(
    ("channel", "kind", "details"),
    [
        ("letter", "letter", ()), ("Letter", "letter", ()), ("", None, ()), ("pigeon", None, ("- channel: pigeon",)),
        ("whatsapp", "text", ("- channel: whatsapp",)),
    ],
)  # fmt: skip
def test_the_channel_is_the_kind_and_what_the_kind_does_not_say_is_a_detail(channel, kind, details):
    vault, _ = imported(f"date,person,channel\n2026-01-02,Ada,{channel}\n")
    (entry,) = entries(vault, "ada")
    assert (entry.kind, entry.details) == (kind, details)


@pytest.mark.parametrize(
    ("written", "on", "details"),
    [
        ("1893-07-05", date(1893, 7, 5), ()),
        ("1893-07", date(1893, 7, 1), ("- date: 1893-07",)),
        ("1893", date(1893, 1, 1), ("- date: 1893",)),
    ],
)
def test_a_month_or_a_year_is_its_first_day_and_the_written_form_is_kept(written, on, details):
    vault, _ = imported(f"date,person\n{written},Ada\n")
    (entry,) = entries(vault, "ada")
    assert (entry.on, entry.details) == (on, details)


@pytest.mark.parametrize(
    "note",
    ["see [due:: 2026-01-01] there", "lunch: with Bob", "call", "ends like an id ^abc123", "(with:: noor) and more"],
)
def test_a_note_that_would_be_read_otherwise_is_kept_word_for_word_as_a_detail(note):
    vault, _ = imported(f'date,person,channel,note\n2026-01-02,Ada,pigeon,"{note}"\n')
    (entry,) = entries(vault, "ada")
    assert (entry.kind, entry.text, entry.fields, entry.block_id) == (None, "", (), None)
    assert f"- note: {note}" in entry.details
    assert imported(f'date,person,channel,note\n2026-01-02,Ada,pigeon,"{note}"\n', into=vault)[1].edits == ()


@pytest.mark.parametrize("note", ["14:30 we met", ": so", "— and then", "note to self: buy a gift", "= 5", "lunch — no"])
def test_a_note_that_begins_like_a_time_or_a_separator_comes_back_as_it_is(note):
    vault, _ = imported(f'date,person,channel,note\n2026-01-02,Ada,letter,"{note}"\n')
    assert entries(vault, "ada")[0].text == note


def test_a_note_of_several_lines_is_one_entry_and_its_other_lines_are_details():
    vault, _ = imported('date,person,channel,note\n2026-01-02,Ada,call,"first\n\n- 2026-01-01 call: second"\n')
    (entry,) = entries(vault, "ada")
    assert entry.text == "first"
    assert entry.details == ("- note:", "- note: - 2026-01-01 call: second")


def test_the_days_are_oldest_first_and_of_one_day_in_the_order_of_the_file():
    vault, _ = imported("date,person,note\n2026-03-01,Ada,c\n2026-01-01,Ada,b\n2026-01-01,Ada,a\n")
    assert [entry.text for entry in entries(vault, "ada")] == ["b", "a", "c"]


def test_a_vault_that_writes_newest_first_gets_its_new_logs_so():
    vault, _ = imported("date,person,note\n2026-01-01,Ada,a\n2026-01-01,Ada,b\n2026-03-01,Ada,c\n", order="newest")
    assert [entry.text for entry in entries(vault, "ada")] == ["c", "b", "a"]


# --- several people of one letter ----------------------------------------------------------------------------------

CARD = """\
date,person,channel,note,letter_id
1896-12-07,Ada,letter,a card,L00626
1896-12-07,Bob Lee,letter,a card,L00626
1896-12-09,Ada,letter,alone,L00627
"""


def test_one_letter_of_two_people_has_one_block_id_and_names_the_other_in_a_detail():
    vault, _ = imported(CARD)
    ada, bob = entries(vault, "ada"), entries(vault, "bob-lee")
    assert ada[0].block_id == bob[0].block_id
    assert (ada[0].text, ada[0].details, bob[0].details) == ("a card", ("- with: [[bob-lee]]",), ("- with: [[ada]]",))
    assert ada[1].block_id is None


def test_a_block_id_is_the_first_six_digits_of_the_digest_as_one_number_in_base_36():
    number, digits = int(sha256(b"L00626").hexdigest(), 16), ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    vault, _ = imported(CARD)
    assert entries(vault, "ada")[0].block_id == digits[:6] == "67uwtz"


def test_a_slug_that_somebody_else_answers_to_is_linked_by_the_id():
    there = {"contacts/old/eve-moor.md": b"---\nname: Eve Moor\naliases:\n  - Eve\n---\n"}
    vault, _ = imported(CARD.replace("Bob Lee", "Ève"), into=there, folder="contacts/new/", prefix="new/")
    assert entries(vault, "new/ada")[0].details == ("- with: [[new/eve]]",)


# --- people --------------------------------------------------------------------------------------------------------

PEOPLE = "name,person_id,given,family,birth,birth_precision,death,also_known_as,birth_name,usual_place,occupations,wikipedia,sex\n"


def test_a_person_has_the_keys_that_mean_the_same_and_the_rest_below_the_log():
    row = 'Felix Salten,pmb2167,Felix,Salten,1869-09-06,day,1945-10-08,"Sascha; Martin Finder",Siegmund Salzmann,Wien,Writer,https://x.example/a,male\n'
    vault, _ = imported(PEOPLE + row)
    assert vault["contacts/felix-salten.md"].decode() == text("""
---
name: Felix Salten
aliases:
  - Sascha
  - Martin Finder
  - Siegmund Salzmann
role: Writer
location: Wien
website: "https://x.example/a"
birthday: 1869-09-06
died: 1945-10-08
created: 2026-11-21
source: interactions 2026-11-21
uid: pmb2167
---

# Felix Salten

## Interactions

## Imported from 1.csv

- birth_precision: day
- also_known_as: Sascha; Martin Finder
- sex: male
""")


def test_a_birth_known_to_the_year_is_a_year_even_where_a_day_is_written():
    vault, _ = imported(PEOPLE + "Ada,1,,,1815-01-01,year,,,,,,,\n")
    ada = read(vault, "ada")
    assert ada.birthday == PartialDate(1815)
    assert "- birth: 1815-01-01\n- birth_precision: year\n" in vault["contacts/ada.md"].decode()


def test_a_birth_that_is_no_day_is_kept_as_written_and_is_no_birthday():
    vault, done = imported(PEOPLE + "Ada,1,,,12/10/1815,day,,,,,,,\n")
    assert read(vault, "ada").birthday is None
    assert "- birth: 12/10/1815\n" in vault["contacts/ada.md"].decode()
    assert not done.refused


@pytest.mark.parametrize(
    ("name", "given", "family", "keys"),
    [
        ("Ada King", "Ada", "King", {}),
        ("Hugo von Hofmannsthal", "Hugo von", "Hofmannsthal", {}),
        ("Christine", "Christine", "", {}),
        ("Christiane von Hofmannsthal", "Christiane", "Zimmer", {"given_name": "Christiane", "family_name": "Zimmer"}),
        ("Pablo Hernández Rivera", "Pablo", "Hernández Rivera", {"given_name": "Pablo", "family_name": "Hernández Rivera"}),
        ("?? [Frau in Wien]", "", "?? [Frau in Wien]", {"family_name": "?? [Frau in Wien]"}),
    ],
)
def test_name_parts_are_kept_only_where_the_last_blank_does_not_give_them(name, given, family, keys):
    vault, _ = imported(f"{PEOPLE}{name},1,{given},{family},,,,,,,,,\n")
    ((path, _),) = vault.items()
    found = read(vault, path[9:-3])
    assert {key: value for key, value in found.keys.items() if key.endswith("_name")} == keys


def test_a_website_with_a_comma_is_one_website():
    vault, _ = imported(PEOPLE + 'Ada,1,,,,,,,,,,"https://x.example/King,_Ada",\n')
    assert read(vault, "ada").texts("website") == ("https://x.example/King,_Ada",)


def test_every_cell_about_the_two_hundred_people_is_found_in_their_files():
    vault, done = imported((LETTERS / "people.csv").read_bytes(), (LETTERS / "letters.csv").read_bytes())
    assert (done.new, done.written, done.there, done.refused, done.questions) == (200, 4590, 0, (), ())
    by_uid = {read(vault, path[9:-3]).text("uid"): data.decode() for path, data in vault.items()}
    for row in csv.DictReader((LETTERS / "people.csv").read_text(encoding="utf-8").splitlines()):
        file = by_uid[row["person_id"]]
        assert [cell for cell in row.values() if cell not in file] == []
        yaml.safe_load(file.split("---\n")[1])


def test_every_cell_of_the_letters_is_found_in_their_entries():
    vault, _ = imported((LETTERS / "people.csv").read_bytes(), (LETTERS / "letters.csv").read_bytes())
    by_ref = {}
    for path in vault:
        somebody = read(vault, path[9:-3])
        by_ref |= {(somebody.text("uid"), entry.field("ref")): entry for entry in somebody.interactions}
    rows = list(csv.DictReader((LETTERS / "letters.csv").read_text(encoding="utf-8").splitlines()))
    assert len(by_ref) == len(rows)
    shown = ("place", "kind", "date_precision", "earliest", "latest", "place_to", "received", "others", "url")
    for row in rows:
        entry = by_ref[row["person_id"], row["letter_id"]]
        assert (entry.on.isoformat(), entry.kind, entry.text) == (row["date"], row["channel"], row["note"])
        assert entry.field("dir") == {"sent": "out", "received": "in"}[row["direction"]]
        details = [line for line in entry.details if not line.startswith("- with: ")]
        assert details == [f"- {column}: {row[column]}" for column in shown if row[column]]


# --- rows that are refused -----------------------------------------------------------------------------------------


def test_rows_without_a_day_a_person_or_a_shape_are_refused_with_their_line_and_the_others_are_written():
    vault, done = imported(
        "date,person,note\n2026-01-01,Ada,one\n3.5.1888,Ada,two\n,Ada,three\n2026-01-04,,four\n2026-01-05,Ada\n"
        '2026-01-06,Ada,a,b\n\n,,\n2026-01-07,Ada,seven\n2026-01-08,Ada,"open\n2026-01-09,Ada,nine\n'
    )
    assert [entry.text for entry in entries(vault, "ada")] == ["one", "seven", "nine"]
    assert reasons(done) == [
        '1.csv:3: date "3.5.1888": write it as 1888-05-03 or 1888-03-05',
        "1.csv:4: no date",
        "1.csv:5: no person",
        "1.csv:6: 2 cells where the header has 3 columns",
        "1.csv:7: 4 cells where the header has 3 columns",
        "1.csv:11: a quote is opened and not closed",
    ]
    assert (done.rows, done.written, done.there) == (9, 3, 0)


def test_a_person_without_a_name_is_refused_and_so_are_rows_that_only_have_that_id():
    _, done = imported("name,person_id\n,7\nAda,8\n", "date,person,person_id\n2026-01-01,,7\n2026-01-02,,8\n")
    assert reasons(done) == ["1.csv:2: no name", '2.csv:2: nobody has the person_id "7", and no name stands beside it']
    assert (done.new, done.written) == (1, 1)


def test_two_different_rows_with_one_id_of_one_person_are_not_both_written_in_silence():
    vault, done = imported("date,person,note,letter_id\n2026-01-01,Ada,a,1\n2026-01-01,Ada,a,1\n2026-01-02,Ada,b,1\n")
    assert len(entries(vault, "ada")) == 1
    assert reasons(done) == ['1.csv:4: "1" is that of 1.csv:2 too, which says something else']
    assert (done.written, done.there) == (1, 1)


# --- shapes of files -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_seen_from_the_header(separator):
    vault, _ = imported("date,person,note\n2026-01-01,Ada,hello\n".replace(",", separator))
    assert entries(vault, "ada")[0].text == "hello"


def test_lines_above_the_header_padded_names_and_empty_columns_at_the_end_do_no_harm():
    vault, done = imported("Exported by X\n\n Date , Person ID,Person,Channel,,\n2026-01-01,7,Ada,call,,\n", "name,person_id\nAda,7\n")
    assert (entries(vault, "ada")[0].kind, done.refused, len(vault)) == ("call", (), 1)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_byte_order_marks_and_utf_16_are_seen(encoding):
    vault, done = imported("date,person,note\n2026-01-01,Ada,Grüße\n".encode(encoding))
    assert (entries(vault, "ada")[0].text, done.notes) == ("Grüße", ())


def test_lines_that_are_not_utf_8_are_read_as_windows_1252_and_that_is_said():
    mixed = "date,person,note\n2026-01-01,Ada,Grüße\n".encode() + "2026-01-02,Ada,Grüße – „so“\n".encode("cp1252")
    vault, done = imported(mixed)
    assert [entry.text for entry in entries(vault, "ada")] == ["Grüße", "Grüße – „so“"]
    assert done.notes == ("1.csv: 1 line is not UTF-8, read as Windows-1252 (--encoding NAME if that is wrong)",)


def test_an_encoding_that_is_named_is_used_and_one_that_does_not_fit_is_refused():
    data = "date,person,note\n2026-01-01,Ada,Łódź\n".encode("iso8859-2")
    vault, _ = imported(data, encoding="iso8859-2")
    assert entries(vault, "ada")[0].text == "Łódź"
    for name in ("utf-8", "klingon", "base64"):
        with pytest.raises(Usage, match="cannot be read so"):
            imported(data, encoding=name)


def test_files_of_another_kind_are_not_taken_for_interactions():
    for text in (
        "",
        "First Name,Last Name,E-mail Address\nAda,King,a@x.example\n",
        "BEGIN:VCARD\nFN:Ada\nEND:VCARD\n",
        "name,email\nAda,x\n",
    ):
        assert IMPORTERS["interactions"]([Given("x.csv", text.encode())], Hints()) is None


def test_people_and_log_are_told_apart_by_their_headers_not_their_order():
    people, log = "name,person_id\nAda King,7\n", "date,person_id,person\n2026-01-01,7,A. King\n"
    assert imported(people, log)[0]["contacts/ada-king.md"].replace(b"1.csv", b"2.csv") == imported(log, people)[0]["contacts/ada-king.md"]
    assert entries(imported(people, log)[0], "ada-king")[0].details == ("- person: A. King",)
