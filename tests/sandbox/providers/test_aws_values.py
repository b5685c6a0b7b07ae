"""The stand-in aws plugin without an engine: where it works, names, and what inputs are let through."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pulumi.runtime.proto import provider_pb2

from sandbox.providers import values
from sandbox.providers.aws import schema
from sandbox.providers.aws.checking import FILLED, check
from sandbox.providers.aws.endpoint import NotLoopbackError, require_loopback
from sandbox.providers.aws.failures import PluginError
from sandbox.providers.aws.naming import automatic_name
from sandbox.providers.aws.resource import Name
from sandbox.providers.aws.resources import ROWS, row_of
from sandbox.providers.values import UNKNOWN, Properties

SERVICE = row_of("aws:ecs/service:Service")
ROOT = Path(__file__).parents[3]


def _checked(token: str, given: Properties, olds: Properties | None = None) -> Properties:
    inputs, failures = check(row_of(token), "App", given, olds or {}, b"seed")
    assert failures == []
    return inputs


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:4566", "http://127.77.0.1:1", "http://[::1]:4566", "http://localhost"]
)
def test_addresses_of_this_machine_are_let_in(url: str) -> None:
    assert require_loopback({"AWS_ENDPOINT_URL": url}) == url


@pytest.mark.parametrize(
    "url", ["", "https://ecs.eu-west-1.amazonaws.com", "http://10.0.0.1:4566", "http://localhost.example.com"]
)
def test_any_other_address_is_refused(url: str) -> None:
    with pytest.raises(NotLoopbackError, match="AWS_ENDPOINT_URL"):
        require_loopback({"AWS_ENDPOINT_URL": url})


def test_an_endpoint_of_one_service_is_held_to_the_same_rule() -> None:
    environ = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_ECS": "https://ecs.example.com"}
    with pytest.raises(NotLoopbackError, match="AWS_ENDPOINT_URL_ECS is https://ecs"):
        require_loopback(environ)


def test_the_program_ends_with_an_error_where_it_could_reach_aws() -> None:
    environ = {**os.environ, "AWS_ENDPOINT_URL": "https://example.com"}
    argv = [sys.executable, "-m", "sandbox.providers.aws", "127.0.0.1:1"]
    done = subprocess.run(argv, env=environ, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "works on the sandbox only: AWS_ENDPOINT_URL is https://example.com" in done.stderr


@pytest.mark.parametrize("plugin", ["aws", "awsx"])
def test_a_plugin_ends_when_what_started_it_is_gone(plugin: str) -> None:
    environ = {**os.environ, "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    script = f"{sys.executable} -m sandbox.providers.{plugin} 127.0.0.1:1 & echo $!; wait"
    argv = ["sh", "-c", script]
    with subprocess.Popen(argv, env=environ, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as shell:
        assert shell.stdout is not None
        pid, port = int(shell.stdout.readline()), int(shell.stdout.readline())
        assert port > 0
        shell.kill()
    deadline = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists()


def test_values_come_back_from_the_wire_as_they_went() -> None:
    sent = {"text": "a", "whole": 3, "part": 0.5, "yes": True, "list": [1, {"deep": "b"}], "map": {"k": "v"}}
    request = provider_pb2.CheckRequest(news=values.to_struct({**sent, "none": None}))
    received = provider_pb2.CheckRequest.FromString(request.SerializeToString())
    back = values.from_struct(received.news)
    assert back == sent
    assert isinstance(back["whole"], int)


def test_what_only_the_update_will_show_is_found_at_any_depth() -> None:
    assert values.is_unknown({"a": [{"b": UNKNOWN}]})
    assert not values.is_unknown({"a": [{"b": "known"}]})


def test_the_same_seed_gives_the_same_name() -> None:
    names = {automatic_name(Name(), "web", b"one", {}) for _ in range(3)}
    assert len(names) == 1
    assert names != {automatic_name(Name(), "web", b"two", {})}


def test_letters_that_aws_takes_nowhere_are_replaced() -> None:
    assert automatic_name(Name(lower=True), "My App", b"1", {}).startswith("my-app-")


def test_a_prefix_takes_the_place_of_the_logical_name() -> None:
    name = automatic_name(Name(), "web", b"1", {"namePrefix": "dev-"})
    assert name.startswith("dev-")
    assert name.removeprefix("dev-").isdigit()


def test_an_automatic_name_stays_with_its_resource() -> None:
    first = _checked("aws:ecr/repository:Repository", {})
    again = _checked("aws:ecr/repository:Repository", {"forceDelete": True}, first)
    assert again["name"] == first["name"]
    assert first[FILLED] == ["imageTagMutability", "name"]


def test_a_name_that_the_program_stops_giving_becomes_automatic() -> None:
    given = _checked("aws:ecr/repository:Repository", {"name": "shop"})
    assert _checked("aws:ecr/repository:Repository", {}, given)["name"] != "shop"


def test_numbers_and_text_are_fitted_as_terraform_does() -> None:
    inputs = _checked(
        "aws:ecs/taskDefinition:TaskDefinition", {"family": "web", "containerDefinitions": "[]", "cpu": 256}
    )
    assert inputs["cpu"] == "256"
    assert schema.fit("number", "80") == 80
    assert schema.fit("bool", "true") is True


def test_an_unknown_value_passes_the_check() -> None:
    assert _checked("aws:ec2/subnet:Subnet", {"vpcId": UNKNOWN})["vpcId"] == UNKNOWN


def test_what_is_wrong_deep_inside_is_named_by_its_path() -> None:
    given = {
        "taskDefinition": "web",
        "networkConfiguration": {"subnet": ["a"]},
        "loadBalancers": [{"containerName": 1}],
    }
    _, failures = check(SERVICE, "web", given, {}, b"")
    said = {failure.property: failure.reason for failure in failures}
    assert "there is no such property" in said["networkConfiguration.subnet"]
    assert "missing required property" in said["networkConfiguration.subnets"]
    assert "missing required property" in said["loadBalancers[0].containerPort"]


def test_a_type_that_is_not_in_the_table_is_named() -> None:
    with pytest.raises(PluginError, match=r"resource type aws:a/b:Other is not in the stand-in provider's table"):
        row_of("aws:a/b:Other")


@pytest.mark.parametrize("token", sorted(ROWS))
def test_every_row_speaks_of_inputs_that_the_official_provider_has(token: str) -> None:
    row, known = ROWS[token], set(schema.inputs(token))
    named = row.fixed | row.computed | row.kept | row.lacks | row.ordered | set(row.defaults) | set(row.forms)
    assert named <= known
    assert not row.lacks & (row.fixed | row.kept | set(row.defaults))


def test_the_schema_is_that_of_the_installed_sdk(tmp_path: Path) -> None:
    written = Path(schema.__file__).with_name("schema.json").read_text()
    argv = [sys.executable, "-m", "sandbox.providers.aws.make_schema", str(tmp_path / "schema.json")]
    subprocess.run(argv, cwd=ROOT, check=True)
    assert (tmp_path / "schema.json").read_text() == written
