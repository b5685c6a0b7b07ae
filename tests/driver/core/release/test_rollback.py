"""Rules of going back: what is offered, what is refused, what stands before it, and how it is undone."""

from datetime import UTC, datetime

import pytest

from driver.core.ports import Config, Definition
from driver.core.release import rollback
from driver.core.values import release as ledger
from driver.core.values.release import Attempt, Kind, Outcome, Ran, Release, Verdict
from driver.core.values.secret import SecretValues
from driver.errors import NotFound, NotReady
from model.releases import Pin
from tests.driver.core.fake_platform import Cloud, pin, task

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
LETTERS = "abcdef"


def written(
    cloud: Cloud,
    number: int,
    letter: str,
    verdict: Verdict = Verdict.SUCCEEDED,
    *,
    barrier: bool = False,
    copies: int | None = None,
) -> Release:
    row = Release(
        app="shop",
        pin=pin(number, letter, tasks=True),
        kind=Kind.DEPLOY if copies is None else Kind.ROLLBACK,
        who="me@here",
        message="drops a column" if barrier else "",
        started=AT,
        verdict=verdict,
        no_rollback_past=barrier,
        copies=copies,
    )
    cloud.ledger.rows["shop", number] = row
    return row


@pytest.fixture
def cloud() -> Cloud:
    """Three good releases, of which the newest runs; all that they need is there."""
    made = Cloud(pin(3, "c", tasks=True))
    for letter in LETTERS:
        made.secrets.publish(
            "dev/shop", Config(path="p", version=1, created="t", values=SecretValues({})), f"config-{letter}"
        )
    for number, letter in ((1, "a"), (2, "b"), (3, "c")):
        written(made, number, letter)
    return made


def planned(cloud: Cloud, number: int | None = None, past: int | None = None) -> int:
    return rollback.plan(cloud.world, rollback.look(cloud.world, "shop"), number, past).target.number


def undone(cloud: Cloud, number: int) -> str:
    return rollback.undo(cloud.world, "shop", cloud.ledger.rows["shop", number].pin)


def test_without_a_number_it_is_the_newest_good_release_before_the_current_one(cloud: Cloud) -> None:
    assert planned(cloud) == 2
    assert planned(cloud, 1) == 1


@pytest.mark.parametrize("verdict", [Verdict.FAILED, Verdict.RELEASE_FAILED, Verdict.STARTED])
def test_a_release_that_did_not_succeed_is_neither_offered_nor_taken(cloud: Cloud, verdict: Verdict) -> None:
    written(cloud, 2, "b", verdict)
    assert planned(cloud) == 1
    with pytest.raises(NotFound, match=f"can't go back to v2 of shop: it is {verdict}") as refused:
        planned(cloud, 2)
    assert refused.value.hint == "Good releases: v1."


def test_the_bootstrap_image_is_no_release_to_go_back_to(cloud: Cloud) -> None:
    for number in (1, 2):
        row = cloud.ledger.rows["shop", number]
        cloud.ledger.rows["shop", number] = row.model_copy(update={"pin": Pin(release=number)})
    with pytest.raises(NotFound, match="no other good release"):
        planned(cloud)
    with pytest.raises(NotFound, match="it is the bootstrap image"):
        planned(cloud, 2)
    assert undone(cloud, 3) == ""


def test_a_release_whose_image_is_gone_is_refused(cloud: Cloud) -> None:
    cloud.images.gone.add(f"sha256:{'b' * 64}")
    with pytest.raises(NotReady, match="the image of v2 is gone from ECR"):
        planned(cloud, 2)
    assert planned(cloud, 1) == 1


def test_a_release_whose_config_is_gone_is_refused(cloud: Cloud) -> None:
    del cloud.secrets.published["config-b"]
    with pytest.raises(NotReady, match="the config of v2 is gone from Secrets Manager"):
        planned(cloud, 2)


def test_nothing_older_than_a_marked_release_is_gone_back_to_unless_it_is_named(cloud: Cloud) -> None:
    written(cloud, 2, "b", barrier=True)
    assert planned(cloud) == 2
    with pytest.raises(
        NotReady, match="can't go back to v1 of shop: v2 is newer and marked --no-rollback-past: drops"
    ) as no:
        planned(cloud, 1)
    assert "slipway rollback dev shop v1 --force-past v2" in no.value.hint
    with pytest.raises(NotReady):
        planned(cloud, 1, past=3)
    assert planned(cloud, 1, past=2) == 1


def test_the_newest_of_several_marked_releases_is_the_one_to_name(cloud: Cloud) -> None:
    written(cloud, 2, "b", barrier=True)
    written(cloud, 3, "c", barrier=True)
    with pytest.raises(NotReady, match="v3 is newer"):
        planned(cloud, 1, past=2)
    assert planned(cloud, 1, past=3) == 1


def test_old_code_does_not_get_past_a_marked_release_under_a_new_number(cloud: Cloud) -> None:
    written(cloud, 2, "b", barrier=True)
    written(cloud, 3, "a", copies=1)
    written(cloud, 4, "d")
    cloud.running = pin(4, "d", tasks=True)
    with pytest.raises(NotReady, match="can't go back to v3 of shop: v2 is newer"):
        planned(cloud)
    assert planned(cloud, 2) == 2


@pytest.mark.parametrize(("verdict", "stands"), [(Verdict.RELEASE_FAILED, False), (Verdict.FAILED, True)])
def test_a_marked_release_counts_once_its_release_process_has_run(cloud: Cloud, verdict: Verdict, stands: bool) -> None:
    written(cloud, 3, "c", verdict, barrier=True)
    written(cloud, 4, "b", copies=2)
    cloud.running = pin(4, "b", tasks=True)
    menu = rollback.look(cloud.world, "shop")
    assert (menu.barrier(cloud.ledger.rows["shop", 1]) is not None) is stands


def test_a_marked_release_counts_once_its_release_process_has_been_brought_to_a_good_end(cloud: Cloud) -> None:
    row = written(cloud, 3, "c", Verdict.RELEASE_FAILED, barrier=True)
    tries = tuple(
        Attempt(number=number, started=AT, ended=AT, outcome=outcome)
        for number, outcome in ((1, Outcome.FAILED), (2, Outcome.SUCCEEDED))
    )
    menu = rollback.look(cloud.world, "shop")
    assert menu.barrier(cloud.ledger.rows["shop", 1]) is None
    cloud.ledger.rows["shop", 3] = row.model_copy(update={"attempts": tries})
    assert rollback.look(cloud.world, "shop").barrier(cloud.ledger.rows["shop", 1]) is not None


@pytest.mark.parametrize("process", ["web", "worker"])
def test_task_definitions_that_ecs_knows_no_more_are_made_anew(cloud: Cloud, process: str) -> None:
    cloud.forgotten.add(task(process, 1))
    told: list[str] = []
    plan = rollback.plan(cloud.world, rollback.look(cloud.world, "shop"), 1)
    rollback.carry_out(cloud.world, plan, told.append)
    assert cloud.updates[0].pins["shop"].tasks == {}
    assert cloud.runs == {"web": task("web", 4), "worker": task("worker", 4)}
    assert cloud.ledger.rows["shop", 4].pin.tasks == cloud.runs
    assert "ECS knows task definitions of v1 no more" in told[0]
    assert not rollback.plan(cloud.world, rollback.look(cloud.world, "shop"), 2).anew


def test_task_definitions_that_somebody_deregistered_are_registered_again_as_they_were(cloud: Cloud) -> None:
    cloud.definitions[task("web", 1)] = Definition(active=False, image=pin(1, "a").image or "", memory=2048)
    told: list[str] = []
    plan = rollback.plan(cloud.world, rollback.look(cloud.world, "shop"), 1)
    rollback.carry_out(cloud.world, plan, told.append)
    assert cloud.runs == {"web": task("web", 501), "worker": task("worker", 1)}
    release = cloud.ledger.rows["shop", 4]
    assert (release.pin.tasks, release.processes["web"].memory) == (cloud.runs, 2048)
    assert told[0] == "  web: its task definition was deregistered; registered again"


def test_what_a_release_is_includes_what_its_task_definitions_say(cloud: Cloud) -> None:
    """v2 and v3 have the same code and config; v3 has more memory."""
    for number, setup in ((1, "s"), (2, "s"), (3, "more")):
        row = written(cloud, number, "a" if number == 1 else "b")
        ran = {process: Ran(task=task(process, number), setup=setup) for process in ("web", "worker")}
        cloud.ledger.rows["shop", number] = row.model_copy(update={"processes": ran})
    assert planned(cloud) == 2
    assert undone(cloud, 3) == "Undo: slipway rollback dev shop v2"


def test_what_was_adopted_is_left_for_what_was_pinned_before(cloud: Cloud) -> None:
    """An older version wrote no more than code and config down, and those are the same."""
    row = written(cloud, 4, "c")
    cloud.ledger.rows["shop", 4] = row.model_copy(update={"kind": Kind.ADOPTION})
    cloud.running = pin(4, "c", tasks=True)
    assert planned(cloud) == 3
    assert undone(cloud, 4) == "Undo: slipway rollback dev shop v3"


@pytest.mark.parametrize("lost", ["image", "config"])
def test_what_lacks_its_image_or_its_config_is_neither_picked_nor_offered_nor_named(cloud: Cloud, lost: str) -> None:
    if lost == "image":
        cloud.images.gone.add(f"sha256:{'b' * 64}")
    else:
        del cloud.secrets.published["config-b"]
    assert planned(cloud) == 1
    menu = rollback.look(cloud.world, "shop")
    assert [row.version for row in menu.choices] == ["v1"]
    assert [(row.version, why.partition(" is ")[0]) for row, why in menu.gone] == [("v2", f"the {lost} of v2")]
    assert undone(cloud, 3).startswith(f"Undo: only by a new deploy, since the {lost} of v2 is gone")


@pytest.mark.parametrize("verdict", [Verdict.MIXED, Verdict.NOT_PROVEN])
def test_what_is_known_to_be_none_is_no_way_back(cloud: Cloud, verdict: Verdict) -> None:
    written(cloud, 3, "c", verdict)
    written(cloud, 4, "d")
    cloud.running = pin(4, "d", tasks=True)
    assert planned(cloud) == 2
    with pytest.raises(NotFound, match=f"can't go back to v3 of shop: it is {verdict}"):
        planned(cloud, 3)
    assert ledger.current(cloud.ledger.releases("shop")[1:]) == cloud.ledger.rows["shop", 3]


def test_from_what_is_mixed_the_first_way_back_is_what_was_good_before_it_whatever_it_is_called(cloud: Cloud) -> None:
    written(cloud, 4, "c", Verdict.MIXED)
    cloud.running = pin(4, "c", tasks=True)
    assert planned(cloud) == 3


def test_what_undoes_a_release_is_the_good_one_before_it(cloud: Cloud) -> None:
    written(cloud, 4, "d", Verdict.FAILED)
    written(cloud, 5, "d")
    assert undone(cloud, 5) == "Undo: slipway rollback dev shop v3"
    assert undone(cloud, 2) == "Undo: slipway rollback dev shop v1"
    assert undone(cloud, 1) == ""


def test_releasing_the_same_again_leaves_nothing_to_undo(cloud: Cloud) -> None:
    written(cloud, 4, "c")
    assert undone(cloud, 4) == ""
    assert planned(cloud, 3) == 3


def test_a_marked_release_is_undone_by_a_deploy_only(cloud: Cloud) -> None:
    written(cloud, 3, "c", barrier=True)
    assert undone(cloud, 3) == "Undo: only by a new deploy, since v3 is marked --no-rollback-past"


def test_a_process_that_the_former_release_had_not_makes_the_undo_a_deploy(cloud: Cloud) -> None:
    row = cloud.ledger.rows["shop", 2]
    cloud.ledger.rows["shop", 2] = row.model_copy(
        update={"pin": row.pin.model_copy(update={"tasks": {"web": task("web", 2)}})}
    )
    assert undone(cloud, 3) == f"Undo: slipway deploy dev shop --image sha256:{'b' * 64}"


def test_a_rollback_is_a_new_release_on_the_old_task_definitions_and_says_what_does_not_go_back(cloud: Cloud) -> None:
    told: list[str] = []
    made = rollback.carry_out(
        cloud.world, rollback.plan(cloud.world, rollback.look(cloud.world, "shop"), 1), told.append
    )
    assert made.release == 4
    assert cloud.runs == {"web": task("web", 1), "worker": task("worker", 1)}
    release = cloud.ledger.rows["shop", 4]
    assert (release.kind, release.copies, release.verdict) == (Kind.ROLLBACK, 1, ledger.Verdict.SUCCEEDED)
    assert "the database is not rolled back" in "\n".join(told)
