"""README is true: the file it shows is the file, and what it shows of the tool is what the tool prints."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.make import environment
from tests.picture import picture, printed

HERE = Path(__file__).parent.parent
README = HERE / "README.md"


def shown(home: Path) -> str:
    """What README's `ptcrm show ada` prints."""
    arguments = [sys.executable, "-m", "plaintextcrm", "-C", "example-vault", "--today", "2026-11-21", "show", "ada"]
    return subprocess.run(arguments, cwd=HERE, env=environment(home), capture_output=True, text=True, check=True).stdout


def test_the_file_in_readme_is_the_file() -> None:
    assert (HERE / "example-vault/contacts/ada-king.md").read_text(encoding="utf-8") in README.read_text(encoding="utf-8")


def test_the_brief_in_readme_is_what_show_prints(tmp_path: Path) -> None:
    assert shown(tmp_path) in README.read_text(encoding="utf-8")


def test_the_picture_in_readme_is_what_due_prints() -> None:
    assert (HERE / "docs/due.svg").read_text(encoding="utf-8") == picture(printed())
