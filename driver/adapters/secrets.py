"""The apps' secrets in Secrets Manager: each version of an app's config is one version of its secret."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from driver.adapters.session import Session, code, translated
from driver.core import config as configs
from driver.core.ports import Config
from driver.core.secret import SecretValues
from driver.errors import DriverError, InvalidInput, NotReady, Unreachable

# A secret carries at most 20 labels over all its versions, of which AWS uses three itself and we add one at a time.
# https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
FULL = 17
OURS = re.compile(r"c[0-9]+(-[0-9a-f]{8})?")
Row = Mapping[str, Any]


class SecretsManager:
    """The port Secrets. No error of it holds a value."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def publish(self, secret: str, config: Config, token: str, keep: Collection[str] = ()) -> str:
        """Publish once per token, labelled `c<config version>`; the version id, which is the token.

        `keep` are version ids whose label stays whatever happens: those that something runs on or may go back to.

        A repeated token with the same value changes nothing, so an interrupted deploy may run this again. Raises
        NotReady without the secret, InvalidInput for more than 65,536 bytes, Unreachable.
        https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
        """
        text = configs.payload(config.values)
        _check_size(config, text)
        with _refusals(f"publishing config version {config.version} as the secret {secret}", secret, config.values):
            self._put(secret, config.version, text, token, frozenset(keep))
        return token

    def has(self, secret: str, version: str) -> bool:
        """Whether a version is there with a label of ours: AWS may delete one without label after a day."""
        with _refusals(f"looking for a version of the secret {secret}", secret, SecretValues({})):
            return _has_label(_versions(self._session.client("secretsmanager"), secret), version)

    def _put(self, secret: str, number: int, text: str, token: str, keep: frozenset[str]) -> None:
        client = self._session.client("secretsmanager")
        versions = _versions(client, secret)
        label, labelled = _label(versions, number, token), _has_label(versions, token)
        if not labelled:
            for old, version in _surplus(versions, keep | {token}):
                client.update_secret_version_stage(SecretId=secret, VersionStage=old, RemoveFromVersionId=version)
        client.put_secret_value(SecretId=secret, ClientRequestToken=token, SecretString=text, VersionStages=[label])
        if not labelled and any(row["VersionId"] == token for row in versions):
            # It was published before and has lost its label since: repeating the token gives none back.
            client.update_secret_version_stage(SecretId=secret, VersionStage=label, MoveToVersionId=token)


def _versions(client: Any, secret: str) -> list[Row]:  # noqa: ANN401 - boto3 has no types
    """All versions, those without label included. boto3 has no paginator for this one."""
    versions: list[Row] = []
    place = {"SecretId": secret, "IncludeDeprecated": True}
    while True:
        page = client.list_secret_version_ids(**place)
        versions += page["Versions"]
        if not page.get("NextToken"):
            return versions
        place["NextToken"] = page["NextToken"]


def _label(versions: Sequence[Row], number: int, token: str) -> str:
    """`c<config version>`. Where variables were removed and made anew, Vault counts from 1 again: a label that another
    version has is left to it, since something may run on that one."""
    label = f"c{number}"
    taken = any(label in row.get("VersionStages", ()) and row["VersionId"] != token for row in versions)
    return f"{label}-{token[:8]}" if taken else label


def _has_label(versions: Sequence[Row], token: str) -> bool:
    return any(
        OURS.fullmatch(label) for row in versions if row["VersionId"] == token for label in row.get("VersionStages", ())
    )


def _surplus(versions: Sequence[Row], keep: Collection[str]) -> list[tuple[str, str]]:
    """The (label, version id) to take off so that fewer than 17 labels are left: ours only, oldest version first.

    A version without label may be deleted by AWS after a day.
    """
    labels = [
        (row["CreatedDate"], label, row["VersionId"]) for row in versions for label in row.get("VersionStages", ())
    ]
    ours = [entry for entry in labels if OURS.fullmatch(entry[1]) and entry[2] not in keep]
    # By time, since the numbers begin anew with variables that were made anew; by number within one moment.
    ours.sort(key=lambda entry: (entry[0], int(re.findall("[0-9]+", entry[1])[0])))
    return [(label, version) for _, label, version in ours[: max(0, len(labels) - FULL + 1)]]


def _check_size(config: Config, text: str) -> None:
    size = len(text.encode())
    if size > configs.MAX_BYTES:
        raise InvalidInput(
            f"the variables at {config.path} are {size:,} bytes together; Secrets Manager takes {configs.MAX_BYTES:,}",
            hint="Keep large values elsewhere, in S3 for one, and only their address here.",
        )


@contextmanager
def _refusals(doing: str, secret: str, values: SecretValues) -> Iterator[None]:
    """AWS's refusals as ours. What AWS says is passed on only where no value is in it."""
    from botocore.exceptions import ClientError

    try:
        with translated(doing):
            try:
                yield
            except ClientError as error:
                if (known := _known(code(error), secret)) is not None:
                    raise known from None
                raise
    except Unreachable as error:
        if any(value and value in error.message for value in values.values()):
            raise Unreachable(f"AWS refused {doing}; its answer is not shown, since a value is in it") from None
        raise


def _known(refusal: str, secret: str) -> DriverError | None:
    if refusal == "ResourceNotFoundException":
        return NotReady(f"there is no secret {secret} in Secrets Manager", hint="Run slipway up: it makes the secret.")
    if refusal == "InvalidRequestException":
        return NotReady(
            f"the secret {secret} is scheduled for deletion",
            hint=f"Restore it: aws secretsmanager restore-secret --secret-id {secret}",
        )
    if refusal == "ResourceExistsException":
        return Unreachable(
            f"the secret {secret} has another value under the id of this config version",
            hint="Write the config again (slipway config set), which makes a new version of it.",
        )
    if refusal == "LimitExceededException":
        return Unreachable(
            f"the secret {secret} has as many versions or labels as AWS allows",
            hint="Remove labels that Slipway did not make: aws secretsmanager update-secret-version-stage.",
        )
    return None
