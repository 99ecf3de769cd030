"""Where the marks and columns of a contact's timeline stand: numbers only, no drawing.

Days are ordinals, lengths are px. Heights count from the line, negative is above it: from you above, from them below, together on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from plaintextcrm.core.dates import MONTHS
from plaintextcrm.core.history import from_them, from_us, is_attempt, is_touch
from plaintextcrm.core.kinds import KindTable
from plaintextcrm.core.model import Interaction
from plaintextcrm.core.record import NamedTuple

MEET, VOICE, GIVE, WRITE, OTHER, ATTEMPT = range(6)  # as they are stacked, from the line outwards
TOGETHER, YOU, THEM = range(3)  # likewise
KINDS = 6 * 3
_GROUPS = {"in person": MEET, "voice": VOICE, "writing": WRITE, "giving": GIVE}
_SIDES = {"gave": YOU, "asked": YOU, "offered": YOU, "introduced": YOU, "referral-out": YOU, "got": THEM, "referral-in": THEM}

What = int
"""6 x side + group; of what does not count as contact `KINDS` more."""

Point = tuple[int, int, What]
"""(day, months since year 0, what)."""

EDGE = 8  # from a side of the figure to the first and the last day
NEAR = 11  # marks closer than this move away from the line
STEP = 12  # from row to row
CLEAR = 20  # from the rows together to the first row of one side
REACH = 6  # a mark and its rim, from its middle
ROWS = 6
HIGHEST, AN_ENTRY, LEAST = 136.0, 9.0, 1.5
NARROWEST = 4.2
WIDEST = 14.0
GAP = 1.0  # between columns
RIGHT = 4  # behind the columns, for the line of today
_UNITS = ((1, "month"), (3, "quarter"), (6, "half-year"), (12, "year"), (120, "decade"), (1200, "century"))
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)


def what_of(entry: Interaction, kinds: KindTable) -> What:
    """How an entry is drawn.

    What says whose it was is on that side; `gave` and `got` and their like say so themselves, an attempt is ours. All else is on the
    line: a mail of which nobody wrote down the direction must not be counted as sent.
    """
    kind = kinds.get(entry.kind) if entry.kind else None
    if kind is None:
        group, side = OTHER, TOGETHER
    else:
        group = GIVE if kind.name == "gift" else _GROUPS.get(kind.group, OTHER)
        side = _SIDES.get(kind.name, TOGETHER)
    if is_attempt(entry):
        group, side = ATTEMPT, YOU
    if from_them(entry):
        side = THEM
    elif from_us(entry):
        side = YOU
    return 6 * side + group + (0 if is_touch(entry, kinds) else KINDS)


_TELLING = ("dir", "reached", "touch")  # the fields that matter here
_MOST_KEPT = 4096


class _Known(dict[tuple[str | None, tuple[tuple[str, str], ...]], What]):
    """(kind, those of its fields that matter) -> what such entries are."""

    def __init__(self, kinds: KindTable) -> None:
        super().__init__()
        self.kinds = kinds

    def __missing__(self, key: tuple[str | None, tuple[tuple[str, str], ...]]) -> What:
        if len(self) > _MOST_KEPT:
            self.clear()
        self[key] = what = what_of(Interaction(date.min, kind=key[0], fields=key[1]), self.kinds)
        return what


_known_of = lru_cache(maxsize=4)(_Known)  # a build asks for the same kinds ten thousand times


def points(entries: Sequence[Interaction], kinds: KindTable) -> list[Point]:
    """The entries as they are drawn, in their order."""
    known = _known_of(kinds)
    found = []
    for entry in entries:
        on, fields = entry[0], entry[4]
        if fields and (len(fields) > 1 or fields[0][0] not in _TELLING):
            fields = tuple([field for field in fields if field[0] in _TELLING])
        found.append((on.toordinal(), on.year * 12 + on.month - 1, known[entry[2], fields]))
    return found


def text_width(text: str) -> float:
    """What 12 px letters take at most; DejaVu Sans is the widest of the fonts."""
    return 7.4 * len(text) + 3


# --- marks ---------------------------------------------------------------------------------------------------------


class Marks(NamedTuple):
    """One mark an entry, in their order: (x, height above or below the line); and how far they reach up and down."""

    spots: list[tuple[int, int]]
    up: int
    down: int


def day_x(day: int, start: int, end: int, width: int) -> int:
    """Where a day stands between the first and the last one."""
    return EDGE + (day - start) * (width - 2 * EDGE) // max(end - start, 1)


def marks(points: Sequence[Point], start: int, end: int, width: int) -> Marks | None:
    """A place for each of these points (oldest first, none before `start` or after `end`), or None where one finds none."""
    scale, days = width - 2 * EDGE, max(end - start, 1)
    rows: tuple[list[int], ...] = ([], [], [])  # x of the newest of each row: together, you, them
    found = []
    for day, _, what in points:
        x = EDGE + (day - start) * scale // days
        side = what // 6 % 3
        newest = rows[side]
        row = 0
        for before in newest:
            if x - before >= NEAR:
                newest[row] = x
                break
            row += 1
        else:
            if row >= (ROWS if side else ROWS + 1):
                return None
            newest.append(x)
        found.append((x, side, row))
    together, you, them = map(len, rows)
    above, below = together // 2 * STEP, max(together - 1, 0) // 2 * STEP  # on the line, then in turn above and below it
    heights = _heights(above, below)
    spots = [(x, heights[side][row]) for x, side, row in found]
    up = above + REACH + (CLEAR + (you - 1) * STEP if you else 0)
    return Marks._make((spots, up, below + REACH + (CLEAR + (them - 1) * STEP if them else 0)))


@lru_cache
def _heights(above: int, below: int) -> tuple[tuple[int, ...], ...]:
    """Of each side the heights of its rows, where the rows together reach so far."""
    return (
        tuple((row + 1) // 2 * (-STEP if row % 2 else STEP) for row in range(ROWS + 1)),
        tuple(-above - CLEAR - row * STEP for row in range(ROWS)),
        tuple(below + CLEAR + row * STEP for row in range(ROWS)),
    )


class Label(NamedTuple):
    """Words below the line: `x` is their middle (of years among columns: their left)."""

    x: float
    words: str
    is_year: bool


class Axis(NamedTuple):
    """What depends on the days alone: lines at years, ticks at months, and their names, none over another."""

    years: tuple[float, ...]
    ticks: tuple[float, ...]
    labels: tuple[Label, ...]


@lru_cache(maxsize=1024)
def day_axis(start: int, end: int, width: int) -> Axis:
    """Months by name where they have room, else January, April, July and October, else January and July."""
    a_month = 30.44 * (width - 2 * EDGE) / max(end - start, 1)
    every = 1 if a_month >= 45 else 3 if a_month >= 15 else 6
    first = date.fromordinal(start)
    month = first.year * 12 + first.month - 1
    years: list[float] = []
    ticks: list[float] = []
    labels: list[Label] = []
    first_named = month
    while month < 12 * 9999 + 11:
        month += 1
        day = date(month // 12, month % 12 + 1, 1).toordinal()
        if day > end:
            break
        if month % every:
            continue
        x, is_year = day_x(day, start, end, width), month % 12 == 0
        (years if is_year else ticks).append(x)
        words = str(month // 12) if is_year else MONTHS[month % 12].capitalize()
        half = text_width(words) / 2
        if half <= x <= width - half:
            first_named = first_named if labels else month
            labels.append(Label(x, words, is_year))
    if labels and not any(label.is_year for label in labels):  # no January: the first month says which year it is
        words = f"{labels[0].words} {first_named // 12}"
        half = text_width(words) / 2
        middle = max(labels[0].x, half)
        if middle + half < (labels[1].x - text_width(labels[1].words) / 2 if len(labels) > 1 else width):
            labels[0] = Label(middle, words, False)
    return Axis(tuple(years), tuple(ticks), tuple(labels))


# --- columns -------------------------------------------------------------------------------------------------------


class Span(NamedTuple):
    """Columns of one length, side by side: `step` months each, or a week where it is 0; `first` counts such units from year 0."""

    step: int
    first: int
    count: int  # type: ignore[assignment]
    unit: str


Block = tuple[int, int, float, float]
"""(group, place of the column, top, height), in entries. Those across the line lie over each other, the first group of `MEET` … on top."""


class Columns(NamedTuple):
    """How many there are of each column and what (18 x place + what); the blocks that show it; how far they reach; the fullest."""

    counts: dict[int, int]
    blocks: list[Block]
    scale: float  # px an entry
    up: float  # px
    down: float
    fullest: int  # its place
    most: int  # how many are in it


def month_of(day: int) -> int:
    """Months since year 0."""
    on = date.fromordinal(day)
    return on.year * 12 + on.month - 1


@lru_cache(maxsize=4096)
def span(first: int, last: int, width: int) -> Span:
    """From one month to another in columns of the smallest unit whose column is at least 4.2 px wide."""
    for step, unit in _UNITS:  # noqa: B007
        count = last // step - first // step + 1
        if (width - RIGHT) / count >= NARROWEST:
            break
    return Span(step, first // step, count, unit)


def week_span(start: int, end: int) -> Span:
    """The weeks from one day to another; week 0 is the one of the first Monday."""
    first = (start - 1) // 7
    return Span(0, first, (end - 1) // 7 - first + 1, "week")


def month_span(start: int, end: int) -> Span:
    """The months from one day to another."""
    first = month_of(start)
    return Span(1, first, month_of(end) - first + 1, "month")


def columns(points: Sequence[Point], span: Span) -> Columns:
    """All these points as columns on one scale: together across the line, you above it and them below."""
    step, first, _, _ = span
    counts: dict[int, int] = {}
    for day, month, what in points:
        key = ((month // step if step else (day - 1) // 7) - first) * KINDS + what % KINDS
        counts[key] = counts.get(key, 0) + 1
    ordered = sorted(counts.items())  # from column to column, in each from the line outwards: together, you, them
    blocks, high, deep, fullest, most = _stacked(ordered, 0.0)
    scale = min(AN_ENTRY, HIGHEST / (high + deep))
    if scale < LEAST:
        blocks, high, deep, _, _ = _stacked(ordered, LEAST / scale)
    return Columns._make((counts, blocks, scale, high * scale, deep * scale, fullest, most))


def _stacked(ordered: Sequence[tuple[int, int]], least: float) -> tuple[list[Block], float, float, int, int]:
    """(blocks of at least that height, how far they reach up, and down, the fullest column, how many are in it)."""
    blocks: list[Block] = []
    here, amount, fullest, most = -1, 0, 0, 0
    above = below = high = deep = 0.0
    for key, count in ordered:
        place = key // KINDS
        if place == here:
            amount += count
        else:
            here, amount, above, below = place, count, 0.0, 0.0
        if amount > most:
            fullest, most = place, amount
        height = count if count > least else least
        side = key // 6 % 3
        if not side:
            above = below = above + height / 2
            blocks.append((key % 6, place, -above, 2 * above))
            if below > deep:
                deep = below
        elif side == YOU:
            above += height
            blocks.append((key % 6, place, -above, height))
        else:
            blocks.append((key % 6, place, below, height))
            below += height
            if below > deep:
                deep = below
        if above > high:
            high = above
    return blocks, high, deep, fullest, most


@lru_cache(maxsize=4096)
def column_places(count: int, width: int) -> tuple[tuple[float, ...], float]:
    """(left of each column, how wide they are)."""
    pitch = (width - RIGHT) / count
    wide = min(pitch - GAP, WIDEST)
    return tuple([round(place * pitch + (pitch - wide) / 2, 1) for place in range(count)]), round(wide, 1)


def column_end(day: int, span: Span, width: int) -> float:
    """Where the column of a day ends and the next one begins."""
    place = (month_of(day) // span.step if span.step else (day - 1) // 7) - span.first
    return round((place + 1) * (width - RIGHT) / span.count, 1)


@lru_cache(maxsize=4096)
def column_axis(span: Span, width: int) -> Axis:
    """The first year, then each up to 12 of them, every 5 up to 60, else every 10 (narrow: from 24), fewer where they have no room."""
    step, first, count, _ = span
    if not step:
        return _week_axis(span, width)
    months = first * step
    a_year = 12 * (width - RIGHT) / (count * step)
    whole = count * step / 12
    least = 1 if whole <= 12 else 5 if whole <= (60 if width > 400 else 24) else 10
    last = (months + count * step - 1) // 12
    every = next((years for years in _STEPS if years >= least and years * a_year >= text_width("2000") + 4), _STEPS[-1])
    years, labels, free = [0.0], [Label(0.0, str(months // 12), True)], text_width("2000") + 4
    for year in range(-(-(months + 1) // (12 * every)) * every, last + 1, every):
        x = round((12 * year - months) / 12 * a_year, 1)
        years.append(x)
        if x < free and len(labels) == 1 and every < 5:
            labels.clear()  # a rest of a year that has no room for its name
            free = x
        if free <= x <= width - text_width(str(year)) - 3:
            labels.append(Label(x, str(year), True))
            free = x + text_width(str(year)) + 4
    return Axis(tuple(years), (), tuple(labels))


def _week_axis(span: Span, width: int) -> Axis:
    """As that of days, for the days the weeks take."""
    start, end = span.first * 7 + 1, (span.first + span.count) * 7
    axis = day_axis(start, min(end, date.max.toordinal()), width)
    scale = (width - RIGHT) / (width - 2 * EDGE)  # marks keep clear of both sides, columns do not

    def moved(x: float) -> float:
        return round((x - EDGE) * scale, 1)

    labels = [Label(moved(x), words, is_year) for x, words, is_year in axis.labels]
    fitting = [label for label in labels if text_width(label.words) / 2 <= label.x <= width - text_width(label.words) / 2]
    return Axis(tuple(map(moved, axis.years)), tuple(map(moved, axis.ticks)), tuple(fitting))
