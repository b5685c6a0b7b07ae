"""A run of all stages, after which everything is taken down again, whatever has happened."""

import re
from collections.abc import Sequence

from driver.core.acceptance.promises import Finding, Outcome, Report
from driver.core.acceptance.stages import STAGES, Broken, Stage
from driver.core.acceptance.trial import Trial
from driver.core.acceptance.trial_settings import APP
from driver.core.ports import Clock, Say
from driver.errors import DriverError

CODES = re.compile(r"\b(?:[A-Z][A-Za-z]+(?:Exception|NotFound|Exceeded|Exists|InUse|Fault)|AccessDenied|Throttling)\b")
"""How AWS's error codes look in a message."""
RETRIES = 3


def run(trial: Trial, region: str, clock: Clock, say: Say, *, keep: bool = False) -> Report:
    """Go through all stages and take the environment down. What is interrupted takes it down as well, and passes on."""
    findings: list[Finding] = []
    try:
        for stage in STAGES:
            findings.append(_tried(trial, stage, _missing(findings), clock))
            say(_line(findings[-1]))
    finally:
        left = [] if keep else take_down(trial, say)
    return Report(env=trial.env, region=region, findings=findings, left=left)


def take_down(trial: Trial, say: Say) -> Sequence[str]:
    """Destroy the environment and its repositories; what is left all the same.

    What a killed command has left behind is taken over by `up` first: `destroy` deletes what the state has.
    """
    say(f"taking {trial.env} down")
    try:
        return _taken_down(trial)
    except DriverError as error:
        return [f"what is left of {trial.env} is not known: {error.message}"]


def _taken_down(trial: Trial) -> Sequence[str]:
    for _ in range(RETRIES):
        if trial.commands.run("destroy", trial.env, "--yes").code == 0:
            trial.hand.remove_left()
            trial.forget()
            break
        trial.commands.run("cancel", trial.env, APP, "--yes")
        trial.commands.run("up", trial.env, "--yes")
    return trial.hand.left()


def _tried(trial: Trial, stage: Stage, missing: str, clock: Clock) -> Finding:
    begun, before = clock.now(), len(trial.said)
    outcome, reason = Outcome.HELD, ""
    if missing:
        outcome, reason = Outcome.UNTRIED, f"it needs what did not come about: {missing}"
    else:
        try:
            stage.do(trial)
        except Broken as broken:
            outcome, reason = Outcome.BROKEN, str(broken)
        except DriverError as error:
            outcome, reason = Outcome.UNTRIED, error.message
    codes = sorted({code for done in trial.said[before:] for code in CODES.findall(done.story)})
    return Finding(
        stage=stage.words,
        promise=stage.promise,
        outcome=outcome,
        reason=reason,
        seconds=clock.now() - begun,
        codes=tuple(codes),
    )


def _missing(findings: Sequence[Finding]) -> str:
    """The stage that had to go well for the later ones and did not."""
    vital = {stage.words for stage in STAGES if stage.vital}
    return next((row.stage for row in findings if row.stage in vital and row.outcome is not Outcome.HELD), "")


def _line(finding: Finding) -> str:
    reason = f": {finding.reason}" if finding.reason else ""
    return f"  {finding.stage} ({finding.seconds:.0f} s) … {finding.outcome}{reason}"
