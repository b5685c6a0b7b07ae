"""The docs as a site: built as strictly as can be, and looked through page by page."""

import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from typer.main import get_command

from driver.cli import build
from tests.projects import ROOT

BUILDER = ROOT / "docs" / "site" / "build.py"


class Page(HTMLParser):
    """What a page has: the names of its places, where it leads, and what it loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.places: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.places |= {found["id"]} if "id" in found else set()
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        self.loads += [found[name] for name in ("src", "href") if tag in {"script", "img", "link"} and name in found]


def made(folder: Path, *docs: str) -> "subprocess.CompletedProcess[str]":
    argv = [sys.executable, str(BUILDER), str(folder), *docs]
    return subprocess.run(argv, capture_output=True, text=True, check=False, cwd=ROOT, timeout=300)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs") / "html"
    done = made(folder)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


def dead(site: Path) -> Iterator[str]:
    pages = {path: Page(path.read_text()) for path in site.rglob("*.html")}
    for path, page in pages.items():
        for link in (*page.links, *page.loads):
            parts = urlsplit(link)
            if parts.scheme in {"https", "http", "mailto", "data"}:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.exists():
                yield f"{path.name}: {link}"
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].places:
                yield f"{path.name}: {link}: no such place"


def test_no_link_is_dead_and_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    assert list(dead(site)) == []
    found = {load for path in site.rglob("*.html") for load in Page(path.read_text()).loads}
    assert [load for load in found if "//" in load] == []


def test_every_page_is_there_and_can_be_searched(site: Path) -> None:
    pages = [path.relative_to(ROOT / "docs").with_suffix(".html") for path in (ROOT / "docs").rglob("*.md")]
    assert [page for page in pages if not (site / page).exists()] == []
    index = (site / "searchindex.js").read_text()
    assert [word for word in ("commands", "runbooks", "coming-from") if f'"{word}"' not in index] == []


def test_the_page_of_commands_has_each_with_all_its_options(site: Path) -> None:
    def options(found: object, name: str) -> Iterator[tuple[str, str]]:
        for below in found.list_commands(None) if hasattr(found, "list_commands") else ():
            yield from options(found.get_command(None, below), f"{name} {below}")  # type: ignore[attr-defined]
        if not hasattr(found, "list_commands"):
            yield from ((name, option) for row in found.params for option in row.opts)  # type: ignore[attr-defined]

    text = (site / "commands.html").read_text()
    places = Page(text).places
    every = list(options(get_command(build()), "slipway"))
    assert len(every) > 150
    assert {name for name, _ in every if name.replace(" ", "-") not in places} == set()
    assert {option for _, option in every if option.startswith("--") and option not in text} <= {"--help"}


@pytest.mark.parametrize(
    ("page", "said"),
    [("See [it](gone.md).", "gone.md"), ("See [it](other.md#gone).", "gone"), ("# One\n\n### Three\n", "header")],
)
def test_what_is_wrong_with_a_page_fails_the_build(tmp_path: Path, page: str, said: str) -> None:
    docs = tmp_path / "docs"
    (docs / "adr").mkdir(parents=True)
    (docs / "index.md").write_text("# Docs\n\n## Begin\n\n- [Page](page.md)\n- [Other](other.md)\n\n## Reference\n")
    (docs / "page.md").write_text(page if page.startswith("#") else f"# Page\n\n{page}\n")
    (docs / "other.md").write_text("# Other\n")
    (docs / "adr" / "0001-x.md").write_text("# X\n")
    done = made(tmp_path / "html", str(docs))
    assert done.returncode != 0
    assert said in done.stderr.lower()
