import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.platform.account_inventory import listing
from tests.projects import ROOT, copied, edited_catalogue
from tests.sandbox_project import Site, sandboxed

HERE = Path(__file__).parent


@dataclass
class Whole(Site):
    """A site whose one environment has every part of the platform."""

    @cached_property
    def resources(self) -> list[dict[str, Any]]:
        """Every resource as the first `up` left it in the state, with `urn`, `type`, `inputs` and `outputs`."""
        rows: list[dict[str, Any]] = self.state()["resources"]
        return rows

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """The resources of one type, such as `aws:lb/listener:Listener`, by Pulumi name."""
        return {row["urn"].rsplit("::", 1)[-1]: row for row in self.resources if row["type"] == kind}

    @cached_property
    def outputs(self) -> dict[str, Any]:
        """The stack's outputs."""
        rows: dict[str, Any] = json.loads(self.well("outputs", "dev", "--json"))
        return rows


def lay_project(folder: Path) -> Path:
    """The repository's own program with this folder's catalogue and stack file."""
    copied(ROOT, folder)
    with edited_catalogue(folder) as apps:
        apps.clear()
        apps.update(yaml.safe_load((HERE / "catalogue.yaml").read_text()))
    shutil.copy(HERE / "stack.yaml", folder / "Pulumi.dev.yaml")
    return folder


def found_in_the_account(site: Site) -> None:
    """The hosted zone and the web ACL that the stack file names: they have ids of their own here."""
    file = site.project / "Pulumi.dev.yaml"
    text = file.read_text()
    settings = yaml.safe_load(text)["config"]
    zone, acl = settings["slipway:domain"]["zone"], settings["slipway:balancers"]["web_acl"]
    made = site.aws("route53").create_hosted_zone(Name=zone["name"], CallerReference="whole")["HostedZone"]
    edge = site.aws("wafv2").create_web_acl(
        Name="edge",
        Scope="REGIONAL",
        DefaultAction={"Allow": {}},
        VisibilityConfig={"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "edge"},
    )["Summary"]
    file.write_text(text.replace(zone["id"], made["Id"].rsplit("/", 1)[-1]).replace(acl, edge["ARN"]))


def documented() -> set[str]:
    """The kinds of things that stay, as the table in the docs has them."""
    return set(re.findall(r"^\| ([a-z ]+?) \|", (ROOT / "docs/destroy.md").read_text(), re.MULTILINE)) - {"what"}


@pytest.fixture(scope="package")
def whole(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """The environment after its first `up`; at its end it is destroyed, and only what the docs name is left."""
    with sandboxed(tmp_path_factory.mktemp("whole"), engine, lay_project) as site:
        made = Whole(site.folder, site.environment, site.project)
        found_in_the_account(made)
        made.well("bootstrap", "--bucket", made.bucket, "--github", "--gitlab", "https://gitlab.com", "--yes")
        before = listing(made.aws)
        made.story["up"] = made.slipway("up", "dev", "--yes")
        assert made.story["up"].returncode == 0, made.story["up"].stderr
        yield made
        made.well("destroy", "dev", "--yes")
        left = listing(made.aws) - before
        assert [row for row in sorted(left) if row[0] not in documented()] == []
        assert {kind for kind, _ in left} == documented()
