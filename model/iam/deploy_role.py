"""What a deploy asks of AWS, as the policies of the role that CI takes: all of that, and no infrastructure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from model.names.names import BOOTSTRAP_REPOSITORY, alarm_secret, ecs_events_group, ledger_table
from model.settings.ci import State
from model.settings.registry import LOOK, PULL
from model.settings.schedules import GROUP

Json = dict[str, object]

LIMIT = 6144
"""Characters of a managed policy, white space not counted.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""
PROJECT = "slipway"
EVERYWHERE = [
    "application-autoscaling:DescribeScalableTargets",
    "cloudwatch:DescribeAlarms",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ecr:GetAuthorizationToken",
    "ecs:DescribeTaskDefinition",
    "ecs:ListTaskDefinitions",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
    "logs:DescribeLogGroups",
]
"""What only reads and has no narrower resource; docs/security.md has the reason of each."""
ITEMS = ["ConditionCheckItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"]
TOGETHER = 60
"""Image repositories that are named in one policy, whatever their names: so nine policies hold those of 540 apps."""
PUSH = ["ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart"]


@dataclass(frozen=True, kw_only=True)
class Place:
    """One environment, and the account whose registry has its images."""

    env: str
    region: str
    account: str
    registry: str
    state: State
    push: bool

    def arn(self, service: str, resource: str) -> str:
        """The ARN of something in this account and region."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"

    def repository(self, name: str) -> str:
        """The ARN of an image repository."""
        return f"arn:aws:ecr:{self.region}:{self.registry}:repository/{name}"


def documents(place: Place, repositories: Sequence[str]) -> list[Json]:
    """The policies of the role: that of the environment, and as few as hold the apps' image repositories.

    Whatever belongs to the environment has a name that begins with `<env>-`, and no other environment's does, since no
    environment has a hyphen in its name. Repositories have the apps' names alone, so each is named.
    """
    actions = sorted([*PULL, *LOOK, "ecr:BatchDeleteImage", "ecr:PutImage", *(PUSH if place.push else [])])
    groups = [repositories[at : at + TOGETHER] for at in range(0, len(repositories), TOGETHER)]
    images = [_document([_allow(actions, [place.repository(name) for name in group])]) for group in groups]
    return [_document([*_platform(place), *_apps(place)]), *images]


def length(document: Json) -> int:
    """How long IAM finds a policy, in characters."""
    return len(json.dumps(document, separators=(",", ":")))


def _platform(place: Place) -> list[Json]:
    env = place.env
    cluster = ["ecs:DescribeServiceDeployments", "ecs:StopServiceDeployment"]
    return [
        *_state(place),
        _allow(EVERYWHERE, ["*"]),
        _allow(["ecs:DescribeServices", "ecs:ListServiceDeployments", "ecs:UpdateService"], [_ecs(place, "service")]),
        _allow(cluster, [_ecs(place, "service-deployment")]),
        _allow(["ecs:DescribeServiceRevisions"], [_ecs(place, "service-revision")]),
        _allow(["ecs:DescribeTasks", "ecs:GetTaskProtection", "ecs:StopTask"], [_ecs(place, "task")]),
        # AWS's reference holds ListTasks to container instances; some refusals in the field name * and the cluster.
        _allow(["ecs:ListTasks"], [_ecs(place, "container-instance")]),
        _allow(["ecs:ListTasks"], ["*"], ArnEquals={"ecs:cluster": place.arn("ecs", f"cluster/{env}")}),
        _allow(
            [f"dynamodb:{verb}" for verb in ITEMS],
            [place.arn("dynamodb", f"table/{ledger_table(env)}")],
        ),
        _allow(["logs:FilterLogEvents"], [place.arn("logs", f"log-group:{ecs_events_group(env)}:*")]),
        _allow(LOOK, [place.repository(BOOTSTRAP_REPOSITORY)]),
    ]


def _state(place: Place) -> list[Json]:
    """The engine's objects of this one stack. Whoever may write them may change all at the next `up`.

    https://www.pulumi.com/docs/iac/concepts/state-and-backends/#aws-s3
    """
    bucket, stack = f"arn:aws:s3:::{place.state.bucket}", f"{PROJECT}/{place.env}"
    checkpoint = f"{bucket}/.pulumi/stacks/{stack}"
    objects = [
        *(f"{checkpoint}{end}" for end in (".json", ".json.gz", ".json.bak", ".json.gz.bak", ".pulumi-tags")),
        f"{bucket}/.pulumi/backups/{stack}/*",
        f"{bucket}/.pulumi/history/{stack}/*",
        f"{bucket}/.pulumi/locks/organization/{stack}/*",
    ]
    found = [
        _allow(["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"], objects),
        _allow(["s3:GetObject"], [f"{bucket}/.pulumi/meta.yaml"]),
        _allow(["s3:GetBucketLocation", "s3:ListBucket"], [bucket]),
    ]
    if place.state.key is not None:
        # Where the stack file keeps no data key, each run of the engine makes one and has it encrypted.
        found.append(_allow(["kms:Decrypt", "kms:Encrypt"], [place.state.key]))
    return found


def _apps(place: Place) -> list[Json]:
    """What a release moves: task definitions, one-off tasks, config and schedules of all apps of the environment."""
    families = [place.arn("ecs", f"task-definition/{place.env}-*:*")]
    cluster = {"ecs:cluster": place.arn("ecs", f"cluster/{place.env}")}
    roles = [f"arn:aws:iam::{place.account}:role/{place.env}-{place.region}-*"]
    services = ["ecs-tasks.amazonaws.com", "scheduler.amazonaws.com"]
    verbs = ("DescribeSecret", "ListSecretVersionIds", "PutSecretValue", "UpdateSecretVersionStage")
    secrets = [f"secretsmanager:{verb}" for verb in verbs]
    addresses = place.arn("secretsmanager", f"secret:{alarm_secret(place.env)}-*")
    return [
        _allow(["ecs:RegisterTaskDefinition", "ecs:TagResource"], families),
        _allow(["ecs:RunTask"], families, ArnEquals=cluster),
        # A task that gets tags at its start needs leave for these as well.
        # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/supported-iam-actions-tagging.html
        _allow(["ecs:TagResource"], [_ecs(place, "task")], StringEquals={"ecs:CreateAction": "RunTask"}),
        # Which role a service may take is said by the role's own trust.
        _allow(["iam:GetRole", "iam:GetRolePolicy"], roles),
        _allow(["iam:PassRole"], roles, StringEquals={"iam:PassedToService": services}),
        _allow(secrets, [place.arn("secretsmanager", f"secret:{place.env}/*")]),
        {**_allow(secrets, [addresses]), "Effect": "Deny"},
        _allow(["logs:FilterLogEvents", "logs:GetLogEvents"], [place.arn("logs", f"log-group:/ecs/{place.env}-*:*")]),
        _allow(
            ["scheduler:GetSchedule", "scheduler:UpdateSchedule"],
            [place.arn("scheduler", f"schedule/{GROUP}/{place.env}-*")],
        ),
    ]


def _ecs(place: Place, kind: str) -> str:
    """Everything of a kind in the environment's cluster, and in no other."""
    return place.arn("ecs", f"{kind}/{place.env}/*")


def _allow(actions: Sequence[str], resources: list[str], **condition: object) -> Json:
    found: Json = {"Effect": "Allow", "Action": list(actions), "Resource": resources}
    return found | {"Condition": condition} if condition else found


def _document(statements: Sequence[Json]) -> Json:
    return {"Version": "2012-10-17", "Statement": list(statements)}
