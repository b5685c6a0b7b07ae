"""How an image is named: by its branch, the build's number and the commit; on the mainline by branch and commit."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Final

from driver.core.image.checkout import Checkout
from driver.core.values import manifests
from driver.errors import InvalidInput
from model.names.names import KEEP
from model.releases import Source

TAG: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
SHORT: Final = 12
"""Characters of a commit."""


@dataclass(frozen=True, kw_only=True)
class Naming:
    """What beside its source an image is named and labelled by.

    `mainline` are the patterns of slipway:registry's images that staging and prod run, such as `master-*`; `number` is
    that of the build that runs; `about` the labels of OCI that are known.
    """

    mainline: Sequence[str] = ()
    number: str = ""
    about: Mapping[str, str] = field(default_factory=dict)

    def is_mainline(self, branch: str) -> bool:
        """Whether images of a branch are what staging and prod run."""
        return f"{_safe(branch)}-*" in self.mainline


PLAIN: Final = Naming()


def naming(checkout: Checkout | None, mainline: Sequence[str] = ()) -> Naming:
    """The naming of an image of a checkout. The time is that of the commit, so that two builds of one are the same."""
    if checkout is None:
        return Naming(mainline=mainline)
    known = {manifests.SOURCE: checkout.remote, manifests.CREATED: "" if checkout.source.dirty else checkout.time}
    about = {label: value for label, value in known.items() if value}
    return Naming(mainline=mainline, number=checkout.number, about=about)


def default_tag(source: Source | None, content: str, by: Naming = PLAIN) -> str:
    """`<branch>-<build>-<commit>`, on the mainline `<branch>-<commit>`; without git the content's digest.

    Where the work tree differs from the commit, `-dirty-<content>` follows. A branch whose images would be taken for
    those of the mainline (`main-menu`) has `branch-` before it.
    """
    short = content.removeprefix("sha256:")[:SHORT]
    if source is None or source.commit is None:
        return short
    branch = _safe(source.branch or "")
    mainline = by.is_mainline(source.branch or "")
    parts = [branch, "" if mainline else _safe(by.number), source.commit[:SHORT]]
    if not mainline and branch and any(fnmatchcase(f"{branch}-", pattern) for pattern in by.mainline):
        parts.insert(0, "branch")
    if source.dirty:
        parts += ["dirty", short[:8]]
    return "-".join(part for part in parts if part)


def check_tag(tag: str | None) -> None:
    """Raises InvalidInput for what can't be the tag of an image that somebody pushes."""
    if tag is not None and not TAG.fullmatch(tag):
        raise InvalidInput(
            f"{tag} can't be the tag of an image",
            hint="A tag has at most 128 letters, digits, `_`, `.` and `-`, and begins with none of the last two.",
        )
    if tag is not None and tag.startswith(KEEP):
        raise InvalidInput(
            f"{tag} can't be the tag of an image", hint=f"Tags that begin with `{KEEP}` are those of releases."
        )


def _safe(text: str) -> str:
    """What of a name a tag may have in it."""
    return re.sub(r"[^A-Za-z0-9_.]+", "-", text).strip("-.")[:80].rstrip("-.")
