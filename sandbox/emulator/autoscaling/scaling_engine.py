"""Application Auto Scaling at work: what its policies want of ECS services, a look at a time."""

import logging
import time
from collections.abc import Iterator

from ministack.core.responses import request_scope
from ministack.services import cloudwatch, ecs

from sandbox.context import Context
from sandbox.emulator.autoscaling.scaling_rules import DEFAULT_COOLDOWN, stepped, tracked, within
from sandbox.emulator.autoscaling.scaling_store import ScalingStore
from sandbox.emulator.cloudwatch.alarms import Watch
from sandbox.emulator.ecs import store
from sandbox.emulator.ecs.deployments.deployments import Rollout
from sandbox.emulator.patching.patch import Needs, Record

NEEDS: Needs = {
    "ministack.core.responses": ("request_scope",),
    "ministack.services.cloudwatch": ("_alarms",),
    "ministack.services.ecs": ("_ACTION_MAP", "_services"),
}

_TRACKING, _STEPS = "TargetTrackingScalingPolicyConfiguration", "StepScalingPolicyConfiguration"
logger = logging.getLogger("sandbox.scaling")


class ScalingEngine:
    """Looks after each round of alarms; cooldowns last as long as the sandbox's pace makes them."""

    def __init__(self, context: Context, watch: Watch, known: ScalingStore) -> None:
        self._context, self._watch, self._store = context, watch, known
        self._last: dict[tuple[str, bool], float] = {}

    def install(self) -> None:
        """Look whenever alarms were looked at."""
        self._watch.listeners.append(self.look)

    def look(self) -> None:
        """Every scalable target of all accounts and regions."""
        for account, region, target, policies in list(self._store.everything()):
            with request_scope(account, region):
                service = ecs._services.get(target["ResourceId"].removeprefix("service/"))
                if service is not None and service["status"] == "ACTIVE":
                    self._scale(service, target, policies)

    def _scale(self, service: Record, target: Record, policies: list[Record]) -> None:
        current = int(service["desiredCount"])
        wishes = [within(target, wanted) for wanted in self._wishes(current, policies)]
        out = [wanted for wanted in wishes if wanted > current]
        if out:
            self._set(service, target, max(out))
        elif wishes and not _rolls(service):
            self._set(service, target, max(wishes))

    def _wishes(self, current: int, policies: list[Record]) -> Iterator[int]:
        """The counts that policies ask for. Tracking policies remove tasks together or not at all."""
        tracking = [policy for policy in policies if _TRACKING in policy]
        wanted = [self._tracked(policy, current) for policy in tracking]
        more = [count for count in wanted if count is not None and count > current]
        if more:
            yield max(more)
        elif wanted and all(count is not None and count < current for count in wanted):
            yield max(count for count in wanted if count is not None)
        for policy in policies:
            if _STEPS in policy:
                yield from self._stepped(policy, current)

    def _tracked(self, policy: Record, current: int) -> int | None:
        """What one tracking policy asks for; None for nothing, as in its cooldown."""
        configuration = policy[_TRACKING]
        for row in policy["Alarms"]:
            alarm = cloudwatch._alarms.get(row["AlarmName"])
            if alarm is None or alarm["StateValue"] != "ALARM":
                continue
            value = self._watch.values(alarm, 1)[-1]
            cooldown = "ScaleOutCooldown" if "AlarmHigh" in row["AlarmName"] else "ScaleInCooldown"
            if value is not None:
                wanted = tracked(current, value, float(configuration["TargetValue"]))
                if self._rested(policy, configuration.get(cooldown, DEFAULT_COOLDOWN), out=wanted > current):
                    return wanted
        return None

    def _stepped(self, policy: Record, current: int) -> Iterator[int]:
        configuration = policy[_STEPS]
        for alarm in list(cloudwatch._alarms.values()):
            if policy["PolicyARN"] not in (alarm.get("AlarmActions") or []) or alarm["StateValue"] != "ALARM":
                continue
            value = self._watch.values(alarm, 1)[-1]
            if value is not None:
                wanted = stepped(configuration, current, value - float(alarm["Threshold"]))
                rested = self._rested(policy, configuration.get("Cooldown", DEFAULT_COOLDOWN), out=wanted > current)
                if wanted != current and rested:
                    yield wanted

    def _rested(self, policy: Record, cooldown: float, *, out: bool) -> bool:
        """Whether a cooldown, in AWS's seconds, is over: adding waits for what was added, removing for both."""
        directions = (True,) if out else (True, False)
        last = max(self._last.get((policy["ResourceId"], direction), 0) for direction in directions)
        return not last or time.monotonic() >= last + self._context.scaled(cooldown)

    def _set(self, service: Record, target: Record, count: int) -> None:
        if count == int(service["desiredCount"]):
            return
        cluster, name = target["ResourceId"].split("/")[1:]
        self._last[target["ResourceId"], count > int(service["desiredCount"])] = time.monotonic()
        self._store.note(target, f"Setting desired count to {count}.")
        ecs._ACTION_MAP["UpdateService"]({"cluster": cluster, "service": name, "desiredCount": count})
        logger.info("%s: %d tasks", target["ResourceId"], count)


def _rolls(service: Record) -> bool:
    """During a deployment tasks are added and none removed.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html
    """
    return bool(store.primary(service)["rolloutState"] == Rollout.IN_PROGRESS)
