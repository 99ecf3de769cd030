"""A vault in which everything is wrong (tests/vaults/broken): each mistake is named with its line, and nothing else is harmed."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from plaintextcrm.core.settings import Settings
from plaintextcrm.edge import parsing
from tests.inside import Said, inside
from tests.make import Ran, environment, parsed, ptcrm, source, vault

BROKEN = Path(__file__).parent / "vaults" / "broken"
GOOD = "---\nname: Ada King\ntier: A\n---\n\n## Interactions\n\n- 2026-01-01 call: about the tides\n  - [ ] send the seeds\n"
# What a terminal would obey: control characters and marks that turn the direction of text.
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Wanted(NamedTuple):
    """What the vault's README says of one file."""

    tier: str | None
    entries: int
    mistakes: list[tuple[int, str]]
    is_contact: bool


def wanted() -> dict[str, Wanted]:
    """The table of the vault's README."""
    found = {}
    for line in (BROKEN / "README.md").read_text(encoding="utf-8").splitlines():
        row = re.match(r"\| `(.+?)` \| (.*?) ?\| (\d*) ?\| (.*?) ?\|", line)
        if row:
            mistakes = [(int(mistake.split()[0]), mistake.split()[1]) for mistake in row[4].split(", ") if mistake]
            found[row[1]] = Wanted(row[2] or None, int(row[3] or 0), mistakes, row[2] != "–")
    return found


WANTED = wanted()


def rows(ran: Ran | Said) -> list[dict[str, Any]]:
    """The rows of a command's JSON."""
    found: list[dict[str, Any]] = json.loads(ran.out)["rows"]
    return found


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the vault."""
    folder = tmp_path_factory.mktemp("broken") / "vault"
    shutil.copytree(BROKEN, folder)
    return folder


@pytest.fixture(scope="module")
def checked(broken: Path) -> Ran:
    """What `check --json` says of it."""
    return ptcrm(broken, "check", "--json")


@pytest.fixture(scope="module")
def listed(broken: Path) -> Ran:
    """What `list --json` says of it."""
    return ptcrm(broken, "list", "--json")


# --- every mistake is named, and only the mistakes -----------------------------------------------------------------


def test_the_table_names_every_file_and_no_other() -> None:
    there = {str(path.relative_to(BROKEN / "contacts")) for path in (BROKEN / "contacts").rglob("*.md")}
    assert there == set(WANTED)


def test_check_ends_with_1(checked: Ran) -> None:
    assert checked.code == 1
    assert "Traceback" not in checked.err


@pytest.mark.parametrize("name", WANTED)
def test_a_mistake_is_named_with_its_line_and_code_and_there_is_no_other(name: str, checked: Ran) -> None:
    found = [(row["line"], row["code"], row["message"]) for row in rows(checked) if row["path"] == f"contacts/{name}"]
    assert sorted((line, code) for line, code, _ in found) == sorted(WANTED[name].mistakes), found


def test_a_message_is_one_line_that_no_terminal_obeys(broken: Path) -> None:
    ran = ptcrm(broken, "check")
    lines = ran.out.splitlines()
    assert len([line for line in lines if re.match(r"contacts/.+\.md:\d+:\d+: .+ \[[a-z-]+\]$", line)]) == sum(
        len(one.mistakes) for one in WANTED.values()
    )
    assert not STEERING.search(ran.out + ran.err)
    assert all(len(line) < 300 for line in lines)


def test_check_says_the_same_without_a_cache(broken: Path, checked: Ran) -> None:
    assert ptcrm(broken, "--no-cache", "check", "--json").out == checked.out == ptcrm(broken, "check", "--json").out


# --- everybody is there --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WANTED)
def test_a_contact_keeps_its_tier_and_its_log_whatever_is_wrong(name: str, listed: Ran) -> None:
    assert listed.code == 0
    found = [(row["tier"], row["interactions"]) for row in rows(listed) if row["path"] == f"contacts/{name}"]
    assert found == ([(WANTED[name].tier, WANTED[name].entries)] if WANTED[name].is_contact else [])


def test_the_good_beside_the_bad_are_as_they_are_alone(broken: Path, tmp_path: Path) -> None:
    good = {
        "good-ada": (BROKEN / "contacts" / "good-ada.md").read_bytes(),
        "good/ben": (BROKEN / "contacts" / "good" / "ben.md").read_bytes(),
    }
    alone = vault(tmp_path / "vault", good, (BROKEN / "ptcrm.toml").read_text())
    for words in (("list", "--json"), ("due", "--all", "--json"), ("todo", "--json"), ("show", "good-ada,good/ben", "--json")):
        found = [row for row in rows(ptcrm(broken, *words)) if row["id"] in good]
        assert found == rows(ptcrm(alone, *words))
        assert found


def test_every_reading_command_works(broken: Path) -> None:
    everybody = [row["id"] for row in rows(ptcrm(broken, "list", "--json"))]
    assert len(everybody) == sum(one.is_contact for one in WANTED.values())
    shown = ptcrm(broken, "show", ",".join(everybody), "--json")
    assert (shown.code, [row["id"] for row in rows(shown)]) == (0, everybody)
    logs = {row["path"].removeprefix("contacts/"): row["interactions"] for row in rows(shown)}
    assert {name: len(log) for name, log in logs.items()} == {name: one.entries for name, one in WANTED.items() if one.is_contact}
    due = ptcrm(broken, "due", "--all", "--json")
    assert due.code == 0
    owed = {name.removesuffix(".md") for name, one in WANTED.items() if one.tier in ("A", "B", "C") and one.entries}
    assert {row["id"] for row in rows(due)} >= owed - {"kind-hint", "bad-field", "latin-1-in-log", "nul", "escape", "open-comment", "code"}
    found = ptcrm(broken, "search", "tide tables", "--json")
    tide = {name.removesuffix(".md") for name, one in WANTED.items() if one.entries >= 2} - {"conflict-in-log", "doubled-block-id"}
    assert (found.code, {row["id"] for row in rows(found)}) == (0, tide)
    todo = ptcrm(broken, "todo", "--json")
    assert (todo.code, [row["text"] for row in rows(todo)]) == (0, ["send the pumpkin seeds", "call back"])


@pytest.mark.parametrize(
    "words",
    [("list",), ("due", "--all"), ("due", "--all", "--explain"), ("todo",), ("search", "tide"), ("show", "steering-name"), ()],
    ids=" ".join,
)
def test_people_read_it_without_a_character_that_a_terminal_obeys(words: tuple[str, ...], broken: Path) -> None:
    ran = ptcrm(broken, *words)
    assert ran.code == 0
    assert not STEERING.search(ran.out + ran.err)
    told = [line for line in ran.err.splitlines() if line.startswith("contacts/")]
    assert len(told) <= 5
    if told:
        assert re.search(r"and \d+ more: ptcrm check", ran.err) or words[:1] == ("show",)


@pytest.mark.parametrize("words", [("list", "--format", "ids"), ("list", "--format", "csv"), ("list", "--format", "md")], ids=" ".join)
def test_no_other_format_steers_a_terminal_either(words: tuple[str, ...], tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {"\x1b[31mred": GOOD, "steering": '---\nname: "\\e[31mRed \\u202Edlrow"\ntier: A\n---\n'})
    assert not STEERING.search(ptcrm(folder, *words).out)


def test_reading_changes_nothing(broken: Path) -> None:
    for path in sorted(BROKEN.rglob("*")):
        copy = broken / path.relative_to(BROKEN)
        assert copy.is_dir() or copy.read_bytes() == path.read_bytes()
    assert len(list(broken.rglob("*"))) == len(list(BROKEN.rglob("*")))


def test_writing_refuses_what_cannot_be_understood_and_keeps_its_bytes(tmp_path: Path) -> None:
    folder = tmp_path / "vault"
    shutil.copytree(BROKEN, folder)
    for name in ("conflict-in-front-matter", "conflict-in-log", "utf-16-le", "utf-16-be"):
        for words in (("log", name, "call", "x"), ("snooze", name, "2027-01-01")):
            ran = inside(folder, *words)
            assert (ran.code, ran.out) == (5, ""), ran
            assert f"contacts/{name}.md" in ran.err
        assert (folder / "contacts" / f"{name}.md").read_bytes() == (BROKEN / "contacts" / f"{name}.md").read_bytes()


@pytest.mark.parametrize(
    "name",
    [
        name.removesuffix(".md")
        for name, one in WANTED.items()
        if {code for _, code in one.mistakes} & {"yaml", "too-deep", "not-a-mapping"}
    ],
)
def test_a_front_matter_that_cannot_be_read_is_not_edited_but_the_log_is_written(name: str, tmp_path: Path) -> None:
    data = (BROKEN / "contacts" / f"{name}.md").read_bytes()
    folder = vault(tmp_path / "vault", {name: data})
    refused = inside(folder, "snooze", name, "2027-01-01")
    assert (refused.code, (folder / "contacts" / f"{name}.md").read_bytes()) == (5, data), refused
    assert inside(folder, "log", name, "call", "x").code == 0
    after = (folder / "contacts" / f"{name}.md").read_bytes()
    assert after == data + b"- 2026-11-21 call: x\n"


# --- what once ended the program -----------------------------------------------------------------------------------


def front(*lines: str) -> str:
    """A contact with those lines in its front matter."""
    return "\n".join(["---", "name: Bob", "tier: B", *lines, "---", "", "## Interactions", "", "- 2026-01-01 call: x", ""])


ENDS = {
    "a digit that is no number as a cadence": (front("cadence: ²"), "bad-cadence"),
    "a digit that is no number as a rhythm": (front("in_person: ① weeks"), "bad-cadence"),
    "200,000 brackets": (front("foo: " + "[" * 200_000), "too-deep"),
    "200,000 braces": (front("foo: " + "{" * 200_000), "too-deep"),
    "brackets that comments seem to close": (front("foo: " + ("[" * 40 + "\n #" + "]" * 40 + "\n") * 3000), "too-deep"),
    "brackets that quotes seem to close": (front("foo: " + ("[" * 40 + "'" + "]" * 40 + "',\n") * 3000), "too-deep"),
    "brackets that double quotes seem to close": (front("foo: " + ("[" * 40 + '"' + "]" * 40 + '",\n') * 3000), "too-deep"),
    "braces that comments seem to close": (front("foo: " + ("{a: " * 40 + "\n #" + "}" * 40 + "\n") * 1000), "too-deep"),
    "brackets that tags seem to close": (front("foo: " + ("[[!a]], " * 20 + "\n") * 60), "too-deep"),
    "many links in one line": (front("knows: [" + ", ".join(f'"[[friend-{n}]]"' for n in range(200)) + "]"), None),
    "many links with words in one line": (front("knows: ['" + "', '".join(f"[[friend {n}|Friend]]" for n in range(200)) + "']"), None),
    "questions in questions": (front("? " * 100_000), "too-deep"),
    "lists in lists": (front("foo:", "  " + "- " * 100_000 + "x"), "too-deep"),
    "lists that go on and on": (front("foo:", *("  " * depth + "- - - - - - - - - - - -" for depth in range(1, 99))), None),
    "a front matter of 300,000 characters": (front(*(f"k{n}: v" for n in range(40_000))), "too-deep"),
    "a key of 5,000 characters": (front("k" * 5000 + ": v"), None),
    "a thousand aliases": (front("a: &a [x]", *(f"b{n}: [*a, *a]" for n in range(1000))), "yaml-alias"),
    "an alias of itself": (front("a: &a [*a]"), "yaml-alias"),
    "a surrogate escape": (front('why: "\\uD800"'), "yaml"),
    "a nul escape": (front('why: "\\0"'), None),
}  # fmt: skip


@pytest.mark.parametrize("ends", ENDS)
def test_one_file_never_ends_the_program(ends: str, tmp_path: Path) -> None:
    content, code = ENDS[ends]
    folder = vault(tmp_path / "vault", {"ada": GOOD, "bob": content})
    ran = ptcrm(folder, "check", "--json")
    assert ran.code == (1 if code else 0), ran.err[-500:]
    assert {row["code"] for row in rows(ran)} == ({code} if code else set())
    assert [(row["id"], row["tier"], row["interactions"]) for row in rows(ptcrm(folder, "list", "--json"))] == [
        ("ada", "A", 1),
        ("bob", "B", 1),
    ]


ODD_WORDS = [
    "show ²", f"show {'1' * 5000}", "done ada ²", f"done ada {'9' * 5000}", "due --within ²", "due --at ²", "list last:²", "list ratio:²",
    "list due:..²d", "log ada call -d ²", "log ada call -t ²²:00", "log ada call --next ²", "log ada call --minutes ²", "snooze ada ²",
    "add Bo --cadence ²", "add Bo --birthday ²", "search ² last:..²", "due --limit ²",
]  # fmt: skip


@pytest.mark.parametrize("words", [line.split() for line in ODD_WORDS], ids=lambda words: " ".join(words)[:30])
def test_odd_words_on_the_command_line_are_understood_or_refused(words: list[str], tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {"ada": GOOD})
    assert inside(folder, *words).code in (0, 2, 4)


@pytest.mark.parametrize(
    "text", ['[due]\ndefault_cadence = "²"\n', '[tiers]\nA = "²"\n', '[team.lee]\nleaves = "²"\n', 'since = "²"\n', 'contacts = "²"\n']
)
def test_odd_settings_are_named_or_defaults_hold(text: str, tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {"ada": GOOD}, text)
    assert ptcrm(folder, "check").code in (0, 1)


# --- what git cannot hold ------------------------------------------------------------------------------------------


def odd_things(folder: Path) -> dict[str, Callable[[], object]]:
    """Makers of odd things among the contacts, by name."""
    below, outside = folder / "contacts", folder.parent / "outside.md"
    outside.write_text(GOOD)

    def bind(path: Path) -> None:
        with socket.socket(socket.AF_UNIX) as one:
            here = os.getcwd()
            os.chdir(path.parent)  # a socket's path is at most 108 bytes
            try:
                one.bind(path.name)
            finally:
                os.chdir(here)

    return {
        "fifo.md": lambda: os.mkfifo(below / "fifo.md"),
        "socket.md": lambda: bind(below / "socket.md"),
        "folder.md": lambda: (below / "folder.md").mkdir(),
        "out.md": lambda: (below / "out.md").symlink_to(outside),
        "far.md": lambda: (below / "far.md").symlink_to("/etc/passwd"),
        "device.md": lambda: (below / "device.md").symlink_to("/dev/zero"),
        "loop.md": lambda: (below / "loop.md").symlink_to("loop.md"),
        "nowhere.md": lambda: (below / "nowhere.md").symlink_to("gone.md"),
        "to-folder.md": lambda: (below / "to-folder.md").symlink_to("."),
        "huge.md": lambda: (below / "huge.md").write_bytes(GOOD.encode() + b"x" * 11_000_000),
    }


ODD = {
    "fifo.md": "not-a-file", "socket.md": "not-a-file", "folder.md": "not-a-file", "out.md": "link-outside", "far.md": "link-outside",
    "device.md": "link-outside", "loop.md": "not-a-file", "nowhere.md": "not-a-file", "to-folder.md": "not-a-file", "huge.md": "too-large",
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_what_is_no_file_is_named_and_harms_nobody(name: str, tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {"ada": GOOD})
    odd_things(folder)[name]()
    for words in (("check", "--json"), ("check", "--json"), ("--no-cache", "check", "--json")):
        ran = ptcrm(folder, *words)
        assert [(row["path"], row["line"], row["code"]) for row in rows(ran)] == [(f"contacts/{name}", 1, ODD[name])]
    assert [row["id"] for row in rows(ptcrm(folder, "list", "--json"))] == ["ada"]
    assert ptcrm(folder, "show", name.removesuffix(".md")).code == 4
    assert ptcrm(folder, "log", name.removesuffix(".md"), "call").code in (4, 5)
    assert (tmp_path / "outside.md").read_text() == GOOD


def test_all_odd_things_together_harm_nobody(tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {"ada": GOOD, "sub/ben": GOOD.replace("Ada", "Ben")})
    for name, make in odd_things(folder).items():
        if name != "loop.md":
            make()
    assert [row["id"] for row in rows(ptcrm(folder, "list", "--json"))] == ["ada", "sub/ben"]
    found = {row["path"].removeprefix("contacts/"): row["code"] for row in rows(ptcrm(folder, "check", "--json"))}
    assert found == {name: code for name, code in ODD.items() if name != "loop.md"}


def test_a_link_inside_the_vault_is_read(tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {"ada": GOOD})
    (folder / "contacts" / "link.md").symlink_to("ada.md")
    assert [row["id"] for row in rows(ptcrm(folder, "list", "--json"))] == ["ada", "link"]


NAMES = [
    "a\nb",
    "a\tb",
    "a b",
    "a'b\"c",
    "-x",
    "*",
    "[a]",
    "a\\b",
    "\u00e9",
    "e\u0301",
    "日本",
    "😀",
    "x" * 250,
    "CON",
    "a:b",
    "%2e",
    "$(x)",
    "a,b",
]


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name[:20]))
def test_a_file_of_any_name_is_read_shown_and_written(name: str, tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {"good": GOOD.replace("Ada", "Good")})
    (folder / "contacts" / f"{name}.md").write_text(GOOD)
    assert {row["id"] for row in rows(inside(folder, "list", "--json"))} == {"good", name}
    assert len(inside(folder, "list").out.splitlines()) == 2
    ran = inside(folder, "log", "--", name, "call", "hello")
    assert ran.code == 0, ran
    assert (folder / "contacts" / f"{name}.md").read_text() == GOOD + "- 2026-11-21 call: hello\n"
    assert sorted(path.name for path in (folder / "contacts").iterdir()) == sorted(["good.md", f"{name}.md"])


def test_a_name_with_a_line_end_cannot_forge_a_message(tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {"a\nforged.md:1:1: x [yaml]\nb": "---\nname: [\n---\n"})
    ran = ptcrm(folder, "check")
    assert len(ran.out.splitlines()) <= 2, ran.out


def test_a_name_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {"ada": GOOD})
    with open(os.fsencode(folder / "contacts") + b"/jos\xe9.md", "wb") as file:
        file.write(GOOD.encode())
    (found,) = rows(ptcrm(folder, "check", "--json"))
    assert (found["code"], found["line"]) == ("bad-name", 1)
    assert [row["id"] for row in rows(ptcrm(folder, "list", "--json"))] == ["ada"]


def as_nobody_special() -> list[str]:
    """What to put before a command so that file modes hold for it too (they do not for root)."""
    if os.geteuid():
        return []
    if not shutil.which("setpriv"):
        pytest.skip("root without setpriv reads every file")
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


def without_rights(folder: Path, *words: str) -> Ran:
    """The real command, for which file modes hold."""
    home = folder.parent / "home"
    home.mkdir(exist_ok=True)
    command = [*as_nobody_special(), sys.executable, "-m", "plaintextcrm", "-C", str(folder), "--today", "2026-11-21", *words]
    return Ran(subprocess.run(command, capture_output=True, env=environment(home), check=False, timeout=60))


def test_what_may_not_be_read_is_named(tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {"ada": GOOD, "secret": GOOD, "closed/ben": GOOD})
    (folder / "contacts" / "secret.md").chmod(0)
    (folder / "contacts" / "closed").chmod(0)
    try:
        found = {(row["path"], row["code"]) for row in rows(without_rights(folder, "check", "--json"))}
        assert found == {("contacts/secret.md", "unreadable"), ("contacts/closed", "unreadable")}
        assert [row["id"] for row in rows(without_rights(folder, "list", "--json"))] == ["ada"]
        assert without_rights(folder, "log", "secret", "call").code in (4, 5)
    finally:
        (folder / "contacts" / "closed").chmod(0o755)


@pytest.mark.parametrize("words", [("list",), ("due",), ("todo",), ("search", "tides"), ("search", "wombat")], ids=" ".join)
def test_what_may_not_be_read_is_told_by_whoever_reads_all(words: tuple[str, ...], tmp_path: Path) -> None:
    """`todo` and `search` answered as if those files were not there."""
    folder = vault(tmp_path / "vault", {"ada": GOOD, "secret": GOOD})
    (folder / "contacts" / "secret.md").chmod(0)
    ran = without_rights(folder, *words)
    assert (ran.code, ran.err) == (0, "contacts/secret.md:1:1: cannot be read: permission denied [unreadable]\n")
    found = json.loads(without_rights(folder, *words, "--json").out)
    assert [problem["code"] for problem in found["problems"]] == ["unreadable"]


def test_what_may_not_be_written_is_refused(tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {"ada": GOOD})
    (folder / "contacts").chmod(0o555)
    try:
        ran = without_rights(folder, "log", "ada", "call")
        assert ran.code == 5, ran
        assert "Traceback" not in ran.err
        assert without_rights(folder, "add", "Bob").code == 5
    finally:
        (folder / "contacts").chmod(0o755)
    assert (folder / "contacts" / "ada.md").read_text() == GOOD
    assert os.listdir(folder / "contacts") == ["ada.md"]


def test_what_becomes_readable_again_is_there_again(tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {"ada": GOOD})
    (folder / "contacts" / "ada.md").chmod(0)
    assert rows(without_rights(folder, "list", "--json")) == []
    (folder / "contacts" / "ada.md").chmod(0o644)
    assert [row["id"] for row in rows(without_rights(folder, "list", "--json"))] == ["ada"]


@pytest.mark.parametrize("shape", ["a file", "a link to itself", "a link out", "gone", "a FIFO"])
def test_a_contacts_folder_that_is_none_is_told(shape: str, tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {})
    (folder / "contacts").rmdir()
    {
        "a file": lambda: (folder / "contacts").write_text("x"), "a link to itself": lambda: (folder / "contacts").symlink_to("contacts"),
        "a link out": lambda: (folder / "contacts").symlink_to("/etc"), "gone": lambda: None, "a FIFO": lambda: os.mkfifo(folder / "contacts"),
    }[shape]()  # fmt: skip
    for words in (("list",), ("check",), ("due",)):
        ran = ptcrm(folder, *words)
        assert ran.code in (0, 1, 3), ran
    assert ptcrm(folder, "add", "Ada").code in (0, 3, 5)
    assert not Path("/etc/ada.md").exists()


def test_folders_nested_without_end_are_no_bug(tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {"ada": GOOD})
    here = os.getcwd()
    try:
        os.chdir(folder / "contacts")
        for _ in range(1100):
            os.mkdir("d")
            os.chdir("d")
    finally:
        os.chdir(here)
    try:
        assert [row["id"] for row in rows(ptcrm(folder, "list", "--json"))] == ["ada"]
    finally:
        subprocess.run(["rm", "-rf", str(folder)], check=True)


# --- bounds (promise 11) -------------------------------------------------------------------------------------------

HEAD = "---\nname: Bob\ntier: B\n---\n\n## Interactions\n\n"
PROSE = (
    "- 2026-01-01 call: about the tide tables, the museum and [[ada]]'s boat [minutes:: 20]\n"
    "  - She wants to retire by 2029; send her the old charts.\n"
)
BLANKS = " " * 100_000
BIG: dict[str, str | bytes] = {
    "10 MB of entries": HEAD + PROSE * (9_990_000 // len(PROSE)),
    "10 MB of prose": HEAD + "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod.\n" * 135_000,
    "10 MB of one line": HEAD + "- 2026-01-01 call: " + "x" * 9_900_000,
    "10 MB of comments without an end": HEAD + "<!-- " * 1_990_000,
    "1 MB of comments without an end": HEAD + "<!-- " * 199_000,
    "blanks before a field": f"{HEAD}- 2026-01-01 x{BLANKS}y :: z\n",
    "blanks before a block id": f"{HEAD}- 2026-01-01 x{BLANKS}y ^ z\n",
    "blanks in a task": f"{HEAD}- [ ] x{BLANKS}y due z\n",
    "blanks before an emoji": f"{HEAD}- [ ] é{BLANKS}y\n",
    "blanks in a heading": f"{HEAD}# x{BLANKS}y\n",
    "blanks in a table": f"{HEAD}| 2026-01-01 | x{BLANKS}y\n",
    "blanks in a key": f"---\nname: Bob\ntier: B\nwhy: 'x{BLANKS}y\nfoo{BLANKS}: [\n---\n",
    "blanks before an end": f"{HEAD}- 2026-01-01 call: x{BLANKS}\n" * 20,
    "question marks as a date": f"---\nname: Bob\ntier: B\nbirthday: {'?' * 100_000}\ncadence: {'every ' * 30_000}\n---\n",
}  # fmt: skip


LINES = {
    "tasks": "- [ ] x\n",
    "tasks with dates": "- [ ] x [due:: 2026-13-01]\n",
    "plans": "- [ ] 2026-01-01 x\n",
    "headings": "# x\n",
    "logs": "## Log\n- 2026-01-01 x\n",
    "short entries": "- 2026-01-01 x\n",
    "entries of which one has a time": "- 2026-01-01 call: x\n- 2026-01-01 10:00 call: x\n",
    "entries that are none": "- 2026-13-01 x\n",
    "entries with a wrong field": "- 2026-01-01 call: x [dir:: y]\n",
    "entries with one block id": "- 2026-01-01 call: x ^aaaaaa\n",
    "fences": "```\nx\n```\n",
    "comments": "%%",
    "table rows": "| 2026-01-01 | x |\n",
    "Windows-1252": b"\xe9\n",
}  # fmt: skip
KEYS = {"keys": "k{}: v\n", "one key": "k: v\n", "synonyms": "tag: v{}\n", "keys that are nearly ours": "emaill{}: v\n", "items": "- v\n"}


def filled(shape: str, size: int) -> bytes:
    """A file of that many bytes, made purely of one thing."""
    if shape in LINES:
        line = LINES[shape]
        data = line if isinstance(line, bytes) else line.encode()
        return HEAD.encode() + data * ((size - len(HEAD)) // len(data))
    lines, left = ["---\nname: Bob\ntier: B\nx:\n"], size - 40
    while left > 0:
        lines.append(KEYS[shape].format(len(lines)))
        left -= len(lines[-1])
    return "".join([*lines, "---\n"]).encode()


PURE = ("tasks", "short entries", "entries that are none", "keys", "Windows-1252")


def cost_of_reading(data: bytes) -> float:
    """Seconds of the processor to make a row of the index from a file."""
    reader = parsing.Reader(Path(), Settings())
    start = time.process_time()
    reader.rows_of([source(data, "bob")])
    return time.process_time() - start


@pytest.mark.parametrize("shape", [*LINES, *KEYS])
def test_four_times_as_much_costs_about_four_times_as_much(shape: str) -> None:
    once, four_times = filled(shape, 60_000), filled(shape, 240_000)
    least = [1e9, 1e9]
    for _ in range(8):  # on a busy machine a single measurement means nothing
        least = [min(least[0], cost_of_reading(once)), min(least[1], cost_of_reading(four_times))]
        if least[1] < 9 * least[0]:  # where each line cost as much as there are lines, it would be 16
            return
    raise AssertionError(f"{least[1] / least[0]:.1f} times as much")


def test_of_very_many_mistakes_the_first_are_told_and_how_many_more_there_are() -> None:
    found = parsed(HEAD + "- 2026-13-01 x\n" * 1500).problems
    assert len(found) == 1001
    assert str(found[-1]) == "contacts/ada.md:1008:3: and 500 more from here on: correct those above first [more-problems]"


def test_a_body_with_very_many_lines_is_read_so_far_named_and_not_written_to(tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {"ada": HEAD + "- 2026-01-01 call: x\n" * 100_001})
    (found,) = rows(inside(folder, "check", "--json"))
    assert (found["code"], found["line"]) == ("too-long", 100_005)
    before = (folder / "contacts" / "ada.md").read_bytes()
    ran = inside(folder, "log", "ada", "call")
    assert (ran.code, "contacts/ada.md:100005" in ran.err) == (5, True)
    assert (folder / "contacts" / "ada.md").read_bytes() == before


@pytest.mark.parametrize("line", ["last_contacted: 2030-01-01", "lastContact: 2030-01-01", "priority: Z", "Tier: Z", "tier:\nlevel: Z"])
def test_a_check_names_the_line_of_the_key_as_it_is_written(line: str, tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {"ada": f"---\nname: Ada\n{line}\nwhy: x\n---\n"})
    assert [row["line"] for row in rows(inside(folder, "check", "--json"))] == [2 + len(line.splitlines())]


def high_water(pid: int) -> float:
    """The most memory a process had so far, in MB, 0 where that is not told: `ru_maxrss` also counts this one, which started it."""
    try:
        found = re.search(r"VmHWM:\s*(\d+)", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


def measured(folder: Path, *words: str, seconds: float) -> tuple[Ran | None, float, float]:
    """(what a command said or None where it was stopped, its seconds, its megabytes at most)."""
    home = folder.parent / "home"
    home.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "plaintextcrm", "-C", str(folder), "--today", "2026-11-21", *words]
    start, peak = time.monotonic(), 0.0
    with open(home / "out", "w+b") as out, open(home / "err", "w+b") as err:
        child = subprocess.Popen(command, stdout=out, stderr=err, stdin=subprocess.DEVNULL, env=environment(home))
        while True:
            peak = max(peak, high_water(child.pid))
            done, status, used = os.wait4(child.pid, os.WNOHANG)
            if done or time.monotonic() - start > seconds:
                break
            time.sleep(0.01)
        if not done:
            child.kill()
            _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        for file in (out, err):
            file.seek(0)
        ran = Ran(subprocess.CompletedProcess(command, child.returncode, out.read(), err.read()))
    return ran if done else None, used.ru_utime + used.ru_stime, peak or used.ru_maxrss / 1024


@pytest.mark.parametrize("shape", [*BIG, *PURE])
def test_a_big_file_costs_little(shape: str, tmp_path: Path) -> None:
    content = filled(shape, 9_990_000) if shape in PURE else BIG[shape]
    folder = vault(tmp_path / "vault", {"ada": GOOD, "bob": content})
    assert (folder / "contacts" / "bob.md").stat().st_size <= 10_000_000
    ran, seconds, megabytes = measured(folder, "--no-cache", "list", "--json", seconds=120)
    (folder / "contacts" / "bob.md").unlink()
    assert ran is not None, "stopped after two minutes"
    assert ran.code == 0
    assert "ada" in {row["id"] for row in rows(ran)}
    assert seconds < 20, f"{seconds:.1f} s"
    assert megabytes < 300, f"{megabytes:.0f} MB"


def test_what_is_too_large_is_refused_by_name(tmp_path: Path) -> None:
    folder = vault(tmp_path / "vault", {"ada": GOOD, "bob": GOOD.encode() + b"x" * 10_000_000})
    ran = ptcrm(folder, "log", "bob", "call")
    assert (ran.code, ran.out) == (5, "")
    assert "contacts/bob.md" in ran.err
    assert (folder / "contacts" / "bob.md").stat().st_size == len(GOOD) + 10_000_000
