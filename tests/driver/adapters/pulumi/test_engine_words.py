import pytest

from driver.adapters.pulumi.engine_words import unopened
from driver.errors import EngineFailed, Unavailable, Unreachable

REFUSED = (
    'stderr: error: read ".pulumi/meta.yaml": operation error S3: GetObject, request send failed,'
    ' Get "http://127.0.0.1:9/x": dial tcp 127.0.0.1:9: connect: connection refused'
)


def test_an_engine_without_credentials_is_told_as_a_command_without() -> None:
    error = unopened("code: 1\nstdout:\nstderr: error: get identity: get credentials: no EC2 IMDS role found, x\n")
    assert isinstance(error, Unreachable)
    assert error.message == "there are no AWS credentials, and reading the state needs some"


def test_a_state_on_this_machine_that_does_not_answer_may_be_a_sandbox_that_is_down() -> None:
    error = unopened(REFUSED)
    assert isinstance(error, Unavailable)
    assert "connection refused" in error.message
    assert "slipway sandbox up" in error.hint


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions", "slipway bootstrap"),
        ("error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or", "PULUMI_CONFIG_PASSPHRASE"),
        ("error: get stack secrets manager: incorrect passphrase", "secretsprovider"),
    ],
)
def test_a_state_that_can_not_be_read_has_a_cure(said: str, named: str) -> None:
    error = unopened(said)
    assert isinstance(error, EngineFailed)
    assert named in error.hint


def test_what_has_no_words_of_ours_is_told_in_the_engines() -> None:
    assert unopened("a\n\nb\n").message == "the engine failed: a / b"
