"""The graph of people: what the files say of ties and referrals, and what a graph tells, held against the plainest other way to find it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from plaintextcrm.core import graph
from plaintextcrm.core.graph import INTRODUCED, KNOWS, MET, SENT, Tie
from plaintextcrm.core.layout import forest, layout, read_order
from plaintextcrm.core.model import Contact
from plaintextcrm.core.reports.network import Network
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.settings_text import parse
from plaintextcrm.core.standing import facts_of
from tests.make import TODAY, contact


def network(*people: Contact, today: date = TODAY, settings: Settings = Settings()) -> Network:
    return Network([(one, facts_of(one)) for one in sorted(people, key=lambda one: one.id)], settings, today)


def ties(*people: Contact, today: date = TODAY) -> list[Tie]:
    found = network(*people, today=today)
    return list(graph.ties(found, graph.referrals(found)))


ADA, BOB, EVE = contact("name: Ada King", id="ada"), contact("name: Bob Lee", id="bob"), contact("name: Eve Moon", id="eve")


# --- who knows whom ------------------------------------------------------------------------------------------------


def test_knows_is_a_tie_whoever_of_the_two_says_it_and_told_once():
    one = contact("name: Ada King", 'knows: ["[[bob]]", "[[Eve Moon|Eve]]"]', id="ada")
    back = contact("name: Bob Lee", 'knows: ["[[ada]]"]', id="bob")
    assert ties(one, back, EVE) == [Tie("ada", "bob", KNOWS), Tie("ada", "eve", KNOWS)]


def test_a_link_to_nobody_to_oneself_or_to_two_of_one_name_is_no_tie():
    one = contact("name: Ada King", 'knows: ["[[nobody]]", "[[ada]]", "[[Sam]]"]', id="ada")
    assert ties(one, contact("name: Sam", id="a"), contact("name: Sam", id="b")) == []


def test_bringing_two_together_and_sending_somebody_to_somebody_is_a_tie():
    one = contact("name: Ada King", "- 2026-01-02 introduced: To [[bob]].", "- 2026-01-03 referral-out: Sent her [[eve]].", id="ada")
    assert ties(one, BOB, EVE) == [Tie("ada", "bob", INTRODUCED), Tie("ada", "eve", INTRODUCED)]


def test_fields_say_who_was_brought_to_whom():
    one = contact("name: Ada King", "- 2026-01-02 introduced: At her table. [from:: [[bob]]] [to:: [[eve]]]", id="ada")
    assert ties(one, BOB, EVE) == [Tie("bob", "eve", INTRODUCED)]


def test_a_mention_in_any_other_entry_is_no_tie():
    assert ties(contact("name: Ada King", "- 2026-01-02 call: About [[bob]].", id="ada"), BOB) == []


def test_what_is_after_today_or_only_planned_is_no_tie_yet():
    later = contact("name: Ada King", "- 2026-11-22 introduced: To [[bob]].", "- [ ] 2026-11-20 introduced: To [[eve]].", id="ada")
    assert ties(later, BOB, EVE) == []
    assert ties(later, BOB, EVE, today=date(2026, 11, 22)) == [Tie("ada", "bob", INTRODUCED)]


def test_people_whose_files_share_an_entry_sat_at_one_table():
    people = [contact(f"name: P{one}", "- 2026-01-02 lunch: All of us. ^abc123", id=f"p{one}") for one in range(3)]
    assert ties(*people) == [Tie("p0", "p1", MET), Tie("p0", "p2", MET), Tie("p1", "p2", MET)]


def test_a_block_id_of_another_day_is_another_table_and_thirteen_are_no_table():
    assert ties(contact("- 2026-01-02 lunch: x ^abc123", id="a"), contact("- 2026-01-03 lunch: x ^abc123", id="b")) == []
    assert ties(*(contact("- 2026-01-02 event: x ^abc123", id=f"p{one}") for one in range(13))) == []


def test_the_strongest_words_are_said_of_a_pair():
    one = contact("name: Ada King", 'knows: ["[[bob]]"]', "- 2026-01-02 referral-in: Sent us [[bob]].", id="ada")
    assert ties(one, BOB) == [Tie("ada", "bob", SENT)]


# --- who sent whom -------------------------------------------------------------------------------------------------


def sent(*people: Contact, today: date = TODAY, settings: Settings = Settings()) -> list[tuple[str, tuple[str, ...], float]]:
    return [(told.by, told.to, told.value) for told in graph.referrals(network(*people, today=today, settings=settings))]


def test_a_referral_both_files_tell_of_is_one():
    one = contact("name: Ada King", "- 2026-01-02 referral-in: Sent us [[bob]]. [value:: 12000]", id="ada")
    assert sent(one, contact("name: Bob Lee", 'referred_by: "[[ada]]"', id="bob")) == [("ada", ("bob",), 12000.0)]


def test_who_is_sent_without_a_file_counts_as_one_and_two_links_as_two():
    one = contact("- 2026-01-02 referral-in: A widow.", "- 2026-01-03 referral-in: [[bob]] and [[eve]].", id="ada")
    assert [told.people for told in graph.referrals(network(one, BOB, EVE))] == [1, 2]


def test_referred_by_alone_is_a_referral_on_the_day_they_were_met():
    one = contact("name: Bob Lee", "referred_by: Ada King", "met: 2026-02-03", id="bob")
    told = graph.referrals(network(contact("name: Ada King", id="ada"), one))
    assert [(referral.by, referral.to, referral.on) for referral in told] == [("ada", ("bob",), date(2026, 2, 3))]
    assert sent(ADA, one, today=date(2026, 2, 2)) == []


def test_the_fields_say_whose_credit_it_is():
    one = contact("name: Bob Lee", "- 2026-01-02 referral-in: Came to us. [from:: [[ada]]]", id="bob")
    assert sent(ADA, one) == [("ada", ("bob",), 0.0)]
    other = contact("name: Eve Moon", "- 2026-01-02 referral-in: Over tea. [from:: ada] [to:: [[bob]]]", id="eve")
    assert sent(ADA, BOB, other) == [("ada", ("bob",), 0.0)]


def test_a_colleague_in_from_is_no_contact_of_that_name():
    settings, _ = parse('[team.lee]\nname = "Lee Fontaine"\n')
    one = contact("name: Ada King", "- 2026-01-02 referral-in: Sent us [[bob]]. [from:: lee]", id="ada")
    assert sent(one, BOB, contact("name: Lee", id="lee"), settings=settings) == [("ada", ("bob",), 0.0)]


def test_the_same_occasion_in_two_files_is_one_referral_of_each_sender():
    line = "- 2026-01-02 referral-in: [[eve]], over lunch. [value:: 100] ^abc123"
    assert sent(contact(line, id="ada"), contact(line, id="bob"), EVE) == [("ada", ("eve",), 100.0), ("bob", ("eve",), 100.0)]


def test_a_value_that_is_no_number_is_none():
    assert sent(contact("- 2026-01-02 referral-in: x [value:: much]", id="ada")) == [("ada", (), 0.0)]
    assert sent(contact("- 2026-01-02 referral-in: x [value:: 12,5]", id="ada")) == [("ada", (), 12.5)]


# --- what a graph tells, held against the plainest way -------------------------------------------------------------

Pairs = list[tuple[int, int]]
SMALL = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=14)


def made(pairs: Iterable[tuple[int, int]], count: int = 9) -> graph.Graph:
    return graph.graph(map(str, range(count)), [(str(one), str(other)) for one, other in pairs])


def reached(start: int, pairs: Sequence[tuple[int, int]], without: int = -1) -> frozenset[int]:
    """All that hang together with `start`, by asking every pair again and again."""
    found = {start}
    for _ in range(10):
        found |= {b for one, other in pairs for a, b in ((one, other), (other, one)) if a in found and without not in (a, b)}
    return frozenset(found)


def parts(pairs: Sequence[tuple[int, int]], without: int = -1) -> set[frozenset[int]]:
    return {reached(node, pairs, without) for node in range(9) if node != without}


@given(SMALL)
def test_components_are_what_hangs_together(pairs: Pairs):
    found = graph.components(made(pairs))
    assert {frozenset(part) for part in found} == parts(pairs)
    assert list(found) == sorted(found, key=lambda part: (-len(part), part))
    assert {frozenset(part) for part in graph.components(made(pairs), without=4)} == parts(pairs, without=4)


@given(SMALL)
def test_an_articulation_point_is_one_whose_loss_cuts_and_its_parts_are_what_is_left(pairs: Pairs):
    whole = parts(pairs)
    expected = {}
    for node in range(9):
        mine = next(part for part in whole if node in part)
        left = [part for part in parts(pairs, without=node) if part <= mine]
        if len(left) > 1:
            expected[node] = tuple(sorted(map(len, left), reverse=True))
    assert graph.weak(made(pairs)).nodes == expected


@given(SMALL)
def test_a_bridge_is_a_tie_whose_loss_cuts(pairs: Pairs):
    edges = {(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]}
    expected = [edge for edge in sorted(edges) if len(parts([other for other in edges if other != edge])) > len(parts(list(edges)))]
    assert list(graph.weak(made(pairs)).edges) == expected


@given(SMALL, st.dictionaries(st.integers(0, 8), st.integers(0, 5), max_size=3), st.lists(st.integers(1, 4), min_size=81, max_size=81))
def test_ways_are_as_cheap_as_any(pairs: Pairs, starts: dict[int, int], prices: list[int]):
    def step(node: int, other: int) -> float:
        return prices[9 * min(node, other) + max(node, other)]

    cost = [float(starts.get(node, 10**6)) for node in range(9)]
    for _ in range(9):  # Bellman and Ford
        for one, other in pairs:
            cost[one] = min(cost[one], cost[other] + step(one, other))
            cost[other] = min(cost[other], cost[one] + step(one, other))
    found = graph.ways(made(pairs), starts, step)
    assert [min(price, 10.0**6) for price in found.cost] == [min(price, 10.0**6) for price in cost]
    for node in range(9):
        if found.cost[node] < 10**6:
            way = found.way(node)
            assert starts[way[-1]] + sum(step(one, other) for one, other in pairwise(way)) == found.cost[node]


def test_a_chain_and_a_star_of_fifty_thousand_are_walked_without_recursion_and_soon():
    started = time.process_time()
    chain = made([(node, node + 1) for node in range(49_999)], 50_000)
    assert len(graph.weak(chain).nodes) == 49_998
    assert graph.ways(chain, {chain.place["0"]: 0}, lambda node, other: 1).cost[chain.place["49999"]] == 49_999
    star = made([(0, node) for node in range(1, 50_000)], 50_000)
    assert list(graph.weak(star).nodes) == [0]
    assert time.process_time() - started < 30  # where each looked at all others, it would be hours


# --- where people stand in a picture -------------------------------------------------------------------------------

CHILDREN = st.dictionaries(st.sampled_from("abcdefgh"), st.lists(st.sampled_from("abcdefgh"), max_size=5), max_size=8)


@given(CHILDREN)
def test_every_node_of_a_forest_stands_once_in_the_square_and_never_on_another(children: dict[str, list[str]]):
    tree = forest(children, sorted({*children, *(child for some in children.values() for child in some)}))
    places = layout(tree)
    assert set(places) == {*children, *(child for some in children.values() for child in some)}
    assert len({(place.x, place.y) for place in places.values()}) == len(places)
    assert all(0 <= place.x <= 1 and 0 < place.y < 1 for place in places.values())
    assert [read.node for read in read_order(tree)] == list(dict.fromkeys(read.node for read in read_order(tree)))


def test_children_stand_right_of_their_parent_and_it_stands_in_the_middle_of_them():
    tree = forest({"a": ["b", "c"], "b": ["d"]}, ["a"])
    places = layout(tree)
    assert [(node, place.depth) for node, place in places.items()] == [("a", 0), ("b", 1), ("d", 2), ("c", 1)]
    assert places["b"].x == 0.5
    assert places["d"].x == 1
    assert places["b"].y == places["d"].y == 0.25
    assert places["c"].y == 0.75
    assert places["a"].y == 0.5


def test_a_circle_is_opened_at_its_first():
    assert forest({"a": ["b"], "b": ["c"], "c": ["a"]}, ["a", "b", "c"]) == {"a": ("b",), "b": ("c",), "c": ()}


def test_three_hundred_people_are_laid_out_in_no_time_and_twice_alike():
    children = {str(node): [str(child) for child in range(3 * node + 1, min(3 * node + 4, 300))] for node in range(100)}
    started = time.process_time()
    first = layout(forest(children, ["0"]))
    assert time.process_time() - started < 2
    assert len(first) == 300
    assert first == layout(forest(children, ["0"]))
