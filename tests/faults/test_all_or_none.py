import pytest

from benchmarks.load import steady
from tests.faults.app_environment import APP, Town

pytestmark = pytest.mark.engine


def test_a_good_release_is_what_every_process_runs_and_no_request_fails(town: Town) -> None:
    before = town.settled("good")
    with steady(town.url(APP)) as traffic:
        done = town.deploy(town.image("better"))
    town.check(done, before, code=0, runs="better", verdicts=["succeeded"])
    assert (traffic.failures, len(traffic.seconds) > 20) == ([], True)


def test_when_a_worker_crashes_the_web_goes_back_with_it(town: Town) -> None:
    before = town.settled("good")
    done = town.deploy(town.image("worker-crashes", worker="crashes"))
    town.check(done, before, code=6, runs="good", verdicts=["succeeded", "failed"])
    assert "no queue named parcels" in done.stderr
