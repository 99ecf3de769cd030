"""Slugs, and the ladder that finds WHO (docs/format.md, "Ids, slugs and links"; docs/commands.md, "WHO")."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from plaintextcrm.core.errors import NotFound
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.text import fold

LONGEST_SLUG = 80  # bytes
FEWEST_DIGITS = 7  # of a phone number, whatever stands before them for country or town
_WINDOWS_DEVICES = frozenset(["con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))])
_NUMBER = pattern(r"[+(]?[0-9][0-9 ()./-]*\Z")
_RESERVED = frozenset(["index", "inbox", "readme"])  # files that are never a contact


class Known(NamedTuple):
    """What somebody answers to."""

    id: str
    name: str
    aliases: Sequence[str] = ()
    emails: Sequence[str] = ()
    at: str = ""  # company or place, to tell two of one name apart
    phones: Sequence[str] = ()

    @property
    def slug(self) -> str:
        """The last part of the id."""
        return self.id.rsplit("/", 1)[-1]


def slug(name: str, taken: Collection[str] = ()) -> str:
    """The file name (without `.md`) of somebody: letters of any script, digits and `-`; never taken, empty or a device's name.

    Latin letters lose their accents, at most 80 bytes, a collision gets `-2`.
    """
    base = unicodedata.normalize("NFC", _plain(name.replace("ß", "ss")))
    base = re.sub(r"[^\w]+|_", "-", re.sub(r"['’.]", "", base)).strip("-")
    base = _bounded(base) or "someone"
    return _free(_numbered(base, 1) if _is_reserved(base) else base, taken)


def file_name(name: str, taken: Collection[str] = ()) -> str:
    """The person's own name as a file name (`file_names = "name"`): what no file system takes is left out."""
    base = unicodedata.normalize("NFC", " ".join(re.sub(r'[\x00-\x1f<>:"/\\|?*#^\[\]]', " ", name).split()))
    base = _bounded(base.lstrip("._- ").rstrip(". "))
    return slug(name, taken) if not base or _is_reserved(base) else _free(base, taken)


def _plain(text: str) -> str:
    """`fold`, with letters in the style of letters (`𝐀𝐝𝐚`) taken as those letters."""
    return fold(text if text.isascii() else unicodedata.normalize("NFKC", text))


def _is_reserved(base: str) -> bool:
    """Whether a file of that name would be a device of Windows, with whatever ending, or is never a contact."""
    plain = _plain(base)
    return plain.split(".")[0].strip() in _WINDOWS_DEVICES or plain in _RESERVED or plain.startswith("readme")


def _bounded(text: str, most: int = LONGEST_SLUG) -> str:
    return text.encode("utf-8", "ignore")[:most].decode("utf-8", "ignore").strip("- ")


def _numbered(base: str, number: int) -> str:
    return f"{_bounded(base, LONGEST_SLUG - len(f'-{number}'))}-{number}"


def _free(base: str, taken: Collection[str]) -> str:
    lower = {name.casefold() for name in taken}
    number, candidate = 1, base
    while candidate.casefold() in lower:
        number += 1
        candidate = _numbered(base, number)
    return candidate


def find(who: str, people: Iterable[Known]) -> Known:
    """The one person that WHO names: id, slug, name, alias or e-mail, prefix of a name part, phone; the first level with a hit decides.

    Raises NotFound, with the candidates or the likely ones.
    """
    everybody = tuple(people)
    wanted = _plain(who)
    levels = (
        lambda person: person.id == who,
        lambda person: _plain(person.id) == wanted,
        lambda person: _plain(person.slug) == wanted,
        lambda person: _plain(person.name) == wanted,
        lambda person: any(_plain(other) == wanted for other in (*person.aliases, *person.emails)),
        lambda person: _starts_a_part(wanted, person.name),
        lambda person: any(_is_number(who, phone) for phone in person.phones),
    )
    for level in levels if wanted else ():
        hits = [person for person in everybody if level(person)]
        if len(hits) == 1:
            return hits[0]
        if hits:
            shown = _shown(sorted(hits, key=lambda person: (person.id, person.name))[:8])
            more = f" and {len(hits) - 8} more" if len(hits) > 8 else ""
            raise NotFound(f'"{who}" is {len(hits)} people: {shown}{more}')
    near = likely(wanted, everybody)
    raise NotFound(f'nobody is called "{who}"' + (f": did you mean {near}?" if near else ""))


def _shown(people: Iterable[Known]) -> str:
    shown = list(people)
    names = Counter(fold(person.name) for person in shown)
    return ", ".join(f"{person.id} ({person.name}{_apart(person) if names[fold(person.name)] > 1 else ''})" for person in shown)


def _apart(person: Known) -> str:
    """What tells somebody from another of the same name: company, place or e-mail address."""
    told = person.at or next(iter(person.emails), "")
    return f", {told}" if told else ""


def _starts_a_part(wanted: str, name: str) -> bool:
    plain = _plain(name)
    return plain.startswith(wanted) or f" {wanted}" in plain or f"-{wanted}" in plain


def _is_number(typed: str, phone: str) -> bool:
    """Whether both are one phone number, with or without the country: all digits of the shorter one end the other."""
    if not _NUMBER.match(typed):
        return False
    one, other = (re.sub(r"\D", "", text).lstrip("0") for text in (typed.replace("(0)", ""), phone.replace("(0)", "")))
    return min(len(one), len(other)) >= FEWEST_DIGITS and (one.endswith(other) or other.endswith(one))


def likely(wanted: str, people: Sequence[Known]) -> str:
    """Up to three people whose name or slug begins with what was typed (`maria-joao`), else is like it."""
    begun = [person for person in people if wanted and _plain(person.slug).startswith(wanted)]
    if begun:
        return _shown(begun[:3])
    from difflib import get_close_matches

    words: dict[str, Known] = {}
    for person in people:
        name = _plain(person.name)
        for word in (name, _plain(person.slug), *name.split()):
            words.setdefault(word, person)
    found = {words[word].id: words[word] for word in get_close_matches(wanted, words, 6, 0.72)}
    return _shown(list(found.values())[:3])


def link_targets(people: Iterable[Known]) -> dict[str, list[str]]:
    """Folded slug, id, name and alias -> the ids that a `[[link]]` of that text may mean."""
    targets: dict[str, list[str]] = {}
    for person in people:
        for word in {fold(person.slug), fold(person.id), fold(person.name), *(fold(alias) for alias in person.aliases)}:
            targets.setdefault(word, []).append(person.id)
    return targets
