"""A deploy that is not carried out: what its preflight found, and what it would do."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from driver import console

if TYPE_CHECKING:
    from driver.core.preflight.findings import Finding, Report
    from driver.core.preflight.plan import Plan, Request


def show(env: str, request: "Request", plan: "Plan | None", report: "Report", *, as_json: bool) -> None:
    """Answer with everything that was found. Raises NotReady or Unreachable where the deploy could not begin."""
    if as_json:
        console.answer_json(_plain(env, request, plan, report))
    else:
        for row in report.findings:
            console.answer(f"{row.code}{' (overridden)' if row.code in report.force else ''}: {row.message}")
        for step in steps(plan) if plan is not None and report.ready else ():
            console.answer(f"would {step}")
    refusal = report.refusal(f"the deploy of {request.app} to {env}")
    if refusal is not None:
        raise refusal
    if plan is not None and not as_json:
        console.answer(f"{request.app} v{plan.number} could be deployed to {env}; nothing was changed")


def steps(plan: "Plan") -> list[str]:
    """What the deploy would do, one sentence without subject each."""
    secret, version = plan.names.secret, plan.config.version
    found = [] if plan.published else [f"publish config version {version} as a version of the secret {secret}"]
    if plan.app.release is not None:
        found.append(f"run the release process with {plan.image.digest[:19]}")
    return [*found, *(f"{row.operation} {row.kind.split(':')[-1]} {row.name}" for row in plan.changes)]


def _plain(env: str, request: "Request", plan: "Plan | None", report: "Report") -> dict[str, object]:
    found: dict[str, object] = {
        "app": request.app,
        "env": env,
        "ready": report.ready,
        "findings": [_row(row, report) for row in report.findings],
        "unanswered": [row.message for row in report.unasked],
    }
    if plan is not None:
        found |= {
            "config_version": plan.config.version,
            "would": steps(plan),
            "overwrites": list(plan.overwritten),
            **plan.pin.plain(),
        }
    return found


def _row(row: "Finding", report: "Report") -> dict[str, object]:
    return {**asdict(row), "overridable": row.overridable, "overridden": row.code in report.force}
