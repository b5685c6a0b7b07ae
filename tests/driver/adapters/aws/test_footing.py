"""What an app stands on, asked of the sandbox's AWS."""

import json

import pytest
from botocore.exceptions import ClientError

from driver.adapters.aws import footing
from driver.adapters.aws.session import Session
from driver.core.values.checkpoint import Resource
from model.names.pulumi_types import LOG_GROUP, ROLE, ROLE_POLICY, SECRET, SECURITY_GROUP, SERVICE, TARGET_GROUP

DOCUMENT = {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [DOCUMENT]})
TASKS = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [TASKS]})


def row(kind: str, **outputs: str) -> Resource:
    return Resource(
        urn=f"{kind}/{len(outputs)}/{sorted(outputs.values())[-1]}", kind=kind, name="x", parent="", outputs=outputs
    )


@pytest.mark.sandbox
def test_what_was_deleted_is_gone_and_what_is_there_is_not(session: Session) -> None:
    logs, iam, ec2, balancers = (session.client(name) for name in ("logs", "iam", "ec2", "elbv2"))
    secrets = session.client("secretsmanager")
    secret = secrets.create_secret(Name="footing")["ARN"]
    for name in ("/ecs/footing-web", "/ecs/footing-web-two"):
        logs.create_log_group(logGroupName=name)
    for name in ("footing", "footing-gone"):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    for name in ("logs", "gone"):
        iam.put_role_policy(RoleName="footing", PolicyName=name, PolicyDocument=POLICY)
    vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    made = ec2.create_security_group(GroupName="footing", Description="x", VpcId=vpc)["GroupId"]
    target = balancers.create_target_group(Name="footing", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")
    arn = target["TargetGroups"][0]["TargetGroupArn"]
    rows = [
        row(LOG_GROUP, name="/ecs/footing-web"),
        row(LOG_GROUP, name="/ecs/footing-web-two"),
        row(ROLE, name="footing"),
        row(ROLE, name="footing-gone"),
        row(ROLE_POLICY, id="footing:logs"),
        row(ROLE_POLICY, id="footing:gone"),
        row(SECURITY_GROUP, id=made),
        row(TARGET_GROUP, arn=arn),
        row(SECRET, arn=secret),
        row(SERVICE, id="nobody looks at it here"),
    ]
    assert footing.gone(session, rows) == []
    logs.delete_log_group(logGroupName="/ecs/footing-web")
    iam.delete_role(RoleName="footing-gone")
    iam.delete_role_policy(RoleName="footing", PolicyName="gone")
    ec2.delete_security_group(GroupId=made)
    balancers.delete_target_group(TargetGroupArn=arn)
    secrets.delete_secret(SecretId=secret, RecoveryWindowInDays=7)
    assert set(footing.gone(session, rows)) == {rows[index].urn for index in (0, 3, 5, 6, 7, 8)}


class Denying:
    """An AWS that lets nobody look."""

    def client(self, _service: str) -> "Denying":
        return self

    def __getattr__(self, operation: str) -> object:
        def denied(**_asked: object) -> object:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not you"}}, operation)

        return denied


def test_what_nobody_may_look_at_is_passed_by() -> None:
    rows = [row(LOG_GROUP, name="/ecs/x"), row(ROLE, name="x"), row(TARGET_GROUP, arn="x")]
    assert footing.gone(Denying(), rows) == []  # type: ignore[arg-type]
