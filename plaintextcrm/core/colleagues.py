"""Who of us it was: colleagues by any of their names, and who was there at each contact (docs/format.md, "Fields")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from plaintextcrm.core.history import is_touch
from plaintextcrm.core.model import Contact, Interaction
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.text import fold

Presence = tuple[Interaction, tuple[str, ...]]
"""One contact, and the ids of those of us who were there, who spoke (`by`) first. Plain, since a vault has a hundred thousand."""


class Colleagues:
    """The team of the settings. Somebody who is not in it (or of a vault without one) goes by the folded word."""

    def __init__(self, settings: Settings) -> None:
        self.team, self.kinds = settings.team, settings.kind_table
        self._ids = {fold(word): mate.id for mate in settings.team for word in (mate.name, mate.id)}
        self._names = {mate.id: mate.name for mate in settings.team}
        self._leaves = {mate.id: mate.leaves for mate in settings.team}
        self._lists: dict[str, tuple[str, ...]] = {}

    def id(self, word: str | None) -> str:
        """Whom a word means, "" for nobody."""
        folded = fold(" ".join((word or "").strip().removeprefix("[[").removesuffix("]]").split()))
        return self._ids.get(folded, folded)

    def name(self, id: str) -> str:
        """The first name as we say it; the whole one where two of us share the first."""
        whole = self._names.get(id) or id[:1].upper() + id[1:]
        first = whole.split()[0] if whole.split() else id
        shared = sum(name.split()[:1] == [first] for name in self._names.values()) > 1
        return whole if shared else first

    def leaves(self, id: str) -> date | None:
        """The last day of somebody of the team, where it is known."""
        return self._leaves.get(id)

    def knows(self, id: str) -> bool:
        """Whether that is one of us; anybody, where no team is set."""
        return bool(id) and (not self.team or id in self._names)

    def stranger(self, key: str, word: str, more: str = "") -> str:
        """What is to be told where a key names somebody who is none of us."""
        return f'{key} "{word}"{more} is nobody of [team], which has {", ".join(mate.id for mate in self.team)}'

    def _listed(self, text: str | None) -> tuple[str, ...]:
        """`noor, lee` as ids."""
        if not text:
            return ()
        if text not in self._lists:
            self._lists[text] = tuple(dict.fromkeys(filter(None, map(self.id, text.replace(";", ",").split(",")))))
        return self._lists[text]

    def presences(self, contact: Contact, past: Sequence[Interaction]) -> Iterator[Presence]:
        """Who of us was there at each contact, newest first.

        `[by::]` and `[with::]` say it. An entry without `[by::]` is the owner's of that day: a handover says who it was before.
        """
        owner = self.id(contact.text("owner"))
        alone, kinds = ((owner,) if owner else ()), self.kinds
        for entry in reversed(past):
            if is_touch(entry, kinds):
                yield entry, (self._there(entry, alone) if entry.fields else alone)
            elif entry.kind == "handover" and entry.field("from"):
                alone = (self.id(entry.field("from")),)

    def _there(self, entry: Interaction, alone: tuple[str, ...]) -> tuple[str, ...]:
        by, others = self._listed(entry.field("by")) or alone, self._listed(entry.field("with"))
        return tuple(dict.fromkeys((*by, *others))) if others else by
