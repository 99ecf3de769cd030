"""Outlook's CSV: of Windows, of the web, in other languages, and its days that may be read two ways."""

from __future__ import annotations

import pytest

from plaintextcrm.core.exchange import outlook
from tests.exchange.given import OUTLOOK, knows, lines, one, read, rows, table

ADA = {
    "Title": "Lady", "First Name": "Ada", "Last Name": "King", "Company": "Engine Works", "Department": "Mills", "Job Title": "Analyst",
    "Business Street": "1 Mill Lane", "Business City": "Manchester", "Business Country/Region": "United Kingdom",
    "Home Street": "12 St James's Square", "Home City": "London", "Home Country/Region": "United Kingdom", "Business Phone": "+44 1",
    "Home Phone": "+44 2", "Mobile Phone": "+44 3", "Business Fax": "+44 9", "Anniversary": "7/8/2010", "Assistant's Name": "Bob Lee",
    "Birthday": "12/31/1985", "Categories": "Sailors;Vienna", "Children": "Byron", "E-mail Address": "ada@home.example",
    "E-mail Type": "SMTP", "E-mail Display Name": "Ada K.", "E-mail 2 Address": "/o=Works/ou=First/cn=ada", "Gender": "Unspecified",
    "Hobby": "Sailing; Chess, Horses", "Location": "the square", "Notes": "Line one\r\nLine two", "Priority": "Normal", "Private": "False",
    "Profession": "Mathematician", "Referred By": "Mary Somerville", "Sensitivity": "Normal", "Spouse": "William King",
    "User 1": "met on a boat", "Web Page": "https://ada.example",
}  # fmt: skip


def test_each_column_means_what_outlook_means_by_it():
    ada = one(outlook, rows(OUTLOOK, ADA))
    assert ada.name == "Ada King"
    assert ada.keys == {
        "name_prefix": "Lady", "company": "Engine Works", "role": "Analyst", "email": "ada@home.example", "phone": ("+44 3", "+44 1", "+44 2"),
        "address": ("12 St James's Square, London, United Kingdom", "1 Mill Lane, Manchester, United Kingdom"),
        "location": "London, United Kingdom", "birthday": "1985-12-31", "dates": "2010-07-08 anniversary",
        "hobbies": ("Sailing", "Chess", "Horses"), "referred_by": "Mary Somerville", "family": ("William King, spouse", "Byron, children"),
        "tags": ("Sailors", "Vienna"), "website": "https://ada.example",
    }  # fmt: skip
    assert ada.note == "Line one\nLine two"
    assert [(other.key, other.name, other.words) for other in ada.related] == [("knows", "Bob Lee", "Assistant")]


def test_what_no_key_holds_stands_in_the_body_and_what_outlook_writes_for_everybody_does_not():
    assert lines(one(outlook, rows(OUTLOOK, ADA))) == [
        "- Department: Mills", "- Business Phone: +44 1", "- Home Phone: +44 2", "- Mobile Phone: +44 3", "- Business Fax: +44 9",
        "- Anniversary: 7/8/2010", "- Birthday: 12/31/1985", "- E-mail Display Name: Ada K.",
        "- E-mail 2 Address: /o=Works/ou=First/cn=ada", "- Location: the square", "- Profession: Mathematician", "- User 1: met on a boat",
    ]  # fmt: skip


@pytest.mark.parametrize("empty", ["0/0/00", "00/00/00", "0000-00-00", "0000-00-00 00:00:00", ""])
def test_a_day_that_is_none_is_no_birthday(empty):
    person = {"First Name": "Ada", "Last Name": "King", "Birthday": empty}
    ada = one(outlook, rows(OUTLOOK, person))
    assert "birthday" not in ada.keys
    assert not lines(ada)


def people(*days: str) -> bytes:
    return rows(OUTLOOK, *({"First Name": "Ada", "Last Name": f"King{number}", "Birthday": day} for number, day in enumerate(days)))


def test_one_part_above_twelve_decides_the_order_of_the_whole_file():
    assert [one.keys["birthday"] for one in read(outlook, people("5/6/1980", "20/01/1991")).people] == ["1980-06-05", "1991-01-20"]
    assert [one.keys["birthday"] for one in read(outlook, people("5/6/1980", "01/20/1991")).people] == ["1980-05-06", "1991-01-20"]


def test_days_that_can_be_read_two_ways_are_kept_as_text_and_asked_about():
    found = read(outlook, people("5/6/1980", "7/7/1981"))
    assert [dict(person.keys).get("birthday") for person in found.people] == [None, "1981-07-07"]
    assert lines(found.people[0]) == ["- Birthday: 5/6/1980"]
    assert found.notes == (
        'exports/people.csv: "5/6/1980" may be day or month first (no day of it tells): such days are kept as text; '
        "--date-order dmy or mdy tells",
    )


def test_a_file_of_both_orders_reads_what_is_certain_and_says_so():
    found = read(outlook, people("5/6/1980", "20/01/1991", "01/20/1992"))
    assert [dict(person.keys).get("birthday") for person in found.people] == [None, "1991-01-20", "1992-01-20"]
    assert "some of its days are written day first, some month first" in found.notes[0]


def test_the_user_may_say_the_order_and_a_day_that_contradicts_it_stays_text():
    found = read(outlook, people("5/6/1980", "20/01/1991"), date_order="mdy")
    assert [dict(person.keys).get("birthday") for person in found.people] == ["1980-05-06", None]
    assert not found.notes


def test_with_points_the_day_is_first_wherever_it_is_written():
    assert [one.keys["birthday"] for one in read(outlook, people("5.6.1980")).people] == ["1980-06-05"]


def test_a_year_of_two_digits_is_no_birthday():
    found = read(outlook, people("5/26/80"))
    assert "birthday" not in found.people[0].keys
    assert lines(found.people[0]) == ["- Birthday: 5/26/80"]


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Vorname,Nachname,Firma,Position,Straße geschäftlich,Ort geschäftlich,Telefon geschäftlich,Mobiltelefon,E-Mail-Adresse,Geburtstag,Kategorien,Notizen", "31.12.1985"),
        ("Prénom,Nom,Société,Profession,Rue (bureau),Ville (bureau),Téléphone (bureau),Tél. mobile,Adresse de messagerie,Anniversaire,Catégories,Notes", "31/12/1985"),
        ("Nombre,Apellidos,Organización,Puesto,Calle del trabajo,Ciudad de trabajo,Teléfono del trabajo,Teléfono móvil,Dirección de correo electrónico,Cumpleaños,Categorías,Notas", "31/12/1985"),
    ],
)  # fmt: skip
def test_other_languages_say_the_same(header, cells):
    row = f"Ada,King,Engine Works,Analyst,1 Mill Lane,Manchester,+44 1,+44 3,ada@home.example,{cells},Sailors;Vienna,A note"
    ada = one(outlook, f"{header}\n{row}\n".encode("cp1252"))
    assert (ada.name, ada.note) == ("Ada King", "A note")
    assert ada.keys == {
        "company": "Engine Works", "role": "Analyst", "email": "ada@home.example", "phone": ("+44 3", "+44 1"),
        "address": ("1 Mill Lane, Manchester",), "location": "Manchester", "birthday": "1985-12-31", "tags": ("Sailors", "Vienna"),
    }  # fmt: skip


def test_of_two_french_columns_titre_the_second_is_the_job():
    header = ["Titre", "Prénom", "Nom", "Société", "Service", "Titre", "Rue (bureau)", "Adresse de messagerie"]
    ada = one(outlook, table([header, ["Mme", "Ada", "King", "Engine Works", "Mills", "Analyste", "1 Mill Lane", "ada@home.example"]]))
    assert (ada.name, ada.keys["name_prefix"], ada.keys["role"]) == ("Ada King", "Mme", "Analyste")
    assert lines(ada) == ["- Service: Mills"]


GERMAN = {
    "Anrede": "Frau Dr.", "Vorname": "Änne", "Nachname": "Groß", "Straße geschäftlich": "Hauptstraße 5", "Straße geschäftlich 2": "Eingang B",
    "Ort geschäftlich": "Köln", "Postfach geschäftlich": "PF 7", "Weiterer Ort": "Füssen", "Weiteres/r Bundesland/Kanton": "Bayern",
    "Weiteres/e Land/Region": "Deutschland", "Telefon Assistent": "0221 1", "Telefon Firma": "0221 2", "Beruf": "Bäckerin",
    "E-Mail-Adresse": "aenne@home.example", "E-Mail-Typ": "SMTP", "E-Mail: Angezeigter Name": "Änne G.", "E-Mail 2: Adresse": "/o=Works/cn=ag",
    "E-Mail 2: Typ": "EX", "Empfohlen von": "Hans Kurz", "Geschlecht": "Keine Angabe", "Geburtstag": "0.0.00", "Kinder": "Max",
    "Name des/r Vorgesetzten": "Frau Lang", "Ort": "Rheinland", "Priorität": "Normal", "Privat": "Aus", "Regierungsnr.": "12 345",
    "Stichwörter": "wichtig", "Vertraulichkeit": "Normal",
}  # fmt: skip


def test_all_of_a_german_file_is_understood_and_what_outlook_writes_for_everybody_left_out():
    found = read(outlook, table([list(GERMAN), list(GERMAN.values())]))
    (anne,) = found.people
    assert anne.keys == {
        "name_prefix": "Frau Dr.", "role": "Bäckerin", "email": "aenne@home.example", "phone": ("0221 2", "0221 1"), "location": "Köln",
        "address": ("Hauptstraße 5, Eingang B, PF 7, Köln", "Füssen, Bayern, Deutschland"), "referred_by": "Hans Kurz",
        "family": ("Max, children",), "tags": "wichtig",
    }  # fmt: skip
    assert [(other.name, other.words) for other in anne.related] == [("Frau Lang", "Manager")]
    assert lines(anne) == [
        "- Telefon Assistent: 0221 1", "- Telefon Firma: 0221 2", "- E-Mail: Angezeigter Name: Änne G.", "- E-Mail 2: Adresse: /o=Works/cn=ag",
        "- E-Mail 2: Typ: EX", "- Ort: Rheinland", "- Regierungsnr.: 12 345",
    ]  # fmt: skip
    assert found.notes == ("exports/people.csv: 1 government ID number would stand in plain text, and in git's history",)


def test_a_government_number_is_told_before_it_is_written():
    found = read(outlook, rows(OUTLOOK, {"First Name": "Ada", "Last Name": "King", "Government ID Number": "078-05-1120"}))
    assert lines(found.people[0]) == ["- Government ID Number: 078-05-1120"]
    assert found.notes == ("exports/people.csv: 1 government ID number would stand in plain text, and in git's history",)


def test_semicolons_between_the_cells_are_understood():
    assert one(outlook, rows(OUTLOOK, ADA, separator=";")).keys == one(outlook, rows(OUTLOOK, ADA)).keys


def test_linkedin_and_a_plain_list_are_not_taken_for_outlook():
    assert not knows(outlook, "First Name,Last Name,URL,Email Address,Company,Position,Connected On\nA,B,,,,,\n")
    assert not knows(outlook, "First Name,E-mail Address\nAda,a@b.c\n")
