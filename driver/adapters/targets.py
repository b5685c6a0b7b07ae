"""The targets behind load balancers, by the Elastic Load Balancing API."""

from collections.abc import Mapping

from driver.adapters.session import Session, code, translated
from driver.core.ports import TargetHealth
from driver.errors import NotReady


class LoadBalancerTargets:
    """The port Targets."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def health(self, target_group_arn: str) -> Mapping[str, TargetHealth]:
        """The state of each target, by its address. Raises NotReady without that group, Unreachable."""
        from botocore.exceptions import ClientError

        with translated(f"reading the health of {target_group_arn}"):
            try:
                answer = self._session.client("elbv2").describe_target_health(TargetGroupArn=target_group_arn)
            except ClientError as error:
                if code(error) != "TargetGroupNotFound":
                    raise
                raise NotReady(f"there is no target group {target_group_arn}", hint="slipway up makes it.") from error
        rows = answer["TargetHealthDescriptions"]
        return {row["Target"]["Id"]: _health(row["TargetHealth"]["State"]) for row in rows}


def _health(state: str) -> TargetHealth:
    # `unhealthy.draining` is a target that failed its checks and still ends its connections.
    return TargetHealth(state.partition(".")[0])
