"""One person of an import -> the new file, or what the file that is there lacks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from plaintextcrm.core import contact, edit
from plaintextcrm.core.contact import Parsed
from plaintextcrm.core.entries import PLAIN, entry_line
from plaintextcrm.core.errors import Refused
from plaintextcrm.core.exchange.cells import protect
from plaintextcrm.core.exchange.incoming import Keys, Person, Refusal, Row, canonical, place
from plaintextcrm.core.exchange.matching import normal
from plaintextcrm.core.exchange.merging import add_imported, facts, fill_keys, imported_section, insert_interactions
from plaintextcrm.core.kinds import KindTable
from plaintextcrm.core.model import Edit, Interaction, Source
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.vocabulary import find_key

Entries = Sequence[tuple[Row, Interaction]]
SHOWN = 60  # characters of a value that is told


class Unwritable(Refused):
    """Somebody whose file would not say what was imported."""


class Built(NamedTuple):
    """What becomes of one person: an edit (None: nothing is new), its entries and all its new lines, the rows that were there."""

    edit: Edit | None
    written: tuple[Interaction, ...] = ()
    lines: tuple[str, ...] = ()
    there: int = 0
    refused: tuple[Refusal, ...] = ()
    differences: tuple[str, ...] = ()


# --- somebody new --------------------------------------------------------------------------------------------------


def new_file(person: Person, entries: Entries, id: str, path: str, keys: Keys, kinds: KindTable, order: str) -> Built:
    """The file as `add` writes it, the log, and what no key has room for at the end; `keys` hold where the import says nothing.

    Raises Unwritable where it would not be read back so.
    """
    fresh, there, refused, _ = _fresh(entries, (), path)
    written = sorted(fresh, key=lambda entry: entry.on)
    if order == "newest" and written and written[0].on != written[-1].on:
        written.reverse()
    said: dict[str, str | bool | Sequence[str]] = {"name": person.name, **keys, **_said(person)}
    lines = [line for entry in written for line in edit.entry_lines(entry, PLAIN, kinds)]
    section = "\n".join(["", *imported_section(person.origin, person.rest), ""] if person.rest else [])
    text = edit.new_contact(protect(person.name), said, section if lines else section.lstrip("\n"), lines)
    data = text.encode("utf-8")
    _verify(contact.parse(Source(id, path, data, text, "utf-8"), kinds), person, {**keys, **_said(person)}, written)
    return Built(Edit(path, None, data), tuple(written), tuple(text.split("\n")[:-1]), there, refused)


def _said(person: Person) -> Keys:
    return {**person.keys, "uid": person.uid} if person.uid else person.keys


def _verify(parsed: Parsed, person: Person, said: Keys, written: Sequence[Interaction]) -> None:
    """The new file must be read as what was imported: the name, the keys, the log, and nothing promised."""
    found = parsed.contact
    if not parsed.is_person or found.name != person.name:
        raise Unwritable("the name would not be read back as it is")
    for key, value in said.items():
        plain = list(value) if isinstance(value, tuple) else value
        if (found.keys.get(key) != canonical(key, value)) if find_key(key) else (found.other.get(key) != plain):
            raise Unwritable(f"the {key} would not be read back as it is")
    if list(map(facts, found.interactions)) != list(map(facts, written)) or found.follow_ups:
        raise Unwritable("the entries would not be read back as they are")


# --- somebody known ------------------------------------------------------------------------------------------------


def more(person: Person, entries: Entries, source: Source, parsed: Parsed, kinds: KindTable, order: str) -> Built:
    """The entries, keys and columns that the file does not have yet; where it says something else, that is told.

    Raises Refused or Usage where the file is not to be touched.
    """
    known, path = parsed.contact, source.path
    fresh, there, refused, differences = _fresh(entries, known.interactions, path)
    changed = insert_interactions(source, fresh, order, kinds)
    origin = place(person.where) if person.where else "the rows"
    names = {normal(known.name), *map(normal, known.texts("aliases"))}
    if person.where and person.name not in names:
        differences.append(_difference(path, "name", known.name, person.name, origin))
    empty: dict[str, str | tuple[str, ...]] = {}
    for key, value in _said(person).items():
        held, wanted = known.keys.get(key), canonical(key, value)
        if held is None:
            empty[key] = value
        elif held != wanted and not (isinstance(held, tuple) and isinstance(wanted, tuple) and set(wanted) <= {*held, *names}):
            differences.append(_difference(path, key, held, value, origin))
    changed, missed = fill_keys(changed, empty)
    differences += (f'{path}: {key} "{_shown(empty[key])}" of {origin}: cannot be filled in surely' for key in missed)
    changed, added, other = add_imported(changed, person.origin, person.rest, kinds)
    differences += (f'{path}: "{_shown(" / ".join(lines))}" of {origin}: stands there with another value' for _, lines in other)
    if changed.data == source.data:
        return Built(None, there=there, refused=refused, differences=tuple(differences))
    edit.refuse_unwritable(source, parsed)
    lines = [line for key, value in empty.items() if key not in missed for line in edit.key_lines(key, value)]
    lines += [line for entry in fresh for line in edit.entry_lines(entry, PLAIN, kinds)]
    done = Edit(path, source.data, changed.data)
    return Built(done, tuple(fresh), (*lines, *added), there, refused, tuple(differences))


def _shown(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _difference(path: str, key: str, held: object, value: object, origin: str) -> str:
    return f'{path}: {key} is "{_shown(held)}", in {origin} "{_shown(value)}"'


# --- which rows are new --------------------------------------------------------------------------------------------


class _Fresh(NamedTuple):
    entries: list[Interaction]  # to be written
    there: int
    refused: tuple[Refusal, ...]
    differences: list[str]


def _fresh(entries: Entries, there: Sequence[Interaction], path: str) -> _Fresh:
    """The entries that are not there yet: a ref tells; of those without one, each that is there answers for one."""
    refs = {ref: entry for entry in there if (ref := entry.field("ref"))}
    first: dict[str, tuple[Row, Interaction]] = {}
    refused: list[Refusal] = []
    differences: list[str] = []
    known: set[int] = set()
    for number, (row, entry) in enumerate(entries):
        if not row.ref:
            continue
        if row.ref in first:
            before, same = first[row.ref]
            known.add(number)
            if same != entry:
                reason = f'"{_shown(row.occasion)}" is that of {place(before.where)} too, which says something else'
                refused.append(Refusal(row.where, reason))
            continue
        first[row.ref] = row, entry
        if row.ref in refs:
            known.add(number)
            held = refs[row.ref]
            if _key(held) != _key(entry):
                said, wanted = (entry_line(one._replace(fields=(), block_id=None)) for one in (held, entry))
                differences.append(_difference(f"{path}:{held.where}", row.ref, said, wanted, place(row.where)))
    spare = [entry for entry in there if entry.field("ref") not in first]
    known |= _paired([(number, entry) for number, (row, entry) in enumerate(entries) if not row.ref], spare)
    fresh = [entry for number, (_, entry) in enumerate(entries) if number not in known]
    return _Fresh(fresh, len(known) - len(refused), tuple(refused), differences)


def _paired(wanted: Sequence[tuple[int, Interaction]], there: Sequence[Interaction]) -> set[int]:
    """The numbers of the entries that are there: as many of each `_key` as there are, those with the same details first."""
    pools: dict[tuple[object, ...], list[Interaction]] = defaultdict(list)
    for entry in there:
        pools[_key(entry)].append(entry)
    known: set[int] = set()
    for exactly in (True, False):
        for number, entry in wanted:
            pool = pools.get(_key(entry), []) if number not in known else []
            hit = next((one for one in pool if not exactly or set(entry.details) <= set(one.details)), None)
            if hit:
                pool.remove(hit)
                known.add(number)
    return known


def _key(entry: Interaction) -> tuple[object, ...]:
    """Date, kind, direction and text; the first line of a note that stands as a detail."""
    text = entry.text or next((line.removeprefix("- note: ") for line in entry.details if line.startswith("- note: ")), "")
    return entry.on, entry.kind, (entry.field("dir") or "").lower(), text
