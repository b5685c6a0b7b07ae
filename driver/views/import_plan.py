"""An import as it is told, asked for and carried out, wherever the apps come from."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from driver import console

if TYPE_CHECKING:
    from driver.core.importing.imported import Imported
    from driver.core.importing.plan import Plan, Write
    from driver.core.ports import Vault
    from driver.errors import DriverError

Place = tuple[str, "Vault"]
"""The mount and the server of an environment's variables."""


def compare(
    rows: "Sequence[Imported]", places: "Mapping[str, Place]", failed: "dict[str, DriverError]", *, replace: bool
) -> "tuple[list[Imported], list[Write]]":
    """What is new to Vault. An app whose variables can't be compared is among those that failed from then on."""
    from driver.core.importing.plan import compared
    from driver.errors import DriverError

    kept, writes = [], []
    for row in rows:
        try:
            write = compared(row, *places[row.env], replace=replace)
        except DriverError as error:
            failed[f"{row.name} in {row.env}"] = error
            continue
        kept.append(row)
        writes += [write] if write else []
    return kept, writes


def give_up(failed: "Mapping[str, DriverError]") -> NoReturn:
    """Nothing can be imported: raises the first reason, all others are told."""
    first, *others = failed.values()
    for error in others:
        console.complain(error)
    raise first


def carry_out(
    project: Path, plan: "Plan", places: "Mapping[str, Place]", *, dry_run: bool, yes: bool, as_json: bool
) -> None:
    """Tell the plan, ask, write. Raises InvalidInput, Busy and Interrupted, and at the end why an app was left out."""
    from driver.adapters.project.importing import texts, write_all
    from driver.core.importing.plan import write_variables
    from driver.errors import Interrupted

    files = texts(project, plan.edit)
    for line in plan.lines():
        console.say(line)
    for name, error in plan.failed.items():
        console.say(f"left out: {name}: {error.message}{f' ({error.hint})' if error.hint else ''}")
    if plan.empty or dry_run:
        done = "nothing differs, nothing was written" if plan.empty else "nothing was changed"
    else:
        if not console.confirm("Write this?", yes=yes, instead="If that is meant, add --yes."):
            raise Interrupted("nothing was changed")
        for line in write_variables(plan, {env: vault for env, (_, vault) in places.items()}):
            console.say(line)
        write_all(project, files)
        done = _done(plan, files)
    _answer(plan, done, dry_run=dry_run, as_json=as_json)
    for error in plan.failed.values():
        raise error


def _done(plan: "Plan", files: Mapping[str, str]) -> str:
    names = " ".join(files)
    if names:
        console.say(f"See what was written: git diff {names}")
    for env in dict.fromkeys(row.env for row in plan.rows):
        console.say(f"Next: slipway up {env}")
    return (
        f"written: {', '.join(files) or 'no file'}; {sum(not write.edit.empty for write in plan.writes)} paths in Vault"
    )


def _answer(plan: "Plan", done: str, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        console.answer_json({"dry_run": dry_run, "done": done, **plan.facts()})
        return
    tell: Callable[[str], None] = console.answer
    for line in plan.checklist():
        tell(line)
    tell(done)
