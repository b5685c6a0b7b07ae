"""`slipway bootstrap`: what an account needs once, before its first environment."""

import os
import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from driver import console
from driver.views.options import DryRun, Json, Yes

if TYPE_CHECKING:
    from driver.core.account.bootstrap import Result

Region = Annotated[
    str | None, typer.Option("--region", envvar=["AWS_REGION", "AWS_DEFAULT_REGION"], help="The region of the state.")
]
GithubOption = Annotated[bool, typer.Option("--github", help="Take tokens of GitHub Actions.")]
GitlabOption = Annotated[str | None, typer.Option("--gitlab", metavar="URL", help="Take tokens of that GitLab.")]
BucketOption = Annotated[
    str | None, typer.Option("--bucket", help="The state bucket; slipway-state-ACCOUNT-REGION if left out.")
]


def run(
    region: Region = None,
    github: GithubOption = False,
    gitlab: GitlabOption = None,
    bucket: BucketOption = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Make what an account needs once a region: state bucket, secrets key, identity providers, service-linked roles.

    Run again, it puts right what has changed and touches nothing else. It prints what to export.
    """
    from driver.adapters.aws.bootstrap import AwsGround
    from driver.adapters.aws.session import Session
    from driver.adapters.host.loopback import is_loopback
    from driver.core.account import bootstrap as core
    from driver.errors import Interrupted, InvalidInput

    if region is None:
        raise InvalidInput("no region is named", hint="Use --region eu-west-1, or set AWS_REGION.")
    ground = AwsGround(Session(region))
    account = ground.account()
    parts = core.parts(account, region, core.issuers(github=github, gitlab=gitlab), bucket)
    found = core.survey(ground, parts)
    missing = [row for row in found if row.lacked]
    if missing and not dry_run:
        question = f"Make or mend {', '.join(str(row.part) for row in missing)} in account {account}, {region}?"
        if not console.confirm(question, yes=yes, instead="See it with --dry-run; if that is meant: --yes"):
            raise Interrupted("nothing was changed")
        found = core.mend(ground, found, console.say)
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    told = core.result(ground, region, found, endpoint if endpoint and is_loopback(endpoint) else None)
    if as_json:
        console.answer_json(told.plain())
    else:
        _show(told)


def _show(told: "Result") -> None:
    """The exports are the answer, so that `eval` takes them; what was done is the story."""
    for outcome in told.outcomes:
        word = "done" if outcome.mended else f"missing: {', '.join(outcome.lacked)}" if outcome.lacked else "right"
        console.say(f"{outcome.part}: {word}")
    for name, value in told.exports.items():
        console.answer(f"export {name}={shlex.quote(value)}")
    console.say(f"Then write into each Pulumi.<env>.yaml:  secretsprovider: {told.secrets_provider}")
    if told.key is not None:
        bucket = next(iter(told.exports.values())).removeprefix("s3://").partition("?")[0]
        console.say(f"and where CI deploys, slipway:ci:  state: {{bucket: {bucket}, key: {told.key}}}")
