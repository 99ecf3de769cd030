"""Who people are to the pages of others, as one build has it; its other processes see what was kept before, and what it changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from copy import copy

from plaintextcrm.edge.cards import Cards, Face, reader


class Faces:
    """The faces that are kept, with these `changed` ones in place of what is kept of them, and none of the `gone`.

    `are_all`: nothing else is kept.
    """

    def __init__(self, cards: Cards, changed: Sequence[Face], gone: Collection[str] = (), *, are_all: bool = False) -> None:
        self._cards: Cards | None = cards
        self._path, self._are_all = cards.path, are_all
        self._names = {face.id: face.name for face in changed}
        self._words = {face.id: face.words for face in changed}
        self._old = frozenset((*self._names, *gone))
        self._meant: dict[str, list[str]] = {}
        self._linked: dict[str, list[str]] = {}
        for face in changed:
            for word in face.words:
                self._meant.setdefault(word, []).append(face.id)
            for target in face.links if not face.private else ():
                self._linked.setdefault(target, []).append(face.id)

    def elsewhere(self) -> Faces:
        """The same for another process, which opens the cards by itself: as they were, as long as the build is not kept."""
        other = copy(self)
        other._cards = None
        return other

    @property
    def _kept(self) -> Cards:
        if self._cards is None:
            self._cards = reader(str(self._path))
        return self._cards

    def meant(self, word: str) -> Sequence[str]:
        """The ids that a folded name may mean, in order."""
        changed = self._meant.get(word, ())
        if self._are_all:
            return changed
        return sorted([*(id for id in self._kept.meant(word) if id not in self._old), *changed])

    def name_of(self, id: str) -> str:
        """The name of somebody."""
        return self._names[id] if id in self._names else self._kept.name_of(id)

    def linked_to(self, id: str) -> Sequence[tuple[str, str]]:
        """(id, name) of everybody public whose file names this one, by id."""
        words = self._words[id] if id in self._words else self._kept.words_of(id)
        found = {other: self._names[other] for word in words for other in self._linked.get(word, ())}
        if not self._are_all:
            found |= {other: name for word in words for other, name in self._kept.naming(word) if other not in self._old}
        return sorted((other, name) for other, name in found.items() if other != id)
