"""Where the people of a picture stand: a tree from left to right, one line of writing to each end, the same on every machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plaintextcrm.core.record import NamedTuple


class Place(NamedTuple):
    """One node in the unit square: `x` by its generation (`depth`; 0 the roots, 1 the farthest), `y` from above."""

    x: float
    y: float
    depth: int


def forest(children: Mapping[str, Sequence[str]], roots: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Each node once, under the first that leads to it, in the order in which a page is read: node -> its own children in the tree.

    Where a circle or a second parent leads to somebody again, that line is not part of the tree.
    """
    tree: dict[str, tuple[str, ...]] = {}
    seen: set[str] = set()
    for root in roots:
        if root not in seen:
            seen.add(root)
            level = [root]
            for node in level:  # it grows while it is walked: the nearest ancestor is the parent
                tree[node] = tuple(child for child in dict.fromkeys(children.get(node, ())) if child not in seen)
                seen.update(tree[node])
                level += tree[node]
    return tree


class Read(NamedTuple):
    """One node of a forest as it is read: its generation, and the node it hangs below (None for a root)."""

    node: str
    depth: int
    parent: str | None


def read_order(tree: Mapping[str, Sequence[str]]) -> list[Read]:
    """The nodes of a forest as they are read, each before its children."""
    below = {child for children in tree.values() for child in children}
    found: list[Read] = []
    waiting = [Read(node, 0, None) for node in reversed(list(tree)) if node not in below]
    while waiting:
        found.append(waiting.pop())
        node, depth, _ = found[-1]
        waiting += [Read(child, depth + 1, node) for child in reversed(tree[node])]
    return found


def layout(tree: Mapping[str, Sequence[str]]) -> dict[str, Place]:
    """The place of every node: ends of branches stand in even rows from above, whoever has children in the middle of them."""
    order = read_order(tree)
    ends = sum(not tree[read.node] for read in order)
    deepest = max((read.depth for read in order), default=0)
    rows: dict[str, float] = {}
    row = 0
    for read in order:
        if not tree[read.node]:
            rows[read.node] = (row + 0.5) / ends
            row += 1
    for node, _, _ in reversed(order):  # every node after its children
        if tree[node]:
            rows[node] = (rows[tree[node][0]] + rows[tree[node][-1]]) / 2
    return {node: Place(depth / deepest if deepest else 0.0, rows[node], depth) for node, depth, _ in order}
