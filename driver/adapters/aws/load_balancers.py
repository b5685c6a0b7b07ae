"""The targets behind load balancers, by the Elastic Load Balancing API."""

from collections.abc import Mapping, Sequence
from typing import Any

from driver.adapters.aws.session import Session, code, translated
from driver.core.ports import TargetHealth
from driver.errors import NotReady

TROUBLE = {TargetHealth.UNHEALTHY, TargetHealth.UNUSED, TargetHealth.UNAVAILABLE}


class LoadBalancerTargets:
    """The port Targets."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def health(self, target_group_arn: str) -> Mapping[str, TargetHealth]:
        """The state of each target, by its address. Raises NotReady without that group, Unreachable."""
        rows = self._describe(self._session, target_group_arn)
        return {row["Target"]["Id"]: _health(row["TargetHealth"]["State"]) for row in rows}

    def complaints(self, target_group_arn: str) -> Sequence[str]:
        """Why targets get no requests, each reason once, and soon: a watch asks again. Raises as `health` does.

        https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html
        """
        rows = [row["TargetHealth"] for row in self._describe(self._session.quick, target_group_arn)]
        bad = [row for row in rows if _health(row["State"]) in TROUBLE]
        texts = (": ".join(filter(None, (row.get("Reason"), row.get("Description")))) for row in bad)
        return list(dict.fromkeys(text for text in texts if text))

    def set_protection(self, balancer_arn: str, *, on: bool) -> None:
        """https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html"""
        attribute = {"Key": "deletion_protection.enabled", "Value": "true" if on else "false"}
        with translated(f"turning the protection of {balancer_arn} {'on' if on else 'off'}"):
            self._session.client("elbv2").modify_load_balancer_attributes(
                LoadBalancerArn=balancer_arn, Attributes=[attribute]
            )

    def _describe(self, session: Session, target_group_arn: str) -> Sequence[Mapping[str, Any]]:
        from botocore.exceptions import ClientError

        with translated(f"reading the health of {target_group_arn}"):
            try:
                answer = session.client("elbv2").describe_target_health(TargetGroupArn=target_group_arn)
            except ClientError as error:
                if code(error) != "TargetGroupNotFound":
                    raise
                raise NotReady(
                    f"there is no target group {target_group_arn}", hint="`slipway up ENV` makes it."
                ) from error
        rows: Sequence[Mapping[str, Any]] = answer["TargetHealthDescriptions"]
        return rows


def _health(state: str) -> TargetHealth:
    # `unhealthy.draining` is a target that failed its checks and still ends its connections.
    return TargetHealth(state.partition(".")[0])
