"""What the function that counts jobs may do: look at tokens, tasks and queues, and put metrics."""

from collections.abc import Sequence

from model.iam.log_archive import function_logs
from model.iam.roles_and_logs import Json
from model.monitoring.queue_metrics import NAMESPACE


def counter(*, group: str, env: str, place: str, queues: Sequence[str], reports: Sequence[str] = ()) -> Json:
    """By ARN: its log group, queues at SQS, and tables with reports; `place` is `<region>:<account>`.

    Of secrets it reads those that hold nothing but a token: an app's config is one level above. CloudWatch has no
    resources, so that the namespace is what it is held to.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html
    """
    statements = [
        function_logs(group),
        *_of_both(env, place),
        _allow("ecs:DescribeServices", f"arn:aws:ecs:{place}:service/{env}/*"),
        *(_allow("dynamodb:BatchGetItem", table) for table in reports),
    ]
    if queues:
        actions = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl"]
        statements.append({"Effect": "Allow", "Action": actions, "Resource": list(queues)})
    return {"Version": "2012-10-17", "Statement": statements}


def receiver(*, group: str, env: str, place: str, table: str) -> Json:
    """What the function may do that is reported to: it writes into its table and reads nothing there."""
    statements = [function_logs(group), *_of_both(env, place), _allow("dynamodb:UpdateItem", table)]
    return {"Version": "2012-10-17", "Statement": statements}


def _of_both(env: str, place: str) -> list[Json]:
    values = _allow("cloudwatch:PutMetricData", "*")
    return [
        _allow("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{place}:secret:{env}/*/hirefire-??????"),
        {**values, "Condition": {"StringEquals": {"cloudwatch:namespace": NAMESPACE}}},
    ]


def _allow(action: str, resource: str) -> Json:
    return {"Effect": "Allow", "Action": [action], "Resource": [resource]}
