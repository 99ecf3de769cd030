"""What is kept of one person for the reports of a site, as JSON: who is the same is not read again for what is counted of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from json import JSONDecoder, loads
from typing import Any

from plaintextcrm.core.reports.network import OF_ONE, Member
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import Standing
from plaintextcrm.core.stored import compact

Look = Callable[[str], Member]
"""Id -> that person in full, as the reports may see them."""

_read = JSONDecoder().raw_decode  # `loads` looks for blanks before and behind, which takes longer than most of these values
_OFTEN = 32  # letters, up to which a value is likely to be that of others, too


def asked() -> str:
    """What sketches made by this process tell, in its order: those that tell anything else are of no use to it."""
    return " ".join(f"{one.__module__}.{one.__qualname__}" for one in OF_ONE)


def sketch(one: Member) -> str:
    """One person: who they are, where they stand, and what each function of OF_ONE says; JSON, a line each."""
    return "\n".join(map(compact, [one.name, one.is_coi, one.is_five, one.standing[1:], *[told(one) for told in OF_ONE]]))


def sketched(kept: Iterable[tuple[str, str]], settings: Settings, today: date, look: Look) -> Iterator[Member]:
    """Everybody again, from (id, sketch). What is the same of many is there once: it is never changed."""
    value = _Values().__getitem__
    for id, text in kept:
        name, rest = text.split("\n", 1)
        is_coi, is_five, standing, *told = map(value, rest.split("\n"))
        yield Sketched(id, loads(name), is_coi, is_five, Standing._make((id, *standing)), told, settings, today, look)


class _Values(dict[str, Any]):
    """JSON -> its value; the short ones are kept."""

    def __missing__(self, text: str) -> Any:
        found, _ = _read(text)
        if len(text) <= _OFTEN:
            self[text] = found
        return found


class Sketched(Member):
    """Somebody of whom there is a sketch; the contact is looked up when a report asks for it."""

    def __init__(
        self, id: str, name: str, is_coi: bool, is_five: bool, standing: Standing, told: list[Any], settings: Settings, today: date,
        look: Look,
    ) -> None:  # fmt: skip
        self._stands(id, name, standing, settings, today)
        self.is_coi, self.is_five, self.told, self._look = is_coi, is_five, told, look

    def __getattr__(self, name: str) -> object:
        if name not in ("contact", "facts"):
            raise AttributeError(name)
        whole = self._look(self.id)
        self.contact, self.facts = whole.contact, whole.facts
        return self.__dict__[name]
