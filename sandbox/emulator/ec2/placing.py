"""The subnet of a task: ECS spreads the tasks of a service over those that it is given, ministack uses the first.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html
"""

from collections import Counter
from collections.abc import Callable

from ministack.services import ec2, ecs

from sandbox.emulator.patching.patch import Answer, Needs, Record, answer, body_of, replace

NEEDS: Needs = {
    "ministack.services.ec2": ("_subnets",),
    "ministack.services.ecs": ("_requested_subnet", "_run_task", "_tasks"),
}


def install() -> None:
    """Start tasks one by one, each where the fewest of all tasks are."""
    replace(ecs, "_requested_subnet", _spreading)
    replace(ecs, "_run_task", _one_by_one)


def _spreading(original: Callable[[Record], str | None]) -> Callable[[Record], str | None]:
    def choose(data: Record) -> str | None:
        if original(data) is None:
            return None
        subnets: list[str] = data["networkConfiguration"]["awsvpcConfiguration"]["subnets"]
        live = Counter(task.get("_subnet") for task in list(ecs._tasks.values()) if task["lastStatus"] != "STOPPED")
        return min(subnets, key=lambda name: live[name])

    return choose


def _one_by_one(original: Callable[[Record], Answer]) -> Callable[[Record], Answer]:
    def run(data: Record) -> Answer:
        tasks: list[Record] = []
        failures: list[Record] = []
        for _ in range(int(data.get("count", 1))):
            made = original({**data, "count": 1})
            if made[0] >= 400:
                return made
            body = body_of(made)
            tasks += [_placed(task, data) for task in body["tasks"]]
            failures += body.get("failures", [])
        return answer({"tasks": tasks, "failures": failures})

    return run


def _placed(task: Record, data: Record) -> Record:
    """A task in the zone of its subnet, with the security groups that were asked for."""
    record = ecs._tasks[task["taskArn"]]
    settings = (data.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {}
    record["_groups"] = list(settings.get("securityGroups") or [])
    zone = ec2._subnets.get(record.get("_subnet"), {}).get("AvailabilityZone")
    if zone:
        record["availabilityZone"] = task["availabilityZone"] = zone
    return task
