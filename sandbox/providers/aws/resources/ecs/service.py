"""ECS services."""

from sandbox.providers.aws.comparing import last_segment
from sandbox.providers.aws.failures import PluginError, found, one, wait
from sandbox.providers.aws.resource import Call, Name, Row, words
from sandbox.providers.aws.resources.ecs import common
from sandbox.providers.aws.resources.ecs.service_shape import changes, creation, shown
from sandbox.providers.values import Properties


def _create(call: Call) -> None:
    made = call.aws.create_service(**creation(call.inputs), **common.tags(call))["service"]
    call.created(made["serviceArn"])
    _settle(call)


def _describe(call: Call) -> Properties | None:
    cluster = {"cluster": call.setting("cluster")} if call.setting("cluster") else {}
    asked = {**cluster, "services": [call.id], "include": ["TAGS"]}
    service = one(found(lambda: call.aws.describe_services(**asked)), "services")
    return service if service and service.get("status") != "INACTIVE" else None


def _read(call: Call) -> Properties | None:
    service = _describe(call)
    return shown(service) if service and service.get("status") == "ACTIVE" else None


def _update(call: Call) -> None:
    arguments = changes(call.inputs, call.changed)
    if arguments:
        call.aws.update_service(cluster=call.setting("cluster"), service=call.id, **arguments)
        _settle(call)


def _settle(call: Call) -> None:
    """Waits for the steady state where the program asked for it, and never else."""
    if call.inputs.get("waitForSteadyState"):
        what = f"{call.type} {call.name}: steady"
        wait(lambda: _is_steady(_describe(call) or {}), what=what, seconds=call.seconds)


def _is_steady(service: Properties) -> bool:
    deployments = service.get("deployments", [])
    return len(deployments) == 1 and service.get("runningCount") == service.get("desiredCount")


def _delete(call: Call) -> None:
    """Scales to zero, deletes, and waits until no task is left: what the tasks use goes next."""
    cluster = call.setting("cluster")
    if _describe(call) is not None:
        if call.setting("schedulingStrategy") != "DAEMON":
            found(lambda: call.aws.update_service(cluster=cluster, service=call.id, desiredCount=0))
        found(lambda: call.aws.delete_service(cluster=cluster, service=call.id, force=True))
    what = f"{call.type} {call.name}: inactive and without tasks"
    wait(lambda: _describe(call) is None and not _tasks(call), what=what, seconds=call.seconds)


def _tasks(call: Call) -> list[str]:
    """Tasks of the service that have not stopped yet, draining ones included."""
    name = str(last_segment(call.id))
    arguments = {"cluster": call.setting("cluster"), "serviceName": name}
    running = found(lambda: call.aws.list_tasks(**arguments, desiredStatus="RUNNING")) or {}
    stopping = found(lambda: call.aws.list_tasks(**arguments, desiredStatus="STOPPED")) or {}
    arns: list[str] = stopping.get("taskArns", [])
    described = (
        found(lambda: call.aws.describe_tasks(cluster=call.setting("cluster"), tasks=arns[:100])) if arns else {}
    )
    unfinished = [t["taskArn"] for t in (described or {}).get("tasks", []) if t["lastStatus"] != "STOPPED"]
    return [*running.get("taskArns", []), *unfinished]


def _locate(call: Call) -> None:
    cluster, _, name = call.id.partition("/")
    if not name or ":" in call.id:
        raise PluginError(f"{call.type}: import id {call.id!r}: expected <cluster>/<service>")
    call.state, call.id = {"cluster": cluster}, name
    service = _describe(call)
    if service is not None:
        call.created(service["serviceArn"])


def _replaced_by_strategy(old: Properties, new: Properties) -> frozenset[str]:
    """Another capacity provider strategy is a new service, unless a new deployment is forced in the same update.

    https://github.com/hashicorp/terraform-provider-aws: customize diff of aws_ecs_service. From or to an empty
    strategy it is a new service in any case.
    """
    key = "capacityProviderStrategies"
    forced = new.get("forceNewDeployment") and old.get(key) and new.get(key)
    return frozenset() if forced else frozenset({key})


ROWS = (
    Row(
        type="aws:ecs/service:Service",
        service="ecs",
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        retag=common.retag,
        locate=_locate,
        name=Name(),
        fixed=words("name cluster launchType schedulingStrategy deploymentController"),
        defaults={
            "deploymentMaximumPercent": 200,
            "deploymentMinimumHealthyPercent": 100,
            "schedulingStrategy": "REPLICA",
            "waitForSteadyState": False,
        },
        computed=words("name cluster launchType platformVersion availabilityZoneRebalancing triggers"),
        kept=words("forceDelete forceNewDeployment triggers waitForSteadyState sigintRollback"),
        lacks=words("iamRole serviceConnectConfiguration volumeConfiguration vpcLatticeConfigurations"),
        ordered=words("orderedPlacementStrategies"),
        forms={"cluster": last_segment, "taskDefinition": last_segment},
        must_replace=_replaced_by_strategy,
    ),
)
