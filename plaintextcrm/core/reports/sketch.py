"""What is kept of one person for the reports of a site: who is the same is not read again for what is counted of them.

A sketch is text, one part a line, each JSON. A report that asks for no part which has changed of anybody is what it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from json import loads
from typing import Any, TypeVar

from plaintextcrm.core.reports.network import OF_ONE, UNTOLD, Member, Network
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import Standing
from plaintextcrm.core.stored import compact

Look = Callable[[str], Member]
"""Id -> that person in full, as the reports may see them."""

T = TypeVar("T")
ANY_PART = "any part"  # may be another of what reports ask of somebody
WHO, STANDING = "who", "standing"
_FIRST = 2  # parts before those of OF_ONE
AT_ONCE = 500  # people whose sketches are taken apart together


def parts() -> tuple[str, ...]:
    """What sketches made by this process tell, line by line: those that tell anything else are of no use to it."""
    return (WHO, STANDING, *(f"{one.__module__}.{one.__qualname__}" for one in OF_ONE))


def whole(id: str) -> str:
    """What is asked for where a report looks at the contact itself: as one part, which is another whenever the contact is."""
    return f"whole {id}"


def sketch(one: Member) -> str:
    """One person: who they are, where they stand, and what each function of OF_ONE says."""
    who = (one.name, one.is_coi, one.is_five, one.is_gone)
    return "\n".join(map(compact, (who, one.standing[1:], *[told(one) for told in OF_ONE])))


def differing(id: str, old: str, new: str) -> Iterator[str]:
    """What reports may ask for that is not the same since a person had the old sketch."""
    yield whole(id)
    pairs = zip(parts(), old.split("\n"), new.split("\n"), strict=True)
    yield from (part for part, one, other in pairs if one != other)


class Sheet:
    """Everybody, from (id, sketch): a column for each part, its values made when first asked for.

    `is_sparing`: what is the same of many is there once, at twice the time.
    """

    def __init__(self, kept: Iterable[tuple[str, str]], settings: Settings, today: date, look: Look, is_sparing: bool = True) -> None:
        self.settings, self.today, self.look = settings, today, look
        self.asked: set[str] = set()  # parts, by those who look at the members
        self._members: Sequence[Sketched] = ()
        self._ids: list[str] = []
        self._texts: dict[int, list[str]] = {}
        same: dict[str, str] = {}
        each = iter(kept)
        while some := list(islice(each, AT_ONCE)):
            self._ids += [id for id, _ in some]
            lines = "\n".join([text for _, text in some]).split("\n")  # of the first person, then of the next
            width = len(lines) // len(some)
            if is_sparing:
                lines = [*map(same.setdefault, lines, lines)]
            for number in range(width):
                self._texts.setdefault(number, []).extend(lines[number::width])
        self._values: dict[int, Sequence[Any]] = {}

    def apart(self, work: Callable[[Sequence[Member]], T]) -> tuple[T, set[str]]:
        """(what that says of them all, what it asked of them): for itself, in the midst of a report."""
        members, asked = self._members, self.asked
        try:
            said = work(self.members())
            return said, self.asked
        finally:
            self._members, self.asked = members, asked

    def members(self) -> Sequence[Member]:
        """Them all, for one report: what it asks of them is in `asked` from then on."""
        self.asked = {WHO}
        self._members = [Sketched(self, id, *who) for id, who in zip(self._ids, self._column(0), strict=True)]
        return self._members

    def tell(self, place: int) -> bool:
        """Tell all members what the function of that place says; False where sketches know nothing of it."""
        if place + _FIRST not in self._texts and place + _FIRST not in self._values:
            return False
        self.asked.add(parts()[place + _FIRST])
        for one, value in zip(self._members, self._column(place + _FIRST), strict=True):
            one.told[place] = value
        return True

    def stand(self) -> None:
        """Tell all members where they stand."""
        self.asked.add(STANDING)
        for one, standing in zip(self._members, self._column(1), strict=True):
            one.standing = Standing._make((one.id, *standing))

    def _column(self, number: int) -> Sequence[Any]:
        """The values of one part. What is the same of many is there once: it is never changed."""
        if number in self._texts:
            texts = self._texts.pop(number)
            each = dict.fromkeys(texts)
            values = dict(zip(each, loads(f"[{','.join(each)}]"), strict=True))
            self._values[number] = [*map(values.__getitem__, texts)]
        return self._values.get(number, ())


class Memory:
    """What the functions `of_all` say of everybody on a sheet, as it is remembered or worked out anew (`news`).

    `asked` has of those whose words still hold what they asked for, `remembered` gives their words, as JSON.
    """

    def __init__(
        self, sheet: Sheet, asked: Mapping[str, Sequence[str]], remembered: Callable[[str], str], breath: Callable[[], None]
    ) -> None:
        self.sheet, self.asked, self.remembered, self.breath = sheet, asked, remembered, breath
        self.news: dict[str, tuple[list[str], str]] = {}  # what each asked for and said
        self._said: dict[str, Any] = {}

    def network(self) -> Network:
        """Everybody, for one report."""
        return Network.of(self.sheet.members(), self.sheet.settings, self.sheet.today, self.breath, self._recall)

    def _recall(self, name: str, function: Callable[[Network], Any]) -> Any:
        if name not in self._said:
            text = self.remembered(name) if name in self.asked else self._new(name, function)
            self._said[name] = loads(text)
        parts, _ = self.news.get(name) or (self.asked[name], "")
        self.sheet.asked |= {*parts} - {ANY_PART}
        return self._said[name]

    def _new(self, name: str, function: Callable[[Network], Any]) -> str:
        settings, today = self.sheet.settings, self.sheet.today
        found, parts = self.sheet.apart(lambda members: function(Network.of(members, settings, today, self.breath)))
        self.news[name] = [ANY_PART, *sorted(parts)], compact(found)
        return self.news[name][1]


class Sketched(Member):
    """Somebody of whom there is a sketch; the contact is looked up when a report asks for it."""

    def __init__(self, sheet: Sheet, id: str, name: str, is_coi: bool, is_five: bool, is_gone: bool) -> None:
        self.id, self.name, self.is_coi, self.is_five, self.is_gone = id, name, is_coi, is_five, is_gone
        self.settings, self.today, self._sheet = sheet.settings, sheet.today, sheet
        self.told = [UNTOLD] * len(OF_ONE)

    def tell(self, place: int, function: Callable[[Member], Any]) -> Any:
        """What the sheet says."""
        return self.told[place] if self._sheet.tell(place) else function(self)

    def __getattr__(self, name: str) -> object:
        if name == STANDING:
            self._sheet.stand()
        elif name in ("contact", "facts"):
            self._sheet.asked.add(whole(self.id))
            known = self._sheet.look(self.id)
            self.contact, self.facts = known.contact, known.facts
        else:
            raise AttributeError(name)
        return self.__dict__[name]
