"""What a deploy is going to do, once everything that it needs was found."""

from collections.abc import Sequence
from dataclasses import dataclass

from driver.core.ports import Change, Config, Image
from driver.core.preflight.findings import Code, Finding
from driver.core.values import release
from driver.core.values.checkpoint import AppState, StackState
from driver.core.values.release import Kind, Origin, Release, next_number
from model.names.names import AppNames
from model.releases import Pin
from model.settings.app import App


@dataclass(frozen=True, kw_only=True)
class Request:
    """What somebody asked for. Without an image the app's current one is released again, with today's config.

    `tag` and `promoted` say where an image comes from that is named by its digest; `force` are the findings that shall
    not stop it.
    """

    app: str
    image: str | None
    tag: str = ""
    promoted: str = ""
    no_rollback_past: bool = False
    force: frozenset[Code] = frozenset()

    @property
    def kind(self) -> Kind:
        """What the ledger calls it."""
        if self.promoted:
            return Kind.PROMOTE
        return Kind.CONFIG if self.image is None else Kind.DEPLOY


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A deploy that can begin, `overridden` findings aside.

    `token` is the version id of the config in Secrets Manager, where it is `published` already or not; `changes` are
    those of the preview; `running` are the config versions that services refer to, `overwritten` says what somebody
    has changed past us.
    """

    request: Request
    names: AppNames
    app: App
    stack: StackState
    state: AppState
    image: Image
    config: Config
    token: str
    past: Sequence[Release]
    changes: Sequence[Change] = ()
    published: bool = False
    overridden: Sequence[Finding] = ()
    running: frozenset[str] = frozenset()
    overwritten: tuple[str, ...] = ()

    @property
    def configs_in_use(self) -> frozenset[str]:
        """The config versions that something runs on, or may go back to."""
        return configs_in_use(self.state.pin, self.past) | self.running

    @property
    def number(self) -> int:
        """The release number, unless somebody takes it meanwhile."""
        return next_number(self.state.pin, self.past)

    @property
    def origin(self) -> Origin:
        """Where it comes from, for the ledger."""
        request = self.request
        return Origin(
            tag=request.tag or request.image or "",
            promoted=request.promoted,
            no_rollback_past=request.no_rollback_past,
            config_version=self.config.version,
        )

    @property
    def pin(self) -> Pin:
        """The release, before the ledger has numbered it."""
        return pinned(self.state.pin, self.number, self.image, self.config, self.token)


def pinned(current: Pin, number: int, image: Image | None, config: Config | None, token: str) -> Pin:
    """The release of an image, with a config that is published under a token; what is not known is as it is now."""
    return Pin(
        release=number,
        image=current.image if image is None else image.reference,
        source=current.source if image is None else image.source,
        config=current.config if config is None else token if len(config.values) else None,
        keys=current.keys if config is None else tuple(config.values),
    )


def configs_in_use(current: Pin, past: Sequence[Release]) -> frozenset[str]:
    """The config versions whose label must stay: of what runs, of what nobody knows how it ended, and of every release
    that a rollback may go to."""
    pins = [current, *(row.pin for row in release.unfinished(past))]
    pins += [row.pin for row in release.choices(past, current.release)]
    return frozenset(pin.config for pin in pins if pin.config is not None)
