"""Slipway's own command line, run as a user types it, in a project of its own."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from driver.core.acceptance.trial import Done
from driver.core.acceptance.trial_settings import Behaviour, catalogue

KILLED = -9
PATIENCE = 120.0
"""Seconds in which an interrupted command has to end by itself."""


@dataclass
class OwnCommands:
    """The port Commands. `project` is what the project's file says but for its settings; each line that a command tells
    is handed to `hear`.
    """

    folder: Path
    project: Mapping[str, Any]
    hear: Callable[[str], None]
    program: str = field(default_factory=lambda: shutil.which(sys.argv[0]) or sys.argv[0])

    def run(self, *words: str, stdin: str = "") -> Done:
        """Run a command to its end. Ctrl-C here ends it as Ctrl-C there would."""
        return self._ended(words, stdin, self.hear)

    def both(self, *words: str) -> tuple[Done, Done]:
        """Run it twice at once."""
        with ThreadPoolExecutor(2) as pool:
            one, other = (pool.submit(self._ended, words, "", self.hear) for _ in range(2))
            return one.result(), other.result()

    def kill(self, *words: str, at: str) -> Done:
        """Run it, and kill it with all that it has started once its story has `at`."""
        with self._started(words) as process:

            def hear(line: str) -> None:
                self.hear(line)
                if at in line:
                    _signal(process, signal.SIGKILL)

            return self._followed(words, process, "", hear)

    def behave(self, behaviour: Behaviour) -> None:
        """Write the catalogue anew."""
        text = yaml.safe_dump(catalogue(self.project, behaviour), sort_keys=False)
        (self.folder / "Pulumi.yaml").write_text(text, encoding="utf-8")

    def files(self) -> Sequence[str]:
        """What is in the project's files."""
        return [path.read_text(encoding="utf-8", errors="replace") for path in self.folder.iterdir() if path.is_file()]

    def _ended(self, words: tuple[str, ...], stdin: str, hear: Callable[[str], None]) -> Done:
        with self._started(words) as process:
            return self._followed(words, process, stdin, hear)

    def _started(self, words: tuple[str, ...]) -> "subprocess.Popen[str]":
        """In a session of its own, so that Ctrl-C comes from here alone, and once."""
        return subprocess.Popen(
            [self.program, "--project", str(self.folder), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "COLUMNS": "120"},
            start_new_session=True,
        )

    def _followed(
        self, words: tuple[str, ...], process: "subprocess.Popen[str]", stdin: str, hear: Callable[[str], None]
    ) -> Done:
        story: list[str] = []
        told = threading.Thread(target=_follow, args=(process.stderr, story, hear), daemon=True)
        told.start()
        try:
            assert process.stdin is not None and process.stdout is not None
            if stdin:
                process.stdin.write(stdin)
            process.stdin.close()
            answer = process.stdout.read()
            process.wait()
        except BaseException:
            _end(process)
            raise
        told.join(PATIENCE)
        return Done(words=words, code=process.returncode, answer=answer, story="".join(story))


def _follow(stream: Any, story: list[str], hear: Callable[[str], None]) -> None:  # noqa: ANN401 - a text stream
    for line in stream:
        story.append(line)
        hear(line.rstrip())


def _end(process: "subprocess.Popen[str]") -> None:
    _signal(process, signal.SIGINT)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        _signal(process, signal.SIGKILL)


def _signal(process: "subprocess.Popen[str]", number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return
