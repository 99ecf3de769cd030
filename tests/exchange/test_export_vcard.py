"""`export vcard`: cards that address books read, without loss."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from plaintextcrm.core.contentlines import folded
from plaintextcrm.core.exchange.out.leaving import leaving
from plaintextcrm.core.exchange.out.vcard import escaped, uid_of, vcard
from plaintextcrm.core.exchange.vcard_text import Given, cards, unescaped
from tests.make import parsed, ptcrm, vault

EXAMPLE = Path(__file__).parents[2] / "example-vault"
ADA = """---
name: Ada King
aliases: [the Countess]
tags: [actuary, "a, b"]
company: "Smith; Sons, Ltd"
role: Actuary
email: [ada@example.com, ada.king@example.org]
phone: "+351 555 010 101"
location: Lisbon
linkedin: https://linkedin.com/in/ada
website: https://ada.example.com
birthday: --05-12
dates: [2010-05-01 wedding, 12-24 their day]
hobbies: [weaving, tide tables]
tier: A
cadence: 2 months
in_person: 3 months
coi: true
paused: true
do_not_contact: false
favourite lemon: Eureka
---

# Ada King

She said: "no".

## Interactions

- 2026-10-21 14:30 lunch: Annual review; 50, not 60. [minutes:: 90]
  - Wants to retire.
  - [ ] Send the list [due:: 2026-12-01]
- 2026-11-12 coffee: Hello

## Plans

- [ ] Find a desk [due:: 2026-12-05]
- [x] Done this [completion:: 2026-11-01]
"""


def card(text: str = ADA, version: str = "3.0", id: str = "ada") -> str:
    return vcard(leaving(parsed(text, id)), version)


def lines(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def values(text: str, name: str) -> list[str]:
    """The values of a property, read by the parser of the import."""
    (one,) = cards(Given("x.vcf", text.encode()))
    return [unescaped(found.value, one.version) for found in one.properties if found.name == name]


def test_each_key_goes_where_an_address_book_looks_for_it() -> None:
    there = lines(card())
    for line in (
        "FN:Ada King", "N:King;Ada;;;", "NICKNAME:the Countess", "CATEGORIES:actuary,a\\, b", "ORG:Smith\\; Sons\\, Ltd", "TITLE:Actuary",
        "EMAIL:ada@example.com", "EMAIL:ada.king@example.org", "TEL:+351 555 010 101", "ADR:;;;Lisbon;;;", "URL:https://ada.example.com",
        "X-SOCIALPROFILE;TYPE=linkedin:https://linkedin.com/in/ada", "BDAY;X-APPLE-OMIT-YEAR=1604:1604-05-12",
        "day1.X-ABDATE:2010-05-01", "day1.X-ABLabel:wedding", "day2.X-ABDATE;X-APPLE-OMIT-YEAR=1604:1604-12-24", "day2.X-ABLabel:their day",
    ):  # fmt: skip
        assert there.count(line) == 1, line


def test_what_vcard_has_no_property_for_goes_along_under_our_own_name() -> None:
    there = lines(card())
    for line in (
        "X-PTCRM-TIER:A", "X-PTCRM-CADENCE:2 months", "X-PTCRM-IN-PERSON:3 months", "X-PTCRM-COI:true", "X-PTCRM-PAUSED:true",
        "X-PTCRM-DO-NOT-CONTACT:false", "X-PTCRM-HOBBIES:weaving", "X-PTCRM-HOBBIES:tide tables", "X-PTCRM-OTHER:favourite lemon: Eureka",
    ):  # fmt: skip
        assert there.count(line) == 1, (line, there)
    assert not [line for line in there if line.startswith(("X-PTCRM-NAME", "X-PTCRM-EMAIL", "X-PTCRM-BIRTHDAY", "X-PTCRM-DATES"))]


def test_the_log_the_follow_ups_and_the_rest_of_the_body_go_along_each_once() -> None:
    text = card()
    assert values(text, "X-PTCRM-LOG") == [
        "- 2026-10-21 14:30 lunch: Annual review; 50, not 60. [minutes:: 90]\n  - Wants to retire.\n  - [ ] Send the list [due:: 2026-12-01]",
        "- 2026-11-12 coffee: Hello",
    ]
    assert values(text, "X-PTCRM-FOLLOW-UP") == ["- [ ] Find a desk [due:: 2026-12-05]", "- [x] Done this [completion:: 2026-11-01]"]
    assert values(text, "X-PTCRM-BODY") == ['She said: "no".\n\n## Plans']


def test_a_log_of_headings_rows_and_indented_items_goes_along_as_entries() -> None:
    log = "## Log\n\n### 2026-03-01 | coffee | Long talk\n\nAll about bees.\n\n| Date | What |\n|---|---|\n| 2026-04-01 | call |\n"
    other = "## History\n\n   * 2026-05-01 lunch: x\n     - deep\n"
    text = card(f"---\nname: Ada\n---\n\n{log}\n{other}")
    found = values(text, "X-PTCRM-LOG")
    assert found[0].splitlines()[0] == "- 2026-03-01 coffee: Long talk"
    assert "All about bees." in found[0]
    assert found[1:] == ["- 2026-04-01 call", "* 2026-05-01 lunch: x\n  - deep"]
    assert "bees" not in "".join(values(text, "X-PTCRM-BODY"))


@pytest.mark.parametrize(
    ("birthday", "three", "four"),
    [
        ("1985-12-10", "BDAY:1985-12-10", "BDAY:19851210"),
        ("--05-12", "BDAY;X-APPLE-OMIT-YEAR=1604:1604-05-12", "BDAY:--0512"),
        ("1980-05", "X-PTCRM-BIRTHDAY:1980-05", "BDAY:1980-05"),
        ("1980", "X-PTCRM-BIRTHDAY:1980", "BDAY:1980"),
        ("1885-03-01", "BDAY:1885-03-01", "BDAY:18850301"),
    ],
)
def test_a_birthday_keeps_its_precision_in_each_version(birthday: str, three: str, four: str) -> None:
    text = f'---\nname: Ada\nbirthday: "{birthday}"\n---\n'
    assert three in lines(card(text))
    assert four in lines(card(text, "4.0"))
    assert ("BDAY:1980" in lines(card(text))) is False


def test_names_that_blanks_do_not_cut_right_keep_their_parts() -> None:
    text = "---\nname: Monica De La Cruz\ngiven_name: Monica\nfamily_name: De La Cruz\nname_suffix: Jr.\n---\n"
    assert "N:De La Cruz;Monica;;;Jr." in lines(card(text))
    assert "N:Cruz;Monica;De La;;" in lines(card("---\nname: Monica De La Cruz\n---\n"))
    assert "N:;Plato;;;" in lines(card("---\nname: Plato\n---\n"))


def test_the_uid_is_the_contacts_own_else_one_that_stays() -> None:
    own = "---\nname: Ada\nuid: abc-1\n---\n"
    assert "UID:abc-1" in lines(card(own))
    assert "X-PTCRM-NO-UID:true" not in lines(card(own))
    made = uid_of(parsed("---\nname: Ada\n---\n", "work/ada").contact)
    assert made == uid_of(parsed("---\nname: Ada Renamed\n---\n", "work/ada").contact)
    assert made != uid_of(parsed("---\nname: Ada\n---\n", "home/ada").contact)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_comes_back_from_a_card(text: str) -> None:
    line = f"X-TEST:{escaped(text)}"
    card_ = f"BEGIN:VCARD\r\nVERSION:3.0\r\n{folded(line)}\r\nEND:VCARD\r\n"
    data = card_.encode()
    assert all(len(one) <= 75 for one in data.split(b"\r\n"))
    assert all(one.decode() is not None for one in data.split(b"\r\n"))  # no character is cut in two
    meant = re.sub("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", "\n", text)
    meant = re.sub("[\x00-\x08\x0e-\x1f\x7f-\x9f]", "", meant)
    (one,) = cards(Given("x.vcf", data))
    found = unescaped(one.properties[-1].value, "3.0") if len(one.properties) > 1 else ""
    import unicodedata

    assert found == unicodedata.normalize("NFC", meant)


def test_hostile_values_forge_no_property() -> None:
    text = 'name: "Ada\\nEND:VCARD\\nBEGIN:VCARD"\nwhy: "a\\r\\nTEL:666\\u2028EMAIL:x\\u0085NOTE:y\\x1bz"\n'
    made = card(f"---\n{text}---\n\nX\u2028TEL:777\n")
    names = [line.split(":")[0] for line in re.split("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", made.replace("\r\n ", ""))]
    assert not {"TEL", "EMAIL", "NOTE"} & set(names)
    assert names.count("BEGIN") == names.count("END") == 1
    assert "\x1b" not in made


def test_two_versions_of_the_example_vault_are_read_by_vobject(tmp_path: Path) -> None:
    for version in ("3.0", "4.0"):
        done = ptcrm(EXAMPLE, "export", "vcard", "--private", "--vcard", version, home=tmp_path)
        assert (done.code, done.err) == (0, ""), done
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read = list(vobject.readComponents(done.out, validate=version == "3.0"))
        assert len(read) == len(list((EXAMPLE / "contacts").rglob("*.md")))
        ada = next(one for one in read if one.fn.value == "Ada King")
        assert ada.n.value.family == "King"
        assert ada.org.value == ["Babbage Mutual"]
        assert ada.bday.value.replace("-", "") == "19851210"


def test_it_goes_to_stdout_to_a_file_or_nowhere(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada": "---\nname: Ądå\n---\n"})
    out = tmp_path / "people.vcf"
    done = ptcrm(root, "export", "vcard", "-o", str(out))
    assert (done.code, done.out) == (0, f"{out}: 1 person\n")
    assert out.read_bytes() == ptcrm(root, "export", "vcard").out.encode()
    assert b"FN:\xc4\x84d\xc3\xa5\r\n" in out.read_bytes()
    assert ptcrm(root, "export", "vcard", "-o", str(out)).out == f"{out}: 1 person, as it was\n"
    folder = ptcrm(root, "export", "vcard", "-o", str(tmp_path))
    assert (folder.code, "is a folder" in folder.err) == (2, True)
    nowhere = ptcrm(root, "export", "vcard", "-o", str(tmp_path / "no" / "x.vcf"))
    assert (nowhere.code, "there is no such folder" in nowhere.err) == (2, True)
    wrong = ptcrm(root, "export", "csv", "--vcard", "4.0")
    assert (wrong.code, "--vcard goes with" in wrong.err) == (2, True)
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["people.vcf"]


def test_an_existing_file_is_replaced_whole_and_a_link_stays_a_link(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada": "---\nname: Ada\n---\n"})
    target = tmp_path / "real.vcf"
    target.write_text("old")
    link = tmp_path / "link.vcf"
    link.symlink_to(target)
    assert ptcrm(root, "export", "vcard", "-o", str(link)).code == 0
    assert link.is_symlink()
    assert target.read_text().startswith("BEGIN:VCARD")


def test_an_empty_vault_gives_an_empty_file(tmp_path: Path) -> None:
    done = ptcrm(vault(tmp_path / "v", {}), "export", "vcard")
    assert (done.code, done.out, done.err) == (0, "", "")
