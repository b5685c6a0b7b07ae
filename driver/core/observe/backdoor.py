"""Opening and closing the backdoor of an app: one task more, or none. It is no release and needs no lock."""

from driver.core.environment import app_of
from driver.core.ports import Say, World
from driver.core.ports.backdoor import RUNNING, Inside
from driver.core.watch.watch import POLL
from driver.errors import NotFound, NotReady, RolloutFailed, StillRolling
from model.container_definition import CONTAINER
from model.settings import backdoor


def service_of(world: World, app: str) -> str:
    """The service of the app's backdoor. Raises NotFound, NotReady."""
    env = world.settings.env
    if app_of(world.settings, app).backdoor is None:
        raise NotFound(
            f"{app} has no backdoor",
            hint=f"Add it to the catalogue: processes: {backdoor.NAME}: {{kind: backdoor, command: [sleep, infinity]}}",
        )
    service = world.settings.names(app).process(backdoor.NAME).service
    if service not in world.services.describe(env, [service]):
        raise NotReady(f"{service} is not there", hint=f"Run `slipway up {env}` first.")
    return service


def open_up(world: World, app: str, say: Say) -> Inside:
    """Start the task and wait until it runs. Raises RolloutFailed when it stops again, StillRolling, NotReady."""
    env, service = world.settings.env, service_of(world, app)
    state = world.stacks.read(env).app(app)
    if state is None or state.pin.bootstrap:
        raise NotReady(
            f"{app} has no release in {env} to look at yet",
            hint=f"Deploy first: slipway deploy {env} {app} --image TAG",
        )
    definition = world.services.describe(env, [service])[service].task_definition
    before = {row.arn for row in world.services.stopped_tasks(env, service, definition)}
    world.doors.count(env, service, 1)
    say(f"waiting for a task of {service}")
    deadline = world.clock.now() + world.settings.deploy.timeout
    while world.clock.now() < deadline:
        for task in world.doors.inside(env, service):
            if task.status == RUNNING:
                return task
        for row in world.services.stopped_tasks(env, service, definition):
            if row.arn not in before:
                world.doors.count(env, service, 0)
                raise RolloutFailed(
                    f"the backdoor of {app} did not stay up: {row.reason}",
                    hint="It is closed again. Its command must keep it up; its log:"
                    f" slipway logs {env} {app} --process backdoor",
                )
        world.clock.sleep(POLL)
    raise StillRolling(
        f"{service} has no running task after {world.settings.deploy.timeout} s, and ECS goes on",
        hint=f"To end it: slipway backdoor close {env} {app}",
    )


def close(world: World, app: str) -> None:
    """Stop the task. Raises NotFound, NotReady."""
    world.doors.count(world.settings.env, service_of(world, app), 0)


def ways(world: World, app: str, task: Inside) -> dict[str, str]:
    """How to get in: by a session, by address and by name, as far as there is a way."""
    settings = world.settings
    found = {"task": task.arn, "address": task.address}
    if task.session:
        command = f"aws ecs execute-command --region {settings.region} --cluster {settings.env}"
        inside = f"--task {task.arn.rsplit('/', 1)[-1]} --container {CONTAINER}"
        found["session"] = f"{command} {inside} --interactive --command sh"
    if settings.namespace is not None:
        found["name"] = f"{backdoor.NAME}.{app}.{settings.namespace}"
    return found
