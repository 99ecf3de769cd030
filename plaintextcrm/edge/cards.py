"""What the site keeps of each contact between two builds: disposable, in the cache folder, never in the output.

A card holds what pages about everybody need of one person, so that one changed file costs one page and some joining. `face` says who
somebody is to others (names, links), so that a change of a name is seen on every page that speaks of it. All of it belongs to one key
(the day, the settings, the program, the index, the output folder): with another key it is begun anew.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from json import loads

from plaintextcrm.core.record import NamedTuple

LAYOUT = 7
PATIENCE = 60.0  # seconds that a build waits for another one

_TABLES = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE face(
    id TEXT PRIMARY KEY, seen INTEGER, name TEXT, private INTEGER, owner TEXT, passes INTEGER, modest INTEGER, told TEXT,
    checked TEXT) WITHOUT ROWID;
CREATE TABLE word(word TEXT, id TEXT, PRIMARY KEY(word, id)) WITHOUT ROWID;
CREATE TABLE link(target TEXT, id TEXT, PRIMARY KEY(target, id)) WITHOUT ROWID;
CREATE INDEX hidden ON face(id) WHERE private;
CREATE INDEX telling ON face(id) WHERE told != '';
CREATE INDEX passing ON face(id) WHERE passes;
CREATE INDEX modest ON face(id) WHERE modest;
CREATE INDEX word_of ON word(id);
CREATE INDEX link_of ON link(id);
CREATE TABLE card(
    id TEXT PRIMARY KEY, sort TEXT, name TEXT, href TEXT, state TEXT, row TEXT, facts TEXT, events TEXT, occasions TEXT, tally TEXT,
    dated INTEGER, falls INTEGER, asked TEXT, round TEXT);
CREATE TABLE worked(id TEXT, what TEXT, text TEXT, PRIMARY KEY(id, what)) WITHOUT ROWID;
CREATE TABLE asked(word TEXT, id TEXT, PRIMARY KEY(word, id)) WITHOUT ROWID;
CREATE INDEX asked_of ON asked(id);
CREATE INDEX sorted ON card(sort, id);
CREATE INDEX made ON card(id, round);
CREATE INDEX touched ON card(json_extract(facts, '$.last'), sort, id);
CREATE INDEX eventful ON card(sort, id, name, href, state, events) WHERE events != '[]';
CREATE INDEX dated ON card(dated, id) WHERE dated;
CREATE INDEX falling ON card(falls, id) WHERE falls;
"""
_ALL = ("face", "word", "link", "card", "asked", "worked", "meta")


class Face(NamedTuple):
    """Who somebody is to the pages of others: `words` are the folded names a link may use, `links` the folded targets of their own."""

    id: str
    seen: int  # the row of the index it was read from
    name: str
    private: bool
    owner: str
    passes: bool  # whether another of us is to look after them
    modest: bool  # whether their tier is not to be told
    told: str  # what they offer and need, as JSON: others' hooks speak of it
    checked: str  # what the checks of a whole vault look at beside names and links
    words: tuple[str, ...]
    links: tuple[str, ...]


class Card(NamedTuple):
    """What the pages about everybody take from one contact: rendered row, facts and events as JSON, the tally."""

    id: str
    sort: str
    name: str
    href: str
    state: str
    row: str
    facts: str
    events: str
    occasions: str
    tally: str
    dated: int  # the day of the first event ahead (of `events`), as far as a page works days out by itself, 0 for none
    falls: int  # the same, the day on which they fall due
    asked: str  # the folded names that the page asked for, a line each: who they mean is what it depends on


class Cards:
    """All faces and cards of one site; one build at a time has them."""

    def __init__(self, db: sqlite3.Connection, path: str | None) -> None:
        self.db, self.path = db, path

    # -- faces --

    def seen(self) -> dict[str, int]:
        """Of each id the row of the index that was read last."""
        return dict(self.db.execute("SELECT id, seen FROM face"))

    def face(self, id: str) -> Face | None:
        """One face, or None."""
        row = self.db.execute("SELECT * FROM face WHERE id = ?", (id,)).fetchone()
        if row is None:
            return None
        links = tuple(link for (link,) in self.db.execute("SELECT target FROM link WHERE id = ? ORDER BY target", (id,)))
        id, seen, name, private, owner, passes, modest, told, checked = row
        return Face(id, seen, name, bool(private), owner, bool(passes), bool(modest), told, checked, self.words_of(id), links)

    def put_faces(self, faces: Sequence[Face]) -> None:
        """Keep these, instead of what was kept of the same ids."""
        run = self.db.executemany
        if self.db.execute("SELECT 1 FROM face LIMIT 1").fetchone():
            self.drop([face.id for face in faces], with_cards=False)
        run("INSERT INTO face VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)", (face[:9] for face in faces))
        run("INSERT INTO word VALUES(?, ?)", ((word, face.id) for face in faces for word in face.words))
        run("INSERT INTO link VALUES(?, ?)", ((target, face.id) for face in faces for target in face.links))

    def drop(self, ids: Sequence[str], with_cards: bool = True) -> None:
        """Forget these people."""
        for table in ("face", "word", "link", *(("card", "asked", "worked") if with_cards else ())):
            self.db.executemany(f"DELETE FROM {table} WHERE id = ?", ((id,) for id in ids))

    def meant(self, word: str) -> tuple[str, ...]:
        """The ids that a folded name may mean."""
        return tuple(id for (id,) in self.db.execute("SELECT id FROM word WHERE word = ? ORDER BY id", (word,)))

    def linking(self, words: Iterable[str]) -> set[str]:
        """The ids whose files link to one of these names, or whose pages asked for it."""
        sql = "SELECT id FROM link WHERE target = ?1 UNION SELECT id FROM asked WHERE word = ?1"
        return {id for word in words for (id,) in self.db.execute(sql, (word,))}

    def name_of(self, id: str) -> str:
        """What somebody is called; the id where nobody is there."""
        row = self.db.execute("SELECT name FROM face WHERE id = ?", (id,)).fetchone()
        return str(row[0]) if row else id

    def words_of(self, id: str) -> tuple[str, ...]:
        """The folded names that a link to somebody may use."""
        return tuple(word for (word,) in self.db.execute("SELECT word FROM word WHERE id = ? ORDER BY word", (id,)))

    def naming(self, word: str) -> tuple[tuple[str, str], ...]:
        """(id, name) of everybody public whose file links to this folded name."""
        sql = "SELECT face.id, face.name FROM link JOIN face ON face.id = link.id WHERE link.target = ? AND NOT face.private"
        return tuple(self.db.execute(sql, (word,)))

    def private_ids(self) -> frozenset[str]:
        """Who is on no page."""
        return frozenset(id for (id,) in self.db.execute("SELECT id FROM face WHERE private"))

    def owned_by(self, owner: str) -> frozenset[str]:
        """Whom a colleague looks after (folded)."""
        return frozenset(id for (id,) in self.db.execute("SELECT id FROM face WHERE owner = ? AND NOT private", (owner,)))

    def passes(self) -> bool:
        """Whether another of us is to look after anybody."""
        return self.db.execute("SELECT 1 FROM face WHERE passes LIMIT 1").fetchone() is not None

    def modest(self) -> frozenset[str]:
        """Whose tier is not to be told, of those who are shown."""
        return frozenset(id for (id,) in self.db.execute("SELECT id FROM face WHERE modest AND NOT private"))

    def told(self) -> tuple[tuple[str, str, str], ...]:
        """(id, name, what they offer and need as JSON) of all who do, by id."""
        return tuple(self.db.execute("SELECT id, name, told FROM face WHERE told != '' ORDER BY id"))

    def count(self) -> int:
        """How many people are shown."""
        return int(self.db.execute("SELECT count(*) FROM face WHERE NOT private").fetchone()[0])

    def count_all(self) -> int:
        """How many people are known, private ones among them."""
        return int(self.db.execute("SELECT count(*) FROM face").fetchone()[0])

    # -- cards --

    def put_cards(self, cards: Sequence[Card], round_: str) -> None:
        """Keep these, instead of those of the same ids; `round_` names the build that made them and their pages."""
        run = self.db.executemany
        run("INSERT OR REPLACE INTO card VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", ((*card, round_) for card in cards))
        for table in ("asked", "worked"):
            run(f"DELETE FROM {table} WHERE id = ?", ((card.id,) for card in cards))
        run("INSERT INTO asked VALUES(?, ?)", ((word, card.id) for card in cards for word in card.asked.split("\n") if word))

    def drop_cards(self, ids: Sequence[str]) -> None:
        """Forget the cards of these people."""
        for table in ("card", "asked", "worked"):
            self.db.executemany(f"DELETE FROM {table} WHERE id = ?", ((id,) for id in ids))

    def card(self, id: str) -> Card | None:
        """One card, or None."""
        row = self.db.execute("SELECT * FROM card WHERE id = ?", (id,)).fetchone()
        return Card(*row[:-1]) if row else None

    def rounds(self) -> dict[str, str]:
        """Of each id the build that made its page."""
        return dict(self.db.execute("SELECT id, round FROM card"))

    def column(self, name: str) -> Iterator[str]:
        """One field of all cards, by name of the person."""
        for (text,) in self.db.execute(f"SELECT {name} FROM card ORDER BY sort, id"):
            yield text

    def events(self) -> Iterator[tuple[str, str, str, str, str]]:
        """(id, name, href, state, events as JSON) of all who have any, by name."""
        yield from self.db.execute("SELECT id, name, href, state, events FROM card WHERE events != '[]' ORDER BY sort, id")

    def coming(self, limit: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The ids of those who have something dated ahead, and of those who fall due, the first to come first: so many of each."""
        sqls = (f"SELECT id FROM card WHERE {day} ORDER BY {day}, id LIMIT ?" for day in ("dated", "falls"))
        dated, falling = (tuple(id for (id,) in self.db.execute(sql, (limit,))) for sql in sqls)
        return dated, falling

    def touched_since(self, day: str) -> tuple[str, ...]:
        """The ids of those who were in touch on that ISO day or later, by name."""
        sql = "SELECT sort, id FROM card WHERE json_extract(facts, '$.last') >= ?"
        return tuple(id for _, id in sorted(self.db.execute(sql, (day,))))

    def occasions(self) -> Iterator[tuple[str, str, str]]:
        """(id, name, the days that come back as JSON) of all who have any."""
        yield from self.db.execute("SELECT id, name, occasions FROM card WHERE occasions != '[]' ORDER BY sort, id")

    def worked(self, id: str, what: str) -> str:
        """What was worked out of somebody, as long as their card is the same; "" where nothing was."""
        row = self.db.execute("SELECT text FROM worked WHERE id = ? AND what = ?", (id, what)).fetchone()
        return str(row[0]) if row else ""

    def put_worked(self, what: str, each: Iterable[tuple[str, str]]) -> None:
        """Keep (id, what was worked out) of these people, until there is another card of them."""
        self.db.executemany("INSERT OR REPLACE INTO worked VALUES(?, ?, ?)", ((id, what, text) for id, text in each))

    def count_worked(self, what: str) -> int:
        """Of how many that is worked out."""
        return int(self.db.execute("SELECT count(*) FROM worked WHERE what = ?", (what,)).fetchone()[0])

    def unworked(self, what: str) -> list[str]:
        """The ids of those who have a card, and of whom that is not worked out."""
        sql = "SELECT id FROM card WHERE NOT EXISTS (SELECT 1 FROM worked WHERE worked.id = card.id AND what = ?)"
        return [id for (id,) in self.db.execute(sql, (what,))]

    def all_worked(self, what: str) -> Iterator[tuple[str, str]]:
        """(id, what was worked out) of all, by id."""
        yield from self.db.execute("SELECT id, text FROM worked WHERE what = ? ORDER BY id", (what,))

    def tallies(self) -> Iterator[str]:
        """All tallies, as JSON."""
        for (text,) in self.db.execute("SELECT tally FROM card"):
            yield text

    # -- what belongs to all --

    def meta(self, key: str) -> object:
        """A value that was kept, or None."""
        row = self.db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def put_meta(self, key: str, value: str | int | bytes) -> None:
        """Keep a value."""
        self.db.execute("INSERT OR REPLACE INTO meta VALUES(?, ?)", (key, value))

    def keep(self) -> None:
        """End the build: what it made is kept. Where that cannot be written, it is made again next time."""
        if self.db.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                self.db.execute("COMMIT")

    def close(self) -> None:
        """Let go; what was not kept is gone."""
        self.db.close()


def reader(path: str) -> Cards:
    """The cards in that file, to read in another process than that of the build: as they were kept."""
    return Cards(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None), path)


def path_of(folder: str) -> str:
    """The file of the cards in a vault's cache folder."""
    return os.path.join(folder, "site.sqlite")


def folders_in(path: str) -> list[str]:
    """The folders that have pages, as the last build kept them with the cards in that file. Raises sqlite3.Error and ValueError."""
    with contextlib.closing(sqlite3.connect(path, timeout=0)) as db:
        row = db.execute("SELECT value FROM meta WHERE key = 'folders'").fetchone()
    return list(loads(row[0])) if row else []


def open_cards(folder: str | None, key: str) -> Cards:
    """The cards of a site, if they belong to this key, else none yet; `folder` None keeps nothing. Waits for another build.

    A file that is damaged, or a folder that cannot be written, gives cards in memory.
    """
    for _ in range(2 if folder else 0):
        path = path_of(str(folder))
        try:
            os.makedirs(str(folder), mode=0o700, exist_ok=True)
            return _begun(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None), key, path)
        except sqlite3.OperationalError:
            break  # no room, not allowed, in use for too long
        except sqlite3.DatabaseError:
            remove(path)
        except OSError:
            break
    return _begun(sqlite3.connect(":memory:", isolation_level=None), key, None)


def remove(path: str) -> None:
    """Throw damaged cards away."""
    for ending in ("", "-journal", "-wal", "-shm"):
        with contextlib.suppress(OSError):
            os.unlink(f"{path}{ending}")


def _begun(db: sqlite3.Connection, key: str, path: str | None) -> Cards:
    try:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=OFF")  # a crash costs a full build
        db.execute("BEGIN IMMEDIATE")
        cards = Cards(db, path)
        if db.execute("PRAGMA user_version").fetchone()[0] != LAYOUT:
            for table in _ALL:
                db.execute(f"DROP TABLE IF EXISTS {table}")
            for statement in _TABLES.split(";\n"):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {LAYOUT}")
        if cards.meta("key") != key:
            for table in _ALL:
                db.execute(f"DELETE FROM {table}")
            cards.put_meta("key", key)
        return cards
    except BaseException:
        db.close()
        raise
