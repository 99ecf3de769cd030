"""`build`: the site of a vault, in its folder. What makes pages (building) is imported only where something may have changed."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from functools import cache, cached_property
from json import dumps, loads
from typing import Any
from zlib import crc32

from plaintextcrm import __version__
from plaintextcrm.app.vaults import Vault
from plaintextcrm.core.model import Problem
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.edge import ahead, places, site
from plaintextcrm.edge import cards as kept
from plaintextcrm.edge.aside import Helper, is_room
from plaintextcrm.edge.cards import Cards
from plaintextcrm.edge.index import Index
from plaintextcrm.edge.left import Sight

DUE_LIST = "index.html"
CROWD = 1000  # people from whom on what is behind the due list takes long enough to disturb whoever goes on writing
Progress = Callable[[int, int], None]
Busy = Callable[[float], bool]
"""Whether something came in that should not wait, by now or within so many seconds."""


class Built(NamedTuple):
    """What a build did: paths of pages, and what is wrong in files or in the way of pages."""

    folder: str
    new: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    pages: int  # how many there are
    problems: tuple[Problem, ...]
    pages_made: int = 0  # whether or not they differed from what was there

    @property
    def written(self) -> int:
        """How many pages were written."""
        return len(self.new) + len(self.changed)


def build(vault_: Vault, index: Index, out: str | None = None, force: bool = False, progress: Progress | None = None) -> Built:
    """Bring the site up to date. Raises Refused where the output folder is not ours to write to."""
    output, cache = output_of(vault_, index, out)
    key = _key(vault_, index, output.folder)
    with output, closing(kept.open_cards(cache, "" if force else key)) as cards:
        seal = _Seal(vault_, index, output, cards)
        pages = seal.pages
        if pages:
            return Built(output.folder, (), (), (), pages, tuple(index.problems()))
        built = _built(vault_, index, output, cards, key, progress, None, seal.is_whole)
        seal.put(built)
        cards.keep()
        return built


def build_whole(vault_: Vault, index: Index, out: str | None, busy: Busy | None) -> Built:
    """The same in a watch, which knows that something changed; what is left when something `busy` comes in is for the next time."""
    output, cache = output_of(vault_, index, out)
    key = _key(vault_, index, output.folder)
    with output, closing(kept.open_cards(cache, key)) as cards:
        built = _built(vault_, index, output, cards, key, None, busy)
        cards.keep()
        return built


def _built(
    vault_: Vault, index: Index, output: site.Output, cards: Cards, key: str, progress: Progress | None, busy: Busy | None,
    is_whole: bool = False,
) -> Built:  # fmt: skip
    helper = _helper(vault_, index, cards)
    try:
        from plaintextcrm.app.building import Build

        built = Build(vault_, index, output, cards, progress, busy, is_whole, helper).whole()
    finally:
        if helper:
            helper.answer()
    cards.put_meta("key", key)
    return built


def _helper(vault_: Vault, index: Index, cards: Cards) -> Helper | None:
    """Who gets ready to tell the reports of many people, while the pages of a few who changed are made; where it can be forked."""
    if not vault_.settings.site.reports or index.path is None or cards.path is None or not cards.meta("issued"):
        return None
    if cards.count() <= CROWD or threading.active_count() > 1 or not is_room():
        return None
    paths = str(index.path), cards.path

    def help_(hear: Callable[[], Any]) -> Any:
        from plaintextcrm.app.reporting import help_to_tell

        return help_to_tell(vault_, *paths, hear)

    try:
        return Helper(help_)
    except OSError:
        return None


def build_some(vault_: Vault, index: Index, paths: Iterable[str], out: str | None = None) -> Built | None:
    """Bring the pages of these files up to date, and of those that speak of them; the pages about everybody are left for `build`.

    None where there is no site to begin from.
    """
    output, cache = output_of(vault_, index, out)
    with output, closing(kept.open_cards(cache, _key(vault_, index, output.folder))) as cards:
        if not cards.meta("issued"):
            return None
        from plaintextcrm.app.building import Build

        built = Build(vault_, index, output, cards).some(index.reread(paths))
        cards.keep()
        return built


def say_failed(vault_: Vault, out: str | None, wrong: str) -> None:
    """Write at the head of the due list, if there is one, why it is as it was before. Raises Refused and OSError.

    To the next build that page is not as it was left, so it is made anew. Where a vault or its pages have gone, no folder is made.
    """
    from plaintextcrm.render.banner import with_failure

    if not os.path.isfile(os.path.join(vault_.root, out or vault_.settings.site.out, DUE_LIST)):
        return
    output = _opened(vault_, out, str(places.vault_folder(places.cache_folder(), vault_.root)) if vault_.cache else None)
    with output:
        page = output.read(DUE_LIST)
        if page is not None:
            output.write_some([(DUE_LIST, with_failure(page, wrong))])


def output_of(vault_: Vault, index: Index, out: str | None) -> tuple[site.Output, str | None]:
    """The output folder and the vault's cache folder (None where nothing is kept). Raises Refused."""
    cache = str(places.vault_folder(places.cache_folder(), vault_.root)) if vault_.cache and index.path else None
    return _opened(vault_, out, cache), cache


def _opened(vault_: Vault, out: str | None, cache: str | None) -> site.Output:
    settings = vault_.settings
    return site.open_output(out or settings.site.out, str(vault_.root), given=out is not None, contacts=settings.contacts, cache=cache)


def _key(vault_: Vault, index: Index, folder: str) -> str:
    """What all pages depend on beside the files: the day, the settings, the index they were read from, this program."""
    return ascii(f"{__version__} {vault_.today} {vault_.settings!r} {index.path} {folder} {_code()}")  # paths may be no UTF-8


@cache
def _code() -> str:
    """This program's files, and when each was changed; once a process, for what was loaded is what runs."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    code = []
    for below in ("core", "core/pages", "core/reports", "render", "render/templates", "render/static", "app"):
        try:
            code += sorted(f"{entry.name}:{entry.stat().st_mtime_ns}" for entry in os.scandir(os.path.join(here, below)) if entry.is_file())
        except OSError:
            continue  # the program runs from an archive: its version has to do
    return " ".join(code)


class _Seal:
    """Whether all is as the last build left it: the contacts, what is wrong with them, and every page in the folder."""

    def __init__(self, vault_: Vault, index: Index, output: site.Output, cards: Cards) -> None:
        self.vault, self.index, self.output, self.cards = vault_, index, output, cards
        folders = cards.meta("folders")
        self.seen = self._look(loads(str(folders))) if folders and not cards.meta("behind") else None

    def _look(self, folders: Sequence[str]) -> Sight | None:
        return ahead.pages(self.output.folder) or self.output.look(folders)

    @property
    def pages(self) -> int:
        """How many pages there are, if all is as it was left; else 0."""
        return int(str(self.cards.meta("pages"))) if self._is_on_pages and self.cards.meta("seal") == self._contacts() else 0

    @property
    def is_whole(self) -> bool:
        """Whether every page was written, and is as it was left."""
        return self._is_on_pages and self.cards.meta("in the way") == 0

    @cached_property
    def _is_on_pages(self) -> bool:
        paths, stamps = self.cards.meta("paths"), self.cards.meta("stamps")
        if self.seen is None or not isinstance(paths, bytes) or not isinstance(stamps, bytes):
            return False
        return self.seen.is_as(Sight(paths, stamps))

    def _contacts(self) -> str:
        wrong = repr((self.vault.problems, *self.index.problems(), self.index.state())).encode("utf-8", "replace")
        return f"{crc32(wrong):08x}"

    def put(self, built: Built) -> None:
        """Remember how all is now: what was seen before, where only pages of it were written, is not looked at once more."""
        seen = None
        if self.seen and self._is_on_pages and not built.new and not built.removed:
            seen = self.output.look_again(self.seen, built.changed)
        if seen is None:
            folders = self.output.folders()
            self.cards.put_meta("folders", dumps(folders))
            seen = self.output.look(folders)
        self.cards.put_meta("paths", seen.paths if seen else "")
        self.cards.put_meta("stamps", seen.stamps if seen else "")
        self.cards.put_meta("in the way", sum(problem.code == "in-the-way" for problem in built.problems))
        self.cards.put_meta("pages", built.pages)
        self.cards.put_meta("seal", self._contacts())
