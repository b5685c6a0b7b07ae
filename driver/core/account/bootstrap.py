"""What an account has once, before any environment stands in it; what of it is missing, and what to export then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import urlencode, urlsplit

from driver.core.ports import Say
from driver.errors import NotReady
from model.names.names import SECRETS_KEY, state_bucket
from model.settings.ci import AWS_AUDIENCE, GITHUB


@dataclass(frozen=True)
class StateBucket:
    """The bucket with the engine's state: versioned, old versions cleared up, private, over TLS only."""

    name: str

    def __str__(self) -> str:
        return f"state bucket {self.name}"


@dataclass(frozen=True)
class SecretsKey:
    """The KMS key that the engine encrypts secrets in its state with; it rotates."""

    alias: str

    def __str__(self) -> str:
        return f"secrets key {self.alias}"


@dataclass(frozen=True)
class IdentityProvider:
    """Whose tokens the account takes, and for whom they are; one an account, whatever the region."""

    issuer: str
    audience: str

    def __str__(self) -> str:
        return f"identity provider {self.issuer}"


@dataclass(frozen=True)
class LinkedRole:
    """The role that AWS makes when a service is used for the first time, which first uses race for."""

    service: str

    def __str__(self) -> str:
        return f"service-linked role {self.service}"


Part = StateBucket | SecretsKey | IdentityProvider | LinkedRole

SERVICES = ("ecs.amazonaws.com", "elasticloadbalancing.amazonaws.com", "ecs.application-autoscaling.amazonaws.com")


class Ground(Protocol):
    """The account. Every method raises Unreachable, or Expired."""

    def account(self) -> str:
        """Its number."""

    def lacks(self, part: Part) -> Sequence[str]:
        """What a part is missing, in words; nothing when it is right."""

    def mend(self, part: Part) -> None:
        """Make the part, or put it right. What is right already is not touched."""

    def key_arn(self, alias: str) -> str | None:
        """The ARN of the key behind an alias; None where there is none."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One part, what it lacked, and whether that was put right."""

    part: Part
    lacked: tuple[str, ...]
    mended: bool = False

    def plain(self) -> dict[str, object]:
        """As JSON."""
        return {"part": str(self.part), "lacked": list(self.lacked), "mended": self.mended}


def parts(account: str, region: str, issuers: Mapping[str, str], bucket: str | None = None) -> list[Part]:
    """Everything that an account needs in a region; `issuers` has the audience of each."""
    return [
        StateBucket(bucket or state_bucket(account, region)),
        SecretsKey(SECRETS_KEY),
        *(IdentityProvider(issuer, audience) for issuer, audience in issuers.items()),
        *(LinkedRole(service) for service in SERVICES),
    ]


def issuers(*, github: bool, gitlab: str | None) -> dict[str, str]:
    """The audience by issuer, of those that are wanted."""
    found = {GITHUB: AWS_AUDIENCE} if github else {}
    if gitlab:
        found[gitlab.rstrip("/")] = gitlab.rstrip("/")
    return found


def survey(ground: Ground, wanted: Sequence[Part]) -> list[Outcome]:
    """What each part lacks; nothing is changed."""
    return [Outcome(part=part, lacked=tuple(ground.lacks(part))) for part in wanted]


def mend(ground: Ground, found: Sequence[Outcome], say: Say) -> list[Outcome]:
    """Put right what lacks something, and look again. Raises NotReady where it still does."""
    return [_mended(ground, outcome, say) for outcome in found]


def _mended(ground: Ground, outcome: Outcome, say: Say) -> Outcome:
    if not outcome.lacked:
        return outcome
    say(f"{outcome.part}: {', '.join(outcome.lacked)}")
    ground.mend(outcome.part)
    still = ground.lacks(outcome.part)
    if still:
        raise NotReady(
            f"{outcome.part} was put right, and yet: {', '.join(still)}",
            hint="Somebody may be changing it, or a policy of the organization forbids it. Run the command again.",
        )
    return replace(outcome, mended=True)


def exports(bucket: str, region: str, endpoint: str | None) -> dict[str, str]:
    """The variables that point the engine at its state. An endpoint on this machine is a sandbox's: it becomes part of
    the address, which is where the engine looks for it.

    https://www.pulumi.com/docs/iac/concepts/state-and-backends/#aws-s3
    """
    query = {"region": region}
    if endpoint:
        query |= {"endpoint": urlsplit(endpoint).netloc, "disableSSL": "true", "s3ForcePathStyle": "true"}
    return {
        "PULUMI_BACKEND_URL": f"s3://{bucket}?{urlencode(query, safe=':')}",
        "PULUMI_DIY_BACKEND_GZIP": "true",
    }


def secrets_provider(region: str) -> str:
    """What a stack file names as its `secretsprovider`.

    https://www.pulumi.com/docs/iac/concepts/secrets/#aws-key-management-service-kms
    """
    return f"awskms://{SECRETS_KEY}?region={region}"


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of each part, and how the engine is pointed at it; `key` is None where there is none yet."""

    outcomes: tuple[Outcome, ...]
    exports: Mapping[str, str]
    secrets_provider: str
    key: str | None

    def plain(self) -> dict[str, object]:
        """As JSON."""
        return {
            "parts": [outcome.plain() for outcome in self.outcomes],
            "exports": dict(self.exports),
            "secretsprovider": self.secrets_provider,
            "key": self.key,
        }


def result(ground: Ground, region: str, outcomes: Sequence[Outcome], endpoint: str | None) -> Result:
    """What is told at the end."""
    bucket = next(row.part.name for row in outcomes if isinstance(row.part, StateBucket))
    return Result(
        outcomes=tuple(outcomes),
        exports=exports(bucket, region, endpoint),
        secrets_provider=secrets_provider(region),
        key=ground.key_arn(SECRETS_KEY),
    )
