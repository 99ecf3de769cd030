"""Reading and replacing single files: whole or not at all, and never anything but a regular file inside the vault."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from plaintextcrm.core.errors import ChangedOnDisk, Refused
from plaintextcrm.core.model import Edit

LARGEST = 10_000_000  # bytes


class TooLarge(Refused):
    """The file is above the cap."""


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
    path = _inside(root, edit.path)
    if edit.replaces is None:
        _expect(path, edit)
        path.unlink()
        _sync_folder(path.parent)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = _write_beside(path, edit.replaces)
    try:
        if edit.expects is None:
            _place_new(beside, path, edit)
        else:
            _expect(path, edit)
            os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


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
        raise ChangedOnDisk(f"{edit.path}: was changed meanwhile by another program: nothing is written; try again")


def _write_beside(path: Path, data: bytes) -> Path:
    """The new bytes in a hidden file in the same folder, durable, with the mode and owner of the old one."""
    try:
        old: os.stat_result | None = path.stat()
    except FileNotFoundError:
        old = None
    beside = path.with_name(f".{path.name[:100]}.{os.urandom(6).hex()}.ptcrm")
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
    beside.unlink()


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
