"""A record in the ledger is made from what runs: after somebody else's hand, and on every way of going back."""

from dataclasses import replace

import pytest

from driver.core.drift import drift
from driver.core.ledger import running
from driver.core.ledger.journal import Record
from driver.core.observe import status
from driver.core.ports import Config, Definition
from driver.core.release import promote
from driver.core.rollout import restart, rollout
from driver.core.values.release import Kind, Release, Verdict
from driver.core.values.secret import SecretValues
from driver.errors import NotReady, RolloutFailed, Unreachable
from model.names.names import BOOTSTRAP_REPOSITORY
from model.releases import Pin
from tests.driver.core.drift.test_drift import FakeShapes, compared
from tests.driver.core.fake_platform import BOOTSTRAP, Cloud, image, pin, task
from tests.driver.core.rollout.test_rollout import quiet, verdicts, written
from tests.fakes import FakeTargets


def deployed(*, broken: bool = True) -> Cloud:
    """v1 is pinned and runs, and is good; a release of the image b has a web that crashes."""
    cloud = Cloud(pin(1), broken={("web", "b")} if broken else set())
    written(cloud, pin(1, tasks=True))
    for letter in "abcd":
        cloud.secrets.publish(
            "dev/shop", Config(path="p", version=1, created="t", values=SecretValues({})), f"config-{letter}"
        )
    return cloud


def deploy(cloud: Cloud, number: int = 2, letter: str = "b") -> Release:
    rolling = cloud.rolling(pin(number, letter))
    record = Record.start(cloud.world, "shop", rolling.pin, Kind.DEPLOY)
    rollout.roll(cloud.world, rolling, record, quiet)
    return record.release


def test_a_release_that_came_up_has_what_its_task_definitions_say() -> None:
    cloud = deployed(broken=False)
    cloud.definitions[task("web", 2)] = Definition(
        image=image("b"), configs=frozenset({"config-b"}), cpu=512, setup="s"
    )
    release = deploy(cloud)
    assert release.verdict is Verdict.SUCCEEDED
    web = release.processes["web"]
    assert (web.image, web.configs, web.cpu, web.setup) == (image("b"), ("config-b",), 512, "s")
    assert set(release.processes) == {"web", "worker"}


def test_going_back_to_what_somebody_had_made_of_one_process_is_mixed_and_said_to_be() -> None:
    cloud = deployed()
    cloud.somebody_runs("web", pin(0, "c"))
    with pytest.raises(RolloutFailed) as told:
        deploy(cloud)
    back = cloud.ledger.releases("shop")[0]
    assert (back.number, back.kind, back.verdict) == (3, Kind.GOING_BACK, Verdict.MIXED)
    assert [row.image for row in back.processes.values()] == [image("c"), image("a")]
    assert "which is mixed" in told.value.hint and "slipway rollback dev shop" in told.value.hint
    assert "web sha256:cccc" in told.value.hint and "worker sha256:aaaa" in told.value.hint
    assert "different images" in back.reason


def test_the_images_of_what_is_mixed_are_kept_too() -> None:
    cloud = deployed()
    cloud.somebody_runs("web", pin(0, "c"))
    with pytest.raises(RolloutFailed):
        deploy(cloud)
    assert cloud.tags.images == {f"sha256:{'c' * 64}": ["keep.dev.shop.v3"]}


def test_going_back_to_what_somebody_had_made_of_all_processes_is_that_release_and_no_other() -> None:
    cloud = deployed()
    for process in ("web", "worker"):
        cloud.somebody_runs(process, pin(0, "c"), memory=1024)
    with pytest.raises(RolloutFailed, match="v2 did not come up") as told:
        deploy(cloud)
    back = cloud.ledger.releases("shop")[0]
    assert (back.verdict, back.pin.digest, back.pin.config, back.copies) == (
        Verdict.SUCCEEDED,
        f"sha256:{'c' * 64}",
        "config-c",
        None,
    )
    assert cloud.running.digest == back.pin.digest
    assert back.processes["web"].memory == 1024
    assert "now v3 (sha256:cccccccccccc)" in told.value.hint


def test_nothing_goes_back_to_what_is_mixed() -> None:
    cloud = deployed()
    cloud.somebody_runs("web", pin(0, "c"))
    for number in (2, 4):
        with pytest.raises(RolloutFailed):
            deploy(cloud, number)
    assert verdicts(cloud)[0] == (5, "going back", "succeeded")
    assert cloud.runs == {process: task(process, 1) for process in ("web", "worker")}
    assert cloud.ledger.rows["shop", 5].copies == 1


def test_where_the_last_good_release_can_not_run_any_more_all_go_back_to_what_ran() -> None:
    cloud = deployed()
    arn = cloud.somebody_runs("web", pin(0, "c"))
    for number in (2, 4):
        cloud.images.gone = {f"sha256:{'a' * 64}"} if number == 4 else set()
        with pytest.raises(RolloutFailed):
            deploy(cloud, number)
    assert (cloud.runs["web"], verdicts(cloud)[0]) == (arn, (5, "going back", "mixed"))


def test_a_process_that_waits_for_its_first_release_makes_nothing_mixed() -> None:
    cloud = deployed()
    arn = cloud.somebody_runs("worker", Pin(release=0))
    assert cloud.says[arn].image == BOOTSTRAP and BOOTSTRAP_REPOSITORY in BOOTSTRAP
    with pytest.raises(RolloutFailed):
        deploy(cloud)
    back = cloud.ledger.releases("shop")[0]
    assert (back.verdict, back.pin.image, cloud.runs["worker"]) == (Verdict.SUCCEEDED, image("a"), arn)


def test_a_service_is_not_moved_back_to_what_was_deregistered_but_to_the_same_registered_again() -> None:
    cloud = Cloud(pin(1), broken={("worker", "b")})
    written(cloud, pin(1, tasks=True))
    cloud.definitions[task("web", 1)] = Definition(active=False, image=image("a"), configs=frozenset({"config-a"}))
    with pytest.raises(RolloutFailed):
        deploy(cloud)
    assert cloud.runs == {"web": task("web", 501), "worker": task("worker", 1)}
    assert cloud.ledger.releases("shop")[0].pin.tasks == cloud.runs


def test_a_web_that_somebody_scales_to_0_meanwhile_proves_nothing() -> None:
    cloud = deployed(broken=False)
    rolling = cloud.rolling(pin(2, "b"))
    cloud.scales["web"] = 0
    record = Record.start(cloud.world, "shop", rolling.pin, Kind.DEPLOY)
    rollout.roll(cloud.world, rolling, record, quiet)
    assert (record.release.verdict, record.release.reason) == (
        Verdict.NOT_PROVEN,
        "web was scaled to 0 while it came up",
    )
    cloud.scales["web"] = 1
    cloud.broken.add(("worker", "d"))
    with pytest.raises(RolloutFailed):
        deploy(cloud, 3, "d")
    assert cloud.ledger.releases("shop")[0].copies == 1


def test_a_process_that_was_at_0_before_is_good_as_it_is() -> None:
    cloud = deployed(broken=False)
    cloud.scales["worker"] = 0
    assert deploy(cloud).verdict is Verdict.SUCCEEDED


def test_where_aws_does_not_say_what_runs_the_release_is_what_was_meant_and_that_is_said() -> None:
    cloud = deployed(broken=False)

    class Silent(type(cloud.world.services)):  # type: ignore[misc]
        def definitions(self, arns):  # type: ignore[no-untyped-def]
            raise Unreachable("AWS did not answer while describing dev-shop-web:2")

    world = replace(cloud.world, services=Silent(cloud))
    record = Record.start(world, "shop", pin(2, "b"), Kind.DEPLOY)
    record.succeeded({"web": task("web", 2)})
    assert (record.release.verdict, record.release.processes) == (Verdict.SUCCEEDED, {})
    assert "what v2 runs was not looked at: AWS did not answer" in cloud.marks.regrets[0]


def test_what_was_registered_again_is_no_drift_and_what_was_deregistered_is_put_back() -> None:
    cloud = deployed(broken=False)
    said = Definition(image=image("a"), content="the same")
    cloud.definitions[task("web", 1)] = Definition(active=False, image=image("a"), content="the same")
    cloud.definitions[task("web", 7)] = said
    port = FakeShapes(cloud)
    cloud.roll("web", task("web", 7))
    assert compared(cloud.world, port).differences == []
    arn = cloud.somebody_runs("web", pin(0, "c"), content="another")
    assert running.equal(cloud.world, task("web", 7), arn) is False
    drift.overwrite(cloud.world, port, "shop", quiet)
    assert cloud.runs["web"] == task("web", 501)
    assert compared(cloud.world, port).differences == []


@pytest.mark.parametrize("verdict", [Verdict.MIXED, Verdict.NOT_PROVEN, Verdict.FAILED])
def test_what_is_not_good_is_not_promoted_although_something_older_was(verdict: Verdict) -> None:
    cloud = deployed()
    row = written(cloud, pin(2, "b", tasks=True), verdict)
    kind = Kind.GOING_BACK if verdict is Verdict.FAILED else Kind.DEPLOY
    cloud.ledger.rows["shop", 2] = row.model_copy(update={"kind": kind})
    with pytest.raises(NotReady, match=f"v2 runs in dev, and is {verdict}") as told:
        promote.source(cloud.world, "shop")
    assert "slipway rollback dev shop" in told.value.hint


def test_what_somebody_has_put_in_the_place_of_a_release_is_not_promoted() -> None:
    cloud = deployed()
    assert promote.source(cloud.world, "shop").number == 1
    cloud.somebody_runs("web", pin(0, "c"))
    with pytest.raises(NotReady, match=r"web of shop runs sha256:cccc.* in dev, and v1 is sha256:aaaa") as told:
        promote.source(cloud.world, "shop")
    assert told.value.hint == "See who has changed it, then put it back or keep it: slipway drift dev"


def test_what_somebody_moves_elsewhere_while_it_is_being_proven_has_not_come_up() -> None:
    cloud = deployed(broken=False)
    waits = cloud.clock.sleep

    def sleep(seconds: float) -> None:
        waits(seconds)
        if cloud.runs["worker"] == task("worker", 2):
            cloud.somebody_runs("worker", pin(0, "c"))

    cloud.clock.sleep = sleep  # type: ignore[method-assign]
    limits = cloud.world.settings.deploy.model_copy(update={"proof": 5})
    world = replace(
        cloud.world,
        settings=cloud.world.settings.model_copy(update={"deploy": limits}),
        mover=lambda *_place: "mallory, 12:03",
    )
    record = Record.start(world, "shop", pin(2, "b"), Kind.DEPLOY)
    with pytest.raises(RolloutFailed, match=r"shop-worker: somebody has moved it to dev-shop-worker:9.*mallory, 12:03"):
        rollout.roll(world, cloud.rolling(pin(2, "b")), record, quiet)
    assert cloud.runs["worker"] == task("worker", 1)


def test_the_status_says_what_runs_and_not_what_was_meant() -> None:
    cloud = deployed()
    world = replace(cloud.world, targets=FakeTargets())
    assert status.read(world, "shop").image == image("a")
    cloud.somebody_runs("web", pin(0, "c"))
    assert status.read(world, "shop").image == "web sha256:cccccccccccc; worker sha256:aaaaaaaaaaaa"
    cloud.somebody_runs("web", Pin(release=0))
    assert status.read(world, "shop").image == image("a")


def test_what_was_adopted_by_a_tag_is_promoted_by_what_the_tag_was() -> None:
    cloud = deployed()
    for process in ("web", "worker"):
        cloud.somebody_runs(process, pin(0), image="000000000000.dkr.ecr.eu-west-1.amazonaws.com/shop:latest")
    assert promote.source(cloud.world, "shop").number == 1


def test_what_somebody_has_deregistered_is_not_restarted_and_the_way_is_named() -> None:
    cloud = deployed()
    world, names, app = cloud.world, cloud.world.settings.names("shop"), cloud.world.settings.apps["shop"]
    before = cloud.rolling(pin(1)).before
    cloud.definitions[task("web", 1)] = Definition(active=False)
    with pytest.raises(NotReady, match="shop-web: the task definition that runs was deregistered") as told:
        restart.restart(world, names, app, ["web", "worker"], before, quiet)
    assert told.value.hint.endswith("slipway deploy dev shop --config-only")
    assert [len(rows) for rows in cloud.rollouts.values()] == [1, 1]
    restart.restart(world, names, app, ["worker"], before, quiet)
