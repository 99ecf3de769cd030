"""Laws of the merge: it does not matter which side is ours, nothing is lost, nothing is doubled, and only what both changed is a conflict."""

from __future__ import annotations

import os
import random
from collections import Counter
from datetime import date, timedelta
from itertools import permutations
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from plaintextcrm.core.threeway import Merged, merge
from tests.laws.test_writing_laws import entries, fronts
from tests.make import parsed

# The same histories each time; PTCRM_EXAMPLES=3000 tries more, at random.
MORE = int(os.environ.get("PTCRM_EXAMPLES", "0"))
law = settings(max_examples=MORE or 60, deadline=None, database=None, derandomize=not MORE, suppress_health_check=list(HealthCheck))
PATH = "contacts/ada.md"


def merged(base: str, ours: str, theirs: str) -> Merged:
    """The merge of three texts."""
    found = merge(
        base.encode("utf-8", "surrogateescape"), ours.encode("utf-8", "surrogateescape"), theirs.encode("utf-8", "surrogateescape"), PATH
    )
    assert found is not None
    return found


def settled(text: str, side: int) -> str:
    """A text with every conflict settled for ours (0) or theirs (1)."""
    kept, inside = [], None
    for line in text.split("\n"):
        if line == "<<<<<<< ours":
            inside = 0
        elif line == "=======" and inside == 0:
            inside = 1
        elif line == ">>>>>>> theirs":
            inside = None
        elif inside in (None, side):
            kept.append(line)
    return "\n".join(kept)


def swapped(text: str) -> str:
    """The same with the two sides of every conflict the other way round."""
    out: list[str] = []
    halves: list[list[str]] = []
    for line in text.split("\n"):
        if line == "<<<<<<< ours":
            halves = [[]]
        elif line == "=======" and len(halves) == 1:
            halves.append([])
        elif line == ">>>>>>> theirs":
            out += ["<<<<<<< ours", *halves[1], "=======", *halves[0], line]
            halves = []
        else:
            (halves[-1] if halves else out).append(line)
    return "\n".join(out)


# --- any texts -----------------------------------------------------------------------------------------------------

WORDS = ["---", "name: Ada", "name: Bob", "tier: A", "tier: B", "tags: [x]", "tags: [x, y]", "tags:", "  - x", "  - z", "# c", "", "", "# Ada",
    "## Interactions", "## Log", "- 2026-01-01 call: a", "- 2026-01-02 call: b", "- 2026-01-02 call: c ^abc123", "  - deeper", "  ```", "```",
    "- 2026-03-01 x", "prose", "## Notes", "<!-- x -->", "<!--", "### 2026-01-05", "| 2026-01-06 | call |", "uid: 1", "uid: 2", "=======",
    "why: |", "  text", "a: &b [c]", "* [ ] 2026-05-01 call: later", "> quoted", "\udce9"]  # fmt: skip
any_text = st.lists(st.sampled_from(WORDS), max_size=14).map("\n".join)
file_text = st.builds(
    lambda front, log, end: f"{front}## Interactions\n\n{log}\n{end}", fronts, entries(), st.sampled_from(["", "\n## Notes\n\nx\n"])
)


@st.composite
def near(draw: st.DrawFn, text: str) -> str:
    """The text with a few lines added, changed and removed."""
    lines = text.split("\n")
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(lines)))
        lines[place : place + draw(st.integers(0, 2))] = draw(st.lists(st.sampled_from(WORDS), max_size=2))
    return "\n".join(lines)


histories = st.one_of(any_text, file_text).flatmap(lambda text: st.tuples(st.just(text), near(text), near(text)))


@law
@given(histories)
def test_it_does_not_matter_which_side_is_ours(history: tuple[str, str, str]) -> None:
    base, ours, theirs = history
    one, other = merged(base, ours, theirs), merged(base, theirs, ours)
    assert one.conflicts == other.conflicts
    if one.conflicts == 0:
        assert one.data == other.data
    elif "=======" not in ours.split("\n") + theirs.split("\n"):
        assert swapped(one.data.decode("utf-8", "surrogateescape")) == other.data.decode("utf-8", "surrogateescape")


@law
@given(histories)
def test_one_sided_changes_are_taken_and_equal_ones_are_one(history: tuple[str, str, str]) -> None:
    base, ours, theirs = (text.encode("utf-8", "surrogateescape") for text in history)
    assert merge(base, ours, ours, PATH) == Merged(ours, 0)
    assert merge(base, ours, base, PATH) == Merged(ours, 0)
    assert merge(base, base, theirs, PATH) == Merged(theirs, 0)


@law
@given(histories)
def test_a_result_without_conflict_holds_every_entry_once_and_no_key_twice(history: tuple[str, str, str]) -> None:
    base, ours, theirs = history
    assume(base not in (ours, theirs) and ours != theirs)
    found = merged(base, ours, theirs)
    old, one, other = (
        Counter(entry._replace(where=0) for entry in parsed(text).contact.interactions) for text in _bytes(base, ours, theirs)
    )
    wanted = (old & one & other) + ((one - old) | (other - old))
    if found.conflicts:
        sides = [settled(found.data.decode("utf-8", "surrogateescape"), side).encode("utf-8", "surrogateescape") for side in (0, 1)]
        there = [Counter(entry._replace(where=0) for entry in parsed(side).contact.interactions) for side in sides]
        if "=======" not in ours.split("\n") + theirs.split("\n"):
            assert wanted <= there[0] | there[1]
        return
    after = parsed(found.data)
    assert Counter(entry._replace(where=0) for entry in after.contact.interactions) == wanted
    for code in ("duplicate-key", "yaml", "conflict-markers"):
        before = max(sum(problem.code == code for problem in parsed(text).problems) for text in _bytes(ours, theirs))
        assert sum(problem.code == code for problem in after.problems) <= before


def _bytes(*texts: str) -> list[bytes]:
    return [text.encode("utf-8", "surrogateescape") for text in texts]


# --- histories of which we know what each side meant ---------------------------------------------------------------


class State(NamedTuple):
    """A contact as facts: keys, a list, entries by number (day, lines), paragraphs of notes by number."""

    keys: dict[str, str]
    tags: tuple[str, ...]
    entries: dict[int, tuple[date, str]]
    notes: dict[int, str]


class Shape(NamedTuple):
    """How a file is written."""

    newest_first: bool
    gap: str
    flow: bool
    end: str
    section: bool  # there without entries too

    def text(self, state: State) -> str:
        """The file."""
        tags = f"tags: [{', '.join(state.tags)}]" if self.flow else "\n".join(["tags:", *(f"  - {tag}" for tag in state.tags)])
        lines = ["---", *(f"{key}: {value}" for key, value in state.keys.items()), tags, "---", "", "# Ada", ""]
        lines += [f"{note}\n" for note in state.notes.values()]
        if state.entries or self.section:
            days = sorted(state.entries.items(), key=lambda pair: pair[1], reverse=self.newest_first)
            lines += ["## Interactions", "", *self.gap.join(f"- {on} call: {said}\n" for _, (on, said) in days).split("\n")]
        return "\n".join(lines).rstrip("\n").replace("\n", self.end) + self.end


class Changed(NamedTuple):
    """A side's version and what it touched: ("key", "tier"), ("entry", 3), ("note", 1)."""

    state: State
    touched: frozenset[tuple[str, object]]


DETAILS = (
    "",
    "",
    "\n  - [ ] send it [due:: 2026-12-01]",
    "\n  more\n\n  and more",
    "\n  ```\n  - 2026-01-01 call: in code\n\n  x\n  ```",
    "\n  <!-- x -->",
)


def said(chance: random.Random, number: int) -> str:
    """An entry's words, its number in them, so that none is like another; some with lines below."""
    return f"talk {number} {chance.choice('abc')}{chance.choice(DETAILS)}"


def some_day(chance: random.Random) -> date:
    return date(2026, 1, 1) + timedelta(days=chance.randrange(30))


def some_state(chance: random.Random) -> State:
    keys = {"name": "Ada King", "tier": "A", "company": "Acme", "role": "boss", "why": "a friend # really", "favourite": "tea"}
    kept = {key: value for key, value in keys.items() if key == "name" or chance.random() < 0.8}
    log = {number: (some_day(chance), said(chance, number)) for number in range(chance.choice((0, 1, 4, 8)))}
    return State(kept, ("t0", "t1", "t2"), log, {number: f"note {number}" for number in range(4)})


def changed(chance: random.Random, base: State, fresh: int) -> Changed:
    """A few changes of a side; whatever it adds has numbers from `fresh` on."""
    keys, tags, log, notes = dict(base.keys), list(base.tags), dict(base.entries), dict(base.notes)
    touched: set[tuple[str, object]] = set()
    for number in range(fresh, fresh + chance.randint(1, 4)):
        what = chance.choice(("entry", "entry", "edit entry", "remove entry", "key", "remove key", "tag", "remove tag", "note"))
        old = chance.choice([one for one in log if one < 100] or [None])
        if what == "entry":
            log[number] = (some_day(chance), said(chance, number))
        elif what == "edit entry" and old is not None:
            log[old] = (log[old][0], f"edit {number}: {log[old][1]}")
            touched.add(("entry", old))
        elif what == "remove entry" and old is not None:
            del log[old]
            touched.add(("entry", old))
        elif what == "key":
            key = chance.choice(("tier", "company", "role", "why", "favourite", "email"))
            keys = {**keys, key: f"value {number}"} if key in keys else dict([*keys.items(), (key, f"value {number}")])
            touched.add(("key", key))
        elif what == "remove key":
            key = chance.choice(("tier", "company", "favourite"))
            touched |= {("key", key)} if keys.pop(key, None) else set()
        elif what == "tag":
            tags.insert(chance.choice((0, len(tags))), f"t{number}")
        elif what == "remove tag" and len(tags) > 2:
            tags.remove(chance.choice(tags))
        elif what == "note":
            place = chance.choice(list(notes))
            notes[place] = f"note {place} {number}"
            touched.add(("note", place))
    return Changed(State(keys, tuple(tags), log, notes), frozenset(touched))


def three_ways(base: dict, one: dict, other: dict) -> dict:  # type: ignore[type-arg]
    """Facts three ways; what both touched is not asked for here."""
    keys = [*base, *(key for key in (*one, *other) if key not in base)]
    found = {key: one.get(key) if other.get(key) == base.get(key) else other.get(key) for key in keys}
    return {key: value for key, value in found.items() if value is not None}


def facts(data: bytes) -> tuple[dict[str, object], Counter[str], list[str]]:
    """(keys, entries as they were written, the days in order)."""
    found = parsed(data)
    assert not [problem for problem in found.problems if problem.code not in ("unknown-tier",)], found.problems
    log = found.contact.interactions
    return {pair.key: pair.value for pair in found.front.pairs}, Counter(entry.text for entry in log), [str(entry.on) for entry in log]


def wanted_words(log: dict[int, tuple[date, str]]) -> Counter[str]:
    """The first line of each entry, as it is read."""
    return Counter(words.split("\n")[0] for _, words in log.values())


def ordered(shape: Shape, one: dict[int, tuple[date, str]]) -> list[str]:
    """The days of a log as its order has them."""
    return sorted((str(on) for on, _ in one.values()), reverse=shape.newest_first)


@pytest.mark.parametrize("part", range(10))
def test_random_histories_stop_only_for_what_both_changed_and_lose_nothing(part: int) -> None:
    chance = random.Random(part if not MORE else None)
    ends = clean = stopped = 0
    for _ in range(max(40, MORE // 10)):
        base = some_state(chance)
        gap, end = chance.choice(("", "", "\n")), chance.choice(("\n", "\n", "\r\n"))
        shape = Shape(chance.random() < 0.4, gap, chance.random() < 0.5, end, bool(base.entries) or chance.random() < 0.5)
        one, other = changed(chance, base, 100), changed(chance, base, 200)
        texts = [shape.text(state) for state in (base, one.state, other.state)]
        found = merged(*texts)
        both = {name for name in one.touched & other.touched if not _same(name, base, one.state, other.state)}
        if not shape.section and ("note", 3) in one.touched | other.touched:
            both.add(("note", 3))  # a new log section right below a changed line: the same stretch, as git sees it
        shown = "\n#####\n".join([*texts, found.data.decode()])
        if found.conflicts:
            # where both removed an entry and one added another on its day, that may be what became of it
            assert both or any(name[0] == "entry" for name in one.touched & other.touched), shown
            stopped += 1
            for side, state in enumerate((one.state, other.state)):
                words = facts(settled(found.data.decode().replace("\r\n", "\n"), side).encode())[1]
                assert all(words[text] for text in wanted_words({key: value for key, value in state.entries.items() if key > 99})), shown
            continue
        clean += 1
        keys, log, days = facts(found.data)
        assert all(name[0] == "entry" or name == ("note", 3) for name in both), shown
        entries_ = three_ways(base.entries, one.state.entries, other.state.entries)
        assert log == wanted_words(entries_), shown
        told = any(len({on for on, _ in state.entries.values()}) > 1 for state in (base, one.state, other.state))
        assert days == ordered(shape._replace(newest_first=shape.newest_first and told), entries_), shown
        assert {key: value for key, value in keys.items() if key != "tags"} == {
            key: value.split(" #")[0] for key, value in three_ways(base.keys, one.state.keys, other.state.keys).items()
        }, shown
        tags = {
            tag
            for tag in {*one.state.tags, *other.state.tags}
            if tag not in base.tags or (tag in one.state.tags and tag in other.state.tags)
        }
        assert sorted(keys["tags"]) == sorted(tags), shown  # type: ignore[call-overload]
        for note in three_ways(base.notes, one.state.notes, other.state.notes).values():
            assert f"{note}{shape.end}" in found.data.decode(), shown
        again = merged(texts[0], found.data.decode(), texts[2])  # a new entry on the day of one removed may be what became of it
        assert again.conflicts or again.data == found.data, f"merged again: {shown}"
        ends += shape.end == "\r\n" and found.data.count(b"\n") == found.data.count(b"\r\n")
    assert clean > 1.25 * stopped > 0
    assert ends > 0


def _same(name: tuple[str, object], base: State, one: State, other: State) -> bool:
    """Whether both sides did the same to it."""
    part = {"key": "keys", "entry": "entries", "note": "notes"}[name[0]]
    here, there, old = (getattr(state, part).get(name[1]) for state in (one, other, base))
    return here == there or old in (here, there)


@pytest.mark.parametrize("part", range(4))
def test_three_branches_give_the_same_bytes_in_any_order(part: int) -> None:
    chance = random.Random(f"three {part}" if not MORE else None)
    compared = 0
    for _ in range(max(20, MORE // 20)):
        base = some_state(chance)
        told = len({on for on, _ in base.entries.values()}) > 1  # else nobody can know the order and the blank lines
        shape = Shape(
            told and chance.random() < 0.5, chance.choice(("", "\n")) if told else "", chance.random() < 0.5, "\n", bool(base.entries)
        )
        sides = [changed(chance, base, 100 * number) for number in (1, 2, 3)]
        start = shape.text(base)
        results = set()
        for order in permutations(shape.text(side.state) for side in sides):
            now, conflicts = order[0], 0
            for text in order[1:]:
                found = merged(start, now, text)
                now, conflicts = found.data.decode(), conflicts + found.conflicts
            results.add("conflict" if conflicts else now)
        if "conflict" not in results:
            compared += 1
            assert len(results) == 1, "\n#####\n".join([start, *(shape.text(side.state) for side in sides), *sorted(results)])
    assert compared > 5
