"""What AWS's reference says of our policies, and that it would notice: faults of each kind are planted."""

from fnmatch import fnmatchcase
from typing import Any

import pytest

from model.iam import alarm_topic, buckets, deploy_role, exec_sessions, log_archive, queue_metrics, roles_and_logs
from model.monitoring import ecs_events
from model.settings import schedules
from model.settings.ci import State
from tests.iam.authorization import complaints, meet

ACCOUNT, REGION = "111111111111", "eu-west-1"
BUCKET, QUEUE = "arn:aws:s3:::logs", f"arn:aws:sqs:{REGION}:{ACCOUNT}:failed"
GROUP = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/slipway/dev/x"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:dev/api-AbCdEf"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:slipway-dev-alarms"
REPOSITORY = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/api"
CLUSTER = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/dev"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/dev-eu-west-1-api-task"
TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/slipway-dev-queues"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1111"
PLACE = deploy_role.Place(
    env="dev", region=REGION, account=ACCOUNT, registry=ACCOUNT, state=State(bucket="slipway-state", key=KEY), push=True
)

DOCUMENTS: dict[str, dict[str, Any]] = {
    "task trust": roles_and_logs.task_trust(ACCOUNT, REGION),
    "execution": roles_and_logs.execution(repositories=[REPOSITORY], secret=SECRET),
    "log writing": roles_and_logs.log_writing(GROUP),
    "flow logs": roles_and_logs.flow_logs(GROUP),
    "flow logs trust": roles_and_logs.flow_logs_trust(ACCOUNT, REGION),
    "function trust": log_archive.function_trust(),
    "shipper": log_archive.shipper(group=GROUP, bucket=BUCKET, queue=QUEUE),
    "compactor": log_archive.compactor(group=GROUP, bucket=BUCKET),
    "tls only": log_archive.tls_only(BUCKET),
    "access logs": buckets.access_logs("logs", ACCOUNT),
    "schedule trust": schedules.trust(ACCOUNT, REGION),
    "schedule start": schedules.starting(f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/dev-api-clean", CLUSTER),
    "schedules": schedules.policy(cluster=CLUSTER, roles=[ROLE], dead_letters=QUEUE),
    "events": ecs_events.delivery(GROUP, f"arn:aws:events:{REGION}:{ACCOUNT}:rule/x"),
    "sessions": exec_sessions.policy(GROUP),
    "relay": alarm_topic.relay(group=GROUP, secret=SECRET),
    "counter": queue_metrics.counter(
        group=GROUP, env="dev", place=f"{REGION}:{ACCOUNT}", queues=[QUEUE], reports=[TABLE]
    ),
    "receiver": queue_metrics.receiver(group=GROUP, env="dev", place=f"{REGION}:{ACCOUNT}", table=TABLE),
    "topic": alarm_topic.topic(TOPIC, ACCOUNT),
    "topic's key": alarm_topic.key(ACCOUNT),
    **{f"deploy role {number}": one for number, one in enumerate(deploy_role.documents(PLACE, ["api", "shop"]), 1)},
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_policy_says_what_aws_can_hold_it_to(name: str) -> None:
    assert [wrong for statement in DOCUMENTS[name]["Statement"] for wrong in complaints(statement)] == []


@pytest.mark.parametrize(
    ("action", "resource", "condition", "complaint"),
    [
        ("ecs:RunTasks", "*", {}, "ecs:RunTasks is no action of AWS"),
        ("ec5:RunTask", "*", {}, "ec5:RunTask is no action of AWS"),
        ("ecs:RunTask", CLUSTER, {}, f"ecs:RunTask can't be held to {CLUSTER}"),
        ("ec2:DescribeSubnets", f"arn:aws:ec2:{REGION}:{ACCOUNT}:subnet/s", {}, "ec2:DescribeSubnets can't be held to"),
        ("s3:ListBucket", f"{BUCKET}/*", {}, f"s3:ListBucket can't be held to {BUCKET}/*"),
        ("s3:GetObject", BUCKET, {}, f"s3:GetObject can't be held to {BUCKET}"),
        ("ecs:TagResource", f"{CLUSTER}", {"ecs:createaction2": "RunTask"}, "has no condition key ecs:createaction2"),
        ("sqs:SendMessage", QUEUE, {"ecs:cluster": CLUSTER}, "sqs:SendMessage has no condition key ecs:cluster"),
    ],
)
def test_a_planted_fault_is_found(action: str, resource: str, condition: dict[str, str], complaint: str) -> None:
    statement = {"Effect": "Allow", "Action": [action], "Resource": [resource]}
    found = complaints(statement | ({"Condition": {"StringEquals": condition}} if condition else {}))
    assert any(complaint in one for one in found), found


def test_a_resource_that_no_action_of_its_statement_is_about_is_found() -> None:
    (complaint,) = complaints({"Action": ["sqs:SendMessage"], "Resource": [QUEUE, CLUSTER]})
    assert complaint == f"{CLUSTER} is a resource of none of sqs:SendMessage"


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("a*c", "ab*", True),
        ("a*c", "b*", False),
        ("dev-*:*", "*:*", True),
        ("bucket/*", "+", False),
        ("bucket", "+", True),
        ("bucket/*", "+/*", True),
        ("", "*", True),
        ("x", "", False),
    ],
)
def test_two_patterns_meet_where_some_text_fits_both(one: str, other: str, both: bool) -> None:
    assert meet(one, other) is both
    assert meet(other, one) is both


@pytest.mark.parametrize("who", ["counter", "receiver"])
def test_who_counts_jobs_reads_tokens_and_nothing_else_that_is_secret(who: str) -> None:
    document = DOCUMENTS[who]
    (pattern,) = next(
        row["Resource"] for row in document["Statement"] if "secretsmanager:GetSecretValue" in row["Action"]
    )
    place = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret"
    assert fnmatchcase(f"{place}:dev/shop/hirefire-AbCdEf", pattern)
    for other in (
        "dev/shop",
        "dev/hirefire",
        "dev/shop-hirefire",
        "dev/_alarms",
        "prod/shop/hirefire",
        "dev2/a/hirefire",
    ):
        assert not fnmatchcase(f"{place}:{other}-AbCdEf", pattern), other
