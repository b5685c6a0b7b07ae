"""The domain of an environment, under which each web process has a name."""

from spec.ingress import Host
from spec.model import Model
from spec.names import ProcessNames

WEB = "web"
"""The process that has the app's own name, as on Heroku; all others add theirs."""


class Domain(Model):
    """`name` is what the names of web processes end with."""

    name: Host

    def host(self, names: ProcessNames) -> str:
        """The name of a web process: `shop.dev.example.com`, or `shop-admin.dev.example.com` where it isn't `web`."""
        label = names.app if names.process == WEB else names.service
        return f"{label}.{self.name}"
