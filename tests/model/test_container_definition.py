from model.container_definition import Surroundings, definition
from model.names.names import AppNames
from model.releases import BOOTSTRAP, Pin
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
