"""Promises of the example's web process, asked over HTTP."""

import http.client
import re
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from model.procfile.procfile import parse_procfile
from tests.examples.running_app import TOKEN, App, ask, ask_on, events, serving, stop


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> App:
    app = App.of("v1", tmp_path_factory.mktemp("web"))
    assert app.manage("migrate", "--noinput").returncode == 0
    return app


@pytest.fixture(scope="module")
def port(app: App) -> Iterator[int]:
    with serving(app) as (_, port):
        yield port


def submit(port: int, form: str) -> int:
    page = ask(port, "/")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.body)
    assert token is not None
    body = f"csrfmiddlewaretoken={token[1]}&{form}"
    return ask(port, "/jobs/", body, Cookie=page.headers["Set-Cookie"].partition(";")[0]).status


def shown(page: str, state: str) -> int:
    found = re.search(rf'<dd id="{state}">(\d+)</dd>', page)
    assert found is not None
    return int(found[1])


def test_health_is_answered_before_the_host_is_looked_at(port: int) -> None:
    probe = ask(port, "/health/", Host="10.0.3.7:8000")
    assert (probe.status, probe.body) == (200, "ok\n")


def test_any_other_page_wants_an_allowed_host(port: int) -> None:
    assert ask(port, "/", Host="10.0.3.7:8000").status == 400
    assert ask(port, "/").status == 200


def test_the_page_shows_the_version_and_the_greeting(port: int) -> None:
    page = ask(port, "/").body
    assert '<span class="version">v1</span>' in page
    assert "<h1>Hello</h1>" in page


def test_the_form_queues_a_job(port: int, app: App) -> None:
    before = shown(ask(port, "/").body, "queued")
    assert submit(port, "name=Wrap+it&seconds=0.5") == 302
    assert shown(ask(port, "/").body, "queued") == before + 1
    assert app.rows("SELECT name, seconds, state FROM jobs_job ORDER BY id DESC LIMIT 1") == [
        ("Wrap it", 0.5, "queued")
    ]


@pytest.mark.parametrize("form", ["name=&seconds=1", "name=x&seconds=-1", "name=x&seconds=61", "name=x"])
def test_a_form_that_makes_no_sense_queues_nothing(port: int, app: App, form: str) -> None:
    before = app.rows("SELECT count(*) FROM jobs_job")
    assert submit(port, form) == 400
    assert app.rows("SELECT count(*) FROM jobs_job") == before


def test_a_form_from_elsewhere_is_refused(port: int) -> None:
    assert ask(port, "/jobs/", "name=x&seconds=1").status == 403


@pytest.mark.parametrize(
    ("path", "headers"), [(f"/hirefire/{TOKEN}/info", {}), ("/hirefire", {"HireFire_Token": TOKEN})]
)
def test_hirefire_learns_of_queued_and_started_jobs(port: int, app: App, path: str, headers: dict[str, str]) -> None:
    app.rows("DELETE FROM jobs_job")
    app.manage("add_jobs", "4")
    app.rows("UPDATE jobs_job SET state = 'started' WHERE id = (SELECT min(id) FROM jobs_job)")
    app.rows("UPDATE jobs_job SET state = 'done' WHERE id = (SELECT max(id) FROM jobs_job)")
    answer = ask(port, path, **headers)
    assert (answer.status, answer.body) == (200, '[{"name": "worker", "quantity": 3}]')
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/hirefire/wrong/info", {}), ("/hirefire", {}), ("/hirefire", {"HireFire_Token": "wrong"})],
)
def test_without_the_token_there_is_nothing_to_see(port: int, path: str, headers: dict[str, str]) -> None:
    assert ask(port, path, **headers).status == 404


def test_a_connection_is_kept_for_the_next_request(port: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        ask_on(connection, "/health/")
        used = connection.sock
        # Longer than gunicorn keeps one when it isn't told, shorter than a balancer does.
        time.sleep(3)
        assert ask_on(connection, "/health/").status == 200
        assert connection.sock is used


def test_connections_are_kept_longer_than_a_load_balancer_keeps_them(app: App) -> None:
    words = parse_procfile((app.folder / "Procfile").read_text())["web"].split()
    assert int(words[words.index("--keep-alive") + 1]) > 60
    assert words[words.index("--worker-class") + 1] == "gthread"


def test_each_request_is_one_line_whoever_answered_it(tmp_path: Path) -> None:
    app = App.of("v1", tmp_path)
    app.manage("migrate", "--noinput")
    with serving(app) as (web, port):
        ask(port, "/health/", X_Amzn_Trace_Id="Root=1-67891233-abcdef012345678912345678")
        ask(port, "/?q=secret", X_Request_ID="mine")
        ask(port, "/", Host="elsewhere.test", X_Request_ID='bad"id')
        ask(port, f"/hirefire/{TOKEN}/info")
        lines = stop(web)
    requests = events(lines, "request")
    assert all(list(line) == ["event", "method", "path", "status", "ms", "bytes", "request_id"] for line in requests)
    assert [(line["method"], line["path"], line["status"]) for line in requests] == [
        ("GET", "/health/", 200),
        ("GET", "/", 200),
        ("GET", "/", 400),
        ("GET", "/hirefire/***/info", 200),
    ]
    assert [line["request_id"] for line in requests[:2]] == ["Root=1-67891233-abcdef012345678912345678", "mine"]
    assert re.fullmatch(r"[0-9a-f]{32}", str(requests[2]["request_id"]))
    assert len(lines) == len(requests)


def test_a_request_that_fails_tells_nobody_the_token(tmp_path: Path) -> None:
    app = App.of("v1", tmp_path)
    with serving(app) as (web, port):
        # Nothing was migrated, so there is no table to count in.
        assert ask(port, f"/hirefire/{TOKEN}/info").status == 500
        said = "\n".join(stop(web))
    assert "no such table" in said
    assert TOKEN not in said


def test_sigterm_lets_a_request_in_progress_finish(tmp_path: Path) -> None:
    app = App.of("v1", tmp_path)
    urls = app.folder / "project" / "urls.py"
    slow = "import time\nfrom django.http import HttpResponse\n"
    slow += "def slow(request):\n    time.sleep(1.5)\n    return HttpResponse('late')\n"
    urls.write_text(slow + urls.read_text() + 'urlpatterns += [path("slow", slow)]\n')
    answers: list[str] = []
    with serving(app) as (web, port):
        asking = threading.Thread(target=lambda: answers.append(ask(port, "/slow").body))
        asking.start()
        time.sleep(0.7)
        stop(web)
        asking.join()
    assert answers == ["late"]
    assert web.returncode == 0
