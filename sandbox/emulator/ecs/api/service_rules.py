"""What ECS checks and fills in when a service is created or updated."""

from ministack.core.arn import ArnParseError
from ministack.services import ecs

from sandbox.emulator.ecs import store
from sandbox.emulator.elbv2 import groups
from sandbox.emulator.patching.patch import Needs, Record, Refusal

NEEDS: Needs = {
    "ministack.core.arn": ("ArnParseError",),
    "ministack.services.ecs": ("_services",),
}

# "Triggers a new service deployment", API reference, UpdateService.
TRIGGERS = (
    "taskDefinition",
    "networkConfiguration",
    "platformVersion",
    "loadBalancers",
    "serviceRegistries",
    "serviceConnectConfiguration",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
)
# "Doesn't trigger a new service deployment", the same.
KEPT = (
    "capacityProviderStrategy",
    "availabilityZoneRebalancing",
    "placementConstraints",
    "placementStrategy",
    "healthCheckGracePeriodSeconds",
    "enableExecuteCommand",
    "enableECSManagedTags",
    "propagateTags",
)
STRATEGY_NEEDS_FORCE = (
    "When switching from launch type to capacity provider strategy on an existing service, or making a change to a "
    "capacity provider strategy on a service that is already using one, you must force a new deployment."
)


def check_creation(data: Record) -> None:
    """Raise the refusal that CreateService gives."""
    cluster = store.cluster_of(data)
    existing = ecs._services.get(f"{cluster}/{data.get('serviceName')}")
    if existing is not None and existing["status"] != "INACTIVE":
        draining = existing["status"] == "DRAINING"
        raise Refusal(
            "InvalidParameterException",
            "Unable to Start a service that is still Draining."
            if draining
            else "Creation of service was not idempotent.",
        )
    check_supported(data)
    store.task_definition(data.get("taskDefinition", ""))
    check_network(data, data["taskDefinition"])
    check_balancers(data.get("loadBalancers") or [], data["taskDefinition"])


def check_update(service: Record, data: Record) -> None:
    """Raise the refusal that UpdateService gives."""
    if service["status"] != "ACTIVE":
        raise Refusal("ServiceNotActiveException", "Service was not ACTIVE.")
    check_supported(data)
    definition = data.get("taskDefinition") or service["taskDefinition"]
    if data.get("taskDefinition"):
        store.task_definition(definition)
    if data.get("loadBalancers"):
        check_balancers(data["loadBalancers"], definition)
    strategy = data.get("capacityProviderStrategy")
    changed = strategy is not None and normal(strategy) != normal(service.get("capacityProviderStrategy"))
    if changed and not data.get("forceNewDeployment"):
        raise Refusal("InvalidParameterException", STRATEGY_NEEDS_FORCE)


def check_supported(data: Record) -> None:
    """Refuse what ECS has and the scheduler here doesn't, rather than store and forget it."""
    configuration = data.get("deploymentConfiguration") or {}
    asked = {
        "schedulingStrategy": (data.get("schedulingStrategy"), "REPLICA"),
        "deploymentController": ((data.get("deploymentController") or {}).get("type"), "ECS"),
        "deploymentConfiguration/strategy": (configuration.get("strategy"), "ROLLING"),
    }
    for name, (given, possible) in asked.items():
        if given not in (None, possible):
            raise Refusal("InvalidParameterException", f"{name} can only be {possible} in the sandbox, not {given}.")


def network(given: Record | None) -> Record:
    """A networkConfiguration as ECS keeps it: in one order, with its defaults."""
    settings = (given or {}).get("awsvpcConfiguration")
    if settings is None:
        return given or {}
    return {
        "awsvpcConfiguration": {
            "subnets": sorted(settings.get("subnets") or []),
            "securityGroups": sorted(settings.get("securityGroups") or []),
            "assignPublicIp": settings.get("assignPublicIp") or "DISABLED",
        }
    }


def check_network(data: Record, definition: str) -> None:
    """awsvpc tasks need subnets."""
    mode = store.task_definition(definition).get("networkMode")
    subnets = ((data.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {}).get("subnets")
    if mode == "awsvpc" and not subnets:
        raise Refusal(
            "InvalidParameterException",
            "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
        )


def check_balancers(entries: list[Record], definition: str) -> None:
    """A service's target groups exist, are used by a load balancer, and name a port of a container."""
    containers = {row["name"]: row for row in store.task_definition(definition)["containerDefinitions"]}
    for entry in entries:
        _check_group(entry.get("targetGroupArn", ""))
        container = containers.get(entry.get("containerName", ""))
        ports = [mapping.get("containerPort") for mapping in (container or {}).get("portMappings", [])]
        if entry.get("containerPort") not in ports:
            raise Refusal(
                "InvalidParameterException",
                f"The container {entry.get('containerName')} did not have a container port "
                f"{entry.get('containerPort')} defined.",
            )


def _check_group(arn: str) -> None:
    try:
        known = groups.record(arn)
    except ArnParseError:
        known = None
    if known is None:
        raise Refusal("InvalidParameterException", f"The specified target group does not exist: {arn}.")
    if not groups.load_balancers_of(arn):
        raise Refusal(
            "InvalidParameterException",
            f"The target group with targetGroupArn {arn} does not have an associated load balancer.",
        )


def normal(strategy: list[Record] | None) -> list[tuple[str, int, int]]:
    """A capacity provider strategy in one order, with its defaults, to compare."""
    rows = strategy or []
    return sorted((row["capacityProvider"], int(row.get("weight") or 0), int(row.get("base") or 0)) for row in rows)


def deployment_configuration(given: Record | None) -> Record:
    """A deploymentConfiguration with the defaults that ECS shows."""
    asked = given or {}
    breaker = {"enable": False, "rollback": False, **(asked.get("deploymentCircuitBreaker") or {})}
    defaults = {"maximumPercent": 200, "minimumHealthyPercent": 100, "strategy": "ROLLING", "bakeTimeInMinutes": 0}
    return {**defaults, **asked, "deploymentCircuitBreaker": breaker}
