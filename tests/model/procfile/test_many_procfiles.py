"""Procfiles in the ways in which public ones are written: read as another reader reads them, and their scripts run."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from honcho.environ import parse_procfile as honcho

from model.procfile.bash_syntax import constructs
from model.procfile.entrypoint_script import NO_BASH, entrypoint_script
from model.procfile.procfile import parse_procfile
from model.procfile.shell_line import exec_last

FILES = (Path(__file__).parent / "procfiles.txt").read_text(encoding="utf-8").split("===\n")
LINES = sorted({row for file in FILES for row in parse_procfile(file).items()})
ALONE = [row for row in LINES if exec_last(row[1]) and not re.match(r"(?:ba)?sh\b", row[1])]
"""Those of one program; a shell of theirs would be taken for the script's own."""
PORT, CODE = "5123", 7


def test_there_are_many() -> None:
    assert len(FILES) > 110
    assert len(LINES) > 140
    assert len(ALONE) > 110


def test_honcho_reads_each_of_them_alike() -> None:
    for file in FILES:
        assert dict(parse_procfile(file)) == honcho(file).processes, file


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    folder = tmp_path_factory.mktemp("scripts")
    found = {}
    for number, (process, command) in enumerate(LINES):
        found[process, command] = folder / f"{number}.sh"
        found[process, command].write_text(entrypoint_script(process, command))
    return found


def test_shellcheck_finds_nothing_in_what_is_not_the_authors(scripts: dict[tuple[str, str], Path]) -> None:
    program = Path(sys.executable).with_name("shellcheck")
    ends = {}
    for (_, command), path in scripts.items():
        lines = path.read_text().splitlines()
        own = len(lines) - (len(exec_last(command) or ()) or 1)
        # Those that are alike but for the author's line are looked at once.
        ends.setdefault("\n".join(lines[:own]), (path, own))
    of_file = {str(path): own for path, own in ends.values()}
    done = subprocess.run([program, "-f", "gcc", *of_file], capture_output=True, text=True, check=False)
    told = re.findall(r"^(.+?):(\d+):\d+: (.*)$", done.stdout, re.M)
    assert [row for row in told if int(row[1]) <= of_file[row[0]]] == []


@pytest.mark.parametrize("shell", ["dash", "bash"])
def test_each_script_is_one_that_the_shell_can_read(shell: str, scripts: dict[tuple[str, str], Path]) -> None:
    for (_, command), path in scripts.items():
        if shell == "bash" or not constructs(command):
            done = subprocess.run([shell, "-n", path], capture_output=True, text=True, check=False)
            assert (done.returncode, done.stderr) == (0, ""), command


@pytest.mark.parametrize("shell", ["dash", "bash"])
def test_a_line_of_one_program_becomes_that_program(
    shell: str, scripts: dict[tuple[str, str], Path], tmp_path: Path
) -> None:
    """The program has the script's own process id, so that it gets its signals; its exit code; and the port."""
    folder, programs = tmp_path / "app", tmp_path / "bin"
    folder.mkdir()
    programs.mkdir()
    for process, command in ALONE:
        program = shlex.split((exec_last(command) or ("",))[-1])[1]
        stub = folder / program if "/" in program else programs / program
        if not stub.exists():
            stub.parent.mkdir(parents=True, exist_ok=True)
            stub.write_text(f'#!/bin/sh\necho "$$ $DYNO $*"\nexit {CODE}\n')
            stub.chmod(0o755)
        env = {"PATH": f"{programs}:/nowhere", "HOME": str(folder), "PORT": PORT, "MARK": "x"}
        with subprocess.Popen(
            [f"/usr/bin/{shell}", scripts[process, command]],
            cwd=folder,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as child:
            out, errors = child.communicate(timeout=20)
        if shell == "dash" and constructs(command):
            assert child.returncode == NO_BASH
            continue
        assert child.returncode == CODE, (command, errors)
        number, dyno, rest = out.rstrip("\n").split(" ", 2)
        assert (int(number), dyno) == (child.pid, f"{process}.1"), command
        if re.search(r"\$(PORT\b|\{PORT\b)", visible_line(command)):
            assert PORT in rest, command


def visible_line(command: str) -> str:
    """The program with its arguments, without what single quotes keep from the shell."""
    return re.sub(r"'[^']*'", "", (exec_last(command) or ("",))[-1])
