"""What the settings have no use for any more although it is protected: `up` asks about it, and a no changes nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from driver.core.platform import healing
from driver.core.ports import Change, Say, Update, World
from driver.core.values.checkpoint import Resource, StackState
from driver.errors import NotReady
from model.names.names import SHARED
from model.names.pulumi_types import APP, ARCHIVE, BALANCER, REGISTRY, SERVICE, TARGET_GROUP
from model.settings.environment import Settings
from model.settings.ingress import Ingress, needed, stands

FRONTS = {SERVICE, TARGET_GROUP, BALANCER}
OUTLIVING = (REGISTRY, ARCHIVE)
"""The components whose resources are protected always, since they outlive the environment."""


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """One such app, process or load balancer, with everything that it has at AWS."""

    what: str
    resources: Sequence[Resource]
    aside: str

    @property
    def protected(self) -> Sequence[Resource]:
        """What the engine refuses to delete as it is."""
        return [row for row in self.resources if row.protect]

    @property
    def guarded(self) -> Sequence[Resource]:
        """What the engine or AWS refuses to delete as it is."""
        return [row for row in self.resources if row.guarded]

    @property
    def question(self) -> str:
        """What somebody must answer before it goes."""
        return f"Delete {self.what} although it is protected?"


def leaving(world: World, stack: StackState) -> Sequence[Leaving]:
    """What stands, is protected and not in the settings any more. What nothing protects is part of the plan only."""
    settings = world.settings
    found = [
        *_apps(settings, stack),
        *_processes(settings, stack),
        *_fronts(settings, stack),
        *_shared(settings, stack),
    ]
    return [one for one in found if one.guarded]


def planned(
    world: World, stack: StackState, gone: Sequence[Leaving], say: Say, *, refresh: bool = False
) -> list[Change]:
    """What an `up` would change after a yes to all that leaves. The engine plans no deletion of what is protected, nor
    of what that needs, so it plans without, and these are added. With `refresh` it first looks at everything.
    """
    spared = tuple(row.urn for one in gone for row in one.protected)
    update = Update(
        env=world.settings.env,
        message="preview",
        pins=healing.remembered(world, stack, say),
        spared=spared,
        refresh=refresh,
        known=known(stack.resources),
    )
    changes = list(world.stacks.preview(update, say))
    listed = {row.urn for row in changes}
    for row in (row for one in gone for row in one.resources):
        if row.urn not in listed:
            changes.append(_deletion(row))
    return changes


def known(resources: Sequence[Resource]) -> frozenset[str]:
    """The URNs of what a state has: whatever else the program registers is looked for at AWS."""
    return frozenset(row.urn for row in resources)


def block(env: str, gone: Sequence[Leaving]) -> Sequence[str]:
    """What is asked about, line by line; nothing where nothing leaves."""
    if not gone:
        return []
    lines = [f"Not in the settings of {env} any more, and protected:"]
    for one in gone:
        lines.append(f"  {one.what}, {len(one.resources)} resources; {one.aside}")
        lines += [f"    {row.word} {row.name}" for row in one.guarded]
    return [*lines, "A yes takes the protection off and deletes them; a no to any question changes nothing."]


def held(stack: StackState) -> Sequence[Resource]:
    """What `slipway:protect` keeps from being destroyed."""
    return [row for row in _at_aws(stack.resources) if row.guarded and not _outlives(row)]


def destroyed(stack: StackState) -> Sequence[Change]:
    """What a `destroy` deletes where nothing is held."""
    return [_deletion(row) for row in _at_aws(stack.resources) if not _outlives(row)]


def check_held(env: str, stack: StackState, say: Say) -> None:
    """Nothing is held: else the network would go from under services that stay. Says what is, and raises NotReady."""
    rows = held(stack)
    if not rows:
        return
    say(f"Protected in {env}:")
    for row in rows:
        say(f"  {row.word} {row.name}")
    raise NotReady(
        f"{len(rows)} resources of {env} are protected, so nothing of it is destroyed",
        hint=f"If that is meant: `slipway:protect: false` in Pulumi.{env}.yaml, `slipway up {env}`, and destroy again.",
    )


def _deletion(row: Resource) -> Change:
    return Change(operation="delete", kind=row.kind, name=row.name, urn=row.urn)


def _outlives(row: Resource) -> bool:
    """Whether `destroy` leaves it in every environment."""
    chain = row.urn.rsplit("::", 1)[0]
    return row.protect and any(f"{kind}$" in chain for kind in OUTLIVING)


def _standing(settings: Settings, stack: StackState) -> Iterator[tuple[Resource, Sequence[Resource]]]:
    """The apps that stay, each with all that it has at AWS."""
    for row in stack.resources:
        if row.kind == APP and row.name in settings.apps:
            yield row, _at_aws(stack.below(row))


def _at_aws(rows: Sequence[Resource]) -> list[Resource]:
    return [row for row in rows if row.kind.startswith("aws:")]


def _apps(settings: Settings, stack: StackState) -> Iterator[Leaving]:
    for row in stack.resources:
        if row.kind == APP and row.name not in settings.apps:
            yield Leaving(what=f"app {row.name}", resources=_at_aws(stack.below(row)), aside="its images stay")


def _processes(settings: Settings, stack: StackState) -> Iterator[Leaving]:
    for app, mine in _standing(settings, stack):
        spec = settings.apps[app.name]
        for service in (row for row in mine if row.kind == SERVICE):
            process = service.name.removeprefix(f"{app.name}.")
            if process in spec.services:
                continue
            own = [row for row in mine if f"{row.name}.".startswith(f"{service.name}.")]
            # One that is started from now on instead of running keeps its log and its task definition.
            rows = [row for row in own if row.kind in FRONTS] if process in spec.processes else own
            yield Leaving(what=f"process {service.name}", resources=rows, aside=f"{app.name} itself stays")


def _fronts(settings: Settings, stack: StackState) -> Iterator[Leaving]:
    """Load balancers of the kind that a process has left: see `components.app.app` for when which is made."""
    for app, mine in _standing(settings, stack):
        services = {row.name: row for row in mine if row.kind == SERVICE}
        for process in settings.apps[app.name].services:
            logical = f"{app.name}.{process}"
            if logical not in services:
                continue
            kinds = {settings.ingress, stands(services[logical].outputs)}
            old = [row for row in mine if row.name == logical and _kind(row) not in {None, *kinds}]
            kind = Ingress.DEDICATED if settings.ingress is Ingress.SHARED else Ingress.SHARED
            yield Leaving(
                what=f"the {kind} load balancing of {logical}",
                resources=old,
                aside="its requests go through the other kind by now",
            )


def _kind(row: Resource) -> Ingress | None:
    if row.kind == BALANCER:
        return Ingress.DEDICATED
    if row.kind == TARGET_GROUP:
        return Ingress.SHARED if row.output("name").endswith(SHARED) else Ingress.DEDICATED
    return None


def _shared(settings: Settings, stack: StackState) -> Iterator[Leaving]:
    services = {row.name: row.outputs for row in stack.resources if row.kind == SERVICE}
    wanted = needed(settings.ingress, settings.doors, services)
    for public in (True, False):
        word = "public" if public else "internal"
        name = f"{settings.env}.{word}"
        for row in stack.resources:
            if row.kind == BALANCER and row.name == name and public not in wanted:
                family = [one for one in _at_aws(stack.resources) if one.parent == row.parent]
                yield Leaving(
                    what=f"the shared {word} load balancer",
                    resources=family,
                    aside="no process is behind it, and its address does not come back",
                )
