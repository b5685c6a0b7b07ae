"""Dashboards as Grafana has them, made with its own builders.

https://grafana.github.io/grafana-foundation-sdk/
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from grafana_foundation_sdk.builders import annotationslist, cloudwatch, common, dashboard, table, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import cloudwatch as cloudwatch_models
from grafana_foundation_sdk.models import common as common_models
from grafana_foundation_sdk.models import dashboard as models

from model.monitoring.dashboards.board import (
    COLUMNS,
    AnyPanel,
    Board,
    Cell,
    Formula,
    Limit,
    LogPanel,
    Panel,
    Query,
    ReleasePanel,
    Row,
    Series,
    Unit,
    bottom,
    placed,
)

Document = dict[str, Any]

SHOWN: tuple[type[AnyPanel], ...] = (Panel, LogPanel, ReleasePanel)
"""What is shown here; how CloudWatch's alarms stand is shown by CloudWatch."""
VARIABLE = "datasource"
MARKS = models.DataSourceRef(type_val="grafana", uid="-- Grafana --")
METRICS = models.DataSourceRef(type_val="cloudwatch", uid=f"${{{VARIABLE}}}")
UNITS = {
    Unit.COUNT: "short",
    Unit.PERCENT: "percent",
    Unit.SECONDS: "s",
    Unit.MILLISECONDS: "ms",
    Unit.BYTES: "bytes",
    Unit.DOLLARS: "currencyUSD",
}
"""https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/#unit"""
MOST_MARKS = 100


def document(board: Board, datasource: str | None = None) -> Document:
    """One dashboard as Grafana's API takes it; `datasource` is the UID of the CloudWatch that it shows at first."""
    made = (
        dashboard.Dashboard(board.title)
        .uid(board.uid)
        .description(board.says)
        .tags(list(board.tags))
        .readonly()
        .timezone("browser")
        .tooltip(models.DashboardCursorSync.CROSSHAIR)
        .refresh("5m")
        .time("now-6h", "now")
        .with_variable(_datasource(datasource))
        .link(_links(board))
    )
    for name, colour in (("deploy", "blue"), ("rollback", "red")):
        made.annotation(_marks(f"{name}s", colour, [board.tags[0], name, *board.tags[1:]]))
    top, number = 0, 1
    for row in board.rows:
        shown = list(placed(row, SHOWN, top + 1))
        if shown:
            made.with_row(_row(row, top).id(number))
            for panel, cell in shown:
                number += 1
                made.with_panel(_at(_panel(panel, board), cell).id(number))
            top, number = bottom([cell for _, cell in shown], top + 1), number + 1
    plain: Document = json.loads(json.dumps(made.build(), cls=JSONEncoder))
    for variable in plain["templating"]["list"]:
        # The SDK writes them into variables of every kind; only those of an interval have them.
        for key in ("auto", "auto_min", "auto_count"):
            del variable[key]
    return plain


def _datasource(uid: str | None) -> Any:  # noqa: ANN401 - the SDK's builders share no public type
    made = dashboard.DatasourceVariable(VARIABLE).label("CloudWatch").type("cloudwatch")
    return made if uid is None else made.current(models.VariableOption(selected=True, text=uid, value=uid))


def _links(board: Board) -> Any:  # noqa: ANN401
    """To the other dashboards of the environment."""
    return (
        dashboard.DashboardLink(board.env)
        .type(models.DashboardLinkType.DASHBOARDS)
        .tags(list(board.tags[:2]))
        .as_dropdown(True)
        .include_vars(True)
        .keep_time(True)
    )


def _marks(name: str, colour: str, tags: Sequence[str]) -> Any:  # noqa: ANN401
    """The marks of releases that have all of these tags."""
    target = dashboard.AnnotationTarget().type("tags").match_any(False).limit(MOST_MARKS).tags(list(tags))
    return (
        dashboard.AnnotationQuery().name(name).datasource(MARKS).enable(True).hide(False).icon_color(colour)
        .target(target)
    )  # fmt: skip


def _row(row: Row, top: int) -> Any:  # noqa: ANN401
    return dashboard.Row(row.title).grid_pos(models.GridPos(h=1, w=COLUMNS, x=0, y=top))


def _at(panel: Any, cell: Cell) -> Any:  # noqa: ANN401
    return panel.grid_pos(models.GridPos(h=cell.height, w=cell.width, x=cell.x, y=cell.y))


def _panel(panel: AnyPanel, board: Board) -> Any:  # noqa: ANN401
    match panel:
        case Panel():
            return _graph(panel, board)
        case LogPanel():
            return _lines(panel, board)
        case ReleasePanel():
            return _releases(panel)
    raise TypeError(panel)


def _graph(panel: Panel, board: Board) -> Any:  # noqa: ANN401
    style = common_models.GraphDrawStyle.BARS if panel.bars else common_models.GraphDrawStyle.LINE
    made = (
        timeseries.Panel()
        .title(panel.title)
        .description(panel.says)
        .datasource(METRICS)
        .unit(UNITS[panel.unit])
        .min(0)
        .draw_style(style)
        .line_width(1)
        .fill_opacity(60 if panel.bars else 10)
        .legend(_legend())
        .tooltip(common.VizTooltipOptions().mode(common_models.TooltipDisplayMode.MULTI))
        .thresholds(_thresholds(panel.limit))
    )
    if panel.top is not None:
        made.axis_soft_max(panel.top)
    if panel.limit is not None:
        made.thresholds_style(common.GraphThresholdsStyleConfig().mode(common_models.GraphThresholdsStyleMode.DASHED))
    for query in _targets(panel.series, board):
        made.with_target(query)
    return made


def _legend() -> Any:  # noqa: ANN401
    shown = common.VizLegendOptions().show_legend(True).placement(common_models.LegendPlacement.BOTTOM)
    return shown.display_mode(common_models.LegendDisplayMode.LIST)


def _thresholds(limit: Limit | None) -> Any:  # noqa: ANN401
    """The values at which an alarm rings are red. Grafana's first step has no value: it is all that is below."""
    calm, rings = "transparent", "red"
    steps = [models.Threshold(value=None, color=rings if limit is not None and limit.below else calm)]
    if limit is not None:
        steps.append(models.Threshold(value=limit.value, color=calm if limit.below else rings))
    return dashboard.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(steps)


def _targets(rows: Sequence[Series], board: Board) -> Iterator[Any]:
    for row in rows:
        made = (
            cloudwatch.CloudWatchMetricsQuery()
            .query_mode(cloudwatch_models.CloudWatchQueryMode.METRICS)
            .metric_query_type(cloudwatch_models.MetricQueryType.SEARCH)
            .id(row.id)
            .ref_id(row.id)
            .label(row.label)
            .region(row.region or board.region)
            .datasource(METRICS)
        )
        yield _math(made, row) if isinstance(row, Formula) else _metric(made, row)


def _math(made: Any, row: Formula) -> Any:  # noqa: ANN401
    code = cloudwatch_models.MetricEditorMode.CODE
    return made.metric_editor_mode(code).namespace("").metric_name("").statistic("Average").expression(row.expression)


def _metric(made: Any, row: Query) -> Any:  # noqa: ANN401
    """`match_exact` wants all dimensions of a series, and finds no other."""
    builder = cloudwatch_models.MetricEditorMode.BUILDER
    made.metric_editor_mode(builder).namespace(row.namespace).metric_name(row.metric).statistic(row.stat)
    made.dimensions(dict(row.dimensions)).match_exact(True).expression("")
    made.period("" if row.period is None else str(row.period))
    return made.hide(True) if row.hidden else made


def _lines(panel: LogPanel, board: Board) -> Any:  # noqa: ANN401
    arn = f"arn:aws:logs:{board.region}:{board.account}:log-group:{panel.group}:*"
    query = (
        cloudwatch.CloudWatchLogsQuery()
        .query_mode(cloudwatch_models.CloudWatchQueryMode.LOGS)
        .id("lines")
        .ref_id("lines")
        .region(board.region)
        .expression(panel.query)
        .log_groups([cloudwatch.LogGroup().arn(arn).name(panel.group)])
        .datasource(METRICS)
    )
    return table.Panel().title(panel.title).description(panel.says).datasource(METRICS).with_target(query)


def _releases(panel: ReleasePanel) -> Any:  # noqa: ANN401
    made = annotationslist.Panel().title(panel.title).description(panel.says).datasource(MARKS)
    return made.tags(list(panel.tags)).only_from_this_dashboard(False).only_in_time_range(False).limit(20)
