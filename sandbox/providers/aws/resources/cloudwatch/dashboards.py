"""CloudWatch dashboards."""

from sandbox.providers.aws.comparing import json_form
from sandbox.providers.aws.failures import found
from sandbox.providers.aws.resource import Call, Row, words
from sandbox.providers.values import Properties


def _put(call: Call) -> None:
    call.aws.put_dashboard(DashboardName=call.inputs["dashboardName"], DashboardBody=call.inputs["dashboardBody"])
    call.created(call.inputs["dashboardName"])


def _read(call: Call) -> Properties | None:
    answer = found(lambda: call.aws.get_dashboard(DashboardName=call.id))
    if answer is None:
        return None
    # AWS has no region in it.
    arn = f"arn:aws:cloudwatch::{call.account}:dashboard/{call.id}"
    return {"dashboardName": call.id, "dashboardBody": answer["DashboardBody"], "dashboardArn": arn}


def _delete(call: Call) -> None:
    found(lambda: call.aws.delete_dashboards(DashboardNames=[call.id]))


ROWS = (
    Row(
        type="aws:cloudwatch/dashboard:Dashboard",
        service="cloudwatch",
        create=_put,
        read=_read,
        update=_put,
        delete=_delete,
        fixed=words("dashboardName"),
        forms={"dashboardBody": json_form},
    ),
)
