"""Three versions of one contact file to one, by meaning: what git's merge driver does.

Three ways, the first whose result is beyond doubt: key by key and entry by entry (`meaning`); line by line, as git merges text
(`lines`); one conflict around all that differs. Beyond doubt is a result that was read again and in which nothing is lost or doubled
(`checking`).
"""

from __future__ import annotations

from collections.abc import Iterable

from plaintextcrm.core.names import slug
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.text import BOM, decode, encode, fold, split_lines
from plaintextcrm.core.threeway.checking import Version, beyond_doubt, lines_of, version
from plaintextcrm.core.threeway.lines import Clash, Doubt, Piece, align, clash_of, line_pieces
from plaintextcrm.core.threeway.meaning import by_meaning

_END = pattern(r"\r\n|\r|\n")
OURS, BETWEEN, THEIRS = "<<<<<<< ours\n", "=======\n", ">>>>>>> theirs\n"


class Merged(NamedTuple):
    """The bytes of the merged file, and how many conflicts are marked in them."""

    data: bytes
    conflicts: int


def merge(base: bytes, ours: bytes, theirs: bytes, path: str) -> Merged | None:
    """The merged file, its line ends and BOM as in ours; None for UTF-16, which is not merged.

    The same two sides give the same result whichever of them is ours, but for the order within markers.
    """
    if theirs in (base, ours):
        return Merged(ours, 0)
    if ours == base:
        return Merged(theirs, 0)
    encodings = [decode(data)[1] for data in (base, ours, theirs)]
    if "utf-16" in encodings or b"\0" in base + ours + theirs:
        return None
    texts = [decode(data)[0].removeprefix(BOM) for data in (base, ours, theirs)]
    before, one, other = (_whole_lines(text) for text in texts)
    pieces = _pieces(before, one, other, path)
    text = _ended("".join(map(_shown, pieces)), *texts)
    return Merged(encode(_in_line_ends_of(texts[1], text), encodings[1]), sum(isinstance(piece, Clash) for piece in pieces))


def _whole_lines(text: str) -> str:
    """The text with LF at the end of every line."""
    text = "\n".join(split_lines(text))
    return text + "\n" if text and not text.endswith("\n") else text


def _pieces(base: str, ours: str, theirs: str, path: str) -> tuple[Piece, ...]:
    """The merged text and its clashes. Worked out for the sides in an order of their own, so that it does not matter which is ours."""
    if ours == theirs:
        return (ours,)
    if ours > theirs:
        return tuple(Clash(piece.theirs, piece.ours) if isinstance(piece, Clash) else piece for piece in _pieces(base, theirs, ours, path))
    versions = version(base, path), version(ours, path), version(theirs, path)
    if _two_people(*versions[1:]) if not base.strip() else _taken_for_moved(*versions):
        return (Clash(ours, theirs),)
    for way in (by_meaning, _by_lines):
        try:
            pieces = tuple(way(*versions))
        except Doubt:
            continue
        if beyond_doubt(pieces, *versions):
            return pieces
    return clash_of(lines_of(ours), lines_of(theirs))


def _two_people(ours: Version, theirs: Version) -> bool:
    """Whether two files that came up under one name are about different people: by `uid` where both have one, else by name."""
    one, other = ours.parsed.contact, theirs.parsed.contact
    if one.text("uid") and other.text("uid"):
        return one.text("uid") != other.text("uid")
    return fold(one.name) != fold(other.name)


def _taken_for_moved(base: Version, ours: Version, theirs: Version) -> bool:
    """Whether git took somebody's new file for that of somebody else, who was removed beside it: new files are much alike."""
    return _is_another(base, ours) != _is_another(base, theirs)


def _is_another(base: Version, side: Version) -> bool:
    """Whether a side has another person's file under the path, which has the new name. Who was renamed keeps the old one, or its words."""
    was, now = base.parsed.contact, side.parsed.contact
    old, new, file = slug(was.name), slug(now.name), slug(now.id)
    if not _is_file_of(file, new) or _is_file_of(file, old) or (was.text("uid") and was.text("uid") == now.text("uid")):
        return False
    return fold(was.name) not in map(fold, now.texts("aliases")) and not set(old.split("-")) <= set(new.split("-"))


def _is_file_of(file: str, name: str) -> bool:
    """Whether a file would be called so for that name: `ada-king`, and `ada-king-2` too."""
    return file == name or (file.startswith(f"{name}-") and file.removeprefix(f"{name}-").isdecimal())


def _by_lines(base: Version, ours: Version, theirs: Version) -> Iterable[Piece]:
    """As git merges any text."""
    return line_pieces(*(lines_of(one.text) for one in (base, ours, theirs)))


# --- bytes ---------------------------------------------------------------------------------------------------------


def _shown(piece: Piece) -> str:
    return piece if isinstance(piece, str) else f"{OURS}{piece.ours}{BETWEEN}{piece.theirs}{THEIRS}"


def _ended(text: str, base: str, ours: str, theirs: str) -> str:
    """A missing final line end stays missing, unless one side added it."""
    had, one, other = (not version or version.endswith(("\n", "\r")) for version in (base, ours, theirs))
    ends = one if one == other or other == had else other
    return text if ends or text.endswith(THEIRS) else text.removesuffix("\n")


def _in_line_ends_of(ours: str, text: str) -> str:
    """The text with the line ends of ours: those of the same lines, and for new ones that of the line before."""
    if "\r" not in ours:
        return text
    old = _END.findall(ours)
    lines = text.split("\n")
    same = {place: old[other] for place, other in align(lines, split_lines(ours)) if other < len(old)}
    end = old[0] if old else "\n"
    shown = []
    for place, line in enumerate(lines[:-1]):
        end = same.get(place, end)
        shown.append(line + end)
    return "".join((*shown, lines[-1]))
