"""Ports for what is done besides a release and never fails one: telling those outside, and keeping its image."""

from collections.abc import Collection, Sequence
from typing import Protocol

from driver.core.values.notification import Note


class Marks(Protocol):
    """Those outside who are told of releases, none of whom can fail or hold up one: no method raises."""

    def tell(self, note: Note) -> None:
        """Pass it on, in the background."""

    def regret(self, sentence: str) -> None:
        """Something besides a release went wrong: `finish` says so."""

    def finish(self) -> None:
        """Wait a few seconds for what is under way, and say what could not be done."""


class Tags(Protocol):
    """The tags of images that are there. Every method raises NotReady without repository or image, Unreachable."""

    def add(self, repository: str, digest: str, tag: str) -> None:
        """Give an image one more tag; nothing when it has it."""

    def of(self, repository: str) -> Sequence[Collection[str]]:
        """The tags of each image that has any."""

    def remove(self, repository: str, tags: Sequence[str]) -> None:
        """Take tags off. The last tag of an image would take the image along."""
