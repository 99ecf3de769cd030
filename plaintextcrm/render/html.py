"""Pages as HTML: the plain tuples of `core.pages.shapes` into templates that escape whatever they are given.

Markup comes from the templates, the few lines of it here, `render.signs`, `render.timeline` and `render.markdown`.
All else is text, whoever wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import groupby

from jinja2 import DictLoader, Environment, StrictUndefined, Template
from markupsafe import Markup

from plaintextcrm.core.dates import FULL_MONTHS, FULL_WEEKDAYS, MONTHS, WEEKDAYS
from plaintextcrm.core.pages.shapes import (
    Bar,
    Common,
    Day,
    Digest,
    Entry,
    Fact,
    Frame,
    Line,
    Link,
    Month,
    Person,
    Problems,
    Promise,
    Report,
    Stats,
    Table,
    Today,
    TodayRow,
    Week,
)
from plaintextcrm.core.pages.words import STATE_WORDS
from plaintextcrm.render import signs
from plaintextcrm.render.markdown import inline, to_html
from plaintextcrm.render.network import network_svg
from plaintextcrm.render.timeline import Timeline, legend_html, table_html

Named = Callable[[str], "tuple[str, str] | None"]
"""What a wikilink names -> (address from the folder of the site, name), or None where there is no page."""

CUT = "\x00"  # where a page stands in its frame; no text has one, for `escaped` lets none through
FRAMES = 64  # that are kept
CHUNK = 100  # rows of the people table that a browser lays out at once
_STATES = ("fresh", "soon", "due", "overdue", "lapsed", "new", "on-file", "")
_DATED = ("birthday", "work anniversary", "date", "plan", "promise", "theirs", "next contact")
_SHORT = re.compile(r"[^\W\d_]\w{0,23}: \S")
_STAR = ' <span class="star">⁎<span class="vh">you too</span></span>'
_NO_TIER = '<td class="tr"></td>'
_ODD = re.compile("[&<'\x00-\x1f]")  # in an attribute that stands in single quotes, as JSON has so many of the others
_ABROAD = re.compile(r"(?:https?:|mailto:|tel:|sms:|geo:)[^\x00-\x20\x7f<>\"'`\\]+\Z", re.IGNORECASE)
_NEAR = re.compile(r"[^/\\:?#\x00-\x20\x7f][^\\:\x00-\x20\x7f]*\Z")


_SPECIAL = re.compile("[&<>\"'\x00-\x08\x0b\x0c\x0e-\x1f]")
_ENTITIES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"}
    | {chr(code): "\ufffd" for code in range(32) if code not in (9, 10, 13)}
)


def escaped(value: object) -> str:
    """A value as text of a page, also within quotes; markup as it is. Controls that no page may have are shown as missing."""
    if type(value) is not str:
        if isinstance(value, Markup):
            return value
        value = str(value)
    return value if _SPECIAL.search(value) is None else value.translate(_ENTITIES)


def _drawn(html: str) -> Markup:
    """HTML as such; `Markup(html)` looks for more than that, and takes five times as long."""
    return str.__new__(Markup, html)


def vetted(root: str, href: str) -> str:
    """The address as a page may carry it: one of six schemes, or a place in the folder; "" for all else."""
    if _NEAR.match(href):
        return root + href
    return href if _ABROAD.match(href) else ""


class Pages:
    """The templates (text by file name), ready: each compiled when first used, once."""

    def __init__(self, link: Named, templates: Mapping[str, str]) -> None:
        self._link = link
        self._links: dict[str, Named] = {"": link}
        environment = Environment(
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            loader=DictLoader(templates),
        )
        environment.globals.clear()  # no template asks for one of them, and each page would copy them all twice
        environment.policies["json.dumps_kwargs"] = {"sort_keys": True, "separators": (",", ":"), "ensure_ascii": False}
        self._environment = environment
        self._ready: dict[str, Template] = {}
        self._frames: dict[Frame, list[str]] = {}

    def today(self, frame: Frame, page: Today) -> bytes:
        """`index.html`, or the due page of one owner."""
        root = frame.root
        pattern = TodayRow("", "", "#", "", False, "", "", "", 50, "", (), "ptcrm")
        few = [_today_row(row, root) for row in page.rows]
        return self._page(
            "today" if page.rows else "today free", frame, page.title, page=page, rows=few, pattern=_today_row(pattern, root),
            soon=_lines(page.soon, root), waiting=_lines(page.waiting, root), dates=_lines(page.dates, root),
            promised=_lines(page.promised, root),
            moons=[_moon(state, 16, False, word) for state, word in STATE_WORDS.items() if state != "on-file"],
            signs=[(sign, _line_sign(sign, "")) for sign in _DATED],
        )  # fmt: skip

    def digest(self, frame: Frame, page: Digest, timeline: Timeline | None) -> bytes:
        """`contacts/<id>.html`."""
        root, link = frame.root, self._link_from(frame.root)
        under = [page.role] if page.role else []
        under += [f"{'group' if len(page.groups) == 1 else 'groups'}: {', '.join(page.groups)}"] if page.groups else []
        under += [f"tier {page.tier}"] if page.tier else []
        figures = []
        if timeline is not None:
            for figure in (timeline.recent, timeline.whole):
                if figure is not None:
                    drawn = [_drawn(part) for part in (figure.wide, figure.narrow, legend_html(figure.legend), table_html(figure.table))]
                    figures.append((figure.heading, figure.caption, *drawn))
        return self._page(
            "digest", frame, page.name, page=page, moon=_moon(page.state, 24, page.paused, page.state_word), under=" · ".join(under),
            reach=_pairs([(label, _anchor(words, vetted(root, href))) for label, (words, href) in page.reach]),
            facts=_facts(page.facts, page.state), yours=_promises(page.yours, False, link), theirs=_promises(page.theirs, True, link),
            figures=figures, log=_log(page, link),
            dates=_dated([(_sign(line), escaped(_begun(line.what)), line.when) for line in page.dates]),
            met=_drawn(inline(_begun(page.met), link)) if page.met else "",
            through=_named(page.through, root) if page.through else "",
            common=_drawn(", ".join([_named(one, root) for one in page.common])),
            likes=_likes(page.likes), shares=any(one.shared for one in page.likes),
            ask=_begun(", ".join(page.ask)),
            about=_pairs([(label, inline(text, link)) for label, text in page.about]),
            notes=_drawn(to_html(page.notes, link)) if page.notes else "", file=vetted("", page.file) if page.file else "",
        )  # fmt: skip

    def person_row(self, person: Person, frame: Frame) -> str:
        """One row of `people.html`; it depends on the person alone, so it can be kept between builds."""
        _, name, href, state, word, paused, role, place, tier, quiet, quiet_days, freshness, warmth, next, next_day, keys = person
        known = "" if freshness is None else f' data-v="{int(freshness)}"'
        return (
            f'<tr data-keys=\'{keys if _ODD.search(keys) is None else escaped(keys)}\'><td class="st" data-v="{_STATES.index(state)}">'
            f'{_moon(state, 16, paused, word)}</td><th scope="row" class="nm"><a href="{escaped(vetted(frame.root, href))}">'
            f'{escaped(name)}</a>{f"<span>{escaped(role)}</span>" if role else ""}</th><td class="pl">{escaped(place)}</td>'
            f'<td class="tr">{escaped(tier)}</td><td class="qu" data-v="{int(quiet_days)}">{escaped(quiet)}</td><td class="fr"{known}>'
            f'{_bar(freshness, state, 120)} {escaped(warmth)}</td><td class="nx" data-v="{escaped(next_day)}">{escaped(next)}</td></tr>'
        )

    def people(self, frame: Frame, rows: Sequence[str], count: int) -> bytes:
        """`people.html`, of rows made by `person_row`."""
        chunks = [_drawn("\n".join(rows[place : place + CHUNK])) for place in range(0, len(rows), CHUNK)]
        return self._page("people", frame, "People", chunks=chunks, count=count, tiers=any(_NO_TIER not in row for row in rows))

    def calendar(self, frame: Frame, months: Sequence[Month]) -> bytes:
        """`calendar.html`."""
        root = frame.root
        key = [
            (Markup(signs.occasion_sign(sign)), words)
            for sign, words in (("birthday", "birthday"), ("work anniversary", "anniversary"), ("date", "another date"))
        ]
        key += [
            (Markup(signs.promise_sign(False)), "promised by you"),
            (Markup(signs.promise_sign(True)), "by them"),
            (_moon("due", 16, False, ""), "falls due"),
        ]
        return self._page(
            "calendar", frame, "Calendar", months=[_month(month, root, _today_in(frame.built)) for month in months], key=key,
            lede="Twelve months: birthdays, other days that come back, plans, promises, and who falls due.",
            weekdays=list(zip((day.capitalize()[:2] for day in WEEKDAYS), (day.capitalize() for day in FULL_WEEKDAYS), strict=True)),
        )  # fmt: skip

    def stats(self, frame: Frame, page: Stats) -> bytes:
        """`stats.html`."""
        drawn = bool(page.weeks)
        return self._page(
            "stats", frame, "Stats", page=page, wide=_heat(page.weeks, page.months, 52, 752) if drawn else "",
            narrow=_heat(page.weeks, page.months, 26, 350) if drawn else "", scale=_SCALE,
            kinds=[(_kind(bar.group, False), *_length(bar, f"k-{bar.group}")) for bar in page.kinds],
            states=[(_moon(bar.group, 16, False, ""), *_length(bar, f"s-{bar.group}")) for bar in page.states],
        )  # fmt: skip

    def problems(self, frame: Frame, page: Problems) -> bytes:
        """`problems.html`."""
        return self._page(
            "problems", frame, "Problems", page=page, mistakes=[(*one[:6], vetted(frame.root, one.href)) for one in page.mistakes]
        )

    def reports(self, frame: Frame, reports: Sequence[Report]) -> bytes:
        """`reports.html`: each question with the first sentence of its answer."""
        listed = [
            (vetted(frame.root, f"reports/{one.name}.html"), one.question, one.sentences[0] if one.sentences else "") for one in reports
        ]
        return self._page("reports", frame, "Reports", reports=listed)

    def report(self, frame: Frame, page: Report) -> bytes:
        """`reports/NAME.html`."""
        drawing = _drawn(network_svg(page.picture, page.question)) if page.picture else ""
        return self._page(
            "report", frame, page.question, page=page, picture=drawing, tables=[_table(table, frame.root) for table in page.tables]
        )

    def _page(self, kind: str, frame: Frame, title: str, **values: object) -> bytes:
        """A whole page: what `kind` names, within the frame; the frame is drawn once for all pages that have the same."""
        around = self._frames.get(frame)
        if around is None:
            if len(self._frames) > FRAMES:
                self._frames.clear()
            around = self._frames[frame] = self._template("frame").render(frame=frame, cut=Markup(CUT)).split(CUT)
        head, middle, top, foot = around
        main = self._template(kind.partition(" ")[0]).render(frame=frame, **values)
        return "".join((head, escaped(title), middle, kind, top, main, foot)).encode("utf-8", "replace")

    def _template(self, name: str) -> Template:
        found = self._ready.get(name)
        if found is None:
            found = self._ready[name] = self._environment.get_template(f"{name}.html.j2")
            # markupsafe's own makes a Markup of everything, at 1 µs each; a digest has 150 of them
            found.root_render_func.__globals__["escape"] = escaped
        return found

    def _link_from(self, root: str) -> Named:
        """The callback for wikilinks on a page that is `root` away from the folder of the site."""
        found = self._links.get(root)
        if found is None:
            link = self._link

            def found(target: str) -> tuple[str, str] | None:
                page = link(target)
                return (root + page[0], page[1]) if page else None

            self._links[root] = found
        return found


# --- signs, each drawn once ----------------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def _moon(state: str, size: int, paused: bool, word: str) -> Markup:
    return Markup(signs.moon(state, size, paused, word))


@lru_cache(maxsize=1024)
def _bar(freshness: int | None, state: str, width: int) -> Markup:
    return Markup("" if freshness is None else signs.bar(freshness, state, width))


@lru_cache(maxsize=64)
def _kind(group: str, attempt: bool) -> Markup:
    return Markup(signs.kind_sign(group, attempt))


def _sign(line: Line) -> Markup:
    return _line_sign(line.sign, line.state)


@lru_cache(maxsize=64)
def _line_sign(sign: str, state: str) -> Markup:
    if sign == "state":
        return Markup(signs.moon(state, 16, False, STATE_WORDS.get(state, "")))
    if sign in ("promise", "theirs", "next contact"):
        return Markup(signs.promise_sign(sign == "theirs"))
    return Markup(signs.occasion_sign(sign))


# --- parts ---------------------------------------------------------------------------------------------------------


def _anchor(words: str, href: str) -> Markup:
    """Words that lead somewhere, where they may."""
    return _drawn(f'<a href="{escaped(href)}">{escaped(words)}</a>' if href else escaped(words))


def _named(one: Common, root: str) -> Markup:
    return _anchor(one.words, vetted(root, one.href))


def _today_row(row: TodayRow, root: str) -> dict[str, object]:
    return {
        "moon": _moon(row.state, 16, row.paused, STATE_WORDS.get(row.state, "")), "href": vetted(root, row.href) or "#", "name": row.name,
        "role": row.role, "hook": row.hook, "reason": row.reason, "bar": _bar(row.freshness, row.state, 176), "warmth": row.warmth,
        "reach": [(words, vetted(root, href)) for words, href in row.reach if vetted(root, href)], "log_line": row.log_line,
    }  # fmt: skip


def _lines(lines: Iterable[Line], root: str) -> list[tuple[Markup, str, str, str, str, str]]:
    return [(_sign(line), line.name, vetted(root, line.href), line.what, line.when, line.on) for line in lines]


# What follows is drawn here and not by the template: a build draws 150,000 entries, and there each costs three times as much.


def _pairs(pairs: Iterable[tuple[str, str]]) -> Markup:
    """The lines of a list of pairs, of (text, HTML) each."""
    return _drawn("".join([f"<div><dt>{escaped(label)}</dt><dd>{said}</dd></div>" for label, said in pairs]))


def _facts(facts: Iterable[Fact], state: str) -> Markup:
    lines = [
        (label, f"<b>{escaped(value)}</b>{_bar(freshness, state, 220)}<span>{escaped(words)}</span>")
        for label, value, words, freshness in facts
    ]
    return _pairs(lines)


def _dated(lines: Iterable[tuple[str, str, str]]) -> Markup:
    """The lines of a list, of (sign, HTML, when) each."""
    return _drawn("".join([f'<li>{sign}<p class="what">{what}</p><p class="when">{escaped(when)}</p></li>' for sign, what, when in lines]))


def _likes(likes: Iterable[Common]) -> Markup:
    return _drawn(", ".join([f"<span>{escaped(words)}{_STAR if shared else ''}</span>" for words, _, shared in likes]))


def _begun(text: str) -> str:
    """With a capital, as what begins a line."""
    return text[:1].upper() + text[1:]


def _promises(promises: Sequence[Promise], theirs: bool, link: Named) -> Markup:
    sign = _line_sign("theirs" if theirs else "promise", "")
    return _dated([(sign, inline(text, link), when) for text, when, _ in promises])


def _log(page: Digest, link: Named) -> Markup:
    """The newest entries, and the older ones folded by year."""
    if not page.recent:
        return _drawn("")
    drawn = [_entries(page.recent, link)]
    for year, some in page.older:
        count = f"{len(some)} {'entry' if len(some) == 1 else 'entries'}"
        summary = f'<summary><span>{int(year)}</span> <span class="count">{count}</span></summary>'
        drawn.append(f"<details>{summary}{_entries(some, link)}</details>")
    return _drawn("\n".join(drawn))


def _entries(entries: Sequence[Entry], link: Named) -> str:
    drawn = []
    for on, when, kind, group, attempt, side, counts, text, details in entries:
        said = f"<p>{inline(text, link)}</p>" if text else ""
        if details:
            said += "".join([f'<p class="more">{inline(line, link)}</p>' for line in _run_together(details)])
        drawn.append(f'<li>{_time(on, when)}{_kind_words(kind, group, attempt, side, counts)}<div class="said">{said}</div></li>\n')
    return f'<ol class="log">\n{"".join(drawn)}</ol>'


@lru_cache(maxsize=4096)
def _time(on: str, when: str) -> str:
    return f'<time datetime="{escaped(on)}">{escaped(when)}</time>'


def _run_together(details: Sequence[str]) -> Iterable[str]:
    """The lines below an entry; short ones of the form `place: Vienna` stand in one line."""
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
    return f'<p class="kind">{_kind(group, attempt)} <span>{escaped(words)}</span></p>'


def _today_in(built: str) -> tuple[str, int]:
    """The month of a day as its heading names it, and the number of the day."""
    day = date.fromisoformat(built)
    return f"{FULL_MONTHS[day.month - 1].capitalize()} {day.year}", day.day


def _month(month: Month, root: str, today: tuple[str, int]) -> tuple[object, ...]:
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
            (dues if line.sign == "state" else dated).append((_sign(line), line.name, vetted(root, line.href), line.what, when, day.on))
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
        _drawn(f'<span class="sign">{_sign(line)}<span class="vh"> {escaped(f"{line.name} {line.what}".strip())}</span></span>')
        for line in lines
    ]
    drawn += [Markup('<span class="plus">+{}</span>').format(more)] if more else []
    return Markup(" ").join(drawn)


@lru_cache(maxsize=512)
def _weekday(on: str) -> str:
    day = date.fromisoformat(on)
    return f"{WEEKDAYS[day.weekday()].capitalize()} {day.day}"


def _length(bar: Bar, name: str) -> tuple[str, int, Markup]:
    """A bar on a common scale, as wide as its column."""
    drawn = Markup('<svg width="100%" height="10" aria-hidden="true"><rect class="{}" width="{}%" height="10"/></svg>')
    return bar.words, bar.amount, drawn.format(name, min(max(int(bar.width), 0), 100))


_SQUARE = '<rect class="{}" x="{:g}" y="{:g}" width="{}" height="{}"/>'


def _heat(weeks: Sequence[Week], months: Sequence[tuple[str, int]], columns: int, width: int) -> Markup:
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


_SCALE = [(_scale_square(size), words) for size, words in ((0, "none"), (4, "1–2"), (7, "3–5"), (10, "6–9"), (13, "10 and more"))]


def _table(table: Table, root: str) -> tuple[object, ...]:
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
