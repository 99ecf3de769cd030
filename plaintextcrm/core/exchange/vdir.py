"""A folder with one card a file, as vdirsyncer and khard keep it: the same people, called after the folder they come from."""

from __future__ import annotations

from collections.abc import Sequence

from plaintextcrm.core.exchange import vcard
from plaintextcrm.core.exchange.cells import protect
from plaintextcrm.core.exchange.incoming import Given, Hints, Person, Reading, Refusal
from plaintextcrm.core.exchange.vcard_text import is_vcard
from plaintextcrm.core.model import Location

WITH_EACH_SYNC = frozenset(["PRODID", "REV", "X-ABUID"])  # what programs change by themselves, and nobody reads


def read(files: Sequence[Given], hints: Hints) -> Reading | None:
    """What the cards say, or None where there are none; a file that holds none is refused by itself."""
    good = [file for file in files if is_vcard(file.data)]
    refused = tuple(Refusal(Location(file.name), "no card in it", of_person=True) for file in files if not is_vcard(file.data))
    found = vcard.read(good, hints)
    if found is None:
        return None
    return found._replace(people=tuple(map(_of_folder, found.people)), refused=(*refused, *found.refused))


def _of_folder(person: Person) -> Person:
    if person.where is None:
        return person
    folder = person.where.path.replace("\\", "/").rsplit("/", 2)[-2:-1]
    origin = protect(" ".join(folder[0].split())) if folder and folder[0] else person.origin
    rest = tuple((column, lines) for column, lines in person.rest if column not in WITH_EACH_SYNC)
    return person._replace(origin=origin, rest=rest)


def person_in(text: str, hints: Hints) -> Person | None:
    """The one person of a card."""
    found = read([Given("folder/card.vcf", text.encode("utf-8", "surrogateescape"))], hints)
    return found.people[0] if found and len(found.people) == 1 else None
