"""Wikilinks in a text as plain words. Light: `due` needs no more of the words than this where its rows are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from plaintextcrm.core.patterns import pattern

Plain = Callable[[str], str]
"""Text with wikilinks -> the same in plain words; `str` leaves them in."""

_LINK = pattern(r"\[\[([^\[\]|#]+)[^\[\]]*\]\]")


def plain_words(text: str, names: Mapping[str, str] = {}) -> str:
    """Text with its wikilinks as names: `[[bob-lee]]` is what `names` calls it, else Bob Lee; `[[x|her]]` is her."""
    return _LINK.sub(lambda link: _link_words(link[0], link[1], names), text) if "[[" in text else text


def links_of(texts: Iterable[str]) -> Iterator[str]:
    """What the wikilinks of these texts mean, as they are written."""
    return (link[1].strip() for text in texts if "[[" in text for link in _LINK.finditer(text))


def _link_words(link: str, target: str, names: Mapping[str, str]) -> str:
    if "|" in link:
        return link[:-2].split("|", 1)[1]
    if name := names.get(target.strip()):
        return name
    slug = target.rsplit("/", 1)[-1]
    return " ".join(part.capitalize() for part in slug.split("-")) if slug == slug.lower() and "-" in slug else slug
