"""A promotion: the very image that another environment's last good release runs, with this environment's own config."""

from driver.core.environment import app_of
from driver.core.ledger import running
from driver.core.ports import World
from driver.core.preflight.findings import Code
from driver.core.release import deploy
from driver.core.values import release as ledger
from driver.core.values.release import Release
from driver.errors import NotReady
from model.settings.app import App


def source(world: World, name: str) -> Release:
    """The release of the first environment whose image goes on.

    Raises NotFound without such an app, NotReady when it has no good release, when nobody knows how its newest one ends
    or when what runs is another one.
    """
    app = app_of(world.settings, name)
    env, releases = world.settings.env, world.ledger.releases(name)
    good, unfinished, now = ledger.last_good(releases), ledger.unfinished(releases), ledger.current(releases)
    if unfinished:
        raise NotReady(
            f"{name} {unfinished[0].version} in {env} is unfinished: whether it is good is not known yet",
            hint=f"Wait for its end; if it was cut off, the next deploy or rollback of {name} in {env} settles it.",
        )
    if good is None or good.pin.bootstrap:
        raise NotReady(
            f"{name} has no good release in {env} that could be promoted",
            hint=f"Deploy it there first: slipway deploy {env} {name} --image TAG",
        )
    if now is not None and now.number > good.number:
        raise NotReady(
            f"{name} {now.version} runs in {env}, and is {now.verdict}: {now.reason or 'it is not known to be good'}",
            hint=f"Deploy what shall be promoted, or go back to {good.version}: slipway rollback {env} {name}",
        )
    _check_running(world, app, good)
    return good


def _check_running(world: World, app: App, release: Release) -> None:
    """Its processes run its image, and nobody has put another one in its place. Raises NotReady, Unreachable."""
    env, names = world.settings.env, world.settings.names(release.app)
    services = {process: names.process(process).service for process in app.services}
    found = world.services.describe(env, list(services.values()))
    tasks = {process: found[name].task_definition for process, name in services.items() if name in found}
    known = world.services.definitions(list(tasks.values()))
    for process, arn in tasks.items():
        image = known[arn].image if arn in known else ""
        if image and running.differs(image, release.pin):
            raise NotReady(
                f"{process} of {release.app} runs {running.digest(image)} in {env}, and {release.version} is"
                f" {running.digest(release.pin.image or '')}",
                hint=f"See who has changed it, then put it back or keep it: slipway drift {env}",
            )


def request(
    env: str, release: Release, *, no_rollback_past: bool = False, force: frozenset[Code] = frozenset()
) -> deploy.Request:
    """A deploy of the image of a release of `env`, by its digest: tags may mean another image elsewhere."""
    return deploy.Request(
        app=release.app,
        image=release.pin.digest,
        tag=release.tag,
        promoted=f"{env} {release.version}",
        no_rollback_past=no_rollback_past,
        force=force,
    )
