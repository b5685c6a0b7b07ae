"""The very same commit at Heroku, while an app runs on both sides."""

from collections.abc import Sequence
from dataclasses import dataclass

from driver.core.values import release as ledger
from driver.core.values.heroku import HerokuApp, HerokuBuild
from driver.core.values.release import Release
from driver.errors import NotReady, RolloutFailed

SHORTEST = 7
"""Digits by which two commits are told apart."""


@dataclass(frozen=True, kw_only=True)
class Push:
    """A commit for an app of Heroku's: what it is, and the commit that runs there now."""

    heroku: str
    commit: str
    what: str
    runs: str

    @property
    def needless(self) -> bool:
        """Whether Heroku runs it already."""
        return same(self.commit, self.runs)

    def line(self) -> str:
        """The push in a sentence."""
        now = f"it runs {self.runs[:12]} now" if self.runs else "it does not say which commit it runs"
        return f"{self.heroku} at Heroku gets commit {self.commit[:12]}, {self.what}; {now}"


def same(one: str, other: str) -> bool:
    """Whether two commits are one, either of which may be shortened."""
    return min(len(one), len(other)) >= SHORTEST and (one.startswith(other) or other.startswith(one))


def running(env: str, name: str, releases: Sequence[Release]) -> tuple[str, str]:
    """The commit of what an app runs here, and what that is. Raises NotReady where nobody knows which commit it is."""
    now = ledger.current(releases)
    say = f"Name the commit: slipway heroku push {env} {name} --to HEROKU_APP --commit COMMIT"
    if now is None or now.pin.bootstrap:
        raise NotReady(f"{name} has no release in {env} yet", hint=say)
    source = now.pin.source
    if source is None or not source.commit:
        raise NotReady(f"nothing says from which commit {name} {now.version} was built", hint=say)
    if source.dirty:
        raise NotReady(
            f"{name} {now.version} was built from {source.commit[:12]} and changes that are in no commit, so Heroku"
            " can't be given the same",
            hint=f"Commit them and deploy that first, or push the commit without them: {say.partition(': ')[2]}",
        )
    return source.commit, f"as {name} {now.version} in {env}"


def plan(app: HerokuApp, commit: str, what: str) -> Push:
    """What is pushed."""
    return Push(heroku=app.name, commit=commit, what=what, runs=app.commit)


def check(push: Push, built: HerokuBuild, after: HerokuApp) -> None:
    """Heroku runs the commit now. Raises RolloutFailed with what it runs instead."""
    still = f"it runs {after.commit[:12] or 'what it ran before'}"
    if built.status != "succeeded":
        raise RolloutFailed(
            f"the build of {push.commit[:12]} at {push.heroku} has {built.status}; {still}",
            hint=f"Its output is above; Heroku has it too: heroku builds:output {built.id} -a {push.heroku}",
        )
    if not same(push.commit, after.commit):
        raise RolloutFailed(
            f"{push.heroku} has built {push.commit[:12]} and not released it; {still}",
            hint=f"Its release process may have failed: heroku releases:output -a {push.heroku}",
        )
