"""How the due list will change while nobody writes a line: what a page needs so that a browser can work out a later day.

Rules: docs/due.md ("Who is due"). Days are ordinals. A window is (first day, last day, words), both ends included.
"""

from __future__ import annotations

from datetime import date

from plaintextcrm.core import due as dues
from plaintextcrm.core import history
from plaintextcrm.core.dates import day_words
from plaintextcrm.core.model import NEVER, Contact, FollowUp
from plaintextcrm.core.occasions import Occasion, occasions
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import ANSWER_DAYS, FOR_GOOD, PLAN_DAYS, THANKS_DAYS, WORK, Facts, Rules, Standing

HORIZON = 60  # days that a page can look ahead
ALWAYS = 10**7

Window = tuple[int, int, str]


def owed_windows(contact: Contact, facts: Facts, standing: Standing, settings: Settings, today: date) -> list[Window]:
    """When something will be owed, in the order in which it is told."""
    if standing.hidden == "wholly":
        return []
    last = standing.last
    found = [(day, ALWAYS, _promise_words(task, today)) for task, day in _promises(contact)]
    if facts.next_contact > last:
        words = f"you promised to be in touch for {day_words(date.fromordinal(facts.next_contact), today)}"
        found.append((facts.next_contact, ALWAYS, words))
    for on in _coming(contact, settings, today):
        if on.kind != WORK:
            found.append((on.on.toordinal(), on.on.toordinal(), f"{on.words()} today".removeprefix("birthday, ")))
    entries = history.past(contact, today)
    newest = entries[-1] if entries else None
    if "answer" in standing.owed or (newest and history.from_them(newest)):
        entry = next((entry for entry in reversed(entries) if history.from_them(entry)), None)
        if entry and entry.on.toordinal() in facts.inbound and entry.on.toordinal() >= last:
            day = entry.on.toordinal()
            said = f": {dues.plain_words(entry.text)}" if entry.text else ""
            found.append((day + ANSWER_DAYS[0], day + ANSWER_DAYS[1], f"waiting for your answer since {day_words(entry.on, today)}{said}"))
    referral = next((entry for entry in reversed(entries) if entry.kind == "referral-in"), None)
    if referral and last <= referral.on.toordinal():
        day = referral.on.toordinal()
        words = f"sent you somebody on {day_words(referral.on, today)} and is not thanked yet"
        found.append((day + THANKS_DAYS[0], day + THANKS_DAYS[1], words))
    return found


def _promises(contact: Contact) -> list[tuple[FollowUp, int]]:
    tasks = [(task, task.due.toordinal()) for task in contact.follow_ups if task.open and task.due and task.waiting != "them"]
    return sorted(tasks, key=lambda one: (one[1], one[0].where))


def _promise_words(task: FollowUp, today: date) -> str:
    return f"you promised for {day_words(task.due, today)}: {dues.plain_words(task.text)}" if task.due else dues.plain_words(task.text)


def _coming(contact: Contact, settings: Settings, today: date) -> tuple[Occasion, ...]:
    return occasions(contact, today, HORIZON, 0, settings.leap_day)


def silent_windows(facts: Facts, standing: Standing, settings: Settings) -> list[tuple[int, int]]:
    """When the cadence says nothing."""
    if standing.hidden == "wholly":
        return [(0, ALWAYS)]
    found = []
    if facts.snooze_until:
        found.append((0, facts.snooze_until - 1))
    if facts.paused:
        found.append((0, ALWAYS if facts.paused == FOR_GOOD else facts.paused - 1))
    for attempt in facts.attempts[-1:]:
        if attempt > standing.last:
            found.append((attempt, attempt + min(settings.retry_days, standing.span) - 1))
    ahead = min(standing.span, PLAN_DAYS)
    found += [(plan - ahead, plan - 1) for plan in facts.plans]
    found += [(day - ahead, day + standing.span - 1) for day in facts.touches if day > standing.last]  # counts when its day comes
    return found


def outlook(contact: Contact, facts: Facts, standing: Standing, rules: Rules, today: date, fallback: str) -> dict[str, object]:
    """What the script of the due page needs of one person, beside what it shows of them; `fallback` is the hook when nothing is owed."""
    settings = rules.settings
    dated = [(on.on.toordinal(), on.kind, on.words()) for on in _coming(contact, settings, today)]
    dated += [
        (plan.on.toordinal(), "plan", f"planned: {dues.entry_words(plan)}") for plan in history.plans(contact, today, settings.kind_table)
    ]
    protected = facts.coi or facts.five or rules.rhythm(facts)[3]
    boost = standing.weight * (1.25 if facts.coi else 1) * (1.25 if facts.five else 1)
    return {
        "hook": fallback, "last": standing.last, "base": standing.base, "next": standing.next, "span": standing.span, "boost": boost,
        "quiet_long": not protected, "owed": owed_windows(contact, facts, standing, settings, today),
        "silent": silent_windows(facts, standing, settings), "dated": dated, "never": dues.rhythm_of(contact, settings) == NEVER,
    }  # fmt: skip
