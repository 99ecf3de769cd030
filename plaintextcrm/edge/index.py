"""The index: everything `due`, `list` and `search` need, in SQLite in the user's cache folder; disposable, never wrong.

One build serves all: `--no-cache`, and a cache folder that cannot be written, use the same tables in memory. What does not depend
on the day is kept a row a file; what does (`mark`) is kept for one day and worked out again for another.

A database has a name of its own and is never replaced; `current` names the one in use. So a process that still reads an old one is
not disturbed, and a log left behind by it is never played into a new one.

A question is answered within one transaction, begun when the tables were found up to date: whatever other processes write meanwhile,
it sees one state. What it wants to keep (the rows of the day) is kept only if that is still the newest state; SQLite sees to it.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from json import dumps, loads
from typing import TYPE_CHECKING, Any

from plaintextcrm import __version__
from plaintextcrm.core import stored
from plaintextcrm.core.due import DatedRow, DueRow
from plaintextcrm.core.model import Contact, Problem
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import Facts
from plaintextcrm.core.text import fold
from plaintextcrm.edge import ahead, marks, scanning, vault
from plaintextcrm.edge.marks import Marker
from plaintextcrm.edge.paths import Path
from plaintextcrm.edge.scanning import Look, Stamp

if TYPE_CHECKING:
    from plaintextcrm.core.check import Checked
    from plaintextcrm.core.outline import Outline

LAYOUT = 2
RACY_NS = 50_000_000  # a file changed this shortly before it was read may change again without a new stamp
COARSE_NS = 2_000_000_000  # the same where the file system keeps whole seconds
PATIENCE = 0.25  # seconds to wait for another process that writes, before answering without the cache

Progress = Callable[[int, int], None]


class Cut(NamedTuple):
    """The day's list as the index has it: contacts to show (in order), the size of it all, and what else the day counts."""

    shown: tuple[str, ...]  # ids
    listed: int
    touched: int
    unsorted: int


class Written(NamedTuple):
    """A contact with its text: the row it was read from, where the log is in the body, the body, and the line where that begins."""

    row: int
    contact: Contact
    facts: Facts
    outline: Outline
    text: str
    line: int


class Whose(NamedTuple):
    """What an index is opened for: a vault, the day that is asked for first (its marks are made along), who is told of the progress.

    `hold`: seconds in which a file that is gone may come back, as in a checkout, which removes it and writes it anew.
    """

    root: Path
    settings: Settings
    today: date | None = None
    progress: Progress | None = None
    hold: float = 0.0


class Index:
    """A vault, read: `path` is None in memory. A damaged cache makes any method raise anything (`is_damage`)."""

    def __init__(self, db: sqlite3.Connection, whose: Whose, path: Path | None) -> None:
        self.db, self.whose, self.path = db, whose, path
        self.root, self.settings = whose.root, whose.settings
        self.odd: tuple[Problem, ...] = ()  # what is odd about files that are not read

    # -- reading --

    def contacts(self, with_log: bool = True) -> Iterator[tuple[Contact, Facts]]:
        """Everybody, by id; without their logs where these are not needed (follow-ups are always there)."""
        body = "body" if with_log else "NULL"
        sql = f"SELECT head, tasks, facts, log, {body} FROM contact WHERE is_person ORDER BY id"
        for head, tasks, facts, log, text in self.db.execute(sql):
            yield self._whole(head, tasks, log, text), stored.to_facts(facts)

    def facts(self, ids: Iterable[str]) -> Iterator[tuple[Contact, Facts]]:
        """Those people, whole, in that order."""
        sql = "SELECT head, tasks, facts, log, body FROM contact WHERE id = ? AND is_person"
        for id in ids:
            row = self.db.execute(sql, (id,)).fetchone()
            if row:
                head, tasks, facts, log, text = row
                yield self._whole(head, tasks, log, text), stored.to_facts(facts)

    def _whole(self, head: str, tasks: str, log: str, body: str | None) -> Contact:
        """A contact with its log; without it where there is no body."""
        if body is None or not log:
            return stored.contact(head, tasks)
        return stored.contact(head, tasks, stored.to_log(log, body), self.settings.log_order)

    def written(self, ids: Iterable[str]) -> list[Written]:
        """Those people with what is written about them, in that order; who is not there is left out."""
        from plaintextcrm.core.outline import outline

        sql = "SELECT rowid, head, tasks, facts, log, line, body FROM contact WHERE id = ? AND is_person"
        rows = [row for id in ids if (row := self.db.execute(sql, (id,)).fetchone())]
        order, kinds = self.settings.log_order, self.settings.kind_table
        contacts = [stored.contact(head, tasks, stored.to_log(log, text), order) for _, head, tasks, _, log, _, text in rows]
        facts = [stored.to_facts(facts) for _, _, _, facts, *_ in rows]
        outlines = [outline(text, line, contact.interactions, kinds) for (*_, line, text), contact in zip(rows, contacts, strict=True)]
        return [
            Written(rowid, contact, fact, found, text, line)
            for (rowid, *_, line, text), contact, fact, found in zip(rows, contacts, facts, outlines, strict=True)
        ]

    def faces(self, rowids: Iterable[int]) -> Iterator[tuple[int, str, str, Mapping[str, Any], list[str], dict[str, int]]]:
        """(row, id, name, keys, what it links to, lines of keys) of those rows: light, for whoever needs names and links only."""
        for rowid in rowids:
            row = self.db.execute("SELECT id, name, head FROM contact WHERE rowid = ?", (rowid,)).fetchone()
            if row:
                parts = loads(row[2])
                yield rowid, row[0], row[1], parts[3], parts[-2], parts[-1]

    def versions(self) -> dict[str, int]:
        """Of each person the row: another one whenever the file was read anew and says something else."""
        return dict(self.db.execute("SELECT id, rowid FROM contact WHERE is_person"))

    def newer(self, row: int) -> dict[str, int]:
        """The same of those whose row came after that one."""
        return dict(self.db.execute("SELECT id, rowid FROM contact WHERE is_person AND rowid > ?", (row,)))

    def state(self) -> tuple[int, int]:
        """Other numbers whenever a file says something else, or is gone: (the newest row ever, how many there are)."""
        newest = self.db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'contact'").fetchone()
        return (newest or (0,))[0], self.db.execute("SELECT count(*) FROM contact").fetchone()[0]

    def soon(self, today: date, days: int, most: int) -> tuple[tuple[str, int], ...]:
        """(id, next) of those who are not listed and fall due within so many days, by day, then id."""
        self._mark_all(today)
        sql = "SELECT id, next FROM mark WHERE NOT listed AND next > ? AND next <= ? ORDER BY next, id LIMIT ?"
        return tuple(self.db.execute(sql, (today.toordinal(), today.toordinal() + days, most)))

    def hushed(self, today: date) -> tuple[str, ...]:
        """The ids of those whose day has come and who are not listed: snoozed, paused, tried, planned; by day, then id."""
        self._mark_all(today)
        sql = "SELECT id FROM mark WHERE NOT listed AND next <= ? ORDER BY next, id"
        return tuple(id for (id,) in self.db.execute(sql, (today.toordinal(),)))

    def passing_on(self) -> Iterator[tuple[str, Facts]]:
        """(id, facts) of those whom another of us is to look after, by id."""
        place = Facts._fields.index("successor")
        sql = f"SELECT id, facts FROM contact WHERE is_person AND json_extract(facts, '$[{place}]') != '' ORDER BY id"
        for id, facts in self.db.execute(sql):
            yield id, stored.to_facts(facts)

    def known(self) -> Iterator[tuple[str, str, list[str], list[str], str, list[str]]]:
        """(id, name, aliases, e-mail addresses, company or place, phone numbers) of everybody."""
        keys = ", ".join(f"json_extract(head, '$[3].{key}')" for key in ("aliases", "email", "company", "location", "phone"))
        sql = f"SELECT id, name, {keys} FROM contact WHERE is_person ORDER BY id"
        for id, name, aliases, emails, company, place, phones in self.db.execute(sql):
            yield (
                id,
                name,
                loads(aliases) if aliases else [],
                loads(emails) if emails else [],
                str(company or place or "").strip("[]").split("|")[-1],
                loads(phones) if phones else [],
            )

    def problems(self) -> Iterator[Problem]:
        """What is wrong in the files, by path and line, and what is odd about others."""
        rows = self.db.execute("SELECT problems FROM contact WHERE problems != '[]'")
        found = [problem for (text,) in rows for problem in stored.to_problems(text)]
        yield from sorted([*found, *self.odd], key=lambda problem: problem.where)

    def checked(self) -> Iterator[Checked]:
        """What the checks of a whole vault look at, by path."""
        for (head,) in self.db.execute("SELECT head FROM contact WHERE is_person ORDER BY path"):
            yield stored.checked(head)

    def names(self, links: Iterable[str]) -> dict[str, str]:
        """What those are called whom these links mean: whose id one is, else the only one who answers to it.

        An id is found at once; for others everybody is looked through, and what came of it is kept until a file says something else.
        """
        wanted = {link.strip() for link in links}
        found: dict[str, str] = {}
        for link in wanted:
            row = self.db.execute("SELECT name FROM contact WHERE id = ? AND is_person", (link,)).fetchone()
            if row:
                found[link] = row[0]
        others = wanted - found.keys()
        if not others:
            return found
        kept = loads(str(self._meta("called") or "{}"))
        if not others <= kept.keys():
            kept |= self._called(others - kept.keys())
            with contextlib.suppress(sqlite3.OperationalError):  # changed, locked or read-only: they are looked for again next time
                self.db.execute("INSERT OR REPLACE INTO meta VALUES('called', ?)", (stored.compact(kept),))
        return found | {link: kept[link] for link in others if kept[link]}

    def _called(self, links: Iterable[str]) -> dict[str, str]:
        """The name of the only one who answers to each of these by slug, name or alias; "" where nobody or several do."""
        from plaintextcrm.core.names import Known, link_targets

        sql = "SELECT id, name, json_extract(head, '$[3].aliases') FROM contact WHERE is_person"
        everybody = [Known(id, name, loads(aliases) if aliases else ()) for id, name, aliases in self.db.execute(sql)]
        targets, names = link_targets(everybody), {one.id: one.name for one in everybody}
        meant = {link: set(targets.get(fold(link), ())) for link in links}
        return {link: names[ids.pop()] if len(ids) == 1 else "" for link, ids in meant.items()}

    def search(self, query: str) -> Iterator[tuple[str, str, bytes, bytes]]:
        """(id, name, fields, body) of contacts that match an FTS5 query, best first; name counts more than fields, fields more than text.

        Fields and body are read one contact after the other, so that whoever takes a few pays for a few; and as they are kept, in
        UTF-8, for only one line of them is shown.
        """
        self._word_all()
        ranked = (
            "SELECT contact.rowid FROM words JOIN contact ON contact.rowid = words.rowid "
            "WHERE words MATCH ? AND is_person ORDER BY bm25(words, 10.0, 4.0, 1.0), contact.id"
        )
        texts = "SELECT id, name, CAST(fields AS BLOB), CAST(body AS BLOB) FROM contact WHERE rowid = ?"
        for rowid in self.db.execute(ranked, (query,)).fetchall():
            yield self.db.execute(texts, rowid).fetchone()

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

        They are kept in the transaction in which `cut` saw the marks, so never for another day, other settings or another file. A row
        of somebody with needs is made each time: it may speak of what others offer.
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
            with contextlib.suppress(sqlite3.OperationalError):  # changed, locked or read-only: they are made again next time
                self.db.executemany("UPDATE mark SET row = ? WHERE id = ?", made)

    def _mark_all(self, today: date) -> None:
        """See to it that the marks are those of the day and of these settings, until the end of the question."""
        marker = Marker(self.settings, today)
        if self._meta("marked") == marker.key and self._meta("unmarked") == 0:
            return
        self._lock()
        if self._meta("marked") != marker.key:
            self.db.execute("DELETE FROM mark")
        missing = "SELECT rowid, facts FROM contact WHERE is_person AND rowid NOT IN (SELECT rowid FROM mark)"
        for rowid, text in self.db.execute(missing).fetchall():
            facts = stored.to_facts(text)
            self.db.execute(marks.PUT, (rowid, *marker.row(facts, partial(self._contact, rowid, facts, today))))
        self._marked(marker)

    def _marked(self, marker: Marker) -> None:
        self.db.executemany("INSERT OR REPLACE INTO meta VALUES(?, ?)", (("marked", marker.key), ("unmarked", 0)))

    def _contact(self, rowid: int, facts: Facts, today: date) -> Contact:
        """A contact, with its log where that may say something of the days to come."""
        planned = facts.plans or (facts.touches and facts.touches[-1] > today.toordinal())
        body = "body" if planned else "NULL"
        row = self.db.execute(f"SELECT head, tasks, log, {body} FROM contact WHERE rowid = ?", (rowid,)).fetchone()
        return self._whole(*row)

    @property
    def key(self) -> object:
        """What the rows depend on beside the files (`indexes`)."""
        return self._meta("key")

    def _meta(self, key: str) -> object:
        row = self.db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    # -- keeping up --

    def refresh(self) -> None:
        """Bring the tables up to what is on disk (only files whose stamp changed are read) and begin the question's transaction."""
        self.keep()
        self.db.execute("BEGIN")
        known = self._known()  # while somebody else still looks
        seen = self._look(known[0])
        is_known = known == (seen.paths, seen.stamps, "[]") and self._meta("plain") == seen.is_plain
        if is_known and seen.is_plain:
            self.odd = stored.to_problems(str(self._meta("odd")))
            return
        changed, gone, self.odd = self._news(known, seen)
        if is_known:
            return
        self._lock()
        if self._known() != known:  # another process was quicker: begin again from what it wrote
            self.refresh()
            return
        if changed and not known[0]:
            self._fill(list(changed))
        else:
            self._replace(list(changed), gone)
        racy = dumps([path for path, stamp in changed.items() if _is_racy(stamp, seen.began)])
        meta = {"names": seen.paths, "stamps": seen.stamps, "racy": racy, "plain": seen.is_plain, "odd": stored.problems(self.odd)}
        self.db.executemany("INSERT OR REPLACE INTO meta VALUES(?, ?)", meta.items())
        self.db.execute("COMMIT")
        self.db.execute("BEGIN")

    def _news(self, known: tuple[object, object, object], seen: Look) -> tuple[Mapping[str, Stamp], list[str], tuple[Problem, ...]]:
        """(the files to read with their stamps, the paths that are gone, what is odd) in what was seen, against what was `known`."""
        names, stamps, racy = known[0], known[1], set(loads(str(known[2] or "[]")))
        if isinstance(names, bytes) and isinstance(stamps, bytes) and self._meta("plain"):
            few = scanning.touched((names, stamps), seen, racy)
            if few is not None:
                return scanning.judged(few, self.root).stamps, [], stored.to_problems(str(self._meta("odd")))
        now, odd = scanning.judged(seen, self.root)
        old = _unpacked(names, stamps)
        changed = {path: stamp for path, stamp in now.items() if old.get(path) != stamp or path in racy}
        return changed, [path for path in old if path not in now], odd

    def _look(self, known: object) -> Look:
        """The contact folders as they are now; `known` are the paths that were there the last time."""
        seen = ahead.contacts(self.root, self.settings) or scanning.look(self.root, self.settings)
        lost = scanning.lost(known, seen) if self.whose.hold and isinstance(known, bytes) else ()
        if lost:
            time.sleep(self.whose.hold)
            return scanning.with_others(seen, self.root, lost)
        return seen

    def reread(self, paths: Iterable[str]) -> dict[str, int | None]:
        """Read these files anew, without looking at any other: of each id its row now, None where nobody is there.

        What a scan has to judge (links, conflict copies) is left to the next `refresh`, which finds all this as it is here.
        """
        own = [path for path in paths if vault.is_contact_path(path, self.settings) and "conflict" not in path]
        there: list[str] = []
        gone: list[str] = []
        for path in own:
            try:
                mode = os.lstat(os.path.join(self.root, path)).st_mode
            except OSError:
                gone.append(path)
            else:
                there += [path] if stat.S_ISREG(mode) else []
        self.keep()
        self.db.execute("BEGIN IMMEDIATE")
        self._replace(there, gone)
        self.db.execute("COMMIT")
        self.db.execute("BEGIN")
        ids = [vault.id_of(path, self.settings) for path in (*there, *gone)]
        sql = "SELECT rowid FROM contact WHERE id = ? AND is_person"
        return {id: (self.db.execute(sql, (id,)).fetchone() or (None,))[0] for id in ids}

    def _known(self) -> tuple[object, object, object]:
        """What was on disk the last time: names, stamps, and which of them are to be read again whatever they say."""
        return self._meta("names"), self._meta("stamps"), self._meta("racy")

    def _lock(self) -> None:
        """From now to the end of the transaction nobody else writes. Raises sqlite3.OperationalError where somebody does so for long."""
        self.keep()
        self.db.execute("BEGIN IMMEDIATE")

    def is_of(self, root: Path, settings: Settings) -> bool:
        """Whether it can be brought up to date for this vault under these settings."""
        if self.path is None or not self.path.exists() or self._meta("key") != key_of(root, settings):
            return False
        self.settings = settings
        return True

    def keep(self) -> None:
        """End the question's transaction: what it made is kept. Where that cannot be written it is made again next time."""
        try:
            self.db.commit()
        except sqlite3.Error:
            self.db.rollback()

    def close(self) -> None:
        """Let go of the database; what was not kept is gone."""
        self.db.close()

    def _fill(self, paths: list[str]) -> None:
        from plaintextcrm.edge import filling, parsing

        today = self.whose.today
        filling.fill(self.db, parsing.rows(self.root, paths, self.settings, today, self.whose.progress), self.state()[0] + 1)
        if today:
            self._marked(Marker(self.settings, today))
        else:
            self.db.execute("INSERT OR REPLACE INTO meta VALUES('unmarked', 1)")
        self.db.execute("DELETE FROM meta WHERE key IN ('worded', 'called')")  # of a vault that was empty, and searched then

    def _word_all(self) -> None:
        """The full-text index, built when somebody first searches, and kept up from then on."""
        if self._meta("worded"):
            return
        from plaintextcrm.edge import filling

        self._lock()
        filling.word_all(self.db)
        self.db.execute("INSERT OR REPLACE INTO meta VALUES('worded', 1)")

    def _replace(self, changed: list[str], gone: list[str]) -> None:
        from plaintextcrm.edge import filling, parsing

        read = (row for row, _ in parsing.rows(self.root, changed, self.settings, None, None))
        if filling.replace(self.db, read, gone, bool(self._meta("worded"))):
            self.db.execute("INSERT OR REPLACE INTO meta VALUES('unmarked', 1)")
            self.db.execute("DELETE FROM meta WHERE key = 'called'")


def _unpacked(paths: object, stamps: object) -> dict[str, Stamp]:
    if paths is None and stamps is None:
        return {}
    if not isinstance(paths, bytes) or not isinstance(stamps, bytes):
        raise ValueError("the index is damaged")
    return scanning.unpacked(paths, stamps)


def _is_racy(stamp: Stamp, started: int) -> bool:
    """Whether the file changed so shortly before the scan that a later change may leave the same stamp (git's rule)."""
    _, changed, touched, *_ = stamp
    return max(changed, touched) > started - (COARSE_NS if changed % 1_000_000_000 == 0 else RACY_NS)


def key_of(root: Path, settings: Settings) -> str:
    """What the rows depend on beside the files: this program's code, and the settings that reading uses."""
    code = [__version__, str(LAYOUT), sqlite3.sqlite_version]
    here = Path(__file__).parent
    for folder in (here, here.parent / "core"):
        try:
            facts = [(entry.name, entry.stat()) for entry in os.scandir(folder) if entry.name.endswith(".py")]
        except OSError:
            continue  # the program runs from an archive: its version has to do
        code += [f"{name}:{stat.st_mtime_ns}:{stat.st_size}" for name, stat in sorted(facts, key=lambda fact: fact[0])]
    reading = (settings.contacts, settings.only, settings.kinds, settings.site.out, settings.log_order)
    asked = settings if settings.only else None  # a filter may ask for anything: tiers, places
    return f"{str(root)!a} {reading!r} {asked!r} {' '.join(code)}"
