"""The numbers of the last list shown on a terminal: WHO may be one of them for a day."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence

from plaintextcrm.edge.paths import Path

VALID_SECONDS = 86_400


def remember(folder: Path, ids: Sequence[str], now: float) -> None:
    """Number 1 is the first id, and so on; where the state folder cannot be written there are no numbers."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = folder / f".last-list-{os.getpid()}"
        beside.write_text(json.dumps({"at": now, "ids": list(ids)}), encoding="utf-8")
        os.replace(beside, folder / "last-list.json")
    except OSError:
        pass  # a convenience: the list itself is shown


def recall(folder: Path, number: int, now: float) -> str | None:
    """The id of that number, while it is valid."""
    try:
        stored = json.loads((folder / "last-list.json").read_text(encoding="utf-8"))
        if not 0 <= now - stored["at"] <= VALID_SECONDS:
            return None
        ids = stored["ids"]
        return str(ids[number - 1]) if 1 <= number <= len(ids) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
