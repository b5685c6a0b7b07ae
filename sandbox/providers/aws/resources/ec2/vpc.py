"""VPCs, their secondary ranges, and subnets."""

from sandbox.providers.aws.failures import found, until_free, wait
from sandbox.providers.aws.resource import Call, Row, words
from sandbox.providers.aws.resources.ec2.common import filters, look_up, retag, tagged
from sandbox.providers.aws.resources.shared import capital, from_aws, tag_map, to_aws
from sandbox.providers.values import Properties

_VPC_ATTRIBUTES = ("enableDnsSupport", "enableDnsHostnames", "enableNetworkAddressUsageMetrics")
_SUBNET_ATTRIBUTES = (
    "mapPublicIpOnLaunch",
    "assignIpv6AddressOnCreation",
    "enableDns64",
    "enableResourceNameDnsARecordOnLaunch",
    "enableResourceNameDnsAaaaRecordOnLaunch",
    "privateDnsHostnameTypeOnLaunch",
)


def _create_vpc(call: Call) -> None:
    arguments = to_aws(call.inputs, "cidrBlock instanceTenancy")
    made = call.aws.create_vpc(**arguments, **tagged(call, "vpc"))["Vpc"]
    call.created(made["VpcId"])
    _set_vpc_attributes(call, [name for name in _VPC_ATTRIBUTES if call.inputs.get(name) is not None])


def _set_vpc_attributes(call: Call, names: list[str]) -> None:
    for name in names:
        call.aws.modify_vpc_attribute(VpcId=call.id, **{capital(name): {"Value": bool(call.inputs.get(name))}})


def _read_vpc(call: Call) -> Properties | None:
    vpc = look_up(call, "vpcs", VpcIds=[call.id])
    if vpc is None:
        return None
    return (
        from_aws(vpc, "cidrBlock instanceTenancy dhcpOptionsId")
        | {"arn": call.arn("ec2", f"vpc/{call.id}"), "ownerId": vpc.get("OwnerId", call.account)}
        | {name: _vpc_attribute(call, name) for name in _VPC_ATTRIBUTES}
        | _belongings(call)
        | {"tags": tag_map(vpc.get("Tags"))}
    )


def _vpc_attribute(call: Call, name: str) -> bool:
    answer = call.aws.describe_vpc_attribute(VpcId=call.id, Attribute=name)
    return bool(answer.get(capital(name), {}).get("Value", False))


def _belongings(call: Call) -> Properties:
    """What AWS makes along with a VPC."""
    tables = look_up(call, "route_tables", Filters=[*filters(vpc_id=call.id), *_main()])
    groups = look_up(call, "security_groups", Filters=filters(vpc_id=call.id, group_name="default"))
    acls = look_up(call, "network_acls", Filters=[*filters(vpc_id=call.id), *filters(default="true")])
    table = (tables or {}).get("RouteTableId")
    return {
        "mainRouteTableId": table,
        "defaultRouteTableId": table,
        "defaultSecurityGroupId": (groups or {}).get("GroupId"),
        "defaultNetworkAclId": (acls or {}).get("NetworkAclId"),
    }


def _main() -> list[dict[str, object]]:
    return [{"Name": "association.main", "Values": ["true"]}]


def _update_vpc(call: Call) -> None:
    _set_vpc_attributes(call, [name for name in _VPC_ATTRIBUTES if name in call.changed])


def _delete_vpc(call: Call) -> None:
    until_free(lambda: call.aws.delete_vpc(VpcId=call.id))


def _create_subnet(call: Call) -> None:
    arguments = to_aws(call.inputs, "vpcId cidrBlock availabilityZone availabilityZoneId ipv6Native")
    made = call.aws.create_subnet(**arguments, **tagged(call, "subnet"))["Subnet"]
    call.created(made["SubnetId"])
    _set_subnet_attributes(call, [name for name in _SUBNET_ATTRIBUTES if call.inputs.get(name)])


def _set_subnet_attributes(call: Call, names: list[str]) -> None:
    for name in names:
        value = call.inputs.get(name)
        wrapped = value if name == "privateDnsHostnameTypeOnLaunch" else {"Value": bool(value)}
        aws_name = "PrivateDnsHostnameTypeOnLaunch" if isinstance(wrapped, str) else capital(name)
        call.aws.modify_subnet_attribute(SubnetId=call.id, **{aws_name: wrapped})


def _read_subnet(call: Call) -> Properties | None:
    subnet = look_up(call, "subnets", SubnetIds=[call.id])
    if subnet is None:
        return None
    named = from_aws(subnet.get("PrivateDnsNameOptionsOnLaunch") or {}, "enableResourceNameDnsARecord")
    return (
        from_aws(subnet, "vpcId cidrBlock availabilityZone availabilityZoneId mapPublicIpOnLaunch")
        | from_aws(subnet, "assignIpv6AddressOnCreation enableDns64 ipv6Native ownerId")
        | {f"{name}OnLaunch": value for name, value in named.items()}
        | {"arn": subnet.get("SubnetArn") or call.arn("ec2", f"subnet/{call.id}")}
        | {"tags": tag_map(subnet.get("Tags"))}
    )


def _update_subnet(call: Call) -> None:
    _set_subnet_attributes(call, [name for name in _SUBNET_ATTRIBUTES if name in call.changed])


def _delete_subnet(call: Call) -> None:
    until_free(lambda: call.aws.delete_subnet(SubnetId=call.id), seconds=min(call.seconds, 120))


def _create_range(call: Call) -> None:
    arguments = to_aws(call.inputs, "vpcId cidrBlock")
    made = call.aws.associate_vpc_cidr_block(**arguments)["CidrBlockAssociation"]
    call.created(made["AssociationId"])
    wait(lambda: _read_range(call) is not None, what=f"{call.type} {call.name}: associated", seconds=call.seconds)


def _read_range(call: Call) -> Properties | None:
    vpc_id = call.setting("vpcId")
    answer = found(lambda: call.aws.describe_vpcs(**({"VpcIds": [vpc_id]} if vpc_id else {})))
    for vpc in (answer or {}).get("Vpcs", []):
        for item in vpc.get("CidrBlockAssociationSet", []):
            if item["AssociationId"] == call.id and item["CidrBlockState"]["State"] == "associated":
                return {"vpcId": vpc["VpcId"], "cidrBlock": item["CidrBlock"]}
    return None


def _delete_range(call: Call) -> None:
    found(lambda: call.aws.disassociate_vpc_cidr_block(AssociationId=call.id))


ROWS = (
    Row(
        type="aws:ec2/vpc:Vpc",
        service="ec2",
        create=_create_vpc,
        read=_read_vpc,
        update=_update_vpc,
        delete=_delete_vpc,
        retag=retag,
        fixed=words("cidrBlock instanceTenancy"),
        defaults={"enableDnsSupport": True, "instanceTenancy": "default"},
        computed=words("cidrBlock enableDnsHostnames enableNetworkAddressUsageMetrics"),
        lacks=words(
            "assignGeneratedIpv6CidrBlock ipv4IpamPoolId ipv4NetmaskLength ipv6CidrBlock "
            "ipv6CidrBlockNetworkBorderGroup ipv6IpamPoolId ipv6NetmaskLength"
        ),
    ),
    Row(
        type="aws:ec2/subnet:Subnet",
        service="ec2",
        create=_create_subnet,
        read=_read_subnet,
        update=_update_subnet,
        delete=_delete_subnet,
        retag=retag,
        fixed=words("vpcId cidrBlock availabilityZone availabilityZoneId ipv6Native"),
        defaults={
            "assignIpv6AddressOnCreation": False,
            "enableDns64": False,
            "enableResourceNameDnsAaaaRecordOnLaunch": False,
            "enableResourceNameDnsARecordOnLaunch": False,
            "ipv6Native": False,
            "mapPublicIpOnLaunch": False,
        },
        computed=words("cidrBlock availabilityZone availabilityZoneId privateDnsHostnameTypeOnLaunch"),
        lacks=words(
            "customerOwnedIpv4Pool enableLniAtDeviceIndex ipv4IpamPoolId ipv4NetmaskLength ipv6CidrBlock "
            "ipv6IpamPoolId ipv6NetmaskLength mapCustomerOwnedIpOnLaunch outpostArn"
        ),
    ),
    Row(
        type="aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation",
        service="ec2",
        create=_create_range,
        read=_read_range,
        delete=_delete_range,
        fixed=words("vpcId cidrBlock"),
        computed=words("cidrBlock"),
        lacks=words("ipv4IpamPoolId ipv4NetmaskLength"),
    ),
)
