"""The locks of the apps in DynamoDB, in the ledger's table: one item an app."""

import json
from typing import Any

from driver.adapters.aws.dynamodb.table import LOCK, asking, persistently
from driver.adapters.aws.session import Session, code
from driver.core.values.lock import Lock
from driver.errors import Busy
from model.names.names import ledger_table

TAKEN = "ConditionalCheckFailedException"
SPOILT = "what for is not known: its record in the table can't be read"


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
        return _lock(app, self._item(app))

    def take(self, draft: Lock, over: Lock | None) -> Lock | None:
        """Take a free lock, or the one that still has the nonce of `over`; None when somebody was quicker.

        Whatever is in the item, it is as it was read that it is written over.
        """
        before = self._item(draft.app)
        if _lock(draft.app, before) != over:
            return None
        lock = draft.model_copy(update={"fence": _fence(before) + 1})
        same = {name: before.get(name) for name in ("fence", "nonce", "owner")}
        condition = " AND ".join(
            f"attribute_not_exists(#{name})" if value is None else f"#{name} = :{name}" for name, value in same.items()
        )
        values = {f":{name}": value for name, value in same.items() if value is not None}
        if not self._put(lock, _item(lock), condition, {f"#{name}": name for name in same}, values):
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
            if "owner" not in item or item.get("fence") != {"N": str(lock.fence)}:
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

        # An empty mapping is an error to DynamoDB.
        given: dict[str, Any] = {"ExpressionAttributeNames": names} if names else {}
        given |= {"ExpressionAttributeValues": values} if values else {}
        with asking(self._env, f"writing the lock of {lock.app}"):
            client = self._session.client("dynamodb")
            try:
                persistently(
                    lambda: client.put_item(
                        TableName=self._table,
                        Item=item,
                        ConditionExpression=condition,
                        **given,
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


def _lock(app: str, item: dict[str, Any]) -> Lock | None:
    """The lock in an item. Where somebody's hand has spoilt it, what can still be read: it stands in nobody's way for
    longer than a lease, since nobody renews it.
    """
    if not item.get("owner"):
        return None
    try:
        return Lock.model_validate(json.loads(item["body"]["S"]))
    except (ValueError, KeyError, TypeError):
        return Lock(
            app=app,
            owner=_text(item, "owner") or "somebody",
            message=SPOILT,
            nonce=_text(item, "nonce"),
            fence=_fence(item),
        )


def _fence(item: dict[str, Any]) -> int:
    number = item.get("fence", {}).get("N", "0")
    return int(number) if number.isdecimal() else 0


def _text(item: dict[str, Any], name: str) -> str:
    return str(item.get(name, {}).get("S", ""))
