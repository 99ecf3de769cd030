"""One page of the output folder: put in its place where it differs, removed where it is ours."""

from __future__ import annotations

import errno
import os
import stat

from plaintextcrm.edge.folders import BY_DESCRIPTOR, Folders, Stamp, stamp_of, temp_name, unlink
from plaintextcrm.edge.ours import CREATE, HEAD, MARK, OPEN


class InTheWay(Exception):
    """Something that is not ours is where a page should go."""


def put(folders: Folders, path: str, data: bytes, mode: int) -> tuple[Stamp, bool | None]:
    """One page in its place: (how it was left, True for a new one, False for a changed one, None for the same)."""
    try:
        base, name, folder = folders.at(path, make=True)
    except OSError as error:
        if error.errno in (errno.ENOTDIR, errno.ELOOP, errno.EEXIST):
            raise InTheWay(f"{os.path.dirname(path)} is a link or a file, not a folder of pages") from None
        raise
    is_new = False
    try:
        descriptor = os.open(base + name, OPEN, dir_fd=folder)
    except FileNotFoundError:
        is_new = True
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EMLINK, errno.ENXIO, errno.EISDIR) or (os.name == "nt" and os.path.isdir(base + name)):
            raise InTheWay("is a link, a folder or a device, not a page") from None
        raise
    else:
        try:
            facts = os.fstat(descriptor)
            if not stat.S_ISREG(facts.st_mode) or (not BY_DESCRIPTOR and os.path.islink(base + name)):
                raise InTheWay("is a link, a folder or a device, not a page")
            same_size = facts.st_size == len(data)
            old = os.read(descriptor, facts.st_size + 1 if same_size else HEAD)
            if old == data:
                if other_mode(facts.st_mode, mode, folders) and os.chmod in os.supports_fd:
                    os.chmod(descriptor, mode)
                return stamp_of(facts), None
            if MARK not in old[:HEAD]:
                raise InTheWay("is a file that ptcrm build did not make")
        finally:
            os.close(descriptor)
    return _replace(base, name, folder, data, mode), is_new


def _replace(base: str, name: str, folder: int | None, data: bytes, mode: int) -> Stamp:
    beside = base + temp_name()
    descriptor = os.open(beside, CREATE, mode, dir_fd=folder)
    try:
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(descriptor, view) :]
            stamp = stamp_of(os.fstat(descriptor))
        finally:
            os.close(descriptor)
        os.replace(beside, base + name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        try:
            os.unlink(beside, dir_fd=folder)
        except OSError:
            pass
        raise
    return stamp


def other_mode(mode: int, wanted: int, folders: Folders) -> bool:
    """Whether others may look at what is the user's alone, or may not where it is shared."""
    return folders.has_modes and (mode ^ wanted) & 0o077 != 0


def remove(folders: Folders, path: str) -> bool:
    """Remove a page if it is ours, and its folder if nothing else is in it; whether it was."""
    try:
        base, name, folder = folders.at(path, make=False)
        descriptor = os.open(base + name, OPEN, dir_fd=folder)
    except (OSError, ValueError):
        return False
    try:
        ours = stat.S_ISREG(os.fstat(descriptor).st_mode) and MARK in os.read(descriptor, HEAD)
    finally:
        os.close(descriptor)
    if not ours or not unlink(base + name, folder):
        return False
    folders.prune(path.rpartition("/")[0])
    return True
