"""A proxy before the sandbox's AWS that writes down which permission each request needs, and on what."""

import http.client
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

ACCOUNT, REGION = "000000000000", "eu-west-1"
HOP = {"connection", "content-length", "transfer-encoding", "keep-alive"}


@dataclass(frozen=True)
class Ask:
    """One permission that a request needs; `context` are the condition keys that AWS knows of it."""

    action: str
    resource: str = "*"
    context: tuple[tuple[str, str], ...] = ()


@dataclass
class Listener:
    """What was asked through it."""

    url: str
    asks: set[Ask] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)


@contextmanager
def listening(endpoint: str) -> Iterator[Listener]:
    """A proxy to the endpoint, on a port of its own."""
    target = urlsplit(endpoint).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            try:
                found.asks.update(asks(self.command, self.path, dict(self.headers), body))
            except KeyError as error:
                found.unknown.add(f"{self.command} {self.path} {self.headers.get('X-Amz-Target', '')} {error}")
            connection = http.client.HTTPConnection(target, timeout=120)
            connection.request(self.command, self.path, body, dict(self.headers))
            answer = connection.getresponse()
            content = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in HOP:
                    self.send_header(name, value)
            length = answer.getheader("Content-Length") if self.command == "HEAD" else None
            self.send_header("Content-Length", length or str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            connection.close()

        def __getattr__(self, name: str) -> Any:
            """The handler of any method."""
            if name.startswith("do_"):
                return self._pass
            raise AttributeError(name)

        def log_message(self, *_arguments: object) -> None:
            """Nothing: the asks are the log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Listener(f"http://127.0.0.1:{server.server_address[1]}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()


def asks(method: str, path: str, headers: dict[str, str], body: bytes) -> list[Ask]:
    """The permissions that a request needs. Raises KeyError for a request of a kind that is not known here.

    https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    """
    low = {name.lower(): value for name, value in headers.items()}
    place = urlsplit(path)
    if place.path.startswith("/v2/"):
        return [_registry(method, place.path)]
    service = _service(low)
    if service == "s3":
        return [_s3(method, place.path, parse_qs(place.query, keep_blank_values=True))]
    if service == "scheduler":
        return _schedules(method, place.path, parse_qs(place.query), json.loads(body or b"{}"))
    if "x-amz-target" in low:
        operation = low["x-amz-target"].rsplit(".", 1)[-1]
        return JSON[service](operation, json.loads(body or b"{}"))
    given = {key: values[0] for key, values in parse_qs(body.decode()).items()}
    if "Action" in given:
        return QUERY[service](given["Action"], given)
    raise KeyError(service)


def _service(headers: dict[str, str]) -> str:
    found = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request", headers.get("authorization", ""))
    return found[1] if found else ""


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


def _registry(method: str, path: str) -> Ask:
    name, kind = re.fullmatch(r"/v2/(.+?)/(manifests|blobs)/.*", path).groups()  # type: ignore[union-attr]
    actions = {
        ("manifests", True): "ecr:BatchGetImage", ("blobs", True): "ecr:GetDownloadUrlForLayer",
        ("manifests", False): "ecr:PutImage", ("blobs", False): "ecr:UploadLayerPart",
    }  # fmt: skip
    return Ask(actions[kind, method in {"GET", "HEAD"}], _arn("ecr", f"repository/{name}"))


def _s3(method: str, path: str, query: dict[str, list[str]]) -> Ask:
    bucket, _, key = unquote(path).lstrip("/").partition("/")
    if not key:
        action = "s3:GetBucketLocation" if "location" in query else "s3:ListBucket"
        return Ask(action, f"arn:aws:s3:::{bucket}")
    verbs = {"GET": "GetObject", "HEAD": "GetObject", "PUT": "PutObject", "POST": "PutObject", "DELETE": "DeleteObject"}
    return Ask(f"s3:{verbs[method]}", f"arn:aws:s3:::{bucket}/{key}")


def _schedules(method: str, path: str, query: dict[str, list[str]], body: dict[str, Any]) -> list[Ask]:
    """A schedule is named in the path, its group beside it."""
    name = unquote(path).removeprefix("/schedules/")
    group = body.get("GroupName") or query.get("groupName", ["default"])[0]
    verbs = {"GET": "GetSchedule", "PUT": "UpdateSchedule", "POST": "CreateSchedule", "DELETE": "DeleteSchedule"}
    passed = (("iam:PassedToService", "scheduler.amazonaws.com"),)
    roles = [Ask("iam:PassRole", body["Target"]["RoleArn"], passed)] if "Target" in body else []
    return [Ask(f"scheduler:{verbs[method]}", _arn("scheduler", f"schedule/{group}/{name}")), *roles]


def _ecs(operation: str, body: dict[str, Any]) -> list[Ask]:
    cluster = str(body.get("cluster", "dev")).rsplit("/", 1)[-1]
    context = (("ecs:cluster", _arn("ecs", f"cluster/{cluster}")),)

    def of(kind: str, names: list[str]) -> list[Ask]:
        whole = [name if ":" in name else _arn("ecs", f"{kind}/{cluster}/{name}") for name in names]
        return [Ask(f"ecs:{operation}", name, context) for name in whole]

    def family(name: str) -> str:
        return name if name.startswith("arn:") else _arn("ecs", f"task-definition/{name}:1")

    if operation in {"DescribeTaskDefinition", "ListTaskDefinitions", "DeregisterTaskDefinition"}:
        return [Ask(f"ecs:{operation}")]
    if operation == "RegisterTaskDefinition":
        place = family(body["family"])
        passed = (("iam:PassedToService", "ecs-tasks.amazonaws.com"),)
        roles = [Ask("iam:PassRole", body[key], passed) for key in ("executionRoleArn", "taskRoleArn") if key in body]
        return [Ask("ecs:RegisterTaskDefinition", place), Ask("ecs:TagResource", place), *roles]
    if operation == "RunTask":
        tagged = [Ask("ecs:TagResource", _arn("ecs", f"task/{cluster}/any"), (("ecs:CreateAction", "RunTask"),))]
        tags = body.get("enableECSManagedTags") or body.get("propagateTags") or body.get("tags")
        return [Ask("ecs:RunTask", family(body["taskDefinition"]), context), *(tagged if tags else [])]
    fields = {
        "DescribeServices": lambda: of("service", body["services"]),
        "UpdateService": lambda: of("service", [body["service"]]),
        "ListServiceDeployments": lambda: of("service", [body["service"]]),
        "DescribeServiceDeployments": lambda: of("service-deployment", body["serviceDeploymentArns"]),
        "StopServiceDeployment": lambda: of("service-deployment", [body["serviceDeploymentArn"]]),
        "DescribeServiceRevisions": lambda: of("service-revision", body["serviceRevisionArns"]),
        "DescribeTasks": lambda: of("task", body["tasks"]),
        "StopTask": lambda: of("task", [body["task"]]),
        "GetTaskProtection": lambda: of("task", body.get("tasks", ["any"])),
        # AWS's reference has the one, and refusals that people report the other.
        "ListTasks": lambda: [*of("container-instance", ["any"]), Ask("ecs:ListTasks", "*", context)],
    }
    return fields[operation]()


def _secrets(operation: str, body: dict[str, Any]) -> list[Ask]:
    name = body["SecretId"]
    return [Ask(f"secretsmanager:{operation}", name if name.startswith("arn:") else f"secret {name}")]


def _tables(operation: str, body: dict[str, Any]) -> list[Ask]:
    if operation == "TransactWriteItems":
        verbs = {
            "Put": "PutItem",
            "Update": "UpdateItem",
            "Delete": "DeleteItem",
            "ConditionCheck": "ConditionCheckItem",
        }
        parts = [(verbs[kind], one["TableName"]) for item in body["TransactItems"] for kind, one in item.items()]
        return [Ask(f"dynamodb:{verb}", _arn("dynamodb", f"table/{table}")) for verb, table in parts]
    return [Ask(f"dynamodb:{operation}", _arn("dynamodb", f"table/{body['TableName']}"))]


def _logs(operation: str, body: dict[str, Any]) -> list[Ask]:
    if operation == "DescribeLogGroups":
        return [Ask("logs:DescribeLogGroups")]
    group = _arn("logs", f"log-group:{body['logGroupName']}")
    return [Ask(f"logs:{operation}", f"{group}:log-stream:{body.get('logStreamName', '')}")]


def _images(operation: str, body: dict[str, Any]) -> list[Ask]:
    if operation == "GetAuthorizationToken":
        return [Ask("ecr:GetAuthorizationToken")]
    names = body.get("repositoryNames") or [body["repositoryName"] if "repositoryName" in body else _named(body)]
    return [Ask(f"ecr:{operation}", _arn("ecr", f"repository/{name}")) for name in names]


def _named(body: dict[str, Any]) -> str:
    return str(body["resourceArn"]).rsplit(":repository/", 1)[-1]


def _scaling(operation: str, _body: dict[str, Any]) -> list[Ask]:
    return [Ask(f"application-autoscaling:{operation}")]


def _alarms(operation: str, _body: dict[str, Any]) -> list[Ask]:
    """Composite alarms are told only to whoever may ask for all."""
    return [Ask(f"cloudwatch:{operation}")]


def _caller(operation: str, _body: dict[str, Any]) -> list[Ask]:
    """Everybody may ask who they are."""
    return [] if operation == "GetCallerIdentity" else [Ask(f"sts:{operation}")]


def _roles(operation: str, body: dict[str, Any]) -> list[Ask]:
    return [Ask(f"iam:{operation}", f"arn:aws:iam::{ACCOUNT}:role/{body['RoleName']}" if "RoleName" in body else "*")]


def _plain(service: str) -> Any:
    return lambda operation, _body: [Ask(f"{service}:{operation}")]


JSON = {
    "ecs": _ecs,
    "secretsmanager": _secrets,
    "dynamodb": _tables,
    "logs": _logs,
    "ecr": _images,
    "monitoring": _alarms,
    "application-autoscaling": _scaling,
    "kms": _plain("kms"),
    "sts": _caller,
}
QUERY = {
    "ec2": _plain("ec2"),
    "elasticloadbalancing": _plain("elasticloadbalancing"),
    "monitoring": _alarms,
    "sts": _caller,
    "iam": _roles,
}
