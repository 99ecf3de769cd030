"""Foreign files -> people and dated rows (`IMPORTERS`) -> the edits of a vault (`planning`). Pure: bytes in, edits out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from plaintextcrm.core.exchange import interactions
from plaintextcrm.core.exchange.incoming import Given, Hints, Reading

Importer = Callable[[Sequence[Given], Hints], Reading | None]
"""What the files say, or None where they are not of this kind. Raises Usage where only some of them are."""

IMPORTERS: Mapping[str, Importer] = {
    "interactions": interactions.read,
}
