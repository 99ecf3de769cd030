"""Publish: build, watch."""

from __future__ import annotations

import gc
import os
import sys
import time
from typing import TYPE_CHECKING

import click

from plaintextcrm.app import publishing
from plaintextcrm.app.asking import ask
from plaintextcrm.app.publishing import Built
from plaintextcrm.cli.run import Run, command
from plaintextcrm.core.text import safe
from plaintextcrm.edge import clock

if TYPE_CHECKING:
    from plaintextcrm.app.watching import Rebuilt
    from plaintextcrm.edge.serve import Server


@command("build")
@click.option("--out", metavar="DIR", help="Another folder than ptcrm.toml names; it may be outside the vault.")
@click.option("--force", is_flag=True, help="Make every page anew.")
@click.pass_obj
def build_command(run: Run, out: str | None, force: bool) -> int:
    """The site: a due list and a page per contact, as plain files.

    \b
    ptcrm build                  into the folder that ptcrm.toml names (site/)
    ptcrm build --out ~/people   into another one
    """
    started = time.perf_counter()
    place = os.path.abspath(os.path.expanduser(out)) if out else None
    built = ask(run.vault, lambda index: publishing.build(run.vault, index, place, force, run.progress()), run.progress())
    run.tell_problems((*run.vault.problems, *built.problems))
    run.say(built_words(built, time.perf_counter() - started if run.to_terminal else None))
    return 0


@command("watch")
@click.option("--serve", is_flag=True, help="Serve the pages on 127.0.0.1; they reload themselves.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8321, metavar="N", help="With --serve: the port (default: 8321; 0 takes a free one)."
)
@click.option("--open", "open_", is_flag=True, help="Open the due list in the browser.")
@click.option("--out", metavar="DIR", help="Another folder than ptcrm.toml names; it may be outside the vault.")
@click.pass_obj
def watch_command(run: Run, serve: bool, port: int, open_: bool, out: str | None) -> None:
    """Build, then keep the pages true while you write: a save is a page, in the time of a blink.

    \b
    ptcrm watch                  rebuild at every save, whatever the editor
    ptcrm watch --serve --open   the same, in a browser that follows
    """
    from contextlib import ExitStack

    from plaintextcrm.app.watching import Live, rebuilds
    from plaintextcrm.edge.watch import Watch

    started = time.perf_counter()
    place = os.path.abspath(os.path.expanduser(out)) if out else None
    live = Live(run.fresh_vault, place)
    with ExitStack() as stack:
        stack.callback(live.close)
        settings = live.vault.settings
        watch = stack.enter_context(
            Watch(str(live.vault.root), settings.contacts, place or settings.site.out)
        )  # before the build: no save is missed
        built = live.whole()
        live.expect_many()
        sys.setswitchinterval(0.001)  # whoever hears of a save comes between the work that it interrupts
        gc.set_threshold(100_000, 20, 20)
        gc.collect()
        gc.freeze()  # what there is now stays: nobody who saves waits while it is looked at for garbage
        run.tell_problems((*live.vault.problems, *built.problems))
        run.say(built_words(built, time.perf_counter() - started if run.to_terminal else None))
        server = stack.enter_context(_server(built, port)) if serve else None
        if server:
            run.say(f"serving on {server.url}")
        if watch.polling:
            run.tell(f"the system has no room for more file events ({watch.polling}): looking once a second instead")
        run.say("watching; Ctrl-C ends it")
        if open_:
            _open_browser(server.url if server else _file_address(os.path.join(built.folder, "index.html")))
        sys.stdout.flush()
        told = ""
        for rebuilt in rebuilds(live, watch):
            if server and rebuilt.built and (rebuilt.built.written or rebuilt.built.removed):
                server.reload((*rebuilt.built.new, *rebuilt.built.changed, *rebuilt.built.removed))
            if server and rebuilt.wrong:
                server.problem(rebuilt.wrong)
            words, mistakes = rebuilt_words(rebuilt), mistakes_words(rebuilt)
            if words:
                is_told = rebuilt.whole and mistakes == told  # with the page of what was saved
                run.say(f"{clock.time_of_day()}  {words}{f'; {mistakes}' if mistakes and not is_told else ''}")
                sys.stdout.flush()
            told = "" if rebuilt.whole else mistakes


def _file_address(path: str) -> str:
    from urllib.parse import quote

    return f"file://{quote(path)}"


def _server(built: Built, port: int) -> Server:
    from plaintextcrm.edge import assets
    from plaintextcrm.edge.serve import Server

    return Server(built.folder, port, assets.static("live.js"))


def _open_browser(url: str) -> None:
    import webbrowser

    webbrowser.open(url)


def rebuilt_words(rebuilt: Rebuilt) -> str:
    """`ada-king: 1 page in 9 ms`; "" where nothing was written. Where no file is known, the new day or the vault is named."""
    names = [path.rsplit("/", 1)[-1].removesuffix(".md") for path in rebuilt.paths]
    what = ", ".join(safe(name) for name in dict.fromkeys(names[:3])) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    if rebuilt.built is None:
        return f"not built: {safe(rebuilt.wrong)}"
    count = rebuilt.built.written + len(rebuilt.built.removed)
    if not count:
        return ""
    took = f"{rebuilt.seconds * 1000:.0f} ms" if rebuilt.seconds < 1 else f"{rebuilt.seconds:.1f} s"
    return f"{what or ('the day' if rebuilt.day else 'the vault')}: {count} page{'' if count == 1 else 's'} in {took}"


def mistakes_words(rebuilt: Rebuilt) -> str:
    """`2 mistakes: contacts/ada-king.md:3:11: … [bad-date]`, the first of them in the files that were saved; "" where these are sound."""
    found = [problem for problem in rebuilt.built.problems if problem.where.path in rebuilt.paths] if rebuilt.built else []
    errors = [problem for problem in found if problem.severity == "error"]
    if not found:
        return ""
    count, word = (len(errors), "mistake") if errors else (len(found), "warning")
    return f"{count} {word}{'' if count == 1 else 's'}: {safe(str((errors or found)[0]))}"


def built_words(built: Built, seconds: float | None = None) -> str:
    """`212 pages, 3 written, 1 removed, in 0.1 s: site/index.html`."""
    parts = [f"{built.pages} pages"]
    parts.append(f"{built.written} written" if built.written else "nothing to write")
    if built.removed:
        parts.append(f"{len(built.removed)} removed")
    if seconds is not None:
        parts.append(f"in {seconds:.1f} s")
    index = os.path.join(built.folder, "index.html")
    shown = os.path.relpath(index)
    return f"{', '.join(parts)}: {shown if not shown.startswith(os.pardir) else index}"
