"""Task definitions of one-off tasks at ECS, made from those of processes."""

from collections.abc import Mapping, Sequence
from typing import Any

from driver.adapters.aws.ecs.definitions import REGISTERED
from driver.adapters.aws.session import Session, code, translated
from driver.core.ports.one_off import OneOff
from driver.errors import Refused, Unreachable
from model.container_definition import CONTAINER

Row = Mapping[str, Any]
SERVING = ("portMappings", "healthCheck", "entryPoint", "command", "restartPolicy")
"""What the app's container has for the process that it is, and a one-off task has no use for."""


class EcsOneOffs:
    """Implements the port OneOffs."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def register(self, asked: OneOff) -> str:
        """Register it, with the tags of its base."""
        from botocore.exceptions import ClientError

        with translated(f"registering {asked.family}"):
            answer = self._ecs.describe_task_definition(taskDefinition=asked.base, include=["TAGS"])
            tags = {"tags": answer["tags"]} if answer.get("tags") else {}
            try:
                made = self._ecs.register_task_definition(**definition(answer["taskDefinition"], asked), **tags)
            except ClientError as error:
                if code(error) not in {"ClientException", "InvalidParameterException"}:
                    raise
                raise Refused(f"ECS does not take it: {error.response['Error'].get('Message', '')}") from None
        return str(made["taskDefinition"]["taskDefinitionArn"])

    def let_go(self, task_definition: str) -> None:
        """Deregister it. A role that deploys alone may not: ECS knows no narrower leave than for all of the account.

        https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
        """
        try:
            with translated("deregistering a task definition"):
                self._ecs.deregister_task_definition(taskDefinition=task_definition)
        except Unreachable:
            return

    @property
    def _ecs(self) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        return self._session.client("ecs")


def definition(base: Row, asked: OneOff) -> dict[str, Any]:
    """What to register: the base with another command, in no network but its own."""
    kept = {key: base[key] for key in REGISTERED if base.get(key)}
    containers = [_app(one, asked) if one["name"] == CONTAINER else dict(one) for one in base["containerDefinitions"]]
    size = {"cpu": str(asked.cpu), "memory": str(asked.memory)}
    return {**kept, "family": asked.family, "containerDefinitions": containers, **size}


def _app(container: Row, asked: OneOff) -> dict[str, Any]:
    """Where the process brings its own entry point, the image's one stays out of it here too."""
    kept = {key: value for key, value in container.items() if key not in SERVING}
    options = container.get("logConfiguration", {})
    if options.get("logDriver") == "awslogs":
        # No line is lost: whoever started it waits for its output.
        loose = {"mode", "max-buffer-size"}
        rest = {key: value for key, value in options["options"].items() if key not in loose}
        kept["logConfiguration"] = {**options, "options": {**rest, "mode": "blocking"}}
    return {**kept, **_command(bool(container.get("entryPoint")), asked.command)}


def _command(own: bool, command: Sequence[str]) -> dict[str, Any]:
    return {"entryPoint": [command[0]], "command": list(command[1:])} if own else {"command": list(command)}
