"""Secrets Manager's rules for versions, labels and names."""

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.emulator.cloud import Cloud

pytestmark = pytest.mark.sandbox
ONE, TWO = "1" * 32, "2" * 32


def test_the_token_becomes_the_version_id(cloud: Cloud) -> None:
    manager = cloud.client("secretsmanager")
    made = manager.create_secret(Name=cloud.name, SecretString="a", ClientRequestToken=ONE)
    assert made["VersionId"] == ONE
    assert manager.create_secret(Name=cloud.name, SecretString="a", ClientRequestToken=ONE)["ARN"] == made["ARN"]
    assert manager.put_secret_value(SecretId=cloud.name, SecretString="b", ClientRequestToken=TWO)["VersionId"] == TWO
    assert manager.get_secret_value(SecretId=cloud.name, VersionId=ONE)["SecretString"] == "a"


def test_the_same_token_with_the_same_data_does_nothing(cloud: Cloud) -> None:
    manager = cloud.client("secretsmanager")
    manager.create_secret(Name=cloud.name, SecretString="a", ClientRequestToken=ONE)
    manager.put_secret_value(SecretId=cloud.name, SecretString="b", ClientRequestToken=TWO)
    manager.put_secret_value(SecretId=cloud.name, SecretString="a", ClientRequestToken=ONE)
    assert manager.get_secret_value(SecretId=cloud.name)["SecretString"] == "b"
    with pytest.raises(ClientError, match="ResourceExistsException"):
        manager.put_secret_value(SecretId=cloud.name, SecretString="c", ClientRequestToken=ONE)
    with pytest.raises(ClientError, match="ResourceExistsException"):
        manager.create_secret(Name=cloud.name, SecretString="c", ClientRequestToken=ONE)


def test_a_secret_without_a_value_has_no_version_until_one_is_put(cloud: Cloud) -> None:
    manager = cloud.client("secretsmanager")
    assert "VersionId" not in manager.create_secret(Name=cloud.name)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        manager.get_secret_value(SecretId=cloud.name)
    put = manager.put_secret_value(SecretId=cloud.name, SecretString="a", VersionStages=["c1"])
    assert sorted(put["VersionStages"]) == ["AWSCURRENT", "c1"]


def test_twenty_labels_are_the_limit_over_all_versions(cloud: Cloud) -> None:
    manager = cloud.client("secretsmanager")
    manager.create_secret(Name=cloud.name, SecretString="a", ClientRequestToken=ONE)
    manager.put_secret_value(SecretId=cloud.name, SecretString="b", ClientRequestToken=TWO)
    for number in range(18):
        manager.update_secret_version_stage(SecretId=cloud.name, VersionStage=f"c{number}", MoveToVersionId=TWO)
    with pytest.raises(ClientError, match="LimitExceededException"):
        manager.update_secret_version_stage(SecretId=cloud.name, VersionStage="c18", MoveToVersionId=ONE)
    with pytest.raises(ClientError, match="LimitExceededException"):
        manager.put_secret_value(SecretId=cloud.name, SecretString="c", VersionStages=["c18"])
    manager.update_secret_version_stage(SecretId=cloud.name, VersionStage="c3", RemoveFromVersionId=TWO)
    manager.put_secret_value(SecretId=cloud.name, SecretString="c", VersionStages=["c18"])


def test_a_label_sits_on_one_version(cloud: Cloud) -> None:
    manager = cloud.client("secretsmanager")
    manager.create_secret(Name=cloud.name, SecretString="a", ClientRequestToken=ONE)
    manager.put_secret_value(SecretId=cloud.name, SecretString="b", ClientRequestToken=TWO, VersionStages=["c1"])
    manager.put_secret_value(SecretId=cloud.name, SecretString="c", VersionStages=["c1", "AWSCURRENT"])
    stages = manager.describe_secret(SecretId=cloud.name)["VersionIdsToStages"]
    assert stages[ONE] == ["AWSPREVIOUS"]
    assert stages.get(TWO, []) == []


def test_a_deleted_name_stays_reserved_unless_forced(cloud: Cloud) -> None:
    manager = cloud.client("secretsmanager")
    manager.create_secret(Name=cloud.name, SecretString="a")
    manager.delete_secret(SecretId=cloud.name)
    with pytest.raises(ClientError, match=r"InvalidRequestException.*scheduled for deletion"):
        manager.create_secret(Name=cloud.name, SecretString="b")
    manager.delete_secret(SecretId=cloud.name, ForceDeleteWithoutRecovery=True)
    manager.create_secret(Name=cloud.name, SecretString="b")
    with pytest.raises(ClientError, match="InvalidParameterException"):
        manager.put_secret_value(SecretId=cloud.name, SecretString="x" * 65_537)
