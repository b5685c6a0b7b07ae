"""Releases past which there is no way back, as a rule because their migration took something from the database."""

from collections.abc import Sequence

from driver.core.values import release as ledger
from driver.core.values.release import Outcome, Release, Verdict
from driver.errors import NotReady
from model.names.names import AppNames

OPTION = "--no-rollback-past"
FORCE = "--force-past"


def before(releases: Sequence[Release], target: Release) -> Release | None:
    """The newest release marked so that is newer than a target's code, whatever number that code has had since.

    One whose release process failed is no barrier: its migration was not done. One whose rollout failed is, and so is
    one whose release process ended well when it was tried again.
    """
    origin = _original(releases, target)
    return next(
        (row for row in releases if row.no_rollback_past and row.number > origin.number and _migrated(row)),
        None,
    )


def _migrated(release: Release) -> bool:
    ended_well = any(row.outcome is Outcome.SUCCEEDED for row in release.attempts)
    return ended_well or release.verdict is not Verdict.RELEASE_FAILED


def _original(releases: Sequence[Release], release: Release) -> Release:
    """The release that first had this code and config: copies lead back to it."""
    while release.copies is not None and release.copies < release.number:
        original = ledger.find(releases, release.copies)
        if original is None:
            return release
        release = original
    return release


def refusal(names: AppNames, target: Release, barrier: Release) -> NotReady:
    """Why a target can't be gone back to, and how one who knows better does it."""
    why = f": {barrier.message}" if barrier.message else ""
    return NotReady(
        f"can't go back to {target.version} of {names.app}: {barrier.version} is newer and marked {OPTION}{why}",
        hint=f"If the code of {target.version} fits today's database all the same:"
        f" slipway rollback {names.env} {names.app} {target.version} {FORCE} {barrier.version}",
    )
