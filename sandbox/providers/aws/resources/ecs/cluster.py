"""ECS clusters and their capacity providers."""

from sandbox.providers.aws.comparing import last_segment
from sandbox.providers.aws.failures import found, one, wait
from sandbox.providers.aws.resource import Call, Name, Row, words
from sandbox.providers.aws.resources.ecs import common
from sandbox.providers.aws.resources.shared import pick, tag_map, without_empty
from sandbox.providers.values import Properties


def _create(call: Call) -> None:
    arguments = {"clusterName": call.inputs["name"]} | without_empty(pick(call.inputs, "settings configuration"))
    arguments |= without_empty(pick(call.inputs, "serviceConnectDefaults"))
    call.created(call.aws.create_cluster(**arguments, **common.tags(call))["cluster"]["clusterArn"])


def _describe(call: Call, cluster: str) -> Properties | None:
    asked = ["TAGS", "SETTINGS", "CONFIGURATIONS"]
    described = one(found(lambda: call.aws.describe_clusters(clusters=[cluster], include=asked)), "clusters")
    return described if described and described.get("status") != "INACTIVE" else None


def _read(call: Call) -> Properties | None:
    cluster = _describe(call, call.id)
    if cluster is None:
        return None
    shown = {"arn": cluster["clusterArn"], "name": cluster["clusterName"], "settings": cluster.get("settings", [])}
    shown |= pick(cluster, "configuration serviceConnectDefaults")
    return shown | {"tags": tag_map(cluster.get("tags"), "key", "value")}


def _update(call: Call) -> None:
    arguments = without_empty(pick(call.inputs, "settings configuration serviceConnectDefaults"))
    call.aws.update_cluster(cluster=call.id, **arguments)


def _delete(call: Call) -> None:
    found(lambda: call.aws.delete_cluster(cluster=call.id))
    wait(lambda: _describe(call, call.id) is None, what=f"{call.type} {call.name}: deleted", seconds=call.seconds)


def _locate(call: Call) -> None:
    cluster = _describe(call, call.id)
    call.created(cluster["clusterArn"] if cluster else call.id)


def _put_providers(call: Call) -> None:
    name = call.inputs["clusterName"]
    call.aws.put_cluster_capacity_providers(
        cluster=name,
        capacityProviders=call.inputs.get("capacityProviders") or [],
        defaultCapacityProviderStrategy=without_empty(call.inputs.get("defaultCapacityProviderStrategies") or []),
    )
    call.created(name)


def _read_providers(call: Call) -> Properties | None:
    cluster = _describe(call, call.id)
    if cluster is None:
        return None
    return {
        "clusterName": cluster["clusterName"],
        "capacityProviders": cluster.get("capacityProviders", []),
        "defaultCapacityProviderStrategies": cluster.get("defaultCapacityProviderStrategy", []),
    }


def _delete_providers(call: Call) -> None:
    empty: Properties = {"capacityProviders": [], "defaultCapacityProviderStrategy": []}
    found(lambda: call.aws.put_cluster_capacity_providers(cluster=call.id, **empty))


ROWS = (
    Row(
        type="aws:ecs/cluster:Cluster",
        service="ecs",
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        retag=common.retag,
        locate=_locate,
        name=Name(),
        fixed=words("name"),
        computed=words("name settings serviceConnectDefaults"),
    ),
    Row(
        type="aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
        service="ecs",
        create=_put_providers,
        read=_read_providers,
        update=_put_providers,
        delete=_delete_providers,
        fixed=words("clusterName"),
        forms={"clusterName": last_segment},
        deletes_first=True,
    ),
)
