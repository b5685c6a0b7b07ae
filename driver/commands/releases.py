"""`slipway releases`: which releases an app has had, what became of them, and their release processes."""

import difflib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from driver import console
from driver.core.values.moments import moment
from driver.views.completing import releases as completed
from driver.views.options import App, DryRun, Env, Json, LockWait, ReleaseTimeout, number_of

if TYPE_CHECKING:
    from driver.core.values.release import Release

ENV_AND_APP = 2
Limit = Annotated[int, typer.Option("--limit", min=1, help="So many releases at most.")]
Version = Annotated[str, typer.Argument(metavar="vN", help="The release.", autocompletion=completed)]
FromVersion = Annotated[
    str | None,
    typer.Argument(
        metavar="vA", help="A release; what ran before the current one if left out.", autocompletion=completed
    ),
]
ToVersion = Annotated[
    str | None, typer.Argument(metavar="vB", help="Another; the current one if left out.", autocompletion=completed)
]
Newest = Annotated[
    str | None, typer.Argument(metavar="vN", help="The release; the newest if left out.", autocompletion=completed)
]


class ListFirst(TyperGroup):
    """`slipway releases ENV APP` is the list: the word may be left out."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - typer's own click has no public type
        """Put `list` before what begins with no command."""
        known = bool(args) and (args[0] in self.commands or args[0] == "--help" or self._mistyped(args))
        return super().parse_args(ctx, args if known or not args else ["list", *args])

    def _mistyped(self, args: list[str]) -> bool:
        """Whether the first word is nearly one of ours, with more after it than the list takes."""
        words = [word for word in args if not word.startswith("-")]
        return len(words) > ENV_AND_APP and bool(difflib.get_close_matches(args[0], self.commands, n=1))


app = typer.Typer(
    cls=ListFirst,
    no_args_is_help=True,
    help="List the releases of an app: slipway releases ENV APP. Look into one, or run its release process again.",
)


@app.command("list")
def list_(ctx: typer.Context, env: Env, name: App, limit: Limit = 20, as_json: Json = False) -> None:
    """List the releases of APP, newest first; the one marked with * is what it shall run now."""
    from driver.core.environment import app_of
    from driver.core.values import release as ledger
    from driver.wiring import live

    world = live(ctx.obj, env, needed=(name,))
    app_of(world.settings, name)
    releases = world.ledger.releases(name, limit)
    newest = ledger.current(releases)
    current = -1 if newest is None else newest.number
    if as_json:
        console.answer_json([{**_plain(row), "current": row.number == current} for row in releases])
        return
    rows = [_row(row, current) for row in releases]
    console.table(("release", "verdict", "kind", "image", "config", "commit", "when", "who", "why"), rows)


@app.command("show")
def show(ctx: typer.Context, env: Env, name: App, release: Version, as_json: Json = False) -> None:
    """Show a release: what it is, its steps, the runs of its release process, and what ECS said meanwhile.

    ECS keeps the last hundred events of a service; those of an old release are gone.
    """
    from driver.core.environment import app_of
    from driver.core.values import release as ledger
    from driver.core.watch import service_events
    from driver.views.release_page import page
    from driver.wiring import live

    world = live(ctx.obj, env, needed=(name,))
    app_of(world.settings, name)
    found = ledger.named(world.ledger.releases(name), name, number_of(release))
    told = service_events.of_release(world, found)
    if as_json:
        events = [{"service": service, "at": row.at, "message": row.message} for service, row in told]
        console.answer_json({**_plain(found), "events": events})
    else:
        page(found, told)


@app.command("output")
def output(
    ctx: typer.Context,
    env: Env,
    name: App,
    release: Newest = None,
    attempt: Annotated[
        int | None, typer.Option("--attempt", min=1, help="Which run; the last one if left out.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Print what the release process of a release has said."""
    from driver.core.environment import app_of
    from driver.core.release_phase import stored_log
    from driver.core.values import release as ledger
    from driver.wiring import live

    world = live(ctx.obj, env, needed=(name,))
    app_of(world.settings, name)
    releases = world.ledger.releases(name)
    if release is None:
        found = stored_log.newest(releases, name)
        console.say(f"{name} {found.version} in {env}: {found.verdict}")
    else:
        found = ledger.named(releases, name, number_of(release))
    lines = stored_log.read(world, found, attempt)
    if as_json:
        console.answer_json([{"at": line.at, "message": line.message} for line in lines])
        return
    for line in lines:
        console.answer(line.message)


@app.command("diff")
def diff(
    ctx: typer.Context,
    env: Env,
    name: App,
    one: FromVersion = None,
    other: ToVersion = None,
    path: Annotated[Path, typer.Option("--path", help="A folder with the app's repository, for the commits.")] = Path(),
    as_json: Json = False,
) -> None:
    """Show what differs between two releases: commits, image, config, names of variables, processes and their sizes.

    Values are never shown: of the config it tells versions and names.
    """
    from driver.adapters.project import git
    from driver.core.environment import app_of
    from driver.core.observe import release_diff
    from driver.views.release_difference import page
    from driver.wiring import image_sizes, live

    numbers = [None if row is None else number_of(row) for row in (one, other)]
    world = live(ctx.obj, env)
    app_of(world.settings, name)
    releases = world.ledger.releases(name)
    first, second = release_diff.chosen(releases, name, *numbers)
    hashes = release_diff.commits_of(first, second)
    commits = None if hashes is None else git.between(path, *hashes)
    found = release_diff.compare(first, second, image_sizes(world, name), commits)
    if as_json:
        console.answer_json(found.plain())
        return
    console.answer(page(found))
    versions = [row.config_version for row in (first, second)]
    if None not in versions and versions[0] != versions[1]:
        console.say(f"Whose values differ: slipway config diff {env} {name} {versions[0]} {versions[1]}")
    if hashes is not None and commits is None:
        console.say("note: git does not know both commits here; give --path, the folder with the app's repository")


@app.command("retry")
def retry(
    ctx: typer.Context,
    env: Env,
    name: App,
    release: Version,
    release_timeout: ReleaseTimeout = None,
    lock_wait: LockWait = 0,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Run the release process of a release once more, and nothing else: one that failed in it, or the one that runs."""
    from driver.core.locking import held
    from driver.core.overrides import within
    from driver.core.release import retry
    from driver.wiring import live

    world, number = within(live(ctx.obj, env, needed=(name,)), release_timeout=release_timeout), number_of(release)
    if dry_run:
        plan = retry.plan(world, name, number)
        text = f"the release process of {name} {plan.release.version} could run again; nothing was changed"
        console.reply(text, {"app": name, "env": env, "release": number, "dry_run": True}, as_json=as_json)
        return
    with held(world, name, f"releases retry v{number}", lock_wait, console.say):
        found, attempt = retry.carry_out(world, name, number, console.say)
    if as_json:
        console.answer_json({"app": name, "env": env, "release": number, **attempt.model_dump(mode="json")})
    else:
        console.answer(f"the release process of {name} {found.version} ended with 0, in its run {attempt.number}")
    if found.verdict != "succeeded":
        console.say(f"Nothing was rolled out. To release it: slipway deploy {env} {name} --image {found.pin.digest}")


def _plain(row: "Release") -> dict[str, object]:
    return {**row.pin.plain(), **row.model_dump(mode="json", exclude={"app", "pin"})}


def _row(row: "Release", current: int) -> tuple[str, ...]:
    pin = row.pin
    version = "-" if row.config_version is None else f"{row.config_version}"
    return (
        f"{pin.version}{'*' if row.number == current else ''}",
        row.verdict,
        f"{row.kind} to v{row.copies}" if row.copies else row.kind,
        row.tag or pin.digest[:19] or "bootstrap",
        version if pin.config is None else f"{version} {pin.config[:8]}",
        (pin.source.commit or "-")[:10] if pin.source else "-",
        moment(row.started),
        row.who,
        row.message.split("\n", 1)[0][:40],
    )
