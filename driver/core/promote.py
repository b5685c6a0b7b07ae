"""A promotion: the very image that another environment's last good release runs, with this environment's own config."""

from driver.core import deploy, ledger
from driver.core.catalogue import app_of
from driver.core.findings import Code
from driver.core.ledger import Release
from driver.core.ports import World
from driver.errors import NotReady


def source(world: World, name: str) -> Release:
    """The release of the first environment whose image goes on.

    Raises NotFound without such an app, NotReady when it has no good release or nobody knows how its newest one ends.
    """
    app_of(world.settings, name)
    env, releases = world.settings.env, world.ledger.releases(name)
    good, unfinished = ledger.last_good(releases), ledger.unfinished(releases)
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
    return good


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
