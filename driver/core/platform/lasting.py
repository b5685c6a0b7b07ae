"""What no edit of the settings takes away: refused before anything is half gone, with the way that there is."""

from driver.core.account.bootstrap import Ground, IdentityProvider
from driver.core.platform import bring_up, load_balancers
from driver.core.values.checkpoint import Resource, StackState
from driver.errors import NotReady
from model.names.pulumi_types import ARCHIVE, BUCKET, REGISTRY, REPOSITORY
from model.settings.ci import bootstrap
from model.settings.environment import Settings


def check(settings: Settings, stack: StackState, ground: Ground) -> None:
    """All that an `up` would fail at half-way. Raises InvalidInput, NotReady, Unreachable, Expired."""
    bring_up.check_settings(settings, stack)
    load_balancers.check_public(settings, stack)
    check_archive(settings, stack)
    check_owner(settings, stack)
    check_issuers(settings, ground)


def check_archive(settings: Settings, stack: StackState) -> None:
    """The log archive does not leave the settings while its bucket stands. Raises NotReady."""
    buckets = [row for row in _below(ARCHIVE, stack) if row.kind == BUCKET]
    if settings.logs.archive is None and buckets:
        raise NotReady(
            f"logs/archive: the settings of {settings.env} have none, and its bucket {buckets[0].output('bucket')} is"
            " kept, with all that is in it",
            hint="To archive nothing more and keep what is there: `archive: {processes: []}` below slipway:logs.",
        )


def check_owner(settings: Settings, stack: StackState) -> None:
    """The image repositories stay with the environment that has made them. Raises NotReady."""
    env, owner = settings.env, settings.registry.owner
    names = [row.name for row in _below(REGISTRY, stack) if row.kind == REPOSITORY]
    if owner != env and names:
        raise NotReady(
            f"registry/owner: {owner} would take the image repositories {', '.join(names)} away from {env}, which has"
            " made them and keeps them",
            hint=f"Put owner: {env} back. They stay with the environment that has made them: docs/registry.md.",
        )


def _below(component: str, stack: StackState) -> list[Resource]:
    return [row for row in stack.resources if f"{component}$" in row.urn.rsplit("::", 1)[0]]


def check_issuers(settings: Settings, ground: Ground) -> None:
    """The account takes the tokens of whom `ci` lets deploy: the provider is the account's, and no `up` makes it.

    Raises NotReady, Unreachable, Expired.
    """
    for issuer in () if settings.ci is None else settings.ci.issuers:
        part = IdentityProvider(issuer.issuer, issuer.audience)
        lacks = ground.lacks(part)
        if lacks:
            raise NotReady(
                f"ci: {part} lets nobody deploy: {', '.join(lacks)}",
                hint=f"Make it, once for this account: {bootstrap(settings.region, issuer)}",
            )
