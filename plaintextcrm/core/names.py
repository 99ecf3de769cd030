"""Slugs, and the ladder that finds WHO (docs/format.md, "Ids, slugs and links"; docs/commands.md, "WHO")."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from plaintextcrm.core.errors import NotFound
from plaintextcrm.core.text import fold

LONGEST_SLUG = 80  # bytes
_WINDOWS_DEVICES = frozenset(["con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))])
_RESERVED = frozenset(["index", "inbox", "readme"])  # files that are never a contact


class Known(NamedTuple):
    """What somebody answers to."""

    id: str
    name: str
    aliases: Sequence[str] = ()
    emails: Sequence[str] = ()

    @property
    def slug(self) -> str:
        """The last part of the id."""
        return self.id.rsplit("/", 1)[-1]


def slug(name: str, taken: Collection[str] = ()) -> str:
    """The file name (without `.md`) of somebody: letters of any script, digits and `-`; never taken, empty or a device's name.

    Latin letters lose their accents, at most 80 bytes, a collision gets `-2`.
    """
    base = unicodedata.normalize("NFC", fold(name.replace("ß", "ss")))
    base = re.sub(r"[^\w]+|_", "-", re.sub(r"['’.]", "", base)).strip("-")
    base = _bounded(base) or "someone"
    if base in _WINDOWS_DEVICES or base in _RESERVED or base.startswith("readme"):
        base += "-1"
    return _free(base, taken)


def file_name(name: str, taken: Collection[str] = ()) -> str:
    """The person's own name as a file name (`file_names = "name"`): what no file system takes is left out."""
    base = unicodedata.normalize("NFC", " ".join(re.sub(r'[\x00-\x1f<>:"/\\|?*#^\[\]]', " ", name).split())).lstrip("._-").rstrip(". ")
    base = _bounded(base)
    if not base or base.lower() in _WINDOWS_DEVICES or base.lower() in _RESERVED or base.lower().startswith("readme"):
        return slug(name, taken)
    return _free(base, taken)


def _bounded(text: str) -> str:
    return text.encode("utf-8", "ignore")[:LONGEST_SLUG].decode("utf-8", "ignore").strip("- ")


def _free(base: str, taken: Collection[str]) -> str:
    lower = {name.casefold() for name in taken}
    number, candidate = 1, base
    while candidate.casefold() in lower:
        number += 1
        candidate = f"{_bounded(base)[: LONGEST_SLUG - 5]}-{number}"
    return candidate


def find(who: str, people: Iterable[Known]) -> Known:
    """The one person that WHO names: id, slug, name, alias or e-mail, prefix of a name part; the first level with a hit decides.

    Raises NotFound, with the candidates or the likely ones.
    """
    everybody = tuple(people)
    wanted = fold(who)
    levels = (
        lambda person: person.id == who,
        lambda person: fold(person.id) == wanted or fold(person.slug) == wanted,
        lambda person: fold(person.name) == wanted,
        lambda person: any(fold(other) == wanted for other in (*person.aliases, *person.emails)),
        lambda person: _starts_a_part(wanted, person.name),
    )
    for level in levels:
        hits = [person for person in everybody if level(person)]
        if len(hits) == 1:
            return hits[0]
        if hits:
            shown = ", ".join(f"{person.id} ({person.name})" for person in sorted(hits)[:8])
            more = f" and {len(hits) - 8} more" if len(hits) > 8 else ""
            raise NotFound(f'"{who}" is {len(hits)} people: {shown}{more}')
    near = likely(wanted, everybody)
    raise NotFound(f'nobody is called "{who}"' + (f": did you mean {near}?" if near else ""))


def _starts_a_part(wanted: str, name: str) -> bool:
    folded = fold(name)
    return bool(wanted) and (folded.startswith(wanted) or f" {wanted}" in folded or f"-{wanted}" in folded)


def likely(wanted: str, people: Sequence[Known]) -> str:
    """Up to three people whose name or slug is like what was typed."""
    from difflib import get_close_matches

    words: dict[str, Known] = {}
    for person in people:
        for word in (fold(person.name), fold(person.slug), *fold(person.name).split()):
            words.setdefault(word, person)
    found = dict.fromkeys(words[word] for word in get_close_matches(wanted, words, 6, 0.72))
    return ", ".join(f"{person.id} ({person.name})" for person in list(found)[:3])


def link_targets(people: Iterable[Known]) -> dict[str, list[str]]:
    """Folded slug, id, name and alias -> the ids that a `[[link]]` of that text may mean."""
    targets: dict[str, list[str]] = {}
    for person in people:
        for word in {fold(person.slug), fold(person.id), fold(person.name), *(fold(alias) for alias in person.aliases)}:
            targets.setdefault(word, []).append(person.id)
    return targets
