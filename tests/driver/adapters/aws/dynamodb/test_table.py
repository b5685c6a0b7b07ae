"""Rules of writes to the ledger's table that something passing stood in the way of."""

from collections.abc import Sequence

import pytest
from botocore.exceptions import ClientError

from driver.adapters.aws.dynamodb.table import TRIES, persistently


class Table:
    """Refuses so many writes."""

    def __init__(self, times: int, code: str, reasons: Sequence[str] = ()) -> None:
        self.tries, self._times = 0, times
        response = {"Error": {"Code": code}, "CancellationReasons": [{"Code": reason} for reason in reasons]}
        self._error = ClientError(response, "TransactWriteItems")  # type: ignore[arg-type]

    def write(self) -> None:
        self.tries += 1
        if self.tries <= self._times:
            raise self._error


@pytest.mark.parametrize(
    ("code", "reasons"),
    [
        ("TransactionConflictException", []),
        ("TransactionCanceledException", ["TransactionConflict", "None"]),
        ("TransactionCanceledException", ["None", "ThrottlingError"]),
    ],
)
def test_what_passes_is_waited_for_but_not_for_ever(code: str, reasons: Sequence[str]) -> None:
    table = Table(2, code, reasons)
    persistently(table.write)
    assert table.tries == 3


@pytest.mark.parametrize(
    ("code", "reasons"),
    [
        ("TransactionCanceledException", ["None", "ConditionalCheckFailed"]),
        ("TransactionCanceledException", ["TransactionConflict", "ConditionalCheckFailed"]),
        ("ConditionalCheckFailedException", []),
        ("ResourceNotFoundException", []),
    ],
)
def test_a_refusal_is_not_repeated(code: str, reasons: Sequence[str]) -> None:
    table = Table(TRIES, code, reasons)
    with pytest.raises(ClientError):
        persistently(table.write)
    assert table.tries == 1
