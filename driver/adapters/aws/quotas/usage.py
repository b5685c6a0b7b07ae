"""What the account uses of its quotas, counted by the services themselves."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from driver.adapters.aws.ecs.batches import SERVICES_AT_ONCE, described_tasks, listed_tasks
from driver.adapters.aws.paging import batches
from driver.adapters.aws.session import Session, translated
from driver.core.account.quotas import Usage
from model.names.names import ALARM_ADDRESSES
from model.settings.environment import Settings
from model.sizing.quota_needs import UNITS, gateways, reserving, roles
from model.sizing.quotas import Key

SPOT = "FARGATE_SPOT"
LIVING = ("pending", "available")
"""The states of a NAT gateway that counts."""

Row = Mapping[str, Any]
Found = dict[Key, Usage]


class AccountUsage:
    """Counts by lists and descriptions, page by page."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read(self, settings: Settings, vpc: str | None) -> Found:
        """Everything that can be counted; what is of the VPC, the cluster or these apps by name is ours."""
        with translated("counting what the account uses"):
            return {
                **self._tasks(settings.env),
                **self._network(vpc),
                **self._gateways(settings, vpc),
                **self._balancing(vpc),
                **self._identity(settings),
                **self._functions(settings),
            }

    def _all(self, service: str, operation: str, key: str, **asked: object) -> Iterator[Any]:
        for page in self._session.client(service).get_paginator(operation).paginate(**asked):
            yield from page[key]

    def _tasks(self, cluster: str) -> Found:
        ecs = self._session.client("ecs")
        total: Counter[str] = Counter()
        ours: Counter[str] = Counter()
        clusters = list(self._all("ecs", "list_clusters", "clusterArns"))
        for arn in clusters:
            tasks = listed_tasks(ecs, cluster=arn)
            for row in described_tasks(ecs, arn, tasks):
                provider = row.get("capacityProviderName") or row.get("launchType", "")
                total[provider] += int(row.get("cpu", 0))
                ours[provider] += int(row.get("cpu", 0)) * arn.endswith(f":cluster/{cluster}")
        here = [arn for arn in clusters if arn.endswith(f":cluster/{cluster}")]
        return {
            Key.ON_DEMAND: Usage(total["FARGATE"] / UNITS, ours["FARGATE"] / UNITS),
            Key.SPOT: Usage(total[SPOT] / UNITS, ours[SPOT] / UNITS),
            Key.CLUSTERS: Usage(len(clusters), len(here)),
            **(self._services(here[0]) if here else {}),
        }

    def _services(self, cluster: str) -> Found:
        names = list(self._all("ecs", "list_services", "serviceArns", cluster=cluster))
        ecs, most = self._session.client("ecs"), 0
        for batch in batches(names, SERVICES_AT_ONCE):
            rows = ecs.describe_services(cluster=cluster, services=batch)["services"]
            most = max([most, *(row["desiredCount"] for row in rows)])
        return {Key.SERVICES: Usage(len(names), len(names)), Key.TASKS: Usage(most, most)}

    def _network(self, vpc: str | None) -> Found:
        found: Found = {
            Key.INTERFACES: _of(self._all("ec2", "describe_network_interfaces", "NetworkInterfaces"), vpc),
            Key.GROUPS: _of(self._all("ec2", "describe_security_groups", "SecurityGroups"), vpc),
        }
        vpcs = list(self._all("ec2", "describe_vpcs", "Vpcs"))
        here = [row for row in vpcs if row["VpcId"] == vpc]
        found[Key.VPCS] = Usage(len(vpcs), len(here))
        if here:
            found[Key.SUBNETS] = _fullest([_of(self._all("ec2", "describe_subnets", "Subnets"), vpc).ours])
            living = [block for block in here[0].get("CidrBlockAssociationSet", ()) if _associated(block)]
            found[Key.BLOCKS] = _fullest([len(living)])
            found[Key.RULES] = self._rules(vpc)
        return found

    def _rules(self, vpc: str | None) -> Usage:
        groups = self._all("ec2", "describe_security_groups", "SecurityGroups", Filters=_filter("vpc-id", vpc))
        return _fullest([_rules(row[key]) for row in groups for key in ("IpPermissions", "IpPermissionsEgress")])

    def _gateways(self, settings: Settings, vpc: str | None) -> Found:
        nats = [
            row
            for row in self._all("ec2", "describe_nat_gateways", "NatGateways")
            if row.get("State", LIVING[1]) in LIVING
        ]
        zones = {row["SubnetId"]: row["AvailabilityZone"] for row in self._all("ec2", "describe_subnets", "Subnets")}
        used = [
            _of([row for row in nats if zones.get(row["SubnetId"]) == zone], vpc)
            for zone in settings.network.zones[: gateways(settings)]
        ]
        ours = {address.get("AllocationId") for row in nats if row["VpcId"] == vpc for address in _addresses(row)}
        addresses = self._session.client("ec2").describe_addresses()["Addresses"]
        return {
            Key.NATS: max(used, key=lambda row: row.total - row.ours, default=Usage()),
            Key.ADDRESSES: Usage(len(addresses), sum(row.get("AllocationId") in ours for row in addresses)),
        }

    def _balancing(self, vpc: str | None) -> Found:
        balancers = self._all("elbv2", "describe_load_balancers", "LoadBalancers")
        groups = self._all("elbv2", "describe_target_groups", "TargetGroups")
        return {
            Key.BALANCERS: _of([row for row in balancers if row["Type"] == "application"], vpc),
            Key.TARGET_GROUPS: _of(groups, vpc),
        }

    def _identity(self, settings: Settings) -> Found:
        rows = [settings.names(name) for name in (*settings.apps, ALARM_ADDRESSES)]
        secrets = {name for row in rows for name in (row.secret, row.token_secret)}
        found = [row["Name"] for row in self._all("secretsmanager", "list_secrets", "SecretList")]
        known = [row["RoleName"] for row in self._all("iam", "list_roles", "Roles")]
        return {
            Key.SECRETS: Usage(len(found), len(secrets.intersection(found))),
            Key.ROLES: Usage(len(known), len(roles(settings).intersection(known))),
        }

    def _functions(self, settings: Settings) -> Found:
        """What is reserved of Lambda's copies. Those functions alone are asked that the settings let reserve some."""
        wanted = reserving(settings)
        if not wanted:
            return {}
        client = self._session.client("lambda")
        limit = client.get_account_settings()["AccountLimit"]
        names = {row["FunctionName"] for row in self._all("lambda", "list_functions", "Functions")}
        mine = [client.get_function_concurrency(FunctionName=name) for name in wanted if name in names]
        ours = sum(row.get("ReservedConcurrentExecutions", 0) for row in mine)
        return {Key.CONCURRENCY: Usage(limit["ConcurrentExecutions"] - limit["UnreservedConcurrentExecutions"], ours)}


def _of(rows: Iterator[Row] | Sequence[Row], vpc: str | None) -> Usage:
    where = [row.get("VpcId") for row in rows]
    return Usage(len(where), 0 if vpc is None else where.count(vpc))


def _fullest(counts: Sequence[float]) -> Usage:
    """Of a quota on one thing, what the fullest of ours has; what others have is not in its way."""
    most = max(counts, default=0)
    return Usage(most, most)


def _rules(permissions: Sequence[Row]) -> int:
    """Each source of a permission is one rule.

    https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups
    """
    kinds = ("IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs")
    return sum(len(row.get(kind, ())) for row in permissions for kind in kinds)


def _associated(block: Row) -> bool:
    return bool(block.get("CidrBlockState", {}).get("State", "associated") == "associated")


def _addresses(gateway: Row) -> Sequence[Row]:
    found: Sequence[Row] = gateway.get("NatGatewayAddresses", ())
    return found


def _filter(name: str, value: str | None) -> list[dict[str, object]]:
    return [{"Name": name, "Values": [value]}]
