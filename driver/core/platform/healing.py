"""What of an environment is gone, and having the state see it, so that the program makes it anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from driver.core.ledger import running
from driver.core.ports import Change, Say, World
from driver.core.values import release
from driver.core.values.checkpoint import Resource, StackState
from driver.core.values.existing import ENVIRONMENT, Found
from driver.core.values.release import Release
from driver.errors import NotReady
from model.names.pulumi_types import SECRET
from model.releases import BOOTSTRAP, Pin

NAMED = 5
"""So many things that are gone are named one by one."""


@dataclass(frozen=True, kw_only=True)
class Ailing:
    """What a look at AWS has found to be wrong: what is gone, and secrets that are scheduled for deletion."""

    gone: Sequence[Resource] = ()
    asleep: Sequence[Found] = ()

    @property
    def lines(self) -> Sequence[str]:
        """What is wrong, as it is said before anything is done about it."""
        named = [f"  {row.word} {row.name}" for row in self.gone[:NAMED]]
        more = [f"  and {len(self.gone) - NAMED} more"] if len(self.gone) > NAMED else []
        gone = ["gone from AWS, and made anew:", *named, *more] if self.gone else []
        return [*gone, *(f"scheduled for deletion, and taken back: the secret {one.label}" for one in self.asleep)]


def look(world: World, stack: StackState) -> Ailing:
    """What the state has and AWS has no more, by a few lists of what is there. Raises Unreachable, Expired."""
    rows = [row for row in stack.resources if row.kind.startswith("aws:")]
    if not rows:
        return Ailing()
    gone = frozenset(world.existing.gone(rows))
    asleep = world.existing.asleep(rows)
    return Ailing(gone=[row for row in rows if row.urn in gone], asleep=asleep)


def heal(world: World, ailing: Ailing, say: Say, *, everything: bool) -> None:
    """Take secrets back, and have the state see what is gone: of `everything`, or of what was found to be gone."""
    env = world.settings.env
    for one in ailing.asleep:
        if one.tags is None or one.tags.get(ENVIRONMENT) == env:
            world.existing.wake(one)
    if everything:
        say("looking at everything that the state has")
        world.stacks.refresh(env, None, say)
    elif ailing.gone:
        world.stacks.refresh(env, [row.urn for row in ailing.gone], say)


def remembered(world: World, stack: StackState, say: Say) -> Mapping[str, Pin]:
    """The last good release of each app that the state knows nothing of, by the ledger: a state that was lost is no
    reason to start an app on the bootstrap image. Its task definitions are registered anew. Where the ledger knows none
    either, the app stays on what ECS runs.
    """
    pins = {}
    for app in (name for name in world.settings.apps if stack.app(name) is None):
        releases = _releases(world, app)
        good = release.last_good(releases)
        if good is not None:
            reached = good.pin.processes or tuple(good.pin.tasks)
            pins[app] = good.pin.model_copy(update={"tasks": {}, "processes": reached or None})
        elif (found := _runs(world, app, releases)) is not None:
            say(
                f"neither the state nor the ledger knows of a release of {app}: it stays on what ECS runs,"
                f" {found.digest[:19]}, as {found.version}"
            )
            pins[app] = found
    return pins


def _releases(world: World, app: str) -> Sequence[Release]:
    """None in an environment that has no ledger yet, or none any more."""
    try:
        return world.ledger.releases(app)
    except NotReady:
        return []


def _runs(world: World, app: str, releases: Sequence[Release]) -> Pin | None:
    """What the services of an app run, as a release on those very task definitions; None where there is no service, or
    none that runs more than the bootstrap image.

    Where they run different things each stays on its own, and the release is named after the first.
    """
    names = world.settings.names(app)
    services = {process: names.process(process).service for process in world.settings.apps[app].services}
    found = world.services.describe(names.env, list(services.values()))
    tasks = {process: found[name].task_definition for process, name in services.items() if name in found}
    number = release.next_number(BOOTSTRAP, releases)
    for process, arn in tasks.items():
        one = running.read(world, names, Pin(release=number, tasks={process: arn})).pin
        if not one.bootstrap:
            return one.model_copy(update={"tasks": tasks, "processes": tuple(tasks)})
    return None


def filling(env: str, app: str) -> str:
    """What publishes the variables in a secret that was made anew. The versions that releases had in it are gone for
    good, and where the variables are others by now that is in the way of no release that mends it.
    """
    return f"slipway deploy {env} {app} --config-only --force no-way-back"


def emptied(stack: StackState, changes: Sequence[Change]) -> Sequence[str]:
    """The apps that are released and whose secret was made anew: nothing is in it until their next release."""
    made = [row.name for row in changes if row.kind == SECRET and row.operation == "create"]
    apps = {name: stack.app(name) for name in made}
    return [name for name, state in apps.items() if state is not None and not state.pin.bootstrap]
