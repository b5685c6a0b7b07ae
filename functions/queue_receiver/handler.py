"""Called by apps' autoscaler libraries over a function URL; keeps what they say of their jobs and queue times.

Whose report it is says its token. Jobs are kept in a table until the function that counts looks at them; queue times of
requests are gathered for a few seconds and put to CloudWatch.
"""

import hashlib
import json
import logging
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from functions.queue_receiver import logic
from functions.queue_receiver.logic import Refused

NAMESPACE = "Slipway/Queues"
TOKEN = "HIREFIRE_TOKEN"
KEPT, SOONEST = 900.0, 60.0
"""Seconds for which tokens are known, and after which they are looked up again for one that is not."""
GATHERED = 10.0
"""Seconds for which queue times are gathered."""
PAGE = 1_000
logger = logging.getLogger("slipway")
logger.setLevel(logging.INFO)


@cache
def _client(service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    return boto3.client(service)


@cache
def _plan() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(__file__).with_name("queues.json").read_text(encoding="utf-8"))
    return found


@dataclass
class Memory:
    """What is remembered while the function is warm: apps by the hash of their token, and what is still to be put."""

    apps: dict[str, str] = field(default_factory=dict)
    looked: float | None = None
    waits: dict[str, Counter[int]] = field(default_factory=dict)
    put: float | None = None


@cache
def _memory() -> Memory:
    return Memory()


def handle(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Keep one report; the answer of the function URL. Raises ClientError where AWS takes nothing: apps try again."""
    try:
        asked = logic.request(event)
        app = _app(asked.token)
        report = logic.report(asked)
    except Refused as refused:
        return {"statusCode": refused.status, "body": ""}
    if report.jobs:
        _keep(app, report.jobs)
    if report.waits:
        _memory().waits.setdefault(app, Counter()).update(report.waits)
    _put_waits()
    return {"statusCode": 200, "headers": {} if asked.judoscale else dict(logic.STEERING), "body": ""}


def _app(token: str) -> str:
    """Whose token it is. Raises Refused for nobody's."""
    memory, now, digest = _memory(), time.monotonic(), _hash(token)
    age = None if memory.looked is None else now - memory.looked
    if age is None or age > KEPT or (digest not in memory.apps and age > SOONEST):
        memory.apps, memory.looked = _apps(), now
    if digest not in memory.apps:
        raise Refused(404)
    return memory.apps[digest]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _apps() -> dict[str, str]:
    """The apps by their tokens' hashes; a token that several have is nobody's."""
    rows = [(row["name"], row["secret"]) for row in _plan()["apps"] if row.get("secret")]
    client = _client("secretsmanager")
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda row: (row[0], _tokens(client, row[1])), rows))
    owners: dict[str, set[str]] = {}
    for app, tokens in found:
        for token in tokens:
            owners.setdefault(_hash(token), set()).add(app)
    shared = sorted({app for apps in owners.values() if len(apps) > 1 for app in apps})
    if shared:
        logger.warning(json.dumps({"the same token": shared}))
    return {digest: next(iter(apps)) for digest, apps in owners.items() if len(apps) == 1}


def _tokens(client: Any, secret: str) -> set[str]:  # noqa: ANN401 - as above
    """The token of now and the one before, which old tasks have while a release rolls out."""
    found = set()
    for stage in ("AWSCURRENT", "AWSPREVIOUS"):
        try:
            text = client.get_secret_value(SecretId=secret, VersionStage=stage)["SecretString"]
            found.add(str(json.loads(text)[TOKEN]))
        except (ClientError, ValueError, KeyError, TypeError):
            continue
    return found - {""}


def _keep(app: str, jobs: Mapping[str, float]) -> None:
    """Each value with the time at which it came, by our own clock: an app's may be wrong."""
    now = {"N": f"{time.time():.3f}"}
    names = {f"#{index}": name for index, name in enumerate(jobs)}
    values = {f":{index}": {"L": [{"N": f"{value:.3f}"}, now]} for index, value in enumerate(jobs.values())}
    sets = ", ".join(f"#{index} = :{index}" for index in range(len(jobs)))
    _client("dynamodb").update_item(
        TableName=_plan()["table"],
        Key={"app": {"S": app}},
        UpdateExpression=f"SET {sets}",
        ExpressionAttributeNames=names,
        ExpressionAttributeValues=values,
    )


def _put_waits() -> None:
    memory, now = _memory(), time.monotonic()
    if not memory.waits or (memory.put is not None and now - memory.put < GATHERED):
        return
    rows = logic.data(_plan()["env"], memory.waits)
    for start in range(0, len(rows), PAGE):
        _client("cloudwatch").put_metric_data(Namespace=NAMESPACE, MetricData=rows[start : start + PAGE])
    memory.waits, memory.put = {}, now
