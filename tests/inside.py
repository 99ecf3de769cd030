"""The real command in this very process, for tests that run it many hundred times."""

from __future__ import annotations

import io
import os
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import click

from plaintextcrm import cli
from plaintextcrm.core.errors import PtcrmError
from tests.make import environment


class Said(NamedTuple):
    """How a command ended and what it printed. A bug is no exit code here: its exception goes through."""

    code: int
    out: str
    err: str


def inside(vault: Path, *words: str, today: str = "2026-11-21", **more: str) -> Said:
    """What the command says; its home is beside the vault."""
    home = vault.parent / f"{vault.name}-home"
    home.mkdir(exist_ok=True)
    out, err = io.StringIO(), io.StringIO()
    arguments = ["-C", str(vault), "--today", today, *words]
    with mock.patch.dict(os.environ, environment(home, **more), clear=True), redirect_stdout(out), redirect_stderr(err):
        try:
            result = cli.main_group.main(arguments, prog_name="ptcrm", standalone_mode=False)
            code = result if isinstance(result, int) else 0
        except PtcrmError as error:
            print(error, file=err)
            code = error.exit_code
        except click.UsageError as error:
            print(error.format_message(), file=err)
            code = 2
    return Said(code, out.getvalue(), err.getvalue())
