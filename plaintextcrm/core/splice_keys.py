"""Which pairs of a front matter mean a key, and what their values say, as texts."""

from __future__ import annotations

from collections.abc import Sequence

from plaintextcrm.core import contact, edit
from plaintextcrm.core.errors import Refused
from plaintextcrm.core.frontmatter import Pair, Tree
from plaintextcrm.core.model import Source
from plaintextcrm.core.vocabulary import LIST_TYPES, Key, find_key, fold_key

MANY = (*LIST_TYPES, "bool or list")  # types that take more than one value
TELLING = ("family", "dates")  # keys whose other names say more than their own: `kids` is not overwritten by `partner`


def readable(source: Source, key: str, known: Key | None) -> contact.Parsed:
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


def new_name(key: str, known: Key | None) -> str:
    """What a key that is not there yet is called."""
    return key if known is None or known.name in TELLING else known.name


def pairs_of(parsed: contact.Parsed, key: str, known: Key | None) -> list[Pair]:
    """The pairs that mean this key."""
    return [pair for pair in parsed.front.pairs if _is(pair.key, key, known) and not (known and edit.is_name(pair, parsed))]


def chosen(pairs: Sequence[Pair], key: str, known: Key | None) -> Pair | None:
    """The one to change: the one spelled as typed, but of a single value our own name for it, which counts; else the first with a value."""
    single = known is not None and known.type not in MANY
    exact = [pair for pair in pairs if pair.key == key] + [pair for pair in pairs if fold_key(pair.key) == fold_key(key)]
    own = [pair for pair in pairs if known and fold_key(pair.key) == fold_key(known.name)]
    filled = [pair for pair in pairs if pair.value is not None]
    return next(iter((*own, *filled, *pairs) if single else (*exact, *own, *filled, *pairs)), None)


def tree_of(known: Key | None, items: Sequence[str]) -> Tree:
    """These texts as the front matter would hold them: one value, or a list."""
    return items[0] if len(items) == 1 and not (known and known.type in MANY) else list(items)


def reads(known: Key | None, key: str, tree: Tree) -> tuple[str, ...] | None:
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


def texts_of(known: Key | None, key: str, tree: Tree, path: str, line: int) -> tuple[str, ...]:
    """What a value says, as texts. Raises Refused where it is no plain list."""
    texts = reads(known, key, tree)
    if texts is None:
        raise Refused(f"{path}:{line}: {key} is no plain list: change it with `ptcrm edit`")
    return texts
