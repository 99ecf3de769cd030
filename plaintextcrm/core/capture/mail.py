"""The headers of mails -> proposals: from somebody to us, or from us to somebody. The text of a mail is never looked at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.utils import getaddresses, parsedate_to_datetime

from plaintextcrm.core.capture.proposals import Found, Piece, Proposal, Somebody, Terms, clock_time, counted, ref_of, text_of, words_of
from plaintextcrm.core.patterns import pattern

MOST_TO = 10  # people: what goes to more is a circular, and no contact
LONGEST_HEADER = 20_000  # characters of one header: hundreds of addresses
_PREFIX = pattern(r"(?:(?:re|aw|fwd?|wg|sv|antw|tr|rv)(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)
_BULK = ("list-id", "list-unsubscribe", "list-post")

Headers = Mapping[str, str]


def read(pieces: Iterable[Piece], terms: Terms) -> Found:
    """A mail from one of our own addresses is to all it is addressed to, any other from its sender; lists and circulars are none."""
    found: list[Proposal] = []
    bulk = undated = 0
    for piece in pieces:
        headers = headers_of(piece.data)
        if _is_bulk(headers):
            bulk += 1
            continue
        at = _day(headers.get("date", ""), terms)
        if at is None or at.date() > terms.today:
            undated += 1
            continue
        people, direction = _people(headers, terms)
        if len(people) > MOST_TO:
            bulk += 1
        elif people:
            found.append(_proposal(headers, at, people, direction))
    notes = (
        *counted(bulk, "mail of a list or to very many", "mails of lists or to very many"),
        *counted(undated, "mail without a day that has come", "mails without a day that has come"),
    )
    return Found(tuple(found), notes)


def _proposal(headers: Headers, at: datetime, people: tuple[Somebody, ...], direction: str) -> Proposal:
    subject = words_of(_PREFIX.sub("", decoded(headers.get("subject", "")).strip(), count=1))
    ref = ref_of("mail", headers.get("message-id", ""), headers.get("date", ""), headers.get("from", ""), subject)
    return Proposal(ref, at.date(), people, "email", subject, clock_time(at), direction, joins=True)


def headers_of(data: bytes) -> dict[str, str]:
    """The first header of each name, unfolded; bytes that are no UTF-8 are read as Windows-1252."""
    found: dict[str, str] = {}
    for line in re.sub(rb"\r?\n[ \t]+", b" ", data).splitlines():
        name, sign, value = line.partition(b":")
        if sign and name and b" " not in name.strip():
            found.setdefault(name.strip().decode("latin-1").lower(), text_of(value[:LONGEST_HEADER]).strip())
    return found


def decoded(text: str) -> str:
    """A header with its encoded words (`=?utf-8?q?…?=`) as they were meant; one that is none stays."""
    if "=?" not in text:
        return text
    try:
        parts = decode_header(text)
    except (HeaderParseError, MessageError, ValueError):
        return text
    return "".join(part if isinstance(part, str) else _of_charset(part, charset) for part, charset in parts) or text


def _of_charset(data: bytes, charset: str | None) -> str:
    try:
        return data.decode(charset or "utf-8")
    except (LookupError, UnicodeDecodeError, ValueError):
        return text_of(data)


def _is_bulk(headers: Headers) -> bool:
    precedence = headers.get("precedence", "").lower()
    automatic = headers.get("auto-submitted", "no").lower()
    return any(name in headers for name in _BULK) or precedence in ("bulk", "list", "junk") or not automatic.startswith("no")


def _day(text: str, terms: Terms) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
        return terms.local(at) if at.tzinfo else at
    except (ValueError, TypeError, OverflowError, IndexError, OSError):
        return None


def _people(headers: Headers, terms: Terms) -> tuple[tuple[Somebody, ...], str]:
    """(who it is from or to without us, "in" or "out")."""
    sender = _addresses(headers, "from")
    if any(one.email in terms.own for one in sender):
        to = (*_addresses(headers, "to"), *_addresses(headers, "cc"), *_addresses(headers, "bcc"))
        return tuple({one.email: one for one in to if one.email not in terms.own}.values()), "out"
    return sender[:1], "in"


def _addresses(headers: Headers, name: str) -> tuple[Somebody, ...]:
    try:
        pairs = getaddresses([headers.get(name, "")])
    except (ValueError, IndexError, RecursionError):
        return ()
    found = ((decoded(called), address.strip().casefold()) for called, address in pairs)
    return tuple(Somebody(address, words_of(called)) for called, address in found if "@" in address and " " not in address)
