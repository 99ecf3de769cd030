"""A stranger's vault: texts that want to be markup, in every place that a page shows, over whole pages."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import icalendar
import pytest

from plaintextcrm.core.vocabulary import KEYS
from tests.hostile import HOSTILE, faults
from tests.make import vault
from tests.site.built import BESIDE, build, contents, pages

GIT = "[git]\ncommit = false\n"
KITS = [HOSTILE[start : start + 30] for start in range(0, len(HOSTILE), 30)]
TAGS = frozenset(
    """html head meta title link script body a header nav ul ol li main div p h1 h2 h3 h4 h5 h6 section span code kbd button details summary
    template footer dl dt dd b time table caption thead tbody tr th td abbr figure figcaption svg g rect path circle line text tspan polygon
    input em strong del mark pre blockquote br hr defs symbol use ellipse polyline""".split()
)
BOX = '<div class="scroll" tabindex="0" role="region" aria-label="Table">'
UNCLOSED = ("meta", "link", "input", "br", "hr")
SCHEMES = re.compile(r"(?:https?|mailto|tel|sms|geo):", re.IGNORECASE)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def quoted(text: str) -> str:
    """A text as YAML and TOML take it in double quotes."""
    return json.dumps(text.encode("utf-8", "replace").decode()).replace("\\/", "/")


def line(text: str) -> str:
    return re.sub(r"[\r\n\x0b\x0c\x85\u2028\u2029\x00]+", " ", text).encode("utf-8", "replace").decode()


def person(number: int, text: str, name: str = "") -> str:
    """A file with a text in all its places."""
    said, flat = quoted(text), line(text)
    keys = [f"{key.name}: {said}" for key in KEYS if key.type in ("text", "unlinked", "tags") and key.name not in ("name", "status")]
    keys += [f"{key.name}: [{said}, {quoted('x ' + text)}]" for key in KEYS if key.type in ("list", "whole list")]
    keys += [
        f"dates: [{quoted('11-24 ' + flat)}]",
        f"{said}: {said}",
        f"birthday: {quoted(text) if number % 3 == 0 else '11-23'}",
        "met: 2026-11-01",
    ]
    log = [
        f"- 2026-11-{number % 9 + 10} call: {flat}", f"  {flat}", f"  - [ ] {flat} [due:: 2026-11-23]", f"- 2026-11-02 {flat}", f"- {flat} call",
        f"- 2026-10-01 10:00 dinner: x [with:: {flat}] [value:: {flat}] ^{flat}", f"- [ ] {flat} [due:: 2026-11-22]", f"- 2026-11-26 lunch: {flat}",
        f"- 2026-13-01 {flat}", f"- 2026-01-05 referral-in: {flat} [dir:: in]", f"## 2026-01-01 {flat}", f"| 2026-01-02 | {flat} |",
    ]  # fmt: skip
    return "\n".join([
        "---", f"name: {quoted(name or text)}", *keys, "---", f"# {flat}", "", text.encode("utf-8", "replace").decode(), "", f"## {flat}", "", f"- {flat}",
        f"- [ ] {flat}", f"> {flat}", "", f"[[{flat}]] [[p1|{flat}]] [{flat}](p1.md) #{flat}", "", "## Interactions", "", *log, "",
    ])  # fmt: skip


def file_name(text: str) -> str:
    return re.sub(r"[/\x00]", "∕", text).encode("utf-8", "replace").decode()[:60].lstrip("._")


class Reader(HTMLParser):
    """What a browser makes of a page: the faults of its tags, and its words."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.scripts = 0
        self.feed(page)
        self.close()
        self.found += self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag not in TAGS or len(told) != len(attrs):
            self.found.append(f"<{tag} {told}>")
        for name, value in told.items():
            if name.startswith("on") or name in (
                "style",
                "srcdoc",
                "formaction",
                "ping",
                "action",
                "target",
                "xlink:href",
                "background",
                "srcset",
            ):
                self.found.append(f"<{tag} {name}={value!r}>")
            if name == "id" and not re.fullmatch(r"[a-z][a-z0-9-]*", value or ""):
                self.found.append(f"<{tag} id={value!r}>")
            if name in ("href", "src"):
                self.address(tag, value or "")
        self.scripts += tag == "script"
        if tag == "input" and told.get("type") != "search":
            self.found.append("an input")
        if tag not in UNCLOSED:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in UNCLOSED:
            self.open.pop()

    def address(self, tag: str, address: str) -> None:
        plain = re.sub(r"[\t\r\n]", "", address).lstrip("".join(map(chr, range(33))))
        scheme = re.match(r"[a-z][a-z0-9+.-]*:", plain, re.IGNORECASE)
        inside = re.fullmatch(r"(?:\.\./)*(?:site/)?[^:\\/?#\s][^:\\?#\s]*|#[a-z]*|", address) is not None
        if (
            plain != address
            or not (inside or (scheme and SCHEMES.match(scheme[0])))
            or (tag != "a" and not re.fullmatch(r"(\.\./)*(style\.css|page\.js)", address))
        ):
            self.found.append(f"an address: {address!r}")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.found.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        if data != " made by ptcrm build ":
            self.found.append(f"a comment: {data!r}")

    def handle_pi(self, data: str) -> None:
        self.found.append(f"an instruction: {data!r}")

    def unknown_decl(self, data: str) -> None:
        self.found.append(f"a section: {data!r}")


def judged(root: Path) -> dict[str, Reader]:
    """Every page, read; nothing in it is live."""
    found = {path: Reader(text) for path, text in pages(root).items() if path.endswith(".html")}
    texts = pages(root)
    for path, page in found.items():
        assert page.found == [], path
        assert page.scripts <= 2, path
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", texts[path]), path
        # the judge of pieces agrees about the piece that is not ours: nothing in `main` but known tags, none with a handler
        unboxed = texts[path].replace(f"{BOX}<table>", "<table>").replace("</table></div>", "</table>")  # the box round a table is ours
        prose = re.findall(r'<div class="(?:prose|said)">(.*?)</div>', unboxed, re.DOTALL)
        allowed = [("a", "href"), ("a", "rel"), ("p", "class"), ("ol", "start")]
        pages_ = {link for piece in prose for link in re.findall(r'href="([^":]*)"', piece)}
        for piece in prose:
            assert faults(piece, TAGS, allowed, pages_) == [], path
    return found


def sound(root: Path) -> None:
    """The files that are no pages can be read by those that read such files."""
    facts = json.loads((root / "site" / "site.json").read_text())
    assert facts["people"]
    for name in ("due.ics", "occasions.ics"):
        data = (root / "site" / name).read_bytes()
        calendar = icalendar.Calendar.from_ical(data)
        events = list(calendar.walk("VEVENT"))
        assert len(events) == data.count(b"\r\nBEGIN:VEVENT\r\n") == data.count(b"\r\nEND:VEVENT\r\n")
        assert b"AUDIO" not in b"".join(one for one in data.split(b"\r\n") if one.startswith(b"ACTION"))
        assert all(len(one) <= 75 for one in data.split(b"\r\n"))


@pytest.mark.parametrize("kit", KITS, ids=range(len(KITS)))
def test_no_text_of_a_contact_is_live_anywhere(tmp_path: Path, kit: tuple[str, ...]):
    files = {f"p{number}": person(number, text) for number, text in enumerate(kit)}
    files |= {f"n{number}": f"# {line(text)}\n\n## Log\n\n- 2026-01-01 call: {line(text)}\n" for number, text in enumerate(kit[:12])}
    build(vault(tmp_path / "v", files, f"[site]\nprivate = []\nshow_tier = true\n[due]\nper_week = 100\n{GIT}"))
    found = judged(tmp_path / "v")
    assert len([path for path in found if path.startswith("contacts/")]) == len(files)
    sound(tmp_path / "v")


def test_no_file_name_is_live(tmp_path: Path):
    folder = tmp_path / "v"
    vault(folder, {"p1": "# P\n"}, f"[due]\nper_week = 500\n{GIT}")
    names = {file_name(text) for text in HOSTILE} - {""}
    for number, name in enumerate(sorted(names)):
        below = folder / "contacts" / (name if number % 5 == 0 else "")
        below.mkdir(exist_ok=True)
        (below / f"{name}.md").write_text("---\ntier: A\nbirthday: 2026-99-99\n---\n\n## Log\n\n- 2026-13-01 x\n")
    build(folder)
    found = judged(folder)
    assert len([path for path in found if path.startswith("contacts/")]) > len(names) * 0.9
    assert not [path for path in contents(folder / "site") if re.search(r"[<>\"'&\\:%?#\s]|\.\.", path)]
    sound(folder)


@pytest.mark.parametrize("kit", KITS, ids=range(len(KITS)))
def test_no_setting_is_live(tmp_path: Path, kit: tuple[str, ...]):
    words = [re.sub(r"\\\\ud[89a-f][0-9a-f]{2}", "?", quoted(text)).replace("\x7f", "?") for text in kit]
    each = dict.fromkeys(words)
    settings = "\n".join([
        f"name = {words[0]}", f"currency = {words[1]}", "[tiers]", "A = '1 week'", *(f"{said} = '2 weeks'" for said in each),
        "[me]", f"name = {words[2]}", f"hobbies = [{', '.join(words)}]", *(f"[team.{said}]\nname = {said}\nemail = {said}" for said in each),
        *(f"[kinds.{said}]\ntouch = true" for said in each), "[places]", *(f"{said} = [{said}]" for said in each),
        "[site]", "show_tier = true", f"title = {quoted(' '.join(kit).replace(chr(0x7f), '?'))}", f"private = [{', '.join(words)}]",
        *(f"{said} = 3" for said in each), GIT,
    ])  # fmt: skip
    body = "\n---\n\n## Log\n\n- 2026-01-01 call: hi\n"
    files = {
        f"p{number}": f"---\nname: Ada\ntier: {said}\nowner: {said}\nhobbies: [{said}]\nbirthday: 2026-99-99{body}"
        for number, said in enumerate(each)
    }
    root = vault(tmp_path / "v", files, settings)
    build(root, cache=False)
    found = judged(root)
    assert len([path for path in found if path.startswith("due/")]) == len(each)
    sound(root)


def test_a_hostile_text_is_shown_as_text(tmp_path: Path):
    text = "<b>bold</b> & \"quoted\" 'so' <script>alert(1)</script>"
    root = vault(tmp_path / "v", {"p": person(1, text)}, f"[site]\ntitle = {quoted(text)}\n{GIT}")
    build(root)
    for path, page in judged(root).items():
        assert text in " ".join(page.words), path


def test_what_is_kept_between_builds_is_as_inert(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = vault(tmp_path / "v", {f"p{number}": person(number, text) for number, text in enumerate(HOSTILE[:40])}, GIT)
    build(root)
    (root / "contacts" / "p1.md").write_text(person(1, HOSTILE[50]))
    build(root)
    judged(root)
    now = {path: data for path, data in contents(root / "site").items() if path not in BESIDE}
    build(root, cache=False, force=True)
    assert {path: data for path, data in contents(root / "site").items() if path not in BESIDE} == now
