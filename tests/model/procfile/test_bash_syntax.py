"""Rules of what needs bash, held against shellcheck and the shells themselves."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from model.procfile.bash_syntax import constructs

NEEDS_BASH = {
    "if [[ $DATABASE_URL ]]; then ./migrate; fi": "[[ … ]]",
    "[[ -n $A ]] && run": "[[ … ]]",
    "while ((1)); do work; done": "(( … ))",
    "run <(env)": "<( … )",
    "run > >(tee log)": ">( … )",
    "run <<< text": "<<<",
    "printf $'a\\n'": "$'…'",
    "run &> log": "&>",
    "run |& tee log": "|&",
    "run {a,b}.py": "{…,…}",
    "for i in {1..3}; do run; done": "{…,…}",
    "files=(a b); run": "name=( … )",
    "A+=b; run": "name+=…",
    '[ "$ENV" == prod ] && run': "[ … == … ]",
    "set -euo pipefail; run": "set -o pipefail",
    "trap 'run' ERR; work": "trap … ERR",
    "echo -e 'a\\tb'": "echo -e",
    "read -p x y": "read -p",
    "wait -n": "wait -n",
    "source env.sh && run": "source",
    "cd a; source env.sh; run": "source",
    "declare -x A=1; run": "declare",
    "function f { run; }; f": "function",
    "run ${A//b/c}": "${name/…/…}",
    'run "${A:1:2}"': "${name:…:…}",
    "run ${A^^}": "${name^}",
    "run ${!A}": "${!name}",
    "run ${A[0]}": "${name[…]}",
    "run $RANDOM": "$RANDOM",
    'run "$RANDOM"': "$RANDOM",
    "run ${EUID}": "$EUID",
}
NEEDS_NONE = (
    "gunicorn app.wsgi --bind 0.0.0.0:${PORT:-8000}",
    "run 2>&1 >/dev/null",
    "run >&2",
    "run $((A+1)) $(nproc)",
    "run '[[ x ]]' \"a && [[ b ]]\" \\[\\[",
    "run ${A%/*} ${A#*/} ${A:-b/c,d} ${A:+x} ${#A}",
    "f() { run; }; f",
    "node -e 'let x = {a,b}'",
    "awk '{print $1,$2}' file",
    "A=b,c run",
    "curl --data {} host",
    "until [ -f x ]; do sleep 1; done; run",
    '[ "$A" = b ] && run',
    "trap 'run' EXIT; work",
    "run # [[ later ]]",
    "run a#b",
    "resource source; run",
    ". ./env.sh && run",
)


def shellcheck(command: str, shell: str) -> set[int]:
    """The codes of what shellcheck finds that POSIX sh has not: SC2039, SC2113 and SC3000 to SC3061."""
    program = Path(sys.executable).with_name("shellcheck")
    done = subprocess.run(
        [program, "-s", shell, "-f", "json", "-"], input=f"{command}\n", capture_output=True, text=True, check=False
    )
    codes = {row["code"] for row in json.loads(done.stdout)}
    return {code for code in codes if code in {2039, 2113} or 3000 <= code < 3062}


@pytest.mark.parametrize(("command", "construct"), NEEDS_BASH.items())
def test_what_only_bash_understands_is_named(command: str, construct: str) -> None:
    assert constructs(command) == (construct,)
    assert shellcheck(command, "sh"), "shellcheck takes it for POSIX"


@pytest.mark.parametrize("command", NEEDS_NONE)
def test_what_every_shell_understands_needs_none(command: str) -> None:
    assert constructs(command) == ()
    assert not shellcheck(command, "sh")
