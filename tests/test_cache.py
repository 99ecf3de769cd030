"""The cache never changes an answer: the same with it and without it after anything, and whatever has become of its files."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from plaintextcrm.cli import run_command
from tests.make import environment, ptcrm, vault

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # an index is left to the end of its process

QUESTIONS = (
    ("list", "--json"),
    ("due", "--all", "--json"), ("search", "porto", "--json"), ("check", "--json"), ("list", "tier:A", "--format", "ids"),
)  # fmt: skip
SETTINGS = "[git]\ncommit = false\n"
ADA = "---\nname: Ada King\ntier: A\ncompany: Acme\n---\n\n## Interactions\n\n- 2026-01-02 call: Talked about Porto\n"
BEN = "---\nname: Ben Ray\ntier: B\nbirthday: 11-25\n---\n\n## Interactions\n\n- 2026-09-03 padel: In porto, with [[ada]]\n"
CLEO = "---\nname: Cléo Vane\ntier: Z\ncity: Porto\n---\n\n- [ ] send the list [due:: 2026-11-20]\n"
PEOPLE: dict[str, str | bytes] = {"ada": ADA, "ben": BEN, "team/cleo": CLEO}


class Place:
    """A vault with a home of its own; questions are asked within this process."""

    def __init__(self, folder: Path, files: dict[str, str | bytes] | None = None) -> None:
        self.root = vault(folder / "v", PEOPLE if files is None else files, SETTINGS).resolve()
        self.home = folder / "v-home"
        self.home.mkdir(exist_ok=True)
        self.today = "2026-11-21"

    def ask(self, *words: str, cache: bool = True) -> tuple[int, str, str]:
        """The exit code, stdout and stderr of a command."""
        out, err = io.StringIO(), io.StringIO()
        before = ["-C", str(self.root), "--today", self.today, *([] if cache else ["--no-cache"])]
        with (
            mock.patch.dict(os.environ, environment(self.home), clear=True),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            code = run_command([*before, *words])
        return code, out.getvalue(), err.getvalue()

    def agree(self) -> None:
        """Every question has the same answer with and without the cache."""
        for words in QUESTIONS:
            kept, fresh = self.ask(*words), self.ask(*words, cache=False)
            assert kept == fresh, words
            assert kept[0] in (0, 1), kept

    def path(self, name: str) -> Path:
        return self.root / "contacts" / f"{name}.md"

    @property
    def kept(self) -> Path:
        """The cache folder of the vault."""
        (folder,) = (self.home / "cache" / "ptcrm").iterdir()
        return folder

    @property
    def database(self) -> Path:
        return self.kept / (self.kept / "current").read_text()

    def process_agrees(self) -> None:
        """The same in processes of their own, as `ptcrm` runs."""
        for words in QUESTIONS[:3]:
            kept = ptcrm(self.root, *words, home=self.home)
            assert kept.code == 0, kept
            assert (kept.code, kept.out, kept.err) == self.ask(*words, cache=False)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A vault whose index is built and which has been asked everything."""
    made = Place(tmp_path)
    made.agree()
    return made


def same_size_and_time(path: Path, data: bytes) -> None:
    """An edit that neither the size nor the modification time shows."""
    before = path.stat()
    assert len(data) == before.st_size
    path.write_bytes(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


# --- the same after every operation --------------------------------------------------------------------------------


def test_the_answers_are_the_same_after_each_of_a_sequence_of_operations(place: Place) -> None:
    ada, ben, root = place.path("ada"), place.path("ben"), place.root
    steps: list[tuple[str, Callable[[], object]]] = [
        ("nothing", lambda: None),
        ("a new file", lambda: place.path("dan").write_text(ADA.replace("Ada King", "Dan Moor"))),
        ("an edit", lambda: ada.write_text(ADA + "- 2026-11-01 lunch: In Porto again\n")),
        ("an edit of the same size and time", lambda: same_size_and_time(ben, BEN.replace("Ben Ray", "Ben Roy").encode())),
        ("a log", lambda: place.ask("log", "ada", "coffee", "Porto plans")),
        ("an undo", lambda: place.ask("undo")),
        ("a removed file", lambda: place.path("dan").unlink()),
        ("a renamed file", lambda: ada.rename(place.path("ada-king"))),
        ("two files that change names", lambda: _swap(place.path("ada-king"), ben)),
        ("a folder renamed", lambda: (root / "contacts" / "team").rename(root / "contacts" / "board")),
        ("a new kind", lambda: (root / "ptcrm.toml").write_text(SETTINGS + "[kinds]\npadel = { touch = true, strength = 3 }\n")),
        ("another cadence", lambda: (root / "ptcrm.toml").write_text(SETTINGS + '[tiers]\nA = "2 weeks"\nZ = "1 year"\n')),
        ("settings with a mistake", lambda: (root / "ptcrm.toml").write_text(SETTINGS + "nonsense = 1\n")),
        ("local settings", lambda: (root / "ptcrm.local.toml").write_text('only = "tier:A"\n')),
        ("no local settings", lambda: (root / "ptcrm.local.toml").unlink()),
        ("the next day", lambda: setattr(place, "today", "2026-11-25")),
        ("an earlier day", lambda: setattr(place, "today", "2026-01-01")),
        ("a broken file", lambda: ben.write_bytes(b"---\nname: [\n---\nporto \xff\n")),
        ("an empty file", lambda: ben.write_bytes(b"")),
        ("a link", lambda: place.path("link").symlink_to("ada-king.md")),
        ("a link out of the vault", lambda: place.path("out").symlink_to("/etc/hostname")),
        ("a conflict copy", lambda: place.path("ada.sync-conflict-20261121-120000-ABCDEFG").write_text(ADA)),
        ("a doubled name", lambda: place.path("ada-again").write_text(BEN)),
        ("a folder named like a contact", lambda: place.path("folder").mkdir()),
        ("a file in a folder named like a contact", lambda: (place.path("folder") / "eve.md").write_text(ADA)),
        ("control characters", lambda: ada.write_bytes(ADA.encode() + b"\x00\x1b[31m porto\r\rporto\n")),
        ("other contacts folders", lambda: (root / "ptcrm.toml").write_text(f'contacts = ["contacts/board"]\n{SETTINGS}')),
        ("the whole vault", lambda: (root / "ptcrm.toml").write_text(f'contacts = ["."]\n{SETTINGS}')),
        ("no file at all", lambda: shutil.rmtree(root / "contacts")),
        ("one file again", lambda: vault(root, {"ada": ADA})),
    ]
    for what, step in steps:
        step()
        try:
            place.agree()
        except AssertionError as error:
            raise AssertionError(f"after {what}") from error


def _swap(one: Path, other: Path) -> None:
    aside = one.with_name("aside")
    one.rename(aside)
    other.rename(one)
    aside.rename(other)


NAMES = st.sampled_from(["ada", "ben", "cleo", "team/cleo", "zoë"])
FILES = st.sampled_from(
    [
        ADA, BEN, CLEO, ADA.replace("Ada King", "Ida King"), ADA.replace("2026-01-02", "2026-11-20"), BEN.replace("padel", "lunch"),
        BEN.replace("tier: B", "tier: A"), ADA + "- 2026-12-01 lunch: A plan\n", ADA.replace("tier: A", "archived: true"),
        "---\nname: [\n---\nporto\n", "", "no front matter, porto\n", ADA.replace("\n", "\r\n"), "---\ntemplate: true\n---\nporto\n",
    ]
)  # fmt: skip
SET = st.sampled_from(
    [
        SETTINGS, SETTINGS + "[kinds]\npadel = { touch = true, strength = 3 }\n", SETTINGS + "[kinds]\npadel = { touch = false }\n",
        SETTINGS + '[tiers]\nA = "2 weeks"\n', f'only = "tier:A"\n{SETTINGS}', f"newcomers = false\n{SETTINGS}",
        SETTINGS + "[due]\nper_week = 1\n",
    ]
)  # fmt: skip
DAYS = st.sampled_from(["2026-11-21", "2026-11-22", "2026-11-25", "2026-01-01", "2028-02-29"])


class Anything(RuleBasedStateMachine):
    """A vault to which anything happens."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="ptcrm-cache-"))
        self.place = Place(self.folder, {"ada": ADA, "ben": BEN})

    @initialize()
    def begin(self) -> None:
        self.place.ask("search", "porto")

    def _some(self, number: int) -> Path | None:
        paths = sorted((self.place.root / "contacts").rglob("*.md"))
        return paths[number % len(paths)] if paths else None

    @rule(name=NAMES, text=FILES)
    def write(self, name: str, text: str) -> None:
        self.place.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.place.path(name).write_bytes(text.encode())

    @rule(number=st.integers(0, 4), letter=st.sampled_from("abxyz"))
    def edit_unseen(self, number: int, letter: str) -> None:
        path = self._some(number)
        if path and (data := path.read_bytes()):
            place = max(data.find(b"name: ") + 6, 0) % len(data)
            same_size_and_time(path, data[:place] + letter.encode() + data[place + 1 :])

    @rule(number=st.integers(0, 4))
    def delete(self, number: int) -> None:
        if path := self._some(number):
            path.unlink()

    @rule(number=st.integers(0, 4), name=NAMES)
    def rename(self, number: int, name: str) -> None:
        if path := self._some(number):
            self.place.path(name).parent.mkdir(parents=True, exist_ok=True)
            path.replace(self.place.path(name))

    @rule(text=SET)
    def settings(self, text: str) -> None:
        (self.place.root / "ptcrm.toml").write_text(text)

    @rule(day=DAYS)
    def day(self, day: str) -> None:
        self.place.today = day

    @rule(who=st.sampled_from(["ada", "ben"]))
    def log(self, who: str) -> None:
        self.place.ask("log", who, "coffee", "In Porto")

    @rule()
    def undo(self) -> None:
        self.place.ask("undo")

    @invariant()
    def same(self) -> None:
        self.place.agree()

    def teardown(self) -> None:
        shutil.rmtree(self.folder)


Anything.TestCase.settings = settings(
    max_examples=5, stateful_step_count=8, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
TestAnythingKeepsTheAnswersTheSame = Anything.TestCase


# --- changes that are hard to see ----------------------------------------------------------------------------------


def test_somebody_is_found_again_in_a_vault_that_was_empty_when_it_was_searched(tmp_path: Path) -> None:
    root = vault(tmp_path / "vault", {"ada": ADA})
    ada = root / "contacts" / "ada.md"
    assert "Ada King" in ptcrm(root, "search", "porto").out
    ada.rename(tmp_path / "ada.md")
    assert ptcrm(root, "search", "porto").out == ""
    (tmp_path / "ada.md").rename(ada)
    assert "Ada King" in ptcrm(root, "search", "porto").out


def test_a_write_of_the_same_size_within_the_same_tick_is_seen(place: Place) -> None:
    path = place.path("ada")
    for number in range(20):
        path.write_text(ADA.replace("Acme", f"Ac{number:02}"))
        kept = json.loads(place.ask("list", "--json")[1])
        assert kept["rows"][0]["company"] == f"Ac{number:02}"


def test_an_edit_of_the_same_size_with_its_old_time_is_seen_however_old(place: Place) -> None:
    path = place.path("ada")
    os.utime(path, (1_000_000_000, 1_000_000_000))
    place.agree()
    same_size_and_time(path, ADA.replace("Acme", "Emca").encode())
    assert json.loads(place.ask("list", "--json")[1])["rows"][0]["company"] == "Emca"


def test_a_file_replaced_by_an_older_one_of_the_same_size_and_time_is_seen(place: Place) -> None:
    path, other = place.path("ada"), place.root / "other"
    other.write_text(ADA.replace("Acme", "Emca"))
    facts = path.stat()
    os.utime(other, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    other.replace(path)
    assert json.loads(place.ask("list", "--json")[1])["rows"][0]["company"] == "Emca"


# --- what may become of the files of the cache ---------------------------------------------------------------------


def _foreign(place: Place) -> None:
    database = place.database
    database.unlink()
    with contextlib.closing(sqlite3.connect(database)) as db:
        db.execute("CREATE TABLE meta(key TEXT, value)")
        db.execute("CREATE TABLE contact(something)")
        db.commit()


def _without_tables(place: Place) -> None:
    with contextlib.closing(sqlite3.connect(place.database)) as db:
        db.execute("DROP TABLE mark")
        db.commit()


def _no_rows(place: Place) -> None:
    with contextlib.closing(sqlite3.connect(place.database)) as db:
        db.execute("UPDATE meta SET value = 'x' WHERE key = 'stamps'")
        db.commit()


def _cache_is_a_file(place: Place) -> None:
    kept = place.kept
    shutil.rmtree(kept)
    kept.write_text("a file")


def _whole_cache_is_a_file(place: Place) -> None:
    shutil.rmtree(place.home / "cache")
    (place.home / "cache").write_text("a file")


def _read_only(place: Place) -> None:
    for path in place.kept.iterdir():
        path.chmod(0o400)
    place.kept.chmod(0o500)


def _absolute(place: Place) -> None:
    other = place.home / "other.sqlite"
    shutil.copy(place.database, other)
    with contextlib.closing(sqlite3.connect(other)) as db:
        db.execute("UPDATE contact SET name = 'Wrong'")
        db.commit()
    (place.kept / "current").write_text(str(other))


def _half(place: Place) -> None:
    database = place.database
    database.write_bytes(database.read_bytes()[: database.stat().st_size // 2])


DAMAGE: dict[str, Callable[[Place], object]] = {
    "a garbage index": lambda place: place.database.write_bytes(os.urandom(40_000)),
    "a text as index": lambda place: place.database.write_text("not a database\n" * 1000),
    "a truncated index": _half,
    "an index cut within its header": lambda place: place.database.write_bytes(place.database.read_bytes()[:50]),
    "an empty index": lambda place: place.database.write_bytes(b""),
    "an index that is gone": lambda place: place.database.unlink(),
    "a foreign database": _foreign,
    "a missing table": _without_tables,
    "wrong stamps": _no_rows,
    "current missing": lambda place: (place.kept / "current").unlink(),
    "current empty": lambda place: (place.kept / "current").write_text(""),
    "current naming a missing file": lambda place: (place.kept / "current").write_text("index-000000000000.sqlite"),
    "current holding an absolute path": _absolute,
    "current leading upwards": lambda place: (place.kept / "current").write_text("../../other.sqlite"),
    "current naming its own folder": lambda place: (place.kept / "current").write_text("."),
    "current not being text": lambda place: (place.kept / "current").write_bytes(b"\xff\xfe\x00index"),
    "current with a NUL": lambda place: (place.kept / "current").write_bytes(b"index\x00.sqlite"),
    "current with a very long name": lambda place: (place.kept / "current").write_text("x" * 5000),
    "the cache folder being a file": _cache_is_a_file,
    "the whole cache being a file": _whole_cache_is_a_file,
    "a cache that cannot be written": _read_only,
    "settings that are garbage": lambda place: (place.kept / "settings.json").write_bytes(os.urandom(300)),
    "settings that are empty": lambda place: (place.kept / "settings.json").write_bytes(b""),
    "settings that are a list": lambda place: (place.kept / "settings.json").write_text("[1, 2]"),
    "settings nested too deep": lambda place: (place.kept / "settings.json").write_text("[" * 100_000),
    "settings without keys": lambda place: _settings(place, {}),
    "settings of wrong types": lambda place: _settings(place, {"contacts": 5, "per_week": "many"}),
    "a log left behind": lambda place: Path(f"{place.database}-wal").write_bytes(os.urandom(5000)),
}


def _settings(place: Place, other: dict[str, object]) -> None:
    path = place.kept / "settings.json"
    facts = json.loads(path.read_text())
    facts["settings"] = json.dumps(json.loads(facts["settings"]) | other if other else {})
    facts["sum"] = zlib.crc32(facts["settings"].encode())
    path.write_text(json.dumps(facts))


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_damaged_cache_gives_the_right_answer_and_heals(place: Place, damage: Callable[[Place], object]) -> None:
    damage(place)
    try:
        place.agree()
        place.path("ada").write_text(ADA.replace("Acme", "Emca"))
        place.agree()
    finally:
        for path in (place.home / "cache").rglob("*") if (place.home / "cache").is_dir() else ():
            path.chmod(0o700)


@pytest.mark.parametrize("damage", ["a garbage index", "a truncated index", "current not being text", "the whole cache being a file"])
def test_a_damaged_cache_gives_the_right_answer_in_a_process_of_its_own(place: Place, damage: str) -> None:
    DAMAGE[damage](place)
    place.process_agrees()


def test_flipped_bytes_in_the_middle_of_the_index_give_the_right_answer(place: Place) -> None:
    data = bytearray(place.database.read_bytes())
    middle = len(data) // 2
    for at in range(middle, middle + 200):
        data[at] ^= 0xFF
    place.database.write_bytes(data)
    place.agree()


def test_a_database_locked_by_another_gives_the_right_answer(place: Place) -> None:
    place.path("ada").write_text(ADA.replace("Acme", "Emca"))
    with contextlib.closing(sqlite3.connect(place.database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        kept = ptcrm(place.root, "list", "--json", home=place.home)
        assert (kept.code, kept.out, kept.err) == place.ask("list", "--json", cache=False)
        other.execute("ROLLBACK")
    place.agree()


def test_a_database_locked_by_another_on_another_day_gives_the_right_answer(place: Place) -> None:
    place.today = "2026-11-25"
    with contextlib.closing(sqlite3.connect(place.database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert place.ask("due", "--all", "--json") == place.ask("due", "--all", "--json", cache=False)
        other.execute("ROLLBACK")
    place.agree()


def test_many_cold_processes_at_once_give_the_right_answer(tmp_path: Path) -> None:
    place = Place(tmp_path)
    right = [place.ask(*words, cache=False)[1] for words in QUESTIONS[:3]]
    start = [sys.executable, "-m", "plaintextcrm", "-C", str(place.root), "--today", place.today]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    running = [subprocess.Popen([*start, *words], env=environment(place.home), **pipes) for words in QUESTIONS[:3] * 2]
    for process, answer in zip(running, right * 2, strict=True):
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out.decode(), err) == (0, answer, b"")
    place.agree()
    assert len(list(place.kept.glob("index-*.sqlite"))) == 1


@pytest.mark.parametrize("where", ["some/where", "/dev/null", "/proc/nothing", "x" * 300, os.fsdecode(b"/tmp/\xff") * 90, ""])
def test_a_cache_folder_that_cannot_be_gives_the_right_answer(tmp_path: Path, where: str) -> None:
    place = Place(tmp_path)
    kept = ptcrm(place.root, "due", "--all", "--json", home=place.home, XDG_CACHE_HOME=where)
    assert (kept.code, kept.out, kept.err) == place.ask("due", "--all", "--json", cache=False)
    assert sorted(path.name for path in place.root.iterdir()) == ["contacts", "ptcrm.toml"]


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of that kind")
@pytest.mark.parametrize("most", [0, 60])  # blocks of 512 or 1,024 bytes
def test_a_cache_that_cannot_grow_gives_the_right_answer_and_leaves_nothing_half_written(tmp_path: Path, most: int) -> None:
    place = Place(tmp_path, {"ada": ADA})
    limited = ["sh", "-c", f'ulimit -f {most}; exec "$@"', "sh", sys.executable, "-m", "plaintextcrm", "-C", str(place.root)]
    for number, words in enumerate(QUESTIONS[1:3]):
        place.path(f"p{number}").write_text(ADA + "- 2026-01-02 call: Porto\n" * 500)
        done = subprocess.run([*limited, "--today", place.today, *words], env=environment(place.home), capture_output=True, check=False)
        assert (done.returncode, done.stdout.decode(), done.stderr.decode()) == place.ask(*words, cache=False)
    assert {path.name.split("-")[0] for path in place.kept.iterdir()} <= {"index", "current", "settings.json"}
    place.agree()


def test_a_vault_whose_path_is_not_utf8_has_a_cache_too(tmp_path: Path) -> None:
    try:
        (tmp_path / os.fsdecode(b"caf\xe9")).mkdir()
    except OSError:
        pytest.skip("such a name cannot be here")
    place = Place(tmp_path / os.fsdecode(b"caf\xe9"))
    place.agree()
    assert place.database.exists()


def test_two_vaults_do_not_share_a_cache(tmp_path: Path) -> None:
    one = Place(tmp_path)
    one.agree()
    other = Place(tmp_path / "x")
    other.home = one.home
    other.path("ada").write_text(ADA.replace("Acme", "Emca"))
    other.agree()
    one.agree()


def test_a_vault_moved_to_the_place_of_another_is_read_anew(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.agree()
    shutil.copytree(place.root, tmp_path / "copy")
    (tmp_path / "copy" / "contacts" / "ada.md").write_text(ADA.replace("Acme", "Emca"))
    shutil.rmtree(place.root)
    (tmp_path / "copy").rename(place.root)
    place.agree()


def test_without_the_cache_nothing_is_written_there(tmp_path: Path) -> None:
    place = Place(tmp_path)
    for words in QUESTIONS:
        place.ask(*words, cache=False)
    assert not (place.home / "cache").exists()
