"""People who get another name, another file, another owner, or none: each one batch, so that no link is left behind."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from datetime import date

from plaintextcrm.app import writing
from plaintextcrm.app.asking import ask
from plaintextcrm.app.vaults import Vault
from plaintextcrm.app.writing import How, Written
from plaintextcrm.core import contact as contacts
from plaintextcrm.core import edit, joining, names, renaming
from plaintextcrm.core.entries import fields_of
from plaintextcrm.core.errors import Refused, Usage
from plaintextcrm.core.model import Edit, Interaction, Source
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.relink import Move, People, lines_with, relinked
from plaintextcrm.core.text import decode, fold
from plaintextcrm.edge import git, vault
from plaintextcrm.edge.paths import Path


class Renamed(NamedTuple):
    """What `rename` did: the old name, the new id, the other files whose links changed, and the files that could not be looked at."""

    written: Written
    old: str
    id: str
    linking: tuple[str, ...]
    unread: tuple[str, ...]


class Merged(NamedTuple):
    """What `merge` did: both names, the files whose links changed, what came along and what differs (lines `key: value`)."""

    written: Written
    name: str
    into: str
    joined: joining.Joined
    linking: tuple[str, ...]
    unread: tuple[str, ...]


class Links(NamedTuple):
    """The places (`path:line`) in other files that link to somebody, and the files that could not be looked at."""

    places: tuple[str, ...]
    unread: tuple[str, ...]


# --- everything that may link ----------------------------------------------------------------------------------------


def _people(vault_: Vault) -> People:
    """Whoever links may mean, as the vault is now."""
    known = ask(vault_, lambda index: [names.Known(*row) for row in index.known()])
    return People(known, {person.id: vault.path_of(person.id, vault_.settings) for person in known})


def _after(people: People, gone: str, *now: tuple[names.Known, str]) -> People:
    """The same people without one id, and with those (known, path) that are new or others."""
    ids = {gone, *(known.id for known, _ in now)}
    kept = [known for id, known in people.known.items() if id not in ids]
    paths = {id: path for id, path in people.paths.items() if id not in ids}
    return People([*kept, *(known for known, _ in now)], paths | {known.id: path for known, path in now})


def _known(vault_: Vault, source: Source) -> names.Known:
    contact = contacts.parse(source, vault_.settings.kind_table).contact
    return names.Known(contact.id, contact.name, contact.texts("aliases"), contact.texts("email"))


def _others(vault_: Vault, but: set[str], unread: list[str]) -> Iterator[Source]:
    """Every Markdown file of the vault but those, hidden folders and the site left out; `unread` takes what cannot be read."""
    site = vault_.settings.site.out.strip("/")
    left_out = {os.path.realpath(vault_.root / path) for path in but}
    for folder, below, found in os.walk(vault_.root):
        prefix = os.path.relpath(folder, vault_.root).replace(os.sep, "/")
        prefix = "" if prefix == "." else f"{prefix}/"
        below[:] = sorted(name for name in below if name[0] != "." and f"{prefix}{name}" != site)
        for name in sorted(found):
            path, full = f"{prefix}{name}", os.path.join(folder, name)
            if not name.endswith(".md") or name[0] == "." or full in left_out or not os.path.isfile(full) or os.path.islink(full):
                continue
            try:
                yield vault.read(vault_.root, path, vault_.settings)
            except (OSError, Refused) as error:
                unread.append(f"{path}: cannot be read, so its links stay: {getattr(error, 'strerror', None) or error}")


def _relink_others(vault_: Vault, move: Move, but: set[str], unread: list[str]) -> Iterator[Edit]:
    for source in _others(vault_, but, unread):
        changed = relinked(source, move, kinds=vault_.settings.kind_table)
        if changed is not source:
            yield Edit(source.path, source.data, _still_kept(source.data, changed.data))


def _still_kept(before: bytes, after: bytes) -> bytes:
    """A kept review whose links changed is not taken for one that was changed by hand."""
    if b"\ndigest: " not in before:
        return after
    from plaintextcrm.core.review import relinked as relinked_page  # brings all reports along

    return relinked_page(before, after)


def _own_file(vault_: Vault, id: str) -> Source:
    """Somebody's file, to be moved or removed. Raises Refused where it is only a link to one."""
    source = writing.read_source(vault_, id)
    if os.path.islink(vault_.root / source.path):
        raise Refused(f"{source.path}: is a link to another file, which is left alone: move or remove the link yourself")
    return source


# --- rename ----------------------------------------------------------------------------------------------------------


def rename(vault_: Vault, id: str, name: str, how: How = How()) -> Renamed:
    """Another name: in the file where it says the name, in the file's own, and in every link to it.

    Raises Usage where the name cannot be one.
    """
    name = " ".join(name.split())
    if not name or not name.isprintable():
        raise Usage(f'"{name}": a name of letters is needed' if name else "a name is needed")
    old, new_id = "", id
    linking: tuple[str, ...] = ()
    unread: list[str] = []

    def plan() -> list[Edit]:
        nonlocal old, new_id, linking
        unread.clear()
        source = _own_file(vault_, id)
        old = _known(vault_, source).name
        path = _new_path(vault_, source.path, name)
        new_id = vault.id_of(path, vault_.settings)
        moved = renaming.called(source, name, new_id, vault_.settings.kind_table)
        before = _people(vault_)
        move = Move(before, _after(before, id, (_known(vault_, moved._replace(id=new_id)), path)), {id: new_id})
        own = relinked(moved, move, path, vault_.settings.kind_table)
        others = list(_relink_others(vault_, move, {source.path, path}, unread))
        linking = tuple(edit.path for edit in others)
        return [*_in_its_place(source, path, own.data), *others]

    written = writing.write(vault_, plan, f"rename: {id} to {name}", how)
    return Renamed(written, old, new_id, linking, tuple(unread))


def _in_its_place(source: Source, path: str, data: bytes) -> list[Edit]:
    """A file with another text, at another path perhaps."""
    if path == source.path:
        return [Edit(path, source.data, data)]
    return [Edit(path, None, data), Edit(source.path, source.data, None)]


def _new_path(vault_: Vault, path: str, name: str) -> str:
    """Where the file of somebody of that name belongs: in its folder, by slug or by name as the vault has it, at a free place."""
    folder, file = posixpath.split(path)
    taken = [entry[:-3] for entry in os.listdir(vault_.root / folder) if entry.endswith(".md") and entry != file]
    make = names.file_name if vault_.settings.file_names == "name" else names.slug
    found = posixpath.join(folder, f"{make(name, taken)}.md")
    if not vault.is_contact_path(found, vault_.settings):
        raise Usage(f'"{name}": a file {posixpath.basename(found)} would be no contact: choose another name')
    return found


# --- merge -----------------------------------------------------------------------------------------------------------


def merge(vault_: Vault, who: str, into: str, how: How = How()) -> Merged:
    """Two files of one person become one; links to the first lead to the second afterwards."""
    if who == into:
        raise Usage(f"{who} and {into} are one file already: name two")
    result: tuple[str, str, joining.Joined] | None = None
    linking: tuple[str, ...] = ()
    unread: list[str] = []
    kinds = vault_.settings.kind_table

    def plan() -> list[Edit]:
        nonlocal result, linking
        unread.clear()
        first, second = _own_file(vault_, who), writing.read_source(vault_, into)
        before = _people(vault_)
        gone, known = _known(vault_, first), _known(vault_, second)
        known = known._replace(aliases=(*known.aliases, gone.name, gone.slug, *gone.aliases))
        move = Move(before, _after(before, who, (known, second.path)), {who: into})
        theirs, own = (joining.without_each_other(one, lambda word: before.meant(word) in (who, into)) for one in (first, second))
        theirs, own = relinked(theirs, move, second.path, kinds), relinked(own, move, kinds=kinds)
        joined = joining.joined(own, theirs, vault_.settings.log_order, kinds)
        result = gone.name, known.name, joined
        others = list(_relink_others(vault_, move, {first.path, second.path}, unread))
        linking = tuple(edit.path for edit in others)
        return [Edit(second.path, second.data, joined.source.data), Edit(first.path, first.data, None), *others]

    written = writing.write(vault_, plan, f"merge: {who} into {into}", how)
    assert result is not None  # `plan` has run, or `write` has raised
    return Merged(written, *result, linking, tuple(unread))


# --- forget ----------------------------------------------------------------------------------------------------------


def links_to(vault_: Vault, id: str) -> Links:
    """Who links to somebody."""
    people, unread = _people(vault_), list[str]()
    own = vault.path_of(id, vault_.settings)
    places = [f"{one.path}:{line}" for one in _others(vault_, {own}, unread) for line in lines_with(one, people, id)]
    return Links(tuple(places), tuple(unread))


def forget(vault_: Vault, id: str, how: How = How()) -> Written:
    """Somebody's file removed, whatever is in it."""
    path = vault.path_of(id, vault_.settings)

    def plan() -> list[Edit]:
        return [Edit(path, _own_file(vault_, id).data, None)]

    return writing.write(vault_, plan, f"forget: {id}", how)


def import_memories(vault_: Vault) -> tuple[Path, ...]:
    """Where stands what imports and folders of cards said of people; forgetting somebody leaves it there."""
    from plaintextcrm.edge import lastimport, vdirbase

    return tuple(path for path in (vault_.state / lastimport.FILE, vault_.state / vdirbase.FOLDER) if os.path.exists(path))


def has_history(vault_: Vault) -> bool:
    """Whether the vault is in a git repository, which keeps what was."""
    return git.repository(vault_.root) is not None


# --- handover --------------------------------------------------------------------------------------------------------


class HandedOver(NamedTuple):
    """What `handover` did: who it is, and who looked after them before ("" for nobody)."""

    written: Written
    name: str
    before: str


def handover(vault_: Vault, id: str, to: str, text: str, on: date, how: How = How()) -> HandedOver:
    """A colleague looks after somebody from now on: `owner`, and an entry that says from whom to whom; a `successor` has become it.

    Raises Usage where `to` is nobody of the team, or looks after them already.
    """
    to = colleague(vault_, to)
    name = before = ""

    def plan() -> list[Edit]:
        nonlocal name, before
        source = writing.read_source(vault_, id)
        known = contacts.parse(source, vault_.settings.kind_table).contact
        name, before = known.name, known.text("owner") or ""
        if fold(before) == fold(to):
            raise Usage(f"{to} looks after {name} already")
        first, *details = text.splitlines() or [""]
        said, fields = fields_of(first)
        parties = (("from", before), ("to", to)) if before else (("to", to),)
        entry = Interaction(on, " ".join(said.split()), "handover", fields=(*parties, *fields), details=tuple(details))
        after = _then(source, edit.set_key(source, "owner", to))
        if fold(known.text("successor") or "") == fold(to):
            after = _then(after, edit.set_key(after, "successor", None))
        after = _then(after, edit.insert_interaction(after, entry, vault_.settings.log_order, vault_.settings.kind_table))
        return [Edit(source.path, source.data, after.data)]

    return HandedOver(writing.write(vault_, plan, f"handover: {id} to {to}", how), name, before)


def _then(source: Source, planned: Edit) -> Source:
    data = planned.replaces or b""
    return source._replace(data=data, text=decode(data)[0])


def colleague(vault_: Vault, word: str) -> str:
    """The short name of one of the team; any name where no team is set. Raises Usage."""
    team = vault_.settings.team
    word = " ".join(word.split())
    if not word:
        raise Usage("name the colleague who looks after them from now on")
    found = next((mate.id for mate in team if fold(word) in (fold(mate.id), fold(mate.name))), None)
    if team and found is None:
        raise Usage(f'nobody in [team] is called "{word}": {", ".join(sorted(mate.id for mate in team))}')
    return found or word
