"""Telling those outside of releases, in the background: nobody who is slow or down holds a release up."""

import os
import threading
import time
from collections.abc import Mapping
from queue import SimpleQueue
from typing import Protocol

from driver.adapters.notify import otlp
from driver.adapters.notify.grafana import Grafana
from driver.adapters.notify.http import Untold
from driver.adapters.notify.webhook import Webhook
from driver.core.ports import Say
from driver.core.values.notification import Note
from model.settings.notify import Notify

PATIENCE = 6.0
"""Seconds that the end of a command waits for all of them together."""


class Receiver(Protocol):
    """Somebody outside."""

    name: str

    def tell(self, note: Note) -> None:
        """Pass it on. Raises Untold."""


class Telling:
    """The port Marks: one thread for each receiver, so that each hears everything in its order."""

    def __init__(
        self, settings: Notify, say: Say, env: Mapping[str, str] = os.environ, patience: float = PATIENCE
    ) -> None:
        self._receivers: list[Receiver] = [Webhook(hook, env) for hook in settings.webhooks]
        if settings.grafana is not None:
            self._receivers.append(Grafana(settings.grafana, env))
        if otlp.wanted(env):
            self._receivers.append(otlp.Otlp(env))
        self._say = say
        self._patience = patience
        self._messengers: list[_Messenger] = []
        self._regrets: list[str] = []

    def tell(self, note: Note) -> None:
        """Hand it to every receiver's thread."""
        if not self._messengers:
            self._messengers = [_Messenger(receiver) for receiver in self._receivers]
        for messenger in self._messengers:
            messenger.notes.put(note)

    def regret(self, sentence: str) -> None:
        """Keep a sentence for the end."""
        self._regrets.append(sentence)

    def finish(self) -> None:
        """Wait for what is under way, a few seconds at most, and say what could not be done: a line each."""
        deadline = time.monotonic() + self._patience
        messengers, self._messengers = self._messengers, []
        for messenger in messengers:
            messenger.notes.put(None)
        for messenger in messengers:
            messenger.join(max(0.0, deadline - time.monotonic()))
            if regret := messenger.regret():
                self._regrets.append(regret)
        regrets, self._regrets = self._regrets, []
        for line in regrets:
            self._say(f"note: {line}")


class _Messenger(threading.Thread):
    """Tells one receiver; a daemon, so that the command ends whatever the receiver does."""

    def __init__(self, receiver: Receiver) -> None:
        super().__init__(name=f"telling {receiver.name}", daemon=True)
        self.notes: SimpleQueue[Note | None] = SimpleQueue()
        self._receiver = receiver
        self._failures: list[str] = []
        self.start()

    def run(self) -> None:
        """One note after the other, until None."""
        for note in iter(self.notes.get, None):
            try:
                self._receiver.tell(note)
            except Untold as reason:
                self._failures.append(f"{self._receiver.name} was not told of {note.about} ({note.occasion}): {reason}")

    def regret(self) -> str:
        """What went wrong first, empty if nothing did."""
        if self._failures:
            return self._failures[0]
        return f"{self._receiver.name} is slow and was not waited for" if self.is_alive() else ""
