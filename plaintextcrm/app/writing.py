"""What writing commands do: under one lock, journalled, whole or not at all, one commit. Each returns what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from plaintextcrm.app.vaults import Vault
from plaintextcrm.core import contact as contacts
from plaintextcrm.core import edit as edits
from plaintextcrm.core.errors import ChangedOnDisk, NotCommitted, NotFound, Refused, Usage, why
from plaintextcrm.core.history import is_touch
from plaintextcrm.core.model import OPEN_BOXES, Contact, Edit, FollowUp, Interaction, Source
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.standing import Rules, Standing, facts_of, stand
from plaintextcrm.core.text import decode
from plaintextcrm.edge import batch, files, journal, vault
from plaintextcrm.edge.lock import locked
from plaintextcrm.edge.paths import Path


class Written(NamedTuple):
    """What a write did (or, with `dry_run`, would do): the edits, why git did not commit them, if it did not, and what else to tell."""

    edits: tuple[Edit, ...]
    not_committed: NotCommitted | None = None
    dry_run: bool = False
    told: tuple[str, ...] = ()


class How(NamedTuple):
    """How to write: only show it, do not commit it; `at` is the moment for the journal, so exact that no other write has it."""

    dry_run: bool = False
    commit: bool = True
    at: str = ""


TRIES = 20  # against whoever saves the same files at the same time

Plan = Callable[[], Sequence[Edit]]


def write(vault_: Vault, plan: Plan, what: str, how: How = How(), progress: batch.Progress | None = None) -> Written:
    """Plan under the lock, against the files as they are now; journal, apply, commit exactly those paths.

    An edit that changes nothing is left out. Where one of several cannot be applied, those before it are taken back. Where a file was
    saved by another program meanwhile, all is planned again on what is there now.
    """
    if how.dry_run:
        return Written(tuple(edit for edit in plan() if edit.expects != edit.replaces), dry_run=True)
    with locked(vault_.state):
        _recover(vault_)
        for attempt in range(1, TRIES + 1):
            planned = tuple(edit for edit in plan() if edit.expects != edit.replaces)
            if not planned:
                return Written(())
            told = tuple(f"{path}: has another hard link, which keeps the old text" for path in files.hard_linked(vault_.root, planned))
            try:
                _apply(vault_, planned, what, how, progress)
                break
            except ChangedOnDisk:
                if attempt == TRIES:
                    raise
        return Written(planned, _commit(vault_, planned, what, how), told=told)


def _apply(vault_: Vault, planned: Sequence[Edit], what: str, how: How, progress: batch.Progress | None) -> None:
    record = journal.append(vault_.state, what, how.at, planned)
    try:
        batch.apply_all(vault_.root, planned, progress)
    except batch.Torn:
        journal.done(record)  # undo needs it for what could not be put back
        raise
    except BaseException:
        journal.drop(record)
        raise
    journal.done(record)


def _recover(vault_: Vault) -> None:
    """What a killed write left half-done is taken back; one that was all there is kept, for undo."""
    for path in journal.killed(vault_.state):
        record = journal.read(path)
        is_undo = journal.is_undo(path)
        stands = record is not None  # else it was killed before it touched a file
        if record is not None:
            try:
                stands = batch.recover(vault_.root, _reverse(record.edits) if is_undo else record.edits)
            except Refused:
                pass  # somebody went on with these files: undo tells of them
            except OSError as error:
                raise Refused(f"what a killed write left is not mended yet: {why(error)}; nothing is written: try again") from error
        if is_undo:
            (journal.mark_undone if stands else journal.done)(path)
        else:
            (journal.done if stands else journal.drop)(path)


def _reverse(edits_: Sequence[Edit]) -> tuple[Edit, ...]:
    return tuple(Edit(edit.path, edit.replaces, edit.expects) for edit in reversed(edits_))


def _commit(vault_: Vault, planned: Sequence[Edit], what: str, how: How) -> NotCommitted | None:
    if not (how.commit and vault_.settings.commit):
        return None
    from plaintextcrm.edge import git  # a vault may commit nothing

    try:
        git.commit(vault_.root, [files.real_path(vault_.root, edit.path) for edit in planned], what)
    except NotCommitted as error:
        return error
    return None


def read_source(vault_: Vault, id: str) -> Source:
    """A contact's file as it is now. Raises NotFound, or Refused where it cannot be read, or is not text as we write it."""
    path = vault.path_of(id, vault_.settings)
    try:
        source = vault.read(vault_.root, path, vault_.settings)
    except FileNotFoundError:
        raise NotFound(f"{path}: is gone") from None
    except OSError as error:
        raise Refused(f"{path}: cannot be read: {why(error)}") from None
    if _is_wide(source):
        raise Refused(f"{path}: looks like UTF-16 without a mark and is left alone: save it as UTF-8 first")
    return source


def _is_wide(source: Source) -> bool:
    """Whether a file read as UTF-8 has two bytes or more a character: then ASCII, as in `---`, has a zero in each."""
    return source.encoding != "utf-16" and (b"\0" in source.data[:4] or source.data.count(0) * 16 > len(source.data))


def after_edit(source: Source, edit: Edit) -> Source:
    """The file as it would be after an edit, to plan the next one on it."""
    data = edit.replaces or b""
    text, encoding = decode(data)
    return source._replace(data=data, text=text, encoding=encoding)


def joined_edit(source: Source, last: Source) -> Edit:
    return Edit(source.path, source.data, last.data)


# --- log -----------------------------------------------------------------------------------------------------------


class Logged(NamedTuple):
    """What `log` did: the entry of each person, and how each stands after it."""

    written: Written
    entries: tuple[tuple[str, Interaction], ...]  # (name, entry)
    standings: tuple[Standing, ...]
    do_not_contact: tuple[str, ...]  # names of those who asked not to be contacted
    plans: tuple[tuple[str, int, FollowUp], ...]  # (id, number among the open follow-ups, what) of plans that this may have been


def log(
    vault_: Vault, ids: Sequence[str], entry: Interaction, *, follow_up: str = "", next_contact: date | None = None, how: How = How()
) -> Logged:
    """One entry in each person's log: the same block id and the others' links where they are several.

    A follow-up goes below the first person's entry, a `next_contact` into everybody's front matter.
    """
    entries: list[tuple[str, Interaction]] = []
    standings: list[Standing] = []
    warned: list[str] = []
    plans: list[tuple[str, int, FollowUp]] = []
    kinds = vault_.settings.kind_table
    entry = signed(vault_, entry)

    def plan() -> list[Edit]:
        entries.clear()
        standings.clear()
        warned.clear()
        plans.clear()
        sources = [read_source(vault_, id) for id in ids]
        planned = []
        for place, source in enumerate(sources):
            own = with_others(entry, [other for other in sources if other is not source], sources)
            if follow_up and place == 0:
                own = own._replace(details=(*own.details, f"- [ ] {follow_up}"))
            edit = edits.insert_interaction(source, own, vault_.settings.log_order, kinds)
            after = after_edit(source, edit)
            if next_contact:
                after = after_edit(after, edits.set_key(after, "next_contact", next_contact.isoformat()))
            planned.append(joined_edit(source, after))
            contact = contacts.parse(after, kinds, vault_.settings.log_order).contact
            entries.append((contact.name, own))
            standings.append(stand(facts_of(contact, kinds), Rules(vault_.settings), vault_.today))
            if contact.is_true("do_not_contact"):
                warned.append(contact.name)
            if is_touch(own, kinds):
                plans.extend(_plans_by(contact, own.on))
        return planned

    first = ids[0] if len(ids) == 1 else f"{ids[0]} and {len(ids) - 1} more"
    what = f"log: {entry.kind or 'contact'} with {first}, {entry.on.isoformat()}"
    written = write(vault_, plan, what, how)
    return Logged(written, tuple(entries), tuple(standings), tuple(warned), tuple(plans))


def _plans_by(contact: Contact, day: date) -> Iterator[tuple[str, int, FollowUp]]:
    """(id, number, what) of the plans up to a day that nobody has ticked off."""
    if any(task.open for task in contact.follow_ups):
        from plaintextcrm.app.reading import open_tasks

        planned = {entry.where for entry in contact.interactions if entry.box in OPEN_BOXES and entry.on <= day}
        yield from ((contact.id, number, task) for number, task in enumerate(open_tasks(contact), 1) if task.where in planned)


def signed(vault_: Vault, entry: Interaction) -> Interaction:
    """The entry with `[by:: WHO]` where the vault has a `[team]` and git's identity is one of it (docs/format.md, "Fields")."""
    team = vault_.settings.team
    if not team or entry.field("by") is not None:
        return entry
    from plaintextcrm.edge import git  # a vault may commit nothing

    mine = git.author(vault_.root).casefold()
    us = next((one.id for one in team if mine and one.email.casefold() == mine), None)
    return entry._replace(fields=(*entry.fields, ("by", us))) if us else entry


def with_others(entry: Interaction, others: Sequence[Source], everybody: Sequence[Source]) -> Interaction:
    if not others:
        return entry
    slugs = [source.id.rsplit("/", 1)[-1] for source in everybody]
    unique = len(set(slugs)) == len(slugs)
    links = ", ".join(f"[[{source.id.rsplit('/', 1)[-1] if unique else source.id}]]" for source in others)
    text = f"{entry.text} (with {links})" if entry.text else f"with {links}"
    return entry._replace(text=text)


# --- follow-ups, keys ----------------------------------------------------------------------------------------------


def tick(vault_: Vault, id: str, line: int, text: str, how: How = How()) -> Written:
    """Tick the follow-up in that line."""
    kinds = vault_.settings.kind_table
    return write(
        vault_, lambda: [edits.tick_follow_up(read_source(vault_, id), line, vault_.today, kinds)], f"done: {id}: {text[:60]}", how
    )


def set_keys(vault_: Vault, id: str, values: dict[str, str | None], what: str, how: How = How()) -> Written:
    """Single-valued keys set (or taken out, None)."""

    def plan() -> list[Edit]:
        source = after = read_source(vault_, id)
        for key, value in values.items():
            after = after_edit(after, edits.set_key(after, key, value))
        return [joined_edit(source, after)]

    return write(vault_, plan, what, how)


# --- new people, whole files ---------------------------------------------------------------------------------------


def create(vault_: Vault, path: str, text: str, what: str, how: How = How()) -> Written:
    """A new file; refused where one is there."""
    return write(vault_, lambda: [Edit(path, None, text.encode("utf-8"))], what, how)


def record_by_hand(vault_: Vault, path: str, before: bytes, what: str, how: How = How()) -> Written:
    """A change that an editor made, journalled and committed like one of ours. Raises Refused where it cannot be journalled."""
    after = _now(vault_.root, path)
    if after == before:
        return Written(())
    edit = Edit(path, before, after)
    try:
        with locked(vault_.state):
            _recover(vault_)
            journal.done(journal.append(vault_.state, what, how.at, [edit]))
            return Written((edit,), _commit(vault_, [edit], what, how))
    except Refused as error:
        raise Refused(f"{path}: stays as your editor left it, and ptcrm undo cannot take it back: {error}") from None


# --- undo ----------------------------------------------------------------------------------------------------------


class Undone(NamedTuple):
    """What was taken back."""

    what: str
    at: str
    written: Written


def writes(vault_: Vault) -> list[journal.Line]:
    """What was written to this vault on this machine, newest first: what can be taken back, and what was."""
    with locked(vault_.state):
        _recover(vault_)
        return journal.listing(vault_.state)


def undo(vault_: Vault, how: How = How()) -> Undone:
    """Take back the newest write not yet taken back, byte for byte, as one commit.

    Raises Usage where there is none, Refused where a file changed since or the write's record is damaged.
    """
    with locked(vault_.state):
        _recover(vault_)
        record, back = _to_take_back(vault_, how.dry_run)
        changed = [edit.path for edit in back if _now(vault_.root, edit.path) != edit.replaces]
        if changed:
            raise Refused(f'{", ".join(changed[:3])}: changed since "{record.what}": not taken back; use your editor or git')
        reverse = _reverse(back)
        if how.dry_run:
            return Undone(record.what, record.at, Written(reverse, dry_run=True))
        begun = journal.begin_undo(record.path)
        try:
            batch.apply_all(vault_.root, reverse)
        except BaseException:
            journal.done(begun)
            raise
        journal.mark_undone(begun)
        return Undone(record.what, record.at, Written(reverse, _commit(vault_, reverse, f"undo: {record.what}", how)))


def _to_take_back(vault_: Vault, dry_run: bool) -> tuple[journal.Record, list[Edit]]:
    """The newest write of which anything stands, and that part of it."""
    for path in journal.records(vault_.state):
        record = journal.read(path)
        if record is None:
            raise _damaged(path, dry_run)
        back = [edit for edit in record.edits if _now(vault_.root, edit.path) != edit.expects]
        if back:
            return record, back
        if not dry_run:
            journal.mark_undone(path)  # it was never applied, or is taken back already
    raise Usage("nothing to undo: ptcrm has written nothing to this vault that is not taken back")


def _damaged(path: Path, dry_run: bool) -> Refused:
    """Never is an older write taken back in the place of one that cannot be: whoever wants that says so by a second undo."""
    if not dry_run:
        journal.set_aside(path)
    return Refused(f"{path}: the record of the newest write is damaged: it is not taken back; the next undo takes back the one before it")


def _now(root: Path, path: str) -> bytes | None:
    try:
        return files.now(root / path)
    except OSError as error:
        raise Refused(f"{path}: cannot be read: {why(error)}") from None
