"""The role by which CI deploys to an environment, and can do nothing else with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import pulumi
import pulumi_aws as aws

from components.app import App
from spec import deployers, deploying
from spec.deployers import Deployers
from spec.names import deploy_role_name
from spec.settings import Settings

TYPE = "slipway:components:DeployRole"


@dataclass(frozen=True, kw_only=True)
class DeployRoleArgs:
    """Who gets it, and the apps that it may deploy."""

    settings: Settings
    ci: Deployers
    account: str
    apps: Mapping[str, App]


class DeployRole(pulumi.ComponentResource):
    """A role for tokens of GitHub or GitLab, with managed policies; of these a role can have ten, more when asked for.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: DeployRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        self._tags = {"Environment": args.settings.env}
        for issuer in args.ci.issuers:
            _check(deployers.provider_arn(args.account, issuer.issuer))
        role = aws.iam.Role(
            name,
            name=deploy_role_name(args.settings.env, args.settings.region),
            description=f"Deploys to {args.settings.env}, changes no infrastructure",
            assume_role_policy=json.dumps(deployers.trust(args.account, args.ci)),
            max_session_duration=deployers.SESSION,
            tags=self._tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self._policy(f"{name}.1", role, _document(args, 0, {}))
        # An ARN that isn't known yet is as long as its stand-in, so the groups are the same.
        for index, group in enumerate(deploying.packed(_place(args), _deployables(args, {})), 1):
            # Only its own secrets: a new app would make all policies look changed in a preview.
            own = (app.names.app for app in group)
            secrets = pulumi.Output.all(**{key: args.apps[key].secret_arn for key in own})
            self._policy(f"{name}.{index + 1}", role, secrets.apply(partial(_document, args, index)))
        self.arn = role.arn
        self.register_outputs({"arn": self.arn})

    def _policy(self, name: str, role: aws.iam.Role, document: pulumi.Input[str]) -> None:
        policy = aws.iam.Policy(
            name,
            name=pulumi.Output.concat(role.name, "-", name.rsplit(".", 1)[-1]),
            description="What a deploy needs, and no infrastructure",
            policy=document,
            tags=self._tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.iam.RolePolicyAttachment(
            name, role=role.name, policy_arn=policy.arn, opts=pulumi.ResourceOptions(parent=self)
        )


def deploy_role(settings: Settings, account: str, apps: Mapping[str, App], scope: str | None) -> DeployRole | None:
    """The role, where the settings ask for it; a run for one app leaves it alone, since it holds all of them."""
    if settings.ci is None or scope is not None:
        return None
    return DeployRole("deploy", DeployRoleArgs(settings=settings, ci=settings.ci, account=account, apps=apps))


def _document(args: DeployRoleArgs, index: int, secrets: Mapping[str, str]) -> str:
    return json.dumps(deploying.documents(_place(args), _deployables(args, secrets))[index])


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


def _deployables(args: DeployRoleArgs, secrets: Mapping[str, str]) -> list[deploying.Deployable]:
    settings, place = args.settings, _place(args)
    return [
        deploying.Deployable(
            names=settings.names(name),
            processes=tuple(spec.processes),
            scheduled=tuple(spec.scheduled),
            roles=("execution", "task") if spec.backdoor is None else ("execution", "task", "backdoor"),
            secret=secrets.get(name, place.arn("secretsmanager", f"secret:{settings.names(name).secret}-XXXXXX")),
        )
        for name, spec in settings.apps.items()
    ]


def _check(arn: str) -> None:
    """The identity provider is the account's and not ours: one for all its environments."""
    try:
        aws.iam.get_open_id_connect_provider(arn=arn)
    except Exception as error:
        raise pulumi.RunError(
            f"ci: the identity provider {arn} is not there: run `slipway bootstrap` once for this account ({error})"
        ) from None
