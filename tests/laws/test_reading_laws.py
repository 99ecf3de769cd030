"""Laws of reading: whatever stands in a file, it is read without raising, and the quick ways read what the slow ways read."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from plaintextcrm.core import contact, frontmatter, stored, yamltext
from plaintextcrm.core.body import Body, _Scanner, mask, scan
from plaintextcrm.core.dates import day_or_none, parse_cadence, parse_partial
from plaintextcrm.core.edit import scalar
from plaintextcrm.core.entries import LIST_ITEM, Style, entry_line, parse_entry, style_of
from plaintextcrm.core.kinds import STANDARD
from plaintextcrm.core.model import Contact
from plaintextcrm.core.outline import outline
from plaintextcrm.core.pages.digest import logged_lines
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import Rules, stand
from plaintextcrm.core.text import decode, encode, line_starts, readable, split_lines
from plaintextcrm.edge import filling, index
from plaintextcrm.edge.parsing import Reader
from tests.make import TODAY, parsed, source

# The same examples each time; PTCRM_EXAMPLES=20000 looks further, at random.
MORE = int(os.environ.get("PTCRM_EXAMPLES", "0"))


def law(examples: int) -> Callable[..., Callable[..., None]]:
    """A law that is tried on that many examples."""
    return settings(
        max_examples=MORE or examples, deadline=None, database=None, derandomize=not MORE,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )  # fmt: skip


def one_of(*texts: str) -> st.SearchStrategy[str]:
    """One of the texts, which stand between middle dots."""
    return st.sampled_from([word for text in texts for word in text.split(" · ")])


# --- what people and programs write into such files ----------------------------------------------------------------

# Blanks that are none for YAML, digits that are none for int(), marks that steer a terminal, and lone bytes (as surrogates).
ODD = "\t\x00\x07\x0b\x0c\x1b\x1c\x7f\x85\xa0\xad\u0301\u200b\u2028\u2029\u202e\u2066\u3000\ufeff\ufffd\uffff²½٣２①é日😀\udce9\udc80"
SPECIALS = "-:#[]{}&*!|>%@`'\"\\?,=~<^()+./_ 0123456789aNonul"
pieces = st.one_of(
    one_of("Ada · king · null · ~ · yes · [[x]] · [[x|y]] · [a, b] · {a: b} · 'a' · ' · \" · '' · >- · &a · *a · << · !!str · --- · ..."),
    one_of("2026-11-20 · 2026-02-30 · 20/11/2026 · 12:30 · T14:30 · 0123 · ² · 1e3 · 2026-11 · due: 2026-12-01 · (due 2026-12-01)"),
    one_of("call · note · :: · [due:: 2026-12-01] · [due:: x] · (a:: b) · [a:: [[b]] c] · ^abc123 · <!-- · --> · %% · ``` · ~~~ · == · **"),
    one_of(
        "[ ]  · [x]  · __ · | · 📅 · 📅 2026-12-01 · # ·    ·  14:30 · — · – · … · <<<<<<< x · ======= · >>>>>>> y · - · :  ·  # · <% x %>"
    ),
    st.text(st.sampled_from(SPECIALS + ODD), max_size=6),
    st.text(max_size=4),
)
phrases = st.lists(pieces, max_size=6).map("".join) | st.lists(pieces, max_size=4).map(" ".join)
keys = phrases | one_of(
    "name · Name · tier · cadence · birthday · aliases · tags · email · phone · dates · paused · coi · five · private · last_contact",
    "next contact · lastContacted · died · knows · company · title · role · status · brithday · foo · given-name · family_name · location",
    "anniversary · met · created · in_person · every · snooze · feeds · x y · yes · null · address · needs · referred_by · do_not_contact",
)
values = st.one_of(
    phrases,
    phrases.map('"{}"'.format),
    phrases.map("'{}'".format),
    st.lists(phrases, max_size=4).map(lambda parts: f"[{', '.join(parts)}]"),
    st.dates().map(str),
    st.from_regex(r"[~-]{0,2}\d{1,4}[-/.]?\d{0,2}[-/.]?\d{0,2}", fullmatch=True),
    st.from_regex(r"(every )?\d{0,3} ?(d|days|w|weeks?|months?|y|times a year|x/year)?", fullmatch=True),
)
front_lines = st.one_of(
    st.builds("{}: {}".format, keys, values),
    st.builds("{}:".format, keys),
    st.builds("{}- {}".format, one_of(" ·   ·     · \t").map(str), values),
    st.builds("{}{}: {}".format, one_of("  ·    · - "), keys, values),
    phrases,
    one_of(" ·   · # a comment ·   # a comment · --- · ... · ? a · : b · <<: *a · - - - - a · \ufeff · %YAML 1.1 · <<<<<<< HEAD"),
)
entry_days = st.dates().map(str) | one_of(
    "2026-11-20 · 2026.1.2 · 2026/01/02 · 2026-1/2 · **2026-11-20** · **2026-11-20:** · __2026-11-20__ · [[2026-11-20]] · 2026-11-20x",
    "[[daily/2026-11-20|Fri]] · 2026-02-30 · 20/11/2026 · 2026-11 · ２０２６-11-20 · 2026-11-20T14:30Z · **2026-11-20 · 2026-11-20**x",
    "[[2026-11-20] · 0001-01-01 · 9999-12-31 · 0000-01-01 · 2026-11-²",
)
entry_lines = st.builds(
    "{}{}{}{}{}{}".format,
    one_of("-  · -  · -  · *  · +  · -   · -\t ·   -  ·     -  · \t-  ·  -  · 1.  ·  · ###  · |  · > - "),
    one_of(" ·  ·  · [ ]  · [x]  · [/]  · [-]  · [é] "),
    entry_days,
    one_of("  ·   · :  · ,  ·  -  ·  —  ·  |  · | · = · T14:30  ·  14:30  ·  9:05  ·  14:30-15:30:  ·  23:59:59.5Z  · "),
    one_of("call:  · Call:  · e-mail:  · zoom —  · event |  · note:  · call · note  · note to self:  ·  · referral-in:  · call : "),
    phrases,
)
body_lines = st.one_of(
    entry_lines,
    entry_lines,
    phrases,
    st.builds("{}{}".format, one_of("   ·     ·      · \t ·   -  ·   - [ ]  · - [ ]  · >  · |  · * [x] "), phrases),
    one_of(" ·  · # Ada · ## Interactions · ## Interactions · # Log · ### 2026-11-20 | coffee · #### x · Interactions · ## Log ## · \x0c"),
    one_of(
        "``` · ```python · ~~~~ · ```` ·   ``` · <!-- · <!-- x --> · --> · %% · %% x %% · <<<<<<< HEAD · ======= · >>>>>>> x · ||||||| x"
    ),
    one_of("| 2026-11-20 | call | x | · |---|---| · **2026-11-20** walked · > - 2026-11-20 call · --- · ***"),
)
ends = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r", "\n\n", "\r\r\n", "", "\x85", "\u2028"])


def whole_lines(lines: st.SearchStrategy[str], most: int) -> st.SearchStrategy[str]:
    """Lines with ends of every kind, or all with one."""
    mixed = st.lists(st.tuples(lines, ends), max_size=most).map(lambda found: "".join(line + end for line, end in found))
    even = st.tuples(st.lists(lines, max_size=most), st.sampled_from(["\n", "\r\n", "\r"]))
    return even.map(lambda found: "".join(line + found[1] for line in found[0])) | mixed


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """The bytes of a file that is nearly a contact."""
    opening = draw(st.sampled_from(["---\n", "---\n", "---\r\n", "---\r", "--- \n", "", "\n---\n", "----\n"]))
    closing = draw(st.sampled_from(["---\n", "---\n", "---\r\n", "---\r", "---", "...\n", "", "---\t\n", "--- x\n"]))
    front = draw(whole_lines(front_lines, 6))
    section = draw(st.sampled_from(["## Interactions\n\n", "## Interactions\n\n", "# Log\r\n", "", "\n"]))
    data = (opening + front + closing + section + draw(whole_lines(body_lines, 12))).encode("utf-8", "surrogateescape")
    form = draw(st.sampled_from(["utf-8", "utf-8", "utf-8", "bom", "utf-16", "bytes"]))
    if form == "bom":
        return b"\xef\xbb\xbf" + data
    if form == "utf-16":
        return data.decode("utf-8", "replace").encode("utf-16")[: draw(st.sampled_from([None, -1]))]
    if form == "bytes":
        place = draw(st.integers(0, len(data)))
        return data[:place] + draw(st.binary(max_size=12)) + data[place:]
    return data


def encoded(text: str) -> bytes:
    """A generated text as bytes, its lone surrogates as the bytes they stand for."""
    return text.encode("utf-8", "surrogateescape")


# --- nothing raises ------------------------------------------------------------------------------------------------


def whole(one: Contact) -> Contact:
    """A contact with its log as a tuple, to be compared."""
    return one._replace(interactions=tuple(one.interactions))


def read_wholly(data: bytes) -> None:
    """Everything that a reading command does with one file; what the index keeps of it is what was read."""
    one = source(data)
    found = contact.parse(one)
    row = dict(zip(filling.COLUMNS.split(", "), Reader(Path(), Settings()).rows_of([one])[0][0], strict=True))
    again = index.Index(None, index.Whose(Path(), Settings()), None)._whole(row["head"], row["tasks"], row["log"], row["body"])
    assert whole(again) == whole(found.contact)
    if found.is_person:
        assert stored.to_problems(row["problems"]) == found.problems
    "".join(part for part in row.values() if isinstance(part, str)).encode("utf-8")  # as SQLite takes it
    for today in (TODAY, date.min, date.max):
        stand(stored.to_facts(row["facts"]), Rules(Settings()), today)
    last = len(line_starts(one.text)) - 1
    assert all(1 <= problem.where.line <= last for problem in found.problems)
    assert all(1 <= entry.where <= last for entry in found.contact.interactions)


@law(225)
@given(files())
def test_any_file_is_read_without_raising(data: bytes) -> None:
    read_wholly(data)


@law(67)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_raising(data: bytes) -> None:
    read_wholly(data)


@law(112)
@example("cadence", "²")
@example("\u2028\u2028\u2028", "")  # YAML ends lines there; the file does not
@example("birthday", "²")
@example("in_person", "② weeks")
@given(keys, values)
def test_any_value_of_any_key_is_read_without_raising(key: str, value: str) -> None:
    read_wholly(encoded(f"---\n{key}: {value}\n---\n"))


@law(112)
@example("²")
@example("² weeks")
@example("²x/year")
@given(phrases | values)
def test_any_text_is_a_cadence_or_a_partial_date_or_neither(text: str) -> None:
    cadence, partial = parse_cadence(text), parse_partial(text)
    assert cadence is None or cadence.unit == "never" or 1 <= cadence.count <= 36525
    assert partial is None or partial.year is None or 1 <= partial.year <= 9999


# --- bytes and lines -----------------------------------------------------------------------------------------------


@law(67)
@given(st.binary(max_size=60) | files())
def test_decoding_and_encoding_gives_the_bytes_back(data: bytes) -> None:
    text, encoding = decode(data)
    assume(encoding != "utf-16")
    assert encode(text, encoding) == data
    by_letter = [bytes([ord(one) - 0xDC00]).decode("cp1252", "replace") if "\udc80" <= one <= "\udcff" else one for one in text]
    assert readable(text) == "".join(by_letter)


@law(67)
@given(whole_lines(body_lines, 6))
def test_lines_and_their_offsets_agree(text: str) -> None:
    starts = line_starts(text)
    cut = [text[start:end] for start, end in zip(starts, starts[1:], strict=False)]
    assert "".join(cut) == text
    assert [line.removesuffix("\n").removesuffix("\r") if line.endswith(("\n", "\r")) else line for line in cut] == split_lines(text)
    assert len(readable(text)) == len(text)
    masked = mask(text)[0]
    assert len(masked) == len(text)
    assert line_starts(masked) == starts


@st.composite
def plain_files(draw: st.DrawFn) -> str:
    """The text of a contact with line feeds only."""
    lines = ["---", *draw(st.lists(front_lines, max_size=4)), "---", *draw(st.lists(body_lines, max_size=8)), "## Log"]
    return "\n".join([*lines, *draw(st.lists(body_lines, max_size=8)), ""])


@law(56)
@example("---\nname: Ada\n---\n```\n# No\n```\n## Log\n\n- 2026-11-20 call: x\n")
@example("---\nname: Ada\n---\n## Log\n\n- 2026-11-20 call: x\n```\n- 2026-11-21 call: in code\n```\n")
@example("---\nname: Ada\n---\n\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> b\n")
@given(plain_files())
def test_line_ends_change_nothing_of_what_is_read(text: str) -> None:
    assume(not set(text) & set("\r\x85\u2028\u2029"))
    one, *others = (parsed(encoded(text.replace("\n", end))) for end in ("\n", "\r\n", "\r"))
    for other in others:
        assert whole(other.contact) == whole(one.contact)
        assert [(found.where, found.code) for found in other.problems] == [(found.where, found.code) for found in one.problems]


# --- the quick reader of front matter ------------------------------------------------------------------------------

letters = st.characters(categories=["L", "N", "P", "S", "Zs"], include_characters="\u0301\u200b\xad\ufffd")
words = st.text(letters, max_size=8) | one_of(
    "Ada · Ada King · ~ · null · Null · NULL · nULL · yes · 2026-11-20 · 1980-02-30 · 0123456 · 12:30 · -x · - x · --05-12 · --- · ...",
    "a#b · a #b · #b · a: b · a:b · a: · :a · ? · ? a · [[x]] · [[x|y]] · [[x#y]] · [[a]] [[b]] · [[x]] y · [x] · [] · [ ] · [,] · [a,]",
    "[a,,b] · [a, b] · [a b, c] · [~, a] · [-a] · [- a] · [a #b] · [a, [[b]]] · [a] b · [[a], b] · {} · {a: b} · 'a' · \"a\" · 'a''b'",
    '"a\\"b" · \'a\' b · "a" # b · \' · " · \'\' · "" · \'~\' · a\'b · a"b · a\\b · "a\\nb" · %a · @a · `a` · !a · !!str a · &a b · *a',
    "| · > · |- · >a · << · = · ,a · a,b · }a · ]a · a] · a} · a b   · a \xa0 · \xa0a · \xa0 · \u3000 · [a,\xa0b] · [\xa0] · é",
    "日本 · 😀 · ² · mailto:a@b.c · http://a.b/c#d · <a@b.c> · +351 21 000 · (x) y · /a · .5 · -1 · - · -- · a - b · a # · a  # b",
    "a\xa0#b · a:\xa0b · a\xa0",
)
plain_keys = st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=6) | one_of(
    "name · name  · first name · last-name · a_b · A1 · 1a · yes · null · é · 日 · x.y · a  b · -a · _a · a- · a_  · x\xa0 · y\xa0z"
)
plain_lines = st.one_of(
    st.builds("{}:{}{}".format, plain_keys, st.sampled_from([" ", " ", " ", "  ", ""]), words),
    st.builds("{}: {}".format, plain_keys, words.map('"{}"'.format) | words.map("'{}'".format)),
    st.builds("{}:{}".format, plain_keys, st.sampled_from(["", " ", "   "])),
    st.builds("{}-{}{}".format, st.sampled_from(["", "  ", "  ", "    "]), st.sampled_from([" ", " ", "  ", ""]), words),
    one_of(" ·    · \xa0 · \u3000 · # a comment ·   # a comment · # · --- · ..."),
)
plain_fronts = st.tuples(
    one_of(" · name: Ada King\n · tags:\n  - a\n · tags:\n- a\n · company: [[acme]]\n · # a comment\n · why:\n"),
    plain_lines,
    one_of(" · tier: A\n · - b\n ·   - b\n · tags: [a, b]\n · \n · phone: '1'\n"),
    st.sampled_from(["\n", "\n", "\n", "\r\n", "\r"]),
).map(lambda found: f"{found[0]}{found[1]}\n{found[2]}".replace("\n", found[3]))


@law(200)
@given(plain_fronts | plain_fronts | plain_fronts | whole_lines(plain_lines, 3))
def test_where_the_quick_reader_answers_it_says_what_yaml_says(text: str) -> None:
    quick = frontmatter._quick(text)
    if quick is not None:
        assert (quick, None) == yamltext.load(text, "ada.md")


@pytest.mark.parametrize("text", ["name : Ada", "name: Ada\n\xa0\ntier: A", "name:  \u3000", "tags: [a,\xa0b]", "a:\r\r\nb: c"])
def test_blanks_and_line_ends_are_for_the_quick_reader_what_they_are_for_yaml(text: str) -> None:
    quick = frontmatter._quick(text)
    assert quick is None or (quick, None) == yamltext.load(text, "ada.md")


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x85"])
def test_what_only_yaml_takes_for_a_line_end_does_not_move_the_lines_below(mark: str) -> None:
    found = parsed(f'---\nwhy: "one{mark}two"\ncadence: soon\n---\n')
    assert [(one.code, one.where.line) for one in found.problems if one.code == "bad-cadence"] == [("bad-cadence", 3)]


def test_a_doubled_carriage_return_does_not_move_the_lines_below() -> None:
    found = parsed(b"---\r\nwhy: 'it''s'\r\r\ncadence: soon\r\n---\r\n")
    assert [(one.code, one.where.line) for one in found.problems] == [("bad-cadence", 4)]


def test_the_quick_reader_answers_for_what_nearly_all_files_have() -> None:
    lines = [
        "name: Ada King",
        "aliases:",
        "  - Countess",
        "email: ada@example.com",
        "tags: [a, b]",
        "company: [[acme]]",
        "birthday: 1815-12-10",
    ]
    for end in ("\n", "\r\n", "\r"):
        assert frontmatter._quick(end.join([*lines, 'phone: "+44 20"', "tier:", ""])) is not None


# --- the short way to a log ----------------------------------------------------------------------------------------

common_lines = st.builds(
    "{} {} {}: {}".format,
    st.sampled_from("--*+"),
    st.dates().map(str) | one_of("２０２６-11-20 · 2026-02-30 · 0000-01-01 · 2026-11-2 · 2026-11-² · 2026-11-20 14:30 · 2026-11-20 24:00"),
    one_of("call · e-mail · zoom · note · referral-in · foo · Call · in-person · dm · coffee · coffee · lunch"),
    words
    | phrases
    | one_of(
        ": x · — x · call: y · [[2026-11-20]] · 14:30 x · x  · \x0cx · \x85x\x85 · x\u2028y · [ ] x · x ^abc123 · [a:: b] · x [a:: b]"
    ),
)
plain_entries = st.builds(
    "- {} {}: {}".format,
    st.dates().map(str) | st.builds("{} {:%H:%M}".format, st.dates(), st.times()),
    one_of("call · e-mail · coffee · note · referral-in · zoom · lunch"),
    one_of(
        "x · Met [[bob]]. · [minutes:: 90] · talk [minutes:: 90] · [dir:: up] x · (a:: b) · a :: b",
        "x ^abc123 · x^ · %% x · # x · :: · [x] y · x   ",
    ),
)
below = one_of(
    "   a ·   - b ·   - [ ] send it [due:: 2026-12-01] ·     deeper ·    ·   · ### x · # Y ·  one blank · \ttab ·   > q ·   # z",
    "  | 2026-11-20 | ·   - 2026-11-20 call: deeper ·      - [x] done",
)
plain_logs = st.tuples(
    one_of("# Ada · \n ·  · prose · # Log · - 2026-01-01 call: before"),
    st.lists(plain_entries | plain_entries | plain_entries | below | common_lines | st.sampled_from(["", "  ", "\n"]), max_size=8),
    one_of(
        " · \n## Notes\n\n- 2026-01-01 call: after · \n#x ·    # y · ## Interactions\n\n- 2026-03-03 call: again · ### 2026-11-20 call",
        "\n\n# End · ## Log\n- 2026-11-20 call",
    ),
    st.sampled_from(["\n", "\n", "\n", ""]),
).map(lambda found: f"{found[0]}\n## Interactions\n\n" + "\n".join([*found[1], found[2]]) + found[3])


def told(body: Body) -> tuple[object, ...]:
    """Everything that a body says, to be compared."""
    sections = [(one.title, one.line, one.end, tuple(one.entries), one.has_blocks) for one in body.sections]
    return tuple(body.interactions), body.follow_ups, body.links, sections, body.title, body.problems


def line_by_line(text: str) -> Body:
    """A body taken line by line."""
    masked, problems = mask(text, 1, "ada.md")
    scanner = _Scanner("ada.md", STANDARD, list(problems))
    for number, line in enumerate(split_lines(masked), 1):
        scanner.take(line, number)
    return scanner.body(masked)


@law(190)
@given(plain_logs | plain_logs | whole_lines(body_lines | common_lines, 10).map("## Interactions\n{}".format))
def test_a_body_is_read_as_it_is_read_line_by_line(text: str) -> None:
    assert told(scan(text, 1, "ada.md")) == told(line_by_line(text))


behind = st.lists(one_of("\n## Notes · \n## Interactions · # Log · ## 2026-11-20 | coffee · ### x · ## · #x") | body_lines, max_size=5).map(
    "\n".join
)


@law(150)
@example("\n## Interactions\n\n- 2026-01-01 call: a\n", "```\n## Notes\n```")
@example("\n## Interactions\n\n- 2026-01-01 call: a\n", "## 2026-13-20 | coffee\n\nprose\n")
@example("%%\n## Interactions\n\n- 2026-01-01 call: a %%\n", "## Notes\n%% x")
@given(plain_logs, behind)
def test_where_the_log_of_a_body_stands_is_the_same_if_the_log_is_known(log: str, below: str) -> None:
    text = (log + below).replace("\r", "")
    body = scan(text, 7, "")
    kept = stored.to_log(stored.log(Contact("ada", "ada.md", "Ada", {}, {}, body.interactions), text), text)
    sections, title = outline(text, 7, kept, STANDARD)
    for whole in (False, True):
        lines = [[*logged_lines(section, whole=whole)] for section in sections]
        assert (lines, title) == ([[*logged_lines(section, whole=whole)] for section in body.sections], body.title)


@law(135)
@given(common_lines | entry_lines | plain_entries)
def test_a_line_of_a_log_is_read_as_it_is_read_alone(line: str) -> None:
    line = line.rstrip()
    assume(len(split_lines(line)) == 1 and LIST_ITEM.match(line) and line[0] in "-*+" and mask(line)[0] == line)
    alone = parse_entry(line, 3)
    assert tuple(scan(f"\n## Interactions\n{line}\n", 1, "ada.md").interactions) == (() if alone is None else (alone,))


# --- writing an entry and reading it -------------------------------------------------------------------------------


def style(*parts: str) -> Style:
    """A style; what is not given is as usual (hypothesis would make that up)."""
    return Style(*parts)


styles = st.one_of(
    st.builds(
        style,
        one_of("-  · *  · +  ·   -  · -    · -\t"),
        st.just(""),
        st.just(""),
        one_of(" · : · , · | ·  | ·  — ·  – · = ·  - ·   :"),
        one_of(":  ·  —  ·  –  ·  -  ·  |  ·  =  ·   - "),
    ),
    st.builds(style, st.just("- "), st.just("**"), st.sampled_from(["**", ":**"])),
    st.builds(style, st.just("- "), st.just("__"), st.sampled_from(["__", ":__"])),
    st.builds(style, st.just("- "), st.just("[["), st.just("]]"), st.sampled_from(["", ":", " -"])),
    entry_lines.map(style_of),
)


@law(190)
@given(entry_lines | common_lines, styles)
def test_an_entry_that_is_written_is_read_back(line: str, style: Style) -> None:
    entry = parse_entry(line)
    assume(entry is not None and len(split_lines(line)) == 1)
    written = entry_line(entry, style)
    assert len(split_lines(written)) == 1
    assert parse_entry(written) == entry


@law(90)
@given(entry_lines)
def test_an_entry_is_written_back_in_its_own_style(line: str) -> None:
    entry = parse_entry(line)
    assume(entry is not None and len(split_lines(line)) == 1)
    style = style_of(line)
    written = entry_line(entry, style)
    assert parse_entry(written) == entry
    assert written.startswith(style.before)


# --- a text as a YAML scalar ---------------------------------------------------------------------------------------

scalars = st.one_of(
    st.text(max_size=12),
    phrases,
    words,
    one_of("2026-02-30 · 2026-13-01 · 0000-00-00 · 2026-11-20 · ２０２６-11-20 · on · Off · N · 1_000 · 0x1f · 1e3 · .inf · 12:30:45"),
    st.sampled_from(["a\nb", "a\r", " a", "a ", "a\ufffe", "\uffff", "Null", "ON", "=", "<<", "", " ", "a:", "a #b"]),
).filter(lambda text: not any("\ud800" <= char <= "\udfff" for char in text))  # lone surrogates are no text


@law(135)
@given(scalars)
def test_a_text_written_as_a_scalar_is_read_back(text: str) -> None:
    written = scalar(text)
    assert len(split_lines(written)) == 1
    front = f"key: {written}\nother: x\n"
    pairs, problem = yamltext.load(front, "ada.md")
    assert problem is None
    assert [pair.value for pair in pairs] == [text, "x"]
    assert frontmatter._quick(front) in (None, pairs)


@law(135)
@given(scalars)
def test_other_programs_read_a_scalar_as_text_or_as_a_day(text: str) -> None:
    got = yaml.safe_load(f"key: {scalar(text)}\n")["key"]
    parts = [int(part) for part in text.split("-") if part.isdecimal()] if text.isascii() and len(text) == 10 else []
    is_day = len(parts) == 3 and day_or_none(*parts) is not None
    assert got == (date.fromisoformat(text) if is_day else text)
