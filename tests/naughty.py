"""Texts that trip up readers of YAML, terminals and careless string code: by hand, and by code from small pieces."""

from __future__ import annotations

from itertools import product

_WORDS = (
    "yes no Yes NO on off On OFF y n Y N true false True FALSE null Null NULL ~ nil none None undefined NaN .nan .inf -.inf +.INF "
    "0 00 007 0o17 0x1f 0b101 1e3 1E-3 1_000 1.5 .5 5. -1 +1 1,5 12:30 1:2:3 190:20:30 2026-11-21 2026-02-30 2026-1-2 20261121 "
    "2001-12-14t21:59:43.10-05:00 << = - -- --- ... ? : , [ ] { } # & * ! | > ' \" % @ ` \\ / [] {} [[ ]] [[bob-lee]] [[a]] [x [a,b] {a: {a:b} &a *a "
    "!x !!str !!binary |- >+ @ada %TAG %YAML `x` 'x' \"x\" 'x x' it's say\"so \\n \\x41 \\u0041 \\ C:\\temp a\\ \\\" a:b a: :a a#b #b ada@x.y "
    "+351 (a) a; $HOME $(id) `id` ${x} {{title}} <%x%> <b> &amp; </script> ../x .. . * ** a* __proto__ constructor key= += -= a=b"
).split()

_HAND = (
    "- a", "-a", "- - a", "# b", "a # b", "a #b", "a\t# b", "a: b", "a : b", "a:", "a: ", ": a", "? a", "! a", "& a", "* a", "| a", "> a",
    "'a", "a'", "\"a", "a\"", "'a' b", "\"a\" b", "''", '""', "a '' b", 'a "" b', "a, b", "a,b,", ", a", "[a, b]", "{a: 1, b: 2}",
    " a", "a ", "  a  ", "a  b", "\ta", "a\t", "a\tb", "a\nb", "a\n\nb", "a\r\nb", "a\rb", "\na", "a\n", "---\na", "a\n---\nb", "--- a",
    "...\na", "# a\n- b", "key: value\nother: value", "a\n  - b", "| a\n  b", "```\na", "<!-- a", "a -->", "%% a %%", "<<<<<<< ours", "======= a",
    "é", "é", "ß", "İ", "ı", "ǅ", "Ødegård", "日本語", "日本 語", "한글", "ไทย", "עברית", "العربية", "ᚠᛇᚻ", "𝒜𝒹𝒶", "Ａｄａ", "½", "²", "٣", "१२",
    "😀", "👩‍👩‍👧", "🇵🇹", "a😀b", "❤️", "\u200b", "a\u200bb", "\u200d", "\u2060", "\ufeff", "a\ufeff", "\u00a0", "a\u00a0b", "\u2003a", "a\u3000b",
    "\u2028", "a\u2028b", "a\u2029b", "a\x85b", "\x85", "\x7f", "\x1b[31mred", "\x07", "a\x08b", "\x01", "\x0b", "\x0c", "\x1f", "\x9b", "\ufffd",
    "\ufffe", "\uffff", "\U0010ffff", "\U0001fffe", "\ue000", "\u202eabc", "\u2066x\u2069", "a\u0301\u0302\u0303", "ﬁ", "’", "“a”", "…", "–", "—",
    "x" * 2000, "a " * 500 + "b", "é" * 1100, "a: " * 50 + "b", "[" * 40, "{" * 40, "- " * 60 + "a", "\"" * 9, "'" * 9, "\\" * 9, "#" * 9,
    "Lunch: 12:30 # at Ada's", "call me - or don't", "50 % off", "100%", "a & b", "a * b", "Tobi, 9, wants to be a bus", "O'Brien \"Bob\"",
    "http://x.example/?a=b#c", "tel:+351 555", "ada@example.com", "C# developer", "key:value", "R&D", "@home", "~ada", "~", "null ", "no ",
    "2026-11-21 ", "12:30 ", "yes, no", "No. 5", "true story", "on call", "off, then on", "N/A", "n/a", "-", "--12-10", "?", "1.", "a.", "a)",
)  # fmt: skip

_MADE = tuple(
    f"{before}{sign}{after}"
    for sign, (before, after) in product(":#-?,[]{}&*!|>'\"%@`", (("", " x"), ("x ", ""), ("x ", " x"), ("x", "x")))
)

NAUGHTY = tuple(dict.fromkeys(text for text in (*_WORDS, *_HAND, *_MADE) if text.strip()))
