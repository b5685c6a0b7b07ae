import pytest

from driver.core.watch.known_causes import KNOWN, Evidence, known_cause

CODES = "(service deployment rolled back (Target.ResponseCodeMismatch: Health checks failed with these codes: [{}]))"


def of_log(*lines: str, **more: object) -> str:
    return known_cause(Evidence(said="Essential container in task exited; exit code 1", log=lines, **more))  # type: ignore[arg-type]


def of_ecs(said: str, **more: object) -> str:
    return known_cause(Evidence(said=said, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "cause", "mend"),
    [
        (
            "Invalid HTTP_HOST header: '10.0.1.7:8000'. You may need to add '10.0.1.7' to",
            "refuses the host",
            "ALLOWED_HOSTS",
        ),
        ("django.core.exceptions.DisallowedHost: Invalid HTTP_HOST header", "refuses the host", "ALLOWED_HOSTS"),
        ("[ActionDispatch::HostAuthorization] Blocked hosts: 10.0.1.7:8000", "refuses the host", "config.hosts"),
        ("exec /app/entrypoint-web.sh: exec format error", "another kind of processor", "--platform linux/amd64"),
        ("ModuleNotFoundError: No module named 'parcel_tracking'", "no Python module parcel_tracking", "requirements"),
        ("Error: Cannot find module 'express'", "no Node module express", "package.json"),
        ("cannot load such file -- puma (LoadError)", "no Ruby file puma", "Gemfile"),
        ("/app/entrypoint-web.sh: line 5: gunicorn: command not found", "no program gunicorn", "PATH"),
        ("sh: 1: gunicorn: not found", "no program gunicorn", "PATH"),
        (
            "django.core.exceptions.ImproperlyConfigured: The SECRET_KEY setting must not be empty.",
            "SECRET_KEY is missing",
            "config set dev shop SECRET_KEY",
        ),
        ("KeyError: 'DATABASE_URL'", "DATABASE_URL is missing", "config set dev shop DATABASE_URL"),
        (
            "ArgumentError: Missing `secret_key_base` for 'production' environment",
            "SECRET_KEY_BASE is missing",
            "config set dev shop SECRET_KEY_BASE",
        ),
        (
            "ImproperlyConfigured: Set the REDIS_URL environment variable",
            "REDIS_URL is missing",
            "config set dev shop REDIS_URL",
        ),
        ('key not found: "RAILS_KEY" (KeyError)', "RAILS_KEY is missing", "config set dev shop RAILS_KEY"),
        ("psycopg.errors.LockNotAvailable: canceling statement due to lock timeout", "holds a lock", "long query"),
        ("(1205, 'Lock wait timeout exceeded; try restarting transaction')", "holds a lock", "migration"),
        ("OSError: [Errno 30] Read-only file system: '/app/cache'", "root is read-only", "writable"),
        (
            'FATAL: no pg_hba.conf entry for host "10.0.1.7", user "u", database "d", no encryption',
            "encrypted",
            "sslmode=require",
        ),
        (
            'connection to server at "10.0.1.9", port 5432 failed: Connection timed out',
            "does not answer",
            "security group",
        ),
        ('psycopg2.errors.UndefinedTable: relation "jobs_job" does not exist', "not all tables", "release line"),
        ("OSError: [Errno 98] Address already in use", "want one port", "$PORT"),
        ("nginx: [emerg] bind() to 0.0.0.0:80 failed (13: Permission denied)", "below 1024", "$PORT"),
    ],
)
def test_a_line_of_the_log_has_a_cause_with_its_mend(line: str, cause: str, mend: str) -> None:
    found = of_log("starting", line, "bye", place="dev shop")
    assert cause in found
    assert mend in found
    assert "\n" not in found


@pytest.mark.parametrize(
    ("said", "cause", "mend"),
    [
        (CODES.format(400), "refuses the host", "ALLOWED_HOSTS"),
        (CODES.format(301), "on to https", "SECURE_REDIRECT_EXEMPT"),
        (CODES.format(302), "on to https", "X-Forwarded-Proto"),
        (CODES.format(401), "wants a login", "health/path"),
        (CODES.format(404), "no such path", "health/path"),
        (CODES.format(503), "fails at its health", "log"),
        ("OutOfMemoryError: Container killed due to memory usage; exit code 137", "more memory", "raise memory"),
        (
            "CannotPullContainerError: pull access denied for x, repository does not exist",
            "may not pull",
            "registry/readers",
        ),
        (
            "CannotPullContainerError: pull image manifest has been retried: not found",
            "not in the registry",
            "push it again",
        ),
        (
            "CannotPullContainerError: toomanyrequests: You have reached your pull rate limit",
            "no more requests",
            "image push",
        ),
        ("ResourceInitializationError: unable to pull secrets or registry auth: i/o timeout", "no way to AWS", "NAT"),
        (
            "ResourceInitializationError: retrieved secret from Secrets Manager did not contain json key STRIPE_KEY",
            "STRIPE_KEY is missing",
            "config set dev shop STRIPE_KEY",
        ),
        (
            "ResourceInitializationError: unable to pull secrets: AccessDeniedException",
            "execution role",
            "slipway up dev",
        ),
        ("ResourceInitializationError: secret was marked deleted", "is gone", "slipway drift dev"),
        (
            'CannotStartContainerError: exec: "gunicorn": executable file not found in $PATH',
            "no program gunicorn",
            "PATH",
        ),
    ],
)
def test_what_ecs_or_the_load_balancer_says_has_one_too(said: str, cause: str, mend: str) -> None:
    found = of_ecs(said, place="dev shop")
    assert cause in found
    assert mend in found


def test_a_log_that_names_the_cause_counts_more_than_the_status_of_the_health_check() -> None:
    found = known_cause(Evidence(said=CODES.format(500), log=["ModuleNotFoundError: No module named 'x'"]))
    assert "no Python module x" in found


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("[INFO] Listening at: http://127.0.0.1:8000 (7)", "listens on 127.0.0.1 alone"),
        (" * Running on http://localhost:5000", "listens on localhost alone"),
        ("[INFO] Listening at: http://0.0.0.0:5000 (7)", "listens on port 5000, and its port in the catalogue is 8000"),
        ("Server listening on [::]:3000", "listens on port 3000"),
        ("[INFO] Listening at: http://0.0.0.0:8000 (7)", ""),
        ("Running on http://127.0.0.1:8000\nRunning on http://0.0.0.0:8000", ""),
    ],
)
def test_where_it_listens_is_held_against_where_it_is_looked_for(line: str, cause: str) -> None:
    found = of_ecs("Target.Timeout: Request timed out", log=[line], port=8000)
    assert (cause in found) if cause else found == ""


def test_a_worker_may_listen_where_it_likes() -> None:
    assert of_log("Listening at: http://127.0.0.1:9000") == ""


def test_what_is_not_known_for_certain_is_not_guessed() -> None:
    assert of_log("ValueError: too many values to unpack", "KeyError: 'id'") == ""
    assert "more memory" in of_ecs("Essential container in task exited", exit_code=137)


def test_every_line_is_complete() -> None:
    for known in KNOWN:
        assert "{" not in known.line.format(name="X", other="", place="dev shop", env="dev")
