"""Promises of the example's queue worker."""

import time
from pathlib import Path

import pytest

from tests.examples.running_app import App, events, stop


@pytest.fixture
def app(tmp_path: Path) -> App:
    app = App.of("v1", tmp_path)
    assert app.manage("migrate", "--noinput").returncode == 0
    return app


def states(app: App) -> list[object]:
    return [state for (state,) in app.rows("SELECT state FROM jobs_job ORDER BY id")]


def wait_for(app: App, state: str) -> None:
    deadline = time.monotonic() + 20
    while state not in states(app):
        assert time.monotonic() < deadline, states(app)
        time.sleep(0.05)


def test_jobs_are_queued_by_hand(app: App) -> None:
    done = app.manage("add_jobs", "3", "--name", "Wrap it")
    assert (done.returncode, done.stdout) == (0, "3 queued, 3 to do\n")
    assert states(app) == ["queued"] * 3


@pytest.mark.parametrize("arguments", [("0",), ("-1",), ("2", "--seconds", "-1")])
def test_an_impossible_number_of_jobs_is_refused(app: App, arguments: tuple[str, ...]) -> None:
    done = app.manage("add_jobs", *arguments)
    assert done.returncode != 0
    assert states(app) == []


def test_sigterm_lets_the_present_job_finish_and_starts_no_other(app: App) -> None:
    app.manage("add_jobs", "3", "--seconds", "1.5")
    worker = app.start("worker")
    wait_for(app, "started")
    lines = stop(worker)
    assert worker.returncode == 0
    assert states(app) == ["done", "queued", "queued"]
    assert [line["status"] for line in events(lines, "worker")] == ["started", "stopped"]
    assert [(line["id"], line["status"]) for line in events(lines, "job")] == [(1, "started"), (1, "done")]


def test_an_idle_worker_stops_at_once(app: App) -> None:
    worker = app.start("worker")
    assert worker.stdout is not None
    worker.stdout.readline()
    started = time.monotonic()
    stop(worker)
    assert (worker.returncode, time.monotonic() - started < 3) == (0, True)


def test_no_job_is_done_twice_by_several_workers(app: App) -> None:
    app.manage("add_jobs", "60", "--seconds", "0.01")
    workers = [app.start("worker") for _ in range(3)]
    deadline = time.monotonic() + 30
    while set(states(app)) != {"done"} and time.monotonic() < deadline:
        time.sleep(0.1)
    logs = [events(stop(worker), "job") for worker in workers]
    done = [line["id"] for lines in logs for line in lines if line["status"] == "done"]
    assert sorted(map(str, done), key=int) == [str(number) for number in range(1, 61)]
    assert all(worker.returncode == 0 for worker in workers)


def test_a_job_whose_worker_was_killed_is_done_by_another_later(app: App) -> None:
    app.manage("add_jobs", "2", "--seconds", "30")
    worker = app.start("worker")
    wait_for(app, "started")
    worker.kill()
    worker.communicate()
    app.rows("UPDATE jobs_job SET seconds = 0")
    app.manage("work", "--until-empty")
    assert states(app) == ["started", "done"]
    app.rows("UPDATE jobs_job SET started_at = datetime('now', '-11 minutes') WHERE state = 'started'")
    app.manage("work", "--until-empty")
    assert states(app) == ["done", "done"]


def test_a_job_that_fails_is_marked_and_the_worker_goes_on(app: App) -> None:
    app.manage("add_jobs", "2", "--seconds", "0")
    # Sleeping for less than no time is an error.
    app.rows("UPDATE jobs_job SET seconds = -1 WHERE id = 1")
    lines = app.manage("work", "--until-empty").stdout.splitlines()
    assert states(app) == ["failed", "done"]
    assert "ValueError" in str(events(lines, "job")[1]["error"])
