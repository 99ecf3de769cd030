"""The branch that a vault shares: fetched, merged and pushed, never by force."""

from __future__ import annotations

import os

from plaintextcrm.core.errors import Refused
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.edge.git import BUSY, Done, answer, asked, busy, repository, run, why_not
from plaintextcrm.edge.paths import Path
from plaintextcrm.edge.versions import commit_of, setting

_PATIENCE = ("-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=60")  # a network that is silent for a minute is none
_QUICKER = ("fetch first", "non-fast-forward", "cannot lock ref", "failed to update ref", "incorrect old value")


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


def fetch(root: Path, remote: str, branch: str) -> Fetched:
    """Fetch a branch of a remote. Raises Refused where the remote cannot be reached."""
    quiet = _asking_nobody(root)
    done = run(root, [*_PATIENCE, "fetch", "--quiet", "--no-recurse-submodules", "--", remote, f"refs/heads/{branch}"], more=quiet)
    if not done.returncode:
        return Fetched(commit_of(root, "FETCH_HEAD"))
    listed = run(root, [*_PATIENCE, "ls-remote", "--heads", "--", remote], more=quiet)
    if listed.returncode or "find remote ref" not in done.stderr:
        raise Refused(f"{remote} cannot be fetched: {_why_not_reached(done)}; nothing is changed")
    return Fetched("", tuple(line.split("refs/heads/", 1)[1] for line in listed.stdout.splitlines()))


def _why_not_reached(done: Done) -> str:
    """What ssh says, before git says that it could not read."""
    first = next((line.strip() for line in done.stderr.splitlines() if line.strip()), "")
    return (why_not(done) if first.startswith(("fatal:", "error:")) or not first else first).rstrip(".")


def _asking_nobody(root: Path) -> dict[str, str]:
    """The environment in which ssh asks for nothing and gives up after a while; another program in its place is left as it is."""
    given = (os.environ.get("GIT_SSH_COMMAND") or setting(root, "core.sshCommand")).strip()
    if (os.environ.get("GIT_SSH") and not given) or (given and os.path.basename(given.split()[0]) != "ssh"):
        return {}
    return {"GIT_SSH_COMMAND": f"{given or 'ssh'} -o BatchMode=yes -o ConnectTimeout=30"}


def merge(root: Path, commit: str, message: str) -> tuple[Conflict, ...]:
    """Fast-forward to a commit, or merge it; where it conflicts all is as before, and the conflicts are returned.

    Raises Refused, with why, where git does not merge at all. Told to stop meanwhile, it ends either merged or as before.
    """
    words = ["merge", "--quiet", "--ff", "--commit", "--no-squash", "--no-edit", "--no-autostash", "-m", message, commit]
    conflicts: tuple[Conflict, ...] = ()
    try:
        done = run(root, words, whole=True)  # killed half-way it would leave their changes here as if they were ours
        conflicts = _conflicts(root) if done.returncode else ()
    finally:
        if busy(root) == BUSY["MERGE_HEAD"]:
            aborted = run(root, ["merge", "--abort"], whole=True)
            if aborted.returncode:
                raise Refused(f"the merge conflicts, and git merge --abort failed: {why_not(aborted)}")
    if done.returncode and not conflicts:
        raise Refused(f"not merged, and nothing is changed: {why_not(done)}{_in_the_way(done)}")
    return conflicts


def _conflicts(root: Path) -> tuple[Conflict, ...]:
    """The files of a merge under way that wait to be settled, in the repository's order."""
    stages: dict[str, dict[str, str]] = {}
    for entry in asked(repository(root) or root, "ls-files", "--unmerged", "-z").split("\0")[:-1]:
        facts, path = entry.split("\t", 1)
        _, id, stage = facts.split(" ")
        stages.setdefault(path, {})[stage] = id
    above = answer(root, "rev-parse", "--show-prefix")
    return tuple(Conflict(path.removeprefix(above), *(ids.get(stage, "") for stage in "123")) for path, ids in stages.items())


def _in_the_way(done: Done) -> str:
    """The files that git names, indented, below why it does not merge."""
    named = [line.strip() for line in done.stderr.splitlines() if line[:1].isspace() and line.strip()]
    return f" {', '.join(named[:5])}" if named else ""


def push(root: Path, remote: str, branch: str, follow: bool) -> str:
    """Push where we are to a branch of a remote, never by force; with `follow` our branch follows it from then on.

    "" where it is done, else why the remote does not take it because somebody was quicker. Raises Refused for any other reason.
    """
    words = [*_PATIENCE, "push", "--quiet", "--porcelain", "--no-force", "--no-follow-tags", *(["--set-upstream"] if follow else [])]
    done = run(root, [*words, "--", remote, f"HEAD:refs/heads/{branch}"], more=_asking_nobody(root))
    if not done.returncode:
        return ""
    why = next((line.split("\t")[-1] for line in done.stdout.splitlines() if line.startswith("!\t")), "") or why_not(done)
    if any(words in why for words in _QUICKER):
        return why
    raise Refused(f"{remote} does not take the push: {why}; what is yours stays committed here", *_said_by_hooks(done))


def _said_by_hooks(done: Done) -> list[str]:
    """What a hook here or there says of a push, its first lines."""
    lines = (
        line.removeprefix("remote:").strip() for line in done.stderr.splitlines() if not line.startswith(("error:", "fatal:", "hint:"))
    )
    return [line for line in lines if any(map(str.isalnum, line))][:5]
