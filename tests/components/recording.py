"""Runs the program without an engine and writes down every resource that it registers.

``python -m tests.components.recording`` writes `tests/components/recorded/` anew; read the diff before you commit it.
With a folder as its argument it writes there.
"""

import asyncio
import json
import runpy
import shutil
import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pulumi
import yaml
from pulumi.runtime import set_all_config, set_mocks
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks
from pulumi.runtime.stack import run_pulumi_func

from tests.projects import ROOT, copied, edited_catalogue

RECORDED = Path(__file__).parent / "recorded"
WHOLE = ROOT / "tests" / "platform"
ACCOUNT = "000000000000"
REFERENCE = {"4dabf18193072939515e22adb298388d": "5cf8f73096256a8f31e491e813e4eb8e"}
"""How the engine writes that a value is a resource.

https://pulumi-developer-docs.readthedocs.io/latest/docs/architecture/deployment-execution/resource-references.html
"""
ARNS = {
    "aws:ecs/cluster:Cluster": ("ecs", "cluster/{}"),
    "aws:lb/loadBalancer:LoadBalancer": ("elasticloadbalancing", "loadbalancer/app/{}/0123456789abcdef"),
    "aws:lb/targetGroup:TargetGroup": ("elasticloadbalancing", "targetgroup/{}/0123456789abcdef"),
}
"""Service and resource of the ARNs that the program takes apart."""
MADE = {
    "dnsName": "made.elb.amazonaws.com",
    "repositoryUrl": "registry.example.com/made",
    "domainValidationOptions": [
        {"resourceRecordName": "_made.example.com", "resourceRecordType": "CNAME", "resourceRecordValue": "made"}
    ],
}
"""What AWS makes up for some resources, and the program asks for."""
NAMES = ("name", "bucket", "family", "serviceName", "identifier", "id")
"""Where a resource's inputs say what it is called at AWS."""


class Recorder(MockMonitor):
    """An engine that makes nothing: it answers with a resource's inputs and keeps its URN and what it is called."""

    def __init__(self) -> None:
        super().__init__(Answers(self))
        self.names: dict[str, str] = {}

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """As the engine makes it: with the types of all parents but the stack's."""
        above = parent.split("::")[2] if parent else ""
        kind = f"{above}${type_}" if above not in {"", "pulumi:pulumi:Stack"} else type_
        return f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{kind}::{name}"

    def RegisterResource(self, request: Any) -> Any:
        """The SDK's own, and a note of it."""
        answer = super().RegisterResource(request)
        inputs = request.object.fields
        self.names[answer.urn] = next((inputs[key].string_value for key in NAMES if key in inputs), "")
        return answer

    def reference(self, parent: str, kind: str, name: str) -> dict[str, str]:
        """A resource that something else made, as a value."""
        urn = self.make_urn(f"a::b::{parent}", kind, name)
        self.resources[urn] = MockMonitor.ResourceRegistration(urn, f"{name}-id", {})
        return {**REFERENCE, "urn": urn, "id": f"{name}-id"}


class Answers(Mocks):
    """What the providers would answer."""

    def __init__(self, monitor: Recorder) -> None:
        self._monitor = monitor

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """An account with nothing in it."""
        if args.token == "pulumi:pulumi:readStackResourceOutputs":
            return {"outputs": {}}, []
        return {"accountId": ACCOUNT, **args.args}, []

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """The inputs once more, with an ARN; of a VPC also the parts that the program asks for."""
        service, part = ARNS.get(args.typ, ("service", "thing/{}"))
        made = {**MADE, "arn": f"arn:aws:{service}:eu-west-1:{ACCOUNT}:{part.format(args.name)}", **args.inputs}
        return f"{args.name}-id", made | (self._vpc(args) if args.typ == "awsx:ec2:Vpc" else {})

    def _vpc(self, args: MockResourceArgs) -> dict[str, Any]:
        zones = range(1, len(args.inputs["availabilityZoneNames"]) + 1)
        many = {"Single": [1], "OnePerAz": zones}.get(args.inputs["natGateways"]["strategy"], ())
        here = "slipway:components:Network$awsx:ec2:Vpc"
        tables = [f"{args.name}-{kind}-{at}" for kind in ("public", "private") for at in zones]
        return {
            "vpcId": "vpc",
            "publicSubnetIds": [f"public-{at}" for at in zones],
            "privateSubnetIds": [f"private-{at}" for at in zones],
            "routeTables": [self._monitor.reference(here, "aws:ec2/routeTable:RouteTable", name) for name in tables],
            "natGateways": [
                self._monitor.reference(here, "aws:ec2/natGateway:NatGateway", f"{args.name}-{at}") for at in many
            ],
        }


def registered(project: Path, env: str) -> list[str]:
    """A line for each resource of an environment: its URN and, where the program chooses it, what AWS calls it."""
    recorder = Recorder()
    asyncio.set_event_loop(asyncio.new_event_loop())
    set_mocks(Answers(recorder), project="slipway", stack=env, monitor=recorder)
    set_all_config(settings(project, env))
    asyncio.get_event_loop().run_until_complete(run_pulumi_func(partial(_run, project)))
    return sorted(f"{urn} {name}".strip() for urn, name in recorder.names.items())


def _run(project: Path) -> None:
    runpy.run_path(str(project / "__main__.py"), run_name="__main__")


def settings(project: Path, env: str) -> dict[str, str]:
    """A project's settings as the engine hands them over: structured values as JSON."""
    shared = yaml.safe_load((project / "Pulumi.yaml").read_text(encoding="utf-8"))
    stack = yaml.safe_load((project / f"Pulumi.{env}.yaml").read_text(encoding="utf-8"))
    values = {f"{shared['name']}:{key}": row["value"] for key, row in shared["config"].items()} | stack["config"]
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}


def everything() -> Mapping[str, list[str]]:
    """The three environments of the example, and one that has every part of the platform."""
    with tempfile.TemporaryDirectory() as folder:
        whole = copied(ROOT, Path(folder))
        with edited_catalogue(whole) as apps:
            apps.clear()
            apps.update(yaml.safe_load((WHOLE / "catalogue.yaml").read_text()))
        shutil.copy(WHOLE / "stack.yaml", whole / "Pulumi.whole.yaml")
        examples = {env: registered(ROOT, env) for env in ("dev", "staging", "prod")}
        return {**examples, "whole": registered(whole, "whole")}


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else RECORDED
    for name, rows in everything().items():
        (folder / f"{name}.txt").write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
