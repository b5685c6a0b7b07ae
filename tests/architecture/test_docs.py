import re
from pathlib import Path

from driver import errors
from driver.cli import COMMANDS, GROUPS
from driver.core.preflight.findings import OVERRIDABLE, Code
from driver.errors import DriverError, ExitCode

ROOT = Path(__file__).parents[2]


def test_every_exit_code_is_documented_and_no_other() -> None:
    rows = (ROOT / "docs" / "exit-codes.md").read_text().splitlines()
    documented = {(first, second) for first, second in cells(rows) if first.isdigit()}
    assert documented == {(str(int(code)), code.name) for code in ExitCode}


def test_every_error_class_is_documented_with_its_exit_code_and_no_other() -> None:
    rows = (ROOT / "docs" / "exit-codes.md").read_text().splitlines()
    documented = {(first, second) for first, second in cells(rows) if second.isdigit()}
    assert documented == {(kind.__name__, str(int(kind.code))) for kind in family(DriverError)}


def test_every_finding_is_documented_with_whether_it_can_be_overridden() -> None:
    rows = (ROOT / "docs" / "preflight.md").read_text().splitlines()
    documented = {(first, second) for first, second in cells(rows) if second in {"yes", "no"}}
    assert documented == {(str(code), "yes" if code in OVERRIDABLE else "no") for code in Code}


def cells(rows: list[str]) -> list[tuple[str, str]]:
    found = [[cell.strip() for cell in row.split("|")[1:3]] for row in rows if row.startswith("| ")]
    return [(first, second) for first, second in found]


def family(kind: type[DriverError]) -> list[type[DriverError]]:
    """A class of driver/errors.py with all that derive from it there."""
    below = [found for child in kind.__subclasses__() for found in family(child)]
    return [row for row in (kind, *below) if row.__module__ == errors.__name__]


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    assert [name for name in (*COMMANDS, *GROUPS) if name not in readme] == []


def test_every_fault_that_is_documented_names_a_test_that_exists_and_an_exit_code() -> None:
    rows = [line.split("|") for line in (ROOT / "docs" / "faults.md").read_text().splitlines() if "::" in line]
    shown = [re.findall(r"`([\w/]+\.py)::(\w+)`", "|".join(row)) for row in rows]
    assert [row for row, named in zip(rows, shown, strict=True) if len(named) != 1] == []
    for file, name in {named[0] for named in shown}:
        assert f"def {name}(" in (ROOT / "tests" / file).read_text(), (file, name)
    codes = {row[3].strip() for row in rows if len(row) > 1}
    assert codes <= {str(int(code)) for code in ExitCode}


def test_every_page_is_linked_from_another_one_and_every_link_leads_somewhere() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    linked: set[Path] = set()
    for page in pages:
        for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text()):
            if "://" not in link:
                target = (page.parent / link).resolve()
                assert target.exists(), f"{page.name}: {link}"
                linked |= {target} - {page.resolve()}
    shown = [page for page in pages[1:] if page.parent.name != "adr"]
    assert [page.name for page in shown if page.resolve() not in linked] == []


def test_every_page_is_in_the_index_from_which_the_site_has_its_navigation() -> None:
    index = (ROOT / "docs" / "index.md").read_text()
    assert [page.name for page in (ROOT / "docs").glob("*.md") if f"({page.name})" not in index] == ["index.md"]


def test_every_path_that_the_page_on_architecture_names_is_there() -> None:
    words = re.findall(r"`([\w./-]+/[\w./-]*|\w+\.py)`", (ROOT / "docs" / "architecture.md").read_text())
    assert len(words) > 40
    assert [word for word in words if not (ROOT / word).exists()] == []


def test_every_package_says_what_it_is() -> None:
    packages = [path for name in ("model", "components", "driver", "sandbox") for path in (ROOT / name).rglob("*.py")]
    empty = [path for path in packages if path.name == "__init__.py" and not path.read_text().startswith('"""')]
    assert [str(path.relative_to(ROOT)) for path in empty] == []
