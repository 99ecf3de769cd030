"""What a source of interactions says: who, when, how and about what, before anybody looks into the vault."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from hashlib import sha256

from plaintextcrm.core.kinds import STANDARD, KindTable
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.text import readable

LONGEST_TEXT = 200  # characters of a subject or a title
LONGEST_REF = 100
_PLAIN_REF = pattern(r"[A-Za-z0-9@._+=/$:-]+\Z")


class Piece(NamedTuple):
    """A part of a source that is looked at by itself: the headers of a mail, an event, a time zone, a day's note, a whole CSV file."""

    name: str
    data: bytes


class Somebody(NamedTuple):
    """How a source names a person: an e-mail address in lower case, the address of a profile, a link, a name; "" where it does not."""

    email: str = ""
    name: str = ""
    profile: str = ""
    link: str = ""


class Proposal(NamedTuple):
    """One occasion. `ref` is the source's own id of it; `joins` whether several of one day with one person are one."""

    ref: str
    on: date
    people: tuple[Somebody, ...]
    kind: str | None = None
    text: str = ""
    at_time: str | None = None
    direction: str = ""
    minutes: int = 0
    joins: bool = False


class Found(NamedTuple):
    """All that a source says; `notes` are what is left out and why, in words."""

    proposals: tuple[Proposal, ...] = ()
    notes: tuple[str, ...] = ()


def as_utc(at: datetime) -> datetime:
    """A time with a zone as the clocks of Greenwich had it."""
    return at.astimezone(UTC)


class Terms(NamedTuple):
    """The day, our own addresses, the kinds, and a function from a time with a zone to that on the clocks here."""

    today: date
    own: frozenset[str] = frozenset()
    kinds: KindTable = STANDARD
    local: Callable[[datetime], datetime] = as_utc


def text_of(data: bytes) -> str:
    """UTF-8; single bytes that are none are read as Windows-1252."""
    return readable(data.decode("utf-8", "surrogateescape"))


def digest(*parts: str) -> str:
    """16 characters that stand for a text."""
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def ref_of(prefix: str, id: str, *otherwise: str) -> str:
    """The source's own id where it can stand in a field, else a short one made of it, or of what else is known."""
    id = id.strip().strip("<>")
    if id and len(id) <= LONGEST_REF and _PLAIN_REF.match(id):
        return id
    return f"{prefix}-{digest(id or '', *([] if id else otherwise))}"


def words_of(text: str) -> str:
    """A subject or a title in one line, not endlessly long."""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT].rstrip()}…"


def kind_in(text: str, kinds: KindTable, otherwise: str | None) -> str | None:
    """The kind that the first word of a text names (`Lunch with Ada`), else another."""
    first = re.match(r"[^\W\d_]+(?:-[^\W\d_]+)*", text)
    found = kinds.get(first[0].lower()) if first else None
    return found.name if found and found.touch else otherwise


def clock_time(at: datetime) -> str:
    """`14:30`."""
    return f"{at.hour:02}:{at.minute:02}"


def counted(count: int, one: str, several: str) -> tuple[str, ...]:
    """`3 mails to a list`, or nothing for none."""
    return (f"{count:,} {one if count == 1 else several}",) if count else ()
