"""Where the time of a year went, and what came of it: two tables of `load` (docs/reports.md)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache

from plaintextcrm.core.entries import minutes_of
from plaintextcrm.core.model import Interaction
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.reports.bridges import groups_of
from plaintextcrm.core.reports.network import Member, Network, of_all, of_one
from plaintextcrm.core.reports.newcomers import begin_of
from plaintextcrm.core.reports.saying import amount, many, number, numbered
from plaintextcrm.core.reports.shapes import Column, Row, Table
from plaintextcrm.core.reports.telling import before, contacts_after
from plaintextcrm.core.standing import NEWCOMER_DAYS
from plaintextcrm.core.text import fold

HOURS_DAYS = 365
WRITING_MINUTES = 10  # of an entry without a kind, which counts as contact and weighs like writing


class Spent(NamedTuple):
    """Minutes with one person within the year; `estimated` of them are the kind's own; `new` those of the first 90 days."""

    minutes: float = 0.0
    estimated: float = 0.0
    new: float = 0.0


def hours_of(network: Network) -> Mapping[str, Spent]:
    """Id -> time, of everybody asked about, archived people too. An occasion with several people is shared out among them."""
    company = Counter((day, block_id) for one in network.everybody for day, block_id, *_ in _contacts(one)[1] if block_id)
    found = {}
    for one in network.members:
        alone, parts = _contacts(one)
        found[one.id] = _with_company(parts, company) if parts else Spent._make(alone)
    return found


Part = tuple[int, str | None, int, bool, bool]
"""A contact: the day, the block id, its minutes, whether the entry says them, whether it is one of the first 90 days."""


@of_one
def _contacts(one: Member) -> tuple[tuple[float, float, float], Sequence[Part]]:
    """Of the year: as `Spent`, where none of them is shared with others; else each, oldest first, for the sum of fractions hangs on
    their order.
    """  # fmt: skip
    since = before(one.today, HOURS_DAYS)
    found = contacts_after(one, since)
    if not found:
        return (0.0, 0.0, 0.0), ()
    begin = begin_of(one) or one.today
    until = begin.toordinal() + NEWCOMER_DAYS
    if any(entry.block_id for entry in found):
        found = [entry for entry in one.outline if entry.on > since]
        return (0.0, 0.0, 0.0), [(on.on.toordinal(), on.block_id, *_taken(one, on), on.on.toordinal() <= until) for on in found]
    minutes = estimated = new = 0.0
    for entry in found:
        taken, is_given = _taken(one, entry)
        minutes += taken
        estimated += 0 if is_given else taken
        new += taken if entry.on.toordinal() <= until else 0
    return (minutes, estimated, new), ()


def _taken(one: Member, entry: Interaction) -> tuple[int, bool]:
    """The minutes of a contact, and whether it says them itself."""
    given = _minutes(entry) if entry.fields else None
    return (_usual(one, entry), False) if given is None else (given, True)


def _with_company(parts: Sequence[Part], company: Mapping[tuple[int, str], int]) -> Spent:
    minutes = estimated = new = 0.0
    for day, block_id, taken, is_given, is_new in parts:
        share = taken / (company[day, block_id] if block_id else 1)
        minutes += share
        estimated += 0 if is_given else share
        new += share if is_new else 0
    return Spent(minutes, estimated, new)


def _minutes(entry: Interaction) -> int | None:
    """What `[minutes::]` says, at most a day."""
    given = minutes_of((entry.field("minutes") or "").strip())
    return None if given is None else min(given, 1440)


def _usual(member: Member, entry: Interaction) -> int:
    kind = member.kind(entry)
    return kind.minutes if kind else WRITING_MINUTES


def where_it_goes(network: Network, hours: Mapping[str, Spent]) -> Table:
    columns = (
        Column("by", "By"), Column("what", "What"), Column("people", "People"), Column("hours", "Hours"), Column("share", "Share, %"),
        Column("estimated", "Estimated, %"),
    )  # fmt: skip
    total = sum(one.minutes for one in hours.values())
    rows = []
    spents = [hours[one.id] for one in network.members]
    for by, what, places in _slices(network):
        spent = [spents[place] for place in places if spents[place].minutes]
        if spent:
            rows.append(_hours_row(by, what, len(spent), sum(one.minutes for one in spent), sum(one.estimated for one in spent), total))
    new = sum(one.new for one in hours.values())
    if total:
        rows.append(_hours_row("age", "new people", sum(one.new > 0 for one in hours.values()), new, None, total))
        rows.append(_hours_row("age", "keeping up", sum(one.minutes > one.new for one in hours.values()), total - new, None, total))
    guessed = _share(sum(one.estimated for one in hours.values()), total)
    a_week = number(total / 60 / 52)
    sentence = (
        f"{numbered(total / 60, 'hour')} in a year, {a_week} a week, {guessed} % of them estimated by the kind: a meal 90 minutes,"
        f" in person 60, voice 20, writing 10. New are the first {NEWCOMER_DAYS} days. Somebody may be in several rows."
    )
    return Table("Where the time goes", columns, tuple(rows), sentence if rows else "", "No contact within a year, so no time to count.")


def _hours_row(by: str, what: str, people: int, minutes: float, estimated: float | None, total: float) -> Row:
    spent = {"hours": round(minutes / 60, 1), "share": _share(minutes, total)}
    return {"by": by, "what": what, "people": people, **spent, "estimated": None if estimated is None else _share(estimated, minutes)}


def _share(part: float, whole: float) -> int:
    return round(100 * part / whole) if whole else 0


@of_all
def _slices(network: Network) -> Sequence[tuple[str, str, Sequence[int]]]:
    """(by, what, places among the members): tiers, the five and centres of influence, groups by name.

    Groups are compared without case and accents, as in `mix`, and shown as most files spell them.
    """
    tiers: dict[str, list[int]] = {tier.name: [] for tier in network.settings.tiers}
    groups: dict[str, list[int]] = {}
    spellings: dict[str, Counter[str]] = {}
    untiered: list[int] = []
    fold_ = cache(fold)
    for place, member in enumerate(network.members):
        tiers.get(tier_of(member), untiered).append(place)
        present = [(fold_(group), group.strip()) for group in groups_of(member)]
        for folded in dict.fromkeys(folded for folded, _ in present):
            groups.setdefault(folded, []).append(place)
        for folded, group in present:
            spellings.setdefault(folded, Counter())[group] += 1
    return [
        *(("tier", name, places) for name, places in tiers.items()),
        ("tier", "none", untiered),
        ("circle", "the five", [place for place, one in enumerate(network.members) if one.is_five]),
        ("circle", "centres of influence", [place for place, one in enumerate(network.members) if one.is_coi]),
        *(("group", max(some, key=lambda word: (some[word], word)), groups[folded]) for folded, some in sorted(spellings.items())),
    ]


@of_one
def tier_of(one: Member) -> str:
    """The name of their tier, as the settings spell it; "" for none."""
    tier = one.settings.tier(one.contact.tier)
    return tier.name if tier else ""


def what_came_of_it(network: Network, hours: Mapping[str, Spent]) -> Table:
    currency = network.settings.currency
    columns = (
        Column("name", "Who"), Column("hours", "Hours"), Column("referrals", "Sent us"), Column("value", currency),
        Column("per_hour", f"{currency} an hour"),
    )  # fmt: skip
    rows = []
    for member in network.members:
        sent, value = _brought(member)
        if sent:
            spent = hours[member.id].minutes / 60
            amounts = {"referrals": sent, "value": value, "per_hour": round(value / spent) if spent else None}
            rows.append({"id": member.id, "name": member.name, "hours": round(spent, 1), **amounts})
    rows.sort(key=lambda row: (-int(str(row["value"])), -int(str(row["referrals"])), str(row["id"])))
    sending = sum(hours[str(row["id"])].minutes for row in rows)
    total = sum(one.minutes for one in hours.values())
    share = _share(sending, total)
    sentence = f"{many(len(rows), 'person', 'people')} sent us somebody within a year, for {share} % of the hours."
    return Table("Hours, and what came of them", columns, tuple(rows), sentence if rows else "", "Nobody sent us anybody within a year.")


@of_one
def _brought(one: Member) -> tuple[int, int]:
    """Referrals to us within the year, and what came of them."""
    if not one.facts.referrals:
        return 0, 0
    since = before(one.today, HOURS_DAYS)
    sent = [entry for entry in one.bones if entry.kind == "referral-in" and entry.on > since]
    return len(sent), sum(map(value_of, sent))


def value_of(entry: Interaction) -> int:
    """What came of a referral, in whole units."""
    return int(amount(entry.field("value")))
