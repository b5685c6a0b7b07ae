"""What AWS refused, in one sentence, and which refusals mean that a thing is not there."""

import re
import time
from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from sandbox.providers.values import Properties

Answer = TypeVar("Answer")

_MISSING = re.compile(r"NotFound|NoSuch|Nonexistent|^404$")
_IN_USE = ("DependencyViolation", "ResourceInUse", "InvalidIPAddress.InUse", "DeleteConflict")


class PluginError(Exception):
    """A sentence for the user."""


def code(error: ClientError) -> str:
    """AWS's name for the error, such as `InvalidVpcID.NotFound`."""
    return str(error.response.get("Error", {}).get("Code", ""))


def is_missing(error: ClientError) -> bool:
    """Does it say that the thing asked for does not exist?"""
    return bool(_MISSING.search(code(error)))


def explain(error: ClientError | BotoCoreError) -> str:
    """`CreateSubnet: InvalidSubnet.Conflict: The CIDR …`."""
    if not isinstance(error, ClientError):
        return str(error)
    message = error.response.get("Error", {}).get("Message", "")
    return f"{error.operation_name}: {code(error)}: {message}"


def found(ask: Callable[[], Answer]) -> Answer | None:
    """The answer, or None where AWS says that there is no such thing."""
    try:
        return ask()
    except ClientError as error:
        if is_missing(error):
            return None
        raise


def one(answer: Properties | None, key: str) -> Properties | None:
    """The first of the things listed under `key` in an answer, if there is one."""
    things = (answer or {}).get(key) or []
    return things[0] if things else None


def until_free(act: Callable[[], object], *, seconds: float = 60) -> None:
    """Deletes what something else may still hold on to for a while; missing counts as deleted."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            act()
            return
        except ClientError as error:
            if is_missing(error):
                return
            if not code(error).startswith(_IN_USE) or time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def wait(done: Callable[[], bool], *, what: str, seconds: float) -> None:
    """Polls until `done`. Raises PluginError naming `what` when `seconds` have passed."""
    deadline, pause = time.monotonic() + seconds, 0.05
    while not done():
        if time.monotonic() > deadline:
            raise PluginError(f"{what}: not after {seconds:.0f} s")
        time.sleep(pause)
        pause = min(pause * 1.5, 1)
