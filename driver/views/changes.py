"""Changes to infrastructure, as they are shown and asked about."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from driver import console
from driver.core.platform.bring_up import harmful
from driver.core.platform.removal import Leaving
from driver.core.ports import Change
from driver.errors import Interrupted, InvalidInput

WORDS = {"create": "created", "update": "updated", "delete": "deleted", "replace": "replaced"}


def summary(changes: Sequence[Change]) -> str:
    """How many of each kind; components are not counted, since they are nothing at AWS."""
    counted = Counter(row.operation for row in changes if row.kind.startswith("aws:"))
    parts = [f"{number} {WORDS.get(operation, operation)}" for operation, number in sorted(counted.items())]
    return ", ".join(parts) or "no changes"


def show(changes: Sequence[Change], *, as_json: bool) -> None:
    """The answer of a command that changes, or would change, infrastructure."""
    if as_json:
        console.answer_json([asdict(row) for row in changes])
    else:
        console.answer(summary(changes))


def approve_leaving(gone: Sequence[Leaving], env: str, *, yes: bool) -> None:
    """Ask about each thing that is not in the settings any more and protected.

    Raises Interrupted when the answer is no, InvalidInput where nobody can answer.
    """
    for one in gone:
        if not console.confirm(one.question, yes=yes, instead=f"If that is meant: slipway up {env} --yes"):
            raise Interrupted("nothing was changed")


def approve(changes: Sequence[Change], env: str) -> None:
    """Ask before anything is changed; without a terminal only what takes nothing away goes on by itself.

    Raises Interrupted when the answer is no, InvalidInput where nobody can answer.
    """
    lost = harmful(changes)
    if not console.interactive() and lost:
        names = ", ".join(f"{row.kind.split(':')[-1]} {row.name}" for row in lost[:5])
        raise InvalidInput(f"this deletes or replaces {names}", hint=f"If that is meant: slipway up {env} --yes")
    if not console.interactive() or not changes:
        return
    if not console.confirm(f"{summary(changes)} in {env}. Go on?", yes=False, instead="--yes"):
        raise Interrupted("nothing was changed")
