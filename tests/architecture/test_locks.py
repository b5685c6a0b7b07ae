"""Every package that is installed is locked with its hashes, in versions that the project asks for."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = ROOT / "requirements"
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", re.MULTILINE)


def pins(name: str) -> dict[str, set[str]]:
    """The versions of each package; several where platforms or Pythons differ."""
    found: dict[str, set[str]] = {}
    for package, version in PIN.findall((LOCKS / f"{name}.lock").read_text()):
        found.setdefault(canonicalize_name(package), set()).add(version)
    return found


def asked(*extras: str) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    rows = [*project["dependencies"], *(row for extra in extras for row in project["optional-dependencies"][extra])]
    return [Requirement(row) for row in rows]


@pytest.mark.parametrize(("lock", "extras"), [("product", ()), ("all", ("sandbox", "dev"))])
def test_what_the_project_asks_for_is_locked(lock: str, extras: tuple[str, ...]) -> None:
    locked = pins(lock)
    lacking = [str(row) for row in asked(*extras) if canonicalize_name(row.name) not in locked]
    other = [
        f"{row} and {version}"
        for row in asked(*extras)
        for version in locked.get(canonicalize_name(row.name), ())
        if not row.specifier.contains(version, prereleases=True)
    ]
    assert (lacking, other) == ([], []), "run `make lock`"


@pytest.mark.parametrize("name", ["scanner", "clients", "audit"])
def test_what_tools_ask_for_is_locked(name: str) -> None:
    rows = [row for row in (LOCKS / f"{name}.in").read_text().splitlines() if row and not row.startswith("#")]
    locked = pins(name)
    for row in map(Requirement, rows):
        assert any(row.specifier.contains(version) for version in locked[canonicalize_name(row.name)]), row


def test_what_is_shipped_is_what_the_tests_run_with() -> None:
    everything = pins("all")
    assert [name for name, versions in pins("product").items() if versions != everything.get(name)] == []


@pytest.mark.parametrize("lock", sorted(path.name for path in LOCKS.glob("*.lock")))
def test_every_pin_has_hashes_and_no_place(lock: str) -> None:
    text = (LOCKS / lock).read_text()
    bare = [
        row.splitlines()[0] for row in re.split(r"\n(?=\S)", text) if PIN.match(row) and "--hash=sha256:" not in row
    ]
    assert bare == []
    assert "://" not in text
