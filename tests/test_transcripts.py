"""Shell sessions with exactly what they print: `tests/transcripts/*.txt`, one a command.

Each runs on 2026-11-21 in a vault of its own, without a terminal, in 80 columns; stdout and stderr come together as a terminal would
show them, and a last line `[exit 4]` tells any exit code but 0. The first line of a file says which vault: `example` (a copy of
example-vault), `new` (made by `ptcrm init`) or `none`. `PTCRM_UPDATE=1 pytest tests/test_transcripts.py` rewrites what is printed;
then read the diff.
"""

from __future__ import annotations

import difflib
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.make import environment
from tests.place import called

HERE = Path(__file__).parent
EXAMPLE = HERE.parent / "example-vault"
FILES = sorted((HERE / "transcripts").glob("*.txt"))
PROMPT = "$ "

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="the sessions are of a POSIX shell"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # an index is left to the end of its process
]


class Session:
    """A shell in a folder of its own, in which `ptcrm` is this program."""

    def __init__(self, home: Path, vault: str) -> None:
        self.home, self.place = home.resolve(), home.resolve() / "people"
        (self.home / "bin").mkdir()
        (self.home / "tmp").mkdir()
        program = self.home / "bin" / "ptcrm"
        program.write_text(f"#!{sys.executable}\nfrom plaintextcrm.cli import main\n\nmain()\n")
        program.chmod(0o755)
        editor = self.home / "bin" / "change"
        editor.write_text(CHANGE.format(python=sys.executable))
        editor.chmod(0o755)
        if vault == "example":
            shutil.copytree(EXAMPLE, self.place)
        elif vault == "new":
            self.run("ptcrm init ../people", self.home / "bin")
        else:
            self.place.mkdir()
        self.known_ids = set(_BLOCK_ID.findall("".join(path.read_text() for path in self.place.rglob("*.md"))))

    def run(self, line: str, folder: Path | None = None) -> str:
        """What the line prints, and how it ended. A plain `ptcrm …` is called within this process, anything else by `sh`."""
        own = environment(
            self.home, PTCRM_TODAY="2026-11-21", TMPDIR=str(self.home / "tmp"), PATH=f"{self.home / 'bin'}{os.pathsep}{os.environ['PATH']}",
            PYTHONDONTWRITEBYTECODE="", PYTHONPYCACHEPREFIX=str(self.home.parent / "bytecode"),
        )  # fmt: skip
        own.pop("EDITOR", None)
        if _PLAIN.match(line):
            code, text, _ = called(shlex.split(line)[1:], folder or self.place, own, together=True)
        else:
            done = subprocess.run(
                ["sh", "-c", line], cwd=folder or self.place, env=own, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, check=False, timeout=120,
            )  # fmt: skip
            code, text = done.returncode, done.stdout.decode("utf-8", "replace")
        printed = self._settled(text)
        if printed and not printed.endswith("\n"):
            printed += "\n"
        return printed + (f"[exit {code}]\n" if code else "")

    def _settled(self, text: str) -> str:
        """Without what differs from run to run: folders, the time of day, block ids drawn by lot."""
        text = text.replace(str(self.home), "~")
        text = re.sub(r"ptcrm-demo-\w+", "ptcrm-demo-x1y2z3", text)
        text = re.sub(r"\(of \d{4}-\d\d-\d\d \d\d:\d\d\)", "(of 2026-11-21 09:00)", text)
        return _BLOCK_ID.sub(lambda found: found[0] if found[0] in self.known_ids else "^a1b2c3", text)


CHANGE = """\
#!{python}
# an editor for tests: `EDITOR="change OLD NEW"` replaces OLD by NEW in the file it is given
import sys

old, new, path = sys.argv[1:]
text = open(path, encoding="utf-8").read()
open(path, "w", encoding="utf-8").write(text.replace(old, new.replace("\\\\n", "\\n")))
"""
_PLAIN = re.compile(r"ptcrm(?! demo)[^|<>&;$`()]*\Z")
_BLOCK_ID = re.compile(r"\^[a-z0-9]{6}$", re.MULTILINE)


def parts(text: str) -> tuple[str, list[str]]:
    """(the lines before the first command, the commands)."""
    head, _, rest = text.partition(f"\n{PROMPT}")
    lines = f"{PROMPT}{rest}".splitlines()
    return head + "\n", [line.removeprefix(PROMPT) for line in lines if line.startswith(PROMPT)]


def played(text: str, home: Path) -> str:
    """The same session, run now."""
    head, commands = parts(text)
    session = Session(home, head.split()[0].rstrip(":"))
    return head + "".join(f"{PROMPT}{command}\n{session.run(command)}" for command in commands)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_session_prints_what_its_transcript_says(file: Path, tmp_path: Path) -> None:
    written = file.read_text(encoding="utf-8")
    now = played(written, tmp_path)
    if os.environ.get("PTCRM_UPDATE"):
        assert "[exit 70]" not in now, f"{file.name}: a bug is not kept as what should be\n{now}"
        file.write_text(now, encoding="utf-8")
        return
    difference = "\n".join(difflib.unified_diff(written.splitlines(), now.splitlines(), "written", "now", lineterm=""))
    assert not difference, f"{file.name}:\n{difference}\nPTCRM_UPDATE=1 rewrites it"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_transcript_has_no_trailing_blanks_no_colour_and_no_traceback(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert "\033" not in text
    assert "Traceback" not in text
    assert "[exit 70]" not in text
    diff_context = " "  # an unchanged empty line in a diff
    assert not [line for line in text.splitlines() if line != line.rstrip() and line != diff_context]


def test_every_command_has_a_transcript() -> None:
    from plaintextcrm.cli import COMMANDS

    endless = {"watch"}  # tests/site and tests/browser run it
    assert {*COMMANDS, "ptcrm"} - endless <= {file.stem for file in FILES}
