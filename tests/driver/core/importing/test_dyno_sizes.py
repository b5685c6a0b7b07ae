import pytest

from driver.core.importing.dyno_sizes import fargate
from model.settings.fargate_sizes import MEMORY


@pytest.mark.parametrize(
    ("dyno", "cpu", "memory", "exact"),
    [
        ("Eco", 256, 512, True),
        ("Basic", 256, 512, True),
        ("Standard-1X", 256, 512, True),
        ("standard-2X", 512, 1024, True),
        ("Performance-M", 1024, 3072, True),
        ("Private-S", 1024, 2048, True),
        ("Shield-L", 4096, 14336, True),
        ("Performance-L-RAM", 4096, 30720, True),
        ("Performance-XL", 16384, 65536, True),
        ("Performance-2XL", 16384, 122880, False),
        ("dyno-1c-0.5gb", 256, 512, False),
        ("dyno-8c-16gb", 2048, 16384, False),
        ("dyno-16c-900gb", 16384, 122880, False),
        ("m", 256, 512, False),
        ("something-new", 256, 512, False),
    ],
)
def test_a_dyno_becomes_a_size_of_fargate_that_holds_its_memory(dyno: str, cpu: int, memory: int, exact: bool) -> None:
    assert fargate(dyno) == (cpu, memory, exact)
    assert memory in MEMORY[cpu]
