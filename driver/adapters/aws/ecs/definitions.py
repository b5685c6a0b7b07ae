"""Task definitions at ECS: what they say, and registering the same once more.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
"""

import hashlib
import json
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from driver.adapters.aws.session import Session, code, translated
from driver.core.values.ecs import Definition
from model.container_definition import CONTAINER, OF_A_RELEASE

REGISTERED = (
    "family", "taskRoleArn", "executionRoleArn", "networkMode", "containerDefinitions", "volumes",
    "placementConstraints", "requiresCompatibilities", "cpu", "memory", "pidMode", "ipcMode", "proxyConfiguration",
    "inferenceAccelerators", "ephemeralStorage", "runtimePlatform", "enableFaultInjection",
)  # fmt: skip
"""What RegisterTaskDefinition takes of what DescribeTaskDefinition gives; tags come apart.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
"""

VERSION = re.compile(r"arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:[^:]+:[^:]*:[^:]*:([^:]+)")
"""How a variable names one version of a secret.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
"""

Row = Mapping[str, Any]


class EcsDefinitions:
    """The task definitions of an account. `confirm` raises Busy when the app is not ours any more."""

    def __init__(self, session: Session, confirm: Callable[[], None]) -> None:
        self._session = session
        self._confirm = confirm

    def read(self, arns: Collection[str]) -> Mapping[str, Definition]:
        """Those that ECS knows, by ARN: one call each, since ECS describes no two at once."""
        found = {arn: self._describe(arn) for arn in dict.fromkeys(arns)}
        return {arn: parse(answer["taskDefinition"]) for arn, answer in found.items() if answer is not None}

    def register_again(self, arn: str) -> str:
        """The same content under the next revision, tags and all; one that was deregistered still tells its own."""
        with translated(f"registering {arn.rsplit('/', 1)[-1]} again"):
            answer = self._ecs.describe_task_definition(taskDefinition=arn, include=["TAGS"])
            asked = {key: answer["taskDefinition"][key] for key in REGISTERED if answer["taskDefinition"].get(key)}
            asked |= {"tags": answer["tags"]} if answer.get("tags") else {}
            self._confirm()
            return str(self._ecs.register_task_definition(**asked)["taskDefinition"]["taskDefinitionArn"])

    def _describe(self, arn: str) -> Row | None:
        from botocore.exceptions import ClientError

        with translated(f"describing {arn.rsplit('/', 1)[-1]}"):
            try:
                found: Row = self._ecs.describe_task_definition(taskDefinition=arn)
            except ClientError as error:
                if code(error) != "ClientException":
                    raise
                return None
        return found

    @property
    def _ecs(self) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        return self._session.client("ecs")


def parse(row: Row) -> Definition:
    """A task definition as DescribeTaskDefinition gives it.

    The app's own container is the one that Slipway names, else the first: other tools have names of their own.
    """
    containers = row["containerDefinitions"]
    body = next((one for one in containers if one["name"] == CONTAINER), containers[0])
    references = [one for part in containers for one in part.get("secrets", ())]
    return Definition(
        active=row["status"] == "ACTIVE",
        image=body.get("image", ""),
        keys=frozenset(one["name"] for one in body.get("secrets", ())),
        configs=frozenset(found[1] for one in references if (found := VERSION.fullmatch(one["valueFrom"]))),
        cpu=_number(row.get("cpu")),
        memory=_number(row.get("memory")),
        content=_digest({key: row.get(key) for key in REGISTERED}),
        setup=_digest({key: row.get(key) for key in REGISTERED} | {"containerDefinitions": _without(containers, body)}),
    )


def _without(containers: Collection[Row], own: Row) -> list[Row]:
    """The containers without what differs from one release to the next: image, config version and number."""
    return [
        {**one, **({"image": ""} if one is own else {}), "secrets": _names(one), "environment": _variables(one)}
        for one in containers
    ]


def _names(container: Row) -> list[list[str]]:
    """The variables that come from a secret, with the secret but without its version."""
    rows = [(one["name"], one["valueFrom"]) for one in container.get("secrets", ())]
    return sorted([name, _unversioned(reference)] for name, reference in rows)


def _unversioned(reference: str) -> str:
    found = VERSION.fullmatch(reference)
    return reference if found is None else reference.removesuffix(found[1])


def _variables(container: Row) -> list[list[str]]:
    rows = [(one["name"], one["value"]) for one in container.get("environment", ())]
    return sorted([name, value] for name, value in rows if name not in OF_A_RELEASE)


def _digest(body: Mapping[str, object]) -> str:
    kept = {key: value for key, value in body.items() if value}
    return hashlib.sha256(json.dumps(kept, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _number(text: object) -> int:
    return int(text) if isinstance(text, str | int) and str(text).isdigit() else 0
