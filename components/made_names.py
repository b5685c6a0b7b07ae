"""Names that the provider makes of a Pulumi name and a random end: whatever such a resource is called, it keeps it.

One that was taken over has a name that was made in another run; without this the next run would make a new one, and
with it a new resource. https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming
"""

from __future__ import annotations

import pulumi

from model.names.pulumi_types import ROLE_POLICY, SECURITY_GROUP

NAMED_BY_PROVIDER = {ROLE_POLICY, SECURITY_GROUP}


def keep() -> None:
    """From here on each such resource of this run stays what it is called."""
    pulumi.runtime.register_stack_transformation(_kept)


def _kept(given: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
    if given.type_ not in NAMED_BY_PROVIDER:
        return None
    opts = pulumi.ResourceOptions.merge(given.opts, pulumi.ResourceOptions(ignore_changes=["name"]))
    return pulumi.ResourceTransformationResult(props=given.props, opts=opts)
