"""The commands that messages and docs name: where they stand, and whether they can be typed as they stand there."""

import ast
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, product
from pathlib import Path
from typing import Any

import botocore.session
from botocore import xform_name
from typer._click.exceptions import UsageError
from typer.main import get_command

from driver.cli import build

ROOT = Path(__file__).parents[2]
FOLDERS = ("model", "components", "driver", "sandbox", "functions", "engine", "examples")
HOLE = "\x00"
"""What stands in a text for a value that is only known when it is told."""
HOLES = "\x01"
"""A value of several words."""
SERVICES = "|".join(["configure", "login", "sso", *botocore.session.get_session().get_available_services()])
TYPED = re.compile(r"(?:^\s*(?:\$ )?|[|;&(]\s*)(?:\S*/)?((?:slipway|aws|make) (?=[a-z-]))")
"""Where a command begins in a line for a shell, BEGINS where it does in a sentence."""
BEGINS = re.compile(rf"(?<![\w./-])(slipway (?=[a-z-])|aws (?=(?:{SERVICES}) )|(?<=`)(?:aws|make) (?=[a-z]))")
SHELL = re.compile(r" \| | && |;|\s>|\)\"?$|\n|$")
"""Where a command ends in a line for a shell, ENDS where it does in a sentence."""
ENDS = re.compile(r"[.,;:!?]?(?:\n|  |$)|[.,;:?!] |[()`'\"]| \||\.$")
WORD = re.compile(r"<[^>]*>|[A-Z][A-Z_]*(?:=\S*)?|v[N0-9]\w*|…|\.\.\.|\{[^}]*\}")
"""A word that a person puts something else in the place of: ENV, <env>, vN, …"""
NOT_SAID = {"slipway image push", "slipway sandbox"}
"""What images say of how they were made."""
GLOBAL = {"region", "profile", "query", "output", "endpoint-url", "no-cli-pager", "no-paginate", "cli-input-json"}
OF_THE_CLI = {
    "configure": None, "login": None, "sso login": None, "s3 rm": None, "s3 ls": None, "s3 cp": None, "s3 mb": None,
    "s3 rb": None, "s3 sync": None, "s3 mv": None, "logs tail": None, "ecs deploy": None, "ecs execute-command": None,
}  # fmt: skip
"""Commands of the AWS CLI that are no operation of a service.

https://docs.aws.amazon.com/cli/latest/reference/
"""


@dataclass(frozen=True)
class Named:
    """One command as a text has it. With `strict` it is a message's, which has to be complete."""

    place: str
    text: str
    strict: bool


def of_code() -> Iterator[Named]:
    """What the strings of the product name. Help and docstrings may name a command without its arguments."""
    for path in (path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))):
        code = path.read_text(encoding="utf-8")
        if not BEGINS.search(code):
            continue
        tree = ast.parse(code)
        loose = {id(node) for node in _help(tree)}
        for node in _texts(tree):
            place = f"{path.relative_to(ROOT)}:{node.lineno}"
            text = _rendered(node)
            if text not in NOT_SAID:
                yield from (Named(place, found, id(node) not in loose) for found in commands_in(text))


def of_docs() -> Iterator[Named]:
    """What code spans and code blocks of the docs name."""
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        text = path.read_text(encoding="utf-8")
        blocks = re.findall(r"^ *```[^\n]*\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
        spans = re.findall(r"`([^`]+)`", re.sub(r"^ *```.*?^ *```", "", text, flags=re.MULTILINE | re.DOTALL))
        lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
        for shown in (*(re.sub(r"\s+#.*", "", line) for line in lines), *(re.sub(r"\s+", " ", span) for span in spans)):
            yield from (Named(str(path.relative_to(ROOT)), found, False) for found in commands_in(shown, TYPED, SHELL))


def commands_in(text: str, begins: re.Pattern[str] = BEGINS, ends: re.Pattern[str] = ENDS) -> Iterator[str]:
    """Each command in a text, up to where the sentence goes on."""
    for found in begins.finditer(text):
        rest = text[found.start(1) :]
        ended = rest.index("`") if text[: found.start(1)].endswith("`") and "`" in rest else None
        if ended is None:
            end = ends.search(rest)
            ended = end.start() if end else len(rest)
        yield rest[:ended].rstrip(" .,;:")


def wrong(named: Named) -> str:
    """Why it can't be typed as it stands there; empty when it can."""
    first, _space, rest = named.text.partition(" ")
    judge = {"slipway": _wrong_slipway, "aws": _wrong_aws, "make": _wrong_make}[first]
    reasons = [judge(shlex.split(line), strict=named.strict) for line in _alternatives(rest)]
    return next((reason for reason in reasons if reason), "")


def _alternatives(line: str) -> Iterator[str]:
    """`lock show|release` is two, and so is a line with a part in brackets."""
    for chosen in product(*([part, ""] for part in re.findall(r"\[[^\]]*\]", line))):
        parts = iter(chosen)
        plain = re.sub(r"\[[^\]]*\]", lambda _found: next(parts).strip("[]"), line)  # noqa: B023 - used at once
        yield from (" ".join(words) for words in product(*(word.split("|") for word in plain.split())))


def _wrong_slipway(words: Sequence[str], *, strict: bool) -> str:
    """By the parser that the command line has. A value that is only known later may be an option, or nothing."""
    if words[0].startswith("-"):
        # Such options act as soon as they are read, so they are not.
        known = {option for row in _root().params for option in row.opts}
        return "" if words[0] in {*known, "--help"} else f"No such option: {words[0]}"
    many = next((at for at, word in enumerate(words) if word == HOLES), None)
    if many is not None:
        lines = ([*words[:many], *[HOLE] * count, *words[many + 1 :]] for count in range(1, 5))
        reasons = [_wrong_slipway(line, strict=strict) for line in lines]
        return "" if "" in reasons else reasons[0]
    holes = [at for at, word in enumerate(words) if word == HOLE]
    reason = ""
    for count in range(len(holes) + 1):
        for dropped in combinations(reversed(holes), count):
            kept = [_example(word) for at, word in enumerate(words) if at not in dropped]
            found = _parse(kept, strict=strict)
            if not found:
                return ""
            reason = reason or found
            if "Missing" in found:
                return found
    return reason


def _example(word: str) -> str:
    """A value in the place of what is to be filled in."""
    name, equals, value = word.partition("=")
    if equals and name.startswith("--"):
        return f"{name}={_example(value)}"
    return "1" if HOLE in word or HOLES in word or WORD.fullmatch(word) else word


def _parse(words: Sequence[str], *, strict: bool) -> str:
    command, context, rest = _root(), None, list(words)
    try:
        while hasattr(command, "resolve_command"):
            if not rest:
                return "names no command" if strict else ""
            context = command.make_context("slipway", rest, parent=context)
            rest = [*context._protected_args, *context.args]
            _name, command, rest = command.resolve_command(context, rest)
        if not strict and not [word for word in rest if not word.startswith("-")]:
            rest = ["1"] * sum(row.required and row.param_type_name == "argument" for row in command.params) + rest
        given = command.make_context("slipway", rest, parent=context).params
    except UsageError as error:
        return error.format_message()
    if strict and command.name == "deploy" and not (given["image"] or given["config_only"]):
        return "deploy takes either --image or --config-only"
    return ""


@cache
def _root() -> Any:
    return get_command(build())


def _wrong_make(words: Sequence[str], *, strict: bool) -> str:
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    return "" if words[0] in targets else f"the Makefile has no {words[0]}"


def _wrong_aws(words: Sequence[str], *, strict: bool) -> str:
    """By botocore's model of the service; what is asked of a person in words is not looked into."""
    if words[0] in OF_THE_CLI or " ".join(words[:2]) in OF_THE_CLI:
        return ""
    session = botocore.session.get_session()
    if words[0] not in session.get_available_services():
        return f"AWS has no service {words[0]}"
    model = session.get_service_model(words[0])
    if len(words) == 1:
        return ""
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    if words[1] not in operations:
        return f"{words[0]} has no operation {words[1]}"
    shape = model.operation_model(operations[words[1]]).input_shape
    members = {xform_name(name, "-"): name for name in shape.members} if shape else {}
    given = {word.removeprefix("--").partition("=")[0] for word in words[2:] if word.startswith("--")}
    if unknown := {name for name in given if name.removeprefix("no-") not in members} - GLOBAL:
        return f"{' '.join(words[:2])} has no --{', --'.join(sorted(unknown))}"
    needed = {xform_name(name, "-") for name in shape.required_members} if shape else set()
    lacking = needed - given if strict or given else set()
    return f"{' '.join(words[:2])} lacks --{', --'.join(sorted(lacking))}" if lacking else ""


def _texts(tree: ast.AST) -> Iterator[ast.Constant | ast.JoinedStr]:
    """Every text, those that are joined from parts as one."""
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)} - {
        id(node) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
    }
    for node in ast.walk(tree):
        if id(node) in inner:
            continue
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            yield node


def _rendered(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.Constant):
        return re.sub(r"\{[^}{]*\}", lambda found: _hole(found[0]), str(node.value))
    parts = (str(part.value) if isinstance(part, ast.Constant) else _hole(ast.unparse(part)) for part in node.values)
    return "".join(parts)


def _hole(source: str) -> str:
    """A list that is joined, and a place of environment, app and release, are several words."""
    return HOLES if source.strip("{}") == "place" or ".replace(" in source or ".join(" in source else HOLE


def _help(tree: ast.AST) -> Iterator[ast.AST]:
    """Docstrings, and what commands and their options say of themselves."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
        if isinstance(node, ast.keyword) and node.arg == "help":
            yield node.value
