"""Where an index is kept: opened as it is, built anew, or in memory; thrown away where it is damaged."""

from __future__ import annotations

import os
import sqlite3

from plaintextcrm.core.settings import Settings
from plaintextcrm.edge import places
from plaintextcrm.edge.index import PATIENCE, Index, Whose, key_of
from plaintextcrm.edge.paths import Path

PAGE = 16384  # bytes: a contact takes some 5,000, and to fill and to read it takes two thirds of what pages of 4,096 do


def open_index(whose: Whose, cache: bool = True) -> Index:
    """The index of a vault, up to date: from the cache where there is a sound one, else built anew, else in memory."""
    if not cache:
        return _in_memory(whose)
    folder = places.vault_folder(places.cache_folder(), whose.root)
    key = key_of(whose.root, whose.settings)
    for attempt in (_opened, _built):
        try:
            index = attempt(folder, key, whose)
            if index is not None:
                return index
        except Exception as error:  # a bug of our own raises again in memory
            if not is_damage(error):
                break
    return _in_memory(whose)


def is_damage(error: Exception) -> bool:
    """Whether an index that failed so is to be made anew; not where it is in use, may not be written, or there is no room for it."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF not in _SOUND


_SOUND = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL)


def reader(path: str, root: Path, settings: Settings) -> Index:
    """The index in that file, to read in another process than the one that keeps it up to date."""
    db = _connect(path)
    db.execute("PRAGMA cache_size = -500")  # KiB: each row is read once
    return Index(db, Whose(root, settings), Path(path))


def discard(index: Index) -> None:
    """Throw a damaged cache away."""
    index.close()
    if index.path is not None:
        _remove(index.path)


def _connect(path: str | Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)


def _opened(folder: Path, key: str, whose: Whose) -> Index | None:
    """The database that `current` names, up to date; None where there is none, or it is of another program or other settings."""
    try:
        name = places.current(folder)
    except OSError:
        return None
    path = folder / name
    if os.sep in name or not path.is_file():
        return None
    db = _connect(path)
    try:
        index = Index(db, whose, path)
        if index.key == key:
            index.refresh()
            return index
    except BaseException:
        db.close()
        raise
    db.close()
    return None


def _built(folder: Path, key: str, whose: Whose) -> Index:
    """A database built cold into a new file, without a journal, then named as the current one."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"index-{os.urandom(6).hex()}.sqlite"
    path = folder / name
    db = _connect(path)
    try:
        db.execute(f"PRAGMA page_size={PAGE}")
        db.execute("PRAGMA journal_mode=OFF")
        db.execute("PRAGMA synchronous=OFF")
        index = _fresh(db, key, whose, path)
        db.execute("COMMIT")
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=NORMAL")
        _sync(path)
        beside = Path(f"{path}-current")
        beside.write_text(name)
        os.replace(beside, folder / "current")
        db.execute("BEGIN")
    except BaseException:
        db.close()
        _remove(path)
        raise
    for other in folder.glob("index-*.sqlite"):
        if other.name != name:
            _remove(other)
    return index


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal", "-current"):
        try:
            os.unlink(f"{path}{ending}")
        except OSError:
            pass  # gone, or in use on Windows: nobody will open it again


def _in_memory(whose: Whose) -> Index:
    return _fresh(_connect(":memory:"), "", whose, None)


def _fresh(db: sqlite3.Connection, key: str, whose: Whose, path: Path | None) -> Index:
    from plaintextcrm.edge.filling import LATE, TABLES

    db.executescript(TABLES)
    db.execute("INSERT INTO meta VALUES('key', ?)", (key,))
    index = Index(db, whose, path)
    index.refresh()
    for statement in LATE.split(";\n"):
        db.execute(statement)
    return index
