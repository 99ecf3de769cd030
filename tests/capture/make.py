"""Synthetic calendars, mails and vaults for the tests of `capture`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone

from plaintextcrm.core.capture import CAPTURERS
from plaintextcrm.core.capture.placing import Placed, place
from plaintextcrm.core.capture.proposals import Found, Piece, Proposal, Terms
from plaintextcrm.core.kinds import STANDARD
from tests.make import parsed

TODAY = date(2026, 11, 21)
ADA = "---\nname: Ada King\nemail: [ada@example.com, king@example.org]\nlinkedin: https://www.linkedin.com/in/Ada-King/?x=1\n---\n\n## Interactions\n"
BOB = "---\nname: Bob Lee\nemail: Bob@Example.com\naliases: [Bobby]\n---\n\n## Interactions\n"
PEOPLE = {"ada": ADA, "bob": BOB}


def lisbon_winter(at: datetime) -> datetime:
    """Clocks that are an hour ahead of Greenwich, the whole year."""
    return at.astimezone(timezone(timedelta(hours=1))).replace(tzinfo=None)


TERMS = Terms(TODAY, frozenset(["me@example.com"]), STANDARD, lisbon_winter)


def event(*lines: str, uid: str = "1@cal", start: str = "DTSTART:20261118T140000Z", who: str = "mailto:ada@example.com") -> bytes:
    """One event as a calendar has it."""
    rows = ["BEGIN:VEVENT", *([f"UID:{uid}"] if uid else []), start, *([f"ATTENDEE;CN=Ada:{who}"] if who else []), *lines, "END:VEVENT"]
    return "\r\n".join(rows).encode()


def zone(name: str, *changes: tuple[str, str, str, str]) -> bytes:
    """A time zone as a calendar has it: of each change the day it first happened, its rule, the offsets before and after it."""
    rows = ["BEGIN:VTIMEZONE", f"TZID:{name}"]
    for first, rule, before, after in changes:
        rows += ["BEGIN:STANDARD", f"DTSTART:{first}", *([f"RRULE:{rule}"] if rule else [])]
        rows += [f"TZOFFSETFROM:{before}", f"TZOFFSETTO:{after}", "END:STANDARD"]
    return "\r\n".join([*rows, "END:VTIMEZONE"]).encode()


def calendar(*events: bytes) -> bytes:
    """A whole file."""
    return b"\r\n".join([b"BEGIN:VCALENDAR", b"VERSION:2.0", *events, b"END:VCALENDAR", b""])


def mail(
    sender: str = "Ada King <ada@example.com>", to: str = "me@example.com", subject: str = "Hello", day: str = "Thu, 19 Nov 2026 10:00:00 +0000",
    id: str = "<m1@mail>", more: str = "",
) -> bytes:  # fmt: skip
    """The headers of one mail."""
    lines = [
        f"From: {sender}",
        f"To: {to}",
        f"Subject: {subject}",
        f"Date: {day}",
        *([f"Message-ID: {id}"] if id else []),
        *([more] if more else []),
    ]
    return ("\n".join(lines) + "\n").encode("utf-8", "surrogateescape")


def mbox(*heads: bytes, body: bytes = b"Dear all,\n\nFrom here on it is text.\n") -> bytes:
    """Mails as a mailbox file."""
    return b"".join(b"From x@y Thu Nov 19 10:00:00 2026\n" + head + b"\n" + body + b"\n" for head in heads)


def read(kind: str, *data: bytes, terms: Terms = TERMS, name: str = "x") -> Found:
    """What pieces of that kind say."""
    return CAPTURERS[kind]([Piece(name, one) for one in data], terms)


def one(kind: str, *data: bytes, name: str = "x") -> Proposal:
    """The only proposal."""
    (found,) = read(kind, *data, name=name).proposals
    return found


def placed(proposals: Iterable[Proposal], decided: Iterable[str] = (), **people: str) -> Placed:
    """What is offered to a vault of these people, Ada and Bob where none are named."""
    contacts = [parsed(text, id).contact for id, text in (people or PEOPLE).items()]
    return place(tuple(proposals), contacts, STANDARD, frozenset(decided))
