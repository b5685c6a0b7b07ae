"""Faults as boto3 meets them."""

import time
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from sandbox.errors import SandboxError
from sandbox.faults import client
from sandbox.faults.models import model
from sandbox.faults.rules import Fault, Kind, Rules
from tests.sandbox.sandbox_world import World

pytestmark = pytest.mark.sandbox


@pytest.fixture
def endpoint(world: World) -> Iterator[str]:
    found = client.endpoint(world.folder)
    yield found
    client.clear(found)


def code_of(call: object) -> tuple[int, str]:
    with pytest.raises(ClientError) as failed:
        call()  # type: ignore[operator]
    response = failed.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]


@pytest.mark.parametrize(
    ("service", "signed", "operation", "method", "throttled", "failed"),
    [
        ("ecs", "ecs", "ListClusters", "list_clusters", (400, "ThrottlingException"), (500, "ServerException")),
        ("sts", "sts", "GetCallerIdentity", "get_caller_identity", (400, "Throttling"), (500, "InternalFailure")),
        ("ec2", "ec2", "DescribeVpcs", "describe_vpcs", (503, "RequestLimitExceeded"), (500, "InternalError")),
        ("elbv2", "elasticloadbalancing", "DescribeLoadBalancers", "describe_load_balancers",
         (400, "Throttling"), (500, "InternalFailure")),
        ("s3", "s3", "ListBuckets", "list_buckets", (503, "SlowDown"), (500, "InternalError")),
        ("route53", "route53", "ListHostedZones", "list_hosted_zones", (400, "Throttling"), (500, "InternalFailure")),
        ("lambda", "lambda", "ListFunctions", "list_functions",
         (429, "TooManyRequestsException"), (500, "InternalServerError")),
        ("cloudwatch", "monitoring", "ListMetrics", "list_metrics",
         (400, "ThrottlingException"), (500, "InternalServerError")),
    ],
)  # fmt: skip
def test_each_protocol_has_its_own_shape(  # noqa: PLR0917 - a table
    world: World, endpoint: str, service: str, signed: str, operation: str, method: str,
    throttled: tuple[int, str], failed: tuple[int, str],
) -> None:  # fmt: skip
    call = getattr(world.client(service), method)
    client.add(endpoint, Fault(service=signed, operation=operation, kind=Kind.THROTTLE, count=1))
    assert code_of(call) == throttled
    client.add(endpoint, Fault(service=signed, operation=operation, kind=Kind.ERROR, count=1))
    assert code_of(call) == failed
    call()


@pytest.mark.parametrize(
    ("service", "signed", "method", "expired"),
    [
        ("ecs", "ecs", "list_clusters", (400, "ExpiredTokenException")),
        ("sts", "sts", "get_caller_identity", (403, "ExpiredToken")),
        ("ec2", "ec2", "describe_vpcs", (400, "RequestExpired")),
        ("s3", "s3", "list_buckets", (400, "ExpiredToken")),
    ],
)
def test_credentials_run_out_in_each_services_own_words(
    world: World, endpoint: str, service: str, signed: str, method: str, expired: tuple[int, str]
) -> None:
    client.add(endpoint, Fault(service=signed, kind=Kind.EXPIRE, count=1))
    assert code_of(getattr(world.client(service), method)) == expired


def test_two_throttles_are_retried_by_an_ordinary_client(world: World, endpoint: str) -> None:
    client.add(endpoint, Fault(service="ecs", operation="ListClusters", kind=Kind.THROTTLE, count=2))
    answer = world.client("ecs", attempts=4).list_clusters()
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert client.standing(endpoint) == []


def test_a_dropped_connection_looks_like_one(world: World, endpoint: str) -> None:
    client.add(endpoint, Fault(service="ecs", kind=Kind.DROP, count=1))
    ecs = world.client("ecs")
    with pytest.raises(ConnectionClosedError):
        ecs.list_clusters()
    ecs.list_clusters()


def test_a_delay_holds_one_request_up_and_no_other(world: World, endpoint: str) -> None:
    client.add(endpoint, Fault(service="ecs", operation="ListClusters", kind=Kind.DELAY, delay=0.5, count=1))
    began = time.monotonic()
    world.client("sts").get_caller_identity()
    assert time.monotonic() - began < 0.5
    began = time.monotonic()
    world.client("ecs").list_clusters()
    assert time.monotonic() - began > 0.5


def test_other_operations_and_bodies_pass_unharmed(world: World, endpoint: str) -> None:
    client.add(endpoint, Fault(service="s3", operation="PutObject", kind=Kind.ERROR))
    s3 = world.client("s3")
    s3.create_bucket(Bucket="faults", CreateBucketConfiguration={"LocationConstraint": world.record.region})
    assert code_of(lambda: s3.put_object(Bucket="faults", Key="a/b", Body=b"1"))[0] == 500
    started = s3.create_multipart_upload(Bucket="faults", Key="a/b")
    part = {"Bucket": "faults", "Key": "a/b", "UploadId": started["UploadId"]}
    etag = s3.upload_part(**part, PartNumber=1, Body=b"hello")["ETag"]
    s3.complete_multipart_upload(**part, MultipartUpload={"Parts": [{"ETag": etag, "PartNumber": 1}]})
    assert s3.get_object(Bucket="faults", Key="a/b")["Body"].read() == b"hello"


def test_a_fault_that_makes_no_sense_is_refused_by_name(world: World) -> None:
    with pytest.raises(SandboxError, match="--kind: 'explode'"):
        client.parse(kind="explode")


def test_a_fault_ends_with_its_time_or_its_count_whichever_comes_first() -> None:
    now = [0.0]
    rules = Rules(clock=lambda: now[0])
    rules.add(Fault(service="ecs", kind=Kind.ERROR, seconds=10, count=2))
    assert rules.hit("ecs", "Any")
    assert rules.hit("s3", "Any") is None
    now[0] = 10.0
    assert rules.hit("ecs", "Any") is None
    assert rules.standing() == []


@pytest.mark.parametrize(
    ("service", "method", "path", "query", "headers", "operation"),
    [
        ("s3", "PUT", "/bucket/key", "", set(), "PutObject"),
        ("s3", "PUT", "/bucket/key", "", {"x-amz-copy-source"}, "CopyObject"),
        ("s3", "GET", "/bucket", "list-type=2&prefix=a", set(), "ListObjectsV2"),
        ("s3", "PUT", "/bucket", "publicAccessBlock", set(), "PutPublicAccessBlock"),
        ("lambda", "GET", "/2015-03-31/functions/name/configuration", "", set(), "GetFunctionConfiguration"),
        ("route53", "POST", "/2013-04-01/hostedzone/Z1/rrset", "", set(), "ChangeResourceRecordSets"),
    ],
)
def test_rest_operations_are_told_apart(
    service: str, method: str, path: str, query: str, headers: set[str], operation: str
) -> None:
    known = model(service)
    assert known
    assert known.operation(method, path, query, headers) == operation
