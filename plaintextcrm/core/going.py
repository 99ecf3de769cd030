"""Who is where one is going, and whom to share the meals of a journey with: the top ten first, longest unseen first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date

from plaintextcrm.core import query
from plaintextcrm.core.dates import plus_days
from plaintextcrm.core.due_words import meets
from plaintextcrm.core.history import is_touch
from plaintextcrm.core.model import OPEN_BOXES, Interaction
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.reports.network import Member, Network
from plaintextcrm.core.standing import FOR_GOOD
from plaintextcrm.core.text import fold

TOP = 10
MEALS = ("lunch", "dinner")  # in the order of a day
ID_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"


# --- who matters most, who is there --------------------------------------------------------------------------------


def rank(member: Member) -> tuple[float, int, str]:
    """Tier weight, then strength, then id: the first is who matters most."""
    return (-member.weight, -(member.numbers.strength or 0), member.id)


def top_ten(network: Network) -> tuple[Member, ...]:
    """The ten who matter most of the whole vault: of the highest tier, a centre of influence, or one of the five."""
    return tuple(sorted((one for one in network.everybody if not one.is_gone and _is_close(one)), key=rank)[:TOP])


def _is_close(member: Member) -> bool:
    tier = member.settings.tier(member.contact.tier)
    return member.is_coi or member.is_five or (tier is not None and tier.weight == member.settings.highest_weight)


def lives_in(place: str, network: Network) -> Callable[[Member], bool]:
    """Whether somebody's location is that place: `Porto, Portugal` as a whole where anybody lives there, else as `near:` has it."""

    def there(places: Sequence[str]) -> Callable[[Member], bool]:
        holds = query.near(places, network.settings)
        return lambda member: holds(query.Person(member.contact, member.standing, 0))

    bare = place.strip().strip('"')
    whole = there((bare,))
    return whole if any(map(whole, network.everybody)) else there(query.alternatives(bare))


def near(network: Network, place: str) -> tuple[Member, ...]:
    """Those who live there and may be turned to, the most urgent first."""
    there = filter(lives_in(place, network), network)
    return tuple(sorted(there, key=lambda one: (-(one.standing.score or 0.0), *rank(one))))


def spelled(network: Network, place: str) -> str:
    """The place as the settings or the files spell it, else as it is typed."""
    places = (name for place_, names in network.settings.places for name in (place_, *names))
    locations = (one.contact.text("location") or "" for one in network.everybody)
    return next((name for name in (*places, *locations) if fold(name) == fold(place)), place)


def last_in_person(member: Member) -> date | None:
    """The day on which somebody was last met face to face."""
    met = (entry.on for entry in member.outline if (kind := member.kind(entry)) and kind.group == "in person")
    return max(met, default=None)


# --- a journey -----------------------------------------------------------------------------------------------------


class Journey(NamedTuple):
    """Where to, the first and the last day, and how many meals are to be had in company."""

    place: str
    first: date
    last: date
    meals: int


class Table(NamedTuple):
    """One meal: its day, `lunch` or `dinner`, one guest or two, and what the two have in common."""

    on: date
    kind: str
    guests: tuple[Member, ...]
    because: str = ""


class Trip(NamedTuple):
    """The meals of a journey. Everybody who lives there is at a table, planned already, without a place, or left in peace."""

    journey: Journey
    tables: tuple[Table, ...]
    planned: tuple[tuple[Member, Interaction], ...]  # by day: those there whom one meets anyway, and meals elsewhere
    waiting: tuple[Member, ...]  # for whom there is no meal
    silent: tuple[Member, ...]  # snoozed or paused beyond the journey


def trip(network: Network, journey: Journey) -> Trip:
    """Fill the meals: the top ten first, then the others; of each the longest unseen in person first.

    A meal that is planned there already is one of them; one planned elsewhere only takes its time. Of those who find no place one may
    join a table where they know nobody and share a hobby or a need.
    """
    there = tuple(filter(lives_in(journey.place, network), network))
    plans = [(one, entry) for one in network.everybody if not one.is_gone for entry in _plans(one, journey)]
    planned = sorted((plan for plan in plans if plan[0] in there or plan[1].kind in MEALS), key=lambda plan: (plan[1].on, plan[0].id))
    planned = [(one, entry._replace(text=network.plain(entry.text))) for one, entry in planned]
    met = {one.id for one, _ in planned}
    silent = tuple(one for one in there if one.id not in met and _is_silent(one, journey.last))
    closest = {one.id for one in top_ten(network)}
    asked = [one for one in there if one.id not in met and one not in silent]
    asked.sort(key=lambda one: (one.id not in closest, last_in_person(one) or date.min, *rank(one)))
    free = _slots(journey, {(entry.on, entry.kind) for _, entry in plans}, {(on.on, on.kind) for one, on in plans if one in there})
    slots = sorted(free[: len(asked)], key=lambda slot: (slot[0], MEALS.index(slot[1])))
    hosts, rest = asked[: len(slots)], asked[len(slots) :]
    tables = []
    for (on, kind), host in zip(slots, hosts, strict=False):
        guest, because = _companion(host, rest, network)
        if guest:
            rest.remove(guest)
        tables.append(Table(on, kind, (host, guest) if guest else (host,), because))
    return Trip(journey._replace(place=spelled(network, journey.place)), tuple(tables), tuple(planned), tuple(rest), silent)


def _plans(member: Member, journey: Journey) -> list[Interaction]:
    """What is planned with somebody on those days, by day."""
    within = [entry for entry in member.contact.interactions if journey.first <= entry.on <= journey.last]
    return sorted((entry for entry in within if is_plan(entry, member)), key=lambda entry: (entry.on, entry.where))


def is_plan(entry: Interaction, member: Member) -> bool:
    """An open dated task, or a contact whose day is still to come."""
    return entry.box in OPEN_BOXES or (entry.on > member.today and is_touch(entry, member.settings.kind_table))


def _is_silent(member: Member, last: date) -> bool:
    until = last.toordinal()
    return member.facts.snooze_until > until or member.facts.paused == FOR_GOOD or member.facts.paused > until


_Slot = tuple[date, str | None]


def _slots(journey: Journey, taken: Collection[_Slot], taken_there: Collection[_Slot]) -> list[tuple[date, str]]:
    """The meals to fill, dinners before lunches: as many as are asked for, less those planned there."""
    days = [plus_days(journey.first, ahead) for ahead in range((journey.last - journey.first).days + 1)]
    wanted = [(on, kind) for kind in reversed(MEALS) for on in days]
    left = max(0, journey.meals - sum(slot in taken_there for slot in wanted))
    return [slot for slot in wanted if slot not in taken][:left]


def _companion(host: Member, rest: Sequence[Member], network: Network) -> tuple[Member | None, str]:
    for guest in rest:
        because = in_common(host, guest)
        if because and not acquainted(host, guest, network):
            return guest, because
    return None, ""


def acquainted(one: Member, other: Member, network: Network) -> bool:
    """Whether the files say that they know each other: `knows`, `referred_by`, or the same company."""
    companies = [fold(member.contact.text("company") or "") for member in (one, other)]
    return (bool(companies[0]) and companies[0] == companies[1]) or _names(one, other, network) or _names(other, one, network)


def _names(one: Member, other: Member, network: Network) -> bool:
    links = (*one.contact.texts("knows"), *one.contact.texts("referred_by"))
    return any((meant := network.meant(link)) is not None and meant.id == other.id for link in links)


def in_common(one: Member, other: Member) -> str:
    """A hobby or a need that two share, or what one needs and the other offers; "" where there is none."""
    a, b = one.contact, other.contact
    hobbies = {fold(hobby) for hobby in b.texts("hobbies")}
    hobby = next((hobby for hobby in a.texts("hobbies") if fold(hobby) in hobbies), "")
    if hobby:
        return f"both like {hobby}"
    need = next((need for need in a.texts("needs") if any(meets(need, theirs) for theirs in b.texts("needs"))), "")
    if need:
        return f"both need {need}"
    for asks, gives in ((a, b), (b, a)):
        for need in asks.texts("needs"):
            if any(meets(need, offer) for offer in gives.texts("offers")):
                return f"{asks.name} needs {need}, {gives.name} offers it"
    return ""


# --- as entries ----------------------------------------------------------------------------------------------------


def entry_of(table: Table, place: str) -> Interaction:
    """The planned entry of a table; of two guests it has a block id, the same whenever it is worked out."""
    block_id = _block_id((table.on.isoformat(), table.kind, *(one.id for one in table.guests))) if len(table.guests) > 1 else None
    return Interaction(table.on, place, table.kind, box=" ", block_id=block_id)


def _block_id(words: Iterable[str]) -> str:
    from hashlib import sha256

    number = int.from_bytes(sha256("\0".join(words).encode("utf-8", "surrogatepass")).digest()[:8], "big")
    letters = ""
    for _ in range(6):
        number, place = divmod(number, len(ID_LETTERS))
        letters += ID_LETTERS[place]
    return letters
