"""A task that runs one command with the image and config of an app's release, and ends: what Heroku calls `run`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import inf
from typing import NoReturn

from driver.core.environment import app_of, process_of
from driver.core.ports import Say, StoppedTask, TaskRequest, World
from driver.core.ports.one_off import OneOff, OneOffs
from driver.core.release_phase import attempt as attempts
from driver.core.release_phase.attempt import Ending, Run
from driver.core.release_phase.live_log import Tail
from driver.core.values.checkpoint import AppState, StackState
from driver.core.values.release import Outcome
from driver.core.watch.verdict import describe
from driver.errors import DriverError, Interrupted, InvalidInput, NeverStarted, NotReady, TimedOut, Unreachable
from model.container_definition import log_stream
from model.names.names import AppNames
from model.settings.fargate_sizes import MEMORY, describe_cpu, describe_memory

FAMILY = "run"
"""What the task definitions of one-off tasks are called after environment and app."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody wants to run. `token` tells it from all others; `size` is `CPU` or `CPU/MEMORY`."""

    app: str
    command: tuple[str, ...]
    token: str
    process: str | None = None
    size: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What would run, and where; `release` is the version of the app that it is of."""

    names: AppNames
    process: str
    release: str
    definition: OneOff
    request: TaskRequest
    essential: frozenset[str]

    @property
    def group(self) -> str:
        """The log group that it writes to: that of the process it is like."""
        return self.names.process(self.process).log_group

    def plain(self) -> dict[str, object]:
        """For scripts."""
        return {
            "app": self.names.app,
            "env": self.names.env,
            "release": self.release,
            "process": self.process,
            "command": list(self.definition.command),
            "cpu": self.definition.cpu,
            "memory": self.definition.memory,
        }


def plan(world: World, asked: Asked) -> Plan:
    """What would run. Raises NotFound, InvalidInput, NotReady, Unreachable."""
    env, names = world.settings.env, world.settings.names(asked.app)
    app = app_of(world.settings, asked.app)
    process = asked.process or _usual(list(app.services))
    process_of(world.settings, asked.app, process)
    stack = world.stacks.read(env)
    state = _released(stack, env, asked.app, process)
    base = state.pinned(process)
    found = world.services.definitions([base]).get(base)
    if found is None:
        raise NotReady(f"ECS has no task definition of {process} any more", hint=f"See: slipway drift {env}")
    taken = sorted(set(asked.environment) & found.keys)
    if taken:
        raise InvalidInput(
            f"{', '.join(taken)} comes from the config of {asked.app}, and ECS takes no variable twice",
            hint=f"To change it for all: slipway config set {env} {asked.app} {taken[0]}",
        )
    cpu, memory = size_of(asked.size, found.cpu, found.memory)
    family = names.process(FAMILY).family
    sidecars = app.processes[process].sidecars
    return Plan(
        names=names,
        process=process,
        release=state.pin.version,
        definition=OneOff(base=base, family=family, command=words(asked.command), cpu=cpu, memory=memory),
        request=TaskRequest(
            cluster=env,
            task_definition="",
            subnets=stack.private_subnets(),
            security_groups=(state.security_group,),
            started_by=f"slipway/{asked.app}/run/{asked.token}",
            token=asked.token,
            environment=dict(asked.environment),
        ),
        essential=frozenset(name for name, row in sidecars.items() if row.essential),
    )


def words(command: tuple[str, ...]) -> tuple[str, ...]:
    """A command in one piece with blanks in it is a line for a shell, as at Heroku."""
    if len(command) == 1 and len(command[0].split()) > 1:
        return ("sh", "-c", command[0])
    return command


def size_of(size: str | None, cpu: int, memory: int) -> tuple[int, int]:
    """CPU units and MiB, of which the process's own are taken where nothing else is said. Raises InvalidInput."""
    if size is None:
        return cpu, memory
    parts = size.split("/")
    if not 1 <= len(parts) <= 2 or not all(part.isdigit() for part in parts):
        raise InvalidInput(f"{size} is no size", hint="Write CPU units and MiB: 1024/4096, or CPU units alone: 1024.")
    wanted = int(parts[0])
    if wanted not in MEMORY:
        raise InvalidInput(f"{wanted} CPU units are no Fargate size", hint=f"There are {describe_cpu()}.")
    if len(parts) == 1:
        # As much as the process has, or the nearest that goes with so many CPU units.
        return wanted, next((one for one in MEMORY[wanted] if one >= memory), max(MEMORY[wanted]))
    if int(parts[1]) not in MEMORY[wanted]:
        raise InvalidInput(
            f"{parts[1]} MiB don't go with {wanted} CPU units", hint=f"There are {describe_memory(wanted)}."
        )
    return wanted, int(parts[1])


def start(world: World, one_offs: OneOffs, plan: Plan, say: Say) -> str:
    """Start the task; its ARN. Raises NotPlaced, Refused, Unreachable, and Interrupted after stopping what it began."""
    definition = one_offs.register(plan.definition)
    request = replace(plan.request, task_definition=definition)
    try:
        task = world.tasks.run(request)
    except KeyboardInterrupt:
        found = world.tasks.started_by(plan.names.env, definition, request.started_by)
        for arn in found:
            world.tasks.stop(plan.names.env, arn, "stopped from the command line")
        raise Interrupted("stopped before it had begun" if not found else "stopped") from None
    finally:
        one_offs.let_go(definition)
    say(f"task {task.rsplit('/', 1)[-1]}: {plan.names.app} {plan.release}, as {plan.process}")
    return task


def follow(world: World, plan: Plan, task: str, show: Say, say: Say, seconds: float = inf) -> int:
    """Show what it prints until it has ended; its exit code.

    Raises NeverStarted where nothing ever ran, TimedOut once it was stopped, Interrupted once it was stopped from here,
    Unreachable when nobody knows what became of it.
    """
    tail = Tail(world.logs, plan.group, log_stream(task), show, prefix="")
    going = Run(cluster=plan.names.env, task=task, started=world.clock.utc(), tail=tail, essential=plan.essential)
    try:
        ending = attempts.follow(world, going, seconds)
        tail.ended(world.clock)
        tail.read_until_quiet(world.clock)
    except Unreachable as error:
        raise Unreachable(error.message, hint=f"The task may still run. To end it: {_by_hand(plan, task)}") from error
    except KeyboardInterrupt:
        _stop(world, plan, going, say)
    except BrokenPipeError:
        # Nobody reads what it prints, as after `| head -1`.
        world.tasks.stop(plan.names.env, task, "nobody reads its output any more")
        raise
    return _code(ending, plan, seconds)


def _code(ending: Ending, plan: Plan, seconds: float) -> int:
    if ending.outcome is Outcome.TIMED_OUT:
        raise TimedOut(f"it had not ended after {seconds:g} s and was stopped", hint="A longer time is --timeout.")
    if ending.exit_code is not None:
        return ending.exit_code
    raise _nothing_ran(ending.task, plan)


def _nothing_ran(task: StoppedTask | None, plan: Plan) -> DriverError:
    if task is None:
        return Unreachable("nobody knows how it ended: ECS has forgotten the task and told nothing of its end")
    return NeverStarted(
        f"the task never ran: {describe(task)}", hint=f"What runs now: slipway ps {plan.names.env} {plan.names.app}"
    )


def _stop(world: World, plan: Plan, going: Run, say: Say) -> NoReturn:
    say("stopping the task; once more Ctrl-C leaves it to ECS")
    ending = attempts.stop(world, going)
    if ending is None:
        hint = f"See: slipway ps {plan.names.env} {plan.names.app}"
        raise Interrupted("stopped waiting; the task was told to end", hint=hint)
    code = "without exit code" if ending.exit_code is None else f"with exit code {ending.exit_code}"
    raise Interrupted(f"stopped, and the task with it: it ended {code}")


def _by_hand(plan: Plan, task: str) -> str:
    return f"aws ecs stop-task --cluster {plan.names.env} --task {task.rsplit('/', 1)[-1]}"


def _usual(services: list[str]) -> str:
    """The process that a one-off task is like where nobody says: web, or the first of the catalogue."""
    return "web" if "web" in services else services[0]


def _released(stack: StackState, env: str, app: str, process: str) -> AppState:
    state = stack.app(app)
    if state is None:
        raise NotReady(f"{app} has no platform in {env} yet", hint=f"Run `slipway up {env}` first.")
    if state.pin.bootstrap or state.pin.waits(process):
        raise NotReady(
            f"{process} of {app} has no release in {env} yet",
            hint=f"Deploy first: slipway deploy {env} {app} --image TAG",
        )
    return state
