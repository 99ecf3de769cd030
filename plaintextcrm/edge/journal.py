"""The undo journal: the bytes before (and after) every write, in the user's state folder, durable before the write begins.

One file a write: a line of JSON that lists the paths and lengths, then the bytes themselves. `.open` is a write that is not done yet,
`.undoing` one that is being taken back: where nobody holds the vault's lock, that was killed. `.undone` marks what was taken back,
`.damaged` what cannot be read any more. A mark that cannot be set is set by the next write, which looks at the files.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Sequence
from typing import Any
from zlib import crc32

from plaintextcrm.core.errors import Refused, why
from plaintextcrm.core.model import Edit
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.edge.paths import Path

KEPT = 1000  # writes
KEPT_BYTES = 200_000_000


class Record(NamedTuple):
    """One write: what it was, and each file's bytes before and after (None: the file was not there)."""

    path: Path
    what: str
    at: str
    edits: tuple[Edit, ...]


class Line(NamedTuple):
    """One write as a list shows it; `state` is "" where it stands."""

    at: str
    what: str
    files: tuple[str, ...]
    state: str  # taken back, not done, damaged


_STATES = {"": "", ".undone": "taken back", ".open": "not done", ".undoing": "not done", ".damaged": "damaged"}


def listing(folder: Path) -> list[Line]:
    """All writes that are kept, newest first. Raises Refused where the journal cannot be read."""
    journal = folder / "journal"
    try:
        names = [name for name in os.listdir(journal) if _number(name) and name[8:] in _STATES]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise Refused(f"{journal}: cannot be read: {why(error)}") from None
    return [_line(journal / name) for name in sorted(names, key=_number, reverse=True)]


def _line(path: Path) -> Line:
    try:
        with open(path, "rb") as file:
            head = json.loads(file.readline())
        return Line(head["at"], head["what"], tuple(name for name, _, _ in head["files"]), _STATES[path.name[8:]])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return Line("", path.name, (), "damaged")


def append(folder: Path, what: str, at: str, edits: Sequence[Edit]) -> Path:
    """Keep the bytes of a write about to happen; returns the record's file, for `done` or, should the write not happen, `drop`.

    Raises Refused where they cannot be kept.
    """
    head: dict[str, Any] = {"what": what, "at": at, "files": [[edit.path, _length(edit.expects), _length(edit.replaces)] for edit in edits]}
    parts = [part for edit in edits for part in (edit.expects, edit.replaces) if part]
    journal = folder / "journal"
    try:
        journal.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = journal / f"{max(map(_number, os.listdir(journal)), default=0) + 1:08d}{_OPEN}"
        _write(path, [json.dumps(head | {"sum": _sum(head, parts)}).encode(), b"\n", *parts])
        _prune(journal)
    except OSError as error:
        reason = why(error)
        raise Refused(f"{journal}: cannot be written: {reason}; ptcrm writes nothing that it could not undo (XDG_STATE_HOME)") from None
    return path


def _write(path: Path, parts: Sequence[bytes]) -> None:
    """A record, whole and durable, or none."""
    beside = path.parent / f".{path.name}.new"
    try:
        with open(beside, "wb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    _sync(path.parent)


def _sum(head: dict[str, Any], parts: Sequence[bytes]) -> int:
    found = crc32(json.dumps(head).encode())
    for part in parts:
        found = crc32(part, found)
    return found


def _length(data: bytes | None) -> int | None:
    return None if data is None else len(data)


def _number(name: str) -> int:
    """The number of a record, whatever became of it; 0 for any other file."""
    stem = name.split(".")[0]
    return int(stem) if stem.isascii() and stem.isdigit() else 0


def done(path: Path) -> None:
    """The write stands, whole."""
    with contextlib.suppress(OSError):
        os.replace(path, path.parent / _stem(path))


def begin_undo(path: Path) -> Path:
    """The write is about to be taken back: its record's file from now on. Raises Refused where that cannot be marked."""
    begun = path.parent / f"{_stem(path)}{_UNDOING}"
    try:
        os.replace(path, begun)
    except OSError as error:
        raise Refused(f"{path.parent}: cannot be written: {why(error)}; nothing is taken back") from None
    return begun


def is_undo(path: Path) -> bool:
    """Whether the write was being taken back."""
    return path.name.endswith(_UNDOING)


_OPEN, _UNDOING = ".open", ".undoing"


def _stem(path: Path) -> str:
    return path.name.removesuffix(_OPEN).removesuffix(_UNDOING)


def killed(folder: Path) -> list[Path]:
    """The files of the writes and undos that were killed before they were done, newest first; for whoever holds the vault's lock."""
    journal = folder / "journal"
    try:
        names = [name for name in os.listdir(journal) if _number(name) and name.endswith((_OPEN, _UNDOING))]
    except OSError:
        return []
    return [journal / name for name in sorted(names, key=_number, reverse=True)]


def drop(path: Path) -> None:
    """Forget a write that did not happen."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def records(folder: Path) -> list[Path]:
    """The files of the writes not yet taken back, newest first. Raises Refused where the journal cannot be read."""
    journal = folder / "journal"
    try:
        names = [name for name in os.listdir(journal) if _number(name) and "." not in name]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise Refused(f"{journal}: cannot be read: {why(error)}") from None
    return [journal / name for name in sorted(names, key=_number, reverse=True)]


def read(path: Path) -> Record | None:
    """One record; None where it is damaged: cut short, or not what was written."""
    try:
        line, _, rest = path.read_bytes().partition(b"\n")
        head = json.loads(line)
        expected = head.pop("sum")
        if expected != _sum(head, [rest]):
            return None
        return Record(path, head["what"], head["at"], tuple(_edits(head["files"], rest)))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _edits(listed: Sequence[tuple[str, int | None, int | None]], data: bytes) -> list[Edit]:
    edits, place = [], 0
    for name, before, after in listed:
        parts: list[bytes | None] = []
        for length in (before, after):
            parts.append(None if length is None else data[place : place + length])
            place += length or 0
        edits.append(Edit(name, parts[0], parts[1]))
    return edits


def mark_undone(path: Path) -> None:
    """It was taken back."""
    _rename(path, ".undone")


def set_aside(path: Path) -> None:
    """It is damaged, and is not looked at again."""
    _rename(path, ".damaged")


def _rename(path: Path, ending: str) -> None:
    with contextlib.suppress(OSError):
        os.replace(path, path.parent / f"{_stem(path)}{ending}")
        _sync(path.parent)


def _sync(folder: Path) -> None:
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _prune(journal: Path) -> None:
    """Keep the newest thousand writes, and not more than 200 MB of them; the newest always (1 ms for a thousand)."""
    with os.scandir(journal) as entries:
        found = sorted(((_number(entry.name), entry) for entry in entries if _number(entry.name)), key=lambda pair: pair[0], reverse=True)
        total = 0
        for place, (_, entry) in enumerate(found):
            total += entry.stat(follow_symlinks=False).st_size
            if place and (place >= KEPT or total > KEPT_BYTES):
                with contextlib.suppress(OSError):  # a folder with a number for a name is not ours
                    os.unlink(entry.path)
