"""The two IAM roles of an app: what ECS does on its behalf, and what its own code may do."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from model.iam import exec_sessions, roles_and_logs
from model.names.names import AppNames
from model.settings.grants import Grants

TYPE = "slipway:components:Roles"


@dataclass(frozen=True, kw_only=True)
class RolesArgs:
    """The exact ARNs that ECS needs for the app's tasks, and what the settings grant to the app's code. `sessions` is
    the log group of sessions, by ARN, where the app has a backdoor.
    """

    names: AppNames
    region: str
    account: str
    repositories: list[pulumi.Input[str]]
    secret: pulumi.Input[str]
    grants: Grants
    sessions: pulumi.Input[str] | None


class Roles(pulumi.ComponentResource):
    """Execution role and task role; the task role has no permission but what settings grant. That of the backdoor may
    open sessions as well, which nothing else of the app may.
    """

    execution_arn: pulumi.Output[str]
    execution_name: pulumi.Output[str]
    task_arn: pulumi.Output[str]
    task_name: pulumi.Output[str]
    backdoor_arn: pulumi.Output[str] | None = None

    def __init__(self, name: str, args: RolesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        execution = self._role(args, "execution")
        policy = aws.iam.RolePolicy(
            f"{name}.execution",
            role=execution.name,
            policy=pulumi.Output.json_dumps(pulumi.Output.all(args.repositories, args.secret).apply(_execution_policy)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        # Tasks can't start before the policy is there, so users of the role wait for it.
        self.execution_arn = pulumi.Output.all(execution.arn, policy.id).apply(_first)
        self.execution_name = execution.name
        self.task_arn, self.task_name = self._task_role(name, args, "task")
        if args.sessions is not None:
            self.backdoor_arn = self._backdoor_role(name, args, args.sessions)
        self.register_outputs({"executionArn": self.execution_arn, "taskArn": self.task_arn})

    def _backdoor_role(self, name: str, args: RolesArgs, log_group: pulumi.Input[str]) -> pulumi.Output[str]:
        arn, role = self._task_role(name, args, "backdoor")
        policy = aws.iam.RolePolicy(
            f"{name}.backdoor.exec",
            role=role,
            policy=pulumi.Output.json_dumps(pulumi.Output.from_input(log_group).apply(exec_sessions.policy)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return pulumi.Output.all(arn, policy.id).apply(_first)

    def _task_role(self, name: str, args: RolesArgs, purpose: str) -> tuple[pulumi.Output[str], pulumi.Output[str]]:
        role, granted = self._role(args, purpose), roles_and_logs.task(args.grants)
        if granted is None:
            return role.arn, role.name
        policy = aws.iam.RolePolicy(
            f"{name}.{purpose}",
            role=role.name,
            policy=json.dumps(granted),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return pulumi.Output.all(role.arn, policy.id).apply(_first), role.name

    def _role(self, args: RolesArgs, purpose: str) -> aws.iam.Role:
        return aws.iam.Role(
            f"{args.names.app}.{purpose}",
            name=args.names.role(args.region, purpose),
            assume_role_policy=pulumi.Output.json_dumps(roles_and_logs.task_trust(args.account, args.region)),
            tags={"Environment": args.names.env, "App": args.names.app},
            opts=pulumi.ResourceOptions(parent=self),
        )


def _execution_policy(parts: list[object]) -> roles_and_logs.Json:
    repositories, secret = parts
    assert isinstance(repositories, list) and isinstance(secret, str)
    return roles_and_logs.execution(repositories=repositories, secret=secret)


def _first(parts: list[str]) -> str:
    return parts[0]
