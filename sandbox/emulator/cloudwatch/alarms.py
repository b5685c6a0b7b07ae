"""Alarms that look at their own dimensions, at several periods and through metric math, on the sandbox's time.

A period lasts as long as the sandbox's pace makes it: counts of periods are AWS's, seconds are not.
"""

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import cloudwatch

from sandbox.context import Context
from sandbox.emulator.cloudwatch.alarm_state import State, judge
from sandbox.emulator.cloudwatch.metric_math import Series, UnknownMathsError, compute
from sandbox.emulator.patching.background import again
from sandbox.emulator.patching.patch import Answer, Needs, Record, replace

NEEDS: Needs = {
    "ministack.core.responses": ("request_scope",),
    "ministack.services.cloudwatch": (
        "_alarms",
        "_calc_stats",
        "_dims_from_list",
        "_dims_key",
        "_dispatch_alarm_actions",
        "_evaluate_alarm",
        "_evaluate_parent_alarms",
        "_metrics",
        "_put_metric_alarm",
        "_record_history",
        "_stat_value",
    ),
}

MINUTE = 60.0
QUICKEST = 0.2
# What PutMetricAlarm takes and ministack drops.
DROPPED = ("Metrics", "ThresholdMetricId", "EvaluateLowSampleCountPercentile")
logger = logging.getLogger("sandbox.alarms")


class Watch:
    """Evaluates every alarm again and again; what follows from it is told to `listeners` after each look."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.listeners: list[Callable[[], None]] = []

    def install(self) -> None:
        """Take the evaluation over."""
        replace(cloudwatch, "_put_metric_alarm", _keeping)
        cloudwatch._evaluate_alarm = self.evaluate

    def start(self) -> None:
        """Watch until the process ends; call it when all listeners are known."""
        again("alarms", max(QUICKEST, self._context.scaled(MINUTE) / 3), self.look, *self.listeners)

    def look(self) -> None:
        """Evaluate the alarms of all accounts and regions; one that can't be stops none of the others."""
        for (account, region, name), alarm in cloudwatch._alarms.all_items():
            try:
                with request_scope(account, region):
                    self.evaluate(alarm)
            except Exception:
                logger.exception("alarm %s can't be evaluated", name)

    def evaluate(self, alarm: Record) -> None:
        """One alarm, in the scope of its account and region."""
        periods = int(alarm.get("EvaluationPeriods") or 1)
        try:
            values = self.values(alarm, periods)
        except UnknownMathsError:
            logger.warning("alarm %s can't be evaluated", alarm["AlarmName"], exc_info=True)
            return
        needed = int(alarm.get("DatapointsToAlarm") or periods)
        missing = str(alarm.get("TreatMissingData") or "missing")
        threshold = float(alarm.get("Threshold") or 0)
        state = judge(values, str(alarm["ComparisonOperator"]), threshold, needed, missing)
        if state is not None and state != alarm["StateValue"]:
            _turn(alarm, state, f"{values} {alarm['ComparisonOperator']} {threshold:g}")

    def values(self, alarm: Record, periods: int) -> Series:
        """What an alarm looks at, one value a period, the newest last. Raises UnknownMathsError."""
        queries = alarm.get("Metrics")
        if not queries:
            stat = alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"
            return self._series(alarm, str(stat), int(alarm.get("Period") or MINUTE), periods)
        known: dict[str, Series] = {}
        for query in queries:
            if query.get("MetricStat"):
                stat, period = str(query["MetricStat"]["Stat"]), int(query["MetricStat"].get("Period") or MINUTE)
                known[query["Id"]] = self._series(query["MetricStat"]["Metric"], stat, period, periods)
        for query in queries:
            if query.get("Expression"):
                known[query["Id"]] = compute(str(query["Expression"]), known, periods)
        return known[next(query["Id"] for query in queries if query.get("ReturnData", True))]

    def _series(self, metric: Record, stat: str, period: int, periods: int) -> Series:
        key = (
            metric.get("Namespace"),
            metric.get("MetricName"),
            cloudwatch._dims_key(cloudwatch._dims_from_list(metric.get("Dimensions") or [])),
        )
        points, now, length = cloudwatch._metrics.get(key) or [], time.time(), self._context.scaled(period)
        rows: list[list[Record]] = [[] for _ in range(periods)]
        for point in list(points):
            age = int((now - point["Timestamp"]) / length)
            if 0 <= age < periods:
                rows[-1 - age].append(point)
        return [_statistic(row, stat) for row in rows]


def in_alarm(action: str) -> bool:
    """Whether an alarm of this account and region that has this action is ringing."""
    alarms: Iterable[Record] = cloudwatch._alarms.values()
    return any(
        alarm["StateValue"] == State.ALARM and alarm.get("ActionsEnabled", True)
        for alarm in alarms
        if action in (alarm.get("AlarmActions") or [])
    )


def _statistic(points: list[Record], stat: str) -> float | None:
    if not points:
        return None
    value = cloudwatch._stat_value(cloudwatch._calc_stats(points), stat, points)
    return None if value is None else float(value)


def _turn(alarm: Record, state: State, reason: str) -> None:
    before = alarm["StateValue"]
    alarm.update(StateValue=str(state), StateReason=reason, StateUpdatedTimestamp=int(time.time()))
    cloudwatch._record_history(alarm["AlarmName"], before, str(state), reason)
    cloudwatch._dispatch_alarm_actions(alarm, before, str(state), reason)
    cloudwatch._evaluate_parent_alarms(alarm)


def _keeping(original: Callable[..., Answer]) -> Callable[..., Answer]:
    def put(params: Any, data: Record, is_cbor: Any, is_json: bool = False) -> Answer:  # noqa: ANN401
        made = original(params, data, is_cbor, is_json)
        alarm = cloudwatch._alarms.get(data.get("AlarmName", "")) if data else None
        if alarm is not None and made[0] == 200:
            alarm.update({name: data[name] for name in DROPPED if data.get(name)})
            for name in ("Statistic", "Period") if data.get("Metrics") else ("Statistic",):
                if name not in data:
                    alarm.pop(name, None)
        return made

    return put
