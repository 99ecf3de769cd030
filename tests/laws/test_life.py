"""A vault's life: whatever is done to it in whatever order, the index answers as the files do, and each entry logged stands exactly once."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.make import vault
from tests.place import Place, Ran
from tests.test_manners import GIT, git, repository
from tests.test_merge_file import DRIVER

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # an index is left to the end of its process

# The same lives each time; PTCRM_EXAMPLES=20000 lives a thousand, at random.
MORE = int(os.environ.get("PTCRM_EXAMPLES", "0")) // 20
QUESTIONS = (("list", "--json"), ("due", "--all", "--json"), ("search", "talk", "--json"))
PROSE = "".join(f"A line about the sea, number {number}.\n" for number in range(20))  # so that git knows a file again under another name
TALK = re.compile(r"\btalk \d+\b")
MATTER = {"ada": "tier: A\nknows: ['[[ben]]']", "ben": "tier: B\nreferred_by: ada", "cleo": "cadence: 2 weeks"}
NAMES = {"ada": "Ada King", "ben": "Ben Ray", "cleo": "Cleo Vane"}
PEOPLE = {
    id: f"---\nname: {NAMES[id]}\n{MATTER[id]}\n---\n\n{NAMES[id].split()[0]}'s:\n\n{PROSE.replace('sea', id)}\n## Interactions\n\n- 2026-01-02 call: talk {n}\n"
    for n, id in enumerate(NAMES)
}
# Ends the process, and the git it started, at the n-th of these calls.
KILLED = """
import os
import signal
left = int(os.environ["CALLS_LEFT"])
def counted(call):
    def one(*words, **more):
        global left
        left -= 1
        if left < 0:
            os.killpg(0, signal.SIGKILL)
        return call(*words, **more)
    return one
for name in ("write", "fsync", "rename", "replace", "link", "unlink", "mkdir"):
    setattr(os, name, counted(getattr(os, name)))
"""
Files = dict[str, bytes | None]


class Write(NamedTuple):
    """One write that undo can take back: the files before and after, and the talks that came and went with it."""

    before: Files
    after: Files
    came: frozenset[str]
    went: frozenset[str]


def begun(folder: Path) -> Place:
    """A repository with three people and our merge driver."""
    root = vault(folder / "v", dict(PEOPLE), GIT)
    (root / ".gitattributes").write_text("*.md merge=ptcrm\n")
    repository(root)
    git(root, "config", "merge.ptcrm.driver", DRIVER)
    (folder / "kill").mkdir()
    (folder / "kill/sitecustomize.py").write_text(KILLED)
    return Place(root, folder / "home")


WHO = st.sampled_from(["ada", "ben", "cleo"])
BRANCH = st.sampled_from(["main", "side", "third"])
DAY = st.sampled_from(["2026-11-18", "2026-11-20", "2026-11-21"])


class Life(RuleBasedStateMachine):
    """What we know of the vault: the talks that stand here and at each commit we left, and the writes that can be taken back."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="ptcrm-life-"))
        self.place = begun(self.folder)
        self.number = 100
        self.here = frozenset(f"talk {n}" for n in range(3))
        self.at: dict[str, frozenset[str]] = {}
        self.branch, self.heads = "main", {"main": ""}
        self.writes: list[Write] = []

    # --- what there is

    def files(self) -> Files:
        """The contacts' files."""
        return {path.name: path.read_bytes() for path in (self.place.root / "contacts").iterdir()}

    def talks(self) -> Counter[str]:
        """Every talk that stands in a contact's file, as often as it does."""
        return Counter(talk for data in self.files().values() for talk in TALK.findall((data or b"").decode()))

    def fresh(self) -> str:
        self.number += 1
        return f"talk {self.number}"

    def wrote(self, before: Files, here: frozenset[str]) -> None:
        """A write came to its end, or was mended: what undo would take back."""
        after = self.files()
        changed = [path for path in before.keys() | after.keys() if before.get(path) != after.get(path)]
        if changed:
            old, new = ({path: side.get(path) for path in changed} for side in (before, after))
            self.writes.append(Write(old, new, here - self.here, self.here - here))
        self.here = here

    def run(self, words: tuple[str, ...], here: frozenset[str]) -> Ran:
        """A command after which those talks stand, if it does not refuse."""
        before = self.files()
        ran = self.place(*words)
        assert ran.code in (0, 2, 4, 5), (words, ran)
        if ran.code == 0:
            self.wrote(before, here)
        else:
            assert self.files() == before, (words, ran)
        return ran

    def of(self, who: str) -> frozenset[str]:
        """The talks in somebody's file, if they have one under that name."""
        path = self.place.root / "contacts" / f"{who}.md"
        return frozenset(TALK.findall(path.read_text())) if path.exists() else frozenset()

    # --- ptcrm

    @rule(who=WHO, day=DAY)
    def log(self, who: str, day: str) -> None:
        talk = self.fresh()
        self.run(("log", who, "call", talk, "-d", day), self.here | {talk})

    @rule(who=WHO)
    def skip(self, who: str) -> None:
        talk = self.fresh()
        self.run(("skip", who, talk), self.here | {talk})

    @rule(who=WHO, word=st.sampled_from(["tier=A", "tier=C", "tags+=x", "tags+=y", "role="]))
    def set(self, who: str, word: str) -> None:
        self.run(("set", who, word), self.here)

    @rule(who=WHO)
    def archive(self, who: str) -> None:
        self.run(("archive", who), self.here)

    @rule(who=WHO, name=st.sampled_from(["Ida Moor", "Ned Odd"]))
    def rename(self, who: str, name: str) -> None:
        self.run(("rename", who, name), self.here)

    @rule()
    def merge_people(self) -> None:
        self.run(("merge", "ben", "ada"), self.here)

    @rule(who=WHO)
    def forget(self, who: str) -> None:
        if self.of(who):
            self.run(("forget", who, "-y"), self.here - self.of(who))

    def _table(self, who: str, talk: str) -> str:
        path = self.folder / "log.csv"
        path.write_text(f"date,person,channel,note\n2026-11-19,{NAMES[who]},call,{talk}\n")
        return str(path)

    @rule(who=WHO)
    def bring_in(self, who: str) -> None:
        talk = self.fresh()
        self.run(("import", self._table(who, talk), "-y"), self.here | {talk})

    @rule()
    def undo(self) -> None:
        before = self.files()
        while self.writes and all(before.get(path) == data for path, data in self.writes[-1].before.items()):
            self.writes.pop()  # nothing of it stands here
        ran = self.place("undo")
        if not self.writes:
            assert ran.code == 2, ran
            return
        last = self.writes[-1]
        back = [path for path, data in last.before.items() if before.get(path) != data]
        if any(before.get(path) != last.after[path] for path in back):
            assert (ran.code, self.files()) == (5, before), ran
            return
        assert ran.code == 0, ran
        wanted = {path: data for path, data in (before | {path: last.before[path] for path in back}).items() if data is not None}
        assert self.files() == wanted
        self.writes.pop()
        self.here = self.here - last.came | last.went

    @rule(who=WHO, what=st.sampled_from(["log", "set", "rename", "merge", "import"]), calls=st.integers(0, 30))
    def crash(self, who: str, what: str, calls: int) -> None:
        """A write that is killed: the next command finds it done, or takes back what was."""
        talk, before = self.fresh(), self.files()
        words, here = {
            "log": (("log", who, "call", talk), self.here | {talk}),
            "set": (("set", who, f"tags+=z{self.number}"), self.here),
            "rename": (("rename", who, f"Una {talk.title()}"), self.here),
            "merge": (("merge", "cleo", "ada"), self.here),
            "import": (("import", self._table(who, talk), "-y"), self.here | {talk}),
        }[what]
        own = self.place.environment(CALLS_LEFT=str(calls))
        own["PYTHONPATH"] = f"{self.folder / 'kill'}{os.pathsep}{own['PYTHONPATH']}"
        command = [sys.executable, "-m", "plaintextcrm", *words]
        ended = subprocess.run(command, cwd=self.place.root, env=own, capture_output=True, start_new_session=True, check=False).returncode
        assert ended in (0, 2, 4, 5, -signal.SIGKILL)
        (self.place.root / ".git/index.lock").unlink(missing_ok=True)  # git says so itself
        assert self.place("undo", "--list").code == 0  # takes the lock, and mends
        assert self.talks() in (Counter(self.here), Counter(here))
        self.wrote(before, here if talk in self.talks() else self.here)

    # --- the user, and git

    @rule(who=WHO)
    def by_hand(self, who: str) -> None:
        path = self.place.root / "contacts" / f"{who}.md"
        if path.exists():
            talk = self.fresh()
            path.write_text(f"{path.read_text().rstrip()}\n- 2026-11-21 letter: {talk}\n")
            self.here |= {talk}

    @rule(who=WHO)
    def delete(self, who: str) -> None:
        self.here -= self.of(who)
        (self.place.root / "contacts" / f"{who}.md").unlink(missing_ok=True)

    @rule()
    def commit(self) -> None:
        """Whatever is not committed yet, so that the talks at this commit are those here."""
        git(self.place.root, "add", "-A")
        git(self.place.root, "commit", "-q", "--allow-empty", "-m", "by hand")
        self.heads[self.branch] = self.head()
        self.at[self.head()] = self.here

    def head(self) -> str:
        return git(self.place.root, "rev-parse", "HEAD").strip()

    @rule(name=BRANCH)
    def checkout(self, name: str) -> None:
        self.commit()
        git(self.place.root, "checkout", "-q", *([] if name in self.heads else ["-b"]), name)
        self.branch = name
        self.here = self.at[self.heads.setdefault(name, self.head())]

    @rule(name=BRANCH)
    def merge(self, name: str) -> None:
        if name not in self.heads or name == self.branch:
            return
        self.commit()
        bases = git(self.place.root, "merge-base", "--all", "HEAD", name).split()
        if len(bases) > 1:
            return  # git makes up a base from them
        old, ours, theirs, before = self.at[bases[0]], self.here, self.at[self.heads[name]], self.files()
        git(self.place.root, "merge", "-q", "--no-edit", name, fails=True)
        if (self.place.root / ".git/MERGE_HEAD").exists():
            self.same()  # among conflict markers too
            git(self.place.root, "merge", "--abort")
            assert self.files() == before
        else:
            self.here = (old & ours & theirs) | ((ours | theirs) - old)
            self.commit()

    # --- the laws

    @invariant()
    def same(self) -> None:
        """The index answers as the files do."""
        for words in QUESTIONS:
            assert self.place(*words) == self.place("--no-cache", *words), words

    @invariant()
    def each_once(self) -> None:
        """Whatever was logged and not taken back stands exactly once."""
        assert self.talks() == Counter(self.here)

    def teardown(self) -> None:
        shutil.rmtree(self.folder)


Life.TestCase.settings = settings(
    max_examples=max(4, MORE), stateful_step_count=14, deadline=None, derandomize=not MORE, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
TestWhateverIsDoneTheIndexIsRightAndEveryEntryStandsOnce = Life.TestCase
