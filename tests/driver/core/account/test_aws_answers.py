import pytest

from driver.core.account.aws_answers import TOLD, Answer, Trouble, failure, of_code, of_text
from driver.errors import Expired, Unavailable, Unreachable


def answer(text: str = "so it is", code: str = "", **more: object) -> Answer:
    return Answer(doing="reading the ledger", text=text, code=code, **more)  # type: ignore[arg-type]


def test_every_trouble_has_a_sentence_that_says_what_was_done_and_all_but_a_bare_refusal_have_a_cure() -> None:
    for trouble in Trouble:
        error = failure(trouble, answer())
        assert "reading the ledger" in error.message or trouble is Trouble.NO_PROFILE
        assert error.hint or trouble is Trouble.REFUSED
    assert set(TOLD) == set(Trouble) - {Trouble.OVER}


@pytest.mark.parametrize(
    ("code", "text", "trouble"),
    [
        ("InvalidClientTokenId", "The security token included in the request is invalid.", Trouble.UNKNOWN_KEY),
        ("UnrecognizedClientException", "The security token included in the request is invalid.", Trouble.UNKNOWN_KEY),
        ("AuthFailure", "AWS was not able to validate the provided access credentials", Trouble.UNKNOWN_KEY),
        ("InvalidSignatureException", "The request signature we calculated does not match", Trouble.WRONG_SECRET),
        (
            "InvalidSignatureException",
            "Signature expired: 20261129T101500Z is now earlier than 20261129T103500Z",
            Trouble.CLOCK,
        ),
        ("SignatureDoesNotMatch", "Signature not yet current: 20261129T123500Z is still later than", Trouble.CLOCK),
        ("RequestTimeTooSkewed", "The difference between the request time and the current time", Trouble.CLOCK),
        ("UnauthorizedOperation", "You are not authorized to perform this operation.", Trouble.NOT_ALLOWED),
        ("ThrottlingException", "Rate exceeded", Trouble.REFUSED),
    ],
)
def test_a_code_of_aws_has_its_trouble(code: str, text: str, trouble: Trouble) -> None:
    assert of_code(code, text) is trouble


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        (
            "get identity: get credentials: failed to refresh cached credentials, no EC2 IMDS role",
            Trouble.NO_CREDENTIALS,
        ),
        ("failed to get shared config profile, nope", Trouble.NO_PROFILE),
        ("refresh cached SSO token failed, unable to refresh SSO token", Trouble.OVER),
        ("operation error STS: GetCallerIdentity, api error InvalidClientTokenId: The security", Trouble.UNKNOWN_KEY),
        (
            "api error AccessDenied: User: arn:aws:iam::1:user/x is not authorized to perform: s3:Get",
            Trouble.NOT_ALLOWED,
        ),
        ("api error NoSuchBucket: The specified bucket does not exist", Trouble.NO_BUCKET),
        ("proxyconnect tcp: dial tcp 10.0.0.1:3128: connect: connection refused", Trouble.PROXY),
        ("dial tcp: lookup s3.eu-west-9.amazonaws.com: no such host", Trouble.UNREACHED),
        ("tls: failed to verify certificate: x509: certificate signed by unknown authority", Trouble.UNTRUSTED),
        ("api error RequestTimeTooSkewed: The difference between the request time", Trouble.CLOCK),
        ("error: resource 'web' failed to become healthy", None),
    ],
)
def test_the_words_of_the_engine_have_it_too(text: str, trouble: Trouble | None) -> None:
    assert of_text(text) is trouble


def test_what_ended_on_the_way_is_told_apart_from_what_never_was() -> None:
    assert isinstance(failure(Trouble.OVER, answer()), Expired)
    assert not isinstance(failure(Trouble.NO_CREDENTIALS, answer()), Expired | Unavailable)


def test_no_credentials_are_told_with_a_way_to_get_some() -> None:
    error = failure(Trouble.NO_CREDENTIALS, answer())
    assert error.message == "there are no AWS credentials, and reading the ledger needs some"
    assert "aws sso login" in error.hint
    assert "slipway sandbox env" in error.hint


def test_a_permission_that_lacks_is_named() -> None:
    text = "User: arn:aws:sts::1:assumed-role/ci/x is not authorized to perform: ecs:UpdateService on resource: *"
    error = failure(Trouble.NOT_ALLOWED, answer(text, "AccessDeniedException"))
    assert isinstance(error, Unreachable)
    assert "The credentials lack ecs:UpdateService" in error.hint


def test_by_how_much_the_clock_is_wrong_is_said_where_it_is_known() -> None:
    assert "is wrong: 20 minutes fast, so" in failure(Trouble.CLOCK, answer(ahead=1200.0)).message
    assert "is wrong: 8 minutes slow, so" in failure(Trouble.CLOCK, answer(ahead=-480.0)).message
    assert "is wrong, so" in failure(Trouble.CLOCK, answer()).message


def test_an_address_of_this_machine_may_be_the_sandboxs() -> None:
    here = answer(address="http://127.0.0.1:9", local=True)
    assert "slipway sandbox up" in failure(Trouble.UNREACHED, here).hint
    there = answer(address="https://ecs.eu-west-1.amazonaws.com")
    assert "slipway sandbox up" not in failure(Trouble.UNREACHED, there).hint
    assert isinstance(failure(Trouble.UNREACHED, there), Unavailable)
