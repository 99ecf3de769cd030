"""Thunderbird's CSV: the birthday in three columns, comma or tab, the header in its own language."""

from __future__ import annotations

import pytest

from plaintextcrm.core.exchange import thunderbird
from tests.exchange.given import THUNDERBIRD, knows, lines, one, rows

ADA = {
    "First Name": "Ada", "Last Name": "King", "Display Name": "Ada King", "Nickname": "Countess", "Primary Email": "ada@home.example",
    "Secondary Email": "ada@work.example", "Screen Name": "ada1815", "Work Phone": "+44 1", "Home Phone": "+44 2", "Fax Number": "+44 9",
    "Mobile Number": "+44 3", "Home Address": "12 St James's Square", "Home City": "London", "Home ZipCode": "SW1Y",
    "Home Country": "United Kingdom", "Job Title": "Analyst", "Department": "Mills", "Organization": "Engine Works",
    "Web Page 2": "https://ada.example", "Birth Month": "2", "Birth Day": "9", "Custom 1": "likes tides", "Notes": "A note",
}  # fmt: skip


def test_each_column_means_what_thunderbird_means_by_it():
    ada = one(thunderbird, rows(THUNDERBIRD, ADA))
    assert (ada.name, ada.note) == ("Ada King", "A note")
    assert ada.keys == {
        "aliases": "Countess", "company": "Engine Works", "role": "Analyst", "email": ("ada@home.example", "ada@work.example"),
        "phone": ("+44 3", "+44 1", "+44 2"), "address": ("12 St James's Square, London, SW1Y, United Kingdom",),
        "location": "London, United Kingdom", "website": "https://ada.example", "birthday": "--02-09",
    }  # fmt: skip
    assert lines(ada) == [
        "- Screen Name: ada1815", "- Work Phone: +44 1", "- Home Phone: +44 2", "- Fax Number: +44 9", "- Mobile Number: +44 3",
        "- Department: Mills", "- Custom 1: likes tides",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("year", "month", "day", "birthday"),
    [("1985", "12", "10", "1985-12-10"), ("", "2", "29", "--02-29"), ("1985", "", "", "1985"), ("", "", "10", None), ("1985", "2", "30", None), ("²", "1", "1", None)],
)  # fmt: skip
def test_a_birthday_is_as_precise_as_its_columns(year, month, day, birthday):
    person = {"Display Name": "Ada King", "Mobile Number": "+44 1985 2 30 10", "Birth Year": year, "Birth Month": month, "Birth Day": day}
    ada = one(thunderbird, rows(THUNDERBIRD, person))
    assert ada.keys.get("birthday") == birthday
    kept = [line for line in lines(ada) if line.startswith("- Birth")]
    assert len(kept) == (0 if birthday else sum(map(bool, (year, month, day))))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_whatever_stands_between_the_cells(separator):
    assert one(thunderbird, rows(THUNDERBIRD, ADA, separator=separator)).keys["company"] == "Engine Works"


def test_a_header_that_ends_in_a_comma_and_the_german_one():
    assert one(thunderbird, "First Name,Last Name,Display Name,Primary Email,\nAda,King,Ada King,ada@home.example,\n").name == "Ada King"
    header = "Vorname,Nachname,Anzeigename,Primäre E-Mail-Adresse,Mobil-Tel.-Nr.,Organisation,Geburtsjahr,Geburtsmonat,Geburtstag,Notizen"
    ada = one(thunderbird, f"{header}\nAda,König,Ada König,ada@home.example,+49 1,Werk,1985,12,10,Notiz\n".encode("cp1252"))
    assert (ada.name, ada.note, ada.keys["birthday"], ada.keys["phone"]) == ("Ada König", "Notiz", "1985-12-10", "+49 1")


def test_addresses_phones_and_the_job_of_a_german_file_are_whole():
    header = (
        "Vorname,Nachname,Primäre E-Mail-Adresse,Tel. privat,Fax-Nummer,Privat: Adresse,Privat: Adresse 2,Privat: Ort,Privat: Bundesland,"
        "Privat: PLZ,Privat: Land,Dienstlich: Adresse,Dienstlich: Ort,Dienstlich: Bundesland,Arbeitstitel"
    )
    found = one(thunderbird, f"{header}\nKäthe,Öhr,k@a.example,030 1,030 2,Weg 1,Haus 2,Berlin,BE,10115,DE,Allee 2,Potsdam,BB,Ärztin\n")
    assert found.keys == {
        "email": "k@a.example", "phone": "030 1", "role": "Ärztin", "location": "Berlin, BE, DE",
        "address": ("Weg 1, Haus 2, Berlin, BE, 10115, DE", "Allee 2, Potsdam, BB"),
    }  # fmt: skip
    assert lines(found) == ["- Tel. privat: 030 1", "- Fax-Nummer: 030 2"]


def test_without_a_header_nobody_is_guessed():
    assert not knows(thunderbird, "Ada,King,Ada King,,ada@home.example\n")
