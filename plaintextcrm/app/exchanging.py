"""Bringing people and their history in from elsewhere: read the files, plan, write all of it as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from plaintextcrm.app import writing
from plaintextcrm.app.asking import ask
from plaintextcrm.app.vaults import Vault
from plaintextcrm.app.writing import How, Written
from plaintextcrm.core import names
from plaintextcrm.core.contact import parse
from plaintextcrm.core.errors import Refused, Usage
from plaintextcrm.core.exchange import IMPORTERS
from plaintextcrm.core.exchange.incoming import Given, Hints, Keys, Reading, canonical
from plaintextcrm.core.exchange.planning import Aims, Plan, plan
from plaintextcrm.core.model import Contact, Edit, Source
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.text import decode
from plaintextcrm.core.vocabulary import LIST_TYPES, find_key, near_key
from plaintextcrm.edge import files, vault
from plaintextcrm.edge.index import Index, Progress
from plaintextcrm.edge.parsing import Reader
from plaintextcrm.edge.scanning import Stamp, scan

OWN_KEYS = ("name", "uid", "created")  # each person's own: no option sets them


class Foreign(NamedTuple):
    """The files of one import as they were read, and the kind they are."""

    kind: str
    reading: Reading


class Wanted(NamedTuple):
    """Where whoever is new goes, and what is set on them."""

    into: str = ""
    keys: Keys = MappingProxyType({})


class Planned(NamedTuple):
    """A plan and the state of the vault it was made for."""

    plan: Plan
    seen: Mapping[str, Stamp]


def read(vault_: Vault, paths: Sequence[str], kind: str | None = None, encoding: str | None = None) -> Foreign:
    """What the files say, by the importer that is named, else by the first that knows them.

    Raises Usage where a file is not there or none knows them, Refused where it is too large.
    """
    given = tuple(_given(path) for path in paths)
    hints = Hints(encoding, vault_.settings.kind_table)
    for name in (kind,) if kind else IMPORTERS:
        found = IMPORTERS[name](given, hints)
        if found is not None:
            return Foreign(name, found)
    what = f"no {kind} file" if kind else f"of no kind that is known ({', '.join(IMPORTERS)})"
    raise Usage(f"{', '.join(paths)}: {what}, going by the header")


def _given(path: str) -> Given:
    try:
        return Given(path, files.read_bytes(path))
    except OSError as error:
        raise Usage(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from None


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


def propose(vault_: Vault, foreign: Foreign, wanted: Wanted, progress: Progress | None = None) -> Planned:
    """What an import would do to the vault as it is now.

    Raises Usage where `wanted` asks for what the vault does not take.
    """
    seen = scan(vault_.root, vault_.settings).stamps
    found = plan(foreign.reading, _aims(vault_, foreign, wanted, seen, progress), progress)
    if vault_.settings.only:
        _all_are_people(vault_, found.edits)
    return Planned(found, seen)


def carry_out(
    vault_: Vault, foreign: Foreign, wanted: Wanted, planned: Planned, what: str, how: How = How(), *, as_shown: bool = False
) -> tuple[Planned, Written]:  # fmt: skip
    """Write the plan, all of it or nothing; made anew under the lock where the vault changed since.

    Raises Refused with `as_shown`, if it would then do something else than what was shown.
    """
    done = planned

    def edits() -> Sequence[Edit]:
        nonlocal done
        if scan(vault_.root, vault_.settings).stamps != planned.seen:
            done = propose(vault_, foreign, wanted)
            if as_shown and done.plan.edits != planned.plan.edits:
                raise Refused("the vault was changed meanwhile: nothing is written; look again")
        return done.plan.edits

    written = writing.write(vault_, edits, what, how)
    return done, written


def _aims(vault_: Vault, foreign: Foreign, wanted: Wanted, seen: Mapping[str, Stamp], progress: Progress | None) -> Aims:
    def everybody(index: Index) -> tuple[Contact, ...]:
        return tuple(contact for contact, _ in index.contacts(with_log=False))

    def source(id: str) -> Source:
        return writing.read_source(vault_, id)

    folder = _folder(vault_, wanted.into)
    return Aims(
        contacts=ask(vault_, everybody, progress), read=source, today=vault_.today,
        source=f"{foreign.kind} {vault_.today.isoformat()}", folder=folder,
        prefix=vault.id_of(f"{folder}x.md", vault_.settings)[:-1],
        taken=frozenset(path.rsplit("/", 1)[-1][:-3] for path in seen),
        stem=names.file_name if vault_.settings.file_names == "name" else names.slug,
        keys=wanted.keys, kinds=vault_.settings.kind_table, order=vault_.settings.log_order, largest=files.LARGEST,
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
    inside = (vault_.root / folder).resolve().is_relative_to(vault_.root.resolve())
    if not inside or not vault.is_contact_path(f"{folder}x.md", vault_.settings):
        raise Usage(f'--into "{into}": name a folder for contacts below {first[0][1] or "the vault"}, like --into vienna')
    return folder


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
