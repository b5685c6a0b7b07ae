"""The port Existing: what AWS has of an environment, whoever made it and whatever the state knows of it."""

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from driver.adapters.aws.existing import keeping, network, serving
from driver.adapters.aws.existing.ask import Ask, only, pairs
from driver.adapters.aws.existing.lists import LISTERS
from driver.adapters.aws.session import Session, translated
from driver.core.ports import Say
from driver.core.values.checkpoint import Resource
from driver.core.values.existing import Found, Wanted
from driver.errors import Unavailable, Unreachable
from model.names.pulumi_types import SECRET

FINDERS = network.FINDERS | serving.FINDERS | keeping.FINDERS
"""The kinds that AWS refuses to make twice, or makes twice. All others are put where they belong, however often."""
AT_ONCE = 8


class AwsExisting:
    """Looks with the driver's own session. A kind that it may not look at is told of and passed by."""

    def __init__(self, session: Session, env: str, say: Say) -> None:
        self._session = session
        self._env = env
        self._say = say

    def find(self, wanted: Wanted) -> Found | None:
        """The one that is there already; see the port."""
        finder = FINDERS.get(wanted.kind)
        if finder is None:
            return None
        with translated(f"looking whether {wanted.word} {wanted.name} is there already"):
            return finder(Ask(self._session, wanted))

    def wake(self, found: Found) -> None:
        """Take a secret back that is scheduled for deletion.

        https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RestoreSecret.html
        """
        with translated(f"taking back the secret {found.label}"):
            self._session.client("secretsmanager").restore_secret(SecretId=found.id)

    def gone(self, resources: Sequence[Resource]) -> Collection[str]:
        """The URNs of what AWS has no more; see the port."""
        kinds: dict[str, list[Resource]] = {}
        for row in resources:
            if row.kind in LISTERS:
                kinds.setdefault(row.kind, []).append(row)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return [urn for some in pool.map(lambda kind: self._missing(kind, kinds[kind]), kinds) for urn in some]

    def asleep(self, resources: Sequence[Resource]) -> Sequence[Found]:
        """The secrets that are scheduled for deletion; see the port."""
        client, found = self._session.client("secretsmanager"), []
        with translated("looking at the secrets"):
            for row in (one for one in resources if one.kind == SECRET):
                arn = row.output("id")
                secret = only(partial(client.describe_secret, SecretId=arn), "ResourceNotFoundException")
                if secret and secret.get("DeletedDate") is not None:
                    tags = pairs(secret.get("Tags"))
                    found.append(Found(id=arn, label=row.output("name"), tags=tags, asleep=True))
        return found

    def _missing(self, kind: str, rows: Sequence[Resource]) -> Sequence[str]:
        word = rows[0].word
        try:
            with translated(f"looking which {word}s are there"):
                there = frozenset(LISTERS[kind](self._session, rows))
        except Unavailable:
            raise
        except Unreachable as error:
            self._say(f"{error.message}; `slipway up {self._env} --refresh` has the engine look at each of them")
            return []
        return [row.urn for row in rows if row.output("id") not in there]
