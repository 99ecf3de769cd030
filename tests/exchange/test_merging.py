"""Many entries at once go where they would go one by one, and every byte that was there stays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaintextcrm.core import contact, edit
from plaintextcrm.core.errors import PtcrmError, Refused
from plaintextcrm.core.exchange.merging import add_imported, after, fill_keys, insert_interactions
from plaintextcrm.core.model import Interaction, Source
from plaintextcrm.core.text import decode
from tests.exchange.make import source

DAYS = st.integers(0, 12).map(lambda days: date(2026, 1, 1) + timedelta(days))
WORDS, KINDS = st.sampled_from(["a", "b b", "c: d"]), st.sampled_from([None, "call"])
NEW = st.lists(st.tuples(DAYS, WORDS, KINDS).map(lambda parts: Interaction(*parts)), max_size=6)
THERE = st.lists(st.tuples(DAYS, st.sampled_from(["call: x", "y", "note: z\n  - more", "x ^abc123"])), max_size=6)
HEADS = ("", "---\nname: Ada\n---\n", "\ufeff---\nname: Ada\n---\n\n# Ada\n", "---\nname: Ada\n---\n\nprose\n")
AFTER = ("", "\n", "\n## Notes\n\nprose\n\n- a list\n", "\nprose below\n")
HEADINGS = ("## Interactions\n\n", "# log\n", "### History\n\n\n")


@st.composite
def files(draw: st.DrawFn) -> Source:
    """A contact's file with a log in one of many shapes."""
    entries = draw(THERE)
    order = draw(st.sampled_from(["oldest", "newest", "none"]))
    if order != "none":
        entries = sorted(entries, key=lambda one: one[0], reverse=order == "newest")
    bullet = draw(st.sampled_from(["- {}", "* **{}**:", "- {},", "  - {}"]))
    log = "".join(f"{bullet.format(on.isoformat())} {words}\n" for on, words in entries)
    log = draw(st.sampled_from(HEADINGS)) + log if entries or draw(st.booleans()) else ""
    text = draw(st.sampled_from(HEADS)) + log + draw(st.sampled_from(AFTER))
    if draw(st.booleans()):
        text = text.rstrip("\n")
    return source("contacts/ada.md", text.replace("\n", draw(st.sampled_from(["\n", "\r\n"]))).encode())


@settings(max_examples=150, deadline=None)
@given(files(), NEW, st.sampled_from(["oldest", "newest"]))
def test_many_at_once_are_as_one_by_one(file: Source, new: list[Interaction], order: str):
    one_by_one = file
    try:
        for entry in sorted(new, key=lambda entry: entry.on):
            changed = edit.insert_interaction(one_by_one, entry, order).replaces
            assert changed is not None
            one_by_one = after(one_by_one, decode(changed)[0])
    except PtcrmError:
        with pytest.raises(PtcrmError):
            insert_interactions(file, new, order)
        return
    assert insert_interactions(file, new, order).data == one_by_one.data


def test_a_log_in_an_open_code_fence_is_refused_rather_than_written_where_nobody_reads_it():
    file = source("contacts/ada.md", b"```\n## Interactions\n\n- 2026-01-01 call\n")
    with pytest.raises(PtcrmError):
        insert_interactions(file, [Interaction(date(2026, 1, 2), "x")])


def test_thousands_of_entries_go_into_a_long_log_in_one_pass():
    lines = [f"- {date(1900, 1, 1) + timedelta(2 * number)} call: {number}" for number in range(5000)]
    file = source("contacts/ada.md", "\n".join(["## Interactions", "", *lines, ""]).encode())
    new = [Interaction(date(1900, 1, 2) + timedelta(2 * number), str(number), "call") for number in range(5000)]
    got = contact.parse(insert_interactions(file, new)).contact.interactions
    assert [entry.on for entry in got] == sorted(entry.on for entry in got)
    assert len(got) == 10_000


VALUES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).map(str.strip).filter(bool)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([*HEADS, "---\nName: Ada\nrole:\naliases: []\n# x\nown: 1\n---\n"]),
    VALUES,
    st.lists(VALUES, min_size=1, max_size=3),
)
def test_filled_keys_are_read_back_and_the_rest_is_as_it_was(head: str, role: str, aliases: list[str]):
    file = source("contacts/ada.md", f"{head}\nbody\n".encode())
    filled, missed = fill_keys(file, {"role": role, "aliases": tuple(aliases)})
    before, now = contact.parse(file).contact, contact.parse(filled).contact
    assert missed == ()
    assert (now.keys["role"], now.keys["aliases"]) == (role, tuple(aliases))
    assert now.other == before.other
    assert filled.text.endswith("\nbody\n")


def test_lines_are_added_to_their_own_section_and_not_twice():
    text = "---\nname: Ada\n---\n\n## Imported from a.csv\n\n- sex: female\n\n## Notes\n\nmine"
    file = source("contacts/ada.md", text.encode())
    rest = (("sex", ("- sex: female",)), ("city", ("- city: Rome", "- city: (old town)")))
    changed, added, other = add_imported(file, "a.csv", rest)
    assert changed.text == text.replace("female\n", "female\n- city: Rome\n- city: (old town)\n")
    assert (added, other) == (["- city: Rome", "- city: (old town)"], ())
    assert add_imported(changed, "a.csv", rest) == (changed, [], ())
    changed, _, other = add_imported(changed, "b.csv", (*rest[:1], ("city", ("- city: Oslo",)), ("x", ("- x: y",))))
    assert changed.text.endswith("mine\n\n## Imported from b.csv\n\n- x: y\n")
    assert other == (("city", ("- city: Oslo",)),)


def test_a_file_with_conflict_markers_is_not_written_to():
    file = source("contacts/ada.md", b"---\nname: Ada\n---\n<<<<<<< a\n")
    with pytest.raises(Refused, match="conflict"):
        insert_interactions(file, [Interaction(date(2026, 1, 2), "x")])
    with pytest.raises(Refused, match="conflict"):
        add_imported(file, "a.csv", (("x", ("- x: y",)),))
