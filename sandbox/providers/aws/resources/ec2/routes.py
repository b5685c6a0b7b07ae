"""Route tables, their routes, and which subnets use them."""

import zlib
from functools import partial

from sandbox.providers.aws.failures import PluginError, found, until_free
from sandbox.providers.aws.resource import Call, Row, words
from sandbox.providers.aws.resources.ec2.common import look_up, retag, tagged
from sandbox.providers.aws.resources.shared import from_aws, tag_map, to_aws
from sandbox.providers.values import Properties

_DESTINATIONS = "destinationCidrBlock destinationIpv6CidrBlock destinationPrefixListId"
_TARGETS = (
    "carrierGatewayId coreNetworkArn egressOnlyGatewayId gatewayId localGatewayId natGatewayId networkInterfaceId "
    "transitGatewayId vpcEndpointId vpcPeeringConnectionId"
)
_AWS_NAMES = {
    "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
    "cidrBlock": "DestinationCidrBlock",
    "ipv6CidrBlock": "DestinationIpv6CidrBlock",
}


def _arguments(source: Properties, names: str) -> Properties:
    """Route arguments in AWS's words; a few differ by more than their first letter."""
    return {
        _AWS_NAMES.get(name, name[:1].upper() + name[1:]): source[name] for name in names.split() if source.get(name)
    }


def _create_table(call: Call) -> None:
    made = call.aws.create_route_table(VpcId=call.inputs["vpcId"], **tagged(call, "route-table"))["RouteTable"]
    call.created(made["RouteTableId"])
    for route in call.inputs.get("routes") or []:
        call.aws.create_route(RouteTableId=call.id, **_arguments(route, f"cidrBlock ipv6CidrBlock {_TARGETS}"))


def _table(call: Call, table_id: str) -> Properties | None:
    return look_up(call, "route_tables", RouteTableIds=[table_id])


def _read_table(call: Call) -> Properties | None:
    table = _table(call, call.id)
    if table is None:
        return None
    own = [_inline(route) for route in table.get("Routes", []) if route.get("GatewayId") != "local"]
    return {
        "arn": call.arn("ec2", f"route-table/{call.id}"),
        "ownerId": table.get("OwnerId", call.account),
        "vpcId": table["VpcId"],
        "propagatingVgws": [item["GatewayId"] for item in table.get("PropagatingVgws", [])],
        "routes": own,
        "tags": tag_map(table.get("Tags")),
    }


def _inline(route: Properties) -> Properties:
    return from_aws(route, _TARGETS) | {"cidrBlock": route.get("DestinationCidrBlock", "")}


def _update_table(call: Call) -> None:
    old, new = call.state.get("routes") or [], call.inputs.get("routes") or []
    for route in old:
        gone = partial(call.aws.delete_route, RouteTableId=call.id, **_arguments(route, "cidrBlock ipv6CidrBlock"))
        found(gone)
    for route in new:
        call.aws.create_route(RouteTableId=call.id, **_arguments(route, f"cidrBlock ipv6CidrBlock {_TARGETS}"))


def _delete_table(call: Call) -> None:
    until_free(lambda: call.aws.delete_route_table(RouteTableId=call.id))


def _destination(call: Call) -> Properties:
    return {name: call.setting(name) for name in _DESTINATIONS.split() if call.setting(name)}


def _create_route(call: Call) -> None:
    table = call.inputs["routeTableId"]
    call.aws.create_route(RouteTableId=table, **_arguments(call.inputs, f"{_DESTINATIONS} {_TARGETS}"))
    # The official provider's id: the table, and a checksum of the destination.
    destination = next(iter(_destination(call).values()))
    call.created(f"r-{table}{zlib.crc32(destination.encode())}")


def _read_route(call: Call) -> Properties | None:
    destination = to_aws(_destination(call), _DESTINATIONS)
    table = _table(call, call.setting("routeTableId"))
    for route in (table or {}).get("Routes", []):
        if destination.items() <= route.items():
            shown = from_aws(route, f"{_DESTINATIONS} {_TARGETS} origin state instanceId instanceOwnerId")
            return shown | {"routeTableId": call.setting("routeTableId")}
    return None


def _update_route(call: Call) -> None:
    arguments = _arguments(call.inputs, f"{_DESTINATIONS} {_TARGETS}")
    call.aws.replace_route(RouteTableId=call.inputs["routeTableId"], **arguments)


def _delete_route(call: Call) -> None:
    destination = to_aws(_destination(call), _DESTINATIONS)
    found(lambda: call.aws.delete_route(RouteTableId=call.setting("routeTableId"), **destination))


def _locate_route(call: Call) -> None:
    table, _, destination = call.id.partition("_")
    if not destination:
        raise PluginError(f"{call.type}: import id {call.id!r}: expected <route table id>_<destination>")
    key = "destinationIpv6CidrBlock" if ":" in destination else "destinationCidrBlock"
    key = "destinationPrefixListId" if destination.startswith("pl-") else key
    call.state = {"routeTableId": table, key: destination}
    call.created(f"r-{table}{zlib.crc32(destination.encode())}")


def _create_association(call: Call) -> None:
    made = call.aws.associate_route_table(**to_aws(call.inputs, "routeTableId subnetId gatewayId"))
    call.created(made["AssociationId"])


def _read_association(call: Call) -> Properties | None:
    table = look_up(call, "route_tables", Filters=_by_association(call.id))
    for item in (table or {}).get("Associations", []):
        if item["RouteTableAssociationId"] == call.id:
            return from_aws(item, "subnetId gatewayId routeTableId")
    return None


def _by_association(association: str) -> list[dict[str, object]]:
    return [{"Name": "association.route-table-association-id", "Values": [association]}]


def _update_association(call: Call) -> None:
    table = call.inputs["routeTableId"]
    made = call.aws.replace_route_table_association(AssociationId=call.id, RouteTableId=table)
    call.created(made["NewAssociationId"])


def _delete_association(call: Call) -> None:
    found(lambda: call.aws.disassociate_route_table(AssociationId=call.id))


def _locate_association(call: Call) -> None:
    subnet, _, table_id = call.id.partition("/")
    table = _table(call, table_id) if table_id else None
    for item in (table or {}).get("Associations", []):
        if item.get("SubnetId", item.get("GatewayId")) == subnet:
            call.created(item["RouteTableAssociationId"])


ROWS = (
    Row(
        type="aws:ec2/routeTable:RouteTable",
        service="ec2",
        create=_create_table,
        read=_read_table,
        update=_update_table,
        delete=_delete_table,
        retag=retag,
        fixed=words("vpcId"),
        computed=words("routes propagatingVgws"),
        lacks=words("propagatingVgws"),
    ),
    Row(
        type="aws:ec2/route:Route",
        service="ec2",
        create=_create_route,
        read=_read_route,
        update=_update_route,
        delete=_delete_route,
        locate=_locate_route,
        fixed=words(f"routeTableId {_DESTINATIONS}"),
        computed=words("networkInterfaceId"),
        lacks=words("odbNetworkArn"),
        deletes_first=True,
    ),
    Row(
        type="aws:ec2/routeTableAssociation:RouteTableAssociation",
        service="ec2",
        create=_create_association,
        read=_read_association,
        update=_update_association,
        delete=_delete_association,
        locate=_locate_association,
        fixed=words("subnetId gatewayId"),
        deletes_first=True,
    ),
)
