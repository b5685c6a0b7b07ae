"""The image repositories: one an app, shared by all environments, and one for the bootstrap image."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import pulumi
import pulumi_aws as aws

from model.names.names import BOOTSTRAP_REPOSITORY
from model.names.pulumi_types import REGISTRY
from model.settings import registry as rules
from model.settings.environment import Settings


class Repository(Protocol):
    """What a process needs to know of a repository, whoever owns it."""

    @property
    def arn(self) -> pulumi.Output[str]:
        """Its ARN, for policies."""

    @property
    def repository_url(self) -> pulumi.Output[str]:
        """What image references begin with."""


@dataclass(frozen=True, kw_only=True)
class RegistryArgs:
    """The apps that are evaluated, and the settings, which say whose the repositories are."""

    apps: Iterable[str]
    settings: Settings


class Registry(pulumi.ComponentResource):
    """The repositories by app; `bootstrap_image` is the reference of what runs before a first release."""

    repositories: dict[str, Repository]
    bootstrap: Repository
    bootstrap_image: pulumi.Output[str]

    def __init__(self, name: str, args: RegistryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(REGISTRY, name, None, opts)
        self._plan = args.settings.registry
        self._owned = self._plan.owner == args.settings.env
        self.bootstrap = self._repository(BOOTSTRAP_REPOSITORY)
        self.repositories = {app: self._repository(args.settings.names(app).repository) for app in args.apps}
        self.bootstrap_image = pulumi.Output.format(
            "{0}:{1}", self.bootstrap.repository_url, args.settings.bootstrap.tag
        )
        self.register_outputs({"bootstrapImage": self.bootstrap_image})

    def _repository(self, name: str) -> Repository:
        if not self._owned:
            return aws.ecr.get_repository_output(
                name=name, registry_id=self._plan.account, opts=pulumi.InvokeOptions(parent=self)
            )
        # Immutable tags: what a release recorded can't be pushed over. Protected: images outlive the environment.
        repository = aws.ecr.Repository(
            name,
            name=name,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration=aws.ecr.RepositoryImageScanningConfigurationArgs(scan_on_push=True),
            encryption_configurations=_encryption(self._plan.key),
            opts=pulumi.ResourceOptions(parent=self, protect=True),
        )
        child = pulumi.ResourceOptions(parent=self)
        if name != BOOTSTRAP_REPOSITORY:
            policy = json.dumps(rules.lifecycle(self._plan))
            aws.ecr.LifecyclePolicy(name, repository=repository.name, policy=policy, opts=child)
        readers = rules.repository_policy(self._plan.readers)
        if readers is not None:
            aws.ecr.RepositoryPolicy(name, repository=repository.name, policy=json.dumps(readers), opts=child)
        return repository


def _encryption(key: str | None) -> list[aws.ecr.RepositoryEncryptionConfigurationArgs] | None:
    """Nothing said is ECR's own key; saying so would replace repositories that were made without."""
    if key is None:
        return None
    return [aws.ecr.RepositoryEncryptionConfigurationArgs(encryption_type="KMS", kms_key=key)]
