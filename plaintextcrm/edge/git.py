"""The only place that runs git; only what writes calls it (a repository's own settings can run code through `git status`)."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from plaintextcrm.core.errors import NotCommitted

_BUSY = {
    "MERGE_HEAD": "a merge is in progress",
    "rebase-merge": "a rebase is in progress",
    "rebase-apply": "a rebase is in progress",
    "CHERRY_PICK_HEAD": "a cherry-pick is in progress",
    "REVERT_HEAD": "a revert is in progress",
}


def repository(root: Path) -> Path | None:
    """The work tree that the vault is in (or is), or None."""
    return next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), None)


def commit(root: Path, paths: Sequence[str], message: str) -> bool:
    """One commit of exactly those paths of the vault; the user's index and staged work stay as they are.

    False where there is no repository or no git. Raises NotCommitted, with why; the files are then written all the same.
    """
    tree = repository(root)
    if tree is None:
        return False
    busy = _busy(tree)
    if busy:
        raise _failed(paths, busy)
    arguments = ["commit", "--quiet", "--only", "--message", message, "--", *paths]
    try:
        done = _run(root, arguments)
        if done.returncode and "did not match any file" in done.stderr:
            added = _run(root, ["add", "--intent-to-add", "--", *(path for path in paths if (root / path).exists())])
            if added.returncode:
                raise _failed(paths, _why(added))
            done = _run(root, arguments)
    except FileNotFoundError:
        return False
    if done.returncode and not _nothing_new(done):
        raise _failed(paths, _why(done))
    return True


def _run(root: Path, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", "--literal-pathspecs", *arguments], cwd=root, env=_environment(), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip


def _environment() -> dict[str, str]:
    # git exports GIT_DIR, GIT_INDEX_FILE and others to hooks; a child git would write to the wrong index
    kept = ("GIT_AUTHOR_", "GIT_COMMITTER_", "GIT_CONFIG_", "GIT_SSL_", "GIT_SSH", "GIT_ASKPASS", "GIT_EXEC_PATH")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name.startswith(kept)}
    return clean | {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C.UTF-8", "LANGUAGE": "C"}


def _busy(tree: Path) -> str | None:
    folder = tree / ".git"
    if folder.is_file():  # a worktree or a submodule
        pointer = folder.read_text(encoding="utf-8", errors="replace").strip()
        folder = (tree / pointer.removeprefix("gitdir:").strip()).resolve()
    return next((words for name, words in _BUSY.items() if (folder / name).exists()), None)


def _nothing_new(done: subprocess.CompletedProcess[str]) -> bool:
    said = done.stdout + done.stderr
    return "nothing to commit" in said or "nothing added to commit" in said or "no changes added" in said


def _why(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    told = next((line for line in lines if line.startswith(("fatal:", "error:"))), lines[0] if lines else f"exit code {done.returncode}")
    if any("Please tell me who you are" in line for line in lines):
        told = "git does not know who you are (git config user.name and user.email)"
    return told.removeprefix("fatal: ").removeprefix("error: ")


def _failed(paths: Sequence[str], why: str) -> NotCommitted:
    what = paths[0] if len(paths) == 1 else f"{len(paths)} files"
    return NotCommitted(f"{what}: {'is' if len(paths) == 1 else 'are'} written, but git did not commit: {why}")


def init(root: Path, message: str) -> bool:
    """A repository with a first commit of everything there; False where there is no git. Raises NotCommitted."""
    try:
        made = _run(root, ["init", "--quiet"])
        if made.returncode:
            raise NotCommitted(f"the vault is made, but git is not: {_why(made)}")
        added = _run(root, ["add", "--all"])
        done = _run(root, ["commit", "--quiet", "--message", message]) if not added.returncode else added
    except FileNotFoundError:
        return False
    if done.returncode:
        raise NotCommitted(f"the vault is made, but its first commit is not: {_why(done)}")
    return True
