"""A service as DescribeServices shows it."""

from collections.abc import Callable
from datetime import datetime

from ministack.services import ecs

from sandbox.emulator.ecs.api.history_api import summary
from sandbox.emulator.ecs.deployments.history import history
from sandbox.emulator.patching.patch import Needs, Record, replace

NEEDS: Needs = {"ministack.services.ecs": ("_sanitize", "_tags", "_ts_to_epoch")}


def install() -> None:
    """Keep ECS's milliseconds, by which tasks and deployments are told apart."""
    replace(ecs, "_ts_to_epoch", _in_milliseconds)


def view(service: Record, *, tags: bool = False) -> Record:
    """The JSON of a service; its tags only when they are asked for."""
    shown: Record = {name: value for name, value in ecs._sanitize(service).items() if name != "tags"}
    past = history(service) if "_history" in service else None
    if past is not None and past.current is not None:
        shown["currentServiceDeployment"] = past.current.arn
        revisions = [past.revision_of(deployment) for deployment in service["deployments"]]
        shown["currentServiceRevisions"] = [summary(service, revision) for revision in revisions if revision]
    if tags:
        shown["tags"] = ecs._tags.get(service["serviceArn"], [])
    return shown


def _in_milliseconds(original: Callable[[object], object]) -> Callable[[object], object]:
    def convert(value: object) -> object:
        if not isinstance(value, str):
            return original(value)
        try:
            return round(datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp(), 3)
        except ValueError:
            return original(value)

    return convert
