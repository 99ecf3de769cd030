"""Where a relationship stands on a day: base, next, ratio, state, what is owed, score (docs/due.md, "Who is due").

Two steps, so that an index can keep the first: `facts_of` boils a contact down to what does not depend on the day; `stand`
applies the rules to that for one day. Days are ordinals (`date.toordinal()`), 0 where there is none; lists are sorted.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from typing import Any

from plaintextcrm.core.dates import add, last_day, parse_cadence, yearly
from plaintextcrm.core.history import ASIDES, chronological, from_them, is_attempt, is_touch
from plaintextcrm.core.kinds import STANDARD, KindTable
from plaintextcrm.core.model import OPEN_BOXES, Cadence, Contact, Interaction
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.text import fold

BIRTHDAY, DATE, WORK = "birthday", "date", "work anniversary"
LAST_DAY = date.max.toordinal()
FOR_GOOD = -1  # paused without an end

ANSWER_DAYS = (2, 30)  # an inbound word waits this long for an answer before it is owed, and stops being so
THANKS_DAYS = (3, 90)  # likewise a referral for a thank-you
PLAN_DAYS = 30  # a plan hides the cadence this far ahead, or a cadence
NEWCOMER_DAYS = 90  # how long after `met` somebody is new
NEWCOMER_STEPS = (14, 42)  # days to the second and the third contact
HAND_ADDED_DAYS = 2  # days to the first
HANDOVER_DAYS = 30  # how long a handover may stand still before its next step is owed
OVERDUE, LAPSED = 1.5, 3.0  # in cadences
LAPSED_DAYS = 365


class Facts(NamedTuple):
    """What `due` needs of one contact, whatever the day. JSON-able: numbers, texts, lists of them."""

    id: str
    tier: str | None = None
    cadence: str | None = None
    coi: bool = False
    five: bool = False
    gone: bool = False  # do_not_contact, archived or deceased
    died: int = 0
    snooze_until: int = 0
    paused: int = 0  # FOR_GOOD, or the day it ends
    next_contact: int = 0
    last_contact: int = 0
    met: int = 0
    created: int = 0
    imported: bool = False
    days: Sequence[int] = ()  # of all entries that are no open task, one each
    touches: Sequence[int] = ()  # days with contact (also those to come)
    inbound: Sequence[int] = ()  # days whose last word was theirs
    skips: Sequence[int] = ()
    attempts: Sequence[int] = ()
    referrals: Sequence[int] = ()
    plans: Sequence[int] = ()  # open dated tasks
    promises: Sequence[int] = ()  # due days of our own open follow-ups
    yearly: Sequence[Sequence[object]] = ()  # (month, day, BIRTHDAY | DATE | WORK, the year it began or 0)
    awaited: Sequence[int] = ()  # due days of what they promised us
    successor: str = ""  # who of us is to look after them, folded; "" where nobody else is
    signs: Sequence[int] = ()  # days on which the successor was there, or a `[handover::]` note was written
    handed: int = 0  # the day on which it was handed over to the successor


class Standing(NamedTuple):
    """One relationship on one day. Ordinals are days, 0 for none; `owed` are codes in the order in which they are told."""

    id: str
    state: str  # on-file new fresh soon due overdue lapsed
    last: int
    base: int
    next: int
    due: int
    span: int  # C: days from base to next; 0 without a cadence
    ratio: float | None
    score: float | None
    freshness: int | None
    weight: float
    owed: tuple[str, ...]  # promise, next contact, birthday, date, answer, thanks, handover
    hidden: str  # "", "wholly", or why the cadence is silent: snoozed, paused, attempt, plan
    listed: bool
    newcomer: int  # contacts so far of a newcomer, else -1

    @property
    def lapsed(self) -> bool:
        """Quiet so long that the question is whether to keep it."""
        return self.state == "lapsed"

    def order(self) -> tuple[bool, bool, float, int, str]:
        """Owed, then not lapsed, then lapsed; in each by score, next, id: a total order, the same on every machine."""
        return (not self.owed, self.lapsed, -(self.score or 0.0), self.next or 10**7, self.id)


class Rules:
    """The settings as `stand` needs them, looked up once."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.since = settings.since.toordinal() if settings.since else 0
        self._tiers = {tier.name.casefold(): (tier.cadence, tier.weight) for tier in settings.tiers}
        self._cadences: dict[str, Cadence | None] = {}
        self.highest = settings.highest_weight

    def rhythm(self, facts: Facts) -> tuple[Cadence, float, bool, bool]:
        """(cadence, weight, whether it is the person's own or the tier's, whether the tier is one of the highest)."""
        tier = self._tiers.get(facts.tier.strip().casefold()) if facts.tier else None
        weight = tier[1] if tier else 1
        highest = tier is not None and tier[1] == self.highest
        own = self._own(facts.cadence) if facts.cadence else None
        if own:
            return own, weight, True, highest
        if tier:
            return tier[0], weight, True, highest
        return self.settings.default_cadence, weight, False, highest

    def _own(self, text: str) -> Cadence | None:
        if text not in self._cadences:
            self._cadences[text] = parse_cadence(text)
        return self._cadences[text]


def _ordinal(day: date | None) -> int:
    return day.toordinal() if day else 0


_TELLING = frozenset(("dir", "reached", "touch"))  # the fields that say whether an entry is contact, and whose


def _told_apart(log: Sequence[Interaction], kinds: KindTable) -> tuple[list[int], list[int], list[Interaction]]:
    """(the days of entries that are contact and nothing more, of those that say nothing else, the others)."""
    days: list[int] = []
    silent: list[int] = []
    counting, saying_nothing = kinds.counting, kinds.silent
    if not hasattr(log, "bare"):
        others = []
        for entry in log:
            if entry.fields or entry.box or not (entry.kind in counting or entry.kind in saying_nothing):
                others.append(entry)
            else:
                (days if entry.kind in counting else silent).append(entry.on.toordinal())
        return days, silent, others
    columns: Any = log  # a plain log
    apart = {place for place, pairs in columns.fields.items() if not _TELLING.isdisjoint([key for key, _ in pairs])}
    for place, (day, kind) in enumerate(zip(columns.days, columns.kinds, strict=True)):
        if place in apart:
            continue
        if kind in counting:
            days.append(day)
        elif kind in saying_nothing:
            silent.append(day)
        else:
            apart.add(place)
    return days, silent, [columns.bare(place) for place in sorted(apart)]


def _days_of(log: Sequence[Interaction], kinds: KindTable, order: str) -> dict[str, Any]:
    """What a log says of its days: those fields of `Facts`, sorted."""
    days, silent, others = _told_apart(log, kinds)
    touches = set(days)
    days += silent
    found: dict[str, list[int]] = {"skips": [], "attempts": [], "referrals": [], "plans": []}
    theirs: set[int] = set()
    for entry in others:
        on = entry.on.toordinal()
        if entry.is_task:
            if entry.box in OPEN_BOXES:
                found["plans"].append(on)
            continue
        days.append(on)
        if entry.kind == "referral-in":
            found["referrals"].append(on)
        if entry.fields and entry.kind not in ASIDES and from_them(entry):
            theirs.add(on)
        if is_touch(entry, kinds):
            touches.add(on)
        elif entry.kind == "skip":
            found["skips"].append(on)
        elif entry.fields and is_attempt(entry):
            found["attempts"].append(on)
    if theirs and len(set(days)) < len(days):
        whole = getattr(log, "skeleton", log)
        last = {entry.on.toordinal(): entry for entry in chronological(whole, order) if entry.kind not in ASIDES and not entry.is_task}
        theirs = {on for on in theirs if from_them(last[on])}
    for some in found.values():
        some.sort()
    return {"days": sorted(days), "touches": sorted(touches), "inbound": sorted(theirs), **found}


def facts_of(contact: Contact, kinds: KindTable = STANDARD) -> Facts:
    """A contact boiled down."""
    log = contact.interactions
    status = (contact.text("status") or "").strip().lower()
    paused = contact.paused
    born = contact.birthday
    dated = [(born.month, born.day, BIRTHDAY, born.year or 0)] if born and born.month and born.day else []
    dated += [(on.month, on.day, DATE, on.year or 0) for on in contact.dates]
    if contact.started:
        dated.append((contact.started.month, contact.started.day, WORK, contact.started.year))
    open_tasks = [task for task in contact.follow_ups if task.open and task.due] if contact.follow_ups else []
    return Facts(  # every field, in their order: otherwise it takes three times as long
        id=contact.id, tier=contact.tier, cadence=contact.text("cadence"), coi=contact.is_true("coi"),
        five=bool(contact.keys.get("five")), gone=contact.is_true("do_not_contact") or status in ("archived", "deceased"),
        died=_ordinal(last_day(contact.died) if contact.died else None), snooze_until=_ordinal(contact.snooze_until),
        paused=FOR_GOOD if paused is True else 0 if paused is False else paused.toordinal(),
        next_contact=_ordinal(contact.next_contact), last_contact=_ordinal(contact.last_contact),
        met=_ordinal(contact.met), created=_ordinal(contact.created), imported="source" in contact.keys,
        **_days_of(log, kinds, contact.log_order),
        promises=sorted([_ordinal(task.due) for task in open_tasks if task.waiting != "them"]), yearly=dated,
        awaited=sorted([_ordinal(task.due) for task in open_tasks if task.waiting == "them"]),
        **(_passing_on(contact, log, kinds) if "successor" in contact.keys else _STAYS),
    )  # fmt: skip


_STAYS: dict[str, Any] = {"successor": "", "signs": (), "handed": 0}


def _passing_on(contact: Contact, log: Sequence[Interaction], kinds: KindTable) -> dict[str, Any]:
    """What a log says of a handover: those fields of `Facts`. Where nobody looks after somebody, nobody passes them on."""
    log = getattr(log, "skeleton", log)  # of a plain log what dates need
    owner, successor = fold(contact.text("owner") or ""), fold(contact.text("successor") or "")
    if not owner or not successor or successor == owner:
        return _STAYS

    def names(entry: Interaction, *fields: str) -> bool:
        return any(successor in fold(entry.field(field) or "") for field in fields)

    entries = [entry for entry in log if entry.fields and not entry.is_task]
    signs = [one.on for one in entries if one.field("handover") or (is_touch(one, kinds) and names(one, "by", "with"))]
    handed = [one.on for one in entries if one.kind == "handover" and names(one, "to")]
    return {"successor": successor, "signs": sorted(map(_ordinal, signs)), "handed": max(map(_ordinal, handed), default=0)}


def _latest(days: Sequence[int], today: int) -> int:
    """The newest of sorted days not after today, or 0."""
    if not days:
        return 0
    if days[-1] <= today:
        return days[-1]
    place = bisect_right(days, today)
    return days[place - 1] if place else 0


def _plus(day: int, cadence: Cadence) -> int:
    if cadence.unit == "day":
        return min(day + cadence.count, LAST_DAY)
    if cadence.unit == "week":
        return min(day + 7 * cadence.count, LAST_DAY)
    return add(date.fromordinal(day), cadence).toordinal()


def slot(id: str, span: int) -> int:
    """Days that somebody imported or adopted waits for a first turn: spread over the cadence, the same on every machine."""
    from hashlib import sha256  # 5 ms, and most people have been in touch

    return int.from_bytes(sha256(id.encode("utf-8", "surrogatepass")).digest()[:8], "big") % span


def stand(facts: Facts, rules: Rules, today: date) -> Standing:
    """The rules of docs/due.md ("Who is due") for one contact on one day."""
    now = today.toordinal()
    settings = rules.settings
    cadence, weight, own_rhythm, highest = rules.rhythm(facts)
    last = last_contact(facts, now)
    base = max(last, _latest(facts.skips, now))
    newcomer = _newcomer(facts, now, last, base) if settings.newcomers and own_rhythm and facts.met else -1
    next_day, span, ratio, state = 0, 0, None, "on-file"
    if cadence.unit != "never":
        if base:
            next_day = _plus(base, cadence)
            if 1 <= newcomer <= len(NEWCOMER_STEPS):
                next_day = min(next_day, base + NEWCOMER_STEPS[newcomer - 1])
            span = max(1, next_day - base)
        else:
            anchor = facts.created or rules.since
            span = max(1, _plus(anchor or now, cadence) - (anchor or now))
            by_hand = facts.created and not facts.imported
            next_day = min(anchor + (HAND_ADDED_DAYS if by_hand else slot(facts.id, span)), LAST_DAY) if anchor else now
        ratio = max(0.0, 1 + (now - next_day) / span)
        if not base:
            ratio = min(1.0, ratio)
        protected = highest or facts.coi or facts.five
        state = _state(ratio, next_day - now, span, base, last and now - last > LAPSED_DAYS and not protected, settings.soon_days)
    gone = facts.gone or 0 < facts.died <= now
    owed = () if gone else _owed(facts, now, last, today, settings.leap_day)
    hidden = "wholly" if gone else _hidden(facts, now, last, span, settings.retry_days)
    is_due = bool(next_day) and next_day <= now and not hidden
    score = None
    if ratio is not None:
        score = ratio * ratio * weight * (1.25 if facts.coi else 1) * (1.25 if facts.five else 1)
    promised = facts.next_contact if facts.next_contact > last else 0
    due = min(next_day, promised) if next_day and promised else next_day or promised
    freshness = round(100 * 2 ** (-(now - last) / span)) if last and span else None
    return Standing(
        facts.id, state, last, base, next_day, due, span, ratio, score, freshness, weight, owed, hidden,
        bool(owed) or is_due, newcomer,
    )  # fmt: skip


def last_contact(facts: Facts, now: int) -> int:
    """The day of the last contact, 0 for none: the newest entry that counts, or a later `last_contact`."""
    last = _latest(facts.touches, now)
    return facts.last_contact if last < facts.last_contact <= now else last


def _newcomer(facts: Facts, now: int, last: int, base: int) -> int:
    """How often we were in touch with somebody met within the last 90 days and not more than twice since, else -1."""
    count = bisect_right(facts.touches, now)
    if last and not count:
        count = 1  # only a last_contact says so
    is_new = 0 <= now - facts.met <= NEWCOMER_DAYS and count <= len(NEWCOMER_STEPS) and base <= last
    return count if is_new else -1


def _state(ratio: float, ahead: int, span: int, base: int, long_quiet: bool | int, soon_days: int) -> str:
    if not base:
        return "new"
    if ahead > 0:
        return "soon" if ahead <= min(soon_days, span / 4) else "fresh"
    if ratio >= LAPSED and long_quiet:
        return "lapsed"
    return "overdue" if ratio >= OVERDUE else "due"


def _owed(facts: Facts, now: int, last: int, today: date, leap_day: str) -> tuple[str, ...]:
    owed = []
    if facts.promises and facts.promises[0] <= now:
        owed.append("promise")
    if last < facts.next_contact <= now:
        owed.append("next contact")
    for on in yearly_days(facts, today.year, leap_day):
        if on.day == now and on.kind != WORK:
            owed.append(on.kind)
    if facts.inbound:
        newest = max(last, _latest(facts.attempts, now), _latest(facts.skips, now))
        if newest in facts.inbound and ANSWER_DAYS[0] <= now - newest <= ANSWER_DAYS[1]:
            owed.append("answer")
    if facts.referrals:
        referral = _latest(facts.referrals, now)
        if referral and last <= referral and THANKS_DAYS[0] <= now - referral <= THANKS_DAYS[1]:
            owed.append("thanks")
    if 0 < handover_day(facts, now, last) <= now:
        owed.append("handover")
    return tuple(dict.fromkeys(owed))


def handover_day(facts: Facts, now: int, last: int) -> int:
    """From when on the next step of a handover is owed: nothing has moved for a while. 0 where there is none."""
    if not facts.successor or 0 < facts.handed <= now:
        return 0
    moved = _latest(facts.signs, now) or last
    return moved + HANDOVER_DAYS if moved else 1


class YearlyDay(NamedTuple):
    """One occasion in one year, as an ordinal."""

    day: int
    kind: str


def yearly_days(facts: Facts, year: int, leap_day: str) -> list[YearlyDay]:
    """The occasions of a contact that fall into a year; the first of them (the birth itself) and those before it left out."""
    if not 1 <= year <= 9999:
        return []
    found = []
    for month, day, kind, *origin in facts.yearly:
        if not origin or not origin[0] or year > int(str(origin[0])):
            found.append(YearlyDay(yearly(int(str(month)), int(str(day)), year, leap_day).toordinal(), str(kind)))
    return found


def _hidden(facts: Facts, now: int, last: int, span: int, retry_days: int) -> str:
    """Why the cadence is silent today, "" where it is not."""
    if facts.snooze_until > now:
        return "snoozed"
    if facts.paused == FOR_GOOD or facts.paused > now:
        return "paused"
    attempt = _latest(facts.attempts, now)
    if attempt > last and now - attempt < min(retry_days, span):
        return "attempt"
    ahead = now + min(span, PLAN_DAYS)
    if facts.plans and now < _next_after(facts.plans, now) <= ahead:
        return "plan"
    if facts.touches and facts.touches[-1] > now and _next_after(facts.touches, now) <= ahead:
        return "plan"
    return ""


def _next_after(days: Sequence[int], now: int) -> int:
    """The first of (sorted) days after today, or a day that never comes."""
    return next((day for day in days if day > now), 10**7)


def touched_since(facts: Facts, monday: int, now: int) -> bool:
    """Whether there was contact between those days, both included."""
    return _latest(facts.touches, now) >= monday or monday <= facts.last_contact <= now
