"""The ports that a deploy asks before it begins: the variables, where they are published, and the account."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from driver.core.values.checkpoint import Resource
from driver.core.values.common import Config, ConfigVersion, SecretVersion
from driver.core.values.secret import SecretValues


class Vault(Protocol):
    """The variables of the apps (KV v2)."""

    def find(self, mount: str, path: str) -> Config | None:
        """The newest version, None where there never was one. Raises NotReady where it was deleted or the mount is no
        KV version 2, Unreachable when Vault does not answer."""

    def read(self, mount: str, path: str) -> Config:
        """The newest version. Raises NotReady when there is none, and what `find` raises."""

    def write(self, mount: str, path: str, values: SecretValues, version: int) -> int:
        """Write all variables as the next version, on top of `version` only (0: the path is new); its number."""

    def versions(self, mount: str, path: str) -> Sequence[ConfigVersion]:
        """Every version that Vault keeps, newest first. Raises NotReady, Unreachable."""

    def at(self, mount: str, path: str, version: int) -> Config:
        """One version. Raises NotFound where it is not there any more, NotReady, Unreachable."""

    def remaining(self) -> float | None:
        """Seconds for which a given token still holds; None when that is without end or not known."""


class Secrets(Protocol):
    """The app's secret in Secrets Manager, of which each config version is one version."""

    def publish(self, secret: str, config: Config, token: str, keep: Collection[str] = ()) -> str:
        """Publish once per token, labelled by config version; the version id. Labels of the versions in `keep` stay.

        Raises NotReady, Unreachable.
        """

    def replace(self, secret: str, values: SecretValues) -> None:
        """Make these the value that a secret has now. Raises NotReady, Unreachable."""

    def has(self, secret: str, version: str) -> bool:
        """Whether a version is there and keeps its label, so that it stays. Raises NotReady, Unreachable."""

    def versions(self, secret: str) -> Sequence[SecretVersion]:
        """All versions of the secret. Raises NotReady without it, Unreachable."""


class Account(Protocol):
    """What the AWS account says of itself. Every method raises Unreachable, or Expired."""

    def expires(self) -> datetime | None:
        """When our credentials end; None when they are renewed without us, or don't say."""

    def firing(self, prefix: str, names: Collection[str]) -> Sequence[str]:
        """The alarms that are in ALARM, by name, of those whose names begin so or are among these."""

    def gone(self, rows: Sequence[Resource]) -> Collection[str]:
        """The URNs of those among these that AWS has no more, of the kinds that a task can't start without."""

    def free_addresses(self, subnets: Sequence[str]) -> Mapping[str, int]:
        """How many addresses each subnet has left."""
