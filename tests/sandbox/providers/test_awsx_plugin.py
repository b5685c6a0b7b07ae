"""The stand-in awsx plugin on the real engine: its trees are those that the official plugin registers."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pulumi
import pulumi_awsx as awsx
import pytest
from pulumi import automation

from sandbox.daemon import lifecycle, shell_exports
from sandbox.options import Setup

pytestmark = pytest.mark.engine

RECORDED = Path(__file__).parent / "awsx"
Nat = awsx.ec2.NatGatewayStrategy
ENDPOINTS = [
    awsx.ec2.VpcEndpointSpecArgs(service_name="com.amazonaws.eu-west-1.s3"),
    awsx.ec2.VpcEndpointSpecArgs(
        service_name="com.amazonaws.eu-west-1.logs", vpc_endpoint_type="Interface", private_dns_enabled=True
    ),
]
Row = tuple[str, str, str]


def _program(**changed: Any) -> Callable[[], None]:
    def program() -> None:
        given: dict[str, Any] = {
            "cidr_block": "10.0.0.0/16",
            "availability_zone_names": ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
            "subnet_strategy": awsx.ec2.SubnetAllocationStrategy.AUTO,
            "subnet_specs": [
                awsx.ec2.SubnetSpecArgs(type=awsx.ec2.SubnetType.PUBLIC, name="public", cidr_mask=24),
                awsx.ec2.SubnetSpecArgs(type=awsx.ec2.SubnetType.PRIVATE, name="private", cidr_mask=20),
            ],
            "enable_dns_hostnames": True,
            "enable_dns_support": True,
            "tags": {"Environment": "dev"},
        }
        vpc = awsx.ec2.Vpc("net", **{**given, **changed})
        pulumi.export("vpc", vpc.vpc_id)
        pulumi.export("public", vpc.public_subnet_ids)
        pulumi.export("private", vpc.private_subnet_ids)
        pulumi.export("isolated", vpc.isolated_subnet_ids)
        pulumi.export("vpc_cidr", vpc.vpc.cidr_block)

    return program


def _nat(strategy: Nat, **more: Any) -> Callable[[], None]:
    return _program(nat_gateways=awsx.ec2.NatGatewayConfigurationArgs(strategy=strategy), **more)


PROGRAMS = {
    "vpc-nat-none": _nat(Nat.NONE),
    "vpc-nat-single": _nat(Nat.SINGLE),
    "vpc-nat-per-az": _nat(Nat.ONE_PER_AZ),
    "vpc-endpoints": _nat(Nat.SINGLE, vpc_endpoint_specs=ENDPOINTS),
}


@pytest.fixture(scope="module")
def stack(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[automation.Stack]:
    folder = tmp_path_factory.mktemp("sandbox")
    lifecycle.up(folder, Setup(engine=str(engine)), lambda _: None)
    try:
        yield _stack(folder, engine, tmp_path_factory.mktemp("work"))
    finally:
        lifecycle.down(folder, lambda _: None)


def _stack(folder: Path, engine: Path, work: Path) -> automation.Stack:
    variables = shell_exports.environment(folder)
    # The Automation API looks for the engine below a root folder's `bin`.
    (work / "bin").mkdir()
    (work / "bin" / "pulumi").symlink_to(engine / "pulumi")
    command = automation.PulumiCommand(root=str(work), skip_version_check=True)
    project = automation.ProjectSettings(
        name="trees", runtime="python", backend=automation.ProjectBackend(url=variables["PULUMI_BACKEND_URL"])
    )
    options = automation.LocalWorkspaceOptions(
        work_dir=str(work), env_vars=variables, pulumi_command=command, project_settings=project
    )
    return automation.create_or_select_stack("dev", project_name="trees", program=lambda: None, opts=options)


def _recorded(name: str) -> list[Row]:
    rows = json.loads((RECORDED / f"{name}.json").read_text())
    return sorted((row["type_chain"], row["name"], _canonical(row["inputs"])) for row in rows)


def _canonical(inputs: dict[str, Any]) -> str:
    return json.dumps(inputs, sort_keys=True)


def _tree(stack: automation.Stack) -> list[Row]:
    # A destroyed stack's export has no list at all.
    everything = stack.export_stack().deployment.get("resources", [])
    resources = [resource for resource in everything if "awsx:ec2:Vpc" in resource["urn"]]
    names = {resource["id"]: f"id-{_name(resource)}" for resource in resources if resource.get("id")}
    rows = []
    for resource in resources:
        inputs = {key: _mapped(value, names) for key, value in resource.get("inputs", {}).items()}
        # The official plugin's record was made without AWS, where an address has no allocation id.
        if allocation := inputs.pop("allocationId", None):
            assert allocation == f"id-{_name(resource)}"
        rows.append((resource["urn"].split("::")[2], _name(resource), _canonical(_given(inputs))))
    return sorted(rows)


def _name(resource: dict[str, Any]) -> str:
    return str(resource["urn"]).rsplit("::", 1)[1]


def _mapped(value: Any, names: dict[str, str]) -> Any:
    return names.get(value, value) if isinstance(value, str) else value


def _given(inputs: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value for key, value in inputs.items() if key not in inputs.get("__defaults", []) and key != "__defaults"
    }


def test_each_recorded_tree_comes_up_again_without_changes_between_and_goes(stack: automation.Stack) -> None:
    stack.workspace.program = PROGRAMS["vpc-nat-none"]
    planned = stack.preview().change_summary
    assert planned[automation.OpType.CREATE] == len(_recorded("vpc-nat-none")) + 1
    for name, program in PROGRAMS.items():
        stack.workspace.program = program
        outputs = stack.up().outputs
        assert _tree(stack) == _recorded(name), name
        assert outputs["vpc"].value.startswith("vpc-")
        assert outputs["vpc_cidr"].value == "10.0.0.0/16"
        assert [len(outputs[kind].value) for kind in ("public", "private", "isolated")] == [3, 3, 0]
    again = stack.up().summary.resource_changes or {}
    assert set(again) == {"same"}
    stack.destroy()
    assert _tree(stack) == []


def test_an_argument_that_would_be_ignored_is_refused_by_name(stack: automation.Stack) -> None:
    stack.workspace.program = _program(instance_tenancy="dedicated")
    with pytest.raises(automation.CommandError, match="instanceTenancy: not known"):
        stack.preview()
