"""Rules of finding or getting the Pulumi engine, on scripts in the place of `pulumi` and `go`."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from driver.adapters.pulumi.find_engine import EngineMissingError
from engine import ENGINE_VERSION, GO_FILES, GO_PACKAGE, read_go_file
from tests.driver.adapters.pulumi.engine_machine import Machine

REPOSITORY = Path(__file__).parents[4]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_version_in_go_mod_is_the_version_looked_for() -> None:
    lines = read_go_file("go.mod").decode().splitlines()
    assert f"require github.com/pulumi/pulumi/pkg/v3 v{ENGINE_VERSION}" in lines
    assert GO_PACKAGE in read_go_file("tools.go").decode()


def test_a_given_engine_wins_over_every_other(machine: Machine) -> None:
    given = machine.pulumi("elsewhere/pulumi", "3.100.0")
    machine.pulumi("bin/pulumi", ENGINE_VERSION)
    assert machine.find(SLIPWAY_ENGINE=str(given)) == given


@pytest.mark.parametrize("text", ["#!/bin/sh\nexit 1\n", "#!/bin/sh\necho hello\n", "not a program"])
def test_a_given_engine_that_is_none_is_refused(machine: Machine, text: str) -> None:
    given = machine.program("elsewhere/pulumi", text)
    machine.pulumi("bin/pulumi", ENGINE_VERSION)
    with pytest.raises(EngineMissingError, match=f"SLIPWAY_ENGINE: {given} is not a Pulumi engine"):
        machine.find(SLIPWAY_ENGINE=str(given))


def test_an_engine_on_path_is_taken_as_it_is(machine: Machine) -> None:
    found = machine.pulumi("bin/pulumi", "3.999.1")
    machine.go()
    assert machine.find() == found
    assert machine.said == []
    assert not machine.cache.exists()


def test_the_engine_on_path_is_asked_without_its_look_for_updates(machine: Machine) -> None:
    asked = '#!/bin/sh\n[ "$PULUMI_SKIP_UPDATE_CHECK" = true ] && echo v3.259.0\n'
    quiet = machine.program("bin/pulumi", asked)
    assert machine.find() == quiet


def test_the_cached_engine_on_path_is_not_asked_what_its_folder_says(machine: Machine, tmp_path: Path) -> None:
    mute = machine.program(f"cache/slipway/engine/v{ENGINE_VERSION}/bin/pulumi", "#!/bin/sh\nexit 1\n")
    assert machine.find(PATH=f"{mute.parent}:{tmp_path}") == machine.cached
    assert machine.said == []


def test_an_old_engine_on_path_is_passed_over_and_named(machine: Machine) -> None:
    old = machine.pulumi("bin/pulumi", "3.100.0")
    machine.pulumi(f"cache/slipway/engine/v{ENGINE_VERSION}/bin/pulumi", ENGINE_VERSION)
    assert machine.find() == machine.cached
    assert machine.said[0].startswith(f"engine: {old} is v3.100.0; {ENGINE_VERSION} or a newer one")


def test_the_cache_is_used_before_anything_is_fetched_or_built(machine: Machine) -> None:
    machine.pulumi(f"cache/slipway/engine/v{ENGINE_VERSION}/bin/pulumi", ENGINE_VERSION)
    machine.go()
    assert machine.find() == machine.cached
    assert machine.go_notes == []


def test_without_internet_the_engine_is_built_from_its_pinned_module(machine: Machine) -> None:
    machine.go()
    started = time.monotonic()
    assert machine.find() == machine.cached
    assert time.monotonic() - started < 10
    assert subprocess.check_output([machine.cached, "version"], text=True).strip() == f"v{ENGINE_VERSION}"
    files = " ".join(sorted(GO_FILES))
    assert machine.go_notes == [f"list 0 off {files} ", f"build 0 off {files} "]
    assert [path.name for path in machine.cached.parent.parent.iterdir()] == ["bin"]


def test_a_build_tells_how_far_it_is(machine: Machine) -> None:
    machine.go()
    machine.find(SLIPWAY_ENGINE_SOURCE="build")
    assert machine.said[0].startswith(f"engine: building Pulumi {ENGINE_VERSION}")
    assert machine.said[1] == "engine: downloaded 1 modules (example.com/engine), 0 s"
    assert machine.said[-1].startswith("engine: built in ")


def test_build_as_the_source_leaves_the_installer_out(machine: Machine) -> None:
    machine.go()
    machine.find(SLIPWAY_ENGINE_SOURCE="build")
    assert "get.pulumi.com" not in machine.cache.joinpath(f"v{ENGINE_VERSION}.log").read_text()


def test_an_unknown_source_is_refused(machine: Machine) -> None:
    with pytest.raises(EngineMissingError, match="SLIPWAY_ENGINE_SOURCE: 'brew' is not a source"):
        machine.find(SLIPWAY_ENGINE_SOURCE="brew")


def test_with_nothing_at_hand_the_error_says_which_three_things_would_do(machine: Machine) -> None:
    env = {**machine.env(), "PATH": str(machine.root / "bin")}
    done = subprocess.run(machine.command(), env=env, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "get.pulumi.com can't be reached; there is no `go` on PATH" in done.stderr
    assert "Traceback" not in done.stderr
    for way in ("on PATH", "SLIPWAY_ENGINE", "install Go 1.25"):
        assert way in done.stderr.splitlines()[-1]


def test_a_failed_build_is_told_with_its_last_line_and_leaves_nothing(machine: Machine) -> None:
    machine.go(failure="echo 'no space left on device' >&2; exit 1")
    with pytest.raises(EngineMissingError, match="go build: no space left on device"):
        machine.find()
    left = sorted(path.name for path in machine.cache.iterdir())
    assert left == [f"v{ENGINE_VERSION}.lock", f"v{ENGINE_VERSION}.log"]


def test_an_engine_of_another_version_is_never_put_into_the_cache(machine: Machine) -> None:
    machine.go(version="3.1.0")
    with pytest.raises(EngineMissingError, match=r"what came out answers v3\.1\.0"):
        machine.find()
    assert not machine.cached.exists()


def test_what_a_killed_build_left_is_no_hindrance(machine: Machine) -> None:
    machine.program(f"cache/slipway/engine/v{ENGINE_VERSION}.part/bin/pulumi", "half")
    machine.program(f"cache/slipway/engine/v{ENGINE_VERSION}.part/source/go.mod", "half")
    machine.go()
    assert machine.find() == machine.cached


def test_two_processes_at_once_build_once(machine: Machine) -> None:
    machine.go(seconds=1)
    both = [
        subprocess.Popen(machine.command(), env=machine.env(), cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert [child.communicate(timeout=60)[0].strip() for child in both] == [str(machine.cached)] * 2
    assert [note.split()[0] for note in machine.go_notes] == ["list", "build"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_cache_that_cannot_be_written_is_named(machine: Machine) -> None:
    machine.root.joinpath("cache").mkdir(mode=0o500)
    with pytest.raises(EngineMissingError, match=f"no engine can be put into {machine.cache}"):
        machine.find()


def test_a_cache_that_is_a_file_is_named(machine: Machine) -> None:
    machine.program("cache", "a file")
    with pytest.raises(EngineMissingError, match=f"no engine can be put into {machine.cache}"):
        machine.find()
