"""What the due list of one day needs of each contact, as a row of the index."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from plaintextcrm.core import stored
from plaintextcrm.core.due import dated_rows, mark
from plaintextcrm.core.model import Contact
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import Facts, Rules

COLUMNS = "listed, owed, dated, lapsed, score, next, id, touched, unsorted, dates"
PUT = f"INSERT INTO mark(rowid, {COLUMNS}) VALUES({', '.join('?' * 11)})"
NO_DAY = 10**7  # after all others

MarkRow = tuple[bool, bool, bool, bool, float, int, str, bool, bool, str | None]


class Marker:
    """Contacts to marks, for one day under one vault's settings."""

    def __init__(self, settings: Settings, today: date) -> None:
        self.settings, self.today, self.rules = settings, today, Rules(settings)
        self.key = f"{today.isoformat()} {settings!r}"  # the same key, the same marks

    def row(self, facts: Facts, contact: Callable[[], Contact]) -> MarkRow:
        """The mark of one contact, who is asked for only if something about them has a date."""
        found = mark(facts, self.rules, self.today)
        standing = found.standing
        rows = dated_rows(contact(), standing, self.settings, self.today) if found.dated else ()
        dates = stored.compact([(row.on.toordinal(), *row[1:]) for row in rows]) if rows else None
        return (
            standing.listed, bool(standing.owed), dates is not None, standing.lapsed, standing.score or 0.0,
            standing.next or NO_DAY, standing.id, found.touched, found.unsorted, dates,
        )  # fmt: skip
