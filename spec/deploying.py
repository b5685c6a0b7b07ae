"""What a deploy asks of AWS, as the policies of the role that CI takes: all of that, and no infrastructure."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from spec.deployers import State
from spec.names import BOOTSTRAP_REPOSITORY, AppNames, ecs_events_group, ledger_table
from spec.registry import LOOK, PULL
from spec.schedules import GROUP

Json = dict[str, object]

LIMIT = 6144
"""Characters of a managed policy, white space not counted.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""
PROJECT = "slipway"
EVERYWHERE = [
    "application-autoscaling:DescribeScalableTargets",
    "ec2:DescribeSubnets",
    "ecr:GetAuthorizationToken",
    "ecs:DescribeTaskDefinition",
    "ecs:ListTaskDefinitions",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
]
"""What only reads and has no narrower resource; docs/security.md has the reason of each."""
ITEMS = ["ConditionCheckItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"]
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


@dataclass(frozen=True, kw_only=True)
class Deployable:
    """One app as a deploy sees it. `roles` says what the roles of its tasks are for, `scheduled` which processes run by
    the clock, `secret` is the ARN of its config.
    """

    names: AppNames
    processes: tuple[str, ...]
    roles: tuple[str, ...] = ("execution", "task")
    scheduled: tuple[str, ...] = ()
    secret: str


def documents(place: Place, apps: Iterable[Deployable]) -> list[Json]:
    """The policies of the role: that of the environment, and one for each group of apps."""
    return [_document(_platform(place)), *(_document(_apps(place, group)) for group in packed(place, apps))]


def packed(place: Place, apps: Iterable[Deployable]) -> list[list[Deployable]]:
    """The apps in as few policies as hold them.

    An ARN for each thing takes room, and a pattern would fit more than it is meant for.
    """
    groups: list[list[Deployable]] = []
    for app in apps:
        if groups and length(_document(_apps(place, [*groups[-1], app]))) <= LIMIT:
            groups[-1].append(app)
        else:
            groups.append([app])
    return groups


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
        # AWS checks ListTasks against container instances, on Fargate as well.
        _allow(["ecs:ListTasks"], [_ecs(place, "container-instance")]),
        _allow(["cloudwatch:DescribeAlarms"], [place.arn("cloudwatch", "alarm:*")]),
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
        _allow(["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], objects),
        _allow(["s3:GetObject"], [f"{bucket}/.pulumi/meta.yaml"]),
        _allow(["s3:GetBucketLocation", "s3:ListBucket"], [bucket]),
    ]
    if place.state.key is not None:
        # Where the stack file keeps no data key, each run of the engine makes one and has it encrypted.
        found.append(_allow(["kms:Decrypt", "kms:Encrypt"], [place.state.key]))
    return found


def _apps(place: Place, apps: Sequence[Deployable]) -> list[Json]:
    processes = [app.names.process(name) for app in apps for name in app.processes]
    families = [place.arn("ecs", f"task-definition/{one.family}:*") for one in processes]
    groups = [place.arn("logs", f"log-group:{one.log_group}:*") for one in processes]
    roles = [
        f"arn:aws:iam::{place.account}:role/{app.names.role(place.region, use)}" for app in apps for use in app.roles
    ]
    images = [*PULL, *LOOK, "ecr:BatchDeleteImage", "ecr:PutImage", *(PUSH if place.push else [])]
    secrets = ("DescribeSecret", "ListSecretVersionIds", "PutSecretValue", "UpdateSecretVersionStage")
    return [
        _allow(["ecs:RegisterTaskDefinition", "ecs:TagResource"], families),
        _allow(["ecs:RunTask"], families, ArnEquals={"ecs:cluster": place.arn("ecs", f"cluster/{place.env}")}),
        _allow(["iam:PassRole"], roles, StringEquals={"iam:PassedToService": "ecs-tasks.amazonaws.com"}),
        _allow([f"secretsmanager:{verb}" for verb in secrets], [app.secret for app in apps]),
        _allow(["logs:FilterLogEvents", "logs:GetLogEvents"], groups),
        _allow(sorted(images), [place.repository(app.names.repository) for app in apps]),
        *_schedules(place, [app for app in apps if app.scheduled]),
    ]


def _schedules(place: Place, apps: Sequence[Deployable]) -> list[Json]:
    """A release moves the schedules of its app as well, and they start tasks by a role of their own."""
    if not apps:
        return []
    names = [app.names.process(name).schedule for app in apps for name in app.scheduled]
    roles = [f"arn:aws:iam::{place.account}:role/{app.names.role(place.region, 'scheduler')}" for app in apps]
    return [
        _allow(
            ["scheduler:GetSchedule", "scheduler:UpdateSchedule"],
            [place.arn("scheduler", f"schedule/{GROUP}/{name}") for name in names],
        ),
        _allow(["iam:PassRole"], roles, StringEquals={"iam:PassedToService": "scheduler.amazonaws.com"}),
    ]


def _ecs(place: Place, kind: str) -> str:
    """Everything of a kind in the environment's cluster, and in no other."""
    return place.arn("ecs", f"{kind}/{place.env}/*")


def _allow(actions: Sequence[str], resources: list[str], **condition: object) -> Json:
    found: Json = {"Effect": "Allow", "Action": list(actions), "Resource": resources}
    return found | {"Condition": condition} if condition else found


def _document(statements: Sequence[Json]) -> Json:
    return {"Version": "2012-10-17", "Statement": list(statements)}
