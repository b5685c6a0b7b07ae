"""Rules of the role that CI deploys with: who takes it, and what it may not do."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ministack.core.iam_evaluator import EvalContext, evaluate, evaluate_trust_policy, parse_policy_document

from model.iam import deploy_role
from model.iam.deploy_role import Place
from model.settings import ci as deployers
from model.settings.ci import GITHUB, Deployers, State
from model.settings.parse import SettingsError
from tests.model.refusals import refusing
from tests.model.settings.test_environment import checked

ACCOUNT, REGION = "000000000000", "eu-west-1"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1111"
SUBJECT = "repo:acme/shop:environment:dev"
GITLAB_SUBJECT = "project_path:acme/shop:ref_type:branch:ref:main"


def place(**values: Any) -> Place:
    state = State(bucket="slipway-state", key=KEY)
    given: dict[str, Any] = {"env": "dev", "region": REGION, "account": ACCOUNT, "registry": ACCOUNT, "state": state}
    return Place(**{**given, "push": False, **values})


def arn(service: str, resource: str, account: str = ACCOUNT) -> str:
    return f"arn:aws:{service}:{REGION}:{account}:{resource}"


def role(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def may(action: str, resource: str, where: Place | None = None, **context: str) -> bool:
    policies = [parse_policy_document(one) for one in deploy_role.documents(where or place(), ["api"])]
    asked = EvalContext(
        principal_arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/ci/ci",
        principal_type="AssumedRole",
        principal_account=ACCOUNT,
        action=action,
        resource_arn=resource,
        region=REGION,
        service_context={name.replace("_", ":", 1).lower(): value for name, value in context.items()},
    )
    return bool(evaluate(asked, policies).decision == "Allow")


CLUSTER = {"ecs_cluster": arn("ecs", "cluster/dev")}
TO_TASKS = {"iam_PassedToService": "ecs-tasks.amazonaws.com"}


def test_what_a_deploy_is_made_of_is_allowed() -> None:
    assert may("ecs:UpdateService", arn("ecs", "service/dev/api-web"))
    assert may("ecs:RunTask", arn("ecs", "task-definition/dev-api-release:7"), **CLUSTER)
    assert may("iam:PassRole", role("dev-eu-west-1-api-task"), **TO_TASKS)
    assert may("ecs:TagResource", arn("ecs", "task/dev/1"), ecs_CreateAction="RunTask")
    assert may("ecs:ListTasks", arn("ecs", "container-instance/dev/1"))
    assert may("ecs:ListTasks", "*", **CLUSTER)
    assert may("cloudwatch:DescribeAlarms", "*")
    assert may("s3:AbortMultipartUpload", "arn:aws:s3:::slipway-state/.pulumi/stacks/slipway/dev.json.gz")
    assert may("kms:Encrypt", KEY)
    assert may("scheduler:UpdateSchedule", arn("scheduler", "schedule/default/dev-api-worker"))
    assert may("iam:PassRole", role("dev-eu-west-1-api-scheduler"), iam_PassedToService="scheduler.amazonaws.com")


@pytest.mark.parametrize(
    ("action", "resource", "context"),
    [
        *((f"ecs:{verb}", arn("ecs", "service/dev/api-web"), {}) for verb in ("CreateService", "DeleteService")),
        ("ecs:ExecuteCommand", arn("ecs", "task/dev/1"), CLUSTER),
        ("ecs:DeleteCluster", arn("ecs", "cluster/dev"), {}),
        ("ecs:PutClusterCapacityProviders", arn("ecs", "cluster/dev"), {}),
        ("ecs:UpdateService", arn("ecs", "service/prod/api-web"), {}),
        ("ecs:StopTask", arn("ecs", "task/prod/1"), {}),
        ("ecs:RegisterTaskDefinition", arn("ecs", "task-definition/prod-api-web:1"), {}),
        ("ecs:RegisterTaskDefinition", arn("ecs", "task-definition/dev2-api-web:1"), {}),
        ("ecs:TagResource", arn("ecs", "task/dev/1"), {"ecs_CreateAction": "CreateService"}),
        ("ecs:TagResource", arn("ecs", "task/dev/1"), {}),
        ("ecs:TagResource", arn("ecs", "service/dev/api-web"), {}),
        ("ecs:ListTasks", "*", {"ecs_cluster": arn("ecs", "cluster/prod")}),
        ("ecs:RunTask", arn("ecs", "task-definition/dev-api-web:1"), {"ecs_cluster": arn("ecs", "cluster/prod")}),
        ("ecs:RunTask", arn("ecs", "task-definition/dev-api-web:1"), {}),
        ("iam:PassRole", role("dev-eu-west-1-api-task"), {"iam_PassedToService": "lambda.amazonaws.com"}),
        ("iam:PassRole", role("dev-eu-west-1-api-task"), {}),
        ("iam:PassRole", role("dev2-eu-west-1-api-task"), TO_TASKS),
        ("iam:PassRole", role("slipway-dev-eu-west-1-deploy"), TO_TASKS),
        ("iam:PassRole", role("prod-eu-west-1-api-task"), TO_TASKS),
        ("iam:PassRole", role("Administrator"), TO_TASKS),
        ("scheduler:CreateSchedule", arn("scheduler", "schedule/default/dev-api-worker"), {}),
        ("scheduler:UpdateSchedule", arn("scheduler", "schedule/default/prod-api-worker"), {}),
        *((f"iam:{verb}", role("dev-eu-west-1-api-task"), {}) for verb in ("PutRolePolicy", "UpdateAssumeRolePolicy")),
        *((f"iam:{verb}", role("ci"), {}) for verb in ("CreateRole", "AttachRolePolicy", "DeleteRole")),
        ("iam:CreatePolicyVersion", f"arn:aws:iam::{ACCOUNT}:policy/slipway-dev-eu-west-1-deploy-1", {}),
        ("secretsmanager:GetSecretValue", arn("secretsmanager", "secret:dev/api-AbCdEf"), {}),
        ("secretsmanager:DeleteSecret", arn("secretsmanager", "secret:dev/api-AbCdEf"), {}),
        ("secretsmanager:PutSecretValue", arn("secretsmanager", "secret:dev/_alarms-AbCdEf"), {}),
        ("secretsmanager:PutSecretValue", arn("secretsmanager", "secret:dev2/api-AbCdEf"), {}),
        ("secretsmanager:PutSecretValue", arn("secretsmanager", "secret:prod/api-AbCdEf"), {}),
        ("s3:PutObject", "arn:aws:s3:::slipway-state/.pulumi/stacks/slipway/prod.json.gz", {}),
        ("s3:GetObject", "arn:aws:s3:::slipway-state/.pulumi/stacks/slipway/prod.json.gz", {}),
        ("s3:DeleteObjectVersion", "arn:aws:s3:::slipway-state/.pulumi/stacks/slipway/dev.json.gz", {}),
        ("s3:PutBucketVersioning", "arn:aws:s3:::slipway-state", {}),
        ("s3:DeleteBucket", "arn:aws:s3:::slipway-state", {}),
        ("kms:ScheduleKeyDeletion", KEY, {}),
        ("dynamodb:DeleteTable", arn("dynamodb", "table/slipway-dev"), {}),
        ("dynamodb:PutItem", arn("dynamodb", "table/slipway-prod"), {}),
        ("ecr:DeleteRepository", arn("ecr", "repository/api"), {}),
        ("ecr:PutLifecyclePolicy", arn("ecr", "repository/api"), {}),
        ("ecr:SetRepositoryPolicy", arn("ecr", "repository/api"), {}),
        ("ecr:UploadLayerPart", arn("ecr", "repository/api"), {}),
        ("logs:DeleteLogGroup", arn("logs", "log-group:/ecs/dev-api-web"), {}),
        ("logs:GetLogEvents", arn("logs", "log-group:/ecs/prod-api-web:log-stream:x"), {}),
        ("logs:GetLogEvents", arn("logs", "log-group:/slipway/dev/exec:log-stream:x"), {}),
        ("ec2:AuthorizeSecurityGroupIngress", arn("ec2", "security-group/sg-1"), {}),
        ("ec2:CreateVpc", "*", {}),
        ("elasticloadbalancing:CreateLoadBalancer", "*", {}),
        ("elasticloadbalancing:ModifyListener", arn("elasticloadbalancing", "listener/app/x/1/2"), {}),
        ("application-autoscaling:RegisterScalableTarget", "*", {}),
        ("route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z1", {}),
        ("cloudwatch:DeleteAlarms", arn("cloudwatch", "alarm:x"), {}),
    ],
)
def test_infrastructure_other_environments_and_secret_values_are_out_of_reach(
    action: str, resource: str, context: dict[str, str]
) -> None:
    assert not may(action, resource, **context)


def test_images_are_pushed_only_where_the_settings_say_so() -> None:
    target = arn("ecr", "repository/api")
    assert may("ecr:UploadLayerPart", target, place(push=True))
    assert not may("ecr:UploadLayerPart", arn("ecr", "repository/api-gateway"), place(push=True))


def test_images_are_those_of_the_account_that_owns_them() -> None:
    there = place(registry="111111111111")
    assert may("ecr:BatchGetImage", arn("ecr", "repository/api", "111111111111"), there)
    assert not may("ecr:BatchGetImage", arn("ecr", "repository/api"), there)


@given(count=st.integers(1, 300), length=st.integers(4, 24))
def test_every_repository_is_in_one_policy_and_each_policy_fits(count: int, length: int) -> None:
    names = [f"{number:0{length}}" for number in range(count)]
    documents = deploy_role.documents(place(region="ap-southeast-1", push=True), names)
    assert [one for one in documents if deploy_role.length(one) > deploy_role.LIMIT] == []
    text = json.dumps(documents)
    assert all(text.count(f'repository/{name}"') == 1 for name in names)


def test_five_hundred_apps_fit_into_the_ten_policies_that_a_role_may_have() -> None:
    assert len(deploy_role.documents(place(), [f"some-longer-name-{number}" for number in range(500)])) <= 10


def test_another_app_changes_the_policy_of_image_repositories_alone() -> None:
    before, after = (deploy_role.documents(place(), names) for names in (["api"], ["api", "shop"]))
    assert before[0] == after[0]
    assert before[1] != after[1]


TRUST = deployers.trust(
    ACCOUNT,
    Deployers.model_validate(
        {
            "github": {"subjects": [SUBJECT]},
            "gitlab": {"url": "https://git.acme.io", "subjects": [GITLAB_SUBJECT]},
            "state": {"bucket": "slipway-state"},
        }
    ),
)


def trusted(issuer: str, **claims: str) -> bool:
    host = deployers.host(issuer)
    provider = deployers.provider_arn(ACCOUNT, issuer)
    context = EvalContext(
        principal_arn=provider,
        principal_type="WebIdentityUser",
        principal_account=ACCOUNT,
        action="sts:AssumeRoleWithWebIdentity",
        resource_arn=role("ci"),
        region=REGION,
        service_context={f"{host}:{name}": value for name, value in claims.items()},
    )
    return bool(evaluate_trust_policy(json.dumps(TRUST), provider, context))


def test_only_the_exact_subject_and_audience_take_the_role() -> None:
    assert trusted(GITHUB, aud="sts.amazonaws.com", sub=SUBJECT)
    assert trusted("https://git.acme.io", aud="https://git.acme.io", sub=GITLAB_SUBJECT)


@pytest.mark.parametrize(
    ("issuer", "claims"),
    [
        (GITHUB, {"aud": "sts.amazonaws.com", "sub": "repo:acme/shop:pull_request"}),
        (GITHUB, {"aud": "sts.amazonaws.com", "sub": f"{SUBJECT}2"}),
        (GITHUB, {"aud": "sts.amazonaws.com", "sub": "repo:acme/other:environment:dev"}),
        (GITHUB, {"aud": "https://github.com/acme", "sub": SUBJECT}),
        (GITHUB, {"sub": SUBJECT}),
        (GITHUB, {"aud": "sts.amazonaws.com"}),
        (GITHUB, {"aud": "sts.amazonaws.com", "sub": GITLAB_SUBJECT}),
        ("https://gitlab.com", {"aud": "https://git.acme.io", "sub": GITLAB_SUBJECT}),
        ("https://git.acme.io", {"aud": "sts.amazonaws.com", "sub": GITLAB_SUBJECT}),
    ],
)
def test_nobody_else_takes_it(issuer: str, claims: dict[str, str]) -> None:
    assert not trusted(issuer, **claims)


STATE = {"bucket": "slipway-state"}


@pytest.mark.parametrize(
    ("ci", "path", "what_would_do"),
    [
        ({"state": STATE}, "ci", "add github or gitlab"),
        ({"github": {"subjects": [SUBJECT]}}, "ci/state", "missing"),
        ({"github": {"subjects": []}, "state": STATE}, "ci/github/subjects", "at least 1"),
        ({"github": {"subjects": ["repo:acme/*"]}, "state": STATE}, "ci/github/subjects", "any branch or fork"),
        (
            {"github": {"subjects": ["repo:acme/shop:pull_request"]}, "state": STATE},
            "ci/github/subjects",
            "safe to trust",
        ),
        (
            {"github": {"subjects": ["acme/shop"]}, "state": STATE},
            "ci/github/subjects",
            "repo:ORG/REPO:environment:NAME",
        ),
        ({"gitlab": {"subjects": ["project_path:acme/*"]}, "state": STATE}, "ci/gitlab/subjects", "any branch"),
        ({"gitlab": {"subjects": [SUBJECT]}, "state": STATE}, "ci/gitlab/subjects", "project_path:GROUP/PROJECT"),
        (
            {"gitlab": {"url": "gitlab.com", "subjects": [GITLAB_SUBJECT]}, "state": STATE},
            "ci/gitlab/url",
            "is no address of a GitLab",
        ),
        ({"github": {"subjects": [SUBJECT]}, "state": {"bucket": "A_B"}}, "ci/state/bucket", "is no bucket"),
        (
            {"github": {"subjects": [SUBJECT]}, "state": {"bucket": "ab-c", "key": "alias/x"}},
            "ci/state/key",
            "is no ARN of a KMS",
        ),
    ],
)
def test_a_bad_deployer_is_named_with_what_would_do(ci: dict[str, Any], path: str, what_would_do: str) -> None:
    with refusing() as refused:
        checked({"ci": ci})
    refused.says(path, what_would_do)


@given(branch=st.text(st.characters(codec="ascii", exclude_characters="\n\r"), min_size=1, max_size=12))
def test_no_subject_that_is_accepted_is_a_pattern(branch: str) -> None:
    subject = f"repo:acme/shop:ref:refs/heads/{branch}"
    try:
        accepted = checked({"ci": {"github": {"subjects": [subject]}, "state": STATE}})
    except SettingsError:
        assert set(branch) & set("*?:")
    else:
        assert accepted.ci is not None
        assert not set(subject.removeprefix("repo:acme/shop:ref:")) & set("*?:")
