"""The Fargate size that does what a dyno did.

https://devcenter.heroku.com/articles/dyno-tiers
"""

import re
from typing import Final, NamedTuple

from model.settings.fargate_sizes import GIB, MEMORY


class Size(NamedTuple):
    """CPU units and memory in MiB, as Fargate has them; `exact` where it is known to be no smaller than the dyno."""

    cpu: int
    memory: int
    exact: bool = True


_SHARED: Final = Size(256, 512)
_COMMON: Final = {
    **dict.fromkeys(("free", "hobby", "eco", "basic", "standard-1x"), _SHARED),
    "standard-2x": Size(512, 1 * GIB),
}
_DEDICATED: Final = {
    "s": Size(1024, 2 * GIB),
    "m": Size(1024, 3 * GIB),
    "l": Size(4096, 14 * GIB),
    "l-ram": Size(4096, 30 * GIB),
    "xl": Size(16384, 64 * GIB),
    "2xl": Size(16384, 120 * GIB, exact=False),
}
_TIER = re.compile(r"(?:performance|private|shield)-(.+)")
_NAMED = re.compile(r"dyno-\w+-(\d+(?:\.\d+)?)gb")


def fargate(dyno: str) -> Size:
    """The size for a dyno's, by its name in any case. Where the name is not known, the smallest that holds the memory
    in the name; the smallest of all where there is none in it."""
    name = dyno.lower()
    tier = _TIER.fullmatch(name)
    known = _DEDICATED.get(tier[1]) if tier else _COMMON.get(name)
    if known is not None:
        return known
    named = _NAMED.fullmatch(name)
    return _holding(float(named[1]) * GIB) if named else Size(*_SHARED[:2], exact=False)


def _holding(memory: float) -> Size:
    for cpu, sizes in MEMORY.items():
        for size in sizes:
            if size >= memory:
                return Size(cpu, size, exact=False)
    cpu = max(MEMORY)
    return Size(cpu, MEMORY[cpu][-1], exact=False)
