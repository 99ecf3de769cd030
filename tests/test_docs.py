"""The pages say what is: commands that exist, links that lead somewhere, nothing of the machine they were written on."""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import click
import pytest

from plaintextcrm.cli import COMMANDS, main_group, run_command
from plaintextcrm.core.due import due_row
from plaintextcrm.core.ideas import PHRASES_FOR, USUAL, Subject, placeholders
from plaintextcrm.core.query import NEGATED
from plaintextcrm.core.reports import REPORTS
from plaintextcrm.core.settings import Settings
from tests import commands_doc
from tests.make import TODAY, contact, environment, standing

ROOT = Path(__file__).parent.parent
PAGES = sorted({*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "example-vault" / "README.md"} - {commands_doc.HEAD})
SOURCES = sorted(path for folder in ("plaintextcrm", "bench", "tests") for path in (ROOT / folder).rglob("*.py"))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# --- docs/commands.md ----------------------------------------------------------------------------------------------


def test_the_page_of_commands_is_what_the_help_says() -> None:
    assert commands_doc.PAGE.read_text(encoding="utf-8") == commands_doc.page(), "`make docs` writes it anew"


def test_every_command_is_on_the_page_and_every_command_on_the_page_exists() -> None:
    page = commands_doc.PAGE.read_text(encoding="utf-8")
    assert sorted(re.findall(r"^### ptcrm (\S+)$", page, re.MULTILINE)) == sorted(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_short_line_of_a_command_says_nothing_that_its_help_does_not(name: str) -> None:
    """Its words come in the same order in the first line of the help."""
    command, _ = commands_doc.command_of(name)
    first = iter(re.findall(r"\w+", commands_doc.told(command)[0][0].lower()))
    assert all(word in first for word in re.findall(r"\w+", COMMANDS[name].words.lower())), COMMANDS[name].words


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_says_what_it_does(name: str) -> None:
    command, context = commands_doc.command_of(name)
    options = [param for param in command.params if isinstance(param, click.Option)]
    assert [param.opts for param in options if not (param.get_help_record(context) or ("", ""))[1]] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_example_in_a_help_is_understood(name: str) -> None:
    command, _ = commands_doc.command_of(name)
    for line in commands_doc.told(command)[1]:
        for words in calls(line):
            understood(words)


# --- the commands that pages name ----------------------------------------------------------------------------------

_ENDS = re.compile(r"\s{2,}|\s#|\s*(?:[|;>]|&&|\$\()")


def calls(line: str) -> Iterator[list[str]]:
    """The words of each `ptcrm …` in a line of a shell; what stands behind two blanks is an explanation."""
    for match in re.finditer(r"(?:^|[\s(|;&`])ptcrm(?=\s|$)", line):
        yield shlex.split(_until_end(line[match.end() :]).replace("…", ""))


def _until_end(text: str) -> str:
    quote = ""
    for place, char in enumerate(text):
        if char == quote:
            quote = ""
        elif not quote and char in "\"'":
            quote = char
        elif not quote and ((place and _ENDS.match(text, place)) or char in "`)"):
            return text[:place]
    return text if not quote else text.replace(quote, "")


def lines_of(page: Path) -> list[str]:
    """What a page shows of a shell: code blocks without a language or of one, and inline code."""
    text = page.read_text(encoding="utf-8")
    found = []
    for language, block in re.findall(r"^ *```(\w*)\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL):
        if language in ("", "sh", "bash", "console", "shell"):
            found += re.sub(r"\\\n\s*", "", block).splitlines()
    rest = re.sub(r"^ *```.*?^ *```", "", text, flags=re.MULTILINE | re.DOTALL)
    found += [line[4:] for line in rest.splitlines() if line.startswith("    ptcrm ")]
    found += re.findall(r"(?<!`)`(ptcrm [^`\n]*)`(?!`)", rest.replace("\n", " "))
    return found


def understood(words: list[str]) -> None:
    """Raises AssertionError where a command or an option does not exist, or the words do not fit."""
    where = ["ptcrm"]
    values = {name: param for param in main_group.params for name in param.opts if isinstance(param, click.Option)}
    while words and words[0].startswith("-"):
        option = values.get(words[0]) or (words[0] in ("-h", "--help") and True)
        assert option, f"there is no option {words[0]} before a command"
        takes_one = isinstance(option, click.Option) and not option.is_flag
        words = words[2 if takes_one else 1 :]
    if not words or re.fullmatch(r"[A-Z]+|…", words[0]):
        return
    name, *rest = words
    assert name in COMMANDS, f'there is no command "{name}"'
    command, context = commands_doc.command_of(name)
    options = {name for param in command.params if isinstance(param, click.Option) for name in (*param.opts, *param.secondary_opts)}
    for word in rest[: rest.index("--") if "--" in rest else None]:
        stripped = word.strip("[]")
        if stripped.startswith("-") and not NEGATED.match(word) and not re.fullmatch(r"-|--?\d.*|-\w+", word):
            assert stripped.split("=")[0] in {*options, "--help"}, f"{' '.join(where)} {name} has no option {stripped}"
    if re.search(r"[\[\]]|\b[A-Z]{3,}\b", " ".join(rest)):
        return  # a pattern, not a line to type
    try:
        with context.parent or context:
            command.make_context(name, list(rest), parent=context.parent)
    except click.exceptions.Exit:
        pass  # --help
    except click.UsageError as error:
        raise AssertionError(f"ptcrm {shlex.join(words)}: {error.format_message()}") from None


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_line_of_a_page_that_calls_ptcrm_names_what_exists(page: Path) -> None:
    wrong = []
    for line in lines_of(page):
        for words in calls(line):
            if words == ["COMMAND", "--help"] or (not words):
                continue
            try:
                understood(words)
            except AssertionError as error:
                wrong.append(f"{line.strip()}: {str(error).splitlines()[0]}")
    assert wrong == []


def test_the_pages_are_read_as_meant() -> None:
    """The reader above sees commands where they are, and mistakes as mistakes."""
    assert list(calls('pbpaste | ptcrm log ada -m -   text; ptcrm due "a  b" # x')) == [["log", "ada", "-m", "-"], ["due", "a  b"]]
    assert list(calls('eval "$(ptcrm completion bash)"')) == [["completion", "bash"]]
    understood(["-C", "x", "due", "--limit", "2", "-tier:A"])
    for bad in (["frobnicate"], ["due", "--bogus"], ["due", "--limit", "few"], ["--bogus", "due"], ["log"]):
        with pytest.raises(AssertionError):
            understood(bad)


# --- sessions: what pages show that a command prints ---------------------------------------------------------------


class Screen(io.StringIO):
    """Where a command prints as it does for a person: tables, with the numbers of the list."""

    def isatty(self) -> bool:
        return True


def played(commands: list[str], home: Path) -> list[str]:
    """What each prints, one after the other, in a copy of the example vault on 2026-11-21."""
    shutil.copytree(ROOT / "example-vault", home / "try")
    own = environment(home, PTCRM_TODAY="2026-11-21", NO_COLOR="1", PAGER="")
    screens = [Screen() for _ in commands]
    here = Path.cwd()
    os.chdir(home / "try")
    try:
        for command, screen in zip(commands, screens, strict=True):
            streams = mock.patch.multiple("sys", stdin=io.StringIO(), stdout=screen, stderr=io.StringIO(), argv=["ptcrm"])
            with streams, mock.patch.dict(os.environ, own, clear=True):
                assert run_command(shlex.split(command)[1:]) == 0, command
    finally:
        os.chdir(here)
    return [screen.getvalue() for screen in screens]


def sessions(page: Path) -> list[tuple[str, str]]:
    """(a command, what the page shows of what it prints) of every `console` block; a line `…` stands for lines left out."""
    blocks = re.findall(r"^```console\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [(command, shown) for block in blocks for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)]


def shows(shown: str, printed: str) -> bool:
    """Whether this is what was printed, whole lines, with `…` for lines left out."""
    pieces = re.split(r"^…\n", shown, flags=re.MULTILINE)
    return re.fullmatch(r"(?:.*\n)*?".join(map(re.escape, pieces)), printed) is not None


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # an index is left to the end of its process
@pytest.mark.parametrize("page", [page for page in PAGES if sessions(page)], ids=named)
def test_what_a_page_shows_of_a_session_is_what_is_printed(page: Path, tmp_path: Path) -> None:
    told = sessions(page)
    printed = played([command for command, _ in told], tmp_path)
    assert [(command, text) for (command, shown), text in zip(told, printed, strict=True) if not shows(shown, text)] == []


def test_the_guide_is_such_a_session() -> None:
    assert len(sessions(ROOT / "docs" / "guide.md")) > 15


def test_a_session_that_is_not_what_is_printed_is_seen() -> None:
    """The comparison above sees what differs, what stands in another order, and what is left out without a sign."""
    printed = "one\ntwo\nthree\nfour\n"
    for right in (printed, "one\n…\n", "…\nfour\n", "…\ntwo\n…\nfour\n", "one\n…\nthree\n…\n"):
        assert shows(right, printed), right
    for wrong in ("", "one\n", "…\nthree\n", "two\n…\n", "…\nthree\n…\ntwo\n…\n", "…\nhree\n…\n", "…\nfive\n…\n", "…\none\n…\none\n…\n"):
        assert not shows(wrong, printed), wrong


# --- docs/reports.md, docs/format.md: lists that the code has, too -------------------------------------------------


def test_every_report_has_a_section_that_begins_with_its_question() -> None:
    part = (ROOT / "docs" / "reports.md").read_text(encoding="utf-8").split("## The reports", 1)[1].split("\n## ", 1)[0]
    assert re.findall(r"^### (\w+)\n\n\*([^*]+)\*", part, re.MULTILINE) == [(name, entry.question) for name, entry in REPORTS.items()]


def test_the_table_of_reviews_says_what_each_asks(tmp_path: Path) -> None:
    part = (ROOT / "docs" / "reports.md").read_text(encoding="utf-8").split("## Review", 1)[1].split("\n## ", 1)[0]
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in part.splitlines() if line.startswith("| ")]
    spans, questions = rows[0][1:], [row for row in rows[1:] if row[0].endswith("?")]
    told = [[row[0] for row in questions if row[place]] for place in range(1, len(spans) + 1)]
    printed = played([f"ptcrm review {span}" for span in spans], tmp_path)
    assert told == [[line for line in text.splitlines() if re.fullmatch(r"[A-Z].*\?", line)] for text in printed]


def test_the_placeholders_and_names_of_phrases_are_those_of_the_page() -> None:
    page = (ROOT / "docs" / "format.md").read_text(encoding="utf-8").split("\n## Phrases", 1)[1].split("\n## ", 1)[0]
    ada = contact("name: Ada King")
    subject = Subject(ada, standing(ada), due_row(ada, standing(ada), Settings(), TODAY), Settings(), TODAY)
    assert re.findall(r"`\{(\w+)\}`", page)[1:] == list(placeholders(subject))
    names = re.findall(r"`(\w+)`", page.split("Without NAME", 1)[1])
    assert names == [*dict.fromkeys(name for names in PHRASES_FOR.values() for name in names), USUAL]


# --- links ---------------------------------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """The anchors that a Markdown page has where it is shown."""
    text = re.sub(r"^ *```.*?^ *```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    found: dict[str, int] = {}
    names = set()
    for heading in re.findall(r"^#{1,6} +(.*?) *#*$", text, re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        name = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        names.add(f"{name}-{found[name]}" if name in found else name)
        found[name] = found.get(name, 0) + 1
    return names


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"^ *```.*?^ *```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"`[^`\n]*`", "", text)
    broken = []
    for target in re.findall(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text):
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (anchor and there.suffix == ".md" and anchor not in anchors(there)):
            broken.append(target)
    assert broken == []


_NAMED = re.compile(r'docs/(\w+\.md)(?:[,)]?\s*\(?(?:"([^"]+)"|section (\d)))?')


@pytest.mark.parametrize("page", sorted({name for path in SOURCES for name, _, _ in _NAMED.findall(path.read_text(encoding="utf-8"))}))
def test_a_page_that_the_code_points_to_is_there_with_that_heading(page: str) -> None:
    missing = set()
    for path in (path for path in SOURCES if path.is_relative_to(ROOT / "plaintextcrm")):
        for name, heading, number in _NAMED.findall(path.read_text(encoding="utf-8")):
            if name != page:
                continue
            there = ROOT / "docs" / name
            text = there.read_text(encoding="utf-8") if there.exists() else ""
            if not text or (heading and not re.search(rf"^#+ .*{re.escape(heading)}", text, re.MULTILINE)):
                missing.add(f'{named(path)}: docs/{name} "{heading}"' if heading else f"{named(path)}: docs/{name}")
            if number and not re.search(rf"^#+ {number}\b", text, re.MULTILINE):
                missing.add(f"{named(path)}: docs/{name} section {number}")
    assert sorted(missing) == []


# --- nothing of the machine ----------------------------------------------------------------------------------------

# In pieces, so that this file does not name them.
_HOSTS = ["pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com", "crates" + ".io", "proxy.golang" + ".org"]
_PLACES = ["/" + "work/", "/" + "root/", "/tmp/" + "v/", "/home/" + r"(?!you\b|me\b|ada\b|marta\b)\w", "/" + "Users/"]
_TEXTS = (".md", ".py", ".toml", ".txt", ".json", ".sh", ".yml", ".yaml", ".cfg", ".svg", ".html")


def texts() -> Iterator[Path]:
    """Every text file of the project."""
    folders = ("plaintextcrm", "tests", "bench", "docs", "example-vault", ".ci")
    paths = [*ROOT.glob("*"), ROOT / ".gitignore", *(path for folder in folders for path in (ROOT / folder).rglob("*"))]
    yield from (path for path in paths if path.is_file() and (path.suffix in _TEXTS or not path.suffix))


def test_no_page_and_no_source_names_a_place_on_somebodys_machine_or_a_registrys_host() -> None:
    wanted = re.compile(rf"(?<![\w.~-])(?:{'|'.join(_PLACES)})|(?:{'|'.join(re.escape(host) for host in _HOSTS)})")
    found = {}
    for path in texts():
        match = wanted.search(path.read_text(encoding="utf-8", errors="replace"))
        if match:
            found[named(path)] = match[0]
    assert found == {}


def test_a_page_names_no_place_of_the_interpreter() -> None:
    place = str(Path(sys.prefix).resolve())
    assert [named(page) for page in PAGES if place != "/usr" and place in page.read_text(encoding="utf-8")] == []


# --- docs/architecture.md, docs/promises.md ------------------------------------------------------------------------


def test_the_architecture_names_every_room_and_no_other() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = page.split("## The rooms", 1)[1]
    told = set()
    for layer, part in re.findall(r"^### (\w+)\n(.*?)(?=^### |\Z)", rooms, re.MULTILINE | re.DOTALL):
        for names, words in re.findall(r"^\| (`[^|]+`) \| (.*) \|$", part, re.MULTILINE):
            name = names.strip("`")
            inner = re.findall(r"(?:^|· |and )`(\w+)`", words) if name.endswith("/") else []
            told |= {f"{layer}/{name}{one}" for one in inner} or {f"{layer}/{name}"}
    package = ROOT / "plaintextcrm"
    there = {path.relative_to(package).with_suffix("").as_posix() for path in package.glob("*/**/*.py") if path.stem != "__init__"}
    assert told == {name for name in there if not name.startswith("example-vault")}


def test_a_test_that_the_promises_name_is_there() -> None:
    page = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
    assert [name for name in re.findall(r"`(tests/[\w/.]+)`", page) if not (ROOT / name).exists()] == []
