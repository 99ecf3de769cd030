"""Two files change places in one step, and nobody is writing into the one that comes out (docs/promises.md, 3: no lost save)."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
import time

PATIENCE = 2.0  # seconds to wait for a program that has the file open for writing
_HERE = -100  # AT_FDCWD
_EXCHANGE = 2  # RENAME_EXCHANGE on Linux, RENAME_SWAP on macOS
_NOT_HERE = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP)


def swap(one: str | os.PathLike[str], other: str | os.PathLike[str]) -> bool:
    """Whether both changed places: False where the system, or the file system, cannot do that. Raises OSError."""
    call = _call()
    if call is None:
        return False
    first, second = os.fsencode(one), os.fsencode(other)
    result = call(_HERE, first, _HERE, second, _EXCHANGE) if sys.platform != "darwin" else call(first, second, _EXCHANGE)
    if result == 0:
        return True
    number = ctypes.get_errno()
    if number in _NOT_HERE:
        return False
    raise OSError(number, os.strerror(number), os.fspath(other))


def _call() -> ctypes._NamedFuncPointer | None:
    if os.name == "nt":
        return None
    try:
        library = ctypes.CDLL(None, use_errno=True)
        return library.renamex_np if sys.platform == "darwin" else library.renameat2
    except (OSError, AttributeError):
        return None


class Lease:
    """A hold on a file while it changes places: whoever would write into it waits until it ends. As a context manager.

    `is_busy`: somebody had it open for writing all the time, and there is no hold. Where the system gives none (another user's file, a
    file system without, no Linux) nobody is held up, and nothing is known.
    """

    def __init__(self, path: str | os.PathLike[str], patience: float = PATIENCE) -> None:
        self.is_busy = self.is_held = False
        self.descriptor = -1
        if not sys.platform.startswith("linux"):
            return
        self.descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        give_up = time.monotonic() + patience
        while not self.is_held and not self.is_busy:
            try:
                self.is_held = self._take()
                break
            except BlockingIOError:
                self.is_busy = time.monotonic() > give_up
                time.sleep(0.002)

    def _take(self) -> bool:
        try:
            import fcntl
            from signal import SIGURG  # is ignored, where SIGIO would end us

            fcntl.fcntl(self.descriptor, fcntl.F_SETSIG, SIGURG)
            fcntl.fcntl(self.descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)  # granted only where nobody writes
            return True
        except BlockingIOError:
            raise
        except (ImportError, AttributeError, OSError):
            return False

    def is_wanted(self) -> bool:
        """Whether somebody waits to write into the file."""
        if not self.is_held:
            return False
        import fcntl

        return fcntl.fcntl(self.descriptor, fcntl.F_GETLEASE) != fcntl.F_RDLCK

    def is_of(self, path: str | os.PathLike[str]) -> bool:
        """Whether the file of that name is the one that is held."""
        return self.descriptor < 0 or os.path.samestat(os.fstat(self.descriptor), os.stat(path, follow_symlinks=False))

    def __enter__(self) -> Lease:
        return self

    def __exit__(self, *_: object) -> None:
        if self.descriptor >= 0:
            os.close(self.descriptor)  # ends the hold, too
