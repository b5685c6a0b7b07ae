"""The protection of what leaves: off after the last yes, and on again where what was to delete it has failed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from driver.core.platform.removal import Leaving
from driver.core.ports import Say, World
from driver.core.values.checkpoint import Resource
from driver.errors import DriverError


@contextmanager
def let_go(world: World, gone: Sequence[Leaving], say: Say) -> Iterator[None]:
    """While the block lasts what leaves may be deleted; where it fails, what still stands is protected as before."""
    try:
        for row in (row for one in gone for row in one.guarded if row.defended):
            world.targets.set_protection(row.output("arn"), on=False)
        if protected := [row.urn for one in gone for row in one.protected]:
            world.stacks.set_protection(world.settings.env, protected, on=False)
        yield
    except BaseException:
        # Ctrl-C too: nobody wants to find out much later that it is the one thing that anybody may delete.
        if gone:
            _protect_again(world, [row for one in gone for row in one.guarded], say)
        raise


def _protect_again(world: World, rows: Sequence[Resource], say: Say) -> None:
    """What is there still: `rows` as they were found, since by now the state does not say that they were protected."""
    env = world.settings.env
    try:
        there = {row.urn for row in world.stacks.read(env).resources}
        rows = [row for row in rows if row.urn in there]
        if protected := [row.urn for row in rows if row.protect]:
            world.stacks.set_protection(env, protected, on=True)
        for row in rows:
            if row.defended:
                world.targets.set_protection(row.output("arn"), on=True)
    except DriverError as error:
        say(f"not protected any more, since that failed as well ({error.message}): {_named(rows)}")
        say(f"What is put back into the settings is protected by the next `slipway up {env}`, which deletes the rest.")
        return
    if rows:
        say(f"protected again: {_named(rows)}; the next `slipway up {env}` asks about it anew")


def _named(rows: Sequence[Resource]) -> str:
    return ", ".join(f"{row.word} {row.name}" for row in rows)
