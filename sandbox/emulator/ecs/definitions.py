"""What ECS takes as a task definition, beside the sizes that Fargate has.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
"""

import re
from collections.abc import Iterator

from sandbox.emulator.patching.patch import Needs, Record, Refusal

NEEDS: Needs = {}

MOST = 10
NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
ENDS = ("COMPLETE", "SUCCESS")


def check(data: Record) -> None:
    """Raise the refusal that RegisterTaskDefinition gives for what it does not take."""
    for sentence in _wrong(data):
        raise Refusal("ClientException", sentence)


def _wrong(data: Record) -> Iterator[str]:
    containers: list[Record] = data.get("containerDefinitions") or []
    if not NAME.fullmatch(str(data.get("family", ""))):
        yield f"Family contains invalid characters: {data.get('family')}"
    if len(containers) > MOST:
        yield f"Too many containers: {len(containers)}. A task definition may have up to {MOST} containers."
    names = [str(row.get("name", "")) for row in containers]
    for name in names:
        if not NAME.fullmatch(name):
            yield f"Container.name contains invalid characters: {name}"
        if names.count(name) > 1:
            yield f"Container names must be unique within a task definition: {name}"
    yield from _volumes(data, containers)
    for row in containers:
        for one in row.get("dependsOn") or []:
            yield from _dependency(row, one, containers)


def _volumes(data: Record, containers: list[Record]) -> Iterator[str]:
    volumes = [str(row.get("name", "")) for row in data.get("volumes") or []]
    for name in volumes:
        if not NAME.fullmatch(name):
            yield f"Volume name contains invalid characters: {name}"
        if volumes.count(name) > 1:
            yield f"Volume names must be unique within a task definition: {name}"
    for row in containers:
        paths = [point.get("containerPath") for point in row.get("mountPoints") or []]
        for point in row.get("mountPoints") or []:
            if point.get("sourceVolume") not in volumes:
                yield f"Unknown volume '{point.get('sourceVolume')}'."
            if paths.count(point.get("containerPath")) > 1:
                yield f"Duplicate container path '{point.get('containerPath')}' in container '{row['name']}'."


def _dependency(row: Record, one: Record, containers: list[Record]) -> Iterator[str]:
    """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html"""
    name, condition = one.get("containerName"), one.get("condition")
    other = next((found for found in containers if found.get("name") == name), None)
    if other is None or other is row:
        yield f"Container '{row['name']}' depends on '{name}', which is no other container of the task definition."
        return
    if condition == "HEALTHY" and not other.get("healthCheck"):
        yield (
            f"Container '{row['name']}' depends on '{name}' with condition HEALTHY, which requires that the dependent"
            " container has health checks configured in the task definition."
        )
    if condition in ENDS and other.get("essential", True):
        yield f"Container '{row['name']}' depends on '{name}' with condition {condition}, which is essential."
