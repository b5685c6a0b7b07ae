"""The platform that apps stand on, as one value."""

from __future__ import annotations

from dataclasses import dataclass

from components.alarms.alarms import Alarms
from components.cluster.cluster import Cluster
from components.ingress.shared import Ingress
from components.log_archive.log_archive import LogArchive
from components.network.vpc import Network
from components.store.image_repositories import Registry
from model.settings.environment import Settings


@dataclass(frozen=True, kw_only=True)
class Platform:
    """What an environment has once: its settings, the account's number, and the parts that all its apps share."""

    settings: Settings
    account: str
    network: Network
    ingress: Ingress
    cluster: Cluster
    registry: Registry
    alarms: Alarms
    archive: LogArchive | None
