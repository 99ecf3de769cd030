"""What an import adds to a file that is there: many entries at once, empty keys, lines under "Imported from …".

Every other byte is kept; each step reads the file again and refuses what would say anything else than it did and what is added.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate

from plaintextcrm.core import body, contact, edit, frontmatter
from plaintextcrm.core.entries import style_of
from plaintextcrm.core.errors import Refused
from plaintextcrm.core.exchange.incoming import Rest, canonical
from plaintextcrm.core.kinds import STANDARD, KindTable
from plaintextcrm.core.model import Interaction, Source
from plaintextcrm.core.pages.published import IMPORTED
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.text import decode, encode, line_end_at, line_starts, readable, split_lines
from plaintextcrm.core.vocabulary import find_key, fold_key

NAME_PARTS = ("given_name", "family_name")  # somebody whose file has no `name` is called by these
_HEADING_LINE = pattern(r" {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*\Z")
_EMPTY_KEY = pattern(r"""(["']?[^"':#]+["']?)[ \t]*:[ \t]*(?:~|null|''|""|\[[ \t]*\])?[ \t]*\Z""")
_MARKER = "to-be-replaced-by-the-lines-of-the-key"


def after(source: Source, text: str) -> Source:
    """The file with another text, to plan the next change on it."""
    return source._replace(text=text, data=encode(text, source.encoding))


# --- entries -------------------------------------------------------------------------------------------------------


def insert_interactions(
    source: Source, entries: Sequence[Interaction], order: str = "oldest", kinds: KindTable = STANDARD
) -> Source:  # fmt: skip
    """Many entries more, each where `edit.insert_interaction` would put it if they were logged one by one, oldest first.

    Raises Refused where the file is not to be touched, Usage where the texts would hide or change other lines.
    """
    if not entries:
        return source
    parsed = contact.parse(source, kinds)
    ordered = sorted(entries, key=lambda entry: entry.on)
    section = edit.log_section(parsed.body.sections)
    if section is None or not section.entries:
        first = edit.insert_interaction(source, ordered[0], order, kinds)
        begun = after(source, decode(first.replaces or b"")[0])
        return insert_interactions(begun, ordered[1:], order, kinds)
    edit.refuse_unwritable(source, parsed)
    text = source.text
    inserts = insertions(text, section, ordered, order, kinds)
    pieces: list[str] = []
    kept = 0
    for at, inserted in sorted(inserts):
        pieces += text[kept:at], inserted
        kept = at
    changed = after(source, "".join((*pieces, text[kept:])))
    _verify(parsed, changed, ordered, kinds)
    return changed


def insertions(
    text: str, section: body.Section, ordered: Sequence[Interaction], order: str, kinds: KindTable
) -> list[tuple[int, str]]:  # fmt: skip
    """(offset, text to insert there), one for each gap of the log that gets entries."""
    starts, there = line_starts(text), section.entries
    days = [entry.on.toordinal() for entry in there]
    newest_first = days[0] > days[-1] or (days[0] == days[-1] and order == "newest")
    gaps: dict[int, list[Interaction]] = {}
    if newest_first:
        falling = [-day for day in accumulate(days, min)]
        for entry in reversed(ordered):
            gaps.setdefault(bisect_left(falling, -entry.on.toordinal()), []).append(entry)
    else:
        rising = list(accumulate(reversed(days), min))[::-1]
        for entry in ordered:
            gaps.setdefault(bisect_right(rising, entry.on.toordinal()), []).append(entry)
    found = []
    for gap, entries in gaps.items():  # the gap before entry number `gap`
        neighbour = there[min(gap, len(there) - 1) if newest_first else max(gap - 1, 0)]
        line = there[gap].line if gap < len(there) and (newest_first or not gap) else there[gap - 1].end
        near = starts[neighbour.line - 1]
        style = style_of(text[near : starts[neighbour.line]].rstrip("\r\n"), kinds)
        lines = [written for entry in entries for written in edit.entry_lines(entry, style, kinds)]
        inserted, at = edit.as_lines(text, lines, starts[line - 1], near)
        found.append((at, inserted))
    return found


def facts(entry: Interaction) -> tuple[object, ...]:
    """What must come back of an entry; its details are not looked at."""
    return entry.on, entry.kind, entry.text, entry.fields, entry.at_time, entry.block_id, entry.box


def _verify(before: contact.Parsed, changed: Source, entries: Sequence[Interaction], kinds: KindTable) -> None:
    """The file read again must hold what it held, and exactly these entries."""
    now = contact.parse(changed, kinds).contact
    wanted = Counter(map(facts, before.contact.interactions)) + Counter(map(facts, entries))
    same = now.keys == before.contact.keys and len(now.follow_ups) == len(before.contact.follow_ups)
    if not same or Counter(map(facts, now.interactions)) != wanted:
        raise Refused(f"{changed.path}: the new lines would change the meaning of others (an open `<!--`, `%%` or fence?)")


# --- keys ----------------------------------------------------------------------------------------------------------


def fill_keys(source: Source, keys: Mapping[str, str | tuple[str, ...]]) -> tuple[Source, tuple[str, ...]]:
    """(the file with those of our keys that it has no value for, the keys that could not be filled)."""
    if not keys:
        return source, ()
    front = frontmatter.read(readable(source.text), source.path)
    if not front.parsed or front.problems:
        return source, tuple(keys)
    held, other = _keys_of(source)
    changed, missed = source, []
    for key, value in keys.items():
        renames = key in NAME_PARTS and "name" not in held
        text = None if renames else _with_key(changed.text, key, value, source.path)
        wanted = {**held, key: canonical(key, value)}
        if text is None or _keys_of(after(source, text)) != (wanted, other):
            missed.append(key)
        else:
            changed, held = after(source, text), wanted
    return changed, tuple(missed)


def _keys_of(source: Source) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """(our keys, the user's): the front matter alone is read."""
    front = frontmatter.read(readable(source.text), source.path)
    found = contact.parse(after(source, source.text[: front.body])).contact
    return found.keys, found.other


def _with_key(text: str, key: str, value: str | tuple[str, ...], path: str) -> str | None:
    """The text with a key more, in the place of an empty one of that meaning; None where it has a value."""
    front = frontmatter.read(readable(text), path)
    starts, end = line_starts(text), line_end_at(text, 0)
    pairs = [pair for pair in front.pairs if find_key(pair.key) == find_key(key) and fold_key(pair.key) != "title"]
    lines = edit.key_lines(key, value)
    if not pairs:
        marked = edit.key_added(text, front, key, _MARKER, starts)
        return marked.replace(f"{key}: {_MARKER}", end.join(lines), 1)
    line = text[starts[pairs[0].line - 1] : starts[pairs[0].line]]
    written = _EMPTY_KEY.match(line.rstrip("\r\n"))
    if len(pairs) > 1 or not written or not edit.is_one_line(text, starts[pairs[0].line], front.end):
        return None
    lines[0] = written[1] + lines[0][len(key) :]
    return text[: starts[pairs[0].line - 1]] + end.join(lines) + end + text[starts[pairs[0].line] :]


# --- lines of the body ---------------------------------------------------------------------------------------------


def imported_section(origin: str, rest: Rest) -> list[str]:
    """The section that keeps what no key has room for, as lines."""
    return [f"## {IMPORTED} {origin}", "", *(line for _, lines in rest for line in lines)] if rest else []


def add_imported(source: Source, origin: str, rest: Rest, kinds: KindTable = STANDARD) -> tuple[Source, list[str], Rest]:
    """(the file with the columns it does not have yet, their lines, the columns that it has with another value)."""
    if not rest:
        return source, [], ()
    text = source.text
    lines = _read_lines(text, source.path)
    there, end = _imported(lines, origin)
    new = tuple((column, wanted) for column, wanted in rest if not any(_is_of(line, column) for line in there))
    other = tuple((column, wanted) for column, wanted in rest if (column, wanted) not in new and not there.issuperset(wanted))
    added = [line for _, wanted in new for line in wanted]
    if not added:
        return source, [], other
    if end:
        inserted, at = edit.as_lines(text, added, line_starts(text)[end], line_starts(text)[end - 1])
        changed = after(source, text[:at] + inserted + text[at:])
    else:
        mark = line_end_at(text, len(text))
        ended = text.endswith(("\n", "\r"))
        gap = "" if not text or lines[-2:] == ["", ""] else mark if ended else mark * 2
        changed = after(source, text + gap + mark.join(imported_section(origin, new)) + mark)
    before = contact.parse(source, kinds)
    edit.refuse_unwritable(source, before)
    _verify(before, changed, (), kinds)
    return changed, added, other


def imported_lines(source: Source) -> set[str]:
    """The lines under all headings "Imported from …", without the blanks around them."""
    return _imported(_read_lines(source.text, source.path), "")[0]


def _read_lines(text: str, path: str) -> list[str]:
    """The lines of a file, its code and comments blanked out."""
    begins = frontmatter.read(readable(text), path).body
    return split_lines(text[:begins] + body.mask(readable(text[begins:]))[0])


def with_lines(source: Source, old: Sequence[str], new: Sequence[str], kinds: KindTable = STANDARD) -> Source | None:
    """The file with other lines in the place of these, which stand one below the other; None where they do not, or more would change."""
    text = source.text
    lines = [line.strip() for line in _read_lines(text, source.path)]
    number = next((at for at, line in enumerate(lines) if line == old[0] and lines[at : at + len(old)] == list(old)), None)
    if number is None:
        return None
    starts = line_starts(text)
    inserted, _ = edit.as_lines(text, list(new), starts[number], starts[number])
    end = starts[number + len(old)]
    ended = text[starts[number] : end].endswith(("\n", "\r"))
    changed = after(source, text[: starts[number]] + (inserted if ended else inserted.rstrip("\r\n")) + text[end:])
    before = contact.parse(source, kinds)
    try:
        edit.refuse_unwritable(source, before)
        _verify(before, changed, (), kinds)
    except Refused:
        return None
    return changed


def _imported(lines: Sequence[str], origin: str) -> tuple[set[str], int]:
    """(the lines under all headings "Imported from …", the number of the last one under that of this origin, else 0)."""
    found: set[str] = set()
    level, own, end = 0, False, 0
    for number, line in enumerate(lines, 1):
        heading = _HEADING_LINE.match(line)
        if heading and (not level or len(heading[1]) <= level):
            level = len(heading[1]) if heading[2].casefold().startswith(IMPORTED.casefold()) else 0
            own = bool(level) and heading[2] == f"{IMPORTED} {origin}"
        elif level and line.strip():
            found.add(line.strip())
        if own and line.strip():
            end = number
    return found, end


def _is_of(line: str, column: str) -> bool:
    return line.startswith(f"- {column}: ") or line == f"- {column}:"
