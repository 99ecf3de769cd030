"""Laws of `set`: what was set is read again, whatever it is; every other byte stays, or the change is refused."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from plaintextcrm.core.errors import Refused
from plaintextcrm.core.model import Edit
from plaintextcrm.core.splice import ADD, SET, TAKE, Change, change_key
from plaintextcrm.core.text import decode, readable
from tests.inside import inside
from tests.make import parsed, source, vault
from tests.naughty import NAUGHTY

MORE = int(os.environ.get("PTCRM_EXAMPLES", "0"))  # the same examples each time; 20000 looks further, at random


def law(examples: int) -> Callable[..., Callable[..., None]]:
    """A law that is tried on that many examples."""
    return settings(
        max_examples=MORE or examples, deadline=None, database=None, derandomize=not MORE, suppress_health_check=list(HealthCheck)
    )  # fmt: skip


def after(data: bytes, key: str, sign: str, *items: str) -> bytes:
    """The file's bytes after that change."""
    return change_key(source(data), Change(key, sign, items)).replaces or b""


def done_or_told(data: bytes, change: Change) -> Edit | str:
    """The edit, or why it is refused."""
    try:
        return change_key(source(data), change)
    except Refused as refused:
        return str(refused)


def by_yaml(data: bytes) -> dict[str, object]:
    """The front matter as another program reads it, every scalar as text; nothing where it refuses."""
    text = readable(decode(data)[0]).replace("\r\n", "\n").replace("\r", "\n")
    found = re.match(r"---[ \t]*\n(.*?\n|)---[ \t]*(?:\n|\Z)", text, re.DOTALL)
    try:
        return (yaml.load(found[1], Loader=yaml.CBaseLoader) or {}) if found else {}
    except yaml.YAMLError:
        return {}


# --- any text ------------------------------------------------------------------------------------------------------

AROUND = (b"---\nname: Ada # the first\n", b"tier:   A\n---\n\n# Ada\n\n- 2026-01-01 call: x\n")


def test_there_are_300_naughty_texts() -> None:
    assert len(NAUGHTY) >= 300


def test_any_text_is_read_as_it_was_set_and_no_other_byte_differs() -> None:
    before, behind = AROUND
    for text in NAUGHTY:
        data = after(before + b"lemon: old  # why\n" + behind, "lemon", SET, text)
        assert data.startswith(before + b"lemon: "), text
        assert data.endswith(b"  # why\n" + behind), text
        assert data.count(b"\n") == (before + behind).count(b"\n") + 1, text
        assert parsed(data).contact.other["lemon"] == text
        assert by_yaml(data)["lemon"] == text
        assert after(data, "lemon", SET) == before + behind, text


def test_any_text_that_was_set_is_text_to_other_programs_too() -> None:
    """But for a day, which people want to see without quotes."""
    for text in NAUGHTY:
        data = after(b"---\n---\n", "lemon", SET, text)
        found = re.match(r"---\n(.*)---\n", data.decode(), re.DOTALL)
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            assert found is not None
            assert yaml.safe_load(found[1]) == {"lemon": text}


def test_any_text_as_a_key_of_ours_is_read_as_it_was_set() -> None:
    for text in NAUGHTY:
        data = after(b"---\ntier: A\n---\n", "why", SET, text)
        assert parsed(data).contact.keys["why"] == text.strip()


LISTS = (
    b"lemon:\n  - one\n  - two # 2\n", b"lemon:\n- 'one'\n- 'two'\n", b'lemon:\n    -  "one"\n    -  "two"\n', b"lemon: [one,  two]  # both\n",
    b"lemon: ['one', 'two', ]\n", b'lemon: [ "one","two" ]\n', b"lemon: [\n  one,\n  two,\n]\n",
)  # fmt: skip


@pytest.mark.parametrize("block", LISTS)
def test_any_text_is_added_to_a_list_in_its_style_and_taken_out_again(block: bytes) -> None:
    before, behind = AROUND
    whole = before + block + behind
    for text in NAUGHTY[:: 1 if MORE else 4]:
        data = after(whole, "lemon", ADD, text)
        assert parsed(data).contact.other["lemon"] == ["one", "two", text], text
        assert by_yaml(data)["lemon"] == ["one", "two", text], text
        assert data.count(b"\n") - whole.count(b"\n") == (0 if b"[" in block else 1), text
        assert data.startswith(before)
        assert data.endswith(behind)
        assert after(data, "lemon", ADD, text) == data
        assert after(data, "lemon", TAKE, text) == whole


def test_any_text_is_added_to_one_value_which_becomes_a_list() -> None:
    before, behind = AROUND
    for text in NAUGHTY:
        data = after(before + b"lemon: 'one'  # why\n" + behind, "lemon", ADD, text)
        assert data.startswith(before + b"lemon:  # why\n  - one\n  - ")
        assert data.endswith(behind)
        assert parsed(data).contact.other["lemon"] == ["one", text]


def test_any_text_may_be_the_name_of_a_key_of_ones_own() -> None:
    for text in NAUGHTY:
        key = text.strip()
        if not key.isprintable() or len(key) > 100 or "=" in key:
            continue
        data = after(b"---\ntier: A\n---\nText\n", key, SET, "x")
        assert parsed(data).contact.other == {key: "x"}
        assert after(data, key, SET) == b"---\ntier: A\n---\nText\n"


@law(75)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.sampled_from(LISTS))
def test_every_text_at_all_is_read_as_it_was_set_and_added(text: str, block: bytes) -> None:
    data = after(b"---\n---\n", "lemon", SET, text)
    assert parsed(data).contact.other == {"lemon": text}
    assert by_yaml(data) == {"lemon": text}
    if text not in ("one", "two"):
        more = after(b"---\n" + block + b"---\n", "lemon", ADD, text)
        assert parsed(more).contact.other == {"lemon": ["one", "two", text]}
        assert after(more, "lemon", TAKE, text) == b"---\n" + block + b"---\n"


# --- any file ------------------------------------------------------------------------------------------------------

PIECES = st.sampled_from([
    "name: Ada #c", "name: 'Ada'", '"name":   "Ada"   #c', "# c\nname: Ada", "full_name: Ada", "\nname: Ada", "name:\n", "name: ~ #c",
    "tier: B", "tier:    b #c", "'tier': \"B\"", "priority: 2", "Tier:\t B", "tier: !x B", "tier: &a B", "tier: |\n  B", "tier: >-\n  B\n  C",
    "tier: {a: b}", "tier: \"B\n  C\"", "tier:\n  B", "tier: B\n  C", "tier: B\ntier: C", "? tier\n: B", "tier :  B", "tier: 'it''s' #c",
    "tags: [x, y] #c", "tags: [x,\n  y] #c", "tags:\n  - x #c\n  - y", "tags:\n- x\n- y\n", "tags:\n  # c\n  - x\n\n  - y #c", "tags: x, y #c",
    "tags: x", "tags:", "tags: []", "tags: [x, [y]]", "tags:\n  - - x\n  - y", "tags: ['x', \"y\"]", "tags:\n  - 'x'\n  - \"y\"\n  # c",
    "tags:\n  - x\n  -\n  - y", "Tags: [x]\ncategories:\n  - y", "tags:\n  - |\n    x\n  - y", "tags:\n  - {a: x}", "tags: &t [x]",
    "lemon: yellow #c", "lemon: *a", "lemon: |\n  ---\n  # no comment\n\n  text", "lemon:\n  a: 1\n  b: 2", "lemon: \"a # b\" #c", "lemon: [[x]]",
    "lemon:\n  - x\n  - y #c", "Lemon: x", "lemon: [x, 'y, z'] #c", "lemon: https://x.example/#a", "\"le mon\": x", "lemon: >\n  folded\n\n  --- more\n",
    "why: |+\n  a\n\n  ---\n", "other: {a: [1, 2], b: c} #c", "<<: {a: b}", "pets: [cat]", "#c", "  # c", "", "\n# c: d\n", "why: &w x\nprefers: *w",
])  # fmt: skip


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """The bytes of a contact with odd front matter: every comment has a number, line ends of any kind."""
    lines = draw(st.lists(PIECES, max_size=6, unique_by=lambda piece: piece.split(":")[0].strip("\"' #\n").lower() or piece))
    front = "".join(f"{line}\n" for line in lines)
    numbers = iter(range(100))
    front = re.sub(r"# ?c\b", lambda found: f"{found[0]}{next(numbers)}", front)
    body = draw(st.sampled_from(["", "text", "\n# Ada\n\n---\nno: key\n---\n", "\n## Interactions\n\n- 2026-01-01 call: x  \n"]))
    fence = draw(st.sampled_from(["---\n", "---\n", "--- \n"]))
    text = f"---\n{front}{fence}{body}" if lines or draw(st.booleans()) else body
    end = draw(st.sampled_from(["\n", "\n", "\r\n", "\r", "mixed"]))
    parts = re.split("(\n)", text)
    text = "".join(
        draw(st.sampled_from(["\n", "\r\n"])) if part == "\n" and end == "mixed" else end if part == "\n" else part for part in parts
    )
    return draw(st.sampled_from([b"", b"", b"\xef\xbb\xbf"])) + text.encode()


CHANGES = st.sampled_from([
    Change("tier", SET, ("A",)), Change("tier", SET, ()), Change("name", SET, ("Ada: King",)), Change("name", SET, ()), Change("lemon", SET, ("no",)),
    Change("lemon", SET, ()), Change("lemon", ADD, ("new, one",)), Change("lemon", TAKE, ("x",)), Change("tags", ADD, ("new",)),
    Change("tags", TAKE, ("x",)), Change("tags", TAKE, ("x", "y")), Change("tags", SET, ("new",)), Change("tags", SET, ("x", "new")),
    Change("tags", SET, ()), Change("categories", ADD, ("new", "other")), Change("priority", SET, ("C",)), Change("family", ADD, ("Tobi, 9",)),
    Change("le mon", SET, ("x y",)),
])  # fmt: skip


def said(data: bytes, but: str) -> list[tuple[str, object]]:
    """The pairs of a file but those of one key, as our reader has them."""
    keys = {
        "tier": ("tier", "priority"),
        "priority": ("tier", "priority"),
        "tags": ("tags", "categories"),
        "categories": ("tags", "categories"),
    }
    keys |= {"name": ("name", "full_name"), "family": ("family", "pets"), "le mon": ("le mon", "lemon"), "lemon": ("le mon", "lemon")}
    return [(pair.key, pair.value) for pair in parsed(data).front.pairs if pair.key.lower() not in keys[but]]


@law(200)
@example(b"---\nlemon: |+\n  a\n\n---\n", Change("tier", SET, ("A",)))
@example("---\nwhy: a\u2028b\ntier: B\n---\n".encode(), Change("tier", SET, ("A",)))
@example(b"---\r\ntags: x\r\n---\r\n", Change("tags", ADD, ("new",)))
@example(b"---\rtags:\r- x\r---\rtext", Change("tags", ADD, ("new",)))
@example(b"---\nwhy: Jos\xe9\ntags: [x]\n---\n", Change("tags", ADD, ("new",)))
@example(b"", Change("tags", ADD, ("new",)))
@example(b"text", Change("tier", SET, ("A",)))
@given(files(), CHANGES)
def test_a_change_is_there_and_nothing_else_differs_or_it_is_refused(data: bytes, change: Change) -> None:
    edit = done_or_told(data, change)
    if isinstance(edit, str):
        assert re.match(r"contacts/ada\.md:\d+: ", edit)
        return
    new = edit.replaces or b""
    old, now = parsed(data), parsed(new)
    assert edit.expects == data
    # what was asked is there
    if change.key in ("lemon", "le mon"):
        fitting = [name for name in now.contact.other if name.lower() in ("lemon", "le mon")]
        held = now.contact.other[change.key if change.key in fitting else fitting[0]] if fitting else []
        held = held if isinstance(held, list) else [held]
    else:
        name = {"priority": "tier", "categories": "tags"}.get(change.key, change.key)
        value = now.contact.keys.get(name, ())
        held = list(value) if isinstance(value, tuple) else [value]
    if change.sign == TAKE:
        assert not set(change.items) & set(held)
    elif change.sign == ADD:
        assert set(change.items) <= set(held)
    elif change.items:
        assert held[: len(change.items)] == list(change.items)
    # no other key reads otherwise, for us and for others; no byte of the body differs
    assert said(new, change.key) == said(data, change.key)
    assert set(by_yaml(data)) - set(by_yaml(new)) <= {pair.key for pair in old.front.pairs if pair not in now.front.pairs}
    body = source(data).text[old.front.body :]
    assert source(new).text.endswith(body)
    assert new.startswith(b"\xef\xbb\xbf") == data.startswith(b"\xef\xbb\xbf")
    assert [one._replace(where=0) for one in now.contact.interactions] == [one._replace(where=0) for one in old.contact.interactions]
    # one stretch differs, and no comment outside of what was taken out is lost
    if change.items and change.sign != TAKE:
        assert re.findall(rb"# ?c\d+", new) == re.findall(rb"# ?c\d+", data)
    ends = set(re.findall(rb"\r\n|\r|\n", data)) or {b"\n"}
    assert set(re.findall(rb"\r\n|\r|\n", new)) <= ends
    # and once more changes nothing
    assert change_key(source(new), change).replaces == new


@law(75)
@given(files(), st.sampled_from(["new", "a: b", "x, z"]))
def test_what_was_added_and_is_taken_out_leaves_the_bytes_as_they_were(data: bytes, item: str) -> None:
    """Where the list was there already; one value that became a list stays one."""
    pairs = {pair.key: pair.value for pair in parsed(data).front.pairs}
    if not isinstance(pairs.get("lemon"), list):
        return
    try:
        once = after(data, "lemon", ADD, item)
    except Refused:
        return
    assert after(once, "lemon", TAKE, item) == data


@law(25)
@given(st.lists(files(), min_size=1, max_size=4), st.sampled_from(["tags+=new", "lemon=a: b", "tier=A", "tags-=x", "lemon="]))
def test_undo_gives_the_bytes_back_and_a_refusal_writes_nothing(kept: list[bytes], word: str) -> None:
    with tempfile.TemporaryDirectory() as below:
        folder = vault(Path(below) / "vault", {f"person-{number}": data for number, data in enumerate(kept)})
        paths = [folder / "contacts" / f"person-{number}.md" for number in range(len(kept))]
        said = inside(folder, "set", "--where", "-name:nobody", word, "-y")
        assert said.code in (0, 5), said
        if "ptcrm undo" in said.out:
            assert [path.read_bytes() for path in paths] != kept
            assert inside(folder, "undo").code == 0
        assert [path.read_bytes() for path in paths] == kept
