"""Cloud Map: a service that names a registry has the addresses of its running tasks there.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html
"""

from ministack.core.responses import request_scope
from ministack.services import ecs, servicediscovery

from sandbox.emulator.ecs import store
from sandbox.emulator.patching.background import again
from sandbox.emulator.patching.patch import Needs, Record

NEEDS: Needs = {
    "ministack.core.responses": ("request_scope",),
    "ministack.services.ecs": ("_task_ip",),
    "ministack.services.servicediscovery": ("_deregister_instance", "_instances", "_register_instance", "_services"),
}

TICK = 0.2


class Registrar:
    """Looks at all services a few times a second, and brings each one's registry in line with its tasks."""

    def start(self) -> None:
        """Register until the process ends."""
        again("registrar", TICK, self.look)

    def look(self) -> None:
        """Every service that names a registry; one that is gone has no tasks any more."""
        for account, region, service in store.all_services():
            for registry in service.get("serviceRegistries") or []:
                with request_scope(account, region):
                    _register(service, registry["registryArn"].rsplit("/", 1)[-1])


def _register(service: Record, registry: str) -> None:
    if registry not in servicediscovery._services:
        return
    running = {
        task["taskArn"].rsplit("/", 1)[-1]: ecs._task_ip(task)
        for task in store.live(store.tasks_of(service))
        if task["lastStatus"] == "RUNNING" and ecs._task_ip(task)
    }
    known = set(servicediscovery._instances.get(registry, {}))
    for name in sorted(known - set(running)):
        servicediscovery._deregister_instance({"ServiceId": registry, "InstanceId": name})
    for name in sorted(set(running) - known):
        attributes = {
            "AWS_INSTANCE_IPV4": running[name],
            "ECS_CLUSTER_NAME": store.cluster_name(service),
            "ECS_SERVICE_NAME": service["serviceName"],
        }
        servicediscovery._register_instance({"ServiceId": registry, "InstanceId": name, "Attributes": attributes})
