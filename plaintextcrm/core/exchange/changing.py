"""One person of an import -> the new file, or what the file that is there lacks or has changed at its source."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from plaintextcrm.core import contact, edit, splice
from plaintextcrm.core.contact import Parsed
from plaintextcrm.core.entries import PLAIN, entry_line, parse_follow_up
from plaintextcrm.core.errors import PtcrmError, Refused
from plaintextcrm.core.exchange.cells import column_lines, is_plain, label, protect
from plaintextcrm.core.exchange.incoming import Keys, Person, Refusal, Rest, Row, canonical, place
from plaintextcrm.core.exchange.matching import normal
from plaintextcrm.core.exchange.merging import add_imported, after, facts, fill_keys, imported_section, insert_interactions
from plaintextcrm.core.exchange.notes import paragraphs, placed
from plaintextcrm.core.exchange.updating import Before, difference, own_value, shown, updated
from plaintextcrm.core.kinds import KindTable
from plaintextcrm.core.model import Contact, Edit, Interaction, Source
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.splice import SET, Change
from plaintextcrm.core.text import decode, split_lines
from plaintextcrm.core.vocabulary import find_key

Entries = Sequence[tuple[Row, Interaction]]
LONGEST_KEY = 1000  # characters of a value of the user's own keys


class Unwritable(Refused):
    """Somebody whose file would not say what was imported."""


class Built(NamedTuple):
    """What becomes of one person: an edit (None: nothing is new), its entries and all its new lines, the rows that were there.

    `said` is what the next import compares with: where a conflict is left, that is still what was said before.
    """

    edit: Edit | None
    written: tuple[Interaction, ...] = ()
    lines: tuple[str, ...] = ()
    there: int = 0
    refused: tuple[Refusal, ...] = ()
    differences: tuple[str, ...] = ()
    said: Person | None = None


# --- somebody new --------------------------------------------------------------------------------------------------


def new_file(person: Person, entries: Entries, id: str, path: str, keys: Keys, kinds: KindTable, order: str) -> Built:
    """The file as `add` writes it, the notes, the log, and what no key has room for at the end; `keys` hold where the import says nothing.

    Raises Unwritable where it would not be read back so.
    """
    fresh, there, refused, _ = _fresh(entries, (), path)
    written = sorted(fresh, key=lambda entry: entry.on)
    if order == "newest" and written and written[0].on != written[-1].on:
        written.reverse()
    own = writable(person)
    said: dict[str, str | bool | Sequence[str]] = {"name": person.name, **keys, **_said(own), **_others(own)}
    lines = [line for entry in written for line in edit.entry_lines(entry, PLAIN, kinds)]
    wrong: Unwritable | None = None
    for above, rest in _above(own):
        section = "\n".join(["", *imported_section(person.origin, rest), ""] if rest else [])
        text = edit.new_contact(protect(person.name), _as_bools(said), section if lines else section.lstrip("\n"), lines)
        if above:
            text = text.replace("\n\n## Interactions\n", "\n\n" + "\n".join(above) + "\n\n## Interactions\n", 1)
        data = text.encode("utf-8")
        try:
            parsed = contact.parse(Source(id, path, data, text, "utf-8"), kinds)
            _verify(parsed, person, {**keys, **_said(own), **_others(own)}, written, _by_itself(person, kinds))
        except Unwritable as error:
            wrong = wrong or error
            continue
        return Built(Edit(path, None, data), tuple(written), tuple(text.split("\n")[:-1]), there, refused, (), person)
    raise wrong or Unwritable("it would not be read back as it is")


def _above(person: Person) -> Iterator[tuple[list[str], Rest]]:
    """(the lines above the log, the lines below it), the nicest first: the last keeps a note as lines of a list."""
    tasks = list(person.follow_ups)
    notes = paragraphs(person.note)
    if person.body:
        yield _apart(person.body.split("\n"), notes, tasks), person.rest
        notes = [*paragraphs(person.body), *([""] if notes else []), *notes]
    yield _apart(notes, tasks), person.rest
    if notes:
        yield _apart(tasks), (*person.rest, ("note", column_lines("note", "\n\n".join(filter(None, (person.body, person.note))))))


def _apart(*blocks: Sequence[str]) -> list[str]:
    """The blocks with a blank line between them."""
    found: list[str] = []
    for block in blocks:
        if block:
            found += ["", *block] if found else block
    return found


def _by_itself(person: Person, kinds: KindTable) -> tuple[int, Counter[str]]:
    """(how many follow-ups the file is to have, the mistakes that are in them): our own export's, and those within its log."""
    if not person.log and not person.follow_ups:
        return 0, Counter()
    lines = [line for entry in person.log for line in edit.entry_lines(entry, PLAIN, kinds)]
    text = "\n".join(["## Interactions", "", *lines, "", "## Follow-ups", "", *person.follow_ups, ""])
    parsed = contact.parse(Source("", "", text.encode(), text, "utf-8"), kinds)
    return len(parsed.contact.follow_ups), _mistakes(parsed)


def _mistakes(parsed: Parsed) -> Counter[str]:
    """The codes of what is wrong with the text below the front matter."""
    return Counter(problem.code for problem in parsed.body.problems if problem.severity == "error")


def writable(person: Person, known: Contact | None = None) -> Person:
    """The person with the user's own keys that a file can give back; the others are lines of the body, where `known` does not say them."""
    if not person.other:
        return person
    kept = {key: value for key, value in person.other.items() if _SAFE_KEY.fullmatch(key) and not find_key(key) and _is_texts(value)}
    held = {key: own_value(known, key) for key in person.other} if known else {}
    left = {key: _flat(value) for key, value in person.other.items() if key not in kept}
    unsaid = {key: text for key, text in left.items() if held.get(key) is None or _flat(held[key]) != text}
    lines = tuple((label(key), column_lines(label(key), text)) for key, text in unsaid.items())
    return person._replace(other=kept, rest=(*person.rest, *lines))


_SAFE_KEY = pattern(r"[A-Za-z][\w -]{0,60}(?<! )")


def _is_texts(value: object) -> bool:
    texts = value if isinstance(value, list) else [value]
    return bool(texts) and all(isinstance(text, str) and text.strip() and is_plain(text, LONGEST_KEY) for text in texts)


def _flat(value: object) -> str:
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


def _others(person: Person) -> dict[str, str | tuple[str, ...]]:
    return {key: tuple(value) if isinstance(value, list) else str(value) for key, value in person.other.items()}


def _as_bools(keys: Mapping[str, str | bool | Sequence[str]]) -> dict[str, str | bool | Sequence[str]]:
    """The same with `true` and `false` as YAML has them where a key is one of the two."""
    words: dict[object, bool] = {"true": True, "false": False}
    return {
        key: words.get(value, value) if isinstance(value, str) and (known := find_key(key)) and known.type.startswith("bool") else value
        for key, value in keys.items()
    }


def _said(person: Person) -> Keys:
    return {**person.keys, "uid": person.uid} if person.uid else person.keys


def _verify(parsed: Parsed, person: Person, said: Keys, written: Sequence[Interaction], by_itself: tuple[int, Counter[str]]) -> None:
    """The new file must be read as what was imported: the name, the keys, the log, and nothing promised, or wrong, but what was."""
    promised, mistakes = by_itself
    found = parsed.contact
    if not parsed.is_person or found.name != person.name:
        raise Unwritable("the name would not be read back as it is")
    for key, value in said.items():
        plain = list(value) if isinstance(value, tuple) else value
        if (found.keys.get(key) != canonical(key, value)) if find_key(key) else (found.other.get(key) != plain):
            raise Unwritable(f"the {key} would not be read back as it is")
    if list(map(facts, found.interactions)) != list(map(facts, written)) or (len(found.follow_ups) != promised and not person.body):
        raise Unwritable("the entries would not be read back as they are")
    if not _mistakes(parsed) <= mistakes:
        raise Unwritable("its text would be a mistake in the file")


# --- somebody known ------------------------------------------------------------------------------------------------


def more(
    person: Person, entries: Entries, source: Source, parsed: Parsed, kinds: KindTable, order: str, before: Before | None = None
) -> Built:  # fmt: skip
    """The entries, keys and columns that the file does not have yet, and those that the source changed since it was last imported.

    Where the file says something else, that is told. Raises Refused or Usage where the file is not to be touched.
    """
    known, path = parsed.contact, source.path
    own = writable(person, known)
    logged = {_key(entry) for entry in before.person.log} if before else set()
    new = [pair for pair in entries if pair[0].ref or _key(pair[1]) not in logged]
    fresh, there, refused, differences = _fresh(new, known.interactions, path)
    there += len(entries) - len(new)
    changed = insert_interactions(source, fresh, order, kinds)
    origin = place(person.where) if person.where else "the rows"
    if before:
        changed, lines, told, held = updated(changed, own, before, origin, kinds)
        added: list[str] = []
        differences += told
    else:
        changed, lines, told = _filled(changed, known, own, origin)
        held = person
        changed, more_lines, more_told, left = _filled_others(changed, known, own, origin)
        lines += more_lines
        differences += (*told, *more_told)
        changed, added, other = add_imported(changed, own.origin, (*_with_note(own, source), *left), kinds)
        differences += (f'{path}: "{shown(" / ".join(line))}" of {origin}: stands there with another value' for _, line in other)
        differences += (f'{path}: "{shown(line)}" of {origin}: does not stand there' for line in _left_out(own, source, known))
    if changed.data == source.data:
        return Built(None, there=there, refused=refused, differences=tuple(differences), said=held)
    edit.refuse_unwritable(source, parsed)
    lines += [line for entry in fresh for line in edit.entry_lines(entry, PLAIN, kinds)]
    done = Edit(path, source.data, changed.data)
    return Built(done, tuple(fresh), (*lines, *added), there, refused, tuple(differences), held)


def _filled(source: Source, known: Contact, person: Person, origin: str) -> tuple[Source, list[str], list[str]]:
    """(the file with the keys it has no value for, their lines, what it says otherwise)."""
    path, differences = source.path, []
    names = {normal(known.name), *map(normal, known.texts("aliases"))}
    if person.where and person.name not in names:
        differences.append(difference(path, "name", known.name, person.name, origin))
    empty: dict[str, str | tuple[str, ...]] = {}
    for key, value in _said(person).items():
        held, wanted = known.keys.get(key), canonical(key, value)
        if held is None:
            empty[key] = value
        elif held != wanted and not (isinstance(held, tuple) and isinstance(wanted, tuple) and set(wanted) <= {*held, *names}):
            differences.append(difference(path, key, held, value, origin))
    changed, missed = fill_keys(source, empty)
    differences += (f'{path}: {key} "{shown(empty[key])}" of {origin}: cannot be filled in surely' for key in missed)
    lines = [line for key, value in empty.items() if key not in missed for line in edit.key_lines(key, value)]
    return changed, lines, differences


def _filled_others(source: Source, known: Contact, person: Person, origin: str) -> tuple[Source, list[str], list[str], Rest]:
    """The same for the user's own keys, and as lines of the body those that the front matter does not take."""
    lines, differences, left = list[str](), list[str](), list[tuple[str, tuple[str, ...]]]()
    for key, value in _others(person).items():
        held, wanted = own_value(known, key), person.other[key]
        if held is None:
            try:
                done = splice.change_key(source, Change(key, SET, value if isinstance(value, tuple) else (value,)))
            except PtcrmError:
                left.append((label(key), column_lines(label(key), _flat(wanted))))
                continue
            source = after(source, decode(done.replaces or b"")[0])
            lines += edit.key_lines(key, value)
        elif held != wanted:
            differences.append(difference(source.path, key, held, value, origin))
    return source, lines, differences, tuple(left)


def _left_out(person: Person, source: Source, known: Contact) -> Iterator[str]:
    """What our own export has beside keys and log, and the file has not: lines of the notes, follow-ups."""
    there = {line.strip() for line in split_lines(source.text)}
    yield from (line for line in map(str.strip, person.body.split("\n")) if line and line not in there)
    texts = {task.text for task in known.follow_ups}
    for line in person.follow_ups:
        task = parse_follow_up(line, "", 0)
        if line not in there and not (task and task[0].text in texts):
            yield line


def _with_note(person: Person, source: Source) -> Rest:
    """What the body is to hold: a note that does not stand in the file is a line of the list, too."""
    lines = split_lines(source.text)
    if not person.note or placed(lines, paragraphs(person.note)) is not None:
        return person.rest
    return (*person.rest, ("note", column_lines("note", person.note)))


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
                reason = f'"{shown(row.occasion)}" is that of {place(before.where)} too, which says something else'
                refused.append(Refusal(row.where, reason))
            continue
        first[row.ref] = row, entry
        if row.ref in refs:
            known.add(number)
            held = refs[row.ref]
            if _key(held) != _key(entry):
                said, wanted = (entry_line(one._replace(fields=(), block_id=None)) for one in (held, entry))
                differences.append(difference(f"{path}:{held.where}", row.ref, said, wanted, place(row.where)))
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
