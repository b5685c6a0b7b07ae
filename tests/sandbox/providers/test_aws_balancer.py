"""Load balancers, target groups, listeners and rules, from creation to destruction."""

import pulumi
import pulumi_aws as aws
import pytest

from tests.sandbox.providers.stacks import Program, World

# Programs that fail leave their event loops to the garbage collector.
pytestmark = [pytest.mark.engine, pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")]

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
GROUP = "aws:lb/targetGroup:TargetGroup"
LISTENER = "aws:lb/listener:Listener"
RULE = "aws:lb/listenerRule:ListenerRule"
Forward = aws.lb.ListenerRuleActionForwardArgs
Condition = aws.lb.ListenerRuleConditionArgs


def _rules(listener: aws.lb.Listener, one: aws.lb.TargetGroup, two: aws.lb.TargetGroup, weight: int, path: str) -> None:
    weighted = [
        aws.lb.ListenerRuleActionForwardTargetGroupArgs(arn=one.arn, weight=weight),
        aws.lb.ListenerRuleActionForwardTargetGroupArgs(arn=two.arn, weight=100 - weight),
    ]
    aws.lb.ListenerRule(
        "cutover",
        listener_arn=listener.arn,
        priority=10,
        actions=[aws.lb.ListenerRuleActionArgs(type="forward", forward=Forward(target_groups=weighted))],
        conditions=[
            Condition(path_pattern=aws.lb.ListenerRuleConditionPathPatternArgs(values=[path])),
            Condition(host_header=aws.lb.ListenerRuleConditionHostHeaderArgs(values=["b.example", "a.example"])),
        ],
    )
    aws.lb.ListenerRule(
        "plain",
        listener_arn=listener.arn,
        actions=[aws.lb.ListenerRuleActionArgs(type="forward", target_group_arn=one.arn)],
        conditions=[
            Condition(query_strings=[aws.lb.ListenerRuleConditionQueryStringArgs(key="version", value="2")]),
        ],
    )


def _net() -> tuple[aws.ec2.Vpc, list[aws.ec2.Subnet]]:
    vpc = aws.ec2.Vpc("net", cidr_block="10.8.0.0/16")
    return vpc, [
        aws.ec2.Subnet(zone, vpc_id=vpc.id, cidr_block=f"10.8.{n}.0/24", availability_zone=f"eu-west-1{zone}")
        for n, zone in enumerate("ab")
    ]


def _balancer(vpc: aws.ec2.Vpc, subnets: list[aws.ec2.Subnet], idle: int, team: str) -> aws.lb.LoadBalancer:
    group = aws.ec2.SecurityGroup("web", vpc_id=vpc.id)
    return aws.lb.LoadBalancer(
        "web",
        internal=True,
        subnets=[subnet.id for subnet in subnets],
        security_groups=[group.id],
        idle_timeout=idle,
        drop_invalid_header_fields=True,
        tags={"Team": team},
    )


def _group(name: str, vpc: aws.ec2.Vpc, interval: int) -> aws.lb.TargetGroup:
    return aws.lb.TargetGroup(
        name,
        port=8000,
        protocol="HTTP",
        target_type="ip",
        vpc_id=vpc.id,
        deregistration_delay=20,
        health_check=aws.lb.TargetGroupHealthCheckArgs(path="/health/", interval=interval, matcher="200-399"),
    )


def _listener(balancer: aws.lb.LoadBalancer, text: str) -> aws.lb.Listener:
    answer = aws.lb.ListenerDefaultActionFixedResponseArgs(
        content_type="text/plain", message_body=text, status_code="404"
    )
    return aws.lb.Listener(
        "web",
        load_balancer_arn=balancer.arn,
        port=80,
        protocol="HTTP",
        default_actions=[aws.lb.ListenerDefaultActionArgs(type="fixed-response", fixed_response=answer)],
    )


def balancing(
    *, idle: int = 60, interval: int = 10, weight: int = 90, path: str = "/api/*", text: str = "no", team: str = "a"
) -> Program:
    def program() -> None:
        vpc, subnets = _net()
        balancer = _balancer(vpc, subnets, idle, team)
        one, two = (_group(name, vpc, interval) for name in ("one", "two"))
        _rules(_listener(balancer, text), one, two, weight, path)
        aws.lb.Listener(
            "plain",
            load_balancer_arn=balancer.arn,
            port=8080,
            default_actions=[aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=one.arn)],
        )
        pulumi.export("dns", balancer.dns_name)

    return program


def test_what_was_created_is_left_alone(stack: World) -> None:
    assert len(stack.preview(balancing()).done) == 11
    assert set(stack.up(balancing()).done.values()) == {"create"}
    assert stack.up(balancing(), refresh=True).diffs == {}


def test_names_are_the_logical_name_and_seven_hex_digits(stack: World) -> None:
    name = stack.outputs(BALANCER, "web")["name"]
    head, _, tail = name.partition("-")
    assert (head, len(tail)) == ("web", 7)
    assert int(tail, 16) >= 0


def test_what_can_change_in_place_does(stack: World) -> None:
    program = balancing(idle=30, interval=15, weight=50, path="/v2/*", text="nothing here", team="b")
    steps = stack.up(program)
    assert steps.done == {
        f"{BALANCER}::web": "update",
        f"{GROUP}::one": "update",
        f"{GROUP}::two": "update",
        f"{LISTENER}::web": "update",
        f"{RULE}::cutover": "update",
    }
    assert stack.up(program, refresh=True).diffs == {}
    rules = stack.aws("elbv2").describe_rules(RuleArns=[stack.resource(RULE, "cutover")["id"]])["Rules"]
    groups = rules[0]["Actions"][0]["ForwardConfig"]["TargetGroups"]
    assert [group["Weight"] for group in groups] == [50, 50]


def test_drift_is_seen_by_a_refresh_and_put_right(stack: World) -> None:
    program = balancing(idle=30, interval=15, weight=50, path="/v2/*", text="nothing here", team="b")
    elb, arn = stack.aws("elbv2"), stack.resource(BALANCER, "web")["id"]
    elb.modify_load_balancer_attributes(
        LoadBalancerArn=arn, Attributes=[{"Key": "idle_timeout.timeout_seconds", "Value": "99"}]
    )
    elb.delete_rule(RuleArn=stack.resource(RULE, "plain")["id"])
    steps = stack.up(program, refresh=True)
    assert steps.done == {f"{BALANCER}::web": "update", f"{RULE}::plain": "create"}
    assert stack.outputs(BALANCER, "web")["idleTimeout"] == 30


def test_a_name_that_aws_would_not_take_is_refused_before_anything_is_made(stack: World) -> None:
    def program() -> None:
        aws.lb.TargetGroup("a-target-group-with-a-long-name", port=80, protocol="HTTP", vpc_id="vpc-1")

    assert "AWS allows 32" in stack.refused(program, preview=True)


def test_nothing_is_left_after_a_destroy(stack: World) -> None:
    stack.destroy()
    elb = stack.aws("elbv2")
    assert elb.describe_load_balancers()["LoadBalancers"] == []
    assert elb.describe_target_groups()["TargetGroups"] == []
