"""Opening a vault: where it is, what it sets, which day it is. Everything else takes the `Vault` this makes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import date

from plaintextcrm.core.errors import NoVault
from plaintextcrm.core.model import Problem
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.settings import FILE, Settings
from plaintextcrm.edge import ahead, kept, places, vault
from plaintextcrm.edge.paths import Path


class Vault(NamedTuple):
    """A vault as one command sees it: `problems` are those of its settings; `cache` whether the index may be kept."""

    root: Path
    settings: Settings
    problems: tuple[Problem, ...]
    today: date
    cache: bool = True

    @property
    def state(self) -> Path:
        """The folder of its journal, lock and numbers."""
        return places.vault_folder(places.state_folder(), self.root)


def open_vault(given: str | None, environment: Mapping[str, str], here: Path, today: date, cache: bool = True) -> Vault:
    """The vault that the command means.

    Raises NoVault where there is none, or where its settings cannot be read at all.
    """
    root = vault.find(given, environment, here)
    main, local = vault.settings_texts(root)
    folder = str(places.vault_folder(places.cache_folder(), root))
    kept_settings = kept.load(folder, main, local) if cache else None
    if kept_settings is not None:
        return Vault(root, kept_settings, (), today, cache)
    settings, problems = _settings(main, local)
    if cache and not problems:
        kept.store(folder, main, local, settings)
    return Vault(root, settings, problems, today, cache)


def look_ahead(given: str | None, environment: Mapping[str, str], here: Path, with_pages: bool = False) -> None:
    """Have the vault that a command means looked at while the command still loads, where it is large and its settings are known at once."""
    with suppress(NoVault):
        root = vault.find(given, environment, here)
        folder = places.vault_folder(places.cache_folder(), root)
        settings = kept.load(str(folder), *vault.settings_texts(root))
        if settings is None or not ahead.is_worth_it(folder):
            return
        ahead.look_at_contacts(root, settings)
        if with_pages:
            ahead.look_at_pages(os.path.realpath(root / settings.site.out), folder)


def missing_folders(vault_: Vault) -> tuple[Problem, ...]:
    """Why nobody may be in the vault: contacts folders that are not there."""
    return vault.missing_folders(vault_.root, vault_.settings)


def _settings(main: bytes, local: bytes) -> tuple[Settings, tuple[Problem, ...]]:
    from plaintextcrm.core.settings_text import parse

    try:
        texts = main.decode("utf-8"), local.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NoVault(f"{FILE}: not UTF-8 (byte {error.start}): save it as UTF-8") from None

    settings, problems = parse(*texts)
    broken = next((problem for problem in problems if "not readable as TOML" in problem.message), None)
    if broken:
        raise NoVault(f"{broken.where.path}:{broken.where.line}:{broken.where.column}: {broken.message.split(';')[0]}")
    return settings, problems
