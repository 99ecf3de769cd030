"""Taking people along: whom, what of them may leave, in which format, and into which file or folder."""

from __future__ import annotations

from collections.abc import Sequence

from plaintextcrm.app import reading
from plaintextcrm.app.asking import ask
from plaintextcrm.app.vaults import Vault
from plaintextcrm.core import contact as contacts
from plaintextcrm.core.errors import ChangedOnDisk, PtcrmError, Usage, why
from plaintextcrm.core.exchange.out import EXPORTERS, Terms
from plaintextcrm.core.exchange.out.calendar import Agenda
from plaintextcrm.core.exchange.out.leaving import Leaving, held_back, leaving, private_links, without_private
from plaintextcrm.core.exchange.out.table import Table
from plaintextcrm.core.model import Contact, Edit, Problem
from plaintextcrm.core.pages.published import is_private
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.edge import files, vault
from plaintextcrm.edge.index import Index, Progress
from plaintextcrm.edge.paths import Path

UNREAD = ("unreadable", "too-large")  # codes of problems: nobody knows who stands in such a file


class Taken(NamedTuple):
    """Who leaves and with what; `stayed` are those private as a whole, `held` private key -> how many have something for it.

    `whole` is whether every file of the vault could be read: else somebody who is not among them may be there all the same. `sayable` are
    the problems that quote nothing private.
    """

    people: tuple[Leaving, ...]
    stayed: int = 0
    held: tuple[tuple[str, int], ...] = ()
    problems: tuple[Problem, ...] = ()
    whole: bool = True
    sayable: tuple[Problem, ...] = ()


def take(vault_: Vault, terms: Sequence[str] = (), private: bool = False, progress: Progress | None = None) -> Taken:
    """Everybody the filter lets through, by id, as their files are now; without `private` less what is private."""

    def question(index: Index) -> tuple[tuple[str, ...], tuple[Contact, ...], tuple[Problem, ...]]:
        ids = tuple(one.contact.id for one in reading.people(index, vault_, terms))
        everybody = () if private else tuple(contact for contact, _ in index.contacts(with_log=False))
        return ids, everybody, tuple(index.problems())

    ids, everybody, problems = ask(vault_, question, progress)
    is_hidden = private_links(everybody)
    people: list[Leaving] = []
    held: dict[str, int] = {}
    stayed, paths, guarded = 0, set[str](), set[str]()
    for number, id in enumerate(ids):
        one = _read(vault_, id, private)
        if progress:
            progress(number + 1, len(ids))
        if one is None:
            continue
        paths.add(one.contact.path)
        if private:
            people.append(one)
        elif is_private(one.contact):
            stayed += 1
            guarded.add(one.contact.path)
        else:
            people.append(without_private(one, vault_.settings, is_hidden))
            keys = held_back(one, vault_.settings)
            guarded |= {one.contact.path} if keys else set()
            for key in keys:
                held[key] = held.get(key, 0) + 1
    unread = [problem for problem in problems if problem.code in UNREAD]
    told = tuple(problem for problem in problems if problem.where.path in paths or problem in unread)
    sayable = tuple(problem for problem in told if problem.where.path not in guarded)
    return Taken(tuple(people), stayed, tuple(sorted(held.items())), (*vault_.problems, *told), not unread, sayable)


def _read(vault_: Vault, id: str, comments: bool) -> Leaving | None:
    """Somebody from the file, with its comments or without; None where it is gone, or cannot be read, which is a problem told anyway."""
    try:
        source = vault.read(vault_.root, vault.path_of(id, vault_.settings), vault_.settings)
    except (OSError, PtcrmError):
        return None
    return leaving(contacts.parse(source, vault_.settings.kind_table, vault_.settings.log_order), vault_.settings.kind_table, comments)


def made(vault_: Vault, kind: str, taken: Taken, version: str = "3.0") -> bytes:
    """The file of that kind."""
    settings = vault_.settings
    found = EXPORTERS[kind](taken.people, Terms(vault_.today, settings.kind_table, version, taken.sayable))
    if isinstance(found, Table):
        from plaintextcrm.render.asdata import as_csv

        return as_csv(found.rows, found.columns).encode("utf-8")
    if isinstance(found, Agenda):
        from plaintextcrm.render.agenda import Look, agenda_calendar

        return agenda_calendar(found, Look(settings.name, settings.name, settings.leap_day), vault_.today)
    return found.encode("utf-8")


def put(given: str, data: bytes) -> bool:
    """Write one file, whole or not at all; whether it says something else now.

    Raises Usage where there is no such folder, or a folder of that name.
    """
    path = Path(given).expanduser()
    if path.is_dir():
        raise Usage(f"{given}: is a folder: name a file in it")
    if not path.parent.is_dir():
        raise Usage(f"{path.parent}: there is no such folder: make it first")
    target = Path(path.resolve())
    try:
        before = files.now(target) if target.exists() else None
        if before == data:
            return False
        files.apply(target.parent, Edit(target.name, before, data))
    except OSError as error:
        raise Usage(f"{given}: cannot be written: {why(error)}") from None
    except ChangedOnDisk as error:
        raise Usage(f"{given}: {str(error).split(': ', 1)[-1]}") from None
    return True
