"""The surface as a user and a script meet it: what each command prints, to stdout and to stderr, and its exit code.

In a pipe a command is called within this process (12 ms, a process of its own takes 160); on a terminal it has a process of its own.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import select
import shlex
import shutil
import struct
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import click
import pytest

from plaintextcrm.cli import COMMANDS, main_group, run_command
from plaintextcrm.core.text import typed
from plaintextcrm.core.vocabulary import KEYS
from tests.make import environment, vault

EXAMPLE = Path(__file__).parent.parent / "example-vault"
READING = ("due", "list", "show", "todo", "search", "check")
WORDS = {"show": ("ada,bob",), "search": ("porto",), "due": ("--all",)}  # what each needs beside its name
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # an index is left to the end of its process


class Ran(NamedTuple):
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


class _Stream(io.TextIOWrapper):
    """A pipe's end, kept."""

    def __init__(self, data: bytes = b"") -> None:
        super().__init__(io.BytesIO(data), encoding="utf-8", newline="\n")

    @property
    def text(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined,no-any-return]


def called(words: Sequence[str], folder: Path, own: Mapping[str, str], stdin: bytes = b"", together: bool = False) -> Ran:
    """`ptcrm WORDS` in a folder, with nothing but that environment; with `together` stderr comes between the lines of stdout."""
    out = _Stream()
    err = out if together else _Stream()
    here = Path.cwd()
    streams = (mock.patch("sys.stdin", _Stream(stdin)), mock.patch("sys.stdout", out), mock.patch("sys.stderr", err))
    os.chdir(folder)
    try:
        with streams[0], streams[1], streams[2], mock.patch.dict(os.environ, own, clear=True), mock.patch("sys.argv", ["ptcrm"]):
            code = run_command(words)
    finally:
        os.chdir(here)
    return Ran(code, out.text, "" if together else err.text)


class Place:
    """A vault, a home of its own, and the command in it."""

    def __init__(self, root: Path, home: Path) -> None:
        self.root, self.home = root, home
        home.mkdir(parents=True, exist_ok=True)

    def environment(self, **more: str) -> dict[str, str]:
        """Nothing of the user's is read or written; the day is 2026-11-21."""
        return environment(self.home, **{"PTCRM_TODAY": "2026-11-21", **more})

    def __call__(self, *words: str, stdin: bytes = b"", at: Path | None = None, **more: str) -> Ran:
        """Run `ptcrm WORDS` in a pipe."""
        return called(words, at or self.root, self.environment(**more), stdin)

    def process(self, *words: str, **more: str) -> Ran:
        """The same in a process of its own."""
        arguments = [sys.executable, "-m", "plaintextcrm", *words]
        own = self.environment(**more)
        done = subprocess.run(arguments, input="", capture_output=True, encoding="utf-8", cwd=self.root, env=own, check=False, timeout=120)
        return Ran(done.returncode, done.stdout, done.stderr)

    def ids(self, *words: str, **more: str) -> list[str]:
        """The ids that a reading command prints."""
        ran = self(*words, "--format", "ids", **more)
        assert ran.code == 0, ran
        return ran.out.split()

    def json(self, *words: str, **more: str) -> dict[str, Any]:
        """What a reading command prints as JSON."""
        ran = self(*words, "--json", **more)
        assert ran.code == 0, ran
        found: dict[str, Any] = json.loads(ran.out)
        return found

    def added(self, *words: str, **more: Any) -> list[str]:
        """The lines that a dry run of a write would add."""
        ran = self(*words, "-n", **more)
        assert ran.code == 0, ran
        return [line[1:] for line in ran.out.splitlines() if line.startswith("+") and not line.startswith("+++")]

    def text(self, id: str) -> str:
        """A contact's file."""
        return (self.root / "contacts" / f"{id}.md").read_text(encoding="utf-8")

    def on_terminal(self, *words: str, typed: bytes = b"", columns: int = 80, **more: str) -> tuple[str, int]:
        """(what a terminal gets, exit code): stdin, stdout and stderr are one terminal."""
        import fcntl
        import pty
        import termios

        parent, child = pty.openpty()
        fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        own = self.environment(COLUMNS="", TERM="xterm-256color", **more)
        arguments = [sys.executable, "-m", "plaintextcrm", *words]
        process = subprocess.Popen(arguments, stdin=child, stdout=child, stderr=child, cwd=self.root, env=own, start_new_session=True)
        os.close(child)
        if typed:
            os.write(parent, typed)
        printed = b""
        give_up = time.monotonic() + 60
        while time.monotonic() < give_up:
            if not select.select([parent], [], [], 0.2)[0]:
                if process.poll() is not None:
                    break
                continue
            try:
                chunk = os.read(parent, 65536)
            except OSError:
                break  # Linux: the other end is closed
            if not chunk:
                break
            printed += chunk
        os.close(parent)
        return printed.decode("utf-8", "replace").replace("\r\n", "\n"), process.wait(10)


terminal_only = pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A copy of the example vault that nobody writes to."""
    folder = tmp_path_factory.mktemp("example")
    shutil.copytree(EXAMPLE, folder / "people")
    return Place(folder / "people", folder / "home")


@pytest.fixture(scope="session")
def said(example: Place) -> Callable[..., Ran]:
    """What a reading command says of the example vault; each is run once."""
    kept: dict[tuple[str, ...], Ran] = {}

    def ask(*words: str) -> Ran:
        if words not in kept:
            kept[words] = example(*words)
        return kept[words]

    return ask


@pytest.fixture
def people(tmp_path: Path) -> Place:
    """A copy of the example vault to write to."""
    shutil.copytree(EXAMPLE, tmp_path / "people")
    return Place(tmp_path / "people", tmp_path / "home")


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Place]:
    """A vault of these contacts."""

    def made(files: dict[str, str | bytes], settings: str = "[git]\ncommit = false\n", name: str = "people") -> Place:
        return Place(vault(tmp_path / name, files, settings), tmp_path / "home")

    return made


@pytest.fixture
def empty(tmp_path: Path) -> Place:
    """A folder without a vault."""
    (tmp_path / "nothing").mkdir()
    return Place(tmp_path / "nothing", tmp_path / "home")


def contact(name: str, *lines: str) -> str:
    """A contact's file: keys, then entries."""
    keys = [line for line in lines if not line.startswith(("- ", "  "))]
    entries = [line for line in lines if line.startswith(("- ", "  "))]
    return "\n".join(["---", f"name: {name}", *keys, "---", "", f"# {name}", "", "## Interactions", "", *entries, ""])


def without_colour(text: str) -> str:
    return re.sub(r"\033\[[0-9;]*[A-Za-z]", "", text)


def columns_of(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 0 if unicodedata.combining(char) else 1 for char in line)


# --- which vault, which day ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [".", "contacts", "contacts/lees", "contacts/ada-king.md"])
def test_dash_C_names_the_vault_or_a_place_in_it(example: Place, place: str) -> None:
    assert example("-C", str(example.root / place), "due", "--count", at=example.home).out == "13\n"


def test_the_vault_is_the_option_the_variable_the_nearest_parent_the_users_config(make: Callable[..., Place], tmp_path: Path) -> None:
    places = {name: make({name: contact(name)}, name=name) for name in ("option", "variable", "parent", "config")}
    folder = tmp_path / "home" / "config" / "ptcrm"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(f'vault = "{places["config"].root.as_posix()}"\n')
    inside, outside = places["parent"].root / "contacts", tmp_path / "home"
    ask, variable = places["parent"], str(places["variable"].root)
    list_ids = ("list", "--format", "ids")
    assert ask("--vault", str(places["option"].root), *list_ids, at=inside, PTCRM_VAULT=variable).out == "option\n"
    assert ask(*list_ids, at=inside, PTCRM_VAULT=variable).out == "variable\n"
    assert ask(*list_ids, at=inside).out == "parent\n"
    assert ask(*list_ids, at=outside).out == "config\n"


def test_every_other_path_stays_relative_to_where_you_are(example: Place, tmp_path: Path) -> None:
    assert example("-C", str(example.root), "init", "new", "--no-git", at=tmp_path).code == 0
    assert (tmp_path / "new" / "ptcrm.toml").is_file()


@pytest.mark.parametrize(
    ("words", "more"), [(("due",), {}), (("-C", "gone", "due"), {}), (("-C", ".", "list"), {}), (("show", "ada"), {"PTCRM_VAULT": "gone"})]
)
def test_without_a_vault_it_is_3_and_says_what_to_do(empty: Place, words: tuple[str, ...], more: dict[str, str]) -> None:
    ran = empty(*words, **more)
    assert (ran.code, ran.out) == (3, ""), ran
    assert ran.err.startswith("ptcrm: ")
    assert "ptcrm init" in ran.err or "there is no such folder" in ran.err


@pytest.mark.parametrize("bad", [b"[due\n", b'name = "caf\xe9"\n'])
def test_settings_that_cannot_be_read_are_3(make: Callable[..., Place], bad: bytes) -> None:
    place = make({"ada": contact("Ada King")})
    (place.root / "ptcrm.toml").write_bytes(bad)
    ran = place("due")
    assert (ran.code, ran.out) == (3, ""), ran
    assert "ptcrm.toml" in ran.err


def test_a_mistake_in_the_settings_is_told_with_its_line_and_the_default_holds(make: Callable[..., Place]) -> None:
    place = make({"ada": contact("Ada King", "tier: A", "- 2026-01-01 call")}, "[due]\nper_week = many\n".replace("many", '"many"'))
    ran = place("due", "--format", "ids")
    assert (ran.code, ran.out) == (0, "ada\n"), ran
    assert ran.err.startswith("ptcrm.toml:2:")


def test_a_filter_in_the_settings_that_is_not_understood_is_a_mistake_there_and_everybody_is_shown(make: Callable[..., Place]) -> None:
    place = make({"ada": contact("Ada King"), "bob": contact("Bob Lee")}, 'name = "us"\nonly = "last:soon"\n[git]\ncommit = false\n')
    for words in (("list", "--format", "ids"), ("due",), ("check",), ()):
        ran = place(*words)
        assert ran.code == (1 if words == ("check",) else 0), ran
        assert 'ptcrm.toml:2:1: only = \'last:soon\': filter "last:soon": "soon" is no day' in ran.err + ran.out
    assert place("list", "--format", "ids").out == "ada\nbob\n"


@pytest.mark.parametrize("out", ["../x", "/tmp/x", "~/x", "site/../../x", ".", "", "./", "C:/x", "..\\\\x"])
def test_a_site_outside_the_vault_or_the_vault_itself_is_a_mistake_in_the_settings(make: Callable[..., Place], out: str) -> None:
    place = make({"ada": contact("Ada King")}, f'[git]\ncommit = false\n[site]\nout = "{out}"\n')
    ran = place("list", "--format", "ids")
    assert (ran.code, ran.out) == (0, "ada\n"), ran
    assert ran.err.startswith("ptcrm.toml:4:1: out = ")
    assert "a folder of its own inside the vault" in ran.err


@pytest.mark.parametrize("out", ["site", "public/site/", "./out"])
def test_a_site_in_a_folder_of_the_vault_is_fine(make: Callable[..., Place], out: str) -> None:
    assert make({}, f'[site]\nout = "{out}"\n')("check").code == 0


def test_today_is_the_option_then_the_variable_then_the_clock(make: Callable[..., Place]) -> None:
    place = make({})
    assert place.json("--today", "2026-12-24", "list")["today"] == "2026-12-24"
    assert place.json("list")["today"] == "2026-11-21"
    assert place.json("list", PTCRM_TODAY="")["today"] == date.today().isoformat()
    assert place("--today", "someday", "list").code == 2


def test_without_a_cache_the_answer_is_the_same_and_nothing_is_kept(people: Place) -> None:
    fresh = people("--no-cache", "due", "--all", "--json")
    assert not (people.home / "cache").exists()
    assert people("due", "--all", "--json").out == fresh.out
    assert (people.home / "cache").exists()


def test_quiet_keeps_talk_away_but_not_data_and_not_errors(make: Callable[..., Place]) -> None:
    place = make({"ada": contact("Ada King", "tier: A", "cadence: soon")})
    assert "bad-cadence" in place("list").err
    quiet = place("-q", "list", "--format", "ids")
    assert (quiet.out, quiet.err) == ("ada\n", "")
    assert place("-q", "check").err == ""
    assert "nobody is called" in place("-q", "show", "zebedee").err


# --- help ----------------------------------------------------------------------------------------------------------

NAMES = sorted(set(COMMANDS) - {"import"})


def test_the_first_help_shows_the_commands_of_every_day_and_all_of_them_the_rest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["--help"]) == 0
    first = capsys.readouterr().out
    assert run_command(["help"]) == 0
    assert capsys.readouterr().out == first
    shown = [line.split()[0] for line in first.splitlines() if re.match(r"  [a-z]+ {2,}[A-Z]", line)]
    assert shown[:9] == ["add", "log", "due", "show", "todo", "done", "snooze", "list", "import"]
    assert len(shown) <= 10
    assert first.index("ptcrm due ") < first.index("  add ")
    assert run_command(["help", "--all"]) == 0
    everything = capsys.readouterr().out
    assert {line.split()[0] for line in everything.splitlines() if line.startswith("  ")} == set(COMMANDS)


@pytest.mark.parametrize("order", [("-h", "--help"), ("--help", "-h")], ids=" ".join)
def test_dash_h_is_the_same_as_help_for_every_command_in_any_order(order: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    for name in COMMANDS:
        loose = click.Context(main_group.get_command(click.Context(main_group), name))  # it knows of no option but --help
        assert loose.command.get_help_option(loose)
        printed = []
        for option in order:
            assert run_command([name, option]) == 0
            printed.append(capsys.readouterr().out)
        assert printed[0] == printed[1]
        assert re.search(r"-h, --help", printed[0]), name
        assert printed[0].startswith(f"Usage: ptcrm {name} ")
    assert run_command(["-h"]) == 0
    assert run_command(["help"]) == 0
    assert len(set(capsys.readouterr().out.split("ptcrm: keep up"))) == 2, "the same twice"


def test_a_slip_in_a_command_or_an_option_is_met_with_did_you_mean(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["serach", "x"]) == 2
    assert 'did you mean "search"?' in capsys.readouterr().err
    assert run_command(["due", "--witin", "7d"]) == 2
    assert "--within" in capsys.readouterr().err


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("command", ["due", "build", "show"])
def test_a_day_at_the_edge_of_the_calendar_is_refused(day: str, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["-C", str(EXAMPLE), "--today", day, command, *(["ada"] if command == "show" else [])]) == 2
    assert capsys.readouterr().err == f'ptcrm: --today "{day}": a day of the years 1000 to 8999\n'


def test_a_mistyped_option_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["due", "--al"]) == 2
    told = capsys.readouterr().err
    assert ".:" not in told
    assert told.count("\n") == 1


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is full")
@pytest.mark.parametrize("words", [["due"], ["--help"], ["list", "--json"]])
@pytest.mark.parametrize("buffered", ["", "1"])
def test_output_that_finds_no_room_is_one_line(words: list[str], buffered: str, tmp_path: Path) -> None:
    with open("/dev/full", "wb") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "plaintextcrm", "-C", str(EXAMPLE), *words],
            stdout=full, stderr=subprocess.PIPE, env=environment(tmp_path, PYTHONUNBUFFERED=buffered), check=False,
        )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (1, b"ptcrm: the output cannot be written: no space left on device\n")


@pytest.mark.skipif(os.name == "nt", reason="the shell of Windows cannot close a stream")
def test_a_closed_output_is_no_bug(tmp_path: Path) -> None:
    line = f"{sys.executable} -m plaintextcrm -C {EXAMPLE} due >&-"
    ran = subprocess.run(["sh", "-c", line], stderr=subprocess.PIPE, env=environment(tmp_path), check=False)
    assert (ran.returncode, ran.stderr) == (0, b"")


def test_help_on_a_slip_has_the_same_hint(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["help", "serach"]) == 2
    assert 'did you mean "search"?' in capsys.readouterr().err


USAGE = [
    ["due", "--bogus"], ["due", "--limit", "-1"], ["due", "--limit", "few"], ["due", "--format", "yaml"], ["due", "--within"],
    ["show"], ["search"], ["log"], ["done"], ["snooze"], ["edit"], ["add"], ["completion"], ["completion", "tcsh"], ["--bogus"],
    ["log", "ada", "call", "--minutes", "many"],
]  # fmt: skip


@pytest.mark.parametrize("words", USAGE, ids=" ".join)
def test_words_that_are_not_understood_are_2_without_a_traceback(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(words) == 2
    caught = capsys.readouterr()
    assert caught.out == ""
    assert caught.err.startswith("ptcrm: ")
    assert "Traceback" not in caught.err


@pytest.mark.parametrize("words", USAGE, ids=" ".join)
def test_their_messages_are_lower_case_one_line_and_never_say_invalid(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    run_command(words)
    first, *hints = capsys.readouterr().err.splitlines()
    said = first.removeprefix("ptcrm: ")
    assert "invalid" not in said.lower()
    assert said[0] == said[0].lower()
    assert all(line.startswith("       see: ptcrm") for line in hints)


def test_too_many_names_to_add_show_the_corrected_line(make: Callable[..., Place]) -> None:
    ran = make({})("add", "Dora", "Kay")
    assert ran.code == 2
    assert "ptcrm add 'Dora Kay'" in ran.err


# --- formats -------------------------------------------------------------------------------------------------------


def asked(command: str, *more: str) -> tuple[str, ...]:
    return (command, *WORDS.get(command, ()), *more)


@pytest.mark.parametrize("command", READING)
def test_json_is_one_object_of_schema_today_rows_and_problems(said: Callable[..., Ran], command: str) -> None:
    ran = said(*asked(command, "--json"))
    found = json.loads(ran.out)
    assert {"schema", "today", "rows", "problems"} <= set(found)
    assert (found["schema"], found["today"]) == (f"ptcrm.{command}/1", "2026-11-21")
    assert isinstance(found["rows"], list)
    assert isinstance(found["problems"], list)
    assert ran.err == "" or command == "check"
    assert len({frozenset(row) for row in found["rows"]}) <= 1, "every row has the same keys"


@pytest.mark.parametrize("command", READING)
def test_json_is_short_for_format_json(example: Place, said: Callable[..., Ran], command: str) -> None:
    assert example(*asked(command, "--format", "json")).out == said(*asked(command, "--json")).out


DUE_KEYS = (
    "id name tier coi state due last last_kind cadence ratio score freshness reason hook owed follow_ups occasions owner email phone"
).split()


def test_a_row_of_due_has_its_keys(said: Callable[..., Ran]) -> None:
    found = json.loads(said("due", "--all", "--json").out)
    assert {"waiting"} <= set(found)
    for row in found["rows"]:
        assert set(row) == {*DUE_KEYS, "next"}
    by_id = {row["id"]: row for row in found["rows"]}
    brandt = by_id["wilhelmina-brandt"]
    assert (brandt["tier"], brandt["coi"], brandt["state"], brandt["ratio"]) == ("A", True, "overdue", 2.23)
    assert (brandt["due"], brandt["last"], brandt["last_kind"], brandt["cadence"]) == ("2026-10-15", "2026-09-15", "lunch", "1 month")
    assert brandt["score"] == 23.38
    assert brandt["owed"] == []
    assert by_id["sofia-lindqvist"]["occasions"] == [{"on": "2026-11-21", "kind": "birthday", "label": "birthday", "years": 50}]
    assert by_id["okafor"]["follow_ups"][0]["due"] == "2026-11-20"
    assert by_id["tomasz-wrona"]["last"] is None
    assert by_id["okafor"]["phone"] is None


CONTACT_KEYS = {key.name for key in KEYS} | {"other", "id", "path", "last", "due", "state", "ratio", "freshness", "interactions"}


@pytest.mark.parametrize("words", [("list",), ("show", "ada")])
def test_a_row_of_list_and_of_show_carries_every_key_of_the_contact(said: Callable[..., Ran], words: tuple[str, ...]) -> None:
    rows = json.loads(said(*words, "--json").out)["rows"]
    assert not CONTACT_KEYS - set(rows[0])
    ada = next(row for row in rows if row["id"] == "ada-king")
    assert (ada["path"], ada["last"], ada["due"], ada["state"]) == ("contacts/ada-king.md", "2026-11-20", "2026-12-20", "fresh")
    assert (ada["coi"], ada["tags"], ada["role"], ada["website"], ada["do_not_contact"]) == (True, ["actuary"], "Actuary", None, None)
    assert ada["birthday"] == "1985-12-10"


def test_keys_of_ones_own_are_under_other(said: Callable[..., Ran]) -> None:
    rows = {row["id"]: row for row in json.loads(said("list", "--json").out)["rows"]}
    assert rows["henrique-sal"]["other"] == {"best_pumpkin": "214 kg"}
    assert rows["ada-king"]["other"] == {}


def test_list_counts_the_entries_not_after_today_and_show_has_them_all(said: Callable[..., Ran], example: Place) -> None:
    rows = {row["id"]: row for row in json.loads(said("list", "--json").out)["rows"]}
    jonas = example.json("show", "jonas")["rows"][0]
    entries = jonas["interactions"]
    assert len(entries) == sum(line.startswith("- 20") for line in example.text("jonas-feld").splitlines())
    assert rows["jonas-feld"]["interactions"] == sum(entry["on"] <= "2026-11-21" for entry in entries) == len(entries) - 1
    assert {"on", "time", "kind", "text", "fields", "block_id", "details", "counts"} <= set(entries[0])


def test_show_has_a_row_for_each_of_several(said: Callable[..., Ran]) -> None:
    assert [row["id"] for row in json.loads(said("show", "ada,bob", "--json").out)["rows"]] == ["ada-king", "bob-lee"]
    assert [row["id"] for row in json.loads(said("show", "ada", "--json").out)["rows"]] == ["ada-king"]


TABLES = [command for command in READING if command not in ("show", "check")]


@pytest.mark.parametrize("command", TABLES)
def test_every_format_tells_of_the_same_rows(said: Callable[..., Ran], command: str) -> None:
    rows = json.loads(said(*asked(command, "--json")).out)["rows"]
    assert rows
    table = list(csv.reader(io.StringIO(said(*asked(command, "--format", "csv")).out)))
    assert len(table) == len(rows) + 1
    assert {len(line) for line in table} == {len(table[0])}
    assert "name" in table[0]
    markdown = said(*asked(command, "--format", "md")).out.splitlines()
    assert len(markdown) == len(rows) + 2
    assert set(markdown[1]) <= set("| -:")
    assert all(line.startswith("| ") and line.endswith(" |") for line in markdown[2:])
    assert said(*asked(command, "--format", "ids")).out.split() == [row["id"] for row in rows]
    plain = said(*asked(command)).out
    assert plain == said(*asked(command, "--format", "plain")).out
    assert len(plain.splitlines()) == len(rows)
    for row in rows:
        assert row["name"] in without_colour(said(*asked(command, "--format", "table")).out) or command in ("list", "todo")


@pytest.mark.parametrize("format_", ["table", "plain", "json", "csv", "md", "ids"])
@pytest.mark.parametrize("command", ["show", "check"])
def test_show_and_check_take_every_format_too(example: Place, command: str, format_: str) -> None:
    ran = example(*asked(command, "--format", format_))
    assert ran.code == 0, ran


def test_absent_is_null_and_days_are_iso(said: Callable[..., Ran]) -> None:
    for words in (("due", "--all"), ("list",), ("todo",)):
        for row in json.loads(said(*words, "--json").out)["rows"]:
            assert not any(value == "" for value in row.values()), row
            for key in ("due", "last", "next", "met", "created", "snooze_until"):
                assert row.get(key) is None or re.fullmatch(r"\d{4}-\d\d-\d\d", row[key]), row


def test_a_cell_that_a_spreadsheet_would_run_is_defused(make: Callable[..., Place]) -> None:
    words = {"role": "=1+1", "company": "@SUM(A1)", "location": "+cmd|' /C calc'!A0", "why": "-2+3+cmd", "met_at": "\\t=1+1"}
    place = make({"eve": contact("Eve", 'phone: "+351 555 010 101"', *(f'{key}: "{value}"' for key, value in words.items()))})
    table = place("list", "--format", "csv", "--columns", "phone,role,company,location,why,met_at").out
    phone, *cells = list(csv.reader(io.StringIO(table)))[1]
    assert phone == "+351 555 010 101"
    assert all(cell.startswith("'") for cell in cells), cells


# --- commands to copy ---------------------------------------------------------------------------------------------

DASHED = "---\nname: Dash\ntier: A\nemail: dash@example.com\n---\n\n## Interactions\n\n" + "".join(
    f"- {year}-0{month}-01 call: about {year}\n" for year in (2022, 2023, 2024) for month in (1, 4, 7)
)


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        ("show -- -x", "ptcrm show --everything -- -x"), ("write -n -- -x", "ptcrm log --out -- -x email"),
        ("path --format table -- -x", "ptcrm show -- -x"), ("snooze -- -x", "ptcrm snooze -- -x off"),
        ("ideas --format table -- -x", "ptcrm log -- -x call"),
        ("archive -- -x", "ptcrm set -- -x status="), ("report tidy --format table", "ptcrm edit -- -x"),
    ],
)  # fmt: skip
def test_a_printed_command_runs_though_the_id_looks_like_an_option(words: str, printed: str, tmp_path: Path) -> None:
    place = Place(vault(tmp_path / "vault", {"-x": DASHED}), tmp_path / "home")
    told = place(*words.split())
    assert printed in re.split(r" · |\)?\n|: |^ +", told.out + told.err, flags=re.MULTILINE)
    ran = place(*shlex.split(printed)[1:], EDITOR="true")
    assert ran.code == 0, ran


@pytest.mark.parametrize(
    ("id", "said"),
    [("ada", "ada call --out"), ("Ada King", "'Ada King' call --out"), ("-x", "--out -- -x call"), ("-a b", "--out -- '-a b' call")],
)
def test_an_id_is_typed_so_that_a_shell_and_the_command_take_it(id: str, said: str) -> None:
    assert typed(id, "call", option="--out") == said


# --- terminals and pipes -------------------------------------------------------------------------------------------

IN_A_PIPE = [(), *(asked(command) for command in READING), *(asked(command, "--format", "table") for command in (*TABLES, "show"))]


@pytest.mark.parametrize("words", IN_A_PIPE, ids=" ".join)
def test_a_pipe_gets_no_colour_and_no_trailing_blanks(said: Callable[..., Ran], words: tuple[str, ...]) -> None:
    ran = said(*words)
    assert ran.code == 0
    assert "\033" not in ran.out + ran.err
    assert not [line for line in ran.out.splitlines() if line != line.rstrip()]


def test_colour_is_forced_and_forbidden_by_the_environment(example: Place) -> None:
    assert "\033[" in example("due", "--format", "table", FORCE_COLOR="1").out
    assert "\033[" in example("list", "tier:A", "--format", "table", FORCE_COLOR="1").out
    assert "\033[" not in example("due", "--format", "table", FORCE_COLOR="0").out
    assert "\033[" not in example("due", "--format", "json", FORCE_COLOR="1").out
    assert "\033[" not in example("due", "--format", "table", FORCE_COLOR="1", NO_COLOR="1").out
    assert "\033[" in example("due", "--format", "table", FORCE_COLOR="1", NO_COLOR="").out


@terminal_only
def test_a_terminal_gets_colour_unless_told_otherwise(example: Place) -> None:
    assert "\033[" in example.on_terminal("due")[0]
    assert "\033[" not in example.on_terminal("due", NO_COLOR="1")[0]
    assert "\033[" in example.on_terminal("due", NO_COLOR="")[0]


@terminal_only
@pytest.mark.parametrize("columns", [80, 60])
@pytest.mark.parametrize("words", [(), ("due", "--all"), ("show", "ada"), ("list",), ("todo",), ("search", "porto")], ids=" ".join)
def test_no_line_is_wider_than_the_terminal(example: Place, words: tuple[str, ...], columns: int) -> None:
    text, code = example.on_terminal(*words, columns=columns, NO_COLOR="1")
    assert code == 0
    assert [line for line in text.splitlines() if columns_of(line) > columns] == []


@terminal_only
@pytest.mark.parametrize("words", [("due", "--all"), ("list",), ("todo",), ("search", "porto")], ids=" ".join)
def test_a_list_on_a_terminal_begins_each_entry_with_its_number(example: Place, words: tuple[str, ...]) -> None:
    text, _ = example.on_terminal(*words, NO_COLOR="1")
    ids = example.ids(*words)
    people = list(dict.fromkeys(ids))
    numbers = [int(match[1]) for line in text.splitlines() if (match := re.match(r" *(\d+) {2,}\S", line))]
    assert list(dict.fromkeys(numbers)) == list(range(1, len(people) + 1))


@terminal_only
def test_a_table_of_80_columns_shows_every_name_and_whole_days(example: Place) -> None:
    listed, _ = example.on_terminal("list", "tier:A", NO_COLOR="1")
    for word in ("Ada King", "Edmund Pell", "Wilhelmina Brandt", "2026-11-20", "2026-12-20", "fresh"):
        assert word in listed
    todo, _ = example.on_terminal("todo", NO_COLOR="1")
    for word in ("Gaspar Nunes", "Wed 18 Nov", "yesterday"):
        assert word in todo


@terminal_only
def test_numbers_are_set_by_a_list_on_a_terminal_only_and_hold_for_a_day(people: Place) -> None:
    assert people("show", "1").code == 4
    assert people("due").code == 0
    assert people("list").code == 0
    assert people("show", "1").code == 4, "a list in a pipe sets no numbers"
    people.on_terminal("due")
    ids = people.ids("due")
    assert people.json("show", "1")["rows"][0]["id"] == ids[0]
    assert [row["id"] for row in people.json("show", "2,3")["rows"]] == ids[1:3]
    people("list", "tier:A")
    assert people.json("show", "1")["rows"][0]["id"] == ids[0], "a later list in a pipe changes none"
    people.on_terminal("list", "tier:A")
    assert people.json("show", "1")["rows"][0]["id"] == people.ids("list", "tier:A")[0]
    assert people("show", "9").code == 4
    (kept,) = (people.home / "state").rglob("last-list.json")
    stored = json.loads(kept.read_text())
    kept.write_text(json.dumps(stored | {"at": stored["at"] - 86_400 - 5}))
    assert people("show", "1").code == 4, "after a day by the real clock"


@terminal_only
def test_numbers_of_a_todo_list_are_people(people: Place) -> None:
    people.on_terminal("todo")
    first = people.json("todo")["rows"][0]["id"]
    assert people.json("show", "1")["rows"][0]["id"] == first


@terminal_only
def test_a_question_is_asked_on_a_terminal_and_never_without_one(people: Place) -> None:
    refused = people("add", "Ada King", stdin=b"y\n")
    assert refused.code == 2
    assert "-y" in refused.err
    assert people.ids("list", "ada") == ["ada-king"]
    text, code = people.on_terminal("add", "Ada King", typed=b"n\n")
    assert ("[y/N]" in text, code) == (True, 0)
    assert people.ids("list", "ada") == ["ada-king"]
    _, code = people.on_terminal("add", "Ada King", typed=b"y\n")
    assert code == 0
    assert people.ids("list", "ada") == ["ada-king", "ada-king-2"]


# --- control and bidi characters -----------------------------------------------------------------------------------

HOSTILE = """\
---
name: "Eve \\e[31mRed\\e[0m \\u202Eder"
company: "x\\u009b31my"
role: "a\\u2066b"
tier: A
---

## Interactions

- 2026-01-01 call: \033]0;title\007 harbour \u202e bidi
  - [ ] do \033[2J clear
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A vault that tries to steer the terminal, by what files say and by their names."""
    folder = tmp_path_factory.mktemp("hostile")
    root = vault(folder / "people", {"eve": HOSTILE, "x\u202ey": HOSTILE})
    if os.name != "nt":
        (root / "contacts" / "z\033[31m.md").write_text(HOSTILE, encoding="utf-8")
    return Place(root, folder / "home")


HOSTILE_WORDS = [
    (), *((command, *more, "--format", format_) for command, *more in (("due",), ("list",), ("todo",), ("search", "harbour"), ("check",))
          for format_ in ("table", "plain", "json", "csv", "md", "ids")),
    ("show", "eve"), ("show", "eve", "--everything", "--explain"), ("show", "eve", "--json"), ("show", "eve", "--format", "md"),
    ("log", "eve", "call", "-n"), ("done", "eve", "-n"), ("show", "\033[31mev"), ("show", "e"),
]  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE_WORDS, ids=lambda words: ascii(" ".join(words)))
def test_control_and_bidi_characters_never_reach_the_output(hostile: Place, words: tuple[str, ...]) -> None:
    ran = hostile(*words)
    assert ran.code in (0, 1, 4), ran
    assert sorted({ascii(found) for found in UNSAFE.findall(ran.out + ran.err)}) == []


# --- filters -------------------------------------------------------------------------------------------------------

FILTERS = [
    ("tier:A coi:yes", "ada-king lees/edmund-pell henrique-sal wilhelmina-brandt"),
    ("tier:a,c company:massa", "ines-paredes"),
    ("-tier:A,B,C", "alma-reyes florian-tack ingrid-solheim teresa-amaral"),
    ("tier:A -owner:lee city:lisbon", "ada-king henrique-sal wilhelmina-brandt"),
    ("hobby:sail*", "ingrid-solheim magnus-thorn rui-caldeira sofia-lindqvist"),
    ("company:'Pell, Pell & Pell'", "lees/edmund-pell"),
    ("near:oporto", "alma-reyes bob-lee priya-raman yuki-aalto"),
    ("last:..2025-12-31", "desmond-achterberg florian-tack barnaby-crisp teresa-amaral"),
    ("last:2026-11-17..2026-11-17", "okafor"),
    ("last:..4000w", ""),
    ("due:..7d state:soon", "claire-dubarry ines-paredes"),
    ("ratio:1.5.. -dnc:yes", "desmond-achterberg wilhelmina-brandt"),
    ("'ratio>2.3' -state:lapsed", "desmond-achterberg"),
    ("has:died", "teresa-amaral"),
    ("missing:email state:on-file", "alma-reyes teresa-amaral"),
    ("five:now", "ada-king wilhelmina-brandt"),
    ("group:board -state:overdue five:next", "gaspar-nunes ingrid-solheim yuki-aalto"),
    ("'tier:A|B' interactions:..1 wrona", "tomasz-wrona"),
    ("best_pumpkin:214", "henrique-sal"),
    ("wrona", "tomasz-wrona wilhelmina-brandt"),
    ("countess", "ada-king"),
    ("INES", "ines-paredes"),
    ("-- wrona -wilhelmina", "tomasz-wrona"),
    ("state:snoozed", "leonor-vaz"),
]


@pytest.mark.parametrize(("words", "ids"), FILTERS, ids=[words for words, _ in FILTERS])
def test_a_filter_lets_through(example: Place, words: str, ids: str) -> None:
    import shlex

    asked = ["--format", "ids", *shlex.split(words)]
    ran = example("list", *asked)
    assert ran.code == 0, ran
    assert ran.out.split() == ids.split()


def test_a_negated_key_is_a_filter_wherever_it_stands(example: Place) -> None:
    wanted = example("due", "--all", "--format", "ids", "-tier:A").out
    assert "edmund" not in wanted
    assert example("due", "-tier:A", "--all", "--format", "ids").out == wanted
    assert example("due", "--all", "-tier:A", "--format", "ids").out == wanted


def test_in_search_a_negated_word_leaves_out_those_that_have_it(example: Place) -> None:
    everybody = example.ids("search", "porto")
    assert "bob-lee" in everybody
    assert example.ids("search", "porto", "-tier:B") == [id for id in everybody if id not in example.ids("list", "tier:B")]
    found = example("search", "--format", "ids", "--", "porto", "-desk").out.split()
    with_desk = example.ids("search", "porto", "desk")
    assert found == [id for id in everybody if id not in with_desk]


@pytest.mark.parametrize("bad", ["last:soon", "ratio:high", "tier:", "due:..x", "-last:soon"])
@pytest.mark.parametrize("command", ["due", "list", "todo", "check"])
def test_a_filter_that_is_not_understood_is_2_and_shows_how(example: Place, command: str, bad: str) -> None:
    ran = example(command, bad)
    assert (ran.code, ran.out) == (2, ""), ran
    assert bad.lstrip("-").split(":")[0] in ran.err
    assert "like" in ran.err


# --- WHO -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who", ["ada-king", "ADA-KING", "Ada King", "ada king", "the countess", "ada.king@babbage-mutual.example.com", "ada", "kin"]
)
def test_somebody_is_named_by_id_name_alias_address_or_the_beginning_of_a_name(example: Place, who: str) -> None:
    assert example.json("show", who)["rows"][0]["id"] == "ada-king"


def test_accents_and_folders_may_be_left_out(example: Place) -> None:
    assert [row["id"] for row in example.json("show", "inês,edmund-pell,lees/edmund-pell")["rows"]] == ["ines-paredes", "lees/edmund-pell"]


def test_the_first_level_with_a_hit_decides(make: Callable[..., Place]) -> None:
    place = make({"kay": contact("Zoe Ray"), "b": contact("Kay Ash"), "c": contact("Kayla Oak"), "d": contact("Beyer, Jr.")})
    assert place.json("show", "kay")["rows"][0]["id"] == "kay"
    assert place.json("show", "kay ash")["rows"][0]["id"] == "b"
    assert place.json("show", "Beyer, Jr.")["rows"][0]["id"] == "d", "a comma within a name"


def test_nobody_and_two_people_are_4_with_the_candidates(example: Place) -> None:
    ran = example("show", "s")
    assert (ran.code, ran.out) == (4, "")
    assert ran.err.startswith('ptcrm: "s" is 4 people: ')
    assert "sofia-lindqvist (Sofia Lindqvist)" in ran.err
    for command in (("show",), ("log",), ("done",), ("snooze",), ("edit",)):
        assert example(*command, "zebedee", EDITOR="true").code == 4


@pytest.mark.parametrize("slip", ["wilhelmena", "sofia lindquist", "gaspr", "edmnd-pell", "ada-kin g"])
def test_a_slip_in_a_name_is_4_with_did_you_mean(example: Place, slip: str) -> None:
    ran = example("show", slip)
    assert ran.code == 4, ran
    assert "did you mean" in ran.err


# --- bare, due -----------------------------------------------------------------------------------------------------


def test_ptcrm_alone_is_the_days_brief(said: Callable[..., Ran]) -> None:
    brief = said()
    assert (brief.code, brief.err) == (0, "")
    for words in ("Saturday 21 November 2026", "Wilhelmina Brandt", "birthday", "Dates", "2 lines waiting in inbox.md"):
        assert words in brief.out


def test_the_brief_of_an_empty_vault_says_how_to_begin(make: Callable[..., Place]) -> None:
    ran = make({})()
    assert ran.code == 0
    assert 'ptcrm add "Ada King"' in ran.out


def test_the_brief_ends_each_sentence(said: Callable[..., Ran]) -> None:
    last = next(line for line in said().out.splitlines() if line.startswith("This week"))
    assert "ptcrm due --all 2 on file" not in last


def test_who_is_due_is_cut_to_the_week_and_the_rest_waits(said: Callable[..., Ran], example: Place) -> None:
    today = json.loads(said("due", "--json").out)
    assert (len(today["rows"]), today["waiting"]) == (7, 6)
    everybody = json.loads(said("due", "--all", "--json").out)
    assert (len(everybody["rows"]), everybody["waiting"]) == (13, 0)
    assert [row["id"] for row in everybody["rows"]][:7] == [row["id"] for row in today["rows"]]
    assert re.search(r"\b6 more .*ptcrm due --all", said("due", "--format", "table").out)
    assert len(example.ids("due")) == 7, "the same cut in every format"


def test_limit_is_the_first_few_however_many_fit_the_week(example: Place, said: Callable[..., Ran]) -> None:
    order = [row["id"] for row in json.loads(said("due", "--all", "--json").out)["rows"]]
    assert example.ids("due", "--limit", "2") == order[:2]
    assert example.ids("due", "--limit", "9") == order[:9]
    assert example.ids("due", "--limit", "0") == []
    assert example.json("due", "--limit", "2")["waiting"] == 11


def test_limit_and_all_mean_the_same_with_and_without_a_filter(example: Place) -> None:
    alone = example.ids("due", "--all", "--limit", "2")
    assert example.ids("due", "--all", "--limit", "2", "has:name") == alone


def test_count_and_exit_code_look_at_all_that_are_due(example: Place) -> None:
    assert example("due", "--count").out == "13\n"
    ran = example("due", "--count", "--exit-code")
    assert (ran.out, ran.code) == ("13\n", 10)
    assert example("due", "tier:A", "--count").out == "3\n"
    ran = example("due", "tier:A", "--limit", "0", "--exit-code")
    assert (ran.out, ran.code) == ("", 10)
    ran = example("due", "owner:nobody", "--exit-code")
    assert (ran.out, ran.code) == ("", 0)


def test_within_adds_those_who_are_due_soon(example: Place) -> None:
    now, later = example.ids("due", "--all"), example.ids("due", "--all", "--within", "7d")
    assert set(later) - set(now) == {"claire-dubarry", "ines-paredes"}
    assert example.ids("due", "--all", "--within", "0d") == now
    assert example.ids("due", "--all", "--within", "1 week") == later


def test_at_answers_for_any_day(example: Place) -> None:
    found = example.json("due", "--all", "--at", "2026-12-21")
    assert found["today"] == "2026-12-21"
    ids = [row["id"] for row in found["rows"]]
    assert "ada-king" in ids
    assert example.ids("due", "--all", "--at", "in 30 days") == ids
    assert "a forecast" in example("due", "--at", "fri", "--format", "table").out
    past = example.json("due", "--all", "--at", "2026-11-01")
    assert past["today"] == "2026-11-01"
    assert "henrique-sal" not in [row["id"] for row in past["rows"]], "his referral came on the 2nd"


def test_owner_is_whose_people(example: Place) -> None:
    assert example.ids("due", "--all", "--owner", "lee") == ["lees/edmund-pell", "lees/joaquim-teles"]
    assert example.ids("due", "--all", "--owner", "LEE", "tier:A") == ["lees/edmund-pell"]


@pytest.mark.parametrize("words", [("due", "tier:A", "--explain", "--format", "table"), ("show", "wilhelmina", "--explain")], ids=" ".join)
def test_explain_shows_the_arithmetic(example: Place, words: tuple[str, ...]) -> None:
    out = example(*words).out
    assert "2026-09-15 + 1 month" in out
    assert "2.23" in out
    assert "2.23" not in example(*(word for word in words if word != "--explain")).out


def test_explain_is_in_json_and_in_plain_lines_too(example: Place) -> None:
    rows = example.json("due", "tier:A", "--explain")["rows"]
    assert all(row["explain"] for row in rows)
    assert example("due", "tier:A", "--explain").out != example("due", "tier:A").out


def test_the_arithmetic_of_somebody_new_adds_up(example: Place) -> None:
    lines = " ".join(example.json("due", "tomasz", "--explain")["rows"][0]["explain"])
    assert "no contact yet + 3 months = next 2026-11-21" not in lines, "next is two days after `created`"


@pytest.mark.parametrize("words", [("--at", "whenever"), ("--at", "3/4/2027"), ("--within", "soon"), ("--within", "never")])
def test_a_day_or_a_span_that_is_not_understood_is_2(example: Place, words: tuple[str, ...]) -> None:
    ran = example("due", *words)
    assert (ran.code, ran.out) == (2, "")
    assert "like" in ran.err or "type it as" in ran.err


# --- list, show, search, todo, check -------------------------------------------------------------------------------


def test_list_has_everybody_archived_and_deceased_too(said: Callable[..., Ran]) -> None:
    ids = said("list", "--format", "ids").out.split()
    assert len(ids) == 28
    assert {"teresa-amaral", "barnaby-crisp"} <= set(ids)


def test_list_sorts_by_any_column_both_ways_with_the_absent_last(example: Place) -> None:
    up = [row["last"] for row in example.json("list", "--sort", "last")["rows"]]
    there = [day for day in up if day]
    assert up == sorted(there) + [None] * (len(up) - len(there))
    down = [row["last"] for row in example.json("list", "--sort", "-last")["rows"]]
    assert down[: len(there)] == sorted(there, reverse=True)
    assert down[len(there) :] == [None] * (len(up) - len(there))
    ratios = [row["ratio"] for row in example.json("list", "--sort", "-ratio")["rows"] if row["ratio"] is not None]
    assert ratios == sorted(ratios, reverse=True)
    assert example("list", "--sort", "shoe_size").code == 2


def test_list_shows_the_columns_asked_for(example: Place) -> None:
    out = example("list", "five:now", "--columns", "name,age,location,interactions", "--format", "csv").out
    assert out.splitlines() == ["name,age,location,interactions", "Ada King,40,Lisbon,5", "Wilhelmina Brandt,65,Lisbon,20"]
    assert example("list", "--columns", "shoe_size").code == 2


@pytest.mark.parametrize("format_", ["table", "plain", "csv", "md"])
@pytest.mark.parametrize(("column", "value"), [("City", "Lisbon"), ("job_title", "Notary"), ("best_pumpkin", "214 kg")])
def test_a_column_may_be_another_word_for_a_key_or_a_key_of_ones_own(example: Place, column: str, value: str, format_: str) -> None:
    assert value in example("list", "henrique", "--columns", column, "--format", format_).out


def test_the_age_of_the_dead_stands_still(example: Place) -> None:
    assert example("list", "teresa", "--columns", "age").out == "90\n"


def test_show_prints_the_file_itself_as_markdown(example: Place) -> None:
    assert example("show", "ada", "--format", "md").out == example.text("ada-king")


def test_show_everything_has_the_whole_log(example: Place) -> None:
    short, whole = example("show", "jonas").out, example("show", "jonas", "--everything").out
    assert "2025-06-12" not in short
    assert "ptcrm show jonas-feld --everything" in short
    assert "2025-06-12" in whole


def test_show_of_somebody_who_died_or_asked_for_peace_proposes_nothing(example: Place) -> None:
    for who in ("teresa", "barnaby"):
        out = example("show", who).out
        assert "keep, loosen or let go" not in out
        assert not re.search(r"^  ask ", out, re.MULTILINE)
        assert not re.search(r"^  next +now", out, re.MULTILINE)


def test_links_in_the_brief_are_names(example: Place) -> None:
    out = example("show", "ada").out
    assert "Ingrid Solheim, Chidi and Grace Okafor" in out
    assert "[[" not in out


def test_search_ranks_name_over_fields_over_text_and_shows_the_line(make: Callable[..., Place]) -> None:
    place = make(
        {
            "a": contact("Ann Ash", "2026-01-01 call: about the harbour"),
            "b": contact("Bea Birch", "company: Harbour Ltd"),
            "c": contact("Cay Harbour"),
        }
    )
    rows = place.json("search", "harbour")["rows"]
    assert [row["id"] for row in rows] == ["c", "b", "a"]
    assert [row["line"] for row in rows][1:] == ["company: Harbour Ltd", "2026-01-01 call: about the harbour"]
    assert place.ids("search", "harb", "--limit", "1") == ["c"]
    assert place.ids("search", "HÁRBOUR", "ann") == ["a"]
    assert place.ids("search", "harbour", "company:harbour") == ["b"]


def test_a_hit_in_a_list_says_of_what(make: Callable[..., Place]) -> None:
    place = make({"a": "---\nname: Ann Ash\nhobbies:\n  - chess\n  - sailing\n---\n", "b": contact("Bea Birch", "hobbies: [sailing, tea]")})
    rows = place.json("search", "sailing")["rows"]
    assert {row["id"]: row["where"] for row in rows} == {"a": "hobbies", "b": "hobbies"}
    assert all(row["line"].startswith("hobbies: ") and "sailing" in row["line"] for row in rows), rows


def test_a_search_without_hits_is_0_and_one_without_words_is_2(example: Place) -> None:
    ran = example("search", "wombat")
    assert (ran.code, ran.out) == (0, "")
    assert example("search", "tier:A").code == 2


def test_todo_lists_open_follow_ups_by_day(example: Place, said: Callable[..., Ran]) -> None:
    rows = json.loads(said("todo", "--json").out)["rows"]
    days = [row["due"] or "9999" for row in rows]
    assert days == sorted(days)
    assert all(row["open"] for row in rows)
    assert {"id", "name", "number", "text", "due", "owner", "waiting"} <= set(rows[0])
    assert [row["waiting"] for row in rows if row["id"] == "rui-caldeira"] == ["them"]
    assert example.ids("todo", "tier:A") == ["ada-king", "lees/margarida-frost"]


BROKEN = contact("Ann Ash", "cadence: soon", "tier: A")
WARNED = contact("Bea Birch", "tier: Z")


def test_check_is_1_with_mistakes_and_0_with_warnings_only(make: Callable[..., Place]) -> None:
    place = make({"ann": BROKEN, "bea": WARNED})
    ran = place("check")
    assert ran.code == 1
    assert ran.out.splitlines()[0].startswith('contacts/ann.md:3:1: cadence "soon": write it like')
    assert ran.out.splitlines()[0].endswith("[bad-cadence]")
    assert ": warning: tier" in ran.out
    assert "1 mistake, 1 warning" in ran.err
    only = place("check", "bea")
    assert only.code == 0
    assert "bad-cadence" not in only.out
    rows = json.loads(place("check", "--json").out)["rows"]
    assert {"path", "line", "column", "code", "message", "fix", "severity"} <= set(rows[0])
    assert place("check", "bea", "--exit-code").code == 2


def test_check_itself_tells_of_the_installation_and_the_index(example: Place) -> None:
    ran = example("check", "--self", COLUMNS="400")
    assert ran.code == 0
    for word in ("Python", "SQLite", "git", str(example.root), "index", "28 people"):
        assert word in ran.out


def test_mistakes_go_to_stderr_at_most_five_and_the_others_still_work(make: Callable[..., Place]) -> None:
    place = make({f"p{number}": contact(f"P {number}", "cadence: soon") for number in range(7)} | {"ada": contact("Ada King")})
    ran = place("list", "--format", "ids")
    assert ran.code == 0
    assert len(ran.out.split()) == 8
    lines = ran.err.splitlines()
    assert len(lines) == 6
    assert all(re.match(r"contacts/p\d\.md:3:1: .* \[bad-cadence\]$", line) for line in lines[:5])
    assert lines[5] == "and 2 more: ptcrm check"
    assert len(place.json("list")["problems"]) == 7


# --- log: its arguments, word for word -----------------------------------------------------------------------------

LOGGED = [
    (("call",), "- 2026-11-21 call"),
    (("Call",), "- 2026-11-21 call"),
    (("e-mail", "the deck"), "- 2026-11-21 email: the deck"),
    (("podcast", "hers"), "- 2026-11-21 podcast: hers"),
    (("coffee", "New job in January"), "- 2026-11-21 coffee: New job in January"),
    (("coffee", "New", "job", "in", "January"), "- 2026-11-21 coffee: New job in January"),
    (("New job in January",), "- 2026-11-21 New job in January"),
    (("coffee: New job",), "- 2026-11-21 coffee: New job"),
    (("call centre was busy",), "- 2026-11-21 call centre was busy"),
    (("-k", "coffee", "call"), "- 2026-11-21 coffee: call"),
    (("-k", "phone", "She rang"), "- 2026-11-21 call: She rang"),
    (("-m", "New job"), "- 2026-11-21 New job"),
    (("call", "-m", "New job"), "- 2026-11-21 call: New job"),
    (("-m", "coffee: New job"), "- 2026-11-21 coffee: New job"),
    (("call", "-d", "yesterday"), "- 2026-11-20 call"),
    (("call", "-d", "fri"), "- 2026-11-20 call"),
    (("call", "-d", "3 days ago", "-t", "9:05"), "- 2026-11-18 09:05 call"),
    (("call", "x", "--in"), "- 2026-11-21 call: x [dir:: in]"),
    (("call", "x", "--out", "--minutes", "20"), "- 2026-11-21 call: x [dir:: out] [minutes:: 20]"),
    (("referral-in", "the Okafors", "--value", "12000"), "- 2026-11-21 referral-in: the Okafors [value:: 12000]"),
    (("lunch", "x", "--with", "noor,lee"), "- 2026-11-21 lunch: x [with:: noor, lee]"),
    (("call", "He was out", "--no-answer"), "- 2026-11-21 call: He was out [reached:: no]"),
    (("dinner", "The usual table", "-d", "in 2 weeks"), "- [ ] 2026-12-05 dinner: The usual table"),
]


@pytest.mark.parametrize(("words", "line"), LOGGED, ids=[" ".join(words) for words, _ in LOGGED])
def test_log_writes(people: Place, words: tuple[str, ...], line: str) -> None:
    assert people.added("log", "ada", *words) == [line]


def argv_of(line: str) -> list[str]:
    """The arguments that a shell makes of a line."""
    done = subprocess.run(["sh", "-c", f"printf '%s\\0' {line}"], capture_output=True, check=True)
    return done.stdout.decode().split("\0")[:-1]


@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell quotes differently")
@pytest.mark.parametrize(
    ("who", "words", "line"),
    [
        ("ada", ("New", "job", "in", "January"), "- 2026-11-21 New job in January"),
        ("ada", ("Said", '"never"'), '- 2026-11-21 Said "never"'),
        ("ada", ("Paid", "$HOME"), "- 2026-11-21 Paid $HOME"),
        ("Ada King", ("New", "job"), "- 2026-11-21 New job"),
        ("ada", ("New", "job", "-d", "yesterday"), "- 2026-11-20 New job"),
    ],
)
def test_a_further_argument_is_2_and_the_corrected_line_does_what_was_meant(
    people: Place, who: str, words: tuple[str, ...], line: str
) -> None:
    before = people.text("ada-king")
    ran = people("log", who, *words)
    assert (ran.code, ran.out) == (2, ""), ran
    assert people.text("ada-king") == before
    corrected = argv_of(ran.err.split("ptcrm: ", 1)[1].split(": ", 1)[1].splitlines()[0])
    assert corrected[:2] == ["ptcrm", "log"], ran.err
    assert people.added(*corrected[1:]) == [line]


def test_text_may_come_from_stdin(people: Place) -> None:
    text = b"She wrote:\n\nthree lines\nin all\n"
    wanted = ["- 2026-11-21 email: She wrote:", "  three lines", "  in all"]
    assert people.added("log", "ada", "-k", "email", "-m", "-", stdin=text) == wanted
    assert people.added("log", "ada", "email", "-", stdin=text) == wanted
    assert people.added("log", "ada", "-", stdin=b"coffee: short") == ["- 2026-11-21 coffee: short"]


def editor(folder: Path, text: str) -> str:
    """An editor that puts a text on top of what it is given, and leaves a sign that it ran."""
    script = folder / "editor.py"
    script.write_text(
        "import pathlib, sys\npath = pathlib.Path(sys.argv[1])\n"
        f"path.write_text({text!r} + path.read_text())\npathlib.Path({str(folder / 'ran')!r}).touch()\n"
    )
    return f"'{sys.executable}' '{script}'"


def test_a_lone_log_in_a_pipe_is_a_contact_without_words_and_opens_no_editor(people: Place, tmp_path: Path) -> None:
    assert people.added("log", "ada", stdin=b"not read", EDITOR=editor(tmp_path, "coffee: x")) == ["- 2026-11-21"]
    assert people.added("log", "ada", "call", EDITOR=editor(tmp_path, "coffee: x")) == ["- 2026-11-21 call"]
    assert not (tmp_path / "ran").exists()


def test_dash_e_opens_the_editor_and_an_empty_text_writes_nothing(people: Place, tmp_path: Path) -> None:
    added = people.added("log", "ada", "-e", EDITOR=editor(tmp_path, "coffee: New job\n\n- starts in January\n"))
    assert added == ["- 2026-11-21 coffee: New job", "  - starts in January"]
    before = people.text("ada-king")
    ran = people("log", "ada", "-e", EDITOR=editor(tmp_path, ""))
    assert ran.code == 2
    assert "nothing is written" in ran.err
    assert people.text("ada-king") == before


@terminal_only
def test_a_lone_log_on_a_terminal_opens_the_editor_but_one_with_a_kind_does_not(people: Place, tmp_path: Path) -> None:
    own = editor(tmp_path, "coffee: New job\n")
    assert people.on_terminal("log", "ada", "call", EDITOR=own)[1] == 0
    assert not (tmp_path / "ran").exists()
    assert people.on_terminal("log", "ada", EDITOR=own)[1] == 0
    assert people.text("ada-king").endswith("- 2026-11-21 call\n- 2026-11-21 coffee: New job\n")


def test_a_follow_up_and_a_promise_go_with_the_entry(people: Place) -> None:
    added = people.added("log", "ada", "coffee", "x", "--follow-up", "send the gym list", "--due", "fri")
    assert added == ["- 2026-11-21 coffee: x", "  - [ ] send the gym list [due:: 2026-11-27]"]
    assert people.added("log", "ada", "call", "--follow-up", "ask again")[1] == "  - [ ] ask again"
    assert people.added("log", "ada", "call", "--next", "3m")[0] == "next_contact: 2027-02-21"
    assert people.added("log", "ada", "call", "--next", "2026-12-24")[0] == "next_contact: 2026-12-24"


def test_several_people_get_the_same_entry_with_links_and_one_block_id(people: Place) -> None:
    assert people("log", "ada,bob", "lunch", "Introduced them", "--with", "noor").code == 0
    lines = [people.text(id).splitlines()[-1] for id in ("ada-king", "bob-lee")]
    found = [
        re.fullmatch(r"- 2026-11-21 lunch: Introduced them \(with \[\[([\w-]+)\]\]\) \[with:: noor\] \^([a-z0-9]{6})", line)
        for line in lines
    ]
    assert [match and match[1] for match in found] == ["bob-lee", "ada-king"]
    assert len({match and match[2] for match in found}) == 1
    assert people("undo").code == 0
    assert "Introduced them" not in people.text("ada-king") + people.text("bob-lee")


@pytest.mark.parametrize(
    "words",
    [
        ("call", "-d", "3/4/2026"), ("call", "-d", "whenever"), ("call", "-t", "25:00"), ("-k", "cofee", "x"), ("call", "x", "-m", "y"),
        ("call", "--in", "--out"), ("call", "--due", "fri"), ("call", "--next", "yesterday"), ("call", "--with", "somebody"),
        ("call", "--minutes", "-1"), ("call", "--follow-up", "x", "--due", "whenever"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_log_refuses_what_it_does_not_understand_and_writes_nothing(people: Place, words: tuple[str, ...]) -> None:
    before = people.text("ada-king")
    ran = people("log", "ada", *words)
    assert (ran.code, ran.out) == (2, ""), ran
    assert people.text("ada-king") == before


ECHOES = [
    (("log", "ada", "coffee", "x", "-d", "yesterday"), ("logged: coffee with Ada King, Fri 20 Nov", "counts as contact", "next", "20 Dec")),
    (("log", "ada", "note", "x"), ("does not count as contact",)),
    (("log", "ada", "dinner", "-d", "in 2 weeks"), ("a plan",)),
    (("log", "ada", "coffee", "x", "--follow-up", "y"), ("1 follow-up",)),
    (("add", "Dora Kay"), ("added: Dora Kay (dora-kay)",)),
    (("done", "ada"), ("done: Send the ISA comparison (Ada King)",)),
    (("snooze", "ada", "2027-01-11"), ("Ada King", "2027-01-11")),
    (("snooze", "ada"), ("Ada King is paused",)),
    (("snooze", "leonor", "off"), ("Leonor Vaz is back",)),
]


@pytest.mark.parametrize(("words", "parts"), ECHOES, ids=[" ".join(words) for words, _ in ECHOES])
def test_a_write_says_in_one_line_what_it_did_and_how_to_undo_it(people: Place, words: tuple[str, ...], parts: tuple[str, ...]) -> None:
    before = {path: path.read_bytes() for path in people.root.rglob("*.md")}
    dry = people(*words, "-n")
    assert dry.code == 0, dry
    assert {path: path.read_bytes() for path in people.root.rglob("*.md")} == before, "a dry run writes nothing"
    assert dry.out.startswith("--- ")
    ran = people(*words)
    assert (ran.code, ran.err) == (0, ""), ran
    assert len(ran.out.splitlines()) == 1
    assert all(part in ran.out for part in parts), ran.out
    assert ran.out.endswith(" · ptcrm undo\n")
    assert people("undo").code == 0
    assert {path: path.read_bytes() for path in people.root.rglob("*.md")} == before


def test_an_attempt_says_when_they_come_back(people: Place) -> None:
    out = people("log", "otto", "call", "--no-answer").out
    assert "an attempt, no contact" in out
    assert "due now" not in out, "for retry_days he is left in peace"
    assert "otto-keller" not in people.ids("due", "--all")


def test_writing_to_somebody_who_asked_for_peace_is_warned_about(people: Place) -> None:
    ran = people("log", "barnaby", "letter", "--in")
    assert ran.code == 0
    assert "do_not_contact" in ran.err


# --- add, edit, done, snooze, undo ---------------------------------------------------------------------------------


def test_add_writes_the_keys_in_the_order_of_the_table(make: Callable[..., Place]) -> None:
    place = make({})
    ran = place(
        "add", "Dora Kay", "--set", "uid=1234", "--set", "needs=a desk, a chair", "--met-at", "the lift", "--tier", "A", "--set", "zeta=1",
        "--birthday", "--12-10", "--phone", "0123", "--email", "d@example.com", "--role", "Painter", "--company", "Acme Ltd", "--tag", "b",
        "--tag", "a", "--location", "Porto", "--met", "yesterday", "--cadence", "2 months", "--set", "referred_by=[[ada]]",
    )  # fmt: skip
    assert ran.code == 0, ran
    text = place.text("dora-kay")
    keys = re.findall(r"^(\w+):", text.split("---")[1], re.MULTILINE)
    order = [key.name for key in KEYS]
    ours = [key for key in keys if key in order]
    assert ours == sorted(ours, key=order.index)
    assert keys == [*ours, "zeta"], "one's own keys come last"
    assert {"name", "tags", "company", "role", "email", "phone", "location", "birthday", "tier", "cadence", "met", "created"} <= set(keys)
    assert 'phone:\n  - "0123"\n' in text
    assert "needs:\n  - a desk\n  - a chair\n" in text
    assert 'referred_by: "[[ada]]"\n' in text
    assert "met: 2026-11-20\n" in text
    assert "created: 2026-11-21\n" in text
    assert text.rstrip("\n").endswith("---\n\n# Dora Kay\n\n## Interactions")


def test_the_keys_in_docs_format_stand_in_the_same_order() -> None:
    page = (Path(__file__).parent.parent / "docs" / "format.md").read_text(encoding="utf-8")
    table = page.split("### The keys", 1)[1].split("\n\n", 3)[2] if "### The keys" in page else ""
    named = [name for line in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", line.split("|")[1])]
    assert [name for name in named if name != "last_contact"] == [key.name for key in KEYS if key.name != "last_contact"]


@pytest.mark.parametrize(
    "words",
    [
        ("Dora", "--tier", "Q"), ("Dora", "--birthday", "31/02"), ("Dora", "--cadence", "sometimes"), ("Dora", "--met", "someday"),
        ("Dora", "--set", "brithday=1980"), ("Dora", "--set", "tier"), ("",), ("Ada King",),
    ],
    ids=" ".join,
)  # fmt: skip
def test_add_refuses_what_would_be_a_mistake_in_the_file(make: Callable[..., Place], words: tuple[str, ...]) -> None:
    place = make({"ada-king": contact("Ada King")})
    ran = place("add", *words)
    assert (ran.code, ran.out) == (2, ""), ran
    assert [path.name for path in (place.root / "contacts").iterdir()] == ["ada-king.md"]


def test_edit_uses_visual_then_editor_and_keeps_what_they_wrote(people: Place, tmp_path: Path) -> None:
    before = people.text("ada-king")
    own = editor(tmp_path, "x")
    assert people("edit", "ada", VISUAL="true", EDITOR=own).out == "nothing changed\n"
    ran = people("edit", "ada", EDITOR=own)
    assert (ran.code, people.text("ada-king")) == (0, "x" + before)
    assert "ptcrm undo" in ran.out
    assert people("undo").code == 0
    assert people.text("ada-king") == before
    assert people("edit", "ada", EDITOR="false").code == 5
    assert people("edit", "ada", EDITOR="no-such-editor").code == 2


def test_done_ticks_by_number_by_words_or_the_only_one(people: Place) -> None:
    assert people.added("done", "ada") == ["  - [x] Send the ISA comparison [due:: 2026-12-01] [completion:: 2026-11-21]"]
    assert "attic" in people.added("done", "okafor", "2")[0]
    assert "bus" in people.added("done", "okafor", "BUS")[0]
    which = people("done", "okafor")
    assert which.code == 4
    assert "  1  Tell Tobi" in which.err
    assert people("done", "okafor", "wombat").code == 4
    assert people("done", "ines").code == 4


def test_the_words_of_done_fit_one_as_well_as_many(people: Place) -> None:
    err = people("done", "ada", "wombat").err
    assert "1 open follow-ups" not in err
    assert "0 of them" not in err


def test_snooze_hides_until_a_day_moves_no_clock_and_ends(people: Place) -> None:
    assert "rui-caldeira" in people.ids("due", "--all")
    assert people("snooze", "rui", "in 2 weeks").code == 0
    assert "snooze_until: 2026-12-05\n" in people.text("rui-caldeira")
    row = people.json("list", "rui")["rows"][0]
    assert (row["due"], row["last"], row["hidden"]) == ("2026-11-10", "2026-08-10", "snoozed")
    assert "rui-caldeira" not in people.ids("due", "--all")
    assert "rui-caldeira" in people.ids("due", "--all", "--at", "2026-12-05")
    assert people("snooze", "rui", "off").code == 0
    assert "rui-caldeira" in people.ids("due", "--all")
    assert people("snooze", "rui", "yesterday").code == 2
    assert people("snooze", "rui", "someday").code == 2


def test_snooze_without_a_day_is_until_resumed(people: Place) -> None:
    ran = people("snooze", "rui")
    assert ran.code == 0, ran
    assert people.json("list", "rui")["rows"][0]["paused"] is True
    assert "rui-caldeira" not in people.ids("due", "--all")
    assert people("snooze", "rui", "off").code == 0
    assert "paused" not in people.text("rui-caldeira")


def test_undo_goes_back_write_by_write_and_refuses_what_changed_since(people: Place) -> None:
    first = people.text("ada-king")
    people("log", "ada", "call")
    second = people.text("ada-king")
    people("log", "ada", "coffee")
    assert "taken back: log: coffee" in people("undo").out
    assert people.text("ada-king") == second
    assert people("undo").code == 0
    assert people.text("ada-king") == first
    assert people("undo").code == 2
    people("log", "ada", "call")
    (people.root / "contacts" / "ada-king.md").write_text("changed by hand\n")
    ran = people("undo")
    assert ran.code == 5
    assert "changed since" in ran.err
    assert people.text("ada-king") == "changed by hand\n"


# --- git, and what is refused to protect data ----------------------------------------------------------------------


@pytest.fixture
def in_git(empty: Place) -> Place:
    """A vault in git with one person."""
    assert empty("init").code == 0
    assert empty("add", "Ada King", "--tier", "A").code == 0
    return empty


def git(place: Place, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=place.root, env=place.environment(), capture_output=True, text=True, check=True)
    return done.stdout


def test_each_write_is_one_commit_of_its_own_paths(in_git: Place) -> None:
    (in_git.root / "notes.txt").write_text("mine")
    git(in_git, "add", "notes.txt")
    assert in_git("log", "ada", "call").code == 0
    assert git(in_git, "log", "--format=%s").splitlines() == ["log: call with ada-king, 2026-11-21", "add: Ada King", "A vault for ptcrm"]
    assert git(in_git, "show", "--format=", "--name-only", "HEAD").split() == ["contacts/ada-king.md"]
    assert git(in_git, "status", "--short") == "A  notes.txt\n"
    assert in_git("log", "ada", "coffee", "--no-commit").code == 0
    assert " M contacts/ada-king.md" in git(in_git, "status", "--short")


def test_written_but_not_committed_is_6_and_says_why(in_git: Place) -> None:
    (in_git.root / ".git" / "MERGE_HEAD").write_text("0" * 40)
    ran = in_git("log", "ada", "call")
    assert ran.code == 6
    assert "a merge is in progress" in ran.err
    assert in_git.text("ada-king").endswith("- 2026-11-21 call\n")


def test_commit_false_no_git_and_no_commit_are_0(people: Place, in_git: Place) -> None:
    assert people("log", "ada", "call").code == 0
    (in_git.root / ".git" / "MERGE_HEAD").write_text("0" * 40)
    assert in_git("log", "ada", "call", "--no-commit").code == 0


def test_a_file_with_conflict_markers_is_read_and_never_written(make: Callable[..., Place]) -> None:
    text = (
        contact("Ada King", "tier: A", "- 2026-01-01 call")
        + "<<<<<<< ours\n- 2026-02-01 call\n=======\n- 2026-03-01 call\n>>>>>>> theirs\n"
    )
    place = make({"ada": text})
    for words in (("log", "ada", "call"), ("snooze", "ada", "fri")):
        ran = place(*words)
        assert ran.code == 5, ran
        assert "conflict markers" in ran.err
    assert place.text("ada") == text
    assert place("list", "--format", "ids").out == "ada\n"


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_interrupted_is_130(people: Place) -> None:
    before = people.text("ada-king")
    ran = people.process("log", "ada", "-e", EDITOR="sh -c 'kill -INT $PPID; sleep 0.5'")
    assert ran.code == 130, ran
    assert ran.err.strip() == "ptcrm: interrupted"
    assert people.text("ada-king") == before


# --- init, demo, completion ----------------------------------------------------------------------------------------


def test_init_makes_a_vault_in_git_with_a_first_commit(empty: Place) -> None:
    ran = empty("init", "mine")
    assert ran.code == 0, ran
    made = Place(empty.root / "mine", empty.home)
    assert {path.name for path in made.root.iterdir()} >= {"ptcrm.toml", "contacts", ".gitignore", ".gitattributes", ".git"}
    assert "since = 2026-11-21" in (made.root / "ptcrm.toml").read_text()
    assert git(made, "log", "--format=%s") == "A vault for ptcrm\n"
    assert git(made, "status", "--short") == ""
    assert (made("check").code, made("check").out) == (0, "")
    assert empty("init", "mine").code == 2


def test_init_within_a_repository_or_without_git_makes_none(in_git: Place, tmp_path: Path) -> None:
    assert in_git("init", "inner").code == 0
    assert not (in_git.root / "inner" / ".git").exists()
    assert in_git("init", str(tmp_path / "bare"), "--no-git").code == 0
    assert not (tmp_path / "bare" / ".git").exists()


def test_init_keeps_what_is_there(empty: Place) -> None:
    (empty.root / ".gitignore").write_text("mine\n")
    assert empty("init", "--no-git").code == 0
    assert (empty.root / ".gitignore").read_text() == "mine\n"


def test_init_example_is_the_example_vault_ready_to_use(empty: Place) -> None:
    assert empty("init", "--example", "try", "--no-git").code == 0
    place = Place(empty.root / "try", empty.home)
    assert place("due", "--count").out == "13\n"
    assert place("log", "ada", "call").code == 0
    assert (place.root / ".gitattributes").is_file()


def test_demo_needs_nothing_and_ends_with_three_things_to_try(empty: Place, tmp_path: Path) -> None:
    ran = empty.process("demo", TMPDIR=str(tmp_path))
    assert ran.code == 0, ran
    assert "Wilhelmina Brandt" in ran.out
    folder, _, *tries = [line.strip() for line in ran.out.split("Try:")[1].splitlines() if line.strip()]
    assert len(tries) == 3
    for line in tries:
        words = argv_of(line)
        assert empty("-C", folder.split()[1], *words[words.index("plaintextcrm") + 1 :]).code == 0
    assert list(empty.root.iterdir()) == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_that_the_shell_takes(shell: str, empty: Place) -> None:
    ran = empty("completion", shell)
    assert ran.code == 0
    assert "_PTCRM_COMPLETE" in ran.out
    if shutil.which(shell):
        assert subprocess.run([shell, "-n"], input=ran.out.encode(), capture_output=True, check=False).returncode == 0


def test_completion_knows_the_commands(empty: Place) -> None:
    ran = empty.process(_PTCRM_COMPLETE="bash_complete", COMP_WORDS="ptcrm s", COMP_CWORD="1")
    assert {line.split(",")[-1] for line in ran.out.splitlines()} >= {"show", "snooze", "search"}, ran


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_every_command_fits_eighty_columns(name: str) -> None:
    command = main_group.get_command(click.Context(main_group), name)
    assert command is not None
    with click.Context(command, info_name=f"ptcrm {name}", terminal_width=80, max_content_width=80) as context:
        assert [line for line in command.get_help(context).splitlines() if len(line) > 80] == []
