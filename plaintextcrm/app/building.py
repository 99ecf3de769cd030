"""One build of a site: only what changed is made, only bytes that differ are written.

First who changed and whose pages speak of them, then their pages and cards, then the pages about everybody from all cards.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from json import loads
from zlib import crc32

from plaintextcrm.app.issuing import Cut, Exchange, Issue, exchanges, frame_of, tally_text
from plaintextcrm.app.pressing import Names, Press, templates
from plaintextcrm.app.publishing import Built, Busy, Progress
from plaintextcrm.app.vaults import Vault
from plaintextcrm.core import stored
from plaintextcrm.core.pages.addresses import encoded, page_path
from plaintextcrm.core.pages.published import canonical, means_all, shown_name
from plaintextcrm.core.pages.shapes import Frame
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.reports.sketch import ANY_PART, differing
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.text import fold
from plaintextcrm.edge import site
from plaintextcrm.edge.aside import Helper
from plaintextcrm.edge.cards import Card, Cards, Face
from plaintextcrm.edge.faces import Faces
from plaintextcrm.edge.index import Index
from plaintextcrm.edge.workers import WORKERS, are_gathered, pool

MANY = 400  # pages from which a second process pays
SOME = 100  # the same where it has begun already
MOST_EXCHANGED = 40  # pieces of pages that are exchanged in them; with more of them the pages are joined anew
CHUNK = 100
UNSEEN = frozenset(("notes", "log", "interactions"))  # private: what the text links to cannot be told from what it may show


class Build:
    """One build, step by step."""

    def __init__(
        self, vault_: Vault, index: Index, output: site.Output, cards: Cards, progress: Progress | None = None, busy: Busy | None = None,
        is_in_place: bool = False, helper: Helper | None = None,
    ) -> None:  # fmt: skip
        """`is_in_place`: every page is known to be in the folder as it was left. `helper` waits to be asked for reports."""
        self.vault, self.index, self.output, self.cards, self.progress, self.busy = vault_, index, output, cards, progress, busy
        self.is_in_place, self.helper = is_in_place, helper
        self.frame = frame_of(vault_.settings, vault_.today)
        self.files = _way_to(output.folder, str(vault_.root))
        self.written: list[site.Written] = []
        self.keys: dict[str, str] = {}  # of the pages about everybody

    def whole(self) -> Built:
        """Every page as it should be: those of whom something is other than before, the due list, then all else.

        Where something `busy` comes in, what is behind the due list is left to the next build; after many pages the due list, too.
        """
        now, changed, gone = self._news()
        is_first = not self.cards.count_all() or len(changed) == self.index.count()
        stale = sorted(self._shown(self._faces(changed, gone, now, is_first)))
        self.cards.put_meta("newest", self.index.state()[0])
        issued = self._issued()
        wrong = f"{crc32(repr((self.vault.problems, *self.index.problems())).encode('utf-8', 'replace')):08x}"
        is_whole = issued and self.cards.meta("wrong") == wrong and not self.cards.meta("behind")
        if is_whole and not stale and not gone and not changed and self._lacking(stale, issued) == ([], issued.keys()):
            return Built(self.output.folder, (), (), (), self.cards.count() + len(issued), tuple(self.index.problems()))
        if self.helper and len(stale) > SOME:  # there is no memory for another process with many pages
            self.helper.answer()
            self.helper = None
        self._make(stale, changed, gone)
        busy = self.busy if issued and self.busy else _never
        issue = Issue(self.press, self.cards, self.output.folder, busy)
        issue.ask(self.helper, {*stale, *changed, *gone})
        if not issued:
            keep = [page_path(id) for id in self._shown(self.index.versions())]
            pages = chain(issue.due_pages(), issue.pages())
            self.written.append(self.output.write(self._keyed(pages), keep=keep, keys=self.keys))
        elif (len(stale) > SOME and busy(0.0)) or not self._issue(issue, stale, issued):
            self.cards.put_meta("behind", 1)
            return self._built(self.cards.count() + len(self.keys))
        removed = [path for path in issued if path not in self.keys]
        if removed:
            self.written.append(self.output.write_some((), removed))
        issue.keep()
        self.cards.put_meta("issued", stored.compact(self.keys))
        self.cards.put_meta("wrong", wrong)
        self.cards.put_meta("behind", 0)
        return self._built(self.cards.count() + len(self.keys))

    def _news(self) -> tuple[Mapping[str, int], list[str], list[str]]:
        """(the row of each who may have changed, who did, who is gone) since the last whole build.

        Only rows that are new since then are looked at, unless there are many of them, or somebody is gone.
        """
        newest = self.cards.meta("newest")
        rows = self.index.newer(int(str(newest))) if newest is not None else {}
        if newest is not None and len(rows) <= MANY:
            faces = {id: self.cards.face(id) for id in rows}
            if self.index.count() == self.cards.count_all() + sum(face is None for face in faces.values()):
                return rows, [id for id, face in faces.items() if face is None or face.seen != rows[id]], []
        now, seen = self.index.versions(), self.cards.seen()
        return now, [id for id, row in now.items() if seen.get(id) != row], [id for id in seen if id not in now]

    def _issue(self, issue: Issue, stale: Collection[str], issued: Mapping[str, str]) -> bool:
        """Write the pages about everybody, and those of people that are not as they were left; False where something came in before."""
        if not self._put(issue, issue.due_pages()) or not issue.is_calm():
            return False
        lacking, standing = self._lacking(stale, issued)
        if lacking:
            self._make(lacking, (), ())
        same = {path: issued[path] for path in issue.same if path in standing}
        if not self._put(issue, issue.pages(same, lambda path: self._left(path, issued) if path in standing else None)):
            return False
        self.keys |= same
        return True

    def _left(self, path: str, issued: Mapping[str, str]) -> bytes | None:
        """A page about everybody, byte by byte as it was made last; None where it is not."""
        page = self.output.read(path)
        return page if page is not None and _key_of(page) == issued[path] else None

    def _put(self, issue: Issue, pages: Iterator[tuple[str, bytes]]) -> bool:
        """Write these pages, and no more once something comes in: whether they are all."""
        is_cut = False

        def in_calm() -> Iterator[tuple[str, bytes]]:
            nonlocal is_cut
            try:
                for page in self._keyed(pages):
                    yield page
                    issue.breathe()
            except Cut:
                is_cut = True

        self.written.append(self.output.write_some(in_calm(), keys=self.keys))
        return not is_cut

    def _keyed(self, pages: Iterator[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
        for path, data in pages:
            self.keys[path] = _key_of(data)
            yield path, data

    def _shown(self, ids: Iterable[str]) -> list[str]:
        return [id for id in ids if not self.names.is_private(id)]

    def some(self, rows: Mapping[str, int | None]) -> Built:
        """The pages of these people, and of those that speak of them."""
        faces = {id: self.cards.face(id) for id in rows}
        changed = [id for id, row in rows.items() if row is not None and not ((face := faces[id]) and face.seen == row)]
        gone = [id for id, row in rows.items() if row is None and faces[id]]
        if not changed and not gone:
            return Built(self.output.folder, (), (), (), 0, ())
        now = {id: row for id, row in rows.items() if row is not None}
        stale = self._faces(changed, gone, now)
        self.cards.put_meta("behind", 1)
        self._make(sorted(self._shown(stale)), changed, gone)
        return self._built(len(stale))

    def _make(self, wanted: Sequence[str], changed: Sequence[str], gone: Sequence[str]) -> None:
        """Make the pages that are wanted, drop those of people who are gone or private now, and keep the sum of all if few are others."""
        touched = {*wanted, *changed, *gone}
        is_large = len(touched) > MANY or not self.cards.meta("tally")
        self.press = Press(self.vault, self.index, self.names, self.frame, self.files)
        before = {} if is_large else self._kept(touched)
        hidden = [*gone, *(id for id in changed if self.names.is_private(id))]
        self.cards.drop_cards(hidden)
        self.written += self._press(wanted)
        if hidden:
            self.written.append(self.output.write_some((), [page_path(id) for id in hidden]))
        if is_large:  # it is summed up when it is asked for, after the due list
            self._put_tally("", _ALL)
        else:
            self._tally(before, self._kept({*wanted, *changed}))

    def _lacking(self, stale: Collection[str], issued: Mapping[str, str]) -> tuple[list[str], Collection[str]]:
        """The ids whose page is not in the folder as it was left, but for those just made; and what is, of those `issued`."""
        if self.is_in_place:
            return [], issued.keys()
        made, rounds = frozenset(stale), self.cards.rounds()
        paths = {id: page_path(id) for id in self._shown(self.index.versions()) if id not in made}
        left = {path: rounds[id] for id, path in paths.items() if id in rounds}
        there = self.output.in_place({**left, **issued})
        return [id for id, path in paths.items() if path not in there], there & issued.keys()

    def _issued(self) -> dict[str, str]:
        """The pages about everybody that were made last, and their keys."""
        return dict(loads(str(self.cards.meta("issued") or "{}")))

    def _built(self, pages: int) -> Built:
        def all_of(name: str) -> tuple[str, ...]:
            return tuple(path for part in self.written for path in getattr(part, name))

        problems = tuple(problem for part in self.written for problem in part.problems)
        return Built(self.output.folder, all_of("new"), all_of("changed"), all_of("removed"), pages, (*self.index.problems(), *problems), 1)

    # -- who is to be made anew --

    def _faces(self, changed: Sequence[str], gone: Sequence[str], now: Mapping[str, int], is_first: bool = False) -> set[str]:
        """Read who the changed ones are to others now: everybody whose page is to be made anew. `is_first`: nobody else is there."""
        faces = [_face(self.vault.settings, *found) for found in self.index.faces(now[id] for id in changed)]
        stale = set(changed)
        if not is_first:
            pairs = [*((self.cards.face(face.id), face) for face in faces), *((self.cards.face(id), None) for id in gone)]
            others = [(old, new) for old, new in pairs if not old or not new or old[2:] != new[2:]]
            if others:
                self.cards.put_meta("checked", "")
            stale |= self._speaking_of([face for pair in others for face in pair if face])
        self.cards.drop(gone, with_cards=False)
        self.cards.put_faces(faces)
        self.names = Names(self.cards, Faces(self.cards, faces, gone, are_all=is_first))
        return {id for id in stale if id in now or self.cards.face(id)}

    def _speaking_of(self, faces: Sequence[Face]) -> set[str]:
        """Whose pages speak of somebody who was, or is now, one of these."""
        found = self.cards.linking(word for face in faces for word in face.words)
        found |= {id for face in faces for target in face.links for id in self.cards.meant(target)}
        if any(face.told for face in faces):  # what one offers, others' hooks may speak of
            found |= {id for id, _, told in self.cards.told() if "needs" in loads(told)}
        return found

    # -- pages --

    def _press(self, ids: Sequence[str]) -> Iterator[site.Written]:
        """Make and write these pages, keep their cards."""
        round_ = str(int(str(self.cards.meta("round") or "0")) + 1)
        self.cards.put_meta("round", round_)
        if len(ids) < (SOME if are_gathered() else MANY) or WORKERS < 2 or self.index.path is None or self.cards.path is None:
            for start in range(0, len(ids), CHUNK):
                made = _made(self.press, self.output, ids[start : start + CHUNK], round_)
                self._keep(made, round_)
                self._tell(start + len(made.cards), len(ids))
                yield made.written
            return
        size = min(CHUNK, len(ids) // (8 * WORKERS) + 1)  # nobody waits long for the last
        chunks = [ids[start : start + size] for start in range(0, len(ids), size)]
        list(self.press.pressed(ids[:1]))  # what is made when first used is made here: once, not once a process
        arguments = (self.vault, str(self.index.path), self.names.elsewhere(), self.frame, self.files, self.output, round_)
        done = 0
        with pool(_begin, *arguments) as processes:
            for made in processes.map(_made_there, chunks):
                self._keep(made, round_)
                done += len(made.cards)
                self._tell(done, len(ids))
                yield made.written

    def _keep(self, made: Made, round_: str) -> None:
        self.cards.put_cards(made.cards, round_)
        self.cards.put_worked(made.what, made.sketches)

    def _tell(self, done: int, whole: int) -> None:
        if self.progress and whole > MANY:
            self.progress(done, whole)

    def _kept(self, ids: Iterable[str]) -> dict[str, tuple[Card, str]]:
        """The cards of those of these people who have one, and their sketches ("" where there is none)."""
        what = self.press.sketches.what if self.vault.settings.site.reports else ""
        return {id: (card, self.cards.worked(id, what)) for id in ids if (card := self.cards.card(id))}

    def _tally(self, before: Mapping[str, tuple[Card, str]], after: Mapping[str, tuple[Card, str]]) -> None:
        """Keep the sum of all tallies, less what was, and what is; and what it is that is not the same."""
        total = Counter(loads(str(self.cards.meta("tally"))))
        moved = set(loads(str(self.cards.meta("moved") or "[]")))
        exchanged: list[Exchange] | None = loads(str(self.cards.meta("exchanged") or "null"))
        for id in {*before, *after}:
            old, new = before.get(id), after.get(id)
            if old:
                total.subtract(loads(old[0].tally))
            if new:
                total.update(loads(new[0].tally))
            moved.update(_differing(*old, *new) if old and new else _ALL)
            if exchanged is not None and old and new:
                exchanged += exchanges(old[0], new[0])
        self._put_tally(tally_text(total), moved, exchanged)

    def _put_tally(self, tally: str, moved: Iterable[str], exchanged: Sequence[Exchange] | None = None) -> None:
        """Keep the sum, and what of cards is another since the pages about everybody were made; of a few people, what became what."""
        self.cards.put_meta("moved", stored.compact(sorted(moved)))
        self.cards.put_meta("exchanged", stored.compact(exchanged if exchanged is not None and len(exchanged) <= MOST_EXCHANGED else None))
        self.cards.put_meta("tally", tally)


def _key_of(page: bytes) -> str:
    return f"{crc32(page):08x}"


def _never(seconds: float) -> bool:
    return False


_ALL = (*Card._fields, ANY_PART)


def _differing(old: Card, old_sketch: str, new: Card, new_sketch: str) -> Iterator[str]:
    """The fields and parts that are not the same."""
    yield from (name for name, one, other in zip(Card._fields, old, new, strict=True) if one != other)
    if old_sketch and new_sketch:
        yield from differing(new.id, old_sketch, new_sketch)
    else:
        yield ANY_PART


class Made(NamedTuple):
    """Some pages that were made and written: their cards, and (id, sketch) of each where reports are shown; `what` these tell."""

    cards: Sequence[Card]
    sketches: Sequence[tuple[str, str]]
    what: str  # as the process has it that made them
    written: site.Written


def _made(press: Press, output: site.Output, ids: Sequence[str], round_: str) -> Made:
    cards: list[Card] = []
    sketches: list[tuple[str, str]] = []

    def pages() -> Iterator[tuple[str, bytes]]:
        for card, path, page, sketch in press.pressed(ids):
            cards.append(card)
            if sketch:
                sketches.append((card.id, sketch))
            yield path, page

    written = output.write_some(pages(), keys={page_path(id): round_ for id in ids})
    return Made(cards, sketches, press.sketches.what if sketches else "", written)


def ready() -> None:
    """Have by the first page what every page is made with, in a process that shares out work: there are such where things are kept."""
    for name in ("frame", "digest"):
        templates(True)[name]


_press: Press
_output: site.Output
_round: str


def _begin(vault_: Vault, path: str, names: Names, frame: Frame, files: str, output: site.Output, round_: str) -> None:
    global _press, _output, _round
    from plaintextcrm.edge.indexes import reader

    _press = Press(vault_, reader(path, vault_.root, vault_.settings), names, frame, files)
    _output, _round = output, round_


def _made_there(ids: Sequence[str]) -> Made:
    return _made(_press, _output, ids, _round)


def _way_to(folder: str, root: str) -> str:
    """How a page in the output folder reaches the files of the vault: `../`, as a href; "" where there is no way (another drive)."""
    try:
        way = os.path.relpath(root, folder)
    except ValueError:
        return ""
    return encoded(way.replace(os.sep, "/")) + "/"


def _links_of(keys: Mapping[str, object], hidden: Collection[str]) -> set[str]:
    """What private keys link to: nobody is told by whom."""
    values = [keys[key] for key in hidden if key in keys]
    texts = [text for value in values for text in (value if isinstance(value, list) else [value])]
    return {fold(text.strip("[]").split("|")[0]) for text in texts if isinstance(text, str) and text.startswith("[[")}


def _face(
    settings: Settings, row: int, id: str, name: str, keys: Mapping[str, object], links: Sequence[str], lines: Mapping[str, int]
) -> Face:
    aliases = keys.get("aliases")
    words = {fold(word) for word in (id, id.rsplit("/", 1)[-1], name, *(aliases if isinstance(aliases, list) else ()))}
    own = keys.get("private")
    private = means_all(own)
    hidden = canonical((*settings.site.private, *(own if isinstance(own, list) else ())))
    told = {key: keys[key] for key in ("offers", "needs") if key in keys and key not in hidden and not private}
    owner = str(keys.get("owner") or "")
    checked = [keys.get("tier"), keys.get("last_contact"), owner, keys.get("successor"), aliases, links, lines]
    return Face(
        id, row, shown_name(id, name), private, fold(owner), "successor" in keys, "tier" in hidden, stored.compact(told) if told else "",
        stored.compact(checked), tuple(sorted(words - {""})),
        tuple(sorted({fold(link) for link in links} - _links_of(keys, hidden) - {""})) if not hidden & UNSEEN else (),
    )  # fmt: skip
