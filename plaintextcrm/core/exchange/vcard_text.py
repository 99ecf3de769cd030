"""Bytes -> cards and their properties, for vCard 2.1, 3.0 and 4.0 as programs really write them (RFC 2426, RFC 6350).

The file is cut at BEGIN:VCARD, so that a card that cannot be read costs no other; each line is decoded by its own charset.
"""

from __future__ import annotations

import binascii
import re
import unicodedata
from collections.abc import Iterator, Sequence
from io import BytesIO

from plaintextcrm.core.exchange import table
from plaintextcrm.core.exchange.incoming import Given
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.record import NamedTuple

LONGEST_HEAD = 4000  # bytes of a property before its colon; what is longer is nobody's
LARGEST_BINARY = 10_000_000  # bytes of a photo
_BEGIN = re.compile(rb"\s*(?:\xef\xbb\xbf)?BEGIN\s*:\s*VCAR(?:D)?\s*\Z", re.IGNORECASE)
_END = re.compile(rb"\s*END\s*:\s*VCARD?\s*\Z", re.IGNORECASE)
_QUOTED_PRINTABLE = re.compile(rb"[^:]{0,4000}QUOTED-PRINTABLE", re.IGNORECASE)
_BASE64 = re.compile(rb"[^:]{0,4000}[;=](?:BASE64|B)(?:;[^:]*)?:|[^:]{0,4000}[;=](?:BASE64|B)\Z", re.IGNORECASE)
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]+=*\Z")
_AGENT = re.compile(rb"(?:[\w.-]+\.)?AGENT(?:;[^:]*)?:\s*\Z", re.IGNORECASE)
_PROPERTY = re.compile(r"(?:([\w-]+)\.)?([A-Za-z0-9_-]+)\Z")
_ESCAPE = pattern(r"\\(.)")
_CUSTOM = pattern(r"X-CUSTOM\((?:CHARSET=([\w-]+),)?(ENCODING=QUOTED-PRINTABLE,)?(.*)\)\Z", re.IGNORECASE)
_MAY_FRAME = (b"B", b"b", b"E", b"e", b" ", b"\t", b"\xef")  # what BEGIN and END may begin with
_WIDE = (b"\xff\xfe", b"\xfe\xff")


class Property(NamedTuple):
    """One line of a card: `name` in capitals, its parameters (a bare word is a TYPE), its value with the escapes still in it.

    `data` are the bytes of a binary value (None: it is text, or too large: then `size` says how large).
    """

    line: int
    name: str
    value: str = ""
    group: str = ""
    params: tuple[tuple[str, str], ...] = ()
    data: bytes | None = None
    size: int = 0
    types: tuple[str, ...] = ()  # in lower case, each once

    def param(self, name: str) -> str:
        """The first value of a parameter, or ""."""
        return next((value for key, value in self.params if key == name), "")


class Card(NamedTuple):
    """One card: the line it begins in, its properties, what could not be read of it, and how many lines were in Windows-1252."""

    line: int
    properties: tuple[Property, ...]
    faults: tuple[tuple[int, str], ...] = ()
    guessed: int = 0

    @property
    def version(self) -> str:
        """2.1, 3.0 or 4.0, wherever in the card it stands."""
        said = next((one.value.strip() for one in self.properties if one.name == "VERSION"), "")
        return said if said in ("2.1", "3.0", "4.0") else "3.0"

    def first(self, name: str) -> Property | None:
        """The first property of that name."""
        return next((one for one in self.properties if one.name == name), None)


def is_vcard(data: bytes) -> bool:
    """Whether bytes hold a card, in whatever encoding."""
    head = data[:100_000].replace(b"\0", b"").upper()
    return re.search(rb"(?:^|[\r\n]|\xef\xbb\xbf|\xff\xfe|\xfe\xff)[ \t]*BEGIN[ \t]*:[ \t]*VCAR", head) is not None


def cards(given: Given, encoding: str | None = None) -> Iterator[Card]:
    """The cards of a file, one at a time. Raises Usage where the encoding that was asked for does not fit."""
    data = given.data
    if encoding or data.startswith(_WIDE) or b"\0" in data[:200]:
        data = table.decode(given, encoding)[0].encode("utf-8", "replace")
    lines: list[tuple[int, bytes]] = []
    begun, depth = 0, 0
    for number, line in enumerate(_physical(data), 1):
        if line[:1] not in _MAY_FRAME:
            if begun:
                lines.append((number, line))
        elif _BEGIN.match(line):
            if begun and (depth or (lines and _AGENT.match(lines[-1][1]))):
                depth += 1
                lines.append((number, line))
                continue
            if begun:
                yield _card(begun, lines, (number, "the card is not closed (END:VCARD is missing)"))
            begun, lines = number, []
        elif begun and _END.match(line):
            lines.append((number, line))
            if depth:
                depth -= 1
            else:
                yield _card(begun, lines[:-1])
                begun, lines = 0, []
        elif begun:
            lines.append((number, line))
    if begun:
        yield _card(begun, lines, (begun, "the card is not closed (END:VCARD is missing)"))


def _physical(data: bytes) -> Iterator[bytes]:
    """The lines without their ends: CR LF, LF, or CR where there is nothing else."""
    if b"\n" not in data and b"\r" in data:
        data = data.replace(b"\r", b"\n")
    for line in BytesIO(data):
        yield line.rstrip(b"\r\n")


def _card(begun: int, lines: Sequence[tuple[int, bytes]], *faults: tuple[int, str]) -> Card:
    found: list[Property] = []
    wrong: list[tuple[int, str]] = []
    guessed = 0
    for number, line in _logical(lines):
        if not line.strip():
            continue
        read = _property(number, line)
        if isinstance(read, str):
            wrong.append((number, read))
        else:
            one, odd = read
            guessed += odd
            found.append(one)
    return Card(begun, tuple(found), (*wrong, *faults), guessed)


def _logical(lines: Sequence[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    """(line it begins in, the property unfolded): a nested card is the value of its AGENT."""
    parts: list[bytes] = []
    begun, soft, binary, depth = 0, False, False, 0
    for number, line in lines:
        if depth or (parts and line[:1] in _MAY_FRAME and _BEGIN.match(line)):
            depth += 1 if _BEGIN.match(line) else -1 if _END.match(line) else 0
            parts.append(line + b"\\n")
        elif soft:
            soft = line.endswith(b"=")
            parts.append(line[:-1] if soft else line)
        elif parts and line[:1] in (b" ", b"\t"):
            parts.append(line.lstrip() if binary else line[1:])
        elif binary and (not line or (_BASE64_LINE.match(line) and len(line) > 20)):
            parts.append(line)
        else:
            if parts:
                yield begun, b"".join(parts)
            begun, parts = number, [line]
            head = line[:300].upper()
            binary = (b"BASE64" in head or b"ENCODING=B" in head) and _BASE64.match(line) is not None
            soft = line.endswith(b"=") and not binary and _QUOTED_PRINTABLE.match(line) is not None
            if soft:
                parts = [line[:-1]]
    if parts:
        yield begun, b"".join(parts)


def _property(number: int, line: bytes) -> tuple[Property, bool] | str:
    """(the property, whether its bytes had to be guessed), or what is wrong with the line."""
    colon = _colon(line)
    if colon < 0:
        return f'no property: "{line[:40].decode("utf-8", "replace")}": left out'
    if colon > LONGEST_HEAD:
        return f"a property with {colon:,} bytes of parameters: left out"
    head, _ = _text(line[:colon], "")
    first, *words = head.split(";") if '"' not in head else _split(head)
    named = _PROPERTY.match(first.strip())
    if not named:
        return f'no property: "{head[:40]}": left out'
    name, group = named[2].upper(), (named[1] or "").lower()
    raw = line[colon + 1 :]
    if not words and raw[:5] != b"data:":
        value, odd = _text(raw, "")
        return Property(number, name, value, group, (), None, 0, ()), odd
    params = tuple(_param(word) for word in words if word.strip())
    how, charset, types = _how(params)
    if how in ("B", "BASE64"):
        return _binary(Property(number, name, "", group, params, None, 0, types), raw), False
    if how == "QUOTED-PRINTABLE":
        raw = binascii.a2b_qp(raw)
    if raw[:5].lower() == b"data:" and b";base64," in raw[:200]:
        kind, _, coded = raw[5:].partition(b";base64,")
        params = (*params, ("MEDIATYPE", kind.decode("ascii", "replace")))
        return _binary(Property(number, name, "", group, params, None, 0, types), coded), False
    value, odd = _text(raw, charset)
    return Property(number, name, value, group, params, None, 0, types), odd


def _how(params: Sequence[tuple[str, str]]) -> tuple[str, str, tuple[str, ...]]:
    """(encoding in capitals, charset, types) of a property."""
    how = charset = ""
    words: list[str] = []
    for key, value in params:
        if key == "TYPE":
            words += (word.strip().lower() for word in value.split(","))
        elif key == "ENCODING":
            how = how or value.upper()
        elif key == "CHARSET":
            charset = charset or value
    return how, charset, tuple(dict.fromkeys(filter(None, words)))


def _colon(line: bytes) -> int:
    """Where the value begins: the first colon outside quotes; a quote that is not closed is none."""
    at = line.find(b":")
    if b'"' not in line[: max(at, 0)]:
        return at
    quoted = False
    for match in re.finditer(rb'[":]', line[: LONGEST_HEAD * 100]):
        if match[0] == b'"':
            quoted = not quoted
        elif not quoted:
            return match.start()
    return line.find(b":")


def _split(head: str) -> list[str]:
    """A head cut at its semicolons outside quotes."""
    if '"' not in head:
        return head.split(";")
    parts, quoted = [""], False
    for piece in re.split('([";])', head):
        if piece == '"':
            quoted = not quoted
        if piece == ";" and not quoted:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def _param(word: str) -> tuple[str, str]:
    """`TYPE=work`, or a bare word of 2.1; Android's `X-CUSTOM(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=42=C3=BC=72=6F)` is a label."""
    custom = _CUSTOM.match(word.strip()) if "(" in word else None
    if custom:
        label = binascii.a2b_qp(custom[3].encode()) if custom[2] else custom[3].encode()
        return "X-CUSTOM", _text(label, custom[1] or "")[0].strip()
    name, sign, value = word.strip().partition("=")
    if sign:
        return name.strip().upper(), value.strip().strip('"')
    bare = name.upper()
    return ("ENCODING", bare) if bare in ("QUOTED-PRINTABLE", "BASE64") else ("TYPE", name)


def _binary(one: Property, coded: bytes) -> Property:
    size = len(coded) * 3 // 4
    if size > LARGEST_BINARY:
        return one._replace(size=size)
    try:
        data = binascii.a2b_base64(coded)
    except binascii.Error:
        return one._replace(value=coded[:1000].decode("ascii", "replace"))
    return one._replace(data=data, size=len(data))


def _text(raw: bytes, charset: str) -> tuple[str, bool]:
    """(the text, composed, whether its encoding was guessed): the line's charset, UTF-8, else Windows-1252."""
    if not charset and raw.isascii():
        return raw.decode("ascii"), False
    for name in (charset, "utf-8"):
        try:
            text = raw.decode(name) if name else None
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
        if text is not None:
            return _composed(text), False
    try:
        return _composed(raw.decode("cp1252")), True
    except UnicodeDecodeError:
        return _composed(raw.decode("latin-1")), True


def _composed(text: str) -> str:
    if text.isascii():
        return text
    clean = text.encode("utf-8", "ignore").decode("utf-8")  # a charset like UTF-7 gives lone surrogates
    return unicodedata.normalize("NFC", clean)


# --- values --------------------------------------------------------------------------------------------------------


def unescaped(text: str, version: str) -> str:
    r"""A value as it was meant: `\n` is a line end but in 2.1, which escapes the semicolon alone."""
    if "\\" not in text:
        return text
    if version == "2.1":
        return text.replace("\\;", ";").replace("\\,", ",")
    return _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1] if match[1] in "\\,;:" else match[0], text)


def parts_of(text: str, sign: str, version: str) -> list[str]:
    """A value cut at the signs that are not escaped, each part unescaped and without blanks around it."""
    if sign not in text:
        return [unescaped(text, version).strip()]
    cut = [""]
    for piece in re.split(rf"(\\.|{re.escape(sign)})", text, flags=re.DOTALL):
        if piece == sign:
            cut.append("")
        else:
            cut[-1] += piece
    return [unescaped(part, version).strip() for part in cut]
