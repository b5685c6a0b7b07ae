"""What the release process of a release has said, from CloudWatch Logs by the ledger's reference."""

from collections.abc import Sequence

from driver.core.ports import LogLine, World
from driver.core.values.release import Attempt, Release
from driver.errors import NotFound, NotReady


def read(world: World, release: Release, number: int | None) -> Sequence[LogLine]:
    """The log of one run, the last one if left out.

    Raises NotFound where there was no such run, NotReady when its log is not there, or not any more.
    """
    attempt = _attempt(release, number)
    if not attempt.stream:
        raise NotReady(f"run {attempt.number} of the release process of {release.version} has no task: {_how(attempt)}")
    lines, _cursor = world.logs.stream(attempt.group, attempt.stream, None)
    if not lines:
        raise NotReady(
            f"there is no log of run {attempt.number} of the release process of {release.version}:"
            f" it said nothing, or that was more than {world.settings.log_days} days ago",
            hint=f"It would be in {attempt.group}, stream {attempt.stream}.",
        )
    return lines


def newest(releases: Sequence[Release], app: str) -> Release:
    """The newest release that ran a release process of its own. Raises NotFound."""
    found = next((row for row in releases if row.attempts), None)
    if found is None:
        raise NotFound(f"no release of {app} has run a release process yet")
    return found


def _attempt(release: Release, number: int | None) -> Attempt:
    if not release.attempts:
        raise NotFound(f"{release.version} ran no release process", hint=_instead(release))
    found = [row for row in release.attempts if number in {None, row.number}]
    if not found:
        raise NotFound(f"the release process of {release.version} ran {len(release.attempts)} times, not {number}")
    return found[-1]


def _instead(release: Release) -> str:
    skipped = next((step.detail for step in release.steps if step.name.startswith("skip")), "")
    if skipped:
        return f"That of {skipped}, of the same image and config, had ended with 0: see its output."
    return f"It is a copy of v{release.copies}: see the output of that one." if release.copies else ""


def _how(attempt: Attempt) -> str:
    return "its end is not known yet" if attempt.outcome is None else attempt.outcome
