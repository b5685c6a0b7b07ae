"""Other people's hands: what somebody does to the town past Slipway, with the AWS CLI, other clients and a console.

A hand that finds nothing to act upon does nothing: any move can be made at any time.
"""

import json
import subprocess
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from benchmarks.walk.town import BAO, Walked
from tests.faults.app_environment import APP
from tests.faults.test_other_clients import ECS_DEPLOY

Hand = Callable[[Walked], None]
TARGET = {
    "ServiceNamespace": "ecs",
    "ResourceId": f"service/dev/{APP}-web",
    "ScalableDimension": "ecs:service:DesiredCount",
}
KEPT = (
    "family", "networkMode", "requiresCompatibilities", "containerDefinitions", "executionRoleArn", "taskRoleArn",
    "cpu", "memory",
)  # fmt: skip
LOCK = ".pulumi/locks/organization/slipway/dev/11111111-2222-3333-4444-555555555555.json"
SPOILT = {"owner": {"S": "eve@elsewhere"}, "nonce": {"S": "x"}, "fence": {"N": "7"}, "body": {"S": "{"}}


def _service(town: Walked, process: str) -> dict[str, Any] | None:
    row = town.services(f"{APP}-{process}").get(f"{APP}-{process}")
    return row if row is not None and row["status"] == "ACTIVE" else None


def delete_service(process: str, town: Walked) -> None:
    town.aws("ecs").delete_service(cluster="dev", service=f"{APP}-{process}", force=True)


def desired_count(process: str, count: int, town: Walked) -> None:
    town.aws("ecs").update_service(cluster="dev", service=f"{APP}-{process}", desiredCount=count)


def new_deployment(process: str, town: Walked) -> None:
    town.aws("ecs").update_service(cluster="dev", service=f"{APP}-{process}", forceNewDeployment=True)


def percentages(town: Walked) -> None:
    row = _service(town, "web")
    if row is not None:
        given = {**row["deploymentConfiguration"], "minimumHealthyPercent": 50}
        town.aws("ecs").update_service(cluster="dev", service=f"{APP}-web", deploymentConfiguration=given)


def deploys(process: str, town: Walked) -> None:
    """Another revision of what runs, with a variable more."""
    row = _service(town, process)
    if row is None:
        return
    ecs = town.aws("ecs")
    found = ecs.describe_task_definition(taskDefinition=row["taskDefinition"])["taskDefinition"]
    asked = {key: found[key] for key in KEPT if key in found}
    asked["containerDefinitions"][0]["environment"].append({"name": "DEBUG_SQL", "value": "1"})
    arn = ecs.register_task_definition(**asked)["taskDefinition"]["taskDefinitionArn"]
    ecs.update_service(cluster="dev", service=f"{APP}-{process}", taskDefinition=arn)


def ecs_deploy(process: str, town: Walked) -> None:
    """The same by fabfuel's ecs-deploy, which deregisters what was there before."""
    if _service(town, process) is None or not ECS_DEPLOY.exists():
        return
    subprocess.run(
        [str(ECS_DEPLOY), "deploy", "dev", f"{APP}-{process}", "-e", "app", "X", "1", "--timeout", "20"],
        env={**town.environment, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"},
        capture_output=True,
        check=False,
        timeout=120,
    )


def older_revision(process: str, town: Walked) -> None:
    ecs = town.aws("ecs")
    arns = ecs.list_task_definitions(familyPrefix=f"dev-{APP}-{process}", status="ACTIVE")["taskDefinitionArns"]
    if _service(town, process) is not None and arns:
        ecs.update_service(cluster="dev", service=f"{APP}-{process}", taskDefinition=arns[0])


def deregister(process: str, town: Walked) -> None:
    row = _service(town, process)
    if row is not None:
        town.aws("ecs").deregister_task_definition(taskDefinition=row["taskDefinition"])


def delete_log_group(process: str, town: Walked) -> None:
    town.aws("logs").delete_log_group(logGroupName=f"/ecs/dev-{APP}-{process}")


def retention(town: Walked) -> None:
    town.aws("logs").put_retention_policy(logGroupName=f"/ecs/dev-{APP}-web", retentionInDays=1)


def schedule_secret(town: Walked) -> None:
    town.aws("secretsmanager").delete_secret(SecretId=f"dev/{APP}", RecoveryWindowInDays=7)


def delete_secret(town: Walked) -> None:
    town.aws("secretsmanager").delete_secret(SecretId=f"dev/{APP}", ForceDeleteWithoutRecovery=True)


def delete_role_policy(town: Walked) -> None:
    iam, role = town.aws("iam"), f"dev-eu-west-1-{APP}-execution"
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"][:1]:
        iam.delete_role_policy(RoleName=role, PolicyName=name)


def delete_listener(town: Walked) -> None:
    elb = town.aws("elbv2")
    for balancer in elb.describe_load_balancers()["LoadBalancers"]:
        for row in elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]:
            elb.delete_listener(ListenerArn=row["ListenerArn"])


def delete_balancer(town: Walked) -> None:
    elb = town.aws("elbv2")
    for balancer in elb.describe_load_balancers()["LoadBalancers"]:
        elb.delete_load_balancer(LoadBalancerArn=balancer["LoadBalancerArn"])


def delete_table(town: Walked) -> None:
    town.aws("dynamodb").delete_table(TableName="slipway-dev")


def spoil_lock(town: Walked) -> None:
    item = {"app": {"S": APP}, "item": {"S": "lock"}, **SPOILT}
    town.aws("dynamodb").put_item(TableName="slipway-dev", Item=item)


def spoil_release(town: Walked) -> None:
    rows = [row for row in town.items() if "body" in row and "owner" not in row]
    if rows:
        town.aws("dynamodb").update_item(
            TableName="slipway-dev",
            Key={"app": {"S": APP}, "item": {"S": rows[0]["item"]}},
            UpdateExpression="SET body = :spoilt",
            ExpressionAttributeValues={":spoilt": {"S": "{"}},
        )


def deregister_target(town: Walked) -> None:
    town.aws("application-autoscaling").deregister_scalable_target(**TARGET)


def revoke_rule(town: Walked) -> None:
    ec2 = town.aws("ec2")
    rows = ec2.describe_security_group_rules()["SecurityGroupRules"]
    rows = [row for row in rows if row.get("Tags") and not row["IsEgress"]]
    for row in rows[:1]:
        ec2.revoke_security_group_ingress(GroupId=row["GroupId"], SecurityGroupRuleIds=[row["SecurityGroupRuleId"]])


def run_task(town: Walked) -> None:
    row = _service(town, "worker")
    if row is not None:
        town.aws("ecs").run_task(
            cluster="dev",
            launchType="FARGATE",
            taskDefinition=row["taskDefinition"],
            networkConfiguration=row["networkConfiguration"],
        )


def foreign_lock(town: Walked) -> None:
    """The engine's lock, of a machine that is gone."""
    holder = {"pid": 4, "username": "ci", "hostname": "gone", "timestamp": "2026-11-24T12:00:00Z"}
    town.aws("s3").put_object(Bucket=town.bucket, Key=LOCK, Body=json.dumps(holder).encode())


def delete_variables(town: Walked) -> None:
    subprocess.run(
        [BAO, "kv", "delete", "-mount=secret", f"dev/{APP}"], env=town.vault(), capture_output=True, check=False
    )


def forget(name: str, town: Walked) -> None:
    """`pulumi state delete`."""
    town.forget(name)


def destroy_target(name: str, town: Walked) -> None:
    """`pulumi destroy --target`: gone at AWS and in the state."""
    for urn in town.urns(name):
        town.pulumi("destroy", "--skip-preview", "--target", urn, "--target-dependents")


def plain_refresh(town: Walked) -> None:
    """`pulumi refresh`: what is gone at AWS is gone in the state too."""
    town.pulumi("refresh", "--skip-preview")


def _tolerant(hand: Hand) -> Hand:
    """What is not there can't be changed by anybody."""

    def tried(town: Walked) -> None:
        try:
            hand(town)
        except ClientError:
            return

    return tried


_ALL: Mapping[str, Hand] = {
    "delete-service-web": partial(delete_service, "web"),
    "delete-service-worker": partial(delete_service, "worker"),
    "count-web-5": partial(desired_count, "web", 5),
    "count-worker-0": partial(desired_count, "worker", 0),
    "count-worker-2": partial(desired_count, "worker", 2),
    "new-deployment-web": partial(new_deployment, "web"),
    "percentages": percentages,
    "deploys-web": partial(deploys, "web"),
    "deploys-worker": partial(deploys, "worker"),
    "ecs-deploy-web": partial(ecs_deploy, "web"),
    "ecs-deploy-worker": partial(ecs_deploy, "worker"),
    "older-web": partial(older_revision, "web"),
    "older-worker": partial(older_revision, "worker"),
    "deregister-web": partial(deregister, "web"),
    "deregister-worker": partial(deregister, "worker"),
    "delete-log-group-web": partial(delete_log_group, "web"),
    "delete-log-group-release": partial(delete_log_group, "release"),
    "retention": retention,
    "schedule-secret": schedule_secret,
    "delete-secret": delete_secret,
    "delete-role-policy": delete_role_policy,
    "delete-listener": delete_listener,
    "delete-balancer": delete_balancer,
    "delete-table": delete_table,
    "spoil-lock": spoil_lock,
    "spoil-release": spoil_release,
    "deregister-target": deregister_target,
    "revoke-rule": revoke_rule,
    "run-task": run_task,
    "foreign-lock": foreign_lock,
    "delete-variables": delete_variables,
    "forget-service-worker": partial(forget, f"Service::{APP}.worker"),
    "forget-log-group": partial(forget, f"LogGroup::{APP}.worker"),
    "forget-secret": partial(forget, f"Secret::{APP}"),
    "destroy-service-worker": partial(destroy_target, f"Service::{APP}.worker"),
    "plain-refresh": plain_refresh,
    "forget-app": partial(forget, f"App::{APP}"),
}
HANDS: Mapping[str, Hand] = {name: _tolerant(hand) for name, hand in _ALL.items()}
