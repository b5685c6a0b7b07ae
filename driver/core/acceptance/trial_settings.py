"""The settings of the environment that a run makes for itself: as small as it can be, and named so that it is found."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

APP = "acceptance"
IMAGE = "docker.io/hashicorp/http-echo:1.0"
"""A static program of a few MB that answers with a text, which it takes from ECHO_TEXT, or ends as it is told to."""
TAG = "http-echo-1.0"
TEXT = "ECHO_TEXT"
SECRET = "ACCEPTANCE_SECRET"
PORT = 8000
ENV = re.compile(r"acc[0-9a-f]{6}")
CIDR = "10.97.0.0/16"
KEPT = ("slipway:vault",)
"""What of the settings of the environment that the run is modelled on holds for its own as well."""
STACK_KEPT = ("secretsprovider",)

Json = dict[str, Any]
ENDS_WELL, ENDS_BADLY = ["-version"], ["-no-such-flag"]
LISTENS, LISTENS_ILL = [f"-listen=:{PORT}"], [f"-listen=:{PORT}", "-status-code=503"]


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """How the app's processes behave after the next release: the arguments of its program, by process."""

    arguments: Mapping[str, Sequence[str]] = field(
        default_factory=lambda: {"web": LISTENS, "worker": ["-listen=:5679"], "release": ENDS_WELL}
    )

    def but(self, process: str, arguments: Sequence[str]) -> "Behaviour":
        """The same but for one process."""
        return replace(self, arguments={**self.arguments, process: arguments})


def catalogue(project: Mapping[str, Any], behaviour: Behaviour) -> Json:
    """`Pulumi.yaml`: the project's own with this one app in its catalogue, and nothing else of its settings."""
    size = {"cpu": 256, "memory": 512, "stop_timeout": 10}
    processes: Json = {name: {**size, "command": list(words)} for name, words in behaviour.arguments.items()}
    processes["web"] |= {"port": PORT, "health": {"path": "/"}, "scaling": {"min": 1, "max": 3, "cpu": 60}}
    processes["worker"] |= {"count": 1}
    apps = {APP: {"requires": [TEXT, SECRET], "processes": processes}}
    return {**{key: value for key, value in project.items() if key != "config"}, "config": {"apps": {"value": apps}}}


def stack(model: Mapping[str, Any], env: str, region: str, zones: Sequence[str], proof: int) -> Json:
    """`Pulumi.<env>.yaml`: one NAT gateway, one load balancer, repositories of its own, nothing that outlives it.

    `model` is the stack file of the environment whose Vault and secrets provider are used.
    """
    config = model.get("config") or {}
    kept = {key: config[key] for key in KEPT if key in config}
    return {
        **{key: model[key] for key in STACK_KEPT if key in model},
        "config": {
            "aws:region": region,
            "slipway:network": {"cidr": CIDR, "zones": list(zones[:2]), "nat": "single"},
            "slipway:ingress": "shared",
            "slipway:log_days": 1,
            "slipway:secret_recovery_days": 0,
            "slipway:registry": {"owner": env},
            "slipway:deploy": {"timeout": 900, "release_timeout": 600, "proof": proof, "lease": 15},
            **kept,
        },
    }
