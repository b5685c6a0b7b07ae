import pytest

from tests.faults.town import Town

pytestmark = pytest.mark.engine


def test_a_good_release_is_what_every_process_runs(town: Town) -> None:
    before = town.settled("good")
    done = town.deploy(town.image("better"))
    town.check(done, before, code=0, runs="better", verdicts=["succeeded"])


def test_when_one_process_crashes_the_others_go_back_with_it(town: Town) -> None:
    before = town.settled("good")
    done = town.deploy(town.image("worker-crashes", worker="crashes"))
    town.check(done, before, code=6, runs="good", verdicts=["succeeded", "failed"])
    assert "no queue named parcels" in done.stderr
