from dataclasses import replace

import pytest

from driver.core.platform import bring_up
from driver.core.values.lock import Lock
from driver.core.values.release import Verdict
from driver.errors import Busy, NotReady
from tests.driver.core.fake_platform import Cloud, pin
from tests.driver.core.rollout.test_rollout import AT, written
from tests.fakes import FakeLocks

OWNER = Lock(app="shop", owner="me@there", message="deploy v2", nonce="a", fence=1, lease=30, since=AT)


def test_an_up_goes_on_where_every_release_has_an_end() -> None:
    cloud = Cloud(pin(1))
    bring_up.check_finished(cloud.world)
    written(cloud, pin(1, tasks=True))
    written(cloud, pin(2, "b"), Verdict.FAILED)
    bring_up.check_finished(cloud.world)


def test_an_up_is_refused_while_a_release_was_cut_off_and_says_what_settles_it() -> None:
    cloud = Cloud(pin(1))
    written(cloud, pin(2, "b"), Verdict.STARTED)
    with pytest.raises(NotReady, match=r"v2 of shop in dev is not finished.*cut off") as refused:
        bring_up.check_finished(cloud.world)
    assert "`slipway cancel dev shop` finishes or reverts it" in refused.value.hint


def test_an_up_is_refused_while_somebody_releases_and_names_who() -> None:
    cloud = Cloud(pin(1))
    written(cloud, pin(2, "b"), Verdict.STARTED)
    world = replace(cloud.world, locks=FakeLocks(cloud.clock, holder=OWNER))
    with pytest.raises(Busy, match="me@there has the lock of shop: deploy v2"):
        bring_up.check_finished(world)
