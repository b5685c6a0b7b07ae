"""The names that AWS gives service-linked roles: ministack makes up one for each, and the same for two services."""

from collections.abc import Callable
from typing import Any

from ministack.services import iam

from sandbox.emulator.patching.patch import Needs

NEEDS: Needs = {"ministack.services.iam": ("_IAM_HANDLERS", "_create_service_linked_role", "_error", "_p", "_roles")}

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
NAMES = {
    "ecs.amazonaws.com": "AWSServiceRoleForECS",
    "elasticloadbalancing.amazonaws.com": "AWSServiceRoleForElasticLoadBalancing",
    "ecs.application-autoscaling.amazonaws.com": "AWSServiceRoleForApplicationAutoScaling_ECSService",
}

Answer = tuple[int, dict[str, str], bytes]


def install() -> None:
    """Correct CreateServiceLinkedRole."""
    original: Callable[[Any], Answer] = iam._create_service_linked_role

    def handle(parameters: Any) -> Answer:  # noqa: ANN401 - ministack's parsed query
        name = NAMES.get(iam._p(parameters, "AWSServiceName"))
        if name is None:
            return original(parameters)
        if name in iam._roles:
            text = f"Service role name {name} has been taken in this account, please try a different suffix."
            refused: Answer = iam._error(400, "InvalidInput", text, ns="iam")
            return refused
        before = set(iam._roles)
        made = original(parameters)
        for invented in set(iam._roles) - before:
            role = iam._roles.pop(invented)
            role["Arn"] = role["Arn"].replace(invented, name)
            iam._roles[name] = role | {"RoleName": name}
            return made[0], made[1], made[2].replace(invented.encode(), name.encode())
        return made

    iam._IAM_HANDLERS["CreateServiceLinkedRole"] = handle
