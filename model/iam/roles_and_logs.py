"""Policy documents as values. IAM's name exact ARNs: a pattern that ends in `-*` fits the next app's name too."""

from model.settings.grants import Grants

Json = dict[str, object]


def _document(*statements: Json) -> Json:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _allow(actions: list[str], resources: list[str]) -> Json:
    return {"Effect": "Allow", "Action": actions, "Resource": resources}


def task_trust(account: str, region: str) -> Json:
    """Only ECS tasks of this account and region take the role.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
    """
    return _document(
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "ecs-tasks.amazonaws.com"},
            "Condition": {
                "StringEquals": {"aws:SourceAccount": account},
                "ArnLike": {"aws:SourceArn": f"arn:aws:ecs:{region}:{account}:*"},
            },
        }
    )


def execution(*, repositories: list[str], secret: str) -> Json:
    """What ECS itself does for a task of one app: pull its images and read its config, all by ARN.

    GetAuthorizationToken knows no resource.
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
    """
    return _document(
        _allow(["ecr:GetAuthorizationToken"], ["*"]),
        _allow(["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], repositories),
        _allow(["secretsmanager:GetSecretValue"], [secret]),
    )


def log_writing(group: str) -> Json:
    """What the same role needs for the log of one process: a further one is a further policy, and changes no other."""
    return _document(_allow(["logs:CreateLogStream", "logs:PutLogEvents"], [f"{group}:*"]))


def task(grants: Grants) -> Json | None:
    """What the code of an app may do; None where its settings grant nothing."""
    statements = [_allow(actions, resources) for actions, resources in grants.statements()]
    return _document(*statements) if statements else None


def flow_logs_trust(account: str, region: str) -> Json:
    """Only flow logs of this account and region take the role; their ids are not known before they are there.

    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
    """
    return _document(
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
            "Condition": {
                "StringEquals": {"aws:SourceAccount": account},
                "ArnLike": {"aws:SourceArn": f"arn:aws:ec2:{region}:{account}:vpc-flow-log/*"},
            },
        }
    )


def flow_logs(group: str) -> Json:
    """Permission to write into one log group, by ARN. Not to create it: a group that was destroyed would come back.

    DescribeLogGroups knows no resource, and flow logs ask it.
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
    """
    actions = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    return _document(_allow(["logs:DescribeLogGroups"], ["*"]), _allow(actions, [f"{group}:*"]))
