"""What is kept of people for the reports of a site: a report of sketches says what one of the people themselves says."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from plaintextcrm.core import contact
from plaintextcrm.core.model import Contact
from plaintextcrm.core.reports import REPORTS, function, report
from plaintextcrm.core.reports.network import Member, Network
from plaintextcrm.core.reports.shapes import Report
from plaintextcrm.core.reports.sketch import Look, Memory, Sheet, differing, sketch
from tests.make import source
from tests.reports.test_plain_logs import SETTINGS, TODAY, both, network

ODD = (
    "- 2026-11-20 lunch: All of us [by:: noor] ^t1", "- 2026-03-01 coffee ^t1", "- 2025-12-30 referral-in: [[p3]] [value:: 1,200.50] ^t2",
    "- [ ] 2026-12-01 call: Plan", "- [x] 2026-11-01 call: Done", "- 2026-11-19 gave: A book to [[Nobody]]\n  and a %% word %%",
    "- 2026-11-18 gift: Wine [dir:: in]", "- 2026-11-17 asked: For [[P 5|help]]", "- 2024-02-29 email", "- 2026-11-21 call: Today.",
    "- [ ] Send [[p2]] the plan 📅 2026-11-20", "- [ ] @them to write 📅 2026-11-30",
)  # fmt: skip


def odd_person(dice: random.Random, id: str) -> Contact:
    """Somebody whose log no quick reader takes, with other keys than the people of plain logs."""
    said = {
        "name": ("Ann Lee", "Anne Lee", "King, Bo", "Bo King", "B. King", "Zoë Ruiz", "Zoe Ruiz"), "company": ("Lumen", "Quay"),
        "role": ("Cook", "cook"), "cadence": ("3 weeks", "never"), "tier": ("A", "Q"), "aliases": ("[Ann, Bo King]",),
        "status": ("archived", "deceased"), "paused": ("true", "2027-01-01"), "met": ("2026-10-10",), "created": ("2020-01-01",),
        "email": ("a@b.example",), "phone": ("+351 965 465 822",), "referred_by": ("Bo King",), "met_at": ("A Bar", "a bar"),
        "five": ("[now, next]",), "last_contact": ("2027-01-01", "2024-01-01"), "owner": ("lee",), "successor": ("noor",),
        "location": ("Oporto", "Øre"), "groups": ("[Élan, elan, client]",), "offers": ("wine",), "needs": ("a desk",),
        "do_not_contact": ("true",), "coi": ("true",),
    }  # fmt: skip
    rare = ("status", "do_not_contact", "paused")
    keys = [f"{key}: {dice.choice(values)}" for key, values in said.items() if dice.random() < (0.1 if key in rare else 0.5)]
    lines = [dice.choice(ODD) for _ in range(dice.randrange(7))]
    lines += [f"- {TODAY - timedelta(dice.randrange(800))} lunch ^t{dice.randrange(3)}" for _ in range(dice.randrange(9))]
    return contact.parse(source("\n".join(["---", *keys, "---", "", "## Interactions", "", *lines, ""]), id), SETTINGS.kind_table).contact


def sheet_of(whole: Network, look: Look | None = None) -> Sheet:
    """What is kept of these people."""
    for name in REPORTS:
        function(name)  # what they ask of one person is asked of everybody
    return Sheet(
        [(one.id, sketch(one)) for one in whole.everybody], SETTINGS, TODAY, look or whole.by_id.__getitem__, len(whole.everybody) % 2 > 0
    )


def of_sketches(sheet: Sheet) -> Network:
    """The same people from what is kept of them."""
    return Network.of(sheet.members(), SETTINGS, TODAY, lambda: None)


def plain(found: Report) -> Report:
    """With all rows made, and lists as tuples: what comes back from JSON is a list."""
    tables = tuple(table._replace(rows=tuple(map(dict, table.rows))) for table in found.tables)
    return found._replace(tables=tables)


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_report_of_sketches_says_what_the_people_say(name: str, seed: int):
    dice = random.Random(seed)
    people = [*both(seed)[seed % 2], *(odd_person(dice, f"odd-{at}") for at in range(60))]
    whole = network(sorted(people, key=lambda one: one.id))
    assert plain(report(name, of_sketches(sheet_of(whole)))) == plain(report(name, network([one.contact for one in whole.everybody])))


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_of_nobody_is_the_same_of_sketches(name: str):
    assert plain(report(name, of_sketches(sheet_of(network([]))))) == plain(report(name, network([])))


@pytest.mark.parametrize("name", ["load", "new", "mix", "year"])
def test_what_a_site_shows_if_not_asked_is_counted_without_reading_the_people_anew(name: str):
    """But for those whom a table shows with more than is counted of them."""
    whole = network(both(1)[0])
    looked: list[str] = []

    def look(id: str) -> Member:
        looked.append(id)
        return whole.by_id[id]

    sheet = sheet_of(whole, look)
    found = report(name, of_sketches(sheet))
    assert looked == []
    assert any(table.rows for table in found.tables)


CHANGES = (
    "phone: +351 1", "company: Quay", "tier: A", "five: [now]", "name: Bo King", "aliases: [Ann]", "cadence: 3 weeks", "knows: [[p2]]",
    "- 2026-11-20 call: again", "- 2026-11-21 lunch ^t1", "- 2019-01-01 email", "- 2027-01-01 call", "- 2026-11-19 referral-in: [[p3]]",
)  # fmt: skip


def with_line(one: Contact, line: str) -> Contact:
    """Somebody with one key or entry more."""
    if line.startswith("- "):
        said = contact.parse(source(f"## Interactions\n\n{line}\n"), SETTINGS.kind_table).contact
        return one._replace(interactions=(*one.interactions, *said.interactions))
    said = contact.parse(source(f"---\n{line}\n---\n")).contact
    name = said.name if "name" in said.keys else one.name
    return one._replace(keys={**one.keys, **said.keys}, name=name, cadence=said.cadence or one.cadence, birthday=said.birthday)


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_is_the_same_where_nothing_that_it_asked_for_has_changed(name: str):
    people = [*both(5)[0][:20], *(odd_person(random.Random(7), f"odd-{at}") for at in range(10))]
    before = network(sorted(people, key=lambda one: one.id))
    sheet = sheet_of(before)
    told = plain(report(name, of_sketches(sheet)))
    for change in CHANGES:
        for place in (0, 9, 25):
            one = before.everybody[place].contact
            changed = [*(member.contact for member in before.everybody if member.id != one.id), with_line(one, change)]
            after = network(sorted(changed, key=lambda one: one.id))
            if sheet.asked.isdisjoint(differing(one.id, sketch(before.everybody[place]), sketch(after.everybody[place]))):
                assert plain(report(name, after)) == told, change


@pytest.mark.parametrize("name", ["load", "new", "mix", "year"])
def test_a_key_that_no_report_asks_for_makes_none_anew(name: str):
    before = network(both(5)[0][:20])
    sheet = sheet_of(before)
    report(name, of_sketches(sheet))
    after = network([with_line(one.contact, "birthday: 05-17") for one in before.everybody])
    for one, other in zip(before.everybody, after.everybody, strict=True):
        assert sheet.asked.isdisjoint(differing(one.id, sketch(one), sketch(other)))


SPREADS, SLICES = "plaintextcrm.core.reports.mixing._spreads", "plaintextcrm.core.reports.hours._slices"


def remembering(sheet: Sheet, said: dict[str, tuple[list[str], str]], moved: set[str]) -> Memory:
    """Of what was said all that holds, where somebody has another of these parts."""
    asked = {name: parts for name, (parts, _) in said.items() if not moved & set(parts)}
    return Memory(sheet, asked, lambda name: said[name][1], lambda: None)


def test_what_was_worked_out_of_everybody_is_kept_while_nobody_has_another_of_what_it_asked_for():
    people = [*both(5)[0][:20], *(odd_person(random.Random(9), f"odd-{at}") for at in range(20))]
    before = network(sorted(people, key=lambda one: one.id))
    first = remembering(sheet_of(before), {}, set())
    for name in ("mix", "load"):
        report(name, first.network())
    said = first.news
    assert said.keys() >= {SPREADS, SLICES}
    for change in (*CHANGES, "groups: [sailors, client]", "referred_by: Bo King", "location: Lyon"):
        for place in (0, 9, 25):
            one = before.everybody[place]
            changed = [*(member.contact for member in before.everybody if member.id != one.id), with_line(one.contact, change)]
            after = network(sorted(changed, key=lambda one: one.id))
            moved = set(differing(one.id, sketch(one), sketch(after.everybody[place])))
            for name in ("mix", "load"):
                memory = remembering(sheet_of(after), said, moved)
                assert plain(report(name, memory.network())) == plain(report(name, network([one.contact for one in after.everybody]))), (
                    change
                )
                assert memory.sheet.asked >= {"who", "standing"}


def test_what_holds_is_not_worked_out_again_and_what_does_not_is():
    whole = network(both(5)[0][:20])
    first = remembering(sheet_of(whole), {}, set())
    report("mix", first.network())
    asked, words = first.news[SPREADS]
    assert "any part" in asked
    for moved in ({"any part"}, {asked[-1]}, {"who"}):
        memory = remembering(sheet_of(whole), {**first.news, SPREADS: (asked, "[]")}, moved)
        assert plain(report("mix", memory.network())) == plain(report("mix", whole))
        assert memory.news[SPREADS] == (asked, words)
    memory = remembering(sheet_of(whole), {**first.news, SPREADS: (asked, words.replace("LUMEN", "MARKED"))}, {"nothing of it"})
    assert "MARKED" in str(plain(report("mix", memory.network())))  # so it was believed
    assert memory.news == {}
