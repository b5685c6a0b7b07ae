"""Fakes of the driver's ports, for tests of its core."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from driver.core.ports import Config, Image, LogLine, Note, SecretVersion, TargetHealth
from driver.core.values.checkpoint import Resource
from driver.core.values.lock import Lock
from driver.core.values.release import Release, Verdict
from driver.core.values.secret import SecretValues
from driver.errors import Busy, DriverError, NotReady


@dataclass
class FakeClock:
    """Time passes only by sleeping."""

    time: float = 0.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds

    def utc(self) -> datetime:
        return datetime(2026, 11, 24, tzinfo=UTC) + timedelta(seconds=self.time)


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
    lease: float | None = None

    def find(self, mount: str, path: str) -> Config | None:
        found = self.versions.get((mount, path))
        return Config(path=path, version=len(found), created=f"t{len(found)}", values=found[-1]) if found else None

    def read(self, mount: str, path: str) -> Config:
        found = self.find(mount, path)
        if found is None:
            raise NotReady(f"there are no variables at {mount}/{path} in Vault")
        return found

    def write(self, mount: str, path: str, values: SecretValues, version: int) -> int:
        found = self.versions.setdefault((mount, path), [])
        if version != len(found):
            raise Busy(f"the variables at {mount}/{path} were changed by somebody else meanwhile")
        found.append(values)
        return len(found)

    def remaining(self) -> float | None:
        return self.lease


@dataclass
class FakeSecrets:
    """What was published, by token, and labels that others have put on versions of their own."""

    published: dict[str, Config] = field(default_factory=dict)
    foreign: tuple[str, ...] = ()
    current: dict[str, SecretValues] = field(default_factory=dict)

    def publish(self, secret: str, config: Config, token: str, keep: Collection[str] = ()) -> str:
        self.published.setdefault(token, config)
        return token

    def replace(self, secret: str, values: SecretValues) -> None:
        self.current[secret] = values

    def has(self, secret: str, version: str) -> bool:
        return version in self.published

    def versions(self, secret: str) -> Sequence[SecretVersion]:
        rows = [
            *((token, f"c{number}") for number, token in enumerate(self.published)),
            *((name, name) for name in self.foreign),
        ]
        made = datetime(2026, 11, 24, tzinfo=UTC)
        return [SecretVersion(id=token, labels=(label,), created=made) for token, label in rows]


@dataclass
class FakeTargets:
    """The targets of each group, by its ARN."""

    groups: Mapping[str, Mapping[str, TargetHealth]] = field(default_factory=dict)

    def health(self, target_group_arn: str) -> Mapping[str, TargetHealth]:
        return self.groups.get(target_group_arn, {})

    def set_protection(self, balancer_arn: str, *, on: bool) -> None:
        raise AssertionError("nothing leaves here")

    def complaints(self, target_group_arn: str) -> Sequence[str]:
        return []


@dataclass
class FakeLocks:
    """One lock. Its holder writes a new nonce every `beats` seconds, and gives it back when the clock says `ends`."""

    clock: FakeClock
    holder: Lock | None = None
    beats: float | None = None
    ends: float | None = None

    def read(self, app: str) -> Lock | None:
        if self.ends is not None and self.clock.time >= self.ends:
            self.holder = None
        if self.holder is not None and self.beats is not None:
            nonce = f"{self.holder.owner} {self.clock.time // self.beats}"
            self.holder = self.holder.model_copy(update={"nonce": nonce})
        return self.holder

    def take(self, draft: Lock, over: Lock | None) -> Lock | None:
        if self.holder != over:
            return None
        self.holder = draft.model_copy(update={"fence": 1 if over is None else over.fence + 1})
        return self.holder

    def renew(self, lock: Lock, nonce: str) -> bool:
        return self.holder is not None and self.holder.fence == lock.fence

    def confirm(self) -> None:
        """Nobody takes it from us here."""

    def free(self, lock: Lock) -> bool:
        ours = self.holder is not None and self.holder.fence == lock.fence
        self.holder = None if ours else self.holder
        return ours


@dataclass
class FakeLedger:
    """Releases by app and number."""

    rows: dict[tuple[str, int], Release] = field(default_factory=dict)

    def start(self, draft: Release) -> Release:
        newest = next(iter(self.releases(draft.app, 1)), None)
        number = max(draft.number, 0 if newest is None else newest.number + 1)
        self.rows[draft.app, number] = draft.numbered(number)
        return draft.numbered(number)

    def write(self, release: Release) -> None:
        if self.rows[release.app, release.number].verdict is not Verdict.STARTED:
            raise Busy(f"{release.version} was finished by somebody else meanwhile")
        self.rows[release.app, release.number] = release

    def amend(self, release: Release) -> None:
        if self.rows[release.app, release.number].verdict is not release.verdict:
            raise Busy(f"{release.version} is not {release.verdict} any more")
        self.rows[release.app, release.number] = release

    def releases(self, app: str, limit: int | None = None) -> Sequence[Release]:
        found = [row for (name, _), row in self.rows.items() if name == app]
        return sorted(found, key=lambda row: row.number, reverse=True)[:limit]


@dataclass
class FakeImages:
    """Every image that is named by its digest is there, but for those that are gone. What pushes is not faked."""

    gone: set[str] = field(default_factory=set)

    def resolve(self, repository: str, reference: str) -> Image:
        digest = reference.rsplit("@", 1)[-1]
        if digest in self.gone:
            raise NotReady(f"there is no image {digest}")
        return Image(reference=f"0.dkr/{repository}@{digest}", digest=digest, tags=())

    def exists(self, repository: str, tag: str) -> bool:
        return True


@dataclass
class FakeTags:
    """Tags by digest, of any repository. `down` is what every call raises."""

    images: dict[str, list[str]] = field(default_factory=dict)
    down: DriverError | None = None

    def add(self, repository: str, digest: str, tag: str) -> None:
        if self.down is not None:
            raise self.down
        tags = self.images.setdefault(digest, [])
        tags += [] if tag in tags else [tag]

    def of(self, repository: str) -> Sequence[Collection[str]]:
        return list(self.images.values())

    def remove(self, repository: str, tags: Sequence[str]) -> None:
        for digest, row in list(self.images.items()):
            self.images[digest] = [tag for tag in row if tag not in tags]
            assert self.images[digest], f"{digest} has lost its last tag, and so the image is gone"


@dataclass
class FakeMarks:
    """What those outside were told, and what went wrong besides."""

    notes: list[Note] = field(default_factory=list)
    regrets: list[str] = field(default_factory=list)
    finished: int = 0

    def tell(self, note: Note) -> None:
        self.notes.append(note)

    def regret(self, sentence: str) -> None:
        self.regrets.append(sentence)

    def finish(self) -> None:
        self.finished += 1


@dataclass
class FakeAccount:
    """An account with room for everything, unless a test says otherwise. `alarms` are those in ALARM."""

    ends: datetime | None = None
    alarms: tuple[str, ...] = ()
    free: Mapping[str, int] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)

    def expires(self) -> datetime | None:
        return self.ends

    def firing(self, prefix: str, names: Collection[str]) -> Sequence[str]:
        return [name for name in self.alarms if name.startswith(prefix) or name in names]

    def gone(self, rows: Sequence[Resource]) -> Collection[str]:
        return [row.urn for row in rows if row.name in self.missing]

    def free_addresses(self, subnets: Sequence[str]) -> Mapping[str, int]:
        return {name: self.free.get(name, 1000) for name in subnets}
