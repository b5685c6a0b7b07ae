"""Policy documents as values. IAM's name exact ARNs: a pattern that ends in `-*` fits the next app's name too."""

from spec.names import KEEP

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


def execution(*, repositories: list[str], log_groups: list[str], secret: str) -> Json:
    """What ECS itself does for a task of one app: pull its images, write its logs, read its config. All by ARN.

    GetAuthorizationToken knows no resource.
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
    """
    return _document(
        _allow(["ecr:GetAuthorizationToken"], ["*"]),
        _allow(["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], repositories),
        _allow(["logs:CreateLogStream", "logs:PutLogEvents"], [f"{group}:*" for group in log_groups]),
        _allow(["secretsmanager:GetSecretValue"], [secret]),
    )


def image_lifecycle() -> Json:
    """No image of an app that has a keep tag is ever expired: what a rule matches, no rule after it can expire.

    A lifecycle policy can't know what runs, in this account or another, so the driver says so by these tags; 9999 of
    them in one repository is more than environments and rollback depth make.
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
    """
    selection = {
        "tagStatus": "tagged",
        "tagPatternList": [f"{KEEP}*"],
        "countType": "imageCountMoreThan",
        "countNumber": 9999,
    }
    rule = {
        "rulePriority": 1,
        "description": "what runs or may be rolled back to",
        "selection": selection,
        "action": {"type": "expire"},
    }
    return {"rules": [rule]}
