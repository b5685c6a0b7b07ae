"""Called once a minute; counts the jobs of all workers that scale on a queue, some of them several times in it.

What one app does wrong is told in the log and in a metric, and is no error. An error is what keeps all values away.
"""

import json
import logging
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from functions.queue_metrics import plan as plans
from functions.queue_metrics.counting import Memory, Report, World, count
from functions.queue_metrics.logic import NAMESPACE, Datum, Tasks
from functions.queue_metrics.plan import Plan
from functions.queue_metrics.tokens import Tokens

SERVICES = 10
"""Services in one DescribeServices. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html"""
ITEMS = 100
"""Items in one BatchGetItem."""
QUICK = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 3}, max_pool_connections=50)
logger = logging.getLogger("slipway")
logger.setLevel(logging.INFO)


@cache
def _client(service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    return boto3.client(service, config=QUICK)


@cache
def _plan() -> Plan:
    return plans.load(Path(__file__).with_name(plans.FILE))


@cache
def _memory() -> Memory:
    return Memory()


@cache
def _world() -> World:
    # Clients are made here: making one is nothing for several threads at a time.
    for service in ("cloudwatch", "dynamodb", "ecs", "secretsmanager", "sqs"):
        _client(service)
    return World(tokens=Tokens(read=_secret), services=_services, messages=_messages, reports=_reports, put=_put)


def handle(_event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Count everybody who is due in this minute; what the first pass found. Raises ClientError when CloudWatch takes no
    values.
    """
    started, found = time.monotonic(), []
    for at, due in _plan().passes():
        time.sleep(max(0.0, started + at - time.monotonic()))
        outcome = count(due, _world(), _memory(), whole=at == 0).plain()
        if outcome["failed"] or at == 0:
            logger.info(json.dumps(outcome))
        found.append(outcome)
    return dict(found[0])


def _secret(arn: str, stage: str) -> str | None:
    try:
        return str(_client("secretsmanager").get_secret_value(SecretId=arn, VersionStage=stage)["SecretString"])
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return None
        raise


def _services(cluster: str, names: Sequence[str]) -> dict[str, Tasks]:
    found: dict[str, Tasks] = {}
    for start in range(0, len(names), SERVICES):
        rows = _client("ecs").describe_services(cluster=cluster, services=list(names[start : start + SERVICES]))
        for row in rows["services"]:
            found[row["serviceName"]] = Tasks(desired=row["desiredCount"], running=row["runningCount"])
    return found


@cache
def _queue_url(arn: str) -> str:
    *_, account, name = arn.split(":")
    return str(_client("sqs").get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)["QueueUrl"])


def _messages(arn: str) -> int:
    """Those that wait and those that are worked on; not those that are still delayed."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = _client("sqs").get_queue_attributes(QueueUrl=_queue_url(arn), AttributeNames=names)["Attributes"]
    return sum(int(found[name]) for name in names)


def _reports(table: str, apps: Sequence[str]) -> dict[str, Report]:
    """What the apps' own libraries have reported, by app; each attribute of an item is a value with its time."""
    found: dict[str, Report] = {}
    for start in range(0, len(apps), ITEMS):
        keys: list[Any] = [{"app": {"S": app}} for app in apps[start : start + ITEMS]]
        while keys:
            answer = _client("dynamodb").batch_get_item(RequestItems={table: {"Keys": keys}})
            for item in answer["Responses"].get(table, []):
                pairs = {name: cell["L"] for name, cell in item.items() if "L" in cell}
                found[item["app"]["S"]] = {name: (float(v["N"]), float(t["N"])) for name, (v, t) in pairs.items()}
            keys = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
    return found


def _put(data: Sequence[Datum]) -> None:
    rows = [{**row, "Timestamp": datetime.fromtimestamp(row["Timestamp"], UTC)} for row in data]
    _client("cloudwatch").put_metric_data(Namespace=NAMESPACE, MetricData=rows)
