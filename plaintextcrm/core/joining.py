"""Two files of one person made one: keys, logs, notes, links.

Every step reads the file again and refuses what would say anything else than was meant (docs/format.md, "Front matter").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from plaintextcrm.core import body, contact, edit
from plaintextcrm.core.contact import Parsed
from plaintextcrm.core.entries import LIST_ITEM, parse_dated
from plaintextcrm.core.errors import PtcrmError, Refused
from plaintextcrm.core.exchange.merging import after, fill_keys, insertions
from plaintextcrm.core.kinds import KindTable
from plaintextcrm.core.model import Contact, Interaction, Source
from plaintextcrm.core.pages.published import means_all
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.plainlog import dedented
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.renaming import applied, not_edited, pairs_of, with_more
from plaintextcrm.core.splice import ADD, SET, TAKE, Change, change_key
from plaintextcrm.core.text import decode, fold, line_end_at, line_starts, split_lines
from plaintextcrm.core.vocabulary import LIST_TYPES, find_key

_H1 = pattern(r"( {0,3}#[ \t]+)(.*?)([ \t]*(?:[ \t]#+)?[ \t]*)\Z")
_COMMENT = pattern(r"#[^\r\n]*")
_LINE = pattern(r"[^\r\n]*")
_SAME = ("name", "aliases", "private")  # keys that a merge treats by themselves


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
        changed = _with_notes(changed, other.contact.name, notes, len(kept), kinds)
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
    if (kept_back := _as_private(source, said.get("private"))) is not source:
        source = kept_back
        added.append("private")
    for key, value in said.items():
        if key in _SAME or (key in held and held[key] == value) or (key == "coi" and not pairs_of(other, "coi")):
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
                changed = applied(source, key, "true" if value else "false")
            else:
                changed, missed = fill_keys(source, {key: value})
                if missed:
                    raise not_edited(source.path, key)
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
    kept += [f"{key}: {comment}" for key, comment in _comments(other) if comment not in source.text]
    return source, added, kept


def _comments(parsed: Parsed) -> list[tuple[str, str]]:
    """(key, comment with its `#`) of the front matter: a comment at the margin is about the key below it, any other about its own."""
    text, front = parsed.text[parsed.front.start : parsed.front.end], parsed.front
    if "#" not in text or not front.pairs:
        return []
    import yaml  # most files have no comment

    from plaintextcrm.core.yamltext import Loader

    found, place = [], 0
    for token in yaml.scan(text, Loader=Loader):  # a file that YAML cannot read is not merged
        end = token.start_mark.index
        if isinstance(token, yaml.ScalarToken) and token.style in ("|", ">"):
            end = _LINE.match(text, end).end()  # type: ignore[union-attr]  # a comment behind the mark is none of the text
        for comment in _COMMENT.finditer(text, place, max(place, end)):
            line = parsed.text.count("\n", 0, front.start + comment.start()) + 1
            above = [pair for pair in front.pairs if pair.line <= line]
            below = [pair for pair in front.pairs if pair.line > line]
            at_margin = comment.start() == 0 or text[comment.start() - 1] == "\n"
            found.append(((below[0] if below and (at_margin or not above) else above[-1]).key, comment[0].rstrip()))
        place = max(place, token.end_mark.index)
    return found


def _as_private(source: Source, theirs: object) -> Source:
    """The file with what the other one keeps private kept private too. Raises Refused where that cannot be written surely."""
    own = contact.parse(source).contact.keys.get("private")
    if not theirs or means_all(own):
        return source
    if not means_all(theirs) and isinstance(theirs, tuple):
        changes = [Change("private", ADD if own else SET, theirs)]
    else:
        changes = [Change("private", SET, ()), Change("private", SET, ("true",))]
    for change in changes:
        source = after(source, decode(change_key(source, change).replaces or b"")[0])
    return source


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


def _with_notes(source: Source, name: str, notes: Sequence[str], keys: int, kinds: KindTable) -> Source:
    """The file with lines under the heading "Merged from NAME" at its end, outside the log; the first so many are `keys`.

    Raises Refused where a `%%` or `<!--` that is not closed in one part would be by another: what was hidden would be seen.
    """
    parsed = contact.parse(source, kinds)
    text, starts = source.text, line_starts(source.text)
    end = line_end_at(text, len(text))
    headings = (text[starts[section.line - 1] : starts[section.line]].lstrip() for section in parsed.body.sections)
    level = min([2, *(len(line) - len(line.lstrip("#")) for line in headings)])
    lines = list(notes) if parsed.body.title is not None else [f"#{line}" if _H1.match(line) else line for line in notes]
    gap = "" if not text or text.endswith(end * 2) else end if text.endswith(("\n", "\r")) else end * 2
    added = (
        gap + end.join([f"{'#' * level} Merged from {name}", "", *lines[:keys], ""]),
        end.join([*lines[keys:], ""]) if lines[keys:] else "",
    )
    parts = (text[parsed.front.body :], *added)
    if body.mask("".join(parts))[0] != "".join(body.mask(part)[0] for part in parts):
        raise Refused(
            f"{source.path}: a %% or <!-- that is not closed would meet one of the other file: close it first; nothing is written"
        )
    return after(source, "".join((text, *added)))


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
