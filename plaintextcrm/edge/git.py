"""The only place that runs git, and how what was written is committed.

Only what writes calls it: a repository's own settings can run code through `git status`.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping, Sequence

from plaintextcrm.core.errors import NotCommitted, Refused
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.edge.paths import Path

BUSY = {
    "MERGE_HEAD": "a merge is in progress",
    "rebase-merge": "a rebase is in progress",
    "rebase-apply": "a rebase is in progress",
    "CHERRY_PICK_HEAD": "a cherry-pick is in progress",
    "REVERT_HEAD": "a revert is in progress",
    "sequencer": "a cherry-pick or revert of several commits is in progress",
    "BISECT_LOG": "a bisect is in progress",  # `git bisect good` would speak of our commit, not of the one that was tried
}
_FEW = 20_000  # characters of paths that fit into a command line everywhere (Windows takes 32,767)
_MANY = 1000  # paths that take git longer to compare than to commit
_SOME = 80  # paths that are so few, if none is longer than 250


class OnNoBranch(NotCommitted):
    """Written and committed, yet on no branch: the next switch would leave the commit behind."""

    exit_code = 0


class Done(NamedTuple):
    """How a git ended."""

    returncode: int
    stdout: str
    stderr: str


def repository(root: Path) -> Path | None:
    """The work tree that the vault is in (or is), or None."""
    return next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), None)


def as_typed(root: Path) -> str:
    """How git is typed for this vault where you are: `git` in its folder, elsewhere `git -C FOLDER`."""
    import shlex

    try:
        here = os.getcwd()
        if os.path.samefile(here, root):
            return "git"
    except OSError:
        return f"git -C {shlex.quote(str(root))}"
    below = Path(here).is_relative_to(root)
    return f"git -C {shlex.quote(os.path.relpath(root, here) if below else str(root))}"


def commit(root: Path, paths: Sequence[str], message: str) -> bool:
    """One commit of exactly those paths of the vault; the user's index and staged work stay as they are.

    False where there is no repository or no git. Raises NotCommitted, with why; the files are then written all the same.
    Raises OnNoBranch where it is committed, but nothing would hold the commit.
    """
    tree = repository(root)
    if tree is None:
        return False
    try:
        before = _marks(root, paths)
        why = _busy(tree) or _committed(root, paths, message)
        if why and not _as_committed(root, paths):
            raise _failed(root, paths, why)
        if not why and _marks(root, paths) != before:
            run(root, ["reset", "--quiet"], paths)  # a hook changed and added them: `commit --only` leaves the index with ours
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _failed(root, paths, (error.strerror or str(error)).lower()) from None
    except KeyboardInterrupt:
        raise _failed(root, paths, "it was interrupted") from None
    if _on_no_branch(tree):
        raise OnNoBranch("committed on no branch: git switch -c NAME keeps it")
    return True


def _committed(root: Path, paths: Sequence[str], message: str) -> str:
    """Commit; why it failed, "" where it did not."""
    done = (_commit_many(root, paths, message) if len(paths) > _MANY else None) or _commit_only(root, paths, message)
    if done.returncode and "did not match any file" in done.stderr:
        done = _commit_unknown(root, paths, message)
    return why_not(done) if done.returncode and not _unstaged(root, paths) else ""


def _unstaged(root: Path, paths: Sequence[str]) -> bool:
    """Whether all there was of the paths was staged and never committed, and is gone: staged no more, they leave nothing to commit."""
    gone = [path for path in paths if not (root / path).exists()]
    if not gone or len(paths) > _SOME:
        return False
    asked = run(root, ["--no-optional-locks", "status", "--porcelain", "-z", "--no-renames"], paths)
    entries = asked.stdout.split("\0")[:-1]
    if not entries or not all(entry.startswith("AD ") for entry in entries):
        return False
    return not run(root, ["update-index", "--force-remove", "-z", "--stdin"], told="\0".join(gone)).returncode


def _marks(root: Path, paths: Sequence[str]) -> list[tuple[int, int, int] | None]:
    """What tells of each file whether somebody wrote to it."""
    found: list[tuple[int, int, int] | None] = []
    for path in paths:
        try:
            facts = os.stat(root / path)
            found.append((facts.st_mtime_ns, facts.st_size, facts.st_ino))
        except OSError:
            found.append(None)
    return found


def _commit_only(root: Path, paths: Sequence[str], message: str) -> Done:
    return run(root, ["commit", "--quiet", "--only", "--message", message], paths)


def _commit_many(root: Path, paths: Sequence[str], message: str) -> Done | None:
    """The same in one pass: each path that git is given it compares with each that it knows, which takes a minute for 25,000.

    None where something is staged already, which would go along, or where a .gitignore leaves one of them out.
    """
    told = "\0".join(paths)
    staged = run(root, ["diff", "--cached", "--quiet", "--ita-visible-in-index"]).returncode
    if staged or run(root, ["--no-literal-pathspecs", "check-ignore", "--quiet", "-z", "--stdin"], told=told).returncode != 1:
        return None
    done = None
    try:
        added = run(root, ["update-index", "--add", "--remove", "-z", "--stdin"], told=told)
        done = added if added.returncode else run(root, ["commit", "--quiet", "--message", message])
        return done
    finally:
        if done is None or done.returncode:
            run(root, ["reset", "--quiet"])


def _commit_unknown(root: Path, paths: Sequence[str], message: str) -> Done:
    """The same where git does not know some of the paths: what is there is made known to it, and forgotten again if it fails.

    What is neither there nor known (a file that was never committed, taken back) is left out.
    """
    unknown = _unknown(root, paths)
    new = [path for path in paths if path in unknown and (root / path).exists()]
    had = run(root, ["ls-tree", "-r", "-z", "--name-only", "HEAD"]).stdout.split("\0") if len(new) < len(unknown) else ()
    there = [path for path in paths if path not in unknown.difference(had) or path in new]  # `git rm` takes it from the index only
    if not there:
        return Done(0, "", "")
    done = None
    try:
        added = run(root, ["add", "--intent-to-add"], new)
        done = added if added.returncode else _commit_only(root, there, message)
        return done
    finally:
        if done is None or done.returncode:
            run(root, ["update-index", "--force-remove", "-z", "--stdin"], told="\0".join(new))


def _unknown(root: Path, paths: Sequence[str]) -> frozenset[str]:
    """Those of the paths that are not in the index: byte by byte, or however accents are written where git writes them in its own way."""
    listed = run(root, ["ls-files", "-z"]).stdout.split("\0")
    if answer(root, "config", "--type=bool", "--get", "core.precomposeUnicode") != "true":  # as it is on macOS
        return frozenset(paths).difference(listed)
    known = {unicodedata.normalize("NFC", path) for path in listed}
    return frozenset(path for path in paths if unicodedata.normalize("NFC", path) not in known)


def _as_committed(root: Path, paths: Sequence[str]) -> bool:
    """Whether the newest commit has the files as they are, so that nothing is left to commit: what it never had was taken back."""
    if any((root / path).exists() for path in _unknown(root, paths)):
        return False
    asked = ["--no-optional-locks", "status", "--porcelain"]
    told = (run(root, asked, paths[start : start + _SOME]) for start in range(0, len(paths), _SOME))
    return not any(one.returncode or one.stdout for one in told)


def _failed(root: Path, paths: Sequence[str], why: str) -> NotCommitted:
    one = f"{paths[0]}: is {'written' if (root / paths[0]).exists() else 'removed'}"
    return NotCommitted(f"{one if len(paths) == 1 else f'{len(paths)} files: are written'}, but git did not commit: {why}")


def _on_no_branch(tree: Path) -> bool:
    """Whether HEAD is a commit instead of a branch; read, not asked: it is looked at after each commit."""
    try:
        return not (_git_folder(tree) / "HEAD").read_text(encoding="utf-8", errors="replace").startswith("ref:")
    except OSError:
        return False


def init(root: Path, message: str, paths: Sequence[str]) -> bool:
    """A repository with a first commit of those paths; False where there is no git. Raises NotCommitted."""
    try:
        made = run(root, ["init", "--quiet"])
        if made.returncode:
            raise NotCommitted(f"the vault is made, but git is not: {why_not(made)}")
        added = run(root, ["add", "--all", "--", *paths])
        done = run(root, ["commit", "--quiet", "--message", message]) if not added.returncode else added
    except FileNotFoundError:
        return False
    if done.returncode:
        raise NotCommitted(f"the vault is made, but its first commit is not: {why_not(done)}")
    return True


# --- running it -----------------------------------------------------------------------------------------------------


def run(
    root: Path,
    arguments: Sequence[str],
    paths: Sequence[str] = (),
    told: str = "",
    more: Mapping[str, str] | None = None,
    whole: bool = False,
) -> Done:
    """Run git in the vault with those paths."""
    if sum(map(len, paths)) > _FEW:
        arguments = [*arguments, "--pathspec-from-file=-", "--pathspec-file-nul"]  # git 2.26
        told = "\0".join(paths)
    elif paths:
        arguments = [*arguments, "--", *paths]
    code, out, err = run_bytes(root, arguments, told.encode("utf-8", "surrogateescape"), more, whole)
    return Done(code, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"))


def run_bytes(
    root: Path, arguments: Sequence[str], told: bytes = b"", more: Mapping[str, str] | None = None, whole: bool = False
) -> tuple[int, bytes, bytes]:
    """Run git in the vault. Told to stop meanwhile, we let it remove its locks; with `whole` we let it come to its end."""
    import subprocess  # 3 ms, and a vault may commit nothing

    with subprocess.Popen(
        ["git", "--literal-pathspecs", *arguments], cwd=root, env=_environment() | dict(more or {}), start_new_session=whole,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as git:  # fmt: skip
        try:
            out, err = git.communicate(told)
        except BaseException:
            if whole:
                git.communicate()
            else:
                git.terminate()
                git.wait()
            raise
    return git.returncode, out, err


def _environment() -> dict[str, str]:
    # git exports GIT_DIR, GIT_INDEX_FILE and others to hooks; a child git would write to the wrong index
    kept = ("GIT_AUTHOR_", "GIT_COMMITTER_", "GIT_CONFIG_", "GIT_SSL_", "GIT_SSH", "GIT_ASKPASS", "GIT_EXEC_PATH")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name.startswith(kept)}
    return clean | {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C.UTF-8", "LANGUAGE": "C"}


def why_not(done: Done) -> str:
    lines = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    told = next((line for line in lines if line.startswith(("fatal:", "error:"))), lines[0] if lines else "")
    if any("Please tell me who you are" in line for line in lines):
        told = "git does not know who you are (git config user.name and user.email)"
    if any("are ignored by one of your .gitignore" in line for line in lines):
        told = "a .gitignore leaves it out"
    return told.removeprefix("fatal: ").removeprefix("error: ") or f"it ended with {done.returncode} and said nothing (a hook of yours?)"


def answer(root: Path, *words: str) -> str:
    """What git answers, without its line end; "" where it has no answer."""
    done = run(root, words)
    return "" if done.returncode else done.stdout.removesuffix("\n")


def asked(root: Path, *words: str) -> str:
    """What git answers. Raises Refused where it does not."""
    done = run(root, words)
    if done.returncode:
        raise Refused(f"git {words[0]} failed: {why_not(done)}")
    return done.stdout


def busy(root: Path) -> str | None:
    """What git is in the middle of, in words, or None."""
    tree = repository(root)
    return _busy(tree) if tree else None


def _busy(tree: Path) -> str | None:
    folder = _git_folder(tree)
    return next((words for name, words in BUSY.items() if (folder / name).exists()), None)


def _git_folder(tree: Path) -> Path:
    """Where git keeps what belongs to this work tree."""
    folder = tree / ".git"
    if folder.is_file():  # a worktree or a submodule
        pointer = folder.read_text(encoding="utf-8", errors="replace").strip()
        folder = (tree / pointer.removeprefix("gitdir:").strip()).resolve()
    return folder


def author(root: Path) -> str:
    """The e-mail address that a commit in the vault would have as its author's, "" where git does not know one."""
    try:
        return answer(root, "var", "GIT_AUTHOR_IDENT").partition("<")[2].partition(">")[0]
    except OSError:  # there is no git
        return ""
