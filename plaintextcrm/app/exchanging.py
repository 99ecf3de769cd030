"""Bringing people and their history in from elsewhere: read the files, plan, write all of it as one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType

from plaintextcrm.app import writing
from plaintextcrm.app.asking import ask
from plaintextcrm.app.vaults import Vault
from plaintextcrm.app.writing import How, Written
from plaintextcrm.core import names
from plaintextcrm.core.contact import parse
from plaintextcrm.core.errors import Refused, Usage, why
from plaintextcrm.core.exchange import IMPORTERS
from plaintextcrm.core.exchange.incoming import Given, Hints, Keys, Reading, canonical
from plaintextcrm.core.exchange.planning import Aims, Plan, Remembered, plan
from plaintextcrm.core.model import Contact, Edit, Source
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.text import decode
from plaintextcrm.core.vocabulary import LIST_TYPES, find_key, near_key
from plaintextcrm.edge import files, foreign, journal, vault, vdirbase
from plaintextcrm.edge.index import Index, Progress
from plaintextcrm.edge.lastimport import LastImport
from plaintextcrm.edge.parsing import Reader
from plaintextcrm.edge.scanning import Stamp, scan

ANY_TABLE = "csv"
NAME_DECIDES = ("interactions", "friends")  # kinds in which a name is all there is to tell people apart
OWN_KEYS = ("name", "uid", "created")  # each person's own: no option sets them


class Foreign(NamedTuple):
    """The files of one import as they were read, and the kind they are; `folder` is the one they are all in, where that was named."""

    kind: str
    reading: Reading
    hints: Hints = Hints()
    folder: str = ""
    cards: Mapping[str, str] = MappingProxyType({})  # of a folder: uid -> its card as it stands there


class Wanted(NamedTuple):
    """Where whoever is new goes, and what is set on them."""

    into: str = ""
    keys: Keys = MappingProxyType({})


class Planned(NamedTuple):
    """A plan and the state of the vault it was made for."""

    plan: Plan
    seen: Mapping[str, Stamp]


def read(
    vault_: Vault, paths: Sequence[str], kind: str | None = None, hints: Hints = Hints(), progress: Progress | None = None
) -> Foreign:  # fmt: skip
    """What the files say, by the importer that is named, else by the first that knows them; a folder is one of cards.

    Raises Usage where a file is not there or none knows them, Refused where it is too large.
    """
    hints = hints._replace(kinds=vault_.settings.kind_table, progress=progress)
    folder = paths[0] if len(paths) == 1 and os.path.isdir(paths[0]) else ""
    if kind is None and folder:
        kind = "vdir"
    given = tuple(one for path in paths for one in (_in_folder(path) if os.path.isdir(path) else (_given(path),)))
    for name in (kind,) if kind else _asked(hints):
        found = IMPORTERS[name](given, hints) if given else Reading()
        if found is not None:
            return Foreign(name, found, hints, folder, _cards(given) if name == "vdir" and folder else {})
    what = f"no {kind} file" if kind else f"of no kind that is known ({', '.join(IMPORTERS)})"
    raise Usage(f"{', '.join(paths)}: {what}, going by the header{_way_on(paths, kind)}")


def _way_on(paths: Sequence[str], kind: str | None) -> str:
    """What to type for a table that none knows."""
    if kind == ANY_TABLE:
        return ": say which column is the name, --map COLUMN=name"
    return f": for any table of people, --from {ANY_TABLE}" if kind is None and paths[0].lower().endswith((".csv", ".tsv")) else ""


def _asked(hints: Hints) -> tuple[str, ...]:
    """The kinds that are tried; any table at all only where the user says what its columns are."""
    return tuple(name for name in IMPORTERS if name != ANY_TABLE or hints.columns)


def columns_of(pairs: Sequence[str]) -> Mapping[str, str]:
    """`--map COLUMN=KEY`. Raises Usage where it is none, or the key one of ours that is misspelt."""
    found: dict[str, str] = {}
    for pair in pairs:
        column, sign, key = (part.strip() for part in pair.rpartition("="))
        if not sign or not column or not key:
            raise Usage(f'--map "{pair}": write it like --map "Rufname=aliases"')
        if find_key(key) is None and (near := near_key(key)):
            raise Usage(f'--map "{pair}": did you mean {near}?')
        found[column] = known.name if (known := find_key(key)) else key
    return found


def _given(path: str) -> Given:
    try:
        return Given(path, foreign.read(path))
    except OSError as error:
        raise Usage(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from None


def _in_folder(path: str) -> Iterator[Given]:
    try:
        names = foreign.cards_in(path)
    except OSError as error:
        raise Usage(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from None
    if not names:
        raise Usage(f"{path}: no cards (.vcf) in this folder")
    return map(_given, names)


def _cards(given: Sequence[Given]) -> Mapping[str, str]:
    """uid -> card as it stands there, of the files that hold one card with a uid; what is not UTF-8 is not kept up both ways."""
    from plaintextcrm.core.exchange.vcard_mapper import bare_uid
    from plaintextcrm.core.exchange.vcard_text import cards

    found: dict[str, str] = {}
    for one in given:
        held = list(cards(one))
        uid = held[0].first("UID") if len(held) == 1 else None
        with suppress(UnicodeDecodeError):
            if uid:
                found[bare_uid(uid.value)] = one.data.decode("utf-8")
    return found


def set_on_new(pairs: Sequence[str], tier: str | None, vault_: Vault) -> dict[str, str | tuple[str, ...]]:
    """`--set key=value` and `--tier` as keys. Raises Usage where a key or value is not one."""
    keys: dict[str, str | tuple[str, ...]] = {}
    for pair in (*pairs, *((f"tier={tier}",) if tier else ())):
        written, sign, value = (part.strip() for part in pair.partition("="))
        known = find_key(written)
        if not sign or not written or not value:
            raise Usage(f'--set "{pair}": write it like --set tags=vienna')
        if known is None and (near := near_key(written)):
            raise Usage(f'--set "{pair}": did you mean {near}?')
        name = known.name if known else written
        if name in OWN_KEYS:
            raise Usage(f'--set "{pair}": {name} is each person\'s own')
        several = known is not None and known.type in LIST_TYPES and known.type != "whole list"
        keys[name] = tuple(part.strip() for part in value.split(",") if part.strip()) if several else value
        if known and canonical(name, keys[name]) is None:
            raise Usage(f'--set "{pair}": {name} does not take "{value}"')
    word = keys.get("tier")
    if isinstance(word, str) and vault_.settings.tier(word) is None:
        raise Usage(f'tier "{word}" is not in ptcrm.toml, which has {", ".join(one.name for one in vault_.settings.tiers)}')
    return keys


def propose(vault_: Vault, foreign_: Foreign, wanted: Wanted, progress: Progress | None = None) -> Planned:
    """What an import would do to the vault as it is now.

    Raises Usage where `wanted` asks for what the vault does not take.
    """
    seen = scan(vault_.root, vault_.settings).stamps
    found = plan(foreign_.reading, _aims(vault_, foreign_, wanted, seen, progress), progress)
    if vault_.settings.only:
        _all_are_people(vault_, found.edits)
    return Planned(found, seen)


def carry_out(
    vault_: Vault, foreign_: Foreign, wanted: Wanted, planned: Planned, what: str, how: How = How(), *, as_shown: bool = False,
    progress: Progress | None = None,
) -> tuple[Planned, Written]:  # fmt: skip
    """Write the plan, all of it or nothing; made anew under the lock where the vault changed since.

    Raises Refused with `as_shown`, if it would then do something else than what was shown.
    """
    done = planned

    def edits() -> Sequence[Edit]:
        nonlocal done
        if scan(vault_.root, vault_.settings).stamps != planned.seen:
            done = propose(vault_, foreign_, wanted)
            if as_shown and (done.plan.edits, done.plan.attachments) != (planned.plan.edits, planned.plan.attachments):
                raise Refused("the vault was changed meanwhile: nothing is written; look again")
        return (*done.plan.attachments, *done.plan.edits)

    written = writing.write(vault_, edits, what, how, progress)
    remember(vault_, foreign_, done.plan, how.at)
    return done, written


def remember(vault_: Vault, foreign_: Foreign, plan_: Plan, at: str = "") -> None:
    """Keep what the files said, for the next import of them to be compared with; what is in conflict stays as it was before."""
    if foreign_.folder:
        base = vdirbase.load(vault_.state, foreign_.folder)
        now = {**base, **{uid: text for uid, text in foreign_.cards.items() if uid not in plan_.unsettled}}
        if now != base:
            vdirbase.store(vault_.state, foreign_.folder, now)
    elif foreign_.kind not in NAME_DECIDES:
        LastImport(vault_.state, foreign_.kind, _undone(vault_)).put(((key, one.id, one.person) for key, one in plan_.said), at)


def _undone(vault_: Vault) -> frozenset[str]:
    """When the imports were written that are taken back."""
    return frozenset(line.at for line in journal.listing(vault_.state) if line.state == "taken back" and line.what.startswith("import:"))


def _before(vault_: Vault, foreign_: Foreign) -> Callable[[str], Remembered | None]:
    """What the last import of these said of somebody."""
    if foreign_.folder:
        from plaintextcrm.core.exchange.vdir import person_in

        texts = vdirbase.load(vault_.state, foreign_.folder)

        def in_folder(key: str) -> Remembered | None:
            text = texts.get(key.removeprefix("uid ")) if key.startswith("uid ") else None
            person = person_in(text, foreign_.hints) if text else None
            return Remembered("", person) if person else None

        return in_folder
    if foreign_.kind in NAME_DECIDES:
        return lambda key: None
    kept = LastImport(vault_.state, foreign_.kind, _undone(vault_))

    def in_file(key: str) -> Remembered | None:
        found = kept.get(key)
        return Remembered(*found) if found else None

    return in_file


def _attached(vault_: Vault, path: str) -> bytes | None:
    """What stands at a path below the vault, None where nothing does. Raises Refused where that cannot be seen."""
    try:
        return files.now(vault_.root / path)
    except OSError as error:
        raise Refused(f"{path}: cannot be read: {why(error)}") from None


def _aims(vault_: Vault, foreign_: Foreign, wanted: Wanted, seen: Mapping[str, Stamp], progress: Progress | None) -> Aims:
    def everybody(index: Index) -> tuple[Contact, ...]:
        return tuple(contact for contact, _ in index.contacts(with_log=False))

    def source(id: str) -> Source:
        return writing.read_source(vault_, id)

    folder = _folder(vault_, wanted.into)
    return Aims(
        contacts=ask(vault_, everybody, progress), read=source, today=vault_.today,
        source=f"{foreign_.kind} {vault_.today.isoformat()}", folder=folder,
        prefix=vault.id_of(f"{folder}x.md", vault_.settings)[:-1],
        taken=frozenset(path.rsplit("/", 1)[-1][:-3] for path in seen),
        stem=names.file_name if vault_.settings.file_names == "name" else names.slug,
        keys=wanted.keys, kinds=vault_.settings.kind_table, order=vault_.settings.log_order, largest=files.LARGEST,
        name_decides=foreign_.kind in NAME_DECIDES, before=_before(vault_, foreign_), mirrors=bool(foreign_.folder),
        attached=lambda path: _attached(vault_, path), fits=lambda path: _fits(vault_, path),
    )  # fmt: skip


def _folder(vault_: Vault, into: str) -> str:
    """The folder for new files, as a path below the vault that is "" or ends with "/".

    Raises Usage where no contact may be there.
    """
    first = vault.contact_folders(vault_.root, vault_.settings)
    if not first:
        raise Usage("no contacts folder of ptcrm.toml is inside the vault")
    parts = [part for part in (first[0][1], into.removesuffix("/")) if part]
    folder = "".join(f"{part}/" for part in parts)
    if not _fits(vault_, f"{folder}x.md"):
        raise Usage(f'--into "{into}": name a folder for contacts below {first[0][1] or "the vault"}, like --into vienna')
    return folder


def _fits(vault_: Vault, path: str) -> bool:
    """Whether a contact may be at a path below the vault."""
    inside = (vault_.root / path).parent.resolve().is_relative_to(vault_.root.resolve())
    return inside and vault.is_contact_path(path, vault_.settings)


def _all_are_people(vault_: Vault, edits: Sequence[Edit]) -> None:
    """Whoever is new must be seen by the vault that lets only some files be contacts."""
    reader = Reader(vault_.root, vault_.settings)
    for edit in edits:
        if edit.expects is None and edit.replaces is not None:
            text, encoding = decode(edit.replaces)
            source = Source(vault.id_of(edit.path, vault_.settings), edit.path, edit.replaces, text, encoding)
            if not reader.is_person(parse(source, vault_.settings.kind_table)):
                only = vault_.settings.only
                raise Usage(f'{edit.path}: would be no contact of this vault (only = "{only}"): add --set tags=… or the like')
