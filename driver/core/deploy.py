"""A deploy, step by step: what to release, its config, its release phase, its rollout."""

from dataclasses import dataclass

from driver.core import config as configs
from driver.core import release_phase, rollout, targets
from driver.core.catalogue import app_of
from driver.core.ports import Config, Image, Say, Update, World
from driver.core.state import AppState, StackState
from driver.core.tail import Tail
from driver.errors import NotReady
from spec.catalogue import App
from spec.names import AppNames
from spec.releases import Candidate, Pin


@dataclass(frozen=True, kw_only=True)
class Request:
    """What somebody asked for. Without an image the app's current one is released again, with today's config."""

    app: str
    image: str | None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A deploy that can begin: everything that it needs was found."""

    names: AppNames
    app: App
    stack: StackState
    state: AppState
    image: Image
    config: Config

    @property
    def number(self) -> int:
        """The release number: the next one after what the app echoes."""
        return self.state.pin.release + 1

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
    return Plan(names=names, app=app, stack=stack, state=state, image=image, config=config)


def _current(state: AppState) -> str:
    if state.pin.image is None:
        raise NotReady(f"{state.name} has no release yet whose image could be used again", hint="Name one: --image TAG")
    return state.pin.image


def carry_out(world: World, plan: Plan, say: Say) -> Pin:
    """Release it; the pin that runs. What fails before the rollout leaves everything that serves traffic untouched."""
    before = rollout.at_rest(world, plan.names, plan.app, say)
    version = _publish(world, plan)
    rolling = rollout.Rolling(names=plan.names, app=plan.app, state=plan.state, pin=plan.pin(version), before=before)
    rollout.check(world, rolling)
    tail = None if plan.app.release is None else _release_phase(world, plan, rolling.pin, say)
    say(f"rolling out {plan.names.app} {rolling.pin.version}")
    # The last lines of a release phase that went well arrive while the engine works: nobody waits for them.
    rollout.roll(world, rolling, say, meanwhile=None if tail is None else tail.read)
    return rolling.pin


def _publish(world: World, plan: Plan) -> str:
    """The config as one version of the app's secret; a version that was published already is not published again."""
    token = configs.token(world.settings.vault.mount, plan.config)
    return world.secrets.publish(plan.names.secret, plan.config, token)


def _release_phase(world: World, plan: Plan, pin: Pin, say: Say) -> Tail:
    """Register the candidate, which nothing else reads and nothing echoes, and run it to its end."""
    env, name = plan.names.env, plan.names.app
    update = Update(
        env=env,
        message=f"release phase of {name} {pin.version}",
        candidate=Candidate(app=name, pin=pin),
        targets=plan.state.release_targets,
    )
    world.stacks.up(update, say)
    stack = world.stacks.read(env)
    state = stack.app(name)
    if state is None:
        raise NotReady(f"{name} vanished from {env} while it was being deployed")
    return release_phase.run(world, release_phase.prepare(plan.names, stack, state, pin), say)
