"""The tools of this machine that build images: which one there is, and how it is run."""

import os
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from driver.core.image.building import Argv, Tool, fields
from driver.core.ports import Say
from driver.errors import InvalidInput, NotReady

PROBE = 30.0
"""Seconds within which a tool has to say whether it works."""
LINES = 40
"""So many of the last lines are shown of a build that failed."""
_INSTEAD: Final = "Install one; or build elsewhere, for what needs none: slipway image wrap ENV APP --from IMAGE"
_PROBES: Final = {
    "docker": ("docker", "version"),
    "podman": ("podman", "info"),
    "nerdctl": ("nerdctl", "info"),
    "finch": ("finch", "info"),
}


def find(wanted: str, *, dockerfile: bool) -> Tool:
    """The tool that is named, or the first that works; without a Dockerfile pack. Raises NotReady, InvalidInput."""
    if wanted and wanted not in {*_PROBES, Tool.PACK}:
        raise InvalidInput(f"{wanted} builds nothing here", hint=f"One of {', '.join([*_PROBES, Tool.PACK])} does.")
    if wanted == Tool.PACK or (not wanted and not dockerfile):
        if shutil.which("pack") is None:
            raise NotReady("there is no Dockerfile, and no `pack` that would do without", hint=_INSTEAD)
        _require(("docker",))
        return Tool.PACK
    if not dockerfile:
        raise NotReady(f"{wanted} builds from a Dockerfile, and there is none", hint="Add one, or take --builder pack.")
    found = _require((wanted,) if wanted else tuple(_PROBES))
    if found != Tool.BUILDX:
        return Tool(found)
    return Tool.BUILDX if _works(("docker", "buildx", "version")) == "" else Tool.LEGACY


def _require(names: Sequence[str]) -> str:
    refused = []
    for name in names:
        why = _works(_PROBES[name])
        if not why:
            return name
        refused.append(f"{name}: {why}")
    raise NotReady(f"nothing that builds images works here ({'; '.join(refused)})", hint=_INSTEAD)


def _works(argv: Sequence[str]) -> str:
    """Why a tool does not; empty where it does."""
    if shutil.which(argv[0]) is None:
        return "not installed"
    try:
        done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=PROBE)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"does not answer ({type(error).__name__})"
    lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
    return "" if done.returncode == 0 else (lines[-1][:160] if lines else f"ended with {done.returncode}")


def run(commands: Sequence[Argv], secrets: Mapping[str, bytes], say: Say, *, quiet: bool) -> None:
    """Run them in turn. What they say is said, or where it is quiet kept for the error of a failure.

    Raises NotReady with the last lines of the one that failed; no value of a secret is among them.
    """
    for argv in commands:
        # A terminal is for the tool's own progress; secrets would have to be looked for in it.
        loud = not quiet and not secrets and sys.stderr.isatty()
        with subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr.fileno() if loud else subprocess.PIPE,
            stderr=sys.stderr.fileno() if loud else subprocess.STDOUT,
            env={**os.environ, "DOCKER_CLI_HINTS": "false"},
        ) as child:
            try:
                tail = _told(child.stdout or (), secrets, None if quiet else say)
            except BaseException:
                # Told to stop: nobody waits for what it builds.
                child.terminate()
                raise
        if child.returncode != 0:
            said = "".join(f"\n  {line}" for line in tail) if quiet else ""
            raise NotReady(
                f"`{' '.join(argv[:3])}` failed with {child.returncode}{said}",
                hint="Mend what it names, then run it again.",
            )


def _told(lines: Iterable[bytes], secrets: Mapping[str, bytes], say: Say | None) -> Sequence[str]:
    tail: deque[str] = deque(maxlen=LINES)
    for line in lines:
        tail.append(_masked(line, secrets).decode(errors="replace").rstrip())
        if say is not None:
            say(tail[-1])
    return tuple(tail)


def secret_values(given: Sequence[str]) -> dict[str, bytes]:
    """The values of build secrets by their ids, which are looked for in what was built. Raises InvalidInput."""
    found = {}
    for one in given:
        row = fields(one)
        try:
            value = Path(row["src"]).read_bytes() if row.get("src") else os.environ[row["env"]].encode()
        except KeyError:
            raise InvalidInput(f"--secret {row['id']}: the variable {row['env']} is not set") from None
        except OSError as error:
            raise InvalidInput(f"--secret {row['id']}: {row['src']} can't be read: {error.strerror}") from None
        found[row["id"]] = value.strip()
    return found


def _masked(line: bytes, secrets: Mapping[str, bytes]) -> bytes:
    for value in secrets.values():
        line = line.replace(value, b"***") if value else line
    return line
