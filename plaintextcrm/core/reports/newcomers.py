"""Who is new, and whether they stay: the tables of `new` (docs/reports.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from plaintextcrm.core.dates import add, day_words, plus_days
from plaintextcrm.core.model import Cadence
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.reports.kept import contact_days
from plaintextcrm.core.reports.network import Member, Network, of_one
from plaintextcrm.core.reports.saying import many, number
from plaintextcrm.core.reports.shapes import Column, Row, Step, Table
from plaintextcrm.core.reports.telling import first_added, who
from plaintextcrm.core.standing import HAND_ADDED_DAYS, NEWCOMER_DAYS, NEWCOMER_STEPS

STAYED_AFTER_DAYS = NEWCOMER_STEPS[1]  # a contact later than this is one of somebody who stayed
QUARTERS_SHOWN = 8
QUARTER = Cadence(3, "month")
YEAR_DAYS = 364  # 52 weeks


def begin_of(member: Member) -> date | None:
    """The day somebody came into our life: the first contact, or `met` where that is earlier."""
    begin, _ = _came(member)
    return date.fromordinal(begin) if begin else None


@of_one
def _came(member: Member) -> tuple[int, bool]:
    """That day as an ordinal (0: no file says it), and whether they stayed."""
    days, met = contact_days(member), member.contact.met
    first, known = days[0] if days else 0, met.toordinal() if met and met <= member.today else 0
    begin = min(first, known) if first and known else first or known
    return begin, bool(days) and days[-1] - begin > STAYED_AFTER_DAYS


@of_one
def _first(member: Member) -> tuple[Sequence[int], str | None]:
    """Of a newcomer the days of the first three contacts, and the tier."""
    begin, _ = _came(member)
    is_new = begin and member.today.toordinal() - begin <= NEWCOMER_DAYS
    return (contact_days(member)[:3], member.contact.tier) if is_new else ((), None)


def newcomers_of(network: Network, begins: Mapping[str, date]) -> list[Member]:
    """Those who began within the last 90 days and may be turned to, newest first."""
    found = [one for one in network if one.id in begins and (network.today - begins[one.id]).days <= NEWCOMER_DAYS]
    return sorted(found, key=lambda one: (-begins[one.id].toordinal(), one.id))


# --- the first three contacts --------------------------------------------------------------------------------------


class _Rung(NamedTuple):
    """One of the three first contacts: the day it was to be by, and the day it was (None: not yet)."""

    by: date
    on: date | None

    def words(self, today: date) -> str:
        """`in time`, `5 days late`, `by Fri 4 Dec`, `open since Fri 4 Dec`."""
        if self.on:
            late = (self.on - self.by).days
            return "in time" if late <= 0 else f"{many(late, 'day')} late"
        return f"by {day_words(self.by, today)}" if self.by >= today else f"open since {day_words(self.by, today)}"


def _ladder(member: Member, begin: date) -> tuple[_Rung, ...]:
    """The first contact 2 days after the meeting, the second 14 days after the first, the third 42 after that, as far as it goes."""
    days = [date.fromordinal(day) for day in _first(member)[0]]
    found: list[_Rung] = []
    base = begin
    for place, span in enumerate((HAND_ADDED_DAYS, *NEWCOMER_STEPS)):
        on = days[place] if place < len(days) else None
        found.append(_Rung(plus_days(base, span), on))
        if on is None:
            break
        base = on
    return tuple(found)


def first_steps(newcomers: Sequence[Member], begins: Mapping[str, date]) -> Table:
    """Each newcomer's 2 days, 2 weeks and 6 weeks."""
    columns = (
        Column("name", "Who"), Column("met", "Met"), Column("two_days", "2 days"), Column("two_weeks", "2 weeks"),
        Column("six_weeks", "6 weeks"),
    )  # fmt: skip
    rows = tuple(_newcomer_row(member, begins[member.id]) for member in newcomers)
    held = sum(row["next"] is None for row in rows)
    sentence = (
        f"{many(len(rows), 'newcomer')} of the last {NEWCOMER_DAYS} days; {many(held, 'has', 'have')} had all three:"
        " a contact within 2 days of meeting, another within 2 weeks of that, a third within 6 weeks of the second."
    )
    empty = f"Nobody is new: the last {NEWCOMER_DAYS} days brought no first contact."
    return Table("First steps", columns, rows, sentence if rows else "", empty)


def _newcomer_row(member: Member, begin: date) -> Row:
    ladder = _ladder(member, begin)
    words = [rung.words(member.today) for rung in ladder] + [None] * (3 - len(ladder))
    return {
        "id": member.id, "name": member.name, "met": begin, "two_days": words[0], "two_weeks": words[1], "six_weeks": words[2],
        "contacts": sum(rung.on is not None for rung in ladder), "next": None if ladder[-1].on else ladder[-1].by,
        "tier": _first(member)[1],
    }  # fmt: skip


def newcomer_steps(newcomers: Sequence[Member], begins: Mapping[str, date], network: Network) -> tuple[Step, ...]:
    """The three newcomers whose next contact comes first."""
    today = network.today
    waiting = [(rung.by, one) for one in newcomers if (rung := _ladder(one, begins[one.id])[-1]).on is None]
    waiting.sort(key=lambda pair: (pair[0], pair[1].id))
    steps = []
    for by, one in waiting[:3]:
        when = f"by {day_words(by, today)}" if by >= today else f"was meant for {day_words(by, today)}"
        steps.append(Step(f"{one.name}, the next contact {when}:", f"ptcrm log {who(one)} call"))
    met = first_added(network.settings, 1, "--set", f"met={today.isoformat()}")
    return tuple(steps) or (Step("Met somebody? One line is enough:", met),)


# --- growth --------------------------------------------------------------------------------------------------------


def quarters(network: Network, begins: Mapping[str, date]) -> Table:
    """First contacts of each quarter of two years, newest first, and how many of them stayed."""
    columns = (
        Column("quarter", "Quarter"),
        Column("new", "New"),
        Column("a_week", "A week"),
        Column("stayed", "Stayed"),
        Column("names", "Who"),
    )
    came: dict[tuple[int, int], list[Member]] = {}
    for one in network.members:
        if one.id in begins:
            came.setdefault(_quarter(begins[one.id]), []).append(one)
    today = network.today
    newest = today.replace(month=3 * _quarter(today)[1] - 2, day=1)
    rows = []
    for first in (add(newest, QUARTER, -back) for back in range(QUARTERS_SHOWN)):
        last = min(plus_days(add(first, QUARTER), -1), today)
        these = sorted(came.get(_quarter(first), ()), key=lambda one: (begins[one.id], one.id))
        rows.append(_quarter_row(first, last, these, begins, today))
    sentence = (
        "Counted by the first contact, or `met` where that is earlier; archived people count too."
        f" Stayed: in touch again more than {STAYED_AFTER_DAYS} days after; a quarter is told when that long has passed."
    )
    return Table("Quarter by quarter", columns, tuple(rows) if begins else (), sentence if begins else "", "Nobody came yet.")


def _quarter(day: date) -> tuple[int, int]:
    return day.year, (day.month + 2) // 3


def _quarter_row(first: date, last: date, these: Sequence[Member], begins: Mapping[str, date], today: date) -> Row:
    year, place = _quarter(first)
    is_told = (today - last).days > STAYED_AFTER_DAYS and these
    return {
        "quarter": f"{year}-Q{place}", "new": len(these), "a_week": round(7 * len(these) / ((last - first).days + 1), 2),
        "stayed": sum(_stayed(one) for one in these) if is_told else None, "names": tuple(one.name for one in these),
    }  # fmt: skip


def _stayed(member: Member) -> bool:
    return _came(member)[1]


def growth(network: Network, begins: Mapping[str, date]) -> tuple[str, ...]:
    """How many came, against one a week and against the year before; how many stayed."""
    if not network.members:
        return ("Nobody is in this vault yet.",)
    ages = [(network.today - begin).days for begin in begins.values()]
    year, before = sum(age < YEAR_DAYS for age in ages), sum(YEAR_DAYS <= age < 2 * YEAR_DAYS for age in ages)
    lines = [f"{many(year, 'new person', 'new people')} in the last 52 weeks, {before} in the 52 before.{_pace(year)}"]
    ripe = [
        one for one in network.members if one.id in begins and STAYED_AFTER_DAYS < (network.today - begins[one.id]).days < 2 * YEAR_DAYS
    ]
    if ripe:
        stayed = sum(_stayed(one) for one in ripe)
        who = (
            f"Of the {len(ripe)} who came in two years, {stayed}"
            if len(ripe) > 1
            else f"Of the one who came in two years, {stayed or 'none'}"
        )
        lines.append(f"{who} stayed: in touch again more than {STAYED_AFTER_DAYS} days after. Whoever came since then is not asked yet.")
    unknown = len(network.members) - len(begins)
    if unknown:
        lines.append(
            f"{many(unknown, 'file says', 'files say')} neither a contact nor `met`: {'it is' if unknown == 1 else 'they are'} not counted."
        )
    return tuple(lines)


def _pace(year: int) -> str:
    """Against one new connection a week (article 2)."""
    if not year:
        return " The advice is one a week; one a month is a start."
    often = f"{number(year / 52)} a week" if year >= 52 else f"one every {number(52 / year)} weeks"
    return f" That is {often}; the advice is one a week."
