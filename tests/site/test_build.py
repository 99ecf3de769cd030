"""`build`: whatever happened before, the folder is what a build from nothing would make, and not a byte more is written."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import icalendar
import pytest

from bench.generate import generate
from plaintextcrm.app import publishing
from plaintextcrm.app.asking import ask
from plaintextcrm.core.errors import Refused
from plaintextcrm.edge.left import Sight
from plaintextcrm.edge.site import open_output
from tests.make import TODAY, environment, ptcrm
from tests.make import vault as make_vault
from tests.site.built import BESIDE, PAGES, build, contents, everything, facts, fresh, opened, pages, where

GIT = "[git]\ncommit = false\n"
pytestmark = pytest.mark.usefixtures("own_cache")
MORE = int(os.environ.get("PTCRM_EXAMPLES", "0")) // 200  # `make laws`: a hundred plays


def person(*lines: str, body: str = "") -> str:
    return "\n".join(["---", *lines, "---", body, ""])


def test_links_are_told_by_the_names_of_those_they_mean(tmp_path: Path) -> None:
    log = "- 2026-11-18 email: from [[hans-peter]] [dir:: in]\n- 2026-12-01 dinner: with [[hans-peter]]\n"
    tasks = "- [ ] write to [[hans-peter]] [due:: 2026-11-20]\n- [ ] a word for [[hans-peter]] [due:: 2026-12-02] [waiting:: them]\n"
    cast = {"ada": person("name: Ada", "tier: A", body=f"## Log\n\n{log}{tasks}"), "hans-peter": "# Hans-Péter Müller\n"}
    root = make_vault(tmp_path / "v", cast, GIT)
    for name in ("Hans-Péter Müller", "Péter M."):
        (root / "contacts/hans-peter.md").write_text(f"# {name}\n")
        build(root)
        made = {path: data.decode() for path, data in contents(root / "site").items()}
        told = [path for path in ("index.html", "calendar.html", "contacts/ada.html", "site.json", "due.ics") if name in made[path]]
        assert told == ["index.html", "calendar.html", "contacts/ada.html", "site.json", "due.ics"]
        assert not [path for path, text in made.items() if "Hans Peter" in text]
    assert contents(root / "site") == fresh(root)


# --- the law of increments -----------------------------------------------------------------------------------------

CAST = {
    "ada": person("name: Ada King", "tier: A", "aliases: [Countess]", "birthday: 1980-11-23", "offers: [a room in Porto]", "company: Lumen",
                  body="Knows [[bob]] and [him](work/eve.md).\n\n## Interactions\n\n- 2026-10-01 call: with [[Eve]]\n- [ ] mail her [due:: 2026-11-24]"),
    "bob": person("name: Bob Lee", "tier: B", "needs: [a room]", "referred_by: Countess", "owner: lee", body="## Log\n\n- 2026-01-02 lunch"),
    "work/eve": person("name: Eve", "cadence: 2 weeks", "knows: ['[[ada]]', Bob Lee]", "dates: ['12-24 wedding']"),
    "zoe": "# Zoe\n\nnothing but [[Countess]]\n",
}  # fmt: skip


class Play:
    """A vault and everything that may happen to it; each step is drawn."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root, self.draw, self.today, self.count = root, random.Random(seed), TODAY, 0
        make_vault(root, CAST, f"[team.lee]\nname = 'Lee'\n{GIT}")

    def paths(self) -> list[Path]:
        return sorted(path for path in (self.root / "contacts").rglob("*.md") if path.is_file() and not path.is_symlink())

    def anybody(self) -> Path:
        return self.draw.choice(self.paths())

    def replace(self, path: Path, old: str, new: str) -> None:
        path.write_text(re.sub(old, new, path.read_text(), count=1))

    def word(self) -> str:
        return self.draw.choice(["ada", "bob", "Eve", "Countess", "Bob Lee", "zoe", "nobody", "work/eve", "new1"])

    # the steps

    def log(self) -> None:
        with self.anybody().open("a") as file:
            day = self.today - timedelta(self.draw.randrange(0, 100))
            file.write(f"\n## Interactions\n\n- {day} {self.draw.choice(['call', 'dinner', 'gift'])}: hello [[{self.word()}]]\n")

    def set_key(self) -> None:
        line = self.draw.choice([
            f"offers: [{self.draw.choice(['a room', 'chess', 'boats'])}]", "needs: [chess, a room]", f"referred_by: {self.word()}",
            f"knows: ['[[{self.word()}]]', {self.word()}]", f"aliases: [{self.draw.choice(['Countess', 'bob', 'Nobody', 'zoe'])}]", "tier: C",
            "owner: lee", "birthday: 1990-11-25", "private: [birthday, offers]", "status: archived", "birthday: 1990-13-45", "died: 2026-01-01",
            "do_not_contact: true", "snooze_until: 2026-12-24", "company: Mill", "private: true", "tier: unheard", "hobbies: [chess]",
        ])  # fmt: skip
        path = self.anybody()
        key = line.split(":")[0]
        text = path.read_text()
        if not text.startswith("---\n"):
            text = f"---\n---\n{text}"
        path.write_text(re.sub(rf"\n{key}: [^\n]*", "", text, count=1).replace("---\n", f"---\n{line}\n", 1))

    def unprivate(self) -> None:
        for path in self.paths():
            self.replace(path, r"\nprivate: true", "")

    def note(self) -> None:
        with self.anybody().open("a") as file:
            file.write(
                self.draw.choice(
                    [f"\nand [[{self.word()}]] too\n", f"\nsee [there]({self.word()}.md)\n", "\n%% hidden %%\n", "\n- [ ] a task\n"]
                )
            )

    def promise(self) -> None:
        with self.anybody().open("a") as file:
            day = self.today + timedelta(self.draw.randrange(-5, 40))
            file.write(f"\n- [{self.draw.choice([' ', 'x'])}] a word to [[{self.word()}]] [due:: {day}]\n")

    def hand_over(self) -> None:
        path = self.anybody()
        text = re.sub(r"\nsuccessor: [^\n]*", "", path.read_text())
        path.write_text(text.replace("---\n", f"---\nsuccessor: {self.draw.choice(['kim', 'lee'])}\n", 1))

    def rename_person(self) -> None:
        path = self.anybody()
        self.count += 1
        path.write_text(
            re.sub(
                r"(?m)^(name: |# ).*$", rf"\1{self.draw.choice(['Bob Lee', 'Countess', f'Newly {self.count}'])}", path.read_text(), count=1
            )
        )

    def rename_file(self) -> None:
        self.count += 1
        path = self.anybody()
        path.rename(self.root / "contacts" / self.draw.choice([f"new{self.count}.md", f"Odd & Näme {self.count}.md"]))

    def delete(self) -> None:
        if len(self.paths()) > 2:
            self.anybody().unlink()

    def add(self) -> None:
        self.count += 1
        folder = self.root / "contacts" / self.draw.choice(["", "work"])
        folder.mkdir(exist_ok=True)
        (folder / f"new{self.count}.md").write_text(self.draw.choice([*CAST.values(), "", "# {{name}}\n", "---\nname: [\n---\n"]))

    def odd_file(self) -> None:
        self.count += 1
        (self.root / "contacts" / f"ada.sync-conflict-2026110{self.count % 10}-100000-ABCDEFG.md").write_text("# Ada\n")
        link = self.root / "contacts" / f"out{self.count}.md"
        link.symlink_to("/etc/hostname")

    def broken(self) -> None:
        (self.root / "contacts" / "{{template}}.md").write_text(f"---\nrole: [{'x' * self.count}\n---\n# {{{{name}}}}\n")

    def settings(self) -> None:
        text = self.draw.choice([
            GIT, f"nonsense = 3\n{GIT}", f"\n\nnonsense = 3\n{GIT}", f"[site]\nshow_tier = true\nprivate = []\n{GIT}", f"[due]\nper_week = 1\n{GIT}",
            f"[team.lee]\nname = 'Lee'\n[team.kim]\n{GIT}", f"[tiers]\nunheard = '1 week'\n{GIT}", f"[me]\nhobbies = ['chess']\n{GIT}",
            f"[site]\ntitle = 'Other'\n{GIT}", f"leap_day = 'mar1'\n{GIT}",
        ])  # fmt: skip
        (self.root / "ptcrm.toml").write_text(text)

    def next_day(self) -> None:
        self.today += timedelta(self.draw.choice([1, 3, 40, -2]))

    def page_lost(self) -> None:
        for page in self.draw.sample(self.made("*.*"), k=min(2, len(self.made("*.*")))):
            page.unlink()

    def page_spoilt(self) -> None:
        for page in self.draw.sample(self.made("*.html"), k=min(2, len(self.made("*.html")))):
            page.write_text("<!-- made by ptcrm build --> not what it was")

    def made(self, pattern: str) -> list[Path]:
        return sorted(path for path in (self.root / "site").rglob(pattern) if path.is_file() and path.name != ".ptcrm-site")

    def site_lost(self) -> None:
        shutil.rmtree(self.root / "site")

    def cache(self) -> list[Path]:
        return [path for path in (self.root.parent / "cache").rglob("*") if path.is_file()]

    def cache_lost(self) -> None:
        shutil.rmtree(self.root.parent / "cache")

    def cache_spoilt(self) -> None:
        for path in self.cache():
            path.write_bytes(b"garbage" * 1000)

    def cards_spoilt(self) -> None:
        for path in self.cache():
            if path.name.startswith("site.sqlite"):
                data = bytearray(path.read_bytes())
                for place in range(self.draw.randrange(0, 5000), len(data), 4096):
                    data[place] ^= 255
                path.write_bytes(data[: self.draw.choice([10, 5000, len(data)])])

    def cache_half_lost(self) -> None:
        for path in self.draw.sample(self.cache(), k=len(self.cache()) // 2):
            path.unlink()

    def nothing(self) -> None:
        pass


STEPS: tuple[Callable[[Play], None], ...] = tuple(
    step
    for name, step in vars(Play).items()
    if callable(step) and name not in ("__init__", "paths", "anybody", "replace", "word", "cache", "made")
)


@pytest.mark.parametrize("seed", range(max(3, MORE)))
def test_whatever_happens_the_next_build_is_as_one_from_nothing(tmp_path: Path, seed: int):
    play = Play(tmp_path / "v", seed)
    build(play.root, play.today)
    done: list[str] = []
    for _ in range(10):
        for step in play.draw.choices(STEPS, k=play.draw.choice([1, 1, 1, 2, 3])):
            step(play)
            done.append(step.__name__)
        build(play.root, play.today)
        now = contents(play.root / "site")
        wanted = fresh(play.root, play.today)
        assert now.keys() == wanted.keys(), done
        assert [path for path in now if now[path] != wanted[path]] == [], done
        before = everything(play.root / "site")
        built = build(play.root, play.today)
        assert not built.written, done
        assert everything(play.root / "site") == before, done


# --- what is written -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault of 450 people: enough for a second process."""
    root = tmp_path_factory.mktemp("many") / "v"
    generate(root, 450)
    return root


@pytest.fixture(scope="module")
def letters_site(letters: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Its pages: made from nothing, and without a cache, so by one process."""
    root = copied(letters, tmp_path_factory.mktemp("pages") / "v")
    build(root, cache=False)
    return contents(root / "site")


def copied(letters: Path, folder: Path) -> Path:
    shutil.copytree(letters, folder, ignore=shutil.ignore_patterns("site"))
    return folder


def test_a_second_build_writes_nothing_at_all(tmp_path: Path):
    root = make_vault(tmp_path / "v", CAST)
    first = ptcrm(root, "build")
    assert first.code == 0, first
    assert re.fullmatch(r"19 pages, 19 written: .*site/index\.html\n", first.out), first.out
    (root / "site" / "mine.html").write_text("mine")
    (root / "site" / "contacts" / "mine.txt").write_text("mine")
    time.sleep(0.01)
    before = everything(root / "site")
    for words in (("build",), ("build",), ("--no-cache", "build")):
        again = ptcrm(root, *words)
        assert again.code == 0, again
        assert "nothing to write" in again.out
        assert everything(root / "site") == before


def test_all_pages_are_there_and_whole(tmp_path: Path):
    root = make_vault(tmp_path / "v", CAST, f"[team.lee]\n{GIT}")
    build(root)
    found = contents(root / "site")
    people = {f"contacts/{id}.html" for id in CAST}
    assert set(found) == {*PAGES, *BESIDE, *people, "due/lee.html"}
    for path, data in found.items():
        if path.endswith(".html"):
            assert data.rstrip().endswith(b"</html>")
        if path not in (".ptcrm-site",):
            assert b"ptcrm build" in data[:1024]


def links_of(page: str) -> set[str]:
    found: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.update(value or "" for name, value in attrs if name in ("href", "src"))

    Reader().feed(page)
    return found


def test_every_link_of_every_page_leads_to_something(tmp_path: Path):
    files = CAST | {
        "Zoë & Co/Ada King": "# Ada of Zoë\n\n[[bob]]\n",
        "a#b?c%20d": "# Odd\n\n[[Zoë & Co/Ada King]]\n",
        "Bob": "# Other Bob\n",
    }
    root = make_vault(tmp_path / "v", files, f"[team.'a/b']\n[team.a-b]\n[team.'../x']\n{GIT}")
    build(root)
    for path, page in pages(root).items():
        if path.endswith(".html"):
            for link in links_of(page):
                if link and not re.match(r"#|https?:|mailto:|tel:", link):
                    target = (root / "site" / path).parent / unquote(link.split("#")[0])
                    assert target.is_file(), (path, link)


@pytest.mark.parametrize(
    "more",
    [{"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati"}, {"PYTHONHASHSEED": "77", "TZ": "Pacific/Pago_Pago", "LC_ALL": "tr_TR.UTF-8"},
     {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"LANG": "de_DE.UTF-8", "PYTHONHASHSEED": "0"}],
)  # fmt: skip
def test_two_builds_are_the_same_whatever_is_around_them(tmp_path: Path, more: dict[str, str]):
    example = Path(__file__).parents[2] / "example-vault"
    one, other = copied(example, tmp_path / "v"), copied(example, tmp_path / "deep" / "Vault ü")
    build(one)
    done = ptcrm(other, *(["--no-cache"] if "TZ" in more else []), "build", **more)
    assert done.code == 0, done
    assert contents(one / "site") == contents(other / "site")


@pytest.mark.skipif(os.cpu_count() == 1, reason="one processor never makes two processes")
def test_several_processes_make_the_same_as_one(tmp_path: Path, letters: Path, letters_site: dict[str, bytes]):
    root = copied(letters, tmp_path / "v")
    before = os.times()
    build(root)
    assert os.times().children_user > before.children_user, "no process but this one had a share"
    assert contents(root / "site") == letters_site
    assert len(list((root / "site" / "contacts").iterdir())) == 450


def test_another_folder_is_written_when_it_is_asked_for(tmp_path: Path):
    root = make_vault(tmp_path / "v", CAST)
    done = ptcrm(root, "build", "--out", str(tmp_path / "out" / "pages"))
    assert done.code == 0, done
    assert not (root / "site").exists()
    assert set(contents(tmp_path / "out" / "pages")) == {*PAGES, *BESIDE, *(f"contacts/{id}.html" for id in CAST)}
    assert "../../../v/contacts/ada.md" in (tmp_path / "out" / "pages" / "contacts" / "ada.html").read_text()
    before = everything(tmp_path / "out")
    build(root)  # into site/: two outputs share the cache
    ptcrm(root, "build", "--out", str(tmp_path / "out" / "pages"))
    assert everything(tmp_path / "out") == before


def test_a_page_whose_contact_is_gone_goes_and_what_is_not_ours_stays(tmp_path: Path):
    root = make_vault(tmp_path / "v", CAST)
    build(root)
    for path in ("own.html", "contacts/own.html", "work/own.txt", "contacts/work/own.css"):
        (root / "site" / path).parent.mkdir(exist_ok=True)
        (root / "site" / path).write_text("mine")
    (root / "contacts" / "work" / "eve.md").unlink()
    (root / "contacts" / "zoe.md").unlink()
    build(root)
    assert not (root / "site" / "contacts" / "zoe.html").exists()
    assert not (root / "site" / "contacts" / "work" / "eve.html").exists()
    for path in ("own.html", "contacts/own.html", "work/own.txt", "contacts/work/own.css"):
        assert (root / "site" / path).read_text() == "mine"


def test_a_folder_that_is_not_ours_is_refused_in_one_line(tmp_path: Path):
    root = make_vault(tmp_path / "v", CAST)
    home = tmp_path / "v-home"
    home.mkdir()
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "a.txt").write_text("mine")
    (tmp_path / "link").symlink_to(root)
    before = everything(tmp_path / "foreign"), everything(root)
    for out in (root / "contacts", root / "contacts" / "x", tmp_path / "link", root / ".git", "/tmp/.."):
        with pytest.raises(Refused, match="nothing is written"):
            build(root, out=str(out))
    for out in (root, root.parent, tmp_path / "foreign", "/", home):
        done = ptcrm(root, "build", "--out", str(out), HOME=str(home))
        assert (done.code, done.out, done.err.count("\n")) == (5, "", 1), (out, done)
        assert "nothing is written" in done.err
    assert (everything(tmp_path / "foreign"), everything(root)) == before
    for settings in ('out = "contacts"', 'out = "contacts/x"'):
        (root / "ptcrm.toml").write_text(f"[site]\n{settings}\n{GIT}")
        with pytest.raises(Refused, match="is where contacts are"):
            build(root)
    for settings in ('out = "."', 'out = ".."', 'out = "/tmp/x"'):  # no setting at all: the default holds
        (root / "ptcrm.toml").write_text(f"[site]\n{settings}\n{GIT}")
        assert build(root).folder == os.path.realpath(root / "site")
    (root / "ptcrm.toml").write_text(f'[site]\nout = "away"\n{GIT}')
    (root / "away").symlink_to(tmp_path / "foreign")
    with pytest.raises(Refused, match="leads out of the vault"):
        build(root)


def test_a_link_that_leads_out_is_not_read(tmp_path: Path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "zq.md").write_text("# Zqname\n\nzqtext\n")
    root = make_vault(tmp_path / "v", CAST)
    (root / "contacts" / "out.md").symlink_to(tmp_path / "outside" / "zq.md")
    (root / "contacts" / "out").symlink_to(tmp_path / "outside")
    build(root)
    found = pages(root)
    assert where(found, "zq") == {}
    assert "contacts/out.md" in found["problems.html"]
    shutil.rmtree(root / "contacts")
    (root / "contacts").symlink_to(tmp_path / "outside")
    build(root)
    assert where(pages(root), "zq") == {}


# --- a kill --------------------------------------------------------------------------------------------------------


def made(root: Path) -> list[Path]:
    return list((root / "site").rglob("*.html"))


def test_a_kill_leaves_whole_pages_and_the_next_build_is_right(tmp_path: Path, letters: Path, letters_site: dict[str, bytes]):
    root = copied(letters, tmp_path / "v")
    home = tmp_path / "home"
    home.mkdir()
    around = environment(home, XDG_CACHE_HOME=str(tmp_path / "cache"))
    command = [sys.executable, "-m", "plaintextcrm", "-C", str(root), "--today", "2026-11-21", "build", "--force"]
    draw = random.Random(7)
    seen = set()
    for number, target in enumerate((0, draw.randrange(2, 200), draw.randrange(200, 450))):
        if number != 2:  # one of them is killed over the pages of another
            shutil.rmtree(root / "site", ignore_errors=True)
        with subprocess.Popen(command, env=around, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
            while len(made(root)) < target and running.poll() is None:
                time.sleep(0.001)
            time.sleep(draw.uniform(0.0, 0.05))
            running.send_signal(signal.SIGKILL)
        found = made(root)
        seen.add(len(found))
        for path in found:
            assert path.read_bytes().rstrip().endswith(b"</html>"), path
    assert len(seen) > 2
    # If those that were killed left somebody who holds the lock, this one waits for them in vain.
    done = subprocess.run(command[:-1], env=around, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done
    assert contents(root / "site") == letters_site
    assert not [path for path in (root / "site").rglob(".*") if path.name != ".ptcrm-site"]


def test_two_builds_at_once_end_in_one_site(tmp_path: Path):
    root = make_vault(tmp_path / "v", CAST | {f"p{number}": f"# P {number}\n" for number in range(60)})
    around = environment(tmp_path, XDG_CACHE_HOME=str(tmp_path / "cache"))
    command = [sys.executable, "-m", "plaintextcrm", "-C", str(root), "--today", "2026-11-21", "build"]
    running = [subprocess.Popen(command, env=around, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(3)]
    for one in running:
        _, said = one.communicate(timeout=60)
        assert one.returncode == 0, said
    assert contents(root / "site") == fresh(root)


# --- whoever is there ----------------------------------------------------------------------------------------------


def test_an_empty_vault_says_how_to_begin(tmp_path: Path):
    root = make_vault(tmp_path / "v", {})
    build(root)
    found = pages(root)
    assert set(found) == set(PAGES)
    assert "Nobody is in this vault yet." in found["people.html"]
    assert "ptcrm add" in found["index.html"]
    shutil.rmtree(root / "contacts")
    assert not build(root).written


def test_one_person_who_is_not_due(tmp_path: Path):
    root = make_vault(tmp_path / "v", {"ada": person("name: Ada", "tier: A", body="## Log\n\n- 2026-11-20 call: hi")})
    build(root)
    found = pages(root)
    assert "Nobody today" in found["index.html"]
    assert "1 person" in found["people.html"]


@pytest.mark.parametrize(
    ("log", "why"),
    [
        ("- [ ] 2026-11-21 dinner: at ours", "there is a plan open"),
        ("- [ ] 2026-11-19 dinner: at ours", "there is a plan open"),
        ("- 2026-11-01 call\n  - [ ] send it [due:: 2026-11-20]", "there is a promise open"),
        ("- [ ] 2026-11-19 dinner: at ours\n- [ ] send it [due:: 2026-11-20]", "there is a plan open"),
        ("- [ ] 2026-11-21 dinner: at ours\n- [ ] send it [due:: 2026-11-20]", "there is a promise open"),
        ("- [ ] they bring it [due:: 2026-11-18] [waiting:: them]\n- [ ] 2026-11-19 dinner: at ours", "there is a plan open"),
    ],
)
def test_the_first_sentence_calls_a_plan_a_plan(tmp_path: Path, log: str, why: str):
    people = {"ada": person("name: Ada", body=f"## Log\n\n{log}"), "bob": person("name: Bob", "birthday: 1980-11-21")}
    root = make_vault(tmp_path / "v", people)
    build(root)
    assert f"Ada first: {why}." in pages(root)["index.html"]


PEOPLE = {
    "no-log": person("name: No Log", "tier: A"), "dead": person("name: Dead", "died: 2020", "tier: A", "birthday: 1950-11-21"),
    "never": person("name: Never", "do_not_contact: true", "tier: A", "birthday: 1950-11-21"),
    "leap": person("name: Leap", "tier: C", "birthday: 2000-02-29", "dates: ['02-29 leap']"), "empty": "", "only": "# Only A Name",
    "old": person("name: Old", body="## Log\n\n- 0001-01-01 call: first\n- 9999-12-31 call: last"),
    "future": person("name: Future", "next_contact: 9999-12-31", "snooze_until: 9999-12-31", "cadence: 9999 years", "paused: 9999-12-31", "tier: A"),
    "past": person("name: Past", "met: 0001-01-01", "birthday: 0001-01-01", "last_contact: 0001-01-01", "tier: A", "started: 0001-01-01"),
    "Ada": "# Ada One\n", "ada": "# Ada Two\n", "ADA": "# Ada Three\n", "Zoë & Co/Ada King": "# Ada Four\n\n[[ada]]", "ß": "# Sz\n", "ss": "# Ss\n",
    "index ": "# Blank\n", "a.b": "# Dot\n", "con": "# Con\n", "work/ada": "# Ada Five\n", "work": "# Work\n", "\u0130": "# I\n", "e\u0301": "# E\n", "\u00e9": "# E2\n",
    "a'b\"c<d>&e": "# Quote\n", "-rf": "# Dash\n", "x" * 120: "# Long\n", "日本": "# 日本\n", "new\nline": "# Line\n", "tab\there": "# Tab\n", "a\\b": "# Back\n",
}  # fmt: skip


@pytest.mark.parametrize("leap_day", ["feb28", "mar1"])
def test_whoever_is_there_has_a_page_of_their_own(tmp_path: Path, leap_day: str):
    root = make_vault(tmp_path / "v", PEOPLE, f'leap_day = "{leap_day}"\n{GIT}')
    (root / "contacts" / os.fsdecode(b"bad\xffname.md")).write_text("# Bad\n")
    built = build(root)
    found = pages(root)
    people = [path for path in found if path.startswith("contacts/")]
    assert len(people) == len(PEOPLE) == len({path.casefold() for path in people})
    assert len(facts(root)) == len(PEOPLE)
    assert not [problem for problem in built.problems if problem.code == "in-the-way"]
    for name in ("due.ics", "occasions.ics"):
        calendar = icalendar.Calendar.from_ical(found[name])
        told = [str(event["SUMMARY"]) for event in calendar.walk("VEVENT")]
        assert not [text for text in told if "Dead" in text or "Never" in text]
        assert any("Leap" in text for text in told)
    assert contents(root / "site") == fresh(root)
    for day in (date(2027, 2, 28), date(2028, 2, 29), date(2027, 3, 1), date(2999, 12, 31), date(1990, 1, 1)):
        build(root, day)
        assert pages(root)["index.html"].rstrip().endswith("</html>")


def test_a_log_of_two_thousand_lines(tmp_path: Path):
    lines = [
        f"- {TODAY - timedelta(number)} {('call', 'dinner', 'letter')[number % 3]}: line {number} of [[bob]]"
        for number in range(2000, 0, -1)
    ]
    root = make_vault(
        tmp_path / "v", {"ada": person("name: Ada", "tier: A", body="## Interactions\n\n" + "\n".join(lines)), "bob": "# Bob\n"}
    )
    started = time.process_time()
    build(root)
    assert time.process_time() - started < 10
    page = pages(root)["contacts/ada.html"]
    assert page.count("<li><time") == 2000
    assert page.index("line 1 of") < page.index("line 2000 of")
    assert json.loads((root / "site" / "site.json").read_text())["made_by"] == "ptcrm build"


def _finding(root: Path) -> str:
    return re.findall(r'<p class="say">(.*?)</p>', pages(root)["stats.html"])[0].split(".")[0]


def test_an_occasion_of_several_people_is_counted_once_whatever_is_changed(tmp_path: Path):
    lunch = "## Interactions\n\n- 2026-11-20 lunch: one table ^abc123\n"
    root = make_vault(tmp_path / "v", {id: person(f"name: {id.title()}", body=lunch) for id in ("ada", "bob", "eve")}, GIT)
    ada, bob, eve = (root / "contacts" / f"{id}.md" for id in ("ada", "bob", "eve"))
    build(root)
    assert _finding(root) == "In touch 1 time in the last year"
    assert re.search(r'lunch</span></span></th><td class="num">1</td>', pages(root)["stats.html"])
    for change, times in (
        (lambda: ada.write_text(person("name: Ada")), 1),
        (lambda: bob.write_text(person("name: Bob", body=lunch.replace("lunch:", "dinner:"))), 1),
        (lambda: eve.write_text(person("name: Eve", body=lunch.replace("abc123", "xyz789"))), 2),
        (lambda: eve.write_text(person("name: Eve", body=lunch.replace("2026-11-20", "2026-11-19"))), 2),
        (lambda: ada.write_text(person("name: Ada", body=f"{lunch}- 2026-11-20 lunch: another\n")), 3),
        (lambda: (ada.unlink(), eve.unlink()), 1),
    ):
        change()
        build(root)
        assert _finding(root) == f"In touch {times} time{'s' if times > 1 else ''} in the last year"
        assert contents(root / "site") == fresh(root)


def test_cards_with_a_wrong_word_in_them_are_made_anew(tmp_path: Path):
    root = make_vault(tmp_path / "v", CAST)
    build(root)
    (path,) = (tmp_path / "cache").rglob("site.sqlite")
    with sqlite3.connect(path) as db:
        db.execute("UPDATE card SET events = 'no json', facts = NULL")
        db.execute("UPDATE meta SET value = 'neither' WHERE key = 'tally'")
    db.close()
    (root / "contacts" / "ada.md").write_text("# Ada\n")
    build_by_command = ptcrm(root, "build", home=tmp_path, XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert build_by_command.code == 0, build_by_command
    assert contents(root / "site") == fresh(root)


# --- nothing changed -----------------------------------------------------------------------------------------------


def _edited_in_place(root: Path) -> None:
    page = root / "site/contacts/ada.html"
    page.write_bytes(page.read_bytes().replace(b"Ada", b"Eva"))


def _a_link_for_a_folder(root: Path) -> None:
    (root / "site/contacts").rename(root / "elsewhere")
    (root / "site/contacts").symlink_to(root / "elsewhere")


MEDDLED: dict[str, Callable[[Path], object]] = {
    "a page is gone": lambda root: (root / "site/contacts/ada.html").unlink(),
    "a page is edited in place": _edited_in_place,
    "a page about everybody is edited in place": lambda root: (root / "site/calendar.html").write_text("<!-- made by ptcrm build -->"),
    "a page about everybody is gone": lambda root: (root / "site/occasions.ics").unlink(),
    "a page is readable by all": lambda root: (root / "site/index.html").chmod(0o644),
    "the folder of pages is gone": lambda root: shutil.rmtree(root / "site/contacts"),
    "the site is gone": lambda root: shutil.rmtree(root / "site"),
    "a copy in its place": lambda root: (shutil.copytree(root / "site", root / "copy"), shutil.rmtree(root / "site"), (root / "copy").rename(root / "site")),
    "a conflict copy of a contact": lambda root: (root / "contacts/ada.sync-conflict-20261121-101010-ABCDEFG.md").write_text("x"),
    "a setting is wrong": lambda root: (root / "ptcrm.toml").write_text(GIT + "[due]\nper_weke = 3\n"),
    "a contact is new": lambda root: (root / "contacts/new.md").write_text("# New\n"),
    "a contact is gone": lambda root: (root / "contacts/zoe.md").unlink(),
    "a contact is another one of the same size and time": lambda root: _same_size(root / "contacts/zoe.md"),
}  # fmt: skip


def _same_size(path: Path) -> None:
    before = path.stat()
    path.write_text(path.read_text().replace("Zoe", "Joe"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("and_a_line", [False, True])
@pytest.mark.parametrize("name", MEDDLED)
def test_whatever_was_meddled_with_since_a_quiet_build_is_put_right(name: str, and_a_line: bool, tmp_path: Path) -> None:
    root = make_vault(tmp_path / "v", CAST, settings=GIT)
    build(root)
    quiet = [build(root), build(root)]
    assert {(one.written, one.removed, one.pages) for one in quiet} == {(0, (), 4 + len(PAGES) + len(BESIDE) - 1)}
    MEDDLED[name](root)
    if and_a_line:
        with (root / "contacts/bob.md").open("a") as file:
            file.write("- 2026-11-02 lunch\n")
    build(root)
    assert not (root / "site/contacts").is_symlink()
    assert contents(root / "site") == fresh(root)
    assert not {path.name for path in (root / "site").rglob("*.html") if path.stat().st_mode & 0o077}


def test_a_page_that_something_is_in_the_way_of_is_tried_again_with_the_next_change(tmp_path: Path) -> None:
    root = make_vault(tmp_path / "v", CAST, settings=GIT)
    build(root)
    (root / "site/stats.html").unlink()
    (root / "site/stats.html").write_text("mine")
    for number, is_mine in enumerate((True, True, False)):
        if not is_mine:
            (root / "site/stats.html").unlink()
        (root / "contacts/bob.md").write_text(person(f"name: Bob the {number}"))
        told = [problem.code for problem in build(root).problems]
        assert told == (["in-the-way"] if is_mine else [])
    assert contents(root / "site") == fresh(root)


def test_what_was_seen_and_what_was_written_since_is_what_is_seen_now(tmp_path: Path) -> None:
    (tmp_path / "v").mkdir()
    page = b"<!-- made by ptcrm build -->"
    with open_output("site", str(tmp_path / "v")) as output:
        output.write([(f"{folder}/{name}.html", page) for folder in ("contacts", "due") for name in ("a", "b", "c")])
        seen = output.look(["", "contacts", "due"])
        output.write_some([("contacts/b.html", page + b"b"), ("due/c.html", page + b"c")])
        now = output.look(["", "contacts", "due"])
        assert seen
        assert now
        assert not seen.is_as(now)
        again = output.look_again(seen, ["contacts/b.html", "due/c.html"])
        assert again
        assert again.is_as(now)
        assert output.look_again(seen, ["contacts/new.html"]) is None
        assert output.look(["", "contacts", "gone"]) is None
    backwards = Sight(
        b"\0".join(reversed(now.paths.split(b"\0"))),
        b"".join(now.stamps[place : place + 40] for place in range(len(now.stamps) - 40, -1, -40)),
    )
    assert backwards.is_as(now)
    assert not backwards.is_as(seen)


SPAWNED = """
import multiprocessing, sys
if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    from plaintextcrm.cli import run_command
    sys.exit(run_command(sys.argv[1:]))
"""


def test_processes_that_are_not_forked_make_the_same_pages(tmp_path: Path) -> None:
    root = make_vault(tmp_path / "v", {f"p{n}": f"# Person {n}\n\n## Interactions\n\n- 2026-10-{1 + n % 28:02} call\n" for n in range(450)})
    (tmp_path / "spawned.py").write_text(SPAWNED)
    made = []
    for number, start in enumerate(([sys.executable, str(tmp_path / "spawned.py")], [sys.executable, "-m", "plaintextcrm"])):
        words = ["-C", str(root), "--today", "2026-11-21", "build", "--out", str(tmp_path / "out")]
        subprocess.run([*start, *words], check=True, env=environment(tmp_path / f"home{number}"), capture_output=True)
        made.append(contents(tmp_path / "out"))
        shutil.rmtree(tmp_path / "out")
    assert made[0] == made[1]
    assert len(made[0]) > 450


def test_what_reports_ask_of_somebody_is_kept_with_the_card_and_the_same_if_asked_later(letters: Path, tmp_path: Path) -> None:
    root = copied(letters, tmp_path / "v")
    build(root)
    (path,) = (tmp_path / "cache").rglob("site.sqlite")
    ours = "SELECT json_extract(value, '$[0]') FROM meta WHERE key = 'reports'"  # a worker that was not forked knows fewer reports than we
    sql = f"SELECT id, text FROM worked WHERE what = ({ours}) ORDER BY id"
    with closing(sqlite3.connect(path)) as db:
        kept = db.execute(sql).fetchall()
        db.execute("DELETE FROM worked")
        db.commit()
    changed = sorted((root / "contacts").glob("*.md"))[0]
    changed.write_text(changed.read_text() + "\n")
    own = opened(root)
    ask(own, lambda index: publishing.build_some(own, index, [f"contacts/{changed.name}"]))
    with closing(sqlite3.connect(path)) as db:
        assert db.execute(sql).fetchall() == kept[:1]
    build(root)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute(sql).fetchall() == kept
    assert len(kept) == 450


def test_a_build_that_is_cut_short_at_any_point_is_made_whole_by_the_next(tmp_path: Path) -> None:
    root = make_vault(
        tmp_path / "v", {f"p{number}": f"---\nname: P {number}\ntier: A\n---\n\n## Interactions\n" for number in range(3)}, GIT
    )
    build(root)
    cut = 0
    for patience in range(0, 200, 2):
        with (root / "contacts/p1.md").open("a") as file:
            file.write(f"\n- 2026-11-{1 + patience % 20:02} call: word {patience}\n")
        left = [patience]

        def busy(seconds: float, left: list[int] = left) -> bool:
            left[0] -= 1
            return left[0] < 0

        own = opened(root)
        ask(own, lambda index, own=own, busy=busy: publishing.build_whole(own, index, None, busy))
        cut += left[0] < 0
        assert f"word {patience}" in pages(root)["contacts/p1.html"]
        build(root)
        found = contents(root / "site")
        if patience % 10 == 0:
            build(root, force=True)
            assert contents(root / "site") == found
        if left[0] >= 0:
            break
    assert 10 < cut < 100


def test_what_is_behind_the_due_list_of_many_waits_for_calm(tmp_path: Path) -> None:
    people = {f"p{number}": "---\ntier: A\n---\n\n## Interactions\n\n- 2025-03-01 call\n" for number in range(1001)}
    root = make_vault(tmp_path / "v", people, GIT)
    build(root)
    with (root / "contacts/p7.md").open("a") as file:
        file.write("- 2026-11-20 call: again\n")
    before, waited = contents(root / "site"), []

    def busy(seconds: float) -> bool:
        waited.append(seconds)
        return seconds > 0

    own = opened(root)
    ask(own, lambda index: publishing.build_whole(own, index, None, busy))
    after = contents(root / "site")
    assert {name for name in after if after[name] != before[name]} == {"contacts/p7.html", "index.html"}
    assert waited[-1] > 0
    build(root)
    whole = contents(root / "site")
    assert {"people.html", "site.json", "reports/year.html"} <= {name for name in whole if whole[name] != after[name]}
    build(root, force=True)
    assert contents(root / "site") == whole


def test_the_due_list_after_many_pages_waits_for_more_that_comes_in(tmp_path: Path) -> None:
    people = {f"p{number}": "---\ntier: A\n---\n\n## Interactions\n\n- 2025-03-01 call\n" for number in range(120)}
    root = make_vault(tmp_path / "v", people, GIT)
    build(root)
    before = contents(root / "site")
    for path in (root / "contacts").iterdir():
        with path.open("a") as file:
            file.write("- 2026-11-20 call: again\n")
    own = opened(root)
    ask(own, lambda index: publishing.build_whole(own, index, None, lambda seconds: True))
    after = contents(root / "site")
    assert {name for name in after if after[name] != before[name]} == {f"contacts/p{number}.html" for number in range(120)}
    build(root)
    whole = contents(root / "site")
    assert whole["index.html"] != before["index.html"]
    build(root, force=True)
    assert contents(root / "site") == whole


def test_a_page_that_is_gone_is_made_again_behind_the_due_list(tmp_path: Path) -> None:
    root = make_vault(tmp_path / "v", {name: f"# {name.title()}\n" for name in ("ada", "bob")}, GIT)
    build(root)
    before = contents(root / "site")
    (root / "site/contacts/bob.html").unlink()
    (root / "contacts/ada.md").write_text("# Ada Lovelace\n")
    own, asked = opened(root), []

    def busy(seconds: float) -> bool:
        asked.append((root / "site/contacts/bob.html").exists())
        return False

    ask(own, lambda index: publishing.build_whole(own, index, None, busy))
    assert asked[0] is False  # after the due list
    after = contents(root / "site")
    assert after["contacts/bob.html"] == before["contacts/bob.html"]
    build(root, force=True)
    assert contents(root / "site") == after


def test_a_program_in_an_archive_builds_the_same(tmp_path: Path) -> None:
    root = make_vault(tmp_path / "v", CAST, GIT)
    package = Path(publishing.__file__).parent.parent
    with zipfile.ZipFile(tmp_path / "ptcrm.zip", "w") as archive:
        for path in package.rglob("*"):
            if "__pycache__" not in path.parts:
                archive.write(path, path.relative_to(package.parent))
    made = []
    for home, program in (("one", package.parent), ("other", tmp_path / "ptcrm.zip")):
        words = ["-m", "plaintextcrm", "-C", str(root), "--today", "2026-11-21", "build"]
        around = {**environment(tmp_path / home), "PYTHONPATH": str(program)}
        subprocess.run([sys.executable, *words], check=True, env=around, cwd=tmp_path, capture_output=True)
        made.append(contents(root / "site"))
        shutil.rmtree(root / "site")
    assert made[0] == made[1]


def test_a_failure_is_not_written_where_the_vault_has_gone(tmp_path: Path) -> None:
    root = make_vault(tmp_path / "v", {"ada": "# Ada\n"}, GIT)
    build(root)
    own = opened(root)
    root.rename(tmp_path / "moved")
    publishing.say_failed(own, None, "contacts is not there now")
    assert not root.exists()
    (tmp_path / "moved").rename(root)
    shutil.rmtree(root / "site")
    publishing.say_failed(own, None, "something else")
    assert not (root / "site").exists()
