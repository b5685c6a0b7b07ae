"""VPC endpoints."""

from sandbox.providers.aws.comparing import json_form
from sandbox.providers.aws.failures import found, wait
from sandbox.providers.aws.resource import Call, Row, words
from sandbox.providers.aws.resources.ec2.common import look_up, retag, tagged
from sandbox.providers.aws.resources.shared import capitalised, from_aws, tag_map, to_aws
from sandbox.providers.values import Properties

_LISTS = {"routeTableIds": "RouteTableIds", "securityGroupIds": "SecurityGroupIds", "subnetIds": "SubnetIds"}


def _create(call: Call) -> None:
    arguments = to_aws(call.inputs, "vpcId serviceName vpcEndpointType privateDnsEnabled ipAddressType")
    arguments |= to_aws(call.inputs, " ".join(_LISTS))
    arguments |= {"PolicyDocument": call.inputs["policy"]} if call.inputs.get("policy") else {}
    arguments |= {"DnsOptions": capitalised(call.inputs["dnsOptions"])} if call.inputs.get("dnsOptions") else {}
    made = call.aws.create_vpc_endpoint(**arguments, **tagged(call, "vpc-endpoint"))["VpcEndpoint"]
    call.created(made["VpcEndpointId"])
    wait(lambda: _status(call) == "available", what=f"{call.type} {call.name}: available", seconds=call.seconds)


def _find(call: Call) -> Properties | None:
    return look_up(call, "vpc_endpoints", VpcEndpointIds=[call.id])


def _status(call: Call) -> str:
    return str((_find(call) or {"State": "deleted"})["State"]).lower()


def _read(call: Call) -> Properties | None:
    endpoint = _find(call)
    if endpoint is None or endpoint["State"].lower() in ("deleting", "deleted"):
        return None
    own = from_aws(endpoint, "vpcId serviceName vpcEndpointType privateDnsEnabled ipAddressType requesterManaged")
    own |= {"securityGroupIds": [group["GroupId"] for group in endpoint["Groups"]]} if "Groups" in endpoint else {}
    return own | {
        "arn": call.arn("ec2", f"vpc-endpoint/{call.id}"),
        "state": endpoint["State"].lower(),
        "ownerId": endpoint.get("OwnerId", call.account),
        "policy": endpoint.get("PolicyDocument"),
        "routeTableIds": endpoint.get("RouteTableIds", []),
        "subnetIds": endpoint.get("SubnetIds", []),
        "networkInterfaceIds": endpoint.get("NetworkInterfaceIds", []),
        "dnsEntries": [from_aws(entry, "dnsName hostedZoneId") for entry in endpoint.get("DnsEntries", [])],
        "tags": tag_map(endpoint.get("Tags")),
    }


def _update(call: Call) -> None:
    arguments: Properties = {}
    for name in call.changed & set(_LISTS):
        old, new = set(call.state.get(name) or []), set(call.inputs.get(name) or [])
        arguments |= {f"Add{_LISTS[name]}": sorted(new - old), f"Remove{_LISTS[name]}": sorted(old - new)}
    if "privateDnsEnabled" in call.changed:
        arguments["PrivateDnsEnabled"] = bool(call.inputs.get("privateDnsEnabled"))
    if "policy" in call.changed:
        policy = call.inputs.get("policy")
        arguments |= {"PolicyDocument": policy} if policy else {"ResetPolicy": True}
    given = {key: value for key, value in arguments.items() if value != []}
    call.aws.modify_vpc_endpoint(VpcEndpointId=call.id, **given)


def _delete(call: Call) -> None:
    found(lambda: call.aws.delete_vpc_endpoints(VpcEndpointIds=[call.id]))
    wait(lambda: _status(call) == "deleted", what=f"{call.type} {call.name}: deleted", seconds=call.seconds)


ROWS = (
    Row(
        type="aws:ec2/vpcEndpoint:VpcEndpoint",
        service="ec2",
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        retag=retag,
        fixed=words("vpcId serviceName vpcEndpointType"),
        defaults={"vpcEndpointType": "Gateway"},
        computed=words("dnsOptions ipAddressType policy privateDnsEnabled routeTableIds securityGroupIds subnetIds"),
        kept=words("autoAccept dnsOptions"),
        lacks=words("resourceConfigurationArn serviceNetworkArn serviceRegion subnetConfigurations"),
        forms={"policy": json_form},
    ),
)
