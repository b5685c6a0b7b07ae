"""The locks of the apps in DynamoDB, in the ledger's table: one item an app."""

import json
from typing import Any

from driver.adapters.aws.dynamodb.table import LOCK, asking, persistently
from driver.adapters.aws.session import Session, code
from driver.core.values.lock import Lock
from driver.errors import Busy
from model.names.names import ledger_table

TAKEN = "ConditionalCheckFailedException"


class DynamoLocks:
    """The port Locks; `held` are those of this command.

    A freed lock stays as an item without owner, so that fences go on growing.
    """

    def __init__(self, session: Session, env: str) -> None:
        self._session = session
        self._env = env
        self._table = ledger_table(env)
        self.held: dict[str, Lock] = {}

    def read(self, app: str) -> Lock | None:
        """Who holds the lock of an app; None when nobody does."""
        item = self._item(app)
        return _lock(item) if item.get("owner") else None

    def take(self, draft: Lock, over: Lock | None) -> Lock | None:
        """Take a free lock, or the one that still has the nonce of `over`; None when somebody was quicker."""
        fence = int(self._item(draft.app).get("fence", {"N": "0"})["N"]) + 1
        lock = draft.model_copy(update={"fence": fence})
        free = "(attribute_not_exists(fence) OR fence = :before) AND attribute_not_exists(#owner)"
        condition = free if over is None else "fence = :before AND nonce = :nonce"
        values: dict[str, Any] = {":before": {"N": str(fence - 1)}}
        names = {"#owner": "owner"} if over is None else {}
        if over is not None:
            values[":nonce"] = {"S": over.nonce}
        if not self._put(lock, _item(lock), condition, names, values):
            return None
        self.held[lock.app] = lock
        return lock

    def renew(self, lock: Lock, nonce: str) -> bool:
        """Write a new nonce; False when the lock is not ours any more. Fails soon, since it is tried again soon."""
        item = _item(lock.model_copy(update={"nonce": nonce}))
        quick = DynamoLocks(self._session.quick, self._env)
        return quick._put(lock, item, "fence = :before", {}, {":before": {"N": str(lock.fence)}})

    def free(self, lock: Lock) -> bool:
        """Give it back; False when it was not ours any more."""
        self.held.pop(lock.app, None)
        item = {**key_of(lock.app), "fence": {"N": str(lock.fence)}}
        return self._put(lock, item, "fence = :before", {}, {":before": {"N": str(lock.fence)}})

    def confirm(self) -> None:
        """Read again whose the locks of this command are: right before what AWS itself can't hold against a fence.

        Raises Busy when somebody else has taken one over.
        """
        for app, lock in list(self.held.items()):
            item = self._item(app)
            if "owner" not in item or item["fence"] != {"N": str(lock.fence)}:
                raise lost(app)

    def _item(self, app: str) -> dict[str, Any]:
        with asking(self._env, f"reading the lock of {app}"):
            client = self._session.client("dynamodb")
            found = client.get_item(TableName=self._table, Key=key_of(app), ConsistentRead=True)
            item: dict[str, Any] = found.get("Item", {})
            return item

    def _put(
        self, lock: Lock, item: dict[str, Any], condition: str, names: dict[str, str], values: dict[str, Any]
    ) -> bool:
        """Whether it is written, or was found as we wanted to write it: an answer may have been lost."""
        from botocore.exceptions import ClientError

        named = {"ExpressionAttributeNames": names} if names else {}
        with asking(self._env, f"writing the lock of {lock.app}"):
            client = self._session.client("dynamodb")
            try:
                persistently(
                    lambda: client.put_item(
                        TableName=self._table,
                        Item=item,
                        ConditionExpression=condition,
                        ExpressionAttributeValues=values,
                        **named,
                    )
                )
            except ClientError as error:
                if code(error) != TAKEN:
                    raise
                return self._item(lock.app) == item
        return True


def key_of(app: str) -> dict[str, Any]:
    """The key of an app's lock in the table."""
    return {"app": {"S": app}, "item": {"S": LOCK}}


def lost(app: str) -> Busy:
    """That an app has a new owner."""
    return Busy(f"somebody else has taken over the lock of {app}")


def _item(lock: Lock) -> dict[str, Any]:
    return {
        **key_of(lock.app),
        "owner": {"S": lock.owner},
        "nonce": {"S": lock.nonce},
        "fence": {"N": str(lock.fence)},
        "body": {"S": json.dumps(lock.model_dump(mode="json"), sort_keys=True)},
    }


def _lock(item: dict[str, Any]) -> Lock:
    return Lock.model_validate(json.loads(item["body"]["S"]))
