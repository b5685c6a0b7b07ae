"""What an account has once: looked at and put right, each part by a class of its own that does nothing twice."""

from collections.abc import Mapping, Sequence
from typing import Any

from driver.adapters.aws import state_bucket
from driver.adapters.aws.session import Session, code, translated
from driver.core.account.bootstrap import IdentityProvider, LinkedRole, Part, SecretsKey, StateBucket
from model.settings.ci import provider_arn

TAGS = {"ManagedBy": "slipway bootstrap"}
LATE = {"EntityAlreadyExists", "InvalidInput"}
"""How IAM says that somebody was quicker."""


class AwsGround:
    """The port Ground."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def account(self) -> str:
        """Its number."""
        with translated("asking AWS who we are"):
            return str(self._session.client("sts").get_caller_identity()["Account"])

    def lacks(self, part: Part) -> Sequence[str]:
        """What a part is missing, in words."""
        with translated(f"looking for the {part}"):
            match part:
                case StateBucket():
                    return state_bucket.lacks(self._session.client("s3"), part.name)
                case SecretsKey():
                    return self._key_lacks(part)
                case IdentityProvider():
                    return self._provider_lacks(part)
                case LinkedRole():
                    return [] if self._linked(part) else ["it is not there"]

    def mend(self, part: Part) -> None:
        """Make the part, or put it right."""
        with translated(f"making the {part}"):
            match part:
                case StateBucket():
                    state_bucket.mend(self._session.client("s3"), part.name, self._session.region)
                case SecretsKey():
                    self._mend_key(part)
                case IdentityProvider():
                    self._mend_provider(part)
                case LinkedRole():
                    _unless_late(self._client("iam").create_service_linked_role, AWSServiceName=part.service)

    def key_arn(self, alias: str) -> str | None:
        """The ARN of the key behind an alias."""
        with translated(f"looking for the key {alias}"):
            found = self._key(alias)
        return None if found is None else str(found["Arn"])

    def _client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        return self._session.client(service)

    def _key(self, alias: str) -> Mapping[str, Any] | None:
        from botocore.exceptions import ClientError

        try:
            found: Mapping[str, Any] = self._client("kms").describe_key(KeyId=alias)["KeyMetadata"]
        except ClientError as error:
            if code(error) != "NotFoundException":
                raise
            return None
        return found

    def _key_lacks(self, part: SecretsKey) -> list[str]:
        key = self._key(part.alias)
        if key is None:
            return ["it is not there"]
        if key["KeyState"] != "Enabled":
            return [f"it is {key['KeyState']}"]
        rotates = self._client("kms").get_key_rotation_status(KeyId=key["Arn"])["KeyRotationEnabled"]
        return [] if rotates else ["it does not rotate"]

    def _mend_key(self, part: SecretsKey) -> None:
        """https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html"""
        kms, key = self._client("kms"), self._key(part.alias)
        if key is None:
            tags = [{"TagKey": name, "TagValue": value} for name, value in TAGS.items()]
            key = kms.create_key(Description="Secrets in the state of Slipway's stacks", Tags=tags)["KeyMetadata"]
            kms.create_alias(AliasName=part.alias, TargetKeyId=key["KeyId"])
        elif key["KeyState"] == "PendingDeletion":
            kms.cancel_key_deletion(KeyId=key["Arn"])
        if key["KeyState"] != "Enabled":
            kms.enable_key(KeyId=key["Arn"])
        kms.enable_key_rotation(KeyId=key["Arn"])

    def _provider(self, part: IdentityProvider) -> tuple[str, Mapping[str, Any] | None]:
        from botocore.exceptions import ClientError

        arn = provider_arn(self.account(), part.issuer)
        try:
            return arn, self._client("iam").get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
        except ClientError as error:
            if code(error) != "NoSuchEntity":
                raise
            return arn, None

    def _provider_lacks(self, part: IdentityProvider) -> list[str]:
        _arn, found = self._provider(part)
        if found is None:
            return ["it is not there"]
        return [] if part.audience in found["ClientIDList"] else [f"it does not know the audience {part.audience}"]

    def _mend_provider(self, part: IdentityProvider) -> None:
        """https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html"""
        iam, (arn, found) = self._client("iam"), self._provider(part)
        if found is not None:
            iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID=part.audience)
            return
        tags = [{"Key": name, "Value": value} for name, value in TAGS.items()]
        _unless_late(iam.create_open_id_connect_provider, Url=part.issuer, ClientIDList=[part.audience], Tags=tags)

    def _linked(self, part: LinkedRole) -> bool:
        """By its path, which holds the service; AWS chooses the name."""
        roles = self._client("iam").list_roles(PathPrefix=f"/aws-service-role/{part.service}/")["Roles"]
        return bool(roles)


def _unless_late(make: Any, **arguments: object) -> None:  # noqa: ANN401 - a method of a boto3 client
    from botocore.exceptions import ClientError

    try:
        make(**arguments)
    except ClientError as error:
        if code(error) not in LATE:
            raise
