"""`quiet`, `give`, `five`, `tidy` and `year` as they are typed and read: on a terminal of 80 columns, as JSON and as CSV."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

from plaintextcrm.cli import COMMANDS
from plaintextcrm.core.text import width
from tests.inside import inside
from tests.make import vault

EXAMPLE = Path(__file__).parent.parent.parent / "example-vault"
NAMES = ("quiet", "give", "five", "tidy", "year")
NASTY = "Ada \u202e\x1b[31m" + "Lovelace " * 12


@pytest.fixture(scope="module")
def vaults(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The example, a vault of nobody, one of one person, one of two with hardly a name to print."""
    folder = tmp_path_factory.mktemp("shown")
    shutil.copytree(EXAMPLE, folder / "example")
    nasty = f"---\nname: {json.dumps(NASTY)}\ntier: A\nfive: next\nknows: ['[[{'x' * 90}]]']\nneeds: [{'a' * 100}]\n---\n"
    log = f"\n## Interactions\n\n- 2025-01-01 asked: {'why ' * 50}\n- 2026-02-01 gave: \x07{'b' * 200}\n  - [ ] {'c' * 120} [due:: 2026-01-01]\n"
    return {
        "example": folder / "example",
        "empty": vault(folder / "empty", {}),
        "one": vault(folder / "one", {"ada": "---\nname: Ada King\n---\n"}),
        "nasty": vault(folder / "nasty", {"it's me": nasty + log, "-": nasty + log}),
    }


@pytest.mark.parametrize("which", ["example", "empty", "one", "nasty"])
@pytest.mark.parametrize("name", NAMES)
def test_no_line_is_wider_than_the_terminal(vaults, name, which):
    said = inside(vaults[which], "report", name, "--format", "table")
    assert said.code == 0
    assert which == "nasty" or not said.err
    assert [line for line in said.out.splitlines() if width(line) > 80 and not line.startswith("  ptcrm ")] == []
    assert which == "nasty" or all(width(line) <= 80 for line in said.out.splitlines())
    assert not set("\x1b\u202e\x07") & set(said.out)


@pytest.mark.parametrize("which", ["example", "empty", "one", "nasty"])
@pytest.mark.parametrize("name", NAMES)
def test_the_json_has_rows_tables_sentences_and_steps(vaults, name, which):
    said = inside(vaults[which], "report", name, "--json")
    assert said.code == 0
    found = json.loads(said.out)
    assert found["schema"] == f"ptcrm.report.{name}/1"
    assert found["rows"] == found["tables"][0]["rows"]
    assert found["sentences"]
    assert found["steps"]
    for table in found["tables"]:
        assert table["title"]
        assert table["sentence"]
        assert all(set(table["columns"]) <= set(line) for line in table["rows"])
        assert all([*line][:2] == ["id", "name"] for line in table["rows"] if "id" in line)


@pytest.mark.parametrize("name", NAMES)
def test_each_table_is_csv_on_demand(vaults, name):
    found = json.loads(inside(vaults["example"], "report", name, "--json").out)
    for number, table in enumerate(found["tables"], 1):
        said = inside(vaults["example"], "report", name, "--table", str(number), "--format", "csv")
        rows = list(csv.DictReader(io.StringIO(said.out)))
        assert len(rows) == len(table["rows"])
        assert [line["name"] for line in rows if "name" in line] == [line["name"] for line in table["rows"] if "name" in line]


@pytest.mark.parametrize("which", ["example", "empty", "one", "nasty"])
@pytest.mark.parametrize("name", NAMES)
def test_every_step_is_a_command_that_there_is(vaults, name, which):
    for step in json.loads(inside(vaults[which], "report", name, "--json").out)["steps"]:
        words = shlex.split(step["command"])
        assert words[0] == "ptcrm"
        command = words[3] if words[1] == "--today" else words[1]
        assert command in COMMANDS
        assert step["words"].endswith(":")


@pytest.mark.parametrize(("name", "step"), [
    ("quiet", "set priya-raman"), ("give", "log yuki-aalto"), ("five", "log ada-king"), ("five", "set lees/edmund-pell"), ("give", "done gaspar-nunes"),
])  # fmt: skip
def test_a_step_does_what_it_says_when_it_is_typed(tmp_path, vaults, name, step):
    root = tmp_path / "vault"
    shutil.copytree(EXAMPLE, root)
    commands = [one["command"] for one in json.loads(inside(root, "report", name, "--json").out)["steps"]]
    typed = next(shlex.split(command) for command in commands if command.startswith(f"ptcrm {step}"))
    said = inside(root, *typed[1:])
    assert (said.code, said.err) == (0, "")
    assert re.search(r"ptcrm undo", said.out)


def test_joining_two_as_told_leaves_one_and_the_report_is_content(tmp_path):
    king = "---\nname: Ada King\nemail: ada@x.example\ntier: B\n---\n\n## Interactions\n\n- 2026-11-01 call: One\n"
    root = vault(tmp_path / "vault", {"ada-king": king, "king": "---\nname: King, Ada\nemail: ADA@x.example\ntier: B\n---\n"})
    row = json.loads(inside(root, "report", "tidy", "--json").out)["tables"][3]["rows"][0]
    assert row["why"] == ["e-mail ada@x.example", "the name turned round"]
    assert inside(root, *shlex.split(row["command"])[1:]).code == 0
    assert [path.name for path in (root / "contacts").iterdir()] == ["ada-king.md"]
    assert json.loads(inside(root, "report", "tidy", "--json").out)["tables"][3]["rows"] == []


def test_a_number_of_the_list_is_the_person_beside_it(vaults):
    said = inside(vaults["example"], "report", "quiet", "--format", "table")
    assert re.search(r"^1  Wilhelmina Brandt", said.out, re.MULTILINE)


def test_a_filter_narrows_it(vaults):
    said = inside(vaults["example"], "report", "quiet", "tier:C", "--format", "ids")
    assert said.out.split() == ["desmond-achterberg", "otto-keller"]
