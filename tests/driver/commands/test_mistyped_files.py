"""The two files with the mistakes of somebody who writes them for the first time: each is told where, what, and what
would do, before an engine starts.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from driver.cli import build
from driver.errors import ExitCode
from tests.projects import ROOT, copied

DEV, PROJECT = "Pulumi.dev.yaml", "Pulumi.yaml"
COMMANDS = [("preview", "dev"), ("up", "dev", "--yes"), ("deploy", "dev", "example", "--image", "v1")]
Mistake = Callable[[str], str]


def instead(old: str, new: str) -> Mistake:
    """The file with some of its text changed."""

    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return change


def added(*lines: str) -> Mistake:
    return lambda text: text + "".join(f"  {line}\n" for line in lines)


def whole(text: str) -> Mistake:
    return lambda _: text


def catalogue(value: str) -> Mistake:
    return whole(f"name: slipway\nruntime: python\nconfig:\n  apps:\n    value: {value}\n")


ROWS: list[tuple[str, Mistake, str]] = [
    (DEV, instead("  slipway:network", "\tslipway:network"), "Pulumi.dev.yaml, line 4: "),
    (DEV, instead("  slipway:network", "\tslipway:network"), "YAML is indented with spaces"),
    (DEV, added("slipway:protect: true", "slipway:protect: false"), "slipway:protect is in line 13 already; take one"),
    (DEV, added("slipway:domain: {name: a, name: b}"), "Pulumi.dev.yaml, line 13: name is in line 13 already"),
    (DEV, instead("slipway:network:", "slipway:network: small:"), "line 4: mapping values are not allowed here"),
    (DEV, whole('config:\n  aws:region: "eu-west-1\n'), "line 3: while scanning a quoted scalar"),
    (DEV, whole(""), "Pulumi.dev.yaml is empty; it begins with `config:`"),
    (DEV, whole("# later\n"), "Pulumi.dev.yaml is empty; it begins with `config:`"),
    (DEV, whole("- slipway:network\n"), "Pulumi.dev.yaml holds no mapping; it begins with `config:`"),
    (DEV, whole("config:\n  - aws:region: eu-west-1\n"), "config: a list will not do; it holds one `name: value`"),
    (DEV, instead("  aws:region: eu-west-1\n", ""), "aws:region: missing; add the region of the environment, such as"),
    (DEV, instead("aws:region: eu-west-1", "aws:region: 7"), "aws:region: 7 will not do; write a region such as eu-w"),
    (DEV, instead("aws:region", "aws:Region"), "aws:Region: unknown; did you mean aws:region?"),
    (DEV, instead("slipway:network", "slipwy:network"), "slipwy:network: unknown; did you mean slipway:network?"),
    (DEV, instead("slipway:network", "network"), "network: a setting's name has a prefix here; write slipway:network"),
    (DEV, instead("slipway:network", "slipway:netwrok"), "netwrok: unknown key; did you mean network?"),
    (DEV, instead("zones: [eu-west-1a, eu-west-1b]", "zones: eu-west-1a"), "network/zones: 'eu-west-1a' will not do"),
    (DEV, instead("config:", "confg:"), "Pulumi.dev.yaml: confg: unknown here; did you mean config?"),
    (
        DEV,
        instead("config:", "slipway:protect: true\nconfig:"),
        "slipway:protect: unknown here; settings stand below",
    ),
    (
        DEV,
        instead("slipway:log_days: 14", "slipway:log_days: 010"),
        "line 10: 010 is the number 8 in YAML; write 8",
    ),
    (DEV, instead("proof: 5", "proof: 1:30"), "line 12: 1:30 is the number 90 in YAML; write 90, or write it"),
    (DEV, added("slipway:vpn: {ranges: [10.9.0.0/16]}"), "vpn: no app has a backdoor for it; add the process backdoor"),
    (DEV, added("slipway:pins: {example: {release: 4}}"), "slipway:pins: Slipway itself says this to the engine"),
    (DEV, added("slipway:scope: example"), "slipway:scope: Slipway itself says this to the engine"),
    (DEV, added("slipway:env: prod"), "env: 'prod' is no setting: the name of the stack file says which"),
    (DEV, added("slipway:region: us-east-1"), "region: 'us-east-1' is no setting: the region is the one of aws:region"),
    (
        DEV,
        added("aws:profile: work"),
        "aws:profile: only the engine would go by it, and not Slipway's own calls",
    ),
    (DEV, added("aws:assumeRoles: []"), "and set AWS_PROFILE to one with role_arn"),
    (DEV, added("slipway:override: {}"), "override: unknown key; did you mean overrides?"),
    (PROJECT, instead("config:", "confg:"), "Pulumi.yaml: confg: unknown; did you mean config?"),
    (PROJECT, added("releasing: {value: example}"), "Pulumi.yaml: releasing: Slipway itself says this"),
    (PROJECT, added("aws:region: eu-west-1"), "Pulumi.yaml: aws:region: each environment has a region of its own"),
    (DEV, added("slipway:protect: maybe"), "protect: 'maybe' will not do; write true or false"),
    (PROJECT, whole(""), "Pulumi.yaml is empty; it begins with `name: slipway`"),
    (PROJECT, instead("name: slipway", "name: shop"), "Pulumi.yaml: name: 'shop' will not do; it is slipway"),
    (PROJECT, instead("    value:\n", ""), "apps: missing; the catalogue belongs under config: apps: value:"),
    (PROJECT, catalogue("[example]"), "apps: ['example'] will not do; write a mapping"),
    (PROJECT, catalogue("{example: }"), "apps/example: nothing will not do; write a mapping with processes"),
    (
        PROJECT,
        catalogue("{example: {processes: [web]}}"),
        "apps/example/processes: ['web'] will not do; write",
    ),
    (PROJECT, catalogue("{on: {processes: {web: {}}}}"), "Pulumi.yaml, line 5: on is a boolean in YAML and no name"),
    (PROJECT, catalogue("{a: {}, a: {}}"), "Pulumi.yaml, line 5: a is in line 5 already; take one of them out"),
]


def refused(project: Path, calls: Path, *words: str) -> str:
    """What a command says that takes no file as it is, and starts no engine."""
    done = CliRunner().invoke(build(), ["--project", str(project), *words])
    assert done.exit_code == ExitCode.INVALID_INPUT, (done.output, done.exception)
    assert not calls.exists()
    return done.output


@pytest.mark.parametrize(("file", "mistake", "said"), ROWS)
def test_a_mistake_in_a_file_is_told_with_its_place(
    tmp_path: Path, calls: Path, file: str, mistake: Mistake, said: str
) -> None:
    path = copied(ROOT, tmp_path / "project", "dev") / file
    path.write_text(mistake(path.read_text()))
    assert said in refused(tmp_path / "project", calls, "up", "dev", "--yes")


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_a_file_that_is_no_text_is_told_of_by_every_command(
    tmp_path: Path, calls: Path, words: tuple[str, ...]
) -> None:
    project = copied(ROOT, tmp_path / "project", "dev")
    (project / DEV).write_bytes(b"config:\n  \xff\xfe")
    assert "Pulumi.dev.yaml is no text in UTF-8, from its byte 10 on" in refused(project, calls, *words)
    (project / DEV).unlink()
    (project / DEV).mkdir()
    assert "Pulumi.dev.yaml can't be read: Is a directory" in refused(project, calls, *words)


def test_an_environment_without_a_file_is_told_of_with_the_name_that_it_would_have(tmp_path: Path, calls: Path) -> None:
    project = copied(ROOT, tmp_path / "project", "dev")
    assert "A new one is a file Pulumi.prod.yaml." in refused(project, calls, "up", "prod")
    (project / DEV).rename(project / "Pulumi.dev.yml")
    assert "Pulumi.dev.yml is not read: rename it to Pulumi.dev.yaml." in refused(project, calls, "up", "dev")


def test_what_is_merged_into_a_mapping_may_be_replaced_in_it(tmp_path: Path) -> None:
    project = copied(ROOT, tmp_path / "project", "dev")
    one = "one: {processes: &mine {web: {port: 8000}}}"
    two = "two: {processes: {<<: *mine, web: {port: 8001}}}"
    (project / PROJECT).write_text(catalogue(f"{{{one}, {two}}}")(""))
    done = CliRunner().invoke(build(), ["--project", str(project), "network", "plan", "dev"])
    assert done.exit_code == 0, done.output
