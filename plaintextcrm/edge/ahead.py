"""Looks at folders that other processes take while this one still loads its modules.

Of a question about 10,000 contacts a third is loading and a third is asking the system about each file. The answer is that of a command
given some milliseconds earlier: what was saved since is found by the next one. Wherever this does not work, the folders are looked at
as if nobody had.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from plaintextcrm.core.settings import Settings
from plaintextcrm.edge import aside, places, scanning
from plaintextcrm.edge.aside import Aside
from plaintextcrm.edge.left import Sight
from plaintextcrm.edge.paths import Path
from plaintextcrm.edge.scanning import Look

LARGE = 8_000_000  # bytes of an index (some 1,500 contacts) from which to look costs more than a process
CROWDED = 20_000  # names in a folder from which two look at them, each at a half

Seen = tuple[Any, ...] | None

_begun: dict[object, Aside] = {}  # at what is looked -> by whom


def is_worth_it(folder: Path) -> bool:
    """Whether the vault whose cache is in that folder is large, and there is a core to look at it."""
    if not aside.is_room():
        return False
    try:
        return os.stat(folder / places.current(folder)).st_size >= LARGE
    except OSError:
        return False


def look_at_contacts(root: Path, settings: Settings) -> None:
    """Begin to look at the contact folders. Raises OSError where there is no room for a process."""

    def look() -> Seen:
        seen = scanning.look(root, settings, _by_two)
        return tuple(seen) if seen.is_plain else None

    _begin((root, settings), look)


def look_at_pages(output: str, folder: Path) -> None:
    """Begin to look at the pages of a site, as the last build left them with its cards in the cache folder. Raises OSError as above."""

    def look() -> Seen:
        from plaintextcrm.edge.cards import folders_in, path_of
        from plaintextcrm.edge.ours import has_sign

        return scanning.look_in(output, folders_in(path_of(folder)), _by_two) if has_sign(output) else None

    _begin(output, look)


def contacts(root: Path, settings: Settings) -> Look | None:
    """The contact folders as they were; None for all but the first who asks, where nobody looked, and where all has to be judged."""
    seen = _taken((root, settings))
    return Look._make(seen) if seen else None


def pages(output: str) -> Sight | None:
    """The pages as they were; None for all but the first who asks, and where nobody looked."""
    seen = _taken(output)
    return Sight._make(seen) if seen else None


def _by_two(base: str, found: Sequence[str], descriptor: int | None) -> tuple[list[str], bytes]:
    """`scanning.stamped`; of many names another process looks at the second half meanwhile."""
    if len(found) < CROWDED:
        return scanning.stamped(base, found, descriptor)
    half, rest = found[: len(found) // 2], found[len(found) // 2 :]
    with suppress(OSError):  # no room for a process
        _begin("the rest", lambda: scanning.stamped(base, rest, descriptor))
    names, stamps = scanning.stamped(base, half, descriptor)
    other_names, other_stamps = _taken("the rest") or scanning.stamped(base, rest, descriptor)
    return names + other_names, stamps + other_stamps


def _begin(about: object, look: Callable[[], Seen]) -> None:
    _begun[about] = aside.begin(lambda: look() or ())


def _taken(about: object) -> Seen:
    return _begun.pop(about).answer() if about in _begun else None
