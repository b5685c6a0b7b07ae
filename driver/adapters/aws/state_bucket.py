"""The bucket with the engine's state: what makes it safe, looked at and put right."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from driver.adapters.aws.session import code

KEPT_DAYS = 90
"""So long an overwritten state can be got back."""
BLOCK = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}
LIFECYCLE = {
    "Rules": [
        {
            "ID": "slipway-history",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "NoncurrentVersionExpiration": {"NoncurrentDays": KEPT_DAYS},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        }
    ]
}
TLS = "slipway-tls-only"
GONE = {"404", "NoSuchBucket", "NotFound"}
UNSET = {"NoSuchLifecycleConfiguration", "NoSuchBucketPolicy", "NoSuchPublicAccessBlockConfiguration"}

S3 = Any


def lacks(s3: S3, name: str) -> list[str]:
    """What it is missing; only that when it is not there."""
    if not _there(s3, name):
        return ["it is not there"]
    right = {
        "it keeps no versions": _versioned(s3, name),
        "old versions stay for ever": _expires(s3, name),
        "public access is not blocked": _blocked(s3, name),
        "it answers without TLS": TLS in _statements(s3, name),
    }
    return [text for text, holds in right.items() if not holds]


def mend(s3: S3, name: str, region: str) -> None:
    """Make it, or put right what it is missing; statements of its policy and rules that others wrote stay."""
    if not _there(s3, name):
        # us-east-1 is what S3 takes for no place at all.
        # https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
        place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=name, **place)
    if not _blocked(s3, name):
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=BLOCK)
    if not _versioned(s3, name):
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    if not _expires(s3, name):
        rules = [*_rules(s3, name), *LIFECYCLE["Rules"]]
        s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})
    statements = _statements(s3, name)
    if TLS not in statements:
        policy = {"Version": "2012-10-17", "Statement": [*statements.values(), _tls_only(name)]}
        s3.put_bucket_policy(Bucket=name, Policy=json.dumps(policy))


def _tls_only(name: str) -> Mapping[str, object]:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html#transit"""
    return {
        "Sid": TLS,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _there(s3: S3, name: str) -> bool:
    from botocore.exceptions import ClientError

    try:
        s3.head_bucket(Bucket=name)
    except ClientError as error:
        if code(error) not in GONE:
            raise
        return False
    return True


def _versioned(s3: S3, name: str) -> bool:
    return bool(s3.get_bucket_versioning(Bucket=name).get("Status") == "Enabled")


def _rules(s3: S3, name: str) -> list[Mapping[str, Any]]:
    found = _set(lambda: s3.get_bucket_lifecycle_configuration(Bucket=name))
    return list(found.get("Rules", ()))


def _expires(s3: S3, name: str) -> bool:
    return any("NoncurrentVersionExpiration" in rule and rule["Status"] == "Enabled" for rule in _rules(s3, name))


def _blocked(s3: S3, name: str) -> bool:
    found = _set(lambda: s3.get_public_access_block(Bucket=name))
    return bool(found.get("PublicAccessBlockConfiguration") == BLOCK)


def _statements(s3: S3, name: str) -> dict[str, Mapping[str, Any]]:
    """The statements of its policy, by Sid or by their place."""
    text = _set(lambda: s3.get_bucket_policy(Bucket=name)).get("Policy", '{"Statement": []}')
    rows = json.loads(text)["Statement"]
    return {row.get("Sid", str(place)): row for place, row in enumerate(rows)}


def _set(ask: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    """The answer, empty where nothing of the kind was ever set."""
    from botocore.exceptions import ClientError

    try:
        return ask()
    except ClientError as error:
        if code(error) not in UNSET:
            raise
        return {}
