"""The README's picture of a real run: ``make demo | python -m examples.demo_svg > docs/demo.svg``."""

import io
import re
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

WIDTH: Final = 118
# Rich's own template fetches its font from the network; a reader's machine has one.
TEMPLATE: Final = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
  font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width;
}}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
<rect width="100%" height="100%" rx="8" fill="#1b1e24" />
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix" xml:space="preserve" style="white-space: pre">{matrix}</g>
</g>
</svg>
"""
QUIET: Final = re.compile(r"^\s+\+|^ {10}[\w-]+: |^slipway: |^engine: ")
"""What a picture has no room for: the platform's resources one by one, and ECS's events."""
CHAPTERS: Final = ("release v2", "web crashes", "true now")
STYLES: Final = (("=== ", "bold yellow"), ("$ ", "bold cyan"), ("error: ", "bold red"))


def wrapped(line: str) -> list[str]:
    """A line as rows of the picture: what does not fit goes on below, further in than the line itself."""
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(
        line.lstrip(),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{indent}    ",
        break_on_hyphens=False,
        replace_whitespace=False,
    ) or [""]


def draw(lines: Iterable[str]) -> str:
    """An SVG of a terminal that shows the telling chapters of these lines, with this folder as `.`."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    shown, here = False, str(Path.cwd())
    for line in lines:
        if line.startswith("==="):
            shown = any(chapter in line for chapter in CHAPTERS)
        if shown and not QUIET.match(line):
            style = next((style for start, style in STYLES if line.startswith(start)), "")
            for row in wrapped(line.replace(here, ".").rstrip()):
                console.print(Text(row, style=style), no_wrap=True, highlight=False)
    return console.export_svg(code_format=TEMPLATE, unique_id="slipway")


if __name__ == "__main__":
    sys.stdout.write(draw(sys.stdin))
