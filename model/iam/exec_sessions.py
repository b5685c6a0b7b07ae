"""ECS Exec: a shell in a running task, every session of it written down.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
"""

from model.iam.roles_and_logs import Json


def policy(log_group: str) -> Json:
    """What a task's own role needs for sessions that are logged to a group, given by its ARN.

    The channels of ssmmessages and DescribeLogGroups know no narrower resource.
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonmessagegatewayservice.html
    """
    channels = ("CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel")
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": [*(f"ssmmessages:{name}" for name in channels), "logs:DescribeLogGroups"],
                "Resource": ["*"],
            },
            {
                "Effect": "Allow",
                "Action": ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                "Resource": [f"{log_group}:*"],
            },
        ],
    }
