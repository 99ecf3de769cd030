"""Which folders of a vault are watched, and which paths in them count."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator

from plaintextcrm.core.settings import FILE, LOCAL_FILE
from plaintextcrm.edge.vault import SKIPPED_FOLDERS, is_contact_name

SETTINGS = (FILE, LOCAL_FILE)
INBOX = "inbox.md"

Wanted = dict[tuple[str, bool], tuple[str, tuple[int, int]]]
"""(folder, deep) -> (path below the vault, device and inode)."""


class Scope:
    """What is watched of a vault: its contacts folders, and nothing in its output folder."""

    def __init__(self, root: str, contacts: Collection[str], out: str) -> None:
        self.root, self.contacts, self._outs = root, tuple(contacts), _outs(root, out)

    def is_file(self, path: str, below: str, deep: bool) -> bool:
        """Whether a file counts: a contact's, settings, the inbox. `below` is the folder whose watch told it, `deep` with all below it."""
        if path in SETTINGS or path == INBOX:
            return True
        folder, _, name = path.rpartition("/")
        if not name or not is_contact_name(name) or self._in_out(path):
            return False
        return (deep or (not folder and "." in self.contacts)) and _is_shown(folder, below)

    def is_folder(self, path: str | None, below: str, deep: bool) -> bool:
        """Whether a folder that came or went may have contacts in it, or be one that is watched."""
        if not path or self._in_out(path):
            return False
        if deep or (not below and "." in self.contacts):
            return _is_shown(path, below)
        return any(name == path or name.startswith(f"{path}/") for name in self.contacts)

    def _in_out(self, path: str) -> bool:
        return any(path == out or path.startswith(f"{out}/") for out in self._outs)

    def wanted(self) -> tuple[Wanted, tuple[str, ...]]:
        """The folders that are there now, and what is missing."""
        wanted: Wanted = {}
        missing = []

        def want(folder: str, below: str, deep: bool) -> None:
            try:
                facts = os.stat(folder)
            except OSError:
                missing.append(below or ".")
                return
            wanted[folder, deep] = below, (facts.st_dev, facts.st_ino)

        want(self.root, "", False)
        if "." in self.contacts:
            for name in _folders(self.root):
                if _is_shown(name, "") and not self._in_out(name):
                    want(os.path.join(self.root, name), name, True)
            return wanted, tuple(missing)
        outer = [name for name in self.contacts if not any(name.startswith(f"{other}/") for other in self.contacts)]
        for name in outer:
            real = os.path.realpath(os.path.join(self.root, name))
            if not real.startswith(self.root.rstrip(os.sep) + os.sep):
                continue  # it leads out of the vault and is not read
            want(real, name, True)
            parts = name.split("/")
            for count in range(1, len(parts)):
                above = "/".join(parts[:count])
                if os.path.isdir(os.path.join(self.root, above)):
                    want(os.path.realpath(os.path.join(self.root, above)), above, False)
        return wanted, tuple(sorted(missing))


def _outs(root: str, out: str) -> tuple[str, ...]:
    """The output folder as paths below the vault, as it is called and as it is; none where it is outside."""
    named = os.path.normpath(os.path.join(root, out))
    found = {os.path.relpath(path, root).replace(os.sep, "/") for path in (named, os.path.realpath(named))}
    return tuple(path for path in sorted(found) if path != "." and not path.startswith("../") and path != "..")


def _is_shown(folder: str, below: str) -> bool:
    """Whether a scan goes into a folder, which is in one of the contacts folders, `below`."""
    rest = folder[len(below) :] if folder.startswith(below) else folder
    return all(part[0] not in "._" and part.lower() not in SKIPPED_FOLDERS for part in rest.split("/") if part)


def _folders(root: str) -> Iterator[str]:
    try:
        with os.scandir(root) as entries:
            yield from sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    except OSError:
        return
