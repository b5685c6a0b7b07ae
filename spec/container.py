"""Container definitions as ECS takes them.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definitions
"""

from dataclasses import dataclass

from spec.catalogue import RELEASE, Process
from spec.names import ProcessNames
from spec.releases import Pin

CONTAINER = "app"
STREAM_PREFIX = "ecs"
BOOTSTRAP_PORT = 8000
Json = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a container definition takes from the platform around it."""

    region: str
    secret_arn: str
    bootstrap_image: str


def definition(names: ProcessNames, process: Process, pin: Pin, around: Surroundings) -> Json:
    """The one container of a task, with the config of the release as references, never as values."""
    image = around.bootstrap_image if pin.image is None else pin.image
    body: Json = {
        "name": CONTAINER,
        "image": image,
        "essential": True,
        "environment": _environment(names, process, pin),
        "secrets": secrets(pin, around.secret_arn),
        "logConfiguration": _logs(names, around.region),
        "stopTimeout": process.stop_timeout,
        **_command(names, process, pin),
    }
    if process.port is not None:
        body["portMappings"] = [{"containerPort": process.port, "hostPort": process.port, "protocol": "tcp"}]
    return body


def secrets(pin: Pin, secret_arn: str) -> list[Json]:
    """One reference a variable: `arn:KEY::<version id>`, so that a task started later reads the same config.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
    """
    return [{"name": key, "valueFrom": f"{secret_arn}:{key}::{pin.config}"} for key in pin.keys]


def log_stream(task_arn: str) -> str:
    """The log stream of a task, as the awslogs driver names it: prefix, container, task id.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
    """
    return f"{STREAM_PREFIX}/{CONTAINER}/{task_arn.rsplit('/', 1)[-1]}"


def _environment(names: ProcessNames, process: Process, pin: Pin) -> list[Json]:
    variables = {
        "SLIPWAY_ENV": names.env,
        "SLIPWAY_APP": names.app,
        "SLIPWAY_PROCESS": names.process,
        "SLIPWAY_RELEASE": pin.version,
    }
    if process.port is not None:
        variables["PORT"] = str(process.port)
    return [{"name": name, "value": value} for name, value in sorted(variables.items())]


def _command(names: ProcessNames, process: Process, pin: Pin) -> Json:
    """The image's entrypoint script for this process; on the bootstrap, the arguments of its image."""
    if pin.bootstrap:
        text = f"{names.service} has no release yet"
        return {"command": [f"-listen=:{process.port or BOOTSTRAP_PORT}", f"-text={text}"]}
    if process.command is not None:
        return {"command": list(process.command)}
    return {"entryPoint": ["sh", f"entrypoint-{names.process}.sh"]}


def _logs(names: ProcessNames, region: str) -> Json:
    """Services log without blocking, so that a slow log service can't stall them; a release task must lose no line.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
    """
    options = {"awslogs-group": names.log_group, "awslogs-region": region, "awslogs-stream-prefix": STREAM_PREFIX}
    if names.process == RELEASE:
        return {"logDriver": "awslogs", "options": {**options, "mode": "blocking"}}
    return {"logDriver": "awslogs", "options": {**options, "mode": "non-blocking", "max-buffer-size": "4m"}}
