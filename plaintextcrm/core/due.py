"""Who to be in touch with, and why: rows, hooks, the day's cut (docs/due.md, "Who is due")."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from plaintextcrm.core import history
from plaintextcrm.core.dates import add, cadence_text, cadence_words, day_words, plus_days, span_words
from plaintextcrm.core.kinds import KindTable
from plaintextcrm.core.model import NEVER, Cadence, Contact, FollowUp, Interaction
from plaintextcrm.core.occasions import MISSED_DAYS, Occasion, near, reach
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import (
    BIRTHDAY,
    DATE,
    NEWCOMER_DAYS,
    PLAN_DAYS,
    Facts,
    Rules,
    Standing,
    stand,
    touched_since,
    yearly_days,
)
from plaintextcrm.core.text import fold


class Offer(NamedTuple):
    """Something that somebody we know can give."""

    by: str  # id
    name: str
    text: str


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
    label: str


class Mark(NamedTuple):
    """What the due list of a day needs of everybody to be cut and counted; an index keeps these for the day."""

    standing: Standing
    touched: bool  # in touch since Monday
    dated: bool  # an occasion, plan or promise is near


def mark(facts: Facts, rules: Rules, today: date) -> Mark:
    """The standing of one contact on `today`, and what the day's list counts."""
    standing = stand(facts, rules, today)
    monday = today.toordinal() - today.weekday()
    touched = touched_since(facts, monday, today.toordinal())
    return Mark(standing, touched, has_dates(facts, standing, rules.settings, today))


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


def dated_rows(contact: Contact, standing: Standing, settings: Settings, today: date) -> tuple[DatedRow, ...]:
    """What is near of one contact: occasions, plans within 30 days, promises and next contacts within `soon_days`."""
    if standing.hidden == "wholly":
        return ()
    who = (contact.id, contact.name)
    soon = plus_days(today, settings.soon_days)
    rows = [DatedRow(on.on, *who, on.kind, on.words()) for on in near(contact, standing, settings, today)]
    for plan in history.plans(contact, today, settings.kind_table):
        if plan.on <= plus_days(today, PLAN_DAYS):
            rows.append(DatedRow(plan.on, *who, "plan", entry_words(plan)))
    planned = {(plan.on, plan.where) for plan in contact.interactions if plan.box}
    for task in contact.follow_ups:
        if task.open and task.due and today < task.due <= soon and (task.due, task.where) not in planned:
            label = f"they: {task.text}" if task.waiting == "them" else task.text
            rows.append(DatedRow(task.due, *who, "promise", label))
    if contact.next_contact and today < contact.next_contact <= soon:
        rows.append(DatedRow(contact.next_contact, *who, "next contact", "promised to be in touch"))
    return tuple(rows)


def due_row(contact: Contact, standing: Standing, settings: Settings, today: date, offers: Iterable[Offer] = ()) -> DueRow:
    """One row with its reason and its hook, all in words."""
    cadence = rhythm_of(contact, settings)
    seen = history.touches(contact, today, settings.kind_table)
    last = _day(standing.last)
    open_tasks = tuple(task for task in contact.follow_ups if task.open)
    occasions = near(contact, standing, settings, today)
    owed = owed_words(contact, standing, settings, today)
    last_entry = seen[-1] if seen and last and seen[-1].on == last else None
    return DueRow(
        id=contact.id, name=contact.name, tier=contact.tier, coi=contact.is_true("coi"), state=standing.state,
        due=_day(standing.due), next=_day(standing.next), last=last, last_kind=last_entry.kind if last_entry else None,
        cadence=cadence, ratio=standing.ratio, score=standing.score, freshness=standing.freshness,
        reason=reason(contact, standing, settings, today),
        hook=hook(contact, standing, settings, today, owed, occasions, offers), owed=owed, follow_ups=open_tasks,
        occasions=occasions, owner=contact.text("owner"), role=contact.text("role"), company=contact.text("company"),
        email=contact.texts("email"), phone=contact.texts("phone"), span=standing.span,
    )  # fmt: skip


def rhythm_of(contact: Contact, settings: Settings) -> Cadence:
    """How often: one's own cadence, else the tier's, else the default."""
    tier = settings.tier(contact.tier)
    return contact.cadence or (tier.cadence if tier else settings.default_cadence)


def _day(ordinal: int) -> date | None:
    return date.fromordinal(ordinal) if ordinal else None


# --- words ---------------------------------------------------------------------------------------------------------


def plain_words(text: str) -> str:
    """Text with its wikilinks as names: `[[bob-lee]]` is Bob Lee, `[[x|her]]` is her."""
    return re.sub(r"\[\[([^\[\]|#]+)[^\[\]]*\]\]", lambda link: _link_words(link[0], link[1]), text) if "[[" in text else text


def _link_words(link: str, target: str) -> str:
    if "|" in link:
        return link[:-2].split("|", 1)[1]
    slug = target.rsplit("/", 1)[-1]
    return " ".join(part.capitalize() for part in slug.split("-")) if slug == slug.lower() and "-" in slug else slug


def entry_words(entry: Interaction) -> str:
    """`lunch: Annual review.`, without links and fields."""
    text = plain_words(entry.text)
    return f"{entry.kind}: {text}" if entry.kind and text else text or entry.kind or "in touch"


def quiet_words(standing: Standing, today: date) -> str:
    """How long it has been quiet, in words."""
    if not standing.last:
        return "no contact yet"
    last = date.fromordinal(standing.last)
    return "in touch today" if last == today else f"quiet for {between_words(last, today)}"


def between_words(start: date, end: date) -> str:
    """The time between two days as people count it: days, weeks up to 9, then whole calendar months up to 24, then years."""
    days = (end - start).days
    if days < 70:
        return span_words(days)
    months = (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    return f"{months} months" if months <= 24 else f"{months // 12} years"


def reason(contact: Contact, standing: Standing, settings: Settings, today: date) -> str:
    """`quiet for 6 weeks · every month · A`; of the lapsed it asks what to do."""
    cadence = rhythm_of(contact, settings)
    parts = [quiet_words(standing, today)]
    if cadence != NEVER:
        parts.append(cadence_words(cadence))
    if contact.tier:
        parts.append(contact.tier)
    if standing.lapsed:
        parts[0] += ": keep, loosen or let go?"
    return " · ".join(parts)


def owed_words(contact: Contact, standing: Standing, settings: Settings, today: date) -> tuple[str, ...]:
    """What is owed, each in its own words."""
    found: list[str] = []
    for code in standing.owed:
        if code == "promise":
            tasks = [task for task in contact.follow_ups if task.open and task.due and task.due <= today and task.waiting != "them"]
            found += (_promise_words(task, today) for task in sorted(tasks, key=lambda task: (task.due or today, task.where)))
        elif code == "next contact" and contact.next_contact:
            found.append(f"you promised to be in touch {_on(contact.next_contact, today)}")
        elif code in (BIRTHDAY, DATE):
            today_only = (on for on in near(contact, standing, settings, today) if on.on == today and on.kind == code)
            found += (f"{on.words()} today".removeprefix("birthday, ") for on in today_only)
        elif code == "answer":
            entry = _newest(contact, today, lambda entry: history.from_them(entry))
            if entry:
                found.append(f"waiting for your answer since {day_words(entry.on, today)}{_said(entry)}")
        elif code == "thanks":
            entry = _newest(contact, today, lambda entry: entry.kind == "referral-in")
            if entry:
                found.append(f"sent you somebody on {day_words(entry.on, today)} and is not thanked yet{_said(entry)}")
        elif code == "handover":
            found += handover_words(contact, settings, today)
    return tuple(dict.fromkeys(found))


def handover_words(contact: Contact, settings: Settings, today: date) -> tuple[str, ...]:
    """The next step of a handover, of both sides; none where the file tells of none."""
    from plaintextcrm.core.colleagues import Colleagues
    from plaintextcrm.core.handover import next_step

    step = next_step(contact, settings, today)
    return (step.words(Colleagues(settings)),) if step and step.successor else ()


def _said(entry: Interaction) -> str:
    """What the entry says, behind a colon; nothing where it says nothing."""
    return f": {plain_words(entry.text)}" if entry.text else ""


def _promise_words(task: FollowUp, today: date) -> str:
    return f"you promised {_on(task.due, today)}: {plain_words(task.text)}" if task.due else plain_words(task.text)


def _on(day: date, today: date) -> str:
    return "for today" if day == today else f"for {day_words(day, today)}"


def _newest(contact: Contact, today: date, fits: Callable[[Interaction], bool]) -> Interaction | None:
    return next((entry for entry in reversed(history.past(contact, today)) if fits(entry)), None)


def hook(
    contact: Contact, standing: Standing, settings: Settings, today: date,
    owed: Sequence[str], occasions: Sequence[Occasion], offers: Iterable[Offer] = (),
) -> str:  # fmt: skip
    """The reason to write, the first that holds: owed, occasion, newcomer, in person, the last words, a hobby, a need."""
    if owed:
        return owed[0]
    awaited = awaited_words(contact, today)
    if awaited or occasions:
        return awaited or occasion_words(occasions[0], today)
    return (
        newcomer_words(contact, standing, settings.kind_table, today)
        or in_person_words(contact, settings.kind_table, today)
        or last_words(contact, settings.kind_table, today)
        or shared_hobby_words(contact, settings)
        or need_words(contact, offers)
    )


def awaited_words(contact: Contact, today: date) -> str:
    """What they promised us by now: a reason to ask, though nothing is owed by us."""
    tasks = [task for task in contact.follow_ups if task.open and task.waiting == "them" and task.due and task.due <= today]
    if not tasks:
        return ""
    task = min(tasks, key=lambda task: (task.due or today, task.where))
    return f"they promised {_on(task.due or today, today)}: {plain_words(task.text)}"


def occasion_words(occasion: Occasion, today: date) -> str:
    """`birthday, turns 50 · Tue 24 Nov`."""
    days = (occasion.on - today).days
    when = {0: "today", 1: "tomorrow", -1: "yesterday"}.get(days) or day_words(occasion.on, today)
    return f"{occasion.words()} · {when}"


def newcomer_words(contact: Contact, standing: Standing, kinds: KindTable, today: date) -> str:
    """The step of somebody new: 2 days, 2 weeks, 6 weeks."""
    if not contact.met or not 0 <= (today - contact.met).days <= NEWCOMER_DAYS:
        return ""
    if not standing.base:
        words = f": {plain_words(contact.text('met_at') or '')}" if contact.text("met_at") else ""
        return f"new, met {day_words(contact.met, today)}{words}"
    steps = {1: "new: two weeks after the first time", 2: "new: six weeks after the second time"}
    step = steps.get(standing.newcomer, "")
    seen = history.touches(contact, today, kinds)
    said = plain_words(seen[-1].text) if seen else ""
    return f"{step} · {said}" if step and said else step


def in_person_words(contact: Contact, kinds: KindTable, today: date) -> str:
    """A reminder to meet, where `in_person` says how often and it has been longer."""
    if not contact.in_person or contact.in_person == NEVER:
        return ""
    met = [entry.on for entry in history.touches(contact, today, kinds) if entry.kind and kinds[entry.kind].group == "in person"]
    last = max(met, default=None)
    if last and add(last, contact.in_person) > today:
        return ""
    since = f"since {day_words(last, today)}" if last else "yet"
    return f"not seen in person {since} ({cadence_words(contact.in_person)})"


def last_words(contact: Contact, kinds: KindTable, today: date) -> str:
    """What the newest contact was about."""
    seen = history.touches(contact, today, kinds)
    return f"last time, {entry_words(seen[-1])}" if seen and seen[-1].text else ""


def shared_hobbies(contact: Contact, settings: Settings) -> tuple[str, ...]:
    """Their hobbies that are ours too."""
    ours = {fold(hobby) for hobby in settings.me.hobbies}
    return tuple(hobby for hobby in contact.texts("hobbies") if fold(hobby) in ours)


def shared_hobby_words(contact: Contact, settings: Settings) -> str:
    """`you both like sailing`."""
    shared = shared_hobbies(contact, settings)
    return f"you both like {' and '.join(shared[:2])}" if shared else ""


_SMALL_WORDS = frozenset(
    """a an and any as at by for from her his in into is of on or our some somebody someone that the their to who
    with""".split()
)


def meaning(text: str) -> frozenset[str]:
    """The words of a need or an offer that say what it is."""
    return frozenset(word for word in re.findall(r"\w+", fold(text)) if len(word) > 2 and word not in _SMALL_WORDS)


def meets(need: str, offer: str) -> bool:
    """Whether an offer answers a need: all that the shorter says is in the longer."""
    a, b = meaning(need), meaning(offer)
    return bool(a and b) and (a <= b or b <= a)


def need_words(contact: Contact, offers: Iterable[Offer]) -> str:
    """Something they need that somebody we know offers."""
    for need in contact.texts("needs"):
        for offer in offers:
            if offer.by != contact.id and meets(need, offer.text):
                return f"needs {need}: {offer.name} offers {offer.text}"
    return ""


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
