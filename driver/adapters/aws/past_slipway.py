"""What a person does at AWS past Slipway, and sees there without it: for a run that proves what Slipway promises."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any

from driver.adapters.aws.session import Session, translated
from driver.core.acceptance.trial_settings import APP, ENV
from driver.core.values.existing import ENVIRONMENT
from model.names.names import BOOTSTRAP_REPOSITORY

PATIENCE = 120.0
"""Seconds in which a page has to answer: the name of a new load balancer takes a while to be known."""
REPOSITORIES = (BOOTSTRAP_REPOSITORY, APP)
LINGERING = (
    ":task-definition/",
    ":service/",
    ":task/",
    ":natgateway/",
    ":cluster/",
    ":network-interface/",
)
"""What AWS goes on showing with its tags when it is gone. Services and tasks are gone when their cluster is."""


class PastSlipway:
    """The port Hand, for the services of the one app of a run."""

    def __init__(self, session: Session, env: str) -> None:
        self._session = session
        self._env = env

    def zones(self) -> list[str]:
        """The availability zones that this account may use, by name."""
        with translated("asking for the availability zones"):
            rows = self._client("ec2").describe_availability_zones()["AvailabilityZones"]
        return sorted(
            row["ZoneName"] for row in rows if row.get("ZoneType", "availability-zone") == "availability-zone"
        )

    def has_repository(self, name: str) -> bool:
        """Whether there is an image repository of that name, whoever made it: they have no environment's tag."""
        client = self._client("ecr")
        with translated("looking at the image repositories"):
            try:
                client.describe_repositories(repositoryNames=[name])
            except client.exceptions.RepositoryNotFoundException:
                return False
        return True

    def delete_repository(self, name: str) -> None:
        """Delete an image repository with the images in it; nothing where there is none."""
        client = self._client("ecr")
        with translated(f"deleting the image repository {name}"):
            try:
                client.delete_repository(repositoryName=name, force=True)
            except client.exceptions.RepositoryNotFoundException:
                return

    def environments(self) -> list[str]:
        """The environments of runs that have something here, by the tags of what is here."""
        with translated("looking for what runs have left"):
            pages = self._client("resourcegroupstaggingapi").get_paginator("get_tag_values").paginate(Key=ENVIRONMENT)
            values = {value for page in pages for value in page["TagValues"]}
        found = sorted(value for value in values if ENV.fullmatch(value))
        return [value for value in found if PastSlipway(self._session, value).left()]

    def definitions(self) -> Mapping[str, str]:
        """What each service runs."""
        return {row["serviceName"]: row["taskDefinition"] for row in self._services()}

    def wanted(self) -> Mapping[str, int]:
        """How many tasks each shall have."""
        return {row["serviceName"]: row["desiredCount"] for row in self._services()}

    def definition_texts(self) -> Sequence[str]:
        """All that their task definitions say."""
        with translated("reading task definitions"):
            return [
                json.dumps(
                    self._client("ecs").describe_task_definition(taskDefinition=arn)["taskDefinition"], default=str
                )
                for arn in self.definitions().values()
            ]

    def scale(self, service: str, count: int) -> None:
        """As somebody does it in the console."""
        with translated(f"scaling {service}"):
            self._client("ecs").update_service(cluster=self._env, service=service, desiredCount=count)

    def restart(self, service: str) -> bool:
        """As the AWS CLI forces a new deployment and waits until services are stable."""
        from botocore.exceptions import WaiterError

        ecs = self._client("ecs")
        with translated(f"restarting {service}"):
            ecs.update_service(cluster=self._env, service=service, forceNewDeployment=True)
            try:
                ecs.get_waiter("services_stable").wait(
                    cluster=self._env, services=[service], WaiterConfig={"Delay": 3, "MaxAttempts": 200}
                )
            except WaiterError:
                return False
        return True

    def page(self, url: str) -> str:
        """What a page says, once it answers."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(url, timeout=10) as answer:
                    return str(answer.read().decode())
            except (OSError, urllib.error.HTTPError):
                time.sleep(2)
        return ""

    def left(self) -> Sequence[str]:
        """The ARNs of what has the environment's tag, but for what AWS only goes on showing."""
        with translated(f"looking what of {self._env} is left"):
            pages = (
                self._client("resourcegroupstaggingapi")
                .get_paginator("get_resources")
                .paginate(TagFilters=[{"Key": ENVIRONMENT, "Values": [self._env]}])
            )
            arns = [row["ResourceARN"] for page in pages for row in page["ResourceTagMappingList"]]
            found = {arn for arn in arns if not self._lingers(arn)}
        return sorted(found)

    def remove_left(self) -> None:
        """Deregister the task definitions of the app."""
        ecs = self._client("ecs")
        with translated("deregistering task definitions"):
            for page in ecs.get_paginator("list_task_definitions").paginate():
                for arn in page["taskDefinitionArns"]:
                    if arn.split("/")[-1].startswith(f"{self._env}-{APP}-"):
                        ecs.deregister_task_definition(taskDefinition=arn)

    def _lingers(self, arn: str) -> bool:
        kind = next((word for word in LINGERING if word in arn), "")
        identity = arn.rsplit("/", 1)[-1]
        match kind:
            case ":natgateway/":
                rows = self._client("ec2").describe_nat_gateways(NatGatewayIds=[identity])["NatGateways"]
                return all(row["State"] in {"deleted", "deleting"} for row in rows)
            case ":cluster/":
                rows = self._client("ecs").describe_clusters(clusters=[identity])["clusters"]
                return all(row["status"] != "ACTIVE" for row in rows)
        return bool(kind)

    def _services(self) -> Sequence[Mapping[str, Any]]:
        from driver.adapters.aws.ecs.batches import active_services

        with translated(f"describing the services of {self._env}"):
            return active_services(self._client("ecs"), self._env, [f"{APP}-web", f"{APP}-worker"])

    def _client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        return self._session.client(service)
