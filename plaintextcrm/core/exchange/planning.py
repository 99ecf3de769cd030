"""Reading + vault -> Plan: who is new, what is there already, and the edits that add the rest. Nothing is overwritten."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from hashlib import sha256
from types import MappingProxyType

from plaintextcrm.core import contact, names, text
from plaintextcrm.core.errors import PtcrmError
from plaintextcrm.core.exchange import changing
from plaintextcrm.core.exchange.cells import column_lines
from plaintextcrm.core.exchange.incoming import Keys, Reading, Refusal, Row
from plaintextcrm.core.exchange.matching import Match, aliases_of, match, normal
from plaintextcrm.core.kinds import STANDARD, KindTable
from plaintextcrm.core.model import Contact, Edit, Interaction, Source
from plaintextcrm.core.record import NamedTuple

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
Progress = Callable[[int, int], None]


class Aims(NamedTuple):
    """What the vault and the user say about writing: `folder` is a path below the vault, `prefix` what ids there begin with."""

    contacts: tuple[Contact, ...]  # all of the vault's, their logs left out
    read: Callable[[str], Source]  # id -> its file; raises PtcrmError
    today: date
    source: str  # "interactions 2026-11-21", for whoever is new
    folder: str = "contacts/"
    prefix: str = ""
    taken: Collection[str] = ()  # the file names (without `.md`) of the vault
    stem: Callable[[str], str] = names.slug
    keys: Keys = MappingProxyType({})  # set on whoever is new
    kinds: KindTable = STANDARD
    order: str = "oldest"
    largest: int = 10_000_000  # bytes of a file that is still read


class Plan(NamedTuple):
    """What an import would do. Of the rows of days: `rows` = written + `there` + those refused."""

    edits: tuple[Edit, ...] = ()
    lines: tuple[tuple[str, ...], ...] = ()  # of each edit, those it adds
    new: int = 0
    known: int = 0
    rows: int = 0
    there: int = 0
    kinds: Mapping[str | None, int] = MappingProxyType({})  # of the entries written: kind -> how many
    refused: tuple[Refusal, ...] = ()
    differences: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    sets_rhythm: bool = False  # whoever is new gets a tier or a cadence

    @property
    def written(self) -> int:
        """How many rows become entries."""
        return sum(self.kinds.values())


def plan(reading: Reading, aims: Aims, progress: Progress | None = None) -> Plan:
    """The edits that bring the vault up to what the files say, and what is to be told about them.

    Whoever cannot be written is refused with their rows; the others are then planned as if they were not there.
    """
    matched = match(reading.people, reading.rows, aims.contacts)
    matches = matched.matches
    refused = [*reading.refused, *matched.refused]
    while True:
        built = _build(matches, aims, progress)
        broken = {number for number, one in enumerate(built) if isinstance(one, str)}
        if not broken:
            break
        for number in sorted(broken):
            refused += _refusals(matches[number], str(built[number]))
        matches = tuple(one for number, one in enumerate(matches) if number not in broken)
    done = [one for one in built if isinstance(one, changing.Built)]
    refused += (refusal for one in done for refusal in one.refused)
    return Plan(
        edits=tuple(one.edit for one in done if one.edit),
        lines=tuple(one.lines for one in done if one.edit),
        new=sum(one.contact is None for one in matches),
        known=sum(one.contact is not None for one in matches),
        rows=len(reading.rows) + sum(refusal.rows for refusal in reading.refused if not refusal.of_person),
        there=sum(one.there for one in done),
        kinds=Counter(entry.kind for one in done for entry in one.written),
        refused=tuple(sorted(refused, key=lambda refusal: refusal.where)),
        differences=tuple(line for one in done for line in one.differences),
        questions=matched.questions,
        notes=(*reading.notes, *matched.by_name),
        sets_rhythm=not {"tier", "cadence"}.isdisjoint(aims.keys),
    )


def _refusals(one: Match, reason: str) -> list[Refusal]:
    found = [Refusal(one.person.where, reason, of_person=True)] if one.person.where else []
    if one.rows:
        more = f" (and {len(one.rows) - 1:,} more rows)" if len(one.rows) > 1 else ""
        found.append(Refusal(one.rows[0].where, f"{reason}{more}", len(one.rows)))
    return found


def _build(matches: Sequence[Match], aims: Aims, progress: Progress | None) -> list[changing.Built | str]:
    """What becomes of each, or why it cannot be."""
    ids = _ids(matches, aims)
    people = _Links(matches, ids, aims.contacts)
    built: list[changing.Built | str] = []
    for number, one in enumerate(matches):
        if progress:
            progress(number, len(matches))
        called = _called(one)
        entries = [(row, _final(row, called, people.others(row, number))) for row in one.rows]
        try:
            built.append(_change(one, entries, ids[number], aims))
        except PtcrmError as error:
            built.append(str(error))
    if progress:
        progress(len(matches), len(matches))
    return built


def _change(one: Match, entries: Sequence[tuple[Row, Interaction]], id: str, aims: Aims) -> changing.Built:
    if one.contact is None:
        path = f"{aims.folder}{id[len(aims.prefix) :]}.md"
        keys = {"created": aims.today.isoformat(), "source": aims.source, **aims.keys}
        built = changing.new_file(one.person, entries, id, path, keys, aims.kinds, aims.order)
    else:
        source = aims.read(one.contact.id)
        built = changing.more(one.person, entries, source, contact.parse(source, aims.kinds), aims.kinds, aims.order)
    if built.edit and len(built.edit.replaces or b"") > aims.largest:
        raise changing.Unwritable(f"{built.edit.path}: would be larger than {aims.largest:,} bytes, and not be read")
    return built


# --- names of files, links between them ----------------------------------------------------------------------------


def _ids(matches: Sequence[Match], aims: Aims) -> list[str]:
    """The id of each: the contact's, else the prefix and a file name that nobody in the vault has."""
    taken = {name.casefold() for name in aims.taken}
    counts: dict[str, int] = defaultdict(lambda: 1)
    found = []
    for person, known, _ in matches:
        if known:
            found.append(known.id)
            continue
        stem = base = aims.stem(person.name)
        while stem.casefold() in taken:
            counts[base] += 1
            stem = _numbered(base, f"-{counts[base]}")
        taken.add(stem.casefold())
        found.append(aims.prefix + stem)
    return found


def _numbered(base: str, number: str) -> str:
    """The file name with its number, not longer (in bytes) than a file name of ours is."""
    return base.encode()[: names.LONGEST_SLUG - len(number)].decode("utf-8", "ignore").rstrip("- ") + number


class _Links:
    """Who was there too: the links to the other people of one occasion."""

    def __init__(self, matches: Sequence[Match], ids: Sequence[str], contacts: Sequence[Contact]) -> None:
        self.ids = ids
        self.at: dict[str, dict[int, None]] = defaultdict(dict)  # occasion -> the numbers of those who are named for it, in order
        self.links: dict[int, str] = {}
        for number, one in enumerate(matches):
            for row in one.rows:
                if row.occasion:
                    self.at[row.occasion][number] = None
        if any(len(numbers) > 1 for numbers in self.at.values()):
            known = [names.Known(one.id, one.name, one.texts("aliases")) for one in contacts]
            new = zip(ids, matches, strict=True)
            known += [names.Known(id, one.person.name, aliases_of(one.person)) for id, one in new if not one.contact]
            self.targets = names.link_targets(known)

    def others(self, row: Row, number: int) -> tuple[str, ...]:
        """The links to everybody of the row's occasion but number `number`."""
        numbers = self.at.get(row.occasion, {}) if row.occasion else {}
        return tuple(self.link(other) for other in numbers if other != number) if len(numbers) > 1 else ()

    def link(self, number: int) -> str:
        """`[[slug]]`, or `[[id]]` where another answers to the slug too."""
        if number not in self.links:
            id = self.ids[number]
            slug = id.rsplit("/", 1)[-1]
            self.links[number] = f"[[{slug if self.targets.get(text.fold(slug)) == [id] else id}]]"
        return self.links[number]


def block_id(occasion: str) -> str:
    """The first 6 characters of the SHA-256 of the source's own id, the whole digest read as one big-endian number in base 36."""
    number, digits = int.from_bytes(sha256(occasion.encode()).digest(), "big"), ""
    while number:
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return digits[:6]


def _called(one: Match) -> frozenset[str]:
    """All that the file will call somebody."""
    if one.contact is None:
        found = (one.person.name, *aliases_of(one.person))
    else:
        found = (one.contact.name, *(one.contact.texts("aliases") or aliases_of(one.person)))
    return frozenset(map(normal, found))


def _final(row: Row, called: frozenset[str], others: Sequence[str]) -> Interaction:
    """The entry with who was there too, and the name as the row has it where the file says another."""
    entry = row.entry
    first = column_lines("person", row.name) if row.name and row.name not in called else ()
    if others:
        first = (f"- with: {', '.join(others)}", *first)
        entry = entry._replace(block_id=block_id(row.occasion))
    return entry._replace(details=(*first, *entry.details))
