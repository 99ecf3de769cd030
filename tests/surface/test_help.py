"""Help, and what is said of words that are not understood."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from plaintextcrm.cli import COMMANDS, main_group, run_command
from tests.make import environment
from tests.place import EXAMPLE, Place, argv_of

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # an index is left to the end of its process

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


def test_the_help_of_write_says_what_its_dry_run_does(capsys: pytest.CaptureFixture[str]) -> None:
    run_command(["write", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert "-n, --dry-run Print it; open nothing and log nothing." in told
    assert "as a diff" not in told


def test_a_slip_in_a_command_or_an_option_is_met_with_did_you_mean(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["serach", "x"]) == 2
    assert 'did you mean "search"?' in capsys.readouterr().err
    assert run_command(["due", "--witin", "7d"]) == 2
    assert "--within" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--today", "--vault", "-C", "--no-cache"])
def test_an_option_of_all_commands_behind_one_is_told_where_it_belongs(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["show", "ada", option, "x"]) == 2
    told = f"ptcrm: {option} belongs before the command: ptcrm {option} … show\n"
    assert capsys.readouterr().err == told


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


@pytest.mark.skipif(os.name == "nt", reason="the shell of Windows cannot close a stream")
@pytest.mark.parametrize(
    ("words", "code", "told"),
    [("jot -", 0, b""), ("write ada", 0, b""), ("triage", 2, b"needs a terminal"), ("forget bob", 2, b"-y"), ("log ada", 0, b"")],
)
def test_a_closed_input_is_nobody_there(words: str, code: int, told: bytes, people: Place) -> None:
    line = f"{sys.executable} -m plaintextcrm -C {people.root} {words} <&-"
    ran = subprocess.run(["sh", "-c", line], capture_output=True, env=environment(people.root), check=False)
    assert (ran.returncode, told in ran.stderr) == (code, True), ran.stderr


@pytest.mark.skipif(os.name == "nt", reason="there a reader that has gone is another error")
@pytest.mark.parametrize("words", [[], ["due"], ["list", "--json"], ["--help"], ["show", "ada"]], ids=" ".join)
@pytest.mark.parametrize("buffered", ["", "1"])
def test_a_reader_that_has_seen_enough_is_no_failure(words: list[str], buffered: str, tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    ran = subprocess.run(
        [sys.executable, "-m", "plaintextcrm", "-C", str(EXAMPLE), *words],
        stdout=write, stderr=subprocess.PIPE, env=environment(tmp_path, PYTHONUNBUFFERED=buffered), check=False,
    )  # fmt: skip
    os.close(write)
    assert (ran.returncode, ran.stderr) == (0, b"")


def test_help_on_a_slip_has_the_same_hint(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["help", "serach"]) == 2
    assert 'did you mean "search"?' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"), [("archive ada bob", "one word too many (bob)"), ("archive ada bob lee", "words too many (bob lee)")]
)
def test_words_too_many_are_named(words: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(words.split()) == 2
    assert capsys.readouterr().err == f"ptcrm: {said} (see: ptcrm archive --help)\n"


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


@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell quotes differently")
@pytest.mark.parametrize("words", [("Bob Ray", "tier=A"), ("Bob", "Ray", "tier=A"), ("Bob", "tier=A", "Ray")], ids=" ".join)
def test_a_key_and_a_value_beside_a_name_are_no_part_of_it(make: Callable[..., Place], words: tuple[str, ...]) -> None:
    place = make({})
    ran = place("add", *words)
    assert ran.code == 2
    assert ran.err.startswith("ptcrm: KEY=VALUE stands behind --set: ptcrm add "), ran.err
    assert place(*argv_of(ran.err.split(": ", 2)[2].strip())[1:]).code == 0
    assert place.text("bob-ray").startswith("---\nname: Bob Ray\ntier: A\n")


def test_too_many_names_to_add_show_the_corrected_line(make: Callable[..., Place]) -> None:
    ran = make({})("add", "Dora", "Kay")
    assert ran.code == 2
    assert "ptcrm add 'Dora Kay'" in ran.err


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_every_command_fits_eighty_columns(name: str) -> None:
    command = main_group.get_command(click.Context(main_group), name)
    assert command is not None
    with click.Context(command, info_name=f"ptcrm {name}", terminal_width=80, max_content_width=80) as context:
        assert [line for line in command.get_help(context).splitlines() if len(line) > 80] == []
