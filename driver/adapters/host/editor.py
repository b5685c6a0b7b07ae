"""A person's editor on a text that nobody else may read, and that is left nowhere."""

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from driver.errors import Interrupted, InvalidInput

MEMORY = Path("/dev/shm")
"""Where Linux keeps files in memory alone."""


def edit(text: str, suffix: str, environment: Mapping[str, str] = os.environ) -> str:
    """The text as the editor left it: $VISUAL, $EDITOR, or vi. Its file has mode 600, in memory where that is possible,
    and is removed whatever happens.

    Raises InvalidInput where there is no editor, Interrupted where it ends with an error.
    """
    named = environment.get("VISUAL") or environment.get("EDITOR")
    if not named and not sys.stdin.isatty():
        raise InvalidInput(
            "there is no terminal for an editor, and no EDITOR is set",
            hint="Change single variables, or all of them from a file: slipway config import ENV APP FILE --replace",
        )
    command = shlex.split(named or "vi")
    place = MEMORY if os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="slipway-", dir=place) as folder:
        file = Path(folder) / f"variables{suffix}"
        file.touch(mode=0o600)
        file.write_bytes(text.encode())
        try:
            ended = subprocess.run([*command, str(file)], check=False).returncode
        except OSError as error:
            raise InvalidInput(
                f"the editor {command[0]} can't be started: {error.strerror}",
                hint="Set EDITOR to one that is installed.",
            ) from None
        if ended != 0:
            raise Interrupted(f"the editor ended with {ended}; nothing was changed")
        try:
            return file.read_bytes().decode()
        except UnicodeDecodeError:
            raise InvalidInput("the edited file is not UTF-8 text", hint="Nothing was written.") from None
