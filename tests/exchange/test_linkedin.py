"""LinkedIn's Connections.csv: lines above the header, closed accounts, the ZIP it comes in."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

from plaintextcrm.core.errors import Usage
from plaintextcrm.core.exchange import linkedin
from plaintextcrm.core.exchange.incoming import Given, Hints
from tests.exchange.given import LINKEDIN, knows, lines, one, read, rows

ADA = {
    "First Name": "Ada", "Last Name": "King", "URL": "https://www.linkedin.com/in/ada", "Email Address": "ada@home.example",
    "Company": "Engine Works", "Position": "Analyst", "Connected On": "03 Jan 2023",
}  # fmt: skip
NOTES = b'Notes:\n"When exporting your connection data, you may notice that some are missing.\nSee ""help""."\n\n'


@pytest.mark.parametrize("above", [b"", NOTES, b"Notes:\nsome words, without quotes\n", b"\xef\xbb\xbf" + NOTES])
def test_the_header_is_found_below_whatever_stands_above_it(above):
    ada = one(linkedin, above + rows(LINKEDIN, ADA))
    assert ada.name == "Ada King"
    assert ada.keys == {
        "company": "Engine Works", "role": "Analyst", "email": "ada@home.example", "linkedin": "https://www.linkedin.com/in/ada",
        "met": "2023-01-03",
    }  # fmt: skip
    assert lines(ada) == ["- Connected On: 03 Jan 2023"]
    assert not ada.log


@pytest.mark.parametrize(
    ("written", "day"),
    [("03 Jan 2023", "2023-01-03"), ("7-Feb-22", "2022-02-07"), ("13/12/10, 9:14 AM", "2010-12-13"), ("2022-02-07", "2022-02-07")],
)
def test_the_days_of_all_its_years_are_read(written, day):
    assert one(linkedin, rows(LINKEDIN, {**ADA, "Connected On": written})).keys["met"] == day


def test_an_old_day_that_may_be_two_is_kept_as_text():
    found = read(linkedin, rows(LINKEDIN, {**ADA, "Connected On": "1/12/10, 9:14 AM"}))
    assert "met" not in found.people[0].keys
    assert lines(found.people[0]) == ["- Connected On: 1/12/10, 9:14 AM"]
    assert "--date-order" in found.notes[0]


def test_credentials_stay_in_the_name():
    verma = one(linkedin, rows(LINKEDIN, {**ADA, "First Name": "Asha", "Last Name": "Verma, CFA ✨"}))
    assert verma.name == "Asha Verma, CFA ✨"
    assert verma.keys["family_name"] == "Verma, CFA ✨"


def test_closed_accounts_are_refused_with_their_lines():
    closed = {"URL": "https://www.linkedin.com/in/gone", "Connected On": "03 Jan 2023"}
    found = read(linkedin, rows(LINKEDIN, closed, ADA, {"Connected On": "04 Jan 2023"}, {"Company": "Engine Works"}))
    assert [str(refusal) for refusal in found.refused] == [
        "exports/people.csv:2: no name: a closed account",
        "exports/people.csv:4: no name: a closed account",
        "exports/people.csv:5: no name: a closed account",
    ]
    assert len(found.people) + len(found.refused) == 4


def test_a_connection_listed_twice_is_one_and_one_that_says_more_is_kept():
    other = {**ADA, "Position": "Countess"}
    found = read(linkedin, rows(LINKEDIN, ADA, {**ADA, "URL": "https://www.linkedin.com/in/ada"}, other))
    assert [str(refusal) for refusal in found.refused] == ["exports/people.csv:3: the same connection as in line 2"]
    assert [person.keys["role"] for person in found.people] == ["Analyst", "Countess"]


def test_two_people_without_an_address_are_two():
    found = read(linkedin, rows(LINKEDIN, {**ADA, "URL": ""}, {**ADA, "URL": ""}))
    assert len(found.people) == 2


def test_the_columns_may_be_in_german_and_in_another_order():
    header = "Verbunden am,Vorname,Nachname,URL,E-Mail-Adresse,Unternehmen,Position"
    ada = one(linkedin, f"{header}\n03 Jan 2023,Ada,König,https://www.linkedin.com/in/ada,ada@home.example,Werk,Analystin\n")
    assert ada.name == "Ada König"
    assert (ada.keys["company"], ada.keys["role"], ada.keys["email"]) == ("Werk", "Analystin", "ada@home.example")


def zipped(name: str, data: bytes) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Profile.csv", "a,b\n")
        archive.writestr(name, data)
    return file.getvalue()


def test_the_zip_that_linkedin_sends_is_read_as_it_is():
    given = Given("exports/Basic.zip", zipped("Basic/Connections.csv", NOTES + rows(LINKEDIN, ADA)))
    found = linkedin.read([given], Hints())
    assert found is not None
    assert [str(person.where and person.where.path) for person in found.people] == ["exports/Basic.zip/Connections.csv"]


def test_a_broken_zip_is_one_line_and_another_zip_is_not_ours():
    with pytest.raises(Usage, match=r"some.zip: this ZIP cannot be read .*: unpack it, and import Connections.csv"):
        linkedin.read([Given("some.zip", zipped("Connections.csv", b"x" * 100)[:-30])], Hints())
    assert not knows(linkedin, zipped("messages.csv", b"a,b\n"))


def test_a_zip_that_would_fill_the_memory_is_refused_before_it_does():
    bomb = zipped("Connections.csv", bytes(linkedin.LARGEST + 1))
    assert len(bomb) < 200_000
    with pytest.raises(Usage, match=r"bomb.zip: Connections.csv in it is larger than 100,000,000 bytes"):
        linkedin.read([Given("bomb.zip", bomb)], Hints())
