"""The image repositories: who owns them, which images they keep, and which other accounts may pull."""

from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from model.base import Model
from model.names.names import KEEP
from model.releases import DEPTH
from model.settings.text import Form, KmsKey

Json = dict[str, object]
AccountId = Annotated[str, Form(r"\d{12}", "is no AWS account; write its 12 digits in quotes")]
TagPattern = Annotated[
    str, Form(r"[A-Za-z0-9_.*-]+", "is no pattern of tags; use letters, digits, _ . - and *, such as main-*", 128)
]
Organization = Annotated[
    str, Form(r"o-[a-z0-9]{10,32}", "is no id of an organization; copy it whole, such as o-a1b2c3d4e5")
]

PULL = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
LOOK = ["ecr:DescribeImages", "ecr:DescribeRepositories", "ecr:ListTagsForResource"]
"""What the platform and a deploy of another account ask: the repository, and the digest behind a tag."""
WILDCARDS = 4


class Expiry(Model):
    """Images whose tag fits `tags`: they go after `days`, or when more than `count` of them are there."""

    tags: TagPattern
    """Which images, by a pattern of their tags."""
    days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """They go when they are older than this, in days."""
    count: Annotated[int, Field(ge=1, le=9999)] | None = None
    """They go when there are more than so many; instead of `days`."""

    @field_validator("tags")
    @classmethod
    def _is_a_pattern(cls, tags: str) -> str:
        """https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html"""
        if tags.count("*") > WILDCARDS:
            raise ValueError(f"{tags} has more than the {WILDCARDS} wildcards that ECR takes; use fewer")
        if tags.startswith(KEEP):
            raise ValueError(f"{tags} names tags of Slipway's own, which keep images; use another pattern")
        return tags

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        if (self.days is None) == (self.count is None):
            raise ValueError(f"{self.tags} goes by days or by count: ECR has no rule with both; give one of them")
        return self


class Readers(Model):
    """The other accounts: those listed may pull and mark what they run as kept; those of an organization may pull."""

    accounts: tuple[AccountId, ...] = ()
    """AWS accounts that may pull, and mark what they run as kept; in quotes."""
    organization: Organization | None = None
    """The AWS organization whose accounts may pull."""


class Registry(Model):
    """Which environment owns the image repositories; all others look them up, in `account` where that is another one.

    `mainline` are the patterns of the images that staging and prod run, each kept by `mainline_count`; `branches` are
    all other rules, in order; `untagged_days` is how long an image without any tag stays. `key` is the ARN of a KMS
    key; without it ECR encrypts with its own. Changing `key` needs new repositories, so decide it first.
    """

    owner: str = "dev"
    """The environment that owns the image repositories; all others look them up."""
    account: AccountId | None = None
    """The account of the owner, where that is another one; in quotes."""
    key: KmsKey | None = None
    """The ARN of a KMS key; decide it first, since another one asks for new repositories."""
    mainline: tuple[TagPattern, ...] = ("master-*", "main-*")
    """Patterns of the tags of images that staging and prod run."""
    mainline_count: Annotated[int, Field(ge=1, le=9999)] = 100
    """How many images of each of those patterns stay."""
    branches: tuple[Expiry, ...] = (Expiry(tags="*", days=30),)
    """When all other images go; ECR goes by the first rule that fits."""
    untagged_days: Annotated[int, Field(ge=1, le=3650)] = 7
    """How long images without any tag stay, in days."""
    readers: Readers = Readers()
    """Other accounts that may pull."""

    @field_validator("mainline_count")
    @classmethod
    def _reaches_back(cls, count: int) -> int:
        if count < DEPTH:
            raise ValueError(f"{count} is less than the {DEPTH} releases that one may go back to; use {DEPTH} or more")
        return count

    @model_validator(mode="after")
    def _each_pattern_once(self) -> Self:
        rules = self.expiries
        patterns = [rule.tags for rule in rules]
        twice = sorted({one for one in patterns if patterns.count(one) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)} has two rules, and ECR lets only the first count; drop one of them")
        covered = next((place for place, one in enumerate(patterns) if one == "*"), len(patterns))
        if covered < len(patterns) - 1:
            late = ", ".join(patterns[covered + 1 :])
            raise ValueError(f"{late} comes after *, which fits every tag, so it never counts; put * last")
        return self

    @property
    def expiries(self) -> tuple[Expiry, ...]:
        """The rules for tagged images, in the order in which ECR looks at them."""
        return (*(Expiry(tags=pattern, count=self.mainline_count) for pattern in self.mainline), *self.branches)


def lifecycle(registry: Registry) -> Json:
    """What ECR expires. No image with a keep tag ever is: what a rule matches, no rule after it can expire.

    A lifecycle policy can't know what runs, in this account or another, so the driver says so by these tags; 9999 of
    them in one repository is more than environments and rollback depth make. Several patterns in one rule would all
    have to fit, so each has a rule of its own.
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
    """
    kept = Expiry.model_construct(tags=f"{KEEP}*", count=9999, days=None)
    rows = [(_tagged(kept), "what runs or may be gone back to")]
    rows += [(_tagged(rule), f"images tagged {rule.tags}") for rule in registry.expiries]
    rows.append(({"tagStatus": "untagged", **_older(registry.untagged_days)}, "images without a tag"))
    return {
        "rules": [
            {"rulePriority": place, "description": text, "selection": selection, "action": {"type": "expire"}}
            for place, (selection, text) in enumerate(rows, start=1)
        ]
    }


def _tagged(rule: Expiry) -> Json:
    limit = (
        _older(rule.days) if rule.days is not None else {"countType": "imageCountMoreThan", "countNumber": rule.count}
    )
    return {"tagStatus": "tagged", "tagPatternList": [rule.tags], **limit}


def _older(days: int) -> Json:
    return {"countType": "sinceImagePushed", "countUnit": "days", "countNumber": days}


def repository_policy(readers: Readers) -> Json | None:
    """Who outside the account may pull, None when nobody may. Deleting is nobody's: a tag can't be told from an image.

    An account may add tags to images that are there, so that what it runs is kept.
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html
    """
    statements: list[Json] = []
    if readers.accounts:
        roots = [f"arn:aws:iam::{account}:root" for account in readers.accounts]
        statements.append(_statement("Accounts", {"AWS": roots}, [*PULL, *LOOK, "ecr:PutImage"]))
    if readers.organization is not None:
        condition: Json = {"Condition": {"StringEquals": {"aws:PrincipalOrgID": readers.organization}}}
        statements.append(_statement("Organization", "*", [*PULL, *LOOK]) | condition)
    return {"Version": "2012-10-17", "Statement": statements} if statements else None


def _statement(name: str, principal: object, actions: list[str]) -> Json:
    return {"Sid": name, "Effect": "Allow", "Principal": principal, "Action": sorted(actions)}
