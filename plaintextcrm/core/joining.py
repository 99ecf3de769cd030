"""What a file says of its person, changed as a whole: another name, more in a list, and two files of one person made one.

Every step reads the file again and refuses what would say anything else than was meant (docs/format.md, "Front matter").
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from plaintextcrm.core import body, contact, edit, names
from plaintextcrm.core.contact import Parsed
from plaintextcrm.core.entries import LIST_ITEM, parse_dated
from plaintextcrm.core.errors import PtcrmError, Refused, Usage
from plaintextcrm.core.exchange.merging import after, fill_keys, insertions
from plaintextcrm.core.frontmatter import Pair
from plaintextcrm.core.kinds import KindTable
from plaintextcrm.core.model import Contact, Interaction, Source
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.plainlog import dedented
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.splice import SET, TAKE, Change, change_key
from plaintextcrm.core.text import decode, fold, line_end_at, line_starts, split_lines
from plaintextcrm.core.vocabulary import BY_FOLD, LIST_TYPES, find_key, fold_key

_H1 = pattern(r"( {0,3}#[ \t]+)(.*?)([ \t]*(?:[ \t]#+)?[ \t]*)\Z")
_ITEM = pattern(r"([ \t]*-[ \t]+)\S")
_ONE_LINE_LIST = pattern(r"(?P<before>[^\[]*\[(?P<inside>.*?)),?[ \t]*(?P<after>\][ \t]*(?:[ \t]\#.*)?)\Z")
_ONE_VALUE = pattern(r"""(?P<key>(?:"[^"\\]*"|'[^']*'|[^"':]+?)[ \t]*:)[ \t]*(?P<value>.*?)(?P<comment>[ \t]+\#.*)?\Z""")
_TEXT_OR_LIST = ("email", "phone", "address", "website", "linkedin")  # one value is written as text
_SAME = ("name", "aliases")  # keys that a merge treats by themselves


# --- another name --------------------------------------------------------------------------------------------------


def called(source: Source, name: str, id: str, kinds: KindTable) -> Source:
    """The file of somebody with another name, wherever it says the name; `id` is theirs afterwards.

    The old name becomes an alias, if the file said it and it was no mere spelling of a slug. A file that is only named so stays.
    """
    before = contact.parse(source, kinds)
    edit.refuse_unwritable(source, before)
    old, where = before.contact.name, _said_in(before)
    if not where:
        return source
    changed = source
    for key in where.keys:
        changed = _value(changed, key, name)
    if where.heading:
        changed = _heading(changed, old, name)
    changed = changed._replace(id=id)
    if contact.parse(changed, kinds).contact.name != name:
        changed = _applied(changed, "name", name)
    if old != names.slug(old) and fold(old) != fold(name):
        changed = with_more(changed, "aliases", (old,))
    now = contact.parse(changed, kinds)
    if now.contact.name != name or not now.is_person:
        raise Usage(f'the name "{name}" would not be read back as it is: write it with `ptcrm edit`')
    _only(before, now, ("name", "aliases"), source.path)
    return changed._replace(id=source.id)


class _Where(NamedTuple):
    """Where a file says a name: keys, and whether its heading does."""

    keys: tuple[str, ...]
    heading: bool


def _said_in(parsed: Parsed) -> _Where | None:
    """Where the file says the name of its person; None where only the file's name does."""
    said, old = parsed.contact, fold(parsed.contact.name)
    keys = [
        pair.key
        for pair in parsed.front.pairs
        if isinstance(pair.value, str)
        and fold(pair.value) == old
        and (fold_key(pair.key) == "title" or find_key(pair.key) == BY_FOLD["name"])
    ]
    heading = parsed.body.title is not None and fold(parsed.body.title) == old
    parts = any(key in said.keys for key in ("given_name", "family_name"))
    return _Where(tuple(keys), heading) if keys or heading or parts else None


def _applied(source: Source, key: str, value: str | None) -> Source:
    return after(source, decode(edit.set_key(source, key, value).replaces or b"")[0])


def _value(source: Source, key: str, name: str) -> Source:
    """A key that says the name with another one."""
    front = contact.parse(source).front
    pair = next(pair for pair in front.pairs if pair.key == key)
    text, starts = source.text, line_starts(source.text)
    start, end = starts[pair.line - 1], starts[pair.line]
    if not front.parsed or front.problems or not edit.is_one_line(text, end, front.end):
        raise Refused(f"{source.path}:{pair.line}: {key} cannot be changed surely: change it with `ptcrm edit`")
    return after(source, text[:start] + edit.value_replaced(text[start:end], key, edit.scalar(name), source.path) + text[end:])


def _heading(source: Source, old: str, name: str) -> Source:
    """The first heading with another text."""
    parsed = contact.parse(source)
    begins = parsed.front.body
    starts = line_starts(source.text)
    masked = split_lines(source.text[:begins] + body.mask(parsed.text[begins:])[0])
    for number, line in enumerate(masked[parsed.front.body_line - 1 :], parsed.front.body_line):
        match = _H1.match(line)
        if match and fold(match[2]) == fold(old):
            at = starts[number - 1]
            return after(source, source.text[: at + match.end(1)] + name + source.text[at + match.end(2) :])
    raise Refused(f"{source.path}: its heading cannot be changed surely: change it with `ptcrm edit`")


def _only(before: Parsed, now: Parsed, keys: Sequence[str], path: str) -> None:
    """Nothing but those keys may have another meaning. Raises Refused."""
    was, got = before.contact, now.contact
    same = {key: value for key, value in was.keys.items() if key not in keys}
    log = [entry._replace(where=0) for entry in was.interactions] == [entry._replace(where=0) for entry in got.interactions]
    if {key: value for key, value in got.keys.items() if key not in keys} != same or was.other.keys() != got.other.keys() or not log:
        raise Refused(f"{path}: {' and '.join(keys[:2])} cannot be changed without touching other lines: use `ptcrm edit`")


# --- lists ---------------------------------------------------------------------------------------------------------


def with_more(source: Source, key: str, values: Sequence[str]) -> Source:
    """The file with more in a list, in the style the list has; what is there already (whatever its case) is not added again.

    Raises Refused where the list is not to be edited.
    """
    parsed = contact.parse(source)
    edit.refuse_unwritable(source, parsed)
    held = {fold(value) for value in parsed.contact.texts(key)}
    new = tuple({fold(value): value for value in reversed(values) if fold(value) not in held}.values())[::-1]
    if not new:
        return source
    if key in parsed.contact.keys:
        changed = _longer(source, parsed, key, new)
    else:
        lone = len(new) == 1 and key in _TEXT_OR_LIST and "," not in new[0]
        changed, missed = fill_keys(source, {key: new[0] if lone else new})
        if missed:
            raise _not_edited(source.path, key)
    wanted = {*parsed.contact.texts(key), *new}
    now = contact.parse(changed)
    if set(now.contact.texts(key)) != wanted:
        raise _not_edited(source.path, key)
    _only(parsed, now, (key,), source.path)
    return changed


def _not_edited(path: str, key: str) -> Refused:
    return Refused(f"{path}: {key} cannot be added to surely: change it with `ptcrm edit`; nothing is written")


def _longer(source: Source, parsed: Parsed, key: str, new: Sequence[str]) -> Source:
    """More in a list that is there: of lines, in brackets, or one value, which becomes a list of lines."""
    text, starts = source.text, line_starts(source.text)
    pair = next(pair for pair in parsed.front.pairs if find_key(pair.key) == find_key(key) and pair.value)
    if any(problem.code in ("duplicate-key", "yaml-alias") for problem in parsed.front.problems) or not parsed.front.parsed:
        raise _not_edited(source.path, key)
    line = text[starts[pair.line - 1] : starts[pair.line]]
    end = line_end_at(text, starts[pair.line - 1])
    bare = line.rstrip("\r\n")
    there = _item_lines(text, pair, starts, parsed.front.end)
    if there:
        last = there[-1]
        indent = _ITEM.match(text[starts[there[0] - 1] : starts[there[0]]])[1]  # type: ignore[index]
        return after(source, text[: starts[last]] + "".join(f"{indent}{edit.scalar(value)}{end}" for value in new) + text[starts[last] :])
    if isinstance(pair.value, list) and (match := _ONE_LINE_LIST.match(bare)):
        more = ", ".join(edit.in_quotes(value) for value in new)
        lines = f"{match['before']}{', ' if match['inside'].strip() else ''}{more}{match['after']}{line[len(bare) :]}"
    elif isinstance(pair.value, str) and (match := _ONE_VALUE.match(bare)) and edit.is_one_line(text, starts[pair.line], parsed.front.end):
        held = parsed.contact.texts(key) if len(_pairs_of(parsed, key)) == 1 else (pair.value,)
        items = [match["value"]] if len(held) == 1 else [edit.scalar(value) for value in held]
        written = [f"  - {item}" for item in (*items, *map(edit.scalar, new))]
        lines = end.join([f"{match['key']}{match['comment'] or ''}", *written]) + end
    else:
        raise _not_edited(source.path, key)
    return after(source, text[: starts[pair.line - 1]] + lines + text[starts[pair.line] :])


def _pairs_of(parsed: Parsed, key: str) -> list[Pair]:
    return [pair for pair in parsed.front.pairs if find_key(pair.key) == find_key(key) and fold_key(pair.key) != "title"]


def _item_lines(text: str, pair: Pair, starts: list[int], end: int) -> list[int]:
    """The numbers of the lines `- value` right below a key that has nothing in its own line."""
    own = text[starts[pair.line - 1] : starts[pair.line]]
    if not re.search(r":[ \t]*(?:[ \t]#[^\r\n]*)?[\r\n]*\Z", own) or not isinstance(pair.value, list):
        return []
    found, line = [], pair.line + 1
    while line < len(starts) and starts[line - 1] < end and _ITEM.match(text[starts[line - 1] : starts[line]]):
        found.append(line)
        line += 1
    return found if len(found) == len(pair.value) else []


# --- two files of one person ---------------------------------------------------------------------------------------


def without_each_other(source: Source, is_one_of_them: Callable[[str], bool]) -> Source:
    """The file without those values of `knows` and `referred_by` that name who is to become the same person.

    What cannot be taken out surely stays: a link to oneself does no harm.
    """
    said = contact.parse(source).contact
    for key in ("knows", "referred_by"):
        ours = tuple(value for value in said.texts(key) if is_one_of_them(linked(value)))
        if not ours:
            continue
        change = Change(key, TAKE, ours) if key == "knows" else Change(key, SET, ())
        try:
            source = after(source, decode(change_key(source, change).replaces or b"")[0])
        except Refused:
            continue
    return source


def linked(value: str) -> str:
    """Whom a value names, with or without brackets."""
    return value.strip().removeprefix("[[").removesuffix("]]").split("|")[0].split("#")[0].strip()


class Joined(NamedTuple):
    """Two files made one: `added` keys, the lines `key: value` that differ and are `kept` below the log, entries that came along."""

    source: Source
    added: tuple[str, ...]
    kept: tuple[str, ...]
    entries: int


def joined(into: Source, who: Source, order: str, kinds: KindTable) -> Joined:
    """The file `into` with what `who` says more: keys, entries of the log, and the rest of its text under "Merged from NAME".

    Raises Refused where either is not to be touched or cannot be understood whole.
    """
    before, other = contact.parse(into, kinds, order), contact.parse(who, kinds, order)
    for source, parsed in ((into, before), (who, other)):
        _whole(source, parsed)
    changed, added, kept = _keys(into, before, other)
    there, text = _taken_apart(into, before, kinds)
    taken, rest = _taken_apart(who, other, kinds)
    if "\n".join(["", *rest, ""]) in "\n".join(["", *text, ""]):
        rest = []  # a copy's
    fresh, more = _fresh(taken, there)
    changed = _with_entries(_with_details(changed, more, kinds), fresh, order, kinds)
    notes = [f"- {line}" for line in kept]
    notes += ["", *rest] if notes and rest else rest
    if notes:
        changed = _with_notes(changed, other.contact.name, notes, kinds)
    blocks = len(other.contact.interactions) - len(taken) if rest else 0
    _nothing_lost(before, other, contact.parse(changed, kinds, order), len(fresh) + blocks, into.path)
    spoken = (other.contact.name, other.contact.slug)
    own = {fold(before.contact.name), fold(before.contact.slug)}
    changed = with_more(changed, "aliases", [word for word in (*spoken, *other.contact.texts("aliases")) if fold(word) not in own])
    return Joined(changed, tuple(added), tuple(kept), len(fresh))


def _whole(source: Source, parsed: Parsed) -> None:
    """Raises Refused where a file cannot be read whole."""
    edit.refuse_unwritable(source, parsed)
    if not parsed.front.parsed or parsed.front.problems:
        line = parsed.front.problems[0].where.line if parsed.front.problems else 1
        raise Refused(f"{source.path}:{line}: the front matter cannot be read whole: mend it first (ptcrm check); nothing is written")
    fence = next((problem for problem in parsed.body.problems if problem.code == "unclosed-code"), None)
    if fence:
        raise Refused(f"{source.path}:{fence.where.line}: a code fence is opened here and not closed: close it first; nothing is written")


def _keys(source: Source, before: Parsed, other: Parsed) -> tuple[Source, list[str], list[str]]:
    """(the file with the keys it lacks and longer lists, which ones were added, the lines of those that differ)."""
    held, said = before.contact.keys, other.contact.keys
    added: list[str] = []
    kept: list[str] = []
    for key, value in said.items():
        if key in _SAME or (key in held and held[key] == value) or (key == "coi" and not _pairs_of(other, "coi")):
            continue
        if key == "knows" and isinstance(value, tuple):
            value = tuple(one for one in value if not _is_link_to(one, before.contact))
        try:
            known = find_key(key)
            if isinstance(value, tuple) and known and known.type in LIST_TYPES and key != "five":
                changed = with_more(source, key, value)
            elif key in held:
                changed = source
            elif isinstance(value, bool):
                changed = _applied(source, key, "true" if value else "false")
            else:
                changed, missed = fill_keys(source, {key: value})
                if missed:
                    raise _not_edited(source.path, key)
        except PtcrmError:
            changed = source
        if changed is not source:
            source = changed
            added.append(key)
        elif not (isinstance(value, tuple) and {fold(one) for one in value} <= {fold(one) for one in before.contact.texts(key)}):
            kept.append(f"{key}: {_shown(value)}")
    for key, own in other.contact.other.items():
        if before.contact.other.get(key) == own:
            continue
        more = _raw_key(source, other, key) if key not in before.contact.other and find_key(key) is None else None
        source, to = (more, added) if more else (source, kept)
        to.append(key if more else f"{key}: {_shown(own)}")
    return source, added, kept


def _is_link_to(value: str, person: Contact) -> bool:
    """Whether a value links to the very person whose file it would stand in."""
    return fold(linked(value)) in (fold(person.slug), fold(person.id), fold(person.name))


def _shown(value: object) -> str:
    """A value in one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple | list):
        return ", ".join(map(_shown, value))
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_shown(part)}" for key, part in value.items())
    return " ".join(str(value).split())


def _raw_key(source: Source, other: Parsed, key: str) -> Source | None:
    """The file with a key of the user's own as the other file writes it, last; None where it would not be read back so."""
    now = contact.parse(source)
    pair = next((pair for pair in other.front.pairs if pair.key == key), None)
    if pair is None:
        return None
    starts = line_starts(other.text)
    later = [one.line for one in other.front.pairs if one.line > pair.line]
    raw = other.text[starts[pair.line - 1] : starts[min(later) - 1] if later else other.front.end]
    end = line_end_at(source.text, 0)
    lines = end.join(split_lines(raw.rstrip("\r\n"))) + end
    if not now.front.end:
        text = f"---{end}{lines}---{end}{end}{source.text}"
    else:
        text = source.text[: now.front.end] + lines + source.text[now.front.end :]
    changed = after(source, text)
    got = contact.parse(changed).contact
    same = got.keys == now.contact.keys and got.other == {**now.contact.other, key: other.contact.other[key]}
    return changed if same and got.name == now.contact.name else None


# --- their logs ----------------------------------------------------------------------------------------------------


def _entries(source: Source, parsed: Parsed, kinds: KindTable) -> list[tuple[Interaction, int, int]]:
    """(entry, its line, the line after its last) of each list item of the log, as written: with the comments and code in it."""
    lines = split_lines(source.text)
    found = []
    for section in parsed.body.sections:
        for _, line, end in section.entries:
            item = LIST_ITEM.match(lines[line - 1])
            entry = parse_dated(lines[line - 1][item.end() :].rstrip(), item[4] or "", 0, kinds) if item else None
            if item is None or entry is None:
                raise Refused(f"{source.path}:{line}: this line of the log cannot be moved surely: nothing is written")
            end = body.end_with_code(lines, line, end)
            found.append((entry._replace(details=dedented(lines[line : end - 1])), line, end))
    return found


def _taken_apart(source: Source, parsed: Parsed, kinds: KindTable) -> tuple[list[Interaction], list[str]]:
    """(the entries of the log, every other line of the body that says something)."""
    lines: list[str | None] = list(split_lines(source.text))
    entries = _entries(source, parsed, kinds)
    for _, line, end in entries:
        lines[line - 1 : end - 1] = [None] * (end - line)
    for section in parsed.body.sections:
        if not section.has_blocks:
            lines[section.line - 1] = None
    for number, text in enumerate(lines):
        match = _H1.match(text) if number >= parsed.front.body_line - 1 and text else None
        if match and fold(match[2]) == fold(parsed.contact.name):
            lines[number] = None
            break
    rest: list[str] = []
    cut = True
    for each in lines[parsed.front.body_line - 1 :]:
        cut = each is None or (cut and not each.strip())  # of the blank lines around what is cut out, one is enough
        if each is not None and not (cut and (not rest or not rest[-1].strip())):
            rest.append(each)
    while rest and not rest[-1].strip():
        rest.pop()
    return [entry for entry, _, _ in entries], rest


def _fresh(taken: Sequence[Interaction], there: Sequence[Interaction]) -> tuple[list[Interaction], dict[int, tuple[str, ...]]]:
    """(the entries that are not there yet, what stands below one that is and not there yet: its number -> lines).

    A block id that is there is not written twice.
    """
    left = dict(enumerate(there))
    ids = {entry.block_id for entry in there if entry.block_id}
    found: list[Interaction] = []
    more: dict[int, tuple[str, ...]] = {}
    for entry in taken:
        same = [number for number, one in left.items() if _line_of(one) == _line_of(entry)]
        if not same:
            found.append(entry._replace(block_id=None) if entry.block_id in ids else entry)
            continue
        held = {line.strip() for line in left.pop(same[0]).details}
        more[same[0]] = tuple(line for line in entry.details if line.strip() not in held)
    return found, {number: lines for number, lines in more.items() if lines}


def _line_of(entry: Interaction) -> Interaction:
    return entry._replace(details=())


def _with_details(source: Source, more: dict[int, tuple[str, ...]], kinds: KindTable) -> Source:
    """More lines below entries that are there."""
    parsed = contact.parse(source, kinds)
    places = [place for section in parsed.body.sections for place in section.entries]
    text, starts = source.text, line_starts(source.text)
    for number in sorted(more, reverse=True):
        place = places[number]
        first = text[starts[place.line - 1] : starts[place.line]]
        indent = first[: len(first) - len(first.lstrip(" \t"))] + "  "
        inserted, at = edit.as_lines(text, [f"{indent}{line}" for line in more[number]], starts[place.end - 1], starts[place.line - 1])
        text = text[:at] + inserted + text[at:]
    return after(source, text)


def _with_entries(source: Source, entries: Sequence[Interaction], order: str, kinds: KindTable) -> Source:
    """Each entry at its place in the log."""
    ordered = sorted(entries, key=lambda entry: entry.on)
    if not ordered:
        return source
    parsed = contact.parse(source, kinds)
    section = edit.log_section(parsed.body.sections)
    if section is None or not section.entries:
        first, text = ordered[0], source.text
        inserted, at = (
            edit.placed_in_section(text, section, first, order, kinds) if section else (edit.as_new_section(text, first, kinds), len(text))
        )
        return _with_entries(after(source, text[:at] + inserted + text[at:]), ordered[1:], order, kinds)
    pieces: list[str] = []
    kept = 0
    for at, inserted in sorted(insertions(source.text, section, ordered, order, kinds)):
        pieces += source.text[kept:at], inserted
        kept = at
    return after(source, "".join((*pieces, source.text[kept:])))


# --- the rest ------------------------------------------------------------------------------------------------------


def _with_notes(source: Source, name: str, notes: Sequence[str], kinds: KindTable) -> Source:
    """The file with lines under the heading "Merged from NAME" at its end, outside the log."""
    parsed = contact.parse(source, kinds)
    text, starts = source.text, line_starts(source.text)
    end = line_end_at(text, len(text))
    headings = (text[starts[section.line - 1] : starts[section.line]].lstrip() for section in parsed.body.sections)
    level = min([2, *(len(line) - len(line.lstrip("#")) for line in headings)])
    lines = list(notes) if parsed.body.title is not None else [f"#{line}" if _H1.match(line) else line for line in notes]
    gap = "" if not text or text.endswith(end * 2) else end if text.endswith(("\n", "\r")) else end * 2
    return after(source, text + gap + end.join([f"{'#' * level} Merged from {name}", "", *lines]) + end)


def _nothing_lost(before: Parsed, other: Parsed, now: Parsed, new: int, path: str) -> None:
    """All of the one and all that is new of the other must be read of the joined file. Raises Refused."""
    own, got = Counter(map(_gist, before.contact.interactions)), Counter(map(_gist, now.contact.interactions))
    more = got - own
    theirs = Counter(map(_gist, other.contact.interactions))
    tasks = Counter(task.text for task in now.contact.follow_ups)
    kept = not Counter(task.text for task in before.contact.follow_ups) - tasks
    kept = kept and {task.text for task in other.contact.follow_ups} <= tasks.keys()
    complete = not own - got and not theirs - got and more.total() == new
    if not complete or not kept or now.contact.name != before.contact.name:
        raise Refused(f"{path}: the two files cannot be joined without changing what they say: bring them together with an editor")


def _gist(entry: Interaction) -> tuple[object, ...]:
    """What must come back of an entry; its text without blanks, of which comments leave some."""
    return entry.on, entry.kind, "".join(entry.text.split()), entry.fields, entry.at_time, entry.box
