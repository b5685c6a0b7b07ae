"""Values of variables as a person gives them: unseen on a terminal, on standard input, or in a file."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from driver import console


def names_alone(keys: Sequence[str]) -> None:
    """Raises InvalidInput for a value in the command line."""
    from driver.errors import InvalidInput

    # What stands after `=` is a value and is not repeated.
    if any("=" in key for key in keys):
        raise InvalidInput(
            "a value was given on the command line, where the shell's history and every user of the machine can see it",
            hint="Name the variable alone: its value is asked for, or read from standard input.",
        )


def given(keys: Sequence[str], *, stdin: bool) -> Mapping[str, str]:
    """The value of each variable. Raises InvalidInput where they can't be asked for."""
    from getpass import getpass

    from driver.core.values.secret import SecretValues
    from driver.errors import InvalidInput

    if stdin or not sys.stdin.isatty():
        if len(keys) != 1:
            raise InvalidInput(
                "standard input has the value of one variable",
                hint="For several, as NAME=value lines: slipway config import ENV APP -",
            )
        value = text("-").removesuffix("\n")
        if not value and not stdin:
            raise InvalidInput(
                f"nothing was read from standard input for {keys[0]}", hint="If it shall be empty, add --stdin."
            )
        return SecretValues({keys[0]: value})
    if not console.interactive():
        raise InvalidInput(
            "there is no terminal to ask for the values on",
            hint="Give the value of one KEY on standard input, or for several: slipway config import ENV APP FILE",
        )
    return SecretValues({key: getpass(f"{key}: ", stream=sys.stderr) for key in keys})


def text(file: str) -> str:
    """What a file holds, or standard input for `-`. Raises InvalidInput, which quotes nothing of it."""
    from driver.errors import InvalidInput

    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return raw.decode()
    except OSError as error:
        raise InvalidInput(f"{file} can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        # The error itself quotes what it could not decode.
        raise InvalidInput(f"{'standard input' if file == '-' else file} is not UTF-8 text") from None
