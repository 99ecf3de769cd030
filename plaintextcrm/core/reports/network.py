"""A whole vault on one day, as the reports look at it: members with what is worked out of them once, and who a link means."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property, wraps
from typing import Any, TypeVar

from plaintextcrm.core import due, history
from plaintextcrm.core.due import DueRow
from plaintextcrm.core.due_words import Offer
from plaintextcrm.core.kinds import Kind
from plaintextcrm.core.linkwords import links_of, plain_words
from plaintextcrm.core.model import Contact, Interaction
from plaintextcrm.core.names import Known, link_targets
from plaintextcrm.core.numbers import Numbers, numbers
from plaintextcrm.core.plainlog import PlainLog
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import Facts, Rules, Standing, stand
from plaintextcrm.core.text import fold

T = TypeVar("T")


class Member:
    """One person on one day: the contact with its log, where it stands, and what its log amounts to."""

    contact: Contact
    facts: Facts
    standing: Standing

    def __init__(self, contact: Contact, facts: Facts, standing: Standing, settings: Settings, today: date) -> None:
        self.contact, self.facts = contact, facts
        self.id, self.name, self.standing, self.settings, self.today = contact.id, contact.name, standing, settings, today
        self.is_gone = standing.hidden == "wholly"  # do not contact, archived or deceased: in no list of whom to turn to
        self.is_coi, self.is_five = facts.coi, facts.five
        self.told: list[Any] = []  # what the functions of OF_ONE say, by their places

    def tell(self, place: int, function: Callable[[Member], Any]) -> Any:
        """What a function of OF_ONE, which has that place, says of them."""
        return function(self)

    @cached_property
    def past(self) -> tuple[Interaction, ...]:
        """The entries not after today, oldest first, plans left out."""
        return history.past(self.contact, self.today)

    @cached_property
    def touches(self) -> tuple[Interaction, ...]:
        """The entries that count as contact, oldest first."""
        return history.touches(self.contact, self.today, self.settings.kind_table)

    @cached_property
    def bones(self) -> tuple[Interaction, ...]:
        """As `past`, of a plain log without texts and details: days, kinds and fields are a third of the work."""
        log = getattr(self.contact.interactions, "skeleton", None)
        return self.past if log is None else history.past_of(log, self.today, self.contact.log_order)

    def bones_at(self, place: slice) -> Sequence[Interaction]:
        """Those of the bones, made alone where a plain log stands in the order of its days."""
        log, now = self.contact.interactions, self.today.toordinal()
        if isinstance(log, PlainLog) and log.days == self.facts.days and not log.times and log.days[0] < log.days[-1] <= now:
            return list(map(log.bare, range(*place.indices(len(log)))))
        return self.bones[place]

    @cached_property
    def outline(self) -> tuple[Interaction, ...]:
        """As `touches`, of a plain log without texts and details."""
        return history.touches_of(self.bones, self.settings.kind_table)

    def whole(self, entry: Interaction) -> Interaction:
        """An entry of `bones` or `outline` with its text and details."""
        log = self.contact.interactions
        return log.whole(entry) if isinstance(log, PlainLog) else entry

    @cached_property
    def numbers(self) -> Numbers:
        """Strength, trend, balance, drift."""
        return numbers(self.outline, self.today, self.settings.kind_table)

    @property
    def last(self) -> date | None:
        """The day of the last contact."""
        return date.fromordinal(self.standing.last) if self.standing.last else None

    @property
    def silence(self) -> int | None:
        """Days since the last contact."""
        return self.today.toordinal() - self.standing.last if self.standing.last else None

    @property
    def weight(self) -> float:
        """The weight of the tier, 1 without one."""
        return self.standing.weight

    def kind(self, entry: Interaction) -> Kind | None:
        """The kind of an entry, None where it names none."""
        return self.settings.kind_table.get(entry.kind) if entry.kind else None


OF_ONE: list[Callable[[Member], Any]] = []
"""All functions that `of_one` stands above, in the order of their places in `Member.told`."""
UNTOLD: Any = object()


def of_one(function: Callable[[Member], T]) -> Callable[[Member], T]:
    """What a report counts of one person, worked out once and kept with them: between two builds of a site, too.

    It hangs on that person, the day and the settings alone. It is made of None, bools, numbers, texts and sequences of these, and is
    taken for granted as a sequence, not as a tuple or list: what was kept comes back from JSON.
    """
    place = len(OF_ONE)

    @wraps(function)
    def told(one: Member) -> T:
        try:
            found: T = one.told[place]
        except IndexError:  # it was loaded since
            one.told.extend([UNTOLD] * (len(OF_ONE) - len(one.told)))
            found = UNTOLD
        if found is UNTOLD:
            found = one.told[place] = one.tell(place, function)
        return found

    OF_ONE.append(told)
    return told


Recall = Callable[[str, Callable[["Network"], Any]], Any]
"""What the function of that name says of everybody, as it was kept or made anew."""


def of_all(function: Callable[[Network], T]) -> Callable[[Network], T]:
    """What a report works out of those it is asked about, kept between two builds of a site (which ask about everybody) while nobody has
    another of what it asked for. It is made of the same as what `of_one` says, and taken for granted as that is.
    """  # fmt: skip
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def told(network: Network) -> T:
        found: T = network.recall(name, function) if network.recall else function(network)
        return found

    return told


@of_one
def aliases(one: Member) -> Sequence[str]:
    """What else they are called."""
    return one.contact.texts("aliases")


class _Roll(tuple[Member, ...]):
    """Members; `breath` is called at every hundredth who is looked at, and may end that by raising."""

    breath: Callable[[], None]

    @classmethod
    def of(cls, members: Iterable[Member], breath: Callable[[], None]) -> _Roll:
        """These."""
        roll = cls(members)
        roll.breath = breath
        return roll

    def __iter__(self) -> Iterator[Member]:
        for start in range(0, len(self), 100):
            self.breath()
            yield from self[start : start + 100]


class Network:
    """Everybody, and of them those whom the report is asked about (`members`). All by id.

    `without` is a colleague taken away, for what would break tomorrow. `breath` is called now and then while people are looked at;
    where it raises, the report is given up.
    """

    def __init__(
        self, people: Iterable[tuple[Contact, Facts]], settings: Settings, today: date,
        asked: Collection[str] | None = None, without: str = "", breath: Callable[[], None] | None = None,
    ) -> None:  # fmt: skip
        rules = Rules(settings)
        self.settings, self.today, self.without = settings, today, without
        self.recall: Recall | None = None
        members = (Member(contact, facts, stand(facts, rules, today), settings, today) for contact, facts in people)
        self.everybody: tuple[Member, ...] = _Roll.of(members, breath) if breath else tuple(members)
        self.members = self.everybody if asked is None else tuple(one for one in self.everybody if one.id in asked)

    @classmethod
    def of(
        cls, members: Iterable[Member], settings: Settings, today: date, breath: Callable[[], None], recall: Recall | None = None
    ) -> Network:
        """Of members that are there already."""
        network = cls((), settings, today)
        network.recall = recall
        network.everybody = network.members = _Roll.of(members, breath)
        return network

    def __iter__(self) -> Iterator[Member]:
        """Those the report is asked about who may be turned to: not archived, deceased or not to be contacted."""
        return (one for one in self.members if not one.is_gone)

    @cached_property
    def by_id(self) -> Mapping[str, Member]:
        """Id -> member, of everybody."""
        return {one.id: one for one in self.everybody}

    @cached_property
    def _targets(self) -> Mapping[str, Sequence[str]]:
        return link_targets(Known(one.id, one.name, tuple(aliases(one))) for one in self.everybody)

    def meant(self, link: str) -> Member | None:
        """Whom `[[slug]]`, `[[slug|words]]` or a bare name means; None where nobody or several answer to it."""
        word = link.strip().removeprefix("[[").removesuffix("]]").split("|")[0].split("#")[0].strip()
        if word in self.by_id:
            return self.by_id[word]
        ids = set(self._targets.get(fold(word), ()))
        return self.by_id[ids.pop()] if len(ids) == 1 else None

    def plain(self, text: str) -> str:
        """Text in plain words, links by the names of those they mean."""
        return plain_words(text, {link: one.name for link in links_of([text]) if (one := self.meant(link))})

    def due_row(self, one: Member, offers: Iterable[Offer] = ()) -> DueRow:
        """Somebody's row of the due list, in plain words."""
        row = due.due_row(one.contact, one.standing, self.settings, self.today, offers, self.plain)
        return row._replace(hook=self.plain(row.hook))  # what they need keeps its links, which a page leads on
