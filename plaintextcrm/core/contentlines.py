"""Content lines as iCalendar and vCard have them (RFC 5545 3.1, RFC 6350 3.2): folded at 75 octets."""

from __future__ import annotations

FOLD_AT = 75  # octets


def folded(line: str) -> str:
    """A line of at most 75 octets, the rest on lines that begin with a blank; no character is cut in two."""
    if len(line) <= FOLD_AT and line.isascii():
        return line
    data = line.encode()
    pieces, start, room = [], 0, FOLD_AT
    while start < len(data):
        end = start + room
        while end < len(data) and data[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(data[start:end])
        start, room = end, FOLD_AT - 1  # the blank counts
    return b"\r\n ".join(pieces).decode()
