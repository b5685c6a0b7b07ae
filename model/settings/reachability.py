"""What tasks can't reach where no NAT gateway leads out: sessions without their endpoint, images from elsewhere."""

from collections.abc import Mapping

from model.settings.app import App, Kind
from model.settings.network import Endpoint, Nat, Network
from model.settings.sidecars import OURS


def check(apps: Mapping[str, App], network: Network, region: str) -> None:
    """Without NAT tasks reach what an endpoint of their own region leads to, and nothing else. Raises ValueError."""
    if network.nat is Nat.NONE:
        _check_sessions(apps, network)
        _check_images(apps, region)


def _check_sessions(apps: Mapping[str, App], network: Network) -> None:
    """https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html"""
    entered = [
        f"{app}/{name}"
        for app, spec in apps.items()
        for name, row in spec.processes.items()
        if row.exec or row.kind is Kind.BACKDOOR
    ]
    if entered and Endpoint.MESSAGES not in network.endpoints:
        raise ValueError(
            f"network/endpoints: {', '.join(entered)} takes sessions, which without NAT need"
            f" {Endpoint.MESSAGES}; add it, or use nat: single"
        )


def _check_images(apps: Mapping[str, App], region: str) -> None:
    """The app's own image is always looked up in the environment's region; a sidecar's is whatever the settings name.

    Endpoints of ECR answer for their own region, and for no registry but ECR.
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-vpc-endpoint-considerations
    """
    for app, spec in apps.items():
        for name, process in spec.processes.items():
            for sidecar, row in process.sidecars.items():
                found = OURS.match(row.image)
                if found is None or found["region"] != region:
                    where = "outside ECR" if found is None else f"in {found['region']}"
                    raise ValueError(
                        f"apps/{app}/processes/{name}/sidecars/{sidecar}/image: {row.image} is {where}, and network/nat"
                        f" is none, so tasks of {region} can't pull it; copy it into an ECR repository of {region}, or"
                        " use nat: single"
                    )
