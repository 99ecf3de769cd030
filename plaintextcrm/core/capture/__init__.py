"""Calendars, mail, messages, daily notes -> proposals (`CAPTURERS`) -> entries (`placing`). Pure: bytes in, entries out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from plaintextcrm.core.capture import daily, ics, linkedin, mail
from plaintextcrm.core.capture.proposals import Found, Piece, Terms

Capturer = Callable[[Iterable[Piece], Terms], Found]
"""What the pieces of a source say; looks at one at a time. Raises Usage where they are not of this kind."""

CAPTURERS: Mapping[str, Capturer] = {
    "ics": ics.read,
    "mbox": mail.read,
    "maildir": mail.read,
    "linkedin-messages": linkedin.read,
    "daily": daily.read,
}
