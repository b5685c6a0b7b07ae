"""What differs between two releases of an app: code, config, and what each process is given."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from driver.core.values.release import RUNS, Release, current, named
from driver.errors import NotReady


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing of both releases, as text."""

    name: str
    one: str
    other: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """One commit: the beginning of its hash, and its subject."""

    commit: str
    subject: str


@dataclass(frozen=True, kw_only=True)
class Commits:
    """The commits that the second has and the first has not, and the other way round, newest first."""

    more: Sequence[Line] = ()
    less: Sequence[Line] = ()


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Of two releases. `same` is what both have alike; `commits` is None where git does not know them."""

    app: str
    one: str
    other: str
    facts: tuple[Fact, ...]
    same: tuple[str, ...]
    new_keys: tuple[str, ...]
    gone_keys: tuple[str, ...]
    commits: Commits | None

    def plain(self) -> dict[str, object]:
        """For scripts."""
        return asdict(self)


def chosen(releases: Sequence[Release], app: str, one: int | None, other: int | None) -> tuple[Release, Release]:
    """Two releases by number; left out, the second is the current one, and the first what ran before the second.

    `releases` are newest first. Raises NotFound, NotReady.
    """
    second = current(releases) if other is None else named(releases, app, other)
    if second is None:
        raise NotReady(f"no release of {app} has run yet", hint=f"The images: slipway image list ENV {app}")
    if one is not None:
        return named(releases, app, one), second
    before = next((row for row in releases if row.number < second.number and row.verdict in RUNS), None)
    if before is None:
        raise NotReady(f"nothing ran before {app} {second.version}", hint="Name another release to compare it with.")
    return before, second


def commits_of(one: Release, other: Release) -> tuple[str, str] | None:
    """The commits of both, where both say and they differ."""
    found = [row.pin.source.commit if row.pin.source else None for row in (one, other)]
    return (found[0], found[1]) if found[0] and found[1] and found[0] != found[1] else None


def compare(one: Release, other: Release, sizes: Mapping[str, int], commits: Commits | None) -> Difference:
    """What differs; `sizes` are bytes of images by digest, as far as the registry has them."""
    rows = [*_of_release(one, other, sizes), *_of_processes(one, other)]
    mine, theirs = set(one.pin.keys), set(other.pin.keys)
    return Difference(
        app=one.app,
        one=one.version,
        other=other.version,
        facts=tuple(row for row in rows if row.one != row.other),
        same=tuple(row.name for row in rows if row.one == row.other),
        new_keys=tuple(sorted(theirs - mine)),
        gone_keys=tuple(sorted(mine - theirs)),
        commits=commits,
    )


def _of_release(one: Release, other: Release, sizes: Mapping[str, int]) -> Iterator[Fact]:
    yield Fact(name="commit", one=_commit(one), other=_commit(other))
    yield Fact(name="image", one=_image(one), other=_image(other))
    if {one.pin.digest, other.pin.digest} & sizes.keys():
        yield Fact(name="image size", one=_size(one, sizes), other=_size(other, sizes))
    yield Fact(name="config", one=_config(one), other=_config(other))


def _of_processes(one: Release, other: Release) -> Iterator[Fact]:
    """Each process that either ran, as its task definition said. What older versions wrote does not say."""
    for name in sorted({*one.pin.tasks, *other.pin.tasks}):
        mine, theirs = _process(one, name), _process(other, name)
        setups = [row.processes[name].setup if name in row.processes else "" for row in (one, other)]
        if mine == theirs and all(setups) and setups[0] != setups[1]:
            theirs = f"{theirs}, set up otherwise"
        yield Fact(name=name, one=mine, other=theirs)


def _process(release: Release, name: str) -> str:
    if name not in release.pin.tasks:
        return "-"
    row = release.processes.get(name)
    return f"{row.cpu} CPU units, {row.memory} MiB" if row is not None else "there"


def _commit(release: Release) -> str:
    source = release.pin.source
    if source is None or not source.commit:
        return "-"
    return source.commit[:10] + (" with uncommitted changes" if source.dirty else "")


def _image(release: Release) -> str:
    if release.pin.bootstrap:
        return "the bootstrap image"
    return f"{release.pin.digest[:19]} {release.tag}".strip()


def _size(release: Release, sizes: Mapping[str, int]) -> str:
    size = sizes.get(release.pin.digest)
    return "not known" if not size else f"{size / 1e6:.1f} MB"


def _config(release: Release) -> str:
    """Its version in Vault; in Secrets Manager it has an id, which alone tells two publications apart."""
    if release.pin.config is None:
        return "none"
    number = "version ?" if release.config_version is None else f"version {release.config_version}"
    return f"{number} ({release.pin.config[:8]})"
