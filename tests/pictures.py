"""`python -m tests.pictures`: README's pictures of the site, taken of the example vault as a real browser shows it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.make import ptcrm

HERE = Path(__file__).parent.parent
TODAY, WIDTH = "2026-11-21", 1280
PICTURES = {  # name -> (page, what stands last in the picture)
    "due": ("index.html", ".rows > li:nth-child(4)"),
    "digest": ("contacts/wilhelmina-brandt.html", ".figure:nth-of-type(3) .key"),
}


def take(folder: Path) -> list[Path]:
    """The pictures, light and dark."""
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import chromium

    path = chromium()
    if path is None:
        raise SystemExit("there is no Chromium here: apt-get install chromium")
    folder.mkdir(parents=True, exist_ok=True)
    taken = []
    with TemporaryDirectory() as name, sync_playwright() as playwright:
        base = Path(name)
        people = Path(shutil.copytree(HERE / "example-vault", base / "people"))
        ran = ptcrm(people, "build", "--out", str(base / "site"), today=TODAY)
        assert ran.code == 0, ran
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for what, (page_path, last) in PICTURES.items():
            for scheme in ("light", "dark"):
                context = browser.new_context(viewport={"width": WIDTH, "height": 1100}, color_scheme=scheme, reduced_motion="reduce")
                page = context.new_page()
                page.goto(f"{(base / 'site' / page_path).as_uri()}?day={TODAY}")
                picture = folder / f"{what}-{scheme}.png"
                low = page.eval_on_selector(last, "one => Math.ceil(one.getBoundingClientRect().bottom)")
                page.screenshot(path=str(picture), full_page=True, clip={"x": 0, "y": 0, "width": WIDTH, "height": low + 8})
                context.close()
                make_small(picture)
                taken.append(picture)
        browser.close()
    return taken


def make_small(picture: Path) -> None:
    """Fewer colours, where Pillow is there to find them."""
    try:
        from PIL import Image
    except ImportError:
        return
    with Image.open(picture) as image:
        small = image.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    small.save(picture, optimize=True)


def main() -> None:
    """Write the four pictures."""
    for picture in take(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "docs" / "pictures"):
        print(f"{picture}: {picture.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
