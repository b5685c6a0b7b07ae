import json
from itertools import product
from typing import Any

import pytest

from model.container_definition import Surroundings, definitions, sizes
from model.names.names import AppNames
from model.releases import BOOTSTRAP, Pin
from model.settings.app import Process
from model.task_words import differences, read

NAMES = AppNames("dev", "shop").process("worker")
AROUND = Surroundings(region="eu-west-1", secret_arn="arn:secret", bootstrap_image="boot:1")
PIN = Pin(release=3, image="r/shop@sha256:" + "b" * 64, config="v-1", keys=("KEY", "OTHER"))
LATER = Pin(release=9, image="r/shop@sha256:" + "c" * 64, config="v-2", keys=("KEY", "MORE", "OTHER"))
PROXY: dict[str, Any] = {
    "image": "envoy:1",
    "cpu": 64,
    "memory": 128,
    "port": 9901,
    "command": ["run"],
    "environment": {"LEVEL": "info"},
    "config": ["KEY"],
    "check": {"command": "ready"},
}
FULL: dict[str, Any] = {
    "cpu": 512,
    "memory": 1024,
    "port": 8000,
    "check": {"command": "curl -f localhost", "interval": 20},
    "sidecars": {"proxy": PROXY},
    "depends_on": {"proxy": "healthy"},
    "readonly": True,
    "writable": ["/tmp"],
}


def with_proxy(**values: object) -> dict[str, Any]:
    return {"sidecars": {"proxy": {**PROXY, **values}}}


CHANGES: list[tuple[dict[str, Any], list[str]]] = [
    ({"cpu": 1024, "memory": 2048}, ["cpu 512 -> 1024", "memory 1024 -> 2048"]),
    ({"architecture": "arm64"}, ["architecture x86_64 -> arm64"]),
    ({"stop_timeout": 60}, ["stop_timeout 30 -> 60"]),
    ({"port": 9000}, ["port 8000 -> 9000"]),
    ({"command": ["work", "hard"]}, ["command none -> [work, hard]"]),
    ({"log_buffer": 8}, ["log_buffer 4 -> 8"]),
    ({"writable": ["/tmp", "/run"]}, ["writable [/tmp] -> [/run, /tmp]"]),
    ({"readonly": False, "writable": []}, ["readonly true -> none", "writable [/tmp] -> none"]),
    ({"check": None}, ["check there -> none"]),
    (
        {"check": {"command": ["true"], "interval": 20, "start_period": 5}},
        ["check/command [CMD-SHELL, curl -f localhost] -> [CMD, true]", "check/start_period 60 -> 5"],
    ),
    ({"depends_on": {"proxy": "start"}}, ["depends_on/proxy healthy -> start"]),
    ({"depends_on": {}}, ["depends_on/proxy healthy -> none"]),
    ({"sidecars": {}, "depends_on": {}}, ["depends_on/proxy healthy -> none", "sidecars/proxy there -> none"]),
    (
        {"sidecars": {"proxy": PROXY, "agent": {"image": "a:1", "check": PROXY["check"]}}},
        ["sidecars/agent none -> there"],
    ),
    (with_proxy(image="envoy:2"), ["sidecars/proxy/image envoy:1 -> envoy:2"]),
    (with_proxy(cpu=32), ["sidecars/proxy/cpu 64 -> 32"]),
    (with_proxy(memory=None), ["sidecars/proxy/memory 128 -> none"]),
    (with_proxy(essential=False), ["sidecars/proxy/essential true -> false"]),
    (with_proxy(port=9902), ["sidecars/proxy/port 9901 -> 9902"]),
    (with_proxy(command=None), ["sidecars/proxy/command [run] -> none"]),
    (
        with_proxy(environment={"LEVEL": "debug", "COLOUR": "off"}),
        ["sidecars/proxy/environment/LEVEL info -> debug", "sidecars/proxy/environment/COLOUR none -> off"],
    ),
    (with_proxy(config=["KEY", "OTHER"]), ["sidecars/proxy/config [KEY] -> [KEY, OTHER]"]),
    (with_proxy(check={"command": "ready", "retries": 5}), ["sidecars/proxy/check/retries 3 -> 5"]),
    (with_proxy(depends_on={"app": "start"}) | {"depends_on": {}}, [
        "depends_on/proxy healthy -> none", "sidecars/proxy/depends_on/app none -> start",
    ]),
]  # fmt: skip
VARIANTS = [Process.model_validate({**FULL, **change}) for change, _ in [({}, []), *CHANGES]]


def words(process: Process, pin: Pin = PIN) -> dict[str, object]:
    return read(sizes(process), definitions(NAMES, process, pin, AROUND))


def rendered(process: Process) -> str:
    return json.dumps([sizes(process), definitions(NAMES, process, PIN, AROUND)], sort_keys=True)


@pytest.mark.parametrize(("change", "said"), CHANGES)
def test_a_change_is_said_in_the_words_of_the_settings(change: dict[str, Any], said: list[str]) -> None:
    live, wanted = Process.model_validate(FULL), Process.model_validate({**FULL, **change})
    assert differences(words(live), words(wanted)) == said


def test_whatever_is_rendered_differently_is_said_and_nothing_else() -> None:
    for live, wanted in product(VARIANTS, VARIANTS):
        assert bool(differences(words(live), words(wanted))) is (rendered(live) != rendered(wanted)), (live, wanted)


def test_what_each_release_brings_by_itself_is_no_difference() -> None:
    process = Process.model_validate(FULL)
    assert differences(words(process), words(process, LATER)) == []


def test_what_nobody_has_thought_of_is_said_by_its_own_name() -> None:
    (body,) = definitions(NAMES, Process(), PIN, AROUND)
    live, wanted = ([{**body, "ulimits": [{"name": "nofile", "softLimit": limit}]}] for limit in (1, 2))
    assert differences(read({}, live), read({}, wanted)) == [
        "ulimits [{'name': 'nofile', 'softLimit': 1}] -> [{'name': 'nofile', 'softLimit': 2}]"
    ]


def test_what_ecs_adds_to_a_definition_is_no_difference() -> None:
    process = Process.model_validate(FULL)
    live = [
        {"cpu": 0, "volumesFrom": [], "systemControls": [], **row} for row in definitions(NAMES, process, PIN, AROUND)
    ]
    told = {"cpu": "512", "memory": "1024", "architecture": "x86_64"}
    assert differences(read(told, json.loads(json.dumps(live))), words(process)) == []


def test_the_bootstrap_has_no_command_that_anybody_has_set() -> None:
    one, other = (Process.model_validate({**FULL, "port": port}) for port in (8000, 9000))
    assert differences(words(one, BOOTSTRAP), words(other, BOOTSTRAP)) == ["port 8000 -> 9000"]
