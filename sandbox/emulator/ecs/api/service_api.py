"""CreateService, UpdateService, DeleteService and DescribeServices over the scheduler."""

from collections.abc import Callable

from ministack.services import ecs

from sandbox.emulator.ecs import store
from sandbox.emulator.ecs.api.service_rules import (
    KEPT,
    TRIGGERS,
    check_creation,
    check_update,
    deployment_configuration,
    network,
    normal,
)
from sandbox.emulator.ecs.api.service_view import view
from sandbox.emulator.ecs.deployments import deployment_alarms, deployments, history
from sandbox.emulator.ecs.deployments.service_scheduler import Scheduler
from sandbox.emulator.ecs.stopping import Stopper
from sandbox.emulator.patching.patch import Answer, Handler, Needs, Record, Refusal, json_handler, unwrap

NEEDS: Needs = {
    "ministack.services.ecs": ("_ACTION_MAP", "_clusters", "_create_service", "_recount_cluster", "_services")
}

MAX_DESCRIBED = 10
# What CreateService takes and ministack drops.
DROPPED = (
    "availabilityZoneRebalancing",
    "placementConstraints",
    "placementStrategy",
    "serviceConnectConfiguration",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
)


class ServiceApi:
    """The operations on services."""

    def __init__(self, scheduler: Scheduler, stopper: Stopper) -> None:
        self._scheduler, self._stopper = scheduler, stopper
        self._create_original: Callable[[Record], Answer] = ecs._create_service

    def install(self) -> None:
        """Put them in ministack's table."""
        ecs._ACTION_MAP.update(
            CreateService=self._handler(self._create),
            UpdateService=self._handler(self._update),
            DeleteService=self._handler(self._delete),
            DescribeServices=self._handler(_describe),
        )

    def _handler(self, function: Callable[[Record], Record]) -> Handler:
        def under_lock(data: Record) -> Record:
            with self._scheduler.locked():
                return function(data)

        return json_handler(under_lock)

    def _create(self, data: Record) -> Record:
        check_creation(data)
        unwrap(self._create_original(data))
        service: Record = ecs._services[f"{store.cluster_of(data)}/{data['serviceName']}"]
        service.update({name: data[name] for name in DROPPED if name in data})
        service["networkConfiguration"] = network(data.get("networkConfiguration"))
        service.setdefault("availabilityZoneRebalancing", "ENABLED")
        service["deploymentConfiguration"] = deployment_configuration(data.get("deploymentConfiguration"))
        _fill_platform(service)
        service["deployments"] = []
        deployment_alarms.begin(history.record(service, deployments.begin(service)))
        return {"service": view(service, tags=True)}

    def _update(self, data: Record) -> Record:
        service = store.service_of(data)
        check_update(service, data)
        if data.get("taskDefinition"):
            data["taskDefinition"] = store.task_definition(data["taskDefinition"])["taskDefinitionArn"]
        if "networkConfiguration" in data:
            data["networkConfiguration"] = network(data["networkConfiguration"])
        rolls = bool(data.get("forceNewDeployment")) or any(
            name in data and data[name] != service.get(name) for name in TRIGGERS
        )
        _keep(service, data)
        if rolls:
            deployment_alarms.begin(history.record(service, deployments.begin(service)))
        store.primary(service)["desiredCount"] = service["desiredCount"]
        return {"service": view(service)}

    def _delete(self, data: Record) -> Record:
        service = store.service_of(data)
        if service["desiredCount"] > 0 and not data.get("force"):
            raise Refusal("InvalidParameterException", "The service cannot be stopped while it is scaled above 0.")
        if service["status"] == "INACTIVE":
            raise Refusal("ServiceNotActiveException", "Service was not ACTIVE.")
        service.update(status="DRAINING", desiredCount=0)
        history.forget(service)
        for task in store.live(store.tasks_of(service)):
            self._stopper.stop(task, "Service deleted", "ServiceSchedulerInitiated")
        ecs._recount_cluster(store.cluster_name(service))
        return {"service": view(service)}


def _keep(service: Record, data: Record) -> None:
    """Take over what an update names, and nothing else."""
    service.update({name: data[name] for name in (*TRIGGERS, *KEPT) if name in data})
    if data.get("desiredCount") is not None:
        service["desiredCount"] = data["desiredCount"]
        service["_steady"] = False
    if "deploymentConfiguration" in data:
        merged = {**service["deploymentConfiguration"], **data["deploymentConfiguration"]}
        service["deploymentConfiguration"] = deployment_configuration(merged)
    if normal(data.get("capacityProviderStrategy")):
        service["launchType"] = None


def _fill_platform(service: Record) -> None:
    """Fargate services show LATEST until it is resolved."""
    strategy = service.get("capacityProviderStrategy") or []
    providers = {row["capacityProvider"] for row in strategy}
    if service.get("launchType") == "FARGATE" or providers & {"FARGATE", "FARGATE_SPOT"}:
        service["platformVersion"] = service.get("platformVersion") or "LATEST"
        service["platformFamily"] = service.get("platformFamily") or "Linux"


def _describe(data: Record) -> Record:
    cluster, references = store.cluster_of(data), list(data.get("services") or [])
    if not 1 <= len(references) <= MAX_DESCRIBED:
        raise Refusal("InvalidParameterException", f"Services must have 1 to {MAX_DESCRIBED} members.")
    tags = "TAGS" in (data.get("include") or [])
    found = {reference: store.find_service(cluster, reference) for reference in references}
    return {
        "services": [view(service, tags=tags) for service in found.values() if service is not None],
        "failures": [
            {"arn": _arn(cluster, reference), "reason": "MISSING"}
            for reference, service in found.items()
            if service is None
        ],
    }


def _arn(cluster: str, reference: str) -> str:
    if reference.startswith("arn:"):
        return reference
    prefix = ecs._clusters[cluster]["clusterArn"].split(":cluster/", 1)[0]
    return f"{prefix}:service/{cluster}/{reference}"
