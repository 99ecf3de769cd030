"""A look at the contact folders that another process takes while this one still loads its modules.

Of a question about 10,000 contacts a third is loading and a third is asking the system about each file. What was seen is believed
only where it is what the index knows: nothing had changed, and the answer is that of a command given some milliseconds earlier. In any
other case, and wherever this does not work, the folders are looked at as if nobody had.
"""

from __future__ import annotations

import os
import sys

from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.settings import Settings
from plaintextcrm.edge import places, scanning
from plaintextcrm.edge.paths import Path

LARGE = 8_000_000  # bytes of an index (some 1,500 contacts) from which to look costs more than a process


class _Look(NamedTuple):
    """Who looks, at which vault under which settings, and where the answer comes from."""

    root: Path
    settings: Settings
    process: int
    descriptor: int


_begun: list[_Look] = []  # one at most


def begin(root: Path, settings: Settings, folder: Path) -> None:
    """Begin to look, if the vault whose cache is in that folder is large and there is a core to do it."""
    if sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2 or not _is_large(folder):
        return
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        _answer(root, settings, writing)
    os.close(writing)
    _begun.append(_Look(root, settings, process, reading))


def taken(root: Path, settings: Settings) -> tuple[bytes, bytes] | None:
    """What was seen, as `scanning.Look.packed`, for the first who asks; None where nobody looked, or something there has to be judged."""
    if not _begun:
        return None
    look = _begun.pop()
    with open(look.descriptor, "rb") as pipe:
        if look[:2] != (root, settings):
            return None
        answer = pipe.read()
    os.waitpid(look.process, 0)
    length = int.from_bytes(answer[:8], "big")
    return (answer[8 : 8 + length], answer[8 + length :]) if answer else None


def _is_large(folder: Path) -> bool:
    try:
        return os.stat(folder / places.current(folder)).st_size >= LARGE
    except OSError:
        return False


def _answer(root: Path, settings: Settings, writing: int) -> None:
    """The other process: look, tell, end."""
    try:
        for descriptor in {0, 1, 2} - {writing}:  # whoever reads what the command prints is not to wait for this
            os.close(descriptor)
        seen = scanning.look(root, settings)
        if seen.is_plain:
            paths, stamps = seen.packed()
            with open(writing, "wb") as pipe:
                pipe.write(len(paths).to_bytes(8, "big") + paths + stamps)
    finally:
        os._exit(0)
