"""Pages as HTML: the plain tuples of `core.pages.shapes` into templates that escape whatever they are given.
Markup comes from the templates, the few lines of it here and in `render.html_parts`, `render.signs`, `render.timeline` and
`render.markdown`. All else is text, whoever wrote it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from jinja2 import BytecodeCache, Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup

from plaintextcrm.core.dates import FULL_WEEKDAYS, WEEKDAYS
from plaintextcrm.core.pages.shapes import Digest, Frame, Month, Person, Problems, Report, Stats, Today, TodayRow
from plaintextcrm.core.pages.words import STATE_WORDS
from plaintextcrm.render import html_parts as parts
from plaintextcrm.render import signs
from plaintextcrm.render.escaping import as_markup, coded, escaped, vetted
from plaintextcrm.render.html_parts import Named
from plaintextcrm.render.markdown import inline, to_html
from plaintextcrm.render.network import network_svg
from plaintextcrm.render.timeline import Timeline, legend_html, table_html

CUT = "\x00"  # where a page stands in its frame; no text has one, for `escaped` lets none through
FRAMES = 64  # that are kept
CHUNK = 100  # rows of the people table that a browser lays out at once
_STATES = ("fresh", "soon", "due", "overdue", "lapsed", "new", "on-file", "")
_DATED = ("birthday", "work anniversary", "date", "plan", "promise", "theirs", "next contact")
_NO_TIER = '<td class="tr"></td>'


class Templates:
    """The templates (`text` says what is in a file), ready: compiled when first used, once a process, or as it was kept."""

    def __init__(self, text: Callable[[str], str], kept: BytecodeCache | None = None) -> None:
        environment = Environment(
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            loader=FunctionLoader(text),
            bytecode_cache=kept,
        )
        environment.globals.clear()  # no template asks for one of them, and each page would copy them all twice
        environment.filters["coded"] = coded
        environment.policies["json.dumps_kwargs"] = {"sort_keys": True, "separators": (",", ":"), "ensure_ascii": False}
        self._environment = environment
        self._ready: dict[str, Template] = {}

    def __getitem__(self, name: str) -> Template:
        found = self._ready.get(name)
        if found is None:
            found = self._ready[name] = self._environment.get_template(f"{name}.html.j2")
            # markupsafe's own makes a Markup of everything, at 1 µs each; a digest has 150 of them
            found.root_render_func.__globals__["escape"] = escaped
        return found


class Pages:
    """The pages of one build: `link` says what a wikilink means there."""

    def __init__(self, link: Named, templates: Templates) -> None:
        self._link = link
        self._links: dict[str, Named] = {"": link}
        self._templates = templates
        self._frames: dict[Frame, list[str]] = {}

    def today(self, frame: Frame, page: Today) -> bytes:
        """`index.html`, or the due page of one owner."""
        root = frame.root
        pattern = TodayRow("", "", "#", "", False, "", "", "", 50, "", (), "ptcrm")
        few = [parts.today_row(row, root) for row in page.rows]
        return self._page(
            "today" if page.rows else "today free", frame, page.title, page=page, rows=few, pattern=parts.today_row(pattern, root),
            soon=parts.lines(page.soon, root), waiting=parts.lines(page.waiting, root), dates=parts.lines(page.dates, root),
            promised=parts.lines(page.promised, root),
            moons=[parts.moon(state, 16, False, word) for state, word in STATE_WORDS.items() if state != "on-file"],
            signs=[(sign, parts.line_sign(sign, "")) for sign in _DATED],
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
                    drawn = [as_markup(part) for part in (figure.wide, figure.narrow, legend_html(figure.legend), table_html(figure.table))]
                    figures.append((figure.heading, figure.caption, *drawn))
        return self._page(
            "digest", frame, page.name, page=page, moon=parts.moon(page.state, 24, page.paused, page.state_word), under=" · ".join(under),
            reach=parts.pairs([(label, parts.anchor(words, vetted(root, href))) for label, (words, href) in page.reach]),
            facts=parts.facts(page.facts, page.state), yours=parts.promises(page.yours, False, link),
            theirs=parts.promises(page.theirs, True, link),
            figures=figures, log=parts.log(page, link),
            dates=parts.dated([(parts.sign(line), escaped(parts.begun(line.what)), line.when) for line in page.dates]),
            met=as_markup(inline(parts.begun(page.met), link)) if page.met else "",
            through=parts.named(page.through, root) if page.through else "",
            common=as_markup(", ".join([parts.named(one, root) for one in page.common])),
            likes=parts.likes(page.likes), shares=any(one.shared for one in page.likes),
            ask=parts.begun(", ".join(page.ask)),
            about=parts.pairs([(label, inline(text, link)) for label, text in page.about]),
            notes=parts.prose(to_html(page.notes, link)) if page.notes else "", file=vetted("", page.file) if page.file else "",
        )  # fmt: skip

    def person_row(self, person: Person, frame: Frame) -> str:
        """One row of `people.html`; it depends on the person alone, so it can be kept between builds."""
        _, name, href, state, word, paused, role, place, tier, quiet, quiet_days, freshness, warmth, next, next_day, keys = person
        known = "" if freshness is None else f' data-v="{int(freshness)}"'
        if "&" in keys or "<" in keys or "'" in keys:  # in single quotes, as JSON has so many of the others, and no control
            keys = escaped(keys)
        return (
            f'<tr data-keys=\'{keys}\'><td class="st" data-v="{_STATES.index(state)}">'
            f'{parts.moon(state, 16, paused, word)}</td><th scope="row" class="nm"><a href="{escaped(vetted(frame.root, href))}">'
            f'{escaped(name)}</a>{f"<span>{escaped(role)}</span>" if role else ""}</th><td class="pl">{escaped(place)}</td>'
            f'<td class="tr">{escaped(tier)}</td><td class="qu" data-v="{int(quiet_days)}">{escaped(quiet)}</td><td class="fr"{known}>'
            f"{parts.bar(freshness, state, 120)} {escaped(warmth)}</td>"
            f'<td class="nx" data-v="{escaped(next_day)}">{escaped(next)}</td></tr>'
        )

    def people(self, frame: Frame, rows: Iterable[str], count: int) -> bytes:
        """`people.html`, of rows made by `person_row`."""
        each, chunks, tiers = iter(rows), [], False
        while some := list(islice(each, CHUNK)):
            tiers = tiers or any(map(has_tier, some))
            chunks.append(as_markup("\n".join(some)))
        return self._page("people", frame, "People", chunks=chunks, count=count, tiers=tiers)

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
            (parts.moon("due", 16, False, ""), "falls due"),
        ]
        return self._page(
            "calendar", frame, "Calendar", months=[parts.month(month, root, parts.today_in(frame.built)) for month in months], key=key,
            lede="Twelve months: birthdays, other days that come back, plans, promises, and who falls due.",
            weekdays=list(zip((day.capitalize()[:2] for day in WEEKDAYS), (day.capitalize() for day in FULL_WEEKDAYS), strict=True)),
        )  # fmt: skip

    def stats(self, frame: Frame, page: Stats) -> bytes:
        """`stats.html`."""
        drawn = bool(page.weeks)
        return self._page(
            "stats", frame, "Stats", page=page, wide=parts.heat(page.weeks, page.months, 52, 752) if drawn else "",
            narrow=parts.heat(page.weeks, page.months, 26, 350) if drawn else "", scale=parts.SCALE,
            kinds=[(parts.kind_sign(bar.group, False), *parts.length(bar, f"k-{bar.group}")) for bar in page.kinds],
            states=[(parts.moon(bar.group, 16, False, ""), *parts.length(bar, f"s-{bar.group}")) for bar in page.states],
        )  # fmt: skip

    def problems(self, frame: Frame, page: Problems) -> bytes:
        """`problems.html`."""
        return self._page(
            "problems", frame, "Problems", page=page, mistakes=[(*one[:6], vetted(frame.root, one.href)) for one in page.mistakes]
        )

    def reports(self, frame: Frame, reports: Iterable[tuple[str, str, str]]) -> bytes:
        """`reports.html`, of (name, question, first sentence of the answer)."""
        listed = [(vetted(frame.root, f"reports/{name}.html"), question, sentence) for name, question, sentence in reports]
        return self._page("reports", frame, "Reports", reports=listed)

    def report(self, frame: Frame, page: Report) -> bytes:
        """`reports/NAME.html`."""
        drawing = as_markup(network_svg(page.picture, page.question)) if page.picture else ""
        return self._page(
            "report", frame, page.question, page=page, picture=drawing, tables=[parts.table(table, frame.root) for table in page.tables]
        )

    def _page(self, kind: str, frame: Frame, title: str, **values: object) -> bytes:
        """A whole page: what `kind` names, within the frame; the frame is drawn once for all pages that have the same."""
        around = self._frames.get(frame)
        if around is None:
            if len(self._frames) > FRAMES:
                self._frames.clear()
            around = self._frames[frame] = self._templates["frame"].render(frame=frame, cut=Markup(CUT)).split(CUT)
        head, middle, top, foot = around
        template = self._templates[kind.partition(" ")[0]]
        main = template.root_render_func(template.new_context({"frame": frame, **values}))
        pieces = (head, escaped(title), middle, kind, top, *main, foot)
        try:  # piece by piece: nearly all are ASCII, and in one text with a single letter that is not they would be looked at one by one
            return b"".join(map(str.encode, pieces))
        except UnicodeEncodeError:  # a lone surrogate, which stands for a byte that was none of UTF-8
            return "".join(pieces).encode("utf-8", "replace")

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


def has_tier(row: str) -> bool:
    """Whether that row of `people.html` tells a tier: where none does, there is no column of tiers."""
    return _NO_TIER not in row
