"""The ledger in DynamoDB: one table an environment, one item a release."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from driver.adapters.aws.dynamodb.locks import DynamoLocks, key_of, lost
from driver.adapters.aws.dynamodb.table import RELEASE, asking, persistently
from driver.adapters.aws.session import Session, code
from driver.core.values.lock import Lock
from driver.core.values.release import Release, Verdict
from driver.errors import Busy
from model.names.names import ledger_table

REFUSED = "ConditionalCheckFailed"
Item = Mapping[str, Any]


def _unheard(_line: str) -> None:
    """For those who have nobody to tell."""


class DynamoLedger:
    """The port Ledger. Every write demands, in one transaction, that the app's lock is still ours.

    A conditional write whose answer was lost is repeated by the SDK and then refused, although it succeeded: so after
    every refusal the item is read back, and what we wanted to write counts as written.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
    """

    def __init__(self, session: Session, env: str, locks: DynamoLocks, tell: Callable[[str], None] = _unheard) -> None:
        """`tell` hears once of each item that can't be read, which stands in the way of no other."""
        self._session = session
        self._tell = tell
        self._told: set[str] = set()
        self._env = env
        self._locks = locks
        self._table = ledger_table(env)

    def start(self, draft: Release) -> Release:
        """Append a release under the next free number, at least its own."""
        newest = next(iter(self.releases(draft.app, 1)), None)
        number = max(draft.number, 0 if newest is None else newest.number + 1)
        while not self._put(draft.numbered(number), "attribute_not_exists(#item)", {"#item": "item"}, {}):
            number += 1
        return draft.numbered(number)

    def write(self, release: Release) -> None:
        """Replace what is known of a release that is not finished. Raises Busy when somebody has finished it."""
        if not self._put(release, "verdict = :started", {}, {":started": {"S": Verdict.STARTED}}):
            raise Busy(
                f"{release.app} {release.version} was finished by somebody else meanwhile",
                hint=f"See what happened: slipway releases {self._env} {release.app}",
            )

    def amend(self, release: Release) -> None:
        """Replace what is known of a finished release, whose verdict stays. Raises Busy when it is another one."""
        if not self._put(release, "verdict = :verdict", {}, {":verdict": {"S": release.verdict}}):
            raise Busy(
                f"{release.app} {release.version} is not {release.verdict} any more",
                hint=f"See what happened: slipway releases {self._env} {release.app}",
            )

    def releases(self, app: str, limit: int | None = None) -> Sequence[Release]:
        """The releases of an app, newest first; items that somebody else's hand has spoilt are told of and left out."""
        arguments = {
            "TableName": self._table,
            "KeyConditionExpression": "app = :app AND begins_with(#item, :prefix)",
            "ExpressionAttributeNames": {"#item": "item"},
            "ExpressionAttributeValues": {":app": {"S": app}, ":prefix": {"S": RELEASE}},
            "ScanIndexForward": False,
            "ConsistentRead": True,
        }
        pages = {} if limit is None else {"PaginationConfig": {"MaxItems": limit, "PageSize": limit}}
        with asking(self._env, f"reading the releases of {app}"):
            paginator = self._session.client("dynamodb").get_paginator("query")
            rows = [self._read(item) for page in paginator.paginate(**arguments, **pages) for item in page["Items"]]
        return [row for row in rows if row is not None]

    def _read(self, item: Item) -> Release | None:
        try:
            return Release.model_validate(json.loads(item["body"]["S"]))
        except (ValueError, KeyError, TypeError):
            # What is wrong with it may be anything, and is not repeated.
            name = f"{item['app']['S']} {item['item']['S']}"
            if name not in self._told:
                self._told.add(name)
                self._tell(f"note: {name} in {self._table} can't be read; it is left out")
            return None

    def _put(self, release: Release, condition: str, names: Mapping[str, str], values: Item) -> bool:
        """Whether the ledger has it now: written, or found as we wanted to write it. Raises Busy without the lock."""
        from botocore.exceptions import ClientError

        item = _item(release)
        put: dict[str, Any] = {"TableName": self._table, "Item": item, "ConditionExpression": condition}
        put |= {"ExpressionAttributeNames": names} if names else {}
        put |= {"ExpressionAttributeValues": values} if values else {}
        lock = self._locks.held.get(release.app)
        checks = [] if lock is None else [{"ConditionCheck": _ours(self._table, lock)}]
        with asking(self._env, f"writing {release.app} {release.version} into the ledger"):
            try:
                self._transact([*checks, {"Put": put}])
            except ClientError as error:
                if code(error) != "TransactionCanceledException":
                    raise
                reasons = [row.get("Code") for row in error.response.get("CancellationReasons", [])]
                if REFUSED not in reasons:
                    raise
                if checks and reasons[0] == REFUSED:
                    raise lost(release.app) from None
                return self._found(item)
        return True

    def _transact(self, items: Sequence[Item]) -> None:
        client = self._session.client("dynamodb")
        persistently(lambda: client.transact_write_items(TransactItems=items))

    def _found(self, item: Item) -> bool:
        client = self._session.client("dynamodb")
        key = {name: item[name] for name in ("app", "item")}
        return bool(client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item") == item)


def _ours(table: str, lock: Lock) -> Item:
    """That the lock still is the one that we took: whoever takes it over raises the fence."""
    return {
        "TableName": table,
        "Key": key_of(lock.app),
        "ConditionExpression": "fence = :fence AND attribute_exists(#owner)",
        "ExpressionAttributeNames": {"#owner": "owner"},
        "ExpressionAttributeValues": {":fence": {"N": str(lock.fence)}},
    }


def _item(release: Release) -> dict[str, Any]:
    """The whole release as JSON, and what is asked for in conditions or looked at in the console beside it."""
    return {
        "app": {"S": release.app},
        "item": {"S": f"{RELEASE}{release.number:08d}"},
        "verdict": {"S": release.verdict},
        "body": {"S": json.dumps(release.model_dump(mode="json"), sort_keys=True)},
    }
