"""Where the index, the journal and the locks live: the user's cache and state folders, never the vault."""

from __future__ import annotations

import os
import sys

from plaintextcrm.edge.paths import Path


def cache_folder() -> Path:
    """The user's cache folder for this program."""
    return _folder("XDG_CACHE_HOME", ".cache", "user_cache_dir")


def state_folder() -> Path:
    """The user's state folder for this program: journals, locks, the last list."""
    return _folder("XDG_STATE_HOME", ".local/state", "user_state_dir")


def config_file() -> Path:
    """The user's own settings: which vault is meant where none is near."""
    return _folder("XDG_CONFIG_HOME", ".config", "user_config_dir") / "config.toml"


def _folder(variable: str, below_home: str, of_platformdirs: str) -> Path:
    given = os.environ.get(variable)
    if given and os.path.isabs(given):
        return Path(given) / "ptcrm"
    if sys.platform in ("win32", "darwin"):
        import platformdirs  # 20 ms; on Linux the XDG rule is the line below

        return Path(getattr(platformdirs, of_platformdirs)("ptcrm", appauthor=False))
    return Path.home() / below_home / "ptcrm"


def vault_folder(base: Path, root: Path) -> Path:
    """The folder of one vault below the cache or state folder, named by the vault's real path."""
    name = str(root).replace("%", "%25").replace(os.sep, "%2F").replace(":", "%3A")
    if len(os.fsencode(name)) > 200:
        from hashlib import sha256

        name = sha256(os.fsencode(root)).hexdigest()
    return base / name


def set_aside(folder: Path) -> Path | None:
    """Give a vault's folder another name, one that no vault's has: that name, or None where there is no such folder. Raises OSError."""
    if not folder.exists():
        return None
    number = 1
    while (aside := Path(f"{folder}%before-{number}")).exists():
        number += 1
    os.rename(folder, aside)
    return aside


def current(folder: Path) -> str:
    """The name of the database in use in a vault's cache folder. Raises OSError where there is none."""
    return (folder / "current").read_text()
