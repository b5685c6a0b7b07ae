"""Who outside may deploy: pipelines on GitHub or GitLab that prove by a token of theirs which one they are."""

import re
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from model.base import Model
from model.settings.text import Form, KmsKey

Json = dict[str, object]

GITHUB = "https://token.actions.githubusercontent.com"
AWS_AUDIENCE = "sts.amazonaws.com"
SESSION = 4 * 3600
"""The longest session, in seconds: longer than the longest deploy, shorter than a working day."""

# Of repositories made or renamed since July 2026 GitHub writes owner and name each with its number, `acme@1/shop@2`.
# https://docs.github.com/en/actions/reference/security/oidc
GITHUB_SUBJECT = re.compile(r"repo:[\w.-]+(@\d+)?/[\w.-]+(@\d+)?:(environment:[^*?:]+|ref:refs/(heads|tags)/[^*?:]+)")
GITLAB_SUBJECT = re.compile(r"project_path:[\w./-]+:ref_type:(branch|tag):ref:[^*?:]+")


class Github(Model):
    """Workflows on GitHub, by the whole subject of their tokens.

    https://docs.github.com/en/actions/reference/security/oidc#filtering-for-a-specific-environment
    """

    subjects: Annotated[tuple[str, ...], Field(min_length=1)]
    """Whole subjects of tokens: an environment of a repository, or a branch or tag."""

    @field_validator("subjects")
    @classmethod
    def _are_exact(cls, subjects: tuple[str, ...]) -> tuple[str, ...]:
        return _exact(
            subjects,
            GITHUB_SUBJECT,
            "repo:ORG/REPO:environment:NAME, or repo:ORG/REPO:ref:refs/heads/BRANCH of a protected branch; "
            "in newer repositories ORG@ID/REPO@ID",
        )

    @property
    def issuer(self) -> str:
        """Who signs the tokens."""
        return GITHUB

    @property
    def audience(self) -> str:
        """Whom the tokens are for."""
        return AWS_AUDIENCE


class Gitlab(Model):
    """Pipelines on a GitLab, by the whole subject of their ID tokens. `url` is that of the instance.

    https://docs.gitlab.com/ci/cloud_services/aws/
    """

    url: Annotated[
        str,
        Form(
            r"https://[A-Za-z0-9.-]+(:\d+)?(/[A-Za-z0-9._-]+)*",
            "is no address of a GitLab; write it with https and no / at its end, such as https://gitlab.com",
        ),
    ] = "https://gitlab.com"
    """The address of the instance."""
    aud: Annotated[str, Form(r"[^*?\s]+", "is no audience; write the whole one, without * ? and blanks")] | None = None
    """The audience of its ID tokens; the address if left out."""
    subjects: Annotated[tuple[str, ...], Field(min_length=1)]
    """Whole subjects of tokens: a branch or tag of a project."""

    @field_validator("subjects")
    @classmethod
    def _are_exact(cls, subjects: tuple[str, ...]) -> tuple[str, ...]:
        return _exact(
            subjects, GITLAB_SUBJECT, "project_path:GROUP/PROJECT:ref_type:branch:ref:BRANCH of a protected branch"
        )

    @property
    def issuer(self) -> str:
        """Who signs the tokens."""
        return self.url

    @property
    def audience(self) -> str:
        """Whom the tokens are for; the instance itself unless the pipeline says otherwise."""
        return self.aud or self.url


Issuer = Github | Gitlab


class State(Model):
    """Where the engine keeps its state, as `slipway bootstrap` printed it; `key` is the secrets provider's."""

    bucket: Annotated[
        str,
        Form(
            r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "is no bucket's name; copy it from `slipway bootstrap`, without s3://"
        ),
    ]
    """The bucket of the engine's state."""
    key: KmsKey | None = None
    """The ARN of the KMS key of its secrets."""


class Deployers(Model):
    """Who gets the deploy role of this environment. With `push` it may also push images of the apps."""

    github: Github | None = None
    """Workflows on GitHub."""
    gitlab: Gitlab | None = None
    """Pipelines on a GitLab."""
    state: State
    """Where the engine keeps its state, as `slipway bootstrap` printed it."""
    push: bool = False
    """Whether they may push images of the apps as well."""

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not self.issuers:
            raise ValueError("nobody gets the role; add github or gitlab with subjects, or drop ci")
        return self

    @property
    def issuers(self) -> tuple[Issuer, ...]:
        """Everybody whose tokens are taken."""
        return tuple(one for one in (self.github, self.gitlab) if one is not None)


def bootstrap(region: str, issuer: Issuer) -> str:
    """The command that makes the identity provider of an issuer, once for an account."""
    flag = "--github" if isinstance(issuer, Github) else f"--gitlab {issuer.issuer}"
    return f"slipway bootstrap --region {region} {flag}"


def provider_arn(account: str, issuer: str) -> str:
    """The identity provider of an account for the tokens of one issuer; `slipway bootstrap` makes it, once.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
    """
    return f"arn:aws:iam::{account}:oidc-provider/{host(issuer)}"


def host(issuer: str) -> str:
    """What IAM calls an issuer: its address without the scheme."""
    parts = urlsplit(issuer)
    return f"{parts.netloc}{parts.path}".rstrip("/")


def trust(account: str, deployers: Deployers) -> Json:
    """Only tokens for the right audience and with one of the exact subjects take the role."""
    return {"Version": "2012-10-17", "Statement": [_trusted(account, issuer) for issuer in deployers.issuers]}


def _trusted(account: str, issuer: Issuer) -> Json:
    name = host(issuer.issuer)
    return {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": provider_arn(account, issuer.issuer)},
        "Condition": {"StringEquals": {f"{name}:aud": issuer.audience, f"{name}:sub": list(issuer.subjects)}},
    }


def _exact(subjects: tuple[str, ...], shape: re.Pattern[str], example: str) -> tuple[str, ...]:
    for subject in subjects:
        if "*" in subject or "?" in subject:
            raise ValueError(f"{subject} is a pattern, which any branch or fork may come to fit; write {example}")
        if not shape.fullmatch(subject):
            raise ValueError(f"{subject} is no subject that is safe to trust; write {example}")
    return subjects
