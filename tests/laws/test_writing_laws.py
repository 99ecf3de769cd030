"""Laws of writing: one entry, one key or one tick more, and every other byte as it was."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from plaintextcrm import cli
from plaintextcrm.core import contact, edit
from plaintextcrm.core.body import Section
from plaintextcrm.core.entries import parse_entry
from plaintextcrm.core.errors import PtcrmError, Refused, Usage
from plaintextcrm.core.model import Edit, Interaction
from plaintextcrm.core.text import decode, split_lines
from tests.make import environment, parsed, source, vault

# The same examples each time; PTCRM_EXAMPLES=20000 looks further, at random.
MORE = int(os.environ.get("PTCRM_EXAMPLES", "0"))
TODAY = date(2026, 11, 21)


def law(examples: int) -> Callable[..., Callable[..., None]]:
    """A law that is tried on that many examples."""
    return settings(
        max_examples=MORE or examples, deadline=None, database=None, derandomize=not MORE, suppress_health_check=list(HealthCheck)
    )  # fmt: skip


def one_of(*texts: str) -> st.SearchStrategy[str]:
    """One of the texts, which stand between middle dots."""
    return st.sampled_from([word for text in texts for word in text.split(" · ")])


# --- readable files of every shape ---------------------------------------------------------------------------------

days = st.integers(-30, 30).map(lambda days: date(2026, 10, 1) + timedelta(days=days))
said = one_of(
    "about tides · Met [[bob-lee]]; saw the house · 20 % off <b> · x · (a) - b | c: d · é日😀 · note well · 14:30 sharp · - dash · call"
)
tails = one_of(" ·  ·  [minutes:: 20] ·  [dir:: in] [with:: noor] ·  ^k3x9q2 ·  <!-- aside --> ·  %% aside %% ·   · \t")
shapes = one_of(
    "{0} {1}: {2} · {0}: {1}: {2} · {0} {2} · {0}: {2} · {0} {1} — {2} · {0} 14:30 {1}: {2}",
    "**{0}** {2} · **{0}:** {1}: {2} · [[{0}]] {2} · {0}",
)
kinds = one_of("call · coffee · lunch · note · e-mail · referral-in")
bullets = one_of("-  · -  · -  · *  · +  ·   -  · -   · - [x]  · -\t")
details = one_of(
    "  - wants to retire · \ttabbed ·   - [ ] send it [due:: 2026-12-01] ·       deeper ·   - 2026-01-01 call: deeper · \n  after a blank",
    "  ```\n  - 2026-01-01 call: in code\n  ``` ·   > quoted ·   | a | b | ·   # no heading",
)


@st.composite
def entries(draw: st.DrawFn) -> str:
    """A log in one style and order, with what people put between its lines."""
    shape, bullet = draw(shapes), draw(bullets)
    found = draw(st.lists(days, max_size=5))
    found.sort(reverse=draw(st.sampled_from([True, False])))
    if draw(st.integers(0, 5)) == 0:
        found = draw(st.permutations(found))
    lines = []
    for on in found:
        lines.append(bullet + shape.format(on, draw(kinds), draw(said)) + draw(tails))
        if draw(st.integers(0, 3)) == 0:
            lines.append(draw(details))
        lines += draw(
            st.sampled_from(
                [[]] * 6 + [[""], ["<!-- a comment -->"], ["%% hidden\n- 2026-10-01 call: hidden\n%%"], ["lazy line"], ["> quoted"]]
            )
        )
    return "\n".join(lines)


fronts = st.sampled_from([
    "", "---\nname: Ada\ntier: A\n---\n\n", "---\nname: Ada # the first\n# a comment\ntags: [x,  y]\nfoo:   bar\n---\n# Ada\n\nprose\n",
    "---\n---\n", "---\nname: Ada\nbirthday: soon\n---\n", '---\n"name": \'Ada\'\nwhy: |\n  a\n\n  b\n---\n',
    "---\nname: Jos\udce9\n---\n", "---\nname: [\n---\n",
])  # fmt: skip
before = st.sampled_from([
    "", "# Ada King\n\n", "Prose.\n\n- 2026-01-01 call: outside\n\n", "```\n## Interactions\n- 2026-01-01 call: no\n```\n\n",
    "<!-- x -->\n",
])  # fmt: skip
headings = one_of("## Interactions · ## Interactions · ## Interactions ## · # Log · ### History: · ## interactions · ## Meetings")
blocks = st.sampled_from([
    "", "### 2026-09-01 | coffee\nProse below.\n\n### 2026-09-10\nMore.\n",
    "| 2026-09-01 | call | x |\n|---|---|---|\n| 2026-09-02 | call | y |\n", "**2026-09-01** walked\n", "Prose only.\n",
    "```\ncode\n```\n", "- not dated\n- [ ] a task\n",
])  # fmt: skip
after = st.sampled_from([
    "", "", "\n## Notes\n\nText.\n", "\n## Notes\n- 2026-05-05 call: outside\n- [ ] later\n",
    "\n# Log\n\n- 2025-01-01 call: a second log\n", "\n---\nPlain text after a rule.\n", "\n<!-- an open comment\n", "\n50 %% open\n",
    "\n### deeper\n\ntext\n", "\n```\nopen fence\n",
])  # fmt: skip


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """The bytes of a readable contact of any shape."""
    text = draw(fronts) + draw(before)
    section = draw(st.integers(0, 9))
    if section:
        text += draw(headings) + draw(st.sampled_from(["\n\n", "\n\n", "\n", "\n\n\n", " \n\t\n"]))
        if section < 8:
            text += draw(entries()) + draw(st.sampled_from(["\n", "\n", "\n\n", "\n \n"]))
        else:
            text += draw(blocks)
        text += draw(after)
    if draw(st.integers(0, 3)) == 0:
        text = text.rstrip("\n")
    end = draw(st.sampled_from(["\n", "\n", "\n", "\r\n", "\r", "mixed"]))
    if end == "mixed":
        parts = re.split("(\n)", text)
        text = "".join(draw(st.sampled_from(["\n", "\r\n"])) if part == "\n" else part for part in parts)
    else:
        text = text.replace("\n", end)
    data = text.encode("utf-8", "surrogateescape")
    return b"\xef\xbb\xbf" + data if draw(st.integers(0, 5)) == 0 else data


simple_texts = st.lists(st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=7), max_size=4).map(" ".join) | said
new_entries = st.builds(
    "- {} {}".format,
    days,
    st.one_of(
        simple_texts,
        st.builds("{}: {}".format, kinds, simple_texts),
        st.builds("{} [minutes:: {}]".format, simple_texts, st.integers(0, 99)),
        st.builds("14:30 {}: {} ^abc123".format, kinds, simple_texts),
    ),
).map(parse_entry)


def added(one: Edit) -> bytes:
    """What an edit puts in; fails where it changes or drops anything."""
    old, new = one.expects or b"", one.replaces or b""
    more = len(new) - len(old)
    same = next((place for place, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    for at in range(same, -1, -1):
        if old[at:] == new[at + more :]:
            return new[at : at + more]
    raise AssertionError(f"{old!r} is not kept in {new!r}")


def facts(one: Interaction) -> Interaction:
    """An entry without its place."""
    return one._replace(where=0)


def written_section(sections: tuple[Section, ...]) -> int | None:
    """Which section is written to: `Interactions`, else the first."""
    named = [place for place, one in enumerate(sections) if one.title.casefold().rstrip(":") == "interactions"]
    return named[0] if named else 0 if sections else None


def place_of(on: date, there: list[date], order: str) -> int:
    """Where a day belongs in a log (docs/format.md, "Writing an entry")."""
    newest = there[0] > there[-1] or (there[0] == there[-1] and order == "newest") if there else False
    if newest:
        return next((place for place, other in enumerate(there) if other <= on), len(there))
    return max((place + 1 for place, other in enumerate(there) if other <= on), default=0)


@law(112)
@given(files(), new_entries, st.sampled_from(["oldest", "newest"]))
def test_logging_adds_its_line_and_keeps_every_other_byte(data: bytes, entry: Interaction, order: str) -> None:
    assume(entry is not None)
    old = parsed(data)
    try:
        change = edit.insert_interaction(source(data), entry, order)
    except Usage:
        # only where something is left open, which the new line would be swallowed by or would close
        assert re.search(rb"<!-- an open|%% open|open fence", data)
        return
    line = added(change).decode()
    new = parsed(change.replaces)
    # the entry, and nothing else, is there more
    logs = [facts(one) for one in old.contact.interactions], [facts(one) for one in new.contact.interactions]
    place = next(place for place, one in enumerate([*logs[1], None]) if place == len(logs[0]) or one != logs[0][place])
    assert logs[1] == [*logs[0][:place], entry, *logs[0][place:]]
    assert new.contact.follow_ups == tuple(
        one._replace(where=new.contact.follow_ups[n].where) for n, one in enumerate(old.contact.follow_ups)
    )
    assert (new.contact.keys, new.contact.other, new.contact.name) == (old.contact.keys, old.contact.other, old.contact.name)
    assert sorted(one.code for one in new.problems if one.code != "kind-hint") == sorted(
        one.code for one in old.problems if one.code != "kind-hint"
    )
    # in the right section, at the right place
    which = written_section(old.body.sections)
    if which is None:
        assert line.strip().splitlines()[0] == "## Interactions"
        return
    there = [one.on for one in old.body.sections[which].entries]
    at = place_of(entry.on, there, order)
    assert [one.on for one in new.body.sections[which].entries] == [*there[:at], entry.on, *there[at:]]
    if there:
        assert len(split_lines(line)) == 2, "one line more"


@law(33)
@given(files(), new_entries)
def test_a_new_line_ends_as_the_lines_of_its_file_do(data: bytes, entry: Interaction) -> None:
    assume(entry is not None)
    ends = set(re.findall(rb"\r\n|\r|\n", data))
    assume(len(ends) == 1)
    try:
        change = edit.insert_interaction(source(data), entry)
    except Usage:
        return
    assert set(re.findall(rb"\r\n|\r|\n", change.replaces)) == ends


@law(33)
@given(files(), st.lists(new_entries, min_size=2, max_size=4))
def test_entries_logged_one_after_the_other_are_all_there(data: bytes, several: list[Interaction]) -> None:
    assume(all(entry is not None for entry in several))
    assume(not re.search(rb"<!-- an open|%% open|open fence", data))
    wanted = sorted([*(facts(one) for one in parsed(data).contact.interactions), *several], key=repr)
    for entry in several:
        data = edit.insert_interaction(source(data), entry).replaces
    assert sorted((facts(one) for one in parsed(data).contact.interactions), key=repr) == wanted


@law(33)
@given(files(), new_entries)
def test_conflict_markers_and_utf_16_are_never_written_to(data: bytes, entry: Interaction) -> None:
    assume(entry is not None)
    for broken in (
        data + b"\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> theirs\n",
        b"<<<<<<< HEAD\n" + data,
        decode(data)[0].encode("utf-16", "replace"),
    ):
        with pytest.raises(Refused):
            edit.insert_interaction(source(broken), entry)


# --- hostile texts -------------------------------------------------------------------------------------------------

HOSTILE = [
    "<!--", "<!-- x", "-->", "<!-- x -->", "%%", "%% x", "x %% y", "%% x %% y", "```", "```python", "~~~", "``` x ```", "## x", "# x",
    "### 2026-01-01 x", "---", "***", "===", "[x:: y]", "x [x:: y] z", "(x:: y)", "[x:: y", "[[x:: y]]", "[a[x:: y]:: b]", "^abc123",
    "x ^abc123", "x^abc123", "- [ ] x", "[ ] x", "[x] y", "- x", "* x", "1. x", "> x", "| a | b |", "2026-01-01 x",
    "- 2026-01-01 call: x", "14:30 x", "14:30", ": x", ":: x", "— x", "- ", "call", "call:", "call x", "note x", "note: x",
    "note to self: x", "x\ty", "x  y", "x\u2028y", "x\u2029y", "x\x85y", "x\x0by", "x\x0cy", "x\u202ey", "x\u200by", "\ufeffx", "x\ny",
    "x\n\ny", "x\n  y", "x\n- y", "x\n## y", "x\n# y", "x\n---\ny", "x\n```\ny", "x\n```\ny\n```", "x\n<!--\ny", "x\n%%\ny", "x\n- [ ] y",
    "x\n- 2026-01-01 call: y", "x\n2026-01-01 y", "x\n> y", "x\n| 2026-01-01 | y |", "x\n**2026-01-01** y", "x\n<<<<<<< HEAD",
    "<<<<<<< HEAD", "x\n=======\ny", "x\n>>>>>>> y", "x\r\ny\rz", "x\n\ty", "x\n    y", "x\n\n\n", "\\", "\\n", "'", '"', "$(x)", "{{x}}",
    "<script>", "&amp;", "*x*", "**x", "__x", "[[x", "x]]", "[](", "📅 2026-01-01", "x 📅 2026-01-01", "due: 2026-01-01",
    "[due:: 2026-01-01]", "x [touch:: no]", "[ref:: [a] b]", "²", "café", "日本語", "😀", "x" * 5000,
]  # fmt: skip
LOGS = {
    "empty": "---\nname: Ada\n---\n\n## Interactions\n",
    "plain": "---\nname: Ada\n---\n\n## Interactions\n\n- 2026-01-01 call: old\n- 2026-12-01 call: a plan\n",
    "between": (
        "---\nname: Ada\n---\n\n## Interactions\n\n- 2026-01-01 call: old\n  - its detail\n- 2026-12-01 call: later %% aside %%\n\n"
        "## Notes\n\n<!-- x -->\n"
    ),
    "styled": (
        "---\nname: Ada\n---\n\n# Log\n\n* **2026-12-01:** call — later --> x\n* **2026-01-01:** call — old `x`\n\n"
        "```\ncode\n```\n- [ ] a task\n"
    ),
    "none": "---\nname: Ada\n---\n\nProse with 5 %% in it.\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def diary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault for the real command to write to."""
    return vault(tmp_path_factory.mktemp("hostile") / "vault", {"ada": ""})


def log_here(folder: Path, content: str, *words: str) -> tuple[int, bytes]:
    """The real command's exit code, and the bytes after it."""
    path = folder / "contacts" / "ada.md"
    path.write_bytes(content.encode())
    try:
        arguments = ["-C", str(folder), "--today", TODAY.isoformat(), "-q", "log", "ada", *words]
        code = cli.main_group.main(arguments, prog_name="ptcrm", standalone_mode=False)
    except PtcrmError as error:
        code = error.exit_code
    return code, path.read_bytes()


def without_code(lines: list[str]) -> list[str]:
    """Lines without a code fence that is closed: code is kept and never read."""
    text = "\n".join(lines)
    return re.sub(r"^\s*```.*\n(?:.*\n)*?\s*```$", "", text, flags=re.MULTILINE).split("\n")


def typed_lines(text: str) -> list[str]:
    """The lines that somebody typed: every line end and page break is one, tabs are blanks, blank lines at the ends are none."""
    return [" ".join(line.split("\t")).rstrip() for line in re.split("\r\n|[\r\n\u2028\u2029\x0b\x0c\x85]", text.strip())]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:24]))
def test_a_hostile_text_is_written_as_typed_or_refused(
    diary: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    for name, value in environment(diary.parent).items():
        monkeypatch.setenv(name, value)
    for content in LOGS.values():
        code, data = log_here(diary, content, "-k", "call", "-m", text)
        if code == Usage.exit_code:
            assert data == content.encode()
            continue
        assert code == 0
        assert added(Edit("ada", content.encode(), data))
        old, new = parsed(content), parsed(data)
        entry = one_more(old, new)
        first, *rest = [line for line in typed_lines(text) if line] or [""]
        assert (entry.on, entry.kind) == (TODAY, "call")
        # the words, with the fields and the block id that they are read as, wherever these stand
        words = entry.text + "".join(f"[{key}:: {value}]" for key, value in entry.fields) + (f"^{entry.block_id}" if entry.block_id else "")
        assert letters_of(words) == letters_of(first)
        assert [line.strip() for line in entry.details if line.strip()] == [line.strip() for line in without_code(rest) if line.strip()]
        # and nothing else is read otherwise than before
        assert (new.contact.keys, new.contact.name) == (old.contact.keys, old.contact.name)
        promised = [one.text for one in new.contact.follow_ups]
        for one in old.contact.follow_ups:
            promised.remove(one.text)
        assert len(promised) == sum(line.strip().startswith("- [ ]") for line in rest)
        assert {one.code for one in new.problems} <= {one.code for one in old.problems} | {"bad-date", "kind-hint", "bad-field"}


def one_more(old: contact.Parsed, new: contact.Parsed) -> Interaction:
    """The one entry that is there more; fails where any other went, or changed."""
    got = [facts(one) for one in new.contact.interactions]
    for one in old.contact.interactions:
        got.remove(facts(one))
    (entry,) = got
    return entry


def letters_of(text: str) -> list[str]:
    """All characters but blanks and brackets, sorted."""
    return sorted(re.sub(r"[\s()\[\]]", "", text))


hostile_lines = st.lists(st.sampled_from([text for text in HOSTILE if len(text) < 50]), min_size=1, max_size=3)


@law(33)
@given(texts=hostile_lines, between=st.sampled_from([" ", "\n", "\n\n"]), which=st.sampled_from(list(LOGS)))
def test_hostile_texts_together_are_written_as_typed_or_refused(texts: list[str], between: str, which: str) -> None:
    lines = typed_lines(between.join(texts))
    content = LOGS[which]
    entry = parse_entry(f"- {TODAY}: call: {lines[0]}")
    assume(entry is not None)
    deeper = tuple(line for line in lines[1:] if line.strip())
    try:
        change = edit.insert_interaction(source(content), entry._replace(details=deeper))
    except Usage:
        return
    assert added(change)
    old, new = parsed(content), parsed(change.replaces)
    got = one_more(old, new)
    assert got._replace(details=()) == entry
    assert [line.strip() for line in got.details if line.strip()] == [line.strip() for line in without_code([*deeper]) if line.strip()]


# --- keys ----------------------------------------------------------------------------------------------------------

VALUES = {
    "tier": ["A", "b2", "no", "12"], "cadence": ["3 weeks", "1 year", "never"], "snooze_until": ["2027-01-11"],
    "next_contact": ["2026-12-01"], "paused": ["true", "2027-01-01"],
    "why": ["Old friend", "a: b", "x # y", "it's \"so\"", "- x", "[[x]]", "yes", "²", "é日", "@x", "x:", "2026-02-30", "0123", "~"],
    "owner": ["lee"], "location": ["Porto", "Vila Nova de Gaia"], "status": ["archived"],
}  # fmt: skip
FRONT_LINES = [
    "name: Ada", "name:   Ada   # the first", "tier: A", "tier:   A    # close", "Tier : B", '"tier": "A"', "'tier': 'A' # x", "tier:",
    "tier: ~", "priority: 1", "cadence: 3m", "every: 2w # often", "Snooze Until: 2026-12-24", "snooze: 2026-12-24",
    "snoozeUntil: 2026-12-24", "paused: true", "why: it is so", "why: 'it''s # one'", 'why: "a \\" # b"', "why: a # b # c",
    "why: |\n  block\n  --- not a fence\n\n  end", "why: >-\n  folded\n  text", "why: one\n  two", 'why: "one\n  two"', "why: [a, b]",
    "why: {a: b}", "why: &a text", "why: !!str text", "location: '[[Porto]]'", "location: [[Porto]]", "owner: lee", "status:",
    "# a comment", "  # indented comment", "", "tags: [a, b]", "tags:\n  - a\n\n  - b", "tags:\n- a\n- b", "foo: bar",
    "foo:\n  bar: {x: [1, 2]}\n  baz: |\n    ---\n    x", "dates:\n  - 05-12 x # y", "x: *a", "{a: b}", "next_contact: 2026-12-01",
    "why: a\u2028b", "note: \u00e9 \u65e5", "birthday: 05-12", "company: Acme: Ltd", "unclosed: 'x",
]  # fmt: skip


@st.composite
def fronted(draw: st.DrawFn) -> bytes:
    """A contact with a front matter of odd lines."""
    lines = draw(st.lists(st.sampled_from(FRONT_LINES), max_size=6))
    text = "---\n" + "".join(f"{line}\n" for line in lines) + draw(st.sampled_from(["---\n", "---\n", "---  \n", "---"]))
    text += draw(st.sampled_from(["", "\n# Ada\n\n## Interactions\n\n- 2026-01-01 call: x\n", "tier: not here\n---\ntier: nor here\n"]))
    if draw(st.integers(0, 7)) == 0:
        text = draw(st.sampled_from(["", "# Ada\n\ntext\n", "\n\ntext", "text"]))
    text = text.replace("\n", draw(st.sampled_from(["\n", "\n", "\r\n", "\r"])))
    return draw(st.sampled_from([b"", b"", b"\xef\xbb\xbf"])) + text.encode()


def changed_lines(one: Edit) -> tuple[list[bytes], list[bytes]]:
    """(lines that went, lines that came), in one place."""
    old, new = (re.split(rb"(?<=\n)|(?<=\r)(?!\n)", (data or b"").removeprefix(b"\xef\xbb\xbf")) for data in (one.expects, one.replaces))
    while old and new and old[0] == new[0]:
        old, new = old[1:], new[1:]
    while old and new and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    return [line for line in old if line], [line for line in new if line]


def other_reader(data: bytes) -> object:
    """The front matter as any other program reads it; None where it refuses."""
    text = decode(data)[0].replace("\r\n", "\n").replace("\r", "\n")
    found = re.match(r"---[ \t]*\n(.*?\n|)---[ \t]*(?:\n|\Z)", text, re.DOTALL)
    try:
        return yaml.safe_load(found[1]) if found else {}
    except (yaml.YAMLError, ValueError):
        return None


PAIRS = [(key, value) for key, values in VALUES.items() for value in (*values, None)]


@law(180)
@example(b"---\nwhy: 'it''s # one'\n---\n", ("why", "New"))
@example(b'---\nwhy: "a \\" # b"\n---\n', ("why", "New"))
@example("---\nwhy: a\u2028b\ntier: A\n---\n".encode(), ("tier", "B"))
@given(fronted(), st.sampled_from(PAIRS))
def test_a_key_that_is_set_is_there_and_one_line_differs(data: bytes, pair: tuple[str, str | None]) -> None:
    key, value = pair
    old = parsed(data)
    try:
        change = edit.set_key(source(data), key, value)
    except Refused:
        return
    new = parsed(change.replaces)
    found = new.contact.keys.get(key)
    wanted = {"true": True}.get(value or "", value) if key == "paused" else value
    also = [one.key for one in old.front.pairs if contact.find_key(one.key) and contact.find_key(one.key).name == key]
    assert found == wanted or (value is None and len(also) > 1)
    # nothing else reads otherwise
    rest = [{name: one for name, one in side.contact.keys.items() if name != key} for side in (old, new)]
    assert rest[0] == rest[1]
    assert new.contact.other == old.contact.other
    assert [facts(one) for one in new.contact.interactions] == [facts(one) for one in old.contact.interactions]
    went, came = changed_lines(change)
    if old.front.end or not came:
        assert len(went) <= 1
        assert len(came) <= 1
    else:
        assert (went, came[0].strip(), came[2].strip()) == ([], b"---", b"---")
    if went and came:  # a comment stays, and nothing else of the old value does
        kept, comment = came[0].rstrip(b"\r\n"), re.search(rb"[ \t]+#(?=[^'\"]*$).*", went[0].rstrip(b"\r\n"))
        assert went[0].split(b":")[0] == kept.split(b":")[0]
        assert came[0][len(kept) :] == went[0][len(went[0].rstrip(b"\r\n")) :]
        told = kept.partition(b":")[2].strip()
        assert told.removesuffix(comment[0].rstrip() if comment else b"") in (edit.scalar(value or "").encode(), b"true")
    # and other programs still read the file
    if isinstance(other_reader(data), dict):
        theirs = other_reader(change.replaces)
        theirs = theirs or {}  # the last key taken out
        assert isinstance(theirs, dict), change.replaces
        if value is not None and value not in ("true", "2026-02-30") and len(also) < 2:
            assert value in [str(one) for one in theirs.values()]


@law(45)
@given(fronted(), st.sampled_from(PAIRS))
def test_setting_a_key_twice_changes_nothing_the_second_time(data: bytes, pair: tuple[str, str | None]) -> None:
    key, value = pair
    try:
        once = edit.set_key(source(data), key, value).replaces
    except Refused:
        return
    assert edit.set_key(source(once), key, value).replaces == once


@law(45)
@given(fronted(), st.sampled_from([(key, value) for key, value in PAIRS if value is not None]))
def test_a_key_that_was_added_and_is_taken_out_leaves_the_file_as_it_was(data: bytes, pair: tuple[str, str]) -> None:
    key, value = pair
    assume(parsed(data).front.end and not any(contact.find_key(one.key) is contact.find_key(key) for one in parsed(data).front.pairs))
    try:
        once = edit.set_key(source(data), key, value).replaces
    except Refused:
        return
    assert edit.set_key(source(once), key, None).replaces == data


# --- follow-ups ----------------------------------------------------------------------------------------------------

tasks = st.builds(
    "{}{}{}".format,
    one_of("- [ ]  · * [ ]  · + [/]  · 1. [ ]  · 2) [ ]  ·   - [ ]  · \t- [ ]  · -   [ ]   · - [ ] 2026-12-04 dinner: "),
    said,
    one_of(
        " ·  [due:: 2026-12-01] ·  📅 2026-12-01 ·  ^abc123 ·  [due:: 2026-12-01] ^abc123   ·   · \t ·  [owner:: lee] ·  [x ·  <!-- x -->"
    ),
)


@law(56)
@given(files(), tasks, st.integers(0, 3))
def test_ticking_changes_one_line(data: bytes, task: str, where: int) -> None:
    end = (re.search(rb"\r\n|\r|\n", data) or [b"\n"])[0]
    lines = [
        b"\n## Notes\n" + task.encode() + b"\n",
        b"\n" + task.encode(),
        b"\n## Log\n\n- 2026-01-01 call\n  " + task.encode().strip() + b"\n",
        b"",
    ]
    data += lines[where].replace(b"\n", end)
    old = parsed(data)
    open_ones = [one for one in old.contact.follow_ups if one.open]
    assume(open_ones)
    chosen = open_ones[-1]
    change = edit.tick_follow_up(source(data), chosen.where, TODAY)
    went, came = changed_lines(change)
    assert (len(went), len(came)) == (1, 1)
    new = parsed(change.replaces)
    assert [one for one in new.contact.follow_ups if one.where != chosen.where] == [
        one for one in old.contact.follow_ups if one.where != chosen.where
    ]
    (ticked,) = (
        (one for one in new.contact.follow_ups if one.where == chosen.where and not one.open)
        if not old_plan(old, chosen.where)
        else (chosen,)
    )
    assert (ticked.text, ticked.due) == (chosen.text, chosen.due)
    if not old_plan(old, chosen.where):
        assert ticked.done == TODAY
    assert len(new.contact.interactions) == len(old.contact.interactions)
    with pytest.raises(Refused):
        edit.tick_follow_up(source(change.replaces), chosen.where, TODAY)


def old_plan(found: contact.Parsed, line: int) -> bool:
    """Whether the task in that line is a dated plan of the log, which becomes an interaction when it is ticked."""
    return any(one.where == line for one in found.contact.interactions)


# --- new people ----------------------------------------------------------------------------------------------------

names = st.one_of(
    simple_texts,
    st.sampled_from(
        ["Ada King", "O'Brien", 'Bo "B" Lee', "A: B", "#x", "- x", "[[x]]", "yes", "null", "~", "2026-11-20", "x # y", "é 日本 😀", "²"]
    ),
)


@law(67)
@given(names, st.dictionaries(st.sampled_from(["tier", "company", "role", "why", "location"]), names | said, max_size=3))
def test_somebody_new_is_read_back_as_typed(name: str, keys: dict[str, str]) -> None:
    assume(name.strip() and all(value.strip() for value in keys.values()))
    text = edit.new_contact(name, {"name": name, **keys})
    found = parsed(text)
    assert not found.problems
    assert found.contact.name == " ".join(name.split())
    theirs = other_reader(text.encode())
    assert isinstance(theirs, dict)
    for key, value in keys.items():
        assert str(theirs[key]) == value
        if key in ("tier", "why"):
            assert found.contact.keys[key] == value.strip()
