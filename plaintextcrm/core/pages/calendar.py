"""Twelve months of dates and dues."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Iterable
from datetime import date
from operator import itemgetter

from plaintextcrm.core import history
from plaintextcrm.core.dates import FULL_MONTHS
from plaintextcrm.core.due_words import entry_words
from plaintextcrm.core.linkwords import Plain, plain_words
from plaintextcrm.core.model import Contact
from plaintextcrm.core.occasions import occasions
from plaintextcrm.core.pages.shapes import Day, Line, Month
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import Standing

MONTHS_SHOWN = 12
DUES_NAMED = 2  # a day

Event = tuple[int, str, str]
"""One thing on one day: ordinal, sign ("state" for a due), what."""

_Listed = tuple[list[tuple[str, str, str, str]], list[tuple[str, str, str]]]
"""Of one day: (sign, name, what, href) of its dates, (name, href, state) of who falls due."""


def months_from(today: date) -> tuple[date, date]:
    """The first day shown and the first not shown any more."""
    return date(today.year, today.month, 1), _plus_months(today, MONTHS_SHOWN)


def _plus_months(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    return date(min(count // 12, 9999), count % 12 + 1, 1)


def events(contact: Contact, standing: Standing, settings: Settings, today: date, plain: Plain = plain_words) -> list[Event]:
    """What one contact puts into the calendar, links in the words of `plain`."""
    if standing.hidden == "wholly":
        return []
    start, end = months_from(today)
    first, beyond = start.toordinal(), end.toordinal()
    found: list[Event] = []
    if contact.birthday or contact.dates or contact.started:
        near = occasions(contact, today, beyond - today.toordinal() - 1, (today - start).days, settings.leap_day)
        found += [(one.on.toordinal(), one.kind, one.words()) for one in near]
    found += [(plan.on.toordinal(), "plan", entry_words(plan, plain)) for plan in history.plans(contact, today, settings.kind_table)]
    planned = {day for day, sign, _ in found if sign == "plan"}
    for task in contact.follow_ups:
        if task.open and task.due and task.due.toordinal() not in planned:
            found.append((task.due.toordinal(), "theirs" if task.waiting == "them" else "promise", plain(task.text)))
    due = max(standing.due, today.toordinal()) if standing.due and not standing.hidden else 0
    if due:
        found.append((due, "state", ""))
    elif contact.next_contact and contact.next_contact.toordinal() > max(standing.last, today.toordinal()):
        found.append((contact.next_contact.toordinal(), "next contact", "promised to be in touch"))  # which no silence hides
    return [event for event in found if first <= event[0] < beyond]


def first_ahead(events: Iterable[Event], today: date, days: int) -> tuple[int, int]:
    """Within so many days after today (the first that is dated, the first on which they fall due): ordinals, 0 for none."""
    now, dated, falls = today.toordinal(), 0, 0
    for day, sign, _ in events:
        if now < day <= now + days:
            if sign == "state":
                falls = min(falls or day, day)
            else:
                dated = min(dated or day, day)
    return dated, falls


def calendar(everything: Iterable[tuple[Event, str, str, str]], today: date) -> tuple[Month, ...]:
    """The months. Of each event: what, and the contact's name, href and state."""
    by_day: dict[int, _Listed] = {}
    for (day, sign, what), name, href, state in everything:
        dates, dues = by_day.get(day) or by_day.setdefault(day, ([], []))
        if sign == "state":
            dues.append((name, href, state))
        else:
            dates.append((sign, name, what, href))
    start, _ = months_from(today)
    return tuple(_month(_plus_months(start, number), by_day) for number in range(MONTHS_SHOWN))


def _month(first: date, by_day: dict[int, _Listed]) -> Month:
    weeks = tuple(
        tuple(_day(day, by_day) if day.month == first.month else None for day in week)
        for week in Calendar(0).monthdatescalendar(first.year, first.month)
    )
    days = tuple(day for week in weeks for day in week if isinstance(day, Day))
    return Month(f"{FULL_MONTHS[first.month - 1].capitalize()} {first.year}", weeks, days)


def _day(day: date, by_day: dict[int, _Listed]) -> Day | int:
    found = by_day.get(day.toordinal())
    if not found:
        return day.day
    on, (dates, dues) = day.isoformat(), found
    named = sorted(dues)[:DUES_NAMED]
    lines = [Line(sign, "", name, href, what, "", on) for sign, name, what, href in sorted(dates, key=itemgetter(0, 1, 2))]
    lines += [Line("state", state, name, href, "", "", on) for name, href, state in named]
    return Day(on, day.day, tuple(lines), len(dues) - len(named))
