"""What the shells of this machine say of a line, which they read and do not run."""

import os
import re
import shutil
import subprocess

TIMEOUT = 10.0


def refusal(command: str, *, bash: bool) -> str:
    """Why a shell can't read `command`, in its own words; empty where it can, or where this machine has no such shell.

    Asked is bash, which is what Heroku reads a Procfile with; without one sh, but for what only bash can read.
    https://www.gnu.org/software/bash/manual/html_node/The-Set-Builtin.html
    """
    shell = shutil.which("bash") or (None if bash else shutil.which("sh"))
    if shell is None:
        return ""
    done = subprocess.run(
        [shell, "-n"],
        input=f"{command}\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
    )
    if done.returncode == 0:
        return ""
    first = next(iter(done.stderr.splitlines()), "syntax error")
    return re.sub(r"^\S*sh: (?:line )?\d+: ", "", first)
