"""The index is disposable and never wrong: hostile sequences, two processes at once, and rows that somebody spoilt (promise 6).

What becomes of the files of the cache is in test_cache.py; here is what happens to the rows in them, and between two processes.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from plaintextcrm.app.asking import ask
from plaintextcrm.app.duelist import Offers
from plaintextcrm.app.vaults import Vault, open_vault
from plaintextcrm.core import due as dues
from plaintextcrm.core.due import DueRow
from plaintextcrm.core.model import Contact
from plaintextcrm.core.standing import Facts, Rules, stand
from plaintextcrm.edge import index as indexes
from plaintextcrm.edge.indexes import open_index
from tests.inside import Said, inside
from tests.make import environment, vault
from tests.site.built import opened

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # an index is left to the end of its process
MORE = int(os.environ.get("PTCRM_EXAMPLES", "0"))

QUIET = "[git]\ncommit = false\n"
QUESTIONS = [
    ("list", "--json"), ("due", "--all", "--json"), ("search", "porto", "--json"), ("check", "--json"), ("due", "--json"),
    ("todo", "--json"), (), ("due", "--all", "--explain"), ("due", "--within", "3w", "--json"), ("due", "--at", "2026-12-24", "--json"),
    ("due", "tier:A", "--all", "--json"), ("due", "--limit", "2", "--json"), ("due", "--count"), ("search", "tide", "oporto", "--json"),
    ("search", "zzz", "tier:A", "--json"), ("list", "--columns", "name,strength,rhythm,trend,balance,known_for", "--format", "csv"),
    ("list", "near:porto", "--json"), ("list", "interactions:1..", "--json"), ("show", "p1", "--json"),
    ("show", "p2", "--everything", "--explain"), ("due",), ("list", "last:..2026-06-01", "--json"), ("show", "Sam", "--json"),
]  # fmt: skip


def agree(folder: Path, question: tuple[str, ...], today: str = "2026-11-21") -> Said:
    """The answer, which is the same with and without the cache."""
    cached = inside(folder, *question, today=today)
    fresh = inside(folder, "--no-cache", *question, today=today)
    assert cached == fresh, question
    assert cached.code in (0, 1, 4), cached
    return cached


def cache_of(folder: Path) -> Path:
    """The folder of a vault's cache."""
    (found,) = (folder.parent / f"{folder.name}-home" / "cache" / "ptcrm").iterdir()
    return found


def database_of(folder: Path) -> Path:
    """The database that is in use."""
    return cache_of(folder) / (cache_of(folder) / "current").read_text()


# --- files that are written anew ---


@pytest.mark.parametrize("way", ["back at once", "gone", "a folder now"])
def test_a_file_that_is_gone_for_a_moment_is_not_gone_where_that_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    own = opened(vault(tmp_path / "v", {"ada": "# Ada\n", "bob": "# Bob\n"}))
    index = open_index(indexes.Whose(own.root, own.settings, hold=0.5))
    with closing(index):
        before = index.versions()
        path = tmp_path / "v" / "contacts" / "ada.md"
        path.unlink()

        def after() -> None:
            if way == "back at once":
                path.write_text("# Ada Lovelace\n")
            elif way == "a folder now":
                path.mkdir()

        later = threading.Timer(0.1, after)
        later.start()
        for _ in range(2):  # the second finds all as the first kept it
            index.refresh()
            later.join()
            found = {contact.id: contact.name for contact, _ in index.contacts()}
            assert found == {"bob": "Bob"} | ({"ada": "Ada Lovelace"} if way == "back at once" else {})
        assert index.versions()["bob"] == before["bob"]


# --- anything that may happen --------------------------------------------------------------------------------------

FRONT = [
    "tier: A", "tier: B", "tier: C", "tier: Z", "tier: a", "cadence: 2 weeks", "cadence: never", "cadence: soon", "birthday: 11-25",
    "birthday: 1980-12-20", "dates:\n  - 11-28 wedding", "started: 2020-11-24", "needs: [a boat, tide tables]", "offers: [a boat]",
    "offers: a boat, a house in Porto", "location: Porto", "city: Gaia", "hobbies: [sailing]", "hobbies: sailing, chess",
    "aliases: [Sam]", "aliases: Sammy", 'knows: ["[[p1]]", "[[Sam]]"]', 'referred_by: "[[p2]]"', "snooze_until: 2026-11-24",
    "paused: true", "paused: 2026-11-22", "do_not_contact: yes", "status: archived", "died: 2026-11-22", "next_contact: 2026-11-23",
    "last_contact: 2026-11-01", "last_contact: 2026-11-24", "met: 2026-11-10", "created: 2026-11-15", "coi: true", "five: now",
    "owner: lee", "email: ada@example.com", "company: [[p3]]", "private: true", "foo: [a, {b: c}]", "foo: zzz", "tier: &x A", "name: [",
    "why: '", "brithday: 1980", "name: '{{title}}'", "title: Boss",
]  # fmt: skip
LOG = [
    "- 2026-11-20 call: in Porto", "- 2026-11-01 coffee: tide tables", "- 2026-09-10 podcast: about oporto",
    "- 2026-11-23 dinner: a plan", "- [ ] 2026-12-04 lunch: a plan", "- 2026-11-19 email: wrote [dir:: in]",
    "- 2026-11-18 call: [reached:: no]", "- 2026-10-01 referral-in: [[p1]] [value:: 100]", "- 2026-11-21 note: porto",
    "- 2026-11-15 skip", "- [ ] send the list [due:: 2026-11-25]", "- [ ] theirs [waiting:: them] [due:: 2026-11-24]",
    "- [x] 2026-11-12 visit: done", "- 2025-01-01 met ^abc123", "- 2026-02-30 call: odd", "### 2026-08-01 | coffee",
    "| 2026-07-01 | call | x |", "- 2026-11-20 14:30 call: timed", "  - a detail about porto", "<!-- - 2026-11-20 call -->", "```",
    "%% x", "- 2026-11-17 call: x [touch:: no]", "- 2026-11-20 gave: Sam a boat",
]  # fmt: skip
SETTINGS = [
    QUIET, QUIET + "[kinds]\npodcast = { touch = true, strength = 2 }\n",
    QUIET + "[kinds]\npodcast = { touch = false }\ncall = { touch = false }\n", QUIET + "[due]\nper_week = 1\n",
    QUIET + "[due]\nper_week = 0\nsoon_days = 30\n", QUIET + '[due]\ndefault_cadence = "2 months"\nnewcomers = false\n',
    QUIET + '[tiers]\nA = "1 week"\nZ = { cadence = "1 day", weight = 9 }\n', QUIET + '[me]\nlocation = "Porto"\nhobbies = ["chess"]\n',
    QUIET + '[places]\nPorto = ["Gaia"]\n', 'only = "tier:A"\n' + QUIET, 'only = "near:porto"\n' + QUIET,
    'only = "near:porto"\n' + QUIET + '[places]\nPorto = ["Gaia"]\n', 'only = "cadence:\\"2 weeks\\""\n' + QUIET,
    'only = "last:..2026-11-01"\n' + QUIET, 'only = "interactions:2.."\n' + QUIET, 'contacts = ["contacts", "more"]\n' + QUIET,
    'contacts = ["."]\n' + QUIET, 'since = 2026-11-20\nleap_day = "mar1"\n' + QUIET,
    QUIET + '[team.lee]\nname = "Lee"\nleaves = "2026-11"\n', "nonsense = 1\n" + QUIET, 'only = "has:offers"\n' + QUIET,
    QUIET + "[due]\noccasion_days = 40\nretry_days = 1\n",
]  # fmt: skip
NAMES = ["p1", "p2", "p3", "sub/p1", "Sam", "é", "a b", "p2.sync-conflict-20261121-101010-ABCDEFG", "_hidden", "README"]
people = st.builds(
    lambda name, front, log, end: "\n".join(["---", f"name: {name}", *front, "---", "", "## Interactions", "", *log, end]),
    st.sampled_from(["Ada King", "Sam", "Bo Lee", "Zoë", "p3"]),
    st.lists(st.sampled_from(FRONT), max_size=4, unique=True),
    st.lists(st.sampled_from(LOG), max_size=4),
    st.sampled_from(["", "Prose about porto and the tide.\n", "\udce9 \udc80"]),
).map(lambda text: text.encode("utf-8", "surrogateescape"))


class Anything(RuleBasedStateMachine):
    """A vault to which anything happens, and which is now and then asked something."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="ptcrm-index-"))
        self.vault = vault(self.folder / "v", {}, QUIET)
        self.today = date(2026, 11, 21)

    def path(self, name: str) -> Path:
        path = self.vault / "contacts" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    @initialize(texts=st.lists(people, min_size=3, max_size=3))
    def begin(self, texts: list[bytes]) -> None:
        for name, text in zip(("p1", "p2", "p3"), texts, strict=True):
            self.path(name).write_bytes(text)
        self.ask([0, 1, 2])

    @rule(which=st.lists(st.integers(0, len(QUESTIONS) - 1), min_size=1, max_size=3))
    def ask(self, which: list[int]) -> None:
        for number in which:
            agree(self.vault, QUESTIONS[number], self.today.isoformat())

    @rule(name=st.sampled_from(NAMES), text=people)
    def write(self, name: str, text: bytes) -> None:
        self.path(name).write_bytes(text)

    @rule(name=st.sampled_from(NAMES[:4]), text=people, old=st.booleans())
    def replace(self, name: str, text: bytes, old: bool) -> None:
        beside = self.folder / "beside"
        beside.write_bytes(text)
        if old:
            os.utime(beside, (1_000_000_000, 1_000_000_000))
        beside.replace(self.path(name))

    @rule(name=st.sampled_from(NAMES[:4]), line=st.sampled_from(LOG))
    def append(self, name: str, line: str) -> None:
        with self.path(name).open("a") as file:
            file.write(f"{line}\n")

    @rule(name=st.sampled_from(NAMES[:4]), old=st.sampled_from(["porto", "2026", "tier: A", "boat"]))
    def edit_without_a_trace(self, name: str, old: str) -> None:
        path = self.path(name)
        if path.exists():
            facts, data = path.stat(), path.read_bytes()
            path.write_bytes(data.replace(old.encode(), old.replace("o", "u").replace("6", "5").replace("A", "B").encode()))
            os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))

    @rule(name=st.sampled_from(NAMES[:5]), mode=st.sampled_from([0o600, 0o644]))
    def change_mode_or_time(self, name: str, mode: int) -> None:
        if self.path(name).exists():
            self.path(name).chmod(mode)
            os.utime(self.path(name))

    @rule(name=st.sampled_from(NAMES))
    def delete(self, name: str) -> None:
        self.path(name).unlink(missing_ok=True)

    @rule(one=st.sampled_from(NAMES[:6]), other=st.sampled_from(NAMES))
    def rename(self, one: str, other: str) -> None:
        if self.path(one).exists():
            self.path(one).replace(self.path(other))

    @rule()
    def move_the_folder(self) -> None:
        folder = self.vault / "contacts" / "sub"
        if folder.exists():
            target = self.vault / "contacts" / "bus"
            shutil.rmtree(target, ignore_errors=True)
            folder.rename(target)

    @rule(text=st.sampled_from(SETTINGS))
    def change_settings(self, text: str) -> None:
        path = self.vault / "ptcrm.toml"
        facts = path.stat()
        path.write_text(text)
        os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))

    @rule(text=st.sampled_from(["", "[due]\nper_week = 2\n", 'only = "tier:B"\n', "[kinds]\npodcast = { touch = true }\n"]))
    def change_local_settings(self, text: str) -> None:
        (self.vault / "ptcrm.local.toml").write_text(text)

    @rule(days=st.sampled_from([-30, -1, 1, 1, 2, 7, 40, 400]))
    def another_day(self, days: int) -> None:
        self.today += timedelta(days=days)

    @precondition(lambda self: (self.vault / "contacts" / "p1.md").exists())
    @rule(
        words=st.sampled_from(
            [("log", "p1", "call", "porto"), ("snooze", "p1", "2027-01-01"), ("undo",), ("add", "Sam"), ("log", "p1", "podcast", "x")]
        )
    )
    def command(self, words: tuple[str, ...]) -> None:
        inside(self.vault, *words, today=self.today.isoformat())

    @rule(number=st.integers(0, 6))
    def lose_the_cache(self, number: int) -> None:
        home = self.vault.parent / "v-home"
        if number == 0:
            shutil.rmtree(home / "cache", ignore_errors=True)
        elif number == 1:
            for path in home.rglob("current"):
                path.write_text("nothing")

    @invariant()
    def no_database_is_left_over(self) -> None:
        assert len(list(self.folder.rglob("index-*.sqlite"))) <= 1

    def teardown(self) -> None:
        try:
            for question in QUESTIONS[:6]:
                agree(self.vault, question, self.today.isoformat())
        finally:
            shutil.rmtree(self.folder)


Anything.TestCase.settings = settings(
    max_examples=MORE or 8,
    stateful_step_count=14,
    deadline=None,
    derandomize=not MORE,
    database=None,
    suppress_health_check=list(HealthCheck),
)
TestTheAnswersAreTheSameWhateverHappens = Anything.TestCase


# --- between two processes -----------------------------------------------------------------------------------------

ADA = "---\nname: Ada King\ntier: A\nhobbies: [sailing]\n---\n\n## Interactions\n\n- 2026-01-02 call: in Porto\n"
BEN = "---\nname: Ben Ray\ntier: B\n---\n\n## Interactions\n\n- 2026-03-03 call: in Porto\n"
ALL_DUE = ("due", "--all", "--json")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A vault of two whose index is built."""
    made = vault(tmp_path / "vault", {"ada": ADA, "ben": BEN}, QUIET)
    for question in QUESTIONS[1:3]:
        inside(made, *question)
    return made


def opened_vault(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Vault:
    """The vault as a command opens it, with the same cache."""
    for name, value in environment(folder.parent / f"{folder.name}-home").items():
        monkeypatch.setenv(name, value)
    return open_vault(str(folder), os.environ, folder, date(2026, 11, 21))


def rows_interrupted(folder: Path, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], object]) -> None:
    """Make the day's rows, as `due --all` does, while another process does something after the first was made."""
    assert inside(folder, "due", "--count").code == 0  # the marks of the day are made, their rows are not
    opened = opened_vault(folder, monkeypatch)
    rules = Rules(opened.settings)

    def question(index: indexes.Index) -> None:
        offers, made = Offers(index), []

        def make(contact: Contact, facts: Facts) -> DueRow:
            made.append(contact.id)
            if len(made) == 1:
                meanwhile()
            return dues.due_row(contact, stand(facts, rules, opened.today), opened.settings, opened.today, offers)

        ids = index.cut(opened.today, None).shown
        assert [row.id for row in index.rows(ids, make)] == list(ids) == made

    ask(opened, question)


def test_rows_made_while_another_process_is_on_another_day_are_not_kept_for_that_day(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "contacts" / "ada.md").write_text(ADA + "\n")  # so that no row is kept yet
    (folder / "contacts" / "ben.md").write_text(BEN + "\n")
    rows_interrupted(folder, monkeypatch, lambda: inside(folder, "due", "--count", today="2026-12-24"))
    agree(folder, ALL_DUE, today="2026-12-24")
    agree(folder, ALL_DUE)


def test_rows_made_while_another_process_reads_a_changed_file_are_not_kept_for_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "contacts" / "ada.md").write_text(ADA + "\n")
    (folder / "contacts" / "ben.md").write_text(BEN + "\n")

    def meanwhile() -> None:
        for name, text in (("ada", ADA), ("ben", BEN)):
            (folder / "contacts" / f"{name}.md").write_text(text.replace("tier:", "role: Chair\ntier:").replace("in Porto", "in Faro"))
        assert inside(folder, "due", "--count").out == "2\n"

    rows_interrupted(folder, monkeypatch, meanwhile)
    agree(folder, ALL_DUE)


def test_rows_made_while_the_settings_change_are_not_kept_for_the_new_ones(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "contacts" / "ada.md").write_text(ADA + "\n")
    (folder / "contacts" / "ben.md").write_text(BEN + "\n")

    def meanwhile() -> None:
        (folder / "ptcrm.toml").write_text(QUIET + '[me]\nhobbies = ["sailing"]\n[tiers]\nA = "2 weeks"\nB = "2 weeks"\n')
        assert inside(folder, "due", "--count").out == "2\n"

    rows_interrupted(folder, monkeypatch, meanwhile)
    agree(folder, ALL_DUE)


def test_two_days_asked_in_turn_and_at_once_are_both_right(folder: Path) -> None:
    days = ["2026-11-21", "2026-12-24", "2027-03-01"]
    right = {day: inside(folder, "--no-cache", *ALL_DUE, today=day).out for day in days}
    home = folder.parent / f"{folder.name}-home"
    start = [sys.executable, "-m", "plaintextcrm", "-C", str(folder)]
    pipe = subprocess.PIPE
    asked = [subprocess.Popen([*start, "--today", day, *ALL_DUE], env=environment(home), stdout=pipe, stderr=pipe) for day in days * 2]
    for day, child in zip(days * 2, asked, strict=True):
        out, err = child.communicate(timeout=60)
        assert (child.returncode, out.decode(), err) == (0, right[day], b"")
    for day in days:
        assert inside(folder, *ALL_DUE, today=day).out == right[day]


def test_readers_while_files_change_end_with_the_right_answer(folder: Path) -> None:
    stop = threading.Event()

    def change() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            for name, text in (("ada", ADA), ("ben", BEN)):
                path = folder / "contacts" / f"{name}.md"
                beside = path.with_name(".beside")
                beside.write_text(text.replace("Porto", f"P{number:04}"))
                beside.replace(path)

    editor = threading.Thread(target=change)
    editor.start()
    try:
        for _ in range(2):
            children = [
                subprocess.Popen(
                    [sys.executable, "-m", "plaintextcrm", "-C", str(folder), "--today", "2026-11-21", *words],
                    env=environment(folder.parent / f"{folder.name}-home"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                )
                for words in (ALL_DUE, ("list", "--json"), ("search", "in", "--json"))
            ]  # fmt: skip
            for child in children:
                out, err = child.communicate(timeout=60)
                assert (child.returncode, err) == (0, b"")
                assert len(json.loads(out)["rows"]) == 2
    finally:
        stop.set()
        editor.join()
    for question in QUESTIONS[:6]:
        agree(folder, question)


def timed(folder: Path) -> tuple[str, float]:
    """(the answer without an index, the seconds it took: what a busy machine makes of a tenth of one)."""
    start = time.monotonic()
    return inside(folder, "--no-cache", *ALL_DUE).out, time.monotonic() - start


def test_a_database_that_another_process_holds_delays_nobody_and_stays(folder: Path) -> None:
    held = database_of(folder)
    (folder / "contacts" / "ada.md").write_text(ADA.replace("Porto", "Faro"))
    right, alone = timed(folder)
    with closing(sqlite3.connect(held, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        start = time.monotonic()
        assert inside(folder, *ALL_DUE).out == right
        assert time.monotonic() - start < 4 + 5 * alone
        other.execute("ROLLBACK")
    assert database_of(folder) == held
    agree(folder, ALL_DUE)


def test_a_database_that_another_process_lets_nobody_read_delays_nobody(folder: Path) -> None:
    right, alone = timed(folder)
    with closing(sqlite3.connect(database_of(folder), isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        start = time.monotonic()
        assert inside(folder, *ALL_DUE).out == right
        assert time.monotonic() - start < 4 + 5 * alone


def test_an_index_removed_under_a_question_is_asked_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = database_of(folder)

    def question(index: indexes.Index) -> tuple[str, ...]:
        for ending in ("", "-wal", "-shm"):
            Path(f"{held}{ending}").unlink(missing_ok=True)
        return index.cut(date(2026, 12, 24), None).shown

    assert sorted(ask(opened_vault(folder, monkeypatch), question)) == ["ada", "ben"]
    agree(folder, ALL_DUE)


def test_a_bug_of_our_own_is_told_with_the_cache_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def question(index: indexes.Index) -> None:
        raise TypeError("a bug")

    with pytest.raises(TypeError, match="a bug"):
        ask(opened_vault(folder, monkeypatch), question)
    agree(folder, ALL_DUE)


def test_a_name_that_nobody_has_is_no_damage(folder: Path) -> None:
    held = database_of(folder)
    assert inside(folder, "show", "zzz").code == 4
    assert database_of(folder) == held


# --- rows that somebody spoilt -------------------------------------------------------------------------------------

WORDS = ("'['", "'[1]'", "'7'", "NULL", "x'ff'")  # no JSON, of another shape, no list, nothing, no UTF-8
SPOILT = {
    **{column: [f"UPDATE contact SET {column} = {word}" for word in WORDS] for column in ("head", "facts", "log", "problems", "tasks")},
    "contact": [
        "UPDATE contact SET body = NULL", "UPDATE contact SET line = 'x'", "UPDATE contact SET is_person = NULL",
        "UPDATE contact SET id = NULL", "UPDATE contact SET name = x'ff'", "UPDATE contact SET name = CAST(x'ff' AS TEXT)",
        "UPDATE contact SET head = replace(head, '[', '{')", "UPDATE contact SET facts = replace(facts, 'null', '\"x\"')",
        "DELETE FROM contact",
    ],
    "mark": [
        "DELETE FROM mark", "UPDATE mark SET row = '[]'", "UPDATE mark SET row = '7'", "UPDATE mark SET dates = '[[1]]'",
        "UPDATE mark SET dates = '{'", "UPDATE mark SET dates = '[[9e99]]'", "UPDATE mark SET id = NULL", "UPDATE mark SET listed = 'x'",
    ],
    "meta": [
        "UPDATE meta SET value = NULL", "UPDATE meta SET value = 'x' WHERE key = 'racy'", "UPDATE meta SET value = '7' WHERE key = 'racy'",
        "UPDATE meta SET value = 'x' WHERE key = 'names'", "UPDATE meta SET value = x'00' WHERE key = 'stamps'",
        "UPDATE meta SET value = 1 WHERE key = 'worded'", "INSERT INTO words(words) VALUES('delete-all')",
    ],
}  # fmt: skip
OTHER_SHAPES = [
    "DROP TABLE contact", "DROP TABLE words", "DROP TABLE mark", "DROP TABLE meta", "DELETE FROM meta", "UPDATE meta SET value = '' WHERE key = 'key'",
    "ALTER TABLE contact RENAME TO contacts", "CREATE TABLE x(y); DROP TABLE mark; ALTER TABLE x RENAME TO mark",
]  # fmt: skip


def spoil(folder: Path, sql: str) -> None:
    with closing(sqlite3.connect(database_of(folder))) as db:
        db.executescript(sql)


@pytest.mark.parametrize("where", SPOILT)
def test_no_row_that_somebody_spoilt_ends_a_command(where: str, folder: Path) -> None:
    for sql in SPOILT[where]:
        for question in QUESTIONS[1:3]:
            assert inside(folder, *question).code == 0
        spoil(folder, sql)
        for question in (*QUESTIONS[:4], ("show", "ada", "--json")):
            assert inside(folder, *question).code in (0, 1, 4), (sql, question)
        (folder / "contacts" / "ada.md").write_text(ADA.replace("Porto", "Faro"))  # and when a file changes, too
        assert inside(folder, "search", "faro", "--json").code == 0, sql
        (folder / "contacts" / "ada.md").write_text(ADA)
        shutil.rmtree(cache_of(folder))  # what cannot be noticed


@pytest.mark.parametrize("sql", OTHER_SHAPES)
def test_a_database_of_another_shape_gives_the_right_answer(sql: str, folder: Path) -> None:
    spoil(folder, sql)
    for question in QUESTIONS[:3]:
        agree(folder, question)


# --- changes that are hard to see ----------------------------------------------------------------------------------


def test_a_racy_write_is_seen(folder: Path) -> None:
    path = folder / "contacts" / "ada.md"
    for number in range(10):
        facts = path.stat()
        path.write_text(ADA.replace("Porto", f"P{number:04}"))
        os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        shown = json.loads(inside(folder, "show", "ada", "--json").out)["rows"][0]["interactions"]
        assert shown[0]["text"] == f"in P{number:04}"


def test_a_write_within_the_same_whole_second_is_seen(folder: Path) -> None:
    path = folder / "contacts" / "ada.md"
    second = int(time.time()) * 1_000_000_000
    for number in range(10):
        path.write_text(ADA.replace("Porto", f"P{number:04}"))
        os.utime(path, ns=(second, second))
        assert f"P{number:04}" in inside(folder, "show", "ada").out


def test_a_file_that_changes_while_it_is_read_is_read_again(folder: Path) -> None:
    path = folder / "contacts" / "ada.md"
    path.write_text(ADA.replace("Porto", "Faro"))
    inside(folder, "list")
    path.write_text(ADA.replace("Porto", "Evora"))
    assert "Evora" in agree(folder, ("search", "evora", "--json")).out
    assert json.loads(agree(folder, ("search", "faro", "--json")).out)["rows"] == []


@pytest.mark.parametrize("number", range(len(SETTINGS)))
def test_each_setting_changes_what_the_index_says_at_once(number: int, folder: Path) -> None:
    (folder / "contacts" / "ben.md").write_text(
        BEN.replace("tier: B", "city: Gaia\nlast_contact: 2026-11-01") + "- 2026-09-01 podcast: x\n"
    )
    for text in (QUIET, SETTINGS[number], SETTINGS[number - 1]):
        (folder / "ptcrm.toml").write_text(text)
        for question in QUESTIONS[:2]:
            agree(folder, question)


def test_a_new_kind_counts_at_once_and_no_longer_when_it_is_gone(folder: Path) -> None:
    (folder / "contacts" / "ben.md").write_text(BEN + "- 2026-11-20 podcast: x\n")
    podcast = QUIET + "[kinds]\npodcast = { touch = false }\n"
    last = []
    for text in (QUIET, podcast, QUIET, podcast.replace("false", "true"), podcast):
        (folder / "ptcrm.toml").write_text(text)
        last.append(json.loads(agree(folder, ("list", "--json")).out)["rows"][1]["last"])
    assert last == ["2026-11-20", "2026-03-03", "2026-11-20", "2026-11-20", "2026-03-03"]
