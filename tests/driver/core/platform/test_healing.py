from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from driver.core.platform import bring_up as platform
from driver.core.platform import healing
from driver.core.platform.healing import Ailing
from driver.core.ports import Change, RolloutStatus, Say, Update
from driver.core.values.checkpoint import Resource, StackState
from driver.core.values.existing import Found, Wanted, check_ours
from driver.core.values.release import Verdict
from driver.errors import EngineFailed, RolloutFailed
from model.names.pulumi_types import SECRET, SERVICE
from model.releases import Pin
from tests.driver.core.fake_platform import Cloud, pin
from tests.driver.core.rollout.test_rollout import written

GROUP = "aws:cloudwatch/logGroup:LogGroup"


def resource(name: str, kind: str = GROUP) -> Resource:
    urn = f"urn:pulumi:dev::slipway::{kind}::{name}"
    return Resource(urn=urn, kind=kind, name=name, parent="", outputs={"id": name, "name": name})


@dataclass
class FakeExisting:
    """An AWS in which some things are gone and some secrets are scheduled for deletion."""

    missing: Collection[str] = ()
    sleeping: Sequence[Found] = ()
    woken: list[str] = field(default_factory=list)

    def find(self, wanted: Wanted) -> Found | None:
        raise AssertionError("the engine's run looks for things, not this")

    def wake(self, found: Found) -> None:
        self.woken.append(found.id)

    def gone(self, resources: Sequence[Resource]) -> Collection[str]:
        return [row.urn for row in resources if row.name in self.missing]

    def asleep(self, resources: Sequence[Resource]) -> Sequence[Found]:
        return self.sleeping


@dataclass
class Engine(Cloud):
    """A cloud whose engine notes what it refreshes, and that finds nothing to change but `makes`."""

    refreshed: list[Collection[str] | None] = field(default_factory=list)
    makes: list[Change] = field(default_factory=list)

    def refresh(self, env: str, urns: Collection[str] | None, progress: Say) -> None:
        self.refreshed.append(urns)

    def up(self, update: Update, progress: Say) -> Sequence[Change]:
        self.updates.append(update)
        return self.makes


def quiet(_line: str) -> None:
    """Nobody listens."""


def made(name: str, kind: str = SERVICE, operation: str = "create", *keys: str) -> Change:
    return Change(operation=operation, kind=kind, name=name, urn=name, keys=keys)


def bring_up(engine: Engine, existing: Any = None, **options: Any) -> list[str]:
    world, said = replace(engine.world, existing=existing or FakeExisting()), list[str]()
    platform.bring_up(world, healing.look(world, engine.read("dev")), said.append, **options)
    return said


def test_what_is_gone_is_named_and_the_state_sees_just_that() -> None:
    engine, existing = Engine(pin(1)), FakeExisting(missing={"shop.worker"})
    bring_up(engine, existing)
    assert [sorted(urn.rsplit("::", 1)[-1] for urn in urns or ()) for urns in engine.refreshed] == [
        ["shop.worker", "shop.worker"]
    ]
    rows = [resource(f"shop.{number}") for number in range(7)]
    assert Ailing(gone=rows).lines == [
        "gone from AWS, and made anew:",
        *(f"  LogGroup shop.{number}" for number in range(5)),
        "  and 2 more",
    ]


def test_where_nothing_is_gone_the_state_is_not_looked_at_unless_it_is_asked_for() -> None:
    engine = Engine(pin(1))
    bring_up(engine)
    assert engine.refreshed == []
    bring_up(engine, everything=True)
    assert engine.refreshed == [None]


def test_an_up_takes_over_whatever_the_state_does_not_have() -> None:
    engine = Engine(pin(1))
    bring_up(engine)
    assert engine.updates[-1].known == frozenset(row.urn for row in engine.read("dev").resources)


def test_a_secret_that_is_scheduled_for_deletion_is_taken_back_if_it_is_ours() -> None:
    ours = Found(id="a", label="dev/shop", tags={"Environment": "dev"}, asleep=True)
    theirs = Found(id="b", label="prod/shop", tags={"Environment": "prod"}, asleep=True)
    existing = FakeExisting(sleeping=[ours, theirs])
    bring_up(Engine(pin(1)), existing)
    assert existing.woken == ["a"]


def test_a_secret_that_was_made_anew_is_said_to_be_empty_with_what_fills_it() -> None:
    said = bring_up(Engine(pin(1), makes=[made("shop", SECRET)]))
    [line] = [line for line in said if "shop was made anew" in line]
    assert line.endswith(": slipway deploy dev shop --config-only --force no-way-back fills it")


@pytest.mark.parametrize(
    ("change", "waits"),
    [
        (made("shop.worker"), True),
        (made("shop.worker", SERVICE, "import"), True),
        (made("shop.worker", SERVICE, "update", "loadBalancers"), True),
        (made("shop.worker", SERVICE, "update", "tags"), False),
    ],
)
def test_services_that_roll_are_waited_for_by_the_name_of_what_they_run(change: Change, waits: bool) -> None:
    assert ("waiting until shop-worker runs v1" in bring_up(Engine(pin(1), makes=[change]))) is waits


def failed(engine: Engine, process: str) -> None:
    engine.rollouts[process][0] = replace(
        engine.rollouts[process][0], status=RolloutStatus.ROLLBACK_FAILED, reason="it crashed"
    )


def test_nothing_is_called_up_that_is_not_and_each_of_them_is_named() -> None:
    engine = Engine(pin(1))
    failed(engine, "worker")
    world = engine.world
    down = {"shop-worker"}
    services = replace_running(world.services, down)
    with pytest.raises(RolloutFailed, match=r"shop-worker is not up: 0 of 1 tasks run on .*; it crashed") as refused:
        platform.check_up(replace(world, services=services))
    assert "slipway status dev shop" in refused.value.hint


def test_a_service_that_ecs_does_not_have_is_not_up() -> None:
    engine = Engine(pin(1))
    del engine.runs["worker"]
    with pytest.raises(RolloutFailed, match="shop-worker is not up: ECS has no such service"):
        platform.check_up(engine.world)


def test_one_that_runs_although_its_last_release_failed_is_up() -> None:
    engine = Engine(pin(1))
    failed(engine, "worker")
    platform.check_up(engine.world)


def replace_running(services: Any, down: set[str]) -> Any:
    """These services with no task that runs."""

    class Down:
        quick = services

        def describe(self, cluster: str, names: Sequence[str]) -> dict[str, Any]:
            found = services.describe(cluster, names)
            return {name: replace(row, running=0) if name in down else row for name, row in found.items()}

    return Down()


def test_targets_that_the_state_does_not_have_are_patterns_where_it_has_others() -> None:
    urns = platform.registry_targets("own", ())
    assert [urn for urn in urns if urn.endswith("*")] == []
    assert [urn.endswith("*") for urn in platform.registry_targets("own", urns[:2])] == [False, False, True]


def test_an_app_that_the_state_has_lost_is_on_its_last_good_release() -> None:
    engine = Engine(pin(1))
    written(engine, pin(4, "b", tasks=True))
    written(engine, pin(5, "c"), Verdict.FAILED)
    assert healing.remembered(engine.world, engine.read("dev"), quiet) == {}
    lost = healing.remembered(engine.world, StackState(), quiet)
    assert {app: (found.release, found.image, found.tasks) for app, found in lost.items()} == {
        "shop": (4, pin(4, "b").image, {})
    }


def test_an_app_that_the_ledger_has_lost_too_stays_on_what_ecs_runs() -> None:
    engine, said = Engine(pin(7, "b", tasks=True)), list[str]()
    found = healing.remembered(engine.world, StackState(), said.append)["shop"]
    assert (found.release, found.digest, found.config) == (1, pin(7, "b").digest, "config-b")
    assert dict(found.tasks) == engine.runs, "so nothing is rolled"
    assert said == [
        "neither the state nor the ledger knows of a release of shop: it stays on what ECS runs,"
        f" {found.digest[:19]}, as v1"
    ]
    engine.somebody_runs("worker", pin(8, "c"))
    mixed = healing.remembered(engine.world, StackState(), quiet)["shop"]
    assert (mixed.digest, dict(mixed.tasks)) == (pin(7, "b").digest, engine.runs)


def test_an_app_that_ran_nothing_but_the_bootstrap_image_starts_on_it_again() -> None:
    engine = Engine(Pin(release=0))
    assert healing.remembered(engine.world, StackState(), quiet) == {}
    engine.runs.clear()
    assert healing.remembered(engine.world, StackState(), quiet) == {}


def test_what_the_engine_could_not_do_is_gone_on_with_by_the_same_command() -> None:
    @dataclass
    class Failing(Engine):
        def up(self, update: Update, progress: Say) -> Sequence[Change]:
            raise EngineFailed("creating Service 'shop.web': Throttling")

    with pytest.raises(EngineFailed, match="creating Service") as failed_up:
        bring_up(Failing(pin(1)))
    assert "slipway up dev --refresh" in failed_up.value.hint


def test_whose_something_is_its_tag_says() -> None:
    wanted = Wanted(kind=SECRET, name="shop", inputs={"name": "dev/shop"})
    check_ours("dev", wanted, Found(id="a", label="dev/shop", tags={"Environment": "dev"}))
    check_ours("dev", wanted, Found(id="a", label="of ours", tags=None))
    for tags, words in (
        ({}, "no tag says that it is dev's"),
        ({"Environment": "prod"}, "its tag says that it is prod's"),
    ):
        with pytest.raises(EngineFailed, match=f"Secret dev/shop is there already, and {words}") as refused:
            check_ours("dev", wanted, Found(id="a", label="dev/shop", tags=tags))
        assert "tag it Environment=dev, and `slipway up dev` takes it over" in refused.value.hint


def test_an_environment_that_is_not_there_is_not_looked_at() -> None:
    world = replace(Cloud(pin(1)).world, existing=FakeExisting(missing={"shop"}))
    assert healing.look(world, StackState()) == Ailing()
