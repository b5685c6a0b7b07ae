"""Target groups as AWS keeps them: names, repeated creation, who uses them, and no deletion while in use."""

from ministack.services import alb

from sandbox.emulator.elbv2 import groups
from sandbox.emulator.elbv2.balancers import check_name, settings_of
from sandbox.emulator.elbv2.query import extend, listed, parameter, xml
from sandbox.emulator.elbv2.targets import Targets
from sandbox.emulator.patching.patch import Answer, Handler, Needs, Record, Refusal

NEEDS: Needs = {"ministack.services.alb": ("_tg_xml", "_tgs")}


class GroupApi:
    """The operations on target groups that ministack gets wrong."""

    def __init__(self, targets: Targets) -> None:
        self._targets = targets
        self._settings: dict[str, Record] = {}

    def install(self) -> None:
        """Extend creation, description and deletion."""
        extend("CreateTargetGroup", self._creating)
        extend("DescribeTargetGroups", _describing)
        extend("DeleteTargetGroup", self._deleting)

    def _creating(self, original: Handler) -> Handler:
        def create(params: Record) -> Answer:
            name, settings = parameter(params, "Name"), settings_of(params)
            check_name("target group", name)
            existing = _by_name(name)
            if existing is not None:
                return self._created_before(existing, settings)
            made = original(params)
            if (group := _by_name(name)) is not None:
                self._settings[group["TargetGroupArn"]] = settings
            return made

        return create

    def _created_before(self, existing: Record, settings: Record) -> Answer:
        if self._settings.get(existing["TargetGroupArn"]) == settings:
            return xml("CreateTargetGroup", f"<TargetGroups>{alb._tg_xml(existing)}</TargetGroups>")
        raise Refusal(
            "DuplicateTargetGroupName",
            f"A target group with the same name '{existing['TargetGroupName']}' exists, but with different settings",
        )

    def _deleting(self, original: Handler) -> Handler:
        def delete(params: Record) -> Answer:
            arn = parameter(params, "TargetGroupArn")
            if arn in alb._tgs and groups.load_balancers_of(arn):
                raise Refusal("ResourceInUse", f"Target group '{arn}' is currently in use by a listener or a rule")
            self._settings.pop(arn, None)
            self._targets.drop_group(arn)
            return original(params)

        return delete


def _describing(original: Handler) -> Handler:
    def describe(params: Record) -> Answer:
        for group in alb._tgs.values():
            group["LoadBalancerArns"] = groups.load_balancers_of(group["TargetGroupArn"])
        known = {group["TargetGroupName"] for group in alb._tgs.values()}
        if missing := [name for name in listed(params, "Names") if name not in known]:
            raise Refusal("TargetGroupNotFound", f"Target groups '{', '.join(missing)}' not found")
        return original(params)

    return describe


def _by_name(name: str) -> Record | None:
    return next((row for row in alb._tgs.values() if row["TargetGroupName"] == name), None)
