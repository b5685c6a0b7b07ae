"""What the code of an app may do on AWS: nothing but what its `grants` name, thing by thing, by exact ARN."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Self

from pydantic import Field, field_validator, model_validator

from model.base import Model
from model.settings.text import Form

Statement = tuple[list[str], list[str]]
"""Actions, and the resources that they are allowed on."""

ANY_ARN = re.compile(r"arn:aws[a-z-]*:([a-z0-9-]+):[a-z0-9-]*:(\d{12})?:[^*?\s]+")


@dataclass(frozen=True)
class Service:
    """What ARNs of a service look like, and the actions of each access on the thing itself.

    https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    """

    shape: str
    access: Mapping[str, tuple[str, ...]]


SERVICES = {
    "s3": Service(
        r"arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
        {"read": ("GetObject",), "write": ("PutObject", "AbortMultipartUpload"), "delete": ("DeleteObject",)},
    ),
    "sqs": Service(
        r"arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,80}(\.fifo)?",
        {
            "send": ("GetQueueUrl", "GetQueueAttributes", "SendMessage"),
            "receive": (
                "ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "GetQueueUrl", "ReceiveMessage",
            ),
        },
    ),
    "sns": Service(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?", {"publish": ("Publish",)}),
    "dynamodb": Service(
        r"arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\d{12}:table/[A-Za-z0-9_.-]{3,255}(/index/[A-Za-z0-9_.-]{3,255})?",
        {
            "read": ("BatchGetItem", "ConditionCheckItem", "DescribeTable", "GetItem", "Query", "Scan"),
            "write": ("BatchWriteItem", "DeleteItem", "PutItem", "UpdateItem"),
        },
    ),
    "kms": Service(
        r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+",
        {"decrypt": ("Decrypt",), "encrypt": ("Encrypt", "GenerateDataKey"), "sign": ("GetPublicKey", "Sign")},
    ),
    "ses": Service(
        r"arn:aws[a-z-]*:ses:[a-z0-9-]+:\d{12}:identity/[^*?\s/]+", {"send": ("SendEmail", "SendRawEmail")}
    ),
    "secretsmanager": Service(
        r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}",
        {"read": ("DescribeSecret", "GetSecretValue")},
    ),
}  # fmt: skip


class Grant(Model):
    """One thing that an app may use, and how. `prefix` narrows a bucket to the keys that begin with it."""

    service: ClassVar[str]
    arn: str
    """The whole ARN of the thing, without patterns."""
    access: Annotated[tuple[str, ...], Field(min_length=1)]
    """What it may do: the words that [security.md](security.md) lists for the service."""

    @field_validator("arn")
    @classmethod
    def _is_exact(cls, arn: str) -> str:
        if "*" in arn or "?" in arn:
            raise ValueError(f"{arn} is a pattern, and a pattern fits the next thing's name too; write the whole ARN")
        if not re.fullmatch(SERVICES[cls.service].shape, arn):
            raise ValueError(f"{arn} is no ARN that {cls.service} grants are for{_other(arn, cls.service)}")
        return arn

    @field_validator("access")
    @classmethod
    def _is_known(cls, access: tuple[str, ...]) -> tuple[str, ...]:
        known = SERVICES[cls.service].access
        for one in access:
            if one not in known:
                raise ValueError(f"{one} is no access to {cls.service}; use {', '.join(known)}")
        return access

    def statements(self) -> Iterator[Statement]:
        """What the policy of the task role allows for it."""
        yield self._actions(), [self.arn]

    def _actions(self) -> list[str]:
        known = SERVICES[self.service].access
        return sorted({f"{self.service}:{action}" for one in self.access for action in known[one]})


class S3Grant(Grant):
    """Objects of a bucket. `list` lets the app see which there are; AWS knows no narrower resource than the bucket."""

    service: ClassVar[str] = "s3"
    prefix: Annotated[
        str,
        Form(r"[A-Za-z0-9!_.'()/-]*", "is no prefix of keys; use letters, digits and !_.'()-, as uploads/", 512),
    ] = ""
    """Narrows the grant to keys that begin so; it ends with `/`."""
    listing: bool = False
    """Whether it may see which objects there are, of the whole bucket."""

    @model_validator(mode="after")
    def _ends_a_folder(self) -> Self:
        if self.prefix and not self.prefix.endswith("/"):
            raise ValueError(f"prefix {self.prefix} fits other folders that begin so; end it with /")
        return self

    def statements(self) -> Iterator[Statement]:
        """Objects below the prefix, and the bucket itself for a listing."""
        yield self._actions(), [f"{self.arn}/{self.prefix}*"]
        if self.listing:
            yield ["s3:ListBucket"], [self.arn]


class SqsGrant(Grant):
    """A queue."""

    service: ClassVar[str] = "sqs"


class SnsGrant(Grant):
    """A topic."""

    service: ClassVar[str] = "sns"


class DynamodbGrant(Grant):
    """A table, or an index of one."""

    service: ClassVar[str] = "dynamodb"


class KmsGrant(Grant):
    """A key."""

    service: ClassVar[str] = "kms"


class SesGrant(Grant):
    """An identity that mail is sent from."""

    service: ClassVar[str] = "ses"


class SecretsmanagerGrant(Grant):
    """A secret beside the app's own config, which needs no grant."""

    service: ClassVar[str] = "secretsmanager"


class Grants(Model):
    """What an app may use, service by service."""

    s3: tuple[S3Grant, ...] = ()
    """Buckets."""
    sqs: tuple[SqsGrant, ...] = ()
    """Queues."""
    sns: tuple[SnsGrant, ...] = ()
    """Topics."""
    dynamodb: tuple[DynamodbGrant, ...] = ()
    """Tables and indexes."""
    kms: tuple[KmsGrant, ...] = ()
    """Keys."""
    ses: tuple[SesGrant, ...] = ()
    """Identities that mail is sent from."""
    secretsmanager: tuple[SecretsmanagerGrant, ...] = ()
    """Secrets beside the app's own."""

    @property
    def all(self) -> tuple[Grant, ...]:
        """Every grant, in the order of the services."""
        return (*self.s3, *self.sqs, *self.sns, *self.dynamodb, *self.kms, *self.ses, *self.secretsmanager)

    def statements(self) -> list[Statement]:
        """What the policy of the task role allows, grant by grant."""
        return [statement for grant in self.all for statement in grant.statements()]


def _other(arn: str, service: str) -> str:
    """Where an ARN that is one, but of something else, belongs."""
    found = ANY_ARN.fullmatch(arn)
    if found is None:
        return "; copy it from the console, whole"
    if found[1] != service and found[1] in SERVICES:
        return f"; it belongs under {found[1]}"
    return f"; it looks like {_example(service)}"


def _example(service: str) -> str:
    examples = {
        "s3": "arn:aws:s3:::BUCKET, without a key",
        "dynamodb": "arn:aws:dynamodb:REGION:ACCOUNT:table/NAME",
        "kms": "arn:aws:kms:REGION:ACCOUNT:key/ID, not an alias",
        "ses": "arn:aws:ses:REGION:ACCOUNT:identity/NAME",
        "secretsmanager": "arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-abcdef, with its six last characters",
    }
    return examples.get(service, f"arn:aws:{service}:REGION:ACCOUNT:NAME")
