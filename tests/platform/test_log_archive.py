import base64
import gzip
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.platform.conftest import Whole

pytestmark = pytest.mark.engine

BUCKET = "slipway-dev-logs-000000000000-eu-west-1"
SHIPPER, COMPACTOR = "slipway-dev-log-shipper", "slipway-dev-log-compactor"
PATIENCE = 60
HOUR = 3_600_000


def lines(whole: Whole, key: str) -> list[dict[str, Any]]:
    body = whole.aws("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
    return [json.loads(line) for line in gzip.decompress(body).splitlines()]


def keys(whole: Whole, prefix: str) -> list[str]:
    found = whole.aws("s3").list_objects_v2(Bucket=BUCKET, Prefix=prefix)
    return [row["Key"] for row in found.get("Contents", [])]


def eventually(ask: Callable[[], list[str]]) -> list[str]:
    end = time.monotonic() + PATIENCE
    while not (found := ask()) and time.monotonic() < end:
        time.sleep(0.1)
    assert found
    return found


def called(whole: Whole, function: str, event: object) -> Any:
    answer = whole.aws("lambda").invoke(FunctionName=function, Payload=json.dumps(event).encode())
    body = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, body
    return body


def delivery(stream: str, *ids: str, at: int) -> dict[str, Any]:
    rows = [{"id": one, "timestamp": at, "message": f"line {one}"} for one in ids]
    data = {"messageType": "DATA_MESSAGE", "logGroup": "/ecs/dev-shop-web", "logStream": stream, "logEvents": rows}
    return {"awslogs": {"data": base64.b64encode(gzip.compress(json.dumps(data).encode())).decode()}}


def test_only_the_chosen_process_is_subscribed_and_no_function_ever(whole: Whole) -> None:
    logs = whole.aws("logs")
    groups = [row["logGroupName"] for row in logs.describe_log_groups()["logGroups"]]
    assert f"/aws/lambda/{SHIPPER}" in groups
    subscribed = {
        group: [row["destinationArn"] for row in found]
        for group in groups
        if (found := logs.describe_subscription_filters(logGroupName=group)["subscriptionFilters"])
    }
    assert subscribed == {"/ecs/dev-shop-web": [f"arn:aws:lambda:eu-west-1:000000000000:function:{SHIPPER}"]}


def test_only_that_log_group_of_this_account_may_call_the_shipper(whole: Whole) -> None:
    [statement] = json.loads(whole.aws("lambda").get_policy(FunctionName=SHIPPER)["Policy"])["Statement"]
    assert statement["Principal"] == {"Service": "logs.amazonaws.com"}
    assert statement["Condition"] == {
        "ArnLike": {"AWS:SourceArn": "arn:aws:logs:eu-west-1:000000000000:log-group:/ecs/dev-shop-web:*"},
        "StringEquals": {"AWS:SourceAccount": "000000000000"},
    }


def test_the_bucket_is_private_encrypted_and_reached_by_tls_only(whole: Whole) -> None:
    s3 = whole.aws("s3")
    block = s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    assert set(block.values()) == {True}
    [rule] = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    [statement] = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"


def test_lines_grow_old_and_raw_ones_are_never_dropped_by_age(whole: Whole) -> None:
    rules = whole.aws("s3").get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    expiring = {row["Filter"]["Prefix"]: row["Expiration"]["Days"] for row in rules if "Expiration" in row}
    assert expiring == {"logs/": 365, "manifests/": 60}


def test_destroy_leaves_the_bucket_with_all_that_guards_it(whole: Whole) -> None:
    buckets = [row for row in whole.resources if row["type"].startswith("aws:s3/")]
    mine = [row for row in buckets if "AccessLogs" not in row["urn"]]
    assert len(mine) == 6
    assert all(row.get("protect") for row in mine)


def test_a_delivery_that_fails_to_the_end_is_kept_in_a_queue(whole: Whole) -> None:
    config = whole.aws("lambda").get_function_event_invoke_config(FunctionName=SHIPPER)
    queue = config["DestinationConfig"]["OnFailure"]["Destination"]
    assert queue == f"arn:aws:sqs:eu-west-1:000000000000:{SHIPPER}-failed"


def test_one_compactor_runs_at_a_time(whole: Whole) -> None:
    found = whole.aws("lambda").get_function(FunctionName=COMPACTOR)
    assert found["Concurrency"]["ReservedConcurrentExecutions"] == 1


def test_its_functions_have_alarms_and_the_shipper_one_of_how_far_it_lags(whole: Whole) -> None:
    rows = whole.aws("cloudwatch").describe_alarms(AlarmNamePrefix="slipway-dev-log-")["MetricAlarms"]
    found = {(row["Dimensions"][0]["Value"], row["MetricName"]) for row in rows}
    each = {(name, metric) for name in (SHIPPER, COMPACTOR) for metric in ("Errors", "Throttles", "Duration")}
    assert found == {*each, (SHIPPER, "AsyncEventAge")}


def test_a_line_that_is_logged_gets_into_the_bucket_and_an_unwanted_one_does_not(whole: Whole) -> None:
    logs, now = whole.aws("logs"), int(time.time() * 1000)
    place = {"logGroupName": "/ecs/dev-shop-web", "logStreamName": "ecs/app/archived"}
    logs.create_log_stream(**place)
    events = [{"timestamp": now, "message": text} for text in ("GET /health/ 200", "GET /archived 200")]
    logs.put_log_events(**place, logEvents=events)

    def arrived() -> list[str]:
        rows = [row for key in keys(whole, "raw/ecs/dev-shop-web/") for row in lines(whole, key)]
        return [row["message"] for row in rows if row["stream"] == "ecs/app/archived"]

    assert eventually(arrived) == ["GET /archived 200"]


def test_what_came_twice_is_merged_into_one_object_where_it_is_once(whole: Whole) -> None:
    at = int(time.time() * 1000) - HOUR
    # A delivery again, batched differently; and one line more.
    called(whole, SHIPPER, delivery("ecs/app/merged", "1", "2", at=at))
    called(whole, SHIPPER, delivery("ecs/app/merged", "2", at=at))
    assert called(whole, COMPACTOR, {})["windows"] >= 1
    called(whole, SHIPPER, delivery("ecs/app/merged", "1", "3", at=at))
    called(whole, COMPACTOR, {})
    [key] = [
        key
        for key in keys(whole, "logs/ecs/dev-shop-web/")
        if "line 1" in [row["message"] for row in lines(whole, key)]
    ]
    assert [row["id"] for row in lines(whole, key) if row["stream"] == "ecs/app/merged"] == ["1", "2", "3"]


def test_what_can_not_be_read_is_set_aside_and_all_else_is_merged(whole: Whole) -> None:
    called(whole, SHIPPER, delivery("ecs/app/beside", "1", at=int(time.time() * 1000) - 2 * HOUR))
    [good] = [key for key in keys(whole, "raw/ecs/dev-shop-web/") if lines(whole, key)[0]["stream"] == "ecs/app/beside"]
    cut, foreign = f"{good.rsplit('/', 1)[0]}/cut.jsonl.gz", "raw/notes.txt"
    s3 = whole.aws("s3")
    s3.put_object(Bucket=BUCKET, Key=cut, Body=gzip.compress(b"{}")[:-4])
    s3.put_object(Bucket=BUCKET, Key=foreign, Body=b"x")
    called(whole, COMPACTOR, {})
    assert sorted(keys(whole, "aside/")) == sorted([f"aside/{foreign}", f"aside/{cut}"])
    assert not {cut, foreign} & set(keys(whole, "raw/"))
    merged = [row["id"] for key in keys(whole, "logs/ecs/dev-shop-web/") for row in lines(whole, key)
              if row["stream"] == "ecs/app/beside"]  # fmt: skip
    assert merged == ["1"]
