"""Load balancers."""

from sandbox.providers.aws.failures import found, one, wait
from sandbox.providers.aws.resource import Call, Name, Row, words
from sandbox.providers.aws.resources.elbv2 import common
from sandbox.providers.values import Properties

_ATTRIBUTES = {
    "clientKeepAlive": "client_keep_alive.seconds",
    "desyncMitigationMode": "routing.http.desync_mitigation_mode",
    "dropInvalidHeaderFields": "routing.http.drop_invalid_header_fields.enabled",
    "enableDeletionProtection": "deletion_protection.enabled",
    "enableHttp2": "routing.http2.enabled",
    "enableTlsVersionAndCipherSuiteHeaders": "routing.http.x_amzn_tls_version_and_cipher_suite.enabled",
    "enableWafFailOpen": "waf.fail_open.enabled",
    "enableXffClientPort": "routing.http.xff_client_port.enabled",
    "enableZonalShift": "zonal_shift.config.enabled",
    "idleTimeout": "idle_timeout.timeout_seconds",
    "preserveHostHeader": "routing.http.preserve_host_header.enabled",
    "xffHeaderProcessingMode": "routing.http.xff_header_processing.mode",
}
_DEFAULTS = {
    "clientKeepAlive": 3600,
    "desyncMitigationMode": "defensive",
    "dropInvalidHeaderFields": False,
    "enableDeletionProtection": False,
    "enableHttp2": True,
    "enableTlsVersionAndCipherSuiteHeaders": False,
    "enableWafFailOpen": False,
    "enableXffClientPort": False,
    "enableZonalShift": False,
    "idleTimeout": 60,
    "loadBalancerType": "application",
    "preserveHostHeader": False,
    "xffHeaderProcessingMode": "append",
}
_LOGS = {
    "accessLogs": "access_logs.s3",
    "connectionLogs": "connection_logs.s3",
    "healthCheckLogs": "health_check_logs.s3",
}


def _create(call: Call) -> None:
    made = call.aws.create_load_balancer(
        Name=call.inputs["name"],
        Type=call.inputs["loadBalancerType"],
        Scheme="internal" if call.inputs.get("internal") else "internet-facing",
        Subnets=call.inputs.get("subnets") or [],
        SecurityGroups=call.inputs.get("securityGroups") or [],
        **common.tags(call),
    )
    call.created(made["LoadBalancers"][0]["LoadBalancerArn"])
    _set_attributes(call, {**_ATTRIBUTES, **{key: _LOGS[key] for key in _LOGS if call.inputs.get(key)}})


def _set_attributes(call: Call, names: dict[str, str]) -> None:
    rows = [{"Key": _ATTRIBUTES[key], "Value": common.text(call.inputs[key])} for key in names if key in _ATTRIBUTES]
    for key in set(names) & set(_LOGS):
        rows += _log_rows(_LOGS[key], call.inputs.get(key) or {})
    call.aws.modify_load_balancer_attributes(LoadBalancerArn=call.id, Attributes=rows)


def _log_rows(prefix: str, logs: Properties) -> list[Properties]:
    if not logs.get("enabled"):
        return [{"Key": f"{prefix}.enabled", "Value": "false"}]
    values = {"enabled": "true", "bucket": logs["bucket"], "prefix": logs.get("prefix", "")}
    return [{"Key": f"{prefix}.{key}", "Value": value} for key, value in values.items()]


def _look(call: Call) -> Properties | None:
    return one(found(lambda: call.aws.describe_load_balancers(LoadBalancerArns=[call.id])), "LoadBalancers")


def _read(call: Call) -> Properties | None:
    balancer = _look(call)
    if balancer is None:
        return None
    return _shown_attributes(call) | {
        "arn": call.id,
        "arnSuffix": call.id.split("loadbalancer/", 1)[-1],
        "name": balancer["LoadBalancerName"],
        "dnsName": balancer["DNSName"],
        "zoneId": balancer.get("CanonicalHostedZoneId", ""),
        "vpcId": balancer.get("VpcId", ""),
        "internal": balancer.get("Scheme") == "internal",
        "ipAddressType": balancer.get("IpAddressType", "ipv4"),
        "loadBalancerType": balancer.get("Type", "application"),
        "securityGroups": balancer.get("SecurityGroups", []),
        "subnets": [row["SubnetId"] for row in balancer.get("AvailabilityZones", []) if row.get("SubnetId")],
        "tags": common.read_tags(call),
    }


def _shown_attributes(call: Call) -> Properties:
    listed = call.aws.describe_load_balancer_attributes(LoadBalancerArn=call.id)["Attributes"]
    values = {row["Key"]: row["Value"] for row in listed}
    shown = {key: common.typed(values[name], _DEFAULTS[key]) for key, name in _ATTRIBUTES.items() if name in values}
    for key, prefix in _LOGS.items():
        if values.get(f"{prefix}.enabled") == "true":
            shown[key] = {
                "enabled": True,
                "bucket": values.get(f"{prefix}.bucket", ""),
                "prefix": values.get(f"{prefix}.prefix", ""),
            }
    return shown


def _update(call: Call) -> None:
    if "securityGroups" in call.changed:
        groups = call.inputs.get("securityGroups") or []
        call.aws.set_security_groups(LoadBalancerArn=call.id, SecurityGroups=groups)
    if "subnets" in call.changed:
        call.aws.set_subnets(LoadBalancerArn=call.id, Subnets=call.inputs.get("subnets") or [])
    names = {key: name for key, name in {**_ATTRIBUTES, **_LOGS}.items() if key in call.changed}
    if names:
        _set_attributes(call, names)


def _delete(call: Call) -> None:
    found(lambda: call.aws.delete_load_balancer(LoadBalancerArn=call.id))
    wait(lambda: _look(call) is None, what=f"{call.type} {call.name}: deleted", seconds=call.seconds)


ROWS = (
    Row(
        type="aws:lb/loadBalancer:LoadBalancer",
        service="elbv2",
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        retag=common.retag,
        name=Name(longest=32),
        fixed=words("name namePrefix internal loadBalancerType"),
        defaults=_DEFAULTS,
        computed=words("name namePrefix subnets securityGroups ipAddressType internal"),
        kept=words("namePrefix"),
        lacks=words(
            "customerOwnedIpv4Pool dnsRecordClientRoutingPolicy enableCrossZoneLoadBalancing "
            "enablePrefixForIpv6SourceNat enforceSecurityGroupInboundRulesOnPrivateLinkTraffic ipAddressType ipamPools "
            "minimumLoadBalancerCapacity secondaryIpsAutoAssignedPerSubnet subnetMappings"
        ),
    ),
)
