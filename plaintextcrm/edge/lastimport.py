"""What was imported last, by kind and person: what a newer export is compared with. In the state folder, and nobody's only copy."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Collection, Iterable
from contextlib import closing, suppress

from plaintextcrm.core.exchange.incoming import Person
from plaintextcrm.edge.paths import Path

FILE = "imported.db"
_TABLE = (
    "CREATE TABLE IF NOT EXISTS said (kind TEXT, key TEXT, id TEXT, said TEXT, at TEXT, id_before TEXT, said_before TEXT,"
    " PRIMARY KEY (kind, key)) WITHOUT ROWID"
)
_ASKED = "SELECT id, said, at, id_before, said_before FROM said WHERE kind = ? AND key = ?"


class LastImport:
    """The imports of one kind into one vault; `undone` are the times of writes that were taken back: what was before them holds."""

    def __init__(self, state: Path, kind: str, undone: Collection[str] = ()) -> None:
        self.path, self.kind, self.undone = state / FILE, kind, undone
        self.connection: sqlite3.Connection | None = None
        if os.path.exists(self.path):
            with suppress(sqlite3.Error):
                self.connection = sqlite3.connect(self.path)

    def get(self, key: str) -> tuple[str, Person] | None:
        """(the contact's id, what was said), or None where nothing is known or the file cannot be read."""
        if not key or self.connection is None:
            return None
        try:
            row = self.connection.execute(_ASKED, (self.kind, key)).fetchone()
            if row is None:
                return None
            id, said, at, id_before, said_before = row
            if at in self.undone:
                id, said = id_before, said_before
            return (id, _person(said)) if said else None
        except (sqlite3.Error, ValueError, TypeError, KeyError):
            return None

    def put(self, said: Iterable[tuple[str, str, Person]], at: str) -> None:
        """Keep (key, id, what was said); where that cannot be written, the next import only fills and asks."""
        with suppress(OSError, sqlite3.Error):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path)) as connection, connection:
                connection.execute(_TABLE)
                for key, id, person in said:
                    self._put_one(connection, key, id, _text(person), at)

    def _put_one(self, connection: sqlite3.Connection, key: str, id: str, text: str, at: str) -> None:
        row = connection.execute(_ASKED, (self.kind, key)).fetchone()
        before = (row[3], row[4]) if row and row[2] in self.undone else (row[0], row[1]) if row else ("", "")
        if row and (row[0], row[1]) == (id, text) and row[2] not in self.undone:
            return
        connection.execute("INSERT OR REPLACE INTO said VALUES (?, ?, ?, ?, ?, ?, ?)", (self.kind, key, id, text, at, *before))


def _text(person: Person) -> str:
    log = [[entry.on.isoformat(), entry.kind, entry.text, entry.field("dir"), list(entry.details)] for entry in person.log]
    facts = {
        "name": person.name, "uid": person.uid, "keys": dict(person.keys), "rest": person.rest, "note": person.note,
        "other": dict(person.other), "log": log,
    }  # fmt: skip
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def _person(text: str) -> Person:
    from datetime import date

    from plaintextcrm.core.model import Interaction

    said = json.loads(text)
    keys = {key: tuple(value) if isinstance(value, list) else value for key, value in said["keys"].items()}
    log = (
        Interaction(date.fromisoformat(on), words, kind, fields=(("dir", way),) if way else (), details=tuple(details))
        for on, kind, words, way, details in said["log"]
    )
    rest = tuple((column, tuple(lines)) for column, lines in said["rest"])
    return Person(said["name"], said["uid"], keys, rest, None, "", said["note"], log=tuple(log), other=said["other"])
