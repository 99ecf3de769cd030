"""The pages of the reports that a site shows, told of what is kept of people: of many by another process, while this one goes on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from json import dumps, loads
from typing import Any

from plaintextcrm.app.issuing import in_calm
from plaintextcrm.app.pressing import Known, Press, templates
from plaintextcrm.app.vaults import Vault
from plaintextcrm.core import reports
from plaintextcrm.core.pages.addresses import page_of
from plaintextcrm.core.pages.reported import reported
from plaintextcrm.core.pages.shapes import Frame
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.reports.sketch import ANY_PART, Memory, Sheet
from plaintextcrm.edge import cards as cards_
from plaintextcrm.edge.aside import Helper
from plaintextcrm.edge.cards import Cards

Moved = Collection[str] | None
"""What is another of cards and sketches since the reports were told; None where that is not known."""
News = tuple[Sequence[str], str]
"""What was asked for, to work something out of everybody, and what came of it, as JSON."""
Answer = tuple[Sequence[tuple[Any, ...]], Mapping[str, News]]
"""Each report that was told, and by name what was worked out anew."""


class Told(NamedTuple):
    """A report as a site tells it: its page; its question and the first sentence of the answer; the parts of sketches it asked for."""

    name: str
    page: bytes
    question: str
    sentence: str
    asked: Sequence[str]


class Reports:
    """The reports that the settings name, of everybody who may be seen; `breathe` is called now and then, and may end it by raising."""

    def __init__(self, press: Press, cards: Cards, breathe: Callable[[], None]) -> None:
        self.press, self.cards, self.breathe = press, cards, breathe
        self.names = press.sketches.names
        self._helper: Helper | None = None
        self._theirs: Sequence[str] = ()  # what it tells

    @cached_property
    def _told(self) -> Mapping[str, tuple[str, str, Sequence[str]]]:
        """What was told last by each report: its question, the first sentence of the answer, the parts of sketches that it asked for."""
        kept = self.cards.meta("reports")
        if not kept:
            return {}
        *by, told = loads(str(kept))
        return {name: (question, sentence, asked) for name, (question, sentence, asked) in told.items()} if by == self._told_by else {}

    @cached_property
    def _told_by(self) -> list[object]:
        """What reports depend on beside what they ask of people, and what stands around their pages."""
        return [self.press.sketches.what, sorted(self._untold or ())]

    @property
    def _untold(self) -> frozenset[str] | None:
        """Whose tier is not told; None: nobody's is."""
        return self.press.names.modest if self.press.settings.site.show_tier else None

    def asked(self) -> dict[str, Sequence[str]]:
        """What each page that was made last asked for: with the same it is the same."""
        return {report_path(name): asked for name, (_, _, asked) in self._told.items()}

    def ask(self, helper: Helper, frame: Frame, same: Collection[str], moved: Moved, touched: Iterable[str]) -> None:
        """Have the helper tell those that are not the same: all but the first, which this process tells when it has made all else.

        `touched` are those of whom something is other than when it began.
        """
        wanted, what = self._wanted(same), self.press.sketches.what
        if not wanted or self.cards.count_worked(what) < self.cards.count():
            return
        self._helper, self._theirs = helper, wanted[1:] or wanted
        changed = {id: self.cards.worked(id, what) for id in touched}
        press = self.press.names.elsewhere(), self.press.frame, self.press.files
        helper.ask((self._theirs, what, changed, self._holding(moved), press, frame))

    def pages(self, frame: Frame, same: Collection[str], moved: Moved) -> Iterator[tuple[str, bytes]]:
        """(path, bytes) of each that is not the same, and of the page that lists them."""
        told, made, holding = dict(self._told), dict[str, Told](), self._holding(moved)
        news: dict[str, News] = {}
        memory: Memory | None = None
        for name in self._wanted(same):
            if name in self._theirs and self._helper:
                (each, news), self._helper = self._helper.answer() or ((), {}), None
                made = {name: Told(name, *rest) for name, *rest in each}
            one = made.get(name)
            if one is None:
                memory = memory or Memory(_sheet(self.press, self._kept(), not self._theirs), holding, self._remembered, self.breathe)
                one = self.tell(name, memory, frame)
            told[name] = (one.question, one.sentence, one.asked)
            yield report_path(name), one.page
        yield "reports.html", self.press.pages.reports(frame, [(name, *told[name][:2]) for name in self.names])
        self.cards.put_meta("reports", dumps([*self._told_by, told]))
        self._remember(holding, {**news, **memory.news} if memory else news)

    # -- what was worked out of everybody (`of_all`) --

    def _holding(self, moved: Moved) -> dict[str, Sequence[str]]:
        """By whom it was, and what was asked for, where that is the same of everybody."""
        kept = self.cards.meta("said by")
        by, asked = loads(str(kept)) if kept else ((), {})
        if by != self._told_by or moved is None:
            return {}
        return {name: parts for name, parts in asked.items() if not set(parts) & set(moved)}

    def _remembered(self, name: str) -> str:
        return str(self.cards.meta(f"said {name}"))

    def _remember(self, holding: Mapping[str, Sequence[str]], news: Mapping[str, News]) -> None:
        """From now on this holds, and nothing else."""
        self.cards.put_meta("said by", dumps([self._told_by, {**holding, **{name: asked for name, (asked, _) in news.items()}}]))
        for name, (_, said) in news.items():
            self.cards.put_meta(f"said {name}", said)

    def _wanted(self, same: Collection[str]) -> list[str]:
        return [name for name in self.names if name not in self._told or report_path(name) not in same]

    def tell(self, name: str, memory: Memory, frame: Frame) -> Told:
        """One report, of everybody that the memory is of."""
        network = memory.network()
        untold = network.by_id.keys() if self._untold is None else self._untold
        page = reported(reports.report(name, network), page_of, self.press.today, untold)
        made = self.press.pages.report(frame._replace(root="../"), page)
        return Told(name, made, page.question, page.sentences[0] if page.sentences else "", [ANY_PART, *sorted(memory.sheet.asked)])

    def _kept(self) -> Iterator[tuple[str, str]]:
        """(id, sketch) of everybody who may be seen: nearly all were made with the cards."""
        sketches = self.press.sketches
        if self.cards.count_worked(sketches.what) < self.cards.count():
            missing = in_calm(self.cards.unworked(sketches.what), self.breathe)
            self.cards.put_worked(sketches.what, ((id, sketches.of(_known(self.press, id))) for id in missing))
        return in_calm(self.cards.all_worked(sketches.what), self.breathe)


def help_to_tell(vault: Vault, index: str, cards: str, hear: Callable[[], Any]) -> Answer | None:
    """What a helper of `Reports.ask` does: it reads what the last build kept, and with what changed since tells what it is asked for."""
    from plaintextcrm.edge.indexes import reader

    kept = cards_.reader(cards)
    known, *_ = loads(str(kept.meta("reports") or "[null]"))
    sketches = dict(kept.all_worked(str(known)))
    for name in vault.settings.site.reports:
        if name in reports.REPORTS:
            reports.function(name)
    templates(True)["report"]
    wanted, what, changed, holding, (names, around, files), frame = hear()
    if what != known:
        return None
    press = Press(vault, reader(index, vault.root, vault.settings), names, around, files)
    own = Reports(press, kept, lambda: None)
    everybody = [(id, text) for id, text in sorted({**sketches, **changed}.items()) if text]
    memory = Memory(_sheet(press, everybody, False), holding, own._remembered, own.breathe)
    return [tuple(own.tell(name, memory, frame)) for name in wanted], memory.news


def _sheet(press: Press, kept: Iterable[tuple[str, str]], is_sparing: bool) -> Sheet:
    """Everybody of whom that is kept, looked up by that press where a report wants to know more."""
    return press.sketches.sheet(kept, lambda id: press.sketches.member(_known(press, id)), is_sparing)


def _known(press: Press, id: str) -> Known:
    return press.seen(*next(press.index.facts([id])))


def report_path(name: str) -> str:
    """The page of a report."""
    return f"reports/{name}.html"
