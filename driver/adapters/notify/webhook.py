"""Web hooks that are told of releases: Slack's incoming web hooks, what understands those, and any that takes JSON."""

import os
from collections.abc import Mapping

from driver.adapters.notify.http import Request, Untold, exchange
from driver.core.values.notification import Note
from model.settings.notify import Format, Hook


class Webhook:
    """One hook. Its address is a secret: it comes from the environment and is in no message."""

    def __init__(self, hook: Hook, env: Mapping[str, str] = os.environ) -> None:
        self.name = f"the hook {hook.name}"
        self._hook = hook
        self._env = env

    def tell(self, note: Note) -> None:
        """Send what it wants to know of; nothing for other occasions. Raises Untold."""
        if note.occasion not in self._hook.events:
            return
        address = self._env.get(self._hook.variable)
        if not address:
            raise Untold(f"there is no {self._hook.variable} in the environment")
        body = note.facts if self._hook.format is Format.JSON else {"text": _slack(note.text)}
        exchange(Request(method="POST", url=address, body=body))


def _slack(text: str) -> str:
    """Slack's own markup begins with one of three characters.

    https://docs.slack.dev/messaging/formatting-message-text/#escaping
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
