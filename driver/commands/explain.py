"""`slipway explain`: why a release failed, also next week."""

from typing import TYPE_CHECKING, Annotated

import typer

from driver import console
from driver.views.completing import releases
from driver.views.options import App, Env, Json, number_of

if TYPE_CHECKING:
    from driver.core.release.why import Why

Version = Annotated[
    str | None,
    typer.Argument(metavar="vN", help="The release; the newest that failed if left out.", autocompletion=releases),
]


def run(ctx: typer.Context, env: Env, app: App, release: Version = None, as_json: Json = False) -> None:
    """Tell why a release failed: which tasks did, their last lines, a likely cause, what happened then, what to do."""
    from driver.core.release import why
    from driver.wiring import live

    number = None if release is None else number_of(release)
    found = why.explain(live(ctx.obj, env, needed=(app,)), app, number)
    if as_json:
        console.answer_json(found.plain())
    else:
        console.answer(text(found))


def text(found: "Why") -> str:
    """It as a page: the verdict first, then each process, then the way on."""
    from driver.core.values.moments import moment

    ended = "" if found.ended is None else f", ended {moment(found.ended)}"
    lines = [f"{found.app} {found.release} in {found.env}: {found.verdict}"]
    lines += [f"reason: {found.reason}"] if found.reason else []
    lines.append(f"began {moment(found.began)} by {found.who}{ended}")
    for row in found.witnesses:
        runs = f"{row.failed} runs" if row.process == "release" else f"{row.failed} tasks failed"
        task = f" (task {row.task[:8]})" if row.task else ""
        lines += ["", f"{row.process}: {runs if row.failed > 1 else 'failed'}{task}: {row.said}"]
        lines += [f"    {line}" for line in row.log]
        lines += [f"  likely: {row.cause}"] if row.cause else []
    lines += ["", *found.notes] if found.notes else []
    lines += ["", f"then: {found.then}"] if found.then else []
    lines += [f"more: {found.next}"] if found.next else []
    return "\n".join(lines)
