"""`slipway acceptance`: prove the promises in the account that the credentials lead to."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from driver import console
from driver.views.options import DryRun, Env, Json, Yes

if TYPE_CHECKING:
    from driver.adapters.pulumi.stacks import PulumiStacks
    from driver.core.acceptance.promises import Report
    from driver.core.acceptance.trial import Trial

MINUTES = 45
"""About how long a run takes at AWS; most of it is waiting for NAT gateway, load balancer and ECS."""
DOLLARS = 0.5
"""About what it costs there: a NAT gateway, a load balancer and three small tasks for that long."""

PROOF, SANDBOX_PROOF = 30, 2
"""How long the worker must stay up to count as good, in seconds."""

Region = Annotated[
    str | None,
    typer.Option("--region", help="The region to do it in; that of ENV if left out. One without other environments."),
]
Keep = Annotated[bool, typer.Option("--keep", help="Leave everything up, to look around; --sweep removes it later.")]
Sweep = Annotated[bool, typer.Option("--sweep", help="Only remove what runs that died have left in the region.")]
ReportFile = Annotated[Path | None, typer.Option("--report", help="Write the findings to a file, as JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Don't show what the commands say.")]


def run(
    ctx: typer.Context,
    env: Env,
    region: Region = None,
    keep: Keep = False,
    sweep: Sweep = False,
    report: ReportFile = None,
    quiet: Quiet = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Prove what Slipway promises: bring an environment of its own up, with the Vault and the secrets provider of ENV,
    go through releases that work and that fail, and take it all down again.
    """
    from secrets import token_hex

    from driver.adapters.host.clock import SystemClock
    from driver.core.acceptance import run as acceptance
    from driver.errors import Interrupted

    where = _region(ctx.obj, env, region)
    if sweep:
        _sweep(ctx.obj, env, where, quiet=quiet, yes=yes, dry_run=dry_run, as_json=as_json)
        return
    name = f"acc{token_hex(3)}"
    _check(env, name, where)
    console.say(
        f"{name} will be made in {where}: a VPC with a NAT gateway, a cluster, a load balancer, two repositories and"
        f" one app of three small tasks. At AWS this takes about {MINUTES} minutes and costs about ${DOLLARS:.2f}."
        " It is taken down at the end, also after Ctrl-C."
    )
    if dry_run:
        console.reply("nothing was made", {"env": name, "region": where, "dry_run": True}, as_json=as_json)
        return
    instead = f"If that is meant: slipway acceptance {env} --yes"
    if not console.confirm("Go on?", yes=yes, instead=instead):
        raise Interrupted("nothing was made")
    with _trial(ctx.obj, env, name, where, quiet=quiet) as trial:
        found = acceptance.run(trial, where, SystemClock(), console.say, keep=keep)
    _show(found, report, as_json=as_json)
    if keep:
        console.say(f"{name} is up; remove it: slipway acceptance {env} --region {where} --sweep")
    _judge(found, keep=keep)


def _check(env: str, name: str, region: str) -> None:
    """The repositories have the same names in all environments, so a region has those of one of them."""
    from driver.adapters.aws.past_slipway import REPOSITORIES, PastSlipway
    from driver.adapters.aws.session import Session
    from driver.errors import NotReady

    hand = PastSlipway(Session(region), name)
    taken = [repository for repository in REPOSITORIES if hand.has_repository(repository)]
    if taken:
        raise NotReady(
            f"{region} has the image repository {taken[0]} already",
            hint=f"Where a run has left it: slipway acceptance {env} --region {region} --sweep. Where an environment "
            f"of yours has it, prove it elsewhere: slipway acceptance {env} --region {_other(region)}",
        )


def _other(region: str) -> str:
    """A region to do it in; one of the same continent, if there is one of that name."""
    return "eu-west-3" if region != "eu-west-3" else "eu-north-1"


def _region(project: Path, env: str, region: str | None) -> str:
    """Raises InvalidInput for one that Slipway does not know."""
    from driver.adapters.project.stack_files import load_settings
    from driver.errors import InvalidInput
    from model.settings.environment import Region as Known

    settings = load_settings(project, env)
    if region is None:
        return settings.region
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(Known).validate_python(region)
    except ValidationError as error:
        raise InvalidInput(f"--region: {error.errors()[0]['msg'].removeprefix('Value error, ')}") from None


@contextmanager
def _project(project: Path, model: str, name: str, region: str) -> "Iterator[Path]":
    """A run's project, in a folder that goes when the block ends."""
    import shutil
    import tempfile

    import yaml

    from driver.adapters.aws.past_slipway import PastSlipway
    from driver.adapters.aws.session import Session
    from driver.adapters.project.stack_files import stack_file
    from driver.adapters.project.yaml_file import read_yaml
    from driver.core.acceptance import trial_settings

    zones = PastSlipway(Session(region), name).zones()
    proof = SANDBOX_PROOF if _is_sandbox() else PROOF
    with tempfile.TemporaryDirectory(prefix="slipway-acceptance-") as place:
        folder = Path(place)
        shutil.copy(project / "__main__.py", folder)
        settings = trial_settings.stack(read_yaml(stack_file(project, model)), name, region, zones, proof)
        catalogue = trial_settings.catalogue(read_yaml(project / "Pulumi.yaml"), trial_settings.Behaviour())
        for file, content in ((f"Pulumi.{name}.yaml", settings), ("Pulumi.yaml", catalogue)):
            (folder / file).write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
        yield folder


@contextmanager
def _trial(project: Path, model: str, name: str, region: str, *, quiet: bool) -> "Iterator[Trial]":
    """A run in a project of its own, and all that works on it."""
    import secrets

    from driver.adapters.aws.past_slipway import PastSlipway
    from driver.adapters.aws.session import Session
    from driver.adapters.host.own_commands import OwnCommands
    from driver.adapters.project.yaml_file import read_yaml
    from driver.core.acceptance.trial import Trial

    hear = _unheard if quiet else lambda line: console.say(f"    {line}")
    with _project(project, model, name, region) as folder:
        yield Trial(
            env=name,
            commands=OwnCommands(folder, read_yaml(project / "Pulumi.yaml"), hear),
            hand=PastSlipway(Session(region), name),
            secret=secrets.token_urlsafe(24),
            copy_image=lambda: _copy_image(folder, name),
            forget=lambda: _forget(folder, name),
        )


def _copy_image(folder: Path, name: str) -> None:
    from driver.core.acceptance.trial_settings import APP, IMAGE, TAG
    from driver.wiring import live

    world = live(folder, name)
    world.images.mirror(IMAGE, world.settings.names(APP).repository, TAG, _unheard)


def _forget(folder: Path, name: str) -> None:
    """The repositories that the state has, the stack and the variables: all that outlives an environment."""
    from driver.adapters.aws.past_slipway import PastSlipway
    from driver.adapters.aws.session import Session
    from driver.adapters.project.stack_files import load_settings
    from driver.adapters.vault.kv import HashicorpVault
    from driver.core.acceptance.trial_settings import APP
    from driver.core.config.variables import path
    from model.names.pulumi_types import REPOSITORY

    settings, stacks = load_settings(folder, name), _stacks(folder, name)
    hand = PastSlipway(Session(settings.region), name)
    for row in stacks.read(name).resources:
        if row.kind == REPOSITORY:
            hand.delete_repository(row.output("name"))
    stacks.forget(name)
    HashicorpVault(settings.vault).forget(settings.vault.mount, path(name, APP))


def _is_of(project: Path, env: str, name: str, region: str) -> bool:
    """Whether a stack has something in this region, or nothing at all any more."""
    with _project(project, env, name, region) as folder:
        arns = [row.output("arn") for row in _stacks(folder, name).read(name).resources]
    places = {arn.split(":")[3] for arn in arns if arn.count(":") >= 5} - {""}
    return region in places or not places


def _stacks(folder: Path, env: str) -> "PulumiStacks":
    from driver.adapters.aws.existing.look import AwsExisting
    from driver.adapters.aws.session import Session
    from driver.adapters.project.stack_files import load_settings
    from driver.adapters.pulumi.stacks import PulumiStacks

    session = Session(load_settings(folder, env).region)
    return PulumiStacks(folder, _unheard, AwsExisting(session, env, _unheard))


def _sweep(project: Path, env: str, region: str, *, quiet: bool, yes: bool, dry_run: bool, as_json: bool) -> None:
    from driver.adapters.aws.past_slipway import PastSlipway
    from driver.adapters.aws.session import Session
    from driver.core.acceptance import run as acceptance
    from driver.core.acceptance.trial_settings import ENV
    from driver.errors import Interrupted, NotReady

    tagged = PastSlipway(Session(region), "").environments()
    stacks = [name for name in _stacks(project, env).names(env) if ENV.fullmatch(name) and name not in tagged]
    found = sorted([*tagged, *(name for name in stacks if _is_of(project, env, name, region))])
    if not found:
        console.reply(f"no run has left anything in {region}", {"environments": [], "left": []}, as_json=as_json)
        return
    if dry_run:
        text = f"{', '.join(found)} would be removed; nothing was changed"
        console.reply(text, {"environments": found, "dry_run": True}, as_json=as_json)
        return
    instead = f"If that is meant: slipway acceptance {env} --region {region} --sweep --yes"
    if not console.confirm(f"Remove {', '.join(found)} from {region}?", yes=yes, instead=instead):
        raise Interrupted("nothing was removed")
    left: list[str] = []
    for name in found:
        with _trial(project, env, name, region, quiet=quiet) as trial:
            left += acceptance.take_down(trial, console.say)
    text = "all of it is gone" if not left else "left all the same:\n" + "\n".join(left)
    console.reply(text, {"environments": found, "left": left}, as_json=as_json)
    if left:
        raise NotReady("something is left", hint="Remove it in the console; its tag is Environment.")


def _show(found: "Report", file: Path | None, *, as_json: bool) -> None:
    plain = found.plain()
    if file is not None:
        file.write_text(json.dumps(plain, indent=2) + "\n", encoding="utf-8")
    if as_json:
        console.answer_json(plain)
        return
    console.table(("promise", "outcome", "why"), found.rows)


def _judge(found: "Report", *, keep: bool) -> None:
    """Raises NotReady where a promise is broken, could not be tried, or where something is left."""
    from driver.errors import NotReady

    if found.broken or found.untried:
        words = [f"{promise:d}" for promise in (*found.broken, *found.untried)]
        raise NotReady(
            f"not all promises hold in {found.region}: {', '.join(words)}",
            hint="The table says why; docs/real-aws.md has what to look at first. Please report it with --report.",
        )
    if found.left and not keep:
        raise NotReady(f"left in {found.region}: {', '.join(found.left)}", hint="Remove it: the same with --sweep.")


def _is_sandbox() -> bool:
    from driver.adapters.machine import ThisMachine

    return ThisMachine().is_sandbox()


def _unheard(_line: str) -> None:
    """Nobody is told."""
