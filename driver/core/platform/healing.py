"""What of an environment is gone, and having the state see it, so that the program makes it anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from driver.core.ports import Change, Say, World
from driver.core.values import release
from driver.core.values.checkpoint import Resource, StackState
from driver.core.values.existing import ENVIRONMENT, Found
from driver.errors import NotReady
from model.names.pulumi_types import SECRET
from model.releases import Pin

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


def remembered(world: World, stack: StackState) -> Mapping[str, Pin]:
    """The last good release of each app that the state knows nothing of, by the ledger: a state that was lost is no
    reason to start an app on the bootstrap image. Its task definitions are registered anew.
    """
    pins = {}
    for app in (name for name in world.settings.apps if stack.app(name) is None):
        try:
            good = release.last_good(world.ledger.releases(app))
        except NotReady:
            return {}  # an environment that has no ledger yet
        if good is not None:
            reached = good.pin.processes or tuple(good.pin.tasks)
            pins[app] = good.pin.model_copy(update={"tasks": {}, "processes": reached or None})
    return pins


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
