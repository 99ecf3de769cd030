"""`check --fix`: what is certain is mended, shown first, and can be taken back; everything else stays byte for byte."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from plaintextcrm.core.contact import parse
from plaintextcrm.core.errors import Refused
from plaintextcrm.core.mending import mend
from plaintextcrm.core.model import Source
from plaintextcrm.core.text import decode
from tests.inside import inside
from tests.make import vault

BROKEN = Path(__file__).parent / "vaults/broken/contacts"


def source(data: bytes) -> Source:
    text, encoding = decode(data)
    return Source("ada", "contacts/ada.md", data, text, encoding)


MENDED = {
    "a value with an @": (b"---\nname: Ada\ntwitter: @ada\n---\n", b'---\nname: Ada\ntwitter: "@ada"\n---\n'),
    "a day with full stops": (
        b"# Ada\r\n\r\n## Log\r\n\r\n- 20.11.2026 call: x\r\n",
        b"# Ada\r\n\r\n## Log\r\n\r\n- 2026-11-20 call: x\r\n",
    ),
    "a key twice, the same": (b"---\nname: Ada\ntier: A\nrole: x\ntier: A\n---\n", b"---\nname: Ada\ntier: A\nrole: x\n---\n"),
    "a list twice, the same": (b"---\ntags:\n- x\n  # why\n- y\ntags:\n- x\n  # why\n- y\n---\n", b"---\ntags:\n- x\n  # why\n- y\n---\n"),
    "an indented list twice, the last of all": (
        b"---\r\ntags:\r\n  - x\r\nname: A\r\ntags:\r\n  - x\r\n---\r\n",
        b"---\r\ntags:\r\n  - x\r\nname: A\r\n---\r\n",
    ),
    "an entry twice, with its details": (
        b"## Log\n\n- 2026-11-20 call: x ^abc123\n  - a\n\n- 2026-11-20 call: x ^abc123\n  - a\n- 2026-11-21 mail\n",
        b"## Log\n\n- 2026-11-20 call: x ^abc123\n  - a\n\n- 2026-11-21 mail\n",
    ),
    "an entry twice, with its block id": (
        b"# Ada\n\n## Interactions\n\n- 2026-11-20 call: x ^abc123\n- 2026-11-20 call: x ^abc123\n- 2026-11-21 mail\n",
        b"# Ada\n\n## Interactions\n\n- 2026-11-20 call: x ^abc123\n- 2026-11-21 mail\n",
    ),
}


@pytest.mark.parametrize("name", MENDED)
def test_what_is_certain_is_mended(name: str) -> None:
    before, after = MENDED[name]
    edit, problems = mend(source(before))
    assert edit.replaces == after
    assert len(problems) == 1
    assert mend(source(after))[1] == ()


@pytest.mark.parametrize(
    ("line", "mended"),
    [
        ("-2026-11-20 call: x", "- 2026-11-20 call: x"),
        ("• 2026-11-20 call: x", "- 2026-11-20 call: x"),
        ("– 2026-11-20 call: x", "- 2026-11-20 call: x"),
        ("-\u00a02026-11-20 call: x", "- 2026-11-20 call: x"),
        ("- 2026‑11‑20 call: x", "- 2026-11-20 call: x"),
        ("- \u200b2026-11-20 call: x", "- 2026-11-20 call: x"),
        ("- Fri 2026-11-20 call: x", "- 2026-11-20 call: x"),
        ("- Friday, 20 Nov 2026: call: x", "- 2026-11-20: call: x"),
        ("- Thu 2026-11-20 call: x", None),
    ],
)
def test_a_line_of_a_log_that_is_no_entry_though_it_begins_with_a_day_is_told(line: str, mended: str | None) -> None:
    log = "## Log\n\n- 2026-11-01 call: a\n{}\n- 2026-11-21 call: b\n"
    (problem,) = parse(source(log.format(line).encode())).problems
    assert (problem.code, problem.where.line, problem.severity, problem.fix) == ("odd-entry", 4, "error", mended)
    edit, _ = mend(source(log.format(line).encode()))
    assert edit.replaces == log.format(mended or line).encode()
    if mended:
        assert len(parse(source(edit.replaces)).contact.interactions) == 3


@pytest.mark.parametrize(
    "line", ["-5 degrees that day", "– and so on", "  2026-11-20 more of it", "2026-11-20 more of it", "-  - x", "- Sun 2 of it"]
)
def test_a_line_that_begins_otherwise_or_goes_on_is_no_mistake(line: str) -> None:
    assert parse(source(f"## Log\n\n- 2026-11-01 call: a\n{line}\n".encode())).problems == ()


@pytest.mark.parametrize(
    ("front", "mended"),
    [
        ("tags: #person\n", "tags: [person]\n"),
        ("tags: #person, #work/porto #x\n", "tags: [person, work/porto, x]\n"),
        ("tags:\n  - #person\n  - x\n", "tags:\n  - person\n  - x\n"),
        ("keywords:\n- x\n- #person\ntier: A\n", "keywords:\n- x\n- person\ntier: A\n"),
    ],
)
def test_a_tag_that_is_a_comment_to_yaml_is_told_and_mended(front: str, mended: str) -> None:
    before = source(f"---\nname: Ada\n{front}---\n".encode())
    (problem,) = parse(before).problems
    assert (problem.code, problem.severity) == ("hidden-tag", "warning")
    assert mend(before)[0].replaces == f"---\nname: Ada\n{mended}---\n".encode()


@pytest.mark.parametrize("front", ["tags: # mine\n", "tags: #mine\n  - a\n", "phone: #5\n", "hobbies:\n  - #none\n", "tags: '#x'\n"])
def test_a_comment_is_a_comment(front: str) -> None:
    assert parse(source(f"---\nname: Ada\n{front}---\n".encode())).problems == ()


@pytest.mark.parametrize(
    ("line", "mended"),
    [
        ("- [] send the plans", "- [ ] send the plans"),
        ("-[ ] send the plans", "- [ ] send the plans"),
        ("*[x] sent the plans", "* [x] sent the plans"),
        ("- [ ]send the plans", "- [ ] send the plans"),
        ("[ ] send the plans", "- [ ] send the plans"),
        ("- [] 2026-11-25 dinner", "- [ ] 2026-11-25 dinner"),
        ("  - [] below an entry", "  - [ ] below an entry"),
    ],
)
def test_a_line_that_lacks_only_the_blanks_of_a_task_is_told_and_mended(line: str, mended: str) -> None:
    text = f"## Log\n\n- 2026-11-01 call: a\n{line}\n- 2026-11-21 call: b\n"
    (problem,) = parse(source(text.encode())).problems
    assert (problem.code, problem.where.line, problem.severity, problem.fix) == ("odd-task", 4, "warning", mended)
    edit, _ = mend(source(text.encode()))
    assert len(parse(source(edit.replaces)).contact.follow_ups) == 1


MORE = {
    "two values": ("twitter: @ada\nwhy: tea: green\n", 'twitter: "@ada"\nwhy: "tea: green"\n'),
    "tags with their marks at the end": ("why: tea: green\ntags: [#tea, #sea]\n", 'why: "tea: green"\ntags: ["#tea", "#sea"]\n'),
    "a list behind tabs": ("tags:\n\t- tea\n\t- sea\n", 'tags:\n  - "tea"\n  - "sea"\n'),
    "a list with other marks": ("tags:\n  * tea\n  * sea\n", "tags:\n  - tea\n  - sea\n"),
    "a list without blanks": ("tags:\n-tea\n-sea\n", "tags:\n- tea\n- sea\n"),
}


@pytest.mark.parametrize("name", MORE)
def test_of_several_mistakes_of_yaml_all_are_mended_or_none(name: str) -> None:
    before, after = MORE[name]
    edit, _ = mend(source(f"---\nname: Ada\n{before}---\n".encode()))
    assert edit.replaces == f"---\nname: Ada\n{after}---\n".encode()
    data = f"---\nname: Ada\n{before}why: |\nat the margin\n---\n".encode()
    assert mend(source(data)) == (mend(source(data))[0]._replace(replaces=data), ())


MEANT = {
    "no blank after the colon": ("birthday:1980-05-12", "birthday: 1980-05-12", "birthday", "1980-05-12"),
    "an address of the web": ("website:https://a.example/x", "website: https://a.example/x", "website", ("https://a.example/x",)),
    "a blank that is none": ("birthday:\u00a01980-05-12", "birthday: 1980-05-12", "birthday", "1980-05-12"),
    "an indented key": ("  email: a@b.example", "email: a@b.example", "email", ("a@b.example",)),
    "a key behind a tab": ("\temail: a@b.example", "email: a@b.example", "email", ("a@b.example",)),
    "a key as an item": ("- email: a@b.example", "email: a@b.example", "email", ("a@b.example",)),
    "no blank after the hyphen": ("tags:\n-tea", "tags:\n- tea", "tags", ("tea",)),
    "texts in quotes": (
        'email: "a@b.example", "c@d.example"',
        'email: ["a@b.example", "c@d.example"]',
        "email",
        ("a@b.example", "c@d.example"),
    ),
    "tags with their mark": ("tags: [#tea, sea] # mine", 'tags: ["#tea", sea] # mine', "tags", ("tea", "sea")),
    "an open list": ("tags: [tea, sea", "tags: [tea, sea]", "tags", ("tea", "sea")),
    "an open list of links": ('knows: ["[[bob]]", "[[cy]]"', 'knows: ["[[bob]]", "[[cy]]"]', "knows", ("[[bob]]", "[[cy]]")),
    "an open link": ("referred_by: [[Bob Lee]", 'referred_by: "[[Bob Lee]]"', "referred_by", "[[Bob Lee]]"),
    "a path of Windows": ('why: "C:\\Users\\ada"', 'why: "C:\\\\Users\\\\ada"', "why", "C:\\Users\\ada"),
    "quotes in quotes": ('why: "she said "hi" to me"', 'why: "she said \\"hi\\" to me"', "why", 'she said "hi" to me'),
    "an apostrophe in quotes": ("why: 'it's here'", 'why: "it\'s here"', "why", "it's here"),
    "a comment behind it": ("why: tea: green # a secret", 'why: "tea: green" # a secret', "why", "tea: green"),
    "an item with two colons": (
        "family:\n  - Tobi: 9, wants: a bus",
        'family:\n  - "Tobi: 9, wants: a bus"',
        "family",
        ("Tobi: 9, wants: a bus",),
    ),
}


@pytest.mark.parametrize("name", MEANT)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_corrected_line_reads_on_and_says_what_was_meant(name: str, end: str) -> None:
    before, after, key, value = MEANT[name]
    whole = "---\nname: Ada\n# a comment\n\n{}\nzodiac: cat\n---\n\n# Ada\n".replace("\n", end)
    data = whole.format(before.replace("\n", end)).encode()
    (problem,) = parse(source(data)).problems
    assert problem.where.line == 5 + before.count("\n")
    assert problem.fix == after.split("\n")[-1]
    edit, _ = mend(source(data))
    assert edit.replaces == whole.format(after.replace("\n", end)).encode()
    mended = parse(source(edit.replaces))
    assert (mended.problems, mended.contact.keys[key], mended.contact.other["zodiac"]) == ((), value, "cat")


@pytest.mark.parametrize(
    "lines",
    [
        "email = a@b.example",
        "\tmore",
        "\t* tea",
        "tags:\n  - tea\n\tsea",
        "why: tea\n  More: tea",
        'why: "tea\n\n  sea',
        "...",
        "why: |\ntext at the margin",
        "=======",
        "tags: [tea,\n  sea",
        "? email : x",
    ],
)
def test_no_line_is_called_better_that_is_not(lines: str) -> None:
    problems = parse(source(f"---\nname: Ada\n{lines}\ntier: A\n---\n".encode())).problems
    assert [problem.fix for problem in problems if problem.code in ("yaml", "not-a-mapping")] == [None]


@pytest.mark.parametrize(
    "data",
    [
        b"---\nname: Ada\ntier: A\ntier: B\n---\n",
        b"---\nname: Ada\ntags:\n- x\ntags:\n- y\n---\n",
        b"---\nname: Ada\ntags:\n- x\n- y\ntags:\n- x\n---\n",
        b"---\nname: Ada\nwhy: |\n  a\n\n  b\nwhy: |\n  a\n\n  c\n---\n",
        b"# Ada\n\n## Log\n\n- 2026-11-20 call: x ^abc123\n  more\n- 2026-11-20 call: x ^abc123\n",
        b"# Ada\n\n## Log\n\n- 2026-11-20 call: x ^abc123\n- 2026-11-20 call: x ^abc123\n\n  more\n",
        b"# Ada\n\n## Log\n\n- 2026-11-20 call: x ^abc123\n- 2026-11-20 call: x <!-- --> ^abc123\n",
        b"# Ada\n\n## Log\n\n- 2026-11-20 call: x ^abc123\n- 2026-11-20 call: y ^abc123\n",
        b"# Ada\n\n## Log\n\n- 2026-11-20 call: x ^abc123\n  more\n- 2026-11-20 call: x ^abc123\n  else\n",
        b"# Ada\n\n## Log\n\n- 31.02.2026 call\n- 3.4.26 call\n",
        b"---\nname: Ada\n---\n",
    ],
)
def test_what_is_not_certain_stays(data: bytes) -> None:
    edit, problems = mend(source(data))
    assert (edit.replaces, problems) == (data, ())


def test_of_every_broken_file_only_lines_with_mistakes_change() -> None:
    mended = 0
    for path in sorted(BROKEN.glob("*.md")):
        if not path.is_file():
            continue
        before = source(path.read_bytes())
        try:
            edit, problems = mend(before)
        except Refused:
            continue
        assert edit.replaces is not None
        lines, now = before.data.splitlines(), edit.replaces.splitlines()
        if len(lines) == len(now):
            assert {place for place, pair in enumerate(zip(lines, now, strict=True), 1) if pair[0] != pair[1]} == {
                one.where.line for one in problems
            }
        assert len(parse(source(edit.replaces)).problems) == len(parse(before).problems) - len(problems)
        mended += len(problems)
    assert mended > 10


def test_it_is_shown_asked_written_as_one_and_taken_back(tmp_path: Path) -> None:
    files = {f"p{number}": before for number, (before, _) in enumerate(MENDED.values())}
    root = vault(tmp_path / "v", {**files, "sound": "# Sound\n"})
    ran = inside(root, "check", "--fix")
    assert ran.code == 2
    assert '+twitter: "@ada"' in ran.err
    assert "add -y" in ran.err
    assert (root / "contacts/p0.md").read_bytes() == files["p0"]
    ran = inside(root, "check", "--fix", "-y")
    assert (ran.code, ran.out.splitlines()[0]) == (0, f"mended: {len(files)} files · ptcrm undo")
    assert "no mistakes" in ran.err
    assert inside(root, "check", "--fix", "-y").err.startswith("nothing to mend")
    assert inside(root, "undo").code == 0
    assert {path.stem: path.read_bytes() for path in (root / "contacts").glob("p*.md")} == files


# --- what a merge on a web page leaves, which knows no driver ------------------------------------------------------

WEB = "---\nname: Ada King\ntier: A\nrole: x\n---\n\n## Interactions\n\n- 2026-01-02 call: Hello ^abc123\n"
LEFT = {
    "a doubled key": (WEB.replace("role: x", "role: x\ntier: A"), "contacts/ada.md:5:1", "duplicate-key", True),
    "a key with two values": (WEB.replace("role: x", "role: x\ntier: B"), "contacts/ada.md:5:1", "duplicate-key", False),
    "a doubled entry in a plain log": (f"{WEB}- 2026-01-02 call: Hello ^abc123\n", "contacts/ada.md:10:1", "duplicate-block-id", True),
    "a doubled entry in an odd log": (
        f"{WEB}* **2026-01-03** x\n- 2026-01-02 call: Hello ^abc123\n", "contacts/ada.md:11:1", "duplicate-block-id", True
    ),
    "one block id, two entries": (f"{WEB}- 2026-01-03 mail: Else ^abc123\n", "contacts/ada.md:10:1", "duplicate-block-id", False),
    "markers in the log": (
        f"{WEB}<<<<<<< HEAD\n- 2026-01-03 mail\n=======\n- 2026-01-04 call\n>>>>>>> side\n", "contacts/ada.md:10:1", "conflict-markers", False
    ),
    "markers in the front matter": (
        WEB.replace("tier: A", "<<<<<<< HEAD\ntier: A\n=======\ntier: B\n>>>>>>> side"), "contacts/ada.md:3:1", "conflict-markers", False
    ),
    "markers with the base": (
        f"{WEB}<<<<<<< ours\na\n||||||| base\nb\n=======\nc\n>>>>>>> theirs\n", "contacts/ada.md:10:1", "conflict-markers", False
    ),
}  # fmt: skip


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("name", LEFT)
def test_what_a_web_merge_leaves_is_found_and_only_what_is_certain_is_mended(tmp_path: Path, name: str, end: str) -> None:
    text, place, code, certain = LEFT[name]
    data = text.replace("\n", end).encode()
    root = vault(tmp_path / "v", {"ada": data})
    ran = inside(root, "check")
    assert (ran.code, len(ran.out.splitlines())) == (1, 1)
    assert ran.out.startswith(f"{place}: ")
    assert ran.out.rstrip().endswith(f"[{code}]")
    ran = inside(root, "check", "--fix", "-y")
    now = (root / "contacts/ada.md").read_bytes()
    assert (ran.code, now != data) == (0 if certain else 1, certain), ran
    if certain:
        odd = "* **2026-01-03** x\n" if "**" in text else ""
        assert now == f"{WEB}{odd}".replace("\n", end).encode()
        assert inside(root, "check").code == 0
        assert [line[1:] for line in ran.err.splitlines() if line.startswith("-") and not line.startswith("---")] != []
        assert inside(root, "undo").code == 0
    assert (root / "contacts/ada.md").read_bytes() == data


def test_a_broken_vault_is_mended_as_far_as_that_goes(tmp_path: Path) -> None:
    shutil.copytree(BROKEN.parent, tmp_path / "v", symlinks=True)
    before = inside(tmp_path / "v", "check")
    ran = inside(tmp_path / "v", "check", "--fix", "-y")
    assert (before.code, ran.code) == (1, 1)
    assert len(ran.out.splitlines()) < len(before.out.splitlines())
    assert "Traceback" not in ran.err


# --- values that their key does not take ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("paused: maybe", 'paused "maybe": write true, false or a day like 2026-11-21'),
        ("paused: 20/12/2026", 'paused "20/12/2026": write 2026-12-20'),
        ("paused: 1.12.2026", 'paused "1.12.2026": write 2026-12-01 or 2026-01-12'),
        ("coi: maybe", 'coi "maybe": write true or false'),
        ("birthday: \u200b1980-05-12", 'birthday "1980-05-12": a character that nobody sees (U+200B) stands in it: remove it'),
        ("met: 2019-05-12\u200e", 'met "2019-05-12": a character that nobody sees (U+200E) stands in it: remove it'),
    ],
)
def test_what_would_be_right_is_said(line: str, said: str) -> None:
    assert [problem.message for problem in parse(source(f"---\n{line}\n---\n".encode())).problems] == [said]


@pytest.mark.parametrize("lines", ["tags: [tea, sea", "tags: [#tea]", "tags: [tea, sea\n\n# why", "tags: [tea,\n  sea"])
def test_a_list_that_is_open_at_the_end_is_told_where_it_begins(lines: str) -> None:
    (problem,) = parse(source(f"---\nname: Ada\n{lines}\n---\n".encode())).problems
    assert problem.where[1:] == (3, 7)
