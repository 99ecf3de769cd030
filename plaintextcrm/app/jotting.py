"""Loose notes into logs: what each line says, and all that are placed in one write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from plaintextcrm.app.asking import ask
from plaintextcrm.app.vaults import Vault
from plaintextcrm.app.writing import How, Written, after_edit, read_source, signed, with_others, write
from plaintextcrm.core import contact as contacts
from plaintextcrm.core import crowd as crowds
from plaintextcrm.core import edit as edits
from plaintextcrm.core import inbox as inboxes
from plaintextcrm.core import jotting, names
from plaintextcrm.core.crowd import Crowd
from plaintextcrm.core.errors import PtcrmError, Refused, why
from plaintextcrm.core.inbox import Note
from plaintextcrm.core.jotting import Jotted
from plaintextcrm.core.model import Edit, Interaction, Source
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.text import encode, split_lines
from plaintextcrm.edge import vault

INBOX = "inbox.md"


class Line(NamedTuple):
    """A jotted line: what it says, or why it stays where it is; `there` is one that the logs have already."""

    note: Note
    jotted: Jotted | None
    why: PtcrmError | None = None
    there: bool = False


class Reading(NamedTuple):
    """What was read, line by line; `inbox` is the file that placed lines are taken out of."""

    lines: tuple[Line, ...]
    names: Mapping[str, str]  # id -> name
    inbox: Source | None = None

    @property
    def placed(self) -> tuple[Line, ...]:
        """The lines that say who, when and what, and are to be written."""
        return tuple(line for line in self.lines if line.jotted and not line.there)

    @property
    def staying(self) -> tuple[Line, ...]:
        """The lines that do not."""
        return tuple(line for line in self.lines if not line.jotted)


def crowd(vault_: Vault) -> Crowd:
    """Everybody, by what they are called."""
    return ask(vault_, lambda index: crowds.crowd(names.Known(*row) for row in index.known()))


def inbox(vault_: Vault) -> Source | None:
    """`inbox.md` as it is, None where there is none. Raises Refused where it is not to be touched."""
    try:
        source = vault.read(vault_.root, INBOX, vault_.settings)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Refused(f"{INBOX}: cannot be read: {why(error)}") from None
    if source.encoding == "utf-16":
        raise Refused(f"{INBOX}: the file is UTF-16 and is left alone: save it as UTF-8 first")
    marked = next((number for number, line in enumerate(split_lines(source.text), 1) if line.startswith("<<<<<<< ")), None)
    if marked:
        raise Refused(f"{INBOX}:{marked}: conflict markers of a merge: settle it first; nothing is written")
    return source


def read(vault_: Vault, text: str, block_id: Callable[[], str], source: Source | None = None, again: bool = False) -> Reading:
    """What each line of a text says. A line that could not be written as it is understood is one that stays, too.

    Of a text that may be read `again`, a file, the lines that the logs have already are marked.
    """
    notes = inboxes.notes(text)
    people = crowd(vault_) if notes else crowds.crowd(())
    lines = [understood(vault_, note, people, block_id) for note in notes]
    planned = _plan(vault_, lines)[1]
    return Reading(_with_those_there(vault_, planned) if again else planned, people.names, source)


def _with_those_there(vault_: Vault, lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines, marked where the logs of all whom they name have the same day, kind and words; each entry answers for one line."""
    logs: dict[str, list[Interaction]] = {}
    read_before: dict[str, Source] = {}
    marked = []
    for line in lines:
        found: list[tuple[list[Interaction], Interaction]] = []
        for source, own in _entries(vault_, line.jotted, read_before, {}) if line.jotted else ():
            if source.id not in logs:
                logs[source.id] = list(contacts.parse(source, vault_.settings.kind_table).contact.interactions)
            same = next((entry for entry in logs[source.id] if _said(entry) == _said(own)), None)
            if same:
                found.append((logs[source.id], same))
        there = bool(found and line.jotted and len(found) == len(line.jotted.ids))
        for log, entry in found if there else ():
            log.remove(entry)
        marked.append(line._replace(there=there))
    return tuple(marked)


def _said(entry: Interaction) -> tuple[object, ...]:
    """What makes two entries the same."""
    return entry.on, entry.at_time, entry.kind, entry.text, tuple(line.strip() for line in entry.details if line.strip())


def understood(
    vault_: Vault, note: Note, people: Crowd, block_id: Callable[[], str], ids: Sequence[str] = (), on: date | None = None
) -> Line:
    """What a line says, with what stands below it; `ids` and `on` say what it does not. Several people share a block id."""
    try:
        jotted = jotting.understand(note.text, people, vault_.settings.kind_table, vault_.today, ids, on)
    except PtcrmError as error:
        return Line(note, None, error)
    shared = block_id() if len(jotted.ids) > 1 else None
    return Line(note, jotted._replace(entry=jotted.entry._replace(details=note.details, block_id=shared)))


def place(vault_: Vault, reading: Reading, how: How = How()) -> Written:
    """Every placed line into the logs of its people, and out of the inbox: one write, whole or not at all."""

    def plan() -> list[Edit]:
        planned, lines = _plan(vault_, reading.placed)
        for line in lines:
            if line.why:  # since it was shown somebody's file became one that cannot be written
                raise line.why
        return [*planned, *_taken_out(vault_, reading)]

    count = len(reading.placed)
    return write(vault_, plan, f"jot: {count} line{'' if count == 1 else 's'}", how)


def _taken_out(vault_: Vault, reading: Reading) -> list[Edit]:
    """The inbox as it is now without the placed lines; lines that came meanwhile stay. Raises Refused where one of ours is gone."""
    if reading.inbox is None:
        return []
    now = inbox(vault_)
    there = list(inboxes.notes(now.text)) if now else []
    gone = []
    for line in reading.placed:
        same = next((note for note in there if (note.text, note.details) == (line.note.text, line.note.details)), None)
        if now is None or same is None:
            raise Refused(f'{INBOX}: "{line.note.text[:40]}" is not there any more: nothing is written; try again')
        there.remove(same)
        gone.append(same)
    return [Edit(now.path, now.data, encode(inboxes.without(now.text, gone), now.encoding))] if now else []


def _plan(vault_: Vault, lines: Sequence[Line]) -> tuple[list[Edit], tuple[Line, ...]]:
    """(the edits of all lines together, the lines; one whose people's files cannot take it says why)."""
    before: dict[str, Source] = {}
    after: dict[str, Source] = {}
    judged = []
    for line in lines:
        try:
            changed = _logged(vault_, line.jotted, before, after) if line.jotted else {}
        except PtcrmError as error:
            line = Line(line.note, None, error)
        else:
            after |= changed
        judged.append(line)
    return [Edit(source.path, before[id].data, source.data) for id, source in after.items()], tuple(judged)


def _logged(vault_: Vault, jotted: Jotted, before: dict[str, Source], after: dict[str, Source]) -> dict[str, Source]:
    """The files of the line's people with the entry in them."""
    changed = {}
    for source, own in _entries(vault_, jotted, before, after):
        edit = edits.insert_interaction(source, own, vault_.settings.log_order, vault_.settings.kind_table)
        changed[source.id] = after_edit(source, edit)
    return changed


def _entries(vault_: Vault, jotted: Jotted, before: dict[str, Source], after: Mapping[str, Source]) -> Iterator[tuple[Source, Interaction]]:
    """Each of the line's people: the file, as it is after the lines above, and the entry for it."""
    for id in jotted.ids:
        if id not in before:
            before[id] = read_source(vault_, id)
    sources = [after.get(id, before[id]) for id in jotted.ids]
    entry = signed(vault_, jotted.entry)
    for source in sources:
        yield source, with_others(entry, [other for other in sources if other is not source], sources)


def who_asked_not_to_be_contacted(vault_: Vault, reading: Reading) -> tuple[str, ...]:
    """The names of those placed with `do_not_contact`."""
    ids = dict.fromkeys(id for line in reading.placed if line.jotted for id in line.jotted.ids)
    found = (contacts.parse(read_source(vault_, id), vault_.settings.kind_table).contact for id in ids)
    return tuple(contact.name for contact in found if contact.is_true("do_not_contact"))
