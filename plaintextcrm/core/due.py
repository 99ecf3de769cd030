"""Who to be in touch with: rows, the day's cut, the same as data (docs/due.md, "Who is due")."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from plaintextcrm.core import history
from plaintextcrm.core.dates import add, cadence_text, plus_days
from plaintextcrm.core.model import Cadence, Contact, FollowUp
from plaintextcrm.core.occasions import MISSED_DAYS, Occasion, near, reach
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import PLAN_DAYS, Facts, Rules, Standing, stand, touched_since, yearly_days

if TYPE_CHECKING:
    from plaintextcrm.core.due_words import Offer
    from plaintextcrm.core.linkwords import Plain


class DueRow(NamedTuple):
    """One line of the due list. Ratio is in cadences (1.0 on the due date); dates are None where there is none."""

    id: str
    name: str
    tier: str | None
    coi: bool
    state: str
    due: date | None
    next: date | None
    last: date | None
    last_kind: str | None
    cadence: Cadence
    ratio: float | None
    score: float | None
    freshness: int | None
    reason: str
    hook: str
    owed: tuple[str, ...]
    follow_ups: tuple[FollowUp, ...]
    occasions: tuple[Occasion, ...]
    owner: str | None
    role: str | None
    company: str | None
    email: tuple[str, ...]
    phone: tuple[str, ...]
    span: int


class DatedRow(NamedTuple):
    """Something with a day to come: an occasion, a plan, a promise."""

    on: date
    id: str
    name: str
    kind: str  # birthday, work anniversary, date, plan, promise, next contact
    label: str  # of a plan and a promise with its links


class Mark(NamedTuple):
    """What the due list of a day needs of everybody to be cut and counted; an index keeps these for the day."""

    standing: Standing
    touched: bool  # in touch since Monday
    dated: bool  # an occasion, plan or promise is near
    unsorted: bool  # on file, without a tier


def mark(facts: Facts, rules: Rules, today: date) -> Mark:
    """The standing of one contact on `today`, and what the day's list counts."""
    standing = stand(facts, rules, today)
    monday = today.toordinal() - today.weekday()
    touched = touched_since(facts, monday, today.toordinal())
    unsorted = standing.state == "on-file" and not facts.tier and not standing.hidden
    return Mark(standing, touched, has_dates(facts, standing, rules.settings, today), unsorted)


def has_dates(facts: Facts, standing: Standing, settings: Settings, today: date) -> bool:
    """Whether `dated_rows` has anything to say of this contact."""
    if standing.hidden == "wholly":
        return False
    now = today.toordinal()
    month_on, soon = now + PLAN_DAYS, now + settings.soon_days
    return (
        _occasion_near(facts, standing, settings, today)
        or any(now < day <= month_on for day in facts.plans)
        or (bool(facts.touches) and facts.touches[-1] > now and any(now < day <= month_on for day in facts.touches))
        or any(now < day <= soon for day in (*facts.promises, *facts.awaited))
        or now < facts.next_contact <= soon
    )


def _occasion_near(facts: Facts, standing: Standing, settings: Settings, today: date) -> bool:
    """Whether `occasions.near` has anything to tell."""
    now = today.toordinal()
    ahead = now + reach(settings, standing.weight)
    if not facts.yearly:
        return False
    for year in range(plus_days(today, -MISSED_DAYS).year, plus_days(today, ahead - now).year + 1):
        for on in yearly_days(facts, year, settings.leap_day):
            if now <= on.day <= ahead or (now - MISSED_DAYS <= on.day < now and standing.last < on.day):
                return True
    return False


def capacity_left(settings: Settings, touched: int) -> int:
    """How many people the week still has room for."""
    return max(0, settings.per_week - touched)


def cut(marks: Sequence[Mark], room: int) -> tuple[Mark, ...]:
    """The day's few, in order: as many as there is room for, and always what is owed or has a date near."""
    return tuple(mark for place, mark in enumerate(marks) if place < room or mark.standing.owed or mark.dated)


def dated_rows(
    contact: Contact, standing: Standing, settings: Settings, today: date, occasions: Sequence[Occasion] | None = None
) -> tuple[DatedRow, ...]:
    """What is near of one contact, by day: occasions, plans within 30 days, promises and next contacts within `soon_days`.

    `occasions` are what `near` tells of them, where that is known already.
    """
    if standing.hidden == "wholly":
        return ()
    from plaintextcrm.core.due_words import entry_words

    who = (contact.id, contact.name)
    soon = plus_days(today, settings.soon_days)
    occasions = near(contact, standing, settings, today) if occasions is None else occasions
    rows = [DatedRow(on.on, *who, on.kind, on.words()) for on in occasions]
    for plan in history.plans(contact, today, settings.kind_table):
        if plan.on <= plus_days(today, PLAN_DAYS):
            rows.append(DatedRow(plan.on, *who, "plan", entry_words(plan, str)))
    tasks = [task for task in contact.follow_ups if task.open and task.due and today < task.due <= soon]
    planned = {(plan.on, plan.where) for plan in contact.interactions if plan.box} if tasks else ()
    for task in tasks:
        if task.due and (task.due, task.where) not in planned:
            label = f"they: {task.text}" if task.waiting == "them" else task.text
            rows.append(DatedRow(task.due, *who, "promise", label))
    if contact.next_contact and today < contact.next_contact <= soon:
        rows.append(DatedRow(contact.next_contact, *who, "next contact", "promised to be in touch"))
    return tuple(sorted(rows, key=lambda row: row.on))


def due_row(
    contact: Contact, standing: Standing, settings: Settings, today: date, offers: Iterable[Offer] = (), plain: Plain | None = None
) -> DueRow:  # fmt: skip
    """One row with its reason and its hook, all in words: links in those of `plain`, else as their slugs tell."""
    from plaintextcrm.core.due_words import hook, owed_words, reason, rhythm_of  # which a list that is kept does not need
    from plaintextcrm.core.linkwords import plain_words

    plain = plain or plain_words
    cadence = rhythm_of(contact, settings)
    seen = history.touches(contact, today, settings.kind_table)
    last = _day(standing.last)
    open_tasks = tuple(task for task in contact.follow_ups if task.open)
    occasions = near(contact, standing, settings, today)
    owed = owed_words(contact, standing, settings, today, plain)
    last_entry = seen[-1] if seen and last and seen[-1].on == last else None
    return DueRow(
        id=contact.id, name=contact.name, tier=contact.tier, coi=contact.is_true("coi"), state=standing.state,
        due=_day(standing.due), next=_day(standing.next), last=last, last_kind=last_entry.kind if last_entry else None,
        cadence=cadence, ratio=standing.ratio, score=standing.score, freshness=standing.freshness,
        reason=reason(contact, standing, settings, today),
        hook=hook(contact, standing, settings, today, owed, occasions, offers, plain), owed=owed, follow_ups=open_tasks,
        occasions=occasions, owner=contact.text("owner"), role=contact.text("role"), company=contact.text("company"),
        email=contact.texts("email"), phone=contact.texts("phone"), span=standing.span,
    )  # fmt: skip


def _day(ordinal: int) -> date | None:
    return date.fromordinal(ordinal) if ordinal else None


# --- as data -------------------------------------------------------------------------------------------------------


def row_facts(row: DueRow) -> dict[str, object]:
    """A row as JSON carries it: stable keys, ISO dates, null where absent."""
    return {
        "id": row.id, "name": row.name, "tier": row.tier, "coi": row.coi, "state": row.state,
        "due": row.due and row.due.isoformat(), "next": row.next and row.next.isoformat(),
        "last": row.last and row.last.isoformat(), "last_kind": row.last_kind, "cadence": cadence_text(row.cadence),
        "ratio": _rounded(row.ratio), "score": _rounded(row.score), "freshness": row.freshness, "reason": row.reason,
        "hook": row.hook or None, "owed": list(row.owed),
        "follow_ups": [follow_up_facts(task) for task in row.follow_ups],
        "occasions": [occasion_facts(occasion) for occasion in row.occasions], "owner": row.owner,
        "email": list(row.email) or None, "phone": list(row.phone) or None,
    }  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def follow_up_facts(task: FollowUp) -> dict[str, object]:
    """A follow-up as JSON carries it."""
    return {
        "text": task.text, "due": task.due and task.due.isoformat(), "open": task.open,
        "done": task.done and task.done.isoformat(), "owner": task.owner, "waiting": task.waiting, "line": task.where,
    }  # fmt: skip


def occasion_facts(occasion: Occasion) -> dict[str, object]:
    """An occasion as JSON carries it."""
    return {"on": occasion.on.isoformat(), "kind": occasion.kind, "label": occasion.label, "years": occasion.years}


def dated_facts(row: DatedRow) -> dict[str, object]:
    """A dated line as JSON carries it."""
    return {"on": row.on.isoformat(), "id": row.id, "name": row.name, "kind": row.kind, "label": row.label}


def _plus_cadence(base: date, cadence: Cadence) -> int:
    return add(base, cadence).toordinal()


def arithmetic(row: DueRow, standing: Standing, settings: Settings) -> tuple[str, ...]:
    """How the numbers of a row come about, one line each (`--explain`)."""
    lines = []
    base = _day(standing.base)
    if row.ratio is None:
        lines.append("cadence never: on file, listed only when something is owed")
    else:
        if base:
            lines.append(f"base {base} + {cadence_text(row.cadence)} = next {row.next}, {standing.span} days")
            if standing.next < _plus_cadence(base, row.cadence):
                lines[-1] = f"base {base} + {standing.span} days (a newcomer's step) = next {row.next}"
        else:
            lines.append(f"no contact yet: first turn on {row.next}; a cadence is {standing.span} days")
        parts = [f"ratio {row.ratio:.2f}² x weight {standing.weight:g}"]
        parts += ["1.25 (coi)"] if row.coi else []
        whole = (row.ratio**2) * standing.weight * (1.25 if row.coi else 1)
        if row.score and row.score > whole * 1.01:
            parts.append("1.25 (one of the five)")
        lines.append(f"{' x '.join(parts)} = score {row.score:.2f}")
    if row.freshness is not None and row.last:
        lines.append(f"freshness 100 x 2^-(days since {row.last} / {standing.span}) = {row.freshness}")
    if standing.hidden:
        lines.append(f"the cadence is silent: {standing.hidden}")
    return tuple(lines)
