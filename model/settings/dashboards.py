"""Where the dashboards of an environment are."""

from typing import Annotated

from pydantic import StringConstraints

from model.base import Model
from model.settings.text import Form


class Dashboards(Model):
    """What there is beside `slipway dashboards`, which fills a Grafana; its address is in `slipway:notify`."""

    cloudwatch: bool = False
    """Whether `slipway up` makes them in CloudWatch too, which is paid by the dashboard."""
    folder: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    """The title of Grafana's folder; `Slipway ENV (REGION)` if left out."""
    datasource: (
        Annotated[str, Form(r"[a-zA-Z0-9_-]+", "is no UID of a data source; the end of its address in Grafana", 40)]
        | None
    ) = None
    """The UID of the CloudWatch data source in Grafana that is shown at first; Grafana's own choice if left out."""
