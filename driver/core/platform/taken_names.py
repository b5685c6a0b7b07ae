"""Names that an account may have already, looked at before the first change.

Where AWS makes nothing twice by a name and refuses nothing either, the engine would take over what is somebody else's.
"""

from driver.core.ports import World
from driver.core.values.checkpoint import StackState
from driver.core.values.existing import Wanted, check_ours
from model.names.pulumi_types import CLUSTER


def check(world: World, stack: StackState) -> None:
    """The cluster's name is free, or has the environment's tag. Raises EngineFailed, Unreachable, Expired.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html
    """
    if any(row.kind == CLUSTER for row in stack.resources):
        return
    wanted = Wanted(kind=CLUSTER, name="cluster", inputs={"name": world.settings.env})
    found = world.existing.find(wanted)
    if found is not None:
        check_ours(world.settings.env, wanted, found)
