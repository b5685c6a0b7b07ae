from dataclasses import replace

from model.container_definition import Surroundings, definition
from model.names.names import AppNames
from model.releases import BOOTSTRAP, Pin, Source
from model.settings.app import Process

AROUND = Surroundings(region="eu-west-1", secret_arn="arn:secret", bootstrap_image="boot:1")
PIN = Pin(release=3, image="r/api@sha256:" + "b" * 64, config="v-1", keys=("SECRET_KEY", "A"))
NAMES = AppNames("dev", "api")


def test_config_is_there_as_references_to_one_version() -> None:
    body = definition(NAMES.process("web"), Process(port=8000), PIN, AROUND)
    assert body["secrets"] == [
        {"name": "A", "valueFrom": "arn:secret:A::v-1"},
        {"name": "SECRET_KEY", "valueFrom": "arn:secret:SECRET_KEY::v-1"},
    ]


def test_a_process_runs_its_entrypoint_script_on_its_port() -> None:
    body = definition(NAMES.process("web"), Process(port=8000), PIN, AROUND)
    assert body["entryPoint"] == ["sh", "entrypoint-web.sh"]
    assert {"name": "PORT", "value": "8000"} in body["environment"]  # type: ignore[operator]
    assert body["image"] == PIN.image


def variables(pin: Pin, *, heroku: bool) -> dict[str, str]:
    around = replace(AROUND, heroku_variables=heroku)
    rows = definition(NAMES.process("worker"), Process(), pin, around)["environment"]
    return {row["name"]: row["value"] for row in rows}  # type: ignore[attr-defined]


def test_a_process_knows_the_commit_that_its_image_is_of() -> None:
    found = variables(PIN.model_copy(update={"source": Source(commit="c" * 40)}), heroku=False)
    assert found["SLIPWAY_COMMIT"] == "c" * 40
    assert not [name for name in found if name.startswith("HEROKU_")]
    assert "SLIPWAY_COMMIT" not in variables(PIN, heroku=False)


def test_herokus_own_variables_are_there_by_setting_and_give_way_to_those_of_the_config() -> None:
    pin = PIN.model_copy(update={"source": Source(commit="c" * 40), "keys": ("HEROKU_APP_NAME",)})
    found = {name: value for name, value in variables(pin, heroku=True).items() if name.startswith("HEROKU_")}
    assert found == {
        "HEROKU_RELEASE_VERSION": "v3",
        "HEROKU_SLUG_COMMIT": "c" * 40,
        "HEROKU_SLUG_DESCRIPTION": "Deploy cccccccc",
        "HEROKU_BUILD_COMMIT": "c" * 40,
        "HEROKU_BUILD_DESCRIPTION": "Deploy cccccccc",
    }
    assert variables(PIN, heroku=True)["HEROKU_APP_NAME"] == "api"
    assert not [name for name in variables(BOOTSTRAP, heroku=True) if name.startswith("HEROKU_")]


def test_the_bootstrap_listens_on_the_port_of_the_process_and_has_no_config() -> None:
    body = definition(NAMES.process("web"), Process(port=5000), BOOTSTRAP, AROUND)
    assert body["image"] == "boot:1"
    assert body["command"] == ["-listen=:5000", "-text=api-web has no release yet"]
    assert body["secrets"] == []


def test_only_the_release_process_blocks_on_its_log() -> None:
    modes = {
        name: definition(NAMES.process(name), Process(), PIN, AROUND)["logConfiguration"]["options"]["mode"]  # type: ignore[index]
        for name in ("worker", "release")
    }
    assert modes == {"worker": "non-blocking", "release": "blocking"}
