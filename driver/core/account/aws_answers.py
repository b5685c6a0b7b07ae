"""Why AWS gives no good answer, in one sentence, and what mends it: the same whether Python or the engine asked."""

import re
from dataclasses import dataclass
from enum import StrEnum

from driver.errors import DriverError, Expired, Unavailable, Unreachable


class Trouble(StrEnum):
    """What is in the way. REFUSED and SILENT are everything that has no kind of its own."""

    NO_CREDENTIALS = "no credentials"
    NO_PROFILE = "no profile"
    UNKNOWN_KEY = "unknown key"
    WRONG_SECRET = "wrong secret"
    OVER = "over"
    CLOCK = "clock"
    NOT_ALLOWED = "not allowed"
    NO_REGION = "no region"
    NO_CLUSTER = "no cluster"
    NO_BUCKET = "no bucket"
    PROXY = "proxy"
    UNREACHED = "unreached"
    UNTRUSTED = "untrusted"
    REFUSED = "refused"
    SILENT = "silent"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What was asked and what came back: AWS's code and its words, or those of the SDK.

    `address` is the endpoint or the proxy that was asked, `local` whether that is on this machine; `ahead` by how many
    seconds this machine's clock is ahead of AWS's, where that is known; `passes` whether asking again later may do.
    """

    doing: str
    text: str
    code: str = ""
    address: str = ""
    local: bool = False
    ahead: float | None = None
    passes: bool = False


# https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
CODES = {
    "InvalidClientTokenId": Trouble.UNKNOWN_KEY,
    "UnrecognizedClientException": Trouble.UNKNOWN_KEY,
    "InvalidAccessKeyId": Trouble.UNKNOWN_KEY,
    "AuthFailure": Trouble.UNKNOWN_KEY,
    "SignatureDoesNotMatch": Trouble.WRONG_SECRET,
    "InvalidSignatureException": Trouble.WRONG_SECRET,
    "IncompleteSignature": Trouble.WRONG_SECRET,
    "RequestTimeTooSkewed": Trouble.CLOCK,
    "RequestInTheFuture": Trouble.CLOCK,
    "AccessDenied": Trouble.NOT_ALLOWED,
    "AccessDeniedException": Trouble.NOT_ALLOWED,
    "UnauthorizedOperation": Trouble.NOT_ALLOWED,
    "NotAuthorized": Trouble.NOT_ALLOWED,
    "AuthorizationError": Trouble.NOT_ALLOWED,
    "ClusterNotFoundException": Trouble.NO_CLUSTER,
    "NoSuchBucket": Trouble.NO_BUCKET,
}
SIGNED_AT_ANOTHER_TIME = re.compile(r"[Ss]ignature (not yet current|expired)|difference between the request time")
WORDS = (
    (Trouble.PROXY, r"proxyconnect|[Ff]ailed to connect to proxy"),
    (Trouble.OVER, r"SSO session has expired|refresh cached SSO token|InvalidGrantException|[Ss]ession has expired"),
    (Trouble.NO_PROFILE, r"failed to get shared config profile|config profile \(.*\) could not be found"),
    (
        Trouble.NO_CREDENTIALS,
        r"no EC2 IMDS role found|[Uu]nable to locate credentials|no valid credential|get credentials:",
    ),
    (Trouble.NO_REGION, r"[Mm]issing [Rr]egion|must specify a region|an AWS region is required"),
    (Trouble.CLOCK, SIGNED_AT_ANOTHER_TIME.pattern),
    (Trouble.UNTRUSTED, r"x509:|CERTIFICATE_VERIFY_FAILED|SSL validation failed"),
    (Trouble.NOT_ALLOWED, r"not authorized to perform"),
    (Trouble.UNREACHED, r"connection refused|no such host|[Cc]ould not connect to the endpoint|i/o timeout"),
)
ACTION = re.compile(r"not authorized to perform:? ([a-z0-9-]+:\w+)")
SANDBOX = 'For the sandbox: eval "$(slipway sandbox env)"'
LOG_IN = "Log in: `aws sso login`, with --profile where you have several; or, the first time, `aws configure sso`."

TOLD = {
    Trouble.NO_CREDENTIALS: (
        "there are no AWS credentials, and {doing} needs some",
        f"{LOG_IN} In CI, take on the deploy role. {SANDBOX}",
    ),
    Trouble.NO_PROFILE: ("AWS_PROFILE names a profile that is not there: {text}", f"Name another one. {LOG_IN}"),
    Trouble.UNKNOWN_KEY: (
        "AWS does not know the key of these credentials ({doing}: {said})",
        f"It may have been deleted, or be the sandbox's. {LOG_IN} {SANDBOX}",
    ),
    Trouble.WRONG_SECRET: (
        "the secret key of these credentials does not belong to their key id ({doing}: {said})",
        f"One of the two was mistyped or cut off. {LOG_IN}",
    ),
    Trouble.CLOCK: (
        "the clock of this machine is wrong{by}, so that AWS refused {doing} ({said})",
        "Set it by the network: timedatectl set-ntp true. Then run the command again.",
    ),
    Trouble.NOT_ALLOWED: (
        "AWS refused {doing}: {said}",
        "The credentials lack {action}: ask for it, or use others; `aws sts get-caller-identity` says whose these are.",
    ),
    Trouble.NO_REGION: (
        "no AWS region is named, and {doing} needs one",
        "Set aws:region in the stack file, or AWS_REGION.",
    ),
    Trouble.NO_CLUSTER: (
        "AWS refused {doing}: {said}",
        "Without a cluster the environment is not up: `slipway up ENV` makes it.",
    ),
    Trouble.NO_BUCKET: (
        "AWS refused {doing}: {said}",
        "Where it is the bucket of the state: `slipway bootstrap --region REGION` makes it, and says what to export.",
    ),
    Trouble.PROXY: (
        "the proxy{at} does not answer, through which {doing} would go",
        "Check HTTPS_PROXY and HTTP_PROXY, or take the address out of it with NO_PROXY.",
    ),
    Trouble.UNREACHED: (
        "nothing answers{at} ({doing}: {text})",
        "Check the network, HTTPS_PROXY, the region, and AWS_ENDPOINT_URL where it is set.",
    ),
    Trouble.UNTRUSTED: (
        "the certificate of AWS{at} is not trusted ({doing}: {text})",
        "Where a proxy has a certificate of its own, name the file of its authority in AWS_CA_BUNDLE.",
    ),
    Trouble.REFUSED: ("AWS refused {doing}: {said}", ""),
    Trouble.SILENT: (
        "AWS did not answer while {doing}: {text}",
        "Check the credentials, the region and AWS_ENDPOINT_URL, then run the command again.",
    ),
}
"""The sentence and the hint for each."""


def of_code(code: str, text: str) -> Trouble:
    """The trouble behind one of AWS's error codes."""
    if SIGNED_AT_ANOTHER_TIME.search(text):
        return Trouble.CLOCK
    return CODES.get(code, Trouble.REFUSED)


def of_text(text: str) -> Trouble | None:
    """The trouble that an SDK has in words, Python's or Go's; None where these are no words that we know."""
    for code, trouble in CODES.items():
        if re.search(rf"\b{code}\b", text):
            return of_code(code, text) if trouble is not Trouble.NO_CLUSTER else None
    return next((trouble for trouble, words in WORDS if re.search(words, text)), None)


def failure(trouble: Trouble, answer: Answer) -> DriverError:
    """The error for it: Expired, Unavailable or Unreachable."""
    if trouble is Trouble.OVER:
        return Expired(f"the AWS credentials ran out while {answer.doing} ({answer.text})")
    kind = Unavailable if answer.passes or trouble in {Trouble.UNREACHED, Trouble.PROXY} else Unreachable
    sentence, hint = TOLD[trouble]
    if trouble is Trouble.UNREACHED and answer.local:
        hint = f"Is it the sandbox? Start it: slipway sandbox up. {SANDBOX}. Otherwise unset AWS_ENDPOINT_URL."
    action = ACTION.search(answer.text)
    facts = {
        "doing": answer.doing,
        "text": answer.text,
        "said": f"{answer.code}: {answer.text}" if answer.code else answer.text,
        "at": f" at {answer.address}" if answer.address else "",
        "by": _by(answer.ahead),
        "action": action[1] if action else "a permission",
    }
    return kind(sentence.format(**facts), hint=hint.format(**facts))


def _by(ahead: float | None) -> str:
    if ahead is None or abs(ahead) < 60:
        return ""
    return f": {abs(ahead) / 60:.0f} minutes {'fast' if ahead > 0 else 'slow'}"
