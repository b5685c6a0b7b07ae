"""Bringing the platform of an environment up: infrastructure only; what apps run is left alone."""

from collections.abc import Sequence

from driver.core.ports import Change, Say, Update, World
from driver.core.values import release
from driver.core.values.moments import moment
from driver.core.values.release import Release
from driver.core.watch.watch import POLL
from driver.errors import Busy, NotReady, RolloutFailed, StillRolling
from model.names.names import BOOTSTRAP_REPOSITORY
from model.names.pulumi_types import REGISTRY, REPOSITORY, SERVICE

LOOK_BACK = 5
"""So many releases are looked at: an unfinished one is among the newest, since the next one ends it."""
HARMFUL = {"delete", "replace", "create-replacement", "delete-replaced"}


def check_finished(world: World) -> None:
    """No app is half-way to a release: a new process of it would start on what may yet be taken back.

    Raises Busy while somebody has the app's lock, NotReady when nobody does.
    """
    for app in world.settings.apps:
        check_app_finished(world, app)


def check_app_finished(world: World, app: str) -> None:
    """This app is not half-way to a release. Raises Busy while somebody has its lock, NotReady when nobody does."""
    env, open_ = world.settings.env, release.unfinished(_releases(world, app))
    if not open_:
        return
    newest, lock = open_[0], world.locks.read(app)
    at = moment(newest.started, seconds=False)
    begun = f"{newest.version} of {app} in {env} is not finished; {newest.who} began it at {at}"
    ways = f"`slipway cancel {env} {app}` finishes or reverts it, and so does a deploy or rollback of {app}"
    if lock is not None:
        raise Busy(
            f"{begun}, and {lock.owner} has the lock of {app}: {lock.message}",
            hint=f"Wait for its end. If that command was killed, {ways}.",
        )
    raise NotReady(f"{begun}, and was cut off", hint=f"{ways}.")


def _releases(world: World, app: str) -> Sequence[Release]:
    """The newest releases; none in an environment that has no ledger yet."""
    try:
        return world.ledger.releases(app, LOOK_BACK)
    except NotReady:
        return []


def bring_up(world: World, say: Say) -> Sequence[Change]:
    """Apply the program, the bootstrap image first, and wait until every new service has come up on it."""
    env = world.settings.env
    changes = [*_bootstrap(world, say), *world.stacks.up(Update(env=env, message="up"), say)]
    created = [row.name for row in changes if row.kind == SERVICE and row.operation == "create"]
    _wait_for_first(world, [_service(name) for name in created], say)
    return changes


def _bootstrap(world: World, say: Say) -> Sequence[Change]:
    """A service is only as good as its first deployment: the image that it starts on must be there before it."""
    settings, image = world.settings, world.settings.bootstrap
    if world.images.exists(BOOTSTRAP_REPOSITORY, image.tag):
        return []
    if settings.registry.owner != settings.env:
        raise NotReady(
            f"the bootstrap image {BOOTSTRAP_REPOSITORY}:{image.tag} is not there",
            hint=f"{settings.registry.owner} owns the repositories: run `slipway up {settings.registry.owner}` first.",
        )
    update = Update(env=settings.env, message="image repositories", targets=registry_urns(settings.env))
    changes = world.stacks.up(update, say)
    world.images.mirror(image.source, BOOTSTRAP_REPOSITORY, image.tag, say)
    return changes


def registry_urns(env: str) -> tuple[str, ...]:
    """The registry with its bootstrap repository, by the URNs that they will have."""
    stack = f"urn:pulumi:{env}::slipway::"
    return (
        f"{stack}pulumi:pulumi:Stack::slipway-{env}",
        f"{stack}{REGISTRY}::registry",
        f"{stack}{REGISTRY}${REPOSITORY}::{BOOTSTRAP_REPOSITORY}",
    )


def _service(logical: str) -> str:
    app, process = logical.rsplit(".", 1)
    return f"{app}-{process}"


def _wait_for_first(world: World, services: Sequence[str], say: Say) -> None:
    """Until the first deployment of each is completed: ECS goes back to a completed deployment or to none."""
    if not services:
        return
    say(f"waiting until {', '.join(services)} run the bootstrap image")
    deadline = world.clock.now() + world.settings.deploy.timeout
    while True:
        states = world.services.describe(world.settings.env, services)
        moving = [name for name, row in states.items() if not (row.rollouts and row.rollouts[0].status.final)]
        if not moving:
            break
        if world.clock.now() > deadline:
            raise StillRolling(f"{', '.join(moving)}: the first deployment has not completed yet")
        world.clock.sleep(POLL)
    failed = [name for name, row in states.items() if row.rollouts[0].status != "SUCCESSFUL"]
    if failed:
        name = failed[0]
        raise RolloutFailed(
            f"{name} did not come up on the bootstrap image: {states[name].rollouts[0].reason}",
            hint="A deploy needs something to go back to. Its events:"
            f" aws ecs describe-services --cluster {world.settings.env} --services {name}",
        )


def harmful(changes: Sequence[Change]) -> list[Change]:
    """The changes that take something away."""
    return [row for row in changes if row.operation in HARMFUL and not row.kind.startswith("pulumi:")]
