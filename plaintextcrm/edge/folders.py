"""The folders below an output folder, opened one by one without following a link; and what single files in them need."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator

_MOST_FOLDERS = 64  # descriptors held at once
BY_DESCRIPTOR = os.open in os.supports_dir_fd and hasattr(os, "O_DIRECTORY")

Stamp = tuple[int, int, int]
"""Size, mtime_ns, inode."""


class Folders:
    """Descriptors of the folders below the output, opened one by one without following a link."""

    def __init__(self, root: str, shared: bool) -> None:
        self.root, self.mode = root, 0o777 if shared else 0o700
        self.open: dict[str, int] = {}
        self.has_modes = False  # whether the file system has them: FAT has not
        if BY_DESCRIPTOR:
            self.top = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            self._for_user(self.top)
            self.has_modes = shared or not os.fstat(self.top).st_mode & 0o077

    def at(self, path: str, *, make: bool) -> tuple[str, str, int | None]:
        """(what to put before the name, the name, the descriptor that both are relative to). Raises OSError: a link is ENOTDIR."""
        folder, _, name = path.rpartition("/")
        if not BY_DESCRIPTOR:
            return self._by_path(folder, make) + os.sep, name, None
        if not folder:
            return "", name, self.top
        found = self.open.get(folder)
        return "", name, self._step(folder, make) if found is None else found

    def _step(self, folder: str, make: bool) -> int:
        if len(self.open) >= _MOST_FOLDERS:
            self._forget()
        above, _, name = folder.rpartition("/")
        parent = self.top if not above else self.open.get(above)
        if parent is None:
            parent = self._step(above, make)
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
        try:
            found = os.open(name, flags, dir_fd=parent)
        except FileNotFoundError:
            if not make:
                raise
            try:
                os.mkdir(name, self.mode, dir_fd=parent)
            except FileExistsError:
                pass  # another process of the same build was quicker
            found = os.open(name, flags, dir_fd=parent)
        self._for_user(found)
        self.open[folder] = found
        return found

    def _for_user(self, descriptor: int) -> None:
        mode = os.fstat(descriptor).st_mode
        if self.mode == 0o700 and mode & 0o077:
            try:
                os.fchmod(descriptor, stat.S_IMODE(mode) & ~0o077)
            except OSError:
                pass  # another user's folder, which we may write to; or a file system without modes

    def _by_path(self, folder: str, make: bool) -> str:
        path = self.root
        for part in folder.split("/") if folder else ():
            path = os.path.join(path, part)
            if os.path.islink(path):
                raise NotADirectoryError(errno.ENOTDIR, "is a link", path)
            if make:
                os.makedirs(path, self.mode, exist_ok=True)
        return path

    def prune(self, folder: str) -> None:
        """Remove the folder, and those above it, if nothing is in it."""
        while folder:
            held = self.open.pop(folder, None)
            if held is not None:
                os.close(held)
            try:
                base, name, parent = self.at(folder, make=False)
                os.rmdir(base + name, dir_fd=parent)
            except OSError:
                return
            folder = folder.rpartition("/")[0]

    def _forget(self) -> None:
        for descriptor in self.open.values():
            os.close(descriptor)
        self.open.clear()

    def close(self) -> None:
        """Give all descriptors back."""
        self._forget()
        if BY_DESCRIPTOR:
            os.close(self.top)


def below(root: str, name: str) -> Iterator[str]:
    """A folder of pages and all below it, as paths below the root; links are not followed."""
    for folder, _, _ in os.walk(os.path.join(root, name)):
        yield os.path.relpath(folder, root).replace(os.sep, "/")


def temp_name() -> str:
    return f".ptcrm-{os.urandom(8).hex()}.tmp"


def stamp_of(facts: os.stat_result) -> Stamp:
    return facts.st_size, facts.st_mtime_ns, facts.st_ino


def unlink(path: str, folder: int | None) -> bool:
    try:
        os.unlink(path, dir_fd=folder)
    except OSError:
        return False
    return True
