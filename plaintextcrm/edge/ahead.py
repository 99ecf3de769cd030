"""Looks at folders that other processes take while this one still loads its modules.

Of a question about 10,000 contacts a third is loading and a third is asking the system about each file. What was seen is believed
only where it is what the index (or the last build) knows: nothing had changed, and the answer is that of a command given some
milliseconds earlier. In any other case, and wherever this does not work, the folders are looked at as if nobody had.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from plaintextcrm.core.settings import Settings
from plaintextcrm.edge import places, scanning
from plaintextcrm.edge.paths import Path

LARGE = 8_000_000  # bytes of an index (some 1,500 contacts) from which to look costs more than a process
Seen = tuple[bytes, bytes]
"""Paths and stamps, as `scanning.Look.packed`."""

_begun: dict[object, tuple[int, int]] = {}  # at what is looked -> by which process, and from where its answer comes


def is_worth_it(folder: Path) -> bool:
    """Whether the vault whose cache is in that folder is large, and there is a core to look at it."""
    if sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2:
        return False
    try:
        return os.stat(folder / places.current(folder)).st_size >= LARGE
    except OSError:
        return False


def look_at_contacts(root: Path, settings: Settings) -> None:
    """Begin to look at the contact folders. Raises OSError where there is no room for a process."""

    def look() -> Seen | None:
        seen = scanning.look(root, settings)
        return seen.packed() if seen.is_plain else None

    _begin((root, settings), look)


def look_at_pages(output: str, folder: Path) -> None:
    """Begin to look at the pages of a site, as the last build left them with its cards in the cache folder. Raises OSError as above."""

    def look() -> Seen | None:
        from plaintextcrm.edge.cards import folders_in, path_of
        from plaintextcrm.edge.ours import has_sign

        return scanning.look_in(output, folders_in(path_of(folder))) if has_sign(output) else None

    _begin(output, look)


def contacts(root: Path, settings: Settings) -> Seen | None:
    """How the contact folders were; None for all but the first who asks, where nobody looked, or where something has to be judged."""
    return _taken((root, settings))


def pages(output: str) -> Seen | None:
    """How the pages were; None for all but the first who asks, and where nobody looked."""
    return _taken(output)


def _begin(about: object, look: Callable[[], Seen | None]) -> None:
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        _answer(look, writing)
    os.close(writing)
    _begun[about] = process, reading


def _taken(about: object) -> Seen | None:
    if about not in _begun:
        return None
    process, descriptor = _begun.pop(about)
    with open(descriptor, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(process, 0)
    length = int.from_bytes(answer[:8], "big")
    return (answer[8 : 8 + length], answer[8 + length :]) if answer else None


def _answer(look: Callable[[], Seen | None], writing: int) -> None:
    """The other process: look, tell, end."""
    try:
        for descriptor in {0, 1, 2} - {writing}:  # whoever reads what the command prints is not to wait for this
            os.close(descriptor)
        seen = look()
        if seen:
            paths, stamps = seen
            with open(writing, "wb") as pipe:
                pipe.write(len(paths).to_bytes(8, "big") + paths + stamps)
    finally:
        os._exit(0)
