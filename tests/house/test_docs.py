from pathlib import Path

from driver.cli import COMMANDS, GROUPS
from driver.errors import ExitCode

ROOT = Path(__file__).parents[2]


def test_every_exit_code_is_documented_and_no_other() -> None:
    rows = (ROOT / "docs" / "exit-codes.md").read_text().splitlines()
    documented = {tuple(cell.strip() for cell in row.split("|")[1:3]) for row in rows if row.startswith("| ")}
    assert documented - {("code", "name")} == {(str(int(code)), code.name) for code in ExitCode}


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    assert [name for name in (*COMMANDS, *GROUPS) if name not in readme] == []
