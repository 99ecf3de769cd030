"""Foreign files -> people and dated rows (`IMPORTERS`) -> the edits of a vault (`planning`). Pure: bytes in, edits out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module

from plaintextcrm.core.exchange.incoming import Given, Hints, Reading

Importer = Callable[[Sequence[Given], Hints], Reading | None]
"""What the files say, or None where they are not of this kind. Raises Usage where only some of them are."""


def _in(module: str) -> Importer:
    """The `read` of a module of this package, which is imported when it is first asked."""

    def read(files: Sequence[Given], hints: Hints) -> Reading | None:
        said: Reading | None = import_module(f"{__name__}.{module}").read(files, hints)
        return said

    return read


IMPORTERS: Mapping[str, Importer] = {
    "vcard": _in("vcard"),
    "vdir": _in("vdir"),
    "google": _in("google"),
    "outlook": _in("outlook"),
    "linkedin": _in("linkedin"),
    "thunderbird": _in("thunderbird"),
    "friends": _in("friends"),
    "monica": _in("monica"),
    "interactions": _in("interactions"),
    "ptcrm-json": _in("ourjson"),
    "ptcrm-csv": _in("ourtable"),
    "csv": _in("anycsv"),
}
"""In the order in which they are asked; the last only with --map or --from."""
