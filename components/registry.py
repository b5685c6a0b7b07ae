"""The image repositories: one an app, shared by all environments, and one for the bootstrap image."""

import json
from dataclasses import dataclass
from typing import Protocol

import pulumi
import pulumi_aws as aws

from spec import policies
from spec.names import BOOTSTRAP_REPOSITORY, AppNames
from spec.tokens import REGISTRY


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
    """The apps, and whether this environment owns the repositories or looks them up."""

    apps: tuple[AppNames, ...]
    owned: bool
    bootstrap_tag: str


class Registry(pulumi.ComponentResource):
    """The repositories by app; `bootstrap_image` is the reference of what runs before a first release."""

    repositories: dict[str, Repository]
    bootstrap: Repository
    bootstrap_image: pulumi.Output[str]

    def __init__(self, name: str, args: RegistryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(REGISTRY, name, None, opts)
        self._owned = args.owned
        self.bootstrap = self._repository(BOOTSTRAP_REPOSITORY)
        self.repositories = {names.app: self._repository(names.repository) for names in args.apps}
        self.bootstrap_image = pulumi.Output.format("{0}:{1}", self.bootstrap.repository_url, args.bootstrap_tag)
        self.register_outputs({"bootstrapImage": self.bootstrap_image})

    def _repository(self, name: str) -> Repository:
        if not self._owned:
            return aws.ecr.get_repository_output(name=name, opts=pulumi.InvokeOptions(parent=self))
        # Immutable tags: what a release recorded can't be pushed over. Protected: images outlive the environment.
        repository = aws.ecr.Repository(
            name,
            name=name,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration=aws.ecr.RepositoryImageScanningConfigurationArgs(scan_on_push=True),
            opts=pulumi.ResourceOptions(parent=self, protect=True),
        )
        if name != BOOTSTRAP_REPOSITORY:
            aws.ecr.LifecyclePolicy(
                name,
                repository=repository.name,
                policy=json.dumps(policies.image_lifecycle()),
                opts=pulumi.ResourceOptions(parent=self),
            )
        return repository
