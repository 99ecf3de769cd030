"""Several files replaced: every one of them or none, and what a killed write left of them mended."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from plaintextcrm.core.errors import PtcrmError, Refused, why
from plaintextcrm.core.model import Edit
from plaintextcrm.edge.files import (
    applied,
    beginning_for,
    beginning_of,
    bring_back,
    discard,
    inside,
    make_folder,
    now,
    sync_folder,
    write_beside,
)
from plaintextcrm.edge.paths import Path

TOGETHER = 512  # edits of a batch whose new files are written at once; after them it can be stopped
LEAST_TOGETHER = 8
AT_ONCE = 16  # a disk that makes files durable one by one takes 5 ms for each
Progress = Callable[[int, int], None]


class Torn(Refused):
    """Of several files some are written, and cannot be taken back."""


def apply_all(root: Path, edits: Iterable[Edit], progress: Progress | None = None) -> None:
    """Apply every edit or none: where one fails, or the program is told to stop, those before it are taken back.

    Each file is durable before it is in its place; the folders are made durable once, at the end. A few edits, or such as come one by
    one, are applied as they come; of many the new files are written some hundred at once.

    Raises what stopped it, an OSError as Refused with its path; `Torn` where some could not be taken back.
    """
    begun: list[Edit] = []
    try:
        with _stoppable():
            _apply_each(root, edits, begun, progress)
    except BaseException as error:
        with _undisturbed():
            stayed = _take_back(root, begun, error)
        reason = f": {why(error)}" if isinstance(error, OSError) else ""
        failed = f"{begun[-1].path if begun else root}: cannot be written{reason}"
        if stayed:
            raise Torn(f"{failed}; {', '.join(stayed)}: could not be put back as before: ptcrm undo does it") from error
        if isinstance(error, OSError):
            raise Refused(f"{failed}; nothing is changed") from error
        raise


def _apply_each(root: Path, edits: Iterable[Edit], begun: list[Edit], progress: Progress | None) -> None:
    """All of them, in their order; `begun` says how far it came."""
    folders: dict[Path, None] = {}
    many = edits if isinstance(edits, Sequence) and len(edits) >= LEAST_TOGETHER else ()
    portions: list[Iterable[Edit]] = [many[start : start + TOGETHER] for start in range(0, len(many), TOGETHER)]
    for some in portions or [edits]:
        staged: dict[str, Path] = {}
        try:
            if many:
                _stage(root, some, staged)
            for edit in some:
                begun.append(edit)
                folders[applied(root, edit, staged.get(edit.path))] = None
        finally:
            for beside in staged.values():
                discard(beside)
        if progress and many:
            progress(len(begun), len(many))
    for folder in folders:
        sync_folder(folder)


def _stage(root: Path, edits: Iterable[Edit], staged: dict[str, Path]) -> None:
    """The new bytes of the new files among them into hidden files, many at once; what fails is tried again, and told, in its turn."""
    from concurrent.futures import ThreadPoolExecutor

    with _undisturbed():
        with ThreadPoolExecutor(AT_ONCE) as pool:
            new = {edit.path: edit for edit in edits if edit.expects is None}
            pending = {path: pool.submit(_written_beside, root, edit) for path, edit in new.items()}
        staged.update((path, one.result()) for path, one in pending.items() if not one.exception())


def _written_beside(root: Path, edit: Edit) -> Path:
    path = inside(root, edit.path)
    make_folder(path.parent)
    return write_beside(path, edit.replaces or b"")


def _take_back(root: Path, begun: list[Edit], error: BaseException) -> list[str]:
    """The opposite of every edit that stands, newest first; the paths of those, and of folders, that had to stay."""
    last = begun[-1:] if begun and _stands(root, begun[-1], error) else []
    stayed = []
    folders: dict[Path, None] = {}
    for edit in [*last, *reversed(begun[:-1])]:
        try:
            folders[applied(root, Edit(edit.path, edit.replaces, edit.expects))] = None
        except (OSError, PtcrmError):
            stayed.append(edit.path)
    for folder in folders:
        try:
            sync_folder(folder)
        except OSError:
            stayed.append(str(folder))
    return stayed


def _stands(root: Path, edit: Edit, error: BaseException) -> bool:
    """Whether an edit that failed is in its place all the same: only its folder could not be made durable, or we were stopped then."""
    if isinstance(error, PtcrmError):
        return False
    try:
        return now(root / edit.path) == edit.replaces
    except (OSError, Refused):
        return False


def recover(root: Path, edits: Sequence[Edit]) -> bool:
    """Mend what a killed write left of these edits: all of them stand, or none. Whether they stand. Raises like `apply_all`.

    A save of somebody else that the write had in hand goes back to its place.
    """
    paths = [(edit, inside(root, edit.path)) for edit in edits]
    hidden = {folder: _hidden_in(folder) for folder in dict.fromkeys(path.parent for _, path in paths)}
    for edit, path in paths:
        _tidy(path, edit, hidden[path.parent].get(beginning_for(path), ()))
    standing = [edit for edit in edits if now(root / edit.path) == edit.replaces]
    if len(standing) == len(edits):
        return True
    apply_all(root, [Edit(edit.path, edit.replaces, edit.expects) for edit in reversed(standing) if edit.expects != edit.replaces])
    return False


def _hidden_in(folder: Path) -> dict[str, list[str]]:
    """The names that `_beside` makes, by how they begin."""
    found: dict[str, list[str]] = {}
    for name in os.listdir(folder) if folder.is_dir() else ():
        if begins := beginning_of(name):
            found.setdefault(begins, []).append(name)
    return found


def _tidy(path: Path, edit: Edit, hidden: Sequence[str]) -> None:
    """Remove the hidden files of one edit; one that is neither its old nor its new bytes is what an editor saved."""
    for name in hidden:
        left = path.parent / name
        held = now(left)
        if held == edit.expects or (edit.replaces or b"").startswith(held or b""):  # the old bytes, or ours, as far as they were written
            left.unlink(missing_ok=True)
        elif now(path) in (edit.expects, edit.replaces):
            os.replace(left, path)
        else:
            bring_back(left, path)


@contextmanager
def _stoppable() -> Iterator[None]:
    """Within it SIGTERM and SIGHUP end the program by a SystemExit, so that what is half done can be taken back."""
    ends = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    in_main = threading.current_thread() is threading.main_thread()  # nowhere else may signals be set
    mine = [number for number in ends if in_main and signal.getsignal(number) is signal.SIG_DFL]
    for number in mine:
        signal.signal(number, _stop)
    try:
        yield
    finally:
        for number in mine:
            signal.signal(number, signal.SIG_DFL)


def _stop(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Within it a second request to stop waits."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
