"""`ptcrm jot`: what a loose line says, what it never guesses, and that the inbox loses nothing but what is placed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaintextcrm.core.crowd import WORD, crowd
from plaintextcrm.core.entries import entry_line
from plaintextcrm.core.errors import NotFound, PtcrmError
from plaintextcrm.core.inbox import notes, without
from plaintextcrm.core.jotting import DayUnclear, understand
from plaintextcrm.core.kinds import STANDARD
from plaintextcrm.core.names import Known
from tests.make import TODAY, Ran, ptcrm, vault
from tests.test_manners import changed_in_last, commits, git, repository
from tests.test_triage import on_terminal

PEOPLE = crowd(
    [
        Known("ada-king", "Ada King", ("Addie",), ("ada@example.org",)), Known("ben-ray", "Ben Ray"), Known("work/ben-bell", "Ben Bell"),
        Known("ines", "Inês Paredes"), Known("will", "Will Stone"), Known("jean-luc", "Jean-Luc Ober"), Known("club", "The Lisbon Club"),
        Known("may", "May Chen"), Known("dr", "Dr. Ruth Vale"), Known("okafor", "Ngozi & Tunde Okafor", ("the Okafors",)),
    ]
)  # fmt: skip


def said(text: str) -> str:
    """`who,who: the entry`, as understood on Saturday 2026-11-21."""
    jotted = understand(text, PEOPLE, STANDARD, TODAY)
    return f"{','.join(jotted.ids)}: {entry_line(jotted.entry)[2:]}"


# --- one line ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "understood"),
    [
        ("Lunch with Ada and Ben Ray yesterday, talked shop", "ada-king,ben-ray: 2026-11-20 lunch: talked shop"),
        ("lunch with ada yesterday talked shop", "ada-king: 2026-11-20 lunch: talked shop"),
        ("yesterday: lunch with Ada, talked shop", "ada-king: 2026-11-20 lunch: talked shop"),
        ("Ada: coffee, talked shop", "ada-king: 2026-11-21 coffee: talked shop"),
        ("Had lunch with Ada on Thursday", "ada-king: 2026-11-19 lunch"),
        ("Coffee with INES fri, honey and bread", "ines: 2026-11-20 coffee: honey and bread"),
        ("coffee with Ine\u0302s 3 days ago", "ines: 2026-11-18 coffee"),
        ("2026-11-20 14:30 lunch: with Ada, talked shop", "ada-king: 2026-11-20 14:30 lunch: talked shop"),
        ("call with [[ada-king|her]] on 20 Nov 2026: she flies", "ada-king: 2026-11-20 call: she flies"),
        ("[[2026-11-20]] call with [[Ada King]]", "ada-king: 2026-11-20 call"),
        ("**2026-11-18** lunch with Ada, soup", "ada-king: 2026-11-18 lunch: soup"),
        ("**2026-11-18:** Ada: soup", "ada-king: 2026-11-18 soup"),
        ("__2026-11-18__: call Ada", "ada-king: 2026-11-18 call"),
        ("Ada: **2026-11-18 is** the day", "ada-king: 2026-11-21 **2026-11-18 is** the day"),
        ("Email from ada@example.org about tides", "ada-king: 2026-11-21 email: about tides"),
        ("Phone with Addie", "ada-king: 2026-11-21 call"),
        ("Lunch with Inês, talked about Ada and Ben Ray", "ines: 2026-11-21 lunch: talked about Ada and Ben Ray"),
        ("Ben Ray: Ada is moving", "ben-ray: 2026-11-21 Ada is moving"),
        ("Ben Ray, Jean-Luc: lunch, Ada was ill", "ben-ray,jean-luc: 2026-11-21 lunch: Ada was ill"),
        ("yesterday [[ben-ray]]: call, met Ada and Inês", "ben-ray: 2026-11-20 call: met Ada and Inês"),
        ("Lunch: Ada and Ben Ray", "ada-king,ben-ray: 2026-11-21 lunch"),
        ("call Ben Ray: wants an intro to [[ada-king]]", "ben-ray: 2026-11-21 call: wants an intro to [[ada-king]]"),
        ("coffee with Inês about Ben's boat, and Ada came by", "ines,ada-king: 2026-11-21 coffee: about Ben's boat, and Ada came by"),
        ("call about Ada", "ada-king: 2026-11-21 call: about Ada"),
        ("Jean-Luc and Ada: coffee last night", "jean-luc,ada-king: 2026-11-20 coffee"),
        ("Dinner with the Okafors yesterday", "okafor: 2026-11-20 dinner"),
        ("Call with Ruth", "dr: 2026-11-21 call"),
        ("Lunch with May 12 May", "may: 2026-05-12 lunch"),
        ("Call with Will about the gym", "will: 2026-11-21 call: about the gym"),
        ("Will and Ada: call", "will,ada-king: 2026-11-21 call"),
        ("Will call Ada back", "ada-king: 2026-11-21 Will call Ada back"),
        ("Coffee with Ada Sat, talked", "ada-king: 2026-11-14 coffee: talked"),
        ("Coffee with Ada on sat.", "ada-king: 2026-11-14 coffee"),
        ("Met Ada for coffee on Tuesday 17 Nov at the pier", "ada-king: 2026-11-17 coffee: Met Ada for coffee at the pier"),
        ("Talked shop with Ada over lunch", "ada-king: 2026-11-21 lunch: Talked shop with Ada over lunch"),
        ("Lunch at Ada's, talked shop", "ada-king: 2026-11-21 lunch: at Ada's, talked shop"),
        ("today: Ada, wants to meet in 2 weeks", "ada-king: 2026-11-21 wants to meet in 2 weeks"),
        ("Lunch with Ada King, Ada told of Porto", "ada-king: 2026-11-21 lunch: told of Porto"),
        ("Lunch with Ada [minutes:: 45]", "ada-king: 2026-11-21 lunch: [minutes:: 45]"),
        ("Note: Ada likes lemon", "ada-king: 2026-11-21 note: likes lemon"),
        ("2026-11-20T14:30 lunch with Ada", "ada-king: 2026-11-20 14:30 lunch"),
        ("yesterday 10:00 call Ada, until yesterday 11:00", "ada-king: 2026-11-20 10:00 call: until 11:00"),
        ("coffee with Ada on 7. May", "ada-king: 2026-05-07 coffee"),
        ("coffee with ada 12 may", "ada-king: 2026-05-12 coffee"),
        ("today: 24/7 Ada calls", "ada-king: 2026-11-21 24/7 Ada calls"),
        ("Ada: 4.5 percent", "ada-king: 2026-11-21 4.5 percent"),
        ("call Ada: 10.11.12.13 is down, 1/2 of it", "ada-king: 2026-11-21 call: 10.11.12.13 is down, 1/2 of it"),
        ("Ada stopped by yesterday", "ada-king: 2026-11-20 stopped by"),
        ("Ada came by on Friday, talked shop", "ada-king: 2026-11-20 came by, talked shop"),
    ],
)
def test_a_line_says_who_when_and_what(line: str, understood: str) -> None:
    assert said(line) == understood


@pytest.mark.parametrize(
    "line",
    [
        "Ada promised to send the book by friday", "Ada: wants an answer until Thursday", "call with Ada: back before 19 Nov, will ring",
        "Ada is in Porto since last monday", "call Ada: the deck is due friday", "Ada: nothing before the 12 Nov",
    ],
)  # fmt: skip
def test_a_day_until_which_something_is_to_be_is_not_taken_for_the_day_of_the_contact(line: str) -> None:
    with pytest.raises(DayUnclear, match="may be a day or not: begin the line with the day"):
        said(line)
    assert said(f"yesterday: {line}").removesuffix(".").endswith(line.split(" ", 1)[1].split(": ")[-1])


@pytest.mark.parametrize(
    ("line", "understood"),
    [
        ("Ada got a new job", "ada-king: 2026-11-21 got a new job"),
        ("Ada on the call centre: busy", "ada-king: 2026-11-21 on the call centre: busy"),
        ("Text messages were exchanged with Ada", "ada-king: 2026-11-21 Text messages were exchanged with Ada"),
        ("Ada knows about e-mail-marketing", "ada-king: 2026-11-21 knows about e-mail-marketing"),
    ],
)
def test_a_word_of_a_kind_that_says_something_else_is_no_kind(line: str, understood: str) -> None:
    assert said(line) == understood


@pytest.mark.parametrize(
    ("line", "understood"),
    [
        ("called Ada about the gym", "call: about the gym"),
        ("yesterday: rang Ada", "call"),
        ("Phoned Ada King", "call"),
        ("emailed Ada, Inês: the deck", "email: the deck"),
        ("Wrote to Ada: thanks", "message: thanks"),
        ("Met with Ada and Inês at the pier", "meeting: at the pier"),
        ("Called Ada's office", "call: Ada's office"),
        ("phoned Ada over lunch", "lunch: phoned Ada over lunch"),
        ("Ada called about the gym", "called about the gym"),
        ("Met her friends, says Ada", "Met her friends, says Ada"),
        ("Wrote off the loan with Ada", "Wrote off the loan with Ada"),
    ],
)
def test_a_kind_may_be_told_as_done_to_somebody(line: str, understood: str) -> None:
    assert said(line).split(": ", 1)[1].split(" ", 1)[1] == understood


@pytest.mark.parametrize(
    ("line", "understood"),
    [
        ("call Ada: invest 10.000 in fund 7. Next", "call: invest 10.000 in fund 7. Next"),
        ("Ada sent v1.2. sent", "sent v1.2. sent"),
        ("Ada: item 4. done - and * more + 5) less", "item 4. done - and * more + 5) less"),
        ("Inês owes 5. Paid 7. All", "owes 5. Paid 7. All"),
        ("- [ ] 3. Ada owes", "3. Ada owes"),
        ("3) Ada owes", "owes"),
        ("2026. Ada owes", "2026. Ada owes"),
    ],
)
def test_only_the_bullet_at_the_beginning_is_no_text(line: str, understood: str) -> None:
    assert said(notes(line)[0].text).split("2026-11-21 ", 1)[1] == understood


def test_a_day_at_the_beginning_is_no_bullet() -> None:
    assert said(notes("7. Nov: call Ada")[0].text) == "ada-king: 2026-11-07 call"


_FILLERS = "fund · 7. · v1.2. · 10.000 · item · 4) · Next · owes · 12 · 3: · 9.5% · done. · #2 · (8) · may be · sun · a- · 1.".split(" · ")
_KNOWN = (
    "Ada · Ada King · Inês · with · and · yesterday · on fri · 3 days ago · today: · 14:30 · coffee · call: · Called · met · - · *".split(
        " · "
    )
)


@settings(max_examples=400, deadline=None, database=None, derandomize=True)
@given(st.lists(st.sampled_from([*_FILLERS, *_KNOWN]), min_size=2, max_size=9))
def test_every_word_that_is_no_name_day_or_kind_is_in_the_text(words: list[str]) -> None:
    waiting = notes(" ".join(["Ada", *words]))[0].text
    try:
        entry = understand(waiting, PEOPLE, STANDARD, TODAY).entry
    except PtcrmError:
        return
    own = set(WORD.findall(" ".join(_FILLERS)))
    told = [part for word in words if word in _FILLERS for part in WORD.findall(word)]
    assert [part for part in WORD.findall(entry.text) if part in own] == told


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("Coffee with Ben", "two are called Ben: ben-ray (Ben Ray), work/ben-bell (Ben Bell)"),
        ("Coffee with nobody we know", "names nobody"),
        ("Lunch with Ada Lovelace", 'nobody is called "Ada Lovelace": is it ada-king (Ada King)?'),
        ("Lunch with Ada King-Noel", 'nobody is called "Ada King-Noel"'),
        ("Lunch with Ada McDonald", 'nobody is called "Ada McDonald"'),
        ("Lunch with Ada de la Cruz", 'nobody is called "Ada de la Cruz"'),
        ("she will call, as she may", "names nobody"),
        ("the lunch was good", "names nobody"),
        ("mail from ada@elsewhere.org", "names nobody"),
        ("call about https://ada.example.org/ada", "names nobody"),
        ("[[adda]] coffee", "names nobody"),
        ("Adalbert called", "names nobody"),
    ],
)
def test_who_is_never_guessed(line: str, why: str) -> None:
    with pytest.raises(NotFound) as error:
        said(line)
    assert why in str(error.value)


def test_of_many_who_may_be_meant_eight_are_named() -> None:
    many = crowd([Known(f"ada-{number}", f"Ada {number}") for number in range(10, 30)])
    with pytest.raises(NotFound) as error:
        understand("Coffee with Ada", many, STANDARD, TODAY)
    assert str(error.value).count("(Ada ") == 8
    assert "ada-17 (Ada 17) and 12 more: write the whole name, or [[id]]" in str(error.value)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("Dinner with Ada tomorrow", '"tomorrow" is a day to come, 2026-11-22'),
        ("Dinner with Ada next fri", '"next fri" is a day to come, 2026-11-27'),
        ("2026-11-22 dinner with Ada", "a day to come"),
        ("Dinner with Ada yesterday, wants to meet in 2 weeks", 'two days, "yesterday" and "in 2 weeks"'),
        ("Thu 20 Nov coffee with Ada", 'two days, "Thu" and "20 Nov"'),
        ("Dinner with Ada 3/4/2026", "2026-04-03 or 2026-03-04"),
        ("Ada sat down with us", '"sat" may be a day or not'),
        ("Ada likes to sit in the sun", '"sun" may be a day or not'),
        ("Call with Ada, she left the bank 10 years ago", "2016-11-21, long ago"),
        ("26.11.2026 lunch with Ada, back yesterday", "2026-11-26"),
        ("26.11. lunch with Ada", '"26.11." may be a day: write it as 2025-11-26'),
        ("26.11 lunch with Ada", '"26.11" may be a day'),
        ("26/11 lunch with Ada", '"26/11" may be a day: write it as 2025-11-26'),
        ("lunch with Ada 5/6, talked", '"5/6" may be a day: write it as 2026-06-05 or 2026-05-06'),
        ("lunch with Ada on 20.11., talked", "2026-11-20"),
        ("call Ada: invest in fund 7. May be good", '"7. May" may be a day or not'),
        ("1. May and Ada: lunch", '"1. May" may be a day or somebody'),
        ("Ada: clause 12 may change", '"12 may" may be a day or not'),
        ("call Ada: invest in fund 7, Nov is near", '"7, Nov" may be a day or not'),
    ],
)
def test_the_day_is_never_guessed(line: str, why: str) -> None:
    with pytest.raises(DayUnclear) as error:
        said(line)
    assert why in str(error.value)


def test_a_name_alone_says_nothing_that_could_be_written() -> None:
    with pytest.raises(PtcrmError, match="not what it was"):
        said("Ada")


# --- the lines of an inbox -----------------------------------------------------------------------------------------


def test_headings_comments_and_front_matter_wait_for_nothing_and_details_belong_to_their_line() -> None:
    text = "---\ntags: inbox\n---\n# Inbox\n\n<!--\nwrite: Lunch with Ada\n-->\n%% no %%\n- [ ] one\n  - below\n\tdeeper\ntwo\n\n1. three\n"
    assert [(note.text, note.details) for note in notes(text)] == [("one", ("  - below", "\tdeeper")), ("two", ()), ("three", ())]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_what_is_not_placed_stays_byte_for_byte(end: str) -> None:
    text = end.join(["# Inbox ", "", "- one", "  - below", "* two\t", "", "three  "])
    one, two, three = notes(text)
    assert without(text, [one]) == end.join(["# Inbox ", "", "* two\t", "", "three  "])
    assert without(text, [three, one]) == end.join(["# Inbox ", "", "* two\t", "", ""])
    assert without(text, [one, two, three]) == end.join(["# Inbox ", "", "", ""])
    assert without(text, []) == text


# --- the command ---------------------------------------------------------------------------------------------------


def person(name: str, *keys: str) -> str:
    return "\n".join(["---", f"name: {name}", *keys, "---", "", "## Interactions", "", "- 2026-01-02 call: Old news", ""])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Ada King, two Bens, Inês."""
    people = {"ada-king": person("Ada King"), "ben-ray": person("Ben Ray"), "work/ben-bell": person("Ben Bell"), "ines": person("Inês Vaz")}
    return vault(tmp_path / "v", dict(people))


def done(ran: Ran, code: int = 0) -> Ran:
    assert ran.code == code, ran
    assert "Traceback" not in ran.err
    return ran


def text(root: Path, id: str) -> str:
    return (root / "contacts" / f"{id}.md").read_text(encoding="utf-8")


def test_several_people_get_one_entry_each_with_one_block_id_and_the_others_links(root: Path) -> None:
    ran = done(ptcrm(root, "jot", "Lunch with Ada and Ben Ray yesterday, talked shop", "-y"))
    assert ran.out.splitlines() == [
        "Ada King and Ben Ray: 2026-11-20 lunch: talked shop",
        "jotted: 1 line with Ada King and Ben Ray · ptcrm undo",
    ]
    ada, ben = text(root, "ada-king").splitlines()[-1], text(root, "ben-ray").splitlines()[-1]
    assert ada.startswith("- 2026-11-20 lunch: talked shop (with [[ben-ray]]) ^")
    assert ben.startswith("- 2026-11-20 lunch: talked shop (with [[ada-king]]) ^")
    assert ada[-7:] == ben[-7:]


def test_the_inbox_is_emptied_line_by_line_as_one_commit_that_undo_takes_back(root: Path) -> None:
    (root / "ptcrm.toml").write_text("[git]\ncommit = true\n")
    before = (
        b"# Inbox\r\n- Call with Ada yesterday\r\n  - gym \xe9 list\r\n- Ben rang\n\n- Coffee with Ada and In\xc3\xaas today\n* later  "
    )
    (root / "inbox.md").write_bytes(before)
    repository(root)
    ran = done(ptcrm(root, "jot", "-y"), 4)
    assert (root / "inbox.md").read_bytes() == b"# Inbox\r\n- Ben rang\n\n* later  "
    assert 'inbox.md:4: "Ben rang": two are called Ben: ben-ray (Ben Ray), work/ben-bell (Ben Bell)' in ran.err
    assert 'inbox.md:7: "later": it names nobody' in ran.err
    assert "jotted: 2 lines with Ada King and Inês Vaz · 2 not placed · ptcrm undo" in ran.out
    assert "- 2026-11-20 call\n  - gym é list\n- 2026-11-21 coffee: with [[ines]] ^" in text(root, "ada-king")
    assert commits(root) == 2
    assert changed_in_last(root) == ["contacts/ada-king.md", "contacts/ines.md", "inbox.md"]
    assert git(root, "status", "--porcelain") == ""
    done(ptcrm(root, "undo"))
    assert (root / "inbox.md").read_bytes() == before
    assert git(root, "diff", "HEAD~2", "--stat") == ""


def test_numbers_inside_a_line_leave_the_inbox_with_it(root: Path) -> None:
    (root / "inbox.md").write_text("1. call Ada: invest 10.000 in fund 7. Next\n")
    done(ptcrm(root, "jot", "-y"))
    assert text(root, "ada-king").endswith("- 2026-11-21 call: invest 10.000 in fund 7. Next\n")


def test_a_second_jot_writes_nothing(root: Path) -> None:
    (root / "inbox.md").write_text("- Call with Ada yesterday\n")
    done(ptcrm(root, "jot", "-y"))
    after = text(root, "ada-king")
    assert done(ptcrm(root, "jot", "-y")).out == "Nothing waits in inbox.md.\n"
    assert text(root, "ada-king") == after
    assert (root / "inbox.md").read_bytes() == b""


def test_without_a_yes_nothing_is_written_and_it_says_how(root: Path) -> None:
    (root / "inbox.md").write_text("- Call with Ada yesterday\n")
    ran = done(ptcrm(root, "jot"), 2)
    assert ran.out == "Ada King: 2026-11-20 call\n"
    assert "look with -n, write with -y" in ran.err
    dry = done(ptcrm(root, "jot", "-n"))
    assert "+- 2026-11-20 call" in dry.out
    assert "-- Call with Ada yesterday" in dry.out
    assert (root / "inbox.md").read_text() == "- Call with Ada yesterday\n"
    assert "2026-11" not in text(root, "ada-king")


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("answer", ["y", "n"])
def test_on_a_terminal_it_asks_once_for_all_lines(root: Path, answer: str) -> None:
    (root / "inbox.md").write_text("- Call with Ada yesterday\n- Coffee with Inês\n")
    shown, code = on_terminal(root, "jot", typed=[("Write these? [y/N]", f"{answer}\n")])
    assert code == 0
    assert shown.startswith("Ada King: 2026-11-20 call\nInês Vaz: 2026-11-21 coffee\n")
    assert ("jotted: 2 lines" in shown) == (answer == "y")
    assert ("nothing is written" in shown) == (answer == "n")
    assert ((root / "inbox.md").read_bytes() == b"") == (answer == "y")


def test_a_line_too_long_to_be_a_note_is_refused(root: Path) -> None:
    (root / "inbox.md").write_text("Ada " * 600)
    assert "longer than 2,000 characters" in done(ptcrm(root, "jot", "-y"), 2).err
    assert (root / "inbox.md").read_text() == "Ada " * 600


def test_a_file_and_stdin_are_read_and_left_alone(root: Path, tmp_path: Path) -> None:
    notes_file = tmp_path / "notes.txt"
    notes_file.write_text("Call with Ada yesterday\nnobody\n")
    assert f"{notes_file}:2:" in done(ptcrm(root, "jot", str(notes_file), "-y"), 4).err
    assert notes_file.read_text() == "Call with Ada yesterday\nnobody\n"
    done(ptcrm(root, "jot", "-", "-y", stdin="Coffee with Inês\r\n".encode()))
    assert "- 2026-11-21 coffee\n" in text(root, "ines")
    assert "- 2026-11-20 call\n" in text(root, "ada-king")


def test_of_a_file_that_is_read_again_only_new_lines_are_written(root: Path, tmp_path: Path) -> None:
    notes_file = tmp_path / "notes.txt"
    lines = [
        "2026-11-20 call with Ada: soup",
        "  - more of it",
        "2026-11-19 lunch with Ada and Inês: good [minutes:: 30]",
        "coffee with Ada",
    ]
    notes_file.write_text("\n".join([*lines, "coffee with Ada", ""]))
    done(ptcrm(root, "jot", str(notes_file), "-y"))
    after = text(root, "ada-king"), text(root, "ines")
    assert after[0].count("- 2026-11-21 coffee") == 2, "two in one file are two"
    again = done(ptcrm(root, "jot", str(notes_file), "-y"))
    assert (again.out, again.err) == ("", f"{notes_file}: 4 lines are in the log already, and not written again\n")
    done(ptcrm(root, "jot", "-", "-y", stdin=notes_file.read_bytes()))
    assert (text(root, "ada-king"), text(root, "ines")) == after
    notes_file.write_text(notes_file.read_text() + "coffee with Ada\n" + lines[0] + "\n")
    assert "1 line with Ada King" not in done(ptcrm(root, "jot", str(notes_file), "-n")).out
    done(ptcrm(root, "jot", str(notes_file), "-y"))
    assert text(root, "ada-king").count("- 2026-11-21 coffee") == 3
    assert text(root, "ada-king").count("- 2026-11-20 call: soup") == 2, "the first has other lines below"


def test_what_is_typed_or_waits_in_the_inbox_is_written_whatever_the_log_has(root: Path) -> None:
    for _ in range(2):
        done(ptcrm(root, "jot", "coffee with Ada", "-y"))
    (root / "inbox.md").write_text("coffee with Ada\n")
    done(ptcrm(root, "jot", "-y"))
    assert text(root, "ada-king").count("- 2026-11-21 coffee") == 3
    assert (root / "inbox.md").read_bytes() == b""


def test_the_inbox_named_as_a_file_is_the_inbox(root: Path) -> None:
    (root / "inbox.md").write_text("- Call with Ada yesterday\n")
    done(ptcrm(root, "jot", str(root / "inbox.md"), "-y"))
    assert (root / "inbox.md").read_bytes() == b""


@pytest.mark.parametrize("words", [[], ["-"], [""]])
def test_where_nothing_waits_it_is_one_friendly_line(root: Path, words: list[str]) -> None:
    ran = done(ptcrm(root, "jot", *words))
    assert ran.out in ("Nothing waits in inbox.md.\n", "Nothing waits in stdin.\n", "Nothing to place.\n")
    assert ran.err == ""


@pytest.mark.parametrize(
    ("line", "code", "why"),
    [("Coffee with Ben", 4, "two are called Ben"), ("Coffee with Ada tomorrow", 2, "a day to come"), ("Ada", 2, "not what it was")],
)
def test_what_is_not_placed_says_why_and_ends_with_its_exit_code(root: Path, line: str, code: int, why: str) -> None:
    ran = done(ptcrm(root, "jot", line, "-y"), code)
    assert ran.out == ""
    assert why in ran.err
    assert len(ran.err.splitlines()) == 1


def test_the_option_proposed_for_a_plan_means_the_day_that_was_understood(root: Path) -> None:
    told = done(ptcrm(root, "jot", "Coffee with Ada next monday", "-y"), 2).err
    option = told.strip().rpartition("ptcrm log ")[2].split()
    assert option == ["-d", "2026-11-23"], "log looks back: next monday would be 16 November"
    done(ptcrm(root, "log", "ada", "coffee", *option))
    assert "- [ ] 2026-11-23 coffee" in (root / "contacts/ada-king.md").read_text()


def test_one_line_that_is_placed_beside_one_that_is_not_is_written(root: Path) -> None:
    ran = done(ptcrm(root, "jot", "Coffee with Ben\nCoffee with Ada", "-y"), 4)
    assert '"Coffee with Ben": two are called Ben' in ran.err
    assert "- 2026-11-21 coffee\n" in text(root, "ada-king")


def test_words_without_quotes_are_shown_corrected(root: Path) -> None:
    assert "ptcrm jot 'Lunch with Ada'" in done(ptcrm(root, "jot", "Lunch", "with", "Ada"), 2).err


def test_a_line_whose_file_cannot_be_written_stays_and_the_others_are_placed(root: Path) -> None:
    conflict = person("Ada King") + "<<<<<<< ours\n- a\n=======\n- b\n>>>>>>> theirs\n"
    (root / "contacts" / "ada-king.md").write_text(conflict)
    (root / "inbox.md").write_text("- Call with Ada and Inês yesterday\n- Coffee with Inês\n")
    ran = done(ptcrm(root, "jot", "-y"), 5)
    assert "conflict markers" in ran.err
    assert (root / "inbox.md").read_text() == "- Call with Ada and Inês yesterday\n"
    assert text(root, "ada-king") == conflict
    assert text(root, "ines").endswith("- 2026-01-02 call: Old news\n- 2026-11-21 coffee\n")


@pytest.mark.parametrize(
    "data",
    ["- Call with Ada\n".encode("utf-16"), b"\0" * 11_000_000, b"<<<<<<< ours\n- Call with Ada\n=======\n>>>>>>> theirs\n"],
    ids=["UTF-16", "too large", "conflict markers"],
)
def test_an_inbox_that_cannot_be_understood_is_left_alone(root: Path, data: bytes) -> None:
    (root / "inbox.md").write_bytes(data)
    assert "inbox.md" in done(ptcrm(root, "jot", "-y"), 5).err
    assert (root / "inbox.md").read_bytes() == data


def test_an_inbox_that_leads_out_of_the_vault_is_not_read(root: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.md").write_text("- Call with Ada\n")
    (root / "inbox.md").symlink_to(tmp_path / "outside.md")
    assert "leads out" in done(ptcrm(root, "jot", "-y"), 5).err
    assert (tmp_path / "outside.md").read_text() == "- Call with Ada\n"


def test_no_control_character_of_a_line_reaches_the_terminal(root: Path) -> None:
    ran = ptcrm(root, "jot", "Call with Ada: \x1b[31mred\x1b[0m", "-n")
    assert "\x1b" not in ran.out + ran.err
    assert "\x1b" not in ptcrm(root, "jot", "\x1b[31mred", "-n").err


def test_who_asked_not_to_be_contacted_is_named(root: Path) -> None:
    (root / "contacts" / "ada-king.md").write_text(person("Ada King", "do_not_contact: true"))
    assert "Ada King asked not to be contacted" in done(ptcrm(root, "jot", "Call with Ada", "-y")).err


def test_a_line_that_reached_the_inbox_meanwhile_stays(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from plaintextcrm.app import jotting
    from plaintextcrm.app.vaults import open_vault
    from plaintextcrm.edge.paths import Path as OwnPath

    for name in ("CACHE", "STATE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(root.parent / name))
    (root / "inbox.md").write_text("- Call with Ada\n")
    opened = open_vault(str(root), {}, OwnPath(str(root)), TODAY)
    source = jotting.inbox(opened)
    assert source
    read = jotting.read(opened, source.text, lambda: "abc123", source)
    (root / "inbox.md").write_text("- new\n- Call with Ada\n- newer\n")
    jotting.place(opened, read)
    assert (root / "inbox.md").read_text() == "- new\n- newer\n"
    with pytest.raises(PtcrmError, match="not there any more"):
        jotting.place(opened, read)
    assert text(root, "ada-king").count("2026-11-21 call") == 1
