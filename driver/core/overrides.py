"""How long this command waits, how much it proves and how much it tells, where it was told so."""

from dataclasses import replace

from driver.core.ports import World


def within(
    world: World,
    *,
    timeout: int | None = None,
    release_timeout: int | None = None,
    prove: bool = False,
    verbose: bool = False,
) -> World:
    """The world with other limits, in seconds, for a rollout and for a release process; `prove` asks for trials, and
    `verbose` for every event of ECS as ECS words it."""
    given = {"timeout": timeout, "release_timeout": release_timeout, "prove": prove or None}
    changes = {name: value for name, value in given.items() if value is not None}
    deploy = world.settings.deploy.model_copy(update=changes)
    return replace(world, settings=world.settings.model_copy(update={"deploy": deploy}), verbose=verbose)
