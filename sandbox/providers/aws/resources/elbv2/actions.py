"""Actions of listeners and rules, and conditions of rules, in Pulumi's words and in AWS's."""

from typing import Any

from sandbox.providers.aws.resources.shared import capitalised, uncapitalised, without_empty
from sandbox.providers.values import Properties

# Pulumi's names for the parts of an action and of a condition, and AWS's.
_PARTS = {
    "forward": "ForwardConfig",
    "redirect": "RedirectConfig",
    "fixedResponse": "FixedResponseConfig",
    "authenticateCognito": "AuthenticateCognitoConfig",
    "authenticateOidc": "AuthenticateOidcConfig",
}
_CONDITIONS = {
    "hostHeader": "host-header",
    "httpHeader": "http-header",
    "httpRequestMethod": "http-request-method",
    "pathPattern": "path-pattern",
    "queryStrings": "query-string",
    "sourceIp": "source-ip",
}


def actions(written: list[Properties]) -> list[Properties]:
    """Actions as AWS wants them."""
    return [_action(dict(without_empty(action))) for action in written]


def _action(action: Properties) -> Properties:
    made = {_PARTS.get(key, key[:1].upper() + key[1:]): capitalised(value) for key, value in action.items()}
    forward = made.get("ForwardConfig")
    if forward:
        forward["TargetGroups"] = [
            {"TargetGroupArn": group["Arn"], "Weight": group.get("Weight", 1)} for group in forward["TargetGroups"]
        ]
        if "Stickiness" in forward:
            stickiness = forward.pop("Stickiness")
            forward["TargetGroupStickinessConfig"] = {"DurationSeconds": stickiness["Duration"]} | {
                "Enabled": stickiness.get("Enabled", False)
            }
    return made


def shown_actions(live: list[Properties]) -> list[Properties]:
    """AWS shows a plain forward twice: as an ARN and as a weighted list of one."""
    return [_shown_action(action) for action in sorted(live, key=lambda action: int(action.get("Order") or 0))]


def _shown_action(action: Properties) -> Properties:
    names = {aws: ours for ours, aws in _PARTS.items()}
    shown: Properties = {names.get(key, key[:1].lower() + key[1:]): uncapitalised(v) for key, v in action.items()}
    groups = (shown.get("forward") or {}).get("targetGroups") or []
    if shown.get("targetGroupArn") or len(groups) < 2:
        shown.pop("forward", None)
        return shown | ({"targetGroupArn": groups[0]["targetGroupArn"]} if groups else {})
    shown["forward"] = {"targetGroups": [{"arn": g["targetGroupArn"], "weight": g.get("weight", 1)} for g in groups]}
    return shown


def actions_form(written: Any) -> object:  # noqa: ANN401
    """A plain forward can be written in two ways, and AWS numbers actions that are not numbered."""
    return [_action_form(dict(without_empty(action)), index) for index, action in enumerate(written, start=1)]


def _action_form(action: Properties, index: int) -> Properties:
    groups = (action.get("forward") or {}).get("targetGroups") or []
    if len(groups) == 1:
        action = {key: value for key, value in action.items() if key != "forward"} | {
            "targetGroupArn": groups[0]["arn"]
        }
    elif groups:
        action["forward"] = {"targetGroups": sorted((g["arn"], g.get("weight", 1)) for g in groups)}
    return {"order": index} | action


def conditions(written: list[Properties]) -> list[Properties]:
    """Conditions of a rule as AWS wants them."""
    return [_condition(dict(without_empty(condition))) for condition in written]


def _condition(condition: Properties) -> Properties:
    key = next(key for key in _CONDITIONS if key in condition)
    if key == "queryStrings":
        return {"Field": _CONDITIONS[key], "QueryStringConfig": {"Values": capitalised(condition[key])}}
    return {"Field": _CONDITIONS[key], f"{key[:1].upper()}{key[1:]}Config": capitalised(condition[key])}


def shown_condition(condition: Properties) -> Properties:
    """A condition of AWS's as Pulumi has it."""
    key = next(ours for ours, field in _CONDITIONS.items() if field == condition["Field"])
    if key == "queryStrings":
        return {key: uncapitalised((condition.get("QueryStringConfig") or {}).get("Values", []))}
    config = condition.get(f"{key[:1].upper()}{key[1:]}Config") or {"Values": condition.get("Values", [])}
    return {key: uncapitalised(config)}
