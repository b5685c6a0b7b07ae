"""Rules of what is in the way of a deploy, on made-up facts."""

from datetime import UTC, datetime, timedelta

import pytest

from driver.core.ports import Config, SecretVersion, ServiceState
from driver.core.preflight import rules
from driver.core.preflight.findings import Code
from driver.core.values.secret import SecretValues
from model.names.names import AppNames
from model.releases import Pin
from model.settings.app import App
from model.settings.environment import Deploy

NAMES = AppNames("dev", "shop")
APP = App.model_validate({"processes": {"web": {"port": 8000}, "release": {}}, "requires": ["A", "B"]})
NOW = datetime(2026, 11, 24, tzinfo=UTC)
IMAGE = f"000000000000.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:{'a' * 64}"


def config(**values: str) -> Config:
    return Config(path="dev/shop", version=1, created="t", values=SecretValues(values))


def service(desired: int, running: int = 0, pending: int = 0) -> ServiceState:
    return ServiceState(name="shop-web", task_definition="t", desired=desired, running=running, pending=pending)


def version(name: str, *labels: str) -> SecretVersion:
    return SecretVersion(id=name, labels=labels, created=NOW)


def app(*processes: str) -> App:
    return App.model_validate({"processes": {name: {} for name in processes}})


def pin(keys: int) -> Pin:
    return Pin(release=2, image=IMAGE, config="c" * 64, keys=tuple(f"KEY_{number:04}" for number in range(keys)))


def test_missing_variables_are_one_finding_with_the_command_that_sets_them() -> None:
    found = rules.of_config(NAMES, APP, config(PORT="1"))
    assert [row.message for row in found] == [
        "config of shop in dev: A, B are required and missing",
        "config of shop in dev: 'PORT' is set by the platform itself; choose another name",
    ]
    assert [row.hint for row in found] == ["slipway config set dev shop A B", "slipway config unset dev shop PORT"]


def test_a_task_definition_with_too_many_references_would_not_be_taken() -> None:
    assert rules.of_size(NAMES, APP, pin(200), "eu-west-1") == []
    found = rules.of_size(NAMES, APP, pin(400), "eu-west-1")
    assert [row.code for row in found] == [Code.SIZE]
    assert "400 variables; ECS takes 65,536" in found[0].message


def test_an_alarm_of_an_app_whose_name_extends_this_one_is_not_its_own() -> None:
    firing = ["dev-shop-two-web-5xx", "dev-shop-web-5xx", "dev-shop-twofold", "dev-shop-two-step-5xx"]
    apps = {"shop": app("web", "two-step"), "shop-two": app("web"), "shopping": app("web")}
    found = rules.of_alarms(NAMES, apps, firing)
    assert [row.message.split()[2] for row in found] == [
        "dev-shop-two-step-5xx",
        "dev-shop-twofold",
        "dev-shop-web-5xx",
    ]
    assert found[0].overridable


def test_an_alarm_that_a_rollout_names_is_looked_at_whoever_has_it() -> None:
    firing = ["dev-shop-two-web-5xx", "dev-shop-web-5xx", "checkout-errors"]
    found = rules.of_alarms(
        NAMES, {"shop": app("web"), "shop-two": app("web")}, firing, named={"checkout-errors", "dev-shop-two-web-5xx"}
    )
    taken_back, tells = (
        "ECS would not take a bad release back for it",
        "it would not tell a bad release from a good one",
    )
    assert [row.message for row in found] == [
        f"the alarm checkout-errors is firing already, so {taken_back}",
        f"the alarm dev-shop-two-web-5xx is firing already, so {taken_back}",
        f"the alarm dev-shop-web-5xx is firing already, so {tells}",
    ]


@pytest.mark.parametrize(
    ("services", "release", "free", "tight"),
    [
        ([service(2, 2)], False, {"a": 1, "b": 1}, False),
        ([service(2, 2)], True, {"a": 2, "b": 1}, True),
        ([service(2, 2), service(1, 1)], True, {"a": 2, "b": 2}, False),
        ([service(4, 2, pending=1)], False, {"a": 2, "b": 3}, True),
        ([service(0, 0)], False, {"a": 0, "b": 0}, False),
        ([service(1, 3)], False, {"a": 0, "b": 5}, False),
        ([service(5, 5)], True, {}, False),
    ],
)
def test_each_subnet_needs_its_share_of_what_starts_beside_what_runs(
    services: list[ServiceState], release: bool, free: dict[str, int], tight: bool
) -> None:
    found = rules.of_addresses(services, release=release, free=free)
    assert [row.code for row in found] == [Code.FREE_ADDRESSES] * tight


def test_a_full_subnet_is_named_with_what_it_has() -> None:
    found = rules.of_addresses([service(6, 6)], release=True, free={"subnet-1": 3, "subnet-2": 900})
    assert "needs 7 more addresses for a while, 4 in each private subnet; subnet-1 has 3" in found[0].message
    assert "subnet-2" not in found[0].message


def test_a_secret_without_a_label_to_spare_names_what_others_put_on_it() -> None:
    ours = [version(f"v{number}", f"c{number}") for number in range(15)]
    keep = {row.id for row in ours}
    others = [version("o", "AWSCURRENT", "audit-1", "audit-2", "audit-3")]
    assert rules.of_labels("dev/shop", [*ours, *others], keep, "new") == []
    full = [*ours, *others, version("p", "AWSPREVIOUS", "audit-4")]
    found = rules.of_labels("dev/shop", full, keep | {"p"}, "new")
    assert [row.code for row in found] == [Code.SECRET]
    assert "not made by Slipway: audit-1, audit-2, audit-3, audit-4" in found[0].message


def test_a_config_that_is_published_already_needs_no_label() -> None:
    full = [version(f"v{number}", f"c{number}") for number in range(20)]
    assert rules.of_labels("dev/shop", full, {row.id for row in full}, "v3") == []


def test_a_label_that_can_be_spared_is_room() -> None:
    full = [version(f"v{number}", f"c{number}") for number in range(20)]
    assert rules.of_labels("dev/shop", full, {row.id for row in full[5:]}, "new") == []


@pytest.mark.parametrize(
    ("image", "there", "words"),
    [
        (True, True, ""),
        (False, True, "its image is gone from ECR (sha256:aaa"),
        (True, False, "its config is gone from Secrets Manager (ccc"),
        (False, False, "and its config is gone"),
    ],
)
def test_what_is_gone_of_the_last_good_release_is_said(image: bool, there: bool, words: str) -> None:
    found = rules.of_way_back(pin(1), image=image, config=there)
    assert [words in row.message and "no way back to v2" in row.message for row in found] == [True] * bool(words)


def test_credentials_must_last_for_the_wait_the_release_process_the_rollout_and_a_way_back() -> None:
    needed = rules.duration(Deploy(timeout=600, release_timeout=1800, proof=60), release=True, wait=30)
    assert needed == 30 + 1800 + 1200 + 60
    assert rules.duration(Deploy(timeout=600, proof=60), release=False, wait=0) == 1260
    assert rules.of_session(needed, now=NOW, ends=NOW + timedelta(seconds=needed)) == []
    assert rules.of_session(needed, now=NOW, ends=None) == []
    found = rules.of_session(needed, now=NOW, ends=NOW + timedelta(minutes=15))
    assert "end in 15 min; a deploy may take 52 min" in found[0].message


def test_a_vault_token_must_last_until_the_lock_is_ours() -> None:
    assert rules.of_lease(60, None) == rules.of_lease(60, 60) == []
    assert "holds for 59 s" in rules.of_lease(60, 59)[0].message
