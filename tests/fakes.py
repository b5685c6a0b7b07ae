"""Fakes of the driver's ports, for tests of its core."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from driver.core.ports import Config, LogLine, TargetHealth
from driver.core.secret import SecretValues
from driver.errors import Busy, NotReady


@dataclass
class FakeClock:
    """Time passes only by sleeping."""

    time: float = 0.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


@dataclass
class FakeLogs:
    """Log groups as lists of lines, which a test adds to as time goes on. A group that is not there is not ready."""

    groups: dict[str, list[LogLine]] = field(default_factory=dict)
    asked: list[tuple[str, int]] = field(default_factory=list)

    def stream(self, group: str, stream: str, after: str | None) -> tuple[Sequence[LogLine], str | None]:
        lines = [line for line in self.groups.get(group, []) if line.stream == stream]
        return lines[int(after or 0) :], str(len(lines)) if lines else None

    def group(self, group: str, since: int) -> Sequence[LogLine]:
        self.asked.append((group, since))
        if group not in self.groups:
            raise NotReady(f"there is no log group {group}")
        return sorted((line for line in self.groups[group] if line.at >= since), key=lambda line: line.at)


@dataclass
class FakeVault:
    """Versions of variables by mount and path, check-and-set included."""

    versions: dict[tuple[str, str], list[SecretValues]] = field(default_factory=dict)

    def read(self, mount: str, path: str) -> Config:
        found = self.versions.get((mount, path))
        if not found:
            raise NotReady(f"there are no variables at {mount}/{path} in Vault")
        return Config(path=path, version=len(found), created=f"t{len(found)}", values=found[-1])

    def write(self, mount: str, path: str, values: SecretValues, version: int) -> int:
        found = self.versions.setdefault((mount, path), [])
        if version != len(found):
            raise Busy(f"the variables at {mount}/{path} were changed by somebody else meanwhile")
        found.append(values)
        return len(found)


@dataclass
class FakeSecrets:
    """What was published, by token."""

    published: dict[str, Config] = field(default_factory=dict)

    def publish(self, secret: str, config: Config, token: str) -> str:
        self.published.setdefault(token, config)
        return token


@dataclass
class FakeTargets:
    """The targets of each group, by its ARN."""

    groups: Mapping[str, Mapping[str, TargetHealth]] = field(default_factory=dict)

    def health(self, target_group_arn: str) -> Mapping[str, TargetHealth]:
        return self.groups.get(target_group_arn, {})
