"""What git knows of the vault: its branch and settings, its commits, and what differs between two of them."""

from __future__ import annotations

from collections.abc import Iterable

from plaintextcrm.core.errors import Refused
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.edge.git import answer, asked, run, run_bytes, why_not
from plaintextcrm.edge.paths import Path

EMPTY_BLOBS = ("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813")
"""The file without a byte, by SHA-1 and by SHA-256."""


class Change(NamedTuple):
    """One file that two commits have differently: its path below the vault and its blob in each, "" where it is not there."""

    old_path: str
    new_path: str
    old: str
    new: str


def branch(root: Path) -> str:
    """The branch we are on, "" on none."""
    return answer(root, "symbolic-ref", "--quiet", "--short", "HEAD")


def upstream(root: Path, branch: str) -> tuple[str, str]:
    """(remote, its branch) that a branch follows, each "" where that is not set."""
    remote, there = setting(root, f"branch.{branch}.remote"), setting(root, f"branch.{branch}.merge")
    return (remote, there.removeprefix("refs/heads/")) if remote and there else ("", "")


def remotes(root: Path) -> list[str]:
    """The names of the remotes."""
    return answer(root, "remote").splitlines()


def setting(root: Path, name: str) -> str:
    """A setting of git's as it holds in the vault, "" where it is not set."""
    return answer(root, "config", "--get", name)


def set_setting(root: Path, name: str, value: str) -> None:
    """Set it for this repository. Raises Refused."""
    done = run(root, ["config", "--local", name, value])
    if done.returncode:
        raise Refused(f"git config {name} cannot be set: {why_not(done)}")


def merges_with(root: Path, path: str) -> str:
    """The merge driver that `.gitattributes` names for a path of the vault, "" for none."""
    words = run(root, ["check-attr", "-z", "merge"], [path]).stdout.split("\0")
    return words[2] if len(words) > 2 and words[2] not in ("unspecified", "set", "unset") else ""


def commit_of(root: Path, name: str) -> str:
    """The commit that a name stands for, "" where there is none."""
    return answer(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")


def common_commit(root: Path, one: str, other: str) -> str:
    """The newest commit that both go back to, "" where they have nothing in common."""
    return answer(root, "merge-base", one, other)


def files_of(root: Path, commit: str) -> list[str]:
    """The paths below the vault that a commit has there."""
    return asked(root, "ls-tree", "-r", "-z", "--name-only", commit).split("\0")[:-1]


def changed_by_hand(root: Path) -> list[tuple[str, str]]:
    """(path below the vault, how: git's two letters) of what is not as in the newest commit, new files too."""
    told = asked(root, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--", ".").split("\0")[:-1]
    above = answer(root, "rev-parse", "--show-prefix")  # those paths begin at the repository, whatever the folder
    return [(entry[3:].removeprefix(above), entry[:2]) for entry in told]


def with_markers(root: Path) -> list[str]:
    """The paths below the vault in which a merge left its markers, whatever the user's git is set to. Raises Refused."""
    how = ("--untracked", "--no-recurse-submodules", "--no-full-name", "--no-color", "--text", "--basic-regexp", "-l", "-z")
    done = run(root, ["grep", *how, "-e", "^<<<<<<< "])
    if done.returncode > 1:  # 1: none are found
        raise Refused(f"git grep failed: {why_not(done)}")
    return done.stdout.split("\0")[:-1]


def changes(root: Path, old: str, new: str) -> list[Change]:
    """What differs below the vault from one commit to another; "" for `old` is the empty one. A moved file is one change."""
    old = old or run(root, ["hash-object", "-t", "tree", "--stdin"]).stdout.strip()
    words = iter(asked(root, "diff", "--raw", "-z", "--no-abbrev", "--relative", "-M", "--no-ext-diff", old, new).split("\0")[:-1])
    found = []
    for facts in words:
        _, _, before, after, status = facts.split(" ")
        path = next(words)
        other = next(words) if status[0] in "RC" else path
        found.append(Change(path, other, before.strip("0") and before, after.strip("0") and after))
    return found


def blobs(root: Path, ids: Iterable[str]) -> dict[str, bytes]:
    """The bytes of each blob, in one call. Raises Refused where git fails."""
    wanted = [id for id in dict.fromkeys(ids) if id]
    code, out, _ = run_bytes(root, ["cat-file", "--batch"], "".join(f"{id}\n" for id in wanted).encode()) if wanted else (0, b"", b"")
    if code:
        raise Refused("git cat-file fails: what came in cannot be told; try again")
    found, start = {}, 0
    for id in wanted:
        end = out.index(b"\n", start)
        words = out[start:end].split()
        size = int(words[2]) if len(words) == 3 else -1  # "missing": a submodule, or a clone that fetches when asked
        if size >= 0:
            found[id] = out[end + 1 : end + 1 + size]
        start = end + 2 + size if size >= 0 else end + 1
    return found
