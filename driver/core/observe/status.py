"""What an app shall run beside what it does run."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from driver.core.environment import app_of
from driver.core.ledger import running
from driver.core.observe import urls
from driver.core.ports import RolloutStatus, ServiceState, World
from driver.core.values.checkpoint import AppState
from driver.errors import NotReady
from model.settings import backdoor
from model.settings.schedules import Schedule

WAITS = "waits for the next release"
"""What is said of a new process of a released app, which is well and runs the bootstrap image."""


@dataclass(frozen=True, kw_only=True)
class ProcessStatus:
    """One process. `runs` is the task definition's family and revision; `expected` whether it is the pinned one."""

    name: str
    state: str
    desired: int
    running: int
    pending: int
    runs: str
    expected: bool
    targets: str
    url: str

    @property
    def tasks(self) -> str:
        """The counts as people read them."""
        return f"{self.running}/{self.desired}"


@dataclass(frozen=True, kw_only=True)
class AppStatus:
    """An app: its pin, and its processes."""

    app: str
    env: str
    release: str
    image: str
    processes: tuple[ProcessStatus, ...]

    def plain(self) -> dict[str, object]:
        """For scripts."""
        return asdict(self)


def read(world: World, name: str) -> AppStatus:
    """The status of an app. Raises NotFound, NotReady."""
    app, env = app_of(world.settings, name), world.settings.env
    stack = world.stacks.read(env)
    state = stack.app(name)
    if state is None:
        raise NotReady(f"{name} has no platform in {env} yet", hint=f"Run `slipway up {env}` first.")
    names = world.settings.names(name)
    serving = [*app.services, *([backdoor.NAME] if app.backdoor else [])]
    services = world.services.describe(env, [names.process(process).service for process in serving])
    addresses = urls.of(stack.outputs, name)
    processes = tuple(
        _process(world, process, services.get(names.process(process).service), state, addresses.get(process, ""))
        for process in app.services
    )
    door = services.get(names.process(backdoor.NAME).service)
    processes += tuple(
        _backdoor(process, door, state) if row is app.backdoor else _one_off(process, row.schedule, state)
        for process, row in app.one_offs.items()
    )
    image = _image(world, state, {process: services.get(names.process(process).service) for process in app.services})
    return AppStatus(app=name, env=env, release=state.pin.version, image=image, processes=processes)


def _image(world: World, state: AppState, services: Mapping[str, ServiceState | None]) -> str:
    """What runs, in one word where all processes run what is pinned; else process by process."""
    tasks = {process: row.task_definition for process, row in services.items() if row is not None}
    found = world.services.definitions(list(tasks.values()))
    images = {process: found[arn].image for process, arn in tasks.items() if arn in found and found[arn].image}
    if any(running.differs(image, state.pin) for image in images.values()):
        return "; ".join(f"{process} {running.digest(image)}" for process, image in images.items())
    return "the bootstrap image" if state.pin.image is None else state.pin.image


def _process(world: World, name: str, service: ServiceState | None, state: AppState, url: str) -> ProcessStatus:
    if service is None:
        return ProcessStatus(
            name=name, state="missing", desired=0, running=0, pending=0, runs="-", expected=False, targets="-", url=url
        )
    return ProcessStatus(
        name=name,
        state=_state(name, service, state),
        desired=service.desired,
        running=service.running,
        pending=service.pending,
        runs=service.task_definition.rsplit("/", 1)[-1],
        expected=_is_expected(world, service.task_definition, state.pinned(name)),
        targets=_targets(world, service),
        url=url,
    )


def _is_expected(world: World, runs: str, pinned: str) -> bool:
    """Whether it is the pinned task definition, or the same registered again."""
    return runs == pinned or (bool(pinned) and running.equal(world, runs, pinned))


def _state(name: str, service: ServiceState, state: AppState) -> str:
    if not service.rollouts and not service.content:
        return "unknown"
    status = service.rollouts[0].status if service.rollouts else RolloutStatus.SUCCESSFUL
    well = status in {RolloutStatus.SUCCESSFUL, RolloutStatus.ROLLBACK_SUCCESSFUL}
    return WAITS if state.pin.waits(name) and well else status.lower()


def _one_off(name: str, schedule: Schedule | None, state: AppState) -> ProcessStatus:
    """A process that is no service: what would run, and when, as `up` or a release has left it."""
    runs, when = state.pinned(name), "on demand"
    if schedule is not None:
        found = state.schedules.get(name)
        when = "missing" if found is None else schedule.at if found.output("state") == "ENABLED" else "off"
    if state.pin.waits(name) and when != "missing":
        when = WAITS
    return ProcessStatus(
        name=name,
        state=when,
        desired=0,
        running=0,
        pending=0,
        runs=runs.rsplit("/", 1)[-1],
        expected=bool(runs),
        targets="-",
        url="",
    )


def _backdoor(name: str, service: ServiceState | None, state: AppState) -> ProcessStatus:
    """The one process that is a service and yet runs on demand: open while it has, or shall have, a task."""
    if service is None:
        return replace(_one_off(name, None, state), state="missing", expected=False)
    return replace(
        _one_off(name, None, state),
        state="open" if service.desired or service.running else "closed",
        desired=service.desired,
        running=service.running,
        pending=service.pending,
    )


def _targets(world: World, service: ServiceState) -> str:
    """How many targets are in which state; `-` where no load balancer stands before the process."""
    counted: Counter[str] = Counter()
    for group in service.target_groups:
        try:
            counted.update(world.targets.health(group).values())
        except NotReady:
            return "the target group is gone"
    return ", ".join(f"{number} {state}" for state, number in sorted(counted.items())) or "-"
