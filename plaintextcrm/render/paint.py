"""Colour for a terminal, or none: few, and never the only sign."""

from __future__ import annotations


class Paint:
    """Wraps text in ANSI codes where `on`; text without it otherwise."""

    def __init__(self, on: bool) -> None:
        self.on = on

    def _wrap(self, text: str, code: str) -> str:
        return f"\033[{code}m{text}\033[0m" if self.on and text else text

    def bold(self, text: str) -> str:
        """A name, a heading."""
        return self._wrap(text, "1")

    def soft(self, text: str) -> str:
        """What may be overlooked: reasons, numbers."""
        return self._wrap(text, "2")

    def accent(self, text: str) -> str:
        """What can be typed."""
        return self._wrap(text, "36")

    def warm(self, text: str) -> str:
        """Something owed."""
        return self._wrap(text, "33")
