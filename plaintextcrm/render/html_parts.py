"""The parts of pages that are drawn here and not by a template: signs, rows, logs, months, squares, tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from itertools import groupby

from markupsafe import Markup

from plaintextcrm.core.dates import FULL_MONTHS, MONTHS, WEEKDAYS
from plaintextcrm.core.pages.shapes import Bar, Common, Day, Digest, Entry, Fact, Line, Link, Month, Promise, Table, TodayRow, Week
from plaintextcrm.core.pages.words import STATE_WORDS
from plaintextcrm.render import signs
from plaintextcrm.render.escaping import as_markup, escaped, vetted
from plaintextcrm.render.markdown import inline

Named = Callable[[str], "tuple[str, str] | None"]
"""What a wikilink names -> (address from the folder of the site, name), or None where there is no page."""

NEWEST = 8  # entries that are not folded
_SHORT = re.compile(r"[^\W\d_]\w{0,23}: \S")
_STAR = ' <span class="star">⁎<span class="vh">you too</span></span>'

_BOX = '<div class="scroll" tabindex="0" role="region" aria-label="Table">'


# --- signs, each drawn once ----------------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def moon(state: str, size: int, paused: bool, word: str) -> Markup:
    """The sign of a state."""
    return Markup(signs.moon(state, size, paused, word))


@lru_cache(maxsize=1024)
def bar(freshness: int | None, state: str, width: int) -> Markup:
    """How warm it is, as a bar; nothing where it is not known."""
    return Markup("" if freshness is None else signs.bar(freshness, state, width))


@lru_cache(maxsize=64)
def kind_sign(group: str, attempt: bool) -> Markup:
    """The sign of a kind of interaction."""
    return Markup(signs.kind_sign(group, attempt))


def sign(line: Line) -> Markup:
    """The sign of a line: of its state, of a promise, of a day that comes back."""
    return line_sign(line.sign, line.state)


@lru_cache(maxsize=64)
def line_sign(sign: str, state: str) -> Markup:
    """The same, of its two words."""
    if sign == "state":
        return Markup(signs.moon(state, 16, False, STATE_WORDS.get(state, "")))
    if sign in ("promise", "theirs", "next contact"):
        return Markup(signs.promise_sign(sign == "theirs"))
    return Markup(signs.occasion_sign(sign))


# --- parts ---------------------------------------------------------------------------------------------------------


def anchor(words: str, href: str) -> Markup:
    """Words that lead somewhere, where they may."""
    return as_markup(f'<a href="{escaped(href)}">{escaped(words)}</a>' if href else escaped(words))


def named(one: Common, root: str) -> Markup:
    """A name that leads to its page, where there is one."""
    return anchor(one.words, vetted(root, one.href))


def today_row(row: TodayRow, root: str) -> dict[str, object]:
    """A row of the due list, with its addresses vetted."""
    return {
        "moon": moon(row.state, 16, row.paused, STATE_WORDS.get(row.state, "")), "href": vetted(root, row.href) or "#", "name": row.name,
        "role": row.role, "hook": row.hook, "reason": row.reason, "bar": bar(row.freshness, row.state, 176), "warmth": row.warmth,
        "reach": [(words, vetted(root, href)) for words, href in row.reach if vetted(root, href)], "log_line": row.log_line,
    }  # fmt: skip


def lines(lines: Iterable[Line], root: str) -> list[tuple[Markup, str, str, str, str, str]]:
    """Lines as (sign, name, address, what, when, day)."""
    return [(sign(line), line.name, vetted(root, line.href), line.what, line.when, line.on) for line in lines]


# What follows is drawn here and not by the template: a build draws 150,000 entries, and there each costs three times as much.


def pairs(pairs: Iterable[tuple[str, str]]) -> Markup:
    """The lines of a list of pairs, of (text, HTML) each."""
    return as_markup("".join([f"<div><dt>{escaped(label)}</dt><dd>{said}</dd></div>" for label, said in pairs]))


def facts(facts: Iterable[Fact], state: str) -> Markup:
    """The numbers of a relationship, as a list of pairs."""
    lines = [
        (label, f"<b>{escaped(value)}</b>{bar(freshness, state, 220)}<span>{escaped(words)}</span>")
        for label, value, words, freshness in facts
    ]
    return pairs(lines)


def dated(lines: Iterable[tuple[str, str, str]]) -> Markup:
    """The lines of a list, of (sign, HTML, when) each."""
    return as_markup(
        "".join([f'<li>{sign}<p class="what">{what}</p><p class="when">{escaped(when)}</p></li>' for sign, what, when in lines])
    )


def likes(likes: Iterable[Common]) -> Markup:
    """What somebody likes, with a star where it is shared."""
    return as_markup(", ".join([f"<span>{escaped(words)}{_STAR if shared else ''}</span>" for words, _, shared in likes]))


def begun(text: str) -> str:
    """With a capital, as what begins a line."""
    return text[:1].upper() + text[1:]


def prose(html: str) -> Markup:
    """Markdown's blocks; each table in a box of its own, in which it moves where its words take more room than there is."""
    return as_markup(html.replace("<table>", f"{_BOX}<table>").replace("</table>", "</table></div>") if "<table>" in html else html)


def promises(promises: Sequence[Promise], theirs: bool, link: Named) -> Markup:
    """Promises of one side, as a list."""
    sign = line_sign("theirs" if theirs else "promise", "")
    return dated([(sign, inline(text, link), when) for text, when, _ in promises])


def log(page: Digest, link: Named) -> Markup:
    """The newest entries, and the older ones folded by year."""
    if not page.entries:
        return as_markup("")
    items = _items(page.entries, link)
    drawn = [_list(items[:NEWEST])]
    for year, places in groupby(range(NEWEST, len(items)), lambda place: page.entries[place].on[:4]):
        some = [items[place] for place in places]
        count = f"{len(some)} {'entry' if len(some) == 1 else 'entries'}"
        summary = f'<summary><span>{int(year)}</span> <span class="count">{count}</span></summary>'
        drawn.append(f"<details>{summary}{_list(some)}</details>")
    return as_markup("\n".join(drawn))


def _list(items: Sequence[str]) -> str:
    return f'<ol class="log">\n{"".join(items)}</ol>'


def _items(entries: Sequence[Entry], link: Named) -> list[str]:
    drawn = []
    for on, when, kind, group, attempt, side, counts, text, details in entries:
        said = f"<p>{inline(text, link)}</p>" if text else ""
        if details:
            said += "".join([f'<p class="more">{inline(line, link)}</p>' for line in _run_together(details)])
        drawn.append(f'<li>{_time(on, when)}{_kind_words(kind, group, attempt, side, counts)}<div class="said">{said}</div></li>\n')
    return drawn


@lru_cache(maxsize=4096)
def _time(on: str, when: str) -> str:
    return f'<time datetime="{escaped(on)}">{escaped(when)}</time>'


def _run_together(details: Sequence[str]) -> Sequence[str]:
    """The lines below an entry; short ones of the form `place: Vienna` stand in one line."""
    if len(details) == 1:
        return details
    lines: list[str] = []
    for is_short, run in groupby(details, _is_short):
        some = list(run)
        lines += [" · ".join(some)] if is_short else some
    return lines


def _is_short(line: str) -> bool:
    return len(line) < 60 and _SHORT.match(line) is not None


@lru_cache(maxsize=1024)
def _kind_words(kind: str, group: str, attempt: bool, side: str, counts: bool) -> str:
    words = f"{kind}, {side}" if side and kind else kind or side or ("in touch" if counts else "note")
    return f'<p class="kind">{kind_sign(group, attempt)} <span>{escaped(words)}</span></p>'


def today_in(built: str) -> tuple[str, int]:
    """The month of a day as its heading names it, and the number of the day."""
    day = date.fromisoformat(built)
    return f"{FULL_MONTHS[day.month - 1].capitalize()} {day.year}", day.day


def month(month: Month, root: str, today: tuple[str, int]) -> tuple[object, ...]:
    """(name, weeks of (number, signs), lines with names, lines of those who fall due, how many, the number of today)."""
    name, weeks, days = month
    grid = [[_square(day) for day in week] for week in weeks]
    dated: list[tuple[object, ...]] = []
    dues: list[tuple[object, ...]] = []
    count = 0
    for day in days:
        when = _weekday(day.on)
        for line in day.lines:
            count += line.sign == "state"
            (dues if line.sign == "state" else dated).append((sign(line), line.name, vetted(root, line.href), line.what, when, day.on))
        if day.more:
            dues.append(("", f"and {day.more} more", "", "", when, day.on))
            count += day.more
    return name, grid, dated, dues, count, today[1] if name == today[0] else 0


def _square(day: Day | int | None) -> tuple[int, Markup | str]:
    if isinstance(day, Day):
        return day.number, _day_signs(day.lines, day.more)
    return day or 0, ""


def _day_signs(lines: Sequence[Line], more: int) -> Markup:
    """The signs of one day, each with a name for who cannot see it."""
    drawn = [
        as_markup(f'<span class="sign">{sign(line)}<span class="vh"> {escaped(f"{line.name} {line.what}".strip())}</span></span>')
        for line in lines
    ]
    drawn += [Markup('<span class="plus">+{}</span>').format(more)] if more else []
    return Markup(" ").join(drawn)


@lru_cache(maxsize=512)
def _weekday(on: str) -> str:
    day = date.fromisoformat(on)
    return f"{WEEKDAYS[day.weekday()].capitalize()} {day.day}"


def length(bar: Bar, name: str) -> tuple[str, int, Markup]:
    """A bar on a common scale, as wide as its column."""
    drawn = Markup('<svg width="100%" height="10" aria-hidden="true"><rect class="{}" width="{}%" height="10"/></svg>')
    return bar.words, bar.amount, drawn.format(name, min(max(int(bar.width), 0), 100))


_SQUARE = '<rect class="{}" x="{:g}" y="{:g}" width="{}" height="{}"/>'


def heat(weeks: Sequence[Week], months: Sequence[tuple[str, int]], columns: int, width: int) -> Markup:
    """Weeks as squares that grow, in rows of `columns`, month names above; January is told by its year."""
    pitch, row = (width - 13) / (columns - 1), 44
    places = [place for _, place in months]
    drawn = []
    for place, (monday, touches, size) in enumerate(weeks):
        x, y = round(place % columns * pitch, 1), place // columns * row + 18
        on = date.fromisoformat(monday)
        told = f"Week of {on.day} {MONTHS[on.month - 1].capitalize()} {on.year}: {touches} {'time' if touches == 1 else 'times'}"
        inner = _SQUARE.format("square", x + (13 - size) / 2, y + (13 - size) / 2, size, size) if size else ""
        drawn.append(f"<g><title>{told}</title>{_SQUARE.format('bed', x, y, 13, 13)}{inner}</g>")
    for name, place in months:
        is_close = place + 1 in places or place + 2 in places
        if place < len(weeks) and not is_close and place % columns <= columns - 2:
            monday = weeks[place].monday
            is_year = monday[5:7] == "01"
            words = monday[:4] if is_year else name[:3]
            drawn.append(
                Markup('<text class="{}" x="{}" y="{}">{}</text>').format(
                    "year" if is_year else "label", round(place % columns * pitch, 1), place // columns * row + 11, words
                )
            )
    height = ((len(weeks) - 1) // columns + 1) * row - 8
    whole = sum(week.touches for week in weeks)
    told = f"{whole} {'time' if whole == 1 else 'times'} in touch in {len(weeks)} weeks, one square a week"
    box = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return Markup(f'<svg role="img" aria-label="{told}" {box}>{"".join(drawn)}</svg>')


def _scale_square(size: int) -> Markup:
    inner = _SQUARE.format("square", (13 - size) / 2, (13 - size) / 2, size, size) if size else ""
    return Markup(f'<svg width="13" height="13" aria-hidden="true">{_SQUARE.format("bed", 0, 0, 13, 13)}{inner}</svg>')


SCALE = [(_scale_square(size), words) for size, words in ((0, "none"), (4, "1–2"), (7, "3–5"), (10, "6–9"), (13, "10 and more"))]


def table(table: Table, root: str) -> tuple[object, ...]:
    """(title, its sentence, what none mean, (heading, whether its column holds numbers) …, rows of (words, href, whether a number))."""
    title, columns, rows, sentence, empty = table
    cells = [[row[place] for row in rows if place < len(row) and row[place] is not None] for place in range(len(columns))]
    numeric = [bool(column) and all(isinstance(cell, int | float) for cell in column) for column in cells]
    digits = [max((_digits(cell) for cell in column), default=0) for column in cells]
    shown = [[_cell(cell, root, digits[place] if place < len(digits) else 0) for place, cell in enumerate(row)] for row in rows]
    return title, sentence, empty, list(zip(columns, numeric, strict=True)), shown


def _digits(cell: object) -> int:
    """How many digits behind the point a number needs, two at most."""
    return len(f"{cell:.2f}".rstrip("0").partition(".")[2]) if isinstance(cell, float) else 0


def _cell(cell: str | int | float | Link | None, root: str, digits: int) -> tuple[str, str, bool]:
    if isinstance(cell, Link):
        return cell.words, vetted(root, cell.href), False
    if isinstance(cell, int | float):
        return f"{cell:,.{digits}f}", "", True
    return cell or "", "", False
