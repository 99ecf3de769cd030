"""Keeping a folder of cards (vdir) as the vault says, without a change that was made there lost."""

from __future__ import annotations

import os
from collections.abc import Sequence

from plaintextcrm.app.taking import Taken
from plaintextcrm.app.vaults import Vault
from plaintextcrm.core.errors import Refused, Usage, why
from plaintextcrm.core.exchange.out.vdir import Change, Mirror, mirror
from plaintextcrm.core.model import Edit
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.edge import files, vdirbase
from plaintextcrm.edge.lock import locked
from plaintextcrm.edge.paths import Path


class Mirrored(NamedTuple):
    """What was done to the folder; `changed` are the files that were changed there and stay as they are."""

    written: int
    removed: int
    back: int
    changed: tuple[str, ...]


def keep_up(vault_: Vault, taken: Taken, given: str, version: str | None = None) -> Mirrored:
    """Make the folder say what the vault says. Raises Usage where it cannot be one."""
    folder = _folder(given)
    with locked(vault_.state):
        base = vdirbase.load(vault_.state, str(folder))
        there = _cards(folder)
        plan = mirror(taken.people, there, base, version, taken.whole)
        late = _apply(folder, plan.changes)
        seen = {uid: card for uid, card in plan.seen.items() if uid not in {change.uid for change in late}}
        seen |= {change.uid: base[change.uid] for change in late if change.uid in base}
        vdirbase.store(vault_.state, str(folder), seen)
    return _done(plan, late)


def _done(plan: Mirror, late: Sequence[Change]) -> Mirrored:
    applied = [change for change in plan.changes if change not in late]
    removed = sum(change.after is None for change in applied)
    changed = sorted({*plan.changed, *(change.name for change in late)})
    return Mirrored(len(applied) - removed, removed, plan.back, tuple(changed))


def _folder(given: str) -> Path:
    path = Path(given).expanduser()
    if path.exists() and not path.is_dir():
        raise Usage(f"{given}: is a file: vdir is a folder of cards")
    if not path.exists() and not path.parent.is_dir():
        raise Usage(f"{path.parent}: there is no such folder: make it first")
    try:
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise Usage(f"{given}: cannot be made: {why(error)}") from None
    return Path(path.resolve())


def _cards(folder: Path) -> dict[str, str]:
    """File name -> its text, of every card in the folder; what is no file, hidden, or not UTF-8 is nobody's we know."""
    found = {}
    for name in sorted(os.listdir(folder)):
        if name.startswith(".") or not name.lower().endswith(".vcf"):
            continue
        try:
            found[name] = files.read_bytes(folder / name).decode("utf-8")
        except (OSError, Refused, UnicodeDecodeError):
            found[name] = ""  # the name is taken
    return found


def _apply(folder: Path, changes: Sequence[Change]) -> list[Change]:
    """Write each file whole or not at all; those that came to be something else meanwhile."""
    late = []
    for change in changes:
        before = change.before.encode() if change.before is not None else None
        try:
            files.apply(folder, Edit(change.name, before, change.after.encode() if change.after is not None else None))
        except Refused:  # something else meanwhile, or a link that leads out of the folder
            late.append(change)
        except OSError as error:
            raise Usage(f"{folder / change.name}: cannot be written: {why(error)}") from None
    return late
