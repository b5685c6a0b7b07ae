"""Rules of load balancers that answer in the place of an app.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from driver.adapters.aws.session import Session, code, translated
from driver.core.ports.gates import Page, Way
from driver.errors import NotReady

EVERYTHING = "*"
STATUS = "503"
Rule = Mapping[str, Any]


class AwsGates:
    """Implements the port Gates. Ours is known by what it is: a 503 for the very hosts of a way."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def closed(self, way: Way) -> bool:
        """Whether there is such a rule."""
        return ours(self._rules(way), way) is not None

    def close(self, way: Way, page: Page) -> None:
        """Make it at the highest free priority before the app's own rule, or give it another page."""
        rules = self._rules(way)
        there = ours(rules, way)
        with _asking(f"closing {way.process}"):
            if there is not None:
                self._elb.modify_rule(RuleArn=there["RuleArn"], Actions=[_action(page)])
                return
            priority = free(rules, way)
            conditions = [_condition(way)]
            self._elb.create_rule(
                ListenerArn=way.listener, Priority=priority, Conditions=conditions, Actions=[_action(page)]
            )

    def open(self, way: Way) -> bool:
        """Take it away; whether there was one."""
        there = ours(self._rules(way), way)
        if there is None:
            return False
        with _asking(f"opening {way.process}"):
            self._elb.delete_rule(RuleArn=there["RuleArn"])
        return True

    def _rules(self, way: Way) -> Sequence[Rule]:
        with _asking(f"reading the rules before {way.process}"):
            pages = self._elb.get_paginator("describe_rules").paginate(ListenerArn=way.listener)
            return [row for page in pages for row in page["Rules"]]

    @property
    def _elb(self) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        return self._session.client("elbv2")


def ours(rules: Sequence[Rule], way: Way) -> Rule | None:
    """The rule that closes a way, if there is one."""
    return next((row for row in rules if _closes(row) and _values(row) == _wanted(way)), None)


def free(rules: Sequence[Rule], way: Way) -> int:
    """The highest priority before the app's own rule that no rule has. Raises NotReady."""
    taken = {int(row["Priority"]) for row in rules if row["Priority"] != "default"}
    found = next((number for number in range(way.below - 1, 0, -1) if number not in taken), None)
    if found is None:
        raise NotReady(
            f"there is no free priority before the rule of {way.process}, which has {way.below}",
            hint="Give its process another place in the settings of the load balancer, and bring the environment up.",
        )
    return found


def _closes(rule: Rule) -> bool:
    return any(row.get("FixedResponseConfig", {}).get("StatusCode") == STATUS for row in rule["Actions"])


def _values(rule: Rule) -> set[str]:
    return {value for row in rule["Conditions"] for value in _of(row)}


def _of(condition: Rule) -> Sequence[str]:
    """The values of a condition, which stand in one of two places."""
    own: Rule = condition.get("HostHeaderConfig") or condition.get("PathPatternConfig") or {}
    found: Sequence[str] = own.get("Values") or condition.get("Values") or ()
    return found


def _wanted(way: Way) -> set[str]:
    return set(way.hosts) or {EVERYTHING}


def _condition(way: Way) -> dict[str, Any]:
    if way.hosts:
        return {"Field": "host-header", "HostHeaderConfig": {"Values": list(way.hosts)}}
    return {"Field": "path-pattern", "PathPatternConfig": {"Values": [EVERYTHING]}}


def _action(page: Page) -> dict[str, Any]:
    answer = {"StatusCode": STATUS, "ContentType": page.kind, "MessageBody": page.body}
    return {"Type": "fixed-response", "FixedResponseConfig": answer}


@contextmanager
def _asking(doing: str) -> Iterator[None]:
    from botocore.exceptions import ClientError

    with translated(doing):
        try:
            yield
        except ClientError as error:
            if code(error) != "ListenerNotFound":
                raise
            raise NotReady("its listener is not there", hint="`slipway up ENV` makes it.") from None
