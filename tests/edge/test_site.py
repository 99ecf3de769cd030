"""The output folder: only what differs is written, only what is ours goes, nothing leaves the folder."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaintextcrm.core.errors import Refused
from plaintextcrm.core.pages.addresses import page_name
from plaintextcrm.edge import ours, site
from plaintextcrm.edge.site import Gone, Output, open_output
from tests.make import environment

posix = pytest.mark.skipif(os.name != "posix", reason="links and modes of POSIX")


def page(text: str = "") -> bytes:
    return f"<!doctype html>\n<!-- made by ptcrm build -->\n{text}\n".encode()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A vault's real path."""
    folder = Path(os.path.realpath(tmp_path)) / "vault"
    (folder / "contacts").mkdir(parents=True)
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> str:
    return str(tmp_path / "cache")


@pytest.fixture
def output(root: Path, cache: str) -> Output:
    return opened(root, cache)


def opened(root: Path, cache: str | None, out: str = "site", **more: bool) -> Output:
    return open_output(out, str(root), contacts=("contacts",), cache=cache, **more)


def everything(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """Path -> bytes, mtime_ns, inode of every file there."""
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.lstat().st_mtime_ns, path.lstat().st_ino)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def names(folder: Path) -> set[str]:
    return {name for name in everything(folder) if name != ".ptcrm-site"}


# --- what is written -----------------------------------------------------------------------------------------------


def test_pages_are_written_and_a_second_build_touches_nothing(root: Path, cache: str, output: Output) -> None:
    pages = [("index.html", page("a")), ("contacts/ada.html", page("b")), ("contacts/work/bob.html", page("c"))]
    first = output.write(pages)
    assert (sorted(first.new), first.changed, first.same, first.removed) == (sorted(path for path, _ in pages), (), 0, ())
    before, folder_times = everything(root / "site"), (root / "site").stat().st_mtime_ns
    kept = everything(Path(cache))

    second = opened(root, cache).write(pages)

    assert (second.new, second.changed, second.same, second.removed, second.problems) == ((), (), 3, (), ())
    assert everything(root / "site") == before
    assert (root / "site").stat().st_mtime_ns == folder_times
    assert everything(Path(cache)) == kept


def test_only_what_differs_is_written(root: Path, output: Output) -> None:
    output.write([("index.html", page("a")), ("people.html", page("b"))])
    before = everything(root / "site")
    written = output.write([("index.html", page("a")), ("people.html", page("B"))])
    assert (written.new, written.changed, written.same) == ((), ("people.html",), 1)
    assert everything(root / "site")["index.html"] == before["index.html"]
    assert (root / "site" / "people.html").read_bytes() == page("B")


def test_a_page_that_is_none_any_more_goes_and_its_empty_folder_too(root: Path, output: Output) -> None:
    output.write([("index.html", page()), ("contacts/work/bob.html", page())])
    assert output.write([("index.html", page())]).removed == ("contacts/work/bob.html",)
    assert names(root / "site") == {"index.html"}
    assert not (root / "site" / "contacts").exists()


def test_some_pages_are_written_and_the_rest_stays(root: Path, output: Output) -> None:
    output.write([("index.html", page()), ("a.html", page()), ("b.html", page())])
    written = output.write_some([("a.html", page("new")), ("c.html", page())], removed=["b.html", "never.html"])
    assert (written.new, written.changed, written.removed) == (("c.html",), ("a.html",), ("b.html",))
    assert names(root / "site") == {"index.html", "a.html", "c.html"}
    assert output.write([("index.html", page())]).removed == ("a.html", "c.html")


def test_a_page_without_the_mark_is_a_bug(output: Output) -> None:
    with pytest.raises(ValueError, match="could never be removed"):
        output.write([("index.html", b"<!doctype html>")])


@pytest.mark.parametrize("path", ["../x", "/x", "a/../x", ".hidden", "a/.x", "", "a//b", "a\\b", "a\0b", "a\nb", "c:x", "a/"])
def test_a_path_that_leads_elsewhere_is_a_bug(root: Path, output: Output, path: str) -> None:
    with pytest.raises(ValueError, match="not the path of a page"):
        output.write([(path, page())])
    with pytest.raises(ValueError, match="not the path of a page"):
        output.write_some([], [path])
    assert names(root) == {"site/.ptcrm-site"}


def test_two_pages_that_one_file_system_takes_for_one_are_a_bug(output: Output) -> None:
    with pytest.raises(ValueError, match="two pages of one name"):
        output.write([("Ada.html", page()), ("ada.html", page())])


# --- what is known of the last build -------------------------------------------------------------------------------


def test_pages_made_from_the_same_are_known_to_be_in_place(root: Path, cache: str, output: Output) -> None:
    keys = {"a.html": "1", "b.html": "1", "c/d.html": "1", "e.html": "1"}
    assert output.in_place(keys) == frozenset()
    output.write([(path, page()) for path in keys], keys=keys)
    (root / "site" / "b.html").write_bytes(page("by hand"))
    (root / "site" / "c" / "d.html").unlink()

    assert opened(root, cache).in_place({**keys, "e.html": "2", "new.html": "1"}) == {"a.html"}


def test_pages_that_are_kept_are_neither_written_nor_removed_and_stay_known(root: Path, cache: str, output: Output) -> None:
    keys = {"a.html": "1", "b.html": "1"}
    output.write([(path, page()) for path in keys], keys=keys)
    have = output.in_place(keys)
    before = everything(root / "site"), everything(Path(cache))
    assert output.write([], keep=have) == site.Written()
    assert (everything(root / "site"), everything(Path(cache))) == before
    assert output.in_place(keys) == have == set(keys)


def test_one_changed_page_is_known_by_its_new_key(output: Output) -> None:
    output.write([("a.html", page()), ("b.html", page())], keys={"a.html": "1", "b.html": "1"})
    output.write_some([("a.html", page("2"))], removed=["b.html"], keys={"a.html": "2"})
    assert output.in_place({"a.html": "2", "b.html": "1"}) == {"a.html"}
    assert output.in_place({"a.html": "1"}) == frozenset()


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"ptcrm site 1 \n../../x\t1\t1\t1\tk\n", None])
def test_without_what_is_kept_the_same_pages_come_out(root: Path, cache: str, output: Output, damage: bytes | None) -> None:
    output.write([("index.html", page()), ("contacts/old.html", page()), ("contacts/ada.html", page())])
    (root / "site" / "mine.html").write_bytes(b"<h1>my own page</h1>")
    [kept] = Path(cache).iterdir()
    if damage is None:
        kept.unlink()
    else:
        kept.write_bytes(damage)
    again = opened(root, cache)
    assert again.in_place({"index.html": ""}) == frozenset()
    written = again.write([("index.html", page()), ("contacts/ada.html", page())])
    assert (written.same, written.removed) == (2, ("contacts/old.html",))
    assert names(root / "site") == {"index.html", "contacts/ada.html", "mine.html"}
    assert again.in_place({"index.html": ""}) == {"index.html"}


def test_what_is_kept_cannot_make_it_delete_anything_else(root: Path, cache: str, output: Output) -> None:
    output.write([("index.html", page())])
    (root / "contacts" / "ada.md").write_bytes(page())
    (root / "site" / "mine.html").write_bytes(b"mine")
    [kept] = Path(cache).iterdir()
    with kept.open("ab") as file:
        file.write(b"../contacts/ada.md\t1\t1\t1\tk\nmine.html\t4\t1\t1\tk\n\xff\t\t\t\t\ntorn\t1")
    assert opened(root, cache).write([("index.html", page())]).removed == ()
    assert (root / "contacts" / "ada.md").exists()
    assert (root / "site" / "mine.html").read_bytes() == b"mine"


def test_without_a_cache_folder_it_works_all_the_same(root: Path) -> None:
    output = opened(root, None)
    output.write([("index.html", page()), ("old.html", page())])
    assert output.write([("index.html", page())]).removed == ("old.html",)


# --- what is not ours ----------------------------------------------------------------------------------------------


def test_foreign_files_are_never_touched(root: Path, output: Output) -> None:
    (root / "site" / "photos").mkdir()
    foreign = {"notes.txt": b"mine", "photos/me.html": b"mine", "people.html": b"<h1>not made by you</h1>", "robots.txt": b"x"}
    for name, data in foreign.items():
        (root / "site" / name).write_bytes(data)
    written = output.write([("index.html", page()), ("people.html", page())])
    assert written.new == ("index.html",)
    assert [str(problem) for problem in written.problems] == [
        "site/people.html:1:1: is a file that ptcrm build did not make; the page is not written [in-the-way]"
    ]
    assert output.write_some([], removed=["people.html", "notes.txt"]).removed == ()
    assert {name: (root / "site" / name).read_bytes() for name in foreign} == foreign


def test_a_page_that_became_somebody_elses_stays(root: Path, output: Output) -> None:
    output.write([("index.html", page()), ("a.html", page())])
    (root / "site" / "a.html").write_bytes(b"my own words now")
    assert output.write([("index.html", page())]).removed == ()
    assert (root / "site" / "a.html").read_bytes() == b"my own words now"


@posix
def test_nothing_is_written_or_removed_through_a_link(root: Path, output: Output, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "target.html").write_bytes(page("theirs"))
    (root / "site" / "contacts").symlink_to(elsewhere)
    (root / "site" / "index.html").symlink_to(elsewhere / "target.html")
    (root / "site" / "gone.html").symlink_to(elsewhere / "nothing")
    (root / "site" / "file").write_bytes(b"x")
    (root / "site" / "folder.html").mkdir()
    os.mkfifo(root / "site" / "pipe.html")
    paths = ["index.html", "contacts/ada.html", "gone.html", "file/x.html", "folder.html", "pipe.html"]

    written = output.write([(path, page("new")) for path in paths])

    assert [problem.where.path for problem in written.problems] == [f"site/{path}" for path in paths]
    assert written.new == ()
    assert everything(elsewhere).keys() == {"target.html"}
    assert (elsewhere / "target.html").read_bytes() == page("theirs")
    assert output.write_some([], removed=["contacts/target.html", "index.html"]).removed == ()


@posix
def test_another_name_of_the_same_file_keeps_its_bytes(root: Path, output: Output, tmp_path: Path) -> None:
    output.write([("index.html", page("old"))])
    os.link(root / "site" / "index.html", tmp_path / "copy.html")
    output.write([("index.html", page("new"))])
    assert (tmp_path / "copy.html").read_bytes() == page("old")


# --- which folder --------------------------------------------------------------------------------------------------


def refused(out: str, root: Path, *, given: bool = False) -> str:
    with pytest.raises(Refused) as caught:
        open_output(out, str(root), given=given, contacts=("contacts", "people/friends"))
    return str(caught.value)


def test_a_folder_that_is_not_for_pages_is_refused(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (root / "people" / "friends").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    assert "is the root of a file system" in refused("/", root, given=True)
    assert "is your home folder" in refused(str(home), root, given=True)
    assert "is the vault itself" in refused(".", root)
    assert "is the vault itself" in refused(str(root), root, given=True)
    assert "has the vault in it" in refused(str(root.parent), root, given=True)
    assert "is where contacts are (contacts)" in refused("contacts", root)
    assert "is where contacts are (contacts)" in refused("contacts/site", root)
    assert "is where contacts are (people/friends)" in refused("people", root)
    assert "is in a hidden folder" in refused(".git/site", root)
    assert refused("../site", root) == "[site] out ../site: leads out of the vault; only --out may: nothing is written"
    assert names(root) == set()
    assert not (root.parent / "site").exists()


@posix
def test_a_link_out_of_the_vault_is_followed_before_it_is_judged(root: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (root / "site").symlink_to(tmp_path / "other")
    (root / "back").symlink_to(root)
    assert "leads out of the vault" in refused("site", root)
    assert "leads out of the vault" in refused("site/below", root)
    assert "is the vault itself" in refused("back", root)
    assert list((tmp_path / "other").iterdir()) == []
    opened_there = open_output(str(root / "site"), str(root), given=True)
    opened_there.write([("index.html", page())])
    assert names(tmp_path / "other") == {"index.html"}


def test_a_folder_with_something_in_it_is_taken_only_with_our_mark(root: Path, tmp_path: Path) -> None:
    (root / "site").mkdir()
    opened(root, None)  # empty: taken
    (root / "site" / "mine.txt").write_text("x")
    opened(root, None)  # it has the mark now
    (root / "site" / ".ptcrm-site").write_text("something else")
    assert refused("site", root) == "[site] out site: has files in it that ptcrm build did not make: nothing is written"
    (root / "file").write_text("x")
    assert "is not a folder" in refused("file", root)
    (root / "forged").mkdir()
    (root / "forged" / "x").write_text("x")
    if os.name == "posix":
        (root / "forged" / ".ptcrm-site").symlink_to(root / "site" / ".ptcrm-site")
        assert "did not make" in refused("forged", root)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_made_is_one_clear_line(root: Path) -> None:
    (root / "shut").mkdir(mode=0o500)
    assert refused("shut/site", root) == "[site] out shut/site: cannot be made: permission denied"


def test_a_folder_taken_away_is_told_and_made_again_by_a_whole_build(root: Path, output: Output) -> None:
    output.write([("index.html", page())])
    for path in (root / "site").iterdir():
        path.unlink()
    (root / "site").rmdir()
    with pytest.raises(Gone):
        output.write_some([("index.html", page())])
    assert not (root / "site").exists()
    assert output.write([("index.html", page())]).new == ("index.html",)


# --- modes ---------------------------------------------------------------------------------------------------------


@posix
def test_pages_are_for_the_user_alone_unless_shared(root: Path, cache: str) -> None:
    mask = os.umask(0o022)
    try:
        keys = {"contacts/ada.html": "1"}
        pages = [("contacts/ada.html", page())]

        def modes() -> list[int]:
            below = [root / "site" / name for name in ("", "contacts", "contacts/ada.html", ".ptcrm-site")]
            return [stat.S_IMODE(path.stat().st_mode) for path in below]

        opened(root, cache, shared=True).write(pages, keys=keys)
        assert modes() == [0o755, 0o755, 0o644, 0o644]

        alone = opened(root, cache)
        assert alone.in_place(keys) == frozenset()
        assert alone.write(pages, keys=keys).same == 1
        assert modes()[:3] == [0o700, 0o700, 0o600]
        assert alone.in_place(keys) == set(keys)
    finally:
        os.umask(mask)


# --- kills, disks, others ------------------------------------------------------------------------------------------

LOOP = """
import sys
from plaintextcrm.edge.site import open_output
output = open_output("site", sys.argv[1])
print("ready", flush=True)
for turn in range(10_000):
    output.write([(f"p{n}.html", b"<!-- ptcrm build -->" + b"%d " % turn * 20_000 + b"end") for n in range(20)])
"""


@posix
def test_a_kill_at_any_moment_leaves_whole_pages_and_the_next_build_cleans_up(root: Path, tmp_path: Path) -> None:
    leftovers = 0
    for turn in range(6):
        run = subprocess.Popen([sys.executable, "-c", LOOP, str(root)], stdout=subprocess.PIPE, env=environment(tmp_path))
        assert run.stdout is not None
        run.stdout.readline()
        time.sleep(0.02 + turn * 0.011)
        run.send_signal(signal.SIGKILL)
        run.communicate()
        for path in (root / "site").glob("p*.html"):
            assert path.read_bytes().endswith(b"end"), path
        leftovers += len(list((root / "site").glob(".ptcrm-*.tmp")))
    opened(root, None).write([("index.html", page())])
    assert names(root / "site") == {"index.html"}, leftovers


@pytest.mark.skipif(sys.platform != "linux", reason="a limit that Linux has")
def test_a_disk_that_is_full_leaves_what_was_there(root: Path, tmp_path: Path) -> None:
    opened(root, None).write([("a.html", page("old")), ("b.html", page("old"))])
    code = f"""
import resource, signal
from plaintextcrm.core.errors import Refused
from plaintextcrm.core.pages.addresses import page_name
from plaintextcrm.edge.site import open_output
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
try:
    open_output("site", {str(root)!r}).write([("a.html", b"<!-- ptcrm build -->"), ("b.html", b"<!-- ptcrm build -->" * 1000)])
except Refused as refused:
    print(refused)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(tmp_path), check=True)
    assert done.stdout == "site: cannot be written: file too large\n", done.stderr
    assert everything(root / "site")["a.html"][0] == b"<!-- ptcrm build -->"
    assert everything(root / "site")["b.html"][0] == page("old")
    assert names(root / "site") == {"a.html", "b.html"}


@posix
def test_two_builds_at_once_wait_for_each_other(root: Path, output: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "_PATIENCE", 0.05)
    other = opened(root, None)
    with output:
        output.write([("index.html", page())])
        output.write_some([("index.html", page("again"))])
        with pytest.raises(Refused, match="another ptcrm has been writing there"):
            other.write([("index.html", page())])
    assert other.write([("index.html", page("again"))]).same == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_children_write_and_the_parent_remembers(root: Path, output: Output, tmp_path: Path) -> None:
    code = f"""
import os, pickle
from plaintextcrm.edge.site import Written, open_output
page = b"<!-- ptcrm build -->"
keys = {{f"contacts/{{n}}.html": "k" for n in range(40)}}
output = open_output("site", {str(root)!r}, cache={str(tmp_path / "c")!r})
with output:
    read, write = os.pipe()
    if not os.fork():
        done = output.write_some([(path, page) for path in list(keys)[:20]], keys=keys)
        os.write(write, pickle.dumps(tuple(done)))
        os._exit(0)
    mine = output.write_some([(path, page) for path in list(keys)[20:]], keys=keys)
    os.close(write)
    with open(read, "rb") as file:
        theirs = Written(*pickle.load(file))
    os.wait()
    output.write([("index.html", page)], keep=keys)
assert len(output.in_place(keys)) == 40
print(len(mine.new), len(theirs.new))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(tmp_path), check=False)
    assert (done.stdout, done.stderr) == ("20 20\n", "")
    assert len(names(root / "site")) == 41


@pytest.mark.parametrize("way", ["fork", "spawn"])
def test_workers_of_any_kind_write_and_what_they_wrote_is_known(root: Path, tmp_path: Path, way: str) -> None:
    script = tmp_path / "workers.py"
    script.write_text(f"""
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from plaintextcrm.edge.site import open_output

def begin(given):
    global output
    output = given

def work(numbers):
    return output.write_some([(f"contacts/{{n}}.html", b"<!-- ptcrm build -->") for n in numbers], keys={{f"contacts/{{n}}.html": "k" for n in numbers}})

if __name__ == "__main__":
    output = open_output("site", {str(root)!r}, cache={str(tmp_path / "c")!r})
    keys = {{f"contacts/{{n}}.html": "k" for n in range(40)}}
    with output:
        with ProcessPoolExecutor(2, get_context({way!r}), begin, (output,)) as pool:
            done = list(pool.map(work, [range(20), range(20, 40)]))
        output.write([("index.html", b"<!-- ptcrm build -->")], keep=keys)
    print(sum(len(one.new) for one in done), len(output.in_place(keys)))
""")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, env=environment(tmp_path), check=False, timeout=60)
    assert (done.stdout, done.stderr) == ("40 40\n", "")
    assert len(names(root / "site")) == 41


@posix
def test_more_folders_than_descriptors_are_no_trouble(root: Path, output: Output) -> None:
    pages = [(f"contacts/{n}/{n % 7}/x.html", page()) for n in range(300)]
    assert len(output.write(pages).new) == 300
    assert output.write(pages).same == 300
    assert len(output.write([("index.html", page())]).removed) == 300
    assert names(root / "site") == {"index.html"}


# --- names ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("id", ["ada-king", "work/bob", "a_b-2", "李小龙", "zoë", "हिन्दी", "1"])
def test_a_plain_id_is_its_own_name(id: str) -> None:
    assert page_name(id) == normalize("NFC", id)


@pytest.mark.parametrize(
    ("id", "begins"),
    [
        ("Ada King", "ada-king~"),
        ("../x", "x~"),
        ("a/../b", "a/x~"),
        ("nul", "nul~"),
        (".hidden", "hidden~"),
        ("a:b", "a-b~"),
        ("x.html", "x-html~"),
        ("zoe\u0308", "zoë~"),
        ("", "x~"),
        ("a\udcffb", "a-b~"),
    ],
)
def test_any_other_id_gets_a_name_that_is_safe_and_its_own(id: str, begins: str) -> None:
    assert page_name(id).startswith(begins)


IDS = st.lists(
    st.one_of(
        st.sampled_from(["..", ".", "", "~", "con", "COM1", "Ada", "ADA", "ada", "ß", "ss", "ſ", "İ", "i̇", "é", "e\u0301", "a" * 300]),
        st.text(max_size=12),
    ),
    min_size=1,
    max_size=4,
).map("/".join)


@given(st.lists(IDS, unique=True, max_size=12))
@settings(max_examples=80, deadline=None)
def test_names_never_meet_and_never_lead_out(ids: list[str]) -> None:
    made = [page_name(id) for id in ids]
    assert len({normalize("NFD", name).upper().casefold() for name in made}) == len(ids)
    for name in made:
        assert site._safe(f"contacts/{name}.html")
        for part in name.split("/"):
            assert part not in ("", ".", "..")
            assert part[0] not in ".-"
            assert len(part.encode()) <= 110
            assert part.isprintable()
            assert not set(part) & set('<>:"|?*\\%#& .')


@pytest.fixture(scope="module")
def shared_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(os.path.realpath(tmp_path_factory.mktemp("names")))


@given(st.lists(IDS, unique=True, min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_a_page_of_any_id_is_written_into_the_folder_and_removed_again(shared_root: Path, ids: list[str]) -> None:
    output = open_output("site", str(shared_root / "vault"), cache=str(shared_root / "cache"))
    pages = [(f"contacts/{page_name(id)}.html", page(ascii(id))) for id in ids]
    assert len(output.write(pages).new) == len(ids)
    assert sorted(path.name for path in shared_root.iterdir()) == ["cache", "vault"]
    assert sorted(path.name for path in (shared_root / "vault" / "site").iterdir()) == [".ptcrm-site", "contacts"]
    assert output.write(pages).same == len(ids)
    assert len(output.write([]).removed) == len(ids)


# --- speed ---------------------------------------------------------------------------------------------------------


def test_one_changed_page_costs_no_look_at_the_others(root: Path, output: Output) -> None:
    pages = [(f"contacts/p{n}.html", page(str(n))) for n in range(1500)]
    output.write(pages)
    least = 1.0
    for turn in range(7):
        begun = time.process_time()
        assert output.write_some([("contacts/p7.html", page(f"new {turn}"))]).changed == ("contacts/p7.html",)
        least = min(least, time.process_time() - begun)
    assert least < 0.005


def test_a_folder_that_another_build_makes_at_this_moment_is_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listdir = os.listdir

    def meanwhile(folder: str) -> list[str]:
        (tmp_path / ours.SIGN).write_bytes(ours.SIGN_TEXT)
        return listdir(folder)

    monkeypatch.setattr(os, "listdir", meanwhile)
    assert ours.not_ours(str(tmp_path)) == ""
