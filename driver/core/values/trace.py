"""A release as a trace: one span for it, one for each of its steps, and one for each run of its release process.

Names are those of OpenTelemetry's semantic conventions for CI/CD and deployments.
https://opentelemetry.io/docs/specs/semconv/cicd/cicd-spans/
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from driver.core.values.release import RUNS, Attempt, Outcome, Release, Step, Verdict

TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")
"""https://www.w3.org/TR/trace-context/#traceparent-header"""
SAMPLED = 1
DEPLOYING = ("roll out", "watch ")
"""How the names of steps begin that move services."""

Attributes = Mapping[str, str | int]


@dataclass(frozen=True, kw_only=True)
class Parent:
    """The span that a release is part of, such as a job of CI."""

    trace: str
    span: str
    sampled: bool = True


@dataclass(frozen=True, kw_only=True)
class Span:
    """One span; ids in hexadecimal. `server` is the run itself, `failed` empty where it went well."""

    name: str
    trace: str
    id: str
    parent: str
    began: datetime
    ended: datetime
    server: bool = False
    failed: str = ""
    attributes: Attributes = field(default_factory=dict)


def parent_in(traceparent: str) -> Parent | None:
    """The span that TRACEPARENT names; None where it names none."""
    found = TRACEPARENT.fullmatch(traceparent.strip())
    if found is None or not int(found[1], 16) or not int(found[2], 16):
        return None
    return Parent(trace=found[1], span=found[2], sampled=bool(int(found[3], 16) & SAMPLED))


def spans(env: str, release: Release, parent: Parent | None = None) -> Sequence[Span]:
    """The spans of a release that has ended; none of one that has not. Asked twice it is the same spans."""
    if release.finished is None:
        return ()
    key = f"{env}/{release.app}/{release.version}/{release.started.isoformat()}"
    trace = parent.trace if parent is not None else _id(key, 32)
    root = Span(
        name=f"RUN {release.kind} {release.app}",
        trace=trace,
        id=_id(f"{key}/run", 16),
        parent="" if parent is None else parent.span,
        began=release.started,
        ended=release.finished,
        server=True,
        failed=_failure(release),
        attributes=_of_release(env, release),
    )
    return (root, *_steps(release, root, release.finished))


def _steps(release: Release, root: Span, ended: datetime) -> Iterator[Span]:
    for number, step in enumerate(release.steps, 1):
        last = number == len(release.steps)
        span = Span(
            name=step.name,
            trace=root.trace,
            id=_id(f"{root.id}/{number}", 16),
            parent=root.id,
            began=step.at,
            ended=max(step.ended or ended, step.at),
            failed=root.failed if last else "",
            attributes=_of_step(release, step, number, failed=bool(root.failed) and last),
        )
        yield span
        for attempt in release.attempts:
            if step.at <= attempt.started <= span.ended and "release process" in step.name:
                yield _attempt(attempt, span)


def _attempt(attempt: Attempt, step: Span) -> Span:
    ended = max(attempt.ended or step.ended, attempt.started)
    code = {} if attempt.exit_code is None else {"process.exit.code": attempt.exit_code}
    task = {"aws.ecs.task.arn": attempt.task} if attempt.task else {}
    good = attempt.outcome is Outcome.SUCCEEDED
    return Span(
        name=f"release process, run {attempt.number}",
        trace=step.trace,
        id=_id(f"{step.id}/{attempt.number}", 16),
        parent=step.id,
        began=attempt.started,
        ended=ended,
        failed="" if good else str(attempt.outcome or Outcome.UNKNOWN),
        attributes={**task, **code},
    )


def _of_release(env: str, release: Release) -> Attributes:
    source = release.pin.source
    failed = _failure(release)
    facts = {
        "cicd.pipeline.name": f"{release.kind} {release.app}",
        "cicd.pipeline.action.name": "RUN",
        "cicd.pipeline.run.id": f"{env}/{release.app}/{release.version}",
        "cicd.pipeline.result": _result(release),
        "deployment.id": f"{env}/{release.app}/{release.version}",
        "deployment.name": f"{release.app} {release.version}",
        "deployment.status": "failed" if failed else "succeeded",
        "deployment.environment.name": env,
        "vcs.ref.head.revision": source.commit if source else None,
        "vcs.ref.head.name": source.branch if source else None,
        "container.image.repo_digests": release.pin.image,
        "error.type": str(release.verdict) if failed else None,
        "slipway.release": release.number,
        "slipway.verdict": str(release.verdict),
    }
    return {name: value for name, value in facts.items() if value is not None}


def _of_step(release: Release, step: Step, number: int, *, failed: bool) -> Attributes:
    facts = {
        "cicd.pipeline.task.name": step.name,
        "cicd.pipeline.task.run.id": f"{release.version}/{number}",
        "cicd.pipeline.task.run.result": "failure" if failed else "success",
    }
    if step.name.startswith(DEPLOYING):
        facts["cicd.pipeline.task.type"] = "deploy"
    return facts


def _failure(release: Release) -> str:
    """Why it counts as failed; empty where it runs as it should. Reasons have no log lines in them."""
    if release.verdict in RUNS - {Verdict.MIXED}:
        return ""
    return release.reason or str(release.verdict)


def _result(release: Release) -> str:
    if not _failure(release):
        return "success"
    return "cancellation" if release.reason.startswith("it was cancelled") else "failure"


def _id(key: str, length: int) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:length]
