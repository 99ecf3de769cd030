"""Photos and their like -> files in `attachments/`, each named in the body of whose it is."""

from __future__ import annotations

from collections.abc import Callable

from plaintextcrm.core.exchange.cells import label
from plaintextcrm.core.exchange.incoming import Attachment, Person
from plaintextcrm.core.model import Edit

FOLDER = "attachments"
Held = Callable[[str], bytes | None]


class Beside:
    """The files of one import: `held` says what a path holds; no two people get the same."""

    def __init__(self, held: Held) -> None:
        self.held = held
        self.taken: set[str] = set()

    def placed(self, person: Person, slug: str) -> tuple[Person, tuple[Edit, ...]]:
        """(the person with a line for each file, the files that are not there yet)."""
        if not person.attachments:
            return person, ()
        edits: list[Edit] = []
        rest = dict(person.rest)
        for one in person.attachments:
            path, edit = self.one(one, slug)
            if edit:
                edits.append(edit)
            column = label(one.words)
            rest[column] = tuple(dict.fromkeys((*rest.get(column, ()), f"- {column}: {path}")))
        return person._replace(rest=tuple(rest.items())), tuple(edits)

    def one(self, one: Attachment, slug: str) -> tuple[str, Edit | None]:
        """(where it is, the edit that puts it there): a path that holds something else, or is somebody else's, is left alone."""
        number = 1
        while True:
            counted = "" if number == 1 else f"-{number}"
            path = f"{FOLDER}/{slug}-{one.words}{counted}.{one.suffix}"
            if path.casefold() not in self.taken:
                there = self.held(path)
                if there is None or there == one.data:
                    self.taken.add(path.casefold())
                    return path, Edit(path, None, one.data) if there is None else None
            number += 1
