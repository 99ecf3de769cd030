"""The kinds of interaction (docs/format.md, "Interactions"): one table, and the settings may add to it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from plaintextcrm.core.record import NamedTuple


class Kind(NamedTuple):
    """`group` is "in person", "voice", "writing", "giving" or "none" (no contact); `strength` its weight; `minutes` a default."""

    name: str
    group: str
    strength: int
    minutes: int
    synonyms: tuple[str, ...] = ()

    @property
    def touch(self) -> bool:
        """Whether an entry of this kind counts as contact."""
        return self.group != "none"


def _kinds(group: str, strength: int, minutes: int, *names: str) -> tuple[Kind, ...]:
    found = []
    for words in names:
        name, *synonyms = words.split("/")
        meal = 90 if name in ("lunch", "dinner") else minutes
        found.append(Kind(name, group, strength, meal, tuple(synonyms)))
    return tuple(found)


KINDS: tuple[Kind, ...] = (
    *_kinds("in person", 3, 60, "meeting", "coffee", "lunch", "dinner", "drinks", "visit", "event"),
    *_kinds("voice", 2, 20, "call/phone", "video/zoom"),
    *_kinds("writing", 1, 10, "email/e-mail", "text/sms/whatsapp/signal", "message/linkedin/dm"),
    *_kinds("writing", 1, 10, "letter", "card", "post", "gift"),
    *_kinds("giving", 1, 10, "gave", "got", "asked", "offered", "introduced"),
    *_kinds("giving", 1, 10, "referral-in/referral", "referral-out/referred"),
    *_kinds("none", 0, 0, "note", "research", "comment", "skip", "review", "handover"),
)


class KindTable(dict[str, Kind]):
    """Folded spelling (letters with inner hyphens, lower case) -> the kind; later kinds win over earlier ones. Not changed once made.

    `names` is folded spelling -> name. An entry without fields and box whose kind (or None) is in `touching` is contact; one in
    `counting` says nothing more than that, and one in `silent` says nothing but its day.
    """

    def __init__(self, kinds: Iterable[Kind]) -> None:
        super().__init__((spelling, kind) for kind in kinds for spelling in (kind.name, *kind.synonyms))
        self.names = {spelling: kind.name for spelling, kind in self.items()}
        touching = [name for name, kind in self.items() if kind.touch and name == kind.name]  # not what a synonym was of before
        self.touching: frozenset[str | None] = frozenset([None, *touching])
        self.counting = self.touching - {"referral-in"}
        self.silent = frozenset(name for name in self.names.values() if name not in self.touching) - {"skip"}
        self.strengths = {spelling: kind.strength for spelling, kind in self.items()}

    __hash__ = object.__hash__  # type: ignore[assignment]  # there is one of each (`kind_table`), by which what hangs on it is kept


@lru_cache(maxsize=16)
def kind_table(extra: tuple[Kind, ...] = ()) -> KindTable:
    """Every spelling of every kind; the settings' own kinds win over ours."""
    return KindTable((*KINDS, *extra))


STANDARD = kind_table()
