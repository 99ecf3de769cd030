"""One change of one key -> Edit: the value is spliced where it stands; what cannot be spliced surely is refused.

YAML says where a value begins and ends. What was written is read again: all other keys as they were, this one as wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from plaintextcrm.core import contact, edit, frontmatter
from plaintextcrm.core.errors import Refused, Usage
from plaintextcrm.core.frontmatter import Pair, Tree
from plaintextcrm.core.model import Edit, Source
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.text import decode, line_end_at, line_starts
from plaintextcrm.core.vocabulary import LIST_TYPES, Key, find_key, fold_key

if TYPE_CHECKING:
    import yaml

SET, ADD, TAKE = "=", "+=", "-="
MANY = (*LIST_TYPES, "bool or list")  # types that take more than one value
TELLING = ("family", "dates")  # keys whose other names say more than their own: `kids` is not overwritten by `partner`
_BOTH = (("true",), ("false",))

_TAIL = pattern(r"[ \t]*(?:\r?\n|\Z)|[ \t]+#[^\n]*(?:\n|\Z)")
_COLON = pattern(r"[ \t]*:")
_BLANKS = pattern(r"[ \t]*")
_DASH = pattern(r"[ \t]*-[ \t]*\Z")
_COMMA = pattern(r"[ \t]*,[ \t]*\Z")
_LINK = pattern(r"\[\[[^\[\]\n]+\]\]\Z")


class Change(NamedTuple):
    """What is asked of a key (as typed): SET it to these texts (none: the key goes), ADD them to its list, TAKE them out."""

    key: str
    sign: str
    items: tuple[str, ...]


class _Part(NamedTuple):
    """A piece of the text: `start` to `end` becomes `new`."""

    start: int
    end: int
    new: str


class _Item(NamedTuple):
    """One value of a list, or the only one: where it stands, and its quotes (None: plain)."""

    start: int
    end: int
    quotes: str | None
    text: str


class _Spot(NamedTuple):
    """Where a key and its value stand; `shape` is "one", "flow" or "block"; `items` has one for "one", none where it is empty."""

    key: int  # where the key begins, which is where its line begins
    colon: int  # behind the colon
    start: int
    end: int  # of a block: behind the last item
    shape: str
    items: tuple[_Item, ...]


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
    parsed = _readable(source, change.key, known)
    pairs = _pairs(parsed, change.key, known)
    pair = _chosen(pairs, change.key, known)
    if change.sign == SET and not change.items:
        return _removed(source, parsed, pairs, change.key, known)
    if change.sign == ADD:
        there = [_texts(known, one.key, one.value, source.path, one.line) for one in pairs]
        if known and known.type == "bool or list" and any(texts in _BOTH for texts in there):
            raise Usage(f"{source.path}: {change.key} is true or false, no list: set it with {change.key}={','.join(change.items)}")
        old = _texts(known, pair.key, pair.value, source.path, pair.line) if pair else ()
        new = tuple(item for item in change.items if not any(item in texts for texts in there))
        if not new:
            return source
        wanted = (*old, *new)
    else:
        old, new, wanted = (), change.items, change.items
        if pair and _reads(known, pair.key, pair.value) == _reads(known, pair.key, _tree(known, wanted)):
            return source
    if pair is None:
        return _spliced(source, parsed, _added(source, parsed, change, known, wanted), None, change.key, known, wanted)
    spot = _spot(source, parsed, pair)
    if spot.shape != "one" and known and known.type == "bool or list" and wanted in _BOTH:
        raise Refused(f"{source.path}:{pair.line}: {pair.key} is a list: take it out first ({pair.key}=), then set it")
    if spot.shape == "one" and (len(wanted) > 1 or change.sign == ADD):
        part = _as_block(source, parsed.text, spot, known, wanted)
    elif spot.shape == "one":
        part = _in_place(parsed.text, spot, _scalar(known, wanted[0]))
    elif change.sign == ADD and spot.items:
        part = _one_more(source, parsed.text, spot, known, new)
    else:
        part = _anew(source, parsed.text, spot, pair, known, wanted)
    return _spliced(source, parsed, part, pair, pair.key, known, wanted)


def _without(source: Source, key: str, known: Key | None, item: str) -> Source:
    """TAKE: the first place that says it; the very same source where none does."""
    parsed = _readable(source, key, known)
    for pair in _pairs(parsed, key, known):
        texts = _texts(known, pair.key, pair.value, source.path, pair.line)
        if item not in texts:
            continue
        left = tuple(text for text in texts if text != item)
        spot = _spot(source, parsed, pair)
        if not left:
            part = _whole(parsed.text, spot)
        elif spot.shape == "one":
            part = _in_place(parsed.text, spot, _scalar(known, ", ".join(left)))
        else:
            part, left = _one_less(parsed.text, spot, pair, known, item, source.path)
        return _spliced(source, parsed, part, pair, pair.key, known, left)
    return source


def _removed(source: Source, parsed: contact.Parsed, pairs: Sequence[Pair], key: str, known: Key | None) -> Source:
    if not pairs:
        return source
    if len(pairs) > 1:
        raise Refused(f"{source.path}:{pairs[1].line}: {pairs[0].key} and {pairs[1].key} say the same: keep one first (ptcrm edit)")
    return _spliced(source, parsed, _whole(parsed.text, _spot(source, parsed, pairs[0])), pairs[0], key, known, ())


# --- which key -----------------------------------------------------------------------------------------------------


def _readable(source: Source, key: str, known: Key | None) -> contact.Parsed:
    """The file parsed. Raises Refused where it, or this key of it, is not to be written to."""
    parsed = contact.parse(source)
    edit.refuse_unwritable(source, parsed)
    front = parsed.front
    if not front.parsed or any(problem.code == "yaml-alias" for problem in front.problems):
        line = front.problems[0].where.line if front.problems else 1
        raise Refused(f"{source.path}:{line}: the front matter cannot be read whole, so it is not edited: mend it first (ptcrm check)")
    for problem in front.problems:
        if problem.code == "duplicate-key" and _is(edit.key_of(problem), key, known):
            raise Refused(f"{source.path}:{problem.where.line}: {edit.key_of(problem)} is there twice: keep one first (ptcrm check)")
    return parsed


def _is(written: str, key: str, known: Key | None) -> bool:
    """Whether the key as written is the one that is meant."""
    if known is None or known.name in TELLING:
        return find_key(written) is known and fold_key(written) == fold_key(key)
    return find_key(written) is known


def _new_name(key: str, known: Key | None) -> str:
    """What a key that is not there yet is called."""
    return key if known is None or known.name in TELLING else known.name


def _pairs(parsed: contact.Parsed, key: str, known: Key | None) -> list[Pair]:
    """The pairs that mean this key."""
    return [pair for pair in parsed.front.pairs if _is(pair.key, key, known) and not (known and edit.is_name(pair, parsed))]


def _chosen(pairs: Sequence[Pair], key: str, known: Key | None) -> Pair | None:
    """The one to change: the one spelled as typed, but of a single value our own name for it, which counts; else the first with a value."""
    single = known is not None and known.type not in MANY
    exact = [pair for pair in pairs if pair.key == key] + [pair for pair in pairs if fold_key(pair.key) == fold_key(key)]
    own = [pair for pair in pairs if known and fold_key(pair.key) == fold_key(known.name)]
    filled = [pair for pair in pairs if pair.value is not None]
    return next(iter((*own, *filled, *pairs) if single else (*exact, *own, *filled, *pairs)), None)


def _tree(known: Key | None, items: Sequence[str]) -> Tree:
    return items[0] if len(items) == 1 and not (known and known.type in MANY) else list(items)


def _reads(known: Key | None, key: str, tree: Tree) -> tuple[str, ...] | None:
    """What a value says, as texts; None where it is nested, or not what its key takes."""
    if tree is None:
        return ()
    if known is None:
        parts = tree if isinstance(tree, list) else [tree]
        return tuple(str(part) for part in parts) if all(isinstance(part, str) for part in parts) else None
    try:
        value = contact.READERS[known.type](tree, key)
    except contact._Wrong:
        return None
    if isinstance(value, bool):
        return ("true" if value else "false",)
    return value if isinstance(value, tuple) else (value,)


def _texts(known: Key | None, key: str, tree: Tree, path: str, line: int) -> tuple[str, ...]:
    texts = _reads(known, key, tree)
    if texts is None:
        raise Refused(f"{path}:{line}: {key} is no plain list: change it with `ptcrm edit`")
    return texts


# --- where it stands -----------------------------------------------------------------------------------------------


def _spot(source: Source, parsed: contact.Parsed, pair: Pair) -> _Spot:
    """Where the pair stands. Raises Refused where it is not in one of the plain shapes."""
    found = _found(parsed.text, parsed.front, pair.key)
    if found is None:
        raise Refused(f"{source.path}:{pair.line}: {pair.key} is not in a shape that can be changed surely: use `ptcrm edit`")
    return found


def _found(text: str, front: frontmatter.FrontMatter, key: str) -> _Spot | None:
    import yaml

    from plaintextcrm.core.yamltext import Loader

    try:
        root = yaml.compose(text[front.start : front.end], Loader=Loader)
    except yaml.YAMLError:
        return None
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        return None
    nodes = [(name, value) for name, value in root.value if name.value == key]
    if len(nodes) != 1:
        return None
    (name, value), at = nodes[0], front.start
    begins, colon = at + name.start_mark.index, _COLON.match(text, at + name.end_mark.index)
    if colon is None or text[begins] in "&!*?" or (begins and text[begins - 1] != "\n"):
        return None
    whole = _item(text, value, at)
    if whole:
        empty = whole.start == whole.end
        start, end = (colon.end(),) * 2 if empty else whole[:2]
        spot = _Spot(begins, colon.end(), start, end, "one", () if empty else (whole,))
    elif isinstance(value, yaml.SequenceNode):
        items = [_item(text, node, at) for node in value.value]
        plain = tuple(item for item in items if item)
        if len(plain) < len(items) or text[at + value.start_mark.index] in "&!*":
            return None
        shape = "flow" if value.flow_style else "block"
        end = at + value.end_mark.index if shape == "flow" else plain[-1].end
        spot = _Spot(begins, colon.end(), at + value.start_mark.index, end, shape, plain)
    else:
        return None
    return spot if _sure(text, spot) else None


def _item(text: str, node: yaml.Node, at: int) -> _Item | None:
    """A scalar on one line, or an unquoted link; None for anything else."""
    import yaml

    start, end = at + node.start_mark.index, at + node.end_mark.index
    shown = text[start:end]
    if isinstance(node, yaml.SequenceNode) and _LINK.match(shown):
        return _Item(start, end, None, shown)
    if not isinstance(node, yaml.ScalarNode) or "\n" in shown or shown[:1] in ("&", "!", "*", "|", ">"):
        return None
    return _Item(start, end, node.style, str(node.value))


def _sure(text: str, spot: _Spot) -> bool:
    """Whether nothing but blanks and comments stands around the value and its items."""
    if spot.shape == "block":
        own_lines = all(_DASH.match(text[_line(text, item.start) : item.start]) for item in spot.items)
        return own_lines and all(_TAIL.match(text, item.end) for item in spot.items) and _TAIL.match(text, spot.colon) is not None
    gap = text[spot.colon : spot.start]
    return not gap.strip(" \t") and _TAIL.match(text, spot.end) is not None


def _line(text: str, at: int) -> int:
    """Where the line of that offset begins."""
    return text.rfind("\n", 0, at) + 1


def _next(text: str, at: int) -> int:
    """Where the line after that offset begins."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


# --- the parts that change -----------------------------------------------------------------------------------------


def _in_place(text: str, spot: _Spot, value: str) -> _Part:
    if spot.items:
        return _Part(spot.start, spot.end, value)
    after = _BLANKS.match(text, spot.colon)
    end = after.end() if after else spot.colon
    if text[end : end + 1] == "#":
        return _Part(spot.colon, spot.colon, f" {value}")
    return _Part(end, end, value if end > spot.colon else f" {value}")


def _whole(text: str, spot: _Spot) -> _Part:
    return _Part(spot.key, _next(text, spot.end), "")


def _as_block(source: Source, text: str, spot: _Spot, known: Key | None, items: Sequence[str]) -> _Part:
    """One value becomes a list; a comment behind it stays in the line of the key."""
    end, after = line_end_at(source.text, spot.key), _next(text, spot.end)
    kept = text[spot.end : after].rstrip()
    return _Part(spot.colon, after, end.join([kept, *(f"  - {_scalar(known, item)}" for item in items), ""]))


def _one_more(source: Source, text: str, spot: _Spot, known: Key | None, items: Sequence[str]) -> _Part:
    """Behind the last item, written as it is."""
    last = spot.items[-1]
    shown = [_like(spot, known, item) for item in items]
    if spot.shape == "flow":
        return _Part(last.end, last.end, "".join(f", {item}" for item in shown))
    dash, after = text[_line(text, last.start) : last.start], _next(text, last.end)
    end = line_end_at(source.text, last.start)
    return _Part(after, after, "".join(f"{dash if dash[-1] != '-' else dash + ' '}{item}{end}" for item in shown))


def _one_less(text: str, spot: _Spot, pair: Pair, known: Key | None, item: str, path: str) -> tuple[_Part, tuple[str, ...]]:
    """(that item out of a list of several, what the list says then): where it is there twice, the first."""
    place = next((n for n, one in enumerate(spot.items) if _reads(known, pair.key, [one.text]) == (item,)), None)
    if place is None:
        raise Refused(f'{path}:{pair.line}: "{item}" is not an item of its own: change it with `ptcrm edit`')
    one, last = spot.items[place], place + 1 == len(spot.items)
    left = _texts(known, pair.key, [other.text for other in spot.items if other is not one], path, pair.line)
    if spot.shape == "block":
        return _Part(_line(text, one.start), _next(text, one.end), ""), left
    start, end = (spot.items[place - 1].end, one.end) if last else (one.start, spot.items[place + 1].start)
    if not _COMMA.match(text[start : one.start] + text[one.end : end]):
        raise Refused(f"{path}:{pair.line}: {pair.key} has a comment or a line end between its items: change it with `ptcrm edit`")
    return _Part(start, end, ""), left


def _anew(source: Source, text: str, spot: _Spot, pair: Pair, known: Key | None, items: Sequence[str]) -> _Part:
    """All items of a list replaced. Raises Refused where comments stand between the old ones."""
    shown = [_like(spot, known, item) for item in items]
    if not spot.items:
        return _Part(spot.start + 1, spot.end - 1, ", ".join(shown))
    first, last = spot.items[0], spot.items[-1]
    between = "".join(text[one.end : two.start] for one, two in zip(spot.items, spot.items[1:], strict=False))
    if "#" in between or (spot.shape == "flow" and "\n" in between):
        raise Refused(f"{source.path}:{pair.line}: {pair.key} has a comment or a line end between its items: change it with `ptcrm edit`")
    if spot.shape == "flow":
        return _Part(first.start, last.end, ", ".join(shown))
    dash, end = text[_line(text, first.start) : first.start], line_end_at(source.text, first.start)
    return _Part(_line(text, first.start), last.end, end.join(f"{dash if dash[-1] != '-' else dash + ' '}{item}" for item in shown))


def _scalar(known: Key | None, value: str) -> str:
    if known and known.type.startswith("bool") and value in ("true", "false"):
        return value
    return edit.in_quotes(value) if known and known.name == "phone" else edit.scalar(value)


def _like(spot: _Spot, known: Key | None, value: str) -> str:
    """An item in the quotes of those beside it."""
    quotes = {item.quotes for item in spot.items}
    shown = _scalar(known, value)
    if quotes == {"'"} and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return edit.in_quotes(value) if quotes == {'"'} or (spot.shape == "flow" and "," in shown) else shown


def _added(source: Source, parsed: contact.Parsed, change: Change, known: Key | None, items: Sequence[str]) -> _Part:
    """A key that is not there yet."""
    many = (known is not None and known.type in LIST_TYPES) or change.sign == ADD or len(items) > 1
    name = edit.scalar(_new_name(change.key, known))
    shown = [_scalar(known, item) for item in items]
    lines = [f"{name}:", *(f"  - {item}" for item in shown)] if many else [f"{name}: {shown[0]}"]
    at, new = edit.lines_added(source.text, parsed.front, known, lines, line_starts(source.text))
    return _Part(at, at, new)


# --- and read again ------------------------------------------------------------------------------------------------


def _spliced(
    source: Source, before: contact.Parsed, part: _Part, pair: Pair | None, key: str, known: Key | None, wanted: tuple[str, ...]
) -> Source:  # fmt: skip
    """The file with that part changed. Raises Refused where it would not say exactly what is wanted."""
    text, body = source.text, source.text[before.front.body :]
    text = text[: part.start] + part.new + text[part.end :]
    data = edit.edit_to(source, text).replaces or b""
    now = source._replace(data=data, text=decode(data)[0])
    after = contact.parse(now._replace(text=text.removesuffix(body)))  # the body is as it was
    name = pair.key if pair else _new_name(key, known)
    line = pair.line if pair else 1
    others = [(one.key, one.value) for one in before.front.pairs if pair is None or one.key != pair.key]
    left = [(one.key, one.value) for one in after.front.pairs if one.key != name]
    own = [one.value for one in after.front.pairs if one.key == name]
    whole = after.front.parsed and now.text == text and text.endswith(body)
    told = _reads(known, name, own[0]) if len(own) == 1 else () if not own else None
    if not whole or left != others or told != (_reads(known, name, _tree(known, wanted)) if wanted else ()):
        raise Refused(f"{source.path}:{line}: {name} cannot be changed without touching other lines: change it with `ptcrm edit`")
    if known and known.type not in MANY and wanted and after.contact.keys.get(known.name) is None:
        raise Refused(f"{source.path}:{line}: {name} would not be read as {known.name}: change it with `ptcrm edit`")
    return now
