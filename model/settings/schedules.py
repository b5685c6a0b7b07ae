"""Processes that run by the clock: what Heroku Scheduler did, with EventBridge Scheduler.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator

from model.base import Model
from model.iam.roles_and_logs import Json
from model.settings.expressions import problem
from model.settings.timezones import Timezone

GROUP = "default"
"""The group of schedules that every account has; names carry the environment."""


class Schedule(Model):
    """When it runs, by an expression of EventBridge's. A cron expression goes by the clock of `timezone`.

    A run is started at least once, so a double start must do no harm; `retries` are tried when one can't be started.
    """

    at: str
    """When, as an expression: `rate(1 hour)`, `cron(0 3 * * ? *)` or `at(2030-12-24T18:00:00)`."""
    timezone: Timezone = "UTC"
    """The time zone that it goes by."""
    enabled: bool = True
    """Whether it starts anything."""
    retries: Annotated[int, Field(ge=0, le=2)] = 1
    """How many times a start is tried again that AWS could not carry out."""

    @model_validator(mode="before")
    @classmethod
    def _an_expression_will_do(cls, value: Any) -> Any:  # noqa: ANN401 - whatever somebody wrote
        return {"at": value} if isinstance(value, str) else value

    @field_validator("at")
    @classmethod
    def _is_an_expression(cls, text: str) -> str:
        found = problem(text)
        if found:
            raise ValueError(found)
        return text


def trust(account: str, region: str) -> Json:
    """Only schedules of this account and region take the role.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
    """
    place = f"arn:aws:scheduler:{region}:{account}:schedule-group/{GROUP}"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": "scheduler.amazonaws.com"},
                "Condition": {"StringEquals": {"aws:SourceAccount": account, "aws:SourceArn": place}},
            }
        ],
    }


def starting(family: str, cluster: str) -> Json:
    """What one schedule does: start tasks of one family. Revisions come with every release, so they are left open."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["ecs:RunTask"],
                "Resource": [f"{family}:*"],
                "Condition": {"ArnEquals": {"ecs:cluster": cluster}},
            }
        ],
    }


def policy(*, cluster: str, roles: list[str], dead_letters: str) -> Json:
    """What the schedules of one app need beside that: to hand its roles on, and to put away what did not start.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html#setting-up-execution-role
    """
    tasks = cluster.replace(":cluster/", ":task/")
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["ecs:TagResource"],
                "Resource": [f"{tasks}/*"],
                "Condition": {"StringEquals": {"ecs:CreateAction": "RunTask"}},
            },
            {
                "Effect": "Allow",
                "Action": ["iam:PassRole"],
                "Resource": roles,
                "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
            },
            {"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": [dead_letters]},
        ],
    }
