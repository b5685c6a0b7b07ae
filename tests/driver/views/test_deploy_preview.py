"""Rules of what `slipway deploy --dry-run` answers."""

import json
from dataclasses import replace

import pytest

from driver.core.ports import Change
from driver.core.preflight import gather
from driver.core.preflight.findings import Code
from driver.core.values.secret import SecretValues
from driver.errors import NotReady
from driver.views import deploy_preview
from model.names.pulumi_types import SERVICE
from tests.driver.core.fake_platform import image, pin
from tests.driver.core.preflight.test_gather import REQUEST, FakeImages, Town, world_of
from tests.fakes import FakeAccount, FakeVault

CHANGE = Change(operation="update", kind=SERVICE, name="shop.web", urn="")


def answer(town: Town, capsys: pytest.CaptureFixture[str], *, as_json: bool, **ports: object) -> str:
    plan, report = gather.examine(world_of(town, **ports), REQUEST)
    deploy_preview.show("dev", REQUEST, plan, report, as_json=as_json)
    return capsys.readouterr().out


@pytest.fixture
def town() -> Town:
    made = Town(running=pin(1, "a"))
    state = made.read("dev").app("shop")
    assert state is not None
    made.changes = [replace(CHANGE, urn=state.services["web"].urn)]
    return made


def test_without_findings_it_says_each_step(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(town, capsys, as_json=False).splitlines() == [
        "would publish config version 1 as a version of the secret dev/shop",
        "would update Service shop.web",
        "shop v2 could be deployed to dev; nothing was changed",
    ]


def test_as_json_it_has_the_release_the_findings_and_the_steps(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(answer(town, capsys, as_json=True))
    assert (found["ready"], found["findings"], found["unanswered"]) == (True, [], [])
    assert (found["release"], found["image"], found["config_version"]) == (2, image("b"), 1)
    assert found["would"][-1] == "update Service shop.web"


def test_every_finding_is_in_the_answer_before_it_is_refused(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    alarms = FakeAccount(alarms=("dev-shop-web-5xx",))
    vault = FakeVault({("secret", "dev/shop"): [SecretValues({"1ST": "no name of a variable"})]})
    plan, report = gather.examine(world_of(town, vault=vault, account=alarms), REQUEST)
    forced = replace(report, force=frozenset({Code.ALARM_FIRING}))
    with pytest.raises(NotReady, match="config of shop in dev"):
        deploy_preview.show("dev", REQUEST, plan, forced, as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == ["config", "alarm-firing (overridden)"]


def test_what_is_missing_is_in_the_json_too(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NotReady):
        answer(town, capsys, as_json=True, images=FakeImages({image("a"): "a"}))
    found = json.loads(capsys.readouterr().out)
    assert [(row["code"], row["overridable"]) for row in found["findings"]] == [("image", False)]
    assert "release" not in found and not found["ready"]
