"""Further address blocks of a VPC: added by AWS's rules, shown, and taken off only when no subnet is left in them.

https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
"""

import secrets
from collections.abc import Callable
from ipaddress import IPv4Network

from ministack.services import ec2

from sandbox.emulator.ec2.actions import answering
from sandbox.emulator.ec2.ranges import block, refusal
from sandbox.emulator.patching.patch import Needs, Record, Refusal, replace

NEEDS: Needs = {
    "ministack.services.ec2": ("_p", "_subnets", "_vpc_fields_xml", "_vpcs"),
}

_MORE = "_more_blocks"
_END = "</cidrBlockAssociationSet>"


def install() -> None:
    """Add AssociateVpcCidrBlock and DisassociateVpcCidrBlock, and show in DescribeVpcs what they did."""
    replace(ec2, "_vpc_fields_xml", _showing)
    answering("AssociateVpcCidrBlock", _associate)
    answering("DisassociateVpcCidrBlock", _disassociate)


def _showing(original: Callable[..., str]) -> Callable[..., str]:
    def fields(vpc: Record, tag: str = "item") -> str:
        more = "".join(f"<item>{_fields(name, cidr, 'associated')}</item>" for name, cidr in _blocks(vpc).items())
        return original(vpc, tag).replace(_END, more + _END)

    return fields


def blocks_of(vpc: Record) -> list[str]:
    """All blocks of a VPC, the first one first."""
    return [vpc["CidrBlock"], *_blocks(vpc).values()]


def _blocks(vpc: Record) -> dict[str, str]:
    """The blocks beside the first one, by association."""
    found: dict[str, str] = vpc.get(_MORE, {})
    return found


def _associate(params: Record) -> str:
    name, cidr = ec2._p(params, "VpcId"), ec2._p(params, "CidrBlock")
    vpc = ec2._vpcs.get(name)
    if vpc is None:
        raise Refusal("InvalidVpcID.NotFound", f"The vpc ID '{name}' does not exist")
    try:
        reason = refusal([IPv4Network(row) for row in blocks_of(vpc)], block(cidr))
    except ValueError as error:
        raise Refusal("InvalidVpc.Range", f"The CIDR '{cidr}' is invalid: {error}") from error
    if reason is not None:
        raise Refusal("InvalidVpc.Range", f"The CIDR '{cidr}' is restricted: {reason}")
    association = f"vpc-cidr-assoc-{secrets.token_hex(9)[:17]}"
    vpc[_MORE] = {**_blocks(vpc), association: cidr}
    return _answer(name, association, cidr, "associating")


def _disassociate(params: Record) -> str:
    association = ec2._p(params, "AssociationId")
    for name, vpc in ec2._vpcs.items():
        if association in _blocks(vpc):
            cidr = vpc[_MORE][association]
            _refuse_while_used(name, cidr)
            vpc[_MORE] = {key: block for key, block in _blocks(vpc).items() if key != association}
            return _answer(name, association, cidr, "disassociating")
    raise Refusal("InvalidVpcCidrBlockAssociationID.NotFound", f"The association '{association}' does not exist")


def _refuse_while_used(name: str, cidr: str) -> None:
    block = IPv4Network(cidr)
    for subnet in ec2._subnets.values():
        if subnet["VpcId"] == name and IPv4Network(subnet["CidrBlock"]).subnet_of(block):
            raise Refusal("InvalidCidrBlock.InUse", f"The vpc {name} currently has a subnet within CIDR block {cidr}")


def _answer(vpc: str, association: str, cidr: str, state: str) -> str:
    return f"<vpcId>{vpc}</vpcId><cidrBlockAssociation>{_fields(association, cidr, state)}</cidrBlockAssociation>"


def _fields(association: str, cidr: str, state: str) -> str:
    return (
        f"<cidrBlock>{cidr}</cidrBlock><associationId>{association}</associationId>"
        f"<cidrBlockState><state>{state}</state></cidrBlockState>"
    )
