"""Variables as a file that a person edits, and back."""

import re
from collections.abc import Mapping
from typing import Final

from driver.core.config.dotenv import Dialect, parse_dotenv
from driver.core.values.secret import SecretValues
from driver.errors import InvalidInput

HEAD: Final = """\
# The variables of {app} in {env}, version {version}. Save and leave the editor to write them; nothing changed, nothing
# written. A line that is gone removes its variable.
"""
_PLAIN = re.compile(r"[\w./:@%+,=-]*", re.ASCII)


def render(app: str, env: str, version: int, values: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """The text, and the names of variables that no line can hold: they stay as they are."""
    lines = {name: line for name in values if (line := _line(name, values[name])) is not None}
    kept = tuple(name for name in values if name not in lines)
    head = HEAD.format(app=app, env=env, version=version)
    if kept:
        head += f"# Not shown, since no line can hold them, and kept: {', '.join(kept)}\n"
    return head + "".join(f"\n{line}\n" for line in lines.values()), kept


def parse(text: str, kept: Mapping[str, str]) -> SecretValues:
    """The variables of an edited file, with those that were not shown. Raises InvalidInput with every wrong line."""
    if not re.search(r"^\s*[^#\s]", text, re.MULTILINE):
        return SecretValues(kept)
    return SecretValues({**kept, **parse_dotenv(text, "the edited file", Dialect.PYTHON)})


def _line(name: str, value: str) -> str | None:
    """The first way to write a variable that is read back as the very same."""
    quoted = value.replace("\\", "\\\\").replace("'", "\\'")
    ways = [f"{name}='{quoted}'", f"{name}={value}"]
    return next((way for way in (ways[::-1] if _PLAIN.fullmatch(value) else ways) if _reads(way, name, value)), None)


def _reads(line: str, name: str, value: str) -> bool:
    try:
        return dict(parse_dotenv(f"{line}\n", dialect=Dialect.PYTHON)) == {name: value}
    except InvalidInput:
        return False
