"""Further certificates of a listener, which ministack lacks; the sandbox keeps them, and speaks no TLS."""

from ministack.services import alb

from sandbox.emulator.elbv2.query import element, parameter, provide, structures, xml
from sandbox.emulator.patching.patch import Answer, Needs, Record, Refusal

NEEDS: Needs = {"ministack.services.alb": ("_listeners",)}
FURTHER = "_further_certificates"


def install() -> None:
    """Add the three operations."""
    provide("AddListenerCertificates", _add)
    provide("RemoveListenerCertificates", _remove)
    provide("DescribeListenerCertificates", _describe)


def _listener(params: Record) -> Record:
    arn = parameter(params, "ListenerArn")
    found: Record | None = alb._listeners.get(arn)
    if found is None:
        raise Refusal("ListenerNotFound", f"Listener '{arn}' not found")
    if found["Protocol"] not in ("HTTPS", "TLS"):
        raise Refusal("UnsupportedProtocol", f"Listener '{arn}' has protocol {found['Protocol']} and no certificates")
    return found


def _named(params: Record) -> list[str]:
    return [row["CertificateArn"] for row in structures(params, "Certificates", ("CertificateArn",))]


def _add(params: Record) -> Answer:
    listener, named = _listener(params), _named(params)
    listener[FURTHER] = list(dict.fromkeys([*listener.get(FURTHER, []), *named]))
    members = "".join(_member(arn, is_default=False) for arn in named)
    return xml("AddListenerCertificates", f"<Certificates>{members}</Certificates>")


def _remove(params: Record) -> Answer:
    listener, named = _listener(params), _named(params)
    listener[FURTHER] = [arn for arn in listener.get(FURTHER, []) if arn not in named]
    return xml("RemoveListenerCertificates")


def _describe(params: Record) -> Answer:
    """The listener's default one comes first: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeListenerCertificates.html"""
    listener = _listener(params)
    default = [_member(arn, is_default=True) for arn in listener.get("Certificates") or []]
    further = [_member(arn, is_default=False) for arn in listener.get(FURTHER, [])]
    return xml("DescribeListenerCertificates", f"<Certificates>{''.join([*default, *further])}</Certificates>")


def _member(arn: str, *, is_default: bool) -> str:
    return f"<member>{element('CertificateArn', arn)}{element('IsDefault', is_default)}</member>"
