"""Text of a certain form, with the sentence for text that has another: nobody is told a regular expression."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

LONGEST_SHOWN = 40


@dataclass(frozen=True)
class Form:
    """What text must look like. `says` is the rest of a sentence that begins with the text: what it isn't, and what
    would do. `longest` is in characters.
    """

    pattern: str
    says: str
    longest: int | None = None

    def check(self, text: str) -> str:
        """The text itself. Raises ValueError."""
        if self.longest is not None and len(text) > self.longest:
            raise ValueError(f"{show(text)} has {len(text)} characters; use {self.longest} at most")
        if not re.fullmatch(self.pattern, text):
            raise ValueError(f"{show(text)} {self.says}")
        return text

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401 - pydantic's
        """Pydantic asks for this."""
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """The same as a JSON Schema has it."""
        limits = {} if self.longest is None else {"maxLength": self.longest}
        return {**handler(schema), "pattern": f"^({self.pattern})$", **limits}


@dataclass(frozen=True)
class OrText:
    """Marks a mapping that may be written short, as text; its own class takes both."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Both, as a JSON Schema has them."""
        return {"anyOf": [{"type": "string"}, handler(schema)]}


def show(value: object) -> str:
    """What somebody wrote, as YAML has it and short enough for a sentence."""
    text = re.sub(r"\s+", " ", _plain(value))
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 3]}..."


def _plain(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "true", False: "false"}[value]
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {_plain(inner)}' for key, inner in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_plain, value))}]"
    return str(value) if isinstance(value, date | int | float) else repr(value)


KmsKey = Annotated[
    str,
    Form(
        r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+",
        "is no ARN of a KMS key; copy it from the console, such as"
        " arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab, and not an alias",
    ),
]
Variable = Annotated[
    str,
    Form(
        r"[A-Za-z_][A-Za-z0-9_]*",
        "is no name of a variable; use letters, digits and _, with no digit in front, such as DATABASE_URL",
    ),
]
HookName = Annotated[
    str, Form(r"[a-z][a-z0-9_]*", "is no name of a hook; use small letters, digits and _, such as ops_chat", 40)
]
