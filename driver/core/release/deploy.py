"""A deploy, step by step: what to release, its config, its release phase, its rollout."""

from dataclasses import replace
from functools import partial

from driver.core.ledger.journal import Record
from driver.core.ports import Say, Update, World
from driver.core.preflight import gather
from driver.core.preflight.plan import Plan, Request
from driver.core.release import recovery
from driver.core.release_phase import phase as release_phase
from driver.core.release_phase.live_log import Tail
from driver.core.rollout import rollout
from driver.core.rollout.move import Rolling
from driver.core.values.release import Verdict
from driver.core.values.secret import SecretValues
from driver.errors import DriverError, Interrupted, NotReady
from model.releases import Candidate, Pin
from model.settings.queues import TOKEN

__all__ = ["Plan", "Request", "carry_out", "plan"]


plan = gather.plan


def carry_out(world: World, plan: Plan, say: Say) -> Pin:
    """Release it; the pin that runs. What fails before the rollout leaves everything that serves traffic untouched."""
    for row in plan.overridden:
        say(f"overridden by --force: {row.code}: {row.message}")
    state, before = recovery.at_rest(world, plan.names, plan.app, plan.state, say)
    if state is not plan.state:
        say("looking again: what the release that was cut off had changed is undone")
        plan = gather.plan(world, plan.request)
    plan = replace(plan, state=state, past=world.ledger.releases(plan.names.app))
    pin = plan.pin
    rolling = Rolling(names=plan.names, app=plan.app, state=plan.state, pin=pin, before=before)
    world.secrets.publish(plan.names.secret, plan.config, plan.token, plan.configs_in_use)
    _publish_token(world, plan, say)
    record = Record.start(world, plan.names.app, pin, plan.request.kind, plan.origin)
    tail = None if plan.app.release is None else _release_phase(world, plan, record, say)
    say(f"rolling out {plan.names.app} {record.pin.version}")
    # The last lines of a release phase that went well arrive while the engine works: nobody waits for them.
    rest = None if tail is None else partial(tail.read_until_quiet, world.clock)
    rollout.roll(world, replace(rolling, pin=record.pin), record, say, meanwhile=rest)
    return record.pin


def _publish_token(world: World, plan: Plan, say: Say) -> None:
    """The token for whoever counts the app's jobs, out of the same config. Without one they are not counted, which is
    told and stops no release.
    """
    if not plan.app.has_token:
        return
    env, name, token = plan.names.env, plan.names.app, plan.config.values.get(TOKEN)
    workers = ", ".join(plan.app.queues)
    if token is None:
        say(f"the jobs of {workers} are not counted: {name} has no {TOKEN}; slipway config set {env} {name} {TOKEN}")
        return
    try:
        world.secrets.replace(plan.names.token_secret, SecretValues({TOKEN: token}))
    except NotReady as error:
        say(f"the jobs of {workers} are not counted yet: {error.message}; {error.hint}")


def _release_phase(world: World, plan: Plan, record: Record, say: Say) -> Tail | None:
    """Register the candidate, which nothing else reads and nothing echoes, and run it to its end; its log.

    Whatever ends it is the end of the release, but for an attempt of which nobody knows what became of it.
    """
    done = release_phase.done_before(plan.past, record.pin)
    if done is not None:
        say(f"the release process of {done.version}, of the same image and config, ended with 0: not run again")
        record.skip_release_process(done)
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
        app=name,
    )
    record.step("register the release process")
    # The engine says what it registered: a checkpoint of many apps takes its time to read. Nothing, if it was there.
    made = {change.urn: change.arn for change in world.stacks.up(update, say) if change.arn}
    registered = next((made[urn] for urn in update.targets if urn in made), "")
    return release_phase.prepare(plan.names, plan.stack, plan.state, registered)
