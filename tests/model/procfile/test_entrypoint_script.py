"""Rules of the entrypoint scripts, held by running them with sh."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.procfile.entrypoint_script import LAUNCHER, NO_BASH, SCRIPT_MARK, entrypoint_script
from model.procfile.shell_line import exec_last

WORDS = st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S", "Zs"]), max_size=20)


def quoted(word: str) -> str:
    return "'" + word.replace("'", "'\\''") + "'"


def run(command: str, folder: Path, process: str = "web", **env: str) -> subprocess.CompletedProcess[str]:
    script = folder / f"entrypoint-{process}.sh"
    script.write_text(entrypoint_script(process, command))
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
    return entrypoint_script("web", command).splitlines()[-1]


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
        "echo `date`",
        "NAME=$(hostname) python serve.py",
        "NAME=${X:-a b} python serve.py",
        "NAME=value",
    ],
)
def test_what_is_more_than_one_program_stays_with_the_shell_as_it_is(command: str) -> None:
    script = entrypoint_script("web", command)
    assert script.endswith(f"\n{command}\n")
    assert "SIGTERM" in script


def test_a_script_says_what_made_it() -> None:
    assert entrypoint_script("web", "run").splitlines()[:2] == ["#!/bin/sh", SCRIPT_MARK]


@pytest.fixture
def no_bash(tmp_path: Path) -> str:
    """A PATH with the programs of a slim image, bash not among them."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("sh", "true", "false", "cat", "env", "tee"):
        (programs / name).symlink_to(shutil.which("dash" if name == "sh" else name) or "")
    return str(programs)


def test_a_line_is_run_by_bash_where_the_image_has_it(tmp_path: Path) -> None:
    assert run('if [[ ! $NOTHING ]]; then echo "${BASH_VERSION:+bash}"; fi', tmp_path).stdout == "bash\n"
    assert run('echo "${BASH_VERSION:+bash}"; true', tmp_path).stdout == "bash\n"
    assert run("cat <(echo a) | cat", tmp_path).stdout == "a\n"


def test_without_bash_sh_runs_what_it_understands(tmp_path: Path, no_bash: str) -> None:
    assert run('echo "${BASH_VERSION:-sh}"; true', tmp_path, PATH=no_bash).stdout == "sh\n"


@pytest.mark.parametrize(
    "command", ["if [[ $DATABASE_URL ]]; then echo ran; fi", "echo ran; cat <(echo b)", "printf $'ran\\n'"]
)
def test_without_bash_a_line_that_needs_it_says_so_and_runs_nothing(command: str, tmp_path: Path, no_bash: str) -> None:
    done = run(command, tmp_path, PATH=no_bash)
    assert (done.returncode, done.stdout) == (NO_BASH, "")
    assert "the line of web in the Procfile needs bash for" in done.stderr


@pytest.mark.parametrize("command", ["false | cat", "false | tee log; true", "[[ -n x ]] && false | cat"])
def test_a_migration_that_fails_before_a_pipe_has_failed(command: str, tmp_path: Path) -> None:
    assert run(command, tmp_path, "release").returncode == 1
    assert run("true | cat", tmp_path, "release").returncode == 0


def test_a_migration_with_a_pipe_is_not_run_by_a_shell_that_would_miss_a_failure(tmp_path: Path, no_bash: str) -> None:
    done = run("echo ran | cat", tmp_path, "release", PATH=no_bash)
    knows = subprocess.run(["dash", "-c", "set -o pipefail"], capture_output=True, check=False).returncode == 0
    assert (done.returncode, done.stdout) == ((0, "ran\n") if knows else (NO_BASH, ""))
    assert run("false || echo ran", tmp_path, "release", PATH=no_bash).stdout == "ran\n"


def test_a_pipe_of_another_process_stays_as_heroku_has_it(tmp_path: Path) -> None:
    assert run("false | cat", tmp_path).returncode == 0


@pytest.mark.parametrize("command", ["exec python serve.py", "cd site && exec python serve.py", "A=1 exec serve;"])
def test_who_writes_exec_gets_no_advice_to_write_it(command: str) -> None:
    assert entrypoint_script("web", command).splitlines()[-2:] == ["set -e", command]


@pytest.mark.parametrize("command", ["exec serve &", "exec a; serve", "run 'exec x' && serve", "execute && serve"])
def test_exec_elsewhere_is_none_of_the_last_command(command: str) -> None:
    assert "SIGTERM" in entrypoint_script("web", command)


@pytest.mark.parametrize("process", ["web", "release"])
@pytest.mark.parametrize(
    "command",
    [
        "serve",
        "A=1 serve",
        "A=1 exec serve",
        "serve | tee log",
        "if [[ -n x ]]; then serve; fi",
        "printf $'a\\n'; serve",
        "serve <(env) | cat",
        "cd site && serve",
        "serve {a,b}",
    ],
)
def test_shellcheck_finds_nothing_in_a_script(process: str, command: str) -> None:
    text = entrypoint_script(process, command)
    program = Path(sys.executable).with_name("shellcheck")
    done = subprocess.run([program, "-"], input=text, capture_output=True, text=True, check=False)
    # What it says of the author's own line is the author's.
    own = len(text.splitlines()) - (3 if exec_last(command) else 1)
    lines = [int(line) for line in re.findall(r"^In - line (\d+):", done.stdout, re.M)]
    assert [line for line in lines if line <= own] == []


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
    (tmp_path / "entrypoint-web.sh").write_text(entrypoint_script("web", f"{before}sh program.sh"))
    child = subprocess.Popen(["sh", "entrypoint-web.sh"], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    with child:
        assert child.stdout.readline() == "ready\n"
        time.sleep(0.1)
        child.send_signal(signal.SIGTERM)
        assert child.stdout.read() == "stopped\n"
    assert child.returncode == 7


TASK = "0123456789abcdef0123456789abcdef"
METADATA = {"ECS_CONTAINER_METADATA_URI_V4": f"http://169.254.170.2/v4/{TASK}-0000000000"}


def test_a_process_knows_its_task_by_its_first_letters(tmp_path: Path) -> None:
    assert run("printenv DYNO", tmp_path, **METADATA).stdout == "web.01234567\n"
    assert run("printenv DYNO", tmp_path, "release", **METADATA).stdout == "release.01234567\n"
    assert run("printenv DYNO", tmp_path).stdout == "web.1\n"
    assert run("printenv DYNO", tmp_path, DYNO="mine", **METADATA).stdout == "mine\n"


def test_the_dynos_id_is_told_to_who_is_told_herokus_other_variables(tmp_path: Path) -> None:
    assert run("printenv HEROKU_DYNO_ID", tmp_path, **METADATA).returncode == 1
    assert run("printenv HEROKU_DYNO_ID", tmp_path, HEROKU_RELEASE_VERSION="v7", **METADATA).stdout == f"{TASK}\n"


def test_nothing_of_the_scripts_own_reaches_the_program(tmp_path: Path) -> None:
    found = {line.partition("=")[0] for line in run("env", tmp_path, **METADATA).stdout.splitlines()}
    assert found - set(os.environ) - {"_", "SHLVL", "PWD", "OLDPWD"} == {"DYNO", *METADATA}


def test_what_an_app_sets_up_for_itself_is_there_in_herokus_order(tmp_path: Path) -> None:
    (tmp_path / ".profile.d").mkdir()
    (tmp_path / ".profile.d" / "10-b.sh").write_text("export ORDER=${ORDER}b\n")
    (tmp_path / ".profile.d" / "05-a.sh").write_text("export ORDER=a\nfalse\n")
    (tmp_path / ".profile.d" / "README").write_text("exit 9\n")
    (tmp_path / ".profile").write_text("export ORDER=${ORDER}c WHO=$DYNO\n")
    assert run("printenv ORDER WHO", tmp_path).stdout == "abc\nweb.1\n"


def test_a_profile_that_ends_ends_the_process(tmp_path: Path) -> None:
    (tmp_path / ".profile").write_text("exit 9\n")
    done = run("echo ran", tmp_path)
    assert (done.returncode, done.stdout) == (9, "")


def test_an_image_of_buildpacks_is_started_by_its_launcher(tmp_path: Path) -> None:
    """A launcher as theirs is: it puts what was installed on the PATH, and becomes what comes after `--`."""
    launcher, installed = tmp_path / "launcher", tmp_path / "layers"
    installed.mkdir()
    (installed / "serve").write_text('#!/bin/sh\necho "$$ served by $DYNO ${SLIPWAY_LAUNCHED-clean}"\n')
    launcher.write_text(f'#!/bin/sh\n[ "$1" = -- ] || exit 3\nshift\nPATH="{installed}:$PATH"\nexec "$@"\n')
    for program in (launcher, installed / "serve"):
        program.chmod(0o755)
    script = tmp_path / "entrypoint-web.sh"
    script.write_text(entrypoint_script("web", "serve").replace(LAUNCHER, str(launcher)))
    with subprocess.Popen(["sh", "entrypoint-web.sh"], cwd=tmp_path, stdout=subprocess.PIPE, text=True) as child:
        assert child.communicate()[0] == f"{child.pid} served by web.1 clean\n"
