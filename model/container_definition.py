"""Container definitions as ECS takes them.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definitions
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from model.names.names import ProcessNames
from model.releases import Pin
from model.settings.app import RELEASE, Process
from model.settings.sidecars import APP, Condition

CONTAINER = APP
STREAM_PREFIX = "ecs"
BOOTSTRAP_PORT = 8000
BOOTSTRAP_LISTENS = "-listen="
"""How the first argument of the bootstrap image begins."""
VOLUME = 255
"""Characters of a volume's name at most."""
_PLAIN_PATH = re.compile(r"(/[a-z0-9_]+)+")
RELEASE_VARIABLE = "SLIPWAY_RELEASE"
"""What tells a process which release it is part of."""
_COMMIT = "SLIPWAY_COMMIT"
OF_A_RELEASE = frozenset(
    {RELEASE_VARIABLE, _COMMIT, "HEROKU_RELEASE_VERSION"}
    | {f"HEROKU_{what}_{fact}" for what in ("SLUG", "BUILD") for fact in ("COMMIT", "DESCRIPTION")}
)
"""The variables that say of a release no more than its number and its image do."""
Json = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a container definition takes from the platform around it."""

    region: str
    secret_arn: str
    bootstrap_image: str
    heroku_variables: bool = False


def definition(names: ProcessNames, process: Process, pin: Pin, around: Surroundings) -> Json:
    """The one container of a task, with the config of the release as references, never as values."""
    image = around.bootstrap_image if pin.image is None else pin.image
    body: Json = {
        "name": CONTAINER,
        "image": image,
        "essential": True,
        "environment": _environment(names, process, pin, heroku=around.heroku_variables),
        "secrets": secrets(pin, around.secret_arn),
        "logConfiguration": _logs(names, process, around.region),
        "stopTimeout": process.stop_timeout,
        **_command(names, process, pin),
        **_ports(process.port),
    }
    if process.readonly:
        body["readonlyRootFilesystem"] = True
        body["mountPoints"] = [
            {"sourceVolume": volume, "containerPath": path, "readOnly": False}
            for volume, path in volumes(process).items()
        ]
    if not pin.bootstrap:
        body |= _waiting(process.depends_on)
        body |= {} if process.check is None else {"healthCheck": process.check.rendered()}
    return body


def definitions(names: ProcessNames, process: Process, pin: Pin, around: Surroundings) -> list[Json]:
    """All containers of a task, the app's first. The bootstrap has no sidecars, for want of config."""
    beside = {} if pin.bootstrap else process.sidecars
    own = definition(names, process, pin, around)
    return [own, *(_sidecar(names, process, name, pin, around) for name in beside)]


def sizes(process: Process) -> Json:
    """What a task has beside its containers, by setting."""
    return {"cpu": process.cpu, "memory": process.memory, "architecture": process.architecture.value}


def volumes(process: Process) -> dict[str, str]:
    """The empty folders of a task with a read-only root: path by volume name."""
    return {_volume(path): path for path in process.writable}


def _volume(path: str) -> str:
    """ECS takes letters, digits, hyphens and underscores; what a path has beside those is told apart by a hash.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Volume.html
    """
    name = f"writable{path.replace('/', '-')}"
    if _PLAIN_PATH.fullmatch(path) and len(name) <= VOLUME:
        return name
    digest = hashlib.sha256(path.encode()).hexdigest()[:6]
    return f"{re.sub(r'[^A-Za-z0-9_]+', '-', name)[: VOLUME - 7]}-{digest}"


def _sidecar(names: ProcessNames, process: Process, name: str, pin: Pin, around: Surroundings) -> Json:
    row = process.sidecars[name]
    body: Json = {
        "name": name,
        "image": row.image,
        "essential": row.essential,
        "environment": [{"name": key, "value": value} for key, value in sorted(row.environment.items())],
        "secrets": [entry for entry in secrets(pin, around.secret_arn) if entry["name"] in row.config],
        "logConfiguration": _logs(names, process, around.region),
        **_ports(row.port),
        **_waiting(row.depends_on),
    }
    body |= {} if row.check is None else {"healthCheck": row.check.rendered()}
    body |= {} if row.command is None else {"command": list(row.command)}
    return body | {key: value for key, value in (("cpu", row.cpu), ("memory", row.memory)) if value is not None}


def _ports(port: int | None) -> Json:
    return {} if port is None else {"portMappings": [{"containerPort": port, "hostPort": port, "protocol": "tcp"}]}


def _waiting(others: Mapping[str, Condition]) -> Json:
    rows = [{"containerName": name, "condition": condition.upper()} for name, condition in sorted(others.items())]
    return {"dependsOn": rows} if rows else {}


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


def _environment(names: ProcessNames, process: Process, pin: Pin, *, heroku: bool) -> list[Json]:
    """The platform's own variables. One of Heroku's that the app's config has too is the config's: ECS takes no name
    twice.
    """
    commit = pin.source.commit if pin.source else None
    variables = {
        "SLIPWAY_ENV": names.env,
        "SLIPWAY_APP": names.app,
        "SLIPWAY_PROCESS": names.process,
        RELEASE_VARIABLE: pin.version,
    }
    if process.port is not None:
        variables["PORT"] = str(process.port)
    if commit:
        variables[_COMMIT] = commit
    if heroku and not pin.bootstrap:
        variables |= {key: value for key, value in _of_heroku(names, pin, commit).items() if key not in pin.keys}
    return [{"name": name, "value": value} for name, value in sorted(variables.items())]


def _of_heroku(names: ProcessNames, pin: Pin, commit: str | None) -> dict[str, str]:
    """What Heroku tells its dynos, as far as there is such a thing here.

    https://devcenter.heroku.com/articles/dyno-metadata
    """
    found = {"HEROKU_APP_NAME": names.app, "HEROKU_RELEASE_VERSION": pin.version}
    for what in ("SLUG", "BUILD") if commit else ():
        found |= {f"HEROKU_{what}_COMMIT": commit or "", f"HEROKU_{what}_DESCRIPTION": f"Deploy {(commit or '')[:8]}"}
    return found


def _command(names: ProcessNames, process: Process, pin: Pin) -> Json:
    """The image's entrypoint script for this process; on the bootstrap, the arguments of its image."""
    if pin.bootstrap:
        text = f"{names.service} has no release yet"
        listens = f"{BOOTSTRAP_LISTENS}:{process.port or BOOTSTRAP_PORT}"
        return {"command": [listens, f"-text={text}"]}
    if process.command is not None:
        return {"command": list(process.command)}
    return {"entryPoint": ["sh", f"entrypoint-{names.process}.sh"]}


def _logs(names: ProcessNames, process: Process, region: str) -> Json:
    """Services log without blocking, so that a slow log service can't stall them; a one-off task must lose no line.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
    """
    options = {"awslogs-group": names.log_group, "awslogs-region": region, "awslogs-stream-prefix": STREAM_PREFIX}
    if names.process == RELEASE or not process.is_service:
        return {"logDriver": "awslogs", "options": {**options, "mode": "blocking"}}
    loose = {"mode": "non-blocking", "max-buffer-size": f"{process.log_buffer}m"}
    return {"logDriver": "awslogs", "options": {**options, **loose}}
