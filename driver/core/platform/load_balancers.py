"""Load balancers and target groups as the settings have them against those that stand: no command may take one away
under the tasks that it serves."""

from driver.core.values.checkpoint import Resource, StackState
from driver.errors import NotReady
from model.names.names import SHARED, shared_balancer
from model.names.pulumi_types import BALANCER, LISTENER, LISTENER_RULE, SERVICE, TARGET_GROUP
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


def check_public(settings: Settings, stack: StackState, app: str | None = None) -> None:
    """No process of this app, or of any, that stands on a public load balancer shall be internal, or the other way
    round: its target group is of one load balancer, and would have to leave it under the tasks. Raises NotReady.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
    """
    for logical, door in settings.doors.items():
        name, key = door.names.app, door.names.process
        found = _public(settings.env, logical, stack) if app in {None, name} else None
        if found is not None and found is not door.public:
            now, then = (str(one).lower() for one in (found, door.public))
            raise NotReady(
                f"apps/{name}/processes/{key}/public: {then} would take {logical} off the load balancer that it is"
                " reached by, while it stands",
                hint=(
                    f"Put public: {now} back. For public: {then} add a process that has it, with a port of its own,"
                    f" and take {key} away later."
                ),
            )


def _public(env: str, logical: str, stack: StackState) -> bool | None:
    """Whether a process is reached by a public load balancer, its own or the shared one; None where by none."""
    shared = {shared_balancer(env, public=public): public for public in (True, False)}
    for row in stack.resources:
        if row.name != logical:
            continue
        if row.kind == BALANCER:
            return row.outputs.get("internal") is not True
        # arn:aws:elasticloadbalancing:<region>:<account>:listener/app/<load balancer>/<id>/<id>
        parts = (row.output("listenerArn") or row.output("loadBalancerArn")).split("/")
        if row.kind in {LISTENER, LISTENER_RULE} and len(parts) > 2 and parts[2] in shared:
            return shared[parts[2]]
    return None


def moved(settings: Settings, stack: StackState) -> list[str]:
    """The addresses that end with the next update, in words: a port of the shared load balancer that a name replaces,
    and the other way round."""
    lines = []
    for logical, door in settings.doors.items() if settings.ingress is Ingress.SHARED else ():
        kinds = {row.kind for row in stack.resources if row.name == logical and row.kind in {LISTENER, LISTENER_RULE}}
        if door.hosts and kinds == {LISTENER}:
            lines.append(
                f"{logical} answers on port {door.port} of its load balancer no more with this update, but to"
                f" {', '.join(door.hosts)} alone: who has the old address needs the new one before"
            )
        if not door.hosts and kinds == {LISTENER_RULE}:
            lines.append(
                f"{logical} answers to no host name any more with this update, but on port {door.port} of its load"
                " balancer: who has the old address needs the new one before"
            )
    return lines


def _port(group: Resource) -> int | None:
    """The engine gives every number as a float."""
    value = group.outputs.get("port")
    return int(value) if isinstance(value, int | float) else None
