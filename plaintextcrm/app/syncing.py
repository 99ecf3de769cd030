"""Sharing one vault through git: fetch, merge, push. Never by force, and whatever stops it leaves the files as they were."""

from __future__ import annotations

import os
import shlex
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence

from plaintextcrm.app import making
from plaintextcrm.app.vaults import Vault
from plaintextcrm.core import contact as contacts
from plaintextcrm.core import settings
from plaintextcrm.core.errors import Refused, Usage
from plaintextcrm.core.model import Contact, Interaction, Source
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.text import decode
from plaintextcrm.edge import git, sharing, vault, versions
from plaintextcrm.edge.lock import locked
from plaintextcrm.edge.paths import Path

TRIES = 5  # how often somebody may be quicker with a push
FEW_GONE = 5  # contacts that may always vanish
MOST_TOLD = 10  # lines of conflicts
MARKED = ".gitattributes"


class News(NamedTuple):
    """How one state of the vault differs from an earlier one: new entries as (by whom, "" unknown, entries, people), and counts."""

    entries: tuple[tuple[str, int, int], ...] = ()
    new: int = 0
    changed: int = 0
    gone: int = 0
    others: int = 0  # files that are no contacts


class Synced(NamedTuple):
    """What a sync did, or with `dry_run` would do: what came in, what went out, which files were committed first.

    `unshared` says that the settings are changed by hand, with git as it is typed here: no contact file, so they are not committed.
    """

    came: News
    went: News
    by_hand: tuple[str, ...]
    where: str
    unshared: str = ""
    dry_run: bool = False


class Shared(NamedTuple):
    """What is shared with whom: our branch, the remote, its branch; and whether ours follows it yet."""

    branch: str
    remote: str
    there: str
    follows: bool

    @property
    def where(self) -> str:
        """The other side, as git names it."""
        return f"{self.remote}/{self.there}"


def sync(vault_: Vault, *, dry_run: bool = False, many_may_vanish: bool = False) -> Synced:
    """Fetch, commit what was changed by hand, merge, push; with `dry_run` fetch only.

    Raises Usage where something is not set up, with the command that does it; Refused where it cannot go on, and then
    nothing is merged; NotCommitted where git does not commit what was changed by hand.
    """
    with locked(vault_.state):
        shared = _shared(vault_)
        _refuse_unsettled(vault_)
        changed = versions.changed_by_hand(vault_.root)
        by_hand = _by_hand(vault_, changed, many_may_vanish)
        unshared = git.as_typed(vault_.root) if any(path == settings.FILE for path, _ in changed) else ""
        theirs = _fetched(vault_, shared, many_may_vanish)
        if dry_run:
            return _would_sync(vault_, shared, theirs, by_hand)._replace(unshared=unshared)
        _commit(vault_, by_hand)
        before = versions.commit_of(vault_.root, "HEAD")
        theirs = _merged_and_pushed(vault_, shared, theirs, many_may_vanish)
        after = versions.commit_of(vault_.root, "HEAD")
        return Synced(_news(vault_, before, after), _news(vault_, theirs, after), by_hand, shared.where, unshared)


def _would_sync(vault_: Vault, shared: Shared, theirs: str, by_hand: tuple[str, ...]) -> Synced:
    ours = versions.commit_of(vault_.root, "HEAD")
    common = versions.common_commit(vault_.root, ours, theirs) if theirs else ""
    return Synced(_news(vault_, common, theirs), _news(vault_, common, ours), by_hand, shared.where, dry_run=True)


def _merged_and_pushed(vault_: Vault, shared: Shared, theirs: str, many_may_vanish: bool) -> str:
    """Merge and push, again where somebody pushed meanwhile; the commit of theirs that was merged last."""
    for _ in range(TRIES):
        _merge(vault_, shared, theirs)
        if theirs == versions.commit_of(vault_.root, "HEAD") and shared.follows:
            return theirs
        why = sharing.push(vault_.root, shared.remote, shared.there, not shared.follows)
        if not why:
            return theirs
        theirs = _fetched(vault_, shared, many_may_vanish)
    raise Refused(f"{shared.where}: somebody was quicker {TRIES} times ({why}): what was there is merged here; ptcrm sync goes on")


# --- what has to be there ------------------------------------------------------------------------------------------


def _shared(vault_: Vault) -> Shared:
    """Which branch is shared with which. Raises Usage with the command that sets up what is missing, Refused on no branch."""
    root = vault_.root
    if shutil.which("git") is None:
        raise Usage("git is not installed: sync shares a vault through git")
    git_ = git.as_typed(root)
    if git.repository(root) is None:
        raise Usage(f'the vault is in no git repository: {git_} init, {git_} add --all, {git_} commit -m "Our vault" make one')
    doing = git.busy(root)
    if doing:
        raise Refused(f"{doing}: finish it or abort it first ({git_} status says how); nothing is changed")
    branch = versions.branch(root)
    if not branch:
        raise Refused(f"on no branch: {git_} switch BRANCH, or {git_} switch -c NAME to keep where you are; nothing is changed")
    if not versions.commit_of(root, "HEAD"):
        raise Usage(f'{branch} has no commit yet: {git_} add --all && {git_} commit -m "Our vault"')
    remote, there = versions.upstream(root, branch)
    if remote == ".":
        raise Usage(f"{branch} follows {there}, a branch of this very repository: {git_} branch --set-upstream-to=origin/{branch}")
    if remote:
        return Shared(branch, remote, there, follows=True)
    if "origin" not in versions.remotes(root):
        raise Usage(f"there is no remote to share with: {git_} remote add origin ADDRESS")
    return Shared(branch, "origin", branch, follows=False)


def _refuse_unsettled(vault_: Vault) -> None:
    marked = _contacts_among(vault_, versions.with_markers(vault_.root))
    if marked:
        raise Refused(f"{', '.join(marked[:3])}: conflict markers of a merge: settle them first; nothing is changed")


# --- changes by hand -----------------------------------------------------------------------------------------------


def _by_hand(vault_: Vault, everything: Iterable[tuple[str, str]], many_may_vanish: bool) -> tuple[str, ...]:
    """The contact files among what is not as in the newest commit."""
    changed = [(path, how) for path, how in everything if vault.is_contact_path(path, vault_.settings)]
    if not many_may_vanish:
        removed = sum("D" in how for _, how in changed) - sum(how in ("??", "A ") for _, how in changed)  # moved is not removed
        emptied = sum(_is_empty(vault_.root / path) for path, _ in changed)
        _refuse_vanishing(vault_, removed + emptied, "are removed or empty here, and sync would bring that to everybody")
    return tuple(path for path, _ in changed)


def _is_empty(path: Path) -> bool:
    try:
        return os.lstat(path).st_size == 0
    except OSError:  # removed, which is counted by itself
        return False


def _commit(vault_: Vault, by_hand: Sequence[str]) -> None:
    """Commit exactly those files, and the driver's line where it was missing; whatever else is changed or staged stays so."""
    making.register(vault_.root)
    if making.attribute_contacts(vault_.root, vault_.settings):
        git.commit(vault_.root, [MARKED], "sync: contacts merge by entry and by field")
    if by_hand:
        many = f"changes by hand in {len(by_hand)} files\n\n" + "\n".join(by_hand)
        git.commit(vault_.root, by_hand, f"sync: {many if len(by_hand) > 1 else f'change by hand in {by_hand[0]}'}")


def _refuse_vanishing(vault_: Vault, gone: int, how: str) -> None:
    """Whether so many go that it looks like an accident: more than a few, and more than a fifth."""
    if gone <= FEW_GONE:
        return
    there = len(_contacts_among(vault_, versions.files_of(vault_.root, "HEAD")))
    if gone * 5 > there:
        raise Refused(f"{gone} of {there} contacts {how}: if that is meant, ptcrm sync --even-if-many-vanish; nothing is changed")


# --- theirs --------------------------------------------------------------------------------------------------------


def _fetched(vault_: Vault, shared: Shared, many_may_vanish: bool) -> str:
    """The commit of the other side, "" where nobody has pushed anything yet. Raises Refused where that looks like an accident."""
    known = versions.commit_of(vault_.root, f"refs/remotes/{shared.where}")
    theirs, others = sharing.fetch(vault_.root, shared.remote, shared.there)
    if not theirs:
        follow = _followed(vault_, shared.remote, others[0]) if others else ""
        if known and not many_may_vanish:
            moved = f"where it is {shared.remote}/{others[0]} now, {follow} shares that; " if others else ""
            raise Refused(
                f"{shared.where} is gone, and was there before: {moved}"
                "ptcrm sync --even-if-many-vanish pushes yours anew; nothing is changed"
            )
        if others and not known:
            make = f"{git.as_typed(vault_.root)} {shlex.join(['push', '-u', shared.remote, shared.branch])}"
            raise Usage(
                f"{shared.remote} has no {shared.there}, it has {', '.join(others[:3])}: {follow} shares that, {make} makes a new one"
            )
        return ""
    common = versions.common_commit(vault_.root, "HEAD", theirs)
    if not common:
        look = f"{git.as_typed(vault_.root)} remote -v"
        raise Refused(f"{shared.where} and {shared.branch} have no commit in common: is it the right one? ({look}); nothing is changed")
    if not many_may_vanish:
        gone = [change.old_path for change in versions.changes(vault_.root, common, theirs) if change.new in ("", *versions.EMPTY_BLOBS)]
        _refuse_vanishing(vault_, len(_contacts_among(vault_, gone)), f"are gone or empty in {shared.where}, and would vanish here")
    return theirs


def _followed(vault_: Vault, remote: str, branch: str) -> str:
    """The commands that make our branch follow one of the remote's, which git takes only where that was fetched."""
    git_ = git.as_typed(vault_.root)
    follow = f"{git_} {shlex.join(['branch', f'--set-upstream-to={remote}/{branch}'])}"
    fetched = versions.commit_of(vault_.root, f"refs/remotes/{remote}/{branch}")
    return follow if fetched else f"{git_} {shlex.join(['fetch', remote])} && {follow}"


def _merge(vault_: Vault, shared: Shared, theirs: str) -> None:
    """Fast-forward or merge. Raises Refused with what both changed; the files are then as they were."""
    if not theirs:
        return
    conflicts = sharing.merge(vault_.root, theirs, f"sync: merge {shared.where}")
    if conflicts:
        found = versions.blobs(vault_.root, (id for conflict in conflicts for id in conflict[1:]))
        told = [line for conflict in conflicts for line in _both_changed(vault_, conflict, found)]
        lines = told[:MOST_TOLD] + ([f"and {len(told) - MOST_TOLD} more"] if len(told) > MOST_TOLD else [])
        names = ", ".join(conflict.path for conflict in conflicts[:3]) + (f" and {len(conflicts) - 3} more" if len(conflicts) > 3 else "")
        settled = shlex.join(conflict.path for conflict in conflicts) if len(conflicts) <= 3 else "--update"
        git_ = git.as_typed(vault_.root)
        todo = f"{git_} merge {shlex.quote(shared.where)}, settle what it marks, {git_} add {settled}, {git_} commit --no-edit, ptcrm sync"
        raise Refused(f"{names}: changed here and in {shared.where}; nothing is merged", *lines, todo)


def _both_changed(vault_: Vault, conflict: sharing.Conflict, found: dict[str, bytes]) -> list[str]:
    """What both sides changed in one file, a line for each field; of what is no field the first line of each side."""
    path = conflict.path
    if not conflict.ours and not conflict.theirs:
        return [f"{path}: renamed on both sides"]
    if not conflict.ours or not conflict.theirs:
        side, other = ("yours", "theirs") if conflict.ours else ("theirs", "yours")
        return [f"{path}: {side} is changed, {other} is removed" if conflict.base else f"{path}: only {side} has it"]
    base, ours, theirs = (_contact(vault_, path, found.get(id, b"")) for id in conflict[1:])
    fields = [key for key in dict.fromkeys((*ours, *theirs)) if base.get(key) != ours.get(key) != theirs.get(key) != base.get(key)]
    if fields:
        return [f"{path}: {key}: yours {_shown(ours.get(key))}, theirs {_shown(theirs.get(key))}" for key in fields]
    texts = [decode(found.get(id, b""))[0].splitlines() for id in conflict[1:]]
    return [f"{path}: yours {_first_other(texts[0], texts[1])}, theirs {_first_other(texts[0], texts[2])}"]


def _first_other(base: Sequence[str], side: Sequence[str]) -> str:
    known = set(base)
    added = next((line for line in side if line not in known), None)
    return f'"{added.strip()[:70]}"' if added is not None else "takes lines out"


def _shown(value: object) -> str:
    if value is None:
        return "removed"
    return f'"{", ".join(map(str, value)) if isinstance(value, tuple) else value}"'


def _contact(vault_: Vault, path: str, data: bytes) -> dict[str, object]:
    """The keys of a contact's file, those of the user too."""
    parsed = _parsed(vault_, path, data)
    return {**parsed.keys, **parsed.other}


# --- in words ------------------------------------------------------------------------------------------------------


def _news(vault_: Vault, old: str, new: str) -> News:
    """What is in one commit that was not in an older one ("" the empty one)."""
    if old == new or not new:
        return News()
    changes = versions.changes(vault_.root, old, new)
    people = [change for change in changes if vault.is_contact_path(change.new_path, vault_.settings)]
    found = versions.blobs(vault_.root, (id for change in people for id in (change.old, change.new)))
    entries: Counter[str] = Counter()
    touched: Counter[str] = Counter()
    changed = 0
    for change in people:
        added = _added(*(_parsed(vault_, change.new_path, found.get(id, b"")).interactions for id in (change.old, change.new)))
        by = Counter(entry.field("by") or "" for entry in added)
        entries.update(by)
        touched.update(by.keys())
        changed += bool(change.old and change.new and not added)
    told = tuple((name, entries[name], touched[name]) for name in sorted(entries, key=lambda name: (name == "", name)))
    new_ones, gone = sum(not change.old for change in people), sum(not change.new for change in people)
    return News(told, new_ones, changed, gone, len(changes) - len(people))


def _added(old: Iterable[Interaction], new: Iterable[Interaction]) -> list[Interaction]:
    """The entries that are new; one of whose day another is gone was only corrected."""
    before, after = (Counter(entry._replace(where=0) for entry in entries) for entries in (old, new))
    corrected = Counter(entry.on for entry in (before - after).elements())
    added = []
    for entry in (after - before).elements():
        if corrected[entry.on]:
            corrected[entry.on] -= 1
        else:
            added.append(entry)
    return added


def _parsed(vault_: Vault, path: str, data: bytes) -> Contact:
    text, encoding = decode(data)
    source = Source(path, path, data, text, encoding)
    return contacts.parse(source, vault_.settings.kind_table, vault_.settings.log_order).contact


def _contacts_among(vault_: Vault, paths: Iterable[str]) -> list[str]:
    return [path for path in paths if vault.is_contact_path(path, vault_.settings)]
