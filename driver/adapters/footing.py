"""What an app stands on, and whether AWS still has it: log groups, roles with policies, security and target groups.

Only what this app has in the engine's state is asked for, one by one. What we may not look at is passed by: then a
rollout tells what is missing.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from driver.adapters.session import Session, code, translated
from driver.core.state import Resource
from spec.tokens import LOG_GROUP, ROLE, ROLE_POLICY, SECURITY_GROUP, TARGET_GROUP

DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
MISSING = {"InvalidGroup.NotFound", "InvalidGroupId.Malformed", "NoSuchEntity", "TargetGroupNotFound"}

Ask = Callable[[Session, Resource], object]


def gone(session: Session, rows: Sequence[Resource]) -> Collection[str]:
    """The URNs of those that AWS has no more. Raises Unreachable, Expired."""
    found: list[str] = []
    groups = [row for row in rows if row.kind == LOG_GROUP]
    if groups:
        there = _asked(lambda: _log_groups(session, [row.output("name") for row in groups]), "the log groups")
        found += [row.urn for row in groups if there is not None and row.output("name") not in there]
    single = [row for row in rows if row.kind in ASK]
    return found + [row.urn for row in single if _asked(partial(_there, session, row), row.name) is False]


def _asked(question: Callable[[], Any], what: str) -> Any:  # noqa: ANN401 - of whatever the question answers
    """The answer; None where we may not ask."""
    from botocore.exceptions import ClientError

    with translated(f"looking whether {what} is there"):
        try:
            return question()
        except ClientError as error:
            if code(error) not in DENIED:
                raise
    return None


def _there(session: Session, row: Resource) -> bool:
    from botocore.exceptions import ClientError

    try:
        ASK[row.kind](session, row)
    except ClientError as error:
        if code(error) not in MISSING:
            raise
        return False
    return True


def _log_groups(session: Session, names: Iterable[str]) -> Collection[str]:
    """Those among these that are there; each is asked for by its own name, which may begin others'."""
    client = session.client("logs")
    pages = [client.describe_log_groups(logGroupNamePrefix=name, limit=50)["logGroups"] for name in names]
    return {row["logGroupName"] for page in pages for row in page}


def _role(session: Session, row: Resource) -> object:
    return session.client("iam").get_role(RoleName=row.output("name"))


def _policy(session: Session, row: Resource) -> object:
    return session.client("iam").get_role_policy(RoleName=row.output("role"), PolicyName=row.output("name"))


def _security_group(session: Session, row: Resource) -> object:
    return session.client("ec2").describe_security_groups(GroupIds=[row.output("id")])


def _target_group(session: Session, row: Resource) -> object:
    return session.client("elbv2").describe_target_groups(TargetGroupArns=[row.output("arn")])


ASK: Mapping[str, Ask] = {
    ROLE: _role, ROLE_POLICY: _policy, SECURITY_GROUP: _security_group, TARGET_GROUP: _target_group,
}  # fmt: skip
