"""The week that fits: whom to be in touch with, on which day, by which channel, and what a change of cadence would do to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from plaintextcrm.core.dates import cadence_text, parse_cadence, plus_days
from plaintextcrm.core.due import DatedRow, DueRow
from plaintextcrm.core.due_words import Offer, entry_words
from plaintextcrm.core.errors import Usage
from plaintextcrm.core.going import is_plan, lives_in, top_ten
from plaintextcrm.core.ideas import GROUPS, preferred
from plaintextcrm.core.linkwords import Plain
from plaintextcrm.core.model import Cadence, FollowUp
from plaintextcrm.core.occasions import occasions
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.reports.network import Member, Network
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import FOR_GOOD, WORK, touched_since

WORKDAYS = 5
LAST_FEW = 5  # contacts that show how somebody is usually reached
SPOKEN = {"in person": "in person", "voice": "by voice", "writing": "in writing"}


class Week(NamedTuple):
    """The days of a plan: all of them for what has its own day, `days` for everything else."""

    first: date
    last: date
    days: tuple[date, ...]

    @property
    def monday(self) -> date:
        """The Monday of the week whose capacity is planned."""
        return plus_days(self.days[0], -self.days[0].weekday())


class Channel(NamedTuple):
    """How to be in touch: a group of kinds, and why this one."""

    group: str
    why: str


class Turn(NamedTuple):
    """One person of the plan: the day (None: it does not fit), how, what falls on that day by itself, the row of the due list."""

    member: Member
    on: date | None
    channel: Channel
    dated: tuple[DatedRow, ...]
    row: DueRow

    @property
    def why(self) -> str:
        """What is owed by today and what has its day, else the reason to write."""
        later = (dated_words(row) for row in self.dated if row.on > self.member.today)  # what is for today is owed
        return "; ".join((*self.row.owed, *later)) or self.row.hook


class Plan(NamedTuple):
    """Turns by day, then those that do not fit, most urgent first; `dates` are days that ask for nobody's turn."""

    week: Week
    per_week: int
    touched: int  # people in touch since the Monday of that week
    turns: tuple[Turn, ...]
    waiting: tuple[Turn, ...]
    dates: tuple[DatedRow, ...]
    enough: int  # the least per_week that has room for all


class Change(NamedTuple):
    """What other cadences would do: contacts a week before and after, who would be due then and is not now, and the other way."""

    words: tuple[str, ...]
    before: float
    after: float
    newly: tuple[Member, ...]
    no_longer: tuple[Member, ...]


# --- the week ------------------------------------------------------------------------------------------------------


def week_of(today: date) -> Week:
    """Today to Sunday, on the weekdays that are left; on Saturday and Sunday to the end of the week to come, on its weekdays."""
    ahead = 6 - today.weekday()
    if today.weekday() < WORKDAYS:
        return Week(today, plus_days(today, ahead), _days(today, WORKDAYS - today.weekday()))
    return Week(today, plus_days(today, ahead + 7), _days(plus_days(today, ahead + 1), WORKDAYS))


def _days(first: date, count: int) -> tuple[date, ...]:
    return tuple(plus_days(first, ahead) for ahead in range(count))


def plan(network: Network, per_week: int) -> Plan:
    """Everybody due by the end of the week, as far as it has room.

    What has its own day stands on it, whatever the room: promises of ours, birthdays and dates, planned entries, a `next_contact`; such a
    person has no other turn. The rest is taken in the order of the due list, spread evenly over the weekdays, the first on the earliest;
    no day takes more than a fifth of `per_week`. Who is in touch this week already takes room.
    """
    week, settings = week_of(network.today), network.settings
    offers = tuple(Offer(one.id, one.name, offer) for one in network.everybody for offer in one.contact.texts("offers"))
    touched = {one.id for one in network.everybody if _is_touched(one, week)}
    closest = {one.id for one in top_ten(network)}
    is_here = lives_in(settings.me.location, network) if settings.me.location else None
    own: dict[str, list[DatedRow]] = {}
    dates: list[DatedRow] = []
    for one in network:
        asks, tells = _dated(one, week, network.plain)
        if asks:
            own[one.id] = asks
        dates += tells

    def turn(one: Member, on: date | None, dated: Sequence[DatedRow] = ()) -> Turn:
        row = network.due_row(one, offers)
        here = is_here is None or not one.contact.text("location") or is_here(one)
        return Turn(one, on, channel(one, close=one.id in closest, here=here), tuple(dated), row)

    fixed = [(one, *_first_day(own[one.id])) for one in network if one.id in own]
    dates += [row for one, day, _ in fixed for row in own[one.id] if row.on != day]
    asked = sorted((one for one in network if one.id not in own and is_due_by(one, week.last)), key=lambda one: one.standing.order())
    taken = len(touched | {one.id for one, day, _ in fixed if day >= week.monday})
    room = room_of(per_week, taken, len(week.days))
    busy = Counter(day for _, day, _ in fixed)
    turns = [turn(one, day, rows) for one, day, rows in fixed]
    turns += [turn(one, day) for one, day in zip(asked, spread(week.days, min(room, len(asked)), busy), strict=False)]
    turns.sort(key=lambda one: (one.on or week.first, bool(one.dated), one.member.standing.order()))
    waiting = tuple(turn(one, None) for one in asked[room:])
    enough = max(taken + len(asked), WORKDAYS * (-(-len(asked) // len(week.days)) - 1) + 1)
    dates.sort(key=lambda row: (row.on, row.name, row.id, row.label))
    return Plan(week, per_week, len(touched), tuple(turns), waiting, tuple(dates), enough)


def room_of(per_week: int, taken: int, days: int) -> int:
    """How many turns the days that are left have room for: no more than the week, and than a fifth of it each."""
    return min(max(0, per_week - taken), -(-per_week // WORKDAYS) * days)


def is_due_by(member: Member, last: date) -> bool:
    """Whether somebody is listed, or falls due until that day, as `due --within` has it."""
    standing = member.standing
    return standing.listed or (0 < standing.due <= last.toordinal() and not standing.hidden)


def spread(days: Sequence[date], count: int, busy: Counter[date]) -> list[date]:
    """That many days, ascending, none more often than another by more than one; what is left over goes to the least busy days."""
    each, more = divmod(count, len(days))
    longer = set(sorted(days, key=lambda day: (busy[day], day))[:more])
    return [day for day in days for _ in range(each + (day in longer))]


def _is_touched(member: Member, week: Week) -> bool:
    """In touch between the Monday of the planned week and today."""
    return touched_since(member.facts, week.monday.toordinal(), member.today.toordinal())


def _first_day(rows: Sequence[DatedRow]) -> tuple[date, list[DatedRow]]:
    first = min(row.on for row in rows)
    return first, [row for row in rows if row.on == first]


# --- what has its own day ------------------------------------------------------------------------------------------


def _dated(member: Member, week: Week, plain: Plain) -> tuple[list[DatedRow], list[DatedRow]]:
    """(what asks for a contact on its day, what is only good to know) of one person in that week."""
    contact, today = member.contact, member.today
    who = (contact.id, contact.name)
    asks: list[DatedRow] = []
    tells: list[DatedRow] = []
    for on in occasions(contact, today, (week.last - today).days, 0, member.settings.leap_day):
        (tells if on.kind == WORK else asks).append(DatedRow(on.on, *who, on.kind, plain(on.words())))
    plans = [entry for entry in contact.interactions if today <= entry.on <= week.last and is_plan(entry, member)]
    asks += [DatedRow(entry.on, *who, "plan", entry_words(entry, plain)) for entry in plans]
    for task in contact.follow_ups:
        if (
            task.open
            and task.due
            and today <= task.due <= week.last
            and (task.due, task.where) not in {(one.on, one.where) for one in plans}
        ):
            (tells if task.waiting == "them" else asks).append(DatedRow(task.due, *who, "promise", plain(_task_words(task))))
    promised = contact.next_contact
    if promised and today <= promised <= week.last and promised.toordinal() > member.standing.last:
        asks.append(DatedRow(promised, *who, "next contact", "promised to be in touch"))
    return asks, tells


def _task_words(task: FollowUp) -> str:
    return f"they: {task.text}" if task.waiting == "them" else task.text


def dated_words(row: DatedRow) -> str:
    """What falls on that day, in words."""
    label = row.label
    return {"plan": f"planned, {label}", "promise": label if label.startswith("they: ") else f"promised: {label}"}.get(row.kind, label)


# --- by which channel ----------------------------------------------------------------------------------------------


def channel(member: Member, *, close: bool, here: bool) -> Channel:
    """As they prefer it; else in person for the top ten who live where we do; else as usual, but rather by voice than in writing."""
    prefers = member.contact.text("prefers") or ""
    wanted = preferred(prefers, member.settings.kind_table)
    if wanted:
        return Channel(wanted.group, f"prefers {prefers}")
    if close and here:
        return Channel("in person", "one of the top ten")
    usual, count = usually(member)
    reachable = "voice" if member.contact.texts("phone") else "writing" if member.contact.texts("email") else usual or "writing"
    if usual and GROUPS.index(usual) <= GROUPS.index(reachable) and (here or usual != "in person"):
        return Channel(usual, f"as {_few(count)}")
    if usual == "writing" and reachable == "voice":
        return Channel("voice", f"{_few(count)} {'was' if count == 1 else 'were'} in writing")
    return Channel(reachable, {"voice": "voice before writing", "writing": "no phone number is known"}.get(reachable, ""))


def _few(count: int) -> str:
    return "the last contact" if count == 1 else f"most of the last {count} contacts" if count > 2 else "the last two"


def usually(member: Member) -> tuple[str | None, int]:
    """(the group of most of the last five contacts, the nearest of equals; of how many)."""
    kinds = (member.kind(entry) for entry in member.outline)
    groups = [kind.group for kind in kinds if kind and kind.group in GROUPS][-LAST_FEW:]
    counted = Counter(groups)
    return (max(GROUPS, key=lambda group: counted[group]) if groups else None), len(groups)


# --- what if -------------------------------------------------------------------------------------------------------


def load(network: Network) -> float:
    """Contacts a week that the cadences ask for: 7 times the sum of 1/C, of all who are neither gone nor paused today."""
    return 7 * sum(1 / one.standing.span for one in network if one.standing.span and not _is_paused(one))


def _is_paused(member: Member) -> bool:
    return member.facts.paused == FOR_GOOD or member.facts.paused > member.today.toordinal()


def with_cadences(settings: Settings, words: Iterable[str]) -> Settings:
    """The settings with other cadences: `C=1 year`, `default=never`. Raises Usage where one is not understood."""
    for word in words:
        name, sign, text = (part.strip() for part in word.partition("="))
        cadence = parse_cadence(text)
        if not sign or cadence is None:
            raise Usage(f'--what-if "{word}": write it like --what-if "C=1 year" or --what-if default=never')
        settings = _with_cadence(settings, name, cadence)
    return settings


def _with_cadence(settings: Settings, name: str, cadence: Cadence) -> Settings:
    tier = settings.tier(name)
    if tier is not None:
        return settings._replace(tiers=tuple(one._replace(cadence=cadence) if one == tier else one for one in settings.tiers))
    if name.casefold() == "default":
        return settings._replace(default_cadence=cadence)
    known = ", ".join((*(one.name for one in settings.tiers), "default"))
    raise Usage(f'--what-if "{name}={cadence_text(cadence)}": no tier is called "{name}": it is one of {known}')


def change(before: Network, after: Network, words: Sequence[str]) -> Change:
    """The same people under other cadences."""
    last = week_of(before.today).last
    due_before = {one.id for one in before if is_due_by(one, last)}
    due_after = {one.id for one in after if is_due_by(one, last)}
    newly = tuple(one for one in after if one.id in due_after - due_before)
    return Change(tuple(words), load(before), load(after), newly, tuple(one for one in before if one.id in due_before - due_after))
