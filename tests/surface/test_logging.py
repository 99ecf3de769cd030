"""`log`: its arguments, word for word, and what each write says."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.place import Place, argv_of, editor, terminal_only

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # an index is left to the end of its process

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
    (("call", "-d", "2026-11-18 9:05"), "- 2026-11-18 09:05 call"),
    (("call", "-d", "2026-11-18T09:05:30"), "- 2026-11-18 09:05 call"),
    (("call", "-d", "yesterday at 9:05", "-t", "09:05"), "- 2026-11-20 09:05 call"),
    (("dinner", "-d", "in 2 weeks 19:30"), "- [ ] 2026-12-05 19:30 dinner"),
    (("call", "x", "--in"), "- 2026-11-21 call: x [dir:: in]"),
    (("call", "x", "--out", "--minutes", "20"), "- 2026-11-21 call: x [dir:: out] [minutes:: 20]"),
    (("referral-in", "the Okafors", "--value", "12000"), "- 2026-11-21 referral-in: the Okafors [value:: 12000]"),
    (("referral-in", "x", "--value", "12345.67"), "- 2026-11-21 referral-in: x [value:: 12345.67]"),
    (("referral-in", "x", "--value", "1234567.89"), "- 2026-11-21 referral-in: x [value:: 1234567.89]"),
    (("referral-in", "x", "--value", "0.00001"), "- 2026-11-21 referral-in: x [value:: 0.00001]"),
    (("lunch", "x", "--with", "noor,lee"), "- 2026-11-21 lunch: x [with:: noor, lee]"),
    (("call", "He was out", "--no-answer"), "- 2026-11-21 call: He was out [reached:: no]"),
    (("dinner", "The usual table", "-d", "in 2 weeks"), "- [ ] 2026-12-05 dinner: The usual table"),
]


@pytest.mark.parametrize(("words", "line"), LOGGED, ids=[" ".join(words) for words, _ in LOGGED])
def test_log_writes(people: Place, words: tuple[str, ...], line: str) -> None:
    assert people.added("log", "ada", *words) == [line]


def test_two_times_are_refused_and_so_is_none_of_the_clock(people: Place) -> None:
    before = people.text("ada-king")
    twice = people("log", "ada", "call", "-d", "yesterday 9:05", "-t", "10:00")
    assert (twice.code, twice.err) == (2, "ptcrm: the time is given twice: 9:05 in -d and 10:00 with -t\n")
    assert people("log", "ada", "call", "-d", "2026-11-18 25:00").code == 2
    assert people.text("ada-king") == before


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


@pytest.mark.parametrize(
    ("words", "as_text"), [(("cofee", "typo"), "ptcrm log ada 'cofee typo'"), (("cofee",), "-m cofee"), (("Lunhc",), "-m Lunhc")]
)
def test_a_first_word_that_is_nearly_a_kind_is_asked_about(people: Place, words: tuple[str, ...], as_text: str) -> None:
    before = people.text("ada-king")
    ran = people("log", "ada", *words)
    near = "coffee" if words[0] == "cofee" else "lunch"
    assert (ran.code, ran.err) == (2, f'ptcrm: no kind is called "{words[0]}": did you mean {near}? As text: {as_text}\n')
    assert people.text("ada-king") == before
    assert people.added("log", "ada", "-m", "cofee") == ["- 2026-11-21 cofee"]
    assert people.added("log", "ada", "cofee and cake") == ["- 2026-11-21 cofee and cake"]


def test_text_may_come_from_stdin(people: Place) -> None:
    text = b"She wrote:\n\nthree lines\nin all\n"
    wanted = ["- 2026-11-21 email: She wrote:", "  three lines", "  in all"]
    assert people.added("log", "ada", "-k", "email", "-m", "-", stdin=text) == wanted
    assert people.added("log", "ada", "email", "-", stdin=text) == wanted
    assert people.added("log", "ada", "-", stdin=b"coffee: short") == ["- 2026-11-21 coffee: short"]


@pytest.mark.parametrize("words", [("-m", "-"), ("email", "-")])
def test_an_empty_stdin_is_no_contact(people: Place, words: tuple[str, ...]) -> None:
    refused = people("log", "ada", *words, stdin=b" \n")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err == "ptcrm: nothing came from standard input: nothing is written\n"


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-8-sig", "utf-16"])
def test_text_from_stdin_is_read_in_the_encoding_it_has(people: Place, encoding: str) -> None:
    wanted = ["- 2026-11-21 coffee: at the café", "  où ?"]
    assert people.added("log", "ada", "-", stdin="coffee: at the café\r\noù ?\r\n".encode(encoding)) == wanted


def test_a_follow_up_of_blanks_is_none(people: Place) -> None:
    assert people.added("log", "ada", "call", "--follow-up", "  ") == ["- 2026-11-21 call"]
    assert "follow-up" not in people("log", "ada", "call", "--follow-up", "  ").out
    assert people("log", "ada", "call", "--follow-up", "  ", "--due", "fri").code == 2


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


@pytest.mark.parametrize("words", [("--due", "whenever", "--follow-up", "x"), ("--with", "somebody"), ()], ids=" ".join)
def test_what_was_written_in_the_editor_is_said_again_where_it_is_not_taken(people: Place, tmp_path: Path, words: tuple[str, ...]) -> None:
    before = people.text("ada-king")
    ran = people("log", "ada", "-e", *words, EDITOR=editor(tmp_path, "coffee: New job\n```\ncode\n```\nin January\n"))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.split("What you wrote:\n")[1].replace("       ", "") == "coffee: New job\n```\ncode\n```\nin January\n"
    assert people.text("ada-king") == before


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8-sig", "utf-16"])
def test_text_from_the_editor_is_read_in_the_encoding_it_has(people: Place, tmp_path: Path, encoding: str) -> None:
    script = tmp_path / "editor.py"
    script.write_text(f"import sys\nopen(sys.argv[1], 'w', encoding={encoding!r}).write('coffee: at the caf\\u00e9')\n")
    added = people.added("log", "ada", "-e", EDITOR=f"'{sys.executable}' '{script}'")
    assert added == ["- 2026-11-21 coffee: at the café"]


def test_an_editor_that_is_no_command_is_told(people: Place) -> None:
    assert people("log", "ada", "-e", EDITOR="it's") == (
        2,
        "",
        "ptcrm: the editor it's cannot be started: a quote in VISUAL or EDITOR is not closed\n",
    )
    assert people("edit", "ada", EDITOR="no-such-editor").code == 2
    assert people("edit", "ada", EDITOR=" ", PATH="") == (2, "", "ptcrm: no editor is known: set EDITOR, like EDITOR=nano\n")


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


def test_a_block_id_that_was_typed_is_that_of_all(people: Place) -> None:
    assert people("log", "ada,bob", "lunch", "Soup ^my1d23").code == 0
    assert [people.text(id).splitlines()[-1].split()[-1] for id in ("ada-king", "bob-lee")] == ["^my1d23"] * 2


@pytest.mark.parametrize(
    "words",
    [
        ("call", "-d", "3/4/2026"), ("call", "-d", "whenever"), ("call", "-t", "25:00"), ("-k", "cofee", "x"), ("call", "x", "-m", "y"),
        ("call", "--in", "--out"), ("call", "--due", "fri"), ("call", "--next", "yesterday"), ("call", "--with", "somebody"),
        ("call", "--minutes", "-1"), ("referral-in", "--value", "nan"), ("referral-in", "--value", "inf"),
         ("call", "--follow-up", "x", "--due", "whenever"),
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


def test_a_plan_that_may_have_been_it_is_told(make: Callable[..., Place]) -> None:
    place = make(
        {"ada": "# Ada\n\n## Log\n\n- [ ] 2026-11-25 call\n- [ ] 2026-11-20 dinner: at [[bob]]'s\n- [ ] a book [due:: 2026-11-01]\n"}
    )
    told = place("log", "ada", "dinner", "It was good")
    assert told.err == "ptcrm: what was planned for Fri 20 Nov (dinner: at bob's) is not ticked off; if this was it: ptcrm done ada 2\n"
    assert place("done", "ada", "2").code == 0
    assert "- [x] 2026-11-20 dinner" in place.text("ada")
    assert place("log", "ada", "coffee").err == ""
    assert place("log", "ada", "call", "-d", "2026-11-26").err == ""


@pytest.mark.parametrize("said", [["note", "Likes lemon"], ["skip"], ["call", "--no-answer"]])
def test_what_is_no_contact_was_no_plan_either(make: Callable[..., Place], said: list[str]) -> None:
    place = make({"ada": "# Ada\n\n## Log\n\n- [ ] 2026-11-20 dinner\n"})
    told = place("log", "ada", *said)
    assert (told.code, told.err) == (0, "")


def test_the_commands_that_tick_off_several_plans_hold_one_after_the_other(make: Callable[..., Place]) -> None:
    place = make({"ada": "# Ada\n\n## Log\n\n- [ ] 2026-11-20 dinner\n- [ ] 2026-11-10 lunch\n- [ ] send the book\n"})
    told = place("log", "ada", "dinner", "It was good").err
    for command in re.findall(r"ptcrm (done ada \d)", told):
        assert place(*command.split()).code == 0
    text = place.text("ada")
    assert "- [x] 2026-11-20 dinner" in text
    assert "- [x] 2026-11-10 lunch" in text
    assert "- [ ] send the book\n" in text
