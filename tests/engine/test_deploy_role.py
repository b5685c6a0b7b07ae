"""Rules of the role that CI deploys with: what a real deploy asks is allowed, infrastructure is not."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document

from tests.iam_recorder import ACCOUNT, REGION, Ask, listening
from tests.projects import add_what_follows_releases, edited, project_copy
from tests.sandbox_project import Site, sandboxed

pytestmark = pytest.mark.engine

ROLE = "slipway-dev-eu-west-1-deploy"
SUBJECT = "repo:acme/shop:environment:dev"


def with_ci(folder: Path) -> Path:
    project = add_what_follows_releases(project_copy(folder))
    with edited(project / "Pulumi.dev.yaml") as stack:
        stack["slipway:ci"] = {"github": {"subjects": [SUBJECT]}, "state": {"bucket": "slipway-state"}}
    return project


def encrypt_by(site: Site, told: dict[str, Any]) -> None:
    """Secrets in state are encrypted by the key that bootstrap told of, which the role may use, not by a passphrase."""
    file = site.project / "Pulumi.dev.yaml"
    with edited(file) as stack:
        stack["slipway:ci"]["state"]["key"] = told["key"]
    file.write_text(f"secretsprovider: {told['secretsprovider']}\n{file.read_text()}")
    del site.environment["PULUMI_CONFIG_PASSPHRASE"]


@pytest.fixture(scope="module")
def site(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with sandboxed(tmp_path_factory.mktemp("ci"), engine, with_ci) as made:
        made.story["bootstrap"] = json.loads(made.well("bootstrap", "--github", "--yes", "--json"))
        encrypt_by(made, made.story["bootstrap"])
        made.well("up", "dev", "--yes")
        made.configure()
        yield made


@pytest.fixture(scope="module")
def asked(site: Site) -> set[Ask]:
    """What a deploy, one that goes back, and a rollback ask of AWS, of an app with a schedule and a backdoor."""
    site.push("v1")
    site.push("v2")
    site.push("broken")
    site.well("deploy", "dev", "example", "--image", "v1")
    real = dict(site.environment)
    with listening(real["AWS_ENDPOINT_URL"]) as listener:
        for name in ("AWS_ENDPOINT_URL", "PULUMI_BACKEND_URL"):
            old, new = real["AWS_ENDPOINT_URL"].split("//")[1], listener.url.split("//")[1]
            site.environment[name] = real[name].replace(old, new)
        try:
            site.well("config", "import", "dev", "example", "-", stdin="GREETING=Good day\n")
            site.well("deploy", "dev", "example", "--image", "v2")
            assert site.slipway("deploy", "dev", "example", "--image", "broken").returncode == 6
            site.well("rollback", "dev", "example", "--yes")
        finally:
            site.environment.update(real)
    assert listener.unknown == set()
    return {named_by_arn(site, ask) for ask in listener.asks}


def named_by_arn(site: Site, ask: Ask) -> Ask:
    """IAM goes by ARNs, also where a request names a secret by its name, or the one key by its alias or not at all."""
    if ask.action.startswith("kms:"):
        return replace(ask, resource=site.story["bootstrap"]["key"])
    if not ask.resource.startswith("secret "):
        return ask
    found = site.aws("secretsmanager").describe_secret(SecretId=ask.resource.removeprefix("secret "))
    return replace(ask, resource=found["ARN"])


@pytest.fixture(scope="module")
def policies(site: Site) -> list[Any]:
    """All that the role has, as IAM gives it."""
    iam = site.aws("iam")
    found = []
    for row in iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]:
        version = iam.get_policy(PolicyArn=row["PolicyArn"])["Policy"]["DefaultVersionId"]
        found.append(iam.get_policy_version(PolicyArn=row["PolicyArn"], VersionId=version)["PolicyVersion"]["Document"])
    assert iam.list_role_policies(RoleName=ROLE)["PolicyNames"] == []
    return [parse_policy_document(document) for document in found]


def refused(policies: list[Any], asks: Iterable[Ask]) -> list[Ask]:
    """What of it the role may not do."""
    return [ask for ask in asks if evaluate(_context(ask), policies).decision != "Allow"]


def _context(ask: Ask) -> EvalContext:
    return EvalContext(
        principal_arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/{ROLE}/ci",
        principal_type="AssumedRole",
        principal_account=ACCOUNT,
        action=ask.action,
        resource_arn=ask.resource,
        region=REGION,
        service_context={name.lower(): value for name, value in ask.context},
    )


def test_all_that_a_deploy_asks_of_aws_is_allowed(asked: set[Ask], policies: list[Any]) -> None:
    actions = {ask.action for ask in asked}
    assert {"ecs:UpdateService", "ecs:RunTask", "s3:PutObject", "iam:PassRole", "dynamodb:PutItem"} <= actions
    assert {"secretsmanager:PutSecretValue", "ecr:PutImage", "logs:GetLogEvents"} <= actions
    assert {"scheduler:GetSchedule", "scheduler:UpdateSchedule", "ecs:TagResource"} <= actions
    assert f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/dev/any" in {ask.resource for ask in asked}
    assert {action for action in actions if action.startswith("kms:")} == {"kms:Decrypt", "kms:Encrypt"}
    assert "secretsmanager:GetSecretValue" not in actions
    assert refused(policies, asked) == []


def test_what_follows_a_release_is_moved_by_it_and_by_nothing_wider(asked: set[Ask], policies: list[Any]) -> None:
    whole = {(ask.action, ask.resource) for ask in asked}
    starts = [ask for ask in asked if ask.action == "iam:PassRole" and ask.resource.endswith("-scheduler")]
    passed = {dict(ask.context)["iam:PassedToService"]: ask for ask in starts}
    schedule = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/dev-example-cleanup"
    assert ("ecs:UpdateService", f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/dev/example-backdoor") in whole
    assert ("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/dev-{REGION}-example-backdoor") in whole
    assert ("scheduler:UpdateSchedule", schedule) in whole
    assert set(passed) == {"scheduler.amazonaws.com"}
    others = [
        Ask("scheduler:CreateSchedule", schedule),
        Ask("scheduler:DeleteSchedule", schedule),
        Ask("scheduler:UpdateSchedule", schedule.replace("/dev-", "/prod-")),
        replace(passed["scheduler.amazonaws.com"], context=(("iam:PassedToService", "lambda.amazonaws.com"),)),
    ]
    assert refused(policies, others) == others


def test_the_role_is_for_one_subject_and_four_hours(site: Site) -> None:
    role = site.aws("iam").get_role(RoleName=ROLE)["Role"]
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert set(statement["Condition"]) == {"StringEquals"}
    assert statement["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"] == [SUBJECT]
    assert role["MaxSessionDuration"] == 4 * 3600
