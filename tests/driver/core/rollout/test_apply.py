"""Rules of capacity weights; with a made-up cloud."""

from dataclasses import replace

from driver.core.rollout import apply
from driver.core.rollout.move import Rolling
from driver.errors import EngineFailed
from model.settings.capacity_providers import Strategy
from tests.driver.core.fake_platform import SETTINGS, Cloud, pin

FARGATE: Strategy = (("FARGATE", 1),)
SPOT: Strategy = (("FARGATE_SPOT", 1),)


def rolling(cloud: Cloud, worker: Strategy, *, tasks: bool = False) -> Rolling:
    made = cloud.rolling(pin(2, "b", tasks=tasks))
    rows = {
        name: replace(row, capacity=worker if name == "shop-worker" else FARGATE) for name, row in made.before.items()
    }
    return replace(made, before=rows)


def test_the_engine_is_told_which_processes_move_and_the_forcing_is_taken_back_at_once() -> None:
    cloud = Cloud(pin(1))
    apply.apply(cloud.world, rolling(cloud, SPOT), lambda _line: None)
    assert [(row.weighing, row.releasing) for row in cloud.updates] == [(("worker",), "shop"), ((), None)]


def test_weights_that_are_right_cost_no_second_run() -> None:
    cloud = Cloud(pin(1))
    apply.apply(cloud.world, rolling(cloud, FARGATE), lambda _line: None)
    assert [row.weighing for row in cloud.updates] == [()]


def test_going_back_to_task_definitions_that_exist_leaves_the_weights_alone() -> None:
    assert apply.moving(SETTINGS, rolling(Cloud(pin(1)), SPOT, tasks=True)) == ()


def test_a_release_has_not_failed_because_the_forcing_was_not_taken_back() -> None:
    class Tired(Cloud):
        def up(self, update, progress):  # type: ignore[no-untyped-def]
            if update.releasing is None:
                raise EngineFailed("it is tired")
            return super().up(update, progress)

    told: list[str] = []
    cloud = Tired(pin(1))
    apply.apply(cloud.world, rolling(cloud, SPOT), told.append)
    assert "the next `slipway up dev` tidies up after the new weights: it is tired" in told[-1]
