"""Load balancers and target groups as the settings have them against those that stand: no command may take one away
under the tasks that it serves."""

from driver.core.values.checkpoint import Resource, StackState
from driver.errors import NotReady
from model.names.names import SHARED
from model.names.pulumi_types import SERVICE, TARGET_GROUP
from model.settings.environment import Settings
from model.settings.ingress import Ingress, stands


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


def check_ports(settings: Settings, stack: StackState, app: str | None = None) -> None:
    """No process of this app, or of any, has another port than its target group: a port can't change, and another
    group in its place has no task behind it until the next release. Raises NotReady.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyTargetGroup.html
    """
    for row in stack.resources:
        name, _, key = row.name.partition(".")
        if row.kind != TARGET_GROUP or app not in {None, name} or name not in settings.apps:
            continue
        process, found = settings.apps[name].processes.get(key), _port(row)
        if process is None or found is None or process.port == found:
            continue
        path, wanted = f"apps/{name}/processes/{key}/port", "no port" if process.port is None else process.port
        raise NotReady(
            f"{path}: {wanted} would take away the target group with port {found} by which {row.name} is reached",
            hint=f"Put port: {found} back. For another port add a process that has it, and take {key} away later.",
        )


def _port(group: Resource) -> int | None:
    """The engine gives every number as a float."""
    value = group.outputs.get("port")
    return int(value) if isinstance(value, int | float) else None
