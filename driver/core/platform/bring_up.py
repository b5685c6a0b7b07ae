"""Bringing the platform of an environment up: infrastructure only; what apps run is left alone."""

from collections.abc import Collection, Sequence

from driver.core.platform import healing, load_balancers, removal
from driver.core.platform.address_plan import check_stays
from driver.core.platform.healing import Ailing
from driver.core.platform.private_tiers import check_left
from driver.core.ports import Change, RolloutStatus, Say, ServiceState, Update, World
from driver.core.values import release
from driver.core.values.checkpoint import StackState
from driver.core.values.moments import moment
from driver.core.values.release import Release
from driver.core.watch.watch import POLL
from driver.errors import Busy, EngineFailed, NotReady, RolloutFailed, StillRolling
from model.names.names import BOOTSTRAP_REPOSITORY
from model.names.pulumi_types import REGISTRY, REPOSITORY, SERVICE
from model.settings.environment import Settings

LOOK_BACK = 5
"""So many releases are looked at: an unfinished one is among the newest, since the next one ends it."""
ROLLED = frozenset({"loadBalancers", "networkConfiguration"})
"""The properties of a service whose change by `up` starts a rollout: what it stood on was gone."""
HARMFUL = {"delete", "replace", "create-replacement", "delete-replaced"}


def check_settings(settings: Settings, stack: StackState) -> None:
    """What the settings want can be had where the environment stands now. Raises InvalidInput, NotReady."""
    check_stays(settings, stack)
    check_left(settings, stack)
    load_balancers.check_ports(settings, stack)


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


def bring_up(world: World, ailing: Ailing, say: Say, *, everything: bool = False) -> Sequence[Change]:
    """Have the state see what is gone, apply the program, the bootstrap image first, and wait until every service that
    was made has come up. What AWS has already is taken over.

    Raises RolloutFailed or StillRolling where a service is not up, EngineFailed, NotReady, Unreachable.
    """
    env = world.settings.env
    healing.heal(world, ailing, say, everything=everything)
    changes = [*_bootstrap(world, say)]
    before = world.stacks.read(env)
    pins = healing.remembered(world, before, say)
    update = Update(env=env, message="up", pins=pins, known=removal.known(before.resources))
    changes += _applied(world, update, say)
    stack = world.stacks.read(env)
    _wait_for_new(world, stack, _moved(changes), say)
    for app in healing.emptied(stack, changes):
        say(f"the secret of {app} was made anew and is empty: {healing.filling(env, app)} fills it")
    check_up(world)
    return changes


def _applied(world: World, update: Update, say: Say) -> Sequence[Change]:
    """What the engine changed. Raises EngineFailed with the way on, which is this command once more."""
    try:
        return world.stacks.up(update, say)
    except EngineFailed as error:
        hint = (
            f"The next one goes on from here: slipway up {update.env}. Where somebody has changed what it is about,"
            f" let it look at everything first: slipway up {update.env} --refresh"
        )
        raise EngineFailed(error.message, error.hint or hint) from error


def _moved(changes: Sequence[Change]) -> Sequence[str]:
    """The services that were made, or given to other load balancers or into other subnets: those start to roll."""
    return [
        row.name
        for row in changes
        if row.kind == SERVICE
        and (row.operation in {"create", "import"} or (row.operation == "update" and ROLLED.intersection(row.keys)))
    ]


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
    known = removal.known(world.stacks.read(settings.env).resources)
    targets = registry_targets(settings.env, known)
    changes = world.stacks.up(Update(env=settings.env, message="image repositories", targets=targets, known=known), say)
    world.images.mirror(image.source, BOOTSTRAP_REPOSITORY, image.tag, say)
    return changes


def registry_targets(env: str, known: Collection[str]) -> tuple[str, ...]:
    """The registry with its bootstrap repository, by the URNs that they will have.

    The engine refuses a target that is not in a state which has others, unless it is a pattern.
    """
    stack = f"urn:pulumi:{env}::slipway::"
    urns = (
        f"{stack}pulumi:pulumi:Stack::slipway-{env}",
        f"{stack}{REGISTRY}::registry",
        f"{stack}{REGISTRY}${REPOSITORY}::{BOOTSTRAP_REPOSITORY}",
    )
    return tuple(urn if urn in known or not known else f"{urn}*" for urn in urns)


def _wait_for_new(world: World, stack: StackState, logical: Sequence[str], say: Say) -> None:
    """Until the newest deployment of each has an end: ECS goes back to a completed deployment or to none."""
    if not logical:
        return
    env, wanted = world.settings.env, {_service(name): _runs(stack, name) for name in dict.fromkeys(logical)}
    for image in dict.fromkeys(wanted.values()):
        names = [name for name, runs in wanted.items() if runs == image]
        say(f"waiting until {', '.join(names)} {'run' if len(names) > 1 else 'runs'} {image}")
    deadline = world.clock.now() + world.settings.deploy.timeout
    while True:
        states = world.services.describe(env, list(wanted))
        moving = [name for name, row in states.items() if not row.at_rest]
        if not moving:
            return
        if world.clock.now() > deadline:
            raise StillRolling(
                f"{', '.join(moving)}: the deployment has not completed yet",
                hint=f"Wait, and run `slipway up {env}` again: it says whether all is up.",
            )
        world.clock.sleep(POLL)


def _service(logical: str) -> str:
    app, process = logical.rsplit(".", 1)
    return f"{app}-{process}"


def _runs(stack: StackState, logical: str) -> str:
    """What a service that was made runs, as a person says it."""
    app, process = logical.rsplit(".", 1)
    state = stack.app(app)
    waits = state is None or state.pin.bootstrap or state.pin.waits(process)
    return "the bootstrap image" if state is None or waits else state.pin.version


def check_up(world: World) -> None:
    """Every service of the settings is there and runs. Raises RolloutFailed with what isn't, and what to do about it.

    One that ECS took back to what ran before is up: it is the release that failed.
    """
    env = world.settings.env
    services = {
        (app, process): world.settings.names(app).process(process).service
        for app, spec in world.settings.apps.items()
        for process in spec.services
    }
    states = world.services.describe(env, list(services.values()))
    down = {key: why for key, name in services.items() if (why := _why_down(states.get(name)))}
    if not down:
        return
    said = [f"{services[key]} is not up: {why}" for key, why in down.items()]
    apps = list(dict.fromkeys(app for app, _ in down))
    raise RolloutFailed(
        "\n".join(said),
        hint=(
            f"All else is. Look with `slipway status {env} {apps[0]}` and `slipway logs {env} {apps[0]}`; a deploy that"
            f" works brings it up, and so may a second try: `slipway restart {env} {apps[0]}`."
        ),
    )


def _why_down(state: ServiceState | None) -> str:
    """Why a service isn't up, in words; empty where it is, or where ECS is still at it."""
    if state is None:
        return "ECS has no such service"
    newest = state.rollouts[0] if state.rollouts else None
    if newest is None or not newest.status.final or state.running >= state.desired:
        return ""
    counts = f"{state.running} of {state.desired} tasks run"
    if newest.status is RolloutStatus.ROLLBACK_FAILED or not state.running:
        return f"{counts} on {state.task_definition.rsplit('/', 1)[-1]}; {newest.reason or newest.status.lower()}"
    return ""


def harmful(changes: Sequence[Change]) -> list[Change]:
    """The changes that take something away."""
    return [row for row in changes if row.operation in HARMFUL and not row.kind.startswith("pulumi:")]
