"""What the processes of an app run, read from their task definitions: a release is what runs, not what was meant."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from driver.core.ports import Definition, World
from driver.core.values.release import RUNS, Ran, Release, Verdict
from driver.errors import InvalidInput, NotReady
from model.names.names import BOOTSTRAP_REPOSITORY, AppNames
from model.releases import Pin


@dataclass(frozen=True, kw_only=True)
class Running:
    """What runs: as a pin, and process by process. `odd` is why it is no release; empty where it is one."""

    pin: Pin
    processes: Mapping[str, Ran] = field(default_factory=dict)
    odd: str = ""


def read(world: World, names: AppNames, pin: Pin) -> Running:
    """What the task definitions of a pin say. Code, config and keys of the pin are as they are in those.

    Where they make no release the pin keeps its own, with `odd` for why. A process that has the bootstrap image still
    waits for its first release. Raises Unreachable, Expired.
    """
    found = world.services.definitions(list(pin.tasks.values()))
    rows = {process: found[arn] for process, arn in pin.tasks.items() if arn in found and found[arn].image}
    processes = {process: _ran(pin.tasks[process], row) for process, row in rows.items()}
    first = pin.bootstrap and all(bootstraps(row.image) for row in rows.values())
    services = world.settings.apps[names.app].services
    code = {
        process: row
        for process, row in rows.items()
        if process in services and (pin.bootstrap or not bootstraps(row.image))
    }
    if first or not code:
        return Running(pin=pin, processes=processes)
    try:
        return Running(pin=_pinned(world, names, pin, code), processes=processes)
    except (NotReady, InvalidInput) as error:
        return Running(pin=pin, processes=processes, odd=error.message)


def bootstraps(image: str) -> bool:
    """Whether an image is what processes run before their first release."""
    return f"/{BOOTSTRAP_REPOSITORY}:" in image or f"/{BOOTSTRAP_REPOSITORY}@" in image


def differs(image: str, pin: Pin) -> bool:
    """Whether an image is surely not that of a pin. What is named by a tag was resolved when it became a release, and
    a process that waits for its first release has the bootstrap image.
    """
    return "@" in image and image.rsplit("@", 1)[-1] != pin.digest and not bootstraps(image)


def digest(image: str) -> str:
    """What an image is called in a sentence: the beginning of its digest, or its tag."""
    return "the bootstrap image" if bootstraps(image) else image.rsplit("@", 1)[-1][:19] if "@" in image else image


def told(processes: Mapping[str, Ran]) -> str:
    """What runs, process by process, in one line."""
    return "; ".join(f"{name} {_told(row)}" for name, row in processes.items())


def equal(world: World, one: str, other: str) -> bool:
    """Whether two task definitions say the same, as one that was deregistered and the one made of it anew."""
    found = world.services.definitions([one, other])
    contents = [found[arn].content for arn in (one, other) if arn in found]
    return len(contents) == 2 and contents[0] == contents[1] != ""


def lacks(world: World, names: AppNames, release: Release) -> str:
    """What a release needs and is not there any more; empty where all is. Raises Unreachable."""
    pin = release.pin
    if pin.image is not None:
        try:
            world.images.resolve(names.repository, pin.image)
        except NotReady:
            return f"the image of {release.version} is gone from ECR: {pin.digest}"
    if pin.config is not None and not world.secrets.has(names.secret, pin.config):
        return f"the config of {release.version} is gone from Secrets Manager: {pin.config}"
    return ""


def doubt(release: Release | None) -> str:
    """What is said beside the success of a release to which nothing goes back; empty for a good one."""
    if release is None or release.verdict not in RUNS or release.verdict is Verdict.SUCCEEDED:
        return ""
    return f"; but it is {release.verdict}: {release.reason}. Nothing goes back to it"


def registered(world: World, tasks: Mapping[str, str], kept: Iterable[str] = ()) -> dict[str, str]:
    """The task definitions by process, those that were deregistered registered again: no service moves to one that is
    not. What a service is on already (`kept`) stays. Raises Unreachable, Busy.
    """
    found = world.services.definitions(list(tasks.values()))
    gone = {arn for arn, row in found.items() if not row.active} - set(kept)
    anew = {arn: world.services.register_again(arn) for arn in sorted(gone)}
    return {process: anew.get(arn, arn) for process, arn in tasks.items()}


def _ran(arn: str, row: Definition) -> Ran:
    return Ran(
        task=arn, image=row.image, configs=tuple(sorted(row.configs)), cpu=row.cpu, memory=row.memory, setup=row.setup
    )


def _told(row: Ran) -> str:
    config = f" with config {', '.join(one[:8] for one in row.configs)}" if row.configs else " without config"
    return f"{digest(row.image)}{config}"


def _pinned(world: World, names: AppNames, pin: Pin, code: Mapping[str, Definition]) -> Pin:
    """The pin with what runs. Raises NotReady or InvalidInput with why it is no release."""
    image = _one("images", {process: (row.image,) for process, row in code.items()})
    config = _one("configs", {process: sorted(row.configs) for process, row in code.items()})
    keys = tuple(sorted({key for row in code.values() for key in row.keys}))
    if keys and not config:
        raise NotReady("its variables name no version of its secret")
    changes: dict[str, object] = {"config": config or None, "keys": keys}
    if image != pin.image:
        resolved = world.images.resolve(names.repository, image)
        changes |= {"image": resolved.reference, "source": resolved.source}
    return pin.model_copy(update=changes)


def _one(what: str, by_process: Mapping[str, Sequence[str]]) -> str:
    """What all processes have in common; empty where none has any."""
    if len({tuple(found) for found in by_process.values()}) > 1:
        rows = (f"{name} {', '.join(map(digest, found)) or 'none'}" for name, found in by_process.items())
        raise NotReady(f"its processes run different {what}: {'; '.join(rows)}")
    found = next(iter(by_process.values()))
    if len(found) > 1:
        raise NotReady(f"its variables are of several versions of its secret: {', '.join(found)}")
    return found[0] if found else ""
