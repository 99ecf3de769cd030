"""`ptcrm near` and `ptcrm trip`: who is there, whose meals they are, and how they are written down."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaintextcrm.core import going
from plaintextcrm.core.going import Journey, Trip, acquainted, in_common, lives_in, top_ten, trip
from plaintextcrm.core.model import Contact
from plaintextcrm.core.reports.network import Network
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import facts_of
from tests.inside import Said, inside
from tests.make import TODAY, contact, environment, parsed, ptcrm, vault

PLACES = Settings(places=(("Porto", ("Oporto", "Vila Nova de Gaia")),))
FIRST, LAST = date(2026, 12, 2), date(2026, 12, 4)
EXAMPLE = Path(__file__).parent.parent / "example-vault"


def network(*people: Contact, given: Settings = PLACES) -> Network:
    """Everybody on 21 November 2026."""
    return Network([(one, facts_of(one, given.kind_table)) for one in people], given, TODAY)


def there(id: str, *lines: str) -> Contact:
    """Somebody in Porto."""
    return contact("location: Porto", *lines, id=id)


def meals(*people: Contact, count: int = 9, first: date = FIRST, last: date = LAST) -> Trip:
    """The journey to Porto."""
    return trip(network(*people), Journey("Porto", first, last, min(count, 2 * ((last - first).days + 1))))


def seats(found: Trip) -> list[tuple[str, str, list[str]]]:
    """(day, meal, ids) of each table."""
    return [(table.on.isoformat()[5:], table.kind, [one.id for one in table.guests]) for table in found.tables]


def guests(found: Trip) -> list[str]:
    """Who sits at a table, by day."""
    return [one.id for table in found.tables for one in table.guests]


# --- who is there --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("location", "place", "is_there"),
    [
        ("Porto", "porto", True), ("Greater Porto", "Porto", True), ("Oporto", "porto", True), ("Vila Nova de Gaia", "oporto", True),
        ("Porto", "Lisbon", False), ("Évora", "evora", True), ("Lisbon", "porto, lisbon", True), ("", "Porto", False),
    ],
)  # fmt: skip
def test_a_place_is_the_location_or_one_of_its_other_names_without_accents(location: str, place: str, is_there: bool) -> None:
    people = network(contact(f'location: "{location}"'))
    assert lives_in(place, people)(people.everybody[0]) is is_there


def test_a_town_with_its_country_is_one_place_where_somebody_lives_there() -> None:
    people = network(*(contact(f'location: "{town}"', id=town[:5]) for town in ("Porto, Portugal", "Lisbon, Portugal", "Madrid")))
    assert [one.id for one in people.everybody if lives_in("Porto, Portugal", people)(one)] == ["Porto"]
    assert [one.id for one in people.everybody if lives_in("porto, madrid", people)(one)] == ["Porto", "Madri"]
    assert [one.id for one in people.everybody if lives_in("Madrid, Spain", people)(one)] == ["Madri"]


def test_near_is_by_score_without_those_who_are_gone() -> None:
    people = network(
        there("fresh", "tier: A", "- 2026-11-20 call"), there("none"), there("due", "tier: A", "- 2026-09-20 call"),
        there("gone", "tier: A", "status: archived", "- 2026-01-01 call"), contact("location: Lisbon", "tier: A", id="elsewhere"),
    )  # fmt: skip
    assert [one.id for one in going.near(people, "porto")] == ["due", "fresh", "none"]


def test_the_top_ten_are_of_the_highest_tier_centres_of_influence_or_the_five_by_weight_strength_and_id() -> None:
    met = tuple(f"- 2026-11-{day} lunch" for day in (10, 12, 14))
    people = network(
        contact("tier: B", id="b"), contact("coi: true", id="coi"), contact("tier: C", "five: next", id="five"),
        contact("tier: A", id="a2"), contact("tier: A", id="a1"), contact("tier: A", *met, id="a-strong"),
        contact("tier: A", "do_not_contact: true", id="peace"),
    )  # fmt: skip
    assert [one.id for one in top_ten(people)] == ["a-strong", "a1", "a2", "coi", "five"]
    assert len(top_ten(network(*(contact("tier: A", id=f"p{number:02}") for number in range(14))))) == 10


# --- whose meals ---------------------------------------------------------------------------------------------------


def test_the_top_ten_come_first_and_of_each_the_longest_unseen_in_person() -> None:
    found = meals(
        there("b-never"), there("b-old", "- 2020-01-01 lunch"), there("a-new", "tier: A", "- 2026-11-01 lunch"),
        there("a-old", "tier: A", "- 2025-11-01 coffee", "- 2026-11-19 call"), there("a-never", "tier: A", "- 2026-11-20 call"),
    )  # fmt: skip
    assert guests(found) == ["a-never", "a-old", "a-new", "b-never", "b-old"]


def test_dinners_are_filled_before_lunches_and_the_days_stand_in_order() -> None:
    people = [there(f"p{number}") for number in range(9)]
    assert seats(meals(*people, count=2)) == [("12-02", "dinner", ["p0"]), ("12-03", "dinner", ["p1"])]
    assert [(day, meal) for day, meal, _ in seats(meals(*people, count=5))] == [
        ("12-02", "lunch"), ("12-02", "dinner"), ("12-03", "lunch"), ("12-03", "dinner"), ("12-04", "dinner"),
    ]  # fmt: skip


def test_who_finds_no_meal_is_named() -> None:
    assert [one.id for one in meals(*(there(f"p{number}") for number in range(5)), count=2).waiting] == ["p2", "p3", "p4"]


def test_two_who_do_not_know_each_other_and_share_a_hobby_share_a_table() -> None:
    found = meals(there("ada", "hobbies: [Weaving, chess]"), there("bob"), there("cleo", "hobbies: [Chess]"), count=1)
    assert seats(found) == [("12-02", "dinner", ["ada", "cleo"])]
    assert found.tables[0].because == "both like chess"
    assert [one.id for one in found.waiting] == ["bob"]


def test_two_who_know_each_other_share_no_table_and_the_next_who_fits_is_asked() -> None:
    people = [there(id, "hobbies: [chess]") for id in ("bob", "cleo")]
    ada = there("ada", "hobbies: [chess]", 'knows: ["[[bob]]"]')
    assert seats(meals(ada, *people, count=1)) == [("12-02", "dinner", ["ada", "cleo"])]
    assert seats(meals(ada, people[0], count=1)) == [("12-02", "dinner", ["ada"])]


def test_whoever_finds_a_meal_of_their_own_shares_none() -> None:
    found = meals(there("ada", "hobbies: [chess]"), there("cleo", "hobbies: [chess]"), count=2)
    assert [ids for _, _, ids in seats(found)] == [["ada"], ["cleo"]]


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        (("needs: [a desk]",), ("needs: [a desk]",), "both need a desk"),
        (("needs: [a desk in Porto]",), ("offers: [desk]",), "Ada needs a desk in Porto, Bob offers it"),
        (("offers: [a desk]",), ("needs: [a desk]",), "Bob needs a desk, Ada offers it"),
        (("hobbies: [chess]",), ("hobbies: [go]",), ""),
        (("needs: [a desk]",), ("needs: [a lawyer]",), ""),
    ],
)
def test_a_need_brings_people_together_too(one: tuple[str, ...], other: tuple[str, ...], words: str) -> None:
    people = network(contact("name: Ada", *one, id="ada"), contact("name: Bob", *other, id="bob"))
    assert in_common(*people.everybody) == words


@pytest.mark.parametrize(
    ("one", "other", "know"),
    [
        ('knows: ["[[bob]]"]', "", True), ("", 'knows: ["[[ada|her]]"]', True), ('referred_by: "[[bob]]"', "", True), ("", "referred_by: Ada", True),
        ("company: Acme", "company: ACME", True), ("company: Acme", "company: Other", False), ("", "", False), ('knows: ["[[cleo]]"]', "", False),
    ],
)  # fmt: skip
def test_people_know_each_other_where_a_file_says_so(one: str, other: str, know: bool) -> None:
    people = network(contact("name: Ada", one, id="ada"), contact("name: Bob", other, id="bob"), contact("name: Cleo", id="cleo"))
    ada, bob, _ = people.everybody
    assert acquainted(ada, bob, people) is know


def test_what_is_planned_there_already_is_one_of_the_meals_and_is_not_planned_again() -> None:
    found = meals(there("ada", "- [ ] 2026-12-02 dinner: Porto"), there("bob"), there("cleo"), count=2)
    assert [(one.id, entry.kind) for one, entry in found.planned] == [("ada", "dinner")]
    assert seats(found) == [("12-03", "dinner", ["bob"])]


def test_a_meal_planned_elsewhere_only_takes_its_time() -> None:
    dinner = contact("location: Lisbon", "- [ ] 2026-12-02 dinner: The choir", id="lisbon")
    found = meals(dinner, there("bob"), count=3)
    assert seats(found) == [("12-03", "dinner", ["bob"])]
    assert [one.id for one, _ in found.planned] == ["lisbon"]


def test_whoever_is_snoozed_or_paused_beyond_the_journey_is_left_in_peace() -> None:
    people = (
        there("later", "snooze_until: 2026-12-24"), there("paused", "paused: true"), there("long", "paused: 2027-01-01"),
        there("before", "snooze_until: 2026-12-01"), there("dead", "status: deceased"),
    )  # fmt: skip
    found = meals(*people)
    assert guests(found) == ["before"]
    assert [one.id for one in found.silent] == ["later", "paused", "long"]


DAY = st.dates(FIRST, LAST + timedelta(days=1)).map(date.isoformat)
LINES = st.one_of(
    st.sampled_from(["tier: A", "tier: C", "coi: true", "paused: true", "hobbies: [chess]", "company: Acme", 'knows: ["[[p1]]"]', "- 2026-01-01 lunch"]),
    DAY.map("- [ ] {} dinner".format), DAY.map("- [ ] {} lunch".format), DAY.map("- [ ] {} coffee".format),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.lists(LINES, max_size=3, unique_by=lambda line: line.split(":")[0])), max_size=9),
    st.integers(1, 6),
)
def test_everybody_there_has_one_place_and_no_meal_two_tables(people: list[tuple[bool, list[str]]], count: int) -> None:
    everybody = [contact(*(["location: Porto"] if lives else []), *lines, id=f"p{number}") for number, (lives, lines) in enumerate(people)]
    found = meals(*everybody, count=count)
    here = {f"p{number}" for number, (lives, _) in enumerate(people) if lives}
    planned = [one.id for one, _ in found.planned if one.id in here]
    places = [*guests(found), *(one.id for one in found.waiting), *(one.id for one in found.silent), *dict.fromkeys(planned)]
    assert sorted(places) == sorted(here)
    slots = [(table.on, table.kind) for table in found.tables]
    assert len(slots) == len(set(slots)) <= count
    assert not set(slots) & {(entry.on, entry.kind) for _, entry in found.planned}
    assert all(FIRST <= day <= LAST for day, _ in slots)
    assert all(len(table.guests) == 1 or not acquainted(*table.guests, network(*everybody)) for table in found.tables)


# --- the commands --------------------------------------------------------------------------------------------------

GIT = "[git]\ncommit = true\n[places]\nPorto = ['Oporto']\n"
FILES: dict[str, str | bytes] = {
    "ada": "---\nname: Ada King\nlocation: Oporto\ntier: A\nhobbies: [chess]\n---\n# Ada\n\n## Interactions\n\n- 2026-01-01 lunch: Soup.\n",
    "bob": b"---\r\nname: Bob Lee\r\nlocation: Porto\r\n---\r\n\r\n## Log\r\n\r\n* 2026-02-01 \xe2\x80\x94 coffee \xe2\x80\x94 Hot.\r\n* 2025-01-01 \xe2\x80\x94 call\r\n",
    "cleo": "---\nname: Cleo\nlocation: Porto\nhobbies: [chess]\n---\n",
    "dan": "---\nname: Dan\nlocation: Lisbon\ntier: A\n---\n",
}
TO_PORTO = ("trip", "porto", "--from", "2026-12-02", "--to", "2026-12-04")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Four people in git, three of them in Porto."""
    folder = vault(tmp_path / "v", FILES, GIT)
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "begin")
    return folder


def git(folder: Path, *words: str) -> str:
    """What git says."""
    own = environment(folder.parent)
    return subprocess.run(["git", "-C", str(folder), *words], env=own, check=True, capture_output=True, encoding="utf-8").stdout


def ran(folder: Path, *words: str, code: int = 0, **more: str) -> Said:
    """What the command says."""
    said = inside(folder, *words, **more)
    assert said.code == code, said
    return said


def contents(folder: Path) -> dict[str, bytes]:
    """The contact files."""
    return {path.name: path.read_bytes() for path in sorted((folder / "contacts").iterdir())}


def test_near_prints_every_format_and_takes_a_filter(small: Path) -> None:
    assert ran(small, "near", "porto", "--format", "ids").out.split() == ["ada", "bob", "cleo"]
    assert ran(small, "near", "oporto", "-tier:A", "--format", "ids").out.split() == ["bob", "cleo"]
    found = json.loads(ran(small, "near", "porto", "--json").out)
    assert (found["schema"], [row["location"] for row in found["rows"]]) == ("ptcrm.near/1", ["Oporto", "Porto", "Porto"])
    assert [row["id"] for row in csv.DictReader(io.StringIO(ran(small, "near", "porto", "--format", "csv").out))] == ["ada", "bob", "cleo"]
    assert len(ran(small, "near", "porto", "--format", "md").out.splitlines()) == 5
    assert len(ran(small, "near", "porto").out.splitlines()) == 3
    assert "last time, lunch: Soup." in ran(small, "near", "porto", "--format", "table").out


def test_near_nobody_says_what_may_help(small: Path) -> None:
    assert "Other spellings of a place go into [places] of ptcrm.toml." in " ".join(
        ran(small, "near", "faro", "--format", "table").out.split()
    )
    assert "whom the filter lets through" in ran(small, "near", "porto", "tier:Z", "--format", "table").out
    assert ran(small, "near", "faro").out == ""
    assert "a place is needed" in ran(small, "near", " , ", code=2).err


@pytest.mark.parametrize("place", ["a:b", '"Porto', "//", "*", "-porto", "(", "\x1b[2J", "a" * 5000])
def test_any_text_may_be_a_place(small: Path, place: str) -> None:
    assert "\x1b" not in ran(small, "near", "--format", "table", "--", place).out


def test_trip_shows_tables_who_is_left_and_the_command_that_writes_them(small: Path) -> None:
    lines = ran(small, *TO_PORTO, "--meals", "1", "--format", "table").out.splitlines()
    assert lines[0] == "Porto, Wed 2 Dec to Fri 4 Dec"
    at = lines.index("Wed 2 Dec, dinner")
    assert [line.strip() for line in lines[at + 1 : at + 4]] == [
        "1  Ada King · not seen in person for 10 months", "2  Cleo · not met in person yet", "both like chess",
    ]  # fmt: skip
    assert "No meal is left for: Bob Lee." in lines
    assert lines[-1].strip() == "ptcrm trip Porto --from 2026-12-02 --to 2026-12-04 --meals 1 --write"


def test_trip_prints_every_format_with_a_row_for_everybody_there(small: Path) -> None:
    found = json.loads(ran(small, *TO_PORTO, "--meals", "1", "--json").out)
    assert found["schema"] == "ptcrm.trip/1"
    assert [(row["id"], row["day"], row["meal"], row["with"]) for row in found["rows"]] == [
        ("ada", "2026-12-02", "dinner", ["cleo"]), ("cleo", "2026-12-02", "dinner", ["ada"]), ("bob", None, None, []),
    ]  # fmt: skip
    for format_ in ("plain", "ids", "csv", "md"):
        shown = ran(small, *TO_PORTO, "--meals", "1", "--format", format_).out
        assert [id in shown for id in ("ada", "bob", "cleo", "dan")] == [True, True, True, False], format_


def test_write_is_one_commit_of_planned_entries_and_undo_gives_every_byte_back(small: Path) -> None:
    before = contents(small)
    said = ran(small, *TO_PORTO, "--meals", "2", "--write").out
    assert said == "planned: Wed 2 Dec dinner with Ada King; Thu 3 Dec dinner with Cleo · ptcrm undo\n"
    after = contents(small)
    assert {name for name in after if after[name] != before[name]} == {"ada.md", "cleo.md"}
    assert "- [ ] 2026-12-02 dinner: Porto\n" in after["ada.md"].decode()
    assert "- [ ] 2026-12-03 dinner: Porto\n" in after["cleo.md"].decode()
    assert git(small, "log", "--format=%s", "-1") == "trip: Porto, 2026-12-02 to 2026-12-04, 2 meals\n"
    assert git(small, "rev-list", "--count", "HEAD").strip() == "2"
    assert git(small, "status", "--porcelain") == ""
    ran(small, "undo")
    assert contents(small) == before


def test_a_shared_table_is_one_occasion_with_a_block_id_and_links_in_each_file(small: Path) -> None:
    ran(small, *TO_PORTO, "--meals", "1", "--write")
    entries = [parsed((small / "contacts" / f"{id}.md").read_bytes()).contact.interactions[-1] for id in ("ada", "cleo")]
    assert [(entry.on.isoformat(), entry.kind, entry.box) for entry in entries] == [("2026-12-02", "dinner", " ")] * 2
    assert [entry.text for entry in entries] == ["Porto (with [[cleo]])", "Porto (with [[ada]])"]
    assert entries[0].block_id == entries[1].block_id
    assert entries[0].block_id is not None
    assert len(entries[0].block_id) == 6


def test_lines_go_where_each_log_has_its_newest_in_its_own_style(small: Path) -> None:
    ran(small, *TO_PORTO, "--meals", "3", "--write")
    assert contents(small)["bob.md"].split(b"## Log\r\n\r\n")[1].startswith(b"* [ ] 2026-12-")
    assert b"dinner \xe2\x80\x94 Porto\r\n" in contents(small)["bob.md"]


def test_the_same_journey_again_writes_nothing_and_a_plan_is_no_contact(small: Path) -> None:
    ran(small, *TO_PORTO, "--meals", "2", "--write")
    written = contents(small)
    assert ran(small, *TO_PORTO, "--meals", "2", "--write").out == "nothing to plan: every meal is planned already\n"
    assert contents(small) == written
    assert json.loads(ran(small, "show", "cleo", "--json").out)["rows"][0]["last"] is None
    assert "Planned already" in ran(small, *TO_PORTO, "--meals", "2", "--format", "table").out


def test_a_dry_run_prints_the_diff_and_writes_nothing(small: Path) -> None:
    before = contents(small)
    for words in (("--write", "-n"), ("-n",)):
        out = ran(small, *TO_PORTO, "--meals", "1", *words).out
        assert "+- [ ] 2026-12-02 dinner: Porto" in out
    assert contents(small) == before
    assert git(small, "rev-list", "--count", "HEAD").strip() == "1"


def test_where_one_file_cannot_be_written_none_is(small: Path) -> None:
    path = small / "contacts" / "cleo.md"
    path.write_text(path.read_text() + "\n<<<<<<< ours\n=======\n>>>>>>> theirs\n")
    before = contents(small)
    assert "conflict markers" in ran(small, *TO_PORTO, "--meals", "3", "--write", code=5).err
    assert contents(small) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--from", "2026-12-04", "--to", "2026-12-02"), "is before --from"), (("--from", "2026-11-20", "--to", "2026-12-02"), "is before today"),
        (("--from", "2026-12-02", "--to", "2026-12-02", "--meals", "3"), "1 day has 2, a lunch and a dinner each"),
        (("--from", "2026-12-02", "--to", "2026-12-02", "--meals", "0"), "0"), (("--from", "2026-12-02", "--to", "2028-12-02"), "a year at most"),
        (("--from", "someday", "--to", "2026-12-02"), "someday"), (("--from", "2026-12-02", "--to", "2026-12-02", "--write", "--json"), "leave --format away"),
    ],
)  # fmt: skip
def test_a_journey_that_is_not_understood_is_2_and_says_what_would_be_right(small: Path, words: tuple[str, ...], said: str) -> None:
    assert said in ran(small, "trip", "porto", *words, code=2).err


@pytest.mark.parametrize("day", range(17, 24))
def test_from_and_to_as_weekdays_are_one_journey_on_every_day_of_the_week(small: Path, day: int) -> None:
    given = ("trip", "porto", "--from", "wed", "--to", "fri", "--json")
    found = json.loads(inside(small, *given, today=f"2026-11-{day}").out)["rows"]
    wednesday = "2026-11-18" if day == 17 else "2026-11-25"
    days = {row["day"] for row in found if row["day"]}
    assert days
    assert min(days) >= wednesday
    assert max(days) <= (date.fromisoformat(wednesday) + timedelta(2)).isoformat()


def test_an_empty_vault_and_a_place_where_nobody_lives_have_no_journey(small: Path, tmp_path: Path) -> None:
    empty = vault(tmp_path / "empty", {})
    for folder in (empty, small):
        words = ("trip", "Faro", "--from", "2026-12-02", "--to", "2026-12-04")
        assert "Nobody's location is Faro" in ran(folder, *words, "--format", "table").out
        assert ran(folder, *words).out == ""
        assert ran(folder, *words, "--write").out == "nothing to plan: nobody to meet in Faro\n"
    assert ran(empty, "near", "Faro").out == ""


def test_a_place_with_marks_of_markdown_is_read_back_as_it_is_typed_or_nothing_is_written(small: Path) -> None:
    for place in ("Porto, <!--", "Porto, %%", "Porto, ```", "Porto, ^abc123", "Porto, [minutes:: 5]", "Porto, # x", "Porto, [[ada]]"):
        before = contents(small)
        said = inside(small, "trip", place, "--from", "2026-12-02", "--to", "2026-12-02", "--meals", "1", "--write")
        found = parsed(contents(small)["ada.md"]).contact.interactions
        if said.code == 0:
            assert [entry.text for entry in found if entry.box] == [f"{place} (with [[cleo]])"]
            assert len(found) == 2
            ran(small, "undo")
        assert said.code in (0, 2), said
        assert contents(small) == before, place


def test_hostile_names_never_steer_the_terminal(tmp_path: Path) -> None:
    evil = '---\nname: "E\\e[31mve\\u202e\\u0007"\nlocation: "Porto\\e[2J\\u2066"\nhobbies: ["chess\\e[1m"]\n---\n'
    folder = vault(tmp_path / "v", {"eve": evil, "eva": evil})
    for words in (("near", "porto"), (*TO_PORTO, "--meals", "1")):
        for format_ in ("table", "plain", "csv", "md", "json"):
            out = ran(folder, *words, "--format", format_).out
            assert not any(char in out for char in "\x1b\x07\u202e\u2066"), (words, format_)


def test_the_example_vault_fits_80_columns_in_a_process_of_its_own(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "v")
    for words in (("near", "porto", "--format", "table"), (*TO_PORTO, "--meals", "3", "--format", "table")):
        said = ptcrm(tmp_path / "v", *words)
        assert (said.code, said.err) == (0, "")
        assert max(map(len, said.out.splitlines())) <= 80
        assert "Yuki Aalto" in said.out
