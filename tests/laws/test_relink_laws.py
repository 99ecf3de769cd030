"""Laws of moving people: every link means afterwards whom it meant before, no other byte changes, a merge loses nothing."""

from __future__ import annotations

from collections import Counter
from posixpath import dirname, relpath

from hypothesis import assume, given
from hypothesis import strategies as st

from plaintextcrm.core.contact import parse
from plaintextcrm.core.errors import PtcrmError
from plaintextcrm.core.joining import joined
from plaintextcrm.core.kinds import STANDARD
from plaintextcrm.core.model import Source
from plaintextcrm.core.names import Known
from plaintextcrm.core.relink import Link, Move, People, links, relinked
from plaintextcrm.core.text import decode
from tests.laws.test_writing_laws import files, law
from tests.make import source

# --- whoever they are ------------------------------------------------------------------------------------------------

ids = st.sampled_from(["ada", "ben", "work/ada", "work/ada-king", "ada-king", "home/deep/ben", "Ada King", "ødegård"])
called = st.sampled_from(["Ada", "Ada King", "ada king", "Ben", "Ada-King", "Bén", "Ödegård", 'Ada "Bee" [x]', "work/ada", "Ada | King #1"])
known = st.builds(Known, ids, called, st.lists(called, max_size=2).map(tuple))
crowds = st.lists(known, min_size=1, max_size=5, unique_by=lambda person: person.id)


def people(crowd: list[Known]) -> People:
    return People(crowd, {person.id: f"contacts/{person.id}.md" for person in crowd})


@st.composite
def moves(draw: st.DrawFn) -> Move:
    """Somebody who gets another id, name and aliases, or becomes one with another."""
    crowd = draw(crowds)
    one = draw(st.sampled_from(crowd))
    rest = [person for person in crowd if person.id != one.id]
    if rest and draw(st.booleans()):
        into = draw(st.sampled_from(rest))
        more = into._replace(aliases=(*into.aliases, one.name, one.slug, *one.aliases))
        return Move(people(crowd), people([more if person is into else person for person in rest]), {one.id: into.id})
    new = draw(known.filter(lambda person: person.id not in {other.id for other in rest}))
    return Move(people(crowd), people([*rest, new._replace(aliases=(*new.aliases, one.name))]), {one.id: new.id})


@st.composite
def texts(draw: st.DrawFn, move: Move, here: str) -> str:
    """A file of links in every form, in front matter and body, with code and prose between them."""
    words = st.sampled_from(
        [word for person in move.before.known.values() for word in (person.id, person.slug, person.name, *person.aliases)]
    )
    paths = st.sampled_from(list(move.before.paths.values()))
    wiki = st.builds("[[{}{}]]".format, words, st.sampled_from(["", "|a label", "#Log", "#^k3x9q2|x"]))
    plain = paths.map(lambda path: relpath(path, dirname(here)).replace(" ", "%20"))
    address = st.builds("[l]({}{})".format, plain, st.sampled_from(["", "#log", ' "title"']))
    angle = paths.map(lambda path: f"[l](<{relpath(path, dirname(here))}>)")
    other = st.sampled_from(
        ["[[nobody]]", "[x](https://example.com/ada.md)", "`[[ada]]`", "<!-- [[ada]] -->", "prose", "[[", "](", "- 2026-01-02 call"]
    )
    body = draw(st.lists(wiki | address | angle | other, max_size=8))
    front = draw(st.lists(words.filter(lambda word: '"' not in word), max_size=3))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    keys = "".join(f'  - "[[{word}]]" # [[ada]]\n' for word in front)
    text = f"---\nname: Eve\nknows:\n{keys}---\n\n" + "\n".join(body) + "\n"
    return text.replace("\n", end)


def of(one: Source) -> list[Link]:
    return sorted(links(parse(one)))


def between(one: Source) -> list[str]:
    """The text around the targets of its links."""
    ends = [0, *(link.end for link in of(one))]
    starts = [*(link.start for link in of(one)), len(one.text)]
    return [one.text[end:start] for end, start in zip(ends, starts, strict=True)]


@law(45)
@given(st.data())
def test_every_link_means_afterwards_whom_it_meant_before(data: st.DataObject) -> None:
    move = data.draw(moves())
    here = data.draw(st.sampled_from(["contacts/eve.md", "contacts/work/eve.md", "inbox.md"]))
    there = data.draw(st.sampled_from([here, "contacts/home/eve.md"]))
    before = source(data.draw(texts(move, here)))._replace(path=here)
    after = relinked(before, move, there)
    assert between(after) == between(before)
    for link, new in zip(of(before), of(after), strict=True):
        meant = move.before.of(link, here)
        if meant is not None:
            assert move.after.of(new, there) == move.moved.get(meant, meant), (link, new)
        elif not link.is_address:
            assert new.target == link.target


@law(30)
@given(st.data())
def test_where_nobody_moved_no_byte_changes_and_twice_is_once(data: st.DataObject) -> None:
    move = data.draw(moves())
    here = "contacts/eve.md"
    before = source(data.draw(texts(move, here)))._replace(path=here)
    assert relinked(before, Move(move.before, move.before, {})) is before
    after = relinked(before, move)
    assert relinked(after, Move(move.after, move.after, {})) is after


# --- two files -------------------------------------------------------------------------------------------------------


def facts(one: Source) -> Counter[tuple[object, ...]]:
    return Counter((entry.on, entry.kind, "".join(entry.text.split()), entry.fields) for entry in parse(one).contact.interactions)


@law(50)
@given(files(), files())
def test_a_merge_has_every_entry_of_both_and_what_both_have_once(one: bytes, two: bytes) -> None:
    into, who = source(one, "ada"), source(two, "ben")
    try:
        done = joined(into, who, "oldest", STANDARD)
    except PtcrmError:
        assume(False)
    found, own, theirs = facts(done.source), facts(into), facts(who)
    assert found >= own | theirs
    assert found <= own + theirs
    assert parse(done.source).contact.name == parse(into).contact.name
    assert decode(done.source.data)[0] == done.source.text


@law(45)
@given(files())
def test_a_file_and_its_copy_are_the_file(data: bytes) -> None:
    into, who = source(data, "ada"), source(data, "ben")
    try:
        done = joined(into, who, "oldest", STANDARD)
    except PtcrmError:
        assume(False)
    assert done.entries == 0
    assert facts(done.source) == facts(into)
