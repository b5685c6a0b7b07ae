"""What the stand-in knows of one resource type, and one operation on one resource."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.providers.aws.clients import Client, Clients
from sandbox.providers.aws.failures import PluginError
from sandbox.providers.values import Properties

# The official provider waits this long where the program sets no custom timeout.
_DEFAULT_SECONDS = 600.0


@dataclass(kw_only=True)
class Call:
    """One operation on one resource, as a row's functions see it.

    `inputs` are checked and wholly known; `state` is what the last operation answered; `changed` names the
    inputs that an update is about; `tags` are those of the resource and of the provider together.
    """

    type: str
    name: str
    service: str
    region: str
    clients: Clients
    id: str = ""
    inputs: Properties = field(default_factory=dict)
    state: Properties = field(default_factory=dict)
    changed: frozenset[str] = frozenset()
    tags: dict[str, str] = field(default_factory=dict)
    timeout: float = 0

    @property
    def aws(self) -> Client:
        """The client of the row's own service."""
        return self.client(self.service)

    @property
    def account(self) -> str:
        """The account's number."""
        return str(self.clients.caller(self.region)["Account"])

    @property
    def seconds(self) -> float:
        """How long the operation may take."""
        return self.timeout or _DEFAULT_SECONDS

    def client(self, service: str) -> Client:
        """The client of another service, in the resource's region."""
        return self.clients.client(service, self.region)

    def created(self, resource_id: str) -> None:
        """Notes that the resource exists: from here on a failure leaves it in state, to be mended or deleted."""
        self.id = resource_id

    def arn(self, service: str, resource: str) -> str:
        """The ARN of something in this account and region."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"

    def setting(self, name: str) -> Any:  # noqa: ANN401
        """An input; where there is none, as on refresh and delete, what the state says."""
        return self.inputs.get(name, self.state.get(name))


def _nothing(call: Call) -> None:
    """For types with nothing to do."""


def _no_tags(call: Call, tags: Mapping[str, str], removed: list[str]) -> None:
    raise PluginError(f"{call.type} {call.name}: the stand-in can't change its tags")


def _import_as_is(call: Call) -> None:
    """For types whose import id is their id."""


@dataclass(frozen=True, kw_only=True)
class Name:
    """How a physical name is made where the program gives none: logical name, separator, 7 hex digits."""

    property: str = "name"
    longest: int = 255
    lower: bool = False
    separator: str = "-"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One resource type.

    `fixed`: inputs that can't change in place. `defaults`: what the official provider fills in. `computed`: inputs
    that AWS fills in, so leaving them out is no change. `kept`: inputs that AWS never shows. `lacks`: inputs that
    would be ignored here, so they are refused. `forms`: for inputs
    that can be written in several ways, a function to the one form that is compared. `ordered`: lists whose order
    counts. `must_replace`: further replacements, from old and new inputs. `locate`: turns an import id into an
    id and what `read` needs beside it.
    """

    type: str
    service: str
    create: Callable[[Call], None]
    read: Callable[[Call], Properties | None]
    update: Callable[[Call], None] = _nothing
    delete: Callable[[Call], None] = _nothing
    retag: Callable[[Call, Mapping[str, str], list[str]], None] = _no_tags
    locate: Callable[[Call], None] = _import_as_is
    name: Name | None = None
    fixed: frozenset[str] = frozenset()
    defaults: Mapping[str, object] = field(default_factory=dict)
    computed: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()
    ordered: frozenset[str] = frozenset()
    forms: Mapping[str, Callable[[Any], object]] = field(default_factory=dict)
    must_replace: Callable[[Properties, Properties], frozenset[str]] = lambda old, new: frozenset()
    deletes_first: bool = False


def eventually(ask: Callable[[], Properties | None], *, seconds: float = 5) -> Properties | None:
    """What a read answers once AWS shows what was just made."""
    deadline = time.monotonic() + seconds
    while (answer := ask()) is None and time.monotonic() < deadline:
        time.sleep(0.1)
    return answer


def words(text: str) -> frozenset[str]:
    """A set of names, written as one string."""
    return frozenset(text.split())
