"""The command line: every command, and the one place where an expected failure becomes a message and an exit code."""

import errno
import os
import signal
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from driver import console, empty_words
from driver.adapters.host.loopback import spare_loopback
from driver.adapters.host.signals import end_in_order
from driver.errors import DriverError, Interrupted, InvalidInput, Unwritten
from driver.help_texts import flow
from model import __version__
from model.errors import SpecError

COMMANDS = (
    "bootstrap", "doctor", "acceptance",
    "up", "preview", "destroy", "outputs", "deploy", "pipeline", "rollback", "promote", "cancel", "restart",
    "status", "logs", "top", "ps", "open", "events", "explain", "run",
    "quotas", "drift", "cost", "scale", "stats",
)  # fmt: skip
GROUPS = (
    "releases", "config", "image", "lock", "network", "monitoring", "dashboards", "alarms", "backdoor", "settings",
    "heroku", "copilot", "maintenance", "sandbox",
)  # fmt: skip

WORDS = "slipway.words"

HEROKU = {
    "apps": "slipway status ENV",
    "ps:scale": "slipway scale ENV APP web=2",
    "ps:restart": "slipway restart ENV APP",
    "ps:exec": "slipway backdoor open ENV APP",
    "run:detached": "slipway run ENV APP --detach -- COMMAND",
    "config:get": "slipway config get ENV APP KEY",
    "config:set": "slipway config set ENV APP KEY",
    "config:unset": "slipway config unset ENV APP KEY",
    "releases:info": "slipway releases show ENV APP vN",
    "releases:output": "slipway releases output ENV APP",
    "releases:rollback": "slipway rollback ENV APP",
    "pipelines:promote": "slipway promote FROM_ENV TO_ENV APP",
    "domains": "slipway outputs ENV",
    "maintenance:on": "slipway maintenance on ENV APP",
    "maintenance:off": "slipway maintenance off ENV APP",
}
"""What those who come from there type at first."""


class Boundary(TyperGroup):
    """Turns expected failures into a message and their exit code; bugs pass through with their traceback."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - as below
        """Keep the words as they were typed: what is wrong with them is told where failures are."""
        ctx.meta[WORDS] = tuple(args)
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - see invoke
        """The command of that name; Heroku's words are told what they are here."""
        if args and args[0] not in self.commands and args[0] in HEROKU:
            ctx.fail(f"{args[0]} is a command of Heroku's. Here: {HEROKU[args[0]]}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> object:  # noqa: ANN401 - typer's own click has no public context type
        """Run the command. An exit code other than 0 leaves as SystemExit."""
        try:
            empty_words.check(self, ctx.meta[WORDS])
            return super().invoke(ctx)
        except DriverError as error:
            failure = error
        except SpecError as error:
            failure = InvalidInput(str(error))
        except KeyboardInterrupt:
            failure = Interrupted("stopped")
        except OSError as error:
            failure = _no_room(error)
        console.complain(failure)
        raise SystemExit(int(failure.code))


def _no_room(error: OSError) -> Unwritten:
    """A full disk is nobody's bug; every other error of the system that nobody expected is."""
    if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        raise error
    where = f": {error.filename}" if error.filename else ""
    return Unwritten(f"the disk is full{where} ({error.strerror})", hint="Make room and run the command again.")


def _version(wanted: bool) -> None:
    if wanted:
        console.answer(f"slipway {__version__}")
        raise typer.Exit


def _main(
    ctx: typer.Context,
    project: Annotated[
        Path,
        typer.Option(help="The folder with Pulumi.yaml and __main__.py.", envvar="SLIPWAY_PROJECT"),
    ] = Path(),
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Heroku's way of shipping, on AWS ECS Fargate, in your own account."""
    ctx.obj = project.resolve()


def build() -> typer.Typer:
    """The whole command line. Each command's module is small; what needs an SDK is imported when it runs."""
    app = typer.Typer(cls=Boundary, no_args_is_help=True, add_completion=True, pretty_exceptions_enable=False)
    app.callback()(_main)
    for name in COMMANDS:
        command: Callable[..., None] = import_module(f"driver.commands.{name}").run
        app.command(name)(command)
    for name in GROUPS:
        app.add_typer(import_module(f"driver.commands.{name}").app, name=name)
    flow(app)
    return app


def main() -> None:
    """The entry point `slipway`. Where nobody reads stdout any more it ends by SIGPIPE, as Unix tools do."""
    end_in_order()
    spare_loopback(os.environ)
    try:
        build()()
    except SystemExit as end:
        # typer and rich make an exit code of 1 of it, which would be a bug of ours.
        if isinstance(end.__context__, BrokenPipeError):
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGPIPE)
        raise
    except (Unwritten, OSError) as error:
        failure = error if isinstance(error, Unwritten) else _no_room(error)
        console.complain(failure)
        # What is left in stdout's buffer would be tried again, and be an exit code of Python's own.
        os._exit(int(failure.code))
