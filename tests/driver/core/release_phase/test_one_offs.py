"""Rules of processes that are no services: they follow releases, and what goes back takes them along."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from driver.core.observe import status
from driver.core.rollout import former
from driver.core.rollout.move import Rolling
from driver.core.values.checkpoint import AppState, Resource, StackState, parse
from driver.errors import NotReady
from model.names.pulumi_types import APP, SCHEDULE, SERVICE, TASK_DEFINITION
from model.releases import Pin
from model.settings.parse import parse as parse_settings
from tests.driver.core.fake_platform import Cloud, CloudServices, pin, task

STACK = "urn:pulumi:dev::slipway::"
SETTINGS = parse_settings(
    "dev",
    "eu-west-1",
    {
        "network": {"zones": ["eu-west-1a", "eu-west-1b"]},
        "apps": {
            "shop": {"processes": {"web": {"port": 8000}, "worker": {}, "cleanup": {"schedule": "rate(1 hour)"}}},
        },
    },
)


@dataclass
class Standing:
    """A stack that is only read."""

    stack: StackState

    def read(self, env: str) -> StackState:
        return self.stack


def rolling(cloud: Cloud, made: Pin, *, registered: int) -> Rolling:
    """The app of the cloud, with a scheduled process whose task definition was registered last by a release."""
    found = cloud.rolling(made)
    arn = task("cleanup", registered)
    row = Resource(urn="cleanup", kind=TASK_DEFINITION, name="shop.cleanup", parent="", outputs={"arn": arn})
    state = replace(found.state, task_definitions={**found.state.task_definitions, "cleanup": row})
    return replace(found, app=SETTINGS.apps["shop"], state=state)


def state() -> AppState:
    app = f"{STACK}{APP}::shop"
    rows = [{"urn": app, "type": APP, "outputs": {"pin": {"release": 1}}}]
    for kind in (TASK_DEFINITION, SERVICE, SCHEDULE):
        rows.append({"urn": f"{STACK}{APP}${kind}::shop.cleanup", "type": kind, "outputs": {"arn": kind}})
    found = parse({"resources": rows}).app("shop")
    assert found is not None
    return found


def test_a_schedule_is_among_what_a_release_moves() -> None:
    assert f"{STACK}{APP}${SCHEDULE}::shop.cleanup" in state().rollout_targets


def test_a_schedule_that_the_catalogue_has_no_more_is_not_touched_by_what_ends_a_release() -> None:
    assert state().only({"cleanup"}) == state()
    assert state().only({"web"}).rollout_targets == ()


def test_what_goes_back_takes_scheduled_processes_along() -> None:
    cloud = Cloud(pin(1))
    back = former.believed(rolling(cloud, pin(2, "b"), registered=1))
    assert back.tasks["cleanup"] == task("cleanup", 1)


def test_after_a_way_back_a_process_runs_what_its_release_says_and_not_what_was_registered_last() -> None:
    cloud = Cloud(pin(1))
    found = rolling(cloud, pin(4, "c"), registered=3)
    went_back = found.state.pin.model_copy(update={"tasks": {"cleanup": task("cleanup", 1)}})
    assert replace(found.state, pin=went_back).runs("cleanup") == task("cleanup", 1)
    assert found.state.runs("cleanup") == task("cleanup", 3)


@pytest.mark.parametrize(
    ("outputs", "said"), [({"state": "ENABLED"}, "rate(1 hour)"), ({"state": "DISABLED"}, "off"), (None, "missing")]
)
def test_the_status_of_a_scheduled_process_is_when_it_runs(outputs: dict[str, str] | None, said: str) -> None:
    cloud = Cloud(pin(1))
    stack = cloud.read("dev")
    app = next(row.urn for row in stack.resources if row.kind == APP)
    rows = [] if outputs is None else [(SCHEDULE, outputs)]
    more = [
        Resource(urn=f"{STACK}{APP}${kind}::shop.cleanup", kind=kind, name="shop.cleanup", parent=app, outputs=found)
        for kind, found in [(TASK_DEFINITION, {"arn": task("cleanup", 1)}), *rows]
    ]
    there: Any = Standing(StackState(resources=[*stack.resources, *more]))
    found = status.read(replace(cloud.world, settings=SETTINGS, stacks=there), "shop")
    assert [(row.name, row.state, row.runs) for row in found.processes][2:] == [("cleanup", said, "dev-shop-cleanup:1")]


@pytest.mark.parametrize("process", ["web", "worker"])
def test_services_are_no_one_offs(process: str) -> None:
    found = rolling(Cloud(pin(1)), pin(2, "b"), registered=1)
    assert process not in found.one_offs(found.state) and process in found.services


def test_the_status_of_a_backdoor_says_whether_it_is_open_and_how_many_tasks_it_has() -> None:
    processes = {"web": {"port": 8000}, "worker": {}, "backdoor": {"kind": "backdoor", "command": ["sleep", "1"]}}
    settings = parse_settings("dev", "eu-west-1", {"network": NETWORK, "apps": {"shop": {"processes": processes}}})

    def door(cloud: Cloud) -> tuple[str, str]:
        row = status.read(replace(cloud.world, settings=settings), "shop").processes[-1]
        return row.state, row.tasks

    cloud = Cloud(pin(1))
    assert door(cloud) == ("missing", "0/0")
    cloud.roll("backdoor", task("backdoor", 1))
    assert door(cloud) == ("open", "1/1")


def test_the_status_goes_on_where_a_target_group_is_gone() -> None:
    class Gone:
        def health(self, group: str) -> Any:
            raise NotReady(f"there is no target group {group}")

    nobody: Any = Gone()
    cloud = Cloud(pin(1))
    plain = status.read(cloud.world, "shop").processes[0]
    service = replace(CloudServices(cloud).describe("dev", ["shop-web"])["shop-web"], target_groups=("arn",))
    assert (plain.targets, status._targets(replace(cloud.world, targets=nobody), service)) == (
        "-",
        "the target group is gone",
    )


NETWORK = {"zones": ["eu-west-1a", "eu-west-1b"]}
