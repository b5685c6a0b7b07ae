"""Rules of flow logs."""

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.emulator.cloud import Cloud

pytestmark = pytest.mark.sandbox

GROUP = "arn:aws:logs:eu-west-1:000000000000:log-group:flows"
ROLE = "arn:aws:iam::000000000000:role/flows"


def test_a_flow_log_shows_what_was_asked_for(cloud: Cloud) -> None:
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    asked = {"ResourceIds": [vpc], "ResourceType": "VPC", "TrafficType": "REJECT", "LogDestination": GROUP}
    with pytest.raises(ClientError, match="InvalidParameter"):
        ec2.create_flow_logs(**asked)
    tags = [{"ResourceType": "vpc-flow-log", "Tags": [{"Key": "Name", "Value": "mine"}]}]
    (made,) = ec2.create_flow_logs(**asked, DeliverLogsPermissionArn=ROLE, TagSpecifications=tags)["FlowLogIds"]
    (shown,) = ec2.describe_flow_logs(FlowLogIds=[made])["FlowLogs"]
    assert (shown["DeliverLogsPermissionArn"], shown["MaxAggregationInterval"]) == (ROLE, 600)
    assert (shown["LogDestination"], shown["Tags"]) == (GROUP, [{"Key": "Name", "Value": "mine"}])
    with pytest.raises(ClientError, match="FlowLogAlreadyExists"):
        ec2.create_flow_logs(**asked, DeliverLogsPermissionArn=ROLE)
    ec2.delete_flow_logs(FlowLogIds=[made])
    assert ec2.describe_flow_logs(FlowLogIds=[made])["FlowLogs"] == []
