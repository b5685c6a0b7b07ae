"""Rules of every policy that the platform makes, whoever makes it: found in the state, whatever its type."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.iam.authorization import complaints
from tests.platform.conftest import Whole

pytestmark = pytest.mark.engine

SECURITY = Path(__file__).parents[2] / "docs" / "security.md"
# Separators and wildcards at the end: nothing that is named before them can be the head of another name.
BEHIND_A_SEPARATOR = re.compile(r"[^*?]+([:/]\*)+")
# The deploy role's: an environment has no hyphen in its name, so what begins so is its own, whatever the app.
OF_THE_ENVIRONMENT = re.compile(r"[^*?]+/dev-(eu-west-1-)?\*(:\*)?")
# The apps' tokens: no app's name has a slash in it, so that between two of them it stands for one app.
TOKENS = re.compile(r"[^*?]+:secret:dev/\*/hirefire-\?{6}")
# What SNS itself gives a topic that has no policy yet.
DEFAULT = "__default_statement_ID"
# These say for whom they act; of Lambda's that is not documented.
TELL = {"ecs-tasks.amazonaws.com", "scheduler.amazonaws.com", "vpc-flow-logs.amazonaws.com"}


def statements(whole: Whole) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each statement of each policy document, with the resource that has it."""
    for row in whole.resources:
        for text in texts(row.get("outputs") or {}):
            if '"Statement"' in text:
                document = json.loads(text)
                found = document["Statement"]
                for statement in found if isinstance(found, list) else [found]:
                    yield row, statement


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts(inner)


def several(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def allowed(whole: Whole) -> Iterator[tuple[str, dict[str, Any]]]:
    for row, statement in statements(whole):
        if statement["Effect"] == "Allow":
            yield f"{row['type']} {row['urn'].rsplit('::', 1)[-1]}", statement


def documented() -> set[str]:
    rows = SECURITY.read_text().split("## What is allowed on everything")[1].split("\n## ")[0].splitlines()
    return {row.split("|")[1].strip() for row in rows if re.match(r"\| [a-z0-9-]+:[A-Z]", row)}


def is_of_a_person(place: str) -> bool:
    """Whether it is an identity's policy: in a thing's own policy `*` means that thing."""
    return place.startswith("aws:iam/")


def test_what_is_allowed_on_everything_is_documented_with_its_reason_and_nothing_else(whole: Whole) -> None:
    found = {
        action
        for place, statement in allowed(whole)
        if is_of_a_person(place) and "*" in several(statement.get("Resource", []))
        for action in several(statement["Action"])
    }
    assert found == documented()


def test_every_statement_is_one_that_aws_can_hold_somebody_to(whole: Whole) -> None:
    ours = (row for _, row in statements(whole) if row.get("Sid") != DEFAULT)
    found = {wrong for statement in ours for wrong in complaints(statement)}
    assert found == set()


def test_a_wildcard_in_a_resource_stands_behind_a_separator(whole: Whole) -> None:
    wrong = [
        (place, resource)
        for place, statement in allowed(whole)
        for resource in several(statement.get("Resource", []))
        if resource != "*" and ("*" in resource or "?" in resource) and not BEHIND_A_SEPARATOR.fullmatch(resource)
        if not (place.startswith("aws:iam/policy:Policy deploy.") and OF_THE_ENVIRONMENT.fullmatch(resource))
        if not (place.endswith((" dev-queue-metrics", " dev-queue-receiver")) and TOKENS.fullmatch(resource))
    ]
    assert wrong == []


def test_no_policy_allows_actions_by_pattern_or_by_exception(whole: Whole) -> None:
    wrong = [
        (place, statement)
        for place, statement in allowed(whole)
        if {"NotAction", "NotResource", "NotPrincipal"} & set(statement)
        or any("*" in action for action in several(statement["Action"]))
    ]
    assert wrong == []


def test_who_is_anybody_has_a_condition(whole: Whole) -> None:
    anybody = ("*", {"AWS": "*"}, {"AWS": ["*"]})
    wrong = [place for place, row in allowed(whole) if row.get("Principal") in anybody and not row.get("Condition")]
    assert wrong == []


def test_no_service_takes_a_role_on_behalf_of_another_account(whole: Whole) -> None:
    for row, statement in statements(whole):
        if row["type"] == "aws:iam/role:Role" and statement.get("Principal", {}).get("Service") in TELL:
            assert statement["Condition"]["StringEquals"]["aws:SourceAccount"] == "000000000000", row["urn"]


def test_the_task_role_may_do_what_the_catalogue_grants_and_no_more(whole: Whole) -> None:
    found = whole.of_type("aws:iam/rolePolicy:RolePolicy")
    granted = json.loads(found["shop.task"]["outputs"]["policy"])["Statement"]
    assert {resource for statement in granted for resource in statement["Resource"]} == {
        "arn:aws:s3:::shop-uploads/faces/*",
        "arn:aws:s3:::shop-uploads",
        "arn:aws:sqs:eu-west-1:000000000000:jobs",
        "arn:aws:ses:eu-west-1:000000000000:identity/example.com",
    }
    assert "till.task" not in found
