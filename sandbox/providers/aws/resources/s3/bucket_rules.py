"""What a bucket does with its objects: encryption, lifecycle and policy."""

from typing import Any

from botocore.exceptions import ClientError

from sandbox.providers.aws.comparing import json_form
from sandbox.providers.aws.failures import code, found, is_missing
from sandbox.providers.aws.resource import Call, Row, words
from sandbox.providers.aws.resources.shared import capitalised, uncapitalised
from sandbox.providers.values import Properties

_NONE = {
    "NoSuchBucketPolicy",
    "NoSuchLifecycleConfiguration",
    "ServerSideEncryptionConfigurationNotFoundError",
}


def _asked(call: Call, operation: str) -> dict[str, Any] | None:
    """The answer of a `get_…` call; None where the bucket, or that part of it, is not there."""
    try:
        answer: dict[str, Any] = getattr(call.aws, operation)(Bucket=call.id)
    except ClientError as error:
        if code(error) in _NONE or is_missing(error):
            return None
        raise
    return answer


def _put_policy(call: Call) -> None:
    call.aws.put_bucket_policy(Bucket=call.inputs["bucket"], Policy=call.inputs["policy"])
    call.created(call.inputs["bucket"])


def _read_policy(call: Call) -> Properties | None:
    answer = _asked(call, "get_bucket_policy")
    return None if answer is None else {"bucket": call.id, "policy": answer["Policy"]}


def _delete_policy(call: Call) -> None:
    found(lambda: call.aws.delete_bucket_policy(Bucket=call.id))


_DEFAULT = "applyServerSideEncryptionByDefault"


def _put_encryption(call: Call) -> None:
    rules = []
    for row in call.inputs["rules"]:
        default = row[_DEFAULT]
        key = {"KMSMasterKeyID": default["kmsMasterKeyId"]} if default.get("kmsMasterKeyId") else {}
        by_default = {"SSEAlgorithm": default["sseAlgorithm"], **key}
        rules.append(
            {
                "ApplyServerSideEncryptionByDefault": by_default,
                "BucketKeyEnabled": bool(row.get("bucketKeyEnabled")),
            }
        )
    configuration = {"Rules": rules}
    call.aws.put_bucket_encryption(Bucket=call.inputs["bucket"], ServerSideEncryptionConfiguration=configuration)
    call.created(call.inputs["bucket"])


def _read_encryption(call: Call) -> Properties | None:
    answer = _asked(call, "get_bucket_encryption")
    if answer is None:
        return None
    rules = []
    for row in answer["ServerSideEncryptionConfiguration"]["Rules"]:
        default = row["ApplyServerSideEncryptionByDefault"]
        shown = {"sseAlgorithm": default["SSEAlgorithm"], "kmsMasterKeyId": default.get("KMSMasterKeyID")}
        rules.append({_DEFAULT: shown, "bucketKeyEnabled": bool(row.get("BucketKeyEnabled"))})
    return {"bucket": call.id, "rules": rules}


def _delete_encryption(call: Call) -> None:
    found(lambda: call.aws.delete_bucket_encryption(Bucket=call.id))


def _put_lifecycle(call: Call) -> None:
    rules = []
    for row in call.inputs["rules"]:
        body = capitalised({key: value for key, value in row.items() if key not in {"id", "filter"}})
        rules.append({**body, "ID": row["id"], "Filter": {"Prefix": (row.get("filter") or {}).get("prefix") or ""}})
    call.aws.put_bucket_lifecycle_configuration(Bucket=call.inputs["bucket"], LifecycleConfiguration={"Rules": rules})
    call.created(call.inputs["bucket"])


def _read_lifecycle(call: Call) -> Properties | None:
    answer = _asked(call, "get_bucket_lifecycle_configuration")
    if answer is None:
        return None
    rules = []
    for row in answer["Rules"]:
        body = uncapitalised({key: value for key, value in row.items() if key not in {"ID", "Filter", "Prefix"}})
        prefix = row.get("Filter", {}).get("Prefix", row.get("Prefix", ""))
        rules.append({**body, "id": row["ID"], "filter": {"prefix": prefix}})
    return {"bucket": call.id, "rules": rules}


def _delete_lifecycle(call: Call) -> None:
    found(lambda: call.aws.delete_bucket_lifecycle(Bucket=call.id))


ROWS = (
    Row(
        type="aws:s3/bucketPolicy:BucketPolicy",
        service="s3",
        create=_put_policy,
        read=_read_policy,
        update=_put_policy,
        delete=_delete_policy,
        fixed=words("bucket"),
        forms={"policy": json_form},
        deletes_first=True,
    ),
    Row(
        type="aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        service="s3",
        create=_put_encryption,
        read=_read_encryption,
        update=_put_encryption,
        delete=_delete_encryption,
        fixed=words("bucket"),
        lacks=words("expectedBucketOwner"),
        deletes_first=True,
    ),
    Row(
        type="aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        service="s3",
        create=_put_lifecycle,
        read=_read_lifecycle,
        update=_put_lifecycle,
        delete=_delete_lifecycle,
        fixed=words("bucket"),
        computed=words("transitionDefaultMinimumObjectSize"),
        lacks=words("expectedBucketOwner transitionDefaultMinimumObjectSize"),
        deletes_first=True,
    ),
)
