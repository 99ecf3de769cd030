"""Google Contacts as CSV: the header of today, the one before 2024, and what people do to both."""

from __future__ import annotations

from plaintextcrm.core.exchange import google
from tests.exchange.given import GOOGLE, knows, lines, one, read, rows

ADA = {
    "First Name": "Ada", "Last Name": "King", "Nickname": "Countess", "Organization Name": "Engine Works", "Organization Title": "Analyst",
    "Organization Department": "Mills", "Birthday": "1985-12-10", "Notes": "Met at the lock gates.\r\nLikes tide tables.",
    "Labels": "Sailors ::: * starred ::: * myContacts", "E-mail 1 - Label": "Home", "E-mail 1 - Value": "ada@home.example",
    "E-mail 2 - Label": "* Work", "E-mail 2 - Value": "ada@work.example", "Phone 1 - Label": "Work", "Phone 1 - Value": "+44 1 ::: +44 2",
    "Phone 2 - Label": "Mobile", "Phone 2 - Value": "+44 3", "Address 1 - Label": "Home",
    "Address 1 - Formatted": "12 St James's Square\nLondon\nSW1Y 4JH\nUnited Kingdom", "Address 1 - Street": "12 St James's Square",
    "Address 1 - City": "London", "Address 1 - Postal Code": "SW1Y 4JH", "Address 1 - Country": "United Kingdom",
    "Relation 1 - Label": "Spouse", "Relation 1 - Value": "William King", "Relation 2 - Label": "Referred By",
    "Relation 2 - Value": "Mary Somerville", "Website 1 - Label": "Blog", "Website 1 - Value": "https://ada.example",
    "Event 1 - Label": "Anniversary", "Event 1 - Value": "2010-07-08", "Custom Field 1 - Label": "Boat", "Custom Field 1 - Value": "Thistle",
}  # fmt: skip


def test_each_column_means_what_google_means_by_it():
    ada = one(google, rows(GOOGLE, ADA))
    assert ada.name == "Ada King"
    assert ada.keys == {
        "aliases": "Countess", "company": "Engine Works", "role": "Analyst", "birthday": "1985-12-10", "tags": ("Sailors", "starred"),
        "email": ("ada@work.example", "ada@home.example"), "phone": ("+44 3", "+44 1", "+44 2"),
        "address": ("12 St James's Square, London, SW1Y 4JH, United Kingdom",), "location": "London, United Kingdom",
        "family": ("William King, spouse",), "referred_by": "Mary Somerville", "website": "https://ada.example",
        "dates": "2010-07-08 Anniversary",
    }  # fmt: skip
    assert ada.note == "Met at the lock gates.\nLikes tide tables."


def test_labels_of_numbers_and_own_fields_stand_in_the_body():
    assert lines(one(google, rows(GOOGLE, ADA))) == [
        "- Organization Department: Mills", "- E-mail 1 (Home): ada@home.example", "- E-mail 2 (* Work): ada@work.example",
        "- Phone 1 (Work): +44 1, +44 2", "- Phone 2 (Mobile): +44 3",
        "- Address 1 (Home): 12 St James's Square, London, SW1Y 4JH, United Kingdom",
        "- Relation 1 - Label: Spouse", "- Relation 2 - Label: Referred By", "- Website 1 (Blog): https://ada.example",
        "- Custom field 1 (Boat): Thistle",
    ]  # fmt: skip


def test_columns_in_any_order_are_found_by_their_names():
    assert one(google, rows(GOOGLE[::-1], ADA)).keys == one(google, rows(GOOGLE, ADA)).keys


def test_the_header_of_before_2024_is_read_too():
    columns = ("Name", "Given Name", "Additional Name", "Family Name", "Name Prefix", "Birthday", "Location", "Occupation", "Hobby",
               "Notes", "Group Membership", "E-mail 1 - Type", "E-mail 1 - Value", "Organization 1 - Name", "Organization 1 - Title",
               "Organization 2 - Name", "Jot 1 - Type", "Jot 1 - Value")  # fmt: skip
    person = {
        "Name": "Dr. Ada Byron King", "Given Name": "Ada", "Additional Name": "Byron", "Family Name": "King", "Name Prefix": "Dr.",
        "Birthday": "--12-10", "Location": "London", "Occupation": "Analyst", "Hobby": "Sailing;Chess ::: Horses",
        "Group Membership": "* myContacts ::: Sailors", "E-mail 1 - Type": "*", "E-mail 1 - Value": "ada@home.example",
        "Organization 1 - Name": "Engine Works", "Organization 2 - Name": "Tide Office", "Jot 1 - Type": "", "Jot 1 - Value": "A jot",
    }  # fmt: skip
    ada = one(google, rows(columns, person))
    assert ada.name == "Ada Byron King"
    assert ada.keys == {
        "name_prefix": "Dr.", "company": "Engine Works", "role": "Analyst", "birthday": "--12-10", "hobbies": ("Sailing", "Chess", "Horses"),
        "tags": "Sailors", "email": "ada@home.example", "location": "London",
    }  # fmt: skip
    assert {"- Organization 2 - Name: Tide Office", "- Jot 1 - Value: A jot"} <= set(lines(ada))


def test_an_older_location_gives_way_to_an_address():
    columns = ("Name", "Given Name", "Family Name", "Location", "Group Membership", "Address 1 - City")
    ada = one(google, rows(columns, {"Name": "Ada", "Location": "by the river", "Address 1 - City": "London"}))
    assert ada.keys["location"] == "London"
    assert lines(ada) == ["- Location: by the river"]


def test_parts_of_a_name_are_kept_where_blanks_do_not_give_them():
    person = {"First Name": "Monica", "Last Name": "De La Cruz"}
    assert one(google, rows(GOOGLE, person)).keys == {"given_name": "Monica", "family_name": "De La Cruz"}
    person = {"First Name": "Don", "Middle Name": "S.", "Last Name": "Beyer", "Name Suffix": "Jr."}
    beyer = one(google, rows(GOOGLE, person))
    assert beyer.name == "Don S. Beyer Jr."
    assert beyer.keys["name_suffix"] == "Jr."


def test_who_has_no_name_is_called_by_what_there_is_and_that_is_told():
    found = read(google, rows(GOOGLE, {"E-mail 1 - Value": "desk@tide.example"}, {"Organization Name": "Tide Office"}, ADA))
    assert [person.name for person in found.people] == ["desk@tide.example", "Tide Office", "Ada King"]
    assert found.notes == ("exports/people.csv: 2 people have no name and are called by company, e-mail or phone (lines 2, 3)",)


def test_who_has_nothing_to_be_called_by_is_refused_with_the_line():
    found = read(google, rows(GOOGLE, {"Notes": "who was it?"}, ADA))
    assert [str(refusal) for refusal in found.refused] == ["exports/people.csv:2: no name, company, e-mail or phone to call somebody by"]
    assert [person.where.line for person in found.people if person.where] == [3]


def test_a_birthday_that_is_none_stays_as_text():
    person = {"First Name": "Ada", "Last Name": "King", "Birthday": "circa 1800"}
    ada = one(google, rows(GOOGLE, person))
    assert "birthday" not in ada.keys
    assert lines(ada) == ["- Birthday: circa 1800"]


def test_a_work_anniversary_is_the_day_the_job_began():
    person = {"First Name": "Ada", "Last Name": "King", "Event 1 - Label": "Work anniversary", "Event 1 - Value": "2019-04-01"}
    assert one(google, rows(GOOGLE, person)).keys == {"started": "2019-04-01"}


def test_names_of_one_column_are_not_kin_of_google():
    assert not knows(google, "name,person_id\nAda,1\n")
    assert not knows(google, "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n")
    assert not knows(google, b"")
