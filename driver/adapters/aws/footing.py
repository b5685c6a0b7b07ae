"""What an app stands on, and whether AWS still has it: log groups, roles with policies, security and target groups.

Only what this app has in the engine's state is asked for, one by one. What we may not look at is passed by: then a
rollout tells what is missing.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from driver.adapters.aws.session import Session, code, translated
from driver.core.values.checkpoint import Resource
from model.names.pulumi_types import LOG_GROUP, ROLE, ROLE_POLICY, SECRET, SECURITY_GROUP, TARGET_GROUP

DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
"""How AWS says that we may not."""
MISSING = {
    "InvalidGroup.NotFound",
    "InvalidGroupId.Malformed",
    "NoSuchEntity",
    "ResourceNotFoundException",
    "TargetGroupNotFound",
}
"""How it says that there is no such thing; of logs it gives an empty list."""


class _Gone(Exception):
    """What AWS still tells of, and nobody can use."""


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
    except _Gone:
        return False
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
    """An inline policy, whose id is its role's name and its own."""
    role, _, name = row.output("id").partition(":")
    return session.client("iam").get_role_policy(RoleName=role, PolicyName=name)


def _secret(session: Session, row: Resource) -> object:
    """One that is scheduled for deletion still lists its versions, and gives none to a task.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html
    """
    found = session.client("secretsmanager").describe_secret(SecretId=row.output("arn"))
    if found.get("DeletedDate"):
        raise _Gone
    return found


def _security_group(session: Session, row: Resource) -> object:
    return session.client("ec2").describe_security_groups(GroupIds=[row.output("id")])


def _target_group(session: Session, row: Resource) -> object:
    return session.client("elbv2").describe_target_groups(TargetGroupArns=[row.output("arn")])


ASK: Mapping[str, Ask] = {
    ROLE: _role, ROLE_POLICY: _policy, SECRET: _secret, SECURITY_GROUP: _security_group, TARGET_GROUP: _target_group,
}  # fmt: skip
