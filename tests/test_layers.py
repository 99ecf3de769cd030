"""The layers hold (docs/architecture.md): who imports whom, what core never calls, what a warm command never loads."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.make import environment, vault

PACKAGE = Path(__file__).parents[1] / "plaintextcrm"
MODULES = tuple(sorted(PACKAGE.rglob("*.py")))

# layer -> the layers it may import, beside itself
ALLOWED = {
    "core": set(),
    "render": {"core"},
    "edge": {"core"},
    "app": {"core", "render", "edge"},
    "cli": {"core", "render", "edge", "app"},
    "": {"cli", "app", "edge", "core"},  # the package itself, and where `ptcrm` begins
}
OUTSIDE_OF_CORE = ("click", "rich", "os", "sys", "time", "pathlib", "subprocess", "sqlite3", "shutil", "tempfile", "socket", "logging")
WORLDLY = ("open", "today", "now", "utcnow", "getenv", "time", "input", "system", "read_text", "write_text", "read_bytes", "urandom")


def layer_of(path: Path) -> str:
    """`core`, `render`, `edge`, `app`, `cli`, or "" for the package's own two files."""
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else ""


def package_of(path: Path) -> tuple[str, ...]:
    """The package that relative imports of a file begin at."""
    return ("plaintextcrm", *path.relative_to(PACKAGE).parts[:-1])


def imported(tree: ast.AST, package: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """(line, full name) of every module that is imported anywhere in a file, in functions and under TYPE_CHECKING too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*start, *([node.module] if node.module else [])])
            yield node.lineno, module
            for alias in node.names:
                yield node.lineno, f"{module}.{alias.name}"
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            function = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if function in ("import_module", "__import__") and isinstance(node.args[0].value, str):
                yield node.lineno, node.args[0].value


def breaches(source: str, layer: str, package: tuple[str, ...] = ("plaintextcrm", "core")) -> list[str]:
    """The imports of a file that its layer must not have."""
    found = []
    for line, name in imported(ast.parse(source), package):
        parts = name.split(".")
        if parts[0] == "plaintextcrm" and len(parts) > 1 and parts[1] in ALLOWED and parts[1] not in ALLOWED[layer] | {layer}:
            found.append(f"{line}: {layer} imports {name}")
        if layer == "core" and parts[0] in OUTSIDE_OF_CORE:
            found.append(f"{line}: core imports {name}")
        if layer in ("core", "render", "edge", "app") and parts[0] == "click":
            found.append(f"{line}: {layer} imports click")
    return sorted(set(found))


def worldly_calls(source: str) -> list[str]:
    """The calls of a file that ask the world something or tell it: the clock, files, the environment, the terminal."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            is_print = isinstance(node.func, ast.Name) and name == "print"  # rich draws its tables with a method of that name
            if name in WORLDLY or is_print:
                found.append(f"{node.lineno}: {name}()")
        elif isinstance(node, ast.Attribute) and node.attr in ("environ", "stdout", "stderr", "stdin", "argv"):
            found.append(f"{node.lineno}: .{node.attr}")
    return found


# --- the rules -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nobody_imports_upwards_or_sideways(path: Path) -> None:
    assert breaches(path.read_text(encoding="utf-8"), layer_of(path), package_of(path)) == []


@pytest.mark.parametrize(
    "path", [path for path in MODULES if layer_of(path) in ("core", "render")], ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_core_and_render_ask_the_world_nothing_and_tell_it_nothing(path: Path) -> None:
    assert worldly_calls(path.read_text(encoding="utf-8")) == []


def test_every_file_is_in_a_layer() -> None:
    assert {layer_of(path) for path in MODULES} == set(ALLOWED)
    assert len(MODULES) > 40


@pytest.mark.parametrize(
    ("layer", "line"),
    [
        ("core", "from plaintextcrm.edge import files"),
        ("core", "from plaintextcrm.render.paint import Paint"),
        ("core", "import plaintextcrm.app.reading"),
        ("core", "from plaintextcrm import cli"),
        ("core", "from ..edge import files"),
        ("core", "from .. import render"),
        ("core", "import click"),
        ("core", "def f():\n    from click import echo"),
        ("core", "if TYPE_CHECKING:\n    from plaintextcrm.edge.index import Index"),
        ("core", "import os"),
        ("core", "import_module('plaintextcrm.edge.files')"),
        ("render", "from plaintextcrm.edge import files"),
        ("render", "from plaintextcrm.app.vaults import Vault"),
        ("edge", "from plaintextcrm.render import terminal"),
        ("edge", "from plaintextcrm.app import reading"),
        ("edge", "from plaintextcrm.cli.run import Run"),
        ("edge", "import click"),
        ("app", "from plaintextcrm.cli.run import Run"),
    ],
)
def test_a_breach_is_seen(layer: str, line: str) -> None:
    assert breaches(line, layer, ("plaintextcrm", layer))


@pytest.mark.parametrize(
    ("layer", "line"),
    [
        ("core", "from plaintextcrm.core.dates import add"),
        ("core", "from .dates import add"),
        ("core", "import re, datetime"),
        ("edge", "from plaintextcrm import __version__"),
        ("edge", "import os"),
        ("app", "from plaintextcrm.render import terminal"),
        ("cli", "import click"),
        ("cli", "from plaintextcrm.core import due"),
    ],
)
def test_what_is_allowed_is_no_breach(layer: str, line: str) -> None:
    assert breaches(line, layer, ("plaintextcrm", layer)) == []


@pytest.mark.parametrize(
    "line",
    [
        "open('x')",
        "date.today()",
        "datetime.now()",
        "os.getenv('HOME')",
        "print(1)",
        "time.time()",
        "time()",
        "os.environ['X']",
        "path.open()",
    ],
)
def test_a_worldly_call_is_seen(line: str) -> None:
    assert worldly_calls(line)


# --- what is loaded ------------------------------------------------------------------------------------------------

WATCHED = """
import sys, json
from plaintextcrm.cli import run_command
code = run_command(sys.argv[1:])
sys.stdout.flush()
sys.stderr.write("\\n" + json.dumps([code, sorted(sys.modules)]))
"""
HEAVY = ("yaml", "frontmatter", "jinja2", "rich", "watchdog", "hypothesis", "filelock")
OTHERS = ("platformdirs",) if sys.platform == "linux" else ()


def loaded(home: Path, *words: str) -> frozenset[str]:
    """The modules that a command had loaded when it ended well, the top ones and ours."""
    arguments = [sys.executable, "-c", WATCHED, *words]
    done = subprocess.run(arguments, capture_output=True, env=environment(home), cwd=home, check=True, timeout=60, text=True)
    code, modules = json.loads(done.stderr.rpartition("\n")[2])
    assert code == 0, done
    return frozenset(name if name.startswith("plaintextcrm") else name.split(".")[0] for name in modules)


@cache
def after_help(home: Path) -> frozenset[str]:
    """What `--help` loads."""
    return loaded(home, "--help")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder of its own."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def warm(home: Path, tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """What `ptcrm due` loads when the index is up to date and somebody of every kind is due."""
    log = "## Interactions\n\n- 2026-09-01 call: About bees. [dir:: in]\n  - [ ] send the jar [due:: 2026-11-20]\n"
    keys = "tier: A\nbirthday: 1980-11-23\nemail: ada@example.com\n"
    people = vault(
        tmp_path_factory.mktemp("vault") / "people",
        {
            "ada": f"---\n{keys}---\n\n{log}",
            "bob": f"---\ntier: B\n---\n\n{log}",
            "new": "---\ntier: C\nmet: 2026-11-18\ncreated: 2026-11-18\n---\n",
        },
    )
    words = ("-C", str(people), "--today", "2026-11-21", "due")
    cold = loaded(home, *words)
    assert "plaintextcrm.core.contact" in cold  # so that its absence below says something
    loaded(home, *words)  # a file written a moment before it was read is read once more
    return loaded(home, *words)


@pytest.mark.parametrize("module", [*HEAVY, *OTHERS, "sqlite3", "plaintextcrm.core.contact", "plaintextcrm.core.body"])
def test_help_loads_nothing_heavy(home: Path, module: str) -> None:
    assert module not in after_help(home)


@pytest.mark.parametrize("module", [*HEAVY, *OTHERS, "plaintextcrm.core.contact", "plaintextcrm.core.body"])
def test_a_warm_due_loads_nothing_that_it_does_not_need(warm: frozenset[str], module: str) -> None:
    assert module not in warm


def test_a_warm_due_loads_no_other_command(warm: frozenset[str]) -> None:
    assert {name for name in warm if name.startswith("plaintextcrm.cli.")} == {"plaintextcrm.cli.daily", "plaintextcrm.cli.run"}


def test_what_a_warm_due_does_load_was_seen(warm: frozenset[str]) -> None:
    assert {"click", "sqlite3", "plaintextcrm.core.standing", "plaintextcrm.edge.index"} <= warm
