"""What ECS tells of a cluster, which EventBridge keeps in a log group: ECS forgets a task an hour after it stopped."""

from model.iam.roles_and_logs import Json

DAYS = 30
KINDS = ("ECS Task State Change", "ECS Deployment State Change", "ECS Service Action")
"""https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html"""

TASKS = "Slipway/Tasks"
FAILURES = "Failures"
"""Namespace and name of the metric that counts failed tasks; its dimensions are the cluster's ARN and the service."""
FAILED = (
    '{ ($.detail-type = "ECS Task State Change") && ($.detail.lastStatus = "STOPPED")'
    ' && (($.detail.stopCode = "EssentialContainerExited") || ($.detail.stopCode = "TaskFailedToStart")'
    ' || ($.detail.stoppedReason = "*health checks*")) }'
)
"""The events of tasks that failed: those that ECS stopped for scaling, deployments or Spot did not.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
"""
FAILURE_DIMENSIONS = {"ClusterArn": "$.detail.clusterArn", "Group": "$.detail.group"}


def pattern(cluster: str) -> Json:
    """The events of one cluster, by its ARN. Those of deployments name no cluster, but every event names its resource.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-content-based-filtering.html
    """
    place, name = cluster.split(":cluster/")
    resources = [{"prefix": f"{place}:{kind}/{name}/"} for kind in ("service", "task")]
    return {"source": ["aws.ecs"], "detail-type": list(KINDS), "resources": resources}


def delivery(group: str, rule: str) -> Json:
    """The resource policy of CloudWatch Logs by which EventBridge may write into a group; both by ARN.

    Without it the rule matches, and its invocations fail.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
    """
    trusted = {"Service": ["events.amazonaws.com", "delivery.logs.amazonaws.com"]}
    allowed = {"Effect": "Allow", "Principal": trusted}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {**allowed, "Sid": "Streams", "Action": "logs:CreateLogStream", "Resource": f"{group}:*"},
            {
                **allowed,
                "Sid": "Events",
                "Action": "logs:PutLogEvents",
                "Resource": f"{group}:*:*",
                "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
            },
        ],
    }
