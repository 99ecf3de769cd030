"""What the timeline of a contact shows, said: headings, captions, the names of columns, the table of years."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from functools import lru_cache

from plaintextcrm.core.dates import FULL_MONTHS, MONTHS
from plaintextcrm.core.model import Interaction
from plaintextcrm.core.timeline import ATTEMPT, KINDS, THEM, WRITE, YOU, Point, Span

TABLE_HEAD = ("Year", "In person", "Voice", "In writing", "Gifts", "From you", "From them", "Together")
_PLURALS = {
    "letter": "letters", "card": "cards", "email": "emails", "message": "messages", "text": "texts", "post": "posts", "call": "calls",
    "meeting": "meetings", "visit": "visits", "lunch": "lunches", "dinner": "dinners", "coffee": "coffees", "event": "events",
}  # fmt: skip
_ONE = {
    "letter": "a letter", "card": "a card", "email": "an email", "message": "a message", "text": "a text", "post": "a post",
    "call": "a call", "video": "a video call", "meeting": "a meeting", "visit": "a visit", "event": "an event", "gift": "a gift",
    "gave": "something you gave", "got": "something you got", "asked": "something you asked", "offered": "an offer",
    "introduced": "an introduction", "referral-in": "a referral from them", "referral-out": "a referral to them",
    "coffee": "coffee", "lunch": "lunch", "dinner": "dinner", "drinks": "drinks",
}  # fmt: skip
_GIFTS, _REFERRALS = frozenset(("gift", "gave", "got")), frozenset(("referral-in", "referral-out"))
_FAVOURS = frozenset(("asked", "offered", "introduced"))
_TIMES = ("Not in touch", "Once in touch", "Twice in touch")
_SEASONS = ("winter", "spring", "summer", "autumn")
_SMALL = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
          "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")  # fmt: skip
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def years_words(count: int) -> str:
    """`Forty years`; from a hundred on in digits."""
    if count < 20:
        words = _SMALL[count]
    elif count < 100:
        words = _TENS[count // 10] + (f"-{_SMALL[count % 10]}" if count % 10 else "")
    else:
        words = str(count)
    return f"{words.capitalize()} {'year' if count == 1 else 'years'}"


def month_words(month: int) -> str:
    """`May 1891`, of months since year 0."""
    return f"{FULL_MONTHS[month % 12].capitalize()} {month // 12}"


@lru_cache(maxsize=4096)
def day_words(day: date) -> str:
    """`9 Oct 2026`."""
    return f"{day.day} {MONTHS[day.month - 1].capitalize()} {day.year}"


def column_words(place: int, span: Span) -> str:
    """`Mar 2020`, `summer 1899`, `late 1899`, `1899`, `the 1890s`, `the week of 3 Mar 2025`."""
    step, first, _, _ = span
    if not step:
        return f"the week of {day_words(date.fromordinal((first + place) * 7 + 1))}"
    year, within = divmod((first + place) * step, 12)
    if step == 1:
        return f"{MONTHS[within].capitalize()} {year}"
    if step == 3:
        return f"{_SEASONS[within // 3]} {year}"
    if step == 6:
        return f"{'late' if within else 'early'} {year}"
    return f"the {year}s" if step > 12 else str(year)


def columns_words(wide: str, narrow: str) -> str:
    """What a column is, of both drawings, for there is one caption; "" is a drawing without columns."""
    if wide == narrow:
        return f" Each column is a {wide}." if wide else ""
    if not wide:
        return f" On a small screen each column is a {narrow}."
    return f" Each column is a {wide}, on a small screen a {narrow}."


def caption(sums: Sequence[int], names: AbstractSet[str | None], when: str, last: Interaction | None, in_full: bool) -> str:
    """`46 times in touch in the last two years: 12 in person, 5 by voice. The last was coffee on 9 October 2026.`

    `sums` has how many there are of each what (`core.timeline.What`), `names` the kinds of those that count as contact, of which `last`
    is the last. Attempts and notes are told besides; not `in_full` leaves out how they are made up, and the last.
    """
    groups = [sums[group] + sums[6 + group] + sums[12 + group] for group in range(6)]
    times = sum(groups)
    plural = len(names) <= 2 and times > 2 and names <= _PLURALS.keys()
    if plural:
        told = f"{times} {' and '.join(sorted([_PLURALS[name or ''] for name in names], reverse=True))} {when}"
    else:
        told = f"{_TIMES[times] if times < 3 else f'{times} times in touch'} {when}"
    if plural or in_full or groups[WRITE] == times:
        told += _made_up(sums, groups, names, times, plural, in_full)
    if any(sums[KINDS:]):
        told += f"; besides {_besides(sums)}"
    if last is None or not in_full:
        return f"{told}."
    kind, day = last.kind, _long_day(last.on)
    return (
        f"{told}. The last was {_ONE[kind]} on {day}." if kind in _ONE else f"{told}. The last was on {day}{f': {kind}' if kind else ''}."
    )


@lru_cache(maxsize=4096)
def _long_day(day: date) -> str:
    return f"{day.day} {FULL_MONTHS[day.month - 1].capitalize()} {day.year}"


def _besides(sums: Sequence[int]) -> str:
    attempts = sum(sums[KINDS + ATTEMPT :: 6])
    counted = ((attempts, "attempt"), (sum(sums[KINDS:]) - attempts, "note"))
    return " and ".join([f"{count} {word}{'' if count == 1 else 's'}" for count, word in counted if count])


def _made_up(sums: Sequence[int], groups: Sequence[int], names: AbstractSet[str | None], times: int, plural: bool, in_full: bool) -> str:
    meet, voice, give, write, other, attempt = groups
    if plural or write == times > 0:
        you, them = sum(sums[6 * YOU : 6 * YOU + 6]), sum(sums[6 * THEM : 6 * THEM + 6])
        if you + them == times:
            if you and them:
                return f": {you} from you, {them} from them"
            return f", {'all ' if times > 2 else ''}from {'them' if them else 'you'}"
        if plural:
            return ""
    if not in_full or not times:
        return ""
    parts = []
    for count, how in ((meet, "in person"), (voice, "by voice"), (write, "in writing")):
        if count == times:
            return f", {('', 'both ', 'all ')[min(times, 3) - 1]}{how}"
        if count:
            parts.append(f"{count} {how}")
    if give:
        if give == times > 1:
            return f", {'both' if times == 2 else 'all'} {_given(give, names).partition(' ')[2]}"
        parts.append(_given(give, names))
    if other + attempt and parts:
        parts.append(f"{other + attempt} of another kind")
    return f": {', '.join(parts)}" if parts else ""


def _given(count: int, names: AbstractSet[str | None]) -> str:
    gifts, referrals, favours = names & _GIFTS, names & _REFERRALS, names & _FAVOURS
    if gifts and (referrals or favours):
        return f"{count} gifts and favours"
    one = "gift" if gifts else "referral" if referrals and not favours else "favour"
    return f"{count} {one}{'' if count == 1 else 's'}"


def table(points: Iterable[Point]) -> tuple[tuple[int, ...], ...]:
    """The contacts of each year as `TABLE_HEAD` names them, newest first; points are oldest first."""
    rows: list[tuple[int, ...]] = []
    here, row = -1, [0] * 9
    for _, month, what in points:
        if what < KINDS:
            if month // 12 != here:
                if here >= 0:
                    rows.append(_row(here, *row))
                here, row = month // 12, [0] * 9
            row[what % 6] += 1
            row[6 + what // 6] += 1
    if here >= 0:
        rows.append(_row(here, *row))
    rows.reverse()
    return tuple(rows)


def _row(year: int, meet: int, voice: int, give: int, write: int, _: int, __: int, together: int, you: int, them: int) -> tuple[int, ...]:
    return year, meet, voice, write, give, you, them, together
