"""Looks for a word wherever a secret value could have leaked to."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.app_environment import Row, Town

LOOK_SECONDS = 0.05


def places(town: Town, word: str) -> list[str]:
    """Each place that holds the word, named so that a person finds it; sorted."""
    return sorted({place for place, text in everything(town) if word in text})


def everything(town: Town) -> Iterator[tuple[str, str]]:
    """What there is to read: state with its history, project, definitions, logs, ledger, argv, what was said."""
    for key in town.state_keys():
        yield f"state {key}", town.state_object(key).decode(errors="replace")
    for path in town.project.rglob("*"):
        if path.is_file():
            yield f"project {path.name}", path.read_text(errors="replace")
    yield from _task_definitions(town)
    yield from _logs(town)
    for item in _ledger(town):
        yield "ledger", json.dumps(item)
    for line in town.seen_arguments:
        yield "argv", line
    for text in town.said:
        yield "said", text


def _task_definitions(town: Town) -> Iterator[tuple[str, str]]:
    ecs = town.aws("ecs")
    for page in ecs.get_paginator("list_task_definitions").paginate():
        for arn in page["taskDefinitionArns"]:
            found = ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
            yield f"task definition {arn.rsplit('/', 1)[-1]}", json.dumps(found, default=str)


def _logs(town: Town) -> Iterator[tuple[str, str]]:
    logs = town.aws("logs")
    for groups in logs.get_paginator("describe_log_groups").paginate():
        for group in groups["logGroups"]:
            name = group["logGroupName"]
            for page in logs.get_paginator("filter_log_events").paginate(logGroupName=name):
                for event in page["events"]:
                    yield f"log group {name}", event["message"]


def _ledger(town: Town) -> Iterator[Row]:
    for page in town.aws("dynamodb").get_paginator("scan").paginate(TableName="slipway-dev"):
        yield from page["Items"]


@contextmanager
def arguments_seen(town: Town) -> Iterator[None]:
    """While the block runs, the command lines of all processes are written down in `town.seen_arguments`."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(LOOK_SECONDS):
            town.seen_arguments |= set(_command_lines())

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _command_lines() -> Iterator[str]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if line:
            yield line
