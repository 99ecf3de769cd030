"""Terminals and pipes: commands to copy, colour, widths, numbers of a list, characters that never come out."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from plaintextcrm.core.text import typed, width
from tests.make import vault
from tests.place import READING, TABLES, Place, Ran, asked, columns_of, contact, terminal_only

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # an index is left to the end of its process

UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


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
@pytest.mark.parametrize(
    "words", [(), ("due", "--all"), ("list",), ("todo",), ("search", "porto"), ("plan",), ("near", "porto"), ("report", "mix", "--table", "2")],
    ids=" ".join,
)  # fmt: skip
def test_nor_than_that_of_a_telephone(example: Place, words: tuple[str, ...]) -> None:
    text, code = example.on_terminal(*words, columns=40, NO_COLOR="1")
    assert code == 0
    assert [line for line in text.splitlines()[1:] if columns_of(line) > 40] == []  # a title of `plan` may be longer


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("Ada", 3), ("Å", 1), ("A\u030a", 1), ("王小明", 6), ("ﾊﾝｶｸ", 4), ("สมชาย ใจดี", 9), ("דָּוִד", 3), ("\u1100\u1161\u11a8", 2), ("김", 2),
        ("☎\ufe0e", 1), ("a\u200bb", 2), ("🇵🇹", 2), ("🏴\U000e0067\U000e0062\U000e007f", 2),
        ("👩\u200d👩\u200d👧\u200d👦 Lee", 6), ("👩🏽\u200d⚕\ufe0f", 2), ("👍🏽", 2), ("❤\ufe0f", 2), ("❤", 1), ("1\ufe0f\u20e3", 2),
        ("🏽", 2), ("क\u094d\u200dष", 2),
    ],
)  # fmt: skip
def test_a_width_is_the_columns_that_a_terminal_gives_it(text: str, columns: int) -> None:
    assert width(text) == columns  # as tmux counts them


LONG, FAMILY = "Abcdefghij" * 30, "👩\u200d👩\u200d👧\u200d👦"


@terminal_only
@pytest.mark.parametrize(
    "words",
    [
        (), ("due", "--all"), ("list",), ("todo",), ("plan",), ("near", "porto"), ("path", "bob"), ("report", "quiet"),
        ("trip", "porto", "--from", "2026-12-01", "--to", "2026-12-03"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_no_line_is_wider_whatever_people_are_called(make: Callable[..., Place], words: tuple[str, ...]) -> None:
    log = ("- 2026-08-01 lunch: talk", "  - [ ] send it [due:: 2026-11-20]", "- [ ] 2026-12-02 dinner: talk")
    called = {"long": LONG, "many": FAMILY * 60, "words": "Wilhelmina " * 27, "bob": "Bob Lee"}
    keys = ("tier: A", "location: Porto", "birthday: 1980-11-23", f"company: {LONG}")
    place = make({id: contact(name, *keys, *(log if id != "bob" else ()), "knows: ['[[bob]]']") for id, name in called.items()})
    text, code = place.on_terminal(*words, NO_COLOR="1")
    assert (code, [line for line in text.splitlines() if width(line) > 80]) == (0, [])


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
def test_an_id_of_digits_is_no_number_of_a_list(make: Callable[..., Place]) -> None:
    """Commands that are printed name people by their ids, and meant somebody else after a list."""
    place = make({"2": contact("Two"), "ada": contact("Ada King", "tier: A"), "bob": contact("Bob Lee", "tier: A")})
    place.on_terminal("list", "tier:A")
    assert [row["id"] for row in place.json("show", "1")["rows"]] == ["ada"]
    assert [row["id"] for row in place.json("show", "2")["rows"]] == ["2"]


@terminal_only
@pytest.mark.parametrize("number", ["1", "2"])
def test_numbers_are_people_in_a_vault_that_picks_its_contacts_too(make: Callable[..., Place], number: str) -> None:
    files = {"ada": contact("Ada King", "tags: person"), "2": contact("Two"), "bob": contact("Bob Lee", "tags: person")}
    place = make(files, 'only = "tag:person"\n[git]\ncommit = false\n')
    place.on_terminal("list")
    assert [row["id"] for row in place.json("show", number)["rows"]] == [place.ids("list")[int(number) - 1]]


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
