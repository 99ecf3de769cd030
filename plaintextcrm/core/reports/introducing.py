"""Who should meet whom, and what to write to both: `introduce`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice

from plaintextcrm.core import graph
from plaintextcrm.core.due_words import meaning
from plaintextcrm.core.knowing import warmth, warmth_words
from plaintextcrm.core.linkwords import Plain
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.reports.network import Member, Network
from plaintextcrm.core.reports.shapes import Column, Report, Row, Step, Table
from plaintextcrm.core.reports.telling import spelled, who
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.text import fold, typed

EACH = 3  # partners of one person for one reason, the warmest; else a club of hundreds would be paired off


class Match(NamedTuple):
    """Two who should meet: `one` has the need (or stands first by id), `other` the offer; `shared` is a hobby and a place."""

    one: Member
    other: Member
    need: str = ""
    offer: str = ""
    shared: tuple[str, str] = ("", "")


class Everybody(NamedTuple):
    """All who may be turned to, by id, and what is asked of the same person or pair again and again, worked out once."""

    people: Sequence[Member]
    warmth: Mapping[str, int]  # id -> 0 (never in touch) to 100
    firms: Mapping[str, str]  # id -> the firm, folded
    tied: Mapping[str, Collection[str]]  # id -> whom they are tied to
    plain: Plain  # text in plain words, links by the names of those they mean

    @property
    def warmest(self) -> list[Member]:
        """The warmest first."""
        return sorted(self.people, key=lambda one: (-self.warmth[one.id], one.id))

    def strangers(self, one: Member, other: Member) -> bool:
        """Whether nothing says that two people know each other: no tie, and not the same firm."""
        a, b = one.id, other.id
        return a != b and b not in self.tied.get(a, ()) and (not self.firms[a] or self.firms[a] != self.firms[b])


def introduce(network: Network) -> Report:
    """One needs what the other offers, or both like the same in the same place, and nothing says that they know each other."""
    all_, asked = _everybody(network), {one.id for one in network}
    needs = _some(_needs(all_), asked, all_.warmth)
    paired = {_pair(match) for match in needs}
    shares = [match for match in _some(_shares(network.settings, all_), asked, all_.warmth) if _pair(match) not in paired]
    return Report(
        "introduce", (_needs_table(needs), _shares_table(shares)), tuple(_sentences(all_.people, len(paired), len(shares))),
        tuple(_steps(needs, shares)),
    )  # fmt: skip


def _everybody(network: Network) -> Everybody:
    people = [one for one in network.everybody if not one.is_gone]
    tied: dict[str, set[str]] = {}
    for tie in graph.ties(network, graph.referrals(network)):
        tied.setdefault(tie.one, set()).add(tie.other)
        tied.setdefault(tie.other, set()).add(tie.one)
    fold_ = cache(fold)  # a few firms of many people
    firms = {one.id: fold_(one.contact.text("company") or "") for one in people}
    return Everybody(people, {one.id: warmth(one) or 0 for one in people}, firms, tied, network.plain)


def _pair(match: Match) -> tuple[str, str]:
    """Their ids, in order."""
    a, b = match.one.id, match.other.id
    return (a, b) if a < b else (b, a)


def _some(matches: Iterator[Match], asked: set[str], warm: Mapping[str, int]) -> list[Match]:
    """Those that touch somebody asked about, each pair and need once: first by the warmth of the colder of the two, then of both."""
    found: dict[tuple[str, str, str], tuple[int, int, str, str, str, Match]] = {}
    for match in matches:
        one, other = match.one.id, match.other.id
        if one in asked or other in asked:
            a, b = warm[one], warm[other]
            key = (one, other, match.need) if one < other else (other, one, match.need)
            found.setdefault(key, (-min(a, b), -(a + b), one, other, match.need, match))
    return [match for *_, match in sorted(found.values())]  # no two are the same pair and need: matches are never compared


def write(match: Match) -> tuple[str, str]:
    """What to write to the one and to the other, from their files."""
    if match.need:
        about = f"{match.other.name} offers {match.offer}.", f"{match.one.name} needs {match.need}."
    else:
        hobby, place = match.shared
        about = f"{match.other.name} likes {hobby} too, in {place}.", f"{match.one.name} likes {hobby} too, in {place}."
    return f"{about[0]} May I bring you together?", f"{about[1]} May I bring you together?"


# --- needs and offers ----------------------------------------------------------------------------------------------


def _needs(all_: Everybody) -> Iterator[Match]:
    """For each need up to three who offer it: all that the shorter says is in the longer."""
    offers: dict[frozenset[str], list[tuple[Member, str]]] = {}
    for one in all_.warmest:
        for text in one.contact.texts("offers"):
            said = meaning(text)
            if said:
                offers.setdefault(said, []).append((one, all_.plain(text)))
    of_word: dict[str, set[frozenset[str]]] = {}
    for said in offers:
        for word in said:
            of_word.setdefault(word, set()).add(said)
    answers: dict[frozenset[str], list[tuple[Member, str]]] = {}
    for one in all_.people:
        for need in one.contact.texts("needs"):
            wanted = meaning(need)
            if wanted not in answers:
                near = {said for word in wanted for said in of_word.get(word, ())}
                answers[wanted] = [offer for said in near if said <= wanted or wanted <= said for offer in offers[said]]
                answers[wanted].sort(key=lambda offer: (-all_.warmth[offer[0].id], offer[0].id, offer[1]))
            fit = ((other, offer) for other, offer in answers[wanted] if all_.strangers(one, other))
            yield from (Match(one, other, all_.plain(need), offer) for other, offer in islice(fit, EACH))


def _needs_table(matches: Sequence[Match]) -> Table:
    rows: list[Row] = []
    for match in matches:
        one, other, (first, second) = match.one, match.other, write(match)
        rows.append({
            "id": one.id, "name": one.name, "need": match.need, "other_id": other.id, "other": other.name, "offer": match.offer,
            "warmth": f"{warmth_words(one)}, {warmth_words(other)}", "write": first, "write_other": second,
        })  # fmt: skip
    columns = (Column("name", "who needs"), Column("need", "what"), Column("other", "who offers"), Column("offer", "what"))
    sentence = f"One needs what the other offers, and nothing says that they know each other; of each need at most {EACH} who offer it."
    empty = "Nobody needs what somebody else offers, as far as `needs` and `offers` say."
    return Table("Who has what another needs", columns, tuple(rows), sentence if rows else "", empty)


# --- the same hobby in the same place ------------------------------------------------------------------------------


def _shares(settings: Settings, all_: Everybody) -> Iterator[Match]:
    """In each place those of one hobby, the warmest first: each with the first three strangers among the twelve next."""
    places: Mapping[str, str] = {fold(word): place for place, others in settings.places for word in (place, *others)}
    clubs: dict[tuple[str, str], list[Member]] = {}
    called: dict[tuple[str, str], tuple[str, str]] = {}
    fold_ = cache(fold)  # a few hobbies and places of many people
    for one in all_.warmest:
        location = one.contact.text("location") or ""
        place = places.get(fold_(location), location)
        for folded, hobby in {fold_(hobby): hobby for hobby in one.contact.texts("hobbies")}.items() if place else ():
            club = (folded, fold_(place))
            clubs.setdefault(club, []).append(one)
            called.setdefault(club, (all_.plain(hobby), place))
    for club, members in sorted(clubs.items(), key=lambda club: club[0]):
        for at, one in enumerate(members):
            later = members[at + 1 : at + 1 + 4 * EACH]
            for other in islice((other for other in later if all_.strangers(one, other)), EACH):
                first, second = (one, other) if one.id < other.id else (other, one)
                yield Match(first, second, "", "", called[club])


def _shares_table(matches: Sequence[Match]) -> Table:
    warm = cache(warmth_words)
    rows: list[Row] = []
    for match in matches:
        one, other, (first, second), (hobby, place) = match.one, match.other, write(match), match.shared
        rows.append({
            "id": one.id, "name": one.name, "other_id": other.id, "other": other.name, "hobby": hobby, "place": place,
            "warmth": f"{warm(one)}, {warm(other)}", "write": first, "write_other": second,
        })  # fmt: skip
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


def _sentences(people: Sequence[Member], needed: int, company: int) -> Iterator[str]:
    """Of so many pairs one needs what the other offers, and so many more would like each other's company."""
    if len(people) < 2:
        yield "It takes two to be introduced: there is nobody yet whom to bring together."
        return
    if not needed and not company:
        yield "Nobody is seen who should meet: `needs`, `offers`, `hobbies` and `location` in the files say who would."
        return
    reasons = [f"{needed} for what one of them needs"] if needed else []
    reasons += [f"{company} for the company"] if company else []
    yield f"{spelled(needed + company, 'pair')} of people who seem not to know each other might like to: {', '.join(reasons)}."


def _steps(needs: Sequence[Match], shares: Sequence[Match]) -> Iterator[Step]:
    for match in (*needs, *shares)[:1]:
        first, second = write(match)
        yield Step(f"To {match.one.name}: {first}", f"ptcrm write {who(match.one)}")
        yield Step(f"To {match.other.name}: {second}", f"ptcrm write {who(match.other)}")
        both = typed(f"{match.one.id},{match.other.id}")
        yield Step("Once you have:", f'ptcrm log {both} introduced "To each other"')
    if not needs and not shares:
        yield Step("What somebody looks for, or can give:", 'ptcrm set WHO needs+="a desk in Porto"')
