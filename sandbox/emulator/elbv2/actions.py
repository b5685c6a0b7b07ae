"""What ministack drops of listener actions and rule conditions, or spoils: weighted forwards, query strings, pages."""

from collections.abc import Callable
from xml.sax.saxutils import escape

from ministack.services import alb

from sandbox.emulator.elbv2.query import element, parameter, structures
from sandbox.emulator.patching.patch import Needs, Record, replace

NEEDS: Needs = {
    "ministack.services.alb": ("_action_xml", "_condition_xml", "_parse_actions", "_parse_conditions"),
}


def install() -> None:
    """Read and write `ForwardConfig` and `QueryStringConfig`."""
    replace(alb, "_parse_actions", _reading_forwards)
    replace(alb, "_action_xml", _writing_forwards)
    replace(alb, "_parse_conditions", _reading_query_strings)
    replace(alb, "_condition_xml", _writing_query_strings)


def _reading_forwards(original: Callable[..., list[Record]]) -> Callable[..., list[Record]]:
    def parse(params: Record, prefix: str = "DefaultActions") -> list[Record]:
        actions = original(params, prefix)
        for number, action in enumerate(actions, start=1):
            base = f"{prefix}.member.{number}.ForwardConfig"
            if groups := structures(params, f"{base}.TargetGroups", ("TargetGroupArn", "Weight")):
                action["ForwardConfig"] = {"TargetGroups": groups, "Stickiness": _stickiness(params, base)}
                # With one group AWS shows it in both places.
                if len(groups) == 1:
                    action.setdefault("TargetGroupArn", groups[0]["TargetGroupArn"])
        return actions

    return parse


def _stickiness(params: Record, base: str) -> dict[str, str]:
    prefix = f"{base}.TargetGroupStickinessConfig"
    return {
        "Enabled": parameter(params, f"{prefix}.Enabled", "false"),
        "DurationSeconds": parameter(params, f"{prefix}.DurationSeconds"),
    }


def _writing_forwards(original: Callable[[Record], str]) -> Callable[[Record], str]:
    def write(action: Record) -> str:
        made = original(_escaped(action))
        if action["Type"] != "forward":
            return made
        return made.removesuffix("</member>") + _forward_xml(action) + "</member>"

    return write


def _escaped(action: Record) -> Record:
    """A fixed response whose page is text in XML, whatever markup it has itself."""
    fixed = action.get("FixedResponseConfig")
    if not fixed or not fixed.get("MessageBody"):
        return action
    return {**action, "FixedResponseConfig": {**fixed, "MessageBody": escape(fixed["MessageBody"])}}


def _forward_xml(action: Record) -> str:
    """AWS returns a ForwardConfig for a plain forward as well, with weight 1."""
    plain: Record = {"TargetGroups": [{"TargetGroupArn": action.get("TargetGroupArn", ""), "Weight": "1"}]}
    config: Record = action.get("ForwardConfig") or plain
    members = "".join(
        "<member>"
        + element("TargetGroupArn", group["TargetGroupArn"])
        + element("Weight", group.get("Weight", 1))
        + "</member>"
        for group in config["TargetGroups"]
    )
    stickiness = config.get("Stickiness") or {}
    inner = element("Enabled", stickiness.get("Enabled") or "false")
    if stickiness.get("DurationSeconds"):
        inner += element("DurationSeconds", stickiness["DurationSeconds"])
    return (
        f"<ForwardConfig><TargetGroups>{members}</TargetGroups>"
        f"<TargetGroupStickinessConfig>{inner}</TargetGroupStickinessConfig></ForwardConfig>"
    )


def _reading_query_strings(original: Callable[..., list[Record]]) -> Callable[..., list[Record]]:
    def parse(params: Record, prefix: str = "Conditions") -> list[Record]:
        conditions = original(params, prefix)
        for number, condition in enumerate(conditions, start=1):
            base = f"{prefix}.member.{number}.QueryStringConfig.Values"
            if pairs := structures(params, base, ("Key", "Value")):
                condition["QueryStringConfig"] = {"Values": pairs}
        return conditions

    return parse


def _writing_query_strings(original: Callable[[Record], str]) -> Callable[[Record], str]:
    def write(condition: Record) -> str:
        made = original(condition)
        pairs = (condition.get("QueryStringConfig") or {}).get("Values")
        if not pairs:
            return made
        members = "".join(
            "<member>" + "".join(element(name, pair[name]) for name in ("Key", "Value") if name in pair) + "</member>"
            for pair in pairs
        )
        return (
            made.removesuffix("</member>")
            + f"<QueryStringConfig><Values>{members}</Values></QueryStringConfig></member>"
        )

    return write
