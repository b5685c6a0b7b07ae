import pytest

from driver.core.drift import adopt, drift
from driver.core.drift.difference import Difference
from driver.core.drift.service_config import Aspect
from driver.core.ports import Definition
from driver.core.values.release import Kind, Verdict
from driver.errors import NotReady
from tests.driver.core.drift.test_drift import FakeShapes, compared, say, somebody_deploys
from tests.driver.core.fake_platform import PROCESSES, Cloud, image, pin, task
from tests.driver.core.rollout.test_rollout import written

OURS = Definition(image=image("c"), keys=frozenset({"A", "B"}), configs=frozenset({"config-c"}))


def runs(cloud: Cloud, **processes: Definition) -> FakeShapes:
    """What somebody else's tool deployed: the same for each process, unless a test says otherwise."""
    for process in PROCESSES:
        cloud.definitions[task(process, 99)] = processes.get(process, OURS)
    return FakeShapes(cloud)


def difference(what: Aspect, wanted: object, found: object) -> Difference:
    cure = "slipway drift dev shop --overwrite"
    return Difference(app="shop", process="web", name="shop.web", what=what, wanted=wanted, found=found, cure=cure)


def deployed() -> Cloud:
    """v3 is pinned, and somebody deployed both processes past us."""
    cloud = Cloud(pin(3))
    written(cloud, pin(3, tasks=True))
    cloud.secrets.published["config-c"] = None  # type: ignore[assignment]
    for process in PROCESSES:
        somebody_deploys(cloud, process)
    return cloud


def test_what_runs_becomes_a_release_of_its_own_and_nothing_is_rolled() -> None:
    cloud = deployed()
    port = runs(cloud)
    before = {process: list(rows) for process, rows in cloud.rollouts.items()}
    made = adopt.adopt(cloud.world, port, "shop", say)
    assert made is not None
    assert (made.release, made.config, made.keys) == (4, "config-c", ("A", "B"))
    assert made.digest == pin(4, "c").digest
    assert made.tasks == {process: task(process, 99) for process in PROCESSES}
    newest = cloud.ledger.releases("shop")[0]
    assert (newest.number, newest.kind, newest.verdict) == (4, Kind.ADOPTION, Verdict.SUCCEEDED)
    assert cloud.rollouts == before
    found = compared(cloud.world, port)
    assert found.differences == []


@pytest.mark.parametrize(
    ("worker", "why"),
    [
        (Definition(image=image("d"), configs=OURS.configs, keys=OURS.keys), "different images: web .*; worker"),
        (
            Definition(image=image("c"), configs=frozenset({"other"}), keys=OURS.keys),
            "different configs: web config-c;",
        ),
    ],
)
def test_processes_that_run_different_things_are_no_release(worker: Definition, why: str) -> None:
    cloud = deployed()
    with pytest.raises(NotReady, match=why):
        adopt.adopt(cloud.world, runs(cloud, worker=worker), "shop", say)
    assert [row.number for row in cloud.ledger.releases("shop")] == [3]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (Definition(image=image("c"), configs=frozenset({"a", "b"}), keys=OURS.keys), "several versions"),
        (Definition(image=image("c"), keys=OURS.keys), "name no version"),
        (Definition(image=image("c"), configs=frozenset({"gone"}), keys=OURS.keys), "version gone of dev/shop is gone"),
        (Definition(image="docker.io/library/nginx@sha256:1"), "there is no image"),
    ],
)
def test_an_image_or_a_config_that_is_not_the_apps_is_no_release(content: Definition, why: str) -> None:
    cloud = deployed()
    cloud.images.gone.add("sha256:1")
    with pytest.raises(NotReady, match=why) as refused:
        adopt.adopt(cloud.world, runs(cloud, **dict.fromkeys(PROCESSES, content)), "shop", say)
    assert "--overwrite" in refused.value.hint


def test_what_follows_from_the_settings_is_not_adopted() -> None:
    cloud = deployed()
    found = drift.Drifted(
        names=cloud.world.settings.names("shop"),
        app=cloud.world.settings.apps["shop"],
        state=cloud.rolling(pin(3)).state,
        wanted={},
        differences=[
            difference(Aspect.SUBNETS, ("a",), ("b",)),
            difference(Aspect.COUNT, 1, 2),
        ],
    )
    with pytest.raises(NotReady, match="subnets of web: this follows from the settings"):
        adopt.check(found)


def test_a_scale_is_told_as_settings_and_makes_no_release() -> None:
    cloud = Cloud(pin(3))
    port = FakeShapes(cloud, other={"shop-worker": {"count": 5}})
    assert adopt.adopt(cloud.world, port, "shop", say) is None
    assert adopt.lines([compared(cloud.world, port)]) == [
        "  slipway:overrides:",
        "    shop:",
        "      processes:",
        "        worker: {count: 5}",
    ]
    assert adopt.lines([compared(cloud.world, FakeShapes(cloud))]) == []
