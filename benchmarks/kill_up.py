"""An environment whose `up` and `destroy` are killed again and again: ``python -m benchmarks.kill_up``.

The environment has every part of the platform. In each round the first call that makes (changes, deletes) a resource of
a type is held at AWS, for every type that was not held before; when nothing moves any more, the driver and its engine
get SIGKILL, and the calls go through after their death. So each type is killed while one of it is being created,
updated and deleted. Then `up` has to end with 0, another one with no changes, and nothing may be there twice.
Prints a table with a line for each type. Ends with 1 where an `up` fails, finds changes, or makes anything twice.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from driver.adapters.pulumi.find_engine import find
from sandbox.faults import client
from sandbox.faults.rules import Fault
from tests.platform.account_inventory import listing
from tests.platform.conftest import Whole, found_in_the_account, lay_project
from tests.projects import edited, edited_catalogue
from tests.sandbox_project import SLIPWAY, sandboxed

HELD = 16.0
"""So long a call is held, in seconds: an engine that waits for nothing else is killed before that."""
STILL = 4.0
"""Where no further call was held for so long, in seconds, nothing moves any more."""
ROUNDS = 25
CREATES = {
    "Certificate": ("acm", "RequestCertificate"),
    "Target": ("application-autoscaling", "RegisterScalableTarget"),
    "Policy": ("application-autoscaling", "PutScalingPolicy"),
    "ScheduledAction": ("application-autoscaling", "PutScheduledAction"),
    "CompositeAlarm": ("monitoring", "PutCompositeAlarm"),
    "MetricAlarm": ("monitoring", "PutMetricAlarm"),
    "EventRule": ("events", "PutRule"),
    "EventTarget": ("events", "PutTargets"),
    "LogGroup": ("logs", "CreateLogGroup"),
    "LogMetricFilter": ("logs", "PutMetricFilter"),
    "LogResourcePolicy": ("logs", "PutResourcePolicy"),
    "LogSubscriptionFilter": ("logs", "PutSubscriptionFilter"),
    "Table": ("dynamodb", "CreateTable"),
    "Eip": ("ec2", "AllocateAddress"),
    "FlowLog": ("ec2", "CreateFlowLogs"),
    "InternetGateway": ("ec2", "CreateInternetGateway"),
    "NatGateway": ("ec2", "CreateNatGateway"),
    "Route": ("ec2", "CreateRoute"),
    "RouteTable": ("ec2", "CreateRouteTable"),
    "RouteTableAssociation": ("ec2", "AssociateRouteTable"),
    "SecurityGroup": ("ec2", "CreateSecurityGroup"),
    "SecurityGroupIngressRule": ("ec2", "AuthorizeSecurityGroupIngress"),
    "SecurityGroupEgressRule": ("ec2", "AuthorizeSecurityGroupEgress"),
    "Subnet": ("ec2", "CreateSubnet"),
    "Vpc": ("ec2", "CreateVpc"),
    "VpcEndpoint": ("ec2", "CreateVpcEndpoint"),
    "VpcIpv4CidrBlockAssociation": ("ec2", "AssociateVpcCidrBlock"),
    "Repository": ("ecr", "CreateRepository"),
    "LifecyclePolicy": ("ecr", "PutLifecyclePolicy"),
    "RepositoryPolicy": ("ecr", "SetRepositoryPolicy"),
    "Cluster": ("ecs", "CreateCluster"),
    "ClusterCapacityProviders": ("ecs", "PutClusterCapacityProviders"),
    "Service": ("ecs", "CreateService"),
    "TaskDefinition": ("ecs", "RegisterTaskDefinition"),
    "iam Policy": ("iam", "CreatePolicy"),
    "Role": ("iam", "CreateRole"),
    "RolePolicy": ("iam", "PutRolePolicy"),
    "RolePolicyAttachment": ("iam", "AttachRolePolicy"),
    "Alias": ("kms", "CreateAlias"),
    "Key": ("kms", "CreateKey"),
    "Function": ("lambda", "CreateFunction"),
    "FunctionEventInvokeConfig": ("lambda", "PutFunctionEventInvokeConfig"),
    "Permission": ("lambda", "AddPermission"),
    "Listener": ("elasticloadbalancing", "CreateListener"),
    "ListenerCertificate": ("elasticloadbalancing", "AddListenerCertificates"),
    "ListenerRule": ("elasticloadbalancing", "CreateRule"),
    "LoadBalancer": ("elasticloadbalancing", "CreateLoadBalancer"),
    "TargetGroup": ("elasticloadbalancing", "CreateTargetGroup"),
    "HealthCheck": ("route53", "CreateHealthCheck"),
    "Record": ("route53", "ChangeResourceRecordSets"),
    "Bucket": ("s3", "CreateBucket"),
    "BucketLifecycleConfiguration": ("s3", "PutBucketLifecycleConfiguration"),
    "BucketPolicy": ("s3", "PutBucketPolicy"),
    "BucketPublicAccessBlock": ("s3", "PutPublicAccessBlock"),
    "BucketServerSideEncryptionConfiguration": ("s3", "PutBucketEncryption"),
    "BucketVersioning": ("s3", "PutBucketVersioning"),
    "Schedule": ("scheduler", "CreateSchedule"),
    "Secret": ("secretsmanager", "CreateSecret"),
    "PrivateDnsNamespace": ("servicediscovery", "CreatePrivateDnsNamespace"),
    "discovery Service": ("servicediscovery", "CreateService"),
    "Topic": ("sns", "CreateTopic"),
    "TopicPolicy": ("sns", "SetTopicAttributes"),
    "TopicSubscription": ("sns", "Subscribe"),
    "Queue": ("sqs", "CreateQueue"),
    "WebAclAssociation": ("wafv2", "AssociateWebACL"),
}
UPDATES = {
    "MetricAlarm": ("monitoring", "PutMetricAlarm"),
    "LogGroup": ("logs", "PutRetentionPolicy"),
    "Cluster": ("ecs", "UpdateCluster"),
    "Service": ("ecs", "UpdateService"),
    "TargetGroup": ("elasticloadbalancing", "ModifyTargetGroup"),
    "RolePolicy": ("iam", "PutRolePolicy"),
    "Schedule": ("scheduler", "UpdateSchedule"),
    "Policy": ("application-autoscaling", "PutScalingPolicy"),
    "BucketLifecycleConfiguration": ("s3", "PutBucketLifecycleConfiguration"),
    "BucketVersioning": ("s3", "PutBucketVersioning"),
    "Record": ("route53", "ChangeResourceRecordSets"),
    "RepositoryPolicy": ("ecr", "SetRepositoryPolicy"),
    "Function": ("lambda", "UpdateFunctionConfiguration"),
    "LoadBalancer": ("elasticloadbalancing", "ModifyLoadBalancerAttributes"),
}
DELETES = {
    "Certificate": ("acm", "DeleteCertificate"),
    "Target": ("application-autoscaling", "DeregisterScalableTarget"),
    "Policy": ("application-autoscaling", "DeleteScalingPolicy"),
    "ScheduledAction": ("application-autoscaling", "DeleteScheduledAction"),
    "MetricAlarm": ("monitoring", "DeleteAlarms"),
    "EventRule": ("events", "DeleteRule"),
    "EventTarget": ("events", "RemoveTargets"),
    "LogGroup": ("logs", "DeleteLogGroup"),
    "LogMetricFilter": ("logs", "DeleteMetricFilter"),
    "LogResourcePolicy": ("logs", "DeleteResourcePolicy"),
    "LogSubscriptionFilter": ("logs", "DeleteSubscriptionFilter"),
    "Table": ("dynamodb", "DeleteTable"),
    "Eip": ("ec2", "ReleaseAddress"),
    "FlowLog": ("ec2", "DeleteFlowLogs"),
    "InternetGateway": ("ec2", "DeleteInternetGateway"),
    "NatGateway": ("ec2", "DeleteNatGateway"),
    "Route": ("ec2", "DeleteRoute"),
    "RouteTable": ("ec2", "DeleteRouteTable"),
    "RouteTableAssociation": ("ec2", "DisassociateRouteTable"),
    "SecurityGroup": ("ec2", "DeleteSecurityGroup"),
    "SecurityGroupIngressRule": ("ec2", "RevokeSecurityGroupIngress"),
    "SecurityGroupEgressRule": ("ec2", "RevokeSecurityGroupEgress"),
    "Subnet": ("ec2", "DeleteSubnet"),
    "Vpc": ("ec2", "DeleteVpc"),
    "VpcEndpoint": ("ec2", "DeleteVpcEndpoints"),
    "VpcIpv4CidrBlockAssociation": ("ec2", "DisassociateVpcCidrBlock"),
    "LifecyclePolicy": ("ecr", "DeleteLifecyclePolicy"),
    "RepositoryPolicy": ("ecr", "DeleteRepositoryPolicy"),
    "Cluster": ("ecs", "DeleteCluster"),
    "Service": ("ecs", "DeleteService"),
    "iam Policy": ("iam", "DeletePolicy"),
    "Role": ("iam", "DeleteRole"),
    "RolePolicy": ("iam", "DeleteRolePolicy"),
    "RolePolicyAttachment": ("iam", "DetachRolePolicy"),
    "Alias": ("kms", "DeleteAlias"),
    "Key": ("kms", "ScheduleKeyDeletion"),
    "Function": ("lambda", "DeleteFunction"),
    "FunctionEventInvokeConfig": ("lambda", "DeleteFunctionEventInvokeConfig"),
    "Permission": ("lambda", "RemovePermission"),
    "Listener": ("elasticloadbalancing", "DeleteListener"),
    "ListenerCertificate": ("elasticloadbalancing", "RemoveListenerCertificates"),
    "ListenerRule": ("elasticloadbalancing", "DeleteRule"),
    "LoadBalancer": ("elasticloadbalancing", "DeleteLoadBalancer"),
    "TargetGroup": ("elasticloadbalancing", "DeleteTargetGroup"),
    "HealthCheck": ("route53", "DeleteHealthCheck"),
    "Record": ("route53", "ChangeResourceRecordSets"),
    "Bucket": ("s3", "DeleteBucket"),
    "BucketLifecycleConfiguration": ("s3", "DeleteBucketLifecycle"),
    "BucketPolicy": ("s3", "DeleteBucketPolicy"),
    "BucketPublicAccessBlock": ("s3", "DeletePublicAccessBlock"),
    "Schedule": ("scheduler", "DeleteSchedule"),
    "Secret": ("secretsmanager", "DeleteSecret"),
    "PrivateDnsNamespace": ("servicediscovery", "DeleteNamespace"),
    "discovery Service": ("servicediscovery", "DeleteService"),
    "Topic": ("sns", "DeleteTopic"),
    "TopicSubscription": ("sns", "Unsubscribe"),
    "Queue": ("sqs", "DeleteQueue"),
    "WebAclAssociation": ("wafv2", "DisassociateWebACL"),
}
Calls = Mapping[str, tuple[str, str]]
MANY = {"task definition", "network interface", "alarm"}
"""A definition more is never run and costs nothing; the other two are AWS's own, made for others of ours."""


def killed(site: Whole, command: str, calls: Calls) -> set[str]:
    """One command with the first call of each of these types held, killed when all stand still; the types held."""
    endpoint = client.endpoint(site.folder / "sandbox")
    orders = {
        client.add(endpoint, Fault(service=service, operation=operation, kind="delay", count=1, delay=HELD)).id: name
        for name, (service, operation) in calls.items()
    }
    line = [SLIPWAY, "--project", str(site.project), command, "dev", "--yes"]
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(line, env=site.environment, start_new_session=True, **quiet) as process:
        left, since = set(orders), time.monotonic()
        while process.poll() is None and time.monotonic() - since < (STILL if len(left) < len(orders) else 120):
            now = {one.id for one in client.standing(endpoint)} & set(orders)
            if now != left:
                left, since = now, time.monotonic()
            time.sleep(0.2)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    client.clear(endpoint)
    time.sleep(HELD)
    return {name for number, name in orders.items() if number not in left}


def in_rounds(site: Whole, command: str, calls: Calls) -> set[str]:
    """Kill after kill until no call is held any more; the types of all rounds."""
    met: set[str] = set()
    for number in range(1, ROUNDS + 1):
        held = killed(site, command, {name: call for name, call in calls.items() if name not in met})
        print(f"  {command}, kill {number}: {', '.join(sorted(held)) or 'none'}", flush=True)
        if not held:
            break
        met |= held
    return met


def healed(site: Whole, what: str) -> bool:
    """Whether the next `up` ends with 0, and the one after it changes nothing."""
    first = site.slipway("up", "dev", "--yes", seconds=900)
    second = site.slipway("up", "dev", "--yes", "--json", seconds=900)
    well = first.returncode == 0 and second.returncode == 0 and second.stdout.strip() == "[]"
    print(f"{what}: up ended with {first.returncode}, then {second.returncode}", flush=True)
    if not well:
        print(first.stderr[-3000:], second.stdout[-2000:], second.stderr[-1500:], sep="\n", flush=True)
    return well


def counts(site: Whole) -> Counter[str]:
    """How many of each kind stand in the account."""
    return Counter(kind for kind, _ in listing(site.aws) if kind not in MANY)


def edit(site: Whole) -> None:
    """Other settings for as many kinds of resources as settings change in place."""
    with edited(site.project / "Pulumi.dev.yaml") as stack:
        stack["slipway:log_days"] = 30
        stack["slipway:cluster"] = {"insights": "enabled"}
        stack["slipway:alarms"]["rules"]["service_cpu"]["threshold"] = 85
        stack["slipway:balancers"]["log_days"] = 60
        stack["slipway:registry"]["readers"]["accounts"] = ["222222222222"]
        stack["slipway:logs"]["archive"] |= {"versioning": False, "expire_after": 730, "without": ["/ready/"]}
        stack["slipway:cutover"]["www.example.com"]["weights"] = {"heroku": 50, "aws": 50}
    with edited_catalogue(site.project) as apps:
        shop: dict[str, Any] = apps["shop"]
        shop["grants"]["sqs"][0]["access"] = ["send"]
        shop["processes"]["web"]["scaling"]["cpu"] = 70
        shop["processes"]["web"]["health"]["path"] = "/ready/"
        shop["processes"]["worker"]["exec"] = False
        shop["processes"]["digest"]["schedule"] = "rate(2 hours)"


def run(site: Whole) -> bool:
    """All rounds on one environment; whether all went well."""
    site.well("bootstrap", "--bucket", site.bucket, "--github", "--gitlab", "https://gitlab.com", "--yes")
    held, well = {"created": in_rounds(site, "up", CREATES)}, [healed(site, "created")]
    once = counts(site)
    edit(site)
    held["updated"] = in_rounds(site, "up", UPDATES)
    well += [healed(site, "updated"), counts(site) == once]
    held["deleted"] = killed(site, "destroy", DELETES)
    well += [healed(site, "a destroy that was killed at once"), counts(site) == once]
    held["deleted"] |= in_rounds(site, "destroy", DELETES)
    well += [healed(site, "deleted"), counts(site) == once]
    print(f"\n{'type':42} created updated deleted")
    for name in sorted({*CREATES, *UPDATES, *DELETES}):
        marks = ["killed" if name in held[act] else "-" for act in ("created", "updated", "deleted")]
        print(f"{name:42} {marks[0]:7} {marks[1]:7} {marks[2]:7}")
    changed = {kind: (once[kind], now) for kind, now in counts(site).items() if now != once[kind]}
    print("there twice, or not at all: " + (str(changed) if changed else "nothing"))
    return all(well)


def main() -> int:
    """Bring it up and down, killing it all the way."""
    engine = find(print, env=os.environ)
    with (
        tempfile.TemporaryDirectory(prefix="slipway-kills-") as name,
        sandboxed(Path(name), engine, lay_project) as made,
    ):
        site = Whole(made.folder, made.environment, made.project)
        found_in_the_account(site)
        return 0 if run(site) else 1


if __name__ == "__main__":
    sys.exit(main())
