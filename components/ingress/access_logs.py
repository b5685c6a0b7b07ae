"""The bucket that load balancers write their access logs to."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import private_bucket
from model.iam import buckets
from model.names import names

TYPE = "slipway:components:AccessLogs"


@dataclass(frozen=True, kw_only=True)
class AccessLogsArgs:
    """Whose logs they are, and for how many days they are kept. With `protect` a bucket with logs is not deleted."""

    env: str
    region: str
    account: str
    days: int
    protect: bool


class AccessLogs(pulumi.ComponentResource):
    """A private bucket. Load balancers write to it with S3's own key only: they take no bucket with a key of KMS.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    """

    bucket: pulumi.Output[str]

    def __init__(self, name: str, args: AccessLogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        label = names.access_logs(args.env, args.region, args.account)
        bucket = aws.s3.Bucket(
            name, bucket=label, force_destroy=not args.protect, tags={"Environment": args.env}, opts=child
        )
        closed = private_bucket.close(name, bucket, child)
        aws.s3.BucketLifecycleConfiguration(name, bucket=bucket.bucket, rules=[_expiry(args.days)], opts=child)
        # S3 takes one change of a bucket's access at a time, so the policy waits for the block.
        policy = aws.s3.BucketPolicy(
            name,
            bucket=closed.bucket,
            policy=json.dumps(buckets.access_logs(label, args.account)),
            opts=child,
        )
        # Load balancers try the bucket when logging is switched on, so they wait for the policy.
        self.bucket = policy.bucket
        self.register_outputs({"bucket": self.bucket})


def _expiry(days: int) -> aws.s3.BucketLifecycleConfigurationRuleArgs:
    return aws.s3.BucketLifecycleConfigurationRuleArgs(
        id="expire",
        status="Enabled",
        filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
        expiration=aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(days=days),
        abort_incomplete_multipart_upload=aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
            days_after_initiation=7
        ),
    )
