"""Log groups, and the archive in S3 that the lines of chosen processes go to."""

from collections.abc import Collection
from typing import Annotated, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from model.base import Model
from model.settings.text import KmsKey

SHIPPER, COMPACTOR = "log-shipper", "log-compactor"
"""What the archive's two functions are for; names are made of it."""
FUNCTIONS = {SHIPPER: 60, COMPACTOR: 240}
"""The seconds that each may take: a run of the compactor has ended when the next one begins."""
COMPACTING = 1
"""The copies of the compactor that may run at once."""

Unwanted = Annotated[str, StringConstraints(min_length=1, max_length=200)]
MOST_PROCESSES = 40
"""Each has its own leave to call the function, and all of them must fit into 20 KB.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""
LONGEST_PATTERN = 1024
"""https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutSubscriptionFilter.html"""
UNSAYABLE = frozenset('"\\%')
"""A quote ends a term of a filter pattern, and AWS gives no way to write it or what would be taken for its syntax."""
SMALLEST_AGE = 30
"""S3 moves no object to Standard-IA before.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
"""


class Archive(Model):
    """The log lines of chosen processes in S3. Ages are counted from when an object was written."""

    processes: Annotated[tuple[str, ...], Field(max_length=MOST_PROCESSES)]
    """Which processes are archived, as `APP.PROCESS`; none of them keeps what is there and adds nothing."""
    without: Annotated[tuple[Unwanted, ...], Field(max_length=20)] = ()
    """Texts; lines that hold one of them are left out."""
    infrequent_after: Annotated[int, Field(ge=SMALLEST_AGE, le=3650)] | None = 30
    """When objects move to cheaper storage, in days; `null` for never."""
    expire_after: Annotated[int, Field(ge=1, le=36500)] | None = None
    """When objects are deleted, in days; never if left out."""
    versioning: bool = False
    """Whether the bucket keeps what is overwritten or deleted."""
    concurrency: Annotated[int, Field(ge=1, le=100)] = 5
    """How many copies of the shipper may run at once, which is taken from what the account has."""

    @field_validator("processes")
    @classmethod
    def _in_order(cls, processes: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(processes))

    @property
    def filter_pattern(self) -> str:
        """What CloudWatch Logs itself leaves out: the unwanted texts that a pattern of it can say, as far as they fit.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
        """
        terms: list[str] = []
        for text in self.without:
            term = f'-"{text}"'
            room = len(" ".join([*terms, term])) <= LONGEST_PATTERN
            if room and text.isascii() and text.isprintable() and text.strip() and not set(text) & UNSAYABLE:
                terms.append(term)
        return " ".join(terms)

    @model_validator(mode="after")
    def _ages_are_in_order(self) -> Self:
        if self.expire_after is not None and self.expire_after <= (self.infrequent_after or 0):
            raise ValueError(
                f"expire_after {self.expire_after} is not after infrequent_after {self.infrequent_after};"
                " make it longer, or infrequent_after: null"
            )
        return self


class Logs(Model):
    """The log groups: their encryption, and what is kept beyond them. The key's policy must let CloudWatch Logs in."""

    key: KmsKey | None = None
    """The ARN of a KMS key that all log groups are encrypted with."""
    archive: Archive | None = None
    """Which lines are kept in S3, and for how long."""

    def archives(self, logical: str) -> bool:
        """Whether a process, as `<app>.<process>`, is archived."""
        return self.archive is not None and logical in self.archive.processes

    def check(self, region: str, processes: Collection[str]) -> None:
        """Hold them against the rest of the settings. Raises ValueError."""
        if self.key is not None and self.key.split(":")[3] != region:
            raise ValueError(f"logs/key: {self.key} is not in {region}; use a key of that region")
        unknown = sorted(set(self.archive.processes) - set(processes)) if self.archive is not None else []
        if unknown:
            raise ValueError(
                f"logs/archive/processes: {', '.join(unknown)} is no process of the catalogue;"
                f" it has {', '.join(sorted(processes))}"
            )
