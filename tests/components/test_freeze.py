from components.freeze import Plan, plan, weighed
from components.previous_state import Echo
from components.run_config import Run
from model.releases import BOOTSTRAP, Pin
from model.settings.capacity_providers import Capacity


def run(releasing: str | None, *weighing: str) -> Run:
    return Run(pins={}, candidate=None, releasing=releasing, scope=None, weighing=frozenset(weighing))


def frozen(app: str, process: str, releasing: str | None, *weighing: str) -> list[str]:
    return plan(app, run(releasing, *weighing), Echo()).service(process)


def test_what_would_start_a_rollout_is_frozen_unless_releasing() -> None:
    assert {"taskDefinition", "networkConfiguration", "capacityProviderStrategies"} <= set(frozen("shop", "web", None))
    assert frozen("shop", "web", "shop") == ["desiredCount", "capacityProviderStrategies"]


def test_what_goes_back_moves_task_definitions_and_nothing_else() -> None:
    back = Plan(pin=Pin(release=3, tasks={"web": "arn"}), releasing=True, candidate=None)
    held = back.service("web")
    assert {"networkConfiguration", "loadBalancers", "platformVersion", "capacityProviderStrategies"} <= set(held)
    assert "taskDefinition" not in held and back.task_definition(is_release=False)


def test_weights_move_only_where_the_driver_says_so() -> None:
    assert frozen("shop", "web", "shop", "web") == ["desiredCount"]
    assert "capacityProviderStrategies" in frozen("shop", "worker", "shop", "web")
    assert "capacityProviderStrategies" in frozen("till", "web", "shop", "web")


def test_a_change_of_weights_is_announced() -> None:
    live = {"capacityProviderStrategies": [{"capacityProvider": "FARGATE", "weight": 1.0}]}
    assert weighed("shop.web", Capacity(), live) == []
    assert weighed("shop.web", Capacity(spot=3), live) == [
        "shop.web: capacity FARGATE 1 -> FARGATE 1 and FARGATE_SPOT 3"
    ]


def test_a_plan_without_weights_freezes_them() -> None:
    assert "capacityProviderStrategies" in Plan(pin=BOOTSTRAP, releasing=True, candidate=None).service("web")
