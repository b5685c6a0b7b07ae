"""A checkpoint of Pulumi as the plan of Terraform that a scanner reads: `terraform show -json`.

https://developer.hashicorp.com/terraform/internals/json-format
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

FLAT = {"ec2", "vpc", "index"}
"""Modules of pulumi_aws whose name is no part of the resource type's name in Terraform."""
NAMES = {
    "lb_loadBalancer": "lb",
    "iam_openIdConnectProvider": "iam_openid_connect_provider",
    "servicediscovery_privateDnsNamespace": "service_discovery_private_dns_namespace",
    "servicediscovery_service": "service_discovery_service",
    "vpc_securityGroupEgressRule": "vpc_security_group_egress_rule",
    "vpc_securityGroupIngressRule": "vpc_security_group_ingress_rule",
    "s3_bucketV2": "s3_bucket",
}
"""Types that don't follow the rule."""
MAPS = {"tags", "tagsAll", "variables", "dimensions", "options", "logConfiguration"}
"""Properties that are maps in Terraform too; every other object is a block, which is a list of one there."""


def plan(resources: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The managed resources of a checkpoint as values and, where one refers to another, as references."""
    managed = [row for row in resources if row["type"].startswith("aws:") and row.get("custom")]
    addresses = {row["urn"]: address(row) for row in managed}
    rows = [
        {
            "address": addresses[row["urn"]],
            "mode": "managed",
            "type": kind(row["type"]),
            "name": addresses[row["urn"]].split(".", 1)[1],
            "provider_name": "registry.terraform.io/hashicorp/aws",
            "values": values(row.get("inputs", {})),
        }
        for row in managed
    ]
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": rows}},
        "resource_changes": [
            {**row, "change": {"actions": ["create"], "before": None, "after": row["values"]}} for row in rows
        ],
        "configuration": {
            "root_module": {
                "resources": [
                    {key: row[key] for key in ("address", "mode", "type", "name")} | {"expressions": expressions}
                    for row, expressions in zip(rows, (_references(row, addresses) for row in managed), strict=True)
                ]
            }
        },
    }


def address(row: Mapping[str, Any]) -> str:
    """`aws_ecs_service.shop_web`."""
    return f"{kind(row['type'])}.{re.sub(r'[^A-Za-z0-9_-]', '_', row['urn'].rsplit('::', 1)[-1])}"


def kind(token: str) -> str:
    """Terraform's type of `aws:ecs/service:Service`."""
    module, name = token.split(":")[1].split("/")
    known = NAMES.get(f"{module}_{name}")
    return f"aws_{known or snake(name if module in FLAT else f'{module}_{name}')}"


def values(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """A resource's arguments by Terraform's names."""
    return {_name(key, value): _value(key, value) for key, value in inputs.items() if not key.startswith("__")}


def snake(name: str) -> str:
    """`vpcId` as `vpc_id`."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: f"_{found[1].lower()}", name)


def _name(key: str, value: Any) -> str:
    """Blocks that may be repeated have a name in the plural in Pulumi: `settings` are `setting` there."""
    blocks = isinstance(value, list) and any(isinstance(row, Mapping) for row in value)
    plain = snake(key)
    if not blocks or plain.endswith("ss") or not plain.endswith("s"):
        return plain
    return f"{plain[:-3]}y" if plain.endswith("ies") else plain[:-1]


def _value(key: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value) if key in MAPS else [values(value)]
    if isinstance(value, list):
        return [values(row) if isinstance(row, Mapping) else row for row in value]
    return value


def _references(row: Mapping[str, Any], addresses: Mapping[str, str]) -> dict[str, Any]:
    found = {
        snake(key): [addresses[urn] for urn in urns or () if urn in addresses]
        for key, urns in row.get("propertyDependencies", {}).items()
    }
    return {
        key: {"references": [part for one in rows for part in (f"{one}.id", one)]}
        for key, rows in found.items()
        if rows
    }
