"""Route 53's calculated health checks keep the ids of those that they are calculated from, which ministack loses."""

from collections.abc import Callable
from xml.etree.ElementTree import Element

from ministack.services import route53

from sandbox.emulator.patching.patch import Needs, Record, replace

NEEDS: Needs = {"ministack.services.route53": ("_find", "_findall", "_parse_health_check_config")}


def install() -> None:
    """Read `ChildHealthChecks`."""
    replace(route53, "_parse_health_check_config", _with_children)


def _with_children(original: Callable[[Element], Record]) -> Callable[[Element], Record]:
    def parse(element: Element) -> Record:
        config, children = original(element), route53._find(element, "ChildHealthChecks")
        if children is not None:
            found = route53._findall(children, "ChildHealthCheck")
            config["ChildHealthChecks"] = [(child.text or "").strip() for child in found]
        return config

    return parse
