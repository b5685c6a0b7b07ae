"""A Lambda function whose code is a folder of `functions/`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
    `files` are put beside its code, by name.
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
    files: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)


class Function(pulumi.ComponentResource):
    """The function with a role and a log group of its own. `label` is its name before it is made."""

    label: str
    tags: dict[str, str]
    name: pulumi.Output[str]
    arn: pulumi.Output[str]

    def __init__(self, name: str, args: FunctionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        self._args, self.tags = args, {"Environment": args.settings.env}
        self.label = names.function(args.settings.env, args.purpose)
        group = self._group(name)
        role, policy = self._role(name, group)
        function = aws.lambda_.Function(
            name,
            name=self.label,
            runtime=RUNTIME,
            architectures=["arm64"],
            handler=f"functions.{_package(args.purpose)}.handler.handle",
            code=_archive(_package(args.purpose), args.files),
            role=role.arn,
            memory_size=args.memory,
            timeout=args.timeout,
            reserved_concurrent_executions=args.concurrency,
            environment=aws.lambda_.FunctionEnvironmentArgs(variables=dict(args.variables)),
            tags=self.tags,
            # Lambda would make a group that is missing, without retention.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[group, policy]),
        )
        row = {"kind": "function", "name": self.label, "namespace": "AWS/Lambda"}
        args.inventory.others.append({**row, "dimensions": {"FunctionName": self.label}})
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
            tags=self.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _role(self, name: str, group: aws.cloudwatch.LogGroup) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
        settings = self._args.settings
        role = aws.iam.Role(
            name,
            name=names.function_role(settings.env, settings.region, self._args.purpose),
            assume_role_policy=pulumi.Output.json_dumps(log_archive.function_trust()),
            tags=self.tags,
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


def _archive(package: str, files: Mapping[str, pulumi.Input[str]]) -> pulumi.Input[pulumi.Archive]:
    """The code, with what is put beside it once that is known."""
    if not files:
        return code(package)
    # The SDK's types have it that a mapping of inputs stays one.
    known: pulumi.Output[Any] = pulumi.Output.from_input(dict(files))
    return known.apply(lambda texts: code(package, texts))


def call_on_schedule(
    name: str,
    function: Function,
    *,
    expression: str,
    description: str,
    opts: pulumi.ResourceOptions,
    target: str = "function",
) -> None:
    """A rule of EventBridge that calls a function, and the function's leave for it. `target` is what the rule calls it.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html
    """
    rule = aws.cloudwatch.EventRule(
        name,
        name=function.label,
        description=description,
        schedule_expression=expression,
        tags=function.tags,
        opts=opts,
    )
    leave = aws.lambda_.Permission(
        name,
        statement_id="schedule",
        action="lambda:InvokeFunction",
        function=function.name,
        principal="events.amazonaws.com",
        source_arn=rule.arn,
        opts=opts,
    )
    aws.cloudwatch.EventTarget(
        name,
        rule=rule.name,
        target_id=target,
        arn=function.arn,
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[leave])),
    )


def code(package: str, beside: Mapping[str, str] | None = None) -> pulumi.AssetArchive:
    """The files of a package of `functions/` and of those that it shares with others, by text; `beside` are further
    ones in its own folder, by name.

    So no path of this machine gets into the state.
    """
    folders = [ROOT / "functions" / name for name in (package, *SHARED.get(package, ()))]
    files = [ROOT / "functions" / "__init__.py", *(path for folder in folders for path in sorted(folder.glob("*.py")))]
    texts = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in files}
    texts |= {f"functions/{package}/{name}": text for name, text in (beside or {}).items()}
    return pulumi.AssetArchive({path: pulumi.StringAsset(text) for path, text in texts.items()})


def _package(purpose: str) -> str:
    return purpose.replace("-", "_")
