"""`slipway run`: one command in a task of its own, with the image and config of an app's release."""

import os
from dataclasses import replace
from typing import Annotated

import typer

from driver import console
from driver.views.completing import processes
from driver.views.options import App, DryRun, Env, Json

Words = Annotated[list[str], typer.Argument(metavar="COMMAND...", help="The command, best after --.")]
Like = Annotated[
    str | None,
    typer.Option(
        "--process", "-p", help="The process that it is like; web or the first if left out.", autocompletion=processes
    ),
]
Size = Annotated[str | None, typer.Option("--size", help="CPU units and MiB: 1024/4096; the process's if left out.")]
Detach = Annotated[bool, typer.Option("--detach", "-d", help="Start it, and don't wait for its end.")]
Variables = Annotated[
    list[str] | None,
    typer.Option("--env", help="A variable: KEY=VALUE, or KEY for its value here. AWS shows it in the clear."),
]
Timeout = Annotated[
    int | None, typer.Option("--timeout", min=1, help="Seconds after which it is stopped; without it, never.")
]


def run(
    ctx: typer.Context,
    env: Env,
    app: App,
    command: Words,
    process: Like = None,
    size: Size = None,
    variable: Variables = None,
    timeout: Timeout = None,
    detach: Detach = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Run COMMAND with the image and config of the release of APP that runs; end with its exit code.

    Its output comes to stdout as it is printed, with --json to stderr. Ctrl-C stops it. A command in one piece, in
    quotes, is a line for a shell.
    """
    from math import inf
    from secrets import token_hex

    from driver.core import one_off
    from driver.wiring import live, one_offs

    world = live(ctx.obj, env, needed=(app,))
    variables = dict(_variable(text) for text in variable or ())
    asked = one_off.Asked(app=app, command=tuple(command), token=token_hex(8), environment=variables)
    plan = one_off.plan(world, replace(asked, process=process, size=size))
    if dry_run:
        line = f"{' '.join(command)} would run as {plan.process} of {app} {plan.release}; nothing was changed"
        console.reply(line, {**plan.plain(), "dry_run": True}, as_json=as_json)
        return
    task = one_off.start(world, one_offs(world), plan, console.say)
    if detach:
        console.reply(task, {**plan.plain(), "task": task}, as_json=as_json)
        console.say(f"Its log: slipway logs {env} {app} --process {plan.process}. What runs: slipway ps {env} {app}")
        return
    show = console.say if as_json else console.answer
    code = one_off.follow(world, plan, task, show, console.say, timeout or inf)
    if as_json:
        console.answer_json({**plan.plain(), "task": task, "exit_code": code})
    raise typer.Exit(code)


def _variable(text: str) -> tuple[str, str]:
    """A variable from KEY=VALUE, or from our own environment. Raises InvalidInput."""
    from driver.errors import InvalidInput

    name, given, value = text.partition("=")
    if not name.isidentifier():
        raise InvalidInput(f"{name} is no name of a variable", hint="Write --env KEY=VALUE, or --env KEY.")
    if not given and name not in os.environ:
        raise InvalidInput(f"{name} is not set here", hint=f"Give it a value: --env {name}=…")
    return name, value if given else os.environ[name]
