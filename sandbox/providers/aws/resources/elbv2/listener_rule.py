"""Rules of listeners."""

from sandbox.providers.aws.failures import found, one
from sandbox.providers.aws.resource import Call, Row, words
from sandbox.providers.aws.resources.elbv2 import common
from sandbox.providers.aws.resources.elbv2.actions import (
    actions,
    actions_form,
    conditions,
    shown_actions,
    shown_condition,
)
from sandbox.providers.values import Properties


def _create(call: Call) -> None:
    made = call.aws.create_rule(
        ListenerArn=call.inputs["listenerArn"],
        Priority=call.inputs.get("priority") or _next_priority(call),
        Conditions=conditions(call.inputs["conditions"]),
        Actions=actions(call.inputs["actions"]),
        **common.tags(call),
    )
    call.created(made["Rules"][0]["RuleArn"])


def _next_priority(call: Call) -> int:
    rules = call.aws.describe_rules(ListenerArn=call.inputs["listenerArn"])["Rules"]
    return max((int(rule["Priority"]) for rule in rules if rule["Priority"].isdigit()), default=0) + 1


def _read(call: Call) -> Properties | None:
    rule = one(found(lambda: call.aws.describe_rules(RuleArns=[call.id])), "Rules")
    if rule is None:
        return None
    return {
        "arn": call.id,
        # The listener's ARN is the rule's without its own part.
        "listenerArn": call.id.replace(":listener-rule/", ":listener/").rsplit("/", 1)[0],
        "priority": int(rule["Priority"]) if rule["Priority"].isdigit() else None,
        "conditions": [shown_condition(condition) for condition in rule.get("Conditions", [])],
        "actions": shown_actions(rule.get("Actions", [])),
        "tags": common.read_tags(call),
    }


def _update(call: Call) -> None:
    if "priority" in call.changed:
        moved = [{"RuleArn": call.id, "Priority": call.inputs["priority"]}]
        call.aws.set_rule_priorities(RulePriorities=moved)
    if call.changed - {"priority"}:
        wanted = {"Conditions": conditions(call.inputs["conditions"]), "Actions": actions(call.inputs["actions"])}
        call.aws.modify_rule(RuleArn=call.id, **wanted)


def _delete(call: Call) -> None:
    found(lambda: call.aws.delete_rule(RuleArn=call.id))


ROWS = (
    Row(
        type="aws:lb/listenerRule:ListenerRule",
        service="elbv2",
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        retag=common.retag,
        fixed=words("listenerArn"),
        computed=words("priority"),
        forms={"actions": actions_form},
        ordered=words("actions"),
        lacks=words("transforms"),
    ),
)
