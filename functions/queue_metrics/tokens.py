"""The tokens of the apps, each out of a secret of its own, kept for a while: a look at a secret costs money."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

NAME = "HIREFIRE_TOKEN"
"""The app's variable, as HireFire's own clients call it."""
KEPT = 900.0
"""Seconds for which a token is used without another look, unless the app refuses it."""
CURRENT, PREVIOUS = "AWSCURRENT", "AWSPREVIOUS"
Read = Callable[[str, str], str | None]
"""The text of a secret, by its ARN and a version stage; None where there is none."""


@dataclass
class Tokens:
    """All tokens that were read, by the secret's ARN."""

    read: Read
    kept: dict[str, tuple[str | None, float]] = field(default_factory=dict, repr=False)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, secret: str) -> str | None:
        """The token; None where the app has none yet, which is looked at again each time."""
        token, at = self.kept.get(secret, (None, 0.0))
        if token is not None and time.monotonic() - at < KEPT:
            return token
        return self._keep(secret, self._token(secret, CURRENT))

    def other(self, secret: str, refused: str) -> str | None:
        """Another one than the app has refused: the newer, if there is one, or the one before.

        While a release rolls out, old tasks know the old token and new ones the new one.
        """
        found = self._token(secret, CURRENT)
        if found is None or found == refused:
            found = self._token(secret, PREVIOUS)
        return None if found is None or found == refused else found

    def keep(self, secret: str, token: str) -> None:
        """The app took this one."""
        self._keep(secret, token)

    def _keep(self, secret: str, token: str | None) -> str | None:
        with self.lock:
            self.kept[secret] = (token, time.monotonic())
        return token

    def _token(self, secret: str, stage: str) -> str | None:
        text = self.read(secret, stage)
        try:
            found = json.loads(text or "{}")
        except ValueError:
            return None
        token = found.get(NAME) if isinstance(found, dict) else None
        return token if isinstance(token, str) and token else None
