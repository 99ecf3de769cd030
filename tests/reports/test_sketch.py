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
from plaintextcrm.core.reports.sketch import sketch, sketched
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


def of_sketches(whole: Network) -> Network:
    """The same people from what is kept of them."""
    for name in REPORTS:
        function(name)  # what they ask of one person is asked of everybody
    kept = [(one.id, sketch(one)) for one in whole.everybody]
    return Network.of(sketched(kept, whole.settings, whole.today, whole.by_id.__getitem__), whole.settings, whole.today, lambda: None)


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
    assert plain(report(name, of_sketches(whole))) == plain(report(name, network([one.contact for one in whole.everybody])))


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_of_nobody_is_the_same_of_sketches(name: str):
    assert plain(report(name, of_sketches(network([])))) == plain(report(name, network([])))


@pytest.mark.parametrize("name", ["load", "new", "mix", "year"])
def test_what_a_site_shows_if_not_asked_is_counted_without_reading_the_people_anew(name: str):
    """But for those whom a table shows with more than is counted of them."""
    whole = of_sketches(network(both(1)[0]))
    looked: list[str] = []

    def look(id: str) -> Member:
        looked.append(id)
        return whole.by_id[id]

    again = sketched([(one.id, sketch(one)) for one in whole.everybody], SETTINGS, TODAY, look)
    found = report(name, Network.of(again, SETTINGS, TODAY, lambda: None))
    assert looked == []
    assert any(table.rows for table in found.tables)
