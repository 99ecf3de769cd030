"""What of a look at the folders is to be judged again."""

from __future__ import annotations

from pathlib import Path
from struct import pack
from time import time_ns

from hypothesis import example, given
from hypothesis import strategies as st

from plaintextcrm.edge.scanning import Listing, Look, Stamp, packed, touched, unpacked
from tests.inside import inside
from tests.make import vault

FILE, FOLDER, LINK = 0o100644, 0o040755, 0o120777
stamps = st.tuples(st.sampled_from([FILE, FILE, FILE, FOLDER]), st.integers(0, 2), st.just(5), st.integers(0, 2), st.just(7))
folders = st.dictionaries(st.sampled_from(["a.md", "b.md", "é.md", "c", "x.md"]), stamps, min_size=1)


def look(found: dict[str, Stamp]) -> Look:
    """A look that sees these."""
    numbers = [number for stamp in found.values() for number in stamp]
    return Look(*packed([Listing("", "contacts/", list(found), pack(f"{len(numbers)}q", *numbers))]), True, (), time_ns())


@given(folders, folders, st.sets(st.sampled_from(["a.md", "é.md", "gone.md"])))
@example({"a.md": (FILE, 0, 5, 0, 7)}, {"a.md": (FILE, 0, 5, 0, 7)}, {"a.md"})
def test_what_was_touched_is_all_that_differs(before: dict[str, Stamp], after: dict[str, Stamp], also: set[str]) -> None:
    for now in (after, {name: after.get(name, stamp) for name, stamp in before.items()}):
        known, seen = look(before), look(now)
        few = touched(known[:2], seen, {f"contacts/{name}" for name in also})
        if list(before) != list(now):
            assert few is None
            continue
        differing = {name for name in now if now[name] != before[name]} | (also & now.keys())
        if any(now[name][0] != before[name][0] for name in differing):
            assert few is None
        else:
            assert few is not None
            assert unpacked(few.paths, few.stamps) == {f"contacts/{name}": now[name] for name in now if name in differing}


def test_where_a_link_may_lead_elsewhere_nothing_is_taken_for_granted() -> None:
    known = look({"a.md": (FILE, 0, 5, 0, 7), "l.md": (LINK, 0, 5, 0, 7)})
    assert touched(known[:2], known._replace(is_plain=False), ()) is None
    assert touched(known[:2], known, ()) is not None


def test_of_many_files_the_one_that_is_saved_is_found(tmp_path: Path) -> None:
    root = vault(
        tmp_path / "v", {f"p{number}": f"# P{number}\n" for number in range(40)} | {"p7.sync-conflict-20261101-100000-ABCDEFG": "#"}
    )
    (root / "contacts/folder.md").mkdir()
    odd = inside(root, "check", "--json").out
    assert "conflict" in odd
    assert "folder" in odd
    for number in (0, 39, 20, 20):
        (root / f"contacts/p{number}.md").write_text(f"# Newly {number}\n")
        assert f"Newly {number}" in inside(root, "list").out
        assert inside(root, "check", "--json") == inside(root, "--no-cache", "check", "--json")
        assert inside(root, "check", "--json").out.count("conflict") == odd.count("conflict")
    (root / "contacts/p20.md").unlink()
    (root / "contacts/p20.md").mkdir()
    (root / "contacts/folder.md").rmdir()
    (root / "contacts/folder.md").write_text("# Now a file\n")
    assert "Now a file" in inside(root, "list").out
    assert inside(root, "check", "--json") == inside(root, "--no-cache", "check", "--json")
