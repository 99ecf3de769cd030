"""What a folder of cards and the vault both said last: the third side when one of them has changed."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256

from plaintextcrm.edge.paths import Path

FOLDER = "vdir"


def load(state: Path, directory: Path | str) -> dict[str, str]:
    """uid -> the card as it was last seen on both sides; nothing where that is not known."""
    try:
        with open(_file(state, directory), encoding="utf-8") as file:
            found = json.load(file)
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {uid: text for uid, text in found.items() if isinstance(text, str)}


def store(state: Path, directory: Path | str, mapping: Mapping[str, str]) -> None:
    """Keep it, whole or not at all. Raises OSError."""
    path = _file(state, directory)
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    beside = f"{path}.{os.urandom(4).hex()}"
    try:
        with open(beside, "w", encoding="utf-8") as file:
            json.dump(dict(mapping), file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError:
        with suppress(OSError):
            os.unlink(beside)
        raise


def _file(state: Path, directory: Path | str) -> str:
    """One file a folder, whatever way leads there."""
    digest = sha256(os.path.realpath(str(directory)).encode("utf-8", "surrogateescape")).hexdigest()
    return os.path.join(str(state), FOLDER, f"{digest}.json")
