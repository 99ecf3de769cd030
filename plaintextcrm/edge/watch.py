"""Waiting for the vault to change. Events are hints: they say that it is time to look, and where first; a scan decides."""

from __future__ import annotations

import errno
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING

from plaintextcrm.core.errors import why
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.edge.observing import Ear, Post, impatient, wanted_events
from plaintextcrm.edge.watched import SETTINGS, Scope, Wanted

if TYPE_CHECKING:
    from watchdog.events import FileSystemEvent
    from watchdog.observers.api import BaseObserver

QUIET = 0.020  # seconds without an event that end a burst
LONGEST = 0.250  # seconds that a burst is gathered for at most
FLOOD = 64  # paths from which on it is a checkout: gathered with more patience, and looked at as a whole
FLOOD_QUIET = 0.060  # longer than a file is away, and than stamps may leave a later change unseen
FLOOD_LONGEST = 1.0
HOLD = 0.050  # seconds in which a file that is gone may come back, and one that is being written may be closed
SETTLE = 2.0  # seconds after the last event in which everything is looked at once more, for events that were lost
TICK = 2.0  # seconds between two looks at whether the folders are still those that are watched
RETURN = 0.1  # the same while one of them is missing
POLL = 1.0  # seconds between two looks at everything where the system has no events


class Changes(NamedTuple):
    """What to look at: `paths` below the vault first (they may be gone, or unchanged), and with `scan` at everything."""

    paths: tuple[str, ...] = ()
    scan: bool = False  # also for what events may have missed: most often nothing is found
    settings: bool = False  # one of the settings files is among the paths, or may be
    day: bool = False  # it is another day than before
    missing: tuple[str, ...] = ()  # folders that are not there now, "." for the vault: what was in them is not deleted, but unknown


class Watch:
    """A vault, watched until `close`. `polling` is why it is looked at once a second instead of being told ("" where it is told).

    `root` is the vault's real path, `contacts` and `out` are below it as in its settings, or absolute. Nothing in `out` wakes it.
    """

    def __init__(
        self,
        root: str,
        contacts: Collection[str] = ("contacts",),
        out: str = "site",
        *,
        now: Callable[[], datetime] = datetime.now,
        poll: bool = False,
        settle: float = SETTLE,
    ) -> None:
        self.root, self.now, self.settle = root, now, settle
        self.many: Callable[[], None] = lambda: None  # called while many changes are gathered, once for all of them
        self.polling = "asked for" if poll else ""
        self._scope = Scope(root, contacts, out)
        self._change = threading.Condition()
        self._ready: dict[str, None] = {}
        self._held: dict[str, float] = {}  # path -> when it counts, if nothing else is said about it
        self._scan = False
        self._quiet = QUIET
        self._is_many = False
        self._waited = False  # something that waits was held before, so that more of its kind may be
        self._first = self._last = self._before = 0.0  # of what is waiting; of all; the last one before `next` returned
        self._settle_at = 0.0
        self._look_at = 0.0  # when to look at the posts again
        self._missing: tuple[str, ...] = ()
        self._posts: dict[tuple[str, bool], Post] = {}
        self._observer: BaseObserver | None = None
        self._closes = False
        self._ear = Ear(self._lost)
        self._day = now().date()
        self._begin()

    # -- for the caller --

    def busy(self, seconds: float = 0.0) -> bool:
        """Whether more has changed since `next` returned, or does within so many seconds: what everything else goes into may wait."""
        if not seconds:
            return self._has_more()
        with self._change:
            return self._change.wait_for(self._has_more, seconds)

    def _has_more(self) -> bool:
        return bool(self._ready or self._held or self._scan)

    def next(self, timeout: float | None = None) -> Changes | None:
        """The next changes: at once after a time of calm, gathered while a burst lasts. None after `timeout` seconds without."""
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            if time.monotonic() >= self._look_at:
                self._look()
            if len(self._ready) > FLOOD and not self._is_many:
                self._is_many = True
                self.many()
            with self._change:
                instant = time.monotonic()
                self._ripen(instant)
                day = self.now().date() != self._day
                if self._ready or self._scan or day:
                    pause = 0.0 if day else self._gathering(instant)
                    if not pause:
                        return self._taken()
                elif until is not None and instant >= until:
                    return None
                else:
                    pause = self._pause(instant, until)
                if instant < self._look_at:
                    self._change.wait(pause)

    def retarget(self, contacts: Collection[str], out: str) -> None:
        """Watch other folders, because the settings say so."""
        with self._change:
            self._scope = Scope(self.root, contacts, out)
        self._look()

    def close(self) -> None:
        """Watch no longer."""
        observer, self._observer = self._observer, None
        logging.getLogger("watchdog").removeHandler(self._ear)
        if observer is not None:
            observer.stop()
            observer.join()

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # -- waiting --

    def _ripen(self, instant: float) -> None:
        ripe = [path for path, due in self._held.items() if due <= instant]
        for path in ripe:
            del self._held[path]
            self._ready[path] = None
            self._first, self._waited = self._first or instant, True
        if self._settle_at and instant >= self._settle_at:
            self._settle_at, self._scan = 0.0, True
            self._first = self._first or instant

    def _gathering(self, instant: float) -> float:
        """How long to wait for more of a burst; 0.0 to act now."""
        many = len(self._ready) > FLOOD
        if self._first - self._before >= self._quiet and not many and not self._waited:
            return 0.0
        calm = self._last + (FLOOD_QUIET if many else self._quiet)
        if self._held:
            calm = max(calm, *self._held.values())
        end = min(calm, self._first + (FLOOD_LONGEST if many else LONGEST))
        return max(0.0, end - instant)

    def _pause(self, instant: float, until: float | None) -> float:
        today = self.now()
        midnight = datetime.combine(today.date() + timedelta(days=1), datetime.min.time(), today.tzinfo) - today
        ends = [self._look_at, instant + midnight.total_seconds() + 0.001, *self._held.values()]
        if self._settle_at:
            ends.append(self._settle_at)
        if until is not None:
            ends.append(until)
        return max(0.0, min(ends) - instant)

    def _taken(self) -> Changes:
        paths, scan = tuple(sorted(self._ready)), self._scan or len(self._ready) > FLOOD
        today = self.now().date()
        day, self._day = today != self._day, today
        self._quiet = FLOOD_QUIET if len(paths) > FLOOD else QUIET
        self._ready.clear()
        self._is_many = False
        if scan:
            self._held.clear()
        self._scan, self._waited, self._first, self._before = False, False, 0.0, self._last
        return Changes(paths, scan, scan or any(path in SETTINGS for path in paths), day, self._missing)

    # -- what watchdog says, in its threads --

    def _heard(self, post: Post, event: FileSystemEvent) -> None:
        kind = event.event_type
        if kind in ("opened", "closed_no_write"):
            return
        source = post.path(event.src_path)
        target = post.path(event.dest_path) if kind == "moved" and event.dest_path else None
        if event.is_directory:
            if kind == "deleted" and source == post.below:
                post.dead = True
                self._tell((), (), True)
            elif kind in ("created", "deleted", "moved") and any(
                self._scope.is_folder(path, post.below, post.deep) for path in (source, target)
            ):
                self._tell((), (), True)
            return
        now, later = [], []
        if target is not None and self._scope.is_file(target, post.below, post.deep):
            now.append(target)
        if source is not None and self._scope.is_file(source, post.below, post.deep):
            if kind == "attrib":
                self._tell((), (), False)
            elif kind == "closed" or (kind == "moved" and now) or (kind != "deleted" and not self._closes) or self._is_whole(event):
                now.append(source)
            else:
                later.append(source)
        if now or later:
            self._tell(now, later, False)

    def _is_whole(self, event: FileSystemEvent) -> bool:
        """Whether a new file has something in it: a link to a finished one is never closed."""
        if event.event_type != "created":
            return False
        try:
            return os.stat(event.src_path).st_size > 0
        except OSError:
            return False

    def _tell(self, now: Collection[str], later: Collection[str], scan: bool) -> None:
        with self._change:
            instant = self._last = time.monotonic()
            self._settle_at = instant + self.settle
            for path in later:
                if path not in self._ready:
                    self._held[path] = instant + HOLD
            for path in now:
                self._held.pop(path, None)
                self._ready[path] = None
            if scan:
                self._scan, self._look_at = True, 0.0
            if now or scan:
                self._first = self._first or instant
            if now or later or scan:
                self._change.notify()

    def _lost(self) -> None:
        self._tell((), (), True)

    # -- which folders are watched --

    def _begin(self) -> None:
        logging.getLogger("watchdog").addHandler(self._ear)
        try:
            self._look()
        except BaseException:
            self.close()
            raise
        with self._change:
            self._scan, self._settle_at, self._first, self._last, self._before = False, 0.0, 0.0, 0.0, 0.0
            self._ready.clear()

    def _look(self) -> None:
        """Watch the folders that there are now; one that is another than before is looked at as a whole."""
        wanted, missing = self._scope.wanted()
        try:
            changed = self._arm(wanted)
        except OSError as error:
            if self.polling or error.errno not in (errno.ENOSPC, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSYS):
                raise
            self.polling = why(error)
            if self._observer is not None:
                self._observer.stop()
                self._observer.join()
            self._observer = None
            self._posts.clear()
            changed = self._arm(wanted)
        with self._change:
            if missing != self._missing:
                self._missing, changed = missing, True
            self._look_at = time.monotonic() + (RETURN if missing else TICK)
            if changed:
                self._scan = True
                self._first = self._first or time.monotonic()

    def _arm(self, wanted: Wanted) -> bool:
        """Watch these and no others; whether one is new. Raises OSError where the system has no room for it."""
        observer = self._observer or self._start()
        for key, post in list(self._posts.items()):
            if key not in wanted or post.dead or wanted[key] != (post.below, post.identity):
                del self._posts[key]
                if post.observed is not None:
                    observer.unschedule(post.observed)
        changed = False
        for (folder, deep), (below, identity) in wanted.items():
            if (folder, deep) not in self._posts:
                post = Post(self._heard, folder, below, deep)
                post.identity = identity
                try:
                    post.observed = observer.schedule(post, folder, recursive=deep, event_filter=wanted_events())  # type: ignore[arg-type]
                except (FileNotFoundError, NotADirectoryError, PermissionError):
                    continue
                self._posts[folder, deep] = post
                changed = True
        if changed or self._scan:
            self._ask_for_room(observer)
        return changed

    def _ask_for_room(self, observer: BaseObserver) -> None:
        """Raises OSError where there is no room for one folder more: watchdog does not say so of those below the first."""
        if sys.platform == "linux" and not self.polling:
            observer.unschedule(observer.schedule(Post(self._heard, "/", "", False), "/", event_filter=wanted_events()))  # type: ignore[arg-type]

    def _start(self) -> BaseObserver:
        observer: BaseObserver
        if self.polling:
            from watchdog.observers.polling import PollingObserver

            observer = PollingObserver(timeout=POLL)
        else:
            from watchdog.observers import Observer

            impatient()
            observer = Observer()
        self._closes = not self.polling and sys.platform == "linux"
        self._observer = observer
        observer.start()
        return observer
