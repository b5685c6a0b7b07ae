"""`slipway sandbox`: an AWS and a Vault on this machine."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from driver import console
from driver.errors import NotReady
from driver.views.options import Yes


class Boundary(TyperGroup):
    """Turns what the sandbox complains of into the driver's own kind of failure."""

    def invoke(self, ctx: Any) -> object:  # noqa: ANN401 - typer's own click has no public context type
        """Run the command. Raises NotReady with the sandbox's own words."""
        from sandbox.errors import SandboxError

        try:
            return super().invoke(ctx)
        except SandboxError as error:
            raise NotReady(error.message, hint=error.hint) from None


app = typer.Typer(cls=Boundary, help="An AWS and a Vault on this machine, for trying things out.", no_args_is_help=True)
faults = typer.Typer(help="Make AWS calls go wrong on purpose.", no_args_is_help=True)
app.add_typer(faults, name="faults")

Dir = Annotated[
    Path | None,
    typer.Option(
        "--dir", help="The sandbox's folder; .sandbox in the project if left out.", envvar="SLIPWAY_SANDBOX_DIR"
    ),
]
Port = Annotated[int, typer.Option(min=0, max=65535, help="0 is any free port, or the one of last time.")]
Json = Annotated[bool, typer.Option("--json", help="For scripts.")]


def folder(ctx: typer.Context, given: Path | None) -> Path:
    """The sandbox's folder: the one that was named, else the project's."""
    project = ctx.find_root().obj
    return given or (project if isinstance(project, Path) else Path()) / ".sandbox"


@app.command()
def up(
    ctx: typer.Context,
    dir: Dir = None,
    engine: Annotated[
        Path | None, typer.Option(help="The Pulumi engine to put on PATH.", envvar="SLIPWAY_ENGINE")
    ] = None,
    region: Annotated[str, typer.Option(help="The AWS region that it pretends to be.")] = "eu-west-1",
    port: Port = 0,
    vault_port: Port = 0,
) -> None:
    """Start the sandbox, or say that it runs."""
    from driver.adapters.pulumi.find_engine import EngineMissingError, find
    from sandbox.daemon import lifecycle
    from sandbox.options import Setup, engine_folder, pace_from_environment

    try:
        engine = engine or find(console.say, env=os.environ)
    except EngineMissingError as error:
        raise NotReady(error.message, hint=error.hint) from None
    setup = Setup(
        region=region,
        pace=pace_from_environment(),
        port=port,
        vault_port=vault_port,
        engine=engine_folder(engine),
    )
    lifecycle.up(folder(ctx, dir), setup, console.say)


@app.command()
def down(ctx: typer.Context, dir: Dir = None, yes: Yes = False) -> None:
    """Stop the sandbox and all that runs in it; what it held is gone."""
    from sandbox.daemon import lifecycle

    _approve(folder(ctx, dir), "Stop the sandbox?", yes=yes)
    ended = lifecycle.down(folder(ctx, dir), console.say)
    console.say("The sandbox is down." if ended else "No sandbox was running.")


def _approve(place: Path, question: str, *, yes: bool) -> None:
    """Say what is lost, and ask where there is a terminal. Raises Interrupted on a no."""
    from driver.errors import Interrupted
    from sandbox.daemon.report import lost
    from sandbox.daemon.status import status
    from sandbox.errors import SandboxError

    try:
        held = lost(status(place))
    except SandboxError:
        # One that does not answer any more has to be stopped all the same.
        held = "all that it holds"
    if held:
        console.say(f"This throws away {held}.")
    if held and console.interactive() and not console.confirm(question, yes=yes, instead="--yes"):
        raise Interrupted("nothing was changed")


@app.command()
def reset(ctx: typer.Context, dir: Dir = None, yes: Yes = False) -> None:
    """Start again with an empty AWS and an empty Vault, on the same ports."""
    from sandbox.daemon import lifecycle

    _approve(folder(ctx, dir), "Start again from nothing?", yes=yes)
    lifecycle.reset(folder(ctx, dir), console.say)


@app.command()
def status(ctx: typer.Context, dir: Dir = None, as_json: Json = False) -> None:
    """Say whether it runs, where, and what runs in it."""
    from sandbox.daemon.report import lines
    from sandbox.daemon.status import status as look

    found = look(folder(ctx, dir))
    if as_json:
        console.answer_json(found.to_json())
    else:
        console.answer("\n".join(lines(found)))


@app.command()
def env(ctx: typer.Context, dir: Dir = None, as_json: Json = False) -> None:
    """Print the variables that point a shell at it: eval "$(slipway sandbox env)"."""
    from sandbox.daemon.shell_exports import environment, export_lines

    if as_json:
        console.answer_json(environment(folder(ctx, dir)))
        return
    console.answer(export_lines(folder(ctx, dir)).rstrip("\n"))


@faults.command("add")
def add_fault(
    ctx: typer.Context,
    kind: Annotated[str, typer.Option(help="throttle, error, delay, drop or expire.")],
    service: Annotated[str, typer.Option(help="As AWS signs it: ecs, ec2, elasticloadbalancing, s3 ...")] = "*",
    operation: Annotated[str, typer.Option(help="One operation of it, such as UpdateService.")] = "*",
    count: Annotated[int | None, typer.Option(min=1, help="End after so many requests.")] = None,
    seconds: Annotated[float | None, typer.Option(help="End after so many seconds.")] = None,
    delay: Annotated[float, typer.Option(help="How many seconds a delayed request waits.")] = 5.0,
    dir: Dir = None,
) -> None:
    """Make requests go wrong until the count or the time is used up, or until `clear`."""
    from sandbox.faults import client

    fault = client.parse(service=service, operation=operation, kind=kind, count=count, seconds=seconds, delay=delay)
    console.say(client.describe(client.add(client.endpoint(folder(ctx, dir)), fault)))


@faults.command("list")
def list_faults(ctx: typer.Context, dir: Dir = None, as_json: Json = False) -> None:
    """Say which faults are in force."""
    from sandbox.faults import client

    found = client.standing(client.endpoint(folder(ctx, dir)))
    if as_json:
        console.answer_json([one.model_dump(mode="json") for one in found])
    else:
        console.answer("\n".join(client.describe(one) for one in found) or "No faults are in force.")


@faults.command("clear")
def clear_faults(ctx: typer.Context, dir: Dir = None) -> None:
    """End all faults."""
    from sandbox.faults import client

    console.say(f"Ended {client.clear(client.endpoint(folder(ctx, dir)))} fault(s).")


@app.command()
def quota(
    ctx: typer.Context,
    service: Annotated[str, typer.Argument(help="As Service Quotas names it: fargate, vpc, elasticloadbalancing ...")],
    code: Annotated[str, typer.Argument(help="The quota's code, such as L-3032A538.")],
    value: Annotated[float | None, typer.Option(min=0, help="What the account may have of it.")] = None,
    usage: Annotated[float | None, typer.Option(min=0, help="What others use of it, by AWS/Usage.")] = None,
    region: Annotated[str, typer.Option(help="Where it holds: us-east-1 for IAM.")] = "eu-west-1",
    dir: Dir = None,
) -> None:
    """Set a quota's value, which grants an increase that was asked for, or the usage that AWS counts."""
    from sandbox import quotas
    from sandbox.faults.client import endpoint

    quotas.change(endpoint(folder(ctx, dir)), region, service, code, value=value, usage=usage)
    console.say(f"{service} {code} is set.")
