"""The index: everything `due`, `list` and `search` need, in SQLite in the user's cache folder; disposable, never wrong.

One build serves all: `--no-cache`, and a cache folder that cannot be written, use the same tables in memory. What does not depend
on the day is kept a row a file; what does (`mark`) is kept for one day and worked out again for another.

A database has a name of its own and is never replaced; `current` names the one in use. So a process that still reads an old one is
not disturbed, and a log left behind by it is never played into a new one.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from json import dumps, loads
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from plaintextcrm import __version__
from plaintextcrm.core import stored
from plaintextcrm.core.due import DatedRow, DueRow, dated_rows, mark
from plaintextcrm.core.model import Contact, Problem
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import Facts, Rules, Standing
from plaintextcrm.edge import places, vault
from plaintextcrm.edge.vault import Stamp

if TYPE_CHECKING:
    from plaintextcrm.core.check import Checked

LAYOUT = 1
RACY_NS = 50_000_000  # a file changed this shortly before it was read may change again without a new stamp
COARSE_NS = 2_000_000_000  # the same where the file system keeps whole seconds

Progress = Callable[[int, int], None]

_TABLES = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE contact(
    rowid INTEGER PRIMARY KEY, path TEXT UNIQUE, id TEXT, name TEXT, is_person INTEGER,
    head TEXT, facts TEXT, log TEXT, tasks TEXT, line INTEGER, problems TEXT, fields TEXT, body TEXT);
CREATE VIRTUAL TABLE words USING fts5(
    name, fields, body, content='contact', content_rowid='rowid', tokenize='unicode61 remove_diacritics 2');
CREATE TABLE mark(
    rowid INTEGER PRIMARY KEY, listed INTEGER, owed INTEGER, dated INTEGER, lapsed INTEGER, score REAL, next INTEGER, id TEXT,
    touched INTEGER, unsorted INTEGER, dates TEXT, row TEXT);
CREATE INDEX person ON contact(id) WHERE is_person;
CREATE INDEX listed ON mark(owed DESC, lapsed, score DESC, next, id) WHERE listed;
CREATE INDEX touched ON mark(rowid) WHERE touched;
CREATE INDEX dated ON mark(rowid) WHERE dates IS NOT NULL;
CREATE INDEX marked ON mark(id);
CREATE INDEX unsorted ON mark(rowid) WHERE unsorted;
"""
_COLUMNS = "path, id, name, is_person, head, facts, log, tasks, line, problems, fields, body"
_PLACES = ", ".join("?" * 12)

Row = tuple[str, str, str, int, str, str, str, str, int, str, str, str]


class Cut(NamedTuple):
    """The day's list as the index has it: contacts to show (in order), the size of it all, and what else the day counts."""

    shown: tuple[str, ...]  # ids
    listed: int
    touched: int
    unsorted: int


class Hit(NamedTuple):
    """One contact that a search found, with the text to find the line in."""

    id: str
    name: str
    fields: str
    body: str


class Index:
    """A vault, read. Raises sqlite3.Error or ValueError from any method when the cache turns out to be damaged."""

    def __init__(self, db: sqlite3.Connection, root: Path, settings: Settings, path: Path | None) -> None:
        self.db, self.root, self.settings, self.path = db, root, settings, path
        self.odd: tuple[Problem, ...] = ()  # what is odd about files that are not read

    # -- reading --

    def contacts(self, with_log: bool = True) -> Iterator[tuple[Contact, Facts]]:
        """Everybody, by id; without their logs where these are not needed (follow-ups are always there)."""
        body = "body" if with_log else "NULL"
        sql = f"SELECT head, tasks, facts, log, line, {body} FROM contact WHERE is_person ORDER BY id"
        for head, tasks, facts, log, line, text in self.db.execute(sql):
            yield self._whole(head, tasks, log, line, text), stored.to_facts(facts)

    def facts(self, ids: Iterable[str]) -> Iterator[tuple[Contact, Facts]]:
        """Those people, whole, in that order."""
        sql = "SELECT head, tasks, facts, log, line, body FROM contact WHERE id = ? AND is_person"
        for id in ids:
            row = self.db.execute(sql, (id,)).fetchone()
            if row:
                head, tasks, facts, log, line, text = row
                yield self._whole(head, tasks, log, line, text), stored.to_facts(facts)

    def _whole(self, head: str, tasks: str, log: str, line: int, body: str | None) -> Contact:
        """A contact with its log, which is read from the body again where it is plain; without it where there is no body."""
        if body is None or (not log and "- " not in body and "* " not in body and "+ " not in body):
            return stored.contact(head, tasks)
        if log:
            return stored.contact(head, tasks, stored.to_log(log))
        from plaintextcrm.core import body as bodies

        return stored.contact(head, tasks, bodies.scan(body, line, "", self.settings.kind_table).interactions)

    def known(self) -> Iterator[tuple[str, str, list[str], list[str]]]:
        """(id, name, aliases, e-mail addresses) of everybody."""
        sql = (
            "SELECT id, name, json_extract(head, '$[3].aliases'), json_extract(head, '$[3].email') FROM contact WHERE is_person ORDER BY id"
        )
        for id, name, aliases, emails in self.db.execute(sql):
            yield id, name, loads(aliases) if aliases else [], loads(emails) if emails else []

    def problems(self) -> Iterator[Problem]:
        """What is wrong in the files, by path and line, and what is odd about others."""
        rows = self.db.execute("SELECT problems FROM contact WHERE problems != '[]'")
        found = [problem for (text,) in rows for problem in stored.to_problems(text)]
        yield from sorted([*found, *self.odd], key=lambda problem: problem.where)

    def checked(self) -> Iterator[Checked]:
        """What the checks of a whole vault look at, by path."""
        for (head,) in self.db.execute("SELECT head FROM contact WHERE is_person ORDER BY path"):
            yield stored.checked(head)

    def search(self, query: str) -> Iterator[Hit]:
        """Contacts whose fields or body match an FTS5 query, best first; name counts more than fields, fields more than text."""
        self._word_all()
        sql = (
            "SELECT contact.id, contact.name, contact.fields, contact.body FROM words JOIN contact ON contact.rowid = words.rowid "
            "WHERE words MATCH ? AND is_person ORDER BY bm25(words, 10.0, 4.0, 1.0), contact.id"
        )
        for row in self.db.execute(sql, (query,)):
            yield Hit(*row)

    def count(self) -> int:
        """How many people there are."""
        return int(self.db.execute("SELECT count(*) FROM contact WHERE is_person").fetchone()[0])

    # -- the day --

    def cut(self, today: date, room: int | None) -> Cut:
        """The day's list: the first `room` (None: all) less those in touch since Monday, and always what is owed or dated."""
        self._mark_all(today)
        one = self.db.execute
        touched = one("SELECT count(*) FROM mark WHERE touched").fetchone()[0]
        listed = one("SELECT count(*) FROM mark WHERE listed").fetchone()[0]
        unsorted = one("SELECT count(*) FROM mark WHERE unsorted").fetchone()[0]
        order = "ORDER BY owed DESC, lapsed, score DESC, next, id"
        if room is None:
            rows = one(f"SELECT id FROM mark WHERE listed {order}").fetchall()
        else:
            left = max(0, room - touched)
            rows = one(f"SELECT id FROM mark WHERE listed {order} LIMIT ?", (left,)).fetchall()
            first = {id for (id,) in rows}
            always = one(f"SELECT id FROM mark WHERE listed AND (owed OR dated) {order}").fetchall()
            if any(id not in first for (id,) in always):
                wanted = first | {id for (id,) in always}
                rows = [row for row in one(f"SELECT id FROM mark WHERE listed {order}") if row[0] in wanted]
        return Cut(tuple(id for (id,) in rows), listed, touched, unsorted)

    def dated(self, today: date) -> Iterator[DatedRow]:
        """The occasions, plans and promises that are near, in no order."""
        self._mark_all(today)
        for (text,) in self.db.execute("SELECT dates FROM mark WHERE dates IS NOT NULL"):
            yield from stored.to_dated_rows(text)

    def rows(self, ids: Sequence[str], make: Callable[[Contact, Facts], DueRow]) -> Iterator[DueRow]:
        """The rows of the day's list (that `cut` gave), kept for the day once they are made.

        A row of somebody with needs is made each time: it may speak of what others offer.
        """
        made: list[tuple[str, str]] = []
        for id in ids:
            kept = self.db.execute("SELECT row FROM mark WHERE id = ?", (id,)).fetchone()
            if kept and kept[0]:
                yield stored.to_due_row(kept[0])
                continue
            for contact, facts in self.facts([id]):
                row = make(contact, facts)
                if "needs" not in contact.keys:
                    made.append((stored.due_row(row), id))
                yield row
        if made:
            with contextlib.suppress(sqlite3.OperationalError):  # locked or read-only: they are made again next time
                self.db.execute("BEGIN IMMEDIATE")
                self.db.executemany("UPDATE mark SET row = ? WHERE id = ?", made)
                self.db.execute("COMMIT")

    def _mark_all(self, today: date) -> None:
        key = f"{today.isoformat()} {self.settings!r}"
        marked = self._meta("marked")
        if marked == key and self._meta("unmarked") == 0:
            return
        rules = Rules(self.settings)
        db = self.db
        db.execute("BEGIN IMMEDIATE")
        try:
            if marked != key:
                db.execute("DELETE FROM mark")
            missing = "SELECT rowid, facts FROM contact WHERE is_person AND rowid NOT IN (SELECT rowid FROM mark)"
            rows = (self._mark_row(rowid, stored.to_facts(text), rules, today) for rowid, text in db.execute(missing).fetchall())
            db.executemany("INSERT INTO mark VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)", rows)
            db.executemany("INSERT OR REPLACE INTO meta VALUES(?, ?)", (("marked", key), ("unmarked", 0)))
        except BaseException:
            db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")

    def _mark_row(self, rowid: int, facts: Facts, rules: Rules, today: date) -> tuple[object, ...]:
        found = mark(facts, rules, today)
        standing = found.standing
        dates = self._dates(rowid, facts, standing, today) if found.dated else None
        unsorted = standing.state == "on-file" and not facts.tier and not standing.hidden
        return (
            rowid, standing.listed, bool(standing.owed), dates is not None, standing.lapsed, standing.score or 0.0,
            standing.next or 10**7, standing.id, found.touched, unsorted, dates,
        )  # fmt: skip

    def _dates(self, rowid: int, facts: Facts, standing: Standing, today: date) -> str | None:
        planned = facts.plans or (facts.touches and facts.touches[-1] > today.toordinal())
        body = "body" if planned else "NULL"
        row = self.db.execute(f"SELECT head, tasks, log, line, {body} FROM contact WHERE rowid = ?", (rowid,)).fetchone()
        rows = dated_rows(self._whole(*row), standing, self.settings, today)
        return stored.compact([(row.on.toordinal(), *row[1:]) for row in rows]) if rows else None

    def _meta(self, key: str) -> object:
        row = self.db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    # -- keeping up --

    def refresh(self, progress: Progress | None = None) -> None:
        """Bring the tables up to what is on disk; only files whose stamp changed are read."""
        started = time.time_ns()
        seen = vault.scan(self.root, self.settings)
        self.odd = seen.problems
        names, stamps = _packed(seen.stamps)
        known = (self._meta("names"), self._meta("stamps"))
        racy = loads(str(self._meta("racy") or "[]"))
        if known == (names, stamps) and not racy:
            return
        old = _unpacked(known[0], known[1])
        again = set(racy)
        changed = [path for path, stamp in seen.stamps.items() if old.get(path) != stamp or path in again]
        gone = [path for path in old if path not in seen.stamps]
        now_racy = [path for path in changed if _is_racy(seen.stamps[path], started)]
        db = self.db
        db.execute("BEGIN IMMEDIATE")
        try:
            if self._meta("names") != known[0] or self._meta("stamps") != known[1]:
                db.execute("ROLLBACK")  # another process was quicker: begin again from what it wrote
                self.refresh(progress)
                return
            if changed and not old:
                self._fill(changed, progress)
            else:
                self._replace(changed, gone)
            meta = (("names", names), ("stamps", stamps), ("racy", dumps(now_racy)))
            db.executemany("INSERT OR REPLACE INTO meta VALUES(?, ?)", meta)
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")

    def _fill(self, paths: list[str], progress: Progress | None) -> None:
        from plaintextcrm.edge.parsing import rows

        self.db.executemany(f"INSERT INTO contact({_COLUMNS}) VALUES({_PLACES})", rows(self.root, paths, self.settings, progress))
        self.db.execute("INSERT OR REPLACE INTO meta VALUES('unmarked', 1)")

    def _word_all(self) -> None:
        """The full-text index, built when somebody first searches, and kept up from then on."""
        if self._meta("worded"):
            return
        self.db.execute("BEGIN IMMEDIATE")
        try:
            self.db.execute("INSERT INTO words(words, rank) VALUES('hashsize', 16777216)")
            self.db.execute("INSERT INTO words(words) VALUES('rebuild')")
            self.db.execute("INSERT OR REPLACE INTO meta VALUES('worded', 1)")
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def _replace(self, changed: list[str], gone: list[str]) -> None:
        from plaintextcrm.edge.parsing import rows

        db, worded = self.db, self._meta("worded")
        touched = 0
        for row in [*rows(self.root, changed, self.settings, None), *((path,) for path in gone)]:
            old = db.execute(f"SELECT rowid, {_COLUMNS} FROM contact WHERE path = ?", (row[0],)).fetchone()
            if old and old[1:] == row:
                continue
            touched += 1
            if old and worded:
                db.execute(
                    "INSERT INTO words(words, rowid, name, fields, body) VALUES('delete', ?, ?, ?, ?)", (old[0], old[3], old[11], old[12])
                )
            if old:
                db.execute("DELETE FROM contact WHERE rowid = ?", (old[0],))
                db.execute("DELETE FROM mark WHERE rowid = ?", (old[0],))
            if len(row) > 1:
                rowid = db.execute(f"INSERT INTO contact({_COLUMNS}) VALUES({_PLACES})", row).lastrowid
                if worded:
                    db.execute("INSERT INTO words(rowid, name, fields, body) VALUES(?, ?, ?, ?)", (rowid, row[2], row[10], row[11]))
        if touched:
            db.execute("INSERT OR REPLACE INTO meta VALUES('unmarked', 1)")


def _packed(stamps: Mapping[str, Stamp]) -> tuple[str, bytes]:
    numbers = array("q")
    for stamp in stamps.values():
        numbers.extend(stamp)
    return "\0".join(stamps), numbers.tobytes()


def _unpacked(names: object, stamps: object) -> dict[str, Stamp]:
    if names is None and stamps is None:
        return {}
    if not isinstance(names, str) or not isinstance(stamps, bytes):
        raise ValueError("the index is damaged")
    numbers = array("q")
    numbers.frombytes(stamps)
    paths = names.split("\0") if names else []
    if len(numbers) != 4 * len(paths):
        raise ValueError("the index is damaged")
    fields = iter(numbers)
    return dict(zip(paths, zip(fields, fields, fields, fields, strict=True), strict=True))


def _is_racy(stamp: Stamp, started: int) -> bool:
    """Whether the file changed so shortly before the scan that a later change may leave the same stamp (git's rule)."""
    newest = max(stamp[0], stamp[1])
    return newest > started - (COARSE_NS if stamp[0] % 1_000_000_000 == 0 else RACY_NS)


# --- where it is kept ----------------------------------------------------------------------------------------------


def open_index(root: Path, settings: Settings, cache: bool = True, progress: Progress | None = None) -> Index:
    """The index of a vault, up to date: from the cache where there is a sound one, else built anew, else in memory."""
    if not cache:
        return _in_memory(root, settings, progress)
    folder = places.vault_folder(places.cache_folder(), root)
    key = _key(root, settings)
    for attempt in (_opened, _built):
        try:
            index = attempt(folder, key, root, settings, progress)
            if index is not None:
                return index
        except (sqlite3.Error, OSError, ValueError):
            continue
    return _in_memory(root, settings, progress)


def discard(index: Index) -> None:
    """Throw a damaged cache away."""
    index.db.close()
    if index.path is not None:
        _remove(index.path)


def _connect(path: str | Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=5.0, isolation_level=None)
    db.text_factory = _text
    return db


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")


def _opened(folder: Path, key: str, root: Path, settings: Settings, progress: Progress | None) -> Index | None:
    try:
        name = (folder / "current").read_text()
    except OSError:
        return None
    path = folder / name
    if os.sep in name or not path.is_file():
        return None
    db = _connect(path)
    try:
        index = Index(db, root, settings, path)
        if index._meta("key") != key:
            db.close()
            return None
        index.refresh(progress)
    except (sqlite3.Error, ValueError):
        db.close()
        raise
    return index


def _built(folder: Path, key: str, root: Path, settings: Settings, progress: Progress | None) -> Index:
    """A database built cold into a new file, without a journal, then named as the current one."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"index-{os.urandom(6).hex()}.sqlite"
    path = folder / name
    db = _connect(path)
    try:
        db.execute("PRAGMA journal_mode=OFF")
        db.execute("PRAGMA synchronous=OFF")
        index = _fresh(db, key, root, settings, path, progress)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=NORMAL")
        _sync(path)
        beside = folder / f".current-{os.urandom(6).hex()}"
        beside.write_text(name)
        os.replace(beside, folder / "current")
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
    for ending in ("", "-wal", "-shm", "-journal"):
        try:
            os.unlink(f"{path}{ending}")
        except OSError:
            pass  # gone, or in use on Windows: nobody will open it again


def _in_memory(root: Path, settings: Settings, progress: Progress | None) -> Index:
    return _fresh(_connect(":memory:"), "", root, settings, None, progress)


def _fresh(db: sqlite3.Connection, key: str, root: Path, settings: Settings, path: Path | None, progress: Progress | None) -> Index:
    db.executescript(_TABLES)
    db.execute("INSERT INTO meta VALUES('key', ?)", (key,))
    index = Index(db, root, settings, path)
    index.refresh(progress)
    return index


def _key(root: Path, settings: Settings) -> str:
    """What the rows depend on beside the files: this program's code, and the settings that reading uses."""
    code = [__version__, str(LAYOUT), sqlite3.sqlite_version]
    here = Path(__file__).parent
    for folder in (here, here.parent / "core"):
        try:
            facts = [(entry.name, entry.stat()) for entry in os.scandir(folder) if entry.name.endswith(".py")]
        except OSError:
            continue  # the program runs from an archive: its version has to do
        code += [f"{name}:{stat.st_mtime_ns}:{stat.st_size}" for name, stat in sorted(facts, key=lambda fact: fact[0])]
    reading = (settings.contacts, settings.only, settings.kinds, settings.site.out)
    return f"{root} {reading!r} {' '.join(code)}"
