"""`slipway outputs`: what the platform exports."""

from collections.abc import Mapping

import typer

from driver import console
from driver.views.options import Env, Json


def run(ctx: typer.Context, env: Env, as_json: Json = False) -> None:
    """Print the stack outputs of an environment."""
    from driver.errors import NotReady
    from driver.wiring import live

    state = live(ctx.obj, env, needed=()).stacks.read(env)
    if not state.outputs:
        raise NotReady(f"{env} is not up", hint=f"Run `slipway up {env}` first.")
    if as_json:
        console.answer_json(dict(state.outputs))
    else:
        console.table(("output", "value"), sorted(_flat("", state.outputs)))


def _flat(prefix: str, value: object) -> list[tuple[str, object]]:
    """Nested values as dotted names."""
    if not isinstance(value, Mapping):
        return [(prefix, value)]
    return [row for key, inner in value.items() for row in _flat(f"{prefix}.{key}" if prefix else str(key), inner)]
