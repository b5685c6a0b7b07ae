"""A deploy, step by step: what to release, its config, its release phase, its rollout."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from driver.core import config as configs
from driver.core import release_phase, resume, rollout, targets
from driver.core.catalogue import app_of
from driver.core.ledger import DEPTH, Kind, Origin, Release, Verdict
from driver.core.ports import Config, Image, Say, Update, World
from driver.core.record import Record
from driver.core.state import AppState, StackState
from driver.core.tail import Tail
from driver.errors import DriverError, Interrupted, NotReady
from spec.catalogue import App
from spec.names import AppNames
from spec.releases import Candidate, Pin


@dataclass(frozen=True, kw_only=True)
class Request:
    """What somebody asked for. Without an image the app's current one is released again, with today's config.

    `tag` and `promoted` say where an image comes from that is named by its digest.
    """

    app: str
    image: str | None
    tag: str = ""
    promoted: str = ""
    no_rollback_past: bool = False

    @property
    def kind(self) -> Kind:
        """What the ledger calls it."""
        if self.promoted:
            return Kind.PROMOTE
        return Kind.CONFIG if self.image is None else Kind.DEPLOY


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A deploy that can begin: everything that it needs was found."""

    names: AppNames
    app: App
    stack: StackState
    state: AppState
    image: Image
    config: Config
    request: Request
    past: Sequence[Release]

    @property
    def configs_in_use(self) -> frozenset[str]:
        """The config versions that something runs on or may go back to."""
        good = [row.pin for row in self.past if row.verdict is Verdict.SUCCEEDED][:DEPTH]
        return frozenset(pin.config for pin in (self.state.pin, *good) if pin.config is not None)

    @property
    def number(self) -> int:
        """The release number, unless somebody takes it meanwhile."""
        return 1 + max([self.state.pin.release, *(row.number for row in self.past[:1])])

    @property
    def origin(self) -> Origin:
        """Where it comes from, for the ledger."""
        request = self.request
        return Origin(
            tag=request.tag or request.image or "",
            promoted=request.promoted,
            no_rollback_past=request.no_rollback_past,
            config_version=self.config.version,
        )

    def pin(self, version: str) -> Pin:
        """The release, once its config is published as `version`."""
        return Pin(
            release=self.number,
            image=self.image.reference,
            config=version if len(self.config.values) else None,
            keys=tuple(self.config.values),
            source=self.image.source,
        )


def plan(world: World, request: Request) -> Plan:
    """Look for everything before anything changes. Raises NotFound, NotReady, Unreachable."""
    app, env = app_of(world.settings, request.app), world.settings.env
    names = world.settings.names(request.app)
    stack = world.stacks.read(env)
    state = stack.app(request.app)
    if state is None:
        raise NotReady(f"{request.app} has no platform in {env} yet", hint=f"Run `slipway up {env}` first.")
    targets.check_processes(env, request.app, app, state)
    image = world.images.resolve(names.repository, request.image or _current(state))
    config = world.vault.read(world.settings.vault.mount, configs.path(env, request.app))
    findings = configs.check(app, config)
    if findings:
        raise NotReady(
            f"config of {request.app} in {env}: {'; '.join(findings)}",
            hint=f"Set it with `slipway config set {env} {request.app} NAME`.",
        )
    return Plan(
        names=names,
        app=app,
        stack=stack,
        state=state,
        image=image,
        config=config,
        request=request,
        past=world.ledger.releases(request.app),
    )


def _current(state: AppState) -> str:
    if state.pin.image is None:
        raise NotReady(f"{state.name} has no release yet whose image could be used again", hint="Name one: --image TAG")
    return state.pin.image


def carry_out(world: World, plan: Plan, say: Say) -> Pin:
    """Release it; the pin that runs. What fails before the rollout leaves everything that serves traffic untouched."""
    state, before = resume.at_rest(world, plan.names, plan.app, plan.state, say)
    plan = replace(plan, state=state, past=world.ledger.releases(plan.names.app))
    pin = plan.pin(configs.token(world.settings.vault.mount, plan.config))
    rolling = rollout.Rolling(names=plan.names, app=plan.app, state=plan.state, pin=pin, before=before)
    rollout.check(world, rolling)
    _publish(world, plan)
    record = Record.start(world, plan.names.app, pin, plan.request.kind, plan.origin)
    tail = None if plan.app.release is None else _release_phase(world, plan, record, say)
    say(f"rolling out {plan.names.app} {record.pin.version}")
    # The last lines of a release phase that went well arrive while the engine works: nobody waits for them.
    rollout.roll(world, replace(rolling, pin=record.pin), record, say, meanwhile=None if tail is None else tail.read)
    return record.pin


def _publish(world: World, plan: Plan) -> None:
    """The config as one version of the app's secret; a version that was published already is not published again."""
    token = configs.token(world.settings.vault.mount, plan.config)
    world.secrets.publish(plan.names.secret, plan.config, token, plan.configs_in_use)


def _release_phase(world: World, plan: Plan, record: Record, say: Say) -> Tail | None:
    """Register the candidate, which nothing else reads and nothing echoes, and run it to its end; its log.

    Whatever ends it is the end of the release, but for an attempt of which nobody knows what became of it.
    """
    done = release_phase.done_before(plan.past, record.pin)
    if done is not None:
        say(f"the release process of {done.version}, of the same image and config, ended with 0: not run again")
        record.step("skip the release process", done.version)
        return None
    try:
        phase = _registered(world, plan, record, say)
        record.step("run the release process")
        return release_phase.run(world, phase, record, say)
    except KeyboardInterrupt:
        _over(record, "stopped", say)
        raise
    except DriverError as error:
        if record.release.open_attempt is None or isinstance(error, Interrupted):
            _over(record, error.message, say)
        raise


def _over(record: Record, reason: str, say: Say) -> None:
    """The end of the release in the ledger; a ledger that does not take it must not hide what happened."""
    try:
        record.failed(reason, Verdict.RELEASE_FAILED)
    except DriverError as error:
        say(f"the ledger does not know yet that {record.pin.version} has failed: {error.message}")


def _registered(world: World, plan: Plan, record: Record, say: Say) -> release_phase.Phase:
    env, name, pin = plan.names.env, plan.names.app, record.pin
    update = Update(
        env=env,
        message=f"release phase of {name} {pin.version}",
        candidate=Candidate(app=name, pin=pin),
        targets=plan.state.release_targets,
    )
    record.step("register the release process")
    world.stacks.up(update, say)
    stack = world.stacks.read(env)
    state = stack.app(name)
    if state is None:
        raise NotReady(f"{name} vanished from {env} while it was being deployed")
    return release_phase.prepare(plan.names, stack, state)
