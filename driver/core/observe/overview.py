"""All apps of an environment at a glance: what each shall run, whether it does, and how many tasks it has."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from driver.core.observe import urls
from driver.core.ports import Glance, World
from driver.core.values.checkpoint import AppState
from driver.errors import NotReady


@dataclass(frozen=True, kw_only=True)
class Line:
    """One app. `tasks` are the running and the wanted ones by process, `url` that of its first process with one."""

    app: str
    env: str
    release: str
    state: str
    tasks: Mapping[str, tuple[int, int]]
    url: str = ""

    @property
    def counts(self) -> str:
        """The tasks as people read them."""
        return ", ".join(f"{name} {running}/{desired}" for name, (running, desired) in self.tasks.items()) or "-"

    def plain(self) -> dict[str, object]:
        """For scripts."""
        tasks = {name: {"running": running, "desired": desired} for name, (running, desired) in self.tasks.items()}
        return {**asdict(self), "tasks": tasks}


def read(world: World) -> tuple[Line, ...]:
    """One line for each app of the catalogue. Raises NotReady where the environment is not up."""
    env, settings = world.settings.env, world.settings
    stack = world.stacks.read(env)
    if not stack.exists:
        raise NotReady(f"{env} is not up", hint=f"Run `slipway up {env}` first.")
    states = {name: state for name in settings.apps if (state := stack.app(name)) is not None}
    services = {
        name: {process: settings.names(name).process(process).service for process in settings.apps[name].services}
        for name in states
    }
    glances = world.services.glance(env, [service for rows in services.values() for service in rows.values()])
    return tuple(
        _line(env, name, states.get(name), services.get(name, {}), glances, _first(urls.of(stack.outputs, name)))
        for name in settings.apps
    )


def _line(
    env: str,
    name: str,
    state: AppState | None,
    services: Mapping[str, str],
    glances: Mapping[str, Glance],
    url: str,
) -> Line:
    if state is None:
        return Line(app=name, env=env, release="-", state="not up yet", tasks={})
    found = {process: glances.get(service) for process, service in services.items()}
    return Line(
        app=name,
        env=env,
        release="bootstrap" if state.pin.bootstrap else state.pin.version,
        state=_state(state, found),
        tasks={process: (row.running, row.desired) for process, row in found.items() if row is not None},
        url=url,
    )


def _state(state: AppState, found: Mapping[str, Glance | None]) -> str:
    """The worst that is true of any process, in one word and the processes that it is true of."""
    there = {process: row for process, row in found.items() if row is not None}
    signs = {
        "missing": [process for process, row in found.items() if row is None],
        "failed": [process for process, row in there.items() if row.failed],
        "rolling": [process for process, row in there.items() if row.moving],
        "drifted": [process for process, row in there.items() if row.task_definition != state.pinned(process)],
        "short of tasks": [process for process, row in there.items() if row.running < row.desired],
    }
    for word, processes in signs.items():
        if processes:
            return f"{word}: {', '.join(processes)}"
    return "up" if any(row.desired for row in there.values()) else "off"


def _first(found: Mapping[str, str]) -> str:
    return next(iter(found.values()), "")
