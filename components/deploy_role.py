"""The role by which CI deploys to an environment, and can do nothing else with it."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from model.iam import deploy_role as deploying
from model.names.names import deploy_role_name
from model.settings import ci as deployers
from model.settings.ci import Deployers
from model.settings.environment import Settings

TYPE = "slipway:components:DeployRole"


@dataclass(frozen=True, kw_only=True)
class DeployRoleArgs:
    """Who gets it; it may deploy all apps of the settings."""

    settings: Settings
    ci: Deployers
    account: str


class DeployRole(pulumi.ComponentResource):
    """A role for tokens of GitHub or GitLab, with managed policies; of these a role can have ten, more when asked for.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: DeployRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        self._tags = {"Environment": args.settings.env}
        for issuer in args.ci.issuers:
            _check(
                deployers.provider_arn(args.account, issuer.issuer),
                deployers.bootstrap(args.settings.region, issuer),
            )
        role = aws.iam.Role(
            name,
            name=deploy_role_name(args.settings.env, args.settings.region),
            description=f"Deploys to {args.settings.env}, changes no infrastructure",
            assume_role_policy=json.dumps(deployers.trust(args.account, args.ci)),
            max_session_duration=deployers.SESSION,
            tags=self._tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        repositories = [args.settings.names(app).repository for app in args.settings.apps]
        for number, document in enumerate(deploying.documents(_place(args), repositories), 1):
            self._policy(f"{name}.{number}", role, document)
        self.arn = role.arn
        self.register_outputs({"arn": self.arn})

    def _policy(self, name: str, role: aws.iam.Role, document: deploying.Json) -> None:
        policy = aws.iam.Policy(
            name,
            name=pulumi.Output.concat(role.name, "-", name.rsplit(".", 1)[-1]),
            description="What a deploy needs, and no infrastructure",
            policy=json.dumps(document),
            tags=self._tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.iam.RolePolicyAttachment(
            name, role=role.name, policy_arn=policy.arn, opts=pulumi.ResourceOptions(parent=self)
        )


def deploy_role(settings: Settings, account: str, scope: str | None) -> DeployRole | None:
    """The role, where the settings ask for it; a run for one app leaves it alone, since it holds all of them."""
    if settings.ci is None or scope is not None:
        return None
    return DeployRole("deploy", DeployRoleArgs(settings=settings, ci=settings.ci, account=account))


def _place(args: DeployRoleArgs) -> deploying.Place:
    settings = args.settings
    return deploying.Place(
        env=settings.env,
        region=settings.region,
        account=args.account,
        registry=settings.registry.account or args.account,
        state=args.ci.state,
        push=args.ci.push,
    )


def _check(arn: str, command: str) -> None:
    """The identity provider is the account's and not ours: one for all its environments. `slipway up` has asked for it
    before; plain `pulumi up` has not.
    """
    try:
        aws.iam.get_open_id_connect_provider(arn=arn)
    except Exception as error:
        raise pulumi.RunError(f"ci: the identity provider {arn} is not there: run `{command}` ({error})") from None
