"""Application Auto Scaling as an API: the targets, policies and scheduled actions of ECS services."""

from sandbox.emulator.autoscaling.scaling_schedules import Schedules
from sandbox.emulator.autoscaling.scaling_store import ScalingStore
from sandbox.emulator.patching.json_services import Service
from sandbox.emulator.patching.patch import Record

store = ScalingStore()
_schedules = Schedules(store.has_target)


def _deregister(data: Record) -> Record:
    made = store.deregister(data)
    _schedules.forget(data)
    return made


SERVICE = Service(
    prefix="AnyScaleFrontendService.",
    whose="Application Auto Scaling's",
    operations={
        "RegisterScalableTarget": store.register,
        "DescribeScalableTargets": store.describe_targets,
        "DeregisterScalableTarget": _deregister,
        "PutScalingPolicy": store.put_policy,
        "DescribeScalingActivities": store.describe_activities,
        "DescribeScalingPolicies": store.describe_policies,
        "DeleteScalingPolicy": store.delete_policy,
        "PutScheduledAction": _schedules.put,
        "DescribeScheduledActions": _schedules.describe,
        "DeleteScheduledAction": _schedules.delete,
        "ListTagsForResource": store.list_tags,
        "TagResource": store.tag,
        "UntagResource": store.untag,
    },
)
