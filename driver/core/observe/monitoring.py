"""The `monitoring` output of an environment, for whoever watches it: as it is, or as Prometheus's service discovery."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from pydantic import ValidationError

from driver.errors import NotReady
from model.monitoring.output import App, Monitoring, Service

Group = dict[str, object]


def read(env: str, outputs: Mapping[str, object]) -> Monitoring:
    """From the stack outputs. Raises NotReady where there is nothing, or what this version can't read."""
    if not outputs:
        raise NotReady(f"{env} is not up", hint=f"Run `slipway up {env}` first.")
    if "monitoring" not in outputs:
        raise NotReady(f"{env} exports nothing to monitor yet", hint=f"Run `slipway up {env}` with this version.")
    try:
        return Monitoring.model_validate(outputs["monitoring"])
    except ValidationError as error:
        detail = error.errors()[0]
        place = "/".join(["monitoring", *map(str, detail["loc"])])
        raise NotReady(
            f"{env} exports what this version can't read: {place}: {detail['msg']}",
            hint=f"Run `slipway up {env}` with this version, or use the one that brought it up.",
        ) from None


def prometheus_sd(found: Monitoring) -> list[Group]:
    """One group for each process that has an address, with labels that say what it is.

    https://prometheus.io/docs/prometheus/latest/configuration/configuration/#file_sd_config
    """
    return [
        _group(found, name, app, process, service)
        for name, app in found.apps.items()
        for process, service in app.services.items()
        if service.url is not None
    ]


def _group(found: Monitoring, name: str, app: App, process: str, service: Service) -> Group:
    address = urlsplit(service.url or "")
    labels = {
        "__scheme__": address.scheme,
        "environment": found.environment,
        "region": found.region,
        "app": name,
        "process": process,
        "service": service.name,
        "cluster": found.cluster.name,
        "release": app.release.version,
        "log_group": service.log_group,
    }
    if service.load_balancer is not None:
        labels |= {"load_balancer": service.load_balancer.dimensions["LoadBalancer"]}
    return {"targets": [address.netloc], "labels": labels}
