"""The port of dashboards: those that a Grafana has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Folder:
    """A folder, by the title that people read and the version that a change has to name."""

    uid: str
    title: str
    version: int


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A dashboard as it is there: its JSON, the folder it is in, and its version."""

    document: Mapping[str, object]
    folder: str
    version: int


class Dashboards(Protocol):
    """Folders and dashboards. Every method raises Unreachable, also when the token is not taken or may not do it.

    What changes something raises Busy when somebody else has changed it meanwhile, InvalidInput when it is refused.
    """

    def folder(self, uid: str) -> Folder | None:
        """The folder; None when it is not there."""

    def make_folder(self, uid: str, title: str) -> None:
        """A new folder. Raises InvalidInput also when the title is taken."""

    def retitle(self, folder: Folder, title: str) -> None:
        """Give it another title."""

    def read(self, uid: str) -> Stored | None:
        """The dashboard; None when it is not there."""

    def write(self, document: Mapping[str, object], folder: str, over: Stored | None, message: str) -> None:
        """Write a new dashboard, or one `over` what was read."""

    def tagged(self, tags: Sequence[str]) -> Mapping[str, str]:
        """The titles of the dashboards that have all of these tags, by UID."""

    def remove(self, uid: str) -> None:
        """Delete it; nothing when it is not there any more."""
