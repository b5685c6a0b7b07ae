"""Why a process did not come up, in the words of ECS and of the process itself."""

from collections.abc import Mapping, Sequence

from driver.core.ports import StoppedTask, World
from driver.core.watch.known_causes import Evidence, known_cause, whose
from driver.core.watch.last_log_lines import TAIL, words
from driver.core.watch.verdict import Judgement, Verdict, describe, failures, of_rollout
from driver.core.watch.watch import Expectation
from driver.errors import Unreachable


def explain(world: World, expectation: Expectation, judgements: Mapping[str, Judgement]) -> str:
    """Each failed process with the reason its last task stopped, and that task's last log lines."""
    return "\n".join(
        f"{service}: {judgement.reason}" + _last_task(world, expectation, service, judgement)
        for service, judgement in judgements.items()
        if judgement.verdict is Verdict.FAILED
    )


def telling(tasks: Sequence[StoppedTask]) -> StoppedTask | None:
    """The newest task that says most of why: one that ended by itself rather than one that ECS stopped on taking the
    deployment back, which ends with 143 too.
    """
    failed = failures(tasks)
    said = [task for task in failed if task.exit_code not in {None, 0}]
    return next(iter(said or failed or tasks), None)


def _last_task(world: World, expectation: Expectation, service: str, judgement: Judgement) -> str:
    mine = judgement.rollout
    if mine is None or judgement.cancelled or judgement.superseded:
        return ""
    wanted = expectation.task_definitions[service]
    try:
        # After an hour ECS has forgotten its tasks; what it told of them is kept.
        tasks = of_rollout(world.services.stopped_tasks(expectation.cluster, service, wanted), mine)
        if not tasks and mine.created is not None:
            tasks = of_rollout(world.events.stopped_tasks(expectation.cluster, wanted, mine.created), mine)
    except Unreachable:
        return ""
    task = telling(tasks)
    if task is None:
        return ""
    log = words(world, expectation.cluster, service, task)
    lines = "".join(f"\n    {line}" for line in log[-TAIL:])
    told = f"\n  task {task.arn.rsplit('/', 1)[-1]}: {describe(task)}{lines}"
    said = f"{judgement.reason}\n{describe(task)}"
    app, port = whose(world.settings, service)
    place = f"{world.settings.env} {app}"
    cause = known_cause(Evidence(said=said, log=log, exit_code=task.exit_code, port=port, place=place))
    return f"{told}\n  likely: {cause}" if cause else told
