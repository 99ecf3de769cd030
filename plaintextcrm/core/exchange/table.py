"""Bytes -> a table with named columns: encoding, separator and header are found by content (RFC 4180, and what is made of it)."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import StringIO

from plaintextcrm.core.errors import Usage
from plaintextcrm.core.exchange.cells import label
from plaintextcrm.core.exchange.incoming import Given, Refusal
from plaintextcrm.core.model import Location
from plaintextcrm.core.record import NamedTuple

SEPARATORS = (",", ";", "\t")
HEADER_WITHIN = 10  # records: some programs write a few lines above the header
MOST_SURPLUS = 100  # cells beyond the header that are kept; a row with more of them is no row of this table
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class Record(NamedTuple):
    """One row: its cells that are not empty, by column, in the order of the file."""

    where: Location
    cells: Mapping[str, str]


class Table(NamedTuple):
    """A file with columns; `refused` are the rows that have no shape, `notes` what was guessed."""

    name: str
    columns: tuple[str, ...]
    records: tuple[Record, ...]
    refused: tuple[Refusal, ...]
    notes: tuple[str, ...]


Fits = Callable[[Sequence[str]], bool]
Records = Iterator[tuple[int, list[str], str]]


def decode(given: Given, encoding: str | None = None) -> tuple[str, tuple[str, ...]]:
    """(text, what was guessed): a byte order mark, UTF-16 by its zero bytes, UTF-8, else line by line Windows-1252.

    Raises Usage where the encoding that was asked for does not fit.
    """
    if encoding:
        try:
            text = given.data.decode(encoding)
            text.encode("utf-8")
        except (LookupError, ValueError) as error:
            raise Usage(f"--encoding {encoding}: {given.name} cannot be read so: {error}") from None
        return text.removeprefix("\ufeff"), ()
    marked = [name for mark, name in _MARKS if given.data.startswith(mark)]
    for name in (*marked, _by_zeros(given.data)):
        try:
            return given.data.decode(name).removeprefix("\ufeff"), ()
        except UnicodeDecodeError:
            continue
    return _line_by_line(given)


def _by_zeros(data: bytes) -> str:
    """An encoding of two bytes a character shows by its zeros: every other byte of Latin text is one."""
    even, odd, many = data[0:1000:2].count(0), data[1:1000:2].count(0), min(len(data), 1000) / 8
    if max(even, odd) <= many:
        return "utf-8"
    return "utf-16-le" if odd > even else "utf-16-be"


def _line_by_line(given: Given) -> tuple[str, tuple[str, ...]]:
    odd = 0
    lines = []
    for line in given.data.split(b"\n"):
        try:
            lines.append(line.decode("utf-8"))
        except UnicodeDecodeError:
            odd += 1
            try:
                lines.append(line.decode("cp1252"))
            except UnicodeDecodeError:
                lines.append(line.decode("latin-1"))
    told = f"{odd} line{' is' if odd == 1 else 's are'} not UTF-8, read as Windows-1252 (--encoding NAME if that is wrong)"
    return "\n".join(lines), (f"{given.name}: {told}",)


def fold_column(name: str) -> str:
    """A column's name for comparing: `Person ID` is `person_id`."""
    return re.sub(r"[\s\-_]+", "_", name.strip().casefold())


def read(given: Given, fits: Fits, known: Sequence[str] = (), encoding: str | None = None, *, ragged: bool = False) -> Table | None:
    """The table whose header `fits` (it is given folded names), or None. Columns that are `known` get that spelling.

    A row with more or fewer cells than the header is refused; cells beyond it do no harm while they are empty. A `ragged` table is what
    address books write: missing cells are empty, and what stands beyond the header is kept as `column 12`.
    """
    text, notes = decode(given, encoding)
    lines = list(StringIO(text, newline=""))
    for separator in SEPARATORS:
        for place, (_, header, _) in zip(range(HEADER_WITHIN), _records(lines, separator), strict=False):
            if fits([fold_column(cell) for cell in header]):
                return _table(given.name, _records(lines, separator), place, known, notes, MOST_SURPLUS if ragged else None)
    return None


def _table(name: str, records: Records, above: int, known: Sequence[str], notes: tuple[str, ...], surplus: int | None) -> Table:
    for _ in range(above):
        next(records)
    columns = _columns(next(records)[1], known)
    kept: list[Record] = []
    refused: list[Refusal] = []
    for line, cells, wrong in records:
        where = Location(name, line)
        while len(cells) > len(columns) and not cells[-1].strip():
            cells.pop()
        if wrong:
            refused.append(Refusal(where, wrong))
        elif any(cell.strip() for cell in cells):
            if len(cells) != len(columns) if surplus is None else len(cells) > len(columns) + surplus:
                refused.append(
                    Refusal(where, f"{len(cells):,} cell{'' if len(cells) == 1 else 's'} where the header has {len(columns):,} columns")
                )
            else:
                more = (label("", number) for number in range(len(columns) + 1, len(cells) + 1))
                texts = zip((*columns, *more), map(str.strip, cells), strict=False)
                kept.append(Record(where, {column: text for column, text in texts if text}))
    return Table(name, columns, tuple(kept), tuple(refused), notes)


def _columns(header: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """The names of the columns, each once."""
    found: dict[str, None] = {}
    for number, cell in enumerate(header, 1):
        folded = fold_column(cell)
        name = folded if folded in known else label(cell, number)
        while name in found:
            name += f" ({number})"
        found[name] = None
    return tuple(found)


def _records(lines: Sequence[str], separator: str) -> Records:
    """(line it begins in, cells, what is wrong with it); after a record that cannot be read the next line begins another."""
    csv.field_size_limit(2**31 - 1)  # a cell may be a whole letter; the file is bounded already
    start = 0
    while start < len(lines):
        reader = csv.reader((lines[number] for number in range(start, len(lines))), delimiter=separator, strict=True)
        begins = start
        try:
            for cells in reader:
                yield begins + 1, cells, ""
                begins = start + reader.line_num
            return
        except csv.Error as error:
            unclosed = "unexpected end of data" in str(error)
            reason = "a quote is opened and not closed" if unclosed else "a quote inside a quoted cell is not doubled"
            yield begins + 1, [], reason
            start = begins + 1
