"""The task sizes that Fargate accepts.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
"""

GIB = 1024

MEMORY: dict[int, range | tuple[int, ...]] = {
    256: (512, 1 * GIB, 2 * GIB),
    512: range(1 * GIB, 4 * GIB + 1, GIB),
    1024: range(2 * GIB, 8 * GIB + 1, GIB),
    2048: range(4 * GIB, 16 * GIB + 1, GIB),
    4096: range(8 * GIB, 30 * GIB + 1, GIB),
    8192: range(16 * GIB, 60 * GIB + 1, 4 * GIB),
    16384: range(32 * GIB, 120 * GIB + 1, 8 * GIB),
}
"""CPU units (1024 = one vCPU) to the memory sizes in MiB that go with them."""


def describe_cpu() -> str:
    """The CPU sizes, as an error message lists them."""
    return ", ".join(str(cpu) for cpu in MEMORY)


def describe_memory(cpu: int) -> str:
    """The memory sizes in MiB that go with `cpu`, as an error message lists them."""
    sizes = MEMORY[cpu]
    if isinstance(sizes, range):
        return f"{sizes.start} to {sizes[-1]} in steps of {sizes.step}"
    return ", ".join(str(size) for size in sizes)
