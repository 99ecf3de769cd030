"""In which order the entries of a log happened (docs/format.md, "Interactions")."""

from __future__ import annotations

import json

import pytest

from plaintextcrm.core.entries import parse_entry
from plaintextcrm.core.history import chronological, is_touch, past, touches_of
from plaintextcrm.core.kinds import STANDARD, Kind, kind_table
from plaintextcrm.core.plainlog import PlainLog
from plaintextcrm.core.standing import facts_of
from tests.make import TODAY, contact

ONE_DAY = ("- 2026-11-20 email: second [dir:: out]", "- 2026-11-20 email: first [dir:: in]")


def told(*lines: str, order: str = "oldest") -> list[str]:
    """The texts of a log, oldest first."""
    return [entry.text for entry in chronological(contact(*lines).interactions, order)]


def test_a_log_of_one_day_stands_in_the_order_of_the_settings() -> None:
    assert told(*ONE_DAY, order="newest") == ["first", "second"]
    assert told(*ONE_DAY, order="oldest") == ["second", "first"]
    assert [entry.text for entry in past(contact(*ONE_DAY)._replace(log_order="newest"), TODAY)] == ["first", "second"]


def test_who_wrote_last_on_the_only_day_follows_the_order_of_the_settings() -> None:
    assert facts_of(contact(*ONE_DAY)._replace(log_order="newest")).inbound == []
    assert len(facts_of(contact(*ONE_DAY)).inbound) == 1


@pytest.mark.parametrize("order", ["oldest", "newest"])
def test_a_log_of_several_days_shows_its_order_itself(order: str) -> None:
    assert told("- 2026-11-20 call: third", "- 2026-11-20 call: second", "- 2026-11-19 call: first", order=order) == [
        "first",
        "second",
        "third",
    ]
    assert told("- 2026-11-19 call: first", "- 2026-11-20 call: second", "- 2026-11-20 call: third", order=order) == [
        "first",
        "second",
        "third",
    ]


def test_where_all_entries_of_a_day_have_a_time_it_decides() -> None:
    assert told("- 2026-11-20 14:00 call: second", "- 2026-11-20 09:00 call: first") == ["first", "second"]
    assert told("- 2026-11-20 14:00 call: one", "- 2026-11-20 call: two") == ["one", "two"]


def test_one_entry_of_a_plain_log_is_made_whole_as_all_of_them_are() -> None:
    text = "\n".join(f"- 2026-01-{day:02} call: word {day} [minutes:: {day}]\n  - detail {day}" for day in range(1, 29)) + "\n"
    one, other = (PlainLog.read(text, 7, STANDARD) for _ in range(2))
    assert one is not None
    assert other is not None
    assert [one.whole(bare) for bare in one.skeleton] == list(other.entries)
    assert [other.whole(bare) for bare in other.skeleton] == list(other.entries)


def test_a_plain_log_that_was_kept_beside_its_body_is_the_same_again() -> None:
    log = "\n- 2026-01-02 09:30 call: word [minutes:: 5]\n  - detail\n\n- 2026-01-01 note: older\n"
    read = PlainLog.read(log, 7, STANDARD, 3)
    assert read is not None
    kept = read.kept("## " + log)
    assert kept is not None
    again = PlainLog.of(json.loads(json.dumps(kept)), "## " + log)
    assert again.skeleton == read.skeleton
    assert [again.whole(bare) for bare in again.skeleton] == list(read.entries)
    assert again.entries == read.entries
    assert (again.end, again.placed) == (read.end, read.placed)
    assert read.kept("## " + log.replace("word", "%%%%")) is None


def test_a_kind_of_ours_that_the_settings_make_no_contact_is_none_by_any_of_its_names() -> None:
    kinds = kind_table((Kind("email", "none", 1, 10),))
    entries = [parse_entry(line, kinds=kinds) for line in ("- 2026-01-02 email: x", "- 2026-01-02 call: y", "- 2026-01-02 memo: z")]
    found = [entry for entry in entries if entry]
    assert list(touches_of(found, kinds)) == [entry for entry in found if is_touch(entry, kinds)]
    assert [entry.kind for entry in touches_of(found, kinds)] == ["call", None]
