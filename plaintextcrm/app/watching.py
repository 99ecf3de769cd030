"""`watch`: the site kept true while files change. What was saved comes first, then what speaks of everybody.

A build that fails leaves the last good pages; what went wrong is told, also at the head of the due list, and the next change is a new try.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from plaintextcrm.app import publishing
from plaintextcrm.app.publishing import CROWD, Built, Busy
from plaintextcrm.app.vaults import Vault
from plaintextcrm.core.errors import PtcrmError
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.edge import indexes, workers
from plaintextcrm.edge.index import Index, Whose
from plaintextcrm.edge.watch import HOLD, Changes, Watch

FEW = 20  # paths up to which their pages are made before all else


class Rebuilt(NamedTuple):
    """One rebuild: what it began with, what was built (None where it failed, with what went wrong), and how long it took."""

    paths: tuple[str, ...]
    built: Built | None
    wrong: str
    seconds: float
    whole: bool  # False: the pages of what was saved, the others follow
    day: bool = False  # it began with another day


class Live:
    """A site that is kept up to date; `opened` gives the vault as it is set now, on the day that it is now."""

    def __init__(self, opened: Callable[[], Vault], out: str | None) -> None:
        self.opened, self.out = opened, out
        self.vault = opened()
        self.index: Index | None = None
        self.busy: Busy | None = None  # whether a save came in that should not wait

    def whole(self) -> Built:
        """Everything, whatever has changed. Raises PtcrmError where it cannot be built."""
        self.vault = self.opened()
        for is_last in (False, True):
            if self.index is None:
                self.index = indexes.open_index(self._whose(), self.vault.cache and not is_last)
            else:
                self._refresh(self.index)
            try:
                built = publishing.build_whole(self.vault, self.index, self.out, self.busy)
                self.index.keep()
                return built
            except PtcrmError:
                self.close()
                raise
            except Exception as error:  # whatever goes wrong while a cache is read counts as its damage, as in `asking`
                index, self.index = self.index, None
                if indexes.is_damage(error):
                    indexes.discard(index)
                else:
                    index.close()
                if is_last:
                    raise
        raise AssertionError("unreachable")

    def _whose(self) -> Whose:
        return Whose(self.vault.root, self.vault.settings, self.vault.today, hold=HOLD)

    def _refresh(self, index: Index) -> None:
        """Bring the index up to date, or take another one where it is not that of these settings any more."""
        try:
            index.keep()
            if index.is_of(self.vault.root, self.vault.settings):
                index.refresh()
                return
        except Exception:  # another one begins anew, and says what it is
            pass
        self.close()
        self.index = indexes.open_index(self._whose(), self.vault.cache)

    def some(self, paths: tuple[str, ...]) -> Built | None:
        """The pages of these files; None where only a whole build will do."""
        if self.index is None:
            return None
        try:
            built = publishing.build_some(self.vault, self.index, paths, self.out)
            self.index.keep()
            return built
        except Exception:  # a whole build begins anew, and says what it is
            self.close()
            return None

    def expect_many(self) -> None:
        """Be ready for many files that change at once, where there are many."""
        if self.index is not None and self.index.count() > CROWD:
            workers.prepare("plaintextcrm.app.building", "plaintextcrm.edge.parsing")

    def gather(self) -> None:
        """Many files are changing: whoever will help with them begins while they do."""
        from plaintextcrm.app.building import ready

        workers.gather(ready)

    def say(self, wrong: str) -> None:
        """Say at the head of the due list why it is as it was before; the next build takes that away."""
        with suppress(PtcrmError, OSError):  # the terminal tells it in any case
            publishing.say_failed(self.vault, self.out, wrong)

    def close(self) -> None:
        """Let go of the index."""
        if self.index is not None:
            self.index.close()
            self.index = None


def rebuilds(live: Live, watch: Watch, timeout: float | None = None) -> Iterator[Rebuilt]:
    """What becomes of the site, change by change, until nothing has come for `timeout` seconds (None: for ever)."""
    behind: tuple[str, ...] = ()
    live.busy, watch.many = watch.busy, live.gather
    while True:
        changes = watch.next(timeout)
        if changes is None:
            return
        if _is_small(changes):
            started = time.perf_counter()
            built = live.some(changes.paths)
            behind = (*behind, *changes.paths)
            if built is not None and built.written + len(built.removed):
                yield Rebuilt(changes.paths, built, "", time.perf_counter() - started, False)
            if watch.busy():  # more is coming: the pages about everybody are made once, after it
                continue
        yield from _whole(live, watch, (*behind, *changes.paths), changes)
        workers.dismiss()
        behind = ()


def _is_small(changes: Changes) -> bool:
    return bool(changes.paths) and not (changes.scan or changes.settings or changes.day or changes.missing) and len(changes.paths) <= FEW


def _whole(live: Live, watch: Watch, paths: tuple[str, ...], changes: Changes) -> Iterator[Rebuilt]:
    started = time.perf_counter()
    if changes.missing:
        wrong = f"{', '.join(changes.missing)} is not there now; the pages stay as they are"
        live.say(wrong)
        yield Rebuilt(paths, None, wrong, 0.0, True)
        return
    try:
        built = live.whole()
    except (PtcrmError, OSError) as error:
        live.say(str(error))
        yield Rebuilt(paths, None, str(error), time.perf_counter() - started, True)
        return
    if changes.settings:
        watch.retarget(live.vault.settings.contacts, live.out or live.vault.settings.site.out)
    yield Rebuilt(paths, built, "", time.perf_counter() - started, True, changes.day)
