import pulumi
import pytest

from components.freeze import Plan, adrift, plan
from components.previous_state import Echo
from components.run_config import Run
from model.releases import BOOTSTRAP, Pin
from model.settings.app import App

SHOP = App.model_validate({"processes": {"web": {"port": 8000}, "worker": {}, "release": {}}})
WITH_MAILER = App.model_validate({"processes": {**SHOP.model_dump(exclude_unset=True)["processes"], "mailer": {}}})
IMAGE = f"r/shop@sha256:{'a' * 64}"
V5 = Pin(release=5, image=IMAGE, processes=("release", "web", "worker"))
STOOD = {f"shop.{process}": {} for process in ("web", "worker", "release")}


def run(releasing: str | None, *weighing: str) -> Run:
    return Run(pins={}, candidate=None, releasing=releasing, scope=None, weighing=frozenset(weighing))


def frozen(app: str, process: str, releasing: str | None, *weighing: str) -> list[str]:
    return plan(app, SHOP, run(releasing, *weighing), Echo()).service(process)


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


def test_a_plan_without_weights_freezes_them() -> None:
    assert "capacityProviderStrategies" in Plan(pin=BOOTSTRAP, releasing=True, candidate=None).service("web")


def waits(found: Plan) -> list[str]:
    """The processes that are rendered on the bootstrap image although the app is released."""
    return [process for process in WITH_MAILER.processes if found.pin_of(process).bootstrap]


def on(pin: Pin, app: App = WITH_MAILER, releasing: str | None = None, **pins: Pin) -> Plan:
    """The plan of a run, the last of which echoed this pin."""
    known = Run(pins=pins, candidate=None, releasing=releasing, scope=None)
    return plan("shop", app, known, Echo(pins={"shop": pin}, registered=STOOD))


def test_a_new_process_of_a_released_app_waits_for_the_next_release_and_no_other_does() -> None:
    found = on(V5)
    assert waits(found) == ["mailer"]
    assert found.pin == V5
    assert waits(on(found.pin)) == ["mailer"], "and so it does from one `up` to the next"
    assert waits(on(Pin(release=5, image=IMAGE))) == ["mailer"], "what older versions echoed names no processes"


def test_the_release_that_moves_the_app_reaches_every_process() -> None:
    found = on(V5, releasing="shop", shop=Pin(release=6, image=IMAGE))
    assert waits(found) == [] and set(found.pin.processes or ()) == {*WITH_MAILER.processes}
    assert waits(on(found.pin)) == []


def test_what_is_gone_from_the_state_is_made_on_the_release_and_not_on_the_bootstrap() -> None:
    found = plan("shop", SHOP, run(None), Echo(pins={"shop": V5}))
    assert not any(found.pin_of(process).bootstrap for process in SHOP.processes)


def test_going_back_puts_a_new_process_where_it_was() -> None:
    released = on(V5, releasing="shop", shop=Pin(release=6, image=IMAGE)).pin
    tasks = {"web": "web:5", "worker": "worker:5", "mailer": "mailer:1"}
    back = on(released, releasing="shop", shop=V5.model_copy(update={"release": 7, "tasks": tasks}))
    assert waits(back) == ["mailer"] and back.pin.waiting == {"mailer": "mailer:1"}
    assert waits(on(back.pin)) == ["mailer"]


def test_a_pin_of_older_versions_that_names_its_task_definitions_has_reached_those_and_what_was_reached() -> None:
    rolled_back = on(V5, SHOP, releasing="shop", shop=Pin(release=6, image=IMAGE, tasks={"web": "web:4"}))
    assert rolled_back.pin.processes == ("release", "web", "worker")


def test_a_process_that_has_left_and_comes_again_is_new_again() -> None:
    gone = on(Pin(release=5, image=IMAGE, processes=tuple(WITH_MAILER.processes)), SHOP).pin
    assert waits(on(gone)) == ["mailer"]


def test_before_the_first_release_every_process_is_on_the_bootstrap() -> None:
    assert waits(on(BOOTSTRAP)) == [*WITH_MAILER.processes] and on(BOOTSTRAP).pin == BOOTSTRAP


def test_a_backdoor_and_a_release_process_wait_for_nothing() -> None:
    more = {"release": {}, "backdoor": {"kind": "backdoor", "command": ["sleep", "infinity"]}}
    found = on(V5, App.model_validate({"processes": {"web": {"port": 8000}, "worker": {}, **more}}))
    assert not found.pin_of("backdoor").bootstrap and not found.pin_of("release").bootstrap


GROUND = frozenset({"tg/web/1", "subnet-a", "subnet-b", "sg-1"})


def service(group: str = "tg/web/1", security: str = "sg-1") -> dict[str, object]:
    return {
        "loadBalancers": [{"targetGroupArn": group, "containerPort": 8000.0}],
        "networkConfiguration": {"subnets": ["subnet-a", "subnet-b"], "securityGroups": [security]},
    }


def test_a_service_that_stands_on_what_is_gone_moves_at_once_and_only_in_that() -> None:
    assert adrift(service(), GROUND) == frozenset()
    assert adrift(service(group="tg/web/0"), GROUND) == {"loadBalancers"}
    assert adrift(service(security="sg-0"), GROUND) == {"networkConfiguration"}
    echo = Echo(services={"shop.web": service(group="tg/web/0"), "shop.worker": service()}, ground=GROUND)
    held = plan("shop", SHOP, run(None), echo)
    assert "loadBalancers" not in held.service("web")
    assert {"taskDefinition", "networkConfiguration"} <= set(held.service("web"))
    assert "loadBalancers" in held.service("worker")


def test_a_state_that_says_nothing_of_the_ground_moves_no_service() -> None:
    assert adrift(service(), frozenset()) == frozenset()


def test_the_release_of_an_app_is_never_guessed_and_what_the_ledger_says_will_do() -> None:
    echo = Echo(lost=frozenset({"shop"}))
    with pytest.raises(pulumi.RunError, match="shop is released, and neither state nor ledger says on what"):
        plan("shop", SHOP, run(None), echo)
    known = Run(pins={"shop": V5}, candidate=None, releasing=None, scope=None)
    assert plan("shop", SHOP, known, echo).pin.release == V5.release
