"""Who should meet whom, and what to write to both: `introduce`."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence

from plaintextcrm.core import graph
from plaintextcrm.core.due import meaning, plain_words
from plaintextcrm.core.knowing import warmth, warmth_words
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.reports.network import Member, Network
from plaintextcrm.core.reports.shapes import Column, Report, Row, Step, Table
from plaintextcrm.core.reports.telling import spelled, who
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.text import fold

EACH = 3  # partners of one person for one reason, the warmest; else a club of hundreds would be paired off


class Match(NamedTuple):
    """Two who should meet: `one` has the need (or stands first by id), `other` the offer; `shared` is a hobby and a place."""

    one: Member
    other: Member
    need: str = ""
    offer: str = ""
    shared: tuple[str, str] = ("", "")


def introduce(network: Network) -> Report:
    """One needs what the other offers, or both like the same in the same place, and nothing says that they know each other."""
    people = [one for one in network.everybody if not one.is_gone]
    asked = {one.id for one in network}
    tied = {frozenset((tie.one, tie.other)) for tie in graph.ties(network, graph.referrals(network))}
    needs = _some(_needs(people, tied), asked)
    paired = {frozenset((match.one.id, match.other.id)) for match in needs}
    shares = [match for match in _some(_shares(network.settings, people, tied), asked) if _pair(match) not in paired]
    return Report(
        "introduce", (_needs_table(needs), _shares_table(shares)), tuple(_sentences(people, needs, shares)), tuple(_steps(needs, shares))
    )


def _pair(match: Match) -> frozenset[str]:
    return frozenset((match.one.id, match.other.id))


def _some(matches: Iterator[Match], asked: set[str]) -> list[Match]:
    """Those that touch somebody asked about, each pair and need once, the warmest first."""
    found: dict[tuple[frozenset[str], str], Match] = {}
    for match in matches:
        if match.one.id in asked or match.other.id in asked:
            found.setdefault((_pair(match), match.need), match)
    return sorted(found.values(), key=_order)


def _order(match: Match) -> tuple[int, int, str, str, str]:
    """By the warmth of the colder of the two, then of both."""
    a, b = warmth(match.one) or 0, warmth(match.other) or 0
    return (-min(a, b), -(a + b), match.one.id, match.other.id, match.need)


def _warmest(people: Sequence[Member]) -> list[Member]:
    return sorted(people, key=lambda one: (-(warmth(one) or 0), one.id))


def strangers(one: Member, other: Member, tied: set[frozenset[str]]) -> bool:
    """Whether nothing says that two people know each other: no tie, and not the same firm."""
    firms = [fold(person.contact.text("company") or "") for person in (one, other)]
    return one is not other and frozenset((one.id, other.id)) not in tied and (not firms[0] or firms[0] != firms[1])


def write(match: Match) -> tuple[str, str]:
    """What to write to the one and to the other, from their files."""
    if match.need:
        about = f"{match.other.name} offers {match.offer}.", f"{match.one.name} needs {match.need}."
    else:
        hobby, place = match.shared
        about = f"{match.other.name} likes {hobby} too, in {place}.", f"{match.one.name} likes {hobby} too, in {place}."
    return f"{about[0]} May I bring you together?", f"{about[1]} May I bring you together?"


# --- needs and offers ----------------------------------------------------------------------------------------------


def _needs(people: Sequence[Member], tied: set[frozenset[str]]) -> Iterator[Match]:
    """For each need up to three who offer it: all that the shorter says is in the longer."""
    offers: dict[frozenset[str], list[tuple[Member, str]]] = {}
    for one in _warmest(people):
        for text in one.contact.texts("offers"):
            if meaning(text):
                offers.setdefault(meaning(text), []).append((one, plain_words(text)))
    of_word: dict[str, set[frozenset[str]]] = {}
    for said in offers:
        for word in said:
            of_word.setdefault(word, set()).add(said)
    answers: dict[frozenset[str], list[tuple[Member, str]]] = {}
    for one in people:
        for need in one.contact.texts("needs"):
            wanted = meaning(need)
            if wanted not in answers:
                near = {said for word in wanted for said in of_word.get(word, ())}
                answers[wanted] = [offer for said in near if said <= wanted or wanted <= said for offer in offers[said]]
                answers[wanted].sort(key=lambda offer: (-(warmth(offer[0]) or 0), offer[0].id, offer[1]))
            fit = ((other, offer) for other, offer in answers[wanted] if strangers(one, other, tied))
            yield from (Match(one, other, plain_words(need), offer) for (other, offer), _ in zip(fit, range(EACH), strict=False))


def _needs_table(matches: Sequence[Match]) -> Table:
    rows: list[Row] = [
        {
            "id": match.one.id, "name": match.one.name, "need": match.need, "other_id": match.other.id, "other": match.other.name,
            "offer": match.offer, "warmth": f"{warmth_words(match.one)}, {warmth_words(match.other)}",
            "write": write(match)[0], "write_other": write(match)[1],
        }
        for match in matches
    ]  # fmt: skip
    columns = (Column("name", "who needs"), Column("need", "what"), Column("other", "who offers"), Column("offer", "what"))
    sentence = f"One needs what the other offers, and nothing says that they know each other; of each need at most {EACH} who offer it."
    empty = "Nobody needs what somebody else offers, as far as `needs` and `offers` say."
    return Table("Who has what another needs", columns, tuple(rows), sentence if rows else "", empty)


# --- the same hobby in the same place ------------------------------------------------------------------------------


def _shares(settings: Settings, people: Sequence[Member], tied: set[frozenset[str]]) -> Iterator[Match]:
    """In each place those of one hobby, the warmest first: each with the first three strangers among the twelve next."""
    places: Mapping[str, str] = {fold(word): place for place, others in settings.places for word in (place, *others)}
    clubs: dict[tuple[str, str], list[Member]] = {}
    called: dict[tuple[str, str], tuple[str, str]] = {}
    for one in _warmest(people):
        location = one.contact.text("location") or ""
        place = places.get(fold(location), location)
        for folded, hobby in {fold(hobby): hobby for hobby in one.contact.texts("hobbies")}.items() if place else ():
            club = (folded, fold(place))
            clubs.setdefault(club, []).append(one)
            called.setdefault(club, (plain_words(hobby), place))
    for club, members in sorted(clubs.items(), key=lambda club: club[0]):
        for at, one in enumerate(members):
            later = members[at + 1 : at + 1 + 4 * EACH]
            fit = (other for other in later if strangers(one, other, tied))
            for other, _ in zip(fit, range(EACH), strict=False):
                first, second = sorted((one, other), key=lambda member: member.id)
                yield Match(first, second, shared=called[club])


def _shares_table(matches: Sequence[Match]) -> Table:
    rows: list[Row] = [
        {
            "id": match.one.id, "name": match.one.name, "other_id": match.other.id, "other": match.other.name,
            "hobby": match.shared[0], "place": match.shared[1], "warmth": f"{warmth_words(match.one)}, {warmth_words(match.other)}",
            "write": write(match)[0], "write_other": write(match)[1],
        }
        for match in matches
    ]  # fmt: skip
    columns = (
        Column("name", "one"),
        Column("other", "the other"),
        Column("hobby", "both like"),
        Column("place", "in"),
        Column("warmth", "now"),
    )
    sentence = f"They like the same in the same place, and nothing says that they know each other; of each at most {EACH} for one hobby."
    return Table(
        "Who would like each other's company", columns, tuple(rows), sentence if rows else "", "No two strangers share a hobby and a place."
    )


# --- in words ------------------------------------------------------------------------------------------------------


def _sentences(people: Sequence[Member], needs: Sequence[Match], shares: Sequence[Match]) -> Iterator[str]:
    if len(people) < 2:
        yield "It takes two to be introduced: there is nobody yet whom to bring together."
        return
    pairs = {_pair(match) for match in (*needs, *shares)}
    if not pairs:
        yield "Nobody is seen who should meet: `needs`, `offers`, `hobbies` and `location` in the files say who would."
        return
    needed = len({_pair(match) for match in needs})
    reasons = [f"{needed} for what one of them needs"] if needed else []
    reasons += [f"{len(pairs) - needed} for the company"] if len(pairs) > needed else []
    yield f"{spelled(len(pairs), 'pair')} of people who seem not to know each other might like to: {', '.join(reasons)}."


def _steps(needs: Sequence[Match], shares: Sequence[Match]) -> Iterator[Step]:
    for match in (*needs, *shares)[:1]:
        first, second = write(match)
        yield Step(f"To {match.one.name}: {first}", f"ptcrm write {who(match.one)}")
        yield Step(f"To {match.other.name}: {second}", f"ptcrm write {who(match.other)}")
        both = shlex.quote(f"{match.one.id},{match.other.id}")
        yield Step("Once you have:", f'ptcrm log {both} introduced "To each other"')
    if not needs and not shares:
        yield Step("What somebody looks for, or can give:", 'ptcrm set WHO needs+="a desk in Porto"')
