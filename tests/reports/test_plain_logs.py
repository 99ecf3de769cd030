"""What is asked of the columns of a plain log, or only of those who may matter, is what the entries one by one and all people would say."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from plaintextcrm.core import contact
from plaintextcrm.core.model import Contact
from plaintextcrm.core.plainlog import PlainLog
from plaintextcrm.core.reports import REPORTS, report
from plaintextcrm.core.reports.circle import strongest
from plaintextcrm.core.reports.network import Network
from plaintextcrm.core.settings_text import parse
from plaintextcrm.core.standing import facts_of
from tests.make import source

TODAY = date(2026, 11, 21)
SETTINGS, PROBLEMS = parse("""
[me]
ahead = "an office in Porto"
[team.lee]
name = "Lee Fontaine"
leaves = 2027-03-31
[team.noor]
name = "Noor Castellan"
[places]
Porto = ["Oporto"]
[kinds]
podcast = { touch = true, strength = 5, minutes = 40 }
memo = { touch = false }
""")
KINDS = ("call", "email", "letter", "lunch", "podcast", "memo", "note", "skip", "review", "gave", "asked")
PEOPLE = 80


def entry(dice: random.Random) -> str:
    """One line of a log: some to come, some of people, some of us."""
    day, other = TODAY + timedelta(dice.randint(-900, 60)), f"[[p{dice.randrange(PEOPLE)}]]"
    odd = (
        f"referral-in: Sent us {other} [value:: 900]", "referral-in: Sent us somebody", f"referral-in: A third [from:: {other}]",
        f"introduced: To {other}", "introduced: To somebody", f"introduced: Both [from:: P3] [to:: {other}]", f"referral-out: To {other}",
        "call: No answer [reached:: no]", "post: Seen [touch:: no]", "lunch: All [by:: noor] [with:: lee]", "email: Hello [dir:: in]",
        "handover: Passed on [from:: lee] [to:: noor]", "note: How it went [handover:: went well]", "call: Short [minutes:: 5]",
    )  # fmt: skip
    return f"- {day} {dice.choice(odd) if dice.random() < 0.4 else f'{dice.choice(KINDS)}: Something.'}"


def person(dice: random.Random, id: str) -> Contact:
    """Somebody whose log is plain."""
    said = {
        "owner": ("lee", "noor", "zed"), "successor": ("noor", "lee"), "tier": ("A", "B"), "company": ("Lumen", "LUMEN", "Quay"),
        "location": ("Oporto", "porto", "Lisbon"), "groups": ("client", "Client", "introducer"), "needs": ("a desk", "wine"),
        "offers": ("a desk in Porto", "wine"), "hobbies": ("chess", "Chess", "rowing"), "five": ("now", "next"), "coi": ("yes",),
        "knows": ('"[[p1]]"', "P2"), "referred_by": ('"[[p4]]"', "A man in a bar"), "last_contact": ("2026-10-02",), "met": ("2024-05-01",),
    }  # fmt: skip
    keys = [f"{key}: {dice.choice(values)}" for key, values in said.items() if dice.random() < 0.4]
    days = sorted([entry(dice) for _ in range(dice.choice((1, 2, 5, 15)))], reverse=dice.random() < 0.3)
    words = [f"- {TODAY - timedelta(dice.randint(0, 700))} email: Hello." for _ in range(4)] if dice.random() < 0.2 else days
    text = "\n".join(["---", *keys, "---", "", "## Interactions", "", *words, ""])
    return contact.parse(source(text, id), SETTINGS.kind_table).contact


def both(seed: int) -> tuple[list[Contact], list[Contact]]:
    """People with plain logs, and the same with their entries in a tuple."""
    dice = random.Random(seed)
    plain = [person(dice, f"p{at}") for at in range(PEOPLE)]
    assert all(isinstance(one.interactions, PlainLog) for one in plain)
    return plain, [one._replace(interactions=tuple(one.interactions)) for one in plain]


def network(people: list[Contact], without: str = "") -> Network:
    assert PROBLEMS == ()
    return Network([(one, facts_of(one, SETTINGS.kind_table)) for one in people], SETTINGS, TODAY, None, without)


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_plain_log_says_what_its_entries_say(name: str, seed: int):
    plain, entries = both(seed)
    assert report(name, network(plain)) == report(name, network(entries))


def test_without_a_colleague_a_plain_log_says_the_same():
    plain, entries = both(4)
    assert report("team", network(plain, "lee")) == report("team", network(entries, "lee"))


@pytest.mark.parametrize("seed", [5, 6, 7])
@pytest.mark.parametrize("most", [1, 5, 200])
def test_the_strongest_are_those_of_all(seed: int, most: int):
    people = list(network(both(seed)[0]))
    ranked = sorted((one for one in people if one.numbers.strength), key=lambda one: (-(one.numbers.strength or 0), one.id))
    assert strongest(people, most) == ranked[:most]


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_is_given_up_where_something_more_urgent_came_in(name: str):
    class Urgent(Exception):
        pass

    def breath() -> None:
        raise Urgent

    calm, urgent = network(both(8)[0]), network(both(8)[0])
    people = [(one.contact, one.facts) for one in urgent.everybody]
    with pytest.raises(Urgent):
        report(name, Network(people, SETTINGS, TODAY, breath=breath))
    assert report(name, Network(people, SETTINGS, TODAY, breath=lambda: None)) == report(name, calm)
