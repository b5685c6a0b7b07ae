"""What a sandbox is doing: where it listens, what it weighs, what runs in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from sandbox.daemon import lifecycle
from sandbox.errors import SandboxError
from sandbox.host import procfs
from sandbox.state_dir import Folder, Record

VAULT_PROGRAM = "bao"


@dataclass(frozen=True)
class Memory:
    """Resident memory in bytes: `sandbox` is the background process and its helper, `tasks` all tasks together."""

    sandbox: int = 0
    vault: int = 0
    tasks: int = 0


@dataclass(frozen=True)
class Balancer:
    """A load balancer and where it answers on this machine."""

    name: str
    url: str


@dataclass(frozen=True)
class Status:
    """Everything but `up` and `folder` is empty while nothing runs."""

    up: bool
    folder: str
    pid: int = 0
    region: str = ""
    ports: dict[str, int] | None = None
    urls: dict[str, str] | None = None
    net: str = ""
    memory: Memory | None = None
    services: int = 0
    running_tasks: int = 0
    balancers: tuple[Balancer, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)


def status(path: Path) -> Status:
    """Look at the sandbox of this folder; raises SandboxError when it runs and does not answer."""
    folder = Folder(path.resolve())
    record = lifecycle.current(folder)
    if record is None:
        return Status(up=False, folder=str(folder.path))
    services, tasks = _ecs(record)
    return Status(
        up=True,
        folder=str(folder.path),
        pid=record.pid,
        region=record.region,
        ports={"aws": record.port, "mirror": record.mirror_port, "vault": record.vault_port},
        urls={"aws": record.endpoint, "mirror": record.mirror, "vault": record.vault},
        net=f"127.{record.net}.0.0/16",
        memory=memory(record.pid),
        services=services,
        running_tasks=tasks,
        balancers=_balancers(record),
    )


def memory(pid: int) -> Memory:
    """Weigh the background process `pid` and all below it."""
    everybody = procfs.everybody()
    if pid not in everybody:
        return Memory()
    helpers = {one.pid: one for one in everybody.values() if one.parent == pid}
    below = [one for one in procfs.descendants(pid, everybody) if one.pid not in helpers]
    vault = sum(one.rss for one in below if procfs.name(one.pid) == VAULT_PROGRAM)
    own = everybody[pid].rss + sum(one.rss for one in helpers.values())
    return Memory(sandbox=own, vault=vault, tasks=sum(one.rss for one in below) - vault)


def _client(record: Record, service: str) -> Any:  # noqa: ANN401 - boto3's clients are made at run time
    return boto3.client(
        service,
        endpoint_url=record.endpoint,
        region_name=record.region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(connect_timeout=2, read_timeout=10, retries={"max_attempts": 1}),
    )


def _ecs(record: Record) -> tuple[int, int]:
    client = _client(record, "ecs")
    with _answering(record):
        clusters = client.describe_clusters(clusters=client.list_clusters()["clusterArns"])["clusters"]
    return sum(one["activeServicesCount"] for one in clusters), sum(one["runningTasksCount"] for one in clusters)


def _balancers(record: Record) -> tuple[Balancer, ...]:
    with _answering(record):
        found = _client(record, "elbv2").describe_load_balancers()["LoadBalancers"]
    return tuple(Balancer(one["LoadBalancerName"], f"http://{one['DNSName']}") for one in found)


@contextmanager
def _answering(record: Record) -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise SandboxError(f"the sandbox at {record.endpoint} runs and does not answer: {error}") from error
