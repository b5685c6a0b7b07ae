"""Further certificates of listeners."""

from sandbox.providers.aws.failures import found
from sandbox.providers.aws.resource import Call, Row, words
from sandbox.providers.values import Properties


def _create(call: Call) -> None:
    listener, certificate = call.inputs["listenerArn"], call.inputs["certificateArn"]
    call.aws.add_listener_certificates(ListenerArn=listener, Certificates=[{"CertificateArn": certificate}])
    call.created(f"{listener}_{certificate}")


def _read(call: Call) -> Properties | None:
    listener, _, certificate = call.id.partition("_")
    answer = found(lambda: call.aws.describe_listener_certificates(ListenerArn=listener))
    listed = [row["CertificateArn"] for row in (answer or {}).get("Certificates", [])]
    return {"listenerArn": listener, "certificateArn": certificate} if certificate in listed else None


def _delete(call: Call) -> None:
    listener, _, certificate = call.id.partition("_")
    gone = [{"CertificateArn": certificate}]
    found(lambda: call.aws.remove_listener_certificates(ListenerArn=listener, Certificates=gone))


ROWS = (
    Row(
        type="aws:lb/listenerCertificate:ListenerCertificate",
        service="elbv2",
        create=_create,
        read=_read,
        delete=_delete,
        fixed=words("listenerArn certificateArn"),
    ),
)
