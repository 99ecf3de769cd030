"""Numbers for one relationship, each one sentence (docs/due.md, "The numbers"): strength, trend, balance, drift, rhythm."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from datetime import date

from plaintextcrm.core.dates import cadence_words, span_words, time_since
from plaintextcrm.core.history import from_them, from_us
from plaintextcrm.core.kinds import STANDARD, KindTable
from plaintextcrm.core.model import NEVER, Cadence, Contact, Interaction
from plaintextcrm.core.record import NamedTuple

HALF_LIFE_DAYS = 180
TREND_DAYS = 90
GAPS = 8


class Numbers(NamedTuple):
    """All of them for one contact on one day; None where there is too little to say."""

    strength: int | None
    strength_sum: float
    recent: int  # contacts in days 0 to 89
    before: int  # in days 90 to 179
    in_a_row: int  # the newest entries that were all from one side
    row_side: str  # "you", "them" or ""
    gap: float | None  # median of the last 8 gaps, in days
    gaps: int
    silence: int | None
    drifting: bool
    sizes: tuple[int, int, int]  # on how many days the weightiest contact was in person, by voice, in writing


def numbers(touches: Sequence[Interaction], today: date, kinds: KindTable = STANDARD) -> Numbers:
    """From the entries that count as contact, oldest first."""
    now, strengths = today.toordinal(), kinds.strengths
    weights: dict[int, int] = {}
    for entry in touches:
        weight, day = strengths.get(entry[2] or "", 1), entry[0].toordinal()
        if weights.get(day, -1) < weight:
            weights[day] = weight
    days = sorted(weights)
    total = sum([weight * 2 ** ((day - now) / HALF_LIFE_DAYS) for day, weight in weights.items()])
    strength = round(100 * (1 - math.exp(-total / 6))) if len(days) >= 3 else None
    newest = days[-GAPS - 1 :]
    gaps = [later - earlier for earlier, later in zip(newest, newest[1:], strict=False)]
    gap = _median(gaps) if len(gaps) >= 3 else None
    silence = now - days[-1] if days else None
    drifting = bool(gap and silence and max(2 * gap, gap + 14) < silence <= max(12 * gap, gap + 90))
    side, count = _in_a_row(touches)
    within, halfway = bisect_right(days, now - 2 * TREND_DAYS), bisect_right(days, now - TREND_DAYS)
    found = [*weights.values()]
    sizes = found.count(3), found.count(2), found.count(1)
    return Numbers(strength, total, len(days) - halfway, halfway - within, count, side, gap, len(gaps), silence, drifting, sizes)


def _median(values: Sequence[int]) -> float:
    """The middle one, or the mean of the two in the middle (the `statistics` module takes 8 ms to import)."""
    ordered, half = sorted(values), len(values) // 2
    return float(ordered[half]) if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _in_a_row(touches: Sequence[Interaction]) -> tuple[str, int]:
    fielded = [entry for entry in touches if entry.fields]
    sided = [("them" if from_them(entry) else "you") for entry in fielded if from_them(entry) or from_us(entry)]
    if not sided:
        return "", 0
    count = next((place for place, side in enumerate(reversed(sided)) if side != sided[-1]), len(sided))
    return sided[-1], count


def strength_words(found: Numbers) -> str:
    """`strength 63 = 100 x (1 - e^(-5.99/6))`."""
    if found.strength is None:
        return ""
    return f"strength {found.strength} = 100 x (1 - e^(-{found.strength_sum:.2f}/6))"


def trend_words(found: Numbers) -> str:
    """Contacts of the last 90 days against the 90 before."""
    if not found.recent and not found.before:
        return ""
    return f"{found.recent} in the last 90 days, {found.before} in the 90 before"


def balance_words(found: Numbers) -> str:
    """Who began, where it was one side all the time."""
    if found.in_a_row < 3:
        return ""
    return f"the last {found.in_a_row} were all from {found.row_side}"


def drift_words(found: Numbers) -> str:
    """A rhythm that broke."""
    if not found.drifting or found.gap is None or found.silence is None:
        return ""
    return f"it used to be {cadence_words(as_cadence(found.gap))}, and has been quiet for {span_words(found.silence)}"


def rhythm_words(found: Numbers, cadence: Cadence, span: int) -> str:
    """One's own rhythm where it is another than the cadence, with the line to change."""
    if found.gap is None or found.gaps < 4 or cadence == NEVER or not span:
        return ""
    if 0.5 < found.gap / span < 2:
        return ""
    own = as_cadence(found.gap)
    return f"in fact about {cadence_words(own)}; to keep to that, write: cadence: {own.count} {own.unit}{'s' if own.count > 1 else ''}"


def as_cadence(days: float) -> Cadence:
    """A rhythm in days as one would write it."""
    if days < 12:
        return Cadence(max(1, round(days)), "day")
    if days < 56:
        return Cadence(max(2, round(days / 7)), "week")
    return Cadence(max(2, round(days / 30.44)), "month")


def known_for(contact: Contact, entries: Sequence[Interaction], today: date) -> str:
    """`known for 19 years`, from `met` or the first entry."""
    first = contact.met or (entries[0].on if entries else None)
    if first is None or first > today:
        return ""
    return f"known for {time_since(first, today)}" if first < today else "met today"


def ask_next_time(contact: Contact) -> tuple[str, ...]:
    """What the file does not say yet."""
    wanted = (("birthday", "birthday"), ("family", "family"), ("hobbies", "hobbies"), ("needs", "what they look for"))
    return tuple(words for key, words in wanted if not contact.keys.get(key))
