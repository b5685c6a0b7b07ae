"""The apps' secrets in Secrets Manager: each version of an app's config is one version of its secret."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from driver.adapters.aws.session import Session, code, translated
from driver.core.config import secret_labels
from driver.core.config import variables as configs
from driver.core.ports import Config, SecretVersion
from driver.core.values.secret import SecretValues
from driver.errors import DriverError, InvalidInput, NotReady, Unreachable


class SecretsManager:
    """The port Secrets. No error of it holds a value."""

    def __init__(self, session: Session, mount: str = "secret") -> None:
        """`mount` is where Vault keeps what is published."""
        self._session = session
        self._mount = mount

    def publish(self, secret: str, config: Config, token: str, keep: Collection[str] = ()) -> str:
        """Publish once per token, labelled `c<config version>`; the version id, which is the token.

        `keep` are version ids whose label stays whatever happens: those that something runs on or may go back to.

        A version that is there and keeps its label is not put again, so an interrupted deploy may repeat this. Raises
        NotReady without the secret, InvalidInput for more than 65,536 bytes, Unreachable.
        https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
        """
        text = configs.payload(config.values)
        _check_size(config, text)
        doing = f"publishing config version {config.version} as the secret {secret}"
        with _refusals(doing, secret, config.values, self._again(config)):
            self._put(secret, config.version, text, token, frozenset(keep))
        return token

    def _again(self, config: Config) -> str:
        """What writes the same variables as another version, with an id of its own; empty where there are none."""
        if not config.version:
            return ""
        return f"vault kv rollback -mount={self._mount} -version={config.version} {config.path}"

    def replace(self, secret: str, values: SecretValues) -> None:
        """Make these the secret's value, for who reads the current one. Raises as `publish` does."""
        with _refusals(f"publishing the secret {secret}", secret, values):
            client = self._session.client("secretsmanager")
            client.put_secret_value(SecretId=secret, SecretString=configs.payload(values))

    def has(self, secret: str, version: str) -> bool:
        """Whether a version is there with a label of ours: AWS may delete one without label after a day."""
        return secret_labels.labelled(self.versions(secret), version)

    def versions(self, secret: str) -> Sequence[SecretVersion]:
        """All versions, those without label included. Raises NotReady without the secret, Unreachable."""
        with _refusals(f"looking at the versions of the secret {secret}", secret, SecretValues({})):
            return self._versions(secret)

    def _put(self, secret: str, number: int, text: str, token: str, keep: frozenset[str]) -> None:
        client = self._session.client("secretsmanager")
        versions = self._versions(secret)
        if secret_labels.labelled(versions, token):
            # Unchanged: every version that is put counts, and more than one in ten minutes is too many for AWS.
            return
        label = secret_labels.label(versions, number, token)
        for old, version in secret_labels.surplus(versions, keep | {token}):
            client.update_secret_version_stage(SecretId=secret, VersionStage=old, RemoveFromVersionId=version)
        client.put_secret_value(SecretId=secret, ClientRequestToken=token, SecretString=text, VersionStages=[label])
        if any(row.id == token for row in versions):
            # It was published before and has lost its label since: repeating the token gives none back.
            client.update_secret_version_stage(SecretId=secret, VersionStage=label, MoveToVersionId=token)

    def _versions(self, secret: str) -> list[SecretVersion]:
        """boto3 has no paginator for this one."""
        versions: list[SecretVersion] = []
        place = {"SecretId": secret, "IncludeDeprecated": True}
        while True:
            page = self._session.client("secretsmanager").list_secret_version_ids(**place)
            versions += [
                SecretVersion(
                    id=row["VersionId"], labels=tuple(row.get("VersionStages", ())), created=row["CreatedDate"]
                )
                for row in page["Versions"]
            ]
            if not page.get("NextToken"):
                return versions
            place["NextToken"] = page["NextToken"]


def _check_size(config: Config, text: str) -> None:
    size = len(text.encode())
    if size > configs.MAX_BYTES:
        raise InvalidInput(
            f"the variables at {config.path} are {size:,} bytes together; Secrets Manager takes {configs.MAX_BYTES:,}",
            hint="Keep large values elsewhere, in S3 for one, and only their address here.",
        )


@contextmanager
def _refusals(doing: str, secret: str, values: SecretValues, again: str = "") -> Iterator[None]:
    """AWS's refusals as ours; `again` is what writes the variables once more. What AWS says is passed on only where no
    value is in it.
    """
    from botocore.exceptions import ClientError

    try:
        with translated(doing):
            try:
                yield
            except ClientError as error:
                if (known := _known(code(error), secret, again)) is not None:
                    raise known from None
                raise
    except Unreachable as error:
        if any(value and value in error.message for value in values.values()):
            raise Unreachable(f"AWS refused {doing}; its answer is not shown, since a value is in it") from None
        raise


def _known(refusal: str, secret: str, again: str) -> DriverError | None:
    if refusal == "ResourceNotFoundException":
        return NotReady(
            f"there is no secret {secret} in Secrets Manager",
            hint=f"It is made by: slipway up {secret.partition('/')[0]}",
        )
    if refusal == "InvalidRequestException":
        return NotReady(
            f"the secret {secret} is scheduled for deletion",
            hint=f"It is taken back by: slipway up {secret.partition('/')[0]}",
        )
    if refusal == "ResourceExistsException":
        return Unreachable(
            f"the secret {secret} has another value under the id of this config version",
            hint=f"Write the same variables as a new version, then run the command again: {again}" if again else "",
        )
    if refusal == "LimitExceededException":
        # The preflight has counted the labels. https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
        return NotReady(
            f"the secret {secret} takes no more versions: too many config versions in 24 h",
            hint="AWS forgets those without label after a day: deploy then, with several changes in one version.",
        )
    return None
