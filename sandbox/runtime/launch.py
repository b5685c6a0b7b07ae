"""How a task's program is found and what environment it gets. Pure but for looking whether files exist."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

# Docker's default for an image that sets none.
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class LaunchError(Exception):
    """A command that can't be run, in the words in which Docker says it."""


def command(config: Mapping[str, Any], entrypoint: Sequence[str] | None, arguments: Sequence[str] | None) -> list[str]:
    """Entry point and command; a definition's own entry point also drops the image's command, as in Docker.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
    """
    first = list(entrypoint or config.get("Entrypoint") or [])
    rest = list(arguments) if arguments else [] if entrypoint else list(config.get("Cmd") or [])
    if not first + rest:
        raise LaunchError("no command specified")
    return first + rest


def environment(config: Mapping[str, Any], given: Mapping[str, str], home: Path) -> dict[str, str]:
    """The image's variables, then the definition's; programs of this Python come first on PATH."""
    image = dict(entry.split("=", 1) for entry in config.get("Env") or [] if "=" in entry)
    merged = {"HOME": str(home), **image, **given}
    path = merged.get("PATH", DEFAULT_PATH)
    return {**merged, "PATH": f"{Path(sys.executable).parent}:{path}", "PYTHONDONTWRITEBYTECODE": "1"}


def inside(root: Path, path: str) -> Path:
    """An absolute path of the image as a path of this machine; `..` never leads out of the root."""
    return root / os.path.normpath("/" + path).lstrip("/")


def program(root: Path, folder: Path, argv: Sequence[str], path: str) -> Path:
    """The file to run for argv[0]: below the task's root first, then on PATH; raises LaunchError."""
    name = argv[0]
    if name.startswith("/"):
        candidates = [inside(root, name), Path(name)]
    elif "/" in name:
        candidates = [folder / name]
    else:
        folders = [part for part in path.split(":") if part]
        # A program of this machine before one of the image, whose libraries are not where it looks for them.
        candidates = [Path(part) / name for part in folders] + [inside(root, part) / name for part in folders]
    for candidate in candidates:
        if candidate.is_file() and os.access(candidate, os.X_OK):
            return candidate
    raise LaunchError(f'exec: "{name}": executable file not found in $PATH')
