"""Who is who: the people and rows of a file against those the vault held before it (docs/due.md, "Import").

A uid decides, then, in an address book, what `evidence` says; in a log of letters the exact name or alias. Rows about people never
match each other but by their uid.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property

from plaintextcrm.core.exchange.cells import column_lines
from plaintextcrm.core.exchange.evidence import Sign, hint, sure_pairs
from plaintextcrm.core.exchange.incoming import Person, Refusal, Row, canonical, place
from plaintextcrm.core.model import Contact
from plaintextcrm.core.record import NamedTuple


class Match(NamedTuple):
    """Somebody of the file, the contact that this is (None: somebody new), and the rows that name them, in their order."""

    person: Person
    contact: Contact | None
    rows: tuple[Row, ...]


class Matched(NamedTuple):
    """Everybody; `by_name` are those taken for a contact by the name alone, `questions` those who only might be one."""

    matches: tuple[Match, ...]
    refused: tuple[Refusal, ...]
    by_name: tuple[str, ...]
    questions: tuple[str, ...]


Before = Callable[[Person], str | None]
"""Somebody -> the id of the contact they were at the last import, or None."""


def nobody(person: Person) -> None:
    """Nothing was imported before."""


def match(
    people: Sequence[Person], rows: Sequence[Row], contacts: Iterable[Contact], *, name_decides: bool = True, before: Before = nobody,
    kind: str = "",
) -> Matched:  # fmt: skip
    """Everybody in the files with the contact they are; `before` knows where somebody went at the last import of this kind."""
    matcher = _Matcher(tuple(contacts), kind)
    everybody = _joined([*people, *_named_only_in_rows(people, rows)])
    if name_decides:
        matcher.by_uid([person for person in everybody if person.uid])
        matcher.by_name([person for person in everybody if not person.uid])
    else:
        matcher.by_evidence(everybody, before)
    for row in rows:
        matcher.take(row)
    return matcher.matched()


def normal(name: str) -> str:
    """A name for exact comparing: blanks made one, composed."""
    return unicodedata.normalize("NFC", " ".join(name.split()))


def aliases_of(person: Person) -> tuple[str, ...]:
    """The aliases that a file gives somebody."""
    found = person.keys.get("aliases", ())
    return (found,) if isinstance(found, str) else found


def _named_only_in_rows(people: Sequence[Person], rows: Iterable[Row]) -> list[Person]:
    """Somebody for each uid that only rows name; those without a name are not known from here."""
    known = {person.uid for person in people}
    found: dict[str, Person] = {}
    for row in rows:
        if row.uid and row.uid not in known and (row.uid not in found or not found[row.uid].name):
            found[row.uid] = Person(row.name, row.uid)
    return list(found.values())


def _joined(people: Iterable[Person]) -> list[Person]:
    """Rows that carry the same uid are one person."""
    found: dict[str, Person] = {}
    for number, person in enumerate(people):
        key = person.uid or f"\0{number}"
        found[key] = _both(found[key], person) if key in found else person
    return list(found.values())


def _both(first: Person, second: Person) -> Person:
    """Two rows about one person: the first value of a key holds, every other is kept as a line of the body."""
    keys, rest = dict(first.keys), dict(first.rest)
    lines = [*second.rest]
    for key, value in (("name", second.name), *second.keys.items()):
        if key != "name" and key not in keys:
            keys[key] = value
        elif key == "groups":
            keys[key] = tuple(dict.fromkeys((*_several_of(keys[key]), *_several_of(value))))
        elif value and value != keys.get(key, first.name):
            lines += [(key, column_lines(key, one)) for one in ((value,) if isinstance(value, str) else value)]
    for column, texts in lines:
        rest[column] = tuple(dict.fromkeys((*rest.get(column, ()), *texts)))
    return first._replace(
        name=first.name or second.name, keys=keys, rest=tuple(rest.items()), where=first.where or second.where,
        note="\n\n".join(dict.fromkeys(note for note in (first.note, second.note) if note)),
        attachments=tuple(dict.fromkeys((*first.attachments, *second.attachments))),
        related=tuple(dict.fromkeys((*first.related, *second.related))), log=(*first.log, *second.log),
        other={**second.other, **first.other}, body=first.body or second.body,
        follow_ups=tuple(dict.fromkeys((*first.follow_ups, *second.follow_ups))),
        id=first.id or second.id, made_up=first.made_up and second.made_up,
    )  # fmt: skip


def _several_of(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


class _Matcher:
    """Fills up: first those with a uid, then those without, then the rows."""

    def __init__(self, contacts: Sequence[Contact], kind: str = "") -> None:
        self.contacts, self.kind = contacts, kind
        self.uids: dict[str, list[Contact]] = defaultdict(list)
        self.names: dict[str, list[Contact]] = defaultdict(list)
        self.aliases: dict[str, list[Contact]] = defaultdict(list)
        for contact in contacts:
            if uid := contact.text("uid"):
                self.uids[uid].append(contact)
            self.names[normal(contact.name)].append(contact)
            for alias in contact.texts("aliases"):
                self.aliases[normal(alias)].append(contact)
        self.found: list[tuple[Person, Contact | None]] = []
        self.rows: dict[int, list[Row]] = defaultdict(list)
        self.refused: list[Refusal] = []
        self.name_only: list[str] = []
        self.members_of_nobody = 0  # members of groups who are in neither the files nor the vault
        self.questions: list[str] = []
        self.of_uid: dict[str, int] = {}
        self.nobody: dict[str, str] = {}  # uid -> why it is nobody's
        self.of_contact: dict[str, int] = {}
        self.called: tuple[dict[str, set[int]], dict[str, set[int]]] = (defaultdict(set), defaultdict(set))  # by name, by alias

    def add(self, person: Person, contact: Contact | None) -> int:
        """One more match; its number."""
        number = len(self.found)
        self.found.append((person, contact))
        if person.uid:
            self.of_uid[person.uid] = number
        if contact:
            self.of_contact[contact.id] = number
        for name in {person.name, contact.name if contact else ""}:
            self.called[0][normal(name)].add(number)
        for alias in (*aliases_of(person), *(contact.texts("aliases") if contact else ())):
            self.called[1][normal(alias)].add(number)
        return number

    def refuse(self, person: Person, reason: str) -> None:
        """Somebody who cannot be placed, and so no row that names them by the uid."""
        self.nobody[person.uid] = reason
        if person.where:
            self.refused.append(Refusal(person.where, reason, of_person=True))
            if person.log:
                self.refused.append(Refusal(person.where, reason, len(person.log)))

    def namesakes(self, name: str) -> list[Contact]:
        """The contacts of exactly that name, else of that alias."""
        return self.names.get(normal(name)) or self.aliases.get(normal(name)) or []

    def by_uid(self, people: Sequence[Person]) -> None:
        """Those with a uid: the contact that carries it, else the only one of the name, if it has none."""
        claims: dict[str, int] = defaultdict(int)
        for person in people:
            if person.uid not in self.uids:
                for contact in self.namesakes(person.name):
                    claims[contact.id] += 1
        for person in people:
            hits = self.uids.get(person.uid, [])
            same = [] if hits else self.namesakes(person.name)
            if len(hits) > 1:
                self.refuse(person, f'uid "{person.uid}" is in {" and ".join(contact.path for contact in hits)}')
            elif hits:
                self.add(person, hits[0])
            elif not person.name:
                self.refuse(person, f'nobody has the person_id "{person.uid}", and no name stands beside it')
            elif len(same) == 1 and not same[0].text("uid") and claims[same[0].id] == 1:
                self.name_only.append(f"{person.name} ({person.uid}) is taken to be {same[0].id}, by the name")
                self.add(person, same[0])
            else:
                if same:
                    others = ", ".join(f"{one.id} (uid {one.text('uid') or 'none'})" for one in same)
                    self.questions.append(f"{person.name} ({person.uid}) has the name of {others}")
                self.add(person, None)

    def by_name(self, people: Sequence[Person]) -> None:
        """Those without a uid: each the contact of the name that says the same, else the only one left, else somebody new."""
        left = []
        for person in people:
            free = (contact for contact in self.namesakes(person.name) if contact.id not in self.of_contact)
            same = next((contact for contact in free if _says_all(contact, person)), None)
            if same:
                self.add(person, same)
            else:
                left.append(person)
        for person in left:
            unlike = [contact for contact in self.namesakes(person.name) if contact.id not in self.of_contact]
            if len(unlike) > 1:
                self.refuse(person, _several(person.name, [contact.id for contact in unlike]))
            else:
                self.add(person, unlike[0] if unlike else None)

    def by_evidence(self, people: Sequence[Person], before: Before) -> None:
        """Those whom a sign makes a contact, then who is where the last import or our own export has them, or says nothing else.

        The rest is new.
        """
        sure = sure_pairs(people, self.contacts, self.same_name)
        for contact in sure.values():
            self.of_contact[contact.id] = -1  # nobody else's, though the numbers follow the file
        free = {number: person for number, person in enumerate(people) if number not in sure and person.name}
        for number, person in free.items():
            known = self.namesake(person, before(person))
            if known:
                sure[number] = known
                self.of_contact[known.id] = -1
        for number, person in enumerate(people):
            if number in sure:
                self.add(person, sure[number])
            elif person.name:
                self.ask(person)
                self.add(person, None)
            else:
                self.members_of_nobody += 1

    def same_name(self, person: Person, contact: Contact) -> bool:
        """Whether a contact is called so."""
        names = map(normal, (contact.name, *contact.texts("aliases")))
        return normal(person.name) in names

    def namesake(self, person: Person, id: str | None) -> Contact | None:
        """The contact of the name that the last import made or found, else of the id in our own export, else that says exactly the same."""
        found = [contact for contact in self.namesakes(person.name) if contact.id not in self.of_contact]
        found = [contact for contact in found if not (person.uid and contact.text("uid"))]
        known = next((contact for contact in found if contact.id == id), None)
        if not known and not person.uid:
            known = next((contact for contact in found if contact.id == person.id and not _gainsays(contact, person)), None)
        return known or next((contact for contact in found if self.came_so(person, contact) and _says_all(contact, person)), None)

    def came_so(self, person: Person, contact: Contact) -> bool:
        """Whether more than the name says that this contact is what an import of the same file made."""
        return bool(person.keys) or (contact.text("source") or "").split(" ")[0] == self.kind

    def ask(self, person: Person) -> None:
        """The name of somebody new is somebody's already, or the family name in the same company: that is a question."""
        where = f" ({place(person.where)})" if person.where else ""
        same = [contact.id for contact in self.namesakes(person.name)]
        if same:
            self.questions.append(f"{person.name}{where} has the name of {', '.join(same)}")
            return
        like = [id for id in self.hints.get(hint(person.name, person.keys), ()) if id not in self.of_contact]
        if like:
            self.questions.append(f"{person.name}{where} has the family name and the company of {', '.join(like)}")

    @cached_property
    def hints(self) -> Mapping[Sign | None, Sequence[str]]:
        """Family name and company -> whose they are."""
        found: dict[Sign | None, list[str]] = defaultdict(list)
        for contact in self.contacts:
            found[hint(contact.name, contact.keys)].append(contact.id)
        found.pop(None, None)
        return found

    def take(self, row: Row) -> None:
        """One row, to whom it names: by the uid, else by the name, in these files or in the vault."""
        if row.uid:
            number = self.of_uid.get(row.uid)
            reason = self.nobody.get(row.uid, "")
        else:
            number, reason = self.number_of(normal(row.name))
        if number is None:
            self.refused.append(Refusal(row.where, reason))
        else:
            self.rows[number].append(row)

    def number_of(self, name: str) -> tuple[int | None, str]:
        """The match that a name means, somebody new where it means nobody; None and why where it means several."""
        for called, contacts in zip(self.called, (self.names, self.aliases), strict=True):
            numbers = called.get(name, set())
            others = [contact for contact in contacts.get(name, ()) if contact.id not in self.of_contact]
            if len(numbers) + len(others) > 1:
                both = [self.found[number] for number in sorted(numbers)]
                who = [contact.id if contact else f"{person.name} ({person.uid})" for person, contact in both]
                return None, _several(name, [*who, *(contact.id for contact in others)])
            if numbers:
                return next(iter(numbers)), ""
            if others:
                return self.add(Person(name), others[0]), ""
        return self.add(Person(name), None), ""

    def matched(self) -> Matched:
        """Everybody."""
        matches = tuple(Match(person, contact, tuple(self.rows[number])) for number, (person, contact) in enumerate(self.found))
        if self.members_of_nobody:
            self.name_only.append(f"{self.members_of_nobody:,} members of groups are in neither these files nor the vault: left out")
        return Matched(matches, tuple(self.refused), tuple(self.name_only), tuple(self.questions))


def _gainsays(contact: Contact, person: Person) -> bool:
    """Whether both say how to reach them or when they were born, and nothing of it is the same: another vault has that name, too."""
    pairs = [(contact.texts(key), canonical(key, person.keys[key])) for key in _TELLING if key in contact.keys and key in person.keys]
    return bool(pairs) and not any(set(ours) & set(theirs if isinstance(theirs, tuple) else (theirs,)) for ours, theirs in pairs)


_TELLING = ("email", "phone", "linkedin", "birthday")


def _several(name: str, who: Sequence[str]) -> str:
    return f'"{name}" is {len(who)} people: {", ".join(sorted(who))}: a person_id would tell'


def _says_all(contact: Contact, person: Person) -> bool:
    """Whether the contact's keys hold all that the file says of the person."""
    return all(contact.keys.get(key) == canonical(key, value) for key, value in person.keys.items())
