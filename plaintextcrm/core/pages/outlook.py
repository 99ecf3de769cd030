"""How the due list will change while nobody writes a line: what a page needs so that a browser can work out a later day.

Rules: docs/due.md ("Who is due"). Days are ordinals. A window is (first day, last day, …), both ends included.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from plaintextcrm.core import due_words as dues
from plaintextcrm.core import history
from plaintextcrm.core.dates import day_words
from plaintextcrm.core.linkwords import Plain, plain_words
from plaintextcrm.core.model import NEVER, Contact, FollowUp, Interaction
from plaintextcrm.core.occasions import MISSED_DAYS, Occasion, occasions, reach
from plaintextcrm.core.pages.words import sentence
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import (
    ANSWER_DAYS,
    FOR_GOOD,
    NEWCOMER_DAYS,
    PLAN_DAYS,
    THANKS_DAYS,
    WORK,
    Facts,
    Rules,
    Standing,
    handover_day,
    stand,
)

HORIZON = 60  # days that a page can look ahead
ALWAYS = 10**7

Owed = tuple[int, int, str, str]
"""A window in which something is owed: the words, and its code."""
Window = tuple[int, int, str]
Dated = tuple[int, int, int, str, str]
"""A day to be told: when it is, how many days before and after it is told, its sign, the words."""


def outlook(
    contact: Contact, facts: Facts, standing: Standing, rules: Rules, today: date, fallback: str, plain: Plain = plain_words
) -> dict[str, object]:
    """What the script of the due page needs of one person, beside what it shows of them; `fallback` is the hook when nothing is near."""
    settings = rules.settings
    coming = occasions(contact, today, HORIZON + reach(settings, standing.weight), MISSED_DAYS, settings.leap_day)
    later = []
    for day in turning_days(facts, today):
        on = date.fromordinal(day)
        then = stand(facts, rules, on)
        hook = sentence(dues.hook(contact, then, settings, on, (), (), plain=plain))
        later.append({"from": day, "hook": hook, **_stands(contact, facts, then, coming, settings, on, plain)})
    protected = facts.coi or facts.five or rules.rhythm(facts)[3]
    return {
        "hook": fallback, **_stands(contact, facts, standing, coming, settings, today, plain), "later": later,
        "boost": standing.weight * (1.25 if facts.coi else 1) * (1.25 if facts.five else 1), "quiet_long": not protected,
        "never": dues.rhythm_of(contact, settings) == NEVER, "dated": dated_days(contact, standing, coming, settings, today, plain),
        "awaited": awaited_windows(contact, today, plain),
    }  # fmt: skip


def turning_days(facts: Facts, today: date) -> list[int]:
    """The days to come on which somebody stands anew though nobody wrote: an entry's day comes, newness begins or ends, a life ends."""
    now = today.toordinal()
    days = {*facts.days, facts.last_contact, facts.died, facts.met, facts.met and facts.met + NEWCOMER_DAYS + 1}
    return sorted(day for day in days if now < day <= now + HORIZON)


def _stands(
    contact: Contact, facts: Facts, standing: Standing, coming: tuple[Occasion, ...], settings: Settings, today: date, plain: Plain
) -> dict[str, object]:
    """What holds from a day on until the next of the turning days."""
    return {
        "last": standing.last, "base": standing.base, "next": standing.next, "span": standing.span, "gone": standing.hidden == "wholly",
        "owed": owed_windows(contact, facts, standing, coming, settings, today, plain), "silent": silent_windows(facts, standing, settings),
    }  # fmt: skip


def owed_windows(
    contact: Contact, facts: Facts, standing: Standing, coming: tuple[Occasion, ...], settings: Settings, today: date, plain: Plain
) -> list[Owed]:
    """When something will be owed, in the order in which it is told."""
    if standing.hidden == "wholly":
        return []
    last, now = standing.last, today.toordinal()
    found: list[Owed] = []
    tasks = _open(contact, theirs=False)
    plans = dues.plan_lines(contact) if tasks else ()
    for task in tasks:
        code, words, late = ("plan", "planned", " and not ticked off") if task.where in plans else ("promise", "you promised", "")
        found += [(*window, code) for window in _from_its_day(task.due or today, today, words, plain(task.text), late)]
    if facts.next_contact > last:
        on = date.fromordinal(facts.next_contact)
        found += [(*window, "next contact") for window in _from_its_day(on, today, "you promised to be in touch", "")]
    for one in coming:
        if one.kind != WORK and one.on >= today:
            day = one.on.toordinal()
            found.append((day, day, f"{one.words()} today".removeprefix("birthday, "), one.kind))
    newest = max(last, *(day for days in (facts.attempts, facts.skips) for day in days if day <= now), 0)
    if newest in facts.inbound:
        words = _told(contact, today, history.from_them, "waiting for your answer since {}", plain)
        found.append((newest + ANSWER_DAYS[0], newest + ANSWER_DAYS[1], words, "answer"))
    referral = max((day for day in facts.referrals if day <= now), default=0)
    if referral and last <= referral:
        words = _told(contact, today, lambda entry: entry.kind == "referral-in", "sent you somebody on {} and is not thanked yet", plain)
        found.append((referral + THANKS_DAYS[0], referral + THANKS_DAYS[1], words, "thanks"))
    if stalls := handover_day(facts, now, last):
        found += [(stalls, ALWAYS, words, "handover") for words in dues.handover_words(contact, settings, today)]
    return found


def awaited_windows(contact: Contact, today: date, plain: Plain) -> list[Window]:
    """When they should have done what they promised: no reason to list them, yet one to write."""
    return [
        window
        for task in _open(contact, theirs=True)
        for window in _from_its_day(task.due or today, today, "they promised", plain(task.text))
    ]


def _open(contact: Contact, theirs: bool) -> list[FollowUp]:
    tasks = [task for task in contact.follow_ups if task.open and task.due and (task.waiting == "them") == theirs]
    return sorted(tasks, key=lambda task: (task.due or date.max, task.where))


def _from_its_day(day: date, today: date, words: str, text: str, late: str = "") -> list[Window]:
    on, said = day.toordinal(), f": {text}" if text else ""
    after = (on + 1, ALWAYS, f"{words} for {day_words(day, today)}{late}{said}")
    return [(on, on, f"{words} for today{said}"), after] if on >= today.toordinal() else [after]


def _told(contact: Contact, today: date, fits: Callable[[Interaction], bool], words: str, plain: Plain) -> str:
    """The words with the day of the newest entry that fits, and what it says."""
    entry = next((entry for entry in reversed(history.past(contact, today)) if fits(entry)), None)
    if entry is None:
        return words.format(day_words(today, today))
    return words.format(day_words(entry.on, today)) + (f": {plain(entry.text)}" if entry.text else "")


def silent_windows(facts: Facts, standing: Standing, settings: Settings) -> list[tuple[int, int]]:
    """When the cadence says nothing."""
    if standing.hidden == "wholly":
        return [(0, ALWAYS)]
    found = []
    if facts.snooze_until:
        found.append((0, facts.snooze_until - 1))
    if facts.paused:
        found.append((0, ALWAYS if facts.paused == FOR_GOOD else facts.paused - 1))
    found += [(day, day + min(settings.retry_days, standing.span) - 1) for day in facts.attempts if day > standing.last]
    ahead = min(standing.span, PLAN_DAYS)
    found += [(plan - ahead, plan - 1) for plan in facts.plans]
    found += [(day - ahead, day - 1) for day in facts.touches if day > standing.last]
    return found


def dated_days(
    contact: Contact, standing: Standing, coming: tuple[Occasion, ...], settings: Settings, today: date, plain: Plain
) -> list[Dated]:
    """What stands among the dates and promises, on which days; occasions that are over only while nobody was in touch since."""
    if standing.hidden == "wholly":
        return []
    early = reach(settings, standing.weight)
    found = [(one.on.toordinal(), early, MISSED_DAYS, one.kind, one.words()) for one in coming]
    planned = {(plan.on, plan.where) for plan in contact.interactions if plan.box}
    for plan in history.plans(contact, today, settings.kind_table):
        found.append((plan.on.toordinal(), PLAN_DAYS, -1, "plan", f"planned: {dues.entry_words(plan, plain)}"))
    for task in contact.follow_ups:
        if task.open and task.due and task.due > today and (task.due, task.where) not in planned:
            sign = "theirs" if task.waiting == "them" else "promise"
            found.append((task.due.toordinal(), settings.soon_days, -1, sign, plain(task.text)))
    if contact.next_contact and contact.next_contact > today:
        found.append((contact.next_contact.toordinal(), settings.soon_days, -1, "next contact", "promised to be in touch"))
    return [one for one in found if one[0] - one[1] <= today.toordinal() + HORIZON]
