"""Starts tasks and knows them: docker-py's `client.containers`."""

import os
import threading
import uuid
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from . import launch
from .container import Container, Identity, now
from .images import Image, Images
from .options import RunOptions, refuse
from .output import Output
from .supervisor_client import Program, Programs, Running
from .task_dirs import Place, Places

NETWORK = "sandbox"
# Ended containers whose output can still be asked for; the emulator never removes those that end by themselves.
KEPT = 100


class Containers:
    """All containers of the sandbox. Thread-safe."""

    def __init__(
        self, images: Images, programs: Programs, places: Places, on_exit: Callable[[Container], None]
    ) -> None:
        """`on_exit` hears of each end before anybody who waits for it does."""
        self._images, self._programs, self._places, self._on_exit = images, programs, places, on_exit
        self._known: dict[str, Container] = {}
        self._ended: deque[tuple[str, Place]] = deque()
        self._guard = threading.Lock()

    def run(self, image: str, command: Sequence[str] | None = None, **keywords: Any) -> Container:  # noqa: ANN401
        """Pull, unpack and start; the keywords are RunOptions'.

        Raises docker.errors.APIError for what can't be honoured or started, and what the images'
        refusal makes when the image can't be had.
        """
        options = RunOptions(**keywords)
        pulled = self._images.pull(image, options.platform)
        name = uuid.uuid4().hex
        place = self._places.take(name[:12], options.task, pulled.root, options.variables.get("PORT"))
        try:
            program = self._program(name, place, pulled, command, options)
            return self._start(self._identity(name, image, place, options), place, program)
        except (launch.LaunchError, OSError) as error:
            self._places.give_back(place)
            self._places.clear(place)
            refuse(f"failed to start the container: {error}", error)

    def get(self, name: str) -> Container | SimpleNamespace:
        """By id, start of an id, or name; raises docker.errors.NotFound.

        Asked for this machine's HOSTNAME, it answers as if the emulator were a container itself at
        127.0.0.1: so the emulator learns which address tasks reach it at.
        """
        if name and name == os.environ.get("HOSTNAME"):
            return SimpleNamespace(attrs={"NetworkSettings": {"Networks": {NETWORK: {"IPAddress": "127.0.0.1"}}}})
        found = self._known.get(name) or next(
            (one for one in self._all() if name and (one.id.startswith(name) or one.name == name)), None
        )
        if found is None:
            from docker.errors import NotFound

            raise NotFound(f"No such container: {name}")
        return found

    def list(
        self,
        *,
        all: bool = False,
        sparse: bool = False,
        filters: Mapping[str, Sequence[str] | str] | None = None,
    ) -> Sequence[Container]:
        """Those that run, or all that are known; `filters` by label alone (`name=value` or `name`)."""
        wanted = (filters or {}).get("label", [])
        labels = [wanted] if isinstance(wanted, str) else wanted
        return [one for one in self._all() if (all or one.status == "running") and has_labels(one.labels, labels)]

    def stop_all(self, seconds: float) -> None:
        """SIGTERM to every container at once, SIGKILL to what is left after `seconds`."""
        running = self.list()
        for one in running:
            one.kill("SIGTERM")
        timer = threading.Timer(seconds, kill_all, [running])
        timer.start()
        for one in running:
            one.running.ended.wait()
        timer.cancel()

    def _all(self) -> Sequence[Container]:
        with self._guard:
            return tuple(self._known.values())

    def _identity(self, name: str, image: str, place: Place, options: RunOptions) -> Identity:
        return Identity(
            id=name * 2,
            name=options.name or name[:12],
            image=image,
            labels=dict(options.labels),
            address=place.address,
            network=options.network or NETWORK,
            stop_timeout=options.patience,
        )

    def _program(
        self, name: str, place: Place, image: Image, command: Sequence[str] | None, options: RunOptions
    ) -> Program:
        argv = launch.command(image.config, options.entrypoint, command)
        folder = launch.inside(place.root, options.working_dir or image.config.get("WorkingDir") or "/")
        folder.mkdir(parents=True, exist_ok=True)
        given = {"HOSTNAME": name[:12], **options.metadata, **options.variables, "HOST": place.address}
        if place.relay:
            given["PORT"] = str(place.port)
        env = launch.environment(image.config, given, place.home)
        return Program(
            name=name * 2,
            program=launch.program(place.root, folder, argv, env["PATH"]),
            argv=argv,
            env=env,
            cwd=folder,
            memory=options.memory,
        )

    def _start(self, identity: Identity, place: Place, program: Program) -> Container:
        output = Output(place.log)
        container = Container(identity, output, self._programs, Running(), self._forget, now())
        container.running.on_end = lambda: self._end(container, place)
        # Known before it runs: a program may end before the order to start it is answered.
        with self._guard:
            self._known[identity.id] = container
        try:
            self._programs.start(program, output.writer, container.running)
        except BaseException:
            self._forget(container)
            raise
        finally:
            output.started()
        return container

    def _end(self, container: Container, place: Place) -> None:
        container.finished = now()
        self._places.give_back(place)
        with self._guard:
            self._ended.append((container.id, place))
            old = self._ended.popleft() if len(self._ended) > KEPT else None
            if old:
                self._known.pop(old[0], None)
        if old:
            self._places.clear(old[1])
        self._on_exit(container)

    def _forget(self, container: Container) -> None:
        with self._guard:
            self._known.pop(container.id, None)


def kill_all(containers: Sequence[Container]) -> None:
    """SIGKILL to every process of each."""
    for one in containers:
        one.kill()


def has_labels(labels: Mapping[str, str], wanted: Sequence[str]) -> bool:
    """Whether every `name=value`, or bare `name`, is among the labels."""
    return all(
        labels.get(name) == value if equals else name in labels
        for name, equals, value in (one.partition("=") for one in wanted)
    )
