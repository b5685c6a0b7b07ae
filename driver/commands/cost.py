"""`slipway cost`: what an environment costs a month before anybody uses it."""

from collections import Counter

import typer

from driver import console
from driver.views.options import Env, Json


def run(ctx: typer.Context, env: Env, as_json: Json = False) -> None:
    """Estimate the fixed monthly cost of ENV at its smallest scale, with the prices and all that is assumed."""
    from driver.wiring import live
    from model.sizing.costs import estimate

    world = live(ctx.obj, env)
    state = world.stacks.read(env)
    kinds = Counter(row.kind for row in state.resources)
    found = estimate(world.settings, kinds if state.exists else None)
    if as_json:
        console.answer_json({"env": env, **found.plain()})
        return
    rows = [
        (
            line.what,
            f"{line.amount:.2f}".rstrip("0").rstrip("."),
            line.unit,
            f"{line.price:.6f}".rstrip("0").rstrip("."),
            "month" if line.hours == 1 else "hour",
            f"{line.monthly:.2f}",
        )
        for line in found.lines
    ]
    console.table(("what", "amount", "of", "usd", "per", "usd a month"), rows)
    console.answer(f"{env}: about {found.total:.0f} USD a month")
    for line in found.assumptions:
        console.say(f"assumed: {line}")
