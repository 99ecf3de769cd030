"""A picture of people and what joins them, as SVG (docs/reports.md): names are text, lines and marks take the colour of the words.

Classes for the style sheet: `network` the drawing; lines `tie` and the words of the tie; people `who` and their kind (`me`, `coi`, `five`,
`gone`). Shape first, colour second: a square is oneself, a second ring a centre of influence or one of the five, a hollow ring is gone.
"""

from __future__ import annotations

from collections.abc import Sequence

from plaintextcrm.core.reports.shapes import Node, Picture
from plaintextcrm.core.text import width
from plaintextcrm.render.signs import number, safe

ROW = 26  # px between two lines of writing
LETTER = 7.4  # px of an average one in 13 px
LONGEST = 26  # columns of a name; the whole one is in its title
MARGIN = 16
GAP = 44  # px between a column's longest name and the next column


def network_svg(picture: Picture, words: str) -> str:
    """The drawing with `words` as what it is called; "" without people.

    It is as large as its names need, never scaled: put it into something that scrolls. Names of one column never touch each other.
    """
    if not picture.nodes:
        return ""
    columns = _columns(picture.nodes)
    high = _height(picture.nodes)
    wide = max(columns[node.x] + _room(node) for node in picture.nodes) + MARGIN
    at = [(columns[node.x], MARGIN + node.y * high) for node in picture.nodes]
    size = number(wide), number(high + 2 * MARGIN)
    lines = "".join(_line(picture, at, *edge) for edge in picture.edges)
    people = "".join(_person(node, *place) for node, place in zip(picture.nodes, at, strict=True))
    return (
        f'<svg class="network" role="img" width="{size[0]}" height="{size[1]}" viewBox="0 0 {size[0]} {size[1]}" font-size="13" '
        f'fill="currentColor"><title>{safe(words)}</title>'
        f'<g fill="none" stroke="currentColor" stroke-opacity=".4">{lines}</g>{people}</svg>'
    )


def _columns(nodes: Sequence[Node]) -> dict[float, float]:
    """The px of each x: every column as wide as its longest name."""
    found: dict[float, float] = {}
    left = float(MARGIN)
    for x in sorted({node.x for node in nodes}):
        found[x] = left
        left += max(_room(node) for node in nodes if node.x == x) + GAP
    return found


def _height(nodes: Sequence[Node]) -> float:
    """So high that two of one column are a line apart."""
    ordered = sorted((node.x, node.y) for node in nodes)
    gaps = [below[1] - above[1] for above, below in zip(ordered, ordered[1:], strict=False) if above[0] == below[0]]
    nearest = min((gap for gap in gaps if gap > 1e-9), default=1.0)
    return min(ROW / nearest, float(ROW * max(2, len(nodes))))


def _shown(name: str) -> str:
    """The name, or as much of it as there is room for."""
    kept, used = "", 0
    for letter in name if width(name) > LONGEST else "":
        used += width(letter)
        if used > LONGEST - 1:
            return kept.rstrip() + "…"
        kept += letter
    return name


def _radius(node: Node) -> float:
    return 3.5 + min(max(node.weight, 0), 3)


def _room(node: Node) -> float:
    """From the middle of the mark to behind the name."""
    return 12 + LETTER * width(_shown(node.name))


def _line(picture: Picture, at: Sequence[tuple[float, float]], one: int, other: int, words: str) -> str:
    """From behind one name to the mark of the other, in a curve that leaves and arrives level."""
    if at[one][0] > at[other][0]:
        one, other = other, one
    (x, y), (to, down) = at[one], at[other]
    start = x + (_room(picture.nodes[one]) + 4 if to > x else 0)
    end = to - (_radius(picture.nodes[other]) + 5.5 if to > x else 0)
    middle = number((start + end) / 2 if to > x else x - MARGIN)
    return (
        f'<path class="tie {safe(words)}" d="M{number(start)} {number(y)}C{middle} {number(y)} {middle} {number(down)} '
        f'{number(end)} {number(down)}"/>'
    )


def _person(node: Node, x: float, y: float) -> str:
    radius = _radius(node)
    label = f'<text x="{number(x + 12)}" y="{number(y)}" dy=".35em">{safe(_shown(node.name))}</text>'
    whole = f"<title>{safe(node.name)}</title>" if _shown(node.name) != node.name else ""
    return f'<g class="who {safe(node.kind)}">{whole}{_mark(node.kind, x, y, radius)}{label}</g>'


def _mark(kind: str, x: float, y: float, radius: float) -> str:
    if kind == "me":
        side = number(2 * radius)
        return f'<rect x="{number(x - radius)}" y="{number(y - radius)}" width="{side}" height="{side}"/>'
    centre = f'cx="{number(x)}" cy="{number(y)}"'
    ring = 'fill="none" stroke="currentColor" stroke-width="1.25"/>'
    if kind == "gone":
        return f'<circle {centre} r="{number(radius - 0.5)}" {ring}'
    outer = f'<circle {centre} r="{number(radius + 2.5)}" {ring}' if kind in ("coi", "five") else ""
    return f'<circle {centre} r="{number(radius)}"/>{outer}'
