"""Markdown of a vault to HTML that can do nothing: a fixed list of tags, no script, no image, no form, addresses of six schemes.

By comrak: 6 to 15 µs a line, where cmarkgfm with its extensions takes 31 to 50 and leaks 2.6 KB at each call; both load in 2 ms.
What comrak gives is not trusted: every tag is looked up in a list, rebuilt from its parts, or shown as text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from html import escape, unescape
from urllib.parse import unquote

import comrak

Link = Callable[[str], "tuple[str, str] | None"]  # what a wikilink names -> (address of the page, name to show), or None

_TAG_NAMES = "p|em|strong|del|mark|code|pre|ul|ol|li|blockquote|table|thead|tbody|tr|th|td"
# Tags that pass as they are; the others (links, images, headings, attributes) are looked at one by one.
_PLAIN = frozenset(("<br />", "<hr />", *(f"<{slash}{name}>" for name in _TAG_NAMES.split("|") for slash in ("", "/"))))
_ODD_TAG = re.compile(rf"<(?!/?(?:{_TAG_NAMES})>|[bh]r />)")
_TAG = re.compile(r'<a href="([^"<>]*)" data-wikilink="true">([^<]*)</a>|<[^<>]*>?')
_ANCHOR = re.compile(r'<a href="([^"<>]*)"(?: title="[^"<>]*")?>')
_IMAGE = re.compile(r'<img src="([^"<>]*)" alt="([^"<>]*)"(?: title="[^"<>]*")? />')
_OTHER = re.compile(r'<(ol start="[0-9]{1,9}"|(?:th|td)(?= align="[a-z]+">)|code(?= class="[^"<>]*">))[^<>]*>')
_ADDRESS = re.compile(r'(?:https?://|mailto:|tel:|sms:|geo:)[^\x00-\x20"<>`\\]+', re.IGNORECASE)
_SCHEME = re.compile(r"[^/?#]*:")

# What may mean something in one line; all else is only escaped. (A "www." is asked for beside it.)
_MEANT = bytes([*range(32), 127, *b"&*\\<@[_`~=%/"])
_NOT_PLAIN = re.compile("[\x00-\x1f&*\\\\<@\\[_`~=%/\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# The wikilink that nearly all are; what must not stand before it is looked for last, so that the search is one for two letters.
_SLUG = re.compile(r"\[\[(?<!!\[\[)([A-Za-z0-9]+(?:-[A-Za-z0-9]+)*)\]\](?!\])")
_LINE_BREAKS = re.compile("[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
# Never in a page: controls that no text needs, and those that turn the order of what stands around them.
_UNSHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MARKED = re.compile(
    r"<pre>.*?</pre>|<code>.*?</code>|<[^<>]*>"
    r"|(?<![\w=])==(?![\s=])((?:[^=<>]|=(?!=)|<(em|strong|del)>[^=<>]*</\2>)+?)(?<!\s)==(?![\w=])",
    re.DOTALL,
)
_TASK = re.compile(r"(<li>(?:\n<p>)?)\[([^\[\]<>&])\](?=[ \n])")
_TOKEN = re.compile(r"^[ \t]*(`{3,}(?=[^`\n]*$)|~{3,})[^\n]*$|\\[\\`<]|(`+)|<!--|%%|^ {0,3}<(?=[A-Za-z/?]|!(?!--))(?!\w+:)", re.MULTILINE)
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_CELLS = 50_000  # comrak fills up short rows: 4 KB of pipes and 4 KB of short lines make 40 MB, and take 30 s
_DEEP_QUOTE = re.compile(r"^((?: {0,3}>){40})[ >]+", re.MULTILINE)  # one quote a sign: 1 MB makes 27

_EXTENSIONS, _EXTENSIONS_WITHOUT_TABLES = comrak.ExtensionOptions(), comrak.ExtensionOptions()
for _options in (_EXTENSIONS, _EXTENSIONS_WITHOUT_TABLES):
    _options.strikethrough = _options.autolink = _options.wikilinks_title_after_pipe = True
_EXTENSIONS.table = True
_PARSE, _RENDER = comrak.ParseOptions(), comrak.RenderOptions()
_RENDER.escape = True  # raw HTML is shown as what it is


def to_html(text: str, link: Link) -> str:
    """Blocks: paragraphs, lists, tables, quotes, code; headings begin at h3 and skip no step; tasks are signs, not fields.

    Comments (`<!-- -->`, `%% %%`) are left out unless they are code or never closed, as `core.body.mask` has it.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "<" in text or "%%" in text:
        text = _prepared(text)
    if not text.isascii():
        text = _SURROGATE.sub("\ufffd", text)
    if text.count(">") > 100:
        text = _DEEP_QUOTE.sub(r"\1 ", text)
    extensions = _EXTENSIONS
    if text.count("|") > 100:
        lines = text.split("\n")
        columns = max(line.count("|") for line in lines)
        if columns > 100 or columns * len(lines) > _CELLS:
            extensions = _EXTENSIONS_WITHOUT_TABLES
    return _vetted(comrak.render_markdown(text, extensions, _PARSE, _RENDER), link)


def inline(text: str, link: Link) -> str:
    """One line, such as the text of an entry: no blocks, so that `1. mail` and `# 5` stay what they are; breaks become blanks."""
    if _is_plain(text):
        return _quoted(text.strip(" "))
    if "[[" in text:
        pieces = _SLUG.split(text)
        if _is_plain("".join(pieces[::2])):
            return _between(pieces, link)
    return _inline(text, link)


def _is_plain(text: str) -> bool:
    """Whether nothing in one line can mean anything."""
    if "www." in text:
        return False
    try:
        letters = text.encode()
    except UnicodeEncodeError:
        return False
    # a tenth of the time of a search, which only a no-break space and its like are left to
    plain = len(letters.translate(None, _MEANT)) == len(letters)
    return plain and (text.isascii() or text.isprintable() or _NOT_PLAIN.search(text) is None)


def _between(pieces: list[str], link: Link) -> str:
    """Plain text, the target of a wikilink, plain text, and so on."""
    drawn = [_quoted(piece) for piece in pieces]
    for place in range(1, len(pieces), 2):
        if page := link(pieces[place]):
            drawn[place] = _anchor(*page)
    return "".join(drawn).strip(" ")


def _anchor(href: str, name: str) -> str:
    return f'<a href="{_inside(href)}">{escape(name)}</a>'


def _quoted(text: str) -> str:
    """Plain text as HTML."""
    return text.replace(">", "&gt;").replace('"', "&quot;")


def _inline(text: str, link: Link) -> str:
    """The same for any text, by comrak."""
    text = _LINE_BREAKS.sub(" ", text)
    if "<!--" in text or "%%" in text:
        text = _prepared(text)
    if not text.isascii():
        text = _SURROGATE.sub("\ufffd", text)
    text = text.strip(" ")
    # A no-break space is a blank to emphasis, but it begins no block.
    before = "" if text[:1].isalpha() else "\xa0"
    html: str = comrak.render_markdown(before + text, _EXTENSIONS_WITHOUT_TABLES, _PARSE, _RENDER)
    return _vetted(html[3 + len(before) : -5], link) if html.startswith(f"<p>{before}") and html.endswith("</p>\n") else escape(text)


def _prepared(text: str) -> str:
    """The text without comments; and a line that begins with a tag is a paragraph that begins with `<`."""
    runs: dict[int, list[int]] | None = None  # length -> where runs of so many backticks begin
    blank = -1  # the next blank line
    endless: set[str] = set()  # marks that are not closed any more
    pieces: list[str] = []
    kept = place = 0
    while match := _TOKEN.search(text, place):
        token, place = match[0], match.end()
        if match[1]:
            closing = re.compile(rf"^[ \t]*{match[1][0]}{{{len(match[1])},}}[ \t]*$", re.MULTILINE).search(text, place)
            place = closing.end() if closing else len(text)
        elif match[2]:
            if runs is None:
                runs = {}
                for run in re.finditer("`+", text):
                    runs.setdefault(len(run[0]), []).append(run.start())
            same = runs.get(len(token), [])  # not there: the run began with an escaped one
            at = bisect_left(same, place)
            if blank < place:
                found = _BLANK_LINE.search(text, place)
                blank = found.start() if found else len(text)
            if at < len(same) and same[at] < blank:
                place = same[at] + len(token)
        elif token in ("<!--", "%%"):
            closing_mark = "-->" if token == "<!--" else "%%"
            end = -1 if token in endless else text.find(closing_mark, place)
            if end >= 0:
                pieces.append(text[kept : match.start()])
                kept = place = end + len(closing_mark)
            else:
                endless.add(token)
                if token == "<!--":  # shown, and what follows is Markdown as before
                    pieces += text[kept : match.start()], "\\"
                    kept = match.start()
        elif token[0] != "\\":
            pieces += text[kept : place - 1], "\\"
            kept = place - 1
    pieces.append(text[kept:])
    return "".join(pieces)


def _vetted(html: str, link: Link) -> str:
    """comrak's HTML with nothing in it but what is on the list."""
    if not html.replace("\n", "").isprintable():
        html = _UNSHOWN.sub("", html)
    if "==" in html:
        html = _MARKED.sub(lambda found: f"<mark>{found[1]}</mark>" if found[1] else found[0], html)
    if "<li>" in html:
        html = _TASK.sub(lambda found: f"{found[1]}{'☐' if found[2] in ' /' else '☑'}", html)
    return _TAG.sub(_Vetting(link).tag, html) if _ODD_TAG.search(html) else html


class _Vetting:
    """One walk over the tags of one text."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.in_anchor = False
        self.levels: list[tuple[int, int]] = []  # headings we are below: level written, level shown

    def tag(self, found: re.Match[str]) -> str:
        """What stands in the page for a tag, or for a whole wikilink."""
        tag = found[0]
        if tag in _PLAIN:
            return tag
        if found[1] is not None:
            return self.wikilink(unquote(unescape(found[1])), found[2])
        if tag == "</a>":
            was, self.in_anchor = self.in_anchor, False
            return tag if was else ""
        if match := _ANCHOR.fullmatch(tag):
            return self.anchor(match[1])
        if match := _IMAGE.fullmatch(tag):
            return self.image(match[1], match[2])
        if len(tag) in (4, 5) and tag[-3] == "h" and tag[-2] in "123456":
            return self.heading(tag)
        match = _OTHER.fullmatch(tag)
        return f"<{match[1]}>" if match else escape(tag)

    def wikilink(self, target: str, words: str) -> str:
        """`[[target]]` or `[[target|words]]`; the words are HTML already."""
        target = " ".join(target.split())
        page = self.link(target.split("#", 1)[0].strip()) if target else None
        own = words if words and unescape(words) != target else ""
        if page is None or self.in_anchor:
            return words or escape(target) or "[[]]"
        return f'<a href="{_inside(page[0])}">{own}</a>' if own else _anchor(*page)

    def anchor(self, address: str) -> str:
        """The opening tag for an address that may be followed or that names a contact, else nothing."""
        opening = ""
        if not self.in_anchor:
            if _ADDRESS.fullmatch(address):
                opening = f'<a href="{address}" rel="noreferrer noopener">'
            elif page := self.neighbour(unquote(unescape(address))):
                opening = f'<a href="{_inside(page[0])}">'
        self.in_anchor = self.in_anchor or bool(opening)
        return opening

    def neighbour(self, target: str) -> tuple[str, str] | None:
        """The contact that a relative address such as `../work/bob-lee.md#log` means."""
        path = re.split(r"[?#]", target, maxsplit=1)[0]
        if not path or path[0] in "/\\" or _SCHEME.match(target):
            return None
        path = re.sub(r"\A(?:\.{1,2}/)+", "", path).removesuffix(".md")
        return (self.link(path) or ("/" in path and self.link(path.rsplit("/", 1)[1])) or None) if path else None

    def image(self, address: str, words: str) -> str:
        """A picture is never loaded: a link to it if it is elsewhere, else its words."""
        if not self.in_anchor and _ADDRESS.fullmatch(address):
            return f'<a href="{address}" rel="noreferrer noopener">{words or address}</a>'
        return words or escape(unquote(unescape(address)).rsplit("/", 1)[-1])

    def heading(self, tag: str) -> str:
        """`#` and `##` become h3 and h4, and so do `##` and `####`: never a step too many."""
        level = int(tag[-2])
        if tag[1] == "/":
            return f"</h{self.levels[-1][1]}>" if self.levels else ""
        while self.levels and self.levels[-1][0] >= level:
            self.levels.pop()
        shown = min(self.levels[-1][1] + 1, 6) if self.levels else 3
        self.levels.append((level, shown))
        return f"<h{shown}>"


def _inside(href: str) -> str:
    """A page of the site as an attribute; a colon in its first part makes no scheme of it."""
    return escape(f"./{href}" if _SCHEME.match(href) else href)
