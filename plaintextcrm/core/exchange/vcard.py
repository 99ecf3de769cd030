"""vCard files -> people: every card that is one person, groups on their members, organisations counted (RFC 2426, 6350, 6474, 6715)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from plaintextcrm.core.exchange.incoming import Given, Hints, Person, Reading, Refusal, counted
from plaintextcrm.core.exchange.vcard_cards import Mapped, is_group, is_organisation, person_of
from plaintextcrm.core.exchange.vcard_text import Card, cards, is_vcard
from plaintextcrm.core.model import Location

SHOWN_NAMES = 3


def read(files: Sequence[Given], hints: Hints) -> Reading | None:
    """What the cards say, or None where a file holds none."""
    if not files or not all(is_vcard(file.data) for file in files):
        return None
    taken = _Taken(hints)
    for file in files:
        taken.file(file)
    return taken.reading()


class _Taken:
    """Fills up, card by card."""

    def __init__(self, hints: Hints) -> None:
        self.hints = hints
        self.people: list[Person] = []
        self.refused: list[Refusal] = []
        self.notes: list[str] = []
        self.organisations: list[str] = []
        self.members: dict[str, list[str]] = defaultdict(list)  # uid -> the groups they are in

    def file(self, file: Given) -> None:
        """All cards of one file."""
        guessed = 0
        for card in counted(cards(file, self.hints.encoding), file.data.count(b"BEGIN:VCARD"), self.hints.progress):
            guessed += card.guessed
            self.card(card, file.name)
        if guessed:
            lines = f"{guessed:,} line{' is' if guessed == 1 else 's are'}"
            self.notes.append(f"{file.name}: {lines} not UTF-8, read as Windows-1252 (--encoding NAME if that is wrong)")

    def card(self, card: Card, name: str) -> None:
        """One card: a person, a group, an organisation, or refused."""
        where = Location(name, card.line)
        mapped = person_of(card, where, self.hints.kinds)
        if isinstance(mapped, str):
            self.refused.append(Refusal(where, mapped, of_person=True))
        elif is_group(card):
            for uid in mapped.members:
                self.members[uid].append(mapped.person.name)
            self.notes += _of_a_group(mapped, where)
        elif is_organisation(card) and not self.hints.include_orgs:
            self.organisations.append(mapped.person.name)
        else:
            self.person(mapped, where)
        self.notes += (f"{name}:{line}: {reason}" for line, reason in card.faults)

    def person(self, mapped: Mapped, where: Location) -> None:
        """Somebody."""
        if mapped.named_by:
            self.notes.append(f'{where.path}:{where.line}: no name: called by the {mapped.named_by}, "{mapped.person.name}"')
        self.people.append(mapped.person)

    def reading(self) -> Reading:
        """Everybody, with the groups they are in."""
        if self.organisations:
            shown = ", ".join(self.organisations[:SHOWN_NAMES]) + (", …" if len(self.organisations) > SHOWN_NAMES else "")
            cards_ = f"{len(self.organisations):,} card{' is' if len(self.organisations) == 1 else 's are'}"
            self.notes.append(f"{cards_} of organisations, left out ({shown}): --include-orgs takes them too")
        here = {person.uid for person in self.people if person.uid}
        people = [self.in_groups(person) for person in self.people]
        people += (Person("", uid, {"groups": tuple(groups)}) for uid, groups in self.members.items() if uid not in here)
        return Reading(tuple(people), (), tuple(self.refused), tuple(self.notes))

    def in_groups(self, person: Person) -> Person:
        """Somebody with the groups that name them as a member."""
        groups = self.members.get(person.uid, ()) if person.uid else ()
        if not groups:
            return person
        held = person.keys.get("groups", ())
        there = (held,) if isinstance(held, str) else held
        return person._replace(keys={**person.keys, "groups": tuple(dict.fromkeys((*there, *groups)))})


def _of_a_group(mapped: Mapped, where: Location) -> list[str]:
    """What of a group's card nobody has room for: its members have its name alone."""
    person = mapped.person
    left = [*(["a note"] if person.note else []), *person.keys, *(one.words for one in person.attachments)]
    members = "" if mapped.members else ", and of nobody"
    if not left and mapped.members:
        return []
    words = f": left out: {', '.join(left)}" if left else ""
    return [f'{where.path}:{where.line}: a group, "{person.name}"{members}{words}']
