"""Rules of the ledger, against the sandbox's DynamoDB."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from driver.adapters.aws.dynamodb.ledger import DynamoLedger
from driver.adapters.aws.dynamodb.locks import DynamoLocks
from driver.adapters.aws.dynamodb.table import RELEASE
from driver.adapters.aws.session import Session
from driver.core.values.lock import Lock
from driver.core.values.release import Attempt, Kind, Release, Step, Verdict
from driver.errors import Busy, NotReady
from model.names.names import ledger_table
from model.releases import Pin
from sandbox.faults import client
from sandbox.faults.rules import Fault
from sandbox.faults.rules import Kind as Trouble

pytestmark = pytest.mark.sandbox

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def draft(app: str = "shop", number: int = 1, who: str = "me@here") -> Release:
    return Release(app=app, pin=Pin(release=number), kind=Kind.DEPLOY, who=who, started=AT)


@pytest.fixture
def ledger(session: Session) -> Iterator[DynamoLedger]:
    client = session.client("dynamodb")
    client.create_table(
        TableName=ledger_table("dev"),
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "app", "KeyType": "HASH"}, {"AttributeName": "item", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("app", "item")],
    )
    yield DynamoLedger(session, "dev", DynamoLocks(session, "dev"))
    client.delete_table(TableName=ledger_table("dev"))


def test_numbers_go_on_from_the_newest_and_never_below_what_the_state_has(ledger: DynamoLedger) -> None:
    assert ledger.start(draft()).number == 1
    assert ledger.start(draft()).number == 2
    assert ledger.start(draft(number=40)).number == 40
    assert ledger.start(draft(app="shop-two")).number == 1
    assert [row.number for row in ledger.releases("shop")] == [40, 2, 1]


def test_two_at_once_never_get_the_same_number(ledger: DynamoLedger) -> None:
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda at: ledger.start(draft(who=f"{at}@here")).number, range(24)))
    assert sorted(numbers) == list(range(1, 25))


def test_a_release_is_written_until_it_is_finished_and_never_after(ledger: DynamoLedger) -> None:
    started = ledger.start(draft())
    stepped = started.model_copy(update={"steps": (Step(name="roll out", at=AT),)})
    ledger.write(stepped)
    ended = stepped.model_copy(update={"verdict": Verdict.SUCCEEDED, "finished": AT})
    ledger.write(ended)
    with pytest.raises(Busy, match="v1 was finished by somebody else"):
        ledger.write(stepped.model_copy(update={"verdict": Verdict.FAILED}))
    assert ledger.releases("shop") == [ended]


def test_a_write_that_is_repeated_since_its_answer_was_lost_is_no_refusal(ledger: DynamoLedger) -> None:
    ended = ledger.start(draft()).model_copy(update={"verdict": Verdict.FAILED, "finished": AT})
    ledger.write(ended)
    ledger.write(ended)
    assert ledger.releases("shop") == [ended]


def test_a_ledger_that_throttles_for_a_moment_has_it_all_the_same(ledger: DynamoLedger, folder: Path) -> None:
    endpoint = client.endpoint(folder)
    for kind in (Trouble.THROTTLE, Trouble.ERROR, Trouble.LOSE):
        client.add(endpoint, Fault(service="dynamodb", operation="TransactWriteItems", kind=kind, count=2))
    started = ledger.start(draft())
    ledger.write(started.model_copy(update={"verdict": Verdict.FAILED}))
    assert [(row.number, row.verdict) for row in ledger.releases("shop")] == [(1, Verdict.FAILED)]
    assert client.standing(endpoint) == []


def test_the_runs_of_a_finished_release_may_grow_and_its_verdict_not_change(ledger: DynamoLedger) -> None:
    ended = ledger.start(draft()).model_copy(update={"verdict": Verdict.RELEASE_FAILED, "finished": AT})
    ledger.write(ended)
    more = ended.model_copy(update={"attempts": (Attempt(number=1, started=AT),)})
    ledger.amend(more)
    ledger.amend(more)
    assert ledger.releases("shop") == [more]
    with pytest.raises(Busy, match="v1 is not succeeded any more"):
        ledger.amend(more.model_copy(update={"verdict": Verdict.SUCCEEDED}))


def test_hundreds_of_releases_are_listed_newest_first(ledger: DynamoLedger) -> None:
    for number in range(1, 301):
        ledger.start(draft(number=number))
    assert [row.number for row in ledger.releases("shop")] == list(range(300, 0, -1))
    assert [row.number for row in ledger.releases("shop", 3)] == [300, 299, 298]


@pytest.mark.parametrize("body", [{}, {"body": {"S": "{"}}, {"body": {"S": "[]"}}, {"body": {"S": '{"app": "shop"}'}}])
def test_an_item_that_somebody_has_spoilt_hides_no_other_and_is_told_of_once(
    session: Session, ledger: DynamoLedger, body: dict[str, Any]
) -> None:
    for number in (1, 3):
        ledger.start(draft(number=number))
    client, spoilt = session.client("dynamodb"), {"app": {"S": "shop"}, "item": {"S": f"{RELEASE}00000002"}, **body}
    client.put_item(TableName=ledger_table("dev"), Item=spoilt)
    told: list[str] = []
    reader = DynamoLedger(session, "dev", DynamoLocks(session, "dev"), told.append)
    assert [row.number for row in reader.releases("shop")] == [row.number for row in reader.releases("shop")] == [3, 1]
    assert told == [f"note: shop {RELEASE}00000002 in slipway-dev can't be read; it is left out"]
    client.put_item(TableName=ledger_table("dev"), Item={**spoilt, "item": {"S": f"{RELEASE}00000004"}})
    assert reader.start(draft(number=4)).number == 5


def test_without_its_table_the_ledger_says_what_makes_it(session: Session) -> None:
    with pytest.raises(NotReady, match="no ledger slipway-staging") as refused:
        DynamoLedger(session, "staging", DynamoLocks(session, "staging")).releases("shop")
    assert "slipway up staging" in refused.value.hint


def wish(owner: str) -> Lock:
    return Lock(app="shop", owner=owner, message="deploy", nonce=owner, fence=0, lease=30, since=AT)


def test_only_one_of_many_gets_a_free_lock(session: Session, ledger: DynamoLedger) -> None:
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda at: DynamoLocks(session, "dev").take(wish(f"{at}@here"), None), range(8)))
    assert [lock.fence for lock in taken if lock is not None] == [1]


def test_fences_go_on_growing_when_a_lock_was_free_meanwhile(session: Session, ledger: DynamoLedger) -> None:
    locks = DynamoLocks(session, "dev")
    for fence in (1, 2, 3):
        taken = locks.take(wish("me"), None)
        assert taken is not None
        assert taken.fence == fence
        assert locks.read("shop") == taken
        assert locks.free(taken)
        assert locks.read("shop") is None


def test_a_lock_is_taken_over_only_with_the_nonce_that_was_seen(session: Session, ledger: DynamoLedger) -> None:
    first, second = DynamoLocks(session, "dev"), DynamoLocks(session, "dev")
    mine = first.take(wish("me"), None)
    assert mine is not None
    assert second.take(wish("you"), None) is None
    assert first.renew(mine, "beat")
    first.confirm()
    assert second.take(wish("you"), mine) is None
    seen = second.read("shop")
    assert second.take(wish("you"), seen) is not None
    assert not first.renew(mine, "late")
    with pytest.raises(Busy, match="somebody else has taken over the lock of shop"):
        first.confirm()
    second.confirm()
    assert not first.free(mine)
    first.confirm()


def test_an_owner_whose_lock_was_taken_over_writes_nothing_into_the_ledger(session: Session) -> None:
    session.client("dynamodb").create_table(
        TableName=ledger_table("staging"),
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "app", "KeyType": "HASH"}, {"AttributeName": "item", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("app", "item")],
    )
    locks = DynamoLocks(session, "staging")
    ledger, mine = DynamoLedger(session, "staging", locks), locks.take(wish("me"), None)
    started = ledger.start(draft())
    assert DynamoLocks(session, "staging").take(wish("you"), mine) is not None
    with pytest.raises(Busy, match="somebody else has taken over the lock of shop"):
        ledger.write(started.model_copy(update={"verdict": Verdict.SUCCEEDED}))
    with pytest.raises(Busy, match="somebody else has taken over the lock of shop"):
        ledger.start(draft())
    assert ledger.releases("shop") == [started]
    session.client("dynamodb").delete_table(TableName=ledger_table("staging"))
