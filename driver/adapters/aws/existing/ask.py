"""What the finders of existing resources share: one question to AWS about one resource that is wanted."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from driver.adapters.aws.session import Session, code
from driver.core.values.existing import Found, Wanted

Row = Mapping[str, Any]
Finder = Callable[["Ask"], Found | None]


class Ask:
    """One resource that is wanted, and the clients to ask about it."""

    def __init__(self, session: Session, wanted: Wanted) -> None:
        self._session = session
        self.wanted = wanted

    def text(self, key: str) -> str:
        """A textual input; empty where there is none."""
        return self.wanted.text(key)

    def aws(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        """The client of a service."""
        return self._session.client(service)

    def pages(self, service: str, operation: str, key: str, **arguments: object) -> Iterable[Any]:
        """Everything that a paginated operation lists."""
        for page in self.aws(service).get_paginator(operation).paginate(**arguments):
            yield from page.get(key) or ()

    def tagged(self, operation: str, key: str, **fields: str) -> list[Row]:
        """What EC2 has with all of the wanted tags and these fields; nothing where no tags are wanted."""
        wanted = self.wanted.tags
        filters = [{"Name": f"tag:{name}", "Values": [value]} for name, value in wanted.items()]
        rows = self.pages("ec2", operation, key, Filters=filters) if wanted else ()
        return [
            row for row in rows if wanted.items() <= pairs(row.get("Tags")).items() and fields.items() <= row.items()
        ]


def only(ask: Callable[[], Any], *absent: str) -> Any:  # noqa: ANN401 - an answer of AWS
    """An answer; None where AWS says with one of these codes that there is no such thing."""
    from botocore.exceptions import ClientError

    try:
        return ask()
    except ClientError as error:
        if code(error) in absent:
            return None
        raise


def first(rows: Iterable[Any], fits: Callable[[Any], bool] = bool) -> Any:  # noqa: ANN401 - an answer of AWS
    """The first that fits, or None."""
    return next((row for row in rows if fits(row)), None)


def pairs(rows: Iterable[Row] | None) -> dict[str, str]:
    """Tags as a mapping: AWS has them as lists of pairs, some services with small letters."""
    return {row.get("Key", row.get("key")): row.get("Value", row.get("value", "")) for row in rows or ()}
