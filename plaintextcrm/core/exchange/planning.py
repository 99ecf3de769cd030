"""Reading + vault -> Plan: who is new, what is there already, and the edits that add the rest. Nothing is overwritten."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256
from types import MappingProxyType

from plaintextcrm.core import contact, names, text
from plaintextcrm.core.errors import PtcrmError
from plaintextcrm.core.exchange import changing
from plaintextcrm.core.exchange.beside import Beside
from plaintextcrm.core.exchange.cells import column_lines
from plaintextcrm.core.exchange.evidence import key_of, uid_given
from plaintextcrm.core.exchange.incoming import Keys, Person, Reading, Refusal, Row, place
from plaintextcrm.core.exchange.matching import Before as Whereabouts
from plaintextcrm.core.exchange.matching import Match, aliases_of, match, normal
from plaintextcrm.core.exchange.related import with_related
from plaintextcrm.core.exchange.updating import Before
from plaintextcrm.core.kinds import STANDARD, KindTable
from plaintextcrm.core.model import Contact, Edit, Interaction, Source
from plaintextcrm.core.record import NamedTuple

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
MOST_FOLDERS = 8  # one in the other
SHOWN = 10  # edits of which the lines are kept
RHYTHM = frozenset(["tier", "cadence", "next_contact"])  # keys that make somebody due
Progress = Callable[[int, int], None]


class Remembered(NamedTuple):
    """Somebody as the last import of a kind said them, and the contact they were ("" where that is not kept)."""

    id: str
    person: Person


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
    name_decides: bool = True  # as in a log of letters; in an address book a name alone is a question
    before: Callable[[str], Remembered | None] = lambda key: None  # `evidence.key_of` -> what the last import of this kind said
    mirrors: bool = False  # the source holds all of everybody: what is gone there goes here, too
    fits: Callable[[str], bool] = lambda path: True  # whether a contact may be at a path below the vault
    attached: Callable[[str], bytes | None] = lambda path: None  # what a file below the vault holds; None: it is not there


class Plan(NamedTuple):
    """What an import would do. Of the rows of days: `rows` = written + `there` + those refused."""

    edits: tuple[Edit, ...] = ()
    lines: tuple[tuple[str, ...], ...] = ()  # of each of the first edits, those it adds: enough to show
    new: int = 0
    known: int = 0
    rows: int = 0
    there: int = 0
    kinds: Mapping[str | None, int] = MappingProxyType({})  # of the entries written: kind -> how many
    refused: tuple[Refusal, ...] = ()
    differences: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    returning: tuple[str, ...] = ()  # who is new here, and was written by an import before: removed since, it may be on purpose
    notes: tuple[str, ...] = ()
    sets_rhythm: bool = False  # whoever is new gets a tier or a cadence
    attachments: tuple[Edit, ...] = ()  # photos and their like, as files of their own
    unsettled: frozenset[str] = frozenset()  # uids of those of whom something is left, because both sides say it differently
    said: tuple[tuple[str, Remembered], ...] = ()  # what the next import of this kind compares with, by `evidence.key_of`

    @property
    def written(self) -> int:
        """How many rows become entries."""
        return sum(self.kinds.values())


def plan(reading: Reading, aims: Aims, progress: Progress | None = None) -> Plan:
    """The edits that bring the vault up to what the files say, and what is to be told about them.

    Whoever cannot be written is refused with their rows; the others are then planned as if they were not there.
    """
    matched = match(
        reading.people, reading.rows, aims.contacts, name_decides=aims.name_decides, before=_whereabouts(aims),
        kind=aims.source.split(" ")[0],
    )  # fmt: skip
    matches = tuple(map(_with_own_log, matched.matches))
    refused = [*reading.refused, *matched.refused]
    while True:
        ids = _ids(matches, aims)
        built, files = _build(matches, ids, aims, progress)
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
        lines=tuple(one.lines for one in done if one.edit)[:SHOWN],
        new=sum(one.contact is None for one in matches),
        known=sum(one.contact is not None for one in matches),
        rows=len(reading.rows)
        + sum(len(person.log) for person in reading.people)
        + sum(refusal.rows for refusal in reading.refused if not refusal.of_person),
        there=sum(one.there for one in done),
        kinds=Counter(entry.kind for one in done for entry in one.written),
        refused=tuple(sorted(refused, key=lambda refusal: refusal.where)),
        differences=tuple(line for one in done for line in one.differences),
        questions=matched.questions,
        returning=tuple(_returning(matches, aims)),
        notes=(*reading.notes, *matched.by_name),
        sets_rhythm=any(not RHYTHM.isdisjoint(keys) for keys in (aims.keys, *(one.person.keys for one in matches if not one.contact))),
        attachments=tuple(file for of_one in files for file in of_one),
        unsettled=frozenset(match_.person.uid for match_, one in zip(matches, done, strict=True) if one.differences),
        said=tuple(_remembered(matches, ids, done)),
    )


def _returning(matches: Sequence[Match], aims: Aims) -> Iterator[str]:
    """Whom an earlier import wrote, and who is not in the vault any more."""
    there = {contact.id for contact in aims.contacts}
    for person in (one.person for one in matches if one.contact is None):
        known = aims.before(key_of(person)) if person.where else None
        if known and person.where and known.id not in there:
            yield f"{place(person.where)}: {person.name}"


def _whereabouts(aims: Aims) -> Whereabouts:
    """Where somebody went at the last import."""

    def before(person: Person) -> str | None:
        known = aims.before(key_of(person))
        return known.id if known else None

    return before


def _with_own_log(one: Match) -> Match:
    """The entries that the file holds of this person alone, as rows; a ref that several of them have tells none of them."""
    where = one.person.where
    if not one.person.log or where is None:
        return one
    refs = [entry.field("ref") or "" for entry in one.person.log]
    times = Counter(refs)
    pairs = zip(one.person.log, refs, strict=True)
    rows = (Row(where, "", one.person.uid, entry, ref if times[ref] == 1 else "") for entry, ref in pairs)
    return one._replace(rows=(*one.rows, *rows))


def _remembered(matches: Sequence[Match], ids: Sequence[str], done: Sequence[changing.Built]) -> Iterator[tuple[str, Remembered]]:
    """Everybody whom the next import can tell apart; two of the same key are nobody."""
    keys = [key_of(one.person) if one.person.name and one.person.where else "" for one in matches]
    times = Counter(keys)
    for key, id, built in zip(keys, ids, done, strict=True):
        if key and built.said and times[key] == 1:
            yield key, Remembered(id, built.said._replace(attachments=(), related=(), where=None))


def _refusals(one: Match, reason: str) -> list[Refusal]:
    found = [Refusal(one.person.where, reason, of_person=True)] if one.person.where else []
    if one.rows:
        rest = len(one.rows) - 1
        more = f" (and {rest:,} more row{'' if rest == 1 else 's'})" if rest else ""
        found.append(Refusal(one.rows[0].where, f"{reason}{more}", len(one.rows)))
    return found


def _build(
    matches: Sequence[Match], ids: Sequence[str], aims: Aims, progress: Progress | None
) -> tuple[list[changing.Built | str], list[tuple[Edit, ...]]]:  # fmt: skip
    """What becomes of each, or why it cannot be; and of each the files that go along."""
    people = _Links(matches, ids, aims.contacts)
    full = with_related(matches, ids, aims.contacts, people.link_to)
    beside = Beside(aims.attached)
    built: list[changing.Built | str] = []
    files: list[tuple[Edit, ...]] = []
    shown = 0
    for number, one in enumerate(full):
        if progress:
            progress(number, len(matches))
        called = _called(one)
        entries = [(row, _final(row, called, people.others(row, number))) for row in one.rows]
        own: tuple[Edit, ...] = ()
        try:
            source = aims.read(one.contact.id) if one.contact else None
            before = _before(one, ids[number], aims) if source else None
            person, own = beside.placed(_unseen(one.person, before), ids[number].rsplit("/", 1)[-1])
            done = _change(one._replace(person=person), source, before, entries, ids[number], aims)
            text = done.edit.replaces or b"" if done.edit else source.data if source else b""
            own = tuple(edit for edit in own if edit.path.encode() in text)
            shown += done.edit is not None
            built.append(done if shown <= SHOWN else done._replace(lines=()))  # 25,000 new files hold 200 MB of lines
        except PtcrmError as error:
            built.append(str(error))
        files.append(own)
    if progress:
        progress(len(matches), len(matches))
    return built, files


def _change(
    one: Match, source: Source | None, before: Before | None, entries: Sequence[tuple[Row, Interaction]], id: str, aims: Aims
) -> changing.Built:  # fmt: skip
    person = _with_uid_of_its_own(one)
    if source is None:
        path = f"{aims.folder}{id[len(aims.prefix) :]}.md"
        keys = {"created": aims.today.isoformat(), "source": aims.source, **aims.keys}
        built = changing.new_file(person, entries, id, path, keys, aims.kinds, aims.order)
    else:
        built = changing.more(person, entries, source, contact.parse(source, aims.kinds), aims.kinds, aims.order, before)
    if built.edit and len(built.edit.replaces or b"") > aims.largest:
        raise changing.Unwritable(f"{built.edit.path}: would be larger than {aims.largest:,} bytes, and not be read")
    return built


def _before(one: Match, id: str, aims: Aims) -> Before | None:
    """What was imported of somebody last, if that went to this contact."""
    known = aims.before(key_of(one.person)) if one.person.name and one.person.where else None
    if known is None or (known.id not in ("", id) and not _became(known.id, one, aims)):
        return None
    return Before(_with_uid_of_its_own(one._replace(person=known.person)), aims.mirrors)


def _became(id: str, one: Match, aims: Aims) -> bool:
    """Whether the contact of that id, which is nobody's now, is this one, renamed or merged: its name is one of the other names."""
    was = names.slug(id.rsplit("/", 1)[-1])
    other_names = one.contact.texts("aliases") if one.contact else ()
    return any(names.slug(name) == was for name in other_names) and all(person.id != id for person in aims.contacts)


def _unseen(person: Person, before: Before | None) -> Person:
    """Without the attachments that were there the last time."""
    if before is None or not person.attachments:
        return person
    return person._replace(attachments=tuple(one for one in person.attachments if one not in before.person.attachments))


def _with_uid_of_its_own(one: Match) -> Person:
    """Without the uid that our own export gives whoever has none; other programs may leave out that it did."""
    person, known = one.person, one.contact
    made_up = person.made_up or (known is not None and not known.text("uid") and person.uid == uid_given(known.id))
    return person._replace(uid="") if made_up else person


# --- names of files, links between them ----------------------------------------------------------------------------


def _ids(matches: Sequence[Match], aims: Aims) -> list[str]:
    """The id of each: the contact's, else the prefix and a file name that nobody in the vault has, in the folder our export names."""
    taken = {name.casefold() for name in aims.taken}
    counts: dict[str, int] = defaultdict(lambda: 1)
    found = []
    for person, known, _ in matches:
        if known:
            found.append(known.id)
            continue
        base, folder = _place(person, aims)
        stem = base
        while not taken.isdisjoint({stem.casefold(), f"{folder}{stem}".casefold()}):
            counts[base] += 1
            stem = _numbered(base, f"-{counts[base]}")
        taken.add(f"{folder}{stem}".casefold())
        found.append(f"{aims.prefix}{folder}{stem}")
    return found


def _place(person: Person, aims: Aims) -> tuple[str, str]:
    """(file name, folder): as in the vault that our own export comes from, where a contact may be there."""
    *folders, own = person.id.removeprefix(aims.prefix).split("/")
    stem = aims.stem(own or person.name)
    folder = "".join(f"{aims.stem(name)}/" for name in folders)
    kept = 0 < len(folders) <= MOST_FOLDERS and aims.fits(f"{aims.folder}{folder}{stem}.md")
    return stem, folder if kept else ""


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
        if any(len(numbers) > 1 for numbers in self.at.values()) or any(one.person.related for one in matches):
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
            self.links[number] = self.link_to(self.ids[number])
        return self.links[number]

    def link_to(self, id: str) -> str:
        """The same, of an id."""
        slug = id.rsplit("/", 1)[-1]
        return f"[[{slug if self.targets.get(text.fold(slug)) == [id] else id}]]"


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
