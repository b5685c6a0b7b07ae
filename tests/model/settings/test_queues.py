from typing import Any

import pytest

from model.settings.app import App
from model.settings.queues import Queue
from tests.model.refusals import refusing
from tests.model.settings.test_environment import checked

ARN = "arn:aws:sqs:eu-west-1:000000000000:jobs"
WEB: dict[str, Any] = {"port": 8000}
WORKER: dict[str, Any] = {"scaling": {"min": 0, "max": 4, "backlog": 10}}


def counted(**queue: Any) -> dict[str, Any]:
    return {"scaling": {**WORKER["scaling"], "queue": queue}}


@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        ({"source": "redis"}, "use hirefire or judoscale, whose libraries count those of Celery and RQ"),
        ({"source": "kafka"}, "write 'hirefire', 'judoscale', 'sqs' or 'own'"),
        ({"source": "sqs"}, "set arn"),
        ({"source": "sqs", "arn": "jobs"}, "write its whole ARN"),
        ({"source": "sqs", "arn": ARN, "measure": "latency"}, "source sqs takes no measure; drop it"),
        ({"source": "sqs", "arn": ARN, "web": "web"}, "source sqs takes no web"),
        ({"source": "judoscale", "name": "worker"}, "source judoscale takes no name"),
        ({"source": "own", "every": 20}, "source own takes no every"),
        ({"arn": ARN}, "source hirefire takes no arn"),
        ({"measure": "age"}, "write 'size' or 'latency'"),
        ({"every": 15}, "write 20, 30 or 60"),
        ({"name": "7up"}, "is no name of a worker at HireFire"),
        ({"name": "w" * 64}, "use 63 at most"),
    ],
)
def test_a_wrong_queue_is_refused_with_what_would_do(wrong: dict[str, Any], advice: str) -> None:
    with refusing() as refused:
        checked({"apps": {"shop": {"processes": {"web": WEB, "worker": counted(**wrong)}}}})
    refused.says(advice)


@pytest.mark.parametrize(
    ("processes", "advice"),
    [
        ({"worker": WORKER}, "nobody counts the jobs"),
        ({"web": {**WEB, "public": False}, "worker": WORKER}, "set queue: {source: judoscale}"),
        ({"web": WEB, "admin": {"port": 9000}, "worker": WORKER}, "say which is asked: web, admin"),
        ({"web": WEB, "worker": counted(web="wep")}, "wep is no web process of the app; use web"),
        ({"web": WEB, "own": {"port": 9000, "public": False}, "worker": counted(web="own")}, "own is not public"),
        (
            {"web": WEB, "admin": {"port": 9000}, "worker": counted(web="web"), "mailer": counted(web="admin")},
            "one web process is asked for all jobs of an app",
        ),
        ({"web": WEB, "worker": {"scaling": {"min": 1, "max": 2, "cpu": 50, "queue": {}}}}, "set backlog, or drop it"),
    ],
)
def test_somebody_must_count_the_jobs(processes: dict[str, Any], advice: str) -> None:
    with refusing() as refused:
        checked({"apps": {"shop": {"processes": processes}}})
    refused.says(advice)


def test_the_only_public_web_process_is_asked() -> None:
    processes = {"web": WEB, "own": {"port": 9000, "public": False}, "worker": WORKER}
    app = App.model_validate({"processes": processes})
    assert (app.asked, app.has_token) == ("web", True)
    assert app.queues == {"worker": Queue()}


def test_whoever_needs_no_token_has_no_secret_for_one() -> None:
    processes = {"worker": counted(source="sqs", arn=ARN), "mailer": counted(source="own")}
    app = App.model_validate({"processes": processes})
    assert (app.asked, app.has_token) == (None, False)
    settings = checked({"apps": {"shop": {"processes": processes}}})
    assert settings.counts_jobs
    alone = checked({"apps": {"shop": {"processes": {"worker": counted(source="own")}}}})
    assert not alone.counts_jobs


def test_nobody_asks_where_the_internet_may_not_come_in() -> None:
    apps = {"shop": {"processes": {"web": WEB, "worker": WORKER}}}
    with refusing() as refused:
        checked({"apps": apps, "allowed": ["192.0.2.0/24"]})
    refused.says("allowed: the jobs of shop.worker are asked for over the internet")
    reported: dict[str, Any] = {"shop": {"processes": {"web": WEB, "worker": counted(source="judoscale")}}}
    checked({"apps": reported, "allowed": ["192.0.2.0/24"]})


def test_a_queue_of_another_region_is_refused() -> None:
    far = ARN.replace("eu-west-1", "us-east-1")
    with refusing() as refused:
        checked({"apps": {"shop": {"processes": {"worker": counted(source="sqs", arn=far)}}}})
    refused.says("apps/shop/processes/worker/scaling/queue/arn", "use a queue of that region")


def test_there_is_an_address_for_reports_where_somebody_reports_or_the_settings_say_so() -> None:
    reported: dict[str, Any] = {"shop": {"processes": {"worker": counted(source="judoscale")}}}
    assert checked({"apps": reported}).receives
    asked: dict[str, Any] = {"shop": {"processes": {"web": WEB, "worker": WORKER}}}
    assert not checked({"apps": asked}).receives
    assert checked({"apps": asked, "receiver": True}).receives
    with refusing() as refused:
        checked({"apps": reported, "receiver": False})
    refused.says("receiver: shop.worker is reported to it; set receiver: true")
