"""Whether a merged file is beyond doubt: it is read again, nothing in it is lost, doubled or newly broken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from plaintextcrm.core import contact
from plaintextcrm.core.frontmatter import FrontMatter, Tree
from plaintextcrm.core.model import Source
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.threeway.lines import Clash, Piece

# What must not be there for a file to be merged by meaning, nor come up by merging.
BROKEN = (
    "yaml", "yaml-alias", "not-a-mapping", "too-deep", "too-long", "duplicate-key", "unclosed-fence", "unclosed-code", "conflict-markers",
    "encoding",
)  # fmt: skip


class Version(NamedTuple):
    """One version of the file: its text with LF at the end of every line, and what it says."""

    text: str
    parsed: contact.Parsed

    @property
    def front(self) -> FrontMatter:
        """Where its front matter stands."""
        return self.parsed.front

    def problems(self) -> Counter[str]:
        """How often each problem is in it that concerns a merge."""
        return Counter(problem.code for problem in self.parsed.problems if problem.code in (*BROKEN, "duplicate-block-id"))

    def entries(self) -> Counter[tuple[object, ...]]:
        """Its entries, wherever they stand: each without its last field, the line."""
        return Counter(entry[:-1] for entry in self.parsed.contact.interactions)


def version(text: str, path: str) -> Version:
    """A text as it would be read at that path."""
    slug = path.rsplit("/", 1)[-1].removesuffix(".md")
    return Version(text, contact.parse(Source(slug, path, text.encode("utf-8", "surrogateescape"), text, "utf-8")))


def lines_of(text: str) -> list[str]:
    """The lines with their LF, which each has."""
    return [f"{line}\n" for line in text.split("\n")[:-1]]


def beyond_doubt(pieces: Sequence[Piece], base: Version, ours: Version, theirs: Version) -> bool:
    """Whether the pieces, with every clash settled for one side or for the other, hold what they should."""
    clean = not any(isinstance(piece, Clash) for piece in pieces)
    path = ours.parsed.contact.path
    texts = {"".join(piece if isinstance(piece, str) else piece[side] for piece in pieces) for side in (0, 1)}
    found = [version(text, path) for text in texts]
    allowed = ours.problems() | theirs.problems()
    return all(one.problems() <= allowed and _keys_hold(one, base, ours, theirs, clean) for one in found) and _entries_hold(
        found, base, ours, theirs, clean
    )


def _entries_hold(found: Sequence[Version], base: Version, ours: Version, theirs: Version, clean: bool) -> bool:
    """Each entry as often as it should be: what both kept, and of what was added the more. Within markers none is lost."""
    old, one, other = base.entries(), ours.entries(), theirs.entries()
    kept = old & one & other
    wanted = kept + ((one - old) | (other - old))
    there: Counter[tuple[object, ...]] = Counter()
    for version in found:
        there |= version.entries()
    return there == wanted if clean else wanted <= there


def _keys_hold(found: Version, base: Version, ours: Version, theirs: Version, clean: bool) -> bool:
    """Each key with the value that one side gave it, or both; of lists what was in both, what was added, and nothing else."""
    now, old, one, other = ({pair.key: pair.value for pair in version.front.pairs} for version in (found, base, ours, theirs))
    return all(_holds(now.get(key), old.get(key), one.get(key), other.get(key), clean) for key in now | old | one | other)


def _holds(now: Tree, old: Tree, one: Tree, other: Tree, clean: bool) -> bool:
    if one == other or other == old:
        wanted = one
    elif one == old:
        wanted = other
    elif isinstance(one, list) and isinstance(other, list):
        return _joined(now or [], old, one, other) or (not clean and now in (one, other))
    else:
        return not clean and now in (one, other)
    return now == wanted or (not clean and now in (one, other))


def _joined(now: Tree, old: Tree, one: list[Tree], other: list[Tree]) -> bool:
    before, here, there, found = (set(map(repr, side if isinstance(side, list) else [])) for side in (old, one, other, now))
    return isinstance(now, list) and found == ((here | there) - before) | (here & there)
