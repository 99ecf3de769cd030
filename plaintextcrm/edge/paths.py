"""`Path`: a path as a text with the methods of `pathlib.Path` that this program uses, named and meant as there.

pathlib imports urllib and ipaddress, which cost 16 of the 250 million instructions of a start. (Windows: forward and back slashes as
`os.path` has them.)
"""

from __future__ import annotations

import os
from collections.abc import Iterator


class Path(str):
    """A path. Two are equal where their texts are."""

    __slots__ = ()

    def __new__(cls, *parts: str | os.PathLike[str]) -> Path:
        text = os.path.join(*[os.fspath(part) for part in parts]) if parts else "."
        bare = text.rstrip("/\\" if os.name == "nt" else "/")
        return str.__new__(cls, text if bare in ("", os.path.splitdrive(text)[0]) else bare)

    @classmethod
    def cwd(cls) -> Path:
        """The folder we are in."""
        return cls(os.getcwd())

    @classmethod
    def home(cls) -> Path:
        """The user's folder."""
        return cls(os.path.expanduser("~"))

    def __truediv__(self, name: str | os.PathLike[str]) -> Path:
        return Path(self, name)

    @property
    def name(self) -> str:
        """The last part."""
        return os.path.basename(self)

    @property
    def parent(self) -> Path:
        """The folder it is in; of the root the root."""
        return Path(os.path.dirname(self) or ".")

    @property
    def parents(self) -> tuple[Path, ...]:
        """The folders above, nearest first."""
        above = self.parent
        return () if above == self or above == "." else (above, *above.parents)

    def exists(self) -> bool:
        """Whether something is there, behind a link too."""
        return os.path.exists(self)

    def is_file(self) -> bool:
        """Whether a regular file is there, behind a link too."""
        return os.path.isfile(self)

    def is_dir(self) -> bool:
        """Whether a folder is there, behind a link too."""
        return os.path.isdir(self)

    def is_symlink(self) -> bool:
        """Whether it is a link."""
        return os.path.islink(self)

    def stat(self) -> os.stat_result:
        """The facts of what is there. Raises OSError."""
        return os.stat(self)

    def expanduser(self) -> Path:
        """With the user's folder for `~`."""
        return Path(os.path.expanduser(self))

    def resolve(self) -> Path:
        """The real path, absolute, without links."""
        return Path(os.path.realpath(self))

    def is_relative_to(self, folder: str | os.PathLike[str]) -> bool:
        """Whether it is that folder or in it, by its text."""
        above = os.fspath(folder).rstrip(os.sep)
        return self == (above or os.sep) or self.startswith(above + os.sep)

    def relative_to(self, folder: str | os.PathLike[str]) -> Path:
        """The rest behind that folder. Raises ValueError where it is not in it."""
        if not self.is_relative_to(folder):
            raise ValueError(f"{self} is not in {folder}")
        return Path(self[len(os.fspath(folder).rstrip(os.sep)) + 1 :] or ".")

    def as_posix(self) -> str:
        """With forward slashes."""
        return self.replace("\\", "/") if os.name == "nt" else str(self)

    def iterdir(self) -> Iterator[Path]:
        """What is in the folder, in no order. Raises OSError."""
        return (self / name for name in os.listdir(self))

    def glob(self, pattern: str) -> Iterator[Path]:
        """What is in the folder and is named so, in no order; nothing where there is no folder."""
        from fnmatch import fnmatchcase

        try:
            names = os.listdir(self)
        except OSError:
            return iter(())
        return (self / name for name in names if fnmatchcase(name, pattern))

    def mkdir(self, mode: int = 0o777, parents: bool = False, exist_ok: bool = False) -> None:
        """Make the folder; `mode` is that of the last one. Raises OSError."""
        if parents and not self.parent.is_dir():
            self.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.mkdir(self, mode)
        except FileExistsError:
            if not exist_ok or not self.is_dir():
                raise

    def unlink(self, missing_ok: bool = False) -> None:
        """Remove the file. Raises OSError."""
        try:
            os.unlink(self)
        except FileNotFoundError:
            if not missing_ok:
                raise

    def read_bytes(self) -> bytes:
        """All of the file. Raises OSError."""
        with open(self, "rb") as file:
            return file.read()

    def read_text(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """All of the file as text. Raises OSError, UnicodeDecodeError."""
        with open(self, encoding=encoding, errors=errors) as file:
            return file.read()

    def write_text(self, text: str, encoding: str = "utf-8") -> None:
        """Make the file say this, and nothing else. Raises OSError."""
        with open(self, "w", encoding=encoding) as file:
            file.write(text)
