"""What was taken or refused of what `capture` proposed, so that it is not proposed again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import suppress

from plaintextcrm.edge.paths import Path

FILE = "captured.json"


def load(state: Path) -> frozenset[str]:
    """The keys of what was decided; none where that is not known."""
    try:
        found = json.loads((state / FILE).read_text(encoding="utf-8"))
        return frozenset(key for key in found["decided"] if isinstance(key, str))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return frozenset()


def add(state: Path, keys: Iterable[str]) -> None:
    """Remember these too, whole or not at all. Raises OSError."""
    decided = load(state) | frozenset(keys)
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = state / f".{FILE}-{os.getpid()}"
    try:
        with open(beside, "w", encoding="utf-8") as file:
            json.dump({"decided": sorted(decided)}, file, indent=0)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, state / FILE)
    except OSError:
        with suppress(OSError):
            os.unlink(beside)
        raise
