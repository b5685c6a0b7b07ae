"""Which modules of this package are put in place, in an order in which they can be."""

from types import ModuleType

from sandbox.emulator.ec2 import (
    actions,
    addresses,
    blocks,
    endpoints,
    flow_logs,
    in_use,
    interfaces,
    nat_addresses,
    occupants,
    placing,
    rules,
    subnets,
)

INSTALLED: tuple[ModuleType, ...] = (
    addresses,
    blocks,
    endpoints,
    flow_logs,
    interfaces,
    nat_addresses,
    placing,
    # These let ministack, and what is in place by now, do what they don't refuse.
    subnets,
    in_use,
    rules,
)
"""Those with an `install()`."""

MODULES: tuple[ModuleType, ...] = (actions, occupants, *INSTALLED)
"""All that need something of ministack."""
