"""Whose a proposal is, and what is there already."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaintextcrm.core.entries import entry_line, parse_entry
from tests.capture.make import ADA, BOB, event, mail, placed, read


def lines(*proposals: object, decided: tuple[str, ...] = (), **people: str) -> list[str]:
    found = placed(proposals, decided, **people)  # type: ignore[arg-type]
    return [f"{offer.id}: {entry_line(offer.entry)}" for offer in found.offers]


def test_an_address_of_any_case_and_number_names_its_person() -> None:
    both = read(
        "ics", event("ATTENDEE:mailto:BOB@example.com", "ATTENDEE:mailto:unknown@example.com", who="mailto:KING@example.org")
    ).proposals
    found = placed(both)
    assert [(offer.id, offer.others) for offer in found.offers] == [("ada", ("bob",)), ("bob", ("ada",))]


def test_an_address_that_two_people_share_names_nobody() -> None:
    assert lines(*read("mbox", mail()).proposals, ada=ADA, eve=ADA) == []


def test_the_mails_of_one_day_are_one_entry_with_their_subjects() -> None:
    days = [
        mail(subject=f"{word}", id=f"<{word}@x>", day=f"Thu, 19 Nov 2026 1{n}:00:00 +0000")
        for n, word in enumerate(("b", "a", "a", "c", "d"))
    ]
    ours = mail("me@example.com", "ada@example.com", "z", id="<z@x>", day="Thu, 19 Nov 2026 05:00:00 +0000")
    assert lines(*read("mbox", *days, ours).proposals) == ["ada: - 2026-11-19 06:00 email: z; b; a and 2 more [dir:: out] [ref:: z@x]"]


@pytest.mark.parametrize(
    ("there", "offered"),
    [
        ("- 2026-11-19 text: hi", 0),  # in writing too
        ("- 2026-11-19 email", 0),
        ("- 2026-11-19 Something", 0),  # without a kind it may be the same
        ("- 2026-11-19 lunch: x", 1),
        ("- 2026-11-18 email: x", 1),
        ("- 2020-01-01 call: x [ref:: m1@mail]", 0),
    ],
)
def test_what_is_in_the_log_that_day_is_not_proposed_again(there: str, offered: int) -> None:
    found = placed(read("mbox", mail()).proposals, ada=f"{ADA}\n{there}\n")
    assert (len(found.offers), found.there) == (offered, 1 - offered)


def test_what_was_decided_is_not_proposed_again_but_for_another_person_it_is() -> None:
    proposals = read("ics", event("ATTENDEE:mailto:bob@example.com")).proposals
    ada, bob = placed(proposals).offers
    again = placed(proposals, ada.keys)
    assert ([offer.id for offer in again.offers], again.decided) == (["bob"], 1)
    assert placed(proposals, (*ada.keys, *bob.keys)).offers == ()


def test_two_meetings_of_one_day_are_two_entries() -> None:
    two = read("ics", event(uid="1"), event(uid="2", start="DTSTART:20261118T080000Z")).proposals
    assert lines(*two) == ["ada: - 2026-11-18 09:00 meeting: [ref:: 2]", "ada: - 2026-11-18 15:00 meeting: [ref:: 1]"]


def test_strangers_that_turn_up_often_are_named_with_how_often() -> None:
    often = [mail("Cleo Vance <cleo@x.org>", id=f"<{n}>") for n in range(4)]
    rare = [mail("rare@x.org", id=f"<r{n}>") for n in range(2)]
    known = [mail("Bobby <bobby@home.org>", id=f"<b{n}>") for n in range(3)]
    found = placed(read("mbox", *often, *rare, *known).proposals)
    assert [tuple(stranger) for stranger in found.strangers] == [
        ("Cleo Vance", "cleo@x.org", 4, None),
        ("Bobby", "bobby@home.org", 3, "bob"),
    ]


def test_an_address_that_is_not_theirs_is_not_taken_for_somebody_of_that_name() -> None:
    assert lines(*read("mbox", mail("Ada King <scam@evil.example>")).proposals) == []


HOSTILE = (
    "[dir:: out] [touch:: no]", "[[bob]] and [[x|y]]", "^abc123", "x ^abc123", "<!-- %% ```", "10:30 call: x", "call: x", ": , — |", "- [ ] x",
    "\x1b[31mred\x07", "(with:: lee)", "a\u2028b\u0085c", "‮evil", "[x", "]", "2026-01-01", "**2026-01-01**",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("kind", ["ics", "mbox"])
def test_foreign_words_stay_words(text: str, kind: str) -> None:
    data = event(f"SUMMARY:{text}") if kind == "ics" else mail(subject=text)
    (offer,) = placed(read(kind, data).proposals).offers
    read_back = parse_entry(entry_line(offer.entry))
    assert read_back == offer.entry
    assert {key for key, _ in offer.entry.fields} <= {"dir", "ref", "minutes"}
    assert "[[" not in offer.entry.text
    assert offer.entry.block_id is None
    assert "\x1b" not in entry_line(offer.entry)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80), st.text(max_size=40))
def test_any_subject_and_id_give_a_line_that_is_read_back(subject: str, id: str) -> None:
    data = mail(
        subject=subject.replace("\r", " ").replace("\n", " ").encode("utf-8", "replace").decode(),
        id=f"<{id}>".encode("utf-8", "replace").decode(),
    )
    for offer in placed(read("mbox", data).proposals, ada=ADA, bob=BOB).offers:
        assert parse_entry(entry_line(offer.entry)) == offer.entry
