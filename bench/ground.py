"""Where a run happens: its folder with vaults and caches, the environment of its children, and one measurement."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bench.generate import generate

TIMED = Path(__file__).with_name("timed.py")
CONTACTS = {"1k": 1_000, "10k": 10_000, "100k": 100_000}
PROBE = """
import importlib.util, json, platform, sqlite3, sys
found = [name for name in ("click", "frontmatter", "plaintextcrm") if importlib.util.find_spec(name)]
if importlib.util.find_spec("yaml") and __import__("yaml").__with_libyaml__:
    found.append("libyaml")
print(json.dumps({"python": platform.python_version(), "sqlite": sqlite3.sqlite_version, "found": found}))
"""


@dataclass(frozen=True)
class Sample:
    """One run of one command, as a whole process.

    The peak is of the resident memory of its largest process, `sum_mib` what all held together where that was counted (timed.py).
    """

    milliseconds: float
    peak_mib: float
    status: int
    stdout: str
    stderr: str
    sum_mib: float = 0.0


@dataclass(frozen=True)
class Machine:
    """What the numbers depend on; `found` names the programs and Python modules that are there to be measured."""

    cores: int
    versions: Mapping[str, str]
    found: frozenset[str]

    def line(self) -> str:
        versions = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        return f"{self.cores} cores, {versions}, YAML {'with' if 'libyaml' in self.found else 'without'} libyaml"


@dataclass(frozen=True)
class Ground:
    """The folder of one run: vaults/, the caches cold/ and warm/, state/, config/. The user's own are out of sight."""

    root: Path
    python: str

    def vault(self, name: str) -> Path:
        """The vault called `10k` or, for jobs that write, `10k-log`: made on first use, equal for equal sizes."""
        path = self.root / "vaults" / name
        if not path.exists():
            print(f"bench: generating {name}", file=sys.stderr)
            generate(path, CONTACTS[name.partition("-")[0]], git=True)
        return path

    def environment(self, cache: str = "warm") -> dict[str, str]:
        # Bytecode is written, as for an installed program; settings of the user for git, hugo, ripgrep or ptcrm do not count.
        left_out = ("GIT_", "HUGO_", "PTCRM_", "RIPGREP_", "PYTHONDONTWRITEBYTECODE", "PYTHONPROFILEIMPORTTIME")
        return {key: value for key, value in os.environ.items() if not key.startswith(left_out)} | {
            "XDG_CACHE_HOME": str(self.root / cache),
            "XDG_STATE_HOME": str(self.root / "state"),
            "XDG_CONFIG_HOME": str(self.root / "config"),
            "GIT_CONFIG_GLOBAL": str(self.root / "config" / "gitconfig"),
            "GIT_CONFIG_NOSYSTEM": "1",
        }

    def forget_cache(self, cache: str) -> None:
        shutil.rmtree(self.root / cache, ignore_errors=True)

    def ptcrm(self) -> str:
        return os.path.join(os.path.dirname(self.python), "ptcrm")

    def run(self, argv: Sequence[str], cache: str = "warm", whom: Literal["one", "all"] = "one") -> Sample:
        wrapped = [sys.executable, "-I", "-S", str(TIMED), str(self.root), whom, *argv]
        answer = subprocess.run(wrapped, env=self.environment(cache), capture_output=True, text=True, check=False)
        if answer.returncode:
            return Sample(0, 0, answer.returncode, "", answer.stderr)
        told: dict[str, Any] = json.loads(answer.stdout)
        stdout, stderr = ((self.root / name).read_text(errors="replace") for name in ("stdout", "stderr"))
        peak_mib, sum_mib = told["peak_bytes"] / 2**20, told["sum_bytes"] / 2**20 if whom == "all" else 0.0
        return Sample(told["seconds"] * 1000, peak_mib, told["status"], stdout, stderr, sum_mib)

    def machine(self) -> Machine:
        told: dict[str, Any] = json.loads(self.run([self.python, "-c", PROBE]).stdout)
        versions = {"Python": told["python"], "SQLite": told["sqlite"]}
        found = {*told["found"]}
        for program, name, how in (("git", "git", "--version"), ("rg", "ripgrep", "--version"), ("hugo", "hugo", "version")):
            if shutil.which(program):
                found.add(program)
                line = self.run([program, how]).stdout.split("\n")[0]
                versions[name] = line.removeprefix(f"{name} ").removeprefix("version ").partition(" linux/")[0]
        affinity = getattr(os, "sched_getaffinity", None)
        return Machine(len(affinity(0)) if affinity else os.cpu_count() or 1, versions, frozenset(found))


@contextmanager
def ground(python: str) -> Iterator[Ground]:
    """A temporary Ground, removed at the end; `python` is the absolute path of the interpreter to measure with."""
    with tempfile.TemporaryDirectory(prefix="ptcrm-bench-") as folder:
        root = Path(folder).resolve()
        for name in ("empty", "config", "vaults"):
            (root / name).mkdir()
        (root / "config" / "gitconfig").write_text("[user]\n\tname = Bench\n\temail = bench@example.com\n")
        yield Ground(root, python)


def settle() -> None:
    """Wait until no file is as young as an index made now: git and ptcrm would have to read those again."""
    os.sync()
    time.sleep(3)
