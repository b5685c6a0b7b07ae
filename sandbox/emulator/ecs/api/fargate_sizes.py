"""The task sizes that Fargate offers."""

from collections.abc import Callable

from ministack.services import ecs

from sandbox.emulator.ecs import definitions
from sandbox.emulator.patching.patch import Handler, Needs, Record, Refusal, json_handler, unwrap

NEEDS: Needs = {"ministack.services.ecs": ("_ACTION_MAP", "_register_task_definition")}

GIB = 1024
# CPU units to MiB: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
MEMORY: dict[int, frozenset[int]] = {
    256: frozenset({512, 1 * GIB, 2 * GIB}),
    512: frozenset(range(1 * GIB, 4 * GIB + 1, GIB)),
    1024: frozenset(range(2 * GIB, 8 * GIB + 1, GIB)),
    2048: frozenset(range(4 * GIB, 16 * GIB + 1, GIB)),
    4096: frozenset(range(8 * GIB, 30 * GIB + 1, GIB)),
    8192: frozenset(range(16 * GIB, 60 * GIB + 1, 4 * GIB)),
    16384: frozenset(range(32 * GIB, 120 * GIB + 1, 8 * GIB)),
    32768: frozenset({60 * GIB, 122 * GIB, 244 * GIB}),
}


def install() -> None:
    """Refuse task definitions that ECS doesn't take, or Fargate has no size for."""
    original: Handler = ecs._register_task_definition
    ecs._ACTION_MAP["RegisterTaskDefinition"] = json_handler(_registering(original))


def _registering(original: Handler) -> Callable[[Record], Record]:
    def register(data: Record) -> Record:
        definitions.check(data)
        if "FARGATE" in (data.get("requiresCompatibilities") or []):
            check(data)
        return unwrap(original(data))

    return register


def check(data: Record) -> None:
    """Raise the refusal that RegisterTaskDefinition gives for a size or network mode that Fargate lacks."""
    cpu, memory = units(data.get("cpu"), "vcpu"), units(data.get("memory"), "gb")
    if memory not in MEMORY.get(cpu, ()):
        raise Refusal("ClientException", "No Fargate configuration exists for given values.")
    if data.get("networkMode") != "awsvpc":
        raise Refusal("ClientException", "Fargate only supports network mode ‘awsvpc’.")
    for container in data.get("containerDefinitions") or []:
        if any(
            port.get("hostPort", port["containerPort"]) not in (0, port["containerPort"]) for port in _ports(container)
        ):
            raise Refusal(
                "ClientException",
                "When networkMode=awsvpc, the host ports and container ports in port mappings must match.",
            )


def units(text: object, unit: str) -> int:
    """CPU units or MiB: `256`, `.25 vCPU`, `1 vCPU`, `512`, `1 GB`, `.5 GB`; -1 when it is none of these."""
    number, _, given = str(text or "").strip().lower().partition(" ")
    try:
        return int(float(number) * GIB) if given == unit else int(number)
    except ValueError:
        return -1


def _ports(container: Record) -> list[Record]:
    return [mapping for mapping in container.get("portMappings") or [] if "containerPort" in mapping]
