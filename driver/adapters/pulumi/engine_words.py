"""What the engine says where it could not begin: it does not get at the state, or can't read it."""

import re

from driver.core.account.aws_answers import Answer, failure, of_text
from driver.errors import DriverError, EngineFailed

BACKEND = 'Export what `slipway bootstrap --dry-run` prints; for the sandbox: eval "$(slipway sandbox env)"'
KNOWN = (
    ("PULUMI_ACCESS_TOKEN must be set", "the engine is not told where the state is", BACKEND),
    (
        "passphrase must be set",
        "there is no passphrase for the secrets of the state",
        "Set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE to a file that has it.",
    ),
    (
        "incorrect passphrase",
        "the passphrase is not the one that the secrets of the state were written with",
        "Set PULUMI_CONFIG_PASSPHRASE to that one, or name the key in the stack file: secretsprovider.",
    ),
)
"""What it says, and what that means, and what mends it."""
LOCAL = re.compile(r"\b(127\.\d+\.\d+\.\d+|localhost|\[::1\])")
LAST = 6
"""Lines that are shown of what has no words of ours."""


def unopened(text: str) -> DriverError:
    """The error for an engine that ended before it did anything, by what it printed."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for words, sentence, hint in KNOWN:
        if words in text:
            return EngineFailed(sentence, hint)
    trouble = of_text(text)
    if trouble is not None:
        last = lines[-1].removeprefix("stderr: ").removeprefix("error: ").rsplit(", ", 1)[-1]
        return failure(trouble, Answer(doing="reading the state", text=last, local=LOCAL.search(last) is not None))
    return EngineFailed("the engine failed: " + " / ".join(lines[-LAST:]))
