"""Where the lines of a CloudWatch log group are sent."""

from sandbox.providers.aws.failures import found
from sandbox.providers.aws.resource import Call, Name, Row, words
from sandbox.providers.values import Properties


def _put(call: Call) -> None:
    call.aws.put_subscription_filter(
        logGroupName=call.inputs["logGroup"],
        filterName=call.inputs["name"],
        filterPattern=call.inputs.get("filterPattern", ""),
        destinationArn=call.inputs["destinationArn"],
    )
    call.created(f"{call.inputs['logGroup']}|{call.inputs['name']}")


def _read(call: Call) -> Properties | None:
    group, name = call.setting("logGroup"), call.setting("name")
    answer = found(lambda: call.aws.describe_subscription_filters(logGroupName=group, filterNamePrefix=name))
    rows = (answer or {}).get("subscriptionFilters", [])
    row = next((one for one in rows if one["filterName"] == name), None)
    if row is None:
        return None
    return {
        "name": name,
        "logGroup": group,
        "filterPattern": row.get("filterPattern", ""),
        "destinationArn": row["destinationArn"],
        "distribution": row.get("distribution", "ByLogStream"),
    }


def _delete(call: Call) -> None:
    group, name = call.setting("logGroup"), call.setting("name")
    found(lambda: call.aws.delete_subscription_filter(logGroupName=group, filterName=name))


ROWS = (
    Row(
        type="aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter",
        service="logs",
        create=_put,
        read=_read,
        update=_put,
        delete=_delete,
        name=Name(longest=512),
        fixed=words("name logGroup"),
        defaults={"distribution": "ByLogStream"},
        computed=words("name roleArn"),
        lacks=words("applyOnTransformedLogs emitSystemFields roleArn"),
    ),
)
