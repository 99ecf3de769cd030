"""Whom a command is about: filters, and WHO."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.place import Place, contact

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # an index is left to the end of its process


# --- filters -------------------------------------------------------------------------------------------------------

FILTERS = [
    ("tier:A coi:yes", "ada-king lees/edmund-pell henrique-sal wilhelmina-brandt"),
    ("tier:a,c company:massa", "ines-paredes"),
    ("-tier:A,B,C", "alma-reyes florian-tack ingrid-solheim teresa-amaral"),
    ("tier:A -owner:lee city:lisbon", "ada-king henrique-sal wilhelmina-brandt"),
    ("hobby:sail*", "ingrid-solheim magnus-thorn rui-caldeira sofia-lindqvist"),
    ("company:'Pell, Pell & Pell'", "lees/edmund-pell"),
    ("near:oporto", "alma-reyes bob-lee priya-raman yuki-aalto"),
    ("last:..2025-12-31", "desmond-achterberg florian-tack barnaby-crisp teresa-amaral"),
    ("last:2026-11-17..2026-11-17", "okafor"),
    ("last:..4000w", ""),
    ("due:..7d state:soon", "claire-dubarry ines-paredes"),
    ("ratio:1.5.. -dnc:yes", "desmond-achterberg wilhelmina-brandt"),
    ("'ratio>2.3' -state:lapsed", "desmond-achterberg"),
    ("has:died", "teresa-amaral"),
    ("missing:email state:on-file", "alma-reyes teresa-amaral"),
    ("five:now", "ada-king wilhelmina-brandt"),
    ("group:board -state:overdue five:next", "gaspar-nunes ingrid-solheim yuki-aalto"),
    ("'tier:A|B' interactions:..1 wrona", "tomasz-wrona"),
    ("best_pumpkin:214", "henrique-sal"),
    ("wrona", "tomasz-wrona wilhelmina-brandt"),
    ("countess", "ada-king"),
    ("INES", "ines-paredes"),
    ("-- wrona -wilhelmina", "tomasz-wrona"),
    ("state:snoozed", "leonor-vaz"),
]


@pytest.mark.parametrize(("words", "ids"), FILTERS, ids=[words for words, _ in FILTERS])
def test_a_filter_lets_through(example: Place, words: str, ids: str) -> None:
    import shlex

    asked = ["--format", "ids", *shlex.split(words)]
    ran = example("list", *asked)
    assert ran.code == 0, ran
    assert ran.out.split() == ids.split()


def test_a_negated_key_is_a_filter_wherever_it_stands(example: Place) -> None:
    wanted = example("due", "--all", "--format", "ids", "-tier:A").out
    assert "edmund" not in wanted
    assert example("due", "-tier:A", "--all", "--format", "ids").out == wanted
    assert example("due", "--all", "-tier:A", "--format", "ids").out == wanted


def test_in_search_a_negated_word_leaves_out_those_that_have_it(example: Place) -> None:
    everybody = example.ids("search", "porto")
    assert "bob-lee" in everybody
    assert example.ids("search", "porto", "-tier:B") == [id for id in everybody if id not in example.ids("list", "tier:B")]
    found = example("search", "--format", "ids", "--", "porto", "-desk").out.split()
    with_desk = example.ids("search", "porto", "desk")
    assert found == [id for id in everybody if id not in with_desk]


@pytest.mark.parametrize("bad", ["last:soon", "ratio:high", "tier:", "due:..x", "-last:soon"])
@pytest.mark.parametrize("command", ["due", "list", "todo", "check"])
def test_a_filter_that_is_not_understood_is_2_and_shows_how(example: Place, command: str, bad: str) -> None:
    ran = example(command, bad)
    assert (ran.code, ran.out) == (2, ""), ran
    assert bad.lstrip("-").split(":")[0] in ran.err
    assert "like" in ran.err


# --- WHO -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who", ["ada-king", "ADA-KING", "Ada King", "ada king", "the countess", "ada.king@babbage-mutual.example.com", "ada", "kin"]
)
def test_somebody_is_named_by_id_name_alias_address_or_the_beginning_of_a_name(example: Place, who: str) -> None:
    assert example.json("show", who)["rows"][0]["id"] == "ada-king"


def test_accents_and_folders_may_be_left_out(example: Place) -> None:
    assert [row["id"] for row in example.json("show", "inês,edmund-pell,lees/edmund-pell")["rows"]] == ["ines-paredes", "lees/edmund-pell"]


def test_the_first_level_with_a_hit_decides(make: Callable[..., Place]) -> None:
    place = make({"kay": contact("Zoe Ray"), "b": contact("Kay Ash"), "c": contact("Kayla Oak"), "d": contact("Beyer, Jr.")})
    assert place.json("show", "kay")["rows"][0]["id"] == "kay"
    assert place.json("show", "kay ash")["rows"][0]["id"] == "b"
    assert place.json("show", "Beyer, Jr.")["rows"][0]["id"] == "d", "a comma within a name"


def test_an_id_with_a_comma_is_found_among_several(make: Callable[..., Place]) -> None:
    place = make({"Ada Byron, Jr": contact("Ada Byron, Jr."), "ben": contact("Ben Ray"), "a,b": contact("Zoe"), "-x": contact("Cy")})
    for words in (["ben,Ada Byron, Jr"], ["Ada Byron, Jr,ben"], ["Ada Byron, Jr, a,b ,ben"], ["--", "-x,a,b"]):
        ids = [row["id"] for row in json.loads(place("show", "--json", *words).out)["rows"]]
        assert ",".join(ids) == words[-1].replace(", a", ",a").replace(" ,", ","), words
    assert place("log", "zed,ben", "call").code == 4


def test_a_filter_for_a_tier_that_is_none_says_which_there_are(example: Place) -> None:
    assert example("list", "tier:Z", "--format", "table").out == "Nobody matches: no tier is called Z; there are A, B, C.\n"
    assert example("list", "tier:A,z*", "tag:none-has-this", "--format", "table").out == "Nobody matches. Try fewer words.\n"


def test_nobody_and_two_people_are_4_with_the_candidates(example: Place) -> None:
    ran = example("show", "s")
    assert (ran.code, ran.out) == (4, "")
    assert ran.err.startswith('ptcrm: "s" is 4 people: ')
    assert "sofia-lindqvist (Sofia Lindqvist)" in ran.err
    for command in (("show",), ("log",), ("done",), ("snooze",), ("edit",)):
        assert example(*command, "zebedee", EDITOR="true").code == 4


@pytest.mark.parametrize("slip", ["wilhelmena", "sofia lindquist", "gaspr", "edmnd-pell", "ada-kin g"])
def test_a_slip_in_a_name_is_4_with_did_you_mean(example: Place, slip: str) -> None:
    ran = example("show", slip)
    assert ran.code == 4, ran
    assert "did you mean" in ran.err
