"""`check --fix`: what is certain is mended, shown first, and can be taken back; everything else stays byte for byte."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from plaintextcrm.core.contact import parse
from plaintextcrm.core.errors import Refused
from plaintextcrm.core.mending import mend
from plaintextcrm.core.model import Source
from plaintextcrm.core.text import decode
from tests.inside import inside
from tests.make import vault

BROKEN = Path(__file__).parent / "vaults/broken/contacts"


def source(data: bytes) -> Source:
    text, encoding = decode(data)
    return Source("ada", "contacts/ada.md", data, text, encoding)


MENDED = {
    "a value with an @": (b"---\nname: Ada\ntwitter: @ada\n---\n", b'---\nname: Ada\ntwitter: "@ada"\n---\n'),
    "a day with full stops": (
        b"# Ada\r\n\r\n## Log\r\n\r\n- 20.11.2026 call: x\r\n",
        b"# Ada\r\n\r\n## Log\r\n\r\n- 2026-11-20 call: x\r\n",
    ),
    "a key twice, the same": (b"---\nname: Ada\ntier: A\nrole: x\ntier: A\n---\n", b"---\nname: Ada\ntier: A\nrole: x\n---\n"),
    "an entry twice, with its block id": (
        b"# Ada\n\n## Interactions\n\n- 2026-11-20 call: x ^abc123\n- 2026-11-20 call: x ^abc123\n- 2026-11-21 mail\n",
        b"# Ada\n\n## Interactions\n\n- 2026-11-20 call: x ^abc123\n- 2026-11-21 mail\n",
    ),
}


@pytest.mark.parametrize("name", MENDED)
def test_what_is_certain_is_mended(name: str) -> None:
    before, after = MENDED[name]
    edit, problems = mend(source(before))
    assert edit.replaces == after
    assert len(problems) == 1
    assert mend(source(after))[1] == ()


@pytest.mark.parametrize(
    "data",
    [
        b"---\nname: Ada\ntier: A\ntier: B\n---\n",
        b"---\nname: Ada\ntags:\n- x\ntags:\n- x\n---\n",
        b"# Ada\n\n## Log\n\n- 2026-11-20 call: x ^abc123\n- 2026-11-20 call: y ^abc123\n",
        b"# Ada\n\n## Log\n\n- 2026-11-20 call: x ^abc123\n  more\n- 2026-11-20 call: x ^abc123\n  else\n",
        b"# Ada\n\n## Log\n\n- 31.02.2026 call\n- 3.4.26 call\n",
        b"---\nname: Ada\n---\n",
    ],
)
def test_what_is_not_certain_stays(data: bytes) -> None:
    edit, problems = mend(source(data))
    assert (edit.replaces, problems) == (data, ())


def test_of_every_broken_file_only_lines_with_mistakes_change() -> None:
    mended = 0
    for path in sorted(BROKEN.glob("*.md")):
        if not path.is_file():
            continue
        before = source(path.read_bytes())
        try:
            edit, problems = mend(before)
        except Refused:
            continue
        assert edit.replaces is not None
        lines, now = before.data.splitlines(), edit.replaces.splitlines()
        if len(lines) == len(now):
            assert {place for place, pair in enumerate(zip(lines, now, strict=True), 1) if pair[0] != pair[1]} == {
                one.where.line for one in problems
            }
        assert len(parse(source(edit.replaces)).problems) == len(parse(before).problems) - len(problems)
        mended += len(problems)
    assert mended > 10


def test_it_is_shown_asked_written_as_one_and_taken_back(tmp_path: Path) -> None:
    files = {f"p{number}": before for number, (before, _) in enumerate(MENDED.values())}
    root = vault(tmp_path / "v", {**files, "sound": "# Sound\n"})
    ran = inside(root, "check", "--fix")
    assert ran.code == 2
    assert '+twitter: "@ada"' in ran.err
    assert "add -y" in ran.err
    assert (root / "contacts/p0.md").read_bytes() == files["p0"]
    ran = inside(root, "check", "--fix", "-y")
    assert (ran.code, ran.out.splitlines()[0]) == (0, f"mended: {len(files)} files · ptcrm undo")
    assert "no mistakes" in ran.err
    assert inside(root, "check", "--fix", "-y").err.startswith("nothing to mend")
    assert inside(root, "undo").code == 0
    assert {path.stem: path.read_bytes() for path in (root / "contacts").glob("p*.md")} == files


def test_a_broken_vault_is_mended_as_far_as_that_goes(tmp_path: Path) -> None:
    shutil.copytree(BROKEN.parent, tmp_path / "v", symlinks=True)
    before = inside(tmp_path / "v", "check")
    ran = inside(tmp_path / "v", "check", "--fix", "-y")
    assert (before.code, ran.code) == (1, 1)
    assert len(ran.out.splitlines()) < len(before.out.splitlines())
    assert "Traceback" not in ran.err
