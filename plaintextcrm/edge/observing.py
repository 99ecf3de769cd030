"""watchdog: what it is asked for, what it tells, and how it says that something was lost.

Measured on watchdog 7.1: mere reads are told too (`opened`, `closed_no_write`), and a build that woke itself ran 39 times after one save;
of 10,000 events 8,146 were lost where the kernel's queue was short; a move whose other half is elsewhere holds back everything behind
it for half a second (`impatient`). An atomic save is a move to `dest_path`.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from watchdog.events import FileSystemEvent
    from watchdog.observers.api import ObservedWatch


class Post:
    """One folder that is watched; `below` is its path below the vault, "" for the vault itself. Its `dispatch` is called by watchdog."""

    def __init__(self, heard: Callable[[Post, FileSystemEvent], None], folder: str, below: str, deep: bool) -> None:
        self.heard, self.folder, self.below, self.deep = heard, folder, below, deep
        self.identity: tuple[int, int] = (0, 0)
        self.dead = False
        self.observed: ObservedWatch | None = None

    def dispatch(self, event: FileSystemEvent) -> None:
        """Called in watchdog's own thread."""
        self.heard(self, event)

    def path(self, raw: bytes | str) -> str | None:
        """A path that watchdog tells as one below the vault; None where it is not below this folder."""
        full = os.fsdecode(raw)
        if full == self.folder:
            return self.below
        if not full.startswith(self.folder.rstrip(os.sep) + os.sep):
            return None
        rest = full[len(self.folder.rstrip(os.sep)) + 1 :].replace(os.sep, "/")
        return f"{self.below}/{rest}" if self.below else rest


class Ear(logging.Handler):
    """Hears watchdog say that events were lost, which it says nowhere else, and keeps that off the terminal."""

    def __init__(self, heard: Callable[[], None]) -> None:
        super().__init__(logging.WARNING)
        self.heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        self.heard()


def wanted_events() -> list[type[FileSystemEvent]]:
    """The events that may mean a change; the kernel is not even asked for the others."""
    from watchdog import events

    names = (
        "FileCreatedEvent FileModifiedEvent FileAttribEvent FileClosedEvent FileDeletedEvent FileMovedEvent "
        "DirCreatedEvent DirDeletedEvent DirMovedEvent"
    )
    return [getattr(events, name) for name in names.split() if hasattr(events, name)]


def impatient() -> None:
    """Let a move without its other half hold back everything behind it for 2 ms instead of 500.

    A folder whose two halves come further apart is watched twice, with a warning: it does no harm.
    """
    if sys.platform != "linux":
        return
    import warnings
    from importlib import import_module

    warnings.filterwarnings("ignore", "Callback with id", RuntimeWarning)
    for module, name in (("inotify_move_event_grouper", "InotifyMoveEventGrouper"), ("inotify_buffer", "InotifyBuffer")):
        try:
            setattr(getattr(import_module(f"watchdog.observers.{module}"), name), "delay", 0.002)  # noqa: B010  (versions differ)
        except (ImportError, AttributeError):
            continue
