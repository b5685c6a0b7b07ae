import re
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from model.container_definition import Surroundings, definitions, volumes
from model.names.names import AppNames
from model.releases import BOOTSTRAP, Pin
from model.settings.app import Process
from model.settings.environment import Settings
from model.settings.parse import parse
from model.settings.process import Rollout
from tests.model.refusals import refusing

AROUND = Surroundings(region="eu-west-1", secret_arn="arn:secret", bootstrap_image="boot:1")
PIN = Pin(release=3, image="r/shop@sha256:" + "b" * 64, config="v-1", keys=("API_KEY", "SECRET_KEY"))
NAMES = AppNames("dev", "shop").process("worker")
AGENT: dict[str, Any] = {"image": "docker.io/statsd/statsd:v0.10.2", "port": 8125}


def parsed(**worker: object) -> Settings:
    apps = {"shop": {"processes": {"web": {"port": 8000}, "worker": worker}, "requires": ["SECRET_KEY"]}}
    return parse("dev", "eu-west-1", {"apps": apps, "network": {"zones": ["eu-west-1a", "eu-west-1b"]}})


def worker(**values: object) -> Process:
    return parsed(**values).apps["shop"].processes["worker"]


def beside(**agent: object) -> dict[str, Any]:
    return {"sidecars": {"agent": {**AGENT, **agent}}}


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({"architecture": "riscv"}, "worker/architecture: 'riscv' will not do"),
        ({"platform_version": "newest"}, "worker/platform_version: 'newest' is no version of Fargate"),
        ({"readonly": True, "exec": True}, "readonly and exec exclude each other"),
        ({"writable": ["/tmp"]}, "set readonly: true, or drop it"),
        ({"readonly": True, "writable": ["tmp"]}, "worker/writable/0: 'tmp' is no folder"),
        ({"readonly": True, "writable": ["/tmp", "/tmp"]}, "worker/writable: /tmp is there twice; take one"),
        ({"readonly": True, "writable": ["/tmp/"]}, "/tmp/ is not how a folder below / is written; use /tmp"),
        ({"readonly": True, "writable": ["//a/../b"]}, "use /b"),
        ({"readonly": True, "writable": ["/."]}, "use a folder's own path, such as /tmp"),
        (beside(depends_on={"app": "healthy"}), "agent waits for app to be healthy, which has no check; add one"),
        (
            {"sidecars": {f"agent-{number}": {**AGENT, "port": 9000 + number} for number in range(10)}},
            "10 sidecars and the app's own container: a task has 10 at most; drop some",
        ),
        ({"log_buffer": 0}, "worker/log_buffer: 0 will not do"),
        ({"check": {"command": ""}}, "worker/check/command"),
        ({"check": {"command": "true", "interval": 301}}, "worker/check/interval: 301 will not do"),
        ({"check": {"command": "true", "retries": 11}}, "worker/check/retries: 11 will not do"),
        ({"check": {}}, "worker/check/command: missing; it has no default"),
        ({"rollout": {"min_healthy": 100, "max": 100}}, "leave no room for a new task; raise max"),
        ({"rollout": {"min_healthy": 101}}, "worker/rollout/min_healthy: 101 will not do"),
        ({"rollout": {"max": 120}}, "min_healthy 100 and max 120 leave 1 tasks no room for a new one"),
        ({"rollout": {"min_healthy": 0, "max": 100, "rebalance": True}}, "needs max above 100; raise it"),
        (beside(image="docker.io/statsd/statsd"), "names no version; use <repository>:<tag>"),
        (beside(image="localhost:5000/statsd"), "names no version; use <repository>:<tag>"),
        (beside(image="statsd:latest"), "is another image every day"),
        (beside(environment={"DB_PASSWORD": "x"}), "DB_PASSWORD, which looks like a secret"),
        (beside(environment={"A": "x\0"}), "A holds a NUL, and no variable can; take it out"),
        (beside(environment={"A": "x"}, config=["A"]), "A is in environment and in config"),
        (beside(config=["API_KEY"]), "API_KEY is not among requires; add it there"),
        (beside(cpu=256), "the sidecars take cpu 256 of 256; leave some to the app"),
        (beside(memory=512), "the sidecars take memory 512 MiB of 512 MiB"),
        (beside(depends_on={"nobody": "start"}), "agent waits for nobody, which is no other container"),
        ({"depends_on": {"app": "start"}}, "app waits for app, which is no other container"),
        ({**beside(), "depends_on": {"agent": "healthy"}}, "agent to be healthy, which has no check"),
        ({**beside(), "depends_on": {"agent": "success"}}, "agent to end, but the task ends with it"),
        ({**beside(depends_on={"app": "start"}), "depends_on": {"agent": "start"}}, "agent, app wait for each other"),
        ({"sidecars": {"app": AGENT}}, "the name of the app's own container"),
        ({"sidecars": {"one": AGENT, "two": AGENT}}, "port 8125 is used by two containers"),
        ({"sidecars": {"Agent": AGENT}}, "worker/sidecars/Agent"),
    ],
)
def test_what_will_not_do_is_named_with_what_would(given_: dict[str, Any], message: str) -> None:
    with refusing() as refused:
        parsed(**given_)
    refused.says(message)


@pytest.mark.parametrize(
    ("health", "message"),
    [
        ({"drain": 20, "longest_request": 30}, "drain 20 s cuts off the longest request of 30 s; raise drain"),
        ({"grace": 60, "start_time": 90}, "grace 60 s ends before a start of 90 s has; raise grace"),
    ],
)
def test_drain_and_grace_are_held_against_what_the_app_needs(health: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Process.model_validate({"port": 8000, "health": health})


@given(st.integers(0, 100), st.integers(100, 400), st.integers(1, 100))
def test_a_rollout_that_can_not_move_is_refused(low: int, high: int, count: int) -> None:
    try:
        process = Process.model_validate({"count": count, "rollout": {"min_healthy": low, "max": high}})
    except ValueError:
        assert high == low == 100 or Rollout(min_healthy=low, max=high).room(count) < 1
    else:
        assert process.rollout.room(count) >= 1


def test_zones_are_balanced_for_web_and_left_alone_for_workers_unless_settings_say_else() -> None:
    assert Process(port=8000).rebalanced and not Process().rebalanced
    assert Process(rollout=Rollout(rebalance=True)).rebalanced
    assert not Process(port=8000, rollout=Rollout(rebalance=False)).rebalanced


def test_an_image_is_wanted_for_every_platform_that_its_processes_run_on() -> None:
    assert parsed().platforms() == {"shop": ("linux/amd64",)}
    assert parsed(architecture="arm64").platforms() == {"shop": ("linux/amd64", "linux/arm64")}


def test_a_sidecar_takes_config_by_reference_and_only_what_it_names() -> None:
    process = worker(**beside(config=["SECRET_KEY"], environment={"LEVEL": "info"}, cpu=64, essential=False))
    _, agent = definitions(NAMES, process, PIN, AROUND)
    assert agent["secrets"] == [{"name": "SECRET_KEY", "valueFrom": "arn:secret:SECRET_KEY::v-1"}]
    assert agent["environment"] == [{"name": "LEVEL", "value": "info"}]
    assert (agent["cpu"], agent["essential"]) == (64, False)


def test_the_app_waits_for_its_sidecar_as_it_says() -> None:
    process = worker(**beside(check={"command": ["/check", "me"]}), depends_on={"agent": "healthy"})
    own, agent = definitions(NAMES, process, PIN, AROUND)
    assert own["dependsOn"] == [{"containerName": "agent", "condition": "HEALTHY"}]
    assert agent["healthCheck"]["command"] == ["CMD", "/check", "me"]  # type: ignore[index]


def test_the_bootstrap_has_neither_sidecars_nor_a_check_that_it_would_fail() -> None:
    process = worker(**beside(), check={"command": "pgrep celery"}, depends_on={"agent": "start"})
    (own,) = definitions(NAMES, process, BOOTSTRAP, AROUND)
    assert not {"healthCheck", "dependsOn"} & set(own)
    assert definitions(NAMES, process, PIN, AROUND)[0]["healthCheck"]["command"] == ["CMD-SHELL", "pgrep celery"]  # type: ignore[index]


def test_a_read_only_root_has_the_folders_that_may_be_written_to() -> None:
    process = worker(readonly=True, writable=["/tmp", "/var/run/app"])
    (own,) = definitions(NAMES, process, PIN, AROUND)
    assert own["readonlyRootFilesystem"] is True
    assert [row["containerPath"] for row in own["mountPoints"]] == ["/tmp", "/var/run/app"]  # type: ignore[attr-defined]
    assert {row["sourceVolume"] for row in own["mountPoints"]} == set(volumes(process))  # type: ignore[attr-defined]


@given(st.sets(st.from_regex(r"\A(/[A-Za-z0-9_.-]*[A-Za-z0-9_-])+\Z"), min_size=1, max_size=5))
def test_every_writable_folder_has_a_volume_of_its_own_that_ecs_takes(paths: set[str]) -> None:
    assume(all(".." not in path for path in paths))
    process = Process.model_construct(writable=tuple(paths))
    found = volumes(process)
    assert set(found.values()) == paths
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,255}", name) for name in found)


def test_folders_whose_names_fold_together_are_all_writable_and_a_plain_one_keeps_its_volume() -> None:
    process = worker(readonly=True, writable=["/a/b", "/a-b", "/A/b", "/app/.cache", "/" + "x" * 300])
    assert list(volumes(process).values()) == list(process.writable)
    assert volumes(worker(readonly=True, writable=["/var/run/app"])) == {"writable-var-run-app": "/var/run/app"}


def test_nine_sidecars_and_one_that_waits_for_a_check_are_taken() -> None:
    nine = {f"agent-{number}": {**AGENT, "port": 9000 + number} for number in range(9)}
    nine["agent-0"]["depends_on"] = {"app": "healthy"}
    assert len(worker(sidecars=nine, check={"command": "true"}).sidecars) == 9


def test_the_repository_of_a_sidecar_is_one_that_the_execution_role_may_read() -> None:
    own = "000000000000.dkr.ecr.eu-west-1.amazonaws.com/tools/agent:1"
    settings = parsed(sidecars={"agent": {"image": own}, "other": {"image": "docker.io/x/y:1"}})
    assert settings.apps["shop"].repositories == ["arn:aws:ecr:eu-west-1:000000000000:repository/tools/agent"]
