"""A review: the questions answered for today, compared with the last one that was kept, and kept itself."""

from __future__ import annotations

import os
import re

from plaintextcrm.app import insight, writing
from plaintextcrm.app.vaults import Vault
from plaintextcrm.app.writing import How, Written
from plaintextcrm.core import review as reviews
from plaintextcrm.core.errors import Refused, why
from plaintextcrm.core.model import Edit
from plaintextcrm.core.review import Earlier, Review
from plaintextcrm.edge import files
from plaintextcrm.edge.index import Index

FOLDER = "reviews"


def review(index: Index, vault_: Vault, span: str) -> Review:
    """Today's answers to the questions of a span, one of week, month and quarter."""
    return reviews.review(insight.network(index, vault_), span, _earlier(vault_, span))


def _earlier(vault_: Vault, span: str) -> Earlier | None:
    """The last kept review of that span; what cannot be read, or leads out of the vault, is none."""
    folder, own = vault_.root / FOLDER, reviews.file_of(span, vault_.today)
    texts = []
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return None
    for name in names:
        path = folder / name
        if not re.fullmatch(reviews.FILES[span], name) or f"{FOLDER}/{name}" == own or not path.resolve().is_relative_to(vault_.root):
            continue
        try:
            texts.append(files.read_bytes(path).decode("utf-8", "replace"))
        except (OSError, Refused):
            continue
    return reviews.earlier(span, texts, vault_.today)


def save(vault_: Vault, one: Review, how: How = How()) -> Written:
    """Keep the page under `reviews/`. Raises Refused where the file there was changed by hand."""
    path = reviews.file_of(one.span, one.day)
    new = reviews.page(one).encode("utf-8")

    def plan() -> list[Edit]:
        now = _now(vault_, path)
        if now is not None and now != new and not reviews.is_untouched(now.decode("utf-8", "replace")):
            raise Refused(f"{path}: was changed by hand and is left alone: rename it, then save again")
        return [Edit(path, now, new)]

    return writing.write(vault_, plan, f"review: {path.removeprefix(f'{FOLDER}/').removesuffix('.md')}", how)


def _now(vault_: Vault, path: str) -> bytes | None:
    if not (vault_.root / path).resolve().is_relative_to(vault_.root):
        raise Refused(f"{path}: leads out of the vault; nothing is written")
    try:
        return files.now(vault_.root / path)
    except OSError as error:
        raise Refused(f"{path}: cannot be read: {why(error)}") from None
