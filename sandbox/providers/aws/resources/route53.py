"""Records and health checks of Route 53."""

import re
import uuid
from collections.abc import Mapping
from typing import Any

from sandbox.providers.aws.failures import PluginError, found
from sandbox.providers.aws.resource import Call, Row, words
from sandbox.providers.aws.resources.shared import from_aws, tag_list, tag_map, to_aws
from sandbox.providers.values import Properties

# Pulumi's names and AWS's.
_CHECK = {
    "childHealthThreshold": "HealthThreshold",
    "childHealthchecks": "ChildHealthChecks",
    "disabled": "Disabled",
    "enableSni": "EnableSNI",
    "failureThreshold": "FailureThreshold",
    "fqdn": "FullyQualifiedDomainName",
    "insufficientDataHealthStatus": "InsufficientDataHealthStatus",
    "invertHealthcheck": "Inverted",
    "ipAddress": "IPAddress",
    "port": "Port",
    "resourcePath": "ResourcePath",
    "searchString": "SearchString",
}
# A name may begin with an underscore.
_IMPORTED = re.compile(r"(?P<name>.+?)_(?P<type>[A-Z]+)(_(?P<mark>.+))?")
# What UpdateHealthCheck does not take.
_FIXED_CHECK = "type requestInterval measureLatency"


def _zone(call: Call) -> Properties | None:
    return found(lambda: call.aws.get_hosted_zone(Id=call.setting("zoneId")))


def _full(call: Call, name: str) -> str:
    """The whole name; the official provider appends the zone where a name doesn't end with it."""
    zone = _zone(call)
    if zone is None:
        raise PluginError(f"{call.type} {call.name}: there is no hosted zone {call.setting('zoneId')}")
    domain = zone["HostedZone"]["Name"].rstrip(".")
    plain = name.rstrip(".").lower()
    return plain if plain == domain or plain.endswith(f".{domain}") else f"{plain}.{domain}".lstrip(".")


def _record(call: Call) -> Properties:
    inputs = call.inputs
    made: Properties = {"Name": _full(call, inputs["name"]), "Type": inputs["type"]}
    if inputs.get("records"):
        made |= {"TTL": inputs["ttl"], "ResourceRecords": [{"Value": value} for value in inputs["records"]]}
    for alias in inputs.get("aliases") or []:
        made["AliasTarget"] = {
            "HostedZoneId": alias["zoneId"],
            "DNSName": alias["name"],
            "EvaluateTargetHealth": alias["evaluateTargetHealth"],
        }
    if inputs.get("setIdentifier"):
        made["SetIdentifier"] = inputs["setIdentifier"]
    for policy in inputs.get("weightedRoutingPolicies") or []:
        made["Weight"] = policy["weight"]
    if inputs.get("healthCheckId"):
        made["HealthCheckId"] = inputs["healthCheckId"]
    return made


def _change(call: Call, action: str, record: Properties) -> None:
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    call.aws.change_resource_record_sets(HostedZoneId=call.setting("zoneId"), ChangeBatch=batch)


def _create(call: Call) -> None:
    record = _record(call)
    _change(call, "UPSERT" if call.inputs.get("allowOverwrite") else "CREATE", record)
    parts = [call.inputs["zoneId"], record["Name"], record["Type"], record.get("SetIdentifier")]
    call.created("_".join(part for part in parts if part))


def _live(call: Call) -> Properties | None:
    if _zone(call) is None:
        return None
    name, kind = _full(call, call.setting("name")), call.setting("type")
    start = {"StartRecordName": name, "StartRecordType": kind, "MaxItems": "100"}
    page = call.aws.list_resource_record_sets(HostedZoneId=call.setting("zoneId"), **start)
    for row in page["ResourceRecordSets"]:
        same = (_plain(row["Name"]), row["Type"]) == (name, kind)
        if same and row.get("SetIdentifier") == (call.setting("setIdentifier") or None):
            return dict(row)
    return None


def _plain(name: str) -> str:
    """Route 53 writes a star in octal."""
    return name.rstrip(".").replace("\\052", "*")


def _read(call: Call) -> Properties | None:
    row = _live(call)
    if row is None:
        return None
    alias = row.get("AliasTarget")
    aliases = (
        [
            {
                "zoneId": alias["HostedZoneId"],
                "name": alias["DNSName"].rstrip("."),
                "evaluateTargetHealth": alias["EvaluateTargetHealth"],
            }
        ]
        if alias
        else []
    )
    return {
        "zoneId": call.setting("zoneId"),
        "name": _plain(row["Name"]),
        "fqdn": _plain(row["Name"]),
        "type": row["Type"],
        "ttl": row.get("TTL"),
        "records": [value["Value"] for value in row.get("ResourceRecords", [])],
        "aliases": aliases,
        "setIdentifier": row.get("SetIdentifier"),
        "weightedRoutingPolicies": [{"weight": row["Weight"]}] if "Weight" in row else [],
        "healthCheckId": row.get("HealthCheckId"),
    }


def _locate(call: Call) -> None:
    zone, _, rest = call.id.partition("_")
    parts = _IMPORTED.fullmatch(rest)
    if parts is None:
        raise PluginError(f"{call.type}: import id {call.id!r}: expected <zone id>_<name>_<type>[_<set identifier>]")
    call.state = {"zoneId": zone, "name": parts["name"], "type": parts["type"]}
    if parts["mark"]:
        call.state["setIdentifier"] = parts["mark"]


def _update(call: Call) -> None:
    _change(call, "UPSERT", _record(call))


def _delete(call: Call) -> None:
    live = _live(call)
    if live is not None:
        _change(call, "DELETE", live)


def _name_form(name: Any) -> object:  # noqa: ANN401
    return str(name).rstrip(".").lower()


def _check(call: Call) -> Properties:
    made = {name: call.inputs[key] for key, name in _CHECK.items() if call.inputs.get(key) not in (None, "", [])}
    if call.inputs.get("cloudwatchAlarmName"):
        region = call.inputs["cloudwatchAlarmRegion"]
        made["AlarmIdentifier"] = {"Name": call.inputs["cloudwatchAlarmName"], "Region": region}
    return made


def _create_check(call: Call) -> None:
    config = _check(call) | to_aws(call.inputs, _FIXED_CHECK)
    reference = f"{call.inputs.get('referenceName') or 'pulumi'}-{uuid.uuid4().hex}"[:64]
    made = call.aws.create_health_check(CallerReference=reference, HealthCheckConfig=config)
    call.created(made["HealthCheck"]["Id"])
    _retag_check(call, call.tags, [])


def _read_check(call: Call) -> Properties | None:
    answer = found(lambda: call.aws.get_health_check(HealthCheckId=call.id))
    if answer is None:
        return None
    config = answer["HealthCheck"]["HealthCheckConfig"]
    alarm = config.get("AlarmIdentifier") or {}
    tags = call.aws.list_tags_for_resource(ResourceType="healthcheck", ResourceId=call.id)
    return {
        **{key: config[name] for key, name in _CHECK.items() if name in config},
        **from_aws(config, _FIXED_CHECK),
        "arn": f"arn:aws:route53:::healthcheck/{call.id}",
        "cloudwatchAlarmName": alarm.get("Name"),
        "cloudwatchAlarmRegion": alarm.get("Region"),
        "tags": tag_map(tags["ResourceTagSet"].get("Tags")),
    }


def _update_check(call: Call) -> None:
    call.aws.update_health_check(HealthCheckId=call.id, **_check(call))


def _delete_check(call: Call) -> None:
    found(lambda: call.aws.delete_health_check(HealthCheckId=call.id))


def _retag_check(call: Call, tags: Mapping[str, str], removed: list[str]) -> None:
    changes: Properties = {"AddTags": tag_list(tags)} if tags else {}
    changes |= {"RemoveTagKeys": removed} if removed else {}
    if changes:
        call.aws.change_tags_for_resource(ResourceType="healthcheck", ResourceId=call.id, **changes)


ROWS = (
    Row(
        type="aws:route53/record:Record",
        service="route53",
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        locate=_locate,
        fixed=words("zoneId name type setIdentifier"),
        kept=words("allowOverwrite"),
        computed=words("allowOverwrite"),
        forms={"name": _name_form},
        lacks=words(
            "cidrRoutingPolicy failoverRoutingPolicies geolocationRoutingPolicies geoproximityRoutingPolicy "
            "latencyRoutingPolicies multivalueAnswerRoutingPolicy"
        ),
        deletes_first=True,
    ),
    Row(
        type="aws:route53/healthCheck:HealthCheck",
        service="route53",
        create=_create_check,
        read=_read_check,
        update=_update_check,
        delete=_delete_check,
        retag=_retag_check,
        fixed=words(_FIXED_CHECK),
        computed=words("enableSni failureThreshold requestInterval"),
        kept=words("referenceName"),
        lacks=words("regions routingControlArn triggers"),
    ),
)
