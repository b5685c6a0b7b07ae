"""Everything that differs in an environment, told once, each with the command that mends it."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from driver.core.drift.difference import Difference, How
from driver.core.drift.report import Ports, Report, again, look
from driver.core.ports import Change, World
from driver.core.values.checkpoint import StackState
from driver.core.values.lock import Lock
from driver.core.values.refresh import Deviation, Refresh
from driver.core.values.release import Verdict
from driver.errors import Busy, EngineFailed, NotReady
from model.names.pulumi_types import APP, LOG_GROUP, SCALABLE, SECRET, SERVICE, TASK_DEFINITION
from tests.driver.core.drift.test_drift import FakeShapes, somebody_deploys
from tests.driver.core.fake_platform import STACK, Cloud, pin
from tests.driver.core.rollout.test_rollout import AT, written
from tests.fakes import FakeLocks

UP = "slipway up dev --refresh"
POLICY = "aws:appautoscaling/policy:Policy"
TABLE = "aws:dynamodb/table:Table"


@dataclass
class FakeInventory:
    """What AWS has by name, and who did what to whom."""

    has: set[str] = field(default_factory=set)
    who: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, Collection[str]]] = field(default_factory=list)

    def there(self, env: str, kind: str, names: Collection[str]) -> Collection[str]:
        self.asked.append((kind, names))
        return self.has & set(names)

    def changed(self, kind: str, name: str, *, gone: bool) -> str:
        return self.who.get(name, "")


@dataclass
class Scene:
    """A cloud at rest on v3, which the ledger knows, and the ports through which it is looked at."""

    cloud: Cloud = field(default_factory=lambda: Cloud(pin(3)))
    inventory: FakeInventory = field(default_factory=FakeInventory)
    said: list[str] = field(default_factory=list)
    other: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        written(self.cloud, pin(3, tasks=True))

    @property
    def ports(self) -> Ports:
        gone = {f"shop-{process}" for process in ("web", "worker", "mailer") if process not in self.cloud.runs}
        return Ports(shapes=FakeShapes(self.cloud, other=self.other, gone=gone), inventory=self.inventory)

    def look(self, *, whole: bool = True, world: World | None = None) -> Report:
        return look(world or self.cloud.world, self.ports, ["shop"], whole=whole, say=self.said.append)

    def rows(self, *, whole: bool = True) -> list[tuple[str, str, How, str]]:
        return [(row.name, row.what, row.how, row.cure) for row in self.look(whole=whole).rows]


def urn(kind: str, name: str, *, app: bool = True) -> str:
    return f"{STACK}{APP}${kind}::{name}" if app else f"{STACK}{kind}::{name}"


def gone(kind: str, name: str, *, app: bool = True, id_: str = "") -> Deviation:
    return Deviation(urn=urn(kind, name, app=app), kind=kind, name=name, id=id_, gone=True)


def created(kind: str, name: str) -> Change:
    return Change(operation="create", kind=kind, name=name, urn=urn(kind, name))


def test_nothing_differs_where_all_three_agree() -> None:
    scene = Scene()
    assert scene.look() == Report(apps=scene.look().apps, rows=[])
    assert scene.cloud.updates == []


def test_what_is_gone_from_aws_is_a_row_with_who_deleted_it_and_up_brings_it_back() -> None:
    scene = Scene(inventory=FakeInventory(who={"/ecs/dev-shop-web": "eve, 12:00"}))
    scene.cloud.deviating = Refresh(
        deviations=(
            gone(LOG_GROUP, "shop.web", id_="/ecs/dev-shop-web"),
            gone(TABLE, "dev", app=False, id_="slipway-dev"),
        )
    )
    table, group = scene.look().rows
    assert (table.app, table.what, table.row[-2:]) == ("", "table", ("not known", UP))
    assert (group.app, group.process, group.what, group.by) == ("shop", "web", "log group", "eve, 12:00")


def test_each_setting_that_differs_is_a_row_but_those_of_services_that_the_pin_and_the_catalogue_decide() -> None:
    scene = Scene()
    kept = {"retentionInDays": (14.0, 1.0)}
    ours = {"desiredCount": (1.0, 5.0), "healthCheckGracePeriodSeconds": (60.0, 0.0)}
    scene.cloud.deviating = Refresh(
        deviations=(
            Deviation(
                urn=urn(LOG_GROUP, "shop.web"), kind=LOG_GROUP, name="shop.web", id="", gone=False, differing=kept
            ),
            Deviation(urn=urn(SERVICE, "shop.web"), kind=SERVICE, name="shop.web", id="", gone=False, differing=ours),
        )
    )
    assert scene.rows() == [
        ("shop.web", "log group retentionInDays", How.CHANGED, UP),
        ("shop.web", "service healthCheckGracePeriodSeconds", How.CHANGED, UP),
    ]


def test_a_service_that_is_gone_is_told_once_though_both_looks_find_it() -> None:
    scene = Scene()
    del scene.cloud.runs["worker"]
    scene.cloud.deviating = Refresh(deviations=(gone(SERVICE, "shop.worker"),))
    assert scene.rows() == [("shop.worker", "service", How.GONE, UP)]


def test_what_the_state_has_lost_is_told_with_whether_aws_has_it_and_asked_for_only_then() -> None:
    scene = Scene(inventory=FakeInventory(has={"shop-worker", "dev/shop"}))
    scene.cloud.lost = {"worker"}
    scene.cloud.planned = [created(SERVICE, "shop.worker"), created(SECRET, "shop"), created(LOG_GROUP, "shop.web")]
    assert scene.rows() == [
        ("shop", "secret", How.UNKNOWN, UP),
        ("shop.web", "log group", How.GONE, UP),
        ("shop.worker", "service", How.UNKNOWN, UP),
    ]
    assert (SERVICE, ["shop-worker"]) in scene.inventory.asked


def test_an_app_or_process_that_was_never_brought_up_is_one_row() -> None:
    scene = Scene()
    scene.cloud.planned = [created(LOG_GROUP, "shop.mailer"), created(TASK_DEFINITION, "shop.mailer")]
    settings = scene.cloud.world.settings
    shop = settings.apps["shop"]
    mailer = shop.model_copy(update={"processes": {**shop.processes, "mailer": shop.processes["worker"]}})
    world = replace(scene.cloud.world, settings=settings.model_copy(update={"apps": {"shop": mailer, "till": shop}}))
    scene.cloud.planned += [created(SERVICE, "till.web"), created(SECRET, "till")]
    found = look(world, scene.ports, ["shop", "till"], whole=True, say=scene.said.append)
    told = [(row.name, row.what, str(row.found)) for row in found.rows if row.what != "service"]
    assert told == [("shop.mailer", "process", "is not there"), ("till", "app", "is not there")]


def test_a_scalable_target_that_is_gone_is_one_row_that_overwrite_leaves_alone() -> None:
    scene = Scene()
    scene.cloud.deviating = Refresh(deviations=(gone(SCALABLE, "shop.web"), gone(POLICY, "shop.web")))
    assert scene.rows() == [
        ("shop.web", "scalable target", How.GONE, UP),
        ("shop.web", "scaling policy", How.GONE, UP),
    ]
    assert scene.look().overwritable == []


@pytest.mark.parametrize(
    ("releases", "cure"),
    [
        ([], "slipway deploy dev shop --config-only"),
        ([(2, Verdict.SUCCEEDED), (3, Verdict.FAILED)], "slipway rollback dev shop v2"),
        ([(3, Verdict.SUCCEEDED), (4, Verdict.SUCCEEDED)], "slipway rollback dev shop v4"),
    ],
)
def test_a_pin_that_is_not_what_the_ledger_has_for_good_is_drift(
    releases: list[tuple[int, Verdict]], cure: str
) -> None:
    scene = Scene()
    scene.cloud.ledger.rows.clear()
    for number, verdict in releases:
        written(scene.cloud, pin(number), verdict)
    assert scene.rows() == [("shop", "release", How.CHANGED, cure)]


def test_an_update_that_was_cut_off_while_it_made_something_is_told() -> None:
    scene = Scene()
    stack = replace(scene.cloud.read("dev"), pending_creates=True)

    class Cut(Cloud):
        def read(self, env: str) -> StackState:
            return stack

    cut = Cut(pin(3), ledger=scene.cloud.ledger)
    assert [(row.name, row.what) for row in scene.look(world=cut.world).rows] == [("dev", "update")]


@pytest.mark.parametrize("verdict", [Verdict.NOT_PROVEN, Verdict.MIXED])
def test_a_release_that_runs_and_is_not_good_is_what_the_ledger_has_for_running(verdict: Verdict) -> None:
    scene = Scene(cloud=Cloud(pin(4)))
    written(scene.cloud, pin(4, tasks=True), verdict)
    assert [row for row in scene.rows() if row[1] == "release"] == []
    written(scene.cloud, pin(5, tasks=True), verdict)
    assert [row for row in scene.rows() if row[1] == "release"] == [
        ("shop", "release", How.CHANGED, "slipway rollback dev shop v3")
    ]


@pytest.mark.parametrize(
    ("verdict", "cure"),
    [
        (Verdict.SUCCEEDED, "slipway rollback dev shop v4"),
        (Verdict.NOT_PROVEN, "slipway deploy dev shop --config-only"),
        (None, "slipway deploy dev shop --config-only"),
    ],
)
def test_a_deregistered_revision_comes_back_by_its_release_if_the_ledger_has_that(
    verdict: Verdict | None, cure: str
) -> None:
    scene = Scene(cloud=Cloud(pin(4)))
    if verdict is not None:
        written(scene.cloud, pin(4, tasks=True), verdict)
    scene.cloud.deviating = Refresh(deviations=(gone(TASK_DEFINITION, "shop.web"),))
    assert [row[3] for row in scene.rows() if row[0] == "shop.web"] == [cure]


def test_what_waits_for_the_next_release_is_told_and_is_no_drift() -> None:
    scene = Scene()
    line = "shop.web: cpu 256 -> 512 takes effect with the next release: slipway deploy dev shop --config-only"

    class Waiting(Cloud):
        def preview(self, update: Any, progress: Any) -> Any:
            for one in ("  ~ table dev", line, "other.web: memory", line):
                progress(one)
            return []

    assert scene.look(world=Waiting(pin(3), ledger=scene.cloud.ledger).world).rows == []
    assert scene.said == [line]


def test_an_app_that_is_half_way_to_a_release_does_not_hide_the_rest() -> None:
    scene = Scene()
    written(scene.cloud, pin(4, "b"), Verdict.STARTED)
    scene.cloud.deviating = Refresh(deviations=(gone(TABLE, "dev", app=False), gone(LOG_GROUP, "shop.web")))
    assert [(row.name, row.what, row.cure) for row in scene.look().rows] == [
        ("dev", "table", UP),
        ("shop", "release", "slipway cancel dev shop"),
    ]
    with pytest.raises(NotReady, match="v4 of shop in dev is not finished"):
        scene.look(whole=False)


def test_an_app_that_somebody_is_releasing_is_left_out_with_a_word() -> None:
    scene = Scene()
    written(scene.cloud, pin(4, "b"), Verdict.STARTED)
    lock = Lock(app="shop", owner="me@there", message="deploy v4", nonce="a", fence=1, lease=30, since=AT)
    world = replace(scene.cloud.world, locks=FakeLocks(scene.cloud.clock, holder=lock))
    assert scene.look(world=world).rows == []
    assert "me@there has the lock of shop" in scene.said[0]
    with pytest.raises(Busy, match="me@there has the lock"):
        scene.look(world=world, whole=False)


def test_one_app_is_looked_at_without_the_rest_of_the_environment() -> None:
    scene = Scene()
    scene.look(whole=False)
    [targets] = scene.cloud.read_anew
    assert targets
    assert all("shop" in one for one in targets)
    scene.cloud.deviating = Refresh(deviations=(gone(TABLE, "dev", app=False),))
    assert scene.rows(whole=False) == []


def test_what_the_engine_can_not_read_is_told_beside_what_it_could() -> None:
    scene = Scene()

    class Broken(Cloud):
        def preview(self, update: Any, progress: Any) -> Any:
            raise EngineFailed("no plan")

    broken = Broken(
        pin(3),
        ledger=scene.cloud.ledger,
        deviating=Refresh(deviations=(gone(LOG_GROUP, "shop.web"),), failed="no read"),
    )
    found = scene.look(world=broken.world)
    assert ([row.what for row in found.rows], found.failed) == (["log group"], ("no read", "no plan"))


def test_after_services_were_put_back_the_rest_is_still_told() -> None:
    scene = Scene()
    somebody_deploys(scene.cloud)
    scene.cloud.deviating = Refresh(deviations=(gone(LOG_GROUP, "shop.web"),))
    before = scene.look()
    assert before.overwritable == ["shop"]
    scene.cloud.roll("web", "arn:aws:ecs:eu-west-1:0:task-definition/dev-shop-web:3")
    left = again(scene.cloud.world, scene.ports, before, ["shop"])
    assert [row.what for row in left.rows] == ["log group"]


def test_an_environment_of_which_nothing_is_there_has_no_drift_to_look_for() -> None:
    class Nothing(Cloud):
        def read(self, env: str) -> StackState:
            return StackState()

    with pytest.raises(NotReady, match="dev is not up"):
        Scene().look(world=Nothing(pin(1)).world)


def test_a_long_value_is_cut_for_people_and_whole_for_scripts() -> None:
    row = Difference(name="a", what="role policy policy", wanted="x" * 900, found="y", cure=UP)
    assert len(row.row[2]) == 48
    assert row.plain()["wanted"] == "x" * 900
