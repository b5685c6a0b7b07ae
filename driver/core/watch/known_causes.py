"""What tasks fail of most often: the signs of each, and one line with the cause and what mends it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from model.settings.environment import Settings


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What is known of a task that failed: what ECS and the load balancer say, its log, its exit code, its own port.

    `place` is environment and app, as a command takes them.
    """

    said: str
    place: str = "ENV APP"
    log: Sequence[str] = ()
    exit_code: int | None = None
    port: int | None = None


@dataclass(frozen=True)
class Known:
    """A cause: a pattern of what ECS or the load balancer says, or of a line of the log, with what it means.

    Groups of the pattern stand in the line by their names.
    """

    pattern: str
    line: str
    log: bool = True


HOSTS = (
    "the app refuses the host name that health checks come with, the task's own address; answer the health path before"
    " hosts are checked, as a middleware does, or let in private addresses{where}"
)
SECURE = (
    "the health check is sent on to https; leave its path out of the redirect (Django: SECURE_REDIRECT_EXEMPT), or"
    " believe X-Forwarded-Proto"
)
VARIABLE = "the variable {name} is missing; set it with `slipway config set {place} {name}`, and release it"
MEMORY = "it used more memory than its task has; raise memory of the process in the catalogue, or let it use less"
IMAGE = "the image is not in the registry any more; push it again, or deploy another one"
PORT = "it listens on port {found}, and its port in the catalogue is {port}; listen on $PORT"
LOOPBACK = "it listens on {name} alone, where no load balancer reaches it; bind 0.0.0.0:$PORT"

# What ECS says: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
# What a load balancer says: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
KNOWN = (
    Known(r"did not contain json key (?P<name>\w+)", VARIABLE, log=False),
    Known(
        r"CannotPullContainer.*(?:pull access denied|no basic auth|403|AccessDenied|not authorized)",
        "ECS may not pull the image; if it is of another account, its owner has to name this one in registry/readers",
        log=False,
    ),
    Known(r"CannotPullContainer.*(?:not found|manifest unknown|does not exist)", IMAGE, log=False),
    Known(
        r"CannotPullContainer.*(?:toomanyrequests|429|rate limit)",
        "the public registry takes no more requests; use an image in ECR, as `slipway image push {place}` makes one",
        log=False,
    ),
    Known(
        r"(?:CannotPullContainer|ResourceInitializationError).*(?:i/o timeout|deadline exceeded|connection timed out"
        r"|unable to connect|Client\.Timeout)",
        "the task's subnet has no way to AWS; it needs a NAT gateway, or endpoints for ECR, S3, logs and secrets",
        log=False,
    ),
    Known(
        r"ResourceInitializationError.*secret.*(?:AccessDenied|not authorized)",
        "its execution role may not read the secret; `slipway up {env}` puts the role back as it should be",
        log=False,
    ),
    Known(
        r"ResourceInitializationError.*secret.*(?:ResourceNotFound|can't find|marked for deletion|marked deleted)",
        "the secret with its variables is gone or about to be deleted; `slipway drift {env}` says which",
        log=False,
    ),
    Known(r"OutOfMemory", MEMORY, log=False),
    Known(
        r"exec format error",
        "the image is built for another kind of processor; build it with --platform"
        " linux/amd64, or say architecture: arm64 in the catalogue",
    ),
    Known(
        r"(?:exec|starting container process)[^\n]*[\"'/ ](?P<name>[\w.-]+)[\"']?:"
        r" (?:executable file not found|no such file)",
        "the image has no program {name}; is it installed, and on PATH?",
    ),
    Known(
        r"(?:sh|bash|entrypoint-[\w-]+\.sh): (?:line )?\d*:? ?(?P<name>[\w./-]+): (?:command )?not found",
        "the image has no program {name}; is it installed, and on PATH?",
    ),
    Known(
        r"ModuleNotFoundError: No module named '(?P<name>[^']+)'",
        "the image has no Python module {name}; name its package in the requirements, and build the image again",
    ),
    Known(
        r"Cannot find module '(?P<name>[^']+)'",
        "the image has no Node module {name}; name it in package.json, and build the image again",
    ),
    Known(
        r"cannot load such file -- (?P<name>\S+)",
        "the image has no Ruby file {name}; name its gem in the Gemfile, and build the image again",
    ),
    Known(
        r"(?:ClassNotFoundException|NoClassDefFoundError): (?P<name>\S+)",
        "the image has no Java class {name}; is its library in the build?",
    ),
    Known(r"(?:Invalid HTTP_HOST header|DisallowedHost)", HOSTS.format(where=" in ALLOWED_HOSTS (Django)")),
    Known(r"Blocked hosts?:", HOSTS.format(where=" in config.hosts (Rails)")),
    Known(r"The (?P<name>SECRET_KEY) setting must not be empty", VARIABLE),
    Known(r"Missing `?secret_key_base`?", VARIABLE.replace("{name}", "SECRET_KEY_BASE")),
    Known(r"KeyError: '(?P<name>[A-Z][A-Z0-9_]{2,})'", VARIABLE),
    Known(
        r"(?:Set the|[Mm]issing(?: required)?|[Uu]ndefined) (?P<name>[A-Z][A-Z0-9_]{2,}) environment variable", VARIABLE
    ),
    Known(
        r"(?:[Ee]nvironment variable|key not found:) [\"'`]?(?P<name>[A-Z][A-Z0-9_]{2,})[\"'`]?(?: (?:is )?"
        r"(?:not set|missing|required|must be set)| \(KeyError\))",
        VARIABLE,
    ),
    Known(
        r"(?:lock timeout|Lock wait timeout exceeded|could not obtain lock|deadlock detected|database is locked)",
        "the database holds a lock against it; end what has it, a long query or another migration, and try again",
    ),
    Known(
        r"(?:Read-only file system|EROFS)",
        "its root is read-only; write to /tmp, or name the folder under writable of the process in the catalogue",
    ),
    Known(
        r"no pg_hba\.conf entry.*(?:SSL off|no encryption)",
        "the database takes encrypted connections only; add ?sslmode=require to its URL",
    ),
    Known(
        r"password authentication failed for user",
        "the database does not take the password; see the URL in the variables: slipway config list {place}",
    ),
    Known(
        r"(?:could not translate host name|Name or service not known|getaddrinfo ENOTFOUND)",
        "a host name that it needs is not known in the VPC; see the URLs in the variables: slipway config list {place}",
    ),
    Known(
        r"(?:could not connect to server|connection to server at|ECONNREFUSED|OperationalError)"
        r".*(?:timed? ?out|refused)",
        "the database or cache does not answer; does its security group let in the app's, and is the URL right?",
    ),
    Known(
        r"relation \"(?P<name>[^\"]+)\" does not exist|no such table: (?P<other>\S+)",
        "the database has not all tables; does the Procfile have a release line that migrates?",
    ),
    Known(
        r"(?:Address already in use|EADDRINUSE)",
        "two of its programs want one port; each task has one $PORT, which only one may listen on",
    ),
    Known(
        r"bind[^\n]*[Pp]ermission denied|Permission denied[^\n]*:(?:80|443)\b",
        "only root may listen on a port below 1024; use a higher port in the catalogue, and $PORT",
    ),
    Known(r"No space left on device", "the task's disk is full; write less, or clean up: it has 20 GiB of its own"),
    Known(r"codes: \[30[12378]\]", SECURE, log=False),
    Known(r"codes: \[400\]", HOSTS.format(where=" (Django: ALLOWED_HOSTS)"), log=False),
    Known(
        r"codes: \[40[13]\]",
        "the health check's path wants a login; let it in without, or name another one as health/path",
        log=False,
    ),
    Known(
        r"codes: \[404\]",
        "the app has no such path for health checks; name the right one as health/path of the process in the catalogue",
        log=False,
    ),
    Known(r"codes: \[5\d\d\]", "the app fails at its health check's path; its log has why", log=False),
)
LISTENS = re.compile(
    r"(?:[Ll]istening|[Rr]unning|[Ss]tarted|[Ss]erving|[Dd]evelopment server)[^\n]*?"
    r"(?P<host>127\.0\.0\.1|localhost|\[::1\]|0\.0\.0\.0|\[::\]|\*)(?::|, port )(?P<port>\d{2,5})"
)
HERE = {"127.0.0.1", "localhost", "[::1]"}
KILLED = 137
"""128 + SIGKILL: what a process ends with that the kernel had no memory for, if nobody else killed it."""


def known_cause(evidence: Evidence) -> str:
    """One line: the cause, and what mends it. Empty where no cause is known for certain."""
    log = "\n".join(evidence.log)
    for known in KNOWN:
        found = re.search(known.pattern, evidence.said, re.DOTALL)
        if found is None and known.log:
            found = re.search(known.pattern, log)
        if found is not None:
            named = {key: value or "" for key, value in found.groupdict().items()}
            return known.line.format(place=evidence.place, env=evidence.place.split(" ", 1)[0], **named)
    return _listening(evidence, log) or (MEMORY if evidence.exit_code == KILLED else "")


def whose(settings: Settings, service: str) -> tuple[str, int | None]:
    """The app and the port of the process whose service that is; "APP" and None for one of nobody's."""
    for name, app in settings.apps.items():
        names = settings.names(name)
        for process, row in app.services.items():
            if names.process(process).service == service:
                return name, row.port
    return "APP", None


def _listening(evidence: Evidence, log: str) -> str:
    """Where it says that it listens, if that is where nobody looks for it."""
    if evidence.port is None:
        return ""
    places = [(found["host"], int(found["port"])) for found in LISTENS.finditer(log)]
    if any(host not in HERE and port == evidence.port for host, port in places):
        return ""
    for host, port in places:
        if host in HERE:
            return LOOPBACK.format(name=host)
        return PORT.format(found=port, port=evidence.port)
    return ""
