"""The ledger in DynamoDB: one table an environment, one item a release."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from driver.adapters.session import Session, code, translated
from driver.core.ledger import Release, Verdict
from driver.errors import Busy, NotReady
from spec.names import ledger_table

TAKEN = "ConditionalCheckFailedException"
PREFIX = "release#"
Item = Mapping[str, Any]


class DynamoLedger:
    """The port Ledger.

    A conditional write whose answer was lost is repeated by the SDK and then refused, although it succeeded: so after
    every refusal the item is read back, and what we wanted to write counts as written.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
    """

    def __init__(self, session: Session, env: str) -> None:
        self._session = session
        self._env = env
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

    def releases(self, app: str, limit: int | None = None) -> Sequence[Release]:
        """The releases of an app, newest first."""
        arguments = {
            "TableName": self._table,
            "KeyConditionExpression": "app = :app AND begins_with(#item, :prefix)",
            "ExpressionAttributeNames": {"#item": "item"},
            "ExpressionAttributeValues": {":app": {"S": app}, ":prefix": {"S": PREFIX}},
            "ScanIndexForward": False,
            "ConsistentRead": True,
        }
        pages = {} if limit is None else {"PaginationConfig": {"MaxItems": limit, "PageSize": limit}}
        with self._asking(f"reading the releases of {app}"):
            paginator = self._session.client("dynamodb").get_paginator("query")
            return [_release(item) for page in paginator.paginate(**arguments, **pages) for item in page["Items"]]

    def _put(self, release: Release, condition: str, names: Mapping[str, str], values: Item) -> bool:
        """Whether the ledger has it now: written, or found as we wanted to write it."""
        named = {"ExpressionAttributeNames": names} if names else {}
        valued = {"ExpressionAttributeValues": values} if values else {}
        item = _item(release)
        from botocore.exceptions import ClientError

        with self._asking(f"writing {release.app} {release.version} into the ledger"):
            client = self._session.client("dynamodb")
            try:
                client.put_item(TableName=self._table, Item=item, ConditionExpression=condition, **named, **valued)
            except ClientError as error:
                if code(error) != TAKEN:
                    raise
                key = {name: item[name] for name in ("app", "item")}
                found = client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
                return bool(found == item)
        return True

    @contextmanager
    def _asking(self, doing: str) -> Iterator[None]:
        from botocore.exceptions import ClientError

        with translated(doing):
            try:
                yield
            except ClientError as error:
                if code(error) != "ResourceNotFoundException":
                    raise
                raise NotReady(
                    f"there is no ledger {self._table} in DynamoDB",
                    hint=f"Run slipway up {self._env}: it makes the table.",
                ) from None


def _item(release: Release) -> dict[str, Any]:
    """The whole release as JSON, and what is asked for in conditions or looked at in the console beside it."""
    return {
        "app": {"S": release.app},
        "item": {"S": f"{PREFIX}{release.number:08d}"},
        "verdict": {"S": release.verdict},
        "body": {"S": json.dumps(release.model_dump(mode="json"), sort_keys=True)},
    }


def _release(item: Item) -> Release:
    return Release.model_validate(json.loads(item["body"]["S"]))
