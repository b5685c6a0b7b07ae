"""Who counts the jobs of a worker that scales on its queue, and what is counted."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from model.base import Model
from model.settings.text import Form

COUNTER, COUNTER_TIMEOUT = "queue-metrics", 59
"""The function that counts: what it is for, and its seconds. A run has ended when the next one begins."""
RECEIVER, RECEIVER_TIMEOUT = "queue-receiver", 10
"""The function that is reported to: what it is for, and its seconds. Judoscale's clients wait for five."""
TOKEN = "HIREFIRE_TOKEN"
"""The app's variable with the token, as HireFire's own libraries call it."""
LIMIT = 12
"""Seconds that an app has for its answer. HireFire's own library tries a lost connection again for ten."""
EVERYWHERE = "0.0.0.0/0"


class Source(StrEnum):
    """Who knows the jobs: the app, asked as HireFire asks; the app, which reports as to Judoscale; a queue at SQS; or
    somebody else, who puts the metrics."""

    HIREFIRE = "hirefire"
    JUDOSCALE = "judoscale"
    SQS = "sqs"
    OWN = "own"


class Measure(StrEnum):
    """What the value is. An answer does not say whether it is a number of jobs or how long the oldest has waited."""

    SIZE = "size"
    LATENCY = "latency"


WorkerName = Annotated[
    str,
    Form(r"[a-zA-Z][a-zA-Z0-9_-]*", "is no name of a worker at HireFire; use letters, digits, - and _", 63),
]
QueueArn = Annotated[
    str,
    Form(
        r"arn:aws:sqs:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,80}(\.fifo)?",
        "is no queue of SQS; write its whole ARN, such as arn:aws:sqs:eu-west-1:123456789012:jobs",
    ),
]
QueueName = Annotated[str, Field(min_length=1, max_length=100)]

_TAKES: Mapping[Source, tuple[str, ...]] = {
    Source.HIREFIRE: ("measure", "every", "web", "name"),
    Source.JUDOSCALE: ("measure", "every", "queues"),
    Source.SQS: ("every", "arn"),
    Source.OWN: ("measure",),
}


class Queue(Model):
    """Who knows the jobs of a worker. Without it the app's one public web process is asked, as HireFire asks."""

    source: Source = Source.HIREFIRE
    """Who knows the jobs: `hirefire` asks the app, `judoscale` hears its reports, `sqs` asks SQS, `own` is you."""
    measure: Measure = Measure.SIZE
    """What the value is: `size`, a number of jobs, or `latency`, the seconds that the oldest job has waited."""
    every: Literal[20, 30, 60] = 60
    """How often the jobs are counted, in seconds."""
    web: str | None = None
    """The web process that is asked; the only public one if left out."""
    name: WorkerName | None = None
    """What the app calls the worker in its answer; the process's own name if left out."""
    queues: tuple[QueueName, ...] = ()
    """The queues of the worker in the app's reports; all that it reports if left out."""
    arn: QueueArn | None = None
    """The queue at SQS."""

    @field_validator("source", mode="before")
    @classmethod
    def _is_not_redis(cls, source: object) -> object:
        """What of a Redis is a job is known to the library that puts it there alone."""
        if source == "redis":
            raise ValueError(
                "redis is no source: each library lays its jobs out in its own way; use hirefire or judoscale, whose"
                " libraries count those of Celery and RQ inside the app"
            )
        return source

    @model_validator(mode="after")
    def _fits_its_source(self) -> Self:
        wrong = sorted(self.model_fields_set - {"source", *_TAKES[self.source]})
        if wrong:
            raise ValueError(f"source {self.source} takes no {', '.join(wrong)}; drop it, or change the source")
        if self.source is Source.SQS and self.arn is None:
            raise ValueError("source sqs needs the queue; set arn, such as arn:aws:sqs:eu-west-1:123456789012:jobs")
        return self

    @property
    def counted(self) -> bool:
        """Whether our own function counts."""
        return self.source is not Source.OWN

    @property
    def latency(self) -> bool:
        """Whether its value is an age and no number of jobs."""
        return self.measure is Measure.LATENCY

    @property
    def tells_age(self) -> bool:
        """Whether the age of the oldest job is a metric; of what somebody else puts it may be."""
        return self.latency or self.source is Source.OWN

    @property
    def with_token(self) -> bool:
        """Whether it shows the app's token, or is shown it."""
        return self.source in {Source.HIREFIRE, Source.JUDOSCALE}


def asked(queue: Queue, ports: Mapping[str, bool]) -> str:
    """The web process that is asked; `ports` has all that listen, and whether they are public. Raises ValueError."""
    public = [name for name, is_public in ports.items() if is_public]
    if queue.web is not None:
        if queue.web not in ports:
            raise ValueError(f"queue/web: {queue.web} is no web process of the app{_instead(public)}")
        if queue.web not in public:
            raise ValueError(f"queue/web: {queue.web} is not public, and is asked from outside the VPC; {_HELP}")
        return queue.web
    if len(public) > 1:
        raise ValueError(
            f"queue/web: the app has several public web processes; say which is asked: {', '.join(public)}"
        )
    if not public:
        raise ValueError(f"backlog: nobody counts the jobs, since the app has no public web process to ask; {_HELP}")
    return public[0]


_HELP = (
    "set queue: {source: judoscale}, queue: {source: sqs, arn: …}, or queue: {source: own} if you put the metrics"
    " yourself"
)


def _instead(public: Iterable[str]) -> str:
    names = ", ".join(public)
    return f"; use {names}" if names else ""


def check_reach(where: str, allowed: Iterable[str]) -> None:
    """Whoever asks comes from any address of AWS. Raises ValueError."""
    if EVERYWHERE not in allowed:
        raise ValueError(
            f"allowed: the jobs of {where} are asked for over the internet, and only {', '.join(allowed)} may come in;"
            f" {_HELP}"
        )


def check_region(where: str, queue: Queue, region: str) -> None:
    """The function speaks to SQS of its own region alone. Raises ValueError."""
    if queue.arn is not None and queue.arn.split(":")[3] != region:
        raise ValueError(f"{where}/scaling/queue/arn: {queue.arn} is not in {region}; use a queue of that region")


def plain(queue: Queue, process: str, service: str) -> dict[str, Any]:
    """How the function is told of a worker: what `functions/queue_metrics/plan.py` reads."""
    row: dict[str, Any] = {
        "process": process,
        "service": service,
        "source": queue.source.value,
        "measure": queue.measure.value,
        "every": queue.every,
    }
    if queue.source is Source.HIREFIRE:
        row["name"] = queue.name or process
    if queue.arn is not None:
        row["queue"] = queue.arn
    return row | ({"queues": list(queue.queues)} if queue.queues else {})
