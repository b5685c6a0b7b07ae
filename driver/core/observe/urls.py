"""Where the web processes of an app are reached."""

from collections.abc import Mapping

from driver.core.environment import app_of, meant
from driver.core.ports import World
from driver.errors import NotFound, NotReady


def of(outputs: Mapping[str, object], app: str) -> Mapping[str, str]:
    """The URL of each process of an app that has one, from the outputs of the stack."""
    urls = outputs.get("urls")
    mine = urls.get(app) if isinstance(urls, Mapping) else None
    return mine if isinstance(mine, Mapping) else {}


def url_of(world: World, app: str, process: str | None) -> str:
    """The URL of a process, or of the first that has one. Raises NotFound, NotReady."""
    app_of(world.settings, app)
    env = world.settings.env
    stack = world.stacks.read(env)
    if stack.app(app) is None:
        raise NotReady(f"{app} has no platform in {env} yet", hint=f"Run `slipway up {env}` first.")
    urls = of(stack.outputs, app)
    if not urls:
        raise NotFound(f"no process of {app} has a URL", hint="One that has a port in the catalogue gets one.")
    if process is not None and process not in urls:
        raise NotFound(f"{process} of {app} has no URL; {', '.join(urls)} has", hint=meant(process, urls))
    return str(urls[process] if process is not None else next(iter(urls.values())))
