"""An ECS service in Pulumi's words and in the API's."""

from collections.abc import Callable, Set
from typing import Any

from sandbox.providers.aws.resources.shared import pick, tag_map, without_empty
from sandbox.providers.values import Properties

_SAME = (
    "cluster taskDefinition desiredCount launchType platformVersion schedulingStrategy enableExecuteCommand "
    "healthCheckGracePeriodSeconds propagateTags availabilityZoneRebalancing"
)
_DEPLOYMENT = frozenset(
    {
        "alarms",
        "deploymentCircuitBreaker",
        "deploymentConfiguration",
        "deploymentMaximumPercent",
        "deploymentMinimumHealthyPercent",
    }
)
_NO_ALARMS: Properties = {"alarmNames": [], "enable": False, "rollback": False}
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html takes none of these.
_NOT_UPDATABLE = frozenset({"cluster", "launchType", "schedulingStrategy"})


def _deployment(inputs: Properties) -> Properties:
    written = without_empty(inputs.get("deploymentConfiguration") or {})
    shape: Properties = {
        "maximumPercent": inputs.get("deploymentMaximumPercent"),
        "minimumHealthyPercent": inputs.get("deploymentMinimumHealthyPercent"),
        "deploymentCircuitBreaker": inputs.get("deploymentCircuitBreaker"),
        "alarms": inputs.get("alarms"),
    }
    # Terraform has this number as text.
    shape |= {key: int(value) if key == "bakeTimeInMinutes" else value for key, value in written.items()}
    return {key: _unmarked(value) for key, value in shape.items() if value is not None}


def _unmarked(value: Any) -> Any:  # noqa: ANN401
    return {k: v for k, v in value.items() if k[:2] != "__"} if isinstance(value, dict) else value


def _network(inputs: Properties) -> Properties:
    network = inputs["networkConfiguration"]
    public = "ENABLED" if network.get("assignPublicIp") else "DISABLED"
    return {"awsvpcConfiguration": pick(network, "subnets securityGroups") | {"assignPublicIp": public}}


def _balancers(inputs: Properties) -> list[Properties]:
    names = {"targetGroupArn": "targetGroupArn", "elbName": "loadBalancerName"}
    plain = "containerName containerPort"
    return [
        pick(item, plain) | {names[key]: item[key] for key in names if item.get(key)}
        for item in inputs.get("loadBalancers") or []
    ]


def _listed(name: str) -> Callable[[Properties], Any]:
    return lambda inputs: without_empty(inputs.get(name) or [])


_SHAPED: dict[str, tuple[str, Callable[[Properties], Any]]] = {
    "networkConfiguration": ("networkConfiguration", _network),
    "loadBalancers": ("loadBalancers", _balancers),
    "capacityProviderStrategies": ("capacityProviderStrategy", _listed("capacityProviderStrategies")),
    "serviceRegistries": ("serviceRegistries", lambda inputs: [without_empty(inputs["serviceRegistries"])]),
    "orderedPlacementStrategies": ("placementStrategy", _listed("orderedPlacementStrategies")),
    "placementConstraints": ("placementConstraints", _listed("placementConstraints")),
    "enableEcsManagedTags": ("enableECSManagedTags", lambda inputs: bool(inputs.get("enableEcsManagedTags"))),
}


def creation(inputs: Properties) -> Properties:
    """CreateService's arguments."""
    arguments = pick(inputs, _SAME) | {"serviceName": inputs["name"], "deploymentConfiguration": _deployment(inputs)}
    for key, (name, shape) in _SHAPED.items():
        if inputs.get(key):
            arguments[name] = shape(inputs)
    if inputs.get("deploymentController"):
        arguments["deploymentController"] = without_empty(inputs["deploymentController"])
    if not inputs.get("healthCheckGracePeriodSeconds"):
        arguments.pop("healthCheckGracePeriodSeconds", None)
    return arguments


def changes(inputs: Properties, changed: Set[str]) -> Properties:
    """UpdateService's arguments: only what changed, as anything more could start a deployment."""
    arguments = {key: inputs.get(key) for key in set(_SAME.split()) & changed - _NOT_UPDATABLE}
    arguments = {key: _reset(key) if value is None else value for key, value in arguments.items()}
    for key in set(_SHAPED) & changed:
        name, shape = _SHAPED[key]
        arguments[name] = shape(inputs) if inputs.get(key) else ([] if name != "enableECSManagedTags" else False)
    if _DEPLOYMENT & changed:
        # What is not told stays at ECS as it is, so alarms that are taken out are told to be none.
        none = {"alarms": _NO_ALARMS} if "alarms" in changed else {}
        arguments["deploymentConfiguration"] = none | _deployment(inputs)
    meaningful = {key: value for key, value in arguments.items() if value is not None}
    if inputs.get("forceNewDeployment") and changed:
        meaningful["forceNewDeployment"] = True
    return meaningful


def _reset(key: str) -> object:
    """What removing an input means to ECS."""
    resets = {
        "enableExecuteCommand": False,
        "healthCheckGracePeriodSeconds": 0,
        "propagateTags": "NONE",
        "desiredCount": 0,
    }
    return resets.get(key)


def shown(service: Properties) -> Properties:
    """A described service in Pulumi's words."""
    deployment = service.get("deploymentConfiguration") or {}
    state = {
        "arn": service["serviceArn"],
        "name": service["serviceName"],
        "cluster": service["clusterArn"],
        "capacityProviderStrategies": service.get("capacityProviderStrategy", []),
        "deploymentMaximumPercent": deployment.get("maximumPercent"),
        "deploymentMinimumHealthyPercent": deployment.get("minimumHealthyPercent"),
        "loadBalancers": [_shown_balancer(item) for item in service.get("loadBalancers", [])],
        "enableEcsManagedTags": service.get("enableECSManagedTags", False),
        "enableExecuteCommand": service.get("enableExecuteCommand", False),
        "healthCheckGracePeriodSeconds": service.get("healthCheckGracePeriodSeconds", 0),
        "tags": tag_map(service.get("tags"), "key", "value"),
    }
    state |= pick(service, "taskDefinition desiredCount platformVersion schedulingStrategy availabilityZoneRebalancing")
    if service.get("launchType") and not service.get("capacityProviderStrategy"):
        state["launchType"] = service["launchType"]
    if service.get("propagateTags", "NONE") != "NONE":
        state["propagateTags"] = service["propagateTags"]
    return state | _shown_details(service, deployment)


def _shown_balancer(item: Properties) -> Properties:
    return pick(item, "targetGroupArn containerName containerPort") | (
        {"elbName": item["loadBalancerName"]} if item.get("loadBalancerName") else {}
    )


def _shown_details(service: Properties, deployment: Properties) -> Properties:
    """What is left out by AWS, or in its default, where the program says nothing of it."""
    details: Properties = {}
    network = (service.get("networkConfiguration") or {}).get("awsvpcConfiguration")
    if network:
        public = network.get("assignPublicIp") == "ENABLED"
        details["networkConfiguration"] = pick(network, "subnets securityGroups") | {"assignPublicIp": public}
    breaker = deployment.get("deploymentCircuitBreaker")
    if breaker and (breaker.get("enable") or breaker.get("rollback")):
        details["deploymentCircuitBreaker"] = {"enable": breaker["enable"], "rollback": breaker.get("rollback", False)}
    alarms = deployment.get("alarms")
    if alarms and alarms.get("alarmNames"):
        details["alarms"] = alarms
    if service.get("serviceRegistries"):
        details["serviceRegistries"] = service["serviceRegistries"][0]
    placement = service.get("placementStrategy")
    return details | ({"orderedPlacementStrategies": placement} if placement else {})
