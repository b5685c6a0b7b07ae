"""Rules of the look that a deploy takes before anything changes."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from driver.core.config import variables as configs
from driver.core.ledger.journal import Record
from driver.core.ports import Change, Definition, Image, Packed, Say, Update, World
from driver.core.preflight import gather
from driver.core.preflight.findings import Code
from driver.core.preflight.plan import Plan, Request
from driver.core.release import deploy, promote, rollback
from driver.core.values.release import Kind, Release, Verdict
from driver.core.values.secret import SecretValues
from driver.errors import EngineFailed, ExitCode, InvalidInput, NotFound, NotReady, Unreachable
from model.names.pulumi_types import SERVICE
from model.releases import Pin
from model.settings.app import App, Process
from model.settings.process import Rollout
from tests.driver.core.fake_platform import Cloud, image, pin, task
from tests.driver.core.rollout.test_rollout import written
from tests.fakes import FakeAccount, FakeSecrets, FakeVault

REQUEST = Request(app="shop", image="v2")
VARIABLES = {("secret", "dev/shop"): [SecretValues({"A": "1"})]}
ALARMS = frozenset({Code.ALARM_FIRING})


@dataclass
class FakeImages:
    """Images by tag or reference; what is not there is not ready."""

    there: dict[str, str] = field(default_factory=dict)

    def resolve(self, repository: str, reference: str) -> Image:
        letter = self.there.get(reference)
        if letter is None:
            raise NotReady(f"there is no image {reference} in {repository}")
        return Image(reference=image(letter), digest=f"sha256:{letter * 64}", tags=(reference,))

    def push(self, repository: str, packed: Packed, progress: Say) -> Image:
        raise AssertionError("nobody pushes anything here")

    def mirror(self, source: str, repository: str, tag: str, progress: Say) -> Image:
        raise AssertionError("nobody copies anything here")

    def exists(self, repository: str, tag: str) -> bool:
        return tag in self.there


class Down(FakeVault):
    """A Vault that does not answer."""

    def find(self, mount: str, path: str) -> configs.Config | None:
        raise Unreachable("Vault did not answer", hint="Check VAULT_ADDR.")


@dataclass
class Town(Cloud):
    """A cloud whose preview shows what a test says, or fails."""

    changes: Sequence[Change] = ()
    fails: bool = False

    def preview(self, update: Update, progress: Say) -> Sequence[Change]:
        self.updates.append(update)
        if self.fails:
            raise EngineFailed("the engine failed")
        return self.changes


@pytest.fixture
def town() -> Town:
    return Town(running=pin(1, "a"))


def world_of(town: Town, **ports: object) -> World:
    """Everything is there: v1 runs the image a, with its config, and v2 is the image b."""
    secrets = FakeSecrets()
    secrets.published["config-a"] = configs.Config(path="", version=1, created="", values=SecretValues({}))
    given = {
        "images": FakeImages({"v2": "b", image("a"): "a", image("b"): "b"}),
        "vault": FakeVault(dict(VARIABLES)),
        "secrets": secrets,
        "account": FakeAccount(),
    }
    return replace(town.world, **(given | ports))  # type: ignore[arg-type]


def record(world: World, letter: str, release: int, *, good: bool) -> None:
    made = Record.start(world, "shop", pin(release, letter), Kind.DEPLOY)
    if good:
        made.succeeded({"web": "t"})


def codes(world: World, request: Request = REQUEST) -> list[Code]:
    return [row.code for row in gather.examine(world, request)[1].findings]


def test_where_everything_is_there_the_plan_says_what_will_be(town: Town) -> None:
    plan, report = gather.examine(world_of(town), REQUEST)
    assert report.ready and isinstance(plan, Plan)
    assert (plan.number, plan.request.kind, plan.published) == (2, Kind.DEPLOY, False)
    assert (plan.pin.image, plan.pin.config, plan.pin.keys) == (image("b"), plan.token, ("A",))
    assert town.updates[0].pins["shop"] == plan.pin


class Emptied(FakeVault):
    """A Vault whose newest version somebody has deleted."""

    def find(self, mount: str, path: str) -> configs.Config | None:
        raise configs.Deleted(f"version 1 of the variables at {mount}/{path} was deleted")


def test_an_app_that_needs_no_variable_and_has_none_is_released_with_none(town: Town) -> None:
    plan = gather.plan(world_of(town, vault=FakeVault()), REQUEST)
    assert (plan.pin.keys, plan.config.version, len(plan.config.values)) == ((), 0, 0)


def test_variables_that_the_running_release_has_and_vault_has_not_are_missed() -> None:
    town = Town(running=pin(1, "a").model_copy(update={"keys": ("B", "A")}))
    with pytest.raises(NotReady, match="there are no variables at secret/dev/shop in Vault") as caught:
        gather.plan(world_of(town, vault=FakeVault()), REQUEST)
    assert caught.value.hint == "Set them: slipway config set dev shop A B"


def test_all_findings_come_at_once_and_nothing_was_changed(town: Town) -> None:
    world = world_of(
        town,
        images=FakeImages({}),
        vault=Emptied(),
        account=FakeAccount(alarms=("dev-shop-web-5xx",), ends=town.clock.utc() + timedelta(minutes=1)),
    )
    with pytest.raises(NotReady) as caught:
        gather.plan(world, REQUEST)
    for code in ("session-too-short", "image", "config", "no-way-back", "alarm-firing"):
        assert f"  {code}: " in caught.value.message
    assert (town.ledger.rows, town.runs["web"]) == ({}, town.registered["web"])
    assert [update.message for update in town.updates] == ["preflight"]


def test_what_is_down_and_what_is_missing_are_told_together(town: Town) -> None:
    with pytest.raises(NotReady) as caught:
        gather.plan(world_of(town, vault=Down(), images=FakeImages({image("a"): "a"})), REQUEST)
    assert "image: there is no image v2" in caught.value.message
    assert "not answered: Vault did not answer" in caught.value.message


def test_what_is_down_alone_is_unreachable(town: Town) -> None:
    with pytest.raises(Unreachable, match="Vault did not answer"):
        gather.plan(world_of(town, vault=Down()), REQUEST)


def test_an_app_that_is_not_in_the_catalogue_is_no_finding(town: Town) -> None:
    with pytest.raises(NotFound):
        gather.examine(world_of(town), Request(app="nosuch", image="v2"))


def test_a_value_that_is_no_text_is_a_finding(town: Town) -> None:
    class Odd(FakeVault):
        def find(self, mount: str, path: str) -> configs.Config | None:
            raise InvalidInput("PIN at secret/dev/shop in Vault is not text")

    assert codes(world_of(town, vault=Odd())) == [Code.CONFIG]


def test_an_image_of_the_last_good_release_that_is_gone_leaves_no_way_back(town: Town) -> None:
    world = world_of(town, images=FakeImages({"v2": "b"}))
    assert codes(world) == [Code.NO_WAY_BACK]
    assert codes(world, replace(REQUEST, image="v2", force=frozenset({Code.NO_WAY_BACK}))) == [Code.NO_WAY_BACK]
    gather.plan(world, replace(REQUEST, force=frozenset({Code.NO_WAY_BACK})))


def test_a_config_of_the_last_good_release_that_is_gone_leaves_no_way_back(town: Town) -> None:
    assert codes(world_of(town, secrets=FakeSecrets())) == [Code.NO_WAY_BACK]


def test_the_way_back_is_to_the_last_good_release_and_not_to_one_that_was_cut_off(town: Town) -> None:
    world = world_of(town, images=FakeImages({"v2": "b", image("a"): "a"}))
    record(world, "a", 1, good=True)
    record(world, "c", 2, good=False)
    assert codes(world) == []


def test_a_preview_that_touches_anything_else_is_a_finding(town: Town) -> None:
    town.changes = [Change(operation="update", kind=SERVICE, name="other.web", urn="urn:other")]
    assert codes(world_of(town)) == [Code.FOREIGN_CHANGES]


def test_an_engine_that_fails_hides_no_finding(town: Town) -> None:
    town.fails = True
    with pytest.raises(EngineFailed):
        gather.plan(world_of(town), REQUEST)
    assert codes(world_of(town, vault=Emptied())) == [Code.CONFIG]


def test_without_image_the_current_one_is_released_again(town: Town) -> None:
    plan = gather.plan(world_of(town), Request(app="shop", image=None))
    assert (plan.request.kind, plan.pin.image) == (Kind.CONFIG, image("a"))


def test_the_config_versions_in_use_are_those_of_what_runs_is_open_or_may_be_gone_back_to(town: Town) -> None:
    world = world_of(town)
    for number in range(2, 22):
        made = Record.start(world, "shop", Pin(release=number, image=image("a"), config=f"c{number}"), Kind.DEPLOY)
        if number != 21:
            made.succeeded({"web": "t"})
    town.running = Pin(release=20, image=image("a"), config="c20")
    plan, _ = gather.examine(world, REQUEST)
    assert plan is not None
    assert plan.configs_in_use == {f"c{number}" for number in range(5, 22)} | {"config-a"}


def test_the_config_version_of_what_a_service_runs_by_hand_is_in_use_too(town: Town) -> None:
    world = world_of(town)
    town.roll("worker", task("worker", 0))
    town.definitions[task("worker", 0)] = Definition(configs=frozenset({"config-of-old"}))
    town.definitions[task("web", 1)] = Definition(configs=frozenset({"config-of-web"}))
    plan, _ = gather.examine(world, REQUEST)
    assert plan is not None
    assert plan.configs_in_use == {"config-a", "config-of-old", "config-of-web"}


@pytest.mark.parametrize(
    ("verdict", "way"),
    [
        (Verdict.STARTED, "Run `slipway cancel dev shop`, which ends v2, then `slipway up dev`: "),
        (Verdict.FAILED, "Run `slipway up dev` first: "),
    ],
)
def test_a_process_that_is_not_there_yet_says_what_leads_to_it(town: Town, verdict: Verdict, way: str) -> None:
    written(town, pin(2, "b"), verdict)
    world = world_of(town)
    shop = App(processes={**world.settings.apps["shop"].processes, "clock": Process()})
    more = replace(world, settings=world.settings.model_copy(update={"apps": {"shop": shop}}))
    _, report = gather.examine(more, REQUEST)
    (found,) = [row for row in report.findings if row.code is Code.PROCESSES]
    assert found.hint.startswith(way)


def test_what_was_overridden_is_said(town: Town) -> None:
    world = world_of(town, account=FakeAccount(alarms=("dev-shop-web-5xx",)))
    told: list[str] = []
    deploy.carry_out(world, gather.plan(world, replace(REQUEST, force=ALARMS)), told.append)
    assert told[0].startswith("overridden by --force: alarm-firing: the alarm dev-shop-web-5xx is firing")


def test_an_alarm_that_a_process_names_for_its_rollout_is_asked_for(town: Town) -> None:
    world = world_of(town, account=FakeAccount(alarms=("checkout-errors", "somebody-else's")))
    shop = world.settings.apps["shop"]
    web = shop.processes["web"].model_copy(update={"rollout": Rollout(alarms=("checkout-errors",))})
    apps = {"shop": shop.model_copy(update={"processes": {**shop.processes, "web": web}})}
    more = replace(world, settings=world.settings.model_copy(update={"apps": apps}))
    (found,) = gather.examine(more, REQUEST)[1].findings
    assert found.code is Code.ALARM_FIRING and "the alarm checkout-errors is firing" in found.message


def test_a_promotion_keeps_where_its_image_comes_from_and_is_a_deploy_in_all_else(town: Town) -> None:
    world = world_of(town)
    world.images.there[f"sha256:{'b' * 64}"] = "b"  # type: ignore[attr-defined]
    there = Release(app="shop", pin=pin(7, "b"), kind=Kind.DEPLOY, who="x", started=world.clock.utc(), tag="master-1")
    request = promote.request("staging", there, no_rollback_past=True)
    deploy.carry_out(world, gather.plan(world, request), lambda _line: None)
    made = town.ledger.rows["shop", 2]
    assert (made.kind, made.promoted, made.tag) == (Kind.PROMOTE, "staging v7", "master-1")
    assert (made.verdict, made.pin.image, made.no_rollback_past) == (Verdict.SUCCEEDED, image("b"), True)
    assert made.pin.keys == ("A",)


def test_a_release_of_unchanged_config_publishes_nothing_new(town: Town) -> None:
    world = world_of(town)
    deploy.carry_out(world, gather.plan(world, REQUEST), lambda _line: None)
    second = gather.plan(world, REQUEST)
    assert second.published
    before = dict(world.secrets.published)  # type: ignore[attr-defined]
    deploy.carry_out(world, second, lambda _line: None)
    assert world.secrets.published == before  # type: ignore[attr-defined]


def test_a_vault_token_and_a_session_must_outlast_the_wait_for_the_lock(town: Town) -> None:
    world = world_of(town, vault=FakeVault(lease=30))
    gather.check_time(world, REQUEST, 0)
    gather.check_time(world, REQUEST, 30)
    with pytest.raises(NotReady, match="holds for 30 s") as caught:
        gather.check_time(world, REQUEST, 31)
    assert caught.value.code is ExitCode.NOT_READY
    gather.check_time(world, replace(REQUEST, force=frozenset({Code.LEASE_TOO_SHORT})), 31)


@pytest.mark.parametrize("where", ["ecs", "state"])
def test_a_service_that_is_not_there_is_found_before_anything_is_done(town: Town, where: str) -> None:
    world = world_of(town)
    if where == "ecs":
        del town.runs["worker"]
    else:
        town.lost.add("worker")
    plan, report = gather.examine(world, REQUEST)
    (found,) = report.findings
    assert plan is not None and found.code is Code.GONE and not found.overridable
    said = {"ecs": "shop-worker is gone from ECS", "state": "shop-worker is not in the engine's state"}[where]
    assert found.message == f"shop in dev is not whole: {said}"
    assert found.hint.startswith("Run `slipway up dev` first: it brings back what is gone")
    assert town.updates == []
    with pytest.raises(NotReady, match=said):
        rollback.look(world, "shop")


def test_a_deploy_over_what_somebody_has_changed_says_so_with_who_it_was(town: Town) -> None:
    world = replace(world_of(town), mover=lambda _env, service, _since: "mallory, 12:03" if "web" in service else "")
    town.somebody_runs("web", pin(0, "c"), content="another")
    plan, report = gather.examine(world, REQUEST)
    assert plan is not None and report.ready
    (line,) = plan.overwritten
    assert line.startswith("shop-web runs dev-shop-web:91, and v1 is dev-shop-web:1: this overwrites what somebody has")
    assert line.endswith("(mallory, 12:03)")
    written(town, pin(2, "b"), Verdict.STARTED)
    plan, _ = gather.examine(world, REQUEST)
    assert plan is not None and plan.overwritten == ()


def test_what_was_only_registered_again_is_nobodys_change(town: Town) -> None:
    town.somebody_runs("web", pin(1, "a"), content="the same")
    town.says[task("web", 1)] = replace(town.says[task("web", 1)], content="the same", active=False)
    plan, _ = gather.examine(world_of(town), REQUEST)
    assert plan is not None and plan.overwritten == ()


def test_what_its_tasks_stand_on_is_found_to_be_gone_before_anything_is_done(town: Town) -> None:
    world = world_of(town, account=FakeAccount(missing={"shop.worker"}))
    plan, report = gather.examine(world, REQUEST)
    (found,) = report.findings
    assert plan is not None and found.code is Code.GONE
    assert found.message.startswith("gone from AWS, so that no task of shop in dev would start: Service shop.worker")
    assert found.hint == "Run `slipway up dev` first: it makes anew what is gone."
    assert town.updates == []
    with pytest.raises(NotReady, match="gone from AWS"):
        rollback.look(world, "shop")


def test_a_config_that_this_very_deploy_publishes_again_is_not_gone(town: Town) -> None:
    """The secret was deleted and made anew: what ran before has the same variables as the deploy."""
    world = world_of(town, secrets=FakeSecrets())
    token = gather.examine(world, REQUEST)[0].token  # type: ignore[union-attr]
    town.running = pin(1, "a").model_copy(update={"config": token})
    assert codes(world) == []
