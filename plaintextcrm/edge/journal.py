"""The undo journal: the bytes before (and after) every write, in the user's state folder, durable before the write begins.

One file a write: a line of JSON that lists the paths and lengths, then the bytes themselves. `.undone` marks what was taken back.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from plaintextcrm.core.model import Edit

KEPT = 1000  # writes
KEPT_BYTES = 200_000_000


class Record(NamedTuple):
    """One write: what it was, and each file's bytes before and after (None: the file was not there)."""

    path: Path
    what: str
    at: str
    edits: tuple[Edit, ...]


def append(folder: Path, what: str, at: str, edits: Sequence[Edit]) -> Path:
    """Keep the bytes of a write about to happen; returns the record's file, for `drop` should the write not happen."""
    journal = folder / "journal"
    journal.mkdir(parents=True, exist_ok=True, mode=0o700)
    numbers = sorted(_number(name) for name in os.listdir(journal) if _number(name))
    head = {
        "what": what,
        "at": at,
        "files": [[edit.path, _length(edit.expects), _length(edit.replaces)] for edit in edits],
    }
    path = journal / f"{(numbers[-1] if numbers else 0) + 1:08d}"
    beside = journal / f".{path.name}.new"
    with open(beside, "wb") as file:
        file.write(json.dumps(head).encode() + b"\n")
        for edit in edits:
            file.write(edit.expects or b"")
            file.write(edit.replaces or b"")
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
    _sync(journal)
    if len(numbers) > KEPT:
        _prune(journal)
    return path


def _length(data: bytes | None) -> int | None:
    return None if data is None else len(data)


def _number(name: str) -> int:
    stem = name.split(".")[0]
    return int(stem) if stem.isdigit() else 0


def drop(path: Path) -> None:
    """Forget a write that did not happen."""
    path.unlink(missing_ok=True)


def newest(folder: Path) -> Record | None:
    """The newest write not yet taken back, or None."""
    journal = folder / "journal"
    try:
        names = sorted((name for name in os.listdir(journal) if name.isdigit()), reverse=True)
    except FileNotFoundError:
        return None
    return read(journal / names[0]) if names else None


def read(path: Path) -> Record:
    """One record."""
    data = path.read_bytes()
    line, _, rest = data.partition(b"\n")
    head = json.loads(line)
    edits, place = [], 0
    for name, before, after in head["files"]:
        parts: list[bytes | None] = []
        for length in (before, after):
            parts.append(None if length is None else rest[place : place + length])
            place += length or 0
        edits.append(Edit(name, parts[0], parts[1]))
    return Record(path, head["what"], head["at"], tuple(edits))


def mark_undone(record: Record) -> None:
    """It was taken back."""
    os.replace(record.path, record.path.with_suffix(".undone"))
    _sync(record.path.parent)


def _sync(folder: Path) -> None:
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _prune(journal: Path) -> None:
    """Keep the newest thousand writes, and not more than 200 MB of them."""
    names = sorted((name for name in os.listdir(journal) if _number(name)), key=_number, reverse=True)
    total = 0
    for place, name in enumerate(names):
        total += (journal / name).stat().st_size
        if place >= KEPT or total > KEPT_BYTES:
            (journal / name).unlink(missing_ok=True)
