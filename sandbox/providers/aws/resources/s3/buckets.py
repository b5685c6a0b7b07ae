"""S3 buckets, their versioning and their public access block."""

from collections.abc import Mapping

from botocore.exceptions import ClientError

from sandbox.providers.aws.failures import code, found, is_missing, wait
from sandbox.providers.aws.resource import Call, Name, Row, words
from sandbox.providers.aws.resources.shared import from_aws, tag_list, tag_map, to_aws
from sandbox.providers.values import Properties

_BLOCKS = "blockPublicAcls blockPublicPolicy ignorePublicAcls restrictPublicBuckets"
# Where S3 serves websites; https://docs.aws.amazon.com/general/latest/gr/s3.html
_HOSTED_ZONES = {
    "eu-central-1": "Z21DNDUVLTQW6Q",
    "eu-west-1": "Z1BKCTXD74EZPE",
    "us-east-1": "Z3AQBSTGFYJSTF",
    "us-west-2": "Z3BJ6K6RIION7M",
}


def _create(call: Call) -> None:
    elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": call.region}} if call.region != "us-east-1" else {}
    locked = {"ObjectLockEnabledForBucket": True} if call.inputs.get("objectLockEnabled") else {}
    call.aws.create_bucket(Bucket=call.inputs["bucket"], **elsewhere, **locked)
    call.created(call.inputs["bucket"])
    if call.tags:
        _retag(call, call.tags, [])


def _exists(call: Call) -> bool:
    return found(lambda: call.aws.head_bucket(Bucket=call.id)) is not None


def _read(call: Call) -> Properties | None:
    if not _exists(call):
        return None
    return {
        "bucket": call.id,
        "arn": f"arn:aws:s3:::{call.id}",
        "bucketDomainName": f"{call.id}.s3.amazonaws.com",
        "bucketRegionalDomainName": f"{call.id}.s3.{call.region}.amazonaws.com",
        "bucketRegion": call.region,
        "hostedZoneId": _HOSTED_ZONES.get(call.region, ""),
        "tags": _tags(call),
    }


def _tags(call: Call) -> dict[str, str]:
    try:
        return tag_map(call.aws.get_bucket_tagging(Bucket=call.id).get("TagSet"))
    except ClientError as error:
        # NoSuchTagSet
        if is_missing(error):
            return {}
        raise


def _delete(call: Call) -> None:
    if call.state.get("forceDestroy"):
        _empty(call)
    found(lambda: call.aws.delete_bucket(Bucket=call.id))
    wait(lambda: not _exists(call), what=f"{call.type} {call.name}: deleted", seconds=call.seconds)


def _empty(call: Call) -> None:
    """Deletes all objects with all their versions, 1000 at a time."""
    while True:
        page = found(lambda: call.aws.list_object_versions(Bucket=call.id)) or {}
        things = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        if not things:
            return
        keys = [{"Key": thing["Key"], "VersionId": thing["VersionId"]} for thing in things]
        call.aws.delete_objects(Bucket=call.id, Delete={"Objects": keys, "Quiet": True})


def _retag(call: Call, tags: Mapping[str, str], removed: list[str]) -> None:
    wanted = {key: value for key, value in {**_tags(call), **tags}.items() if key not in removed}
    if wanted:
        call.aws.put_bucket_tagging(Bucket=call.id, Tagging={"TagSet": tag_list(wanted)})
    else:
        call.aws.delete_bucket_tagging(Bucket=call.id)


def _put_versioning(call: Call) -> None:
    written = call.inputs["versioningConfiguration"]
    delete = {"MFADelete": written["mfaDelete"]} if written.get("mfaDelete") else {}
    if written["status"] != "Disabled":
        configuration = {"Status": written["status"]} | delete
        call.aws.put_bucket_versioning(Bucket=call.inputs["bucket"], VersioningConfiguration=configuration)
    call.created(call.inputs["bucket"])


def _read_versioning(call: Call) -> Properties | None:
    answer = found(lambda: call.aws.get_bucket_versioning(Bucket=call.id))
    if answer is None:
        return None
    return {"bucket": call.id, "versioningConfiguration": {"status": answer.get("Status", "Disabled")}}


def _delete_versioning(call: Call) -> None:
    """Versioning can be suspended and never undone."""
    if (call.state.get("versioningConfiguration") or {}).get("status") == "Enabled":
        suspended = {"Status": "Suspended"}
        found(lambda: call.aws.put_bucket_versioning(Bucket=call.id, VersioningConfiguration=suspended))


def _put_block(call: Call) -> None:
    wanted = to_aws({key: bool(call.inputs.get(key)) for key in _BLOCKS.split()}, _BLOCKS)
    call.aws.put_public_access_block(Bucket=call.inputs["bucket"], PublicAccessBlockConfiguration=wanted)
    call.created(call.inputs["bucket"])


def _read_block(call: Call) -> Properties | None:
    try:
        answer = call.aws.get_public_access_block(Bucket=call.id)
    except ClientError as error:
        if code(error) == "NoSuchPublicAccessBlockConfiguration" or is_missing(error):
            return None
        raise
    return {"bucket": call.id} | from_aws(answer["PublicAccessBlockConfiguration"], _BLOCKS)


def _delete_block(call: Call) -> None:
    found(lambda: call.aws.delete_public_access_block(Bucket=call.id))


ROWS = (
    Row(
        type="aws:s3/bucket:Bucket",
        service="s3",
        create=_create,
        read=_read,
        delete=_delete,
        retag=_retag,
        name=Name(property="bucket", longest=63, lower=True),
        fixed=words("bucket bucketPrefix objectLockEnabled"),
        defaults={"forceDestroy": False},
        computed=words("bucket bucketPrefix objectLockEnabled"),
        kept=words("forceDestroy objectLockEnabled bucketPrefix"),
        lacks=words(
            "accelerationStatus acl bucketNamespace corsRules grants lifecycleRules logging objectLockConfiguration "
            "policy replicationConfiguration requestPayer serverSideEncryptionConfiguration versioning website"
        ),
    ),
    Row(
        type="aws:s3/bucketVersioning:BucketVersioning",
        service="s3",
        create=_put_versioning,
        read=_read_versioning,
        update=_put_versioning,
        delete=_delete_versioning,
        fixed=words("bucket"),
        lacks=words("expectedBucketOwner mfa"),
        deletes_first=True,
    ),
    Row(
        type="aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        service="s3",
        create=_put_block,
        read=_read_block,
        update=_put_block,
        delete=_delete_block,
        fixed=words("bucket"),
        lacks=words("skipDestroy"),
        deletes_first=True,
    ),
)
