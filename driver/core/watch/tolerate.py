"""Asking AWS on, when it answers that it has trouble or is asked too often: what ECS does goes on meanwhile."""

from collections.abc import Callable
from typing import TypeVar

from driver.core.ports import Say
from driver.errors import Unavailable

Answer = TypeVar("Answer")


class Patience:
    """Asks once a call; the caller asks again with its next look, until its own time is up."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._waiting = False

    def ask(self, question: Callable[[], Answer]) -> Answer | None:
        """The answer, or None where AWS has none now; the trouble is told once, and so is its end."""
        try:
            answer = question()
        except Unavailable as error:
            if not self._waiting:
                self._say(f"{error.message}; asking on")
            self._waiting = True
            return None
        if self._waiting:
            self._say("AWS answers again")
        self._waiting = False
        return answer
