"""Where a key and its value stand in a text, and the piece of it that becomes another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from plaintextcrm.core import contact, edit, frontmatter
from plaintextcrm.core.errors import Refused
from plaintextcrm.core.frontmatter import Pair
from plaintextcrm.core.model import Source
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.splice_keys import reads, texts_of
from plaintextcrm.core.text import line_end_at
from plaintextcrm.core.vocabulary import Key

if TYPE_CHECKING:
    import yaml

_TAIL = pattern(r"[ \t]*(?:\r?\n|\Z)|[ \t]+#[^\n]*(?:\n|\Z)")
_COLON = pattern(r"[ \t]*:")
_BLANKS = pattern(r"[ \t]*")
_DASH = pattern(r"[ \t]*-[ \t]*\Z")
_COMMA = pattern(r"[ \t]*,[ \t]*\Z")
_LINK = pattern(r"\[\[[^\[\]\n]+\]\]\Z")


class Part(NamedTuple):
    """A piece of the text: `start` to `end` becomes `new`."""

    start: int
    end: int
    new: str


class Item(NamedTuple):
    """One value of a list, or the only one: where it stands, and its quotes (None: plain)."""

    start: int
    end: int
    quotes: str | None
    text: str


class Spot(NamedTuple):
    """Where a key and its value stand; `shape` is "one", "flow" or "block"; `items` has one for "one", none where it is empty."""

    key: int  # where the key begins, which is where its line begins
    colon: int  # behind the colon
    start: int
    end: int  # of a block: behind the last item
    shape: str
    items: tuple[Item, ...]


def spot_of(source: Source, parsed: contact.Parsed, pair: Pair) -> Spot:
    """Where the pair stands. Raises Refused where it is not in one of the plain shapes."""
    found = _found(parsed.text, parsed.front, pair.key)
    if found is None:
        raise Refused(f"{source.path}:{pair.line}: {pair.key} is not in a shape that can be changed surely: use `ptcrm edit`")
    return found


def _found(text: str, front: frontmatter.FrontMatter, key: str) -> Spot | None:
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
        spot = Spot(begins, colon.end(), start, end, "one", () if empty else (whole,))
    elif isinstance(value, yaml.SequenceNode):
        items = [_item(text, node, at) for node in value.value]
        plain = tuple(item for item in items if item)
        if len(plain) < len(items) or text[at + value.start_mark.index] in "&!*":
            return None
        shape = "flow" if value.flow_style else "block"
        end = at + value.end_mark.index if shape == "flow" else plain[-1].end
        spot = Spot(begins, colon.end(), at + value.start_mark.index, end, shape, plain)
    else:
        return None
    return spot if _sure(text, spot) else None


def _item(text: str, node: yaml.Node, at: int) -> Item | None:
    """A scalar on one line, or an unquoted link; None for anything else."""
    import yaml

    start, end = at + node.start_mark.index, at + node.end_mark.index
    shown = text[start:end]
    if isinstance(node, yaml.SequenceNode) and _LINK.match(shown):
        return Item(start, end, None, shown)
    if not isinstance(node, yaml.ScalarNode) or "\n" in shown or shown[:1] in ("&", "!", "*", "|", ">"):
        return None
    return Item(start, end, node.style, str(node.value))


def _sure(text: str, spot: Spot) -> bool:
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


def in_place(text: str, spot: Spot, value: str) -> Part:
    """One value instead of the one that is there, or where there is none."""
    if spot.items:
        return Part(spot.start, spot.end, value)
    after = _BLANKS.match(text, spot.colon)
    end = after.end() if after else spot.colon
    if text[end : end + 1] == "#":
        return Part(spot.colon, spot.colon, f" {value}")
    return Part(end, end, value if end > spot.colon else f" {value}")


def whole_lines(text: str, spot: Spot) -> Part:
    """The key with all its lines goes."""
    return Part(spot.key, _next(text, spot.end), "")


def as_block(source: Source, text: str, spot: Spot, known: Key | None, items: Sequence[str]) -> Part:
    """One value becomes a list; a comment behind it stays in the line of the key."""
    end, after = line_end_at(source.text, spot.key), _next(text, spot.end)
    kept = text[spot.end : after].rstrip()
    return Part(spot.colon, after, end.join([kept, *(f"  - {scalar(known, item)}" for item in items), ""]))


def one_more(source: Source, text: str, spot: Spot, known: Key | None, items: Sequence[str]) -> Part:
    """Behind the last item, written as it is."""
    last = spot.items[-1]
    shown = [_like(spot, known, item) for item in items]
    if spot.shape == "flow":
        return Part(last.end, last.end, "".join(f", {item}" for item in shown))
    dash, after = text[_line(text, last.start) : last.start], _next(text, last.end)
    end = line_end_at(source.text, last.start)
    return Part(after, after, "".join(f"{dash if dash[-1] != '-' else dash + ' '}{item}{end}" for item in shown))


def one_less(text: str, spot: Spot, pair: Pair, known: Key | None, item: str, path: str) -> tuple[Part, tuple[str, ...]]:
    """(that item out of a list of several, what the list says then): where it is there twice, the first."""
    place = next((n for n, one in enumerate(spot.items) if reads(known, pair.key, [one.text]) == (item,)), None)
    if place is None:
        raise Refused(f'{path}:{pair.line}: "{item}" is not an item of its own: change it with `ptcrm edit`')
    one, last = spot.items[place], place + 1 == len(spot.items)
    left = texts_of(known, pair.key, [other.text for other in spot.items if other is not one], path, pair.line)
    if spot.shape == "block":
        return Part(_line(text, one.start), _next(text, one.end), ""), left
    start, end = (spot.items[place - 1].end, one.end) if last else (one.start, spot.items[place + 1].start)
    if not _COMMA.match(text[start : one.start] + text[one.end : end]):
        raise Refused(f"{path}:{pair.line}: {pair.key} has a comment or a line end between its items: change it with `ptcrm edit`")
    return Part(start, end, ""), left


def anew(source: Source, text: str, spot: Spot, pair: Pair, known: Key | None, items: Sequence[str]) -> Part:
    """All items of a list replaced. Raises Refused where comments stand between the old ones."""
    shown = [_like(spot, known, item) for item in items]
    if not spot.items:
        return Part(spot.start + 1, spot.end - 1, ", ".join(shown))
    first, last = spot.items[0], spot.items[-1]
    between = "".join(text[one.end : two.start] for one, two in zip(spot.items, spot.items[1:], strict=False))
    if "#" in between or (spot.shape == "flow" and "\n" in between):
        raise Refused(f"{source.path}:{pair.line}: {pair.key} has a comment or a line end between its items: change it with `ptcrm edit`")
    if spot.shape == "flow":
        return Part(first.start, last.end, ", ".join(shown))
    dash, end = text[_line(text, first.start) : first.start], line_end_at(source.text, first.start)
    return Part(_line(text, first.start), last.end, end.join(f"{dash if dash[-1] != '-' else dash + ' '}{item}" for item in shown))


def scalar(known: Key | None, value: str) -> str:
    """A value as it is written: in quotes where it needs them."""
    if known and known.type.startswith("bool") and value in ("true", "false"):
        return value
    return edit.in_quotes(value) if known and known.name == "phone" else edit.scalar(value)


def _like(spot: Spot, known: Key | None, value: str) -> str:
    """An item in the quotes of those beside it."""
    quotes = {item.quotes for item in spot.items}
    shown = scalar(known, value)
    if quotes == {"'"} and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return edit.in_quotes(value) if quotes == {'"'} or (spot.shape == "flow" and "," in shown) else shown
