"""What the stages of a run work with: Slipway's own command as a user types it, and AWS past Slipway."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from driver.core.acceptance.trial_settings import Behaviour


@dataclass(frozen=True, kw_only=True)
class Done:
    """A command that has ended: its exit code, its answer and its story. -9 where it was killed."""

    words: tuple[str, ...]
    code: int
    answer: str
    story: str


class Commands(Protocol):
    """Slipway's own command line, in a project of its own. No method raises for a command that fails."""

    def run(self, *words: str, stdin: str = "") -> Done:
        """Run it to its end."""

    def both(self, *words: str) -> tuple[Done, Done]:
        """Run it twice at once."""

    def kill(self, *words: str, at: str) -> Done:
        """Run it, and kill it as the system would once its story has `at`. It may have ended before."""

    def behave(self, behaviour: Behaviour) -> None:
        """Write the catalogue anew; what it says takes effect with the next release."""

    def files(self) -> Sequence[str]:
        """What is in the project's files."""


class Hand(Protocol):
    """AWS, without Slipway. Every method raises Unreachable, Expired."""

    def definitions(self) -> Mapping[str, str]:
        """What each service of the app runs, by service."""

    def wanted(self) -> Mapping[str, int]:
        """How many tasks each service of the app shall have."""

    def definition_texts(self) -> Sequence[str]:
        """All that the task definitions of those services say."""

    def scale(self, service: str, count: int) -> None:
        """Set a count past Slipway."""

    def restart(self, service: str) -> bool:
        """Have ECS start a service's tasks anew and wait; whether it says that this went well."""

    def page(self, url: str) -> str:
        """What a page says; empty where nothing answers within a minute or two."""

    def left(self) -> Sequence[str]:
        """What of the environment is there still, once it was destroyed."""

    def remove_left(self) -> None:
        """Deregister the task definitions, which no destruction does."""


@dataclass
class Trial:
    """One run: its environment, and what has been said in it.

    `copy_image` brings the app's image into its repository; `forget` deletes what
    outlives an environment: its repositories, its stack and the app's variables.
    """

    env: str
    commands: Commands
    hand: Hand
    secret: str
    copy_image: Callable[[], None]
    forget: Callable[[], None]
    said: list[Done] = field(default_factory=list)

    def slipway(self, *words: str, stdin: str = "") -> Done:
        """Run a command; what it said is kept for the search for secrets."""
        done = self.commands.run(*words, stdin=stdin)
        self.said.append(done)
        return done
