"""A sandbox's status in words."""

from collections.abc import Iterator

from sandbox.daemon.status import Memory, Status

MIB = 1 << 20


def lines(status: Status) -> Iterator[str]:
    """What `slipway sandbox status` prints."""
    if not status.up:
        yield f"down: no sandbox runs in {status.folder}"
        return
    yield f"up: {status.folder}, process {status.pid}, region {status.region}, tasks and load balancers in {status.net}"
    yield from (f"{name:<7} {url}" for name, url in (status.urls or {}).items())
    yield f"memory  {in_words(status.memory or Memory())}"
    yield f"ECS     {status.services} service(s), {status.running_tasks} running task(s)"
    yield from (f"{balancer.name}  {balancer.url}" for balancer in status.balancers)


def lost(status: Status) -> str:
    """What is thrown away where it is stopped; empty where it does not run."""
    if not status.up:
        return ""
    counts = f"{status.services} service(s) with {status.running_tasks} running task(s)"
    return f"{counts}, and all else in its AWS and its Vault: state, images, variables, logs"


def in_words(memory: Memory) -> str:
    """In whole MiB."""
    parts = {"the sandbox": memory.sandbox, "OpenBao": memory.vault, "the tasks": memory.tasks}
    return ", ".join(f"{size // MIB} MiB {name}" for name, size in parts.items())
