"""FILTER: words and `key:value`, all must hold (docs/commands.md, "Filters")."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaintextcrm.core.errors import Usage
from plaintextcrm.core.query import Filter, Person, parse, split
from plaintextcrm.core.settings import Settings
from tests.make import TODAY, contact, standing

LAW = settings(deadline=None, database=None, derandomize=True, max_examples=200)
PORTO = Settings(places=(("Porto", ("Oporto", "Vila Nova de Gaia")),))

ADA = (
    "name: Ada King", "aliases: [the Countess]", "tags: [actuary, tide-tables]", "groups: [introducer, board]", "company: Babbage Mutual",
    "role: Actuary", "email: ada@babbage.example.com", "location: Lisbon", "birthday: 1985-12-10", "hobbies: [weaving, sailing in fog]",
    "tier: A", "coi: true", "five: now, next", "owner: lee", "created: 2026-09-14", "met: 2026-09-14", "shoe size: 38",
    "favourite: {tea: Assam, cake: lemon}", "- 2026-09-14 event: met", "- 2026-10-20 lunch: review", "  - [ ] send it [due:: 2026-12-01]",
)  # fmt: skip
BOB = (
    "name: Bob Lee", "tags: [family]", "company: Acme Ltd", "location: Vila Nova de Gaia", "tier: B", "snooze_until: 2027-01-11",
    "next_contact: 2026-12-02", "- 2026-06-01 call",
)  # fmt: skip
INES = ("name: Inês Paredes", "city: Málaga, Spain", "company: Massa Mãe", "tier: C", "phone: '0123456'", "paused: true")


def understood(*terms: str, settings: Settings = PORTO, today: date = TODAY) -> Filter:
    """A filter, understood."""
    return parse(terms, settings, today)


def lets_through(person: tuple[str, ...], *terms: str, settings: Settings = PORTO, today: date = TODAY) -> bool:
    """Whether the filter lets somebody through."""
    one = contact(*person, id="work/" + person[0].split()[1].lower())
    found = standing(one, today, settings)
    return understood(*terms, settings=settings, today=today).holds(Person(one, found, len(one.interactions)))


def those(*terms: str) -> str:
    """The initials of those of the three whom the filter lets through."""
    return "".join(letter for letter, person in zip("ABI", (ADA, BOB, INES), strict=True) if lets_through(person, *terms))


# --- every example of the page -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("term", "people"),
    [
        ("tier:A,B", "AB"),
        ("-tag:family", "AI"),
        ("city:lisbon", "A"),
        ("hobby:sail*", "A"),
        ("coi:yes", "A"),
        ("owner:lee", "A"),
        ('company:"Acme Ltd"', "B"),
        ("near:porto", "B"),
        ("last:..2026-06-01", "B"),
        ("due:..7d", "ABI"),
        ("ratio:1.5..", "B"),
        ("has:birthday", "A"),
        ("missing:email", "BI"),
        ("state:overdue", "B"),
        ("five:now", "A"),
        ("group:board", "A"),
    ],
)
def test_every_example_of_the_page_means_what_it_says(term: str, people: str) -> None:
    assert those(term) == people


# --- words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "people"),
    [
        ("ada", "A"), ("KING", "A"), ("countess", "A"), ("babbage", "A"), ("actuary", "A"), ("ines", "I"), ("inês", "I"), ("massa", "I"),
        ("mae", "I"), ("king", "A"), ("ing", ""), ("lisbon", ""), ("weaving", ""), ("acme", "B"), ("Ada King", "A"), ("family", "B"),
    ],
)  # fmt: skip
def test_a_bare_word_looks_at_name_aliases_company_and_tags(word: str, people: str) -> None:
    assert those(word) == people


def test_a_bare_word_after_a_minus_means_not() -> None:
    assert those("-family") == "AI"


def test_all_terms_must_hold() -> None:
    assert those("tier:A,B", "coi:yes") == "A"
    assert those("tier:A,B", "missing:email", "acme") == "B"
    assert those("tier:A", "tier:B") == ""


def test_no_terms_let_everybody_through() -> None:
    assert those() == "ABI"
    assert (understood().is_empty, understood("ada").is_empty, understood("tier:A").is_empty) == (True, False, False)


def test_where_words_are_text_they_are_left_to_the_search() -> None:
    found = parse(["tide", "tables", "tier:A"], Settings(), TODAY, words_are_text=True)
    assert found.words == ("tide", "tables")
    one = contact("tier: A")
    assert found.holds(Person(one, standing(one), 0))


def test_an_address_of_the_web_is_a_word_and_no_key() -> None:
    assert understood("https://example.com").words == ("https://example.com",)


# --- key:value -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("term", "people"),
    [
        ("tier:a", "A"), ("tier:A|B", "AB"), ("-tier:A", "BI"), ("-tier:A,B", "I"), ("priority:A", "A"), ("tier=A", "A"), ("TIER:A", "A"),
        ("tag:family", "B"), ("tags:#family", "B"), ("tag:fam", ""), ("tag:fam*", "B"), ("tag:*ly", "B"), ("tag:tide-tables", "A"),
        ("group:introducer", "A"), ("group:intro", ""), ("city:malaga", "I"), ("location:Málaga", "I"), ("town:spain", "I"),
        ("city:lis", ""),
        ("city:lis*", "A"), ("company:acme", "B"), ("company:Acme Ltd", "B"), ("org:babbage", "A"), ("company:Acme,Babbage", ""),
        ("company:Acme|Babbage", "AB"), ("role:actuary", "A"), ("email:ada@babbage.example.com", "A"), ("phone:0123456", "I"),
        ("hobby:weaving", "A"), ("hobby:weav", ""), ("hobby:fog", "A"), ("coi:no", "BI"), ("coi:true", "A"), ("-coi:yes", "BI"),
        ("five:next", "A"), ("-five:now", "BI"), ("owner:Lee", "A"), ("owner:le", ""), ("paused:yes", "I"), ("name:king", "A"),
        ("name:countess", "A"), ("id:work/ada", "A"), ("id:ada", "A"), ("slug:ada", "A"), ("state:new,overdue", "BI"),
        ("state:snoozed", "B"),
        ("state:quiet", "B"), ("-state:Quiet", "AI"), ("state:drifted", ""),
        ("-state:new", "AB"), ("shoe-size:38", "A"), ("shoe_size:38", "A"), ("favourite:lemon", "A"), ("nobodys_key:x", ""),
        ("birthday:1985*", "A"),
    ],
)  # fmt: skip
def test_a_key_is_compared_folded_as_a_whole_word_or_with_a_star(term: str, people: str) -> None:
    assert those(term) == people


@pytest.mark.parametrize(
    ("term", "people"),
    [
        ("has:email", "A"), ("has:email,phone", "AI"), ("missing:email,phone", "B"), ("-has:email", "BI"), ("-missing:email", "A"),
        ("has:coi", "A"), ("has:follow-ups", "A"), ("has:todo", "A"), ("has:interactions", "AB"), ("missing:log", "I"), ("has:last", "AB"),
        ("has:due", "ABI"), ("has:shoe-size", "A"), ("missing:nobodys_key", "ABI"), ("has:tier", "ABI"),
        ("has:name", "ABI"), ("has:city", "ABI"),
    ],
)  # fmt: skip
def test_has_and_missing_ask_whether_something_is_there(term: str, people: str) -> None:
    assert those(term) == people


@pytest.mark.parametrize(
    ("term", "people"),
    [
        ("near:oporto", "B"),
        ("near:PORTO", "B"),
        ("near:malaga", "I"),
        ("near:lisbon,porto", "AB"),
        ("-near:lisbon", "BI"),
        ("near:rome", ""),
    ],
)
def test_near_knows_the_other_names_of_a_place(term: str, people: str) -> None:
    assert those(term) == people


def test_near_finds_a_place_inside_a_longer_location() -> None:
    assert lets_through(("name: X", "location: Matosinhos near Oporto, Portugal"), "near:porto")


@pytest.mark.parametrize("term", ["tier:", "-tier:", "last:", "has:", "ratio:", "near: ", "tier=", 'company:""'])
def test_a_key_without_a_value_is_a_mistake(term: str) -> None:
    with pytest.raises(Usage, match="a value belongs after the colon"):
        understood(term)


@pytest.mark.parametrize("term", ["birthday:..1990", "age:40..", "shoe_size>38", "-strength:50..100", "shoe size:>=38.5", "tier:1..2"])
def test_a_range_of_a_key_that_has_none_is_a_mistake_and_not_nobody(term: str) -> None:
    with pytest.raises(Usage, match="has no range; those that have one: due, last"):
        understood(term)


@pytest.mark.parametrize("term", ["file:../x", "note:...", "favourite:..", "favourite:5..x y", "tier:<B", "phone:+351", "company:3.0"])
def test_what_only_looks_like_a_range_is_text(term: str) -> None:
    understood(term)


@pytest.mark.parametrize(
    ("died", "in_may", "in_the_year"),
    [("2020-05-12", True, True), ("2020-05", True, True), ("2020-08", False, True), ("2020", False, True), ("--05-12", False, False)],
)
def test_a_year_or_a_month_of_death_is_its_last_day(died: str, in_may: bool, in_the_year: bool) -> None:
    otto = ("name: Otto Old", f'died: "{died}"')
    assert lets_through(otto, "died:2020-05-01..2020-05-31") is in_may
    assert lets_through(otto, "died:2020-01-01..2020-12-31") is in_the_year


@pytest.mark.parametrize("term", ["last:2026", "last:..2025", "created:2026..", "-due:..2027", "met:2025..2026"])
def test_a_bare_year_is_no_number_of_days(term: str) -> None:
    with pytest.raises(Usage, match="is a year or days; write it like "):
        understood(term)


# --- ranges --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("term", "holds"),
    [
        ("last:2026-10-20", True), ("last:..2026-10-20", True), ("last:..2026-10-19", False), ("last:2026-10-20..", True),
        ("last:2026-10-21..", False), ("last:2026-10-01..2026-10-31", True), ("last:2026-10-31..2026-10-01", True), ("last:..", True),
        ("last:..yesterday", True), ("last:today..", False), ("last:32d..", True), ("last:31d..", False), ("last:..32d", True),
        ("last:..33d", False), ("last:5w..1w", True), ("last:1w..5w", True), ("last:4000w..", True), ("last:..4000w", False),
        ("last:>2026-10-19", True), ("last:>2026-10-20", False), ("last:>=2026-10-20", True), ("last<2026-10-21", True),
        ("last<2026-10-20", False), ("last<=2026-10-20", True), ("last>1m", False), ("last>2m", True), ("-last:..2026-10-19", True),
    ],
)  # fmt: skip
def test_a_range_of_past_days_includes_both_ends_and_counts_spans_backwards(term: str, holds: bool) -> None:
    assert lets_through(ADA, term) is holds  # last in touch on 20 October


@pytest.mark.parametrize(
    ("term", "holds"),
    [
        ("due:2026-12-02", True), ("due:..2026-12-02", True), ("due:..2026-12-01", False), ("due:..11d", True), ("due:..10d", False),
        ("due:..0d", False), ("due:0..", True), ("due:..2w", True), ("due:1w..2w", True), ("due:today..", True), ("due:..fri", False),
        ("due:-1w..2w", True), ("due<2026-12-03", True), ("due>11d", False), ("due:4000w..", False), ("due:..4000w", True),
        ("next:2026-12-01", False), ("next:2026-12-10", True), ("next_contact:..2w", True), ("snooze:2027-01-01..", True),
    ],
)  # fmt: skip
def test_a_range_of_days_to_come_counts_spans_forwards(term: str, holds: bool) -> None:
    lines = (
        "name: Bob",
        "cadence: monthly",
        "next_contact: 2026-12-02",
        "snooze_until: 2027-01-11",
        "- 2026-11-10 call",
        "- 2025-01-10 call",
    )
    assert lets_through(lines, term) is holds


@pytest.mark.parametrize(
    ("term", "holds"),
    [
        ("ratio:2", True), ("ratio:2.0..", True), ("ratio:..2", True), ("ratio:1.5..2.5", True), ("ratio:2.01..", False),
        ("ratio>2", False),
        ("ratio>=2", True), ("ratio:<3", True), ("-ratio:1.5..", False), ("score:12", True), ("freshness:..30", True),
        ("freshness:26..", False),
        ("interactions:2", True), ("interactions:3..", False),
    ],
)  # fmt: skip
def test_a_range_of_numbers_includes_both_ends(term: str, holds: bool) -> None:
    lines = ("name: Ada", "tier: A", "cadence: 10 days", "- 2026-11-01 call", "- 2025-11-01 call")
    assert lets_through(lines, term, today=date(2026, 11, 21)) is holds


@pytest.mark.parametrize("term", ["last:..2030-01-01", "ratio:0..", "freshness:..100", "due:..9999-12-31", "met:..2030-01-01", "score<9"])
def test_who_has_no_such_day_or_number_is_in_no_range(term: str) -> None:
    assert not lets_through(("name: Nobody",), term)
    assert lets_through(("name: Nobody",), f"-{term}")


@pytest.mark.parametrize("term", ["created:..2026-09-14", "met:2026-09-14..", "created:10w..", "met:..1w"])
def test_the_day_somebody_came_is_a_range_too(term: str) -> None:
    assert lets_through(ADA, term)


@pytest.mark.parametrize(
    ("term", "right"),
    [
        ("last:soon", '"soon" is no day'),
        ("last:..20/11/2026", '"20/11/2026" is no day'),
        ("last:2026-02-30..", '"2026-02-30" is no day'),
        ("due:..x", '"x" is no day'),
        ("due:..9999999w", '"9999999w" is no day'),
        ("due<never", '"never" is no day'),
        ("last:²d..", '"²d" is no day'),
        ("ratio:high", '"high" is not a number'),
        ("ratio:1,5..", '"1,5" is not a number'),
        ("score:..x", '"x" is not a number'),
        ("interactions:1..b", '"b" is not a number'),
    ],
)
def test_a_range_that_is_not_understood_says_what_to_write(term: str, right: str) -> None:
    with pytest.raises(Usage) as refused:
        understood(term)
    assert str(refused.value).startswith(f'filter "{term}": {right}')
    assert "write it like" in str(refused.value)


# --- one text ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("tag:person", ["tag:person"]),
        ("tier:A -tag:family  near:porto", ["tier:A", "-tag:family", "near:porto"]),
        ('company:"Acme Ltd" coi:yes', ["company:Acme Ltd", "coi:yes"]),
        ('"Ada King" tier:A', ["Ada King", "tier:A"]),
        ("", []),
        ("   ", []),
    ],
)
def test_a_filter_in_one_text_is_split_at_blanks_outside_quotes(text: str, terms: list[str]) -> None:
    assert split(text) == terms


@LAW
@given(
    st.lists(
        st.builds(
            "{}{}{}{}".format,
            st.sampled_from(["", "-"]),
            st.sampled_from(["tier", "last", "due", "ratio", "has", "near", "city", "company", "x y", "", "é", "name", "score"]),
            st.sampled_from([":", "=", "<", ">=", ""]),
            st.text(alphabet=st.sampled_from("0123456789²-.*,|<>=\"' dwmyab()[]\\+?"), max_size=8),
        )
        | st.text(max_size=12),
        max_size=3,
    )
)
def test_any_words_are_a_filter_or_refused_as_usage(terms: list[str]) -> None:
    try:
        found = understood(*terms)
    except Usage as refused:
        assert str(refused).startswith("filter ")  # noqa: PT017 - both ends are right
        return
    one = contact(*ADA)
    assert found.holds(Person(one, standing(one), 2)) in (True, False)


@LAW
@given(st.sampled_from(["tier:A", "last:..1w", "has:email", "near:porto", "ratio:1..", "city:lisbon", "x:y"]))
def test_a_minus_turns_a_filter_round(term: str) -> None:
    assert set(those(term)) ^ set(those(f"-{term}")) == set("ABI")
