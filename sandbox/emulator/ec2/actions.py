"""How an action of EC2 is added or put in the place of ministack's own."""

from collections.abc import Callable

from ministack.services import ec2

from sandbox.emulator.patching.patch import Answer, Needs, Record, Refusal

NEEDS: Needs = {"ministack.services.ec2": ("_ACTION_MAP", "_error", "_xml")}


def answering(action: str, function: Callable[[Record], str]) -> None:
    """Answer an action with the XML that `function` makes of its parameters, or with the Refusal that it raises."""

    def handle(params: Record) -> Answer:
        made: Answer
        try:
            made = ec2._xml(200, f"{action}Response", function(params))
        except Refusal as refused:
            made = ec2._error(refused.code, refused.message, refused.status)
        return made

    ec2._ACTION_MAP[action] = handle


def guarding(action: str, check: Callable[[Record], None]) -> None:
    """Let `check` refuse an action, by raising Refusal, before ministack does it."""
    original = ec2._ACTION_MAP[action]

    def handle(params: Record) -> Answer:
        made: Answer
        try:
            check(params)
        except Refusal as refused:
            made = ec2._error(refused.code, refused.message, refused.status)
            return made
        made = original(params)
        return made

    ec2._ACTION_MAP[action] = handle
