"""The entrypoint scripts of an app, one a process: what an image starts a process with."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from model.errors import SpecError
from model.procfile.bash_syntax import constructs
from model.procfile.entrypoint_script import SCRIPT_MARK, entrypoint_script
from model.procfile.procfile import Procfile, script_name


def scripts(procfile: Mapping[str, str]) -> dict[str, str]:
    """The text of each script by its file name, `release` included."""
    return {script_name(process): entrypoint_script(process, command) for process, command in procfile.items()}


def check_shell(procfile: Procfile, base: str) -> None:
    """Raises SpecError with the line and the construct where a line needs bash and the image built on `base` has none;
    an empty `base` is one that has."""
    for process, command in procfile.items() if base else ():
        if needs := constructs(command):
            raise SpecError(
                procfile.place(process),
                f"the command of {process!r} needs bash for {', '.join(needs)}, and an image built on {base} has none;"
                " install bash in the Dockerfile, or write the line for sh",
                found=command,
            )


def check_ours(folder: Path, names: Iterable[str]) -> None:
    """Raises SpecError where a file of the name of a script was made by somebody else."""
    for path in (folder / name for name in names):
        if path.exists() and not _is_ours(path):
            raise SpecError(
                str(path),
                "this file was not made from the Procfile and would be overwritten; remove it, or move what it does"
                " into the Procfile",
                found=path.name,
            )


def write(procfile: Mapping[str, str], folder: Path) -> tuple[Path, ...]:
    """Writes the scripts into the app's folder, removes those of processes that are gone, and names those written.

    Raises SpecError, before anything is written, where a file of that name was made by somebody else.
    """
    wanted = {folder / name: text for name, text in scripts(procfile).items()}
    check_ours(folder, scripts(procfile))
    for path in folder.glob(script_name("*")):
        if path not in wanted and _is_ours(path):
            path.unlink()
    for path, text in wanted.items():
        path.write_text(text, encoding="utf-8", newline="\n")
        path.chmod(0o755)
    return tuple(wanted)


def _is_ours(path: Path) -> bool:
    return path.is_file() and SCRIPT_MARK in path.read_text(encoding="utf-8", errors="replace").splitlines()
