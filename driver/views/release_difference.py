"""What differs between two releases, as a page to read."""

from collections.abc import Sequence

from driver import console
from driver.core.observe.release_diff import Difference, Line

MOST = 20
"""Commits that are shown of each side."""


def page(found: Difference) -> str:
    """Facts in two columns, then names of variables, then commits."""
    if not found.facts and not found.new_keys and not found.gone_keys:
        return f"{found.app} {found.one} and {found.other} are the same: {', '.join(found.same)}"
    rows = [(row.name, row.one, row.other) for row in found.facts]
    parts = [console.columns(("", found.one, found.other), rows)] if rows else []
    if found.same:
        parts.append(f"the same: {', '.join(found.same)}")
    for words, keys in (("new variables", found.new_keys), ("variables that are gone", found.gone_keys)):
        if keys:
            parts.append(f"{words}: {', '.join(keys)}")
    if found.commits is not None:
        parts += _commits(f"commits of {found.other} alone", found.commits.more)
        parts += _commits(f"commits of {found.one} alone", found.commits.less)
    return "\n".join(parts)


def _commits(words: str, lines: Sequence[Line]) -> list[str]:
    if not lines:
        return []
    shown = [f"  {row.commit} {row.subject}" for row in lines[:MOST]]
    more = [f"  and {len(lines) - MOST} more"] if len(lines) > MOST else []
    return ["", f"{words}: {len(lines)}", *shown, *more]
