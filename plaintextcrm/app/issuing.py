"""The pages about everybody, and the calendars and facts as files: all from cards and the index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from itertools import islice
from json import dumps, loads
from typing import TYPE_CHECKING, TypeVar

from plaintextcrm.app import reading
from plaintextcrm.app.duelist import Wanted, due_list
from plaintextcrm.app.pressing import Known, Press
from plaintextcrm.app.publishing import CROWD, Busy
from plaintextcrm.core import due as dues
from plaintextcrm.core import stored
from plaintextcrm.core.dates import WEEKDAYS, long_day, plus_days
from plaintextcrm.core.due import DatedRow
from plaintextcrm.core.due_words import hook
from plaintextcrm.core.errors import Refused
from plaintextcrm.core.model import Problem
from plaintextcrm.core.pages import calendar, outlook, problems, stats, today, words
from plaintextcrm.core.pages.addresses import page_of, page_path
from plaintextcrm.core.pages.published import canonical, private_keys
from plaintextcrm.core.pages.shapes import Frame, Line, Link, Month, Problems, Today, TodayRow
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import ANSWER_DAYS, BIRTHDAY, DATE, THANKS_DAYS, WORK, handover_day, last_contact
from plaintextcrm.core.text import fold, split_lines
from plaintextcrm.edge import assets
from plaintextcrm.edge import vault as vaults
from plaintextcrm.edge.cards import Card, Cards
from plaintextcrm.render.html import has_tier
from plaintextcrm.render.icalendar import DueEvent, OccasionEvent, Slot, due_calendar, occasion_calendar

if TYPE_CHECKING:
    from plaintextcrm.app.reporting import Reports
    from plaintextcrm.edge.aside import Helper

T = TypeVar("T")
AHEAD_DAYS = 31  # how far due.ics looks
MOST_AHEAD = 2000
REPORTS_PAGE = ("Reports", "reports.html")
NAV = (("Today", "index.html"), ("People", "people.html"), ("Calendar", "calendar.html"), ("Stats", "stats.html"), REPORTS_PAGE)
CALM = 0.5  # seconds without a save that it waits for
AT_ONCE = 500  # people whose events are read together
LOOKED_AT = 60  # people whose later days a page can work out, beside those who are shown
TAKES = {
    "people.html": ("sort", "row"), "calendar.html": ("sort", "name", "href", "state", "events"), "stats.html": ("tally",),
    "occasions.ics": ("sort", "name", "occasions"),
}  # fmt: skip
"""What a page takes from cards, and from nothing else but its frame: with the same of these it is the same."""
PIECES = {"people.html": "row", "site.json": "facts"}
"""What of each card is a piece of a page, one after the other by name, as it stands there."""
Exchange = Sequence[str]
"""A field of a card of which pages have a piece, what it was, and what it is since."""
AsLeft = Callable[[str], bytes | None]
"""A page about everybody as it was made last; None where it is not so any more."""
PEOPLE = b',"people":[\n'  # from here on `site.json` is about one person a line


def frame_of(settings: Settings, day: date) -> Frame:
    """What stands around every page of a contact."""
    nav = tuple(Link(*page) for page in NAV if page != REPORTS_PAGE or settings.site.reports)
    return Frame("", settings.site.title or settings.name, nav, "People", day.isoformat(), long_day(day), 0, 0, ())


def tally_text(total: Mapping[str, int]) -> str:
    """A sum of tallies, as it is kept."""
    return stored.compact({key: count for key, count in sorted(total.items()) if count})


def exchanges(old: Card, new: Card) -> list[Exchange]:
    """Which pieces of pages another card brings."""
    pairs = ((field, getattr(old, field), getattr(new, field)) for field in PIECES.values())
    return [pair for pair in pairs if pair[1] != pair[2]]


class _Shown(NamedTuple):
    """Somebody on the page of a day, or perhaps on a later one."""

    row: TodayRow
    hook: str
    owed: Sequence[str]
    ahead: Mapping[str, object]  # what a browser needs to work out their later days


class Cut(Exception):
    """Something came in that should not wait for the rest."""


def in_calm(each: Iterable[T], breathe: Callable[[], None]) -> Iterator[T]:
    """Each of them; at every hundredth there is a breath."""
    for number, one in enumerate(each):
        if not number % 100:
            breathe()
        yield one


class Issue:
    """One issue of the pages about everybody; raises Cut where something `busy` comes in while it looks at all people."""

    def __init__(self, press: Press, cards: Cards, folder: str, busy: Busy = lambda seconds: False) -> None:
        self.press, self.cards, self.folder, self.busy = press, cards, folder, busy
        self.vault, self.index, self.settings, self.today = press.vault, press.index, press.settings, press.today
        self._met: dict[str, Known | None] = {}
        self._found: dict[str, _Shown | None] = {}
        self._read: tuple[str, Sequence[str]] = ("", ())  # the file whose lines were looked at last

    @property
    def same(self) -> tuple[str, ...]:
        """The pages that are as they were made last."""
        fields = self._moved
        if fields is None:
            return ()
        all_take = {**TAKES, **(self.reports.asked() if self.reports else {})}
        return tuple(
            path for path, takes in all_take.items() if fields.isdisjoint(takes) and (self._is_framed or not path.endswith(".html"))
        )

    @property
    def _moved(self) -> frozenset[str] | None:
        """Which fields of cards, and parts of sketches, are others than when these pages were made; None where that is not known."""
        moved = self.cards.meta("moved")
        return None if moved is None else frozenset(loads(str(moved)))

    @cached_property
    def _is_framed(self) -> bool:
        """Whether around these pages stands what stood there."""
        return self.cards.meta("frame") == ascii(self.frame)

    def _exchanged(self, path: str, left: AsLeft) -> bytes | None:
        """A page as it was left, with other pieces of those few who have others; None where it has to be joined of all pieces."""
        every: Sequence[Exchange] | None = loads(str(self.cards.meta("exchanged") or "null"))
        moved = self._moved
        if every is None or moved is None or "sort" in moved:
            return None
        page = left(path)
        for field, old, new in every:
            if field == PIECES[path] and page is not None:
                piece = old.encode("utf-8", "replace")
                is_there = page.count(piece) == 1 and has_tier(old) == has_tier(new)
                page = page.replace(piece, new.encode("utf-8", "replace")) if is_there else None
        return page

    def keep(self) -> None:
        """All were made: what is the same from now on."""
        self.cards.put_meta("moved", "[]")
        self.cards.put_meta("exchanged", "[]")
        self.cards.put_meta("frame", ascii(self.frame))

    def ask(self, helper: Helper | None, touched: Iterable[str]) -> None:
        """Have a helper make meanwhile what it can; `touched` are those of whom something is other than at the last build."""
        if helper and self.reports:
            self.reports.ask(helper, self._frame_of_reports, self.same, self._moved, touched)

    @cached_property
    def reports(self) -> Reports | None:
        """The reports that the site shows; None where it shows none."""
        if not self.settings.site.reports:
            return None
        from plaintextcrm.app.reporting import Reports  # loaded only where there are such pages

        return Reports(self.press, self.cards, self.breathe)

    @property
    def _frame_of_reports(self) -> Frame:
        return self.frame._replace(current="Reports")

    def due_pages(self) -> Iterator[tuple[str, bytes]]:
        """(path, bytes) of the due list and of each colleague's."""
        press, frame = self.press.pages, self.frame
        yield "index.html", press.today(frame._replace(current="Today"), self._today("", None))
        for mate, link in zip(self.settings.team, frame.owners, strict=True):
            owned = self.cards.owned_by(fold(mate.id))
            yield (
                f"due/{mate_name(mate.id)}.html",
                press.today(frame._replace(root="../", current=link.words), self._today(f"for {link.words}", owned)),
            )

    def is_calm(self) -> bool:
        """Whether nothing comes in for a while; with few people nobody waits for that."""
        return self.cards.count() <= CROWD or not self.busy(CALM)

    def pages(self, same: Collection[str] = (), left: AsLeft = lambda path: None) -> Iterator[tuple[str, bytes]]:
        """(path, bytes) of each other but those that are the `same`; `left` says how a page was left, if it still is so."""
        press, frame = self.press.pages, self.frame
        if "people.html" not in same:
            page = self._exchanged("people.html", left) if self._is_framed else None
            yield "people.html", page or press.people(frame._replace(current="People"), self.cards.column("row"), frame.people)
        if "calendar.html" not in same:
            yield "calendar.html", press.calendar(frame._replace(current="Calendar"), self._calendar())
        if "stats.html" not in same:
            yield "stats.html", press.stats(frame._replace(current="Stats"), stats.stats(self._tally(), self.settings, self.today))
        yield "problems.html", press.problems(frame._replace(current="Problems"), self._problems())
        yield (
            "due.ics",
            due_calendar(self._due_events(), title=f"{frame.site}: due", seed=self._seed(), today=self.today, slot=self._slot()),
        )
        if "occasions.ics" not in same:
            yield (
                "occasions.ics",
                occasion_calendar(
                    self._occasion_events(), title=f"{frame.site}: dates", seed=self._seed(), today=self.today,
                    leap_day=self.settings.leap_day,
                ),
            )  # fmt: skip
        yield "site.json", self._facts(self._exchanged("site.json", left))
        for name in assets.PAGES:
            yield name, assets.static(name)
        if self.reports:
            yield from self.reports.pages(self._frame_of_reports, same, self._moved)

    @cached_property
    def frame(self) -> Frame:
        """The frame of these pages, with what only they tell: how many people and mistakes, whose due pages there are."""
        owners = tuple(Link(mate.name or mate.id, f"due/{mate_name(mate.id)}.html") for mate in self.settings.team)
        mistakes = sum(problem.severity == "error" for problem in self.problems)
        return frame_of(self.settings, self.today)._replace(people=self.cards.count(), mistakes=mistakes, owners=owners)

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong in the files, those of private people left out."""
        private = {vaults.path_of(id, self.settings) for id in self.press.names.private}
        kept = self.cards.meta("checked")
        if not kept:  # who is called how, and links to whom, has changed
            kept = stored.problems(reading.whole_problems(self.index, self.vault))
            self.cards.put_meta("checked", kept)
        found = sorted(
            [*self.vault.problems, *self.index.problems(), *stored.to_problems(str(kept))], key=lambda one: (one.where, one.code)
        )
        return tuple(problem for problem in found if _file_of(problem.where.path) not in private)

    def _tally(self) -> Mapping[str, int]:
        """The sum of all tallies: as it was kept, else summed up now, and kept."""
        kept = self.cards.meta("tally")
        if not kept:
            total: Counter[str] = Counter()
            for text in in_calm(self.cards.tallies(), self.breathe):
                total.update(loads(text))
            kept = tally_text(total)
            self.cards.put_meta("tally", kept)
        tally: Mapping[str, int] = loads(str(kept))
        return tally

    def breathe(self) -> None:
        """Raises Cut where something came in."""
        if self.busy(0.0):
            raise Cut

    # -- today --

    @cached_property
    def day(self) -> tuple[tuple[_Shown, ...], int, tuple[DatedRow, ...], int]:
        """Whom the day shows, how many are due, what is near, how many were in touch this week; private people left out."""
        found = due_list(self.index, self.vault, Wanted())
        shown = tuple(self._shown([row.id for row in found.rows]))
        return shown, len(self.listed), tuple(self._near(found.dates)), found.touched

    def _near(self, rows: Sequence[DatedRow]) -> Iterator[DatedRow]:
        """What is near, as others may see it: yearly days as the cards have them, all else from the people themselves."""
        yearly: dict[str, dict[tuple[int, str], str]] = {}
        names: dict[str, str] = {}
        others = []
        for row in rows:
            if row.kind not in (BIRTHDAY, WORK, DATE):
                others.append(row.id)
                continue
            if row.id not in yearly:
                card = self.cards.card(row.id)
                names[row.id] = card.name if card else ""
                yearly[row.id] = {(day, sign): what for day, sign, what in loads(card.events)} if card else {}
            what = yearly[row.id].get((row.on.toordinal(), row.kind))
            if what is not None:
                yield row._replace(name=names[row.id], label=what)
        for id in dict.fromkeys(others):
            yield from (row for row in self._dated(id) if row.kind not in (BIRTHDAY, WORK, DATE))

    @cached_property
    def listed(self) -> tuple[str, ...]:
        """Everybody who is due, in order."""
        return tuple(id for id in self.index.cut(self.today, None).shown if not self._is_private(id))

    @cached_property
    def coming(self) -> tuple[str, ...]:
        """Who may come up for something else than a cadence: a promise, a date, silence that ends, a fresh word of theirs, a handover."""
        now = self.today.toordinal()
        dated, due = self.cards.coming(LOOKED_AT)  # due perhaps before their cadence: a `next_contact`
        fresh = self.cards.touched_since((self.today - timedelta(days=max(ANSWER_DAYS[0], THANKS_DAYS[0]))).isoformat())
        passed = self.index.passing_on() if self.cards.passes() else ()
        handovers = ((id, handover_day(facts, now, last_contact(facts, now))) for id, facts in passed)
        passing = [id for id, day in handovers if now < day <= now + outlook.HORIZON]
        found = (dated, due, fresh, self.index.hushed(self.today), passing)
        return tuple(dict.fromkeys(id for ids in found for id in ids[:LOOKED_AT]))

    def events(self) -> Iterator[tuple[str, str, str, str, list[calendar.Event]]]:
        """(id, name, href, state, events) of all who have any, by name."""
        each = self.cards.events()
        while rows := list(islice(each, AT_ONCE)):
            parsed = loads(f"[{','.join([text for *_, text in rows])}]")
            yield from ((*row[:4], events) for row, events in zip(rows, parsed, strict=True))

    def _is_private(self, id: str) -> bool:
        return self.press.names.is_private(id)

    def _known(self, id: str) -> Known | None:
        """Somebody as they may be seen, read once; None where they may not."""
        if id not in self._met:
            found = next(self.index.facts([id]), None)
            self._met[id] = self.press.seen(*found) if found and not self._is_private(id) else None
        return self._met[id]

    def _shown(self, ids: Iterable[str]) -> Iterator[_Shown]:
        """Those of these people who may be seen, each worked out once."""
        for id in ids:
            if id not in self._found:
                self._found[id] = self._kept(id) or self._made(id)
            one = self._found[id]
            if one:
                yield one

    def _kept(self, id: str) -> _Shown | None:
        """What was kept of somebody with their card."""
        kept = self.cards.worked(id, "shown")
        if not kept:
            return None
        row, *others = loads(kept)
        return _Shown(TodayRow(*row), *others)

    def _made(self, id: str) -> _Shown | None:
        """Somebody worked out, and kept; of somebody with needs nothing is, because it hangs on what others offer."""
        known = self._known(id)
        if known is None:
            return None
        due = self.press.row(known)
        row = today.today_row(known.contact, known.standing, due, known.settings, self.today)
        owed = today.owed_codes(known.contact, known.standing, self.today)
        made = _Shown(row, due.hook, owed, self._ahead(known, row, today.tail_words(due, known.settings)))
        if "needs" not in known.contact.keys:
            self.cards.put_worked("shown", [(id, dumps(made))])
        return made

    def _dated(self, id: str) -> tuple[DatedRow, ...]:
        """What is near of one person, kept with their card; nothing of somebody private."""
        kept = self.cards.worked(id, "dates")
        if kept:
            return tuple(stored.to_dated_rows(kept))
        known = self._known(id)
        if known is None:
            return ()
        found = dues.dated_rows(known.contact, known.standing, known.settings, self.today)
        rows = tuple(row._replace(label=self.press.plain(row.label)) for row in found)
        self.cards.put_worked("dates", [(id, dumps([(row.on.toordinal(), *row[1:]) for row in rows]))])
        return rows

    def _today(self, whose: str, owned: Collection[str] | None) -> Today:
        shown, listed, dated, touched = self.day
        if owned is not None:
            everybody = [id for id in self.listed if id in owned]
            told = {one.row.id for one in shown}  # among them whoever is owed or dated, whatever the room
            few = [id for place, id in enumerate(everybody) if place < self.settings.per_week or id in told]
            shown, listed = tuple(self._shown(few)), len(everybody)
            dated = tuple(row for row in dated if row.id in owned)
        rows = [one.row for one in shown]
        first = dict.fromkeys(row.id for row in rows)
        later = [id for id in self.listed if id not in first and (owned is None or id in owned)]
        waiting = [line for id in later[: today.MOST_WAITING] if (line := self._line(id))]
        soon_ids = [id for id, _ in self.index.soon(self.today, self.settings.soon_days, 40) if owned is None or id in owned]
        soon = [line for id in soon_ids if (line := self._line(id, falls_due=True))]
        ahead = [id for id, _ in self.index.soon(self.today, outlook.HORIZON, LOOKED_AT) if owned is None or id in owned]
        nearest = [row.id for row in sorted(dated, key=lambda row: (row.on, row.id))[: 2 * LOOKED_AT]]
        coming = [id for id in self.coming if owned is None or id in owned]
        candidates = dict.fromkeys([*first, *later[:LOOKED_AT], *nearest, *ahead, *coming])
        people = self.cards.count()
        data = {
            "built": self.today.toordinal(), "room": self.settings.per_week, "touched": touched, "soon_days": self.settings.soon_days,
            "listed": listed, "whose": whose, "people": [one.ahead for one in self._shown(candidates)],
        }  # fmt: skip
        owed = shown[0].owed if shown else ()
        return today.today_page(self.today, rows, owed, dated, soon, waiting, listed - len(rows), people, data, whose)

    def _line(self, id: str, falls_due: bool = False) -> Line | None:
        """Somebody in one line, as their card has it; None where there is no card, or nothing falls due that should."""
        card = self.cards.card(id)
        if card is None or (falls_due and '"state"' not in card.events):
            return None
        facts = loads(card.facts)
        return today.state_line(id, card.name, card.state, _day(facts["last"]), _day(facts["next"]), self.today)

    def _ahead(self, known: Known, shown: TodayRow, tail: str) -> dict[str, object]:
        fallback = hook(known.contact, known.standing, known.settings, self.today, (), (), self.press.offers, self.press.plain)
        return {
            "id": shown.id, "name": shown.name, "href": shown.href, "role": shown.role, "reach": shown.reach, "log": shown.log_line,
            "tail": tail, "paused": shown.paused,
            **outlook.outlook(
                known.contact, known.facts, known.standing, self.press.rules, self.today, words.sentence(fallback), self.press.plain
            ),
        }  # fmt: skip

    # -- the others --

    def _calendar(self) -> tuple[Month, ...]:
        everything = ((event, name, href, state) for _, name, href, state, events in self.events() for event in events)
        return calendar.calendar(everything, self.today)

    def _problems(self) -> Problems:
        return problems.problems_page([self._modest(problem) for problem in self.problems], self._line_of, self._page_of_file)

    def _modest(self, problem: Problem) -> Problem:
        """A problem as others may see it."""
        hidden = self._private_keys_at(problem.where.path) | (frozenset() if self.settings.site.show_tier else {"tier"})
        names = self.press.names.private
        return problems.modest(problem, self._lines_of(problem.where.path), hidden, names, self.press.is_hidden)

    def _private_keys_at(self, path: str) -> frozenset[str]:
        id = vaults.id_of(path, self.settings)
        found = next(self.index.facts([id]), None)
        return private_keys(found[0], self.settings) if found else canonical(self.settings.site.private)

    def _line_of(self, problem: Problem) -> str:
        lines = self._lines_of(problem.where.path)
        return lines[problem.where.line - 1] if 0 < problem.where.line <= len(lines) else ""

    def _lines_of(self, path: str) -> Sequence[str]:
        if path != self._read[0]:  # problems come by path
            try:
                lines = split_lines(vaults.read(self.vault.root, path, self.settings).text)
            except (OSError, Refused):
                lines = []
            self._read = (path, lines)
        return self._read[1]

    def _page_of_file(self, path: str) -> str:
        id = vaults.id_of(path, self.settings)
        return page_of(id) if self.cards.card(id) else ""

    def _seed(self) -> str:
        return self.settings.name

    def _due_events(self) -> list[DueEvent]:
        """Today's few today, and whoever falls due in the next month."""
        shown, _, _, _ = self.day
        events = [DueEvent(one.row.id, one.row.name, self.today, one.hook) for one in shown]
        for id, on in self.index.soon(self.today, AHEAD_DAYS, MOST_AHEAD):
            card = self.cards.card(id)
            if card and '"state"' in card.events:
                facts = loads(card.facts)
                events.append(DueEvent(id, card.name, date.fromordinal(on), facts.get("hook") or ""))
        return events

    def _slot(self) -> Slot | None:
        """The hour of `[due] when`, where it is set: its next coming, and today's few."""
        if not self.settings.when:
            return None
        weekday, _, clock = self.settings.when.partition(" ")
        hour, minute = map(int, clock.split(":"))
        ahead = (WEEKDAYS.index(weekday[:3].lower()) - self.today.weekday()) % 7
        shown, _, _, _ = self.day
        return Slot(plus_days(self.today, ahead), hour, minute, tuple(one.row.name for one in shown))

    def _occasion_events(self) -> list[OccasionEvent]:
        found = []
        for id, name, days in self.cards.occasions():
            for kind, month, day, year, label in loads(days):
                found.append(OccasionEvent(id, name, kind, month, day, year, label))
        return found

    def _facts(self, left: bytes | None) -> bytes:
        """`site.json`; where it is `left` but for what is about all, that alone is made anew."""
        shown, listed, dated, touched = self.day
        head = {
            "schema": "ptcrm.site/1", "made_by": "ptcrm build", "today": self.today.isoformat(), "title": self.frame.site,
            "due": [one.row.id for one in shown], "waiting": listed - len(shown), "touched_this_week": touched,
            "dates": [dues.dated_facts(row) for row in dated],
        }  # fmt: skip
        begun = b"".join((stored.compact(head)[:-1].encode("utf-8", "replace"), PEOPLE))
        if left is not None:
            return begun + left.partition(PEOPLE)[2]
        people = b",\n".join(row.encode("utf-8", "replace") for row in self.cards.column("facts"))
        return b"".join((begun, people, b"\n]}\n"))


def _file_of(path: str) -> str:
    """The file that a path is about: of a conflict copy the one it is a copy of."""
    folder, slash, name = path.rpartition("/")
    return folder + slash + (vaults.conflict_copy_of(name) or name)


def _day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None


def mate_name(id: str) -> str:
    """The file name of a colleague's due page."""
    return page_path(id).removeprefix("contacts/").removesuffix(".html").replace("/", "~")
