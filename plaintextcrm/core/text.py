"""Bytes to text and lines, so that nothing of the user's is lost on the way back."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from plaintextcrm.core.patterns import pattern

BOM = "\ufeff"
_LONE_CR = pattern(r"\r(?!\n)")
_ENDS = pattern(r"\r\n|\r|\n")
# What a terminal would obey rather than show: C0 but tab and line ends, C1, bidi overrides, and lone surrogates.
UNSAFE = pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# Control characters that no text file needs (tab, line ends and form feed left out).
CONTROL = pattern("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_NO_CONTROL = bytes.maketrans(bytes([*range(9), 0x0B, *range(0x0E, 0x20), 0x7F]), b" " * 29)


def decode(data: bytes) -> tuple[str, str]:
    """(text without BOM, encoding): bytes that are not UTF-8 become lone surrogates, one for each; UTF-16 is read by its BOM."""
    if data.startswith(b"\xef\xbb\xbf"):
        return data[3:].decode("utf-8", "surrogateescape"), "utf-8-sig"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace"), "utf-16"
    return data.decode("utf-8", "surrogateescape"), "utf-8"


def has_control(data: bytes) -> bool:
    """Whether UTF-8 bytes hold a control character (much quicker than a search)."""
    return data.translate(_NO_CONTROL) != data


def encode(text: str, encoding: str) -> bytes:
    """The bytes that `decode` came from."""
    data = text.encode("utf-8", "surrogateescape")
    return b"\xef\xbb\xbf" + data if encoding == "utf-8-sig" else data


def readable(text: str) -> str:
    """The same text, as long, with undecodable bytes read as Windows-1252, which is what they nearly always are."""
    if text.isascii():
        return text
    try:
        text.encode()  # far quicker than a search, and fails on a lone surrogate only
    except UnicodeEncodeError:
        data = text.encode("utf-8", "surrogateescape")
        if len(data) == len(text):  # no letter takes two bytes
            return data.decode("cp1252", "replace")
        guessed = bytes(range(0x80, 0x100)).decode("cp1252", "replace")
        return text.translate(dict(zip(range(0xDC80, 0xDD00), guessed, strict=True)))  # 10 MB: 0.9 s at most; a pattern took 16
    return text


def normal(text: str) -> str:
    """The text as it is read, as long as it is: readable, and with LF where a lone CR ends a line."""
    text = readable(text)
    return _LONE_CR.sub("\n", text) if "\r" in text else text


def split_lines(text: str) -> list[str]:
    """The lines without their ends; only CR LF, LF and CR end a line (never U+2028 and its like)."""
    return _ENDS.split(text) if "\r" in text else text.split("\n")


def line_starts(text: str) -> list[int]:
    """The offset at which each line of `split_lines` begins, then the length of the text."""
    return [0, *(match.end() for match in _ENDS.finditer(text)), len(text)]


def line_end_at(text: str, offset: int) -> str:
    """The line end of the line that holds `offset`, else the one before it, else that of the text, else LF."""
    after = _ENDS.search(text, offset)
    if after:
        return after[0]
    ends = _ENDS.findall(text)
    return ends[-1] if ends else "\n"


def safe(text: str) -> str:
    """Text for a terminal: control and bidi characters replaced, so that no file can steer it."""
    return text if text.isprintable() else UNSAFE.sub("\ufffd", text)


def fold(text: str) -> str:
    """Text for comparing: no case, no accents (`Ødegård` as `odegard`), blanks made one."""
    if text.isascii():
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_LETTERS)
    if not plain.isascii():
        plain = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(plain.split())


_LETTERS = {ord(letter): plain for letter, plain in zip("øđłæœıþð", ("o", "d", "l", "ae", "oe", "i", "th", "d"), strict=True)}
_LETTERS |= dict.fromkeys(range(0x300, 0x370), "")  # the usual accents, once they stand alone


def width(text: str) -> int:
    """Terminal columns: see `widths`."""
    return len(text) if text.isascii() else sum(widths(text))


def widths(text: str) -> Iterator[int]:
    """The columns that each character adds: wide East Asian ones two; marks, vowels and finals set on another letter, and tags none.

    Of an emoji that is made of several (a family, a skin, a heart that is to be one) the whole takes two, as newer terminals show it.
    """
    before, taken = "", 0
    for char in text:
        if char == "\ufe0f" and taken == 1:  # the sign before it is to be an emoji
            taken, added = 2, 1
        elif _is_on_another(char) or (before and _continues(char, before)):
            added = 0
        else:
            taken = added = 2 if unicodedata.east_asian_width(char) in "WF" else 1
        yield added
        before = char


def _continues(char: str, before: str) -> bool:
    """Whether it is part of the emoji that stands before it: a sign joined to it, the colour of its skin."""
    if before == "\u200d":
        return unicodedata.category(char) == "So"
    return "\U0001f3fb" <= char <= "\U0001f3ff" and unicodedata.category(before) == "So"


def _is_on_another(char: str) -> bool:
    """Marks, also those that Thai and Tamil do not count as combining; the second and third parts of a Hangul syllable; tags of flags."""
    if unicodedata.category(char) in ("Mn", "Me"):
        return True
    return char in "\u200b\u200d" or "\u1160" <= char <= "\u11ff" or "\U000e0020" <= char <= "\U000e007f"


def typed(id: str, *words: str, option: str = "") -> str:
    """`ada call --out`: what is typed behind a command. What looks like an option wants `--` before it all, and then the option first."""
    from shlex import join

    known = join([id, *words])
    parts = (option, "--", known) if any(word.startswith("-") for word in (id, *words)) else (known, option)
    return " ".join(part for part in parts if part)
