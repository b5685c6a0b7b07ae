"""The numbers over time as an SVG that any browser shows, with a title for those who can't see it."""

from collections.abc import Iterator, Sequence
from html import escape

from driver.core.stats.measures import Measures
from driver.views.spans import span
from driver.views.stats.page import often, percent

WIDTH, HEIGHT = 800, 360
LEFT, RIGHT, TOP, BOTTOM = 40, 16, 96, 56
RAN, FAILED, INK, FAINT = "#2563eb", "#b91c1c", "#1f2937", "#d1d5db"
"""Blue and dark red are told apart by those who see no red or green; failed bars are hatched besides."""


def svg(env: str, every: Measures, periods: Sequence[Measures]) -> str:
    """A bar for each period, its failed deployments hatched at the top, and the five numbers above."""
    most = max((row.deployments for row in periods), default=0) or 1
    title = f"Deployments of {env}, {every.since:%Y-%m-%d} to {every.until:%Y-%m-%d}"
    facts = (
        f"frequency {often(every.per_day)}",
        f"lead time {span(every.lead_time)}",
        f"fail rate {percent(every.fail_rate)}",
        f"recovery {span(every.recovery_time)}",
        f"rework {percent(every.rework_rate)}",
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' aria-labelledby="title" font-family="system-ui, sans-serif" fill="{INK}">',
        f'<title id="title">{escape(title)}</title>',
        '<defs><pattern id="failed" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect width="6" height="6" fill="#fff"/><rect width="3" height="6" fill="{FAILED}"/></pattern></defs>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="32" font-size="18" font-weight="600">{escape(title)}</text>',
        f'<text x="{LEFT}" y="58" font-size="13">{escape("  ·  ".join(facts))}</text>',
        *_axis(most),
        *_bars(periods, most),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _axis(most: int) -> Iterator[str]:
    for number in sorted({0, most // 2, most}):
        y = _height(number, most)
        yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{FAINT}"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" font-size="11" text-anchor="end">{number}</text>'


def _bars(periods: Sequence[Measures], most: int) -> Iterator[str]:
    slot = (WIDTH - LEFT - RIGHT) / max(len(periods), 1)
    every = -(-len(periods) // 10)
    for at, row in enumerate(periods):
        x, wide = LEFT + at * slot + slot * 0.15, slot * 0.7
        top, line = _height(row.deployments, most), _height(row.deployments - row.failed, most)
        told = f"{row.since:%Y-%m-%d}: {row.deployments} deployments, {row.failed} failed"
        yield f"<g><title>{told}</title>"
        ran = _height(0, most) - line
        yield f'<rect x="{x:.1f}" y="{line:.1f}" width="{wide:.1f}" height="{ran:.1f}" fill="{RAN}"/>'
        if row.failed:
            yield (
                f'<rect x="{x:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{line - top:.1f}"'
                f' fill="url(#failed)" stroke="{FAILED}"/>'
            )
        yield "</g>"
        if at % every == 0:
            label = f"{row.since:%m-%d}"
            yield f'<text x="{x + wide / 2:.1f}" y="{HEIGHT - 32}" font-size="11" text-anchor="middle">{label}</text>'


def _height(number: int, most: int) -> float:
    """Where a number is, in pixels from above."""
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * number / most
