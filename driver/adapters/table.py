"""The DynamoDB table that the ledger and the locks share: its items, and its absence."""

from collections.abc import Iterator
from contextlib import contextmanager

from driver.adapters.session import code, translated
from driver.errors import NotReady
from spec.names import ledger_table

LOCK = "lock"
RELEASE = "release#"


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
