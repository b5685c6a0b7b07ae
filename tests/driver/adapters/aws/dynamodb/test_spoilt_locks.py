"""A lock that somebody's hand has spoilt is told of, outwaited and taken over; it is no error of anything."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from driver.adapters.aws.dynamodb.locks import DynamoLocks, key_of
from driver.adapters.aws.session import Session
from driver.core.values.lock import LEASE, Lock, Watcher
from model.names.names import ledger_table

pytestmark = pytest.mark.sandbox

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
SPOILT: tuple[dict[str, Any], ...] = (
    {"owner": {"S": "you@there"}, "nonce": {"S": "a"}, "fence": {"N": "7"}, "body": {"S": "{"}},
    {"owner": {"S": "you@there"}, "nonce": {"S": "a"}, "fence": {"N": "7"}, "body": {"S": '["shop"]'}},
    {"owner": {"S": "you@there"}, "nonce": {"S": "a"}, "fence": {"N": "7"}, "body": {"N": "1"}},
    {"owner": {"S": "you@there"}},
    {"owner": {"NULL": True}, "nonce": {"N": "1"}, "fence": {"S": "seven"}, "body": {"S": "{}"}},
)


@pytest.fixture
def locks(session: Session) -> Iterator[DynamoLocks]:
    client = session.client("dynamodb")
    client.create_table(
        TableName=ledger_table("dev"),
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "app", "KeyType": "HASH"}, {"AttributeName": "item", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("app", "item")],
    )
    yield DynamoLocks(session, "dev")
    client.delete_table(TableName=ledger_table("dev"))


def draft() -> Lock:
    return Lock(app="shop", owner="me@here", message="deploy", nonce="b", fence=0, lease=30, since=AT)


@pytest.mark.parametrize("item", SPOILT)
def test_a_spoilt_lock_is_read_outwaited_and_taken_over(
    session: Session, locks: DynamoLocks, item: dict[str, Any]
) -> None:
    session.client("dynamodb").put_item(TableName=ledger_table("dev"), Item={**key_of("shop"), **item})
    found = locks.read("shop")
    assert found is not None
    assert (found.owner, found.since) == (item["owner"].get("S", "somebody"), None)
    assert "can't be read" in found.message
    watcher = Watcher()
    assert not watcher.stale(found, 0.0)
    assert watcher.stale(found, LEASE)
    assert locks.take(draft(), None) is None, "it is not free"
    taken = locks.take(draft(), found)
    assert taken is not None
    assert taken.fence == (8 if item.get("fence") == {"N": "7"} else 1)
    assert locks.read("shop") == taken
    locks.confirm()
    assert locks.free(taken)
    assert locks.read("shop") is None


def test_a_spoilt_lock_that_changed_since_it_was_read_is_not_taken_over(session: Session, locks: DynamoLocks) -> None:
    client = session.client("dynamodb")
    client.put_item(TableName=ledger_table("dev"), Item={**key_of("shop"), **SPOILT[3]})
    found = locks.read("shop")
    client.put_item(TableName=ledger_table("dev"), Item={**key_of("shop"), **SPOILT[0]})
    assert locks.take(draft(), found) is None
