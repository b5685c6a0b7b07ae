"""Keeping the images that a release runs or may go back to: a tag that ECR's lifecycle policy leaves alone."""

from collections.abc import Collection, Iterable, Sequence

from driver.core.ports import World
from driver.core.values import release as ledger
from driver.core.values.release import Release, Verdict
from driver.errors import DriverError
from model.names.names import KEEP, AppNames
from model.releases import DEPTH


def keep(world: World, release: Release) -> None:
    """Tag the image of a release that runs, and take the tags off what is too old to be gone back to.

    Never raises: what could not be done is said at the end of the command, and the next release does it again.
    """
    names = world.settings.names(release.app)
    if release.pin.image is None:
        return
    try:
        releases = world.ledger.releases(release.app)
        world.tags.add(names.repository, _kept(names, release, releases), names.keep_tag(release.number))
        kept = [names.keep_tag(number) for number in _wanted(releases, release.number)]
        old = surplus(names, world.tags.of(names.repository), kept)
        if old:
            world.tags.remove(names.repository, old)
    except DriverError as error:
        world.marks.regret(
            f"the images of {release.app} were not tagged as kept, so that ECR may expire them: {error.message}"
        )


def _kept(names: AppNames, release: Release, releases: Sequence[Release]) -> str:
    """The digest that gets the tag: of a mixed release the first one that no good release keeps already."""
    good = {row.pin.digest for row in releases if row.verdict is Verdict.SUCCEEDED}
    images = [row.image.partition("@") for row in release.processes.values()]
    ours = [digest for name, _, digest in images if digest and name.endswith(f"/{names.repository}")]
    others = [digest for digest in ours if digest not in good] if release.verdict is Verdict.MIXED else []
    return next(iter(others), release.pin.digest)


def _wanted(releases: Sequence[Release], current: int) -> set[int]:
    """The numbers of the releases whose images are kept: the newest good ones, and all that a rollback offers."""
    good = [row.number for row in releases if row.verdict is Verdict.SUCCEEDED][:DEPTH]
    return {current, *good, *(row.number for row in ledger.choices(releases, current))}


def surplus(names: AppNames, images: Iterable[Collection[str]], kept: Collection[str]) -> list[str]:
    """The keep tags of this app and environment that go.

    An image's last tag would take the image along, so they go only where a tag of CI's stays: a keep tag is not enough,
    since another environment may be about to take that one off.
    """
    found = []
    for tags in images:
        if all(tag.startswith(KEEP) for tag in tags):
            continue
        found += [tag for tag in tags if _number(names, tag) and tag not in kept]
    return sorted(found)


def _number(names: AppNames, tag: str) -> str:
    """The number in a keep tag of ours, empty for any other tag."""
    number = tag.removeprefix(names.keep_prefix)
    return number if number != tag and number.isdigit() else ""
