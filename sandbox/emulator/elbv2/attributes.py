"""Every attribute of load balancers, target groups and listeners, with AWS's defaults."""

from collections.abc import Mapping

from ministack.services import alb

from sandbox.emulator.elbv2.query import extend, parameter, structures
from sandbox.emulator.patching.patch import Answer, Handler, Needs, Record, Refusal

NEEDS: Needs = {"ministack.services.alb": ("_lb_attrs", "_lbs", "_listener_attrs", "_tg_attrs")}

# https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html
LOAD_BALANCER = {
    "access_logs.s3.enabled": "false",
    "access_logs.s3.bucket": "",
    "access_logs.s3.prefix": "",
    "client_keep_alive.seconds": "3600",
    "connection_logs.s3.enabled": "false",
    "connection_logs.s3.bucket": "",
    "connection_logs.s3.prefix": "",
    "deletion_protection.enabled": "false",
    "health_check_logs.s3.enabled": "false",
    "health_check_logs.s3.bucket": "",
    "health_check_logs.s3.prefix": "",
    "idle_timeout.timeout_seconds": "60",
    "ipv6.deny_all_igw_traffic": "false",
    "load_balancing.cross_zone.enabled": "true",
    "routing.http.desync_mitigation_mode": "defensive",
    "routing.http.drop_invalid_header_fields.enabled": "false",
    "routing.http.preserve_host_header.enabled": "false",
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
    "routing.http.xff_client_port.enabled": "false",
    "routing.http.xff_header_processing.mode": "append",
    "routing.http2.enabled": "true",
    "waf.fail_open.enabled": "false",
    "zonal_shift.config.enabled": "false",
}
# https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html
TARGET_GROUP = {
    "deregistration_delay.timeout_seconds": "300",
    "load_balancing.algorithm.anomaly_mitigation": "off",
    "load_balancing.algorithm.type": "round_robin",
    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
    "slow_start.duration_seconds": "0",
    "stickiness.app_cookie.cookie_name": "",
    "stickiness.app_cookie.duration_seconds": "86400",
    "stickiness.enabled": "false",
    "stickiness.lb_cookie.duration_seconds": "86400",
    "stickiness.type": "lb_cookie",
    "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
}
# https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ListenerAttribute.html
LISTENER = {"routing.http.response.server.enabled": "true"}
# What a load balancer here can't do is refused rather than stored and forgotten.
ONLY = {"stickiness.enabled": "false", "load_balancing.algorithm.type": "round_robin"}


def install() -> None:
    """Fill in the defaults when something is made, and check what is modified."""
    extend("DescribeLoadBalancerAttributes", _with_defaults(alb._lb_attrs, "LoadBalancerArn", LOAD_BALANCER))
    extend("ModifyLoadBalancerAttributes", _with_defaults(alb._lb_attrs, "LoadBalancerArn", LOAD_BALANCER))
    extend("DescribeTargetGroupAttributes", _with_defaults(alb._tg_attrs, "TargetGroupArn", TARGET_GROUP))
    extend("ModifyTargetGroupAttributes", _with_defaults(alb._tg_attrs, "TargetGroupArn", TARGET_GROUP))
    extend("DescribeListenerAttributes", _with_defaults(alb._listener_attrs, "ListenerArn", LISTENER))
    extend("ModifyListenerAttributes", _with_defaults(alb._listener_attrs, "ListenerArn", LISTENER))


def value(store: Mapping[str, list[dict[str, str]]], arn: str, key: str, default: str = "") -> str:
    """One attribute of a resource."""
    return {attribute["Key"]: attribute["Value"] for attribute in store.get(arn) or []}.get(key, default)


def _with_defaults(store: Record, name: str, defaults: Mapping[str, str]):  # type: ignore[no-untyped-def]
    def make(original: Handler) -> Handler:
        def handle(params: Record) -> Answer:
            _check(structures(params, "Attributes", ("Key", "Value")), defaults)
            _fill(store, parameter(params, name), defaults)
            return original(params)

        return handle

    return make


def _fill(store: Record, arn: str, defaults: Mapping[str, str]) -> None:
    if arn not in store:
        return
    known = {attribute["Key"]: attribute["Value"] for attribute in store[arn]}
    merged = {**defaults, **known}
    store[arn][:] = [{"Key": key, "Value": merged[key]} for key in sorted(merged)]


def _check(changes: list[dict[str, str]], defaults: Mapping[str, str]) -> None:
    for change in changes:
        key = change.get("Key", "")
        if key not in defaults and not key.startswith("routing.http."):
            raise Refusal("InvalidConfigurationRequest", f"Attribute '{key}' is not supported")
        if change.get("Value", ONLY.get(key)) != ONLY.get(key, change.get("Value")):
            raise Refusal(
                "InvalidConfigurationRequest",
                f"Attribute '{key}' can only be '{ONLY[key]}' in the sandbox, not '{change['Value']}'",
            )
