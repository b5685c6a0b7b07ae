"""The libraries that apps have, as they are on PyPI, with real queues behind them."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from functions.queue_metrics.answers import FORMS, HEADER, PATH, Unusable, question, rows
from functions.queue_metrics.asking import Call, ask
from functions.queue_metrics.counting import Memory, count
from functions.queue_metrics.plan import read
from tests.functions.queue_world import TOKEN, Cloud, worker

PYTHON = Path(sys.prefix) / "clients/bin/python"
TRIES, SECONDS = 3, 20
APPS = Path(__file__).with_name("client_apps")


@contextmanager
def client(name: str, **variables: str) -> Iterator[str]:
    """An app of the folder beside this file, and its address."""
    assert PYTHON.exists(), "the clients are not installed: make clients"
    environment = {**os.environ, "HIREFIRE_TOKEN": TOKEN, **variables}
    command = [PYTHON, APPS / f"{name}.py"]
    process, port = begun(command, environment)
    with process:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def begun(command: list[str | Path], environment: dict[str, str]) -> "tuple[subprocess.Popen[bytes], str]":
    """The process and the port that it says. The Redis in it may lock itself while it is filled: then once more."""
    for _ in range(TRIES):
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert process.stdout is not None
        if select.select([process.stdout], [], [], SECONDS)[0]:
            port = process.stdout.readline().strip().decode()
            assert port, f"{command} does not run"
            return process, port
        process.kill()
        process.wait()
    raise AssertionError(f"{command} says nothing")


@pytest.fixture(scope="module")
def official() -> Iterator[str]:
    with client("hirefire_resource_app") as url:
        yield url


@pytest.fixture(scope="module")
def older() -> Iterator[str]:
    with client("hirefire_app") as url:
        yield url


def asked(url: str, form: str, token: str = TOKEN) -> dict[str, float | str]:
    return rows(ask(question(url, token, form), Call(ends=time.monotonic() + 10)))


@pytest.mark.parametrize("form", FORMS)
def test_hirefires_own_library_is_read_in_both_forms(official: str, form: str) -> None:
    found = asked(official, form)
    age = found.pop("rq_latency")
    assert isinstance(age, float)
    assert 0.1 < age < 60
    assert found == {"rq_size": 3.0, "celery_size": 4.0, "nobody_knows": "does not know its jobs"}


def test_the_older_library_is_read_in_the_form_that_it_has(older: str) -> None:
    assert asked(older, PATH) == {"rq_size": 3.0, "idle": 0.0}
    with pytest.raises(Unusable) as caught:
        asked(older, HEADER)
    assert caught.value.elsewhere


@pytest.mark.parametrize("form", FORMS)
def test_another_token_is_refused_by_both(official: str, older: str, form: str) -> None:
    for url in (official, older):
        with pytest.raises(Unusable) as caught:
            asked(url, form, "another")
        assert caught.value.elsewhere


def test_a_pass_counts_both_apps_with_sizes_and_ages_as_the_settings_say(official: str, older: str) -> None:
    cloud = Cloud()
    cloud.know("new")
    cloud.know("old")
    apps = [
        {"name": "new", "url": official, "secret": "new", "workers": [
            worker(process="rq", name="rq_size"), worker(process="celery", name="celery_size"),
            worker(process="slow", name="rq_latency", measure="latency"), worker(process="lost", name="nobody_knows"),
        ]},
        {"name": "old", "url": older, "secret": "old", "workers": [worker(process="rq", name="rq_size")]},
    ]  # fmt: skip
    outcome = count(read({"env": "dev", "cluster": "dev", "limit": 10, "apps": apps}), cloud.world(), Memory())
    assert outcome.failed == {"new.lost": "does not know its jobs"}
    assert cloud.values("new", "rq")["Jobs"] == cloud.values("old", "rq")["Jobs"] == 3
    assert cloud.values("new", "celery")["Jobs"] == 4
    assert set(cloud.values("new", "slow")) == {"Busy", "OldestJobAge"}
