"""The log archive: lines of chosen processes in S3, where they are kept longer and cost less."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.lambda_function import Function, FunctionArgs, call_on_schedule
from components.log_archive.bucket import ArchiveBucket, ArchiveBucketArgs
from components.monitoring_output import Inventory
from model.iam import log_archive
from model.names import names
from model.names.names import ProcessNames
from model.settings.environment import Settings
from model.settings.logs import COMPACTING, COMPACTOR, FUNCTIONS, SHIPPER, Archive

TYPE = "slipway:components:LogArchive"
RETRIES = 2
DAY = 86400


@dataclass(frozen=True, kw_only=True)
class LogArchiveArgs:
    """The settings, which say what is archived, and where what there is to watch is noted."""

    settings: Settings
    account: str
    inventory: Inventory
    archive: Archive


class LogArchive(pulumi.ComponentResource):
    """A bucket, a function that puts lines into it as they come, and one that merges them every five minutes."""

    def __init__(self, name: str, args: LogArchiveArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        self._args, self._child = args, pulumi.ResourceOptions(parent=self)
        bucket_args = ArchiveBucketArgs(settings=args.settings, account=args.account, archive=args.archive)
        self._bucket = ArchiveBucket(f"{name}-log-archive", bucket_args, opts=self._child)
        self._shipper = self._ship(f"{name}-{SHIPPER}")
        self._compact(f"{name}-{COMPACTOR}")
        self.register_outputs({"bucket": self._bucket.name})

    def subscribe(self, process: ProcessNames, group: aws.cloudwatch.LogGroup, parent: pulumi.Resource) -> None:
        """Send the lines of a process's log group to the archive. A group takes two such filters.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#LambdaFunctionExample
        """
        leave = aws.lambda_.Permission(
            process.logical,
            statement_id=process.family,
            action="lambda:InvokeFunction",
            function=self._shipper.name,
            principal="logs.amazonaws.com",
            source_arn=pulumi.Output.concat(group.arn, ":*"),
            source_account=self._args.account,
            opts=pulumi.ResourceOptions(parent=parent),
        )
        aws.cloudwatch.LogSubscriptionFilter(
            process.logical,
            name=names.function(process.env, "log-archive"),
            log_group=group.name,
            filter_pattern=self._args.archive.filter_pattern,
            destination_arn=self._shipper.arn,
            # CloudWatch Logs tries the function when it is told of it.
            opts=pulumi.ResourceOptions(parent=parent, depends_on=[leave]),
        )

    def _ship(self, name: str) -> Function:
        settings, archive = self._args.settings, self._args.archive
        queue = self._queue(name)
        args = FunctionArgs(
            settings=settings,
            inventory=self._args.inventory,
            purpose=SHIPPER,
            memory=256,
            timeout=FUNCTIONS[SHIPPER],
            concurrency=archive.concurrency,
            variables={"BUCKET": self._bucket.name, "UNWANTED": json.dumps(list(archive.without))},
            policy=log_archive.shipper,
            resources={"bucket": self._bucket.arn, "queue": queue.arn},
        )
        shipper = Function(name, args, opts=self._child)
        failed = aws.lambda_.FunctionEventInvokeConfigDestinationConfigOnFailureArgs(destination=queue.arn)
        aws.lambda_.FunctionEventInvokeConfig(
            name,
            function_name=shipper.name,
            maximum_retry_attempts=RETRIES,
            maximum_event_age_in_seconds=DAY // 4,
            destination_config=aws.lambda_.FunctionEventInvokeConfigDestinationConfigArgs(on_failure=failed),
            opts=self._child,
        )
        return shipper

    def _queue(self, name: str) -> aws.sqs.Queue:
        """Deliveries that failed to the end, with everything that was in them, for as long as SQS keeps anything."""
        settings, queue = self._args.settings, f"{names.function(self._args.settings.env, SHIPPER)}-failed"
        self._args.inventory.add_dead_letters(queue)
        return aws.sqs.Queue(
            f"{name}-failed",
            name=queue,
            message_retention_seconds=14 * DAY,
            sqs_managed_sse_enabled=True,
            tags={"Environment": settings.env},
            opts=self._child,
        )

    def _compact(self, name: str) -> None:
        settings = self._args.settings
        args = FunctionArgs(
            settings=settings,
            inventory=self._args.inventory,
            purpose=COMPACTOR,
            memory=1024,
            timeout=FUNCTIONS[COMPACTOR],
            concurrency=COMPACTING,
            variables={"BUCKET": self._bucket.name},
            policy=log_archive.compactor,
            resources={"bucket": self._bucket.arn},
        )
        compactor = Function(name, args, opts=self._child)
        call_on_schedule(
            name,
            compactor,
            expression="rate(5 minutes)",
            description=f"Merge what has come into the log archive of {settings.env}",
            target="compactor",
            opts=self._child,
        )


def build(settings: Settings, account: str, inventory: Inventory) -> LogArchive | None:
    """The archive, where the settings ask for one."""
    archive = settings.logs.archive
    if archive is None:
        return None
    args = LogArchiveArgs(settings=settings, account=account, inventory=inventory, archive=archive)
    return LogArchive(settings.env, args)
