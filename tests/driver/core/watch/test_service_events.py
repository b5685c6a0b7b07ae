import pytest

from driver.core.watch.service_events import Repeats, readable

TASK = "e5f6d1d3-5df9-4aab-a100-5c9669800165"
GROUP = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/dev-shop-web-8000/uv6tundn74v5frh6"


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (f"(service shop-web) has started 1 tasks: (task {TASK}).", "has started 1 task."),
        (f"(service shop-web) has started 2 tasks: (task {TASK}) (task {TASK}).", "has started 2 tasks."),
        (
            "(service shop-web) has started 1 tasks: (task 0123456789abcdef0123456789abcdef).",
            "has started 1 task.",
        ),
        (f"(service shop-web) has stopped 1 running tasks: (task {TASK}).", "has stopped 1 running task."),
        (
            f"(service shop-web) registered 1 targets in (target-group {GROUP})",
            "registered 1 target in target group dev-shop-web-8000",
        ),
        (
            "(service shop-web, taskSet ecs-svc/9223370448021936415) has begun draining connections on 11 tasks.",
            "has begun draining connections on 11 tasks.",
        ),
        (
            f"(service shop-web) (port 8000) is unhealthy in (target-group {GROUP})"
            " due to (reason Health checks failed with these codes: [400])",
            "port 8000 is unhealthy in target group dev-shop-web-8000: Health checks failed with these codes: [400]",
        ),
        (
            f"(service shop-web) (task {TASK}) failed container health checks.",
            "task e5f6d1d3 failed container health checks.",
        ),
        ("(service shop-web) (deployment ecs-svc/8510327366936991604) deployment completed.", "deployment completed."),
        ("(service shop-web) rolling back to deployment ecs-svc/11293785.", "rolling back to an earlier deployment."),
        (
            "(service shop-web) failed to launch a task with (error ECS was unable to assume the role"
            " 'arn:aws:iam::111122223333:role/dev-shop-execution' that was provided for this task).",
            "failed to launch a task with (error ECS was unable to assume the role"
            " 'dev-shop-execution' that was provided for this task).",
        ),
        (
            "(service shop-web) can't read arn:aws:secretsmanager:eu-west-1:111122223333:secret:dev/shop-AbC12x:KEY::.",
            "can't read secret dev/shop.",
        ),
        ("(service shop-web) has reached a steady state.", "has reached a steady state."),
        ("something that AWS has never said before", "something that AWS has never said before"),
    ],
)
def test_an_event_has_names_and_neither_arns_nor_ids(message: str, text: str) -> None:
    assert readable(message) == text


def test_like_events_are_told_once_and_counted_and_one_that_is_shown_again_is_no_other() -> None:
    repeats = Repeats()
    seen = [("a", "1", "started"), ("a", "1", "started"), ("a", "2", "started"), ("b", "3", "started")]
    assert [repeats.is_new(*row) for row in seen] == [True, False, False, True]
    assert list(repeats.summary()) == ["a: 2 times: started"]
