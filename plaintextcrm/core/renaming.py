"""What a file says of its person, changed wherever it stands: another name, more in a list.

Every step reads the file again and refuses what would say anything else than was meant (docs/format.md, "Front matter").
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from plaintextcrm.core import body, contact, edit, names
from plaintextcrm.core.contact import Parsed
from plaintextcrm.core.errors import Refused, Usage
from plaintextcrm.core.exchange.merging import after, fill_keys
from plaintextcrm.core.frontmatter import Pair
from plaintextcrm.core.kinds import KindTable
from plaintextcrm.core.model import Source
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.text import decode, fold, line_end_at, line_starts, split_lines
from plaintextcrm.core.vocabulary import BY_FOLD, find_key, fold_key

_H1 = pattern(r"( {0,3}#[ \t]+)(.*?)([ \t]*(?:[ \t]#+)?[ \t]*)\Z")
_ITEM = pattern(r"([ \t]*-[ \t]+)\S")
_ONE_LINE_LIST = pattern(r"(?P<before>[^\[]*\[(?P<inside>.*?)),?[ \t]*(?P<after>\][ \t]*(?:[ \t]\#.*)?)\Z")
_ONE_VALUE = pattern(r"""(?P<key>(?:"[^"\\]*"|'[^']*'|[^"':]+?)[ \t]*:)[ \t]*(?P<value>.*?)(?P<comment>[ \t]+\#.*)?\Z""")
_TEXT_OR_LIST = ("email", "phone", "address", "website", "linkedin")  # one value is written as text


def called(source: Source, name: str, id: str, kinds: KindTable) -> Source:
    """The file of somebody with another name, wherever it says the name; `id` is theirs afterwards.

    The old name becomes an alias, if the file said it and it was no mere spelling of a slug. A file that says no name stays as it is,
    unless its own is a slug, which has neither capitals nor accents.
    """
    before = contact.parse(source, kinds)
    edit.refuse_unwritable(source, before)
    old, where = before.contact.name, _said_in(before)
    file = id.rsplit("/", 1)[-1]
    if not where and (file == name or file != names.slug(file)):
        return source
    changed = source
    for key in where.keys if where else ():
        changed = _value(changed, key, name)
    if where and where.heading:
        changed = _heading(changed, old, name)
    changed = changed._replace(id=id)
    if contact.parse(changed, kinds).contact.name != name:
        changed = applied(changed, "name", name)
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


def applied(source: Source, key: str, value: str | None) -> Source:
    """The file with a key set."""
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
            raise not_edited(source.path, key)
    wanted = {*parsed.contact.texts(key), *new}
    now = contact.parse(changed)
    if set(now.contact.texts(key)) != wanted:
        raise not_edited(source.path, key)
    _only(parsed, now, (key,), source.path)
    return changed


def not_edited(path: str, key: str) -> Refused:
    """What to say of a list that is not to be edited."""
    return Refused(f"{path}: {key} cannot be added to surely: change it with `ptcrm edit`; nothing is written")


def _longer(source: Source, parsed: Parsed, key: str, new: Sequence[str]) -> Source:
    """More in a list that is there: of lines, in brackets, or one value, which becomes a list of lines."""
    text, starts = source.text, line_starts(source.text)
    pair = next(pair for pair in parsed.front.pairs if find_key(pair.key) == find_key(key) and pair.value)
    if any(problem.code in ("duplicate-key", "yaml-alias") for problem in parsed.front.problems) or not parsed.front.parsed:
        raise not_edited(source.path, key)
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
        held = parsed.contact.texts(key) if len(pairs_of(parsed, key)) == 1 else (pair.value,)
        items = [match["value"]] if len(held) == 1 else [edit.scalar(value) for value in held]
        written = [f"  - {item}" for item in (*items, *map(edit.scalar, new))]
        lines = end.join([f"{match['key']}{match['comment'] or ''}", *written]) + end
    else:
        raise not_edited(source.path, key)
    return after(source, text[: starts[pair.line - 1]] + lines + text[starts[pair.line] :])


def pairs_of(parsed: Parsed, key: str) -> list[Pair]:
    """Where the file says a key; `title` is none of them."""
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
