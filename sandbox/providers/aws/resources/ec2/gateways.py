"""Ways out of a VPC: internet gateways, NAT gateways and their addresses."""

from sandbox.providers.aws.failures import found, until_free, wait
from sandbox.providers.aws.resource import Call, Row, words
from sandbox.providers.aws.resources.ec2.common import look_up, retag, tagged
from sandbox.providers.aws.resources.shared import from_aws, tag_map, to_aws
from sandbox.providers.values import Properties


def _create_gateway(call: Call) -> None:
    made = call.aws.create_internet_gateway(**tagged(call, "internet-gateway"))["InternetGateway"]
    call.created(made["InternetGatewayId"])
    if call.inputs.get("vpcId"):
        call.aws.attach_internet_gateway(InternetGatewayId=call.id, VpcId=call.inputs["vpcId"])


def _read_gateway(call: Call) -> Properties | None:
    gateway = look_up(call, "internet_gateways", InternetGatewayIds=[call.id])
    if gateway is None:
        return None
    attached = [item["VpcId"] for item in gateway.get("Attachments", [])]
    return {
        "arn": call.arn("ec2", f"internet-gateway/{call.id}"),
        "ownerId": gateway.get("OwnerId", call.account),
        "vpcId": attached[0] if attached else "",
        "tags": tag_map(gateway.get("Tags")),
    }


def _update_gateway(call: Call) -> None:
    if call.state.get("vpcId"):
        call.aws.detach_internet_gateway(InternetGatewayId=call.id, VpcId=call.state["vpcId"])
    if call.inputs.get("vpcId"):
        call.aws.attach_internet_gateway(InternetGatewayId=call.id, VpcId=call.inputs["vpcId"])


def _delete_gateway(call: Call) -> None:
    vpc_id = (_read_gateway(call) or {}).get("vpcId")
    if vpc_id:
        until_free(lambda: call.aws.detach_internet_gateway(InternetGatewayId=call.id, VpcId=vpc_id))
    until_free(lambda: call.aws.delete_internet_gateway(InternetGatewayId=call.id))


def _create_address(call: Call) -> None:
    arguments = {"Domain": call.inputs.get("domain", "vpc")} | to_aws(call.inputs, "publicIpv4Pool networkBorderGroup")
    call.created(call.aws.allocate_address(**arguments, **tagged(call, "elastic-ip"))["AllocationId"])
    if call.inputs.get("instance") or call.inputs.get("networkInterface"):
        _associate(call)


def _associate(call: Call) -> None:
    names = {"instance": "InstanceId", "networkInterface": "NetworkInterfaceId"}
    target = {names[key]: call.inputs[key] for key in names if call.inputs.get(key)}
    call.aws.associate_address(AllocationId=call.id, **target)


def _read_address(call: Call) -> Properties | None:
    address = look_up(call, "addresses", AllocationIds=[call.id])
    if address is None:
        return None
    return from_aws(address, "domain publicIp allocationId associationId publicIpv4Pool networkBorderGroup") | {
        "arn": call.arn("ec2", f"elastic-ip/{call.id}"),
        "publicDns": _host_name(address["PublicIp"], call.region),
        "tags": tag_map(address.get("Tags")),
    }


def _host_name(address: str, region: str) -> str:
    zone = "compute-1" if region == "us-east-1" else f"{region}.compute"
    return f"ec2-{address.replace('.', '-')}.{zone}.amazonaws.com"


def _update_address(call: Call) -> None:
    association = call.state.get("associationId")
    if association:
        found(lambda: call.aws.disassociate_address(AssociationId=association))
    if call.inputs.get("instance") or call.inputs.get("networkInterface"):
        _associate(call)


def _delete_address(call: Call) -> None:
    until_free(lambda: call.aws.release_address(AllocationId=call.id))


def _create_nat(call: Call) -> None:
    arguments = to_aws(call.inputs, "allocationId subnetId connectivityType")
    made = call.aws.create_nat_gateway(**arguments, **tagged(call, "natgateway"))["NatGateway"]
    call.created(made["NatGatewayId"])
    wait(lambda: _nat_state(call) == "available", what=f"{call.type} {call.name}: available", seconds=call.seconds)


def _nat(call: Call) -> Properties | None:
    return look_up(call, "nat_gateways", NatGatewayIds=[call.id])


def _nat_state(call: Call) -> str:
    return str((_nat(call) or {"State": "deleted"})["State"])


def _read_nat(call: Call) -> Properties | None:
    gateway = _nat(call)
    if gateway is None or gateway["State"] in ("deleting", "deleted", "failed"):
        return None
    address = (gateway.get("NatGatewayAddresses") or [{}])[0]
    return (
        from_aws(gateway, "subnetId connectivityType vpcId")
        | from_aws(address, "allocationId associationId networkInterfaceId privateIp publicIp")
        | {"tags": tag_map(gateway.get("Tags"))}
    )


def _delete_nat(call: Call) -> None:
    found(lambda: call.aws.delete_nat_gateway(NatGatewayId=call.id))
    wait(lambda: _nat_state(call) == "deleted", what=f"{call.type} {call.name}: deleted", seconds=call.seconds)


ROWS = (
    Row(
        type="aws:ec2/internetGateway:InternetGateway",
        service="ec2",
        create=_create_gateway,
        read=_read_gateway,
        update=_update_gateway,
        delete=_delete_gateway,
        retag=retag,
        computed=words("vpcId"),
    ),
    Row(
        type="aws:ec2/eip:Eip",
        service="ec2",
        create=_create_address,
        read=_read_address,
        update=_update_address,
        delete=_delete_address,
        retag=retag,
        fixed=words("domain networkBorderGroup publicIpv4Pool"),
        computed=words("domain instance networkBorderGroup networkInterface publicIpv4Pool"),
        lacks=words("address associateWithPrivateIp customerOwnedIpv4Pool ipamPoolId"),
    ),
    Row(
        type="aws:ec2/natGateway:NatGateway",
        service="ec2",
        create=_create_nat,
        read=_read_nat,
        delete=_delete_nat,
        retag=retag,
        fixed=words("allocationId connectivityType subnetId"),
        defaults={"connectivityType": "public"},
        computed=words("allocationId privateIp vpcId"),
        lacks=words(
            "availabilityMode availabilityZoneAddresses privateIp secondaryAllocationIds "
            "secondaryPrivateIpAddressCount secondaryPrivateIpAddresses vpcId"
        ),
    ),
)
