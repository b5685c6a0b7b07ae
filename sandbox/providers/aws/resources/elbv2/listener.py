"""Listeners."""

from sandbox.providers.aws.failures import found, one
from sandbox.providers.aws.resource import Call, Row, words
from sandbox.providers.aws.resources.elbv2 import common
from sandbox.providers.aws.resources.elbv2.actions import actions, actions_form, shown_actions
from sandbox.providers.values import Properties

# Headers that a listener adds, renames or takes away.
_MUTUAL_TLS = "Clientcert ClientcertIssuer ClientcertLeaf ClientcertSerialNumber ClientcertSubject ClientcertValidity"
_CORS = "AllowCredentials AllowHeaders AllowMethods AllowOrigin ExposeHeaders MaxAge"
_SECURITY = "ContentSecurityPolicy StrictTransportSecurity XContentTypeOptions XFrameOptions"
_HEADERS = frozenset(
    [f"routingHttpRequestXAmznMtls{name}HeaderName" for name in _MUTUAL_TLS.split()]
    + [f"routingHttpResponseAccessControl{name}HeaderValue" for name in _CORS.split()]
    + [f"routingHttpResponse{name}HeaderValue" for name in _SECURITY.split()]
)


def _secured(call: Call) -> Properties:
    certificate, policy = call.inputs.get("certificateArn"), call.inputs.get("sslPolicy")
    made: Properties = {"Certificates": [{"CertificateArn": certificate}]} if certificate else {}
    return made | ({"SslPolicy": policy} if policy else {})


def _listener(call: Call) -> Properties:
    protocol = {"Protocol": call.inputs["protocol"]} if call.inputs.get("protocol") else {"Protocol": "HTTP"}
    port = {"Port": call.inputs["port"]} if call.inputs.get("port") else {}
    return {"DefaultActions": actions(call.inputs["defaultActions"])} | protocol | port | _secured(call)


def _create(call: Call) -> None:
    made = call.aws.create_listener(
        LoadBalancerArn=call.inputs["loadBalancerArn"], **_listener(call), **common.tags(call)
    )
    call.created(made["Listeners"][0]["ListenerArn"])


def _read(call: Call) -> Properties | None:
    listener = one(found(lambda: call.aws.describe_listeners(ListenerArns=[call.id])), "Listeners")
    if listener is None:
        return None
    certificates = listener.get("Certificates") or [{}]
    return {
        "arn": call.id,
        "loadBalancerArn": listener["LoadBalancerArn"],
        "port": listener["Port"],
        "protocol": listener["Protocol"],
        "sslPolicy": listener.get("SslPolicy"),
        "certificateArn": certificates[0].get("CertificateArn"),
        "defaultActions": shown_actions(listener.get("DefaultActions", [])),
        "tags": common.read_tags(call),
    }


def _update(call: Call) -> None:
    call.aws.modify_listener(ListenerArn=call.id, **_listener(call))


def _delete(call: Call) -> None:
    found(lambda: call.aws.delete_listener(ListenerArn=call.id))


ROWS = (
    Row(
        type="aws:lb/listener:Listener",
        service="elbv2",
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        retag=common.retag,
        fixed=words("loadBalancerArn"),
        computed=words("protocol sslPolicy routingHttpResponseServerEnabled"),
        forms={"defaultActions": actions_form},
        ordered=words("defaultActions"),
        lacks=_HEADERS
        | words(
            "alpnPolicy mutualAuthentication routingHttpRequestXAmznTlsCipherSuiteHeaderName "
            "routingHttpRequestXAmznTlsVersionHeaderName routingHttpResponseServerEnabled tcpIdleTimeoutSeconds"
        ),
        deletes_first=True,
    ),
)
