"""The entrypoint scripts of an app, one a process: what an image starts a process with."""

from collections.abc import Mapping
from pathlib import Path

from spec.errors import SpecError
from spec.procfile import SCRIPT_MARK, entrypoint_script, script_name


def scripts(procfile: Mapping[str, str]) -> dict[str, str]:
    """The text of each script by its file name, `release` included."""
    return {script_name(process): entrypoint_script(command) for process, command in procfile.items()}


def write(procfile: Mapping[str, str], folder: Path) -> tuple[Path, ...]:
    """Writes the scripts into the app's folder, removes those of processes that are gone, and names those written.

    Raises SpecError, before anything is written, where a file of that name was made by somebody else.
    """
    wanted = {folder / name: text for name, text in scripts(procfile).items()}
    for path in wanted:
        if path.exists() and not _is_ours(path):
            raise SpecError(
                str(path),
                "this file was not made from the Procfile and would be overwritten",
                found=path.name,
                hint="remove it, or move what it does into the Procfile",
            )
    for path in folder.glob(script_name("*")):
        if path not in wanted and _is_ours(path):
            path.unlink()
    for path, text in wanted.items():
        path.write_text(text, encoding="utf-8", newline="\n")
        path.chmod(0o755)
    return tuple(wanted)


def _is_ours(path: Path) -> bool:
    return SCRIPT_MARK in path.read_text(encoding="utf-8", errors="replace").splitlines()
