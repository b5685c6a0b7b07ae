"""Rules of IAM policies: exact ARNs, so that no app's policy fits the next app's things."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from model.iam import roles_and_logs

ACCOUNT = "eu-west-1:000000000000"
# What knows no resource, with the reason.
EVERYWHERE = {"ecr:GetAuthorizationToken": "it gives a token for the whole registry, which alone opens no repository"}


def execution(app: str) -> dict[str, Any]:
    found: dict[str, Any] = roles_and_logs.execution(
        repositories=[f"arn:aws:ecr:{ACCOUNT}:repository/{app}"],
        secret=f"arn:aws:secretsmanager:{ACCOUNT}:secret:dev/{app}-AbCdEf",
    )
    return found


def grants(policy: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for statement in policy["Statement"]:
        for action in statement["Action"]:
            for resource in statement["Resource"]:
                yield action, resource


def test_no_policy_fits_an_app_whose_name_extends_its_own() -> None:
    others = [resource for action, resource in grants(execution("api-gateway")) if action not in EVERYWHERE]
    mine = [resource for action, resource in grants(execution("api")) if action not in EVERYWHERE]
    assert [(pattern, name) for pattern in mine for name in others if fnmatchcase(name, pattern)] == []


def test_what_is_allowed_everywhere_is_on_the_list_with_its_reason() -> None:
    assert {action for action, resource in grants(execution("api")) if resource == "*"} == set(EVERYWHERE)


def test_only_ecs_of_this_account_and_region_takes_a_role() -> None:
    condition = roles_and_logs.task_trust("000000000000", "eu-west-1")["Statement"][0]["Condition"]  # type: ignore[index]
    assert condition == {
        "StringEquals": {"aws:SourceAccount": "000000000000"},
        "ArnLike": {"aws:SourceArn": f"arn:aws:ecs:{ACCOUNT}:*"},
    }


def test_flow_logs_are_written_into_one_group_which_they_can_not_bring_back() -> None:
    group = f"arn:aws:logs:{ACCOUNT}:log-group:/slipway/dev/flow-logs"
    found = list(grants(roles_and_logs.flow_logs(group)))
    assert [action for action, resource in found if resource != f"{group}:*"] == ["logs:DescribeLogGroups"]
    assert "logs:CreateLogGroup" not in {action for action, _ in found}


def test_only_flow_logs_of_this_account_and_region_take_the_role_that_writes_them() -> None:
    (statement,) = roles_and_logs.flow_logs_trust("000000000000", "eu-west-1")["Statement"]  # type: ignore[misc]
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "000000000000"}
    assert statement["Condition"]["ArnLike"] == {"aws:SourceArn": f"arn:aws:ec2:{ACCOUNT}:vpc-flow-log/*"}
