"""The only place that runs git; only what writes calls it (a repository's own settings can run code through `git status`)."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Sequence

from plaintextcrm.core.errors import NotCommitted
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.edge.paths import Path

_BUSY = {
    "MERGE_HEAD": "a merge is in progress",
    "rebase-merge": "a rebase is in progress",
    "rebase-apply": "a rebase is in progress",
    "CHERRY_PICK_HEAD": "a cherry-pick is in progress",
    "REVERT_HEAD": "a revert is in progress",
    "sequencer": "a cherry-pick or revert of several commits is in progress",
    "BISECT_LOG": "a bisect is in progress",
}
_FEW = 20_000  # characters of paths that fit into a command line everywhere (Windows takes 32,767)
_SOME = 80  # paths that are so few, if none is longer than 250


class _Done(NamedTuple):
    """How a git ended."""

    returncode: int
    stdout: str
    stderr: str


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
    try:
        why = _busy(tree) or _committed(root, paths, message)
        if why and not _as_committed(root, paths):
            raise _failed(root, paths, why)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _failed(root, paths, (error.strerror or str(error)).lower()) from None
    except KeyboardInterrupt:
        raise _failed(root, paths, "it was interrupted") from None
    return True


def _committed(root: Path, paths: Sequence[str], message: str) -> str:
    """Commit; why it failed, "" where it did not."""
    done = _commit_only(root, paths, message)
    if done.returncode and "did not match any file" in done.stderr:
        done = _commit_unknown(root, paths, message)
    return _why(done) if done.returncode else ""


def _commit_only(root: Path, paths: Sequence[str], message: str) -> _Done:
    return _run(root, ["commit", "--quiet", "--only", "--message", message], paths)


def _commit_unknown(root: Path, paths: Sequence[str], message: str) -> _Done:
    """The same where git does not know some of the paths: what is there is made known to it, and forgotten again if it fails.

    What is neither there nor known (a file that was never committed, taken back) is left out.
    """
    unknown = _unknown(root, paths)
    new = [path for path in paths if path in unknown and (root / path).exists()]
    there = [path for path in paths if path not in unknown or path in new]
    if not there:
        return _Done(0, "", "")
    done = None
    try:
        added = _run(root, ["add", "--intent-to-add"], new)
        done = added if added.returncode else _commit_only(root, there, message)
        return done
    finally:
        if done is None or done.returncode:
            _run(root, ["update-index", "--force-remove", "-z", "--stdin"], told="\0".join(new))


def _run(root: Path, arguments: Sequence[str], paths: Sequence[str] = (), told: str = "") -> _Done:
    """Run git in the vault with those paths; told to stop meanwhile, it is left the time to remove its locks."""
    import subprocess  # 3 ms, and a vault may commit nothing

    words = ["git", "--literal-pathspecs", *arguments]
    if sum(map(len, paths)) > _FEW:
        words += ["--pathspec-from-file=-", "--pathspec-file-nul"]  # git 2.26
        told = "\0".join(paths)
    elif paths:
        words += ["--", *paths]
    with subprocess.Popen(
        words, cwd=root, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, encoding="utf-8", errors="replace",
    ) as git:  # fmt: skip
        try:
            out, err = git.communicate(told)
        except BaseException:
            git.terminate()
            git.wait()
            raise
    return _Done(git.returncode, out, err)


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


def _unknown(root: Path, paths: Sequence[str]) -> frozenset[str]:
    """Those of the paths that are not in the index."""
    listed = _run(root, ["ls-files", "-z"]).stdout.split("\0")
    known = {unicodedata.normalize("NFC", path) for path in listed}  # as git on macOS has them
    return frozenset(path for path in paths if unicodedata.normalize("NFC", path) not in known)


def _as_committed(root: Path, paths: Sequence[str]) -> bool:
    """Whether the newest commit has the files as they are, so that nothing is left to commit: what it never had was taken back."""
    if any((root / path).exists() for path in _unknown(root, paths)):
        return False
    asked = ["--no-optional-locks", "status", "--porcelain"]
    told = (_run(root, asked, paths[start : start + _SOME]) for start in range(0, len(paths), _SOME))
    return not any(one.returncode or one.stdout for one in told)


def _why(done: _Done) -> str:
    lines = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    told = next((line for line in lines if line.startswith(("fatal:", "error:"))), lines[0] if lines else "")
    if any("Please tell me who you are" in line for line in lines):
        told = "git does not know who you are (git config user.name and user.email)"
    if any("are ignored by one of your .gitignore" in line for line in lines):
        told = "a .gitignore leaves it out"
    return told.removeprefix("fatal: ").removeprefix("error: ") or f"it ended with {done.returncode} and said nothing (a hook of yours?)"


def _failed(root: Path, paths: Sequence[str], why: str) -> NotCommitted:
    one = f"{paths[0]}: is {'written' if (root / paths[0]).exists() else 'removed'}"
    return NotCommitted(f"{one if len(paths) == 1 else f'{len(paths)} files: are written'}, but git did not commit: {why}")


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
