"""`tidy`: what a vault wants cleansed, rule by rule."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaintextcrm.core.dates import parse_cadence
from plaintextcrm.core.model import NEVER
from plaintextcrm.core.reports.doubles import _share_an_end, is_near
from plaintextcrm.core.settings import Settings, Tier
from tests.make import contact, parsed, ptcrm, vault
from tests.reports.people import ids, row, told

LAW = settings(deadline=None, database=None, derandomize=True)
LOST, UNSORTED, SILENT, TWICE, GAPS, ASTRAY = range(1, 7)


# --- no way to reach them ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["email: a@b.example", "phone: '1'", "address: Here", "linkedin: in/ada"])
def test_any_way_will_do(key):
    assert ids(told("tidy", contact(key))) == []


@pytest.mark.parametrize("key", ["website: https://a.example", "location: Porto", "prefers: a call", "email:"])
def test_a_website_or_a_place_is_no_way_to_reach_somebody(key):
    assert ids(told("tidy", contact(key))) == ["ada"]


def test_those_who_weigh_most_and_then_those_met_most_stand_first():
    many = contact("- 2026-01-01 call", "- 2026-01-02 call", id="many")
    assert ids(told("tidy", contact(id="few"), many, contact("tier: A", id="weighty"))) == ["weighty", "many", "few"]


def test_who_knows_them_is_told_the_latest_contact_first_and_nobody_who_is_gone():
    alma = contact("name: Alma", 'knows: ["[[yuki]]"]', id="alma")
    yuki = contact("name: Yuki", "email: y@x.example", "- 2026-01-01 call", id="yuki")
    priya = contact("name: Priya", "email: p@x.example", 'knows: ["[[alma]]"]', "- 2026-02-01 call", id="priya")
    gone = contact("name: Gone", "status: archived", 'knows: ["[[alma]]"]', "- 2026-03-01 call", id="gone")
    stranger = contact("name: Stranger", "email: s@x.example", 'knows: ["[[alma]]"]', id="stranger")
    assert row(told("tidy", alma, yuki, priya, gone, stranger), "alma")["through"] == ("Priya", "Yuki")


# --- no tier -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["tier: a", "tier: C", "cadence: yearly"])
def test_a_tier_or_a_cadence_of_ones_own_is_sorted(key):
    assert ids(told("tidy", contact(key)), UNSORTED) == []


def test_a_tier_that_the_settings_do_not_know_is_none_and_is_shown():
    assert row(told("tidy", contact("tier: Z")), "ada", UNSORTED)["tier"] == "Z"


def test_those_with_most_entries_are_sorted_first_and_plans_are_no_entries():
    busy = contact("- 2026-01-01 note: One", "- 2026-01-02 note: Two", "- 2027-01-01 call", id="busy")
    found = told("tidy", contact("- 2026-01-01 call", id="calm"), busy)
    assert ids(found, UNSORTED) == ["busy", "calm"]
    assert row(found, "busy", UNSORTED)["entries"] == 2


def test_the_command_fits_the_default_cadence():
    assert "ptcrm triage new" in [step.command for step in told("tidy", contact("email: a@b.example")).steps]
    yearly = parse_cadence("yearly")
    found = told("tidy", contact("email: a@b.example"), settings=Settings(default_cadence=yearly or NEVER))
    assert "ptcrm set ada tier=C" in [step.command for step in found.steps]


# --- two years without contact -------------------------------------------------------------------------------------


def test_two_years_to_the_day_are_two_years():
    assert ids(told("tidy", contact("- 2024-11-21 call"), contact("- 2024-11-22 call", id="bob")), SILENT) == ["ada"]


def test_who_was_never_in_touch_is_counted_from_the_day_they_were_met_or_put_on_file():
    people = [
        contact("met: 2020-01-01", id="met"),
        contact("created: 2021-01-01", id="filed"),
        contact("created: 2026-01-01", id="new"),
        contact(id="any"),
    ]
    found = told("tidy", *people)
    assert ids(found, SILENT) == ["filed", "met"]
    assert "Two were never in touch" in found.tables[SILENT - 1].sentence


def test_a_note_is_no_contact():
    assert ids(told("tidy", contact("- 2020-01-01 call", "- 2026-11-01 note: Saw him in the paper")), SILENT) == ["ada"]


@pytest.mark.parametrize("key", ["paused: true", "snooze_until: 2027-01-01", "status: archived", "do_not_contact: true", "died: 2025"])
def test_whoever_rests_or_is_gone_is_let_be(key):
    assert ids(told("tidy", contact(key, "- 2020-01-01 call")), SILENT) == []


# --- perhaps there twice -------------------------------------------------------------------------------------------


def pairs(*people, **more):
    """(id, the other's id, why) of each pair."""
    table = told("tidy", *people, **more).tables[TWICE - 1]
    return [(line["id"], line["other_id"], line["why"]) for line in table.rows]


def test_the_same_name_whatever_case_and_accents():
    assert pairs(contact("name: Inês Paredes", id="a"), contact("name: ines  PAREDES", id="b")) == [("a", "b", ("the same name",))]


def test_the_same_email_whatever_case():
    one, other = (
        contact("name: Ada", "email: [x@y.example, ADA@b.example]", id="a"),
        contact("name: Augusta", "email: ada@B.example", id="b"),
    )
    assert pairs(one, other) == [("a", "b", ("e-mail ada@b.example",))]


@pytest.mark.parametrize("other", ["00351 555 010 101", "351-555-010-101", "555 010 101", "(0)555.010.101"])
def test_the_same_phone_however_it_is_written(other):
    assert pairs(contact("name: Ada", 'phone: "+351 555 010 101"', id="a"), contact("name: Bob", f'phone: "{other}"', id="b")) == [
        ("a", "b", ("the same phone",))
    ]


def test_a_short_number_is_an_extension_and_says_nothing():
    assert pairs(contact("name: Ada", 'phone: "1234"', id="a"), contact("name: Bob", 'phone: "1234"', id="b")) == []


@pytest.mark.parametrize("line", ["email: info@firm.example", 'phone: "+351 555 010 100"'])
def test_what_four_share_is_an_office_and_three_are_perhaps_one(line):
    people = [contact(f"name: Person {number}", line, id=f"p{number}") for number in range(4)]
    assert pairs(*people) == []
    assert [(keep, other) for keep, other, _ in pairs(*people[:3])] == [("p0", "p1"), ("p0", "p2")]


def test_the_name_of_one_is_an_alias_of_the_other():
    one, other = contact("name: Wilhelmina Brandt", "aliases: [Mina Brandt]", id="a"), contact("name: Mina Brandt", id="b")
    assert pairs(one, other) == [("a", "b", ('the alias "Mina Brandt"',))]


def test_a_name_turned_round():
    assert pairs(contact("name: Ada King", id="a"), contact('name: "King, Ada"', id="b")) == [("a", "b", ("the name turned round",))]


@pytest.mark.parametrize("other", ["Ada Kinge", "Ada Kng", "Ada Kong", "Ada Knig"])
def test_nearly_the_same_name_in_one_company(other):
    one = contact("name: Ada King", "company: Babbage Mutual", id="a")
    assert pairs(one, contact(f"name: {other}", "company: babbage mutual", id="b")) == [
        ("a", "b", ("nearly the same name, in one company",))
    ]
    assert pairs(one, contact(f"name: {other}", "company: Another", id="b")) == []


def test_an_initial_beside_the_only_name_it_may_stand_for():
    ada, short = contact("name: Ada King", "company: Babbage", id="a"), contact("name: A. King", "company: Babbage", id="b")
    assert pairs(ada, short) == [("a", "b", ("the initial, in one company",))]
    assert pairs(ada, short, contact("name: Alan King", "company: Babbage", id="c")) == []


def test_reasons_add_up_and_those_with_most_stand_first():
    one = contact("name: Ada King", "email: ada@x.example", id="a")
    again = contact("name: ada king", "email: ada@x.example", id="b")
    found = pairs(contact("name: Bob", id="c"), contact("name: Bob", id="d"), one, again)
    assert found == [("a", "b", ("the same name", "e-mail ada@x.example")), ("c", "d", ("the same name",))]


def test_the_one_with_more_entries_is_kept_then_the_older_then_the_shorter_id():
    def kept(one, other):
        return pairs(contact("name: Ada", *one, id="zz"), contact("name: Ada", *other, id="a"))[0][0]

    assert kept(["- 2026-01-01 call"], []) == "zz"
    assert kept(["created: 2020-01-01"], ["created: 2021-01-01"]) == "zz"
    assert kept([], []) == "a"


def test_the_command_joins_them():
    found = told("tidy", contact("name: Ada", id="ada"), contact("name: Ada", id="Ada K"))
    assert row(found, "ada", TWICE)["command"] == "ptcrm merge 'Ada K' ada"
    assert "ptcrm merge 'Ada K' ada -n" in [step.command for step in found.steps]


@pytest.mark.parametrize(("other", "keep"), [("-yy", "-x"), ("yyy", "-x"), ("-yy", "x")])
def test_the_command_that_joins_ids_that_look_like_options_runs_as_typed(tmp_path, other, keep):
    found = told("tidy", contact("name: Ada", id=keep), contact("name: Ada", id=other))
    assert row(found, keep, TWICE)["command"] == f"ptcrm merge -- {other} {keep}"
    first = next(step.command for step in found.steps if "merge" in step.command)
    assert first == f"ptcrm merge -n -- {other} {keep}"
    root = vault(tmp_path / "v", {other: "# Ada\n", keep: "# Ada\n"})
    for command in (first, f"ptcrm merge -- {other} {keep}"):
        ran = ptcrm(root, *shlex.split(command)[1:])
        assert ran.code == 0, ran


def test_who_names_the_other_is_somebody_else():
    husband = contact("name: Ada King", "email: home@x.example", id="a")
    wife = contact("name: Ben King", "email: home@x.example", 'knows: ["[[a]]"]', id="b")
    assert pairs(husband, wife) == []


def test_who_is_gone_is_not_joined_to_anybody():
    assert pairs(contact("name: Ada", id="a"), contact("name: Ada", "status: deceased", id="b")) == []


def test_one_of_two_asked_about_is_compared_with_everybody():
    people = [contact("name: Ada", id="a"), contact("name: Ada", id="b"), contact("name: Bob", id="c"), contact("name: Bob", id="d")]
    assert [(keep, other) for keep, other, _ in pairs(*people, asked=["b"])] == [("a", "b")]


@pytest.mark.parametrize(("one", "other", "near"), [
    ("abcde", "abcde", True), ("abcde", "abde", True), ("abcde", "abxde", True), ("abcde", "abdce", True), ("abcde", "abcdef", True),
    ("abcde", "acbed", False), ("abcde", "bcdef", False), ("abcde", "abc", False), ("", "ab", False),
])  # fmt: skip
def test_near_is_one_slip(one, other, near):
    assert is_near(one, other) is is_near(other, one) is near


@LAW
@given(st.text("ab", min_size=5, max_size=8), st.integers(0, 8), st.integers(0, 1), st.sampled_from(["", "x", "a", "swap"]))
def test_near_names_have_two_letters_at_an_end_in_common(name, at, cut, slip):
    put = name[at : at + 2][::-1] if slip == "swap" else slip
    other = name[:at] + put + name[at + (2 if slip == "swap" else cut) :]
    if len(other) >= 5 and is_near(name, other):
        assert _share_an_end([name, other])


# --- gaps in the highest tier --------------------------------------------------------------------------------------

WHOLE = (
    "email: a@b.example",
    "birthday: 1980",
    "location: Porto",
    "why: She counts",
    "met_at: a train",
    "family: Bob",
    "hobbies: chess",
    "needs: rest",
)


def test_a_whole_file_of_the_highest_tier_has_no_gaps():
    assert ids(told("tidy", contact("tier: A", *WHOLE)), GAPS) == []


@pytest.mark.parametrize(
    ("place", "words"), [*enumerate(["e-mail or phone", "birthday", "place", "why", "how we met", "family", "hobbies", "needs"])]
)
def test_each_gap_is_named(place, words):
    lines = WHOLE[:place] + WHOLE[place + 1 :]
    assert row(told("tidy", contact("tier: A", *lines)), "ada", GAPS)["missing"] == (words,)


def test_only_the_highest_tier_is_asked_for_more():
    settings = Settings(tiers=(Tier("Gold", NEVER, 9), Tier("A", NEVER, 1)))
    assert ids(told("tidy", contact("tier: A"), contact("tier: gold", id="bob"), settings=settings), GAPS) == ["bob"]


def test_one_file_is_the_one_file():
    found = told("tidy", contact("name: Ada", "tier: A", *WHOLE[:-1]))
    assert found.tables[GAPS - 1].sentence == "The one file of the highest tier has gaps; most often: needs (1)."


def test_what_is_missing_most_often_is_said():
    found = told("tidy", contact("tier: A", *WHOLE[:-1]), contact("tier: A", *WHOLE[:-2], id="bob"))
    assert found.tables[GAPS - 1].sentence == "2 of 2 files of the highest tier have gaps; most often: needs (2)."


# --- links that lead to nobody -------------------------------------------------------------------------------------


def links(*lines, **more):
    """(link, where) of each link astray in Ada's file, beside a Bob Lee who is also called Bobby."""
    bob = contact("name: Bob Lee", "aliases: [Bobby]", id="work/bob-lee")
    return [(line["link"], line["where"]) for line in told("tidy", contact(*lines, **more), bob).tables[ASTRAY - 1].rows]


@pytest.mark.parametrize("link", ["bob-lee", "work/bob-lee", "Bob Lee", "bobby", "bob-lee|my friend", "BOB LEE#notes"])
def test_a_link_may_be_a_slug_an_id_a_name_or_an_alias(link):
    assert links(f'knows: ["[[{link}]]"]', f"- 2026-01-01 call: With [[{link}]]") == []


def test_a_link_astray_is_told_with_its_place():
    assert links('knows: ["[[bob-leee]]"]') == [("[[bob-leee]]", "knows")]
    assert links("- 2026-01-01 call: With [[Cleo|her]] and [[bob-lee]]") == [("[[Cleo]]", "2026-01-01")]
    assert links("- 2026-01-01 call", "  - and [[Cleo]] came too") == [("[[Cleo]]", "2026-01-01")]


def test_a_link_that_a_field_stood_in_is_one():
    assert links("- 2026-01-01 call: x [(with:: her)[Cleo]]") == [("[[Cleo]]", "2026-01-01")]
    assert links("- 2026-01-01 call: x [[Bob Lee[with:: her]y]]") == [("[[Bob Leey]]", "2026-01-01")]


def test_a_link_is_told_once_a_file_where_it_first_stands():
    assert links('knows: ["[[Cleo]]"]', "- 2026-01-01 call: [[cleo]]", "  - [ ] Ask [[Cleo]]") == [("[[Cleo]]", "knows")]
    one, other = contact("knows: '[[Cleo]]'", id="a"), contact("knows: '[[Cleo]]'", id="b")
    assert ids(told("tidy", one, other), ASTRAY) == ["a", "b"]


def test_an_open_follow_up_of_the_body_is_looked_at_too():
    ada = parsed("---\nname: Ada\n---\n\n- [ ] Ask [[Cleo]]\n- [x] Asked [[Dora]]\n").contact
    assert [(line["link"], line["where"]) for line in told("tidy", ada).tables[ASTRAY - 1].rows] == [("[[Cleo]]", "follow-up")]


@LAW
@given(st.lists(st.sampled_from(
    ["[[Cleo]]", "[[bob-lee]]", "[[Bob", "[", "]", "]]", "(with:: b)", "[with:: b]", "[to:: [[Dora]]]", " ", "|", "#", "Ada", "\n  "]
)))  # fmt: skip
def test_a_link_is_found_in_a_log_wherever_fields_stand(pieces):
    ada = contact(f"- 2026-01-01 call: x{''.join(pieces)}")
    bob = contact("name: Bob Lee", id="work/bob-lee")
    assert told("tidy", ada, bob) == told("tidy", ada._replace(interactions=tuple(ada.interactions)), bob)


@pytest.mark.parametrize("link", ["2026-01-01", "daily/2026-01-01", "photo.JPG", "files/plan.pdf"])
def test_a_day_or_a_picture_is_no_person(link):
    assert links(f"- 2026-01-01 call: See [[{link}]]") == []


def test_a_link_to_somebody_archived_leads_to_somebody():
    found = told("tidy", contact('knows: ["[[bob]]"]'), contact("status: archived", 'knows: ["[[nobody]]"]', id="bob"))
    assert ids(found, ASTRAY) == []


# --- in all --------------------------------------------------------------------------------------------------------


def test_nothing_to_tidy_is_said_in_so_many_words():
    found = told("tidy", contact("tier: B", "email: a@b.example", "- 2026-11-01 call"))
    assert found.sentences == ("Among 1 person there is nothing to tidy: all can be reached, are in a tier, and nobody is there twice.",)
    assert [step.command for step in found.steps] == ["ptcrm check"]


def test_what_there_is_to_do_is_counted():
    found = told(
        "tidy", contact("name: Ada", "- 2020-01-01 call", id="a"), contact("name: Ada", "tier: A", *WHOLE[:-1], "knows: '[[Cleo]]'", id="b")
    )
    assert found.sentences == (
        "Among 2 people who may be turned to: 1 with no way to reach them, 1 with no tier, 1 with no word for two years, "
        "1 pair that may be one person, gaps in 1 file of the highest tier and 1 link that leads to nobody.",
    )
