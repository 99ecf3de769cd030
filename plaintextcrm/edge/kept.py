"""Parsed settings, kept beside the index: reading TOML costs 8 ms of a start of 60."""

from __future__ import annotations

import contextlib
import json
import os
from datetime import date
from typing import Any
from zlib import crc32

from plaintextcrm import __version__
from plaintextcrm.core.kinds import Kind
from plaintextcrm.core.model import Cadence
from plaintextcrm.core.settings import Me, Settings, Site, Teammate, Tier


def load(folder: str, main: bytes, local: bytes) -> Settings | None:
    """The settings that these two files gave last time, without a mistake in them; None where they are not kept."""
    try:
        with open(os.path.join(folder, "settings.json"), encoding="utf-8") as file:
            kept = json.load(file)
        text = kept["settings"]
        if kept["from"] != _origin(main, local) or kept["sum"] != crc32(text.encode()):
            return None
        return _settings(json.loads(text))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def store(folder: str, main: bytes, local: bytes, settings: Settings) -> None:
    """Keep them; where the cache folder cannot be written they are read again next time."""
    with contextlib.suppress(OSError):
        os.makedirs(folder, mode=0o700, exist_ok=True)
        beside = os.path.join(folder, f".settings-{os.urandom(4).hex()}")
        try:
            with open(beside, "w", encoding="utf-8") as file:
                text = json.dumps(settings._asdict(), default=_plain)
                json.dump({"from": _origin(main, local), "sum": crc32(text.encode()), "settings": text}, file)
            os.replace(beside, os.path.join(folder, "settings.json"))
        except OSError:
            os.unlink(beside)


def _origin(main: bytes, local: bytes) -> str:
    texts = (part.decode("utf-8", "surrogateescape") for part in (main, local))
    return "\0".join((__version__, *texts)).encode("ascii", "backslashreplace").decode()


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"not a setting: {value!r}")


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _tuple(value: Any) -> Any:
    return tuple(_tuple(part) for part in value) if isinstance(value, list) else value


def _settings(facts: dict[str, Any]) -> Settings:
    typed: dict[str, Any] = {
        "since": _day(facts["since"]),
        "tiers": tuple(Tier(name, Cadence(*cadence), weight) for name, cadence, weight in facts["tiers"]),
        "default_cadence": Cadence(*facts["default_cadence"]),
        "me": Me(*_tuple(facts["me"])),
        "team": tuple(Teammate(id, name, email, _day(leaves)) for id, name, email, leaves in facts["team"]),
        "kinds": tuple(Kind(*_tuple(kind)) for kind in facts["kinds"]),
        "site": Site(*_tuple(facts["site"])),
    }
    if not isinstance(facts["contacts"], list) or not isinstance(facts["per_week"], int):
        raise TypeError("not settings")
    return Settings(**{name: _tuple(value) for name, value in facts.items() if name not in typed}, **typed)
