"""Days that come back: birthdays, work anniversaries and other dates of people (docs/due.md, "Occasions")."""

from __future__ import annotations

from datetime import date

from plaintextcrm.core.dates import yearly
from plaintextcrm.core.model import Contact
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import BIRTHDAY, DATE, WORK, Standing

MISSED_DAYS = 3  # how long after the day it is still told, if nobody was in touch since


class Occasion(NamedTuple):
    """One such day: `years` is the age, or how long it has been, where the year is known."""

    on: date
    kind: str  # BIRTHDAY, WORK or DATE
    label: str
    years: int | None

    def words(self) -> str:
        """`birthday, turns 50` · `5 years at Acme` · `wedding day`."""
        if self.kind == BIRTHDAY:
            return f"birthday, turns {self.years}" if self.years else "birthday"
        if self.kind == WORK:
            return f"{self.years} years in the job" if self.years and self.years > 1 else "a year in the job" if self.years else ""
        return f"{self.label or 'a date'}{f', {self.years} years' if self.years and self.years > 1 else ''}"


def days_of(contact: Contact) -> list[tuple[int, int, int | None, str, str]]:
    """The days that come back: (month, day, year of origin, kind, label) of each."""
    found: list[tuple[int, int, int | None, str, str]] = []
    born = contact.birthday
    if born and born.month and born.day:
        found.append((born.month, born.day, born.year, BIRTHDAY, "birthday"))
    if contact.started:
        found.append((contact.started.month, contact.started.day, contact.started.year, WORK, "work anniversary"))
    found += [(on.month, on.day, on.year, DATE, on.label) for on in contact.dates]
    return found


def occasions(contact: Contact, today: date, ahead: int, behind: int, leap_day: str = "feb28") -> tuple[Occasion, ...]:
    """The occasions from `behind` days ago to `ahead` days on, by day; the first ones (the birth itself) left out."""
    found = []
    for month, day, origin, kind, label in days_of(contact):
        for year in (today.year - 1, today.year, today.year + 1):
            if not 1 <= year <= 9999 or (origin is not None and year <= origin):
                continue
            on = yearly(month, day, year, leap_day)
            if -behind <= (on - today).days <= ahead:
                found.append(Occasion(on, kind, label, year - origin if origin else None))
    return tuple(sorted(found, key=lambda occasion: (occasion.on, occasion.kind)))


def reach(settings: Settings, weight: float) -> int:
    """How many days ahead an occasion is told: twice as early for those with weight 3 and more."""
    return settings.occasion_days * (2 if weight >= 3 else 1)


def near(contact: Contact, standing: Standing, settings: Settings, today: date) -> tuple[Occasion, ...]:
    """The occasions to be told today: ahead, and those of the last 3 days if nobody was in touch since. The deceased have none."""
    if standing.hidden == "wholly":
        return ()
    found = occasions(contact, today, reach(settings, standing.weight), MISSED_DAYS, settings.leap_day)
    return tuple(occasion for occasion in found if occasion.on >= today or standing.last < occasion.on.toordinal())
