"""An app's folder: its Procfile, held against what can be run and against the image that its Dockerfile builds."""

from collections.abc import Mapping
from pathlib import Path

from driver.adapters.host import shell_syntax
from driver.core.image.dockerfile import base_without_bash
from driver.core.image.entrypoints import check_ours, check_shell, scripts
from driver.errors import InvalidInput
from model.errors import SpecError
from model.procfile.advice import Advice, advice
from model.procfile.bash_syntax import constructs
from model.procfile.procfile import Procfile, parse_procfile

NAME = "Procfile"


def read_procfile(folder: Path, ports: Mapping[str, int] | None = None) -> tuple[Procfile, list[Advice]]:
    """The Procfile of an app, and what in it does no good. `ports` are the catalogue's, by process.

    Raises InvalidInput for a file that can't be read, SpecError with the line for one that can't be run, and for a
    script that was written by hand where one would be made.
    """
    file = folder / NAME
    procfile = parse_procfile(_text(file), str(file))
    for process, command in procfile.items():
        if why := shell_syntax.refusal(command, bash=bool(constructs(command))):
            raise SpecError(
                procfile.place(process), f"the command of {process!r} can't be run: {why}; mend the line", found=command
            )
    dockerfile = folder / "Dockerfile"
    if dockerfile.is_file():
        check_shell(procfile, base_without_bash(dockerfile.read_text(encoding="utf-8", errors="replace")))
    check_ours(folder, scripts(procfile))
    return procfile, advice(procfile, ports)


def _text(file: Path) -> str:
    try:
        raw = file.read_bytes()
    except FileNotFoundError:
        raise InvalidInput(f"there is no {file}", hint=_instead(file)) from None
    except OSError as error:
        raise InvalidInput(f"{file} can't be read: {error.strerror or error}") from error
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        kind = "UTF-16" if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} else "no UTF-8"
        line = raw[: error.start].count(b"\n") + 1
        raise InvalidInput(
            f"{file}:{line}: the file is {kind}, and a Procfile is read as UTF-8", hint="Save it as UTF-8."
        ) from None


def _instead(file: Path) -> str:
    """What a person may have meant by a file of another name."""
    rows = file.parent.iterdir() if file.parent.is_dir() else ()
    near = sorted(row.name for row in rows if row.name.lower() in {"procfile", "procfile.txt"} and row.is_file())
    return f"There is {near[0]}: call it Procfile." if near else "Name the app's folder: --path DIR."
