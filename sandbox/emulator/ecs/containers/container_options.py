"""What a container definition asks of the container runtime beyond what ministack passes on."""

from collections.abc import Callable
from typing import Any

from ministack.services import ecs

from sandbox.emulator.patching.patch import Needs, Record, replace

NEEDS: Needs = {"ministack.services.ecs": ("_build_run_kwargs",)}

# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
DEFAULT_STOP_TIMEOUT = 30
MAX_STOP_TIMEOUT = 120


def install() -> None:
    """Pass entry point, working directory, user, memory and stop timeout to `containers.run`."""
    replace(ecs, "_build_run_kwargs", _completing)


def stop_timeout(definition: Record) -> int:
    """Seconds between SIGTERM and SIGKILL; real seconds, never paced."""
    return min(int(definition.get("stopTimeout") or DEFAULT_STOP_TIMEOUT), MAX_STOP_TIMEOUT)


def _completing(original: Callable[..., Record]) -> Callable[..., Record]:
    def build(definition: Record, task_definition: Record, *rest: Any) -> Record:  # noqa: ANN401
        keywords = original(definition, task_definition, *rest)
        return {**keywords, **_own_keywords(definition, task_definition)}

    return build


def _own_keywords(definition: Record, task_definition: Record) -> Record:
    keywords: Record = {"stop_timeout": stop_timeout(definition)}
    for name, keyword in (("entryPoint", "entrypoint"), ("workingDirectory", "working_dir"), ("user", "user")):
        if definition.get(name):
            keywords[keyword] = definition[name]
    if mebibytes := definition.get("memory") or task_definition.get("memory"):
        keywords["mem_limit"] = f"{int(mebibytes)}m"
    return keywords
