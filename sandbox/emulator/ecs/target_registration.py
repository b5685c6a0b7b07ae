"""A service's running tasks as targets of its target groups."""

from sandbox.emulator.ecs.health import balancers
from sandbox.emulator.ecs.stopping import Stopper
from sandbox.emulator.ecs.store import address, events_say
from sandbox.emulator.elbv2.targets import Address, Targets
from sandbox.emulator.patching.patch import Needs, Record

NEEDS: Needs = {}


class Registration:
    """Registers tasks that run and deregisters those that came to their end by themselves."""

    def __init__(self, targets: Targets, stopper: Stopper) -> None:
        self._targets, self._stopper = targets, stopper

    def update(self, service: Record, tasks: list[Record]) -> None:
        """Bring the targets up to date with the tasks."""
        for task in tasks:
            if task["lastStatus"] == "RUNNING" and task["desiredStatus"] == "RUNNING":
                self._register(service, task)
            elif task["lastStatus"] == "STOPPED" and task.get("_targets"):
                self._stopper.deregister(task)
                self.say_left(service, [task])
                task["_targets"] = []

    def say_left(self, service: Record, tasks: list[Record]) -> None:
        """The events of tasks that left their target groups."""
        groups = [group for task in tasks for group, _ in task.get("_targets") or []]
        for group in dict.fromkeys(groups):
            count = groups.count(group)
            events_say(service, f"deregistered {count} targets in (target-group {group})")
            events_say(service, f"has begun draining connections on {count} tasks.")

    def _register(self, service: Record, task: Record) -> None:
        host = address(task)
        if host is None:
            return
        known = task.setdefault("_targets", [])
        for balancer in balancers(service):
            entry = (balancer["targetGroupArn"], Address(host, int(balancer["containerPort"])))
            if entry not in known:
                self._targets.register(*entry)
                known.append(entry)
                events_say(service, f"registered 1 targets in (target-group {entry[0]})")
