"""The timeline of a contact as SVG: the last two years as marks, the whole history as columns (where they stand: `core/timeline.py`).

Each figure is drawn twice, 752 and 350 px wide, 1:1. The classes are listed in `render/signs.py`. Entries are told in `<title>`, escaped.
A site draws ten thousand of them: what depends on days and widths alone is kept, and the loops are plain.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from html import escape

from plaintextcrm.core import timeline as core
from plaintextcrm.core.dates import month_length
from plaintextcrm.core.due_words import between_words
from plaintextcrm.core.kinds import KindTable
from plaintextcrm.core.model import Interaction
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.timeline import ATTEMPT, GIVE, KINDS, MEET, OTHER, VOICE, WRITE, Point
from plaintextcrm.core.timeline_words import (
    TABLE_HEAD,
    caption,
    column_words,
    columns_words,
    day_words,
    month_words,
    table,
    years_words,
)
from plaintextcrm.render.signs import kind_sign, number, safe

WIDE, NARROW = 752, 350
FEWEST = 3  # contacts
_TOP, _TEXT, _FOOT = 18, 18, 20  # the line of words above, that of "from them", that of the months
_LOW = 16  # what stays free above and below the line
_LONGEST = 160  # of a text in a title

_NAMES = {MEET: "meet", VOICE: "voice", GIVE: "give", WRITE: "write", OTHER: "other", ATTEMPT: "attempt"}
_LEGEND = (
    (MEET, "in person"), (VOICE, "voice"), (WRITE, "in writing"), (GIVE, "gift, favour, referral"), (ATTEMPT, "attempt"), (OTHER, "other"),
)  # fmt: skip
_SHAPES = {  # what stands before x, between x and y, after y, and behind the title
    MEET: ('<circle class="k-meet" cx="', '" cy="', '" r="4.5">', "</circle>"),
    VOICE: ('<path class="k-voice" d="M', " ", 'm0-5.3 5.3 5.3-5.3 5.3-5.3-5.3z">', "</path>"),
    GIVE: ('<path class="k-give" d="M', " ", 'm0-4.75 5.25 9h-10.5z">', "</path>"),
    WRITE: ('<path class="k-write" d="M', " ", 'm-5-3.25h10v6.5h-10z">', "</path>"),
    OTHER: ('<path class="k-other" d="M', " ", 'm-1-4.5h2v9h-2z">', "</path>"),
    ATTEMPT: ('<g class="k-attempt"><circle fill="none" cx="', '" cy="', '" r="3.75">', "</circle></g>"),
}
_SHAPE_OF = [_SHAPES[what % 6] for what in range(2 * KINDS)]
_number = lru_cache(maxsize=4096)(number)
_safe = lru_cache(maxsize=1024)(safe)  # of the names of kinds


class Figure(NamedTuple):
    """One figure: two drawings, what its signs mean as (sign, word), and the numbers of each year as `TABLE_HEAD` names them."""

    heading: str
    caption: str
    wide: str
    narrow: str
    legend: tuple[tuple[str, str], ...]
    table: tuple[tuple[int, ...], ...]


class Timeline(NamedTuple):
    """The last two years, where there is anything in them; everything, where it goes further back."""

    recent: Figure | None
    whole: Figure | None


class _Log(NamedTuple):
    """Entries and what is drawn of them, oldest first."""

    entries: Sequence[Interaction]
    points: Sequence[Point]
    end: int  # today, or the end of a life
    last: int  # the day of the last contact, 0 for none
    latest: Interaction | None  # that contact
    alive: bool
    sums: Sequence[int]  # how many there are of each what
    is_sided: bool  # whether anything came from one side
    silence: str  # how long ago that contact was


def timeline(log: Sequence[Interaction], today: date, died: date | None, kinds: KindTable) -> Timeline | None:
    """The figures of a log (plans and days to come are left out), or None with fewer than three contacts."""
    entries = [entry for entry in log if entry[0] <= today and not (entry[7] and entry.is_task)]
    if len(entries) < FEWEST:
        return None
    points = core.points(entries, kinds)
    days = [point[0] for point in points]
    if days != sorted(days):
        entries.sort(key=_day)
        points.sort(key=_first)
    alive = died is None or died > today
    end = today.toordinal() if died is None or alive else max(died.toordinal(), points[-1][0])
    whole = _log(entries, points, end, alive)
    if sum(whole.sums[:KINDS]) < FEWEST:
        return None
    first, start = points[0], _months_before(end, 24)
    if first[0] >= start:
        from_day = max(start, min(_month_start(first[1]), _months_before(end, 6)))
        return Timeline._make((_recent(whole, from_day, True), None))
    older = 0
    for day, _, _ in points:
        if day >= start:
            break
        older += 1
    recent = _recent(_log(entries[older:], points[older:], end, alive), start, False) if older < len(points) else None
    return Timeline._make((recent, _whole(whole, recent)))


def _log(entries: Sequence[Interaction], points: Sequence[Point], end: int, alive: bool) -> _Log:
    sums = [0] * (2 * KINDS)
    last, latest = 0, -1
    for place, (day, _, what) in enumerate(points):
        sums[what] += 1
        if what < KINDS:
            last, latest = day, place
    sided = any(sums[6:KINDS]) or any(sums[KINDS + 6 :])
    silence = between_words(date.fromordinal(last), date.fromordinal(end)) if last else ""
    return _Log._make((entries, points, end, last, entries[latest] if latest >= 0 else None, alive, sums, sided, silence))


def _day(entry: Interaction) -> date:
    return entry.on


def _first(point: Point) -> int:
    return point[0]


@lru_cache(maxsize=1024)
def _months_before(end: int, count: int) -> int:
    day = date.fromordinal(end)
    year, month = divmod(day.year * 12 + day.month - 1 - count, 12)
    return date(year, month + 1, min(day.day, month_length(year, month + 1))).toordinal() if year > 0 else 1


@lru_cache(maxsize=4096)
def _month_start(month: int) -> int:
    return date(month // 12, month % 12 + 1, 1).toordinal()


# --- the last two years --------------------------------------------------------------------------------------------


def _recent(log: _Log, start: int, is_all: bool) -> Figure:
    points, end, alive = log.points, log.end, log.alive
    heading, when = _recent_words(points[0][1], start, end, alive)
    said = _said(log, when, True)
    label = safe(said)
    titles = [f"{_SHAPE_OF[what][2]}{_title(entry)}{_SHAPE_OF[what][3]}" for entry, (_, _, what) in zip(log.entries, points, strict=True)]
    wide, narrow = core.marks(points, start, end, WIDE), core.marks(points, start, end, NARROW)
    if wide and narrow:
        drawn, units = (_marks(log, wide, titles, start, WIDE, label), _marks(log, narrow, titles, start, NARROW, label)), ""
    else:
        weeks, months = core.week_span(start, end), core.month_span(start, end)
        drawn = (
            _marks(log, wide, titles, start, WIDE, label) if wide else _columns(log, core.columns(points, weeks), weeks, WIDE, label),
            _marks(log, narrow, titles, start, NARROW, label)
            if narrow
            else _columns(log, core.columns(points, months), months, NARROW, label),
        )
        units = columns_words("" if wide else weeks.unit, "" if narrow else months.unit)
    return Figure._make((heading, said + units, *drawn, _legend(log), table(points) if is_all else ()))


@lru_cache(maxsize=1024)
def _recent_words(first: int, start: int, end: int, alive: bool) -> tuple[str, str]:
    """(heading, when) of a figure whose first entry is of that month."""
    if not alive:
        return "The last two years", f"in the two years to {month_words(core.month_of(end))}"
    if start == _months_before(end, 24):
        return "Two years", "in the last two years"
    return f"Since {month_words(first)}", f"since {month_words(first)}"


def _said(log: _Log, when: str, in_full: bool) -> str:
    names = {entry[2] for entry, point in zip(log.entries, log.points, strict=True) if point[2] < KINDS}
    return caption(log.sums, names, when, log.latest, in_full)


def _title(entry: Interaction) -> str:
    text, kind = entry[1], entry[2]
    if len(text) > _LONGEST:
        text = text[: _LONGEST - 1].rstrip() + "…"
    if not text.isprintable():
        text = safe(text)
    elif "&" in text or "<" in text or ">" in text or '"' in text or "'" in text:
        text = escape(text)
    named = f", {_safe(kind)}: " if kind else ": "
    return f"<title>{day_words(entry[0])}{named}{text}</title>" if text else f"<title>{day_words(entry[0])}{named[:-2]}</title>"


def _marks(log: _Log, marks: core.Marks, titles: Sequence[str], start: int, width: int, label: str) -> str:
    spots, up, down = marks
    line = _TOP + (up if up > _LOW else _LOW)
    low = line + (down if down > _LOW else _LOW)
    parts = [_frame(None, start, log.end, width, line, low, log.is_sided, log.alive)]
    end = width - core.EDGE
    last = core.day_x(log.last, start, log.end, width) if log.last else 0
    is_free = last < end - 40 and not any(x > last and y > 0 for x, y in spots)
    parts.append(_line(log, last, end, line, is_free))
    for (x, y), (_, _, what), title in zip(spots, log.points, titles, strict=True):
        shape = _SHAPE_OF[what]
        parts.append(f"{shape[0]}{x}{shape[1]}{line + y}{title}")
    return _svg(width, low, log.is_sided, label, parts)


def _svg(width: int, low: float, sided: bool, label: str, parts: Sequence[str]) -> str:
    height = _number(low + _FOOT + (_TEXT if sided else 0))
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return f'<svg class="timeline" role="img" aria-label="{label}" {size}>{"".join(parts)}</svg>'


def _line(log: _Log, last: float, end: float, line: float, may_tell: bool) -> str:
    """The axis, dotted from the last contact to today; how long that is below it, where there is room."""
    y = _number(line)
    if not log.alive or end - last < 12:
        return f'<path class="axis" d="M0 {y}H{_number(end)}"/>'
    drawn = f'<path class="axis" d="M0 {y}H{_number(last)}"/>' if last else ""
    drawn += f'<path class="silence" d="M{_number(last + 8)} {y}H{_number(end)}"/>'
    if log.silence and may_tell and core.text_width(log.silence) + 24 <= end - last:
        x = _number((last + end) / 2)
        drawn += f'<text class="label" text-anchor="middle" x="{x}" y="{_number(line + 14)}">{log.silence}</text>'
    return drawn


@lru_cache(maxsize=1024)
def _frame(span: core.Span | None, start: int, end: int, width: int, line: float, low: float, sided: bool, alive: bool) -> str:
    """What stands around marks (of days from `start` to `end`) or columns: years and months, "from you", "from them", today."""
    axis = core.column_axis(span, width) if span else core.day_axis(start, end, width)
    foot = low + _TEXT if sided else low
    parts = []
    if axis.years:
        high = f" {_TOP - 2}V{_number(foot)}"
        parts.append(f'<path class="grid" d="{"".join([f"M{_number(x)}{high}" for x in axis.years])}"/>')
    if axis.ticks:
        parts.append(f'<path class="tick" d="{"".join([f"M{_number(x)} {_number(foot)}v4" for x in axis.ticks])}"/>')
    is_left = span is not None and span.step
    shift, anchor = (3, "") if is_left else (0, ' text-anchor="middle"')
    for x, words, is_year in axis.labels:
        name = "year" if is_year else "label"
        parts.append(f'<text class="{name}"{anchor} x="{_number(x + shift)}" y="{_number(foot + 16)}">{words}</text>')
    if sided:
        parts.append(f'<text class="label" x="0" y="11">from you</text><text class="label" x="0" y="{_number(low + 13)}">from them</text>')
    if alive:
        x = width - 2 if span else width - core.EDGE
        parts.append(f'<path class="today" d="M{x} {_TOP - 2}V{_number(foot)}"/>')
        parts.append(f'<text class="today" text-anchor="end" x="{x + 1}" y="11">today</text>')
    return "".join(parts)


# --- everything ----------------------------------------------------------------------------------------------------


def _whole(log: _Log, recent: Figure | None) -> Figure:
    points = log.points
    first, last = points[0][1], core.month_of(log.end)
    wide, narrow = core.span(first, last, WIDE), core.span(first, last, NARROW)
    years = (last - first) // 12
    if log.alive and years < 20:
        heading, when = f"Since {first // 12}", f"since {first // 12}"
    else:
        heading, when = years_words(years), f"between {month_words(first)} and {month_words(points[-1][1])}"
    said = _said(log, when, recent is None)
    label = safe(said)
    found = core.columns(points, wide)
    drawn = (
        _columns(log, found, wide, WIDE, label),
        _columns(log, found if narrow.step == wide.step else core.columns(points, narrow), narrow, NARROW, label),
    )
    legend = _legend(log)
    if recent is not None and set(legend) <= set(recent.legend):
        legend = ()
    return Figure._make((heading, said + columns_words(wide.unit, narrow.unit), *drawn, legend, table(points)))


def _columns(log: _Log, found: core.Columns, span: core.Span, width: int, label: str) -> str:
    _, blocks, scale, up, down, fullest, most = found
    line = _TOP + (up if up > _LOW else _LOW)
    low = line + (down if down > _LOW else _LOW)
    middles, wide = _middles(span.count, width)
    bars = _bars(line, scale)
    paths = [""] * 6
    for group, place, top, height in blocks:
        paths[group] += middles[place] + bars[top, height]
    last = core.column_end(log.last, span, width) if log.last else 0
    parts = [
        _frame(span, 0, 0, width, line, low, log.is_sided, log.alive),
        _line(log, last, width - 2 if log.alive else width, line, True),
    ]
    if paths[ATTEMPT]:
        parts.append(_outlines(found, span, line, width))
    for group in (OTHER, WRITE, GIVE, VOICE, MEET):  # the first groups lie over the others
        if paths[group]:
            parts.append(f'<path class="k-{_NAMES[group]}" stroke="currentColor" stroke-width="{wide}" d="{paths[group]}"/>')
    if most > 1:
        parts.append(_fullest(fullest, most, span, width, log.is_sided, log.alive))
    return _svg(width, low, log.is_sided, f"{label} Each column is a {span.unit}.", parts)


@lru_cache(maxsize=1024)
def _middles(count: int, width: int) -> tuple[tuple[str, ...], str]:
    """(`M` and the middle of each column, how wide they are)."""
    lefts, wide = core.column_places(count, width)
    return tuple([f"M{number(left + wide / 2)} " for left in lefts]), number(wide)


class _Bars(dict[tuple[float, float], str]):
    """(top, height) in entries -> the line that is drawn from top to bottom."""

    def __init__(self, line: float, scale: float) -> None:
        super().__init__()
        self.line, self.scale = line, scale

    def __missing__(self, block: tuple[float, float]) -> str:
        top, height = block
        self[block] = drawn = f"{number(self.line + top * self.scale)}v{number(height * self.scale)}"
        return drawn


_bars = lru_cache(maxsize=256)(_Bars)


def _outlines(found: core.Columns, span: core.Span, line: float, width: int) -> str:
    """Attempts, hollow."""
    lefts, wide = core.column_places(span.count, width)
    across = number(wide - 1.5)
    drawn = []
    for group, place, top, height in found.blocks:
        if group == ATTEMPT:
            high = number(max(height * found.scale - 1.5, 0.5))
            drawn.append(f"M{number(lefts[place] + 0.75)} {number(line + top * found.scale + 0.75)}h{across}v{high}h-{across}z")
    return f'<g class="k-attempt"><path fill="none" d="{"".join(drawn)}"/></g>'


def _fullest(place: int, most: int, span: core.Span, width: int, sided: bool, alive: bool) -> str:
    """`21 in summer 1899`, above its column, or as near as the other words let it."""
    words = f"{most} in {column_words(place, span)}"
    half = core.text_width(words) / 2
    lefts, wide = core.column_places(span.count, width)
    least = half + (core.text_width("from you") + 4 if sided else 0)
    rightmost = width - half - (core.text_width("today") + 4 if alive else 0)
    x = max(min(lefts[place] + wide / 2, rightmost), least)
    return f'<text class="year" text-anchor="middle" x="{number(x)}" y="11">{words}</text>'


# --- beside the figure ---------------------------------------------------------------------------------------------


def _legend(log: _Log) -> tuple[tuple[str, str], ...]:
    return _signs(bytes(map(bool, log.sums)))


@lru_cache(maxsize=4096)
def _signs(there: bytes) -> tuple[tuple[str, str], ...]:
    """What the signs of these whats mean, and the line, where there is something on it and beside it."""
    whats = [what for what, is_there in enumerate(there) if is_there]
    groups = {what % 6 for what in whats}
    found = [(kind_sign(_NAMES[group], group == ATTEMPT), words) for group, words in _LEGEND if group in groups]
    on_line = {what % 6 for what in whats if what // 6 % 3 == 0}
    if on_line and any(what // 6 % 3 for what in whats):
        found.append(("", "on the line: together, or nobody said whose" if on_line & {WRITE, GIVE} else "on the line: together"))
    return tuple(found)


def legend_html(legend: Sequence[tuple[str, str]]) -> str:
    """The list of the signs, or nothing."""
    if not legend:
        return ""
    return f'<ul class="key">{"".join([f"<li>{sign}<span>{words}</span></li>" for sign, words in legend])}</ul>'


def table_html(rows: Sequence[tuple[int, ...]]) -> str:
    """The table, folded, or nothing."""
    if not rows:
        return ""
    return (
        '<details><summary><span>The same in numbers</span></summary><div class="scroll" tabindex="0" role="region" '
        'aria-label="Times in touch, by year"><table class="plain">'
        f"<thead><tr>{_HEAD}</tr></thead><tbody>{''.join(map(_row_html, rows))}</tbody></table></div></details>"
    )


_HEAD = '<th scope="col">' + '</th><th scope="col" class="num">'.join(TABLE_HEAD) + "</th>"


@lru_cache(maxsize=1024)
def _row_html(row: tuple[int, ...]) -> str:
    year, *cells = row
    inner = '</td><td class="num">'.join(map(str, cells))
    return f'<tr><th scope="row">{year}</th><td class="num">{inner}</td></tr>'
