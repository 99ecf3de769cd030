"""The tables of the index, and rows put into them: imported only where something changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from itertools import chain, islice

from plaintextcrm.edge import marks
from plaintextcrm.edge.marks import MarkRow

Row = tuple[str, str, str, int, str, str, str, str, int, str, str, str]
"""A file as it is kept, in the order of the columns."""

FILLED = 500  # rows that are put in together
TABLES = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE contact(
    rowid INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT UNIQUE, id TEXT, name TEXT, is_person INTEGER,
    head TEXT, facts TEXT, log TEXT, tasks TEXT, line INTEGER, problems TEXT, fields TEXT, body TEXT);
CREATE VIRTUAL TABLE words USING fts5(
    name, fields, body, content='contact', content_rowid='rowid', tokenize='unicode61 remove_diacritics 2');
CREATE TABLE mark(
    rowid INTEGER PRIMARY KEY, listed INTEGER, owed INTEGER, dated INTEGER, lapsed INTEGER, score REAL, next INTEGER, id TEXT,
    touched INTEGER, unsorted INTEGER, dates TEXT, row TEXT);
CREATE INDEX person ON contact(id) WHERE is_person;
CREATE INDEX mistaken ON contact(path) WHERE problems != '[]';
"""
LATE = """
CREATE INDEX listed ON mark(owed DESC, lapsed, score DESC, next, id) WHERE listed;
CREATE INDEX touched ON mark(rowid) WHERE touched;
CREATE INDEX dated ON mark(rowid) WHERE dates IS NOT NULL;
CREATE INDEX marked ON mark(id);
CREATE INDEX unsorted ON mark(rowid) WHERE unsorted;
"""
"""Made after the first fill: that takes half the time of keeping them in order row by row."""

COLUMNS = "path, id, name, is_person, head, facts, log, tasks, line, problems, fields, body"
_NUMBERED = f"INSERT INTO contact(rowid, {COLUMNS}) VALUES({', '.join('?' * 13)})"
_CONTACT = f"INSERT INTO contact({COLUMNS}) VALUES({', '.join('?' * 12)})"


def fill(db: sqlite3.Connection, read: Iterable[tuple[Row, MarkRow | None]], first: int) -> None:
    """Rows and marks into empty tables, numbered from `first`: no number serves twice."""
    numbered = enumerate(read, first)
    while some := list(islice(numbered, FILLED)):
        db.executemany(_NUMBERED, [(rowid, *row) for rowid, (row, _) in some])
        db.executemany(marks.PUT, [(rowid, *mark) for rowid, (_, mark) in some if mark])


def replace(db: sqlite3.Connection, read: Iterable[Row], gone: Iterable[str], worded: bool) -> int:
    """The rows of files that were read anew, and none of those that are gone: how many say something else than before.

    `worded`: the full-text index is there, and is kept up.
    """
    touched = 0
    for path, row in chain(((row[0], row) for row in read), ((path, None) for path in gone)):
        old = db.execute(f"SELECT rowid, {COLUMNS} FROM contact WHERE path = ?", (path,)).fetchone()
        if (old[1:] if old else None) == row:
            continue
        touched += 1
        if old and worded:
            db.execute(
                "INSERT INTO words(words, rowid, name, fields, body) VALUES('delete', ?, ?, ?, ?)", (old[0], old[3], old[11], old[12])
            )
        if old:
            db.execute("DELETE FROM contact WHERE rowid = ?", (old[0],))
            db.execute("DELETE FROM mark WHERE rowid = ?", (old[0],))
        if row:
            rowid = db.execute(_CONTACT, row).lastrowid
            if worded:
                db.execute("INSERT INTO words(rowid, name, fields, body) VALUES(?, ?, ?, ?)", (rowid, row[2], row[10], row[11]))
    return touched


def word_all(db: sqlite3.Connection) -> None:
    """The full-text index of all rows."""
    db.execute("INSERT INTO words(words, rank) VALUES('hashsize', 16777216)")
    db.execute("INSERT INTO words(words) VALUES('rebuild')")
