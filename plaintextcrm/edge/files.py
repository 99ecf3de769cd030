"""Reading and replacing single files: whole or not at all, and never anything but a regular file inside the vault."""

from __future__ import annotations

import errno
import os
import signal
import stat
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from plaintextcrm.core.errors import ChangedOnDisk, PtcrmError, Refused, why
from plaintextcrm.core.model import Edit
from plaintextcrm.edge.paths import Path

LARGEST = 10_000_000  # bytes
LONGEST_NAME = 200  # bytes; with what a hidden name has more it stays below the 255 of most file systems
_ENDS = ".ptcrm"
_RANDOM = 12  # characters before it
TOGETHER = 512  # edits of a batch whose new files are written at once; after them it can be stopped
LEAST_TOGETHER = 8
AT_ONCE = 16  # a disk that makes files durable one by one takes 5 ms for each
Progress = Callable[[int, int], None]


class TooLarge(Refused):
    """The file is above the cap."""


class Torn(Refused):
    """Of several files some are written, and cannot be taken back."""


def read_bytes(path: str | Path) -> bytes:
    """The bytes of a regular file; a link is followed (whoever calls has looked where it leads). Never hangs on a FIFO.

    Raises OSError, `TooLarge`, or Refused where it is no regular file.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
    try:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise Refused(f"{path}: is not a regular file")
        if facts.st_size > LARGEST:
            raise TooLarge(f"{path}: {facts.st_size:,} bytes; files above {LARGEST:,} are not read")
        data = os.read(descriptor, facts.st_size + 1)
        if len(data) == facts.st_size:
            return data
        chunks = [data]
        while chunk := os.read(descriptor, 1 << 20):
            chunks.append(chunk)
        return b"".join(chunks)
    finally:
        os.close(descriptor)


def apply(root: Path, edit: Edit) -> None:
    """Replace, create or remove one file, whole or not at all, and make it durable.

    Raises:
        ChangedOnDisk: the file is not what the edit was planned against; nothing is written.
    """
    _sync_folder(_applied(root, edit))


def _applied(root: Path, edit: Edit, beside: Path | None = None) -> Path:
    """`apply`, but for the folder, which is returned and is to be made durable; `beside` holds the new bytes already."""
    path = _inside(root, edit.path)
    if edit.replaces is None:
        _expect(path, edit)
        _remove(path, edit)
        return path.parent
    if beside is None:
        _make_folder(path.parent)
        beside = _write_beside(path, edit.replaces)
    try:
        if edit.expects is None:
            _place_new(beside, path, edit)
        else:
            _expect(path, edit)
            _place(beside, path, edit)
    except BaseException:
        if _holds(beside, edit.replaces):  # never what somebody else saved
            _discard(beside)
        raise
    return path.parent


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
                folders[_applied(root, edit, staged.get(edit.path))] = None
        finally:
            for beside in staged.values():
                _discard(beside)
        if progress and many:
            progress(len(begun), len(many))
    for folder in folders:
        _sync_folder(folder)


def _stage(root: Path, edits: Iterable[Edit], staged: dict[str, Path]) -> None:
    """The new bytes of the new files among them into hidden files, many at once; what fails is tried again, and told, in its turn."""
    from concurrent.futures import ThreadPoolExecutor

    with _undisturbed():
        with ThreadPoolExecutor(AT_ONCE) as pool:
            new = {edit.path: edit for edit in edits if edit.expects is None}
            pending = {path: pool.submit(_written_beside, root, edit) for path, edit in new.items()}
        staged.update((path, one.result()) for path, one in pending.items() if not one.exception())


def _written_beside(root: Path, edit: Edit) -> Path:
    path = _inside(root, edit.path)
    _make_folder(path.parent)
    return _write_beside(path, edit.replaces or b"")


def _take_back(root: Path, begun: list[Edit], error: BaseException) -> list[str]:
    """The opposite of every edit that stands, newest first; the paths of those, and of folders, that had to stay."""
    last = begun[-1:] if begun and _stands(root, begun[-1], error) else []
    stayed = []
    folders: dict[Path, None] = {}
    for edit in [*last, *reversed(begun[:-1])]:
        try:
            folders[_applied(root, Edit(edit.path, edit.replaces, edit.expects))] = None
        except (OSError, PtcrmError):
            stayed.append(edit.path)
    for folder in folders:
        try:
            _sync_folder(folder)
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


def hard_linked(root: Path, edits: Sequence[Edit]) -> list[str]:
    """The paths of those files that have another name: it will keep the old text."""
    return [edit.path for edit in edits if edit.expects is not None and _links(root / edit.path) > 1]


def _links(path: Path) -> int:
    try:
        return path.stat().st_nlink
    except OSError:
        return 0


def recover(root: Path, edits: Sequence[Edit]) -> bool:
    """Mend what a killed write left of these edits: all of them stand, or none. Whether they stand. Raises like `apply_all`.

    A save of somebody else that the write had in hand goes back to its place.
    """
    paths = [(edit, _inside(root, edit.path)) for edit in edits]
    hidden = {folder: _hidden_in(folder) for folder in dict.fromkeys(path.parent for _, path in paths)}
    for edit, path in paths:
        _tidy(path, edit, hidden[path.parent].get(_begins(path), ()))
    standing = [edit for edit in edits if now(root / edit.path) == edit.replaces]
    if len(standing) == len(edits):
        return True
    apply_all(root, [Edit(edit.path, edit.replaces, edit.expects) for edit in reversed(standing) if edit.expects != edit.replaces])
    return False


def _hidden_in(folder: Path) -> dict[str, list[str]]:
    """The names that `_beside` makes, by how they begin."""
    found: dict[str, list[str]] = {}
    for name in os.listdir(folder) if folder.is_dir() else ():
        if begins := _beginning(name):
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
            _bring_back(left, path)


def now(path: Path) -> bytes | None:
    """The bytes of a regular file as it is; None where none is there. Raises like `read_bytes`."""
    try:
        return read_bytes(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


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


def _inside(root: Path, relative: str) -> Path:
    """Where the edit goes; through a link only if its target is inside the vault."""
    path = root / relative
    if path.is_symlink():
        target = path.resolve()
        if not target.is_relative_to(root):
            raise Refused(f"{relative}: is a link that leads out of the vault; nothing is written")
        return target
    if not Path(os.path.realpath(path.parent)).is_relative_to(root):
        raise Refused(f"{relative}: its folder leads out of the vault; nothing is written")
    return path


def real_path(root: Path, relative: str) -> str:
    """The path below the vault of the file itself, where `relative` is a link to it."""
    path = root / relative
    if not path.is_symlink():
        return relative
    target = path.resolve()
    return target.relative_to(root).as_posix() if target.is_relative_to(root) else relative


def _expect(path: Path, edit: Edit) -> None:
    try:
        now = read_bytes(path)
    except FileNotFoundError:
        raise ChangedOnDisk(f"{edit.path}: is gone: nothing is written") from None
    if now != edit.expects:
        raise _changed(edit)


def _beside(path: Path) -> Path:
    """A hidden name in the same folder that nobody can guess."""
    return path.parent / f"{_begins(path)}{os.urandom(_RANDOM // 2).hex()}{_ENDS}"


def _is_beside(name: str, path: Path) -> bool:
    """Whether it is a name that `_beside` makes for that file, and for no other."""
    return _beginning(name) == _begins(path)


def _beginning(name: str) -> str:
    """How a name that `_beside` made begins; "" where it made none such."""
    begins, middle = name[: -len(_ENDS) - _RANDOM], name[-len(_ENDS) - _RANDOM : -len(_ENDS)]
    is_one = name.endswith(_ENDS) and len(middle) == _RANDOM and not middle.strip("0123456789abcdef")
    return begins if is_one else ""


def _begins(path: Path) -> str:
    name = path.name
    if len(os.fsencode(name)) > LONGEST_NAME:
        from hashlib import sha256

        name = sha256(os.fsencode(name)).hexdigest()[:32]
    return f".{name}."


def _write_beside(path: Path, data: bytes) -> Path:
    """The new bytes in a hidden file in the same folder, durable, with the mode and owner of the old one."""
    try:
        old: os.stat_result | None = path.stat()
    except FileNotFoundError:
        old = None
    beside = _beside(path)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(beside, flags, 0o666 if old is None else stat.S_IMODE(old.st_mode))
    try:
        if old is not None:
            _same_owner(descriptor, old)
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    except BaseException:
        os.close(descriptor)
        beside.unlink(missing_ok=True)
        raise
    os.close(descriptor)
    return beside


def _same_owner(descriptor: int, old: os.stat_result) -> None:
    if not hasattr(os, "fchmod"):
        return
    mine = os.fstat(descriptor)
    if (mine.st_uid, mine.st_gid) != (old.st_uid, old.st_gid):
        try:
            os.fchown(descriptor, old.st_uid, old.st_gid)
        except PermissionError:
            pass  # another user's file in a shared folder: it becomes ours, as with any editor
    os.fchmod(descriptor, stat.S_IMODE(old.st_mode))


def _place(beside: Path, path: Path, edit: Edit) -> None:
    """The new file in the old one's place; what comes out must be what was read, with nobody waiting to write into it, else it goes back.

    Where two files cannot change places in one step, the old one was compared a moment ago.
    """
    from plaintextcrm.edge import exchange

    with exchange.Lease(path) as lease:
        if lease.is_busy:
            raise Refused(f"{edit.path}: another program has it open for writing: nothing is written; close it there and try again")
        _expect(path, edit)
        if not exchange.swap(beside, path):
            os.replace(beside, path)
            return
        if lease.is_of(beside) and not lease.is_wanted() and now(beside) == edit.expects:
            _discard(beside)
            return
        _give_back(beside, path, edit.replaces)
    raise _changed(edit)


def _give_back(beside: Path, path: Path, placed: bytes | None) -> None:
    """What was saved goes back to its place. Whoever saves meanwhile saves over what is there then: the newest save stays."""
    from plaintextcrm.edge import exchange

    while True:
        back = now(beside)
        if not exchange.swap(beside, path):
            if now(path) == placed:
                os.replace(beside, path)
            return
        if now(beside) == placed:
            _discard(beside)
            return
        placed = back


def _remove(path: Path, edit: Edit) -> None:
    """Take the file out of sight, then look: what is not as it was read goes back."""
    aside = _beside(path)
    os.rename(path, aside)
    if now(aside) == edit.expects:
        _discard(aside)
        return
    _bring_back(aside, path)
    raise _changed(edit)


def _bring_back(aside: Path, path: Path) -> None:
    """A file that was taken out of sight, in its place again, unless a newer one is there."""
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        os.rename(aside, path)
        return
    _discard(aside)


def _holds(path: Path, data: bytes) -> bool:
    try:
        return now(path) == data
    except (OSError, Refused):
        return False


def _changed(edit: Edit) -> ChangedOnDisk:
    return ChangedOnDisk(f"{edit.path}: was changed meanwhile by another program: nothing is written; try again")


def _place_new(beside: Path, path: Path, edit: Edit) -> None:
    """A new file must not replace one that came up meanwhile."""
    try:
        os.link(beside, path)
    except FileExistsError:
        raise ChangedOnDisk(f"{edit.path}: exists already: nothing is written") from None
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV):
            raise
        if path.exists():
            raise ChangedOnDisk(f"{edit.path}: exists already: nothing is written") from None
        os.replace(beside, path)
        return
    _discard(beside)


def _discard(hidden: Path) -> None:
    """Remove a hidden file of ours. What cannot be removed is in nobody's way: the write it is of stands."""
    for _ in range(2):
        try:
            hidden.unlink(missing_ok=True)
            return
        except OSError:
            continue


def _make_folder(folder: Path) -> None:
    """The folder and those above it, each as durable as the file in it will be."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)
