"""A Lambda function whose code is a folder of `functions/`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_aws as aws

from components.monitoring_output import Inventory
from model.iam import log_archive
from model.iam.roles_and_logs import Json
from model.names import names
from model.settings.environment import Settings

TYPE = "slipway:components:Function"
ROOT = Path(__file__).parents[1]
RUNTIME = "python3.13"
SHARED = {"log_shipper": ("log_store",), "log_compactor": ("log_store",)}
"""Packages of `functions/` that a function brings along beside its own."""


@dataclass(frozen=True, kw_only=True)
class FunctionArgs:
    """What it is for, which names it, and its limits: memory in MiB, timeout in seconds, copies at once.

    None reserves no copies: a new account has 10 in all, of which none can be reserved.
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html

    `policy` makes its permissions from the ARN of its log group, as `group`, and of whatever is in `resources`.
    """

    settings: Settings
    inventory: Inventory
    purpose: str
    memory: int
    timeout: int
    concurrency: int | None = None
    variables: Mapping[str, pulumi.Input[str]]
    policy: Callable[..., Json]
    resources: Mapping[str, pulumi.Input[str]]


class Function(pulumi.ComponentResource):
    """The function with a role and a log group of its own."""

    name: pulumi.Output[str]
    arn: pulumi.Output[str]

    def __init__(self, name: str, args: FunctionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        self._args, self._tags = args, {"Environment": args.settings.env}
        group = self._group(name)
        role, policy = self._role(name, group)
        function = aws.lambda_.Function(
            name,
            name=names.function(args.settings.env, args.purpose),
            runtime=RUNTIME,
            architectures=["arm64"],
            handler=f"functions.{_package(args.purpose)}.handler.handle",
            code=code(_package(args.purpose)),
            role=role.arn,
            memory_size=args.memory,
            timeout=args.timeout,
            reserved_concurrent_executions=args.concurrency,
            environment=aws.lambda_.FunctionEnvironmentArgs(variables=dict(args.variables)),
            tags=self._tags,
            # Lambda would make a group that is missing, without retention.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[group, policy]),
        )
        shown = names.function(args.settings.env, args.purpose)
        args.inventory.others.append(
            {"kind": "function", "name": shown, "namespace": "AWS/Lambda", "dimensions": {"FunctionName": shown}}
        )
        self.name, self.arn = function.name, function.arn
        self.register_outputs({"arn": self.arn})

    def _group(self, name: str) -> aws.cloudwatch.LogGroup:
        settings = self._args.settings
        group = names.function_group(settings.env, self._args.purpose)
        self._args.inventory.log_groups.append({"name": group, "retention_days": settings.log_days})
        return aws.cloudwatch.LogGroup(
            name,
            name=group,
            retention_in_days=settings.log_days,
            kms_key_id=settings.logs.key,
            tags=self._tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _role(self, name: str, group: aws.cloudwatch.LogGroup) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
        settings = self._args.settings
        role = aws.iam.Role(
            name,
            name=names.function_role(settings.env, settings.region, self._args.purpose),
            assume_role_policy=pulumi.Output.json_dumps(log_archive.function_trust()),
            tags=self._tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        arns = pulumi.Output.all(group=group.arn, **self._args.resources)
        policy = aws.iam.RolePolicy(
            name,
            role=role.name,
            policy=pulumi.Output.json_dumps(arns.apply(lambda found: self._args.policy(**found))),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return role, policy


def code(package: str) -> pulumi.AssetArchive:
    """The files of a package of `functions/` and of those that it shares with others, by text.

    So no path of this machine gets into the state.
    """
    folders = [ROOT / "functions" / name for name in (package, *SHARED.get(package, ()))]
    files = [ROOT / "functions" / "__init__.py", *(path for folder in folders for path in sorted(folder.glob("*.py")))]
    return pulumi.AssetArchive(
        {path.relative_to(ROOT).as_posix(): pulumi.StringAsset(path.read_text(encoding="utf-8")) for path in files}
    )


def _package(purpose: str) -> str:
    return purpose.replace("-", "_")
