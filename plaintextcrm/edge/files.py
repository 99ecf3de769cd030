"""Reading and replacing single files: whole or not at all, and never anything but a regular file inside the vault."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Sequence

from plaintextcrm.core.errors import ChangedOnDisk, Refused
from plaintextcrm.core.model import Edit
from plaintextcrm.edge.paths import Path

LARGEST = 10_000_000  # bytes
LONGEST_NAME = 200  # bytes; with what a hidden name has more it stays below the 255 of most file systems
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_ENDS = ".ptcrm"
_RANDOM = 12  # characters before it


class TooLarge(Refused):
    """The file is above the cap."""


def read_bytes(path: str | Path, *, follow: bool = True) -> bytes:
    """The bytes of a regular file; a link is followed (whoever calls has looked where it leads) or not. Never hangs on a FIFO.

    Raises OSError (for a link that is not followed, too), `TooLarge`, or Refused where it is no regular file.
    """
    if not follow and not _NO_LINK and os.path.islink(path):
        raise OSError(errno.ELOOP, "is a link", str(path))
    descriptor = os.open(path, _READ if follow else _READ | _NO_LINK)
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
    sync_folder(applied(root, edit))


def applied(root: Path, edit: Edit, beside: Path | None = None) -> Path:
    """`apply`, but for the folder, which is returned and is to be made durable; `beside` holds the new bytes already."""
    path = inside(root, edit.path)
    if edit.replaces is None:
        _expect(path, edit)
        _remove(path, edit)
        return path.parent
    if beside is None:
        make_folder(path.parent)
        beside = write_beside(path, edit.replaces)
    try:
        if edit.expects is None:
            _place_new(beside, path, edit)
        else:
            _expect(path, edit)
            _place(beside, path, edit)
    except BaseException:
        if _holds(beside, edit.replaces):  # never what somebody else saved
            discard(beside)
        raise
    return path.parent


def hard_linked(root: Path, edits: Sequence[Edit]) -> list[str]:
    """The paths of those files that have another name: it will keep the old text."""
    return [edit.path for edit in edits if edit.expects is not None and _links(root / edit.path) > 1]


def _links(path: Path) -> int:
    try:
        return path.stat().st_nlink
    except OSError:
        return 0


def now(path: Path) -> bytes | None:
    """The bytes of a regular file as it is; None where none is there. Raises like `read_bytes`."""
    try:
        return read_bytes(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def inside(root: Path, relative: str) -> Path:
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
    return path.parent / f"{beginning_for(path)}{os.urandom(_RANDOM // 2).hex()}{_ENDS}"


def _is_beside(name: str, path: Path) -> bool:
    """Whether it is a name that `_beside` makes for that file, and for no other."""
    return beginning_of(name) == beginning_for(path)


def beginning_of(name: str) -> str:
    """How a name that `_beside` made begins; "" where it made none such."""
    begins, middle = name[: -len(_ENDS) - _RANDOM], name[-len(_ENDS) - _RANDOM : -len(_ENDS)]
    is_one = name.endswith(_ENDS) and len(middle) == _RANDOM and not middle.strip("0123456789abcdef")
    return begins if is_one else ""


def beginning_for(path: Path) -> str:
    name = path.name
    if len(os.fsencode(name)) > LONGEST_NAME:
        from hashlib import sha256

        name = sha256(os.fsencode(name)).hexdigest()[:32]
    return f".{name}."


def write_beside(path: Path, data: bytes) -> Path:
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
            discard(beside)
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
            discard(beside)
            return
        placed = back


def _remove(path: Path, edit: Edit) -> None:
    """Take the file out of sight, then look: what is not as it was read goes back."""
    aside = _beside(path)
    os.rename(path, aside)
    if now(aside) == edit.expects:
        discard(aside)
        return
    bring_back(aside, path)
    raise _changed(edit)


def bring_back(aside: Path, path: Path) -> None:
    """A file that was taken out of sight, in its place again, unless a newer one is there."""
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        os.rename(aside, path)
        return
    discard(aside)


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
    discard(beside)


def discard(hidden: Path) -> None:
    """Remove a hidden file of ours. What cannot be removed is in nobody's way: the write it is of stands."""
    for _ in range(2):
        try:
            hidden.unlink(missing_ok=True)
            return
        except OSError:
            continue


def make_folder(folder: Path) -> None:
    """The folder and those above it, each as durable as the file in it will be."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
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
