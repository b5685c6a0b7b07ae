"""`slipway quotas`: what the environment needs of the account's limits, and whether it gets it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from driver import console
from driver.views.options import DryRun, Env, Json, Yes

if TYPE_CHECKING:
    from driver.core.account.quotas import Increase, Quotas, Row

Request = Annotated[bool, typer.Option("--request", help="Ask AWS for more of each that is over 80 %.")]


def run(
    ctx: typer.Context,
    env: Env,
    request: Request = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Compare what ENV needs at its largest, in mid-deploy, with what AWS allows and what is used already."""
    from driver.adapters.aws.quotas.service_quotas import ServiceQuotas
    from driver.core.account.quotas import increases, judge, refusal
    from driver.wiring import live

    world = live(ctx.obj, env)
    vpc = world.stacks.read(env).outputs.get("vpcId")
    port = ServiceQuotas(world.settings.region)
    rows = judge(port, world.settings, vpc if isinstance(vpc, str) else None)
    wanted = increases(port, rows) if request else ()
    if as_json:
        console.answer_json({"env": env, "quotas": [row.plain() for row in rows], "requests": _plain(wanted)})
    else:
        _show(rows)
    if request:
        _ask(port, env, wanted, yes=yes, dry_run=dry_run)
    refused = refusal(env, rows)
    if refused is not None:
        raise refused


def _show(rows: "Sequence[Row]") -> None:
    from driver.core.account.quotas import Fit

    columns = ("quota", "need", "used", "of it ours", "expected", "allowed", "state", "for")
    cells = [
        (
            row.quota.name,
            f"{row.need.amount:g}",
            f"{row.used:g}",
            f"{row.usage.ours:g}",
            f"{row.expected:g}",
            "?" if row.limit is None else f"{row.limit.value:g}",
            row.fit.value,
            row.need.purpose,
        )
        for row in rows
    ]
    console.table(columns, cells, red={at for at, row in enumerate(rows) if row.fit is not Fit.FITS})
    console.say("Needed at the largest scale, with all apps in mid-deploy; expected is with what others use.")


def _ask(port: "Quotas", env: str, wanted: "Sequence[Increase]", *, yes: bool, dry_run: bool) -> None:
    """File what is to be filed. Raises InvalidInput where nobody can be asked, Interrupted on a no."""
    from driver.errors import Interrupted

    for one in wanted:
        if one.instead:
            console.say(f"{one.row.quota.name}: not asked for: {one.instead}")
    filed = [one for one in wanted if not one.instead]
    names = ", ".join(f"{one.row.quota.name} to {one.value:g}" for one in filed)
    if not filed:
        console.say("there is nothing to ask AWS for")
    elif dry_run:
        console.say(f"would ask AWS to raise {names}; nothing was asked for")
    elif not console.confirm(f"Ask AWS to raise {names}?", yes=yes, instead=f"slipway quotas {env} --request --yes"):
        raise Interrupted("nothing was asked for")
    else:
        for one in filed:
            made = port.request(one.row.quota, one.code, one.value)
            console.say(f"asked AWS to raise {one.row.quota.name} to {one.value:g}: request {made}")


def _plain(wanted: "Sequence[Increase]") -> list[dict[str, object]]:
    return [{"quota": one.row.quota.key.value, "value": one.value, "instead": one.instead} for one in wanted]
