"""A folder of notes that is there already becomes a vault: who of it are people, which keys are understood; only ptcrm.toml is new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from plaintextcrm.app.making import settings_text
from plaintextcrm.core import contact as contacts
from plaintextcrm.core.contact import Parsed
from plaintextcrm.core.edit import is_name
from plaintextcrm.core.errors import Refused
from plaintextcrm.core.model import Edit
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.settings import FILE, Settings
from plaintextcrm.core.vocabulary import find_key, fold_key
from plaintextcrm.edge import files, git, vault
from plaintextcrm.edge.parsing import Reader
from plaintextcrm.edge.paths import Path
from plaintextcrm.edge.scanning import scan

WORDS = ("person", "people", "contact", "contacts", "persons", "crm")  # what people call their notes about people
TELLING = frozenset(["email", "phone", "birthday", "last_contact", "cadence", "met", "met_at"])  # keys that only people have
LEAST = 2  # notes with telling keys, where no tag, type or folder tells


class KeyFound(NamedTuple):
    """A key as the notes spell it, in how many of them, and what it is read as ("" where it stays the user's own)."""

    written: str
    files: int
    read_as: str


class Adopted(NamedTuple):
    """What was found in a folder of notes: how many there are, how many are people, and by which settings."""

    notes: int
    people: int
    folders: tuple[str, ...]
    only: str
    keys: tuple[KeyFound, ...]
    mistakes: int
    named: bool = False  # files are called by the names of people, not by slugs
    in_git: bool = False


def look(folder: Path) -> Adopted | None:
    """What `folder` holds, or None where it is no folder of notes with people among them. Nothing is written."""
    if not folder.is_dir() or (folder / FILE).exists():
        return None
    every = Settings()._replace(contacts=(".",))
    readable = [parsed for path in scan(folder, every).stamps if (parsed := _read(folder, path, every))]
    notes = [one for one in readable if one.front.pairs]
    if not notes or all(one.contact.path.startswith("contacts/") for one in notes):
        return None
    chosen = _chosen(folder, notes, len(notes) == len(readable))
    if chosen is None:
        return None
    settings, people = chosen
    if settings.contacts != (".",):  # a folder is taken as it is
        people = [one for one in readable if one.contact.path.startswith(f"{settings.contacts[0]}/")]
    mistakes = sum(problem.severity == "error" for one in people for problem in one.problems)
    named = sum(one.contact.slug != one.contact.slug.lower() or " " in one.contact.slug for one in people) * 2 > len(people)
    return Adopted(
        len(notes) + sum(not one.front.pairs for one in people),
        len(people),
        settings.contacts,
        settings.only,
        tuple(_keys(people)),
        mistakes,
        named,
        git.repository(folder.resolve()) is not None,
    )


def adopt(folder: Path, name: str, today: date, found: Adopted) -> None:
    """Write ptcrm.toml, and nothing else. Raises Refused or OSError where that cannot be."""
    shown = ", ".join(f'"{_quoted(one)}"' for one in found.folders)
    text = settings_text(name, today).replace('contacts = ["contacts"] ', f"contacts = [{shown}] ", 1)
    if found.only:
        before, mark, after = text.partition("since = ")
        text = f'{before}only = "{_quoted(found.only)}"{" " * max(1, 27 - len(found.only))}# which of them are people\n{mark}{after}'
    if found.named:
        text = text.replace('file_names = "slug" ', 'file_names = "name" ', 1)
    files.apply(folder, Edit(FILE, None, text.encode("utf-8")))


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _read(folder: Path, path: str, settings: Settings) -> Parsed | None:
    """A note that is no template; whatever cannot be read is none."""
    try:
        parsed = contacts.parse(vault.read(folder, path, settings))
    except (OSError, Refused):
        return None
    return parsed if parsed.is_person else None


def _chosen(folder: Path, notes: Sequence[Parsed], are_all: bool) -> tuple[Settings, list[Parsed]] | None:
    """(the settings, whom they let through): by a tag, a `type`, a folder; else everybody, where their keys are those of people.

    Where other notes have no keys at all (`are_all` is False), everybody would be more than these.
    """
    every = Settings()._replace(contacts=(".",))
    best: tuple[Settings, list[Parsed]] | None = None
    for only in _filters(notes):
        settings = every._replace(only=only)
        people = _let_through(folder, settings, notes)
        if best is None or len(people) > len(best[1]):
            best = settings, people
    below = _folder(notes)
    inside = [one for one in notes if below and one.contact.path.startswith(f"{below}/")]
    if len(inside) > (len(best[1]) if best else 0):
        best = Settings()._replace(contacts=(below,)), inside
    if best:
        return best
    telling = [one for one in notes if not TELLING.isdisjoint(one.contact.keys)]
    if len(telling) < LEAST:
        return None
    if are_all and len(telling) == len(notes):
        return every, list(notes)
    key = Counter(key for one in telling for key in TELLING & one.contact.keys.keys()).most_common(1)[0][0]
    settings = every._replace(only=f"has:{key}")
    return settings, _let_through(folder, settings, notes)


def _filters(notes: Iterable[Parsed]) -> list[str]:
    """Filters that say of a note that it is about a person, those that are used."""
    tags = {tag.lower() for one in notes for tag in one.contact.texts("tags")}
    kinds = {str(value).lower() for one in notes for key, value in one.contact.other.items() if fold_key(key) == "type"}
    return [f"tag:{word}" for word in WORDS if word in tags] + [f"type:{word}" for word in WORDS if word in kinds]


def _let_through(folder: Path, settings: Settings, notes: Sequence[Parsed]) -> list[Parsed]:
    reader = Reader(folder, settings)
    return [one for one in notes if reader.is_person(one)]


def _folder(notes: Iterable[Parsed]) -> str:
    """The folder that is called after people and holds the most notes, or ""."""
    found: Counter[str] = Counter()
    for one in notes:
        parts = one.contact.path.split("/")[:-1]
        for place, part in enumerate(parts):
            if part.strip("0123456789 -_.").lower() in WORDS:
                found["/".join(parts[: place + 1])] += 1
    return found.most_common(1)[0][0] if found else ""


def _keys(people: Sequence[Parsed]) -> list[KeyFound]:
    """Every key of theirs as it is spelt, those that are understood first, the most used first."""
    counted: Counter[tuple[str, str]] = Counter()
    for one in people:
        for written in {pair.key: pair for pair in one.front.pairs if pair.value not in (None, "", [])}.values():
            known = find_key(written.key)
            read_as = "" if known is None else "name" if is_name(written, one) else known.name
            counted[written.key, read_as] += 1
    found = [KeyFound(written, number, read_as) for (written, read_as), number in counted.items()]
    return sorted(found, key=lambda key: (not key.read_as, -key.files, key.written))


def lines(found: Adopted) -> list[str]:
    """What was found, in words."""
    told = [
        f"{found.people:,} of {found.notes:,} {'note is a person' if found.notes == 1 else 'notes are people'}"
        + (f" ({found.only})" if found.only else "")
    ]
    for key in found.keys:
        if key.read_as:
            same = fold_key(key.written) == fold_key(key.read_as)
            told.append(f"  `{key.written}` in {_files(key.files)}" + ("" if same else f", read as {key.read_as}"))
    own = [f"`{key.written}` ({key.files:,})" for key in found.keys if not key.read_as]
    if own:
        told.append(f"  kept as your own: {', '.join(own[:12])}{', …' if len(own) > 12 else ''}")
    if found.mistakes:
        told.append(f"  {found.mistakes:,} {'value is' if found.mistakes == 1 else 'values are'} not understood: ptcrm check lists them")
    told.append(f"  {_GIT if found.in_git else _NO_GIT}")
    return told


_GIT = "git: the repository is left as it is; ptcrm.toml is yours to commit, and ptcrm sync is there to share the vault"
_NO_GIT = "git: there is no repository, and none is made: ptcrm undo works without one"


def _files(number: int) -> str:
    return f"{number:,} {'file' if number == 1 else 'files'}"
