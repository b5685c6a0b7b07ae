"""What load balancers keep to, whichever processes they serve."""

from typing import Annotated

from pydantic import AfterValidator, Field

from model.base import Model
from model.settings.text import Form

TLS = "ELBSecurityPolicy-TLS13-1-2-2021-06"
"""TLS 1.2 and 1.3.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
"""


def _web_acl(arn: str) -> str:
    parts = arn.split(":")
    if parts[:3] != ["arn", "aws", "wafv2"] or len(parts) != 6 or not parts[5].startswith("regional/webacl/"):
        raise ValueError(
            f"{arn} is no regional web ACL; it is written arn:aws:wafv2:<region>:<account>:regional/webacl/<name>/<id>"
        )
    return arn


class Balancers(Model):
    """What all load balancers of the environment keep to."""

    idle_timeout: Annotated[int, Field(ge=1, le=4000)] = 60
    """How long a silent connection is kept, in seconds; the web server must keep it for longer."""
    tls_policy: Annotated[
        str,
        Form(
            r"ELBSecurityPolicy-TLS13-1-[23](-[A-Za-z0-9]+)*-20\d\d-\d\d",
            f"is no policy with TLS 1.3 and none below 1.2; use one of AWS's list that is, such as {TLS}",
        ),
    ] = TLS
    """The policy for TLS; only those from TLS 1.2 on are taken."""
    log_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """How long access logs are kept, in days; without it there are none."""
    web_acl: Annotated[str, AfterValidator(_web_acl)] | None = None
    """The ARN of a regional web ACL of WAF for public load balancers."""


def check(balancers: Balancers, region: str) -> None:
    """The web ACL is one of the load balancers' own region. Raises ValueError."""
    if balancers.web_acl is not None and balancers.web_acl.split(":")[3] != region:
        raise ValueError(
            f"balancers/web_acl: it is in {balancers.web_acl.split(':')[3]}; load balancers take one of {region}"
        )
