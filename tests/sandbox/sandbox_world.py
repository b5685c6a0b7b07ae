"""A running sandbox as the tests handle it: clients, images, one-off tasks."""

import gzip
import hashlib
import http.client
import io
import json
import tarfile
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from sandbox.state_dir import Record

CLUSTER, GROUP = "core", "/ecs/core"
PATIENCE = 15.0


@dataclass(frozen=True)
class World:
    """One sandbox."""

    folder: Path
    record: Record

    def client(self, service: str, attempts: int = 1) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.record.endpoint,
            region_name=self.record.region,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": attempts, "mode": "standard"}, read_timeout=40),
        )

    def push(self, files: Mapping[str, str], **config: Any) -> str:
        """An image of one layer in a new repository; its reference by digest."""
        name = f"app-{uuid.uuid4().hex[:8]}"
        uri = self.client("ecr").create_repository(repositoryName=name)["repository"]["repositoryUri"]
        layer = gzip.compress(tar_of(files))
        blob = json.dumps({"architecture": "amd64", "os": "linux", "config": config}).encode()
        manifest = {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": self._blob(name, blob, "application/vnd.oci.image.config.v1+json"),
            "layers": [self._blob(name, layer, "application/vnd.oci.image.layer.v1.tar+gzip")],
        }
        raw = json.dumps(manifest).encode()
        self._put(f"/v2/{name}/manifests/latest", raw, manifest["mediaType"])
        return f"{uri}@sha256:{hashlib.sha256(raw).hexdigest()}"

    def start(self, image: str, command: Sequence[str] = (), **definition: Any) -> str:
        """A one-off task; its ARN. Further container definition fields by keyword."""
        ecs = self.client("ecs")
        ecs.create_cluster(clusterName=CLUSTER)
        options = {"awslogs-group": GROUP, "awslogs-region": self.record.region, "awslogs-stream-prefix": "ecs"}
        container = {
            "name": "app",
            "image": image,
            "command": list(command),
            "logConfiguration": {"logDriver": "awslogs", "options": {**options, "awslogs-create-group": "true"}},
            **definition,
        }
        task = ecs.register_task_definition(
            family=f"one-{uuid.uuid4().hex[:8]}",
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            containerDefinitions=[container],
        )["taskDefinition"]["taskDefinitionArn"]
        network = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
        answer = ecs.run_task(cluster=CLUSTER, taskDefinition=task, launchType="FARGATE", networkConfiguration=network)
        return str(answer["tasks"][0]["taskArn"])

    def task(self, arn: str) -> dict[str, Any]:
        found = self.client("ecs").describe_tasks(cluster=CLUSTER, tasks=[arn])["tasks"]
        return dict(found[0])

    def wait(self, arn: str, status: str) -> dict[str, Any]:
        """The task once it has this status."""
        wait_for(lambda: self.task(arn)["lastStatus"] == status, f"{arn} to be {status}")
        return self.task(arn)

    def address(self, arn: str) -> str:
        details = self.wait(arn, "RUNNING")["attachments"][0]["details"]
        return str(next(one["value"] for one in details if one["name"] == "privateIPv4Address"))

    def printed(self, arn: str) -> list[str]:
        stream = f"ecs/app/{arn.rsplit('/', 1)[-1]}"
        logs = self.client("logs")
        try:
            events = logs.get_log_events(logGroupName=GROUP, logStreamName=stream, startFromHead=True)["events"]
        except logs.exceptions.ResourceNotFoundException:
            return []
        return [one["message"] for one in events]

    def exit_code(self, arn: str) -> int:
        """After its end; the code is final once the process is gone."""
        self.wait(arn, "STOPPED")
        wait_for(lambda: "exitCode" in self.task(arn)["containers"][0], "an exit code")
        return int(self.task(arn)["containers"][0]["exitCode"])

    def _blob(self, name: str, data: bytes, media_type: str) -> dict[str, Any]:
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        self._put(f"/v2/{name}/blobs/uploads/?digest={digest}", data, "application/octet-stream", "POST")
        return {"mediaType": media_type, "digest": digest, "size": len(data)}

    def _put(self, path: str, body: bytes, media_type: str, method: str = "PUT") -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.record.port)
        connection.request(method, path, body, {"Content-Type": media_type})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        assert answer.status == 201, text


def tar_of(files: Mapping[str, str]) -> bytes:
    """A tar of executable text files."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(text.encode()), 0o755
            archive.addfile(member, io.BytesIO(text.encode()))
    return raw.getvalue()


def wait_for(look: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.05)


def get(address: str, port: int, path: str = "/") -> bytes:
    """The body of a page."""
    connection = http.client.HTTPConnection(address, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().read()
    finally:
        connection.close()


def reachable(address: str, port: int) -> bool:
    """Whether somebody answers HTTP there."""
    try:
        get(address, port)
    except OSError:
        return False
    return True
