"""`slipway network`: the addresses that the platform needs, and those it has."""

from typing import TYPE_CHECKING

import typer

from driver import console
from driver.views.options import Env, Json

if TYPE_CHECKING:
    from model.settings.network import Tier
    from model.sizing.addresses import Room

app = typer.Typer(no_args_is_help=True, help="Look at the addresses that the platform needs.")


@app.callback()
def _group() -> None:
    """Keeps `plan` a word of its own, though it is the only one."""


@app.command("plan")
def plan(ctx: typer.Context, env: Env, as_json: Json = False) -> None:
    """Print the addresses that a zone needs and has, and the tier that gives what is lacking."""
    from driver.adapters.project.stack_files import blocks, environments, load_settings
    from model.sizing.addresses import proposal, room

    settings = load_settings(ctx.obj, env)
    others = {name: blocks(ctx.obj, name) for name in environments(ctx.obj) if name != env}
    found = room(settings)
    tier = proposal(settings, [block for known in others.values() for block in known or ()])
    for name in [name for name, known in others.items() if known is None]:
        console.say(f"The blocks of {name} are not known: its network will not do. See `slipway network plan {name}`.")
    if as_json:
        console.answer_json(_plain(found, tier))
        return
    rows = [
        ("private", f"{found.private_need}", f"{found.private_have}", f"{found.tasks} tasks, {found.fixed} others"),
        ("public", f"{found.public_need}", f"{found.public_have}", "load balancers, NAT"),
    ]
    console.table(("tier", "need in a zone", "have", "for"), rows)
    console.say("Counted at the largest scale, with all apps in the middle of a deploy and one zone lost.")
    for line in _advice(found, tier, env):
        console.say(line)


def _plain(found: "Room", tier: "Tier | None") -> dict[str, object]:
    return {
        "fits": found.fits,
        "private": {
            "need": found.private_need,
            "have": found.private_have,
            "tasks": found.tasks,
            "others": found.fixed,
            "short": found.short,
        },
        "public": {"need": found.public_need, "have": found.public_have},
        "add": None if tier is None else tier.model_dump(mode="json"),
    }


def _advice(found: "Room", tier: "Tier | None", env: str) -> list[str]:
    lines = []
    if found.public_need > found.public_have:
        lines.append("The public subnets are too small, and subnets do not grow: fewer public web processes would do.")
    if found.short and tier is None:
        lines.append("No single tier gives what is lacking: lower the scale, or add a first tier and plan again.")
    if tier is not None:
        lines += [
            f"Each zone lacks {found.short} addresses. Add to slipway:network in Pulumi.{env}.yaml:",
            f"  tiers: [{{cidr: {tier.cidr}, mask: {tier.mask}}}]   # after the tiers that are there",
            f"Then let {tier.cidr} be known where this VPC is reached from: route tables of peered VPCs and transit"
            " gateways, VPN routes and authorisation rules, firewalls on premises, databases' security groups.",
        ]
    return lines
