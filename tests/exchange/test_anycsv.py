"""Any table of people: `--map COLUMN=KEY`, or columns called as our keys are."""

from __future__ import annotations

import pytest

from plaintextcrm.core.errors import Usage
from plaintextcrm.core.exchange import anycsv, google
from plaintextcrm.core.exchange.incoming import Given, Hints
from tests.exchange.given import GOOGLE, knows, lines, one, read, rows


def test_columns_called_as_our_keys_need_no_map():
    ada = one(
        anycsv,
        "Full Name,Job title,Mobile,Tags,Born,Keep in touch,Shoe size,Notes,COI\n"
        'Ada King,Analyst,"+44 1, +44 2",#sailors;vienna,1985-12-10,monthly,38,A note,yes\n',
    )
    assert (ada.name, ada.note) == ("Ada King", "A note")
    assert ada.keys == {
        "role": "Analyst", "phone": ("+44 1", "+44 2"), "tags": ("sailors", "vienna"), "birthday": "1985-12-10", "cadence": "1 month", "coi": "yes",
    }  # fmt: skip
    assert lines(ada) == ["- Tags: #sailors;vienna", "- Keep in touch: monthly", "- Shoe size: 38"]


def test_map_says_what_a_column_means():
    table = "Wer;Wo;Was war;Seit;Etiketten;Schuhe\nAda King;Lisbon;Viel gelacht;5/27/2010;a, b;38\n"
    columns = {"Wer": "name", "wo": "city", "Was war": "note", "Seit": "met", "Etiketten": "tags", "Schuhe": "shoe size"}
    ada = one(anycsv, table, columns=columns)
    assert (ada.name, ada.note) == ("Ada King", "Viel gelacht")
    assert ada.keys == {"location": "Lisbon", "met": "2010-05-27", "tags": ("a", "b")}
    assert ada.other == {"shoe size": "38"}
    assert lines(ada) == ["- Seit: 5/27/2010"]


def test_given_and_family_name_make_the_name():
    ada = one(anycsv, "first,second\nAda,van Dijk\n", columns={"first": "given_name", "second": "family_name"})
    assert ada.name == "Ada van Dijk"
    assert ada.keys == {"given_name": "Ada", "family_name": "van Dijk"}


def test_a_column_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(Usage, match=r'--map "Stadt": exports/people.csv has no such column; it has Name, City'):
        read(anycsv, "Name;City\nAda;Lisbon\n", columns={"Stadt": "location"})
    with pytest.raises(Usage, match=r"people.csv: no column for the name: say which it is, --map COLUMN=name"):
        read(anycsv, "Wer,City\nAda,Lisbon\n", columns={"City": "location"})
    with pytest.raises(Usage, match=r'--map "Stadt": exports/people.csv has no such column; it has First Name, Middle Name'):
        read(google, rows(GOOGLE, {"First Name": "Ada"}), columns={"Stadt": "location"})


def test_map_wins_over_what_a_column_means_in_a_file_that_is_known():
    ada = one(google, rows(GOOGLE, {"First Name": "Ada", "Organization Department": "Mills", "Nickname": "Countess"}), columns={"Organization Department": "groups", "Nickname": "why"})  # fmt: skip
    assert ada.keys == {"groups": "Mills", "why": "Countess"}
    assert not lines(ada)


def test_a_header_that_names_nobody_is_no_table_of_people():
    assert not knows(anycsv, "date,amount\n2026-01-01,5\n")
    assert not knows(anycsv, b"\x00\x01\x02")


def test_a_value_that_its_key_does_not_take_stays_in_the_body():
    ada = one(anycsv, "name,cadence,coi,birthday\nAda King,whenever,perhaps,30 February\n")
    assert not ada.keys
    assert lines(ada) == ["- cadence: whenever", "- coi: perhaps", "- birthday: 30 February"]


def test_two_columns_of_one_meaning_lose_neither():
    ada = one(anycsv, "name,city,town,email,mail\nAda King,Lisbon,Porto,a@b.example,c@d.example\n")
    assert ada.keys == {"location": "Lisbon", "email": ("a@b.example", "c@d.example")}
    assert lines(ada) == ["- town: Porto"]


def test_several_files_are_read_with_one_map():
    given = [Given(f"{number}.csv", f"Wer\nAda {number}\n".encode()) for number in (1, 2)]
    found = anycsv.read(given, Hints(columns={"Wer": "name"}))
    assert found is not None
    assert [person.name for person in found.people] == ["Ada 1", "Ada 2"]
    assert [person.origin for person in found.people] == ["1.csv", "2.csv"]


def test_columns_that_are_not_understood_are_named():
    table = "Name,First name(s),Born,E-mail 1,Empty,Shoe\nAda King,Ada,soon,a@x.org,,38\n"
    assert read(anycsv, table, columns={"Shoe": "shoe size"}).notes == ("not understood: First name(s), E-mail 1: --map COLUMN=KEY",)
    assert read(anycsv, "Name,Email\nAda King,a@x.org\n").notes == ()
