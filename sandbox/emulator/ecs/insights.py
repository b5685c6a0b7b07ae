"""How many tasks services have and shall have, as Container Insights tells it where a cluster has that on.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
"""

from collections.abc import Iterator

from ministack.services import ecs

from sandbox.emulator.cloudwatch.minutes import Datum
from sandbox.emulator.ecs.store import all_services
from sandbox.emulator.patching.patch import Needs, Record

NEEDS: Needs = {"ministack.services.ecs": ("_clusters",)}

NAMESPACE = "ECS/ContainerInsights"
COUNTS = {"DesiredTaskCount": "desiredCount", "RunningTaskCount": "runningCount", "PendingTaskCount": "pendingCount"}


def tell(_seconds: float) -> Iterator[Datum]:
    """The counts of each service of a cluster that has Container Insights."""
    watched = {(account, region, name) for (account, region, name), row in ecs._clusters.all_items() if _on(row)}
    for account, region, service in all_services():
        cluster = str(service["clusterArn"]).rsplit("/", 1)[-1]
        if (account, region, cluster) in watched and service["status"] == "ACTIVE":
            dimensions = {"ClusterName": cluster, "ServiceName": service["serviceName"]}
            for name, key in COUNTS.items():
                yield Datum(
                    account=account, region=region, namespace=NAMESPACE, name=name, dimensions=dimensions,
                    value=float(service.get(key) or 0),
                )  # fmt: skip


def _on(cluster: Record) -> bool:
    settings = {row["name"]: row["value"] for row in cluster.get("settings") or []}
    return settings.get("containerInsights") in ("enabled", "enhanced")
