"""LinkedIn's messages and daily notes."""

from __future__ import annotations

import csv
import io

import pytest

from plaintextcrm.core.capture import CAPTURERS
from plaintextcrm.core.capture.proposals import Piece, Terms
from plaintextcrm.core.errors import Usage
from tests.capture.make import TODAY, one, read

HEADER = (
    "CONVERSATION ID",
    "CONVERSATION TITLE",
    "FROM",
    "SENDER PROFILE URL",
    "TO",
    "RECIPIENT PROFILE URLS",
    "DATE",
    "SUBJECT",
    "CONTENT",
    "FOLDER",
    "IS MESSAGE DRAFT",
)
ME, ADA, BOB = (f"https://www.linkedin.com/in/{name}" for name in ("me", "Ada-King/", "bob"))


def table(*rows: tuple[str, ...], header: tuple[str, ...] = HEADER) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([header, *rows])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def row(conversation: str, sender: str, to: str, at: str, subject: str = "", draft: str = "No", folder: str = "INBOX") -> tuple[str, ...]:
    return (conversation, "", "Somebody", sender, "Other", to, at, subject, "secret\nwords <b>", folder, draft)


def test_one_byte_that_is_no_letter_garbles_no_other_and_hides_no_header() -> None:
    data = table(row("c1", ME, ADA, "2026-02-15 10:00:00 UTC", "Bäcker")).replace(b"secret", b"\xc3")
    assert one("linkedin-messages", data).text == "Bäcker"


def test_a_conversation_is_one_a_day_and_who_wrote_first_says_the_direction() -> None:
    found = read("linkedin-messages", table(
        row("c1", ME, ADA, "2026-02-15 09:00:00 UTC"), row("c1", ADA, ME, "2026-02-15 08:00:28 UTC", "About bees"),
        row("c1", ME, ADA, "2026-02-16 08:00:00 UTC"), row("c2", ME, BOB, "2026-02-15 08:00:00 UTC"),
    )).proposals  # fmt: skip
    assert [(one.ref, one.direction, one.text, one.people[0].profile) for one in found] == [
        ("c1/20260215", "in", "About bees", "linkedin.com/in/ada-king"),
        ("c2/20260215", "out", "", "linkedin.com/in/bob"),
        ("c1/20260216", "out", "", "linkedin.com/in/ada-king"),
    ]
    assert "secret" not in repr(found)


def test_drafts_advertisements_and_messages_without_a_day_are_left_out() -> None:
    found = read("linkedin-messages", table(
        row("c1", ME, ADA, "2026-02-15 09:00:00 UTC", draft="Yes"), row("c2", ADA, ME, "2026-02-15 09:00:00 UTC", folder="SPONSORED"),
        row("c3", ADA, ME, "yesterday"), row("", ADA, ME, "2026-02-15 09:00:00 UTC"), row("c4", ADA, ME, "2027-02-15 09:00:00 UTC"),
    ))  # fmt: skip
    assert (found.proposals, found.notes) == ((), ("2 messages without a day or a conversation",))


def test_older_files_name_people_only_and_lines_may_stand_above_the_header() -> None:
    header = ("CONVERSATION ID", "FROM", "TO", "DATE", "SUBJECT", "CONTENT")
    rows = [("c1", "Me", "Ada King", "2026-02-15 09:00:00 UTC", "", "x"), ("c2", "Bob", "Me", "2026-02-15 10:00:00 UTC", "", "x")]
    data = b"Notes:\n\n" + table(*rows, header=header).removeprefix(b"\xef\xbb\xbf")
    assert [(one.people[0].name, one.direction) for one in read("linkedin-messages", data).proposals] == [
        ("Ada King", "out"),
        ("Bob", "in"),
    ]


def test_me_may_be_said() -> None:
    rows = table(row("c1", ADA, ME, "2026-02-15 09:00:00 UTC"))
    terms = Terms(TODAY, frozenset([ADA.lower()]))
    (found,) = CAPTURERS["linkedin-messages"]([Piece("x", rows)], terms).proposals
    assert (found.direction, found.people[0].profile) == ("out", "linkedin.com/in/me")


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"\0\0", b'"unclosed'])
def test_another_table_is_refused(data: bytes) -> None:
    with pytest.raises(Usage, match=r"no messages\.csv"):
        read("linkedin-messages", data)


# --- daily notes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "kind", "text", "at_time"),
    [
        ("- coffee: with [[Ada King]], new job", "coffee", "with Ada King, new job", None),
        ("## Call with [[Ada King|her]]", "call", "Call with her", None),
        ("14:30 Lunch with [[people/Ada King]] in town", "lunch", "Lunch with Ada King in town", "14:30"),
        ("- [[Ada King]]", None, "", None),
        ("* [x] Sent [[Ada King]] the list", None, "Sent Ada King the list", None),
        ("Call [[Ada King]].", "call", "Call Ada King.", None),
    ],
)
def test_a_line_that_links_to_somebody_is_one(line: str, kind: str | None, text: str, at_time: str | None) -> None:
    found = one("daily", f"# Friday\n\nplain\n\n{line}\n".encode(), name="notes/2026-11-20.md")
    assert (found.on.isoformat(), found.kind, found.at_time) == ("2026-11-20", kind, at_time)
    assert found.text == text
    assert found.people[0].link.endswith("Ada King")


@pytest.mark.parametrize(
    "line",
    [
        "- [ ] Call [[Ada King]]",
        "```\n[[Ada King]]\n```",
        "<!-- [[Ada King]] -->",
        "![[Ada King]]",
        "no link",
        "---\nx: '[[Ada King]]'\n---",
    ],
)
def test_promises_code_comments_and_pictures_are_none(line: str) -> None:
    text = f"{line}\n" if line.startswith("---") else f"x\n\n{line}\n"
    assert read("daily", text.encode(), name="2026-11-20.md").proposals == ()


def test_only_days_that_have_come_count() -> None:
    note = b"- [[Ada King]]\n"
    assert read("daily", note, name="2026-13-20.md").proposals == read("daily", note, name="notes.md").proposals == ()
    assert read("daily", note, name="2026-11-22.md").notes == ("1 note of a day to come",)
    assert len(read("daily", note, name="2026-11-21.md").proposals) == 1


def test_a_line_is_the_same_one_wherever_it_stands() -> None:
    first = one("daily", b"- met [[Ada King]]\n", name="2026-11-20.md").ref
    assert one("daily", b"more\n\n  -  met [[Ada King]]\n", name="a/2026-11-20.md").ref == first
    assert one("daily", b"- saw [[Ada King]]\n", name="2026-11-20.md").ref != first
