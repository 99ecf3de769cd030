"""The only place that runs git; only what writes calls it (a repository's own settings can run code through `git status`)."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from plaintextcrm.core.errors import NotCommitted, Refused
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.edge.paths import Path

_BUSY = {
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
_PATIENCE = ("-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=60")  # a network that is silent for a minute is none
_SOME = 80  # paths that are so few, if none is longer than 250


class OnNoBranch(NotCommitted):
    """Written and committed, yet on no branch: the next switch would leave the commit behind."""

    exit_code = 0


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
            _run(root, ["reset", "--quiet"], paths)  # a hook changed and added them: `commit --only` leaves the index with ours
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
    return _why(done) if done.returncode else ""


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


def _commit_only(root: Path, paths: Sequence[str], message: str) -> _Done:
    return _run(root, ["commit", "--quiet", "--only", "--message", message], paths)


def _commit_many(root: Path, paths: Sequence[str], message: str) -> _Done | None:
    """The same in one pass: each path that git is given it compares with each that it knows, which takes a minute for 25,000.

    None where something is staged already, which would go along, or where a .gitignore leaves one of them out.
    """
    told = "\0".join(paths)
    staged = _run(root, ["diff", "--cached", "--quiet", "--ita-visible-in-index"]).returncode
    if staged or _run(root, ["--no-literal-pathspecs", "check-ignore", "--quiet", "-z", "--stdin"], told=told).returncode != 1:
        return None
    done = None
    try:
        added = _run(root, ["update-index", "--add", "--remove", "-z", "--stdin"], told=told)
        done = added if added.returncode else _run(root, ["commit", "--quiet", "--message", message])
        return done
    finally:
        if done is None or done.returncode:
            _run(root, ["reset", "--quiet"])


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


def _run(
    root: Path,
    arguments: Sequence[str],
    paths: Sequence[str] = (),
    told: str = "",
    more: Mapping[str, str] | None = None,
    whole: bool = False,
) -> _Done:
    """Run git in the vault with those paths."""
    if sum(map(len, paths)) > _FEW:
        arguments = [*arguments, "--pathspec-from-file=-", "--pathspec-file-nul"]  # git 2.26
        told = "\0".join(paths)
    elif paths:
        arguments = [*arguments, "--", *paths]
    code, out, err = _run_bytes(root, arguments, told.encode("utf-8", "surrogateescape"), more, whole)
    return _Done(code, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"))


def _run_bytes(
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


def _busy(tree: Path) -> str | None:
    folder = _git_folder(tree)
    return next((words for name, words in _BUSY.items() if (folder / name).exists()), None)


def _git_folder(tree: Path) -> Path:
    """Where git keeps what belongs to this work tree."""
    folder = tree / ".git"
    if folder.is_file():  # a worktree or a submodule
        pointer = folder.read_text(encoding="utf-8", errors="replace").strip()
        folder = (tree / pointer.removeprefix("gitdir:").strip()).resolve()
    return folder


def _on_no_branch(tree: Path) -> bool:
    """Whether HEAD is a commit instead of a branch; read, not asked: it is looked at after each commit."""
    try:
        return not (_git_folder(tree) / "HEAD").read_text(encoding="utf-8", errors="replace").startswith("ref:")
    except OSError:
        return False


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


# --- a vault that several share ------------------------------------------------------------------------------------


EMPTY_BLOBS = ("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813")
"""The file without a byte, by SHA-1 and by SHA-256."""


class Change(NamedTuple):
    """One file that two commits have differently: its path below the vault and its blob in each, "" where it is not there."""

    old_path: str
    new_path: str
    old: str
    new: str


class Conflict(NamedTuple):
    """One file that did not merge: its path below the vault, and the blobs of what both began with, of ours and of theirs."""

    path: str
    base: str
    ours: str
    theirs: str


class Fetched(NamedTuple):
    """What a remote has of a branch: its commit; or "" and the branches that are there instead."""

    commit: str
    others: tuple[str, ...] = ()


def busy(root: Path) -> str | None:
    """What git is in the middle of, in words, or None."""
    tree = repository(root)
    return _busy(tree) if tree else None


def branch(root: Path) -> str:
    """The branch we are on, "" on none."""
    return _answer(root, "symbolic-ref", "--quiet", "--short", "HEAD")


def upstream(root: Path, branch: str) -> tuple[str, str]:
    """(remote, its branch) that a branch follows, each "" where that is not set."""
    remote, there = setting(root, f"branch.{branch}.remote"), setting(root, f"branch.{branch}.merge")
    return (remote, there.removeprefix("refs/heads/")) if remote and there else ("", "")


def remotes(root: Path) -> list[str]:
    """The names of the remotes."""
    return _answer(root, "remote").splitlines()


def setting(root: Path, name: str) -> str:
    """A setting of git's as it holds in the vault, "" where it is not set."""
    return _answer(root, "config", "--get", name)


def author(root: Path) -> str:
    """The e-mail address that a commit in the vault would have as its author's, "" where git does not know one."""
    try:
        return _answer(root, "var", "GIT_AUTHOR_IDENT").partition("<")[2].partition(">")[0]
    except OSError:  # there is no git
        return ""


def set_setting(root: Path, name: str, value: str) -> None:
    """Set it for this repository. Raises Refused."""
    done = _run(root, ["config", "--local", name, value])
    if done.returncode:
        raise Refused(f"git config {name} cannot be set: {_why(done)}")


def merges_with(root: Path, path: str) -> str:
    """The merge driver that `.gitattributes` names for a path of the vault, "" for none."""
    words = _run(root, ["check-attr", "-z", "merge"], [path]).stdout.split("\0")
    return words[2] if len(words) > 2 and words[2] not in ("unspecified", "set", "unset") else ""


def commit_of(root: Path, name: str) -> str:
    """The commit that a name stands for, "" where there is none."""
    return _answer(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")


def common_commit(root: Path, one: str, other: str) -> str:
    """The newest commit that both go back to, "" where they have nothing in common."""
    return _answer(root, "merge-base", one, other)


def files_of(root: Path, commit: str) -> list[str]:
    """The paths below the vault that a commit has there."""
    return _asked(root, "ls-tree", "-r", "-z", "--name-only", commit).split("\0")[:-1]


def changed_by_hand(root: Path) -> list[tuple[str, str]]:
    """(path below the vault, how: git's two letters) of what is not as in the newest commit, new files too."""
    told = _asked(root, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--", ".").split("\0")[:-1]
    above = _answer(root, "rev-parse", "--show-prefix")  # those paths begin at the repository, whatever the folder
    return [(entry[3:].removeprefix(above), entry[:2]) for entry in told]


def with_markers(root: Path) -> list[str]:
    """The paths below the vault in which a merge left its markers."""
    return _answer(root, "grep", "--untracked", "--no-full-name", "-l", "-z", "-I", "-e", "^<<<<<<< ").split("\0")[:-1]


def changes(root: Path, old: str, new: str) -> list[Change]:
    """What differs below the vault from one commit to another; "" for `old` is the empty one. A moved file is one change."""
    old = old or _run(root, ["hash-object", "-t", "tree", "--stdin"]).stdout.strip()
    words = iter(_asked(root, "diff", "--raw", "-z", "--no-abbrev", "--relative", "-M", "--no-ext-diff", old, new).split("\0")[:-1])
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
    code, out, _ = _run_bytes(root, ["cat-file", "--batch"], "".join(f"{id}\n" for id in wanted).encode()) if wanted else (0, b"", b"")
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


def fetch(root: Path, remote: str, branch: str) -> Fetched:
    """Fetch a branch of a remote. Raises Refused where the remote cannot be reached."""
    quiet = _asking_nobody(root)
    done = _run(root, [*_PATIENCE, "fetch", "--quiet", "--no-recurse-submodules", "--", remote, f"refs/heads/{branch}"], more=quiet)
    if not done.returncode:
        return Fetched(commit_of(root, "FETCH_HEAD"))
    listed = _run(root, [*_PATIENCE, "ls-remote", "--heads", "--", remote], more=quiet)
    if listed.returncode or "find remote ref" not in done.stderr:
        raise Refused(f"{remote} cannot be fetched: {_why_not_reached(done)}; nothing is changed")
    return Fetched("", tuple(line.split("refs/heads/", 1)[1] for line in listed.stdout.splitlines()))


def _why_not_reached(done: _Done) -> str:
    """What ssh says, before git says that it could not read."""
    first = next((line.strip() for line in done.stderr.splitlines() if line.strip()), "")
    return (_why(done) if first.startswith(("fatal:", "error:")) or not first else first).rstrip(".")


def merge(root: Path, commit: str, message: str) -> tuple[Conflict, ...]:
    """Fast-forward to a commit, or merge it; where it conflicts all is as before, and the conflicts are returned.

    Raises Refused, with why, where git does not merge at all. Told to stop meanwhile, it ends either merged or as before.
    """
    words = ["merge", "--quiet", "--ff", "--commit", "--no-squash", "--no-edit", "--no-autostash", "-m", message, commit]
    conflicts: tuple[Conflict, ...] = ()
    try:
        done = _run(root, words, whole=True)  # killed half-way it would leave their changes here as if they were ours
        conflicts = _conflicts(root) if done.returncode else ()
    finally:
        if busy(root) == _BUSY["MERGE_HEAD"]:
            aborted = _run(root, ["merge", "--abort"], whole=True)
            if aborted.returncode:
                raise Refused(f"the merge conflicts, and git merge --abort failed: {_why(aborted)}")
    if done.returncode and not conflicts:
        raise Refused(f"not merged, and nothing is changed: {_why(done)}{_in_the_way(done)}")
    return conflicts


def _conflicts(root: Path) -> tuple[Conflict, ...]:
    """The files of a merge under way that wait to be settled, in the repository's order."""
    stages: dict[str, dict[str, str]] = {}
    for entry in _asked(repository(root) or root, "ls-files", "--unmerged", "-z").split("\0")[:-1]:
        facts, path = entry.split("\t", 1)
        _, id, stage = facts.split(" ")
        stages.setdefault(path, {})[stage] = id
    above = _answer(root, "rev-parse", "--show-prefix")
    return tuple(Conflict(path.removeprefix(above), *(ids.get(stage, "") for stage in "123")) for path, ids in stages.items())


def push(root: Path, remote: str, branch: str, follow: bool) -> str:
    """Push where we are to a branch of a remote, never by force; with `follow` our branch follows it from then on.

    "" where it is done, else why the remote does not take it because somebody was quicker. Raises Refused for any other reason.
    """
    words = [*_PATIENCE, "push", "--quiet", "--porcelain", "--no-force", "--no-follow-tags", *(["--set-upstream"] if follow else [])]
    done = _run(root, [*words, "--", remote, f"HEAD:refs/heads/{branch}"], more=_asking_nobody(root))
    if not done.returncode:
        return ""
    why = next((line.split("\t")[-1] for line in done.stdout.splitlines() if line.startswith("!\t")), "") or _why(done)
    if any(words in why for words in _QUICKER):
        return why
    raise Refused(f"{remote} does not take the push: {why}; what is yours stays committed here")


_QUICKER = ("fetch first", "non-fast-forward", "cannot lock ref", "failed to update ref", "incorrect old value")


def _asking_nobody(root: Path) -> dict[str, str]:
    """The environment in which ssh asks for nothing and gives up after a while; another program in its place is left as it is."""
    given = (os.environ.get("GIT_SSH_COMMAND") or setting(root, "core.sshCommand")).strip()
    if (os.environ.get("GIT_SSH") and not given) or (given and os.path.basename(given.split()[0]) != "ssh"):
        return {}
    return {"GIT_SSH_COMMAND": f"{given or 'ssh'} -o BatchMode=yes -o ConnectTimeout=30"}


def _answer(root: Path, *words: str) -> str:
    """What git answers, without its line end; "" where it has no answer."""
    done = _run(root, words)
    return "" if done.returncode else done.stdout.removesuffix("\n")


def _asked(root: Path, *words: str) -> str:
    """What git answers. Raises Refused where it does not."""
    done = _run(root, words)
    if done.returncode:
        raise Refused(f"git {words[0]} failed: {_why(done)}")
    return done.stdout


def _in_the_way(done: _Done) -> str:
    """The files that git names, indented, below why it does not merge."""
    named = [line.strip() for line in done.stderr.splitlines() if line[:1].isspace() and line.strip()]
    return f" {', '.join(named[:5])}" if named else ""
