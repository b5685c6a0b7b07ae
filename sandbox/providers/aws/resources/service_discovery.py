"""Cloud Map: private DNS namespaces and the services that tasks register under."""

import time
from typing import Any

from sandbox.providers.aws.failures import PluginError, found
from sandbox.providers.aws.resource import Call, Row, words
from sandbox.providers.aws.resources.shared import tag_list, tag_map
from sandbox.providers.aws.resources.tagging import retagging
from sandbox.providers.values import Properties


def _finished(call: Call, operation: str) -> dict[str, Any]:
    """Cloud Map makes and deletes namespaces on its own time; what came of an operation."""
    end = time.monotonic() + call.seconds
    while True:
        answer: dict[str, Any] = call.aws.get_operation(OperationId=operation)["Operation"]
        if answer["Status"] == "SUCCESS":
            return answer
        if answer["Status"] == "FAIL" or time.monotonic() > end:
            raise PluginError(f"{call.type} {call.name}: {answer.get('ErrorMessage', 'it did not end in time')}")
        time.sleep(0.1)


def _create_namespace(call: Call) -> None:
    text = {"Description": call.inputs["description"]} if call.inputs.get("description") else {}
    tags = {"Tags": tag_list(call.tags)} if call.tags else {}
    made = call.aws.create_private_dns_namespace(Name=call.inputs["name"], Vpc=call.inputs["vpc"], **text, **tags)
    call.created(_finished(call, made["OperationId"])["Targets"]["NAMESPACE"])


def _locate_namespace(call: Call) -> None:
    namespace, _, vpc = call.id.partition(":")
    if not vpc:
        raise PluginError(f"{call.type}: import id {call.id!r}: expected <namespace id>:<VPC id>")
    call.state = {"vpc": vpc}
    call.created(namespace)


def _read_namespace(call: Call) -> Properties | None:
    answer = found(lambda: call.aws.get_namespace(Id=call.id))
    if answer is None:
        return None
    row = answer["Namespace"]
    return {
        "name": row["Name"],
        "arn": row["Arn"],
        "description": row.get("Description"),
        "hostedZone": row.get("Properties", {}).get("DnsProperties", {}).get("HostedZoneId", ""),
        "tags": _tags(call, row["Arn"]),
    }


def _tags(call: Call, arn: str) -> dict[str, str]:
    return tag_map(call.aws.list_tags_for_resource(ResourceARN=arn).get("Tags"))


def _delete_namespace(call: Call) -> None:
    answer = found(lambda: call.aws.delete_namespace(Id=call.id))
    if answer is not None:
        _finished(call, answer["OperationId"])


def _create_service(call: Call) -> None:
    dns = call.inputs["dnsConfig"]
    records = [{"Type": row["type"], "TTL": int(row["ttl"])} for row in dns["dnsRecords"]]
    policy = {"RoutingPolicy": dns["routingPolicy"]} if dns.get("routingPolicy") else {}
    custom = {"HealthCheckCustomConfig": {"FailureThreshold": 1}} if call.inputs.get("healthCheckCustomConfig") else {}
    text = {"Description": call.inputs["description"]} if call.inputs.get("description") else {}
    tags = {"Tags": tag_list(call.tags)} if call.tags else {}
    made = call.aws.create_service(
        Name=call.inputs["name"],
        NamespaceId=dns["namespaceId"],
        DnsConfig={"NamespaceId": dns["namespaceId"], "DnsRecords": records, **policy},
        **custom,
        **text,
        **tags,
    )
    call.created(made["Service"]["Id"])


def _read_service(call: Call) -> Properties | None:
    answer = found(lambda: call.aws.get_service(Id=call.id))
    if answer is None:
        return None
    row, dns = answer["Service"], answer["Service"]["DnsConfig"]
    records = [{"type": one["Type"], "ttl": one["TTL"]} for one in dns["DnsRecords"]]
    shown = {"namespaceId": row.get("NamespaceId") or dns["NamespaceId"], "dnsRecords": records}
    return {
        "name": row["Name"],
        "arn": row["Arn"],
        "description": row.get("Description"),
        "dnsConfig": {**shown, "routingPolicy": dns.get("RoutingPolicy", "MULTIVALUE")},
        "healthCheckCustomConfig": {"failureThreshold": 1} if row.get("HealthCheckCustomConfig") else None,
        "namespaceId": shown["namespaceId"],
        "tags": _tags(call, row["Arn"]),
    }


def _delete_service(call: Call) -> None:
    found(lambda: call.aws.delete_service(Id=call.id))


_retag = retagging("ResourceARN")

ROWS = (
    Row(
        type="aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
        service="servicediscovery",
        create=_create_namespace,
        read=_read_namespace,
        delete=_delete_namespace,
        locate=_locate_namespace,
        retag=_retag,
        fixed=words("name vpc description"),
        computed=words("name"),
        kept=words("vpc"),
    ),
    Row(
        type="aws:servicediscovery/service:Service",
        service="servicediscovery",
        create=_create_service,
        read=_read_service,
        delete=_delete_service,
        retag=_retag,
        fixed=words("name dnsConfig description healthCheckCustomConfig"),
        defaults={"forceDestroy": False},
        computed=words("name namespaceId type"),
        kept=words("forceDestroy"),
        lacks=words("healthCheckConfig namespaceId type"),
    ),
)
