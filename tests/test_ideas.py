"""`ptcrm ideas` and `ptcrm write`: the reasons that hold, each with its command; a phrase filled in, its address, its line in the log."""

from __future__ import annotations

import csv
import io
import json
import os
import shlex
import shutil
import sys
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaintextcrm.core import due as dues
from plaintextcrm.core.errors import Usage
from plaintextcrm.core.ideas import Idea, Letter, Subject, family_name, fill, given_name, ideas, mailto, phrase_for, sms
from plaintextcrm.core.model import Contact
from plaintextcrm.core.settings import Me, Settings
from plaintextcrm.core.standing import Rules, facts_of, stand
from tests.inside import Said, inside
from tests.make import TODAY, contact, ptcrm, vault
from tests.place import Place, terminal_only

EXAMPLE = Path(__file__).parent.parent / "example-vault"


def subject(one: Contact, today: date = TODAY, given: Settings = Settings()) -> Subject:
    """What the ideas about somebody look at."""
    standing = stand(facts_of(one, given.kind_table), Rules(given), today)
    return Subject(one, standing, dues.due_row(one, standing, given, today), given, today)


def found(*lines: str, others: tuple[Contact, ...] = (), given: Settings = Settings()) -> list[Idea]:
    """The ideas about Ada, without what is to be asked."""
    return [idea for idea in ideas(subject(contact("name: Ada", *lines), given=given), others) if idea.code != "ask"]


# --- the reasons ---------------------------------------------------------------------------------------------------

LAST = "- 2026-11-10 call"


@pytest.mark.parametrize(
    ("lines", "code", "words", "command"),
    [
        ((LAST, "  - [ ] The list [due:: 2026-11-20]"), "promise", "you promised for Fri 20 Nov: The list", "ptcrm done ada 1"),
        (("next_contact: 2026-11-19", LAST), "next contact", "you promised to be in touch for Thu 19 Nov", "ptcrm log ada call"),
        (("birthday: 1980-11-21", LAST), "birthday", "turns 46 today", "ptcrm log ada card birthday"),
        (("dates: [2016-11-21 the wedding]", LAST), "date", "the wedding, 10 years today", "ptcrm log ada card 'the wedding, 10 years'"),
        (("- 2026-11-18 text: Well? [dir:: in]",), "answer", "waiting for your answer since Wed 18 Nov: Well?", "ptcrm log ada text --out"),
        (("- 2026-11-10 referral-in: The Okafors.",), "thanks", "sent you somebody on Tue 10 Nov and is not thanked yet: The Okafors.", "ptcrm log ada card 'thank you'"),
        ((LAST, "  - [ ] A map [due:: 2026-11-20] [waiting:: them]"), "awaited", "they promised for Fri 20 Nov: A map", "ptcrm log ada call"),
        (("birthday: 1980-11-24", LAST), "soon", "birthday, turns 46 · Tue 24 Nov", "ptcrm log ada card birthday"),
        (("birthday: 1980-11-20", LAST), "birthday", "birthday, turns 46 · yesterday", "ptcrm log ada card birthday"),
        (("started: 2016-11-21", LAST), "work anniversary", "10 years in the job · today", "ptcrm log ada card '10 years in the job'"),
        (("tier: A", "met: 2026-11-19", "met_at: the fair"), "newcomer", "new, met Thu 19 Nov: the fair", "ptcrm log ada coffee"),
        (("in_person: 1m", "- 2026-09-01 lunch", LAST), "in person", "not seen in person since Tue 1 Sep (every month)", "ptcrm log ada coffee"),
        (("tier: A", "- 2026-09-01 video"), "due", "quiet for 2 months · every month · A", "ptcrm log ada video"),
        (("- 2026-11-10 lunch: Soup.",), "last", "last time, lunch: Soup.", "ptcrm log ada lunch"),
        (tuple(f"- 2026-0{month}-01 call" for month in (5, 6, 7, 8)), "drift", "it used to be every 4 weeks, and has been quiet for 3 months", "ptcrm log ada call"),
    ],
)  # fmt: skip
def test_each_reason_has_its_words_and_the_command_that_records_it(lines: tuple[str, ...], code: str, words: str, command: str) -> None:
    assert Idea(code, words, command) in found(*lines)


def test_a_hobby_of_both_and_what_is_to_be_asked_are_reasons_too() -> None:
    given = Settings(me=Me(hobbies=("Sailing",)))
    told = ideas(subject(contact("hobbies: [sailing]", "family: [Tobi]", "birthday: 1980"), given=given))
    assert [(idea.code, idea.words, idea.command) for idea in told] == [
        ("hobby", "you both like sailing", "ptcrm log ada coffee"), ("ask", "to ask: what they look for", "ptcrm edit ada"),
    ]  # fmt: skip


def test_needs_and_offers_bring_two_together_both_ways() -> None:
    bob = contact("name: Bob", "offers: [a desk]", "needs: [numbers]", id="bob")
    told = found("needs: [a desk in Porto]", "offers: [numbers and more]", others=(bob, contact("name: Ada", "offers: [a desk]")))
    assert [(idea.words, idea.command) for idea in told] == [
        ("needs a desk in Porto: Bob offers a desk", "ptcrm log ada,bob introduced"),
        ("offers numbers and more: Bob needs numbers", "ptcrm log ada,bob introduced"),
    ]


def test_the_others_are_not_read_for_somebody_who_neither_needs_nor_offers() -> None:
    def others() -> object:
        raise AssertionError("read")
        yield

    assert found(LAST, others=others()) == []  # type: ignore[arg-type]


def test_what_is_owed_comes_first_and_nothing_is_told_twice() -> None:
    told = found(
        "tier: A", "birthday: 1980-11-21", "- 2026-09-01 call: Hello.", "  - [ ] Late [due:: 2026-10-01]", "  - [ ] Earlier [due:: 2026-09-15]",
        "  - [ ] Not yet [due:: 2027-01-01]",
    )  # fmt: skip
    assert [idea.code for idea in told] == ["promise", "promise", "birthday", "due", "last"]
    assert [idea.command for idea in told][:2] == ["ptcrm done ada 1", "ptcrm done ada 2"]
    assert len({idea.words for idea in told}) == len(told)


@pytest.mark.parametrize("gone", ["status: archived", "status: deceased", "do_not_contact: true", "died: 2025-03"])
def test_for_those_who_are_gone_there_is_no_idea(gone: str) -> None:
    assert ideas(subject(contact(gone, "birthday: 1980-11-21", "tier: A", "- 2026-01-01 call: Hello."))) == ()


# --- the letter ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "phrase"),
    [
        (("birthday: 1980-11-21",), "birthday"), (("birthday: 1980-11-19",), "birthday"), (("birthday: 1980-11-24",), "hello"),
        (("- 2026-11-10 referral-in: X",), "thanks"), (("started: 2016-11-21",), "hello"), ((), "hello"),
        (("- 2026-11-01 call", "  - [ ] X [due:: 2026-11-10]", "birthday: 1980-11-21"), "birthday"),
    ],
)  # fmt: skip
def test_the_phrase_is_that_of_the_first_reason_that_has_one_else_hello(lines: tuple[str, ...], phrase: str) -> None:
    told = ideas(subject(contact(*lines)))
    assert phrase_for(told, ["thanks", "Hello", "birthday"]) == phrase.replace("hello", "Hello")
    assert phrase_for(told, []) is None


def test_a_phrase_is_filled_from_the_file() -> None:
    lines = (
        "name: Ada Maria King", "company: Babbage Mutual", "role: Actuary", "location: Lisbon", "birthday: 1980-11-21", "met: 2016-11-01",
        "met_at: through [[bob-lee]]", "hobbies: [weaving, chess]", "- 2026-11-10 call",
    )  # fmt: skip
    who = subject(contact(*lines), given=Settings(me=Me(name="Marta")))
    text = "{given_name}|{ name }|{family_name}|{company}|{role}|{location}|{age}|{met}|{met_at}|{known_for}|{last}|{hobbies}|{my_name}|{{x}}|{"
    assert fill(text, "p", who).text.split("|") == [
        "Ada", "Ada Maria King", "King", "Babbage Mutual", "Actuary", "Lisbon", "46", "1 Nov 2016", "through Bob Lee", "10 years",
        "Tue 10 Nov", "weaving, chess", "Marta", "{x}", "{",
    ]  # fmt: skip


def test_the_age_is_the_one_a_birthday_of_these_days_brings() -> None:
    for birthday, age in (("1980-11-24", "46"), ("1980-11-20", "46"), ("1980-12-24", "45"), ("1980-06-01", "46")):
        assert fill("{age}", "p", subject(contact(f"birthday: {birthday}"))).text == age


def test_a_first_line_with_one_mark_is_the_subject() -> None:
    who = subject(contact("name: Ada King"))
    assert fill("\n# Many happy returns, {given_name}\n\nDear Ada,  \n\n## Kept\n\n", "p", who) == Letter(
        "Many happy returns, Ada", "Dear Ada,\n\n## Kept"
    )
    assert fill("Dear Ada,\n# not one", "p", who).subject == ""
    assert fill("", "p", who) == Letter("", "")


def test_an_unknown_placeholder_is_told_with_its_line_and_the_known_ones() -> None:
    with pytest.raises(Usage) as error:
        fill("Dear {given_name},\n\nyour {favourite_lemon}", "phrases/hello.md", subject(contact("name: Ada")))
    assert str(error.value).startswith("phrases/hello.md:3: {favourite_lemon} is no placeholder: write one of {name}, {given_name}, ")
    assert "{known_for}" in str(error.value)


def test_what_the_file_does_not_say_is_told_and_never_made_up() -> None:
    for word, said in (
        ("company", "contacts/ada.md does not say it"),
        ("my_name", "ptcrm.toml has no name under [me]"),
        ("age", "contacts/ada.md does not"),
    ):
        with pytest.raises(Usage, match=r"^phrases/hello\.md:1: ") as error:
            fill(f"{{{word}}}", "phrases/hello.md", subject(contact("name: Ada", "birthday: --05-12")))
        assert said in str(error.value)


@pytest.mark.parametrize(
    ("lines", "given_", "family"),
    [
        (("name: Ada King",), "Ada", "King"), (("name: Ada",), "Ada", ""), (("name: Chidi and Grace Okafor",), "Chidi and Grace", "Okafor"),
        (("name: Sir Barnaby Crisp, Bt.", "given_name: Barnaby", "family_name: Crisp"), "Barnaby", "Crisp"),
        (("name: Dr. Ada King PhD", "name_prefix: Dr.", "name_suffix: PhD"), "Ada", "King"), (("name: 山田 太郎",), "山田", "太郎"),
    ],
)  # fmt: skip
def test_a_name_has_a_given_and_a_family_part(lines: tuple[str, ...], given_: str, family: str) -> None:
    assert (given_name(contact(*lines)), family_name(contact(*lines))) == (given_, family)


# --- addresses -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "to"),
    [  # of RFC 6068, section 6
        ("chris@example.com", "chris@example.com"), ("gorby%kremvax@example.com", "gorby%25kremvax@example.com"),
        ("unlikely?address@example.com", "unlikely%3Faddress@example.com"), ("Mike&family@example.org", "Mike%26family@example.org"),
        ('"not@me"@example.org', "%22not%40me%22@example.org"), ('"oh\\\\no"@example.org', "%22oh%5C%5Cno%22@example.org"),
        ("user@natto.納豆.example", "user@natto.%E7%B4%8D%E8%B1%86.example"), ("a+b,c@x.example", "a+b%2Cc@x.example"),
        ("ada@x.example?bcc=eve@evil.example", "ada%40x.example%3Fbcc%3Deve@evil.example"),
    ],
)  # fmt: skip
def test_a_mail_address_is_encoded_as_the_standard_has_it(address: str, to: str) -> None:
    assert mailto(address, Letter("", "")) == f"mailto:{to}"


def test_lines_of_a_mail_end_with_cr_lf_and_nothing_in_a_text_can_be_a_field() -> None:
    letter = Letter("café & co", "send current-issue\nsend index?&bcc=eve#+ ü")
    assert mailto("a@b.example", letter) == (
        "mailto:a@b.example?subject=caf%C3%A9%20%26%20co&body=send%20current-issue%0D%0Asend%20index%3F%26bcc%3Deve%23%2B%20%C3%BC"
    )


@given(
    st.text(st.characters(exclude_categories=("Cs",)), max_size=60),
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r"), max_size=60),
)
def test_whatever_is_written_comes_out_of_the_address_again(title: str, text: str) -> None:
    address = mailto("a@b.example", Letter(title, text))
    assert address.isascii()
    assert address.isprintable()
    assert " " not in address
    query = urlsplit(address).query
    fields = dict(pair.split("=", 1) for pair in query.split("&") if pair)
    assert unquote(fields.get("subject", "")) == title
    assert unquote(fields.get("body", "")) == text.replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("number", "address"),
    [
        ("+351 555 010-101", "sms:+351555010101?body=Hi"),
        ("(01) 23.45", "sms:012345?body=Hi"),
        ("ask Bob", ""),
        ("12", ""),
        ("1234;ext=5", ""),
    ],
)
def test_a_number_is_texted_where_it_is_one(number: str, address: str) -> None:
    assert sms(number, Letter("ignored", "Hi")) == address


# --- the commands --------------------------------------------------------------------------------------------------

ADA = "---\nname: Ada King\nemail: ada@x.example\nbirthday: 1980-11-21\n---\n# Ada\n\n## Interactions\n\n- 2026-11-01 call: Hello.\n"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Ada, and three phrases."""
    folder = vault(tmp_path / "v", {"ada": ADA, "bob": "---\nname: Bob\nphone: '+351 555 01'\nprefers: text\nemail: b@x.example\n---\n"})
    (folder / "phrases").mkdir()
    (folder / "phrases" / "birthday.md").write_bytes(b"# Happy birthday\r\n\r\nDear {given_name},\r\n\r\n{age}!\r\n")
    (folder / "phrases" / "hello.md").write_text("Hello {given_name}\n", encoding="utf-8")
    (folder / "phrases" / "README.md").write_text("About phrases\n", encoding="utf-8")
    return folder


def ran(folder: Path, *words: str, code: int = 0, **more: str) -> Said:
    """What the command says."""
    said = inside(folder, *words, **more)
    assert said.code == code, said
    return said


def log_of(folder: Path, id: str = "ada") -> str:
    """The contact's file."""
    return (folder / "contacts" / f"{id}.md").read_text(encoding="utf-8")


def test_ideas_prints_every_format(small: Path) -> None:
    rows = json.loads(ran(small, "ideas", "ada", "--json").out)["rows"]
    assert [(row["id"], row["code"], row["command"]) for row in rows] == [
        ("ada", "birthday", "ptcrm log ada card birthday"), ("ada", "last", "ptcrm log ada call"), ("ada", "ask", "ptcrm edit ada"),
    ]  # fmt: skip
    assert ran(small, "ideas", "ada").out.splitlines()[0] == "ada\tbirthday\tturns 46 today\tptcrm log ada card birthday"
    assert len(list(csv.reader(io.StringIO(ran(small, "ideas", "ada", "--format", "csv").out)))) == 4
    assert len(ran(small, "ideas", "ada", "--format", "md").out.splitlines()) == 5
    assert ran(small, "ideas", "ada", "--format", "table").out == (
        "Ada King\n  turns 46 today\n    ptcrm log ada card birthday\n  last time, call: Hello.\n    ptcrm log ada call\n"
        "  to ask: family, hobbies, what they look for\n    ptcrm edit ada\n"
    )


def test_ideas_of_the_gone_of_nobody_and_of_two_say_so(small: Path) -> None:
    (small / "contacts" / "gone.md").write_text("---\nname: Gone\ndo_not_contact: true\n---\n")
    assert ran(small, "ideas", "gone", "--format", "table").out == "Gone\n  Nothing: do not contact.\n"
    assert "nobody is called" in ran(small, "ideas", "zoe", code=4).err


def test_every_command_of_every_idea_of_the_example_vault_can_be_run(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "v")
    ids = ran(tmp_path / "v", "list", "--format", "ids").out.split()
    commands = set()
    for id in ids:
        commands |= {row["command"] for row in json.loads(ran(tmp_path / "v", "ideas", id, "--json").out)["rows"] if row["code"] != "ask"}
    assert len(commands) > 25
    for command in sorted(commands):
        name, *words = shlex.split(command)
        assert name == "ptcrm"
        assert ran(tmp_path / "v", *words, "-n").out.startswith("---"), command


def test_a_thank_you_an_answer_and_a_kept_promise_are_no_reasons_any_more(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "v")
    for id, code in (("henrique-sal", "thanks"), ("jonas-feld", "answer"), ("gaspar-nunes", "promise")):
        idea = next(row for row in json.loads(ran(tmp_path / "v", "ideas", id, "--json").out)["rows"] if row["code"] == code)
        ran(tmp_path / "v", *shlex.split(idea["command"])[1:])
        assert code not in [row["code"] for row in json.loads(ran(tmp_path / "v", "ideas", id, "--json").out)["rows"]]


def test_the_brief_has_the_ideas_that_nothing_else_in_it_tells(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "v")
    brief = ran(tmp_path / "v", "show", "yuki").out
    assert "Ideas\n  needs a desk in Porto: Bob Lee offers a desk in Porto\n    ptcrm log yuki-aalto,bob-lee introduced\n" in brief
    sofia = ran(tmp_path / "v", "show", "sofia").out
    assert "\n  turns 50 today\n    ptcrm log sofia-lindqvist card birthday\n" in sofia
    assert "Ideas\n  you both like sailing\n    ptcrm log sofia-lindqvist event\n\n" in sofia
    assert not [word for word in ("Ideas", "ptcrm log") if word in ran(tmp_path / "v", "show", "barnaby").out]
    found = json.loads(ran(tmp_path / "v", "show", "yuki", "--json").out)["rows"][0]["ideas"]
    assert [idea["code"] for idea in found] == ["last", "need"]
    assert set(found[0]) == {"code", "reason", "command"}


def test_write_prints_the_address_and_the_text_and_says_what_to_log(small: Path) -> None:
    said = ran(small, "write", "ada")
    address, _, title, _, *text = said.out.splitlines()
    assert urlsplit(address).path == "ada@x.example"
    assert parse_qs(urlsplit(address).query) == {"subject": ["Happy birthday"], "body": ["Dear Ada,\r\n\r\n46!"]}
    assert "%0D%0A" in address
    assert title == "Happy birthday"
    assert text == ["Dear Ada,", "", "46!"]
    assert said.err == "to log it: ptcrm log ada email birthday --out\n"
    assert log_of(small) == ADA


def test_the_line_that_write_prints_writes_what_yes_writes(small: Path) -> None:
    line = ran(small, "write", "ada").err.removeprefix("to log it: ").strip()
    said = ran(small, "write", "ada", "-y")
    assert said.out.splitlines()[-1] == "logged: email to Ada King, 2026-11-21 · ptcrm undo"
    by_yes = log_of(small)
    assert by_yes == ADA + "- 2026-11-21 email: birthday [dir:: out]\n"
    ran(small, "undo")
    ran(small, *shlex.split(line)[1:])
    assert log_of(small) == by_yes


def test_a_phrase_may_be_named_in_any_case_and_with_its_ending(small: Path) -> None:
    for name in ("hello", "Hello", "hello.md"):
        assert ran(small, "write", "ada", name).out.endswith("\n\nHello Ada\n")


def test_dash_n_opens_asks_and_writes_nothing_even_with_yes(small: Path) -> None:
    ran(small, "write", "ada", "-n", "-y")
    assert log_of(small) == ADA


def test_who_prefers_a_text_gets_one(small: Path) -> None:
    said = ran(small, "write", "bob")
    assert said.out.splitlines()[0] == "sms:+35155501?body=Hello%20Bob"
    assert said.err == "to log it: ptcrm log bob text hello --out\n"


def test_without_an_address_the_text_is_printed_and_it_says_so(small: Path) -> None:
    (small / "contacts" / "cleo.md").write_text("---\nname: Cleo\nemail: nowhere\n---\n")
    said = ran(small, "write", "cleo")
    assert said.out == "Hello Cleo\n"
    assert "contacts/cleo.md: neither a mail address nor a phone number to open" in said.err
    assert "ptcrm log cleo letter hello --out" in said.err


def test_without_phrases_the_address_is_printed_with_nothing_made_up(tmp_path: Path) -> None:
    folder = vault(tmp_path / "v", {"ada": ADA})
    said = ran(folder, "write", "ada")
    assert said.out == "mailto:ada@x.example\n"
    assert "write one to phrases/hello.md" in said.err
    assert "ptcrm log ada email --out" in said.err
    assert 'no phrase is called "x": write phrases/hello.md' in ran(folder, "write", "ada", "x", code=2).err


@pytest.mark.parametrize("name", ["../ptcrm", "../../v/phrases/hello", "README", "", ".hidden", "hello/", "nope"])
def test_only_a_phrase_of_the_folder_is_one(small: Path, name: str) -> None:
    (small / "phrases" / ".hidden.md").write_text("x")
    if name:
        assert "there are birthday, hello" in ran(small, "write", "ada", name, code=2).err
    else:
        assert ran(small, "write", "ada", name).code == 0


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_phrase_or_a_folder_of_phrases_that_leads_out_of_the_vault_is_not_read(small: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "hello.md").write_text("secret")
    (small / "phrases" / "link.md").symlink_to(tmp_path / "secret" / "hello.md")
    said = ran(small, "write", "ada", "link", code=5)
    assert "phrases/link.md: leads out of the vault" in said.err
    shutil.rmtree(small / "phrases")
    (small / "phrases").symlink_to(tmp_path / "secret")
    assert "secret" not in ran(small, "write", "ada").out


def test_a_mistake_in_a_phrase_is_one_line_with_its_place(small: Path) -> None:
    (small / "phrases" / "hello.md").write_text("Hello\n\n{givenname}\n")
    assert ran(small, "write", "ada", "hello", code=2).err.startswith(
        "phrases/hello.md:3: {givenname} is no placeholder: write one of {name}"
    )
    (small / "phrases" / "hello.md").write_text("{company}\n")
    assert "phrases/hello.md:1: {company}: contacts/ada.md does not say it" in ran(small, "write", "ada", "hello", code=2).err
    (small / "phrases" / "bytes.md").write_bytes(b"caf\xe9 {name}\n")
    assert "café Ada King" in ran(small, "write", "ada", "bytes").out
    (small / "phrases" / "folder.md").mkdir()
    assert "phrases/folder.md" in ran(small, "write", "ada", "folder", code=5).err


@pytest.mark.parametrize(
    ("line", "said"),
    [("do_not_contact: true", "asked not to be contacted"), ("status: deceased", "is deceased"), ("died: 2025", "is deceased"),
     ("status: archived\ndo_not_contact: true", "asked not to be contacted"), ("status: archived\ndied: 2025", "is deceased")],
)  # fmt: skip
def test_nobody_is_written_to_who_asked_for_peace_or_is_dead(small: Path, line: str, said: str) -> None:
    (small / "contacts" / "eve.md").write_text(f"---\nname: Eve\nemail: e@x.example\n{line}\n---\n")
    refused = ran(small, "write", "eve", "hello", "-y", code=5)
    assert said in refused.err
    assert refused.out == ""


def test_somebody_archived_may_still_be_written_to(small: Path) -> None:
    (small / "contacts" / "eve.md").write_text("---\nname: Eve\nemail: e@x.example\nstatus: archived\n---\n")
    assert ran(small, "write", "eve").out.endswith("Hello Eve\n")


def test_hostile_text_never_steers_the_terminal_nor_the_address(small: Path) -> None:
    (small / "contacts" / "eve.md").write_text(
        '---\nname: "E\\e[31mve\\u202e\\u0007"\nemail: ["e\\r\\nBcc: x@y.example", "e v@e.example"]\n---\n## Interactions\n- 2026-11-01 call: \x1b[2J\u202e\n'
    )
    for words in (
        ("ideas", "eve", "--format", "table"),
        ("ideas", "eve"),
        ("ideas", "eve", "--json"),
        ("write", "eve", "hello"),
        ("show", "eve"),
    ):
        said = ran(small, *words)
        assert not any(char in said.out + said.err for char in "\x1b\x07\u202e\r"), words
    assert ran(small, "write", "eve", "hello").out.splitlines()[0].startswith("mailto:e%20v@e.example?body=Hello%20E")


def test_the_real_process_prints_the_same(small: Path) -> None:
    said = ptcrm(small, "write", "ada", "birthday")
    assert (said.code, said.out) == (0, ran(small, "write", "ada", "birthday").out)
    assert ptcrm(small, "ideas", "ada").out == ran(small, "ideas", "ada").out


# --- on a terminal -------------------------------------------------------------------------------------------------


@pytest.fixture
def opener(tmp_path: Path) -> Path:
    """A program that keeps the address it is to open."""
    program = tmp_path / "opener"
    program.write_text(f"#!{sys.executable}\nimport sys\nopen({str(tmp_path / 'opened')!r}, 'w').write(sys.argv[1])\n")
    program.chmod(0o755)
    return program


@terminal_only
@pytest.mark.parametrize(("typed", "is_logged"), [(b"y\n", True), (b"n\n", False), (b"\n", False)])
def test_on_a_terminal_it_opens_the_address_and_asks_whether_to_log(
    small: Path, opener: Path, tmp_path: Path, typed: bytes, is_logged: bool
) -> None:
    shown, code = Place(small, tmp_path / "home").on_terminal("write", "ada", typed=typed, BROWSER=str(opener))
    assert code == 0, shown
    assert (tmp_path / "opened").read_text().startswith("mailto:ada@x.example?subject=Happy%20birthday&body=Dear%20Ada%2C%0D%0A")
    assert "Sent? Then log it: ptcrm log ada email birthday --out" in shown
    assert ("email: birthday [dir:: out]" in log_of(small)) is is_logged
    assert ("not logged" in shown) is not is_logged


@terminal_only
def test_a_dry_run_on_a_terminal_opens_nothing(small: Path, opener: Path, tmp_path: Path) -> None:
    shown, code = Place(small, tmp_path / "home").on_terminal("write", "ada", "-n", BROWSER=str(opener))
    assert (code, (tmp_path / "opened").exists()) == (0, False)
    assert "mailto:ada@x.example" in shown
