"""The site of the docs: `python docs/site/build.py FOLDER [DOCS]` builds it there, and any warning is an error.

The pages are those that stand in `docs/`, so that they read alike on a code host. What a site needs beside them is made
here: the navigation from `index.md`, and the page of commands from the command line itself.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from typer.main import get_command

from driver.cli import build
from driver.views.command_reference import reference

HERE = Path(__file__).parent
DOCS = HERE.parent
SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
PAGE = re.compile(r"\]\(([\w/-]+)\.md\)")
PACKAGE = re.compile(r"\]\(\.\./packages/(\w+)/README\.md")
COMMANDS = "- [Commands](commands.md)"
REFERENCE = "## Reference\n"


def main(folder: Path, docs: Path = DOCS) -> int:
    """Build it from these docs; Sphinx's exit code."""
    with tempfile.TemporaryDirectory() as made:
        source = Path(made)
        shutil.copytree(docs, source, dirs_exist_ok=True, ignore=shutil.ignore_patterns("site"))
        shutil.copy(HERE / "conf.py", source)
        bring_packages(docs.parent, source)
        (source / "commands.md").write_text(reference(get_command(build())), encoding="utf-8")
        index = source / "index.md"
        text = index.read_text(encoding="utf-8").replace(REFERENCE, f"{REFERENCE}\n{COMMANDS}", 1)
        index.write_text(text + navigation(text, source), encoding="utf-8")
        argv = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", str(source), str(folder)]
        return subprocess.run(argv, check=False).returncode


def bring_packages(root: Path, source: Path) -> None:
    """The page of each package that pages link to stands beside them here."""
    for page in (root / "packages").glob("*/README.md"):
        (source / "packages").mkdir(exist_ok=True)
        text = page.read_text(encoding="utf-8").replace("](../../docs/", "](../")
        (source / "packages" / f"{page.parent.name}.md").write_text(f"---\norphan: true\n---\n{text}", encoding="utf-8")
    for page in source.glob("*.md"):
        text = page.read_text(encoding="utf-8")
        page.write_text(PACKAGE.sub(r"](packages/\1.md", text), encoding="utf-8")


def navigation(index: str, source: Path) -> str:
    """What the sidebar shows: the sections of the first page with their pages, then the decisions."""
    parts = SECTION.split(index)[1:]
    sections = [(name, PAGE.findall(text)) for name, text in zip(parts[::2], parts[1::2], strict=True)]
    sections.append(("Decisions", sorted(f"adr/{path.stem}" for path in (source / "adr").glob("*.md"))))
    return "".join(_toctree(name, pages) for name, pages in sections)


def _toctree(name: str, pages: list[str]) -> str:
    listed = "\n".join(pages)
    return f"\n```{{toctree}}\n:hidden:\n:caption: {name}\n\n{listed}\n```\n"


if __name__ == "__main__":
    sys.exit(main(*(Path(word).resolve() for word in sys.argv[1:3])))
