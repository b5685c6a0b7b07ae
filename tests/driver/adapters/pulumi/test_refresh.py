"""What the engine's events of a refresh mean."""

from types import SimpleNamespace
from typing import Any

from driver.adapters.pulumi.events import Reading

GROUP = "aws:cloudwatch/logGroup:LogGroup"


def event(operation: str, kind: str = GROUP, **metadata: Any) -> Any:
    blank = {"old": None, "new": None, "diffs": None, "detailed_diff": None}
    body = SimpleNamespace(
        op=operation, type=kind, urn=f"urn:pulumi:dev::slipway::{kind}::shop.web", **blank | metadata
    )
    return SimpleNamespace(res_outputs_event=SimpleNamespace(metadata=body), diagnostic_event=None)


def state(**outputs: Any) -> Any:
    return SimpleNamespace(id="/ecs/dev-shop-web", inputs=outputs, outputs=outputs)


def told(severity: str, message: str) -> Any:
    return SimpleNamespace(res_outputs_event=None, diagnostic_event=SimpleNamespace(severity=severity, message=message))


def test_what_is_the_same_and_the_stack_itself_are_no_deviations() -> None:
    reading = Reading()
    reading(event("same"))
    reading(event("update", "pulumi:pulumi:Stack"))
    assert reading.deviations == []


def test_a_deletion_is_something_that_is_gone() -> None:
    reading = Reading()
    reading(event("delete", old=state(retentionInDays=14)))
    [found] = reading.deviations
    assert (found.name, found.kind, found.id, found.gone, found.differing) == (
        "shop.web",
        GROUP,
        "/ecs/dev-shop-web",
        True,
        {},
    )


def test_an_update_names_each_setting_once_with_both_values() -> None:
    reading = Reading()
    reading(
        event(
            "update",
            old=state(retentionInDays=14, tags={"a": "b"}),
            new=state(retentionInDays=1, tags={}),
            diffs=["retentionInDays"],
            detailed_diff={"tags.a": None, "retentionInDays": None},
        )
    )
    [found] = reading.deviations
    assert found.differing == {"retentionInDays": (14, 1), "tags": ({"a": "b"}, {})}


def test_only_errors_are_kept_of_what_the_engine_says() -> None:
    reading = Reading()
    reading(told("warning", "using pulumi-resource-aws from $PATH at /x"))
    reading(told("error", "<{%reset%}>reading shop.web: AccessDenied"))
    assert reading.errors == ["reading shop.web: AccessDenied"]
