"""The bucket of the log archive, which outlives its environment."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import private_bucket
from model.iam import log_archive
from model.names import names
from model.settings.environment import Settings
from model.settings.logs import Archive

TYPE = "slipway:components:ArchiveBucket"
LISTED_DAYS = 60
"""So long is kept of which raw objects a merged one is made: longer than a delivery waits in the queue of failed ones.
"""
STALE_DAYS = 30
"""So long is kept what was overwritten or deleted, where the bucket has versions."""


@dataclass(frozen=True, kw_only=True)
class ArchiveBucketArgs:
    """How long lines are kept, and where the bucket stands."""

    settings: Settings
    account: str
    archive: Archive


class ArchiveBucket(pulumi.ComponentResource):
    """Private, encrypted, reached by TLS only. All of it is protected: `destroy` leaves it as it is."""

    name: pulumi.Output[str]
    arn: pulumi.Output[str]

    def __init__(self, name: str, args: ArchiveBucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        settings = args.settings
        kept = pulumi.ResourceOptions(parent=self, protect=True)
        bucket = aws.s3.Bucket(
            name,
            bucket=names.archive_bucket(settings.env, settings.region, args.account),
            tags={"Environment": settings.env},
            opts=kept,
        )
        private_bucket.close(name, bucket, kept)
        # S3 knows no way back from versions, only an end of new ones.
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html
        status = "Enabled" if args.archive.versioning else "Suspended"
        versioning = aws.s3.BucketVersioningVersioningConfigurationArgs(status=status)
        aws.s3.BucketVersioning(name, bucket=bucket.bucket, versioning_configuration=versioning, opts=kept)
        aws.s3.BucketLifecycleConfiguration(name, bucket=bucket.bucket, rules=_ageing(args.archive), opts=kept)
        policy = pulumi.Output.json_dumps(bucket.arn.apply(log_archive.tls_only))
        aws.s3.BucketPolicy(name, bucket=bucket.bucket, policy=policy, opts=kept)
        self.name, self.arn = bucket.bucket, bucket.arn
        self.register_outputs({"name": self.name})


def _ageing(archive: Archive) -> list[aws.s3.BucketLifecycleConfigurationRuleArgs]:
    """What becomes of merged objects with time; what is raw goes when it is merged, and never by age."""
    merged = aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=log_archive.MERGED.removesuffix("*"))
    everything = aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix="")
    lists = aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=log_archive.MANIFESTS.removesuffix("*"))
    listed = aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(days=LISTED_DAYS)
    rules = [
        aws.s3.BucketLifecycleConfigurationRuleArgs(id="lists", status="Enabled", filter=lists, expiration=listed),
        aws.s3.BucketLifecycleConfigurationRuleArgs(
            id="remains",
            status="Enabled",
            filter=everything,
            abort_incomplete_multipart_upload=aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                days_after_initiation=7
            ),
            noncurrent_version_expiration=aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                noncurrent_days=STALE_DAYS
            ),
        ),
    ]
    if archive.infrequent_after is not None:
        later = aws.s3.BucketLifecycleConfigurationRuleTransitionArgs(
            days=archive.infrequent_after, storage_class="STANDARD_IA"
        )
        rules.append(
            aws.s3.BucketLifecycleConfigurationRuleArgs(
                id="infrequent", status="Enabled", filter=merged, transitions=[later]
            )
        )
    if archive.expire_after is not None:
        over = aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(days=archive.expire_after)
        rules.append(
            aws.s3.BucketLifecycleConfigurationRuleArgs(id="expire", status="Enabled", filter=merged, expiration=over)
        )
    return rules
