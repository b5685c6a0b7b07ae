import json

import pytest

from tests.platform.conftest import Whole

pytestmark = pytest.mark.engine


def test_a_schedule_is_pinned_to_a_revision_and_never_on_spot(whole: Whole) -> None:
    found = whole.aws("scheduler").get_schedule(Name="dev-shop-cleanup")
    task = found["Target"]["EcsParameters"]
    definition = whole.of_type("aws:ecs/taskDefinition:TaskDefinition")["shop.cleanup"]
    assert task["TaskDefinitionArn"] == definition["outputs"]["arn"]
    assert task["CapacityProviderStrategy"] == [{"capacityProvider": "FARGATE", "weight": 1}]
    assert (found["ScheduleExpression"], found["ScheduleExpressionTimezone"]) == ("cron(0 3 * * ? *)", "Europe/Berlin")


def test_nothing_is_started_before_the_first_release(whole: Whole) -> None:
    names = ("dev-shop-cleanup", "dev-shop-digest")
    assert [whole.aws("scheduler").get_schedule(Name=name)["State"] for name in names] == ["DISABLED", "DISABLED"]


def test_a_start_that_failed_is_tried_again_at_most_twice_and_then_kept(whole: Whole) -> None:
    target = whole.aws("scheduler").get_schedule(Name="dev-shop-cleanup")["Target"]
    assert target["RetryPolicy"]["MaximumRetryAttempts"] == 2
    assert target["DeadLetterConfig"]["Arn"].endswith(":dev-shop-schedules")
    url = whole.aws("sqs").get_queue_url(QueueName="dev-shop-schedules")["QueueUrl"]
    asked = whole.aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert asked["MessageRetentionPeriod"] == str(14 * 24 * 3600)


def test_schedules_have_a_role_of_their_own_which_passes_the_apps_roles_only(whole: Whole) -> None:
    policy = json.loads(whole.of_type("aws:iam/rolePolicy:RolePolicy")["shop.scheduler"]["inputs"]["policy"])
    passing = next(row for row in policy["Statement"] if row["Action"] == ["iam:PassRole"])
    assert len(passing["Resource"]) == 2 and all(":role/dev-eu-west-1-shop-" in arn for arn in passing["Resource"])


def test_a_process_without_service_has_a_task_definition_and_a_log_that_loses_no_line(whole: Whole) -> None:
    assert "shop-reindex" not in whole.services("shop-reindex")
    definition = whole.aws("ecs").describe_task_definition(taskDefinition="dev-shop-reindex")["taskDefinition"]
    assert definition["containerDefinitions"][0]["logConfiguration"]["options"]["mode"] == "blocking"
