"""Pictures of the demo's overview for README.md and README.ja.md: ``python scripts/screenshot.py [site folder]``."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
SIZE = {"width": 1200, "height": 1180}


def main(site: Path) -> None:
    """Write docs/images/overview.<language>.png."""
    folder = ROOT / "docs" / "images"
    folder.mkdir(exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for language in ("en", "ja"):
            page = browser.new_page(viewport=SIZE)
            page.goto((site / language / "index.html").resolve().as_uri())
            page.locator(".plot svg").nth(2).wait_for()
            page.screenshot(path=folder / f"overview.{language}.png")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "state" / "site")
