"""What the commands that make images share: the app's folder, its Procfile held against the catalogue, and advice."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from driver import console

if TYPE_CHECKING:
    from driver.adapters.aws.ecr.images import EcrImages
    from driver.core.image.naming import Naming
    from model.procfile.advice import Advice
    from model.procfile.procfile import Procfile
    from model.releases import Source
    from model.settings.app import App as Spec
    from model.settings.environment import Settings

PathOption = Annotated[Path, typer.Option("--path", help="The app's folder, the one with the Procfile.")]
TagOption = Annotated[str | None, typer.Option("--tag", help="Its tag; without it, branch and commit.")]


def settings_of(project: Path, env: str, name: str) -> "tuple[Settings, Spec]":
    """The settings of an environment, and its app. Raises NotFound."""
    from driver.adapters.project.stack_files import load_settings
    from driver.core.environment import app_of

    settings = load_settings(project, env, (name,), console.say)
    return settings, app_of(settings, name)


def read(path: Path, name: str, spec: "Spec", *, quiet: bool = False) -> "tuple[Procfile, list[Advice]]":
    """The Procfile of APP, each process of the catalogue found in it, and its advice, which is told too.

    Raises InvalidInput, SpecError.
    """
    from driver.adapters.project.app_folder import read_procfile

    ports = {process: row.port for process, row in spec.processes.items() if row.port is not None}
    procfile, advice = read_procfile(path, ports)
    missing = _check(name, spec, procfile)
    for line in () if quiet else missing:
        console.say(line)
    say(() if quiet else advice)
    return procfile, advice


def named(path: Path, settings: "Settings") -> "tuple[Source | None, Naming]":
    """What a folder is built of, and how an image of it is named."""
    from driver.adapters.project import git
    from driver.core.image.naming import naming

    checkout = git.checkout(path)
    return checkout.source if checkout else None, naming(checkout, settings.registry.mainline)


def images_of(settings: "Settings") -> "EcrImages":
    """The repositories of an environment."""
    from driver.adapters.aws.ecr.images import EcrImages
    from driver.adapters.aws.session import Session

    return EcrImages(Session(settings.region), settings.registry.account, settings.platforms())


def say(advice: "Sequence[Advice]") -> None:
    """Tell what in a Procfile does no good."""
    for row in advice:
        console.say(f"note: {row}")


def _check(name: str, spec: "Spec", procfile: Mapping[str, str]) -> list[str]:
    """Each process runs its Procfile line, unless the catalogue gives it a command of its own; what nothing runs.

    Raises InvalidInput.
    """
    from driver.errors import InvalidInput

    missing = [process for process, row in spec.processes.items() if row.command is None and process not in procfile]
    if missing:
        raise InvalidInput(
            f"the Procfile has no line for {', '.join(missing)}, which apps/{name}/processes names",
            hint=f"Add `{missing[0]}: <command>`, or give the process a command in the catalogue.",
        )
    others = [process for process in procfile if process not in spec.processes]
    return [f"note: the Procfile's {process} is not in the catalogue, so nothing runs it" for process in others]
