from typing import Any

import pytest

from driver.core.importing.processes import processes
from driver.core.values.heroku import Dynos, HerokuApp

HEALTH = {"path": "/", "codes": "200-499"}


def app(commands: dict[str, str], dynos: dict[str, tuple[int, str]] | None = None, **more: Any) -> HerokuApp:
    rows = {name: Dynos(quantity=quantity, size=size) for name, (quantity, size) in (dynos or {}).items()}
    return HerokuApp(name="acme", commands=commands, dynos=rows, **more)


def test_a_process_has_the_count_and_size_of_its_dynos() -> None:
    found = processes(app({"web": "serve", "work-er_2": "run"}, {"web": (3, "Standard-2X"), "work-er_2": (0, "Basic")}))
    assert found.rows == {
        "web": {"cpu": 512, "memory": 1024, "port": 8000, "count": 3, "health": HEALTH},
        "work-er_2": {"cpu": 256, "memory": 512, "count": 0},
    }
    assert found.todos == ()


def test_release_is_as_large_as_web_and_no_service() -> None:
    found = processes(app({"release": "migrate", "web": "serve"}, {"web": (1, "Performance-L")}))
    assert found.rows["release"] == {"cpu": 4096, "memory": 14336}
    assert not processes(app({"release": "migrate"})).runs


@pytest.mark.parametrize(
    ("command", "port"),
    [
        ("gunicorn x -b 0.0.0.0:$PORT", 8000),
        ("./serve --port 3093", 3093),
        ("PORT=x gunicorn x -b 0.0.0.0:9000", 9000),
        ("flask run --host 0.0.0.0", 5000),
        ("", 8000),
    ],
)
def test_a_port_that_is_written_out_is_the_one_that_is_asked(command: str, port: int) -> None:
    assert processes(app({"web": command}, {"web": (1, "Basic")})).rows["web"]["port"] == port


def test_an_app_within_a_private_space_is_not_public() -> None:
    assert processes(app({"web": "serve"}, {"web": (1, "Private-S")}, internal=True)).rows["web"]["public"] is False


def test_what_the_buildpack_adds_and_nobody_runs_is_left() -> None:
    commands = {"web": "serve", "console": "rails c", "rake": "rake", "postdeploy": "seed"}
    found = processes(app(commands, {"web": (1, "Basic"), "rake": (1, "Basic")}))
    assert list(found.rows) == ["web", "rake"]
    assert set(found.left) == {"console", "postdeploy"}


@pytest.mark.parametrize("name", ["a" * 31, "backdoor"])
def test_a_name_that_is_none_here_is_for_a_person(name: str) -> None:
    found = processes(app({"web": "serve", name: "run"}, {name: (1, "Basic")}))
    assert list(found.rows) == ["web"]
    assert "give it another name in the Procfile" in found.todos[0]


@pytest.mark.parametrize(
    ("process", "command", "words"),
    [
        ("worker", "run &", "ends in `&`"),
        ("worker", "REMAP_SIGTERM=SIGQUIT celery worker", "sets REMAP_SIGTERM"),
        ("worker", "run --id $DYNO", "uses $DYNO"),
        ("web", "foreman start", "process-manager"),
        ("web", "vendor/bin/heroku-php-nginx public", "needs heroku-php-nginx"),
        ("web", "uvicorn x:app --port $PORT", "listens on 127.0.0.1"),
        ("worker", "run 'unclosed", "a single quote is never closed"),
        ("worker", "run\u00a0it", "unprintable character"),
        ("worker", "", "Heroku does not say what it runs"),
    ],
)
def test_what_does_no_good_here_is_told_by_process(process: str, command: str, words: str) -> None:
    found = processes(app({process: command}, {process: (1, "Basic")}))
    words = "all processes in one container" if words == "process-manager" else words
    assert [todo for todo in found.todos if todo.startswith(process) and words in todo], found.todos
