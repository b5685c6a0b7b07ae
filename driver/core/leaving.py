"""Apps that have left the catalogue: what of them `up` takes away, once somebody has said so, and what stays."""

from collections.abc import Sequence
from dataclasses import dataclass

from driver.core.ports import World
from driver.core.state import Resource, StackState
from driver.errors import NotReady
from spec.tokens import APP, BALANCER


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """One such app, with everything that it has at AWS."""

    app: str
    resources: Sequence[Resource]

    @property
    def protected(self) -> Sequence[Resource]:
        """What the engine refuses to delete as it is."""
        return [row for row in self.resources if row.protect]

    @property
    def question(self) -> str:
        """What somebody must answer before it goes."""
        return (
            f"{self.app} is not in the catalogue any more: delete its {len(self.resources)} resources,"
            f" {len(self.protected)} of them protected? Its images stay."
        )


def leaving(world: World, stack: StackState) -> Sequence[Leaving]:
    """The apps that stand and are not in the catalogue."""
    gone = [row for row in stack.resources if row.kind == APP and row.name not in world.settings.apps]
    mine = {row.name: [one for one in stack.below(row) if one.kind.startswith("aws:")] for row in gone}
    return [Leaving(app=name, resources=resources) for name, resources in mine.items()]


def check_preview(env: str, apps: Sequence[Leaving]) -> None:
    """The engine plans no deletion of what is protected. Raises NotReady that says what `up` would take away."""
    for one in apps:
        if one.protected:
            raise NotReady(
                f"{one.app} has left the catalogue of {env}, and {len(one.protected)} of its"
                f" {len(one.resources)} resources are protected: there is no preview of their deletion",
                hint=f"`slipway up {env}` asks first, and then deletes all of them but its images.",
            )


def let_go(world: World, app: Leaving) -> None:
    """Take the protection off, at AWS first: the engine deletes what it may, and then AWS must not refuse."""
    for row in app.resources:
        if row.kind == BALANCER and row.outputs.get("enableDeletionProtection"):
            world.targets.unprotect(row.output("arn"))
    if app.protected:
        world.stacks.unprotect(world.settings.env, [row.urn for row in app.protected])
