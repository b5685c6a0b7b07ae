"""The script that starts a process in its image: run by bash as on Heroku where there is one, else by sh."""

import shlex
from typing import Final

from model.procfile.bash_syntax import constructs
from model.procfile.shell_line import exec_last, replaces_itself, visible
from model.settings.app import RELEASE

SCRIPT_MARK: Final = "# Made from the Procfile by `slipway image entrypoints`: changes made here are lost."
_FOR_BASH: Final = (
    "# By bash, as on Heroku, where the image has it.",
    'if [ -z "${BASH_VERSION-}" ] && command -v bash >/dev/null 2>&1; then exec bash "$0" "$@"; fi',
)
LAUNCHER: Final = "/cnb/lifecycle/launcher"
"""What sets the variables of an image that buildpacks have made. https://buildpacks.io/docs/for-app-developers/"""
_FOR_BUILDPACKS: Final = (
    "# An image of buildpacks: what they have installed is on no PATH before their launcher has put it there.",
    f'if [ -z "${{SLIPWAY_LAUNCHED-}}" ] && [ -x {LAUNCHER} ]; then',
    f'  export SLIPWAY_LAUNCHED=1; exec {LAUNCHER} -- sh "$0" "$@"',
    "fi",
)
_PROFILES: Final = (
    "# What an app sets up for itself, as on Heroku.",
    "for _slipway_file in .profile.d/*.sh .profile; do",
    "  # shellcheck disable=SC1090",
    '  if [ -f "$_slipway_file" ] && [ -r "$_slipway_file" ]; then . "./$_slipway_file"; fi',
    "done",
    "unset _slipway_file SLIPWAY_LAUNCHED",
)
_ANY_SHELL: Final = ("#!/bin/sh", SCRIPT_MARK, *_FOR_BUILDPACKS, *_FOR_BASH)
NO_BASH: Final = 127
"""What a script ends with where its line needs a shell that the image lacks, as a command that is not there does."""


def entrypoint_script(process: str, command: str) -> str:
    """The text of an entrypoint script; the first failing command ends it, in a pipe of the release line too.

    A task starts it with ``sh``, which every image with a shell has. ECS sends SIGTERM to the task's first process
    alone, and a shell neither passes it on nor ends of it. So one command replaces the shell by `exec`. A line of
    several stays as it is: which of them a signal is meant for is the author's to say, with an `exec` of their own.
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html
    https://devcenter.heroku.com/articles/procfile#procfile-format
    """
    needs = constructs(command)
    bash = ("#!/usr/bin/env bash", SCRIPT_MARK, *_FOR_BUILDPACKS, *_bash_only(process, needs))
    strict = _pipefail(process, command, bash=bool(needs))
    body = (*_dyno(process), *_PROFILES, "set -e", *strict, *_run(command))
    return "\n".join((*(bash if needs else _ANY_SHELL), *body)) + "\n"


def _dyno(process: str) -> tuple[str, ...]:
    """Who this is, as Heroku has it: the process with the first of its task's id, which no request is needed for.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html
    https://devcenter.heroku.com/articles/dynos#local-environment-variables
    """
    return (
        "# Who this is: the process and its task, whose id is in the address of its metadata.",
        '_slipway_task="${ECS_CONTAINER_METADATA_URI_V4-}" && _slipway_task="${_slipway_task##*/}"',
        '_slipway_task="${_slipway_task%%-*}"',
        f'if [ -z "${{DYNO-}}" ]; then DYNO="{process}.$(printf %.8s "${{_slipway_task:-1}}")"; fi',
        "export DYNO",
        'if [ -n "${HEROKU_RELEASE_VERSION-}" ]; then export HEROKU_DYNO_ID="$_slipway_task"; fi',
        "unset _slipway_task",
    )


def _bash_only(process: str, needs: tuple[str, ...]) -> tuple[str, ...]:
    """A shell reads a script command by command: where there is no bash, it gets no further than these."""
    why = f"the line of {process} in the Procfile needs bash for {', '.join(needs)}, and this image has none"
    shown = shlex.quote(f"{why}: install bash in it, or write the line for sh")
    return (
        _FOR_BASH[0],
        'if [ -z "${BASH_VERSION-}" ]; then',
        '  if command -v bash >/dev/null 2>&1; then exec bash "$0" "$@"; fi',
        f"  echo {shown} >&2",
        f"  exit {NO_BASH}",
        "fi",
        "# Where sh is bash, it reads less under that name.",
        "set +o posix",
    )


def _pipefail(process: str, command: str, *, bash: bool) -> tuple[str, ...]:
    """A migration that fails before a pipe has failed: what ends a pipe is often a `tee`."""
    if process != RELEASE or not has_pipe(command):
        return ()
    if bash:
        return ("set -o pipefail",)
    why = "the line of release has a pipe, in which the sh of this image would miss a failure: install bash in it"
    return (
        "# shellcheck disable=SC3040",
        f"if ! (set -o pipefail) 2>/dev/null; then echo '{why}' >&2; exit {NO_BASH}; fi",
        "# shellcheck disable=SC3040",
        "set -o pipefail",
    )


def has_pipe(command: str) -> bool:
    """Whether what one command prints goes to another."""
    return "|" in visible(command).replace("||", "").replace(">|", "")


def _run(command: str) -> tuple[str, ...]:
    lines = exec_last(command)
    if lines is not None:
        return lines
    if replaces_itself(command):
        return (command,)
    return (
        "# More than one command, or one of the shell's own: the shell stays, and SIGTERM reaches only the shell.",
        "# Where the last command has to stop gracefully, write `exec` before it in the Procfile.",
        command,
    )
