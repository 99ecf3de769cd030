"""`referrals`: each rule on people written in the test, and the whole of it against a second reckoning on the example vault."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from plaintextcrm.core.settings_text import parse
from tests.inside import inside
from tests.make import contact, vault
from tests.reports import oracle_people
from tests.reports.people import ids, row, told

EXAMPLE = Path(__file__).parent.parent.parent / "example-vault"
DAYS = ["2013-05-01", "2020-02-11", "2024-06-18", "2026-11-05", "2026-11-21", "2027-06-01"]
BOB = contact("name: Bob", id="bob")


# --- the rules -----------------------------------------------------------------------------------------------------


def test_who_sends_most_stands_first_then_who_is_worth_most():
    one = contact("- 2026-01-01 referral-in: x", "- 2026-02-01 referral-in: y", id="one")
    two = contact("- 2026-01-01 referral-in: x [value:: 900]", id="two")
    three = contact("- 2026-01-01 referral-in: x [value:: 1000]", id="three")
    found = told("referrals", one, two, three)
    assert ids(found) == ["one", "three", "two"]
    assert row(found, "three")["value"] == 1000
    assert row(found, "one")["value"] is None


def test_a_centre_of_influence_who_has_sent_nobody_yet_is_there_with_nothing():
    found = told("referrals", contact("coi: true", id="one"), BOB)
    assert ids(found) == ["one"]
    assert row(found, "one") | {"name": ""} == {
        "id": "one", "name": "", "sent": 0, "second": 0, "back": 0, "value": None, "balance": 0, "last": None, "since": None, "days": None,
        "years": None, "unthanked": 0, "at_risk": 0,
    }  # fmt: skip


def test_the_second_generation_are_those_whom_these_sent_and_not_the_third():
    a = contact("- 2026-01-01 referral-in: [[b]]", "- 2026-01-02 referral-in: [[c]]", id="a")
    b = contact("- 2026-02-01 referral-in: [[d]]", "- 2026-02-02 referral-in: a baker", id="b")
    d = contact("- 2026-03-01 referral-in: [[e]]", id="d")
    found = told("referrals", a, b, d, contact(id="c"), contact(id="e"))
    assert [(one["id"], one["sent"], one["second"]) for one in found.tables[0].rows] == [("a", 2, 2), ("b", 2, 1), ("d", 1, 0)]


def test_two_who_sent_each_other_are_a_circle_without_a_second_generation_and_stand_in_the_tree_once():
    a, b = contact("- 2026-01-01 referral-in: [[b]]", id="a"), contact("- 2026-02-01 referral-in: [[a]]", id="b")
    found = told("referrals", a, b)
    assert [one["second"] for one in found.tables[0].rows] == [0, 0]
    assert ids(found, 2) == ["a", "b"]


def test_risk_is_what_they_sent_for_each_cadence_that_we_are_late():
    late = contact("cadence: 10d", "- 2026-11-01 referral-in: x", "- 2026-11-01 referral-in: y", id="late")  # 20 days: ratio 2
    fresh = contact("cadence: 1y", "- 2026-11-01 referral-in: x", id="fresh")
    found = told("referrals", late, fresh)
    assert (row(found, "late")["at_risk"], row(found, "fresh")["at_risk"]) == (2.0, 0.0)


@pytest.mark.parametrize(
    ("after", "unthanked"),
    [
        ((), 1),
        (("- 2026-11-10 call: Thanks.",), 1),  # of the day itself: it was the call in which they said so
        (("- 2026-11-11 card: Thanks.",), 0),
        (("- 2026-11-11 note: Think of a present.",), 1),
        (("- 2026-11-11 call: [reached:: no]",), 1),
        (("- 2026-11-30 call: Thanks, one day.",), 1),
        (("- 2026-11-11 referral-in: And another.",), 2),
        (("- 2026-11-20 referral-in: And another.",), 1),  # three days have not passed for this one
    ],
)  # fmt: skip
def test_a_referral_is_thanked_for_by_any_contact_on_a_later_day(after: tuple[str, ...], unthanked: int):
    one = contact("- 2026-11-10 referral-in: Sent us the widow.", *after, id="one")
    assert row(told("referrals", one), "one")["unthanked"] == unthanked


def test_a_last_contact_thanks_too_unless_it_lies_ahead():
    for day, unthanked in (("2026-11-12", 0), ("2026-12-12", 1)):
        one = contact(f"last_contact: {day}", "- 2026-11-10 referral-in: x", id="one")
        assert row(told("referrals", one), "one")["unthanked"] == unthanked


def test_what_we_did_for_them_is_held_against_what_they_sent():
    one = contact(
        "- 2026-01-01 referral-in: x", "- 2026-01-02 gave: y", "- 2026-01-03 referral-out: z [dir:: in]", "- 2026-01-04 offered: v", "- 2026-01-05 got: w",
        "- 2026-12-04 gave: not yet", id="one",
    )  # fmt: skip
    found = row(told("referrals", one), "one")
    assert (found["back"], found["balance"]) == (1, 2)


def test_whoever_was_brought_and_brought_others_is_one_of_those_who_did():
    ann = contact("name: Ann", "- 2026-11-10 referral-in: x [[bea]]", id="ann")
    bea = contact("name: Bea", "- 2026-11-12 referral-in: y [[cy]]", "- 2026-11-13 referral-in: z [[dan]]", id="bea")
    found = told("referrals", ann, bea, contact(id="cy"), contact(id="dan"))
    assert found.tables[1].sentence.startswith("Two people brought 3 others who have a file;")


def test_what_they_did_for_us_is_nothing_we_did():
    one = contact(
        "- 2026-01-02 gift: y [dir:: in]", "- 2026-01-03 referral-out: z", "- 2026-01-04 gave: v [dir:: out]", "coi: true", id="one"
    )
    found = row(told("referrals", one), "one")
    assert (found["back"], found["balance"]) == (1, 2)


def test_what_lies_ahead_does_not_count():
    found = told("referrals", contact("- 2026-11-22 referral-in: x", "- [ ] 2026-11-01 referral-in: y", id="one"))
    assert ids(found) == []
    assert "No referral" in found.sentences[0]


def test_the_dead_are_in_the_tree_and_in_the_sum_but_nobody_is_told_to_turn_to_them():
    gone = contact("name: Teresa", "status: deceased", "- 2013-01-01 referral-in: [[bob]]", id="teresa")
    found = told("referrals", gone, BOB)
    assert ids(found) == []
    assert ids(found, 2) == ["teresa", "bob"]
    assert "One person has sent us 1 person." in found.sentences[0]
    assert "through Teresa" in found.sentences[0]
    assert not any("teresa" in step.command for step in found.steps)
    assert found.picture is not None
    assert [node.kind for node in found.picture.nodes] == ["me", "gone", ""]


def test_the_tree_is_read_from_the_largest_down_with_whom_each_came_through():
    a = contact("name: A", "- 2026-01-01 referral-in: [[b]] [value:: 5]", id="a")
    b = contact("name: B", "- 2026-02-01 referral-in: [[c]]", id="b")
    z = contact("name: Z", "- 2026-02-01 referral-in: [[y]]", id="z")
    found = told("referrals", z, contact("name: Y", id="y"), a, b, contact("name: C", id="c"))
    rows = [(one["id"], one["through"], one["generation"], one["on"], one["value"]) for one in found.tables[1].rows]
    assert rows == [
        ("a", None, 0, None, None), ("b", "A", 1, date(2026, 1, 1), 5), ("c", "A › B", 2, date(2026, 2, 1), None),
        ("z", None, 0, None, None), ("y", "Z", 1, date(2026, 2, 1), None),
    ]  # fmt: skip
    assert "The longest line: A › B › C." in found.tables[1].sentence


def test_who_might_become_one_sends_is_called_introducer_or_is_warm_and_knows_many():
    sends = contact("name: S", "- 2020-01-01 referral-in: x", id="sends")
    called = contact("name: C", "groups: [Introducer]", id="called")
    many = contact("name: M", 'knows: ["[[sends]]", "[[called]]", "[[coi]]"]', "- 2026-11-20 call: x", id="many")
    cold = contact("name: K", 'knows: ["[[sends]]", "[[called]]", "[[coi]]"]', "- 2020-11-20 call: x", id="cold")
    coi = contact("name: X", "coi: true", "groups: [introducer]", id="coi")
    found = told("referrals", sends, called, many, cold, coi)
    assert [(one["id"], one["why"]) for one in found.tables[2].rows] == [
        ("sends", "sent us 1 person"), ("many", "joined to 3 of ours"), ("called", "in the group introducer"),
    ]  # fmt: skip


def test_what_came_before_is_the_last_contact_of_an_earlier_day():
    one = contact("- 2026-01-01 lunch: a", "- 2026-01-20 email: b", "- 2026-01-25 note: c", "- 2026-02-01 referral-in: d", id="one")
    table = told("referrals", one).tables[3]
    assert [(told_["days"], told_["before"]) for told_ in table.rows] == [(12, "email, 12 days before")]
    assert table.sentence == "1 of 1 referral came within 30 days of a contact, most often email (1)."


def test_a_filter_says_whose_referrals_and_whose_trees():
    a = contact("name: A", "- 2026-01-01 referral-in: [[b]]", id="a")
    found = told("referrals", a, contact("name: B", id="b"), contact("- 2026-01-01 referral-in: x", id="z"), asked={"b"})
    assert ids(found) == []
    assert ids(found, 2) == ["a", "b"]
    assert ids(found, 4) == []


def test_whoever_waits_for_thanks_is_written_to_and_whoever_sends_is_marked():
    one = contact("name: Ann", "- 2026-11-10 referral-in: x", id="ann lee")
    commands = [step.command for step in told("referrals", one).steps]
    assert commands == ["ptcrm write 'ann lee'", "ptcrm set 'ann lee' coi=yes"]


def test_the_currency_is_that_of_the_settings():
    settings, _ = parse('currency = "CHF"\n')
    found = told("referrals", contact("- 2026-11-10 referral-in: x [value:: 1200.5]", id="one"), settings=settings)
    assert "worth CHF 1,200" in found.sentences[0]
    assert [column.words for column in found.tables[0].columns if column.key == "value"] == ["CHF"]


def test_a_chain_of_twelve_hundred_is_told_shortly_and_drawn_up_to_three_hundred():
    chain = [contact(f"- 1990-01-01 referral-in: [[p{at + 1}]]", id=f"p{at}") for at in range(1200)]
    found = told("referrals", *chain)
    assert len(found.tables[1].rows) == 1200
    assert found.picture is not None
    assert len(found.picture.nodes) == 301
    assert max(len(str(one["through"] or "")) for one in found.tables[1].rows) < 60


# --- the second reckoning ------------------------------------------------------------------------------------------


def reckoned(root: Path, today: date) -> dict[str, tuple[int, int, int, int, int, int]]:
    """Id -> (sent, sent in turn, sent back, worth, what we did less what they sent, not thanked), of all who sent or are coi and not gone."""
    people = {one.id: one for one in oracle_people.people(root, today)}
    slugs = {one.split("/")[-1]: one for one in people}
    texts = {one: (root / "contacts" / f"{one}.md").read_text("utf-8").split("\n") for one in people}
    sent: dict[str, list[list[str]]] = {one: [] for one in people}  # each referral: the ids of those sent
    for id, one in people.items():
        body = "\n".join(texts[id]).split("---\n", 2)[2].split("\n")
        for line in one.log:
            if line.kind == "referral-in":
                sent[id].append([slugs[link] for link in re.findall(r"\[\[([\w-]+)", body[line.number])])
    for id, one in people.items():
        by = slugs.get(re.sub(r"[\[\]]", "", str(one.keys.get("referred_by") or "")))
        met = one.day("met")
        if by and not any(id in who for who in sent[by]) and not (met and met > today):
            sent[by].append([id])
    found = {}
    for id, one in people.items():
        if one.is_gone or not (sent[id] or is_coi(one)):
            continue
        worth = sum(int(line.fields.get("value", 0)) for line in one.log if line.kind == "referral-in")
        count = sum(max(1, len(who)) for who in sent[id])
        turn = sum(max(1, len(who)) for child in {child for who in sent[id] for child in who} for who in sent[child])
        done = Counter(line.kind for line in one.log)
        ours = sum(done[kind] for kind in ("gave", "gift", "offered", "introduced", "referral-out"))
        days = [line.on for line in one.log if line.kind == "referral-in"]
        days += [people[child].day("met") for who in sent[id] for child in who if not _in_log(one, child, texts[id])]  # type: ignore[misc]
        other = [line.on for line in one.contacts if line.kind != "referral-in"]
        waits = sum((today - day).days >= 3 and not any(on > day for on in other) for day in days if day)
        found[id] = (count, turn, done["referral-out"], worth, ours - count, waits)
    return found


def is_coi(one: Any) -> bool:
    return str(one.keys.get("coi")).lower() in ("true", "yes") or "coi" in one.texts("tags")


def _in_log(one: Any, child: str, lines: list[str]) -> bool:
    return any(f"[[{child.split('/')[-1]}" in line and "referral-in" in line for line in lines)


@pytest.mark.parametrize("day", DAYS)
def test_the_senders_of_the_example_vault_are_those_of_a_second_reckoning(tmp_path: Path, day: str):
    root = Path(shutil.copytree(EXAMPLE, tmp_path / "v"))
    rows = json.loads(inside(root, "report", "referrals", "--json", today=day).out)["rows"]
    mine = {one["id"]: (one["sent"], one["second"], one["back"], one["value"] or 0, one["balance"], one["unthanked"]) for one in rows}
    assert mine == reckoned(root, date.fromisoformat(day))
    assert [one["id"] for one in rows] == sorted(mine, key=lambda id: (-mine[id][0], -mine[id][3], id))


# --- the command ---------------------------------------------------------------------------------------------------


def test_the_example_vault_at_eighty_columns_and_in_every_format(tmp_path: Path):
    root = Path(shutil.copytree(EXAMPLE, tmp_path / "v"))
    shown = inside(root, "report", "referrals", "--format", "table")
    assert shown.code == 0
    assert max(map(len, shown.out.split("\n"))) <= 80
    assert "Henrique Sal sent us somebody 2 weeks ago" in shown.out
    assert "ptcrm write henrique-sal" in shown.out
    table = list(csv.DictReader(io.StringIO(inside(root, "report", "referrals", "--format", "csv").out)))
    assert table[0]["id"] == "wilhelmina-brandt"
    assert table[0]["sent"] == "7"
    data = json.loads(inside(root, "report", "referrals", "--json").out)
    assert data["schema"] == "ptcrm.report.referrals/1"
    assert len(data["tables"]) == 4


@pytest.mark.parametrize("files", [{}, {"ada": "---\nname: Ada\n---\n"}], ids=["nobody", "one person"])
def test_an_empty_vault_and_one_of_one_person_are_told_honestly(tmp_path: Path, files: dict[str, str | bytes]):
    shown = inside(vault(tmp_path / "v", files), "report", "referrals", "--format", "table")
    assert shown.code == 0
    assert shown.err == ""
    assert "ptcrm log WHO referral-in" in shown.out


def test_the_letters_of_a_hundred_and_forty_years_ago_work_too():
    one = contact("cadence: 1m", "- 1885-03-01 referral-in: A novelist. [value:: 3]", id="one")
    found = row(told("referrals", one, today="1885-05-01"), "one")
    assert (found["since"], found["years"], found["unthanked"]) == ("8 weeks", 0.2, 1)
