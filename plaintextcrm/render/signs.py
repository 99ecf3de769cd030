"""The small signs, as SVG: shape first, colour second.

Nothing here has a colour of its own: all are `currentColor`, or the `fill` that a class gives. The classes, for the style sheet:

- a state (on the sign, sets `color` and `fill`): `s-fresh s-soon s-due s-overdue s-lapsed s-new`
- a kind (likewise): `k-meet k-voice k-write k-give k-other k-attempt`; an attempt is an outline, it has `color` only
- `moon`, `sign` (occasions and promises: the second text colour), `bar` and in it `bed`, `fill` (with its state), `mark`
- in figures (`render/timeline.py`): `timeline` the drawing; lines `axis`, `grid` (years), `tick` (months), `today`, `silence` (dotted);
  texts `label`, `year` and `today`; columns and marks have the class of their kind
- around figures: `key`, the list of what the signs mean

Each sign is 1:1 in px. With words it is an image with that name, without it is hidden from screen readers.
"""

from __future__ import annotations

from html import escape

from plaintextcrm.core.text import UNSAFE

_NAMES = {"birthday": "birthday", "work anniversary": "anniversary", "plan": "plan", "next contact": "next contact"}
_PROMISES = (("M4.75 8h6.5M8.5 5.25 11.25 8 8.5 10.75", "promised by you"), ("M11.25 8h-6.5M7.5 5.25 4.75 8 7.5 10.75", "promised by them"))
_KINDS = {
    "meet": '<circle cx="5.5" cy="5.5" r="4.5"/>',
    "voice": '<path d="M5.5.2 10.8 5.5 5.5 10.8.2 5.5z"/>',
    "write": '<path d="M.5 2.25h10v6.5H.5z"/>',
    "give": '<path d="M5.5 1 10.75 10H.25z"/>',
    "other": '<path d="M4.5 1h2v9h-2z"/>',
}
_ATTEMPT = '<circle cx="5.5" cy="5.5" r="3.75" fill="none" stroke="currentColor" stroke-width="1.5"/>'
_STAR = '<path d="M8 .75 9.9 6.1 15.25 8 9.9 9.9 8 15.25 6.1 9.9.75 8 6.1 6.1z"/>'
_RING = '<circle cx="8" cy="8" r="5.75" fill="none" stroke="currentColor" stroke-width="1.5"/>'
_DOT = '<circle cx="8" cy="8" r="2.25"/>'


def safe(text: str) -> str:
    """Words as text of a page, also within quotes; what no page can show is left out."""
    if not text.isprintable():
        text = UNSAFE.sub("", " ".join(text.split())).replace("\ufffe", "").replace("\uffff", "")
    return escape(text)


def number(value: float) -> str:
    """As short as it goes: two digits behind the point at most."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if value else "0"


def _named(words: str | None) -> str:
    return f'role="img" aria-label="{safe(words)}"' if words else 'aria-hidden="true"'


def moon(state: str, size: int = 16, paused: bool = False, word: str | None = None) -> str:
    """How full a moon is: full fresh, three quarters soon, half due, crescent overdue, an empty ring lapsed, a dashed one new.

    Paused is the ring with two strokes; "on-file" and "" have no sign. `word` is what the state is called.
    """
    if state not in ("fresh", "soon", "due", "overdue", "lapsed", "new"):
        return ""
    middle, radius = size / 2, size / 2 - 0.75
    centre, r = number(middle), number(radius)
    top, bottom = f"{centre} .75", f"{centre} {number(size - 0.75)}"
    dashes, inner = "", ""
    if paused:
        high, x = number(size * 0.3), [number(middle + shift * size) for shift in (-0.1, 0.1)]
        inner = (
            f'<path d="M{x[0]} {high}V{number(size * 0.7)}M{x[1]} {high}V{number(size * 0.7)}" stroke="currentColor" stroke-width="1.5"/>'
        )
    elif state == "new":
        dash = number(2 * 3.14159265 * radius / 16)
        dashes = f' stroke-dasharray="{dash}"'
    elif state == "fresh":
        inner = f'<circle cx="{centre}" cy="{centre}" r="{r}"/>'
    elif state != "lapsed":
        # The lit side is the left one, as it is of a waning moon; the edge of the light is half an ellipse.
        wide, sweep = {"soon": (radius / 2, 0), "due": (0, 0), "overdue": (radius * 0.45, 1)}[state]
        edge = f"A{number(wide)} {r} 0 0 {sweep} {top}" if wide else ""
        inner = f'<path d="M{top}A{r} {r} 0 0 0 {bottom}{edge}z"/>'
    ring = f'<circle cx="{centre}" cy="{centre}" r="{r}" fill="none" stroke="currentColor" stroke-width="1.5"{dashes}/>'
    return (
        f'<svg class="moon s-{state}" {_named(word)} width="{size}" height="{size}" viewBox="0 0 {size} {size}">'
        f"{inner if state == 'fresh' and not paused else ring + inner}</svg>"
    )


def kind_sign(group: str, attempt: bool = False) -> str:
    """11 px: circle in person, diamond voice, flat rectangle in writing, triangle gift and favour, a stroke else; hollow an attempt."""
    if attempt:
        return f'<svg class="k-attempt" aria-hidden="true" width="11" height="11" viewBox="0 0 11 11">{_ATTEMPT}</svg>'
    group = group if group in _KINDS else "other"
    return f'<svg class="k-{group}" aria-hidden="true" width="11" height="11" viewBox="0 0 11 11">{_KINDS[group]}</svg>'


def occasion_sign(kind: str) -> str:
    """16 px: four-pointed star birthday, ring with a dot anniversary, plain ring any other date."""
    inner = _STAR if kind == "birthday" else _RING + _DOT if kind == "work anniversary" else _RING
    words = _NAMES.get(kind, "date")
    return f'<svg class="sign" role="img" aria-label="{words}" width="16" height="16" viewBox="0 0 16 16">{inner}</svg>'


def promise_sign(theirs: bool) -> str:
    """16 px: a square with an arrow, right for ours, left for theirs."""
    arrow, words = _PROMISES[bool(theirs)]
    return (
        f'<svg class="sign" role="img" aria-label="{words}" width="16" height="16" viewBox="0 0 16 16">'
        '<g fill="none" stroke="currentColor" stroke-width="1.5"><rect x="1.75" y="1.75" width="12.5" height="12.5" rx="2"/>'
        f'<path d="{arrow}"/></g></svg>'
    )


def bar(freshness: int, state: str, width: int) -> str:
    """Freshness 0..100 as a length, 4 px in 10, with a mark at 50, the day it falls due; may be stretched. The word stands beside it."""
    long = number(min(max(freshness, 0), 100) * width / 100)
    name = state if state in ("fresh", "soon", "due", "overdue", "lapsed", "new") else "lapsed"
    return (
        f'<svg class="bar" aria-hidden="true" width="{width}" height="10" viewBox="0 0 {width} 10" preserveAspectRatio="none">'
        f'<rect class="bed" y="3" width="{width}" height="4"/><rect class="fill s-{name}" y="3" width="{long}" height="4"/>'
        f'<rect class="mark" x="{number(width / 2 - 0.5)}" width="1" height="10"/></svg>'
    )
