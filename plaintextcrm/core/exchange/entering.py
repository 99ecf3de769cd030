"""Foreign text as an entry of a log that is read back as it is meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from plaintextcrm.core.entries import entry_line, parse_entry
from plaintextcrm.core.exchange.cells import lines_of, protect
from plaintextcrm.core.kinds import KindTable
from plaintextcrm.core.model import Interaction

_REF = r"[\w./@+-]{1,200}"


def entry_of(
    on: date, kind: str | None, text: str, kinds: KindTable, way: str = "", ref: str = "", details: Sequence[str] = ()
) -> Interaction:
    """`- DATE kind: text [dir:: way] [ref:: ref]`; further lines, and a text that would mean something else, as `- note:` below it."""
    first, *more = [protect(line) for line in lines_of(text)]
    known = kinds.get(kind) if kind else None
    fields = tuple((key, value) for key, value in (("dir", way), ("ref", ref if re.fullmatch(_REF, ref) else "")) if value)
    entry = Interaction(on, first, known.name if known else None, None, fields)
    if parse_entry(entry_line(entry, kinds=kinds), kinds=kinds) != entry:
        entry, more = entry._replace(text=""), [first, *more]
    notes = (f"- note: {line}".rstrip() for line in more if line)
    return entry._replace(details=(*notes, *(protect(line) for line in details)))
