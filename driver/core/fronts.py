"""Load balancers as the settings have them against those that stand: a deploy makes none."""

from driver.core.state import StackState
from driver.errors import NotReady
from spec.ingress import Ingress, stands
from spec.names import SHARED
from spec.settings import Settings
from spec.tokens import SERVICE, TARGET_GROUP


def check_built(settings: Settings, app: str, stack: StackState) -> None:
    """What a release of the app would move its services to is there. Raises NotReady."""
    env, wanted = settings.env, settings.ingress
    services = [row for row in stack.resources if row.kind == SERVICE and row.name.partition(".")[0] == app]
    moving = {row.name for row in services if stands(row.outputs) not in {None, wanted}}
    groups = [row for row in stack.resources if row.kind == TARGET_GROUP and row.name in moving]
    built = {row.name for row in groups if row.output("name").endswith(SHARED) is (wanted is Ingress.SHARED)}
    if moving - built:
        raise NotReady(
            f"the settings of {env} have ingress {wanted}, which nothing has built yet for {', '.join(sorted(moving))}",
            hint=f"Run `slipway up {env}` first: a deploy changes no infrastructure.",
        )
