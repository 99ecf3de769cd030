"""An editor saves the file that ptcrm writes to, at any instant: nothing that it saved is lost, and nothing of ours without a word.

PTCRM_EXAMPLES is how often the editor saves (`make races`: 3,000 times each way).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.inside import inside
from tests.make import vault

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="two files change places in one step: Linux")
SAVES = max(120, int(os.environ.get("PTCRM_EXAMPLES", "0")))

EDITOR = """
import os, random, sys, time
path, way, saves = sys.argv[1], sys.argv[2], int(sys.argv[3])
random.seed(7)
for number in range(saves):
    with open(path) as file:
        text = file.read()
    text += f"kept {number}.\\n"
    if way == "atomic":
        with open(path + "~", "w") as file:
            file.write(text)
        os.replace(path + "~", path)
    elif way == "in place":
        with open(path, "w") as file:
            file.write(text[: len(text) // 2])
            file.flush()
            time.sleep(random.random() * 0.002)
            file.write(text[len(text) // 2 :])
    else:
        with open(path, "a") as file:
            time.sleep(random.random() * 0.004)
            file.write(f"kept {number}.\\n")
    time.sleep(random.random() * 0.004)
"""
ADA = "---\nname: Ada King\n---\n\n## Interactions\n\n- 2026-01-02 call\n\n## Notes\n\n"


@pytest.mark.parametrize("way", ["atomic", "in place", "held"])
def test_nothing_that_an_editor_saved_is_lost(way: str, tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada": ADA})
    path = root / "contacts/ada.md"
    (tmp_path / "editor.py").write_text(EDITOR)
    editor = subprocess.Popen([sys.executable, str(tmp_path / "editor.py"), str(path), way, str(SAVES)])
    logged: dict[str, int] = {}
    while editor.poll() is None:
        number = len(logged)
        logged[f"ours {number}"] = inside(root, "log", "ada", "call", f"ours {number}", "--no-commit").code
    assert editor.wait() == 0
    text = path.read_text()
    missing = [number for number in range(SAVES) if f"kept {number}.\n" not in text]
    assert not missing
    assert set(logged.values()) <= {0, 5}
    assert 0 in logged.values(), "none of ours came through"
    assert [path.name for path in (root / "contacts").iterdir()] == ["ada.md"]
    if way == "held":  # an editor that only adds overwrites nothing of ours
        assert [line for line, code in logged.items() if (code == 0) != bool(re.search(rf"call: {line}$", text, re.MULTILINE))] == []


def test_a_file_that_another_program_holds_open_is_not_written_and_takes_what_that_writes(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada": ADA})
    path = root / "contacts/ada.md"
    with open(path, "a") as held:
        started = time.monotonic()
        ran = inside(root, "log", "ada", "call", "ours")
        assert ran.code == 5
        assert "contacts/ada.md: another program has it open for writing" in ran.err
        assert time.monotonic() - started < 30
        held.write("theirs\n")
    assert path.read_text() == f"{ADA}theirs\n"
    assert inside(root, "log", "ada", "call", "ours").code == 0
    assert path.read_text() == ADA.replace("02 call\n", "02 call\n- 2026-11-21 call: ours\n") + "theirs\n"


def test_who_only_reads_keeps_nobody_from_writing(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada": ADA})
    with open(root / "contacts/ada.md") as held:
        assert inside(root, "log", "ada", "call", "ours").code == 0
        assert held.read() == ADA


def test_of_a_file_with_two_names_it_is_told(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada": ADA})
    os.link(root / "contacts/ada.md", tmp_path / "second.md")
    ran = inside(root, "log", "ada", "call", "ours")
    assert ran.code == 0
    assert "contacts/ada.md: has another hard link, which keeps the old text" in ran.err
    assert (tmp_path / "second.md").read_text() == ADA
