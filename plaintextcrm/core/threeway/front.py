"""Front matter three ways: key by key on the lines as they stand, lists item by item."""

from __future__ import annotations

from collections.abc import Iterator

from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.threeway.checking import Version, lines_of
from plaintextcrm.core.threeway.lines import Clash, Doubt, Piece
from plaintextcrm.core.threeway.named import Unit, merge_named
from plaintextcrm.core.vocabulary import ORDER, find_key, fold_key

_COMMENT = pattern(r"[ \t]*(?:#.*)?\n")
_HEADER = pattern(r"[^\n]*:[ \t]*(?:#[^\n]*)?\n")
_ITEM = pattern(r"([ \t]*-[ \t]+)(\S[^\n]*?)[ \t]*\n")
_WORD = r"""(?:"[^"\n]*"|'[^'\n]*'|[^"'\[\]{}#,\s][^"'\[\]{}#,\n]*)"""
_FLOW = pattern(rf"([^\[\]\n]*:[ \t]*\[)[ \t]*((?:{_WORD}(?:[ \t]*,[ \t]*{_WORD})*)?)[ \t]*(\][ \t]*(?:#[^\n]*)?\n)\Z")
_WORDS = pattern(_WORD)
_QUOTED = pattern(r""""[^"]*"|'[^']*'""")


class _Items(NamedTuple):
    """A list of single-line items: what stands before, after and between them; in block style how each begins."""

    before: str
    items: tuple[Unit, ...]
    after: str
    between: str
    bullet: str = ""


def front_pieces(base: Version, ours: Version, theirs: Version) -> Iterator[Piece]:
    """The front matter with its fences. Raises Doubt where a side took it out, or its keys do not each begin a line."""
    versions = (base, ours, theirs)
    had, has, there = (bool(one.front.start) for one in versions)
    if had and not (has and there):
        raise Doubt
    if not (has or there):
        return
    fences = [(one.text[: one.front.start], one.text[one.front.end : one.front.body]) for one in versions]
    opening, closing = fences[1] if has and (not there or fences[2] == fences[0] or fences[1] == fences[2]) else fences[2]
    yield opening
    old, one, other = (_units(version, by_meaning=True) for version in versions)
    if any(len({unit.id for unit in found}) < len(found) for found in (old, one, other)):
        old, one, other = (_units(version, by_meaning=False) for version in versions)  # `email` and `mail` in one file are two keys
    for settled in merge_named(old, one, other, _both):
        yield settled.lead or ""
        yield settled.text
    yield closing or "---\n"


def _units(version: Version, by_meaning: bool) -> list[Unit]:
    """The keys in order, each with the comments above it, and what stands below the last."""
    front = version.front
    if not front.start:
        return []
    lines = lines_of(version.text[front.start : front.end])
    pairs = sorted(front.pairs, key=lambda pair: pair.line)
    starts = [pair.line - 2 for pair in pairs]
    if len(set(starts)) < len(starts) or any(pair.column != 1 for pair in pairs):
        raise Doubt
    units = []
    lead_from = 0
    for pair, start, stop in zip(pairs, starts, [*starts, len(lines)][1:], strict=True):
        end = stop
        while end > start + 1 and _COMMENT.fullmatch(lines[end - 1]):
            end -= 1
        known = find_key(pair.key)
        id = known.name if known and by_meaning else pair.key if not by_meaning else fold_key(pair.key)
        place = ORDER[known.name] if known else len(ORDER)
        units.append(Unit(id, "".join(lines[start:end]), "".join(lines[lead_from:start]), (place, pair.key)))
        lead_from = end
    return [*units, Unit(None, "".join(lines[lead_from:]), "", (len(ORDER) + 1, ""))]


def _both(base: Unit | None, ours: Unit, theirs: Unit) -> Piece:
    """A key that both changed: lists are joined, anything else is a clash."""
    one, other = _items(ours.text), _items(theirs.text)
    old = _items(base.text) if base else _Items("", (), "", "")
    if one is None or other is None or old is None or one._replace(items=()) != other._replace(items=()):
        return Clash(ours.text, theirs.text)
    try:
        merged = merge_named(old.items, one.items, other.items, both=lambda _, here, there: min(here.text, there.text))
    except Doubt:
        return Clash(ours.text, theirs.text)
    texts = [settled.text for settled in merged if isinstance(settled.text, str)]
    if len(texts) < len(merged):
        return Clash(ours.text, theirs.text)
    return one.before + one.between.join(texts) + one.after


def _items(text: str) -> _Items | None:
    """The items of a list in flow or block style; None for whatever else."""
    flow = _FLOW.match(text)
    if flow:
        return _Items(flow[1], tuple(_item(word.strip()) for word in _WORDS.findall(flow[2])), flow[3], ", ")
    header, *lines = lines_of(text)
    items = [_ITEM.fullmatch(line) for line in lines]
    if not _HEADER.fullmatch(header) or not all(items):
        return None
    indents = {item[1] for item in items if item}
    if len(indents) > 1:
        return None
    found = tuple(_item(item[2])._replace(text=line) for item, line in zip(items, lines, strict=True) if item)
    return _Items(header, found, "", "", "".join(indents))


def _item(word: str) -> Unit:
    """An item, named by its text without quotes and comment."""
    quoted = _QUOTED.match(word)
    name = quoted[0][1:-1] if quoted else word.split(" #")[0].rstrip()
    return Unit(name, word, "", (name,))
