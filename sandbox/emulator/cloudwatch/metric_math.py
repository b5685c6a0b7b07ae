"""Metric math, as much of it as Slipway's alarms use: arithmetic, comparisons, IF and FILL.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

import ast
import operator
from collections.abc import Callable, Mapping

Series = list[float | None]
"""One value a period, the newest last; None where there is no data."""

_OPERATORS: dict[type[ast.AST], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


class UnknownMathsError(ValueError):
    """An expression that the sandbox can't compute."""


def compute(expression: str, series: Mapping[str, Series], periods: int) -> Series:
    """The values of an expression over some series of `periods` values. Raises UnknownMathsError."""
    try:
        return _value(ast.parse(expression, mode="eval").body, series, periods)
    except SyntaxError as error:
        raise UnknownMathsError(f"{expression}: {error.msg}") from error


def _value(node: ast.expr, series: Mapping[str, Series], periods: int) -> Series:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return [float(node.value)] * periods
    if isinstance(node, ast.Name) and node.id in series:
        return series[node.id]
    if isinstance(node, ast.BinOp):
        return _both(type(node.op), node.left, node.right, series, periods)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return _both(type(node.ops[0]), node.left, node.comparators[0], series, periods)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _call(node.func.id, [_value(part, series, periods) for part in node.args])
    raise UnknownMathsError(f"the sandbox can't compute {ast.unparse(node)}")


def _both(kind: type[ast.AST], left: ast.expr, right: ast.expr, series: Mapping[str, Series], periods: int) -> Series:
    if kind not in _OPERATORS:
        raise UnknownMathsError(f"the sandbox doesn't know {kind.__name__}")
    pairs = zip(_value(left, series, periods), _value(right, series, periods), strict=True)
    return [_applied(_OPERATORS[kind], one, other) for one, other in pairs]


def _applied(function: Callable[[float, float], float], one: float | None, other: float | None) -> float | None:
    """No value where one is missing, or where it would be divided by 0."""
    if one is None or other is None:
        return None
    try:
        return float(function(one, other))
    except ZeroDivisionError:
        return None


def _call(name: str, parts: list[Series]) -> Series:
    if name == "FILL" and len(parts) == 2:
        return [filler if value is None else value for value, filler in zip(*parts, strict=True)]
    if name == "IF" and len(parts) == 3:
        return [None if met is None else yes if met else no for met, yes, no in zip(*parts, strict=True)]
    raise UnknownMathsError(f"the sandbox doesn't know {name} with {len(parts)} arguments")
