"""One change of one key -> Edit: the value is spliced where it stands; what cannot be spliced surely is refused.

YAML says where a value begins and ends. What was written is read again: all other keys as they were, this one as wanted.
"""

from __future__ import annotations

from collections.abc import Sequence

from plaintextcrm.core import contact, edit
from plaintextcrm.core.errors import Refused, Usage
from plaintextcrm.core.frontmatter import Pair
from plaintextcrm.core.model import Edit, Source
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.splice_keys import MANY, chosen, new_name, pairs_of, readable, reads, texts_of, tree_of
from plaintextcrm.core.splice_spots import Part, anew, as_block, in_place, one_less, one_more, scalar, spot_of, whole_lines
from plaintextcrm.core.text import decode, line_starts
from plaintextcrm.core.vocabulary import LIST_TYPES, Key, find_key

SET, ADD, TAKE = "=", "+=", "-="
_BOTH = (("true",), ("false",))


class Change(NamedTuple):
    """What is asked of a key (as typed): SET it to these texts (none: the key goes), ADD them to its list, TAKE them out."""

    key: str
    sign: str
    items: tuple[str, ...]


def change_key(source: Source, change: Change) -> Edit:
    """That key changed, its spelling and every other byte kept; an edit that changes nothing where all is so already.

    Raises Refused where the file, or this value, cannot be written to surely; Usage where the key takes one value only.
    """
    known = find_key(change.key)
    fitting(change, known)
    now = source
    if change.sign == TAKE:
        for item in change.items:
            while (after := _without(now, change.key, known, item)) is not now:
                now = after
    else:
        now = _with(source, change, known)
    return Edit(source.path, source.data, now.data)


def fitting(change: Change, known: Key | None) -> None:
    """Raises Usage where a list is asked of a key that takes one value."""
    if change.sign != SET and known and known.type not in MANY:
        raise Usage(f"{change.key} takes one value, no list: write {change.key}={', '.join(change.items)}")


# --- what is wanted ------------------------------------------------------------------------------------------------


def _with(source: Source, change: Change, known: Key | None) -> Source:
    """SET and ADD."""
    parsed = readable(source, change.key, known)
    pairs = pairs_of(parsed, change.key, known)
    pair = chosen(pairs, change.key, known)
    if change.sign == SET and not change.items:
        return _removed(source, parsed, pairs, change.key, known)
    if change.sign == ADD:
        there = [texts_of(known, one.key, one.value, source.path, one.line) for one in pairs]
        if known and known.type == "bool or list" and any(texts in _BOTH for texts in there):
            raise Usage(f"{source.path}: {change.key} is true or false, no list: set it with {change.key}={','.join(change.items)}")
        old = texts_of(known, pair.key, pair.value, source.path, pair.line) if pair else ()
        new = tuple(item for item in change.items if not any(item in texts for texts in there))
        if not new:
            return source
        wanted = (*old, *new)
    else:
        old, new, wanted = (), change.items, change.items
        if pair and reads(known, pair.key, pair.value) == reads(known, pair.key, tree_of(known, wanted)):
            return source
    if pair is None:
        return _spliced(source, parsed, _added(source, parsed, change, known, wanted), None, change.key, known, wanted)
    spot = spot_of(source, parsed, pair)
    if spot.shape != "one" and known and known.type == "bool or list" and wanted in _BOTH:
        raise Refused(f"{source.path}:{pair.line}: {pair.key} is a list: take it out first ({pair.key}=), then set it")
    if spot.shape == "one" and (len(wanted) > 1 or change.sign == ADD):
        part = as_block(source, parsed.text, spot, known, wanted)
    elif spot.shape == "one":
        part = in_place(parsed.text, spot, scalar(known, wanted[0]))
    elif change.sign == ADD and spot.items:
        part = one_more(source, parsed.text, spot, known, new)
    else:
        part = anew(source, parsed.text, spot, pair, known, wanted)
    return _spliced(source, parsed, part, pair, pair.key, known, wanted)


def _without(source: Source, key: str, known: Key | None, item: str) -> Source:
    """TAKE: the first place that says it; the very same source where none does."""
    parsed = readable(source, key, known)
    for pair in pairs_of(parsed, key, known):
        texts = texts_of(known, pair.key, pair.value, source.path, pair.line)
        if item not in texts:
            continue
        left = tuple(text for text in texts if text != item)
        spot = spot_of(source, parsed, pair)
        if not left:
            part = whole_lines(parsed.text, spot)
        elif spot.shape == "one":
            part = in_place(parsed.text, spot, scalar(known, ", ".join(left)))
        else:
            part, left = one_less(parsed.text, spot, pair, known, item, source.path)
        return _spliced(source, parsed, part, pair, pair.key, known, left)
    return source


def _removed(source: Source, parsed: contact.Parsed, pairs: Sequence[Pair], key: str, known: Key | None) -> Source:
    if not pairs:
        return source
    if len(pairs) > 1:
        raise Refused(f"{source.path}:{pairs[1].line}: {pairs[0].key} and {pairs[1].key} say the same: keep one first (ptcrm edit)")
    return _spliced(source, parsed, whole_lines(parsed.text, spot_of(source, parsed, pairs[0])), pairs[0], key, known, ())


def _added(source: Source, parsed: contact.Parsed, change: Change, known: Key | None, items: Sequence[str]) -> Part:
    """A key that is not there yet."""
    many = (known is not None and known.type in LIST_TYPES) or change.sign == ADD or len(items) > 1
    name = edit.scalar(new_name(change.key, known))
    shown = [scalar(known, item) for item in items]
    lines = [f"{name}:", *(f"  - {item}" for item in shown)] if many else [f"{name}: {shown[0]}"]
    at, new = edit.lines_added(source.text, parsed.front, known, lines, line_starts(source.text))
    return Part(at, at, new)


# --- and read again ------------------------------------------------------------------------------------------------


def _spliced(
    source: Source, before: contact.Parsed, part: Part, pair: Pair | None, key: str, known: Key | None, wanted: tuple[str, ...]
) -> Source:  # fmt: skip
    """The file with that part changed. Raises Refused where it would not say exactly what is wanted."""
    text, body = source.text, source.text[before.front.body :]
    text = text[: part.start] + part.new + text[part.end :]
    data = edit.edit_to(source, text).replaces or b""
    now = source._replace(data=data, text=decode(data)[0])
    after = contact.parse(now._replace(text=text.removesuffix(body)))  # the body is as it was
    name = pair.key if pair else new_name(key, known)
    line = pair.line if pair else 1
    others = [(one.key, one.value) for one in before.front.pairs if pair is None or one.key != pair.key]
    left = [(one.key, one.value) for one in after.front.pairs if one.key != name]
    own = [one.value for one in after.front.pairs if one.key == name]
    whole = after.front.parsed and now.text == text and text.endswith(body)
    told = reads(known, name, own[0]) if len(own) == 1 else () if not own else None
    if not whole or left != others or told != (reads(known, name, tree_of(known, wanted)) if wanted else ()):
        raise Refused(f"{source.path}:{line}: {name} cannot be changed without touching other lines: change it with `ptcrm edit`")
    if known and known.type not in MANY and wanted and after.contact.keys.get(known.name) is None:
        raise Refused(f"{source.path}:{line}: {name} would not be read as {known.name}: change it with `ptcrm edit`")
    return now
