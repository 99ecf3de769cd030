"""The headers of mails: who to whom on which day, and nothing of the text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.capture.make import TERMS, mail, one, read


def test_a_mail_to_us_is_from_its_sender_and_one_from_us_to_all_it_goes_to() -> None:
    theirs = one("mbox", mail(more="Cc: bob@example.com"))
    assert (theirs.direction, [who.email for who in theirs.people], theirs.kind) == ("in", ["ada@example.com"], "email")
    ours = one(
        "mbox",
        mail("Me <ME@example.com>", 'Ada <ada@example.com>, "Lee, Bob" <bob@example.com>, me@example.com', more="Cc: cleo@example.com"),
    )
    assert (ours.direction, [who.email for who in ours.people]) == ("out", ["ada@example.com", "bob@example.com", "cleo@example.com"])
    assert ours.people[1].name == "Lee, Bob"


@pytest.mark.parametrize(
    ("subject", "meant"),
    [
        ("Re: Re: AW: Fwd: The plan", "The plan"),
        ("=?utf-8?q?Re:_Gr=C3=BC=C3=9Fe?= =?utf-8?b?IGF1cyBXaWVu?=", "Grüße aus Wien"),
        ("=?iso-8859-1?q?Caf=E9?= at noon", "Café at noon"),
        ("=?nonsense-8?q?Caf=C3=A9?=", "Café"),
        ("=?utf-8?b?!!!?=", "=?utf-8?b?!!!?="),
        ("Reading list", "Reading list"),
        ("", ""),
        ("x" * 5000, "x" * 200 + "…"),
    ],
)
def test_a_subject_is_read_as_it_was_meant(subject: str, meant: str) -> None:
    assert one("mbox", mail(subject=subject)).text == meant


def test_bytes_of_eight_bits_without_a_charset_are_read() -> None:
    assert one("mbox", mail(subject="X").replace(b"X", b"Caf\xe9")).text == "Café"
    assert one("mbox", mail(subject="Grüße")).text == "Grüße"


def test_folded_headers_are_one() -> None:
    found = one("mbox", mail(subject="A long\n subject\n\tof three", to="Ada <ada@example.com>,\n me@example.com"))
    assert found.text == "A long subject of three"


@pytest.mark.parametrize(
    ("day", "on", "at_time"),
    [
        ("Thu, 19 Nov 2026 23:30:00 +0000", "2026-11-20", "00:30"),
        ("Thu, 19 Nov 2026 10:00:00 -0500", "2026-11-19", "16:00"),
        ("19 Nov 2026 10:00 GMT", "2026-11-19", "11:00"),
        ("Thu, 19 Nov 2026 10:00:00 +0000 (Greenwich)", "2026-11-19", "11:00"),
    ],
)
def test_the_day_is_that_of_the_clocks_here(day: str, on: str, at_time: str) -> None:
    found = one("mbox", mail(day=day))
    assert (found.on.isoformat(), found.at_time) == (on, at_time)


@pytest.mark.parametrize(
    "day", ["", "soon", "Thu, 99 Nov 2026 10:00:00 +0000", "Mon, 23 Nov 2026 10:00:00 +0000", "Thu, 19 Nov 0000 10:00:00 +9999"]
)
def test_a_mail_without_a_day_that_has_come_is_counted(day: str) -> None:
    found = read("mbox", mail(day=day))
    assert (found.proposals, found.notes) == ((), ("1 mail without a day that has come",))


@pytest.mark.parametrize(
    "more", ["List-Id: <x>", "List-Unsubscribe: <x>", "Precedence: bulk", "Auto-Submitted: auto-replied", "Precedence: List"]
)
def test_lists_and_robots_are_no_contact(more: str) -> None:
    assert read("mbox", mail(more=more)).notes == ("1 mail of a list or to very many",)


def test_a_circular_is_no_contact_and_auto_submitted_no_is_one() -> None:
    to = ", ".join(f"p{number}@example.com" for number in range(11))
    assert read("mbox", mail("me@example.com", to)).proposals == ()
    assert len(read("mbox", mail("me@example.com", to.rpartition(",")[0]), mail(more="Auto-Submitted: no")).proposals) == 2


def test_a_mail_without_an_id_is_the_same_one_the_next_time() -> None:
    assert one("mbox", mail(id="")).ref == one("mbox", mail(id="")).ref
    assert one("mbox", mail(id="")).ref != one("mbox", mail(id="", subject="Other")).ref
    assert one("mbox", mail(id="<a b]] [x:: y] ^abc123>")).ref.startswith("mail-")
    assert one("mbox", mail(id="<a.b+c@x>")).ref == "a.b+c@x"


@pytest.mark.parametrize("sender", ["", "nobody", "<>", "a b@c d", '"Ada" <ada@>x', "ada@example.com, bob@example.com" * 3000])
def test_a_sender_that_is_none_is_nobody(sender: str) -> None:
    for proposal in read("mbox", mail(sender)).proposals:
        assert all("@" in who.email and " " not in who.email for who in proposal.people)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_without_a_fault(data: bytes) -> None:
    for proposal in read("mbox", data, mail().replace(b"Hello", data)).proposals:
        assert proposal.on <= TERMS.today
        assert "\n" not in proposal.text
