"""`python -m tests.picture`: README's picture of the due list, drawn from what the real command prints on a terminal."""

from __future__ import annotations

import re
import subprocess
import sys
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.make import environment

HERE = Path(__file__).parent.parent
WIDTH, LINE, LEFT, TOP = 8.43, 20, 24, 64
STYLES = {"1": "b", "2": "s", "36": "a", "33": "w"}


def printed() -> str:
    """What `ptcrm due` prints for the example vault, with its colours."""
    with TemporaryDirectory() as home:
        arguments = [sys.executable, "-m", "plaintextcrm", "-C", str(HERE / "example-vault"), "--today", "2026-11-21", "due"]
        coloured = environment(Path(home), FORCE_COLOR="1", COLUMNS="84")
        return subprocess.run([*arguments, "--format", "table"], capture_output=True, text=True, env=coloured, check=True).stdout


def spans(line: str) -> str:
    """One line as SVG text."""
    parts, style = [], ""
    for text, code in re.findall(r"([^\x1b]*)(?:\x1b\[(\d+)m)?", line):
        if text:
            parts.append(f'<tspan class="{style}">{escape(text)}</tspan>' if style else escape(text))
        if code:
            style = STYLES.get(code, "")
    return "".join(parts)


def picture(text: str) -> str:
    """The whole terminal as an SVG that follows the reader's light or dark."""
    lines = text.rstrip("\n").split("\n")
    height = TOP + LINE * len(lines) + 16
    width = round(LEFT * 2 + 84 * WIDTH)
    rows = "\n".join(
        f'<text x="{LEFT}" y="{TOP + LINE * number}" xml:space="preserve">{spans(line)}</text>' for number, line in enumerate(lines) if line
    )
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-label="ptcrm due">
<style>
svg {{ --paper: #fbfaf7; --ink: #1a2028; --soft: #6a6f77; --accent: #0f5677; --warm: #8a5a0f; --rule: #dddcd7 }}
@media (prefers-color-scheme: dark) {{
svg {{ --paper: #13161b; --ink: #e9e8e3; --soft: #9a9a94; --accent: #7fcae7; --warm: #edbb64; --rule: #31343a }} }}
rect {{ fill: var(--paper); stroke: var(--rule) }} line {{ stroke: var(--rule) }}
text {{ font: 14px ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: var(--ink) }}
.b {{ font-weight: 700 }} .s {{ fill: var(--soft) }} .a {{ fill: var(--accent) }} .w {{ fill: var(--warm) }}
</style>
<rect x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="8"/>
<text x="{LEFT}" y="26" class="s">$ ptcrm due</text><line x1="0" x2="{width}" y1="40.5" y2="40.5"/>
{rows}
</svg>
"""


if __name__ == "__main__":
    (HERE / "docs" / "due.svg").write_text(picture(printed()), encoding="utf-8")
