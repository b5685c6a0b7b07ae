"""The versions of an app's variables: what each changed, and which one to go back to. Names alone, never a value."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from driver.core.config import variables as configs
from driver.core.config.variables import Edit
from driver.core.ports import Config
from driver.core.values.common import ConfigVersion
from driver.core.values.secret import SecretValues
from driver.errors import NotFound, NotReady


@dataclass(frozen=True, kw_only=True)
class Step:
    """One version and what it changed of the one before it; None where either of them can't be read."""

    version: ConfigVersion
    change: Edit | None

    @property
    def told(self) -> str:
        """What it changed, in a line."""
        if self.version.gone:
            return f"was {self.version.gone}"
        if self.change is None:
            return "the version before can't be read"
        return ", ".join(line.replace(" ", "", 1) for line in self.change.lines()) or "nothing"

    def facts(self) -> dict[str, object]:
        """The same for scripts."""
        change = self.change
        names = (
            {} if change is None else {kind: list(getattr(change, kind)) for kind in ("added", "changed", "removed")}
        )
        return {"version": self.version.version, "created": self.version.created, "gone": self.version.gone, **names}


def steps(versions: Sequence[ConfigVersion], at: Callable[[int], Config], most: int) -> list[Step]:
    """The newest versions, newest first, each held against the one before it."""
    read: dict[int, SecretValues] = {}
    for row in versions[: most + 1]:
        if not row.gone:
            read[row.version] = at(row.version).values
    found = []
    for row, before in zip(versions, [*versions[1:], None], strict=True):
        old = SecretValues({}) if before is None and row.version == 1 else read.get(before.version) if before else None
        new = read.get(row.version)
        found.append(Step(version=row, change=None if old is None or new is None else configs.diff(old, new)))
    return found[:most]


def target(versions: Sequence[ConfigVersion], wanted: int | None, *, show: str) -> int:
    """The version to go back to: the one that is wanted, or the newest before the newest that can be read.

    `show` is the command that lists them. Raises NotFound, NotReady.
    """
    good = [row.version for row in versions if not row.gone]
    if not versions:
        raise NotReady("there never were any variables", hint=f"See what there is: {show}")
    if wanted is None:
        older = [number for number in good if number != versions[0].version]
        if not older:
            raise NotReady(
                "there is no older version of the variables that can be read", hint=f"See what there is: {show}"
            )
        return older[0]
    if wanted not in good:
        gone = next((row.gone for row in versions if row.version == wanted), "")
        why = f"version {wanted} was {gone}" if gone else f"there is no version {wanted}"
        raise NotFound(f"{why}; there are {', '.join(map(str, good)) or 'none'}", hint=f"See them: {show}")
    return wanted


def copied(source: Mapping[str, str], old: Mapping[str, str], names: Sequence[str], *, replace: bool) -> Edit:
    """The old variables with those of another environment: the named ones, or all; what has a value stays unless it is
    to be replaced. Raises NotFound for a name that is not there."""
    if missing := [name for name in names if name not in source]:
        raise NotFound(f"{', '.join(missing)} is not set there; set are: {', '.join(source) or 'none'}")
    given = {name: source[name] for name in names or source if replace or name not in old}
    return configs.set_values(old, given)
