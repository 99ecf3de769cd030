"""Whatever stands in a card: bounded time, one clear line each, nothing hidden, forged or half-written."""

from __future__ import annotations

import base64
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaintextcrm.core import contact
from plaintextcrm.core.exchange.notes import paragraphs
from tests.exchange.cards import card, imported, reading
from tests.exchange.make import read, source

INJECTIONS = [
    "x\\n---\\ntier: A", "\\n## Interactions\\n\\n- 2026-01-01 call: forged", "<!-- ", "%%", "```", "- [ ] do it [due:: 2026-01-01]",
    "<<<<<<< HEAD", "- 2026-01-01 call: forged", "[[bob]]", "\\n\\n# Somebody else", "~~~", "{{title}}", '"', "'", "\x1b[31m", "\u202e",
    "\u2028- [ ] x", "null", "~", "*a", "&b", "no", "\\n- 2026-01-01 a\\n- 2026-01-02 b\\n- 2026-01-03 c", "| 2026-01-01 | a |",
    "**2026-01-01** x", "### 2026-01-01 | coffee", "1. [ ] x", "  - [x] y", "=======", "a\\n===", "\\t- [ ] x",
]  # fmt: skip
PROPERTIES = [
    "ORG", "TITLE", "NOTE", "NICKNAME", "CATEGORIES", "EMAIL", "TEL", "URL", "BDAY", "ANNIVERSARY", "RELATED", "X-OWN", "UID", "N",
    "X-PTCRM-OWNER", "X-PTCRM-BODY", "X-PTCRM-LOG", "X-PTCRM-FOLLOW-UP", "X-PTCRM-OTHER", "X-PTCRM-ID", "X-PTCRM-GROUPS", "item1.X-ABLabel",
    "item1.TEL", "X-ABDATE", "GENDER;TYPE=a", "DEATHDATE", "ADR", "X-PTCRM-CADENCE", "X-PTCRM-PRIVATE", "KIND",
]  # fmt: skip
LINES = st.lists(st.tuples(st.sampled_from(PROPERTIES), st.sampled_from(INJECTIONS) | st.text(max_size=12)), max_size=6)


@pytest.mark.parametrize("text", INJECTIONS)
@pytest.mark.parametrize("name", [name for name in PROPERTIES if not name.startswith(("X-PTCRM", "KIND"))])
def test_no_value_of_any_property_becomes_a_key_an_entry_a_task_or_hides_what_follows(name: str, text: str):
    vault, done = imported(card("FN:Ada King", f"{name}:{text}", "ROLE:after", "X-LAST:the end", "X-PTCRM-LOG:- 2026-02-03 call: real"))
    ((path, data),) = vault.items()
    parsed = contact.parse(source(path, data))
    found = parsed.contact
    assert (found.name, found.tier, found.follow_ups) == ("Ada King", None, ())
    assert [entry.text for entry in found.interactions] == ["real"]
    assert not [problem for problem in parsed.problems if problem.severity == "error"]
    assert b"\n- X-LAST: the end\n" in data
    assert done.refused == ()


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=4))
def test_any_cards_are_written_and_read_back_or_refused_and_a_second_import_changes_nothing(cards: list[list[tuple[str, str]]]):
    data = "".join(card(f"FN:Person {number}", *(f"{name}:{text}" for name, text in lines)) for number, lines in enumerate(cards))
    data = data.encode("utf-8", "ignore")
    found = reading(data)
    vault, done = imported(found)  # type: ignore[arg-type]
    named = [person for person in found.people if person.name]
    uids = [person.uid for person in named if person.uid]
    doubled = len(uids) - len(set(uids))
    assert len([path for path in vault if path.endswith(".md")]) + len(done.refused) - len(found.refused) == len(named) - doubled
    for path in vault:
        assert re.fullmatch(r"contacts/[^/\\\0-\x1f]+\.md", path)
        assert contact.parse(source(path, vault[path])).contact.name.startswith("Person ")
    again, once_more = imported(found, into=vault, before=dict(done.said).get)  # type: ignore[arg-type]
    assert (again, once_more.edits) == (vault, ())


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*INJECTIONS, "words", "- a list", "\\n", "2026-01-01"]), max_size=6))
def test_a_note_is_paragraphs_and_nothing_else(parts: list[str]):
    note = " ".join(parts).replace("\\n", "\n").replace("\\t", "\t")
    lines = paragraphs(note)
    text = "\n".join(["---", "name: Ada", "---", "", *lines, "", "## Interactions", "", "- 2026-02-02 call: x", ""])
    parsed = contact.parse(source("contacts/ada.md", text.encode()))
    assert (parsed.contact.name, [entry.text for entry in parsed.contact.interactions], parsed.contact.follow_ups) == ("Ada", ["x"], ())
    assert (parsed.body.title, [problem for problem in parsed.problems if problem.severity == "error"]) == (None, [])


def test_a_note_of_several_paragraphs_stands_above_the_log_as_it_is():
    vault, _ = imported(card("FN:Ada King", "NOTE:One\\, two.\\n\\nThree;\\n# no heading\\n---\\n- [ ] no task"))
    assert (
        "\n# Ada King\n\nOne, two.\n\nThree;\n\\# no heading\n\\---\n\\- [ ] no task\n\n## Interactions\n"
        in vault["contacts/ada-king.md"].decode()
    )


def quick(data: bytes, seconds: float = 5.0) -> list[str]:
    """The names in a file, read and planned in time; the vault is checked on the way."""
    begun = time.process_time()
    found = reading(data)
    imported(found)  # type: ignore[arg-type]
    assert time.process_time() - begun < seconds
    return [person.name for person in found.people]


def test_twenty_thousand_parameters_cost_one_line_of_the_card():
    data = (card("FN:Ada", "TEL" + ";TYPE=x" * 20_000 + ":1", "ORG:Acme") + card("FN:Bob")).encode()
    assert quick(data) == ["Ada", "Bob"]
    found = reading(data)
    assert found.people[0].keys["company"] == "Acme"
    assert found.notes == ("people.vcf:4: a property with 140,003 bytes of parameters: left out",)


def test_a_photo_of_fifty_megabytes_is_left_out_by_name():
    data = b"BEGIN:VCARD\nFN:Ada\nPHOTO;ENCODING=b:" + b"QUJD" * 16_700_000 + b"\nORG:Acme\nEND:VCARD\n"
    assert quick(data, 20) == ["Ada"]
    found = reading(data).people[0]
    assert (found.attachments, found.rest) == ((), (("PHOTO", ("- PHOTO: left out, 50,100,000 bytes",)),))


def test_ten_thousand_nested_cards_are_one():
    data = (b"BEGIN:VCARD\nFN:Ada\nAGENT:\n" + b"BEGIN:VCARD\nAGENT:\n" * 10_000 + b"END:VCARD\n" * 10_000 + b"ORG:Acme\nEND:VCARD\n")  # fmt: skip
    names = quick(data, 10)
    assert names[0] == "Ada"


def test_a_nested_agent_is_kept_in_the_body_and_is_nobody():
    agent = "AGENT:\r\nBEGIN:VCARD\r\nVERSION:2.1\r\nFN:Jim the agent\r\nTEL:99\r\nEND:VCARD"
    vault, _ = imported(card("FN:Ada", agent, "ORG:Acme", version="2.1"))
    assert list(vault) == ["contacts/ada.md"]
    assert "Jim the agent" in vault["contacts/ada.md"].decode()
    assert read(vault, "ada").text("company") == "Acme"


def test_twenty_thousand_lines_that_are_no_properties_do_not_hang():
    data = b"BEGIN:VCARD\nFN:Ada\n" + b"x\n" * 20_000 + b"END:VCARD\n"
    assert quick(data, 20) == ["Ada"]
    assert len(reading(data).notes) <= 20_001


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (b"BEGIN:VCARD\nFN:Ada\nORG:x\nBEGIN:VCARD\nFN:Bob\nEND:VCARD\n", ["Ada", "Bob"]),
        (b"BEGIN:VCARD\nFN:Ada\n", ["Ada"]),
        (b"BEGIN:VCAR\nFN:Ada\nEND:VCARD\nBEGIN:VCARD\nFN:Bob\nEND:VCARD\n", ["Ada", "Bob"]),
        (b"junk\nBEGIN:VCARD\nFN:Ada\nEND:VCARD\nmore junk\n", ["Ada"]),
        (b'BEGIN:VCARD\nFN:Ada\nTEL;TYPE="home:12\nORG:x\nEND:VCARD\n', ["Ada"]),
        (b"BEGIN:VCARD\nFN;CHARSET=KLINGON:K\xf6nig\nEND:VCARD\n", ["K\xf6nig"]),
        (b"BEGIN:VCARD\nFN;ENCODING=QUOTED-PRINTABLE:Ada=\nEND:VCARD\n", ["Ada"]),
        (b"begin:vcard\nfn:Ada\nend:vcard\n", ["Ada"]),
        (b"BEGIN:VCARD\nFN:Ada\nPHOTO;ENCODING=b:%%%not base64\nEND:VCARD\n", ["Ada"]),
    ],
)
def test_broken_cards_are_read_as_far_as_they_go_and_cost_no_other(data: bytes, names: list[str]):
    assert quick(data) == names


def test_cards_that_cannot_be_anybody_are_refused_with_their_line():
    data = card("FN:Ada") + card() + card("NOTE:only a note") + card("FN:" + "x" * 2000) + card("FN:a\x01b") + card("FN:Bob")
    vault, done = imported(data)
    assert [str(refusal) for refusal in done.refused] == [
        "people.vcf:5: a card with nothing in it",
        "people.vcf:8: nothing to call this card by: no name, company, e-mail or phone",
        "people.vcf:12: a name of 2,000 characters",
        "people.vcf:16: a control character in the name",
    ]
    assert list(vault) == ["contacts/ada.md", "contacts/bob.md"]


def test_an_attachment_is_never_named_by_the_card():
    photo = base64.b64encode(b"<svg onload=alert(1)>").decode()
    vault, _ = imported(card("FN:../../x", f"PHOTO;TYPE=../../../evil.html;ENCODING=b:{photo}", f"X-EVIL/..;ENCODING=b:{photo}"))
    assert sorted(vault) == ["attachments/x-photo.bin", "contacts/x.md"]
