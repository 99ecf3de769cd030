"""The due list in words: why somebody is on it, what is owed, and the reason to write."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from plaintextcrm.core import history
from plaintextcrm.core.dates import add, cadence_words, day_words, span_words
from plaintextcrm.core.kinds import KindTable
from plaintextcrm.core.linkwords import Plain, plain_words
from plaintextcrm.core.model import NEVER, Cadence, Contact, FollowUp, Interaction
from plaintextcrm.core.occasions import Occasion, near
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import BIRTHDAY, DATE, NEWCOMER_DAYS, Standing
from plaintextcrm.core.text import fold


class Offer(NamedTuple):
    """Something that somebody we know can give."""

    by: str  # id
    name: str
    text: str


def rhythm_of(contact: Contact, settings: Settings) -> Cadence:
    """How often: one's own cadence, else the tier's, else the default."""
    tier = settings.tier(contact.tier)
    return contact.cadence or (tier.cadence if tier else settings.default_cadence)


def entry_words(entry: Interaction, plain: Plain = plain_words) -> str:
    """`lunch: Annual review.`, without links and fields."""
    text = plain(entry.text)
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


def owed_words(
    contact: Contact, standing: Standing, settings: Settings, today: date, plain: Plain = plain_words
) -> tuple[str, ...]:  # fmt: skip
    """What is owed, each in its own words."""
    found: list[str] = []
    for code in standing.owed:
        if code == "promise":
            tasks = [task for task in contact.follow_ups if task.open and task.due and task.due <= today and task.waiting != "them"]
            plans = plan_lines(contact) if tasks else ()
            tasks.sort(key=lambda task: (task.due or today, task.where))
            found += (_promise_words(task, task.where in plans, today, plain) for task in tasks)
        elif code == "next contact" and contact.next_contact:
            found.append(f"you promised to be in touch {_on(contact.next_contact, today)}")
        elif code in (BIRTHDAY, DATE):
            today_only = (on for on in near(contact, standing, settings, today) if on.on == today and on.kind == code)
            found += (f"{on.words()} today".removeprefix("birthday, ") for on in today_only)
        elif code == "answer":
            entry = _newest(contact, today, lambda entry: history.from_them(entry))
            if entry:
                found.append(f"waiting for your answer since {day_words(entry.on, today)}{_said(entry, plain)}")
        elif code == "thanks":
            entry = _newest(contact, today, lambda entry: entry.kind == "referral-in")
            if entry:
                found.append(f"sent you somebody on {day_words(entry.on, today)} and is not thanked yet{_said(entry, plain)}")
        elif code == "handover":
            found += handover_words(contact, settings, today)
    return tuple(dict.fromkeys(found))


def handover_words(contact: Contact, settings: Settings, today: date) -> tuple[str, ...]:
    """The next step of a handover, of both sides; none where the file tells of none."""
    from plaintextcrm.core.colleagues import Colleagues
    from plaintextcrm.core.handover import next_step

    step = next_step(contact, settings, today)
    return (step.words(Colleagues(settings)),) if step and step.successor else ()


def _said(entry: Interaction, plain: Plain) -> str:
    """What the entry says, behind a colon; nothing where it says nothing."""
    return f": {plain(entry.text)}" if entry.text else ""


def plan_lines(contact: Contact) -> frozenset[int]:
    """The lines of the log that are tasks with a day in front: plans, which nobody was promised."""
    return frozenset(entry.where for entry in contact.interactions if entry.box)


def _promise_words(task: FollowUp, is_plan: bool, today: date, plain: Plain) -> str:
    if not task.due:
        return plain(task.text)
    begin = "planned" if is_plan else "you promised"
    end = " and not ticked off" if is_plan and task.due < today else ""
    return f"{begin} {_on(task.due, today)}{end}" + (f": {plain(task.text)}" if task.text else "")


def _on(day: date, today: date) -> str:
    return "for today" if day == today else f"for {day_words(day, today)}"


def _newest(contact: Contact, today: date, fits: Callable[[Interaction], bool]) -> Interaction | None:
    return next((entry for entry in reversed(history.past(contact, today)) if fits(entry)), None)


def hook(
    contact: Contact, standing: Standing, settings: Settings, today: date,
    owed: Sequence[str], occasions: Sequence[Occasion], offers: Iterable[Offer] = (), plain: Plain = plain_words,
) -> str:  # fmt: skip
    """The reason to write, the first that holds: owed, occasion, newcomer, in person, the last words, a hobby, a need."""
    if owed:
        return owed[0]
    awaited = awaited_words(contact, today, plain)
    if awaited or occasions:
        return awaited or occasion_words(occasions[0], today)
    return (
        newcomer_words(contact, standing, settings.kind_table, today, plain)
        or in_person_words(contact, settings.kind_table, today)
        or last_words(contact, settings.kind_table, today, plain)
        or shared_hobby_words(contact, settings)
        or need_words(contact, offers)
    )


def awaited_words(contact: Contact, today: date, plain: Plain = plain_words) -> str:
    """What they promised us by now: a reason to ask, though nothing is owed by us."""
    tasks = [task for task in contact.follow_ups if task.open and task.waiting == "them" and task.due and task.due <= today]
    if not tasks:
        return ""
    task = min(tasks, key=lambda task: (task.due or today, task.where))
    return f"they promised {_on(task.due or today, today)}" + (f": {plain(task.text)}" if task.text else "")


def occasion_words(occasion: Occasion, today: date) -> str:
    """`birthday, turns 50 · Tue 24 Nov`."""
    days = (occasion.on - today).days
    when = {0: "today", 1: "tomorrow", -1: "yesterday"}.get(days) or day_words(occasion.on, today)
    return f"{occasion.words()} · {when}"


def newcomer_words(contact: Contact, standing: Standing, kinds: KindTable, today: date, plain: Plain = plain_words) -> str:
    """The step of somebody new: 2 days, 2 weeks, 6 weeks."""
    if not contact.met or not 0 <= (today - contact.met).days <= NEWCOMER_DAYS:
        return ""
    if not standing.base:
        words = f": {plain(contact.text('met_at') or '')}" if contact.text("met_at") else ""
        return f"new, met {day_words(contact.met, today)}{words}"
    steps = {1: "new: two weeks after the first time", 2: "new: six weeks after the second time"}
    step = steps.get(standing.newcomer, "")
    seen = history.touches(contact, today, kinds)
    said = plain(seen[-1].text) if seen else ""
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


def last_words(contact: Contact, kinds: KindTable, today: date, plain: Plain = plain_words) -> str:
    """What the newest contact was about."""
    seen = history.touches(contact, today, kinds)
    return f"last time, {entry_words(seen[-1], plain)}" if seen and seen[-1].text else ""


def shared_hobbies(contact: Contact, settings: Settings) -> tuple[str, ...]:
    """Their hobbies that are ours too."""
    ours = {fold(hobby) for hobby in settings.me.hobbies}
    return tuple(hobby for hobby in contact.texts("hobbies") if fold(hobby) in ours) if ours else ()


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
