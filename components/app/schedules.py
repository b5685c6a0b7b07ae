"""The processes of an app that run by the clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.app.roles import Roles
from components.freeze import Plan
from model.names.names import AppNames, ProcessNames
from model.settings import schedules
from model.settings.app import Process
from model.settings.capacity_providers import FARGATE
from model.settings.schedules import Schedule

TYPE = "slipway:components:Schedules"
LATEST = "LATEST"
DAYS_KEPT = 14
"""As long as SQS keeps a message at most."""


@dataclass(frozen=True, kw_only=True)
class SchedulesArgs:
    """The processes, their task definitions by process, and where their tasks run."""

    names: AppNames
    region: str
    account: str
    processes: Mapping[str, Process]
    definitions: Mapping[str, pulumi.Input[str]]
    plan: Plan
    cluster_arn: pulumi.Input[str]
    roles: Roles
    subnet_ids: pulumi.Input[Sequence[str]]
    security_group_id: pulumi.Input[str]


class Schedules(pulumi.ComponentResource):
    """A role of their own, a queue for starts that failed, and one schedule a process.

    Each is pinned to a task definition, so that it follows releases and rollbacks and never runs ahead of them.
    """

    def __init__(self, name: str, args: SchedulesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)
        self._tags = {"Environment": args.names.env, "App": args.names.app}
        self._queue = aws.sqs.Queue(
            f"{name}.schedules",
            name=args.names.dead_letters,
            message_retention_seconds=DAYS_KEPT * 24 * 3600,
            sqs_managed_sse_enabled=True,
            tags=self._tags,
            opts=self._child,
        )
        self._role = self._make_role(name)
        for process, row in args.processes.items():
            if row.schedule is not None:
                self._schedule(args.names.process(process), row, row.schedule)
        self.register_outputs({"deadLetters": self._queue.name})

    def _make_role(self, name: str) -> aws.iam.Role:
        args = self._args
        role = aws.iam.Role(
            f"{name}.scheduler",
            name=args.names.role(args.region, "scheduler"),
            assume_role_policy=pulumi.Output.json_dumps(schedules.trust(args.account, args.region)),
            tags=self._tags,
            opts=self._child,
        )
        parts = (args.cluster_arn, self._queue.arn, args.roles.execution_arn, args.roles.task_arn)
        aws.iam.RolePolicy(
            f"{name}.scheduler",
            role=role.name,
            policy=pulumi.Output.json_dumps(pulumi.Output.all(*parts).apply(_policy)),
            opts=self._child,
        )
        return role

    def _starting(self, names: ProcessNames) -> pulumi.Output[str]:
        """The role's ARN, once it may start this process: a further one is a further policy, and changes no other."""
        args = self._args
        family = f"arn:aws:ecs:{args.region}:{args.account}:task-definition/{names.family}"
        policy = aws.iam.RolePolicy(
            f"{names.logical}.scheduler",
            role=self._role.name,
            policy=pulumi.Output.json_dumps(
                pulumi.Output.from_input(args.cluster_arn).apply(lambda cluster: schedules.starting(family, cluster))
            ),
            opts=self._child,
        )
        return pulumi.Output.all(self._role.arn, policy.id).apply(_first)

    def _schedule(self, names: ProcessNames, process: Process, schedule: Schedule) -> None:
        running = schedule.enabled and not self._args.plan.pin_of(names.process).bootstrap
        aws.scheduler.Schedule(
            names.logical,
            name=names.schedule,
            description=f"Process {names.process} of {names.app} in {names.env}",
            group_name=schedules.GROUP,
            schedule_expression=schedule.at,
            schedule_expression_timezone=schedule.timezone,
            flexible_time_window=aws.scheduler.ScheduleFlexibleTimeWindowArgs(mode="OFF"),
            # The bootstrap would never end, and knows no job.
            state="ENABLED" if running else "DISABLED",
            target=aws.scheduler.ScheduleTargetArgs(
                arn=self._args.cluster_arn,
                role_arn=self._starting(names),
                ecs_parameters=self._task(names, process),
                dead_letter_config=aws.scheduler.ScheduleTargetDeadLetterConfigArgs(arn=self._queue.arn),
                retry_policy=aws.scheduler.ScheduleTargetRetryPolicyArgs(
                    maximum_retry_attempts=schedule.retries, maximum_event_age_in_seconds=3600
                ),
            ),
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=self._args.plan.schedule()),
        )

    def _task(self, names: ProcessNames, process: Process) -> aws.scheduler.ScheduleTargetEcsParametersArgs:
        """One task, never on Spot: nobody is there to start it again."""
        args = self._args
        return aws.scheduler.ScheduleTargetEcsParametersArgs(
            task_definition_arn=args.plan.pin.tasks.get(names.process, args.definitions[names.process]),
            task_count=1,
            capacity_provider_strategies=[
                aws.scheduler.ScheduleTargetEcsParametersCapacityProviderStrategyArgs(
                    capacity_provider=FARGATE, weight=1
                )
            ],
            network_configuration=aws.scheduler.ScheduleTargetEcsParametersNetworkConfigurationArgs(
                subnets=args.subnet_ids, security_groups=[args.security_group_id], assign_public_ip=False
            ),
            enable_ecs_managed_tags=True,
            enable_execute_command=process.exec,
            # Schedules take numbers only, and the latest is what they take without one.
            # https://docs.aws.amazon.com/scheduler/latest/APIReference/API_EcsParameters.html
            platform_version=None if process.platform_version == LATEST else process.platform_version,
            propagate_tags="TASK_DEFINITION",
        )


def _policy(parts: Sequence[str]) -> object:
    cluster, dead_letters, *roles = parts
    return schedules.policy(cluster=cluster, roles=roles, dead_letters=dead_letters)


def _first(parts: list[str]) -> str:
    return parts[0]
