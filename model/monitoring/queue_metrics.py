"""How the metrics of a worker's queue are called, for who publishes and for who reads them."""

from model.names.names import ProcessNames

NAMESPACE = "Slipway/Queues"

JOBS = "Jobs"
"""Jobs that wait or are being worked on. A worker that is busy with the last one is not idle."""
BACKLOG = "BacklogPerTask"
"""JOBS ÷ max(1, running tasks), so that there is a value when nothing runs."""
WAKE_UP = "WakeUp"
"""1 when there are jobs and no task is wanted, else 0. A worker at 0 can't be woken by a share per task."""
OLDEST = "OldestJobAge"
"""Seconds for which the oldest job has waited, 0 when none waits."""
BUSY = "Busy"
"""0 when it is known that there is no job, else 1. What can't be known is not zero, and keeps a worker awake."""

FAILED, AGE = "AppsFailed", "ValueAge"
"""Of the counting itself: apps whose jobs could not be counted, and for how long the worst of them could not."""

PERIOD = 60
"""Seconds between two values: schedules tick once a minute, and target tracking looks at minutes.

https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html
"""


def dimensions(names: ProcessNames) -> dict[str, str]:
    """What tells the metrics of one worker from those of another."""
    return {"Environment": names.env, "App": names.app, "Process": names.process}


def of_counting(env: str) -> dict[str, str]:
    """What tells the metrics of the counting itself from those of workers."""
    return {"Environment": env}


def scaling_alarm(names: ProcessNames, what: str) -> str:
    """An alarm that scales. It is no trouble, so its name does not begin as those do that hold a deploy up."""
    return f"Scaling-{names.family}-{what}"


def held(*, latency: bool) -> str:
    """The metric that a worker is scaled on. The age of the oldest job is no share that tasks have of something."""
    return OLDEST if latency else BACKLOG


def row(names: ProcessNames, *, latency: bool = False) -> dict[str, object]:
    """The queue of a worker as the `monitoring` output has it."""
    return {
        "process": names.process,
        "namespace": NAMESPACE,
        "metric": held(latency=latency),
        "dimensions": dimensions(names),
    }
