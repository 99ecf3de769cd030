"""Monica's JSON: people with all that hangs on them, calls, conversations and activities with several people."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest

from plaintextcrm.core.errors import Usage
from plaintextcrm.core.exchange import monica as importer
from plaintextcrm.core.exchange.incoming import Given, Hints, Person, Reading, Related
from tests.exchange.given import block, contact, knows, lines, monica, read, said

PHOTO = b"\xff\xd8\xff\xe0 not really a picture"


def ada() -> dict[str, object]:
    """Somebody with a bit of everything."""
    return contact(
        "ada",
        block("contact_field", said(data="ada@home.example", type="type-mail"), said(data="+44 1", type="type-phone"),
              said(data="+44 2", type="type-wa"), said(data="https://www.linkedin.com/in/ada", type="type-li"),
              said(data="https://facebook.example/ada", type="type-fb")),
        block("address", said(name="Home", street="12 St James's Square", city="London", country="GB", latitude=51.5)),
        block("note", said(body="Prefers letters.\n# Not a heading", is_favorite=True)),
        block("gift", said(name="Tide tables", comment="for her birthday", status="offered", amount=12, date="2021-12-10")),
        block("pet", said(name="Puff", category="cat")),
        block("debt", said(in_debt="yes", amount=5, status="inprogress")),
        block("reminder", said(title="Ask about Bath", initial_date="2024-05-01", frequency_type="year", frequency_number=1)),
        block("life_event", said(name="Moved", note="to London", happened_at="2019-05-01")),
        block("task", said(title="Send the tables", description="by post", completed=False), said(title="Call", completed=True)),
        block("call", said("call-1", called_at="2024-03-01T10:00:00Z", content="About the engine.\nLong.", contact_called=True)),
        block("conversation", said("talk-1", happened_at="2024-04-01", contact_field_type="type-wa",
              messages=[said(content="Are you in?", written_by_me=True), said(content="Always.", written_by_me=False, written_at="2024-04-02T08:00:00Z")])),
        block("activity", "act-1"),
        block("photo", "photo-1"),
        block("document", "doc-1"),
        first_name="Ada", middle_name="Byron", last_name="King", nickname="Countess", description="Counts everything.", is_starred=True, is_active=True,
        is_partial=False, is_dead=False, job="Analyst", company="Engine Works", food_preferences="no fish", number_of_views=7,
        stay_in_touch_frequency=30, tags=["sailor", "vienna"], gender="F", avatar={"avatar_default_url": "http://x.example/1.png"},
        birthdate={"uuid": "d1", "is_age_based": False, "is_year_unknown": True, "date": "2024-12-10T00:00:00Z"},
        first_met_date={"uuid": "d2", "is_age_based": False, "is_year_unknown": False, "date": "2015-06-05"}, first_met_through="mary",
    )  # fmt: skip


OTHERS = (
    contact("mary", block("activity", "act-1"), first_name="Mary", last_name="Somerville", is_dead=True,
            birthdate={"is_age_based": True, "is_year_unknown": False, "date": "1980-01-01"}, deceased_date={"date": "2020-11-29"}),
    contact("byron", first_name="Byron", is_partial=True, food_preferences="milk", birthdate={"date": "2012-05-12"}),
    contact("bob", first_name="Bob", is_dead=True),
    contact("stray", first_name="Stray", is_partial=True),
)  # fmt: skip


def whole() -> bytes:
    return monica(
        block("contact", ada(), *OTHERS),
        block("relationship", said(type="child", contact_is="byron", of_contact="ada"), said(type="friend", contact_is="mary", of_contact="ada"),
              said(type="ex_husband", contact_is="bob", of_contact="ada")),
        block("activity", said("act-1", summary="Walked to Bath", description="It rained.", happened_at="2024-05-02", type="type-hike")),
        block("photo", said("photo-1", original_filename="ada.jpg", dataUrl="data:image/jpeg;base64," + b64encode(PHOTO).decode())),
        block("document", said("doc-1", original_filename="engine.pdf", dataUrl="data:application/pdf;base64,AAAA")),
        journal_entries=[{}, {}], audit_logs=[{}],
    )  # fmt: skip


def everybody() -> Reading:
    return read(importer, whole(), name="monica.json")


def person(name: str) -> Person:
    (found,) = [one for one in everybody().people if one.name == name]
    return found


def test_what_means_the_same_is_a_key():
    found = person("Ada Byron King")
    assert found.uid == "ada"
    assert found.keys == {
        "aliases": "Countess", "role": "Analyst", "company": "Engine Works", "tags": ("sailor", "vienna", "starred"), "birthday": "--12-10",
        "met": "2015-06-05", "family": ("Byron, child, 2012-05-12",), "email": "ada@home.example", "phone": "+44 1",
        "linkedin": "https://www.linkedin.com/in/ada", "website": "https://facebook.example/ada", "address": ("12 St James's Square, London, GB",),
        "location": "London, GB",
    }  # fmt: skip


def test_notes_are_paragraphs_with_their_day_and_tasks_are_follow_ups():
    found = person("Ada Byron King")
    assert found.note == "Counts everything.\n\n2020-02-03: Prefers letters.\n# Not a heading"
    assert found.follow_ups == ("- [ ] Send the tables: by post", "- [x] Call")


def test_gifts_pets_and_the_rest_stand_in_the_body_on_one_line_each():
    assert lines(person("Ada Byron King")) == [
        "- food_preferences: no fish", "- stay_in_touch_frequency: 30", "- gender: F",
        "- birthdate: 2024-12-10T00:00:00Z",
        "- Email: ada@home.example", "- Phone: +44 1", "- Whatsapp: +44 2", "- LinkedIn: https://www.linkedin.com/in/ada",
        "- Facebook: https://facebook.example/ada", "- address (Home): 12 St James's Square, London, GB", "- address 1 latitude: 51.5",
        "- note 1 is_favorite: yes", "- gift: Tide tables, for her birthday, offered, 12, 2021-12-10", "- pet: Puff, cat",
        "- debt: yes, 5, inprogress", "- reminder: Ask about Bath, 2024-05-01, year, 1", "- life event: Moved, to London, 2019-05-01",
        "- document 1: engine.pdf", "- Byron food_preferences: milk",
    ]  # fmt: skip


def test_a_gender_is_said_by_the_name_that_the_account_gives_it():
    account = json.loads(monica(block("contact", contact("ada", first_name="Ada", gender="7f3a"))))
    account["account"]["instance"]["genders"] = [said("7f3a", name="Woman", type="F")]
    (found,) = read(importer, json.dumps(account).encode(), name="monica.json").people
    assert lines(found) == ["- gender: Woman"]


def test_people_know_each_other_by_their_uid():
    assert person("Ada Byron King").related == (
        Related("knows", "mary", "Mary Somerville", "friend"),
        Related("knows", "bob", "Bob", "ex husband"),
        Related("referred_by", "mary", "Mary Somerville", "met through"),
    )


def test_a_birthday_guessed_from_an_age_is_a_year_and_the_dead_are_dead():
    assert person("Mary Somerville").keys == {"birthday": "1980", "died": "2020-11-29"}
    assert person("Bob").keys == {"status": "deceased"}


def test_calls_conversations_and_activities_are_entries():
    rows = {(row.name, row.ref): row for row in everybody().rows}
    assert list(rows) == [
        ("Ada Byron King", "call-1"),
        ("Ada Byron King", "talk-1"),
        ("Ada Byron King", "act-1"),
        ("Mary Somerville", "act-1"),
    ]
    call, talk, walk = (rows["Ada Byron King", ref] for ref in ("call-1", "talk-1", "act-1"))
    assert (str(call.entry.on), call.entry.kind, call.entry.text, call.entry.fields) == (
        "2024-03-01",
        "call",
        "About the engine.",
        (("dir", "in"), ("ref", "call-1")),
    )
    assert call.entry.details == ("- note: Long.",)
    assert (talk.entry.kind, talk.entry.details) == (
        "text",
        ("- through: Whatsapp", "- me: Are you in?", "- Ada Byron King, 2024-04-02: Always."),
    )
    assert (walk.entry.kind, walk.entry.text, walk.entry.details) == (None, "Walked to Bath", ("- It rained.", "- type: went hiking"))
    assert walk.occasion == rows["Mary Somerville", "act-1"].occasion == "act-1"


def test_what_has_no_day_is_refused_and_what_is_of_nobody_told():
    calls = block("call", said("c1", content="Hello"), said("c2", called_at="2024-02-30"), said("c3", called_at="2024-02-03"))
    data = monica(
        block("contact", contact("bob", calls, first_name="Bob")), block("activity", said("a1", summary="Alone", happened_at="2024-01-01"))
    )
    found = read(importer, data, name="monica.json")
    assert b'"uuid": "bob"' in data.splitlines()[11]
    assert [str(refusal) for refusal in found.refused] == [
        "exports/monica.json:12: Bob: a call, conversation or activity without a day"
    ] * 2
    assert [row.ref for row in found.rows] == ["c3"]
    assert found.notes == ("exports/monica.json: activities with nobody (1) are left out",)


def test_a_photo_is_an_attachment():
    (photo,) = person("Ada Byron King").attachments
    assert (photo.words, photo.suffix, photo.data) == ("photo", "jpg", PHOTO)


def test_what_is_left_out_is_told_with_counts():
    found = everybody()
    assert [person.name for person in found.people] == ["Ada Byron King", "Mary Somerville", "Bob"]
    assert [refusal.reason for refusal in found.refused] == ["Stray: only a name, and of nobody"]
    assert found.notes == (
        "exports/monica.json: the journal (2) is left out: it is of no contact",
        "exports/monica.json: the audit log (1) is left out: it is of no contact",
        "exports/monica.json: of documents (1) only the names are kept",
    )


def test_how_often_to_be_in_touch_is_taken_only_when_asked_for():
    found = read(importer, whole(), name="monica.json", columns={"stay_in_touch_frequency": "cadence"})
    assert found.people[0].keys["cadence"] == "30 days"


@pytest.mark.parametrize(
    "odd",
    [
        None,
        5,
        "text",
        [],
        {},
        {"data": 5},
        {"data": [5, {"type": 5}, {"type": "note"}, {"type": "note", "values": {}}]},
        {"properties": []},
    ],
)
def test_values_that_are_nothing_like_monica_s_harm_nobody_else(odd):
    data = monica(
        block(
            "contact", odd, contact("bob", first_name="Bob"), {**contact("eve", first_name="Eve"), **(odd if isinstance(odd, dict) else {})}
        )
    )
    found = read(importer, data, name="monica.json")
    assert "Bob" in [person.name for person in found.people]
    assert len(found.people) + len(found.refused) == 3


def test_null_is_nothing():
    empty = dict.fromkeys(("first_name", "last_name", "birthdate", "tags", "company", "is_dead"))
    found = read(importer, monica(block("contact", contact("x", **{**empty, "last_name": "King"}))), name="monica.json")
    assert [(one.name, dict(one.keys), lines(one)) for one in found.people] == [("King", {}, [])]


def test_a_photo_that_is_no_picture_is_left():
    broken = [
        said(f"p{number}", dataUrl=url)
        for number, url in enumerate(["data:image/jpeg;base64,%%%", "data:text/html;base64,AAAA", "", "data:image/png;base64,"])
    ]
    data = monica(block("contact", contact("bob", block("photo", "p0", "p1", "p2", "p3", "p9"), first_name="Bob")), block("photo", *broken))
    (bob,) = read(importer, data, name="monica.json").people
    assert not bob.attachments


def test_other_json_is_not_monica_s():
    assert not knows(importer, b'{"account": {"contact": 1}}')
    assert not knows(importer, b'{"account": "contact"')
    assert not knows(importer, json.dumps({"contacts": []}))
    with pytest.raises(Usage, match=r"b.json: no JSON export of Monica"):
        importer.read([Given("a.json", whole()), Given("b.json", b"{}")], Hints())
