"""Rules of the ledger, against the sandbox's DynamoDB."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from driver.adapters.ledger import DynamoLedger
from driver.adapters.session import Session
from driver.core.ledger import Kind, Release, Step, Verdict
from driver.errors import Busy, NotReady
from spec.names import ledger_table
from spec.releases import Pin

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
    yield DynamoLedger(session, "dev")
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


def test_hundreds_of_releases_are_listed_newest_first(ledger: DynamoLedger) -> None:
    for number in range(1, 301):
        ledger.start(draft(number=number))
    assert [row.number for row in ledger.releases("shop")] == list(range(300, 0, -1))
    assert [row.number for row in ledger.releases("shop", 3)] == [300, 299, 298]


def test_without_its_table_the_ledger_says_what_makes_it(session: Session) -> None:
    with pytest.raises(NotReady, match="no ledger slipway-staging") as refused:
        DynamoLedger(session, "staging").releases("shop")
    assert "slipway up staging" in refused.value.hint
