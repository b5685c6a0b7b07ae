"""The task definition of one process, and the log group that it writes to."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.freeze import Plan
from model import container_definition
from model.iam import roles_and_logs
from model.names.names import ProcessNames
from model.settings.app import RELEASE, Process
from model.settings.environment import Settings


@dataclass(frozen=True, kw_only=True)
class TaskArgs:
    """What one process runs as, and what around it its definition refers to."""

    names: ProcessNames
    process: Process
    plan: Plan
    region: str
    log_group: aws.cloudwatch.LogGroup
    bootstrap_image: pulumi.Input[str]
    secret_arn: pulumi.Input[str]
    execution_role_arn: pulumi.Input[str]
    execution_role_name: pulumi.Input[str]
    task_role_arn: pulumi.Input[str]
    heroku_variables: bool


def log_group(names: ProcessNames, settings: Settings, parent: pulumi.Resource) -> aws.cloudwatch.LogGroup:
    """The log group of a process."""
    return aws.cloudwatch.LogGroup(
        names.logical,
        name=names.log_group,
        retention_in_days=settings.log_days,
        kms_key_id=settings.logs.key,
        tags={"Environment": names.env, "App": names.app, "Process": names.process},
        opts=pulumi.ResourceOptions(parent=parent),
    )


def task_definition(args: TaskArgs, parent: pulumi.Resource) -> aws.ecs.TaskDefinition:
    """The definition that the plan asks for. An old revision stays, since a rollback may go back to it."""
    is_release = args.names.process == RELEASE
    writing = _log_policy(args, parent)
    return aws.ecs.TaskDefinition(
        args.names.logical,
        family=args.names.family,
        cpu=str(args.process.cpu),
        memory=str(args.process.memory),
        network_mode="awsvpc",
        requires_compatibilities=["FARGATE"],
        runtime_platform=aws.ecs.TaskDefinitionRuntimePlatformArgs(
            operating_system_family="LINUX", cpu_architecture=args.process.architecture.value_for_ecs
        ),
        execution_role_arn=args.execution_role_arn,
        task_role_arn=args.task_role_arn,
        container_definitions=_containers(args),
        volumes=[aws.ecs.TaskDefinitionVolumeArgs(name=name) for name in container_definition.volumes(args.process)],
        skip_destroy=True,
        tags={"Environment": args.names.env, "App": args.names.app, "Process": args.names.process},
        opts=pulumi.ResourceOptions(
            parent=parent,
            ignore_changes=args.plan.task_definition(is_release=is_release),
            depends_on=[writing],  # the awslogs driver fails a task that can't write to its group
        ),
    )


def _log_policy(args: TaskArgs, parent: pulumi.Resource) -> aws.iam.RolePolicy:
    return aws.iam.RolePolicy(
        f"{args.names.logical}.logs",
        role=args.execution_role_name,
        policy=pulumi.Output.json_dumps(args.log_group.arn.apply(roles_and_logs.log_writing)),
        opts=pulumi.ResourceOptions(parent=parent),
    )


def _containers(args: TaskArgs) -> pulumi.Output[str]:
    candidate = args.plan.candidate if args.names.process == RELEASE else None
    pin = candidate or args.plan.pin_of(args.names.process)

    def render(parts: list[str]) -> list[container_definition.Json]:
        around = container_definition.Surroundings(
            region=args.region,
            secret_arn=parts[0],
            bootstrap_image=parts[1],
            heroku_variables=args.heroku_variables,
        )
        return container_definition.definitions(args.names, args.process, pin, around)

    rendered = pulumi.Output.all(args.secret_arn, args.bootstrap_image).apply(render)
    return pulumi.Output.json_dumps(rendered, sort_keys=True)
