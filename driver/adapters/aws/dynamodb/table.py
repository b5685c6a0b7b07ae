"""The DynamoDB table that the ledger and the locks share: its items, and its absence."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from driver.adapters.aws.session import code, translated
from driver.errors import NotReady
from model.names.names import ledger_table

LOCK = "lock"
RELEASE = "release#"
TRIES = 8
PASSING = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
"""Reasons for which DynamoDB cancels a transaction that may well be written a moment later."""


@contextmanager
def asking(env: str, doing: str) -> Iterator[None]:
    """AWS's errors as ours. Raises NotReady without the table, Unreachable."""
    from botocore.exceptions import ClientError

    with translated(doing):
        try:
            yield
        except ClientError as error:
            if code(error) != "ResourceNotFoundException":
                raise
            raise NotReady(
                f"there is no ledger {ledger_table(env)} in DynamoDB",
                hint=f"Run slipway up {env}: it makes the table.",
            ) from None


def persistently(write: Callable[[], None]) -> None:
    """Repeat a write that another transaction or a throttle stood in the way of: the SDK does not by itself.

    The heartbeat of a lock and a ledger write, which looks at the lock, do meet now and then.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
    """
    from botocore.exceptions import ClientError

    for attempt in range(1, TRIES + 1):
        try:
            write()
        except ClientError as error:
            if attempt == TRIES or not _passing(error):
                raise
            time.sleep(random.uniform(0.05, 0.1) * 2**attempt)
        else:
            return


def _passing(error: Exception) -> bool:
    if code(error) in {"TransactionConflictException", "TransactionInProgressException"}:
        return True
    reasons = {row.get("Code") for row in getattr(error, "response", {}).get("CancellationReasons", [])}
    return code(error) == "TransactionCanceledException" and bool(reasons & PASSING) and reasons <= {*PASSING, "None"}
