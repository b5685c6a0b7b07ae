"""Rules of the entrypoint scripts, held by running them with sh."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spec.procfile import SCRIPT_MARK, entrypoint_script

WORDS = st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S", "Zs"]), max_size=20)


def quoted(word: str) -> str:
    return "'" + word.replace("'", "'\\''") + "'"


def run(command: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    script = folder / "entrypoint-web.sh"
    script.write_text(entrypoint_script(command))
    return subprocess.run(
        ["sh", str(script)],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, **env},
        timeout=20,
        check=False,
    )


def last_line(command: str) -> str:
    return entrypoint_script(command).splitlines()[-1]


@settings(max_examples=40, deadline=None)
@given(words=st.lists(WORDS, min_size=1, max_size=4))
def test_quoted_words_reach_the_program_as_they_are(words: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    command = "printf '<%s>' " + " ".join(map(quoted, words))
    assert last_line(command).startswith("exec ")
    assert run(command, tmp_path_factory.mktemp("app")).stdout == "".join(f"<{word}>" for word in words)


@settings(max_examples=40, deadline=None)
@given(value=WORDS)
def test_an_assignment_in_front_reaches_the_program(value: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    done = run(f"OTHER=1 SHOWN={quoted(value)} printenv SHOWN", tmp_path_factory.mktemp("app"))
    assert (done.stdout, done.returncode) == (f"{value}\n", 0)


@pytest.mark.parametrize(
    "command",
    [
        "gunicorn app.wsgi --bind 0.0.0.0:$PORT",
        "gunicorn app.wsgi --bind 0.0.0.0:${PORT:-8000} --workers $(nproc)",
        "python -c 'import a; a.run()' && true".replace(" && true", ""),
        'celery --app "shop; drop" worker',
        "python manage.py work 2>&1",
        "python manage.py work >> /tmp/log 2>&1 # it's noisy; and long",
        r"printf a\;b",
    ],
)
def test_one_program_takes_the_place_of_the_shell(command: str) -> None:
    assert last_line(command) == f"exec {command}"


@pytest.mark.parametrize(
    "command",
    [
        "python prepare.py && python serve.py",
        "python prepare.py; python serve.py",
        "python serve.py | tee log",
        "python serve.py &",
        "python serve.py || true",
        "cd site && python serve.py",
        "cd site",
        "(python serve.py)",
        "{ python serve.py; }",
        "! python serve.py",
        "while true; do python work.py; done",
        "exec python serve.py",
        "echo `date`",
        "NAME=$(hostname) python serve.py",
        "NAME=${X:-a b} python serve.py",
        "NAME=value",
    ],
)
def test_what_is_more_than_one_program_stays_with_the_shell_as_it_is(command: str) -> None:
    script = entrypoint_script(command)
    assert script.endswith(f"\n{command}\n")
    assert "SIGTERM" in script


def test_a_script_says_what_made_it_and_needs_no_bash() -> None:
    assert entrypoint_script("run").splitlines()[:3] == ["#!/bin/sh", SCRIPT_MARK, "set -e"]


def test_the_first_failing_command_ends_the_script(tmp_path: Path) -> None:
    done = run("false; echo went on", tmp_path)
    assert (done.returncode, done.stdout) == (1, "")


def test_the_exit_code_is_the_programs(tmp_path: Path) -> None:
    assert run("sh -c 'exit 3'", tmp_path).returncode == 3


def test_variables_are_those_of_the_task(tmp_path: Path) -> None:
    assert run("echo 0.0.0.0:$PORT", tmp_path, PORT="8123").stdout == "0.0.0.0:8123\n"


@pytest.mark.parametrize("before", ["", "NAME=value "])
def test_sigterm_reaches_the_program(before: str, tmp_path: Path) -> None:
    (tmp_path / "program.sh").write_text("trap 'echo stopped; exit 7' TERM\necho ready\nwhile :; do sleep 0.05; done\n")
    (tmp_path / "entrypoint-web.sh").write_text(entrypoint_script(f"{before}sh program.sh"))
    child = subprocess.Popen(["sh", "entrypoint-web.sh"], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    with child:
        assert child.stdout.readline() == "ready\n"
        time.sleep(0.1)
        child.send_signal(signal.SIGTERM)
        assert child.stdout.read() == "stopped\n"
    assert child.returncode == 7
