"""Gathers what a deploy needs to know before it begins, and has it judged. Nothing is changed by it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from driver.core.config import secret_labels
from driver.core.config import variables as configs
from driver.core.environment import app_of
from driver.core.platform import load_balancers, private_tiers
from driver.core.ports import Change, Config, Image, SecretVersion, ServiceState, World
from driver.core.preflight import presence, rules
from driver.core.preflight.findings import Code, Finding, Questions, Report
from driver.core.preflight.plan import Plan, Request, configs_in_use, pinned
from driver.core.rollout import rollout, scope
from driver.core.rollout.move import Rolling
from driver.core.values import release as ledger
from driver.core.values.checkpoint import AppState, StackState
from driver.core.values.release import Release, next_number
from driver.errors import EngineFailed, InvalidInput, NotReady, Unreachable
from model.names.names import AppNames
from model.releases import Pin
from model.settings.app import App


def examine(world: World, request: Request) -> tuple[Plan | None, Report]:
    """The plan, and everything that is in its way; no plan where a part of it was not found.

    Raises NotFound for an app that is not in the catalogue, InvalidInput for a reference that is none of its images,
    EngineFailed, Busy, Expired.
    """
    app = app_of(world.settings, request.app)
    survey = _Survey(world=world, request=request, app=app, names=world.settings.names(request.app))
    _look_at_time(world, app, survey.questions, 0)
    found = survey.plan()
    report = survey.questions.report(request.force)
    return None if found is None else replace(found, overridden=report.overridden), report


def plan(world: World, request: Request) -> Plan:
    """The plan, with nothing in its way. Raises NotReady or Unreachable with all that is, and as `examine` does."""
    found, report = examine(world, request)
    refusal = report.refusal(f"the deploy of {request.app} to {world.settings.env}")
    if refusal is not None or found is None:
        raise refusal or NotReady(f"{request.app} can't be deployed")
    return found


def check_time(world: World, request: Request, wait: float) -> None:
    """Nothing is waited for, `wait` seconds at most, that would find our credentials at their end. Raises NotReady,
    NotFound for an app that is not in the catalogue."""
    app, questions = app_of(world.settings, request.app), Questions()
    if not wait:
        return
    _look_at_time(world, app, questions, wait)
    refusal = questions.report(request.force).refusal(f"the deploy of {request.app} to {world.settings.env}")
    if refusal is not None:
        raise refusal


def _look_at_time(world: World, app: App, questions: Questions, wait: float) -> None:
    ends = questions.ask(Code.SESSION_TOO_SHORT, world.account.expires)
    needed = rules.duration(world.settings.deploy, release=app.release is not None, wait=wait)
    questions.add(*rules.of_session(needed, now=world.clock.utc(), ends=ends))
    if wait:
        remaining = questions.ask(Code.LEASE_TOO_SHORT, world.vault.remaining)
        questions.add(*rules.of_lease(wait, remaining))


@dataclass(kw_only=True)
class _Survey:
    """One look at everything. What was found is kept, so that what hangs on it can be looked at too."""

    world: World
    request: Request
    app: App
    names: AppNames
    questions: Questions = field(default_factory=Questions)
    state: AppState | None = None
    past: Sequence[Release] = ()
    image: Image | None = None
    config: Config | None = None
    token: str = ""
    versions: Sequence[SecretVersion] | None = None
    changes: Sequence[Change] = ()
    running: frozenset[str] = frozenset()
    overwritten: tuple[str, ...] = ()
    whole: bool = True

    def plan(self) -> Plan | None:
        """Ask everything; the plan if all of its parts are there."""
        stack = self.questions.ask(Code.PLATFORM, lambda: self.world.stacks.read(self.names.env))
        self._look_at_app(stack)
        self._look_at_image()
        self._look_at_config()
        if self.state is not None and stack is not None:
            self._look_around(stack, self.state)
            self._look_at_secret(self.state)
            self._look_back(self.state)
            self._rehearse(self.state)
        if stack is None or self.state is None or self.image is None or self.config is None:
            return None
        return Plan(
            request=self.request,
            names=self.names,
            app=self.app,
            stack=stack,
            state=self.state,
            image=self.image,
            config=self.config,
            token=self.token,
            past=self.past,
            changes=self.changes,
            running=self.running,
            overwritten=self.overwritten,
            published=self.versions is not None and secret_labels.labelled(self.versions, self.token),
        )

    def _look_at_app(self, stack: StackState | None) -> None:
        if stack is None:
            return
        env, name = self.names.env, self.names.app
        self.state = state = stack.app(name)
        if state is None:
            hint = f"Run `slipway up {env}` first."
            self.questions.add(Finding(Code.PLATFORM, f"{name} has no platform in {env} yet", hint))
            return
        self.questions.ask(Code.PLATFORM, lambda: private_tiers.check_built(self.world.settings, stack))
        self.questions.ask(Code.PLATFORM, lambda: load_balancers.check_built(self.world.settings, name, stack))
        self.questions.ask(Code.PLATFORM, lambda: load_balancers.check_ports(self.world.settings, stack, name))
        self.questions.ask(Code.PLATFORM, lambda: load_balancers.check_public(self.world.settings, stack, name))
        self.past = past = self.questions.ask(Code.LEDGER, lambda: self.world.ledger.releases(name)) or ()
        self.questions.ask(Code.PROCESSES, lambda: scope.check_processes(env, name, self.app, state, past))

    def _look_at_image(self) -> None:
        reference = self.request.image or (self.state.pin.image if self.state is not None else None)
        if reference is not None:
            self.image = self.questions.ask(
                Code.IMAGE, lambda: self.world.images.resolve(self.names.repository, reference)
            )
        elif self.state is not None:
            problem = f"{self.names.app} has no release yet whose image could be used again"
            self.questions.add(Finding(Code.IMAGE, problem, "Name one: --image TAG"))

    def _look_at_config(self) -> None:
        mount = self.world.settings.vault.mount
        pin = None if self.state is None else self.state.pin
        self.config = config = self.questions.ask(Code.CONFIG, lambda: _read(self.world, self.names, self.app, pin))
        if config is not None:
            self.token = configs.token(mount, config)
            self.questions.add(*rules.of_config(self.names, self.app, config))

    def _look_at_secret(self, state: AppState) -> None:
        secret = self.names.secret
        self.versions = versions = self.questions.ask(Code.SECRET, lambda: self.world.secrets.versions(secret))
        if versions is not None and self.config is not None:
            keep = configs_in_use(state.pin, self.past) | self.running
            self.questions.add(*rules.of_labels(secret, versions, keep, self.token))

    def _look_back(self, state: AppState) -> None:
        """At what this would go back to: the last good release, or what runs where there was none yet."""
        good = ledger.last_good(self.past)
        pin = state.pin if good is None else good.pin
        image = self.image is not None and self.image.digest == pin.digest
        # The same variables are published under the same id once more, so what has lost them gets them back by this.
        kept = {None, self.token}
        config = pin.config in kept or self.versions is None or secret_labels.labelled(self.versions, pin.config or "")
        found = image or pin.image is None or self._is_there(pin.image)
        self.questions.add(*rules.of_way_back(pin, image=found, config=config))

    def _is_there(self, image: str) -> bool:
        try:
            self.world.images.resolve(self.names.repository, image)
        except NotReady:
            return False
        except Unreachable as error:
            self.questions.not_answered(error)
        return True

    def _look_around(self, stack: StackState, state: AppState) -> None:
        env, subnets = self.names.env, stack.private_subnets()
        services = [self.names.process(process).service for process in self.app.services]
        named = {name for process in self.app.services.values() for name in process.rollout.alarms}
        prefix = f"{env}-{self.names.app}-"
        firing = self.questions.ask(Code.ALARM_FIRING, lambda: self.world.account.firing(prefix, named))
        self.questions.add(*rules.of_alarms(self.names, self.world.settings.apps, firing or (), named))
        found = self.questions.ask(Code.PLATFORM, lambda: self.world.services.describe(env, services))
        self._look_at_services(stack, state, found)
        free = self.questions.ask(Code.FREE_ADDRESSES, lambda: self.world.account.free_addresses(subnets)) or {}
        release = self.app.release is not None
        self.questions.add(*rules.of_addresses((found or {}).values(), release=release, free=free))

    def _look_at_services(self, stack: StackState, state: AppState, found: Mapping[str, ServiceState] | None) -> None:
        """Whether all are there, and what they run, whatever the state says: somebody may have moved one, or ECS."""
        names, app, past, services = self.names, self.app, self.past, found or {}
        if found is not None:
            before = len(self.questions.findings)
            self.questions.ask(Code.GONE, lambda: presence.check(names, app, state, past, services))
            self.questions.ask(Code.GONE, lambda: presence.check_footing(self.world, names, stack, past))
            self.whole = len(self.questions.findings) == before
        runs = {arn for row in services.values() for arn in (row.task_definition, *row.tasks)}
        said = self.questions.ask(Code.PLATFORM, lambda: self.world.services.definitions(runs)) if runs else None
        self.running = frozenset(version for row in (said or {}).values() for version in row.configs)
        changed = self.questions.ask(
            Code.PLATFORM, lambda: presence.overwritten(self.world, names, app, state, past, services)
        )
        self.overwritten = tuple(changed or ())

    def _rehearse(self, state: AppState) -> None:
        """Preview the rollout, as far as it is known: it must touch nothing but this app."""
        number = next_number(state.pin, self.past)
        pin = pinned(state.pin, number, self.image, self.config, self.token)
        self.questions.add(*rules.of_size(self.names, self.app, pin, self.world.settings.region))
        if not self.whole:
            # The engine would make anew what is gone, which is no release's business and has been told already.
            return
        rolling = Rolling(names=self.names, app=self.app, state=state, pin=pin, before={})
        try:
            self.changes = rollout.preview(self.world, rolling)
        except EngineFailed:
            # Most likely on account of what was found; without that it is all there is to say.
            if not self.questions.findings:
                raise
        self.questions.ask(Code.FOREIGN_CHANGES, lambda: rollout.check(rolling, self.changes))


def _read(world: World, names: AppNames, app: App, pin: Pin | None) -> Config:
    """The variables; a value that is no text is a finding like any other. An app may need none and have none."""
    path = configs.path(names.env, names.app)
    try:
        found = world.vault.find(world.settings.vault.mount, path)
    except InvalidInput as error:
        raise NotReady(error.message, hint=error.hint) from None
    if found is not None:
        return found
    known = tuple(app.requires) or (() if pin is None else pin.keys)
    if known:
        raise NotReady(
            f"there are no variables at {world.settings.vault.mount}/{path} in Vault",
            hint=f"Set them: {configs.setting(names.env, names.app, known)}",
        )
    return configs.nothing(path)
