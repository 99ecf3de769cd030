"""Tables as they should not be: bounded, one clear line each, and the counts add up."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from plaintextcrm.core.errors import Usage
from plaintextcrm.core.exchange import IMPORTERS, anycsv, friends, google, linkedin, monica, outlook, thunderbird
from plaintextcrm.core.exchange.incoming import Given, Hints, Reading
from tests.exchange.given import GOOGLE, LINKEDIN, OUTLOOK, THUNDERBIRD, block, into, knows, lines, one, read, rows
from tests.exchange.given import monica as monica_export
from tests.exchange.make import table as csv_of

HEAD = "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
EVIL = (
    "---\nname: Mallory\n---", "# Heading\n## Interactions\n- 2026-01-01 call", "```\nfence", "- [ ] pay [due:: 2026-01-01]",
    "<!-- hidden", "%% hidden", "[[../../etc/passwd]]", "{{title}}", "=1+1", "\u202eevil", "'; DROP TABLE", "<script>alert(1)</script>",
    "2026-01-01 call: me", "a: b", "&anchor *alias", "~", "null", "\\", '"', "a\tb", "x" * 5000, "\x1b[31mred", "a\x00b", "\u2028- 2026-01-01",
)  # fmt: skip


def reasons(reading: Reading) -> list[tuple[int, str]]:
    return [(refusal.where.line, refusal.reason) for refusal in reading.refused]


def test_short_rows_are_read_and_long_ones_keep_what_is_too_much():
    found = read(linkedin, HEAD + "Ada,King\nBob,Lee,,,,,03 Jan 2023,extra\n\nEve,Moss,,,,,,,,\n")
    assert [person.name for person in found.people] == ["Ada King", "Bob Lee", "Eve Moss"]
    assert lines(found.people[1]) == ["- Connected On: 03 Jan 2023", "- column 8: extra"]
    assert not found.refused


def test_a_row_of_a_hundred_thousand_cells_is_one_line():
    found = read(linkedin, HEAD + "Ada,King,,,,,\n" + "x," * 100_000 + "\nBob,Lee,,,,,\n")
    assert [person.name for person in found.people] == ["Ada King", "Bob Lee"]
    assert reasons(found) == [(3, "100,000 cells where the header has 7 columns")]


def test_a_header_of_twenty_thousand_columns_takes_no_time():
    started = time.process_time()
    header = ",".join([*GOOGLE, *(f"Custom Field {number} - Value" for number in range(2, 20_000))])
    ada = one(google, f"{header}\nAda{',' * header.count(',')}\n")
    assert ada.name == "Ada"
    same = one(anycsv, "name" + ",x" * 20_000 + "\nAda" + ",1" * 20_000 + "\n")
    assert lines(same)[:2] == ["- x: 1", "- x (3): 1"]
    assert time.process_time() - started < 8


def test_columns_of_one_name_lose_none_of_their_cells():
    ada = one(anycsv, "name,note,note,note,name\nAda,one,two,three,Countess\n")
    assert ada.name == "Ada"
    assert ada.note == "one"
    assert lines(ada) == ["- note (3): two", "- note (4): three", "- name (5): Countess"]


@pytest.mark.parametrize("tail", ['"open,King,,,,,\n', '"a"b,King,,,,,\n'])
def test_a_quote_left_open_costs_its_row_and_no_other(tail):
    found = read(linkedin, HEAD + "Ada,King,,,,,\n" + tail + "Bob,Lee,,,,,\nEve,Moss,,,,,\n")
    assert [person.name for person in found.people] == ["Ada King", "Bob Lee", "Eve Moss"]
    assert len(reasons(found)) == 1
    assert reasons(found)[0][0] == 3
    assert "quote" in reasons(found)[0][1]


def test_ten_thousand_open_quotes_take_no_time():
    started = time.process_time()
    data = HEAD + '"Ada,King,,,,,\nBob,Lee,,,,,\n' * 5_000
    found = read(linkedin, data)
    assert len(found.people) + len(found.refused) >= 5_000
    assert time.process_time() - started < 8


def test_a_nul_is_kept_as_its_picture_and_not_in_a_name():
    found = read(linkedin, HEAD + "Ada,King,,,Engine\0Works,,\nB\0b,Lee,,,,,\n")
    assert lines(found.people[0]) == ["- Company: Engine␀Works"]
    assert reasons(found) == [(3, "a control character in the name")]


@pytest.mark.parametrize("evil", EVIL, ids=range(len(EVIL)))
@pytest.mark.parametrize(
    ("module", "columns"), [(google, GOOGLE), (outlook, OUTLOOK), (linkedin, LINKEDIN), (thunderbird, THUNDERBIRD)], ids=["google", "outlook", "linkedin", "thunderbird"]
)  # fmt: skip
def test_evil_in_every_cell_makes_one_harmless_file_or_one_line(module, columns, evil):
    cells = dict.fromkeys(columns, evil)
    reading = read(module, csv_of([columns, list(cells.values()), ["Bob" if "First" in column else "" for column in columns]]))
    _, done = into({}, *reading.people)
    people = [refusal for refusal in (*reading.refused, *done.refused) if refusal.of_person]
    assert len(done.edits) + len(people) == 2
    assert done.edits[-1].path == "contacts/bob.md"
    for edit in done.edits:
        assert b"\n---\nname: Mallory" not in (edit.replaces or b"")


def test_newlines_in_a_name_are_blanks():
    assert one(google, rows(GOOGLE, {"First Name": "Ada\r\nAugusta", "Last Name": "King"})).name == "Ada Augusta King"


def test_a_name_longer_than_any_name_is_refused_with_its_length():
    found = read(google, rows(GOOGLE, {"First Name": "A" * 2000}, {"First Name": "Bob"}))
    assert reasons(found) == [(2, "a name of 2,000 characters")]


@pytest.mark.parametrize(
    "data", [b"", b"\n\n\n", b"\xff\xfe", b"\xef\xbb\xbf", b"\x00" * 5000, bytes(range(256)) * 40, b'"' * 9999, b"," * 9999]
)
@pytest.mark.parametrize("module", [google, outlook, linkedin, thunderbird, anycsv, friends, monica])
def test_what_is_no_table_is_nobody_s(module, data):
    assert not knows(module, data)


def test_an_encoding_that_does_not_fit_is_said():
    with pytest.raises(Usage, match=r"--encoding ascii: x.csv cannot be read so"):
        linkedin.read([Given("x.csv", (HEAD + "Ädä,King,,,,,\n").encode())], Hints("ascii"))
    with pytest.raises(Usage, match="--encoding klingon"):
        linkedin.read([Given("x.csv", HEAD.encode())], Hints("klingon"))
    found = linkedin.read([Given("x.csv", (HEAD + "Zoë,King,,,,,\n").encode("mac-roman"))], Hints("mac-roman"))
    assert found is not None
    assert found.people[0].name == "Zoë King"


def test_undeclared_windows_bytes_are_read_and_told_and_utf_8_beside_them_too():
    data = HEAD.encode() + "Zoë,King,,,,,\n".encode() + "Åsa,Lund,,,,,\n".encode("cp1252")
    found = read(linkedin, data)
    assert [person.name for person in found.people] == ["Zoë King", "Åsa Lund"]
    assert found.notes == ("exports/people.csv: 1 line is not UTF-8, read as Windows-1252 (--encoding NAME if that is wrong)",)


def test_two_kinds_in_one_go_are_asked_apart():
    with pytest.raises(Usage, match=r"b.csv: its header is not that of LinkedIn"):
        linkedin.read([Given("a.csv", HEAD.encode()), Given("b.csv", rows(GOOGLE))], Hints())


def test_a_cell_of_two_megabytes_is_kept_whole_in_bounded_memory():
    note = "tide " * 400_000
    data = rows(GOOGLE, {"First Name": "Ada", "Notes": note})
    tracemalloc.start()
    ada = one(google, data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert ada.note == note.strip()
    assert peak < 60_000_000


def test_composed_and_decomposed_names_are_one():
    assert one(google, rows(GOOGLE, {"First Name": "Jose\u0301", "Last Name": "Peña"})).name == "José Peña"


KNOWN = {
    "google": rows(GOOGLE, {"First Name": "Ada"}), "outlook": rows(OUTLOOK, {"First Name": "Ada"}), "linkedin": (HEAD + "Ada,King,,,,,\n").encode(),
    "thunderbird": rows(THUNDERBIRD, {"Display Name": "Ada"}), "friends": b"### Friends:\n- Ada King\n", "monica": monica_export(block("contact")),
    "ptcrm-json": b'{"schema": "ptcrm.export/1", "contacts": []}', "interactions": b"date,person\n2026-01-01,Ada\n",
    "ptcrm-csv": b"id,name,tier\nada,Ada,A\n",
}  # fmt: skip


@pytest.mark.parametrize("kind", KNOWN)
def test_each_file_is_known_for_what_it_is_by_what_is_in_it(kind):
    found = [name for name, reader in IMPORTERS.items() if name != "csv" and reader([Given("export.dat", KNOWN[kind])], Hints())]
    assert found == [kind]
