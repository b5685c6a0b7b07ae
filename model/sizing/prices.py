"""AWS's list prices in US dollars, without taxes, discounts and free tiers, as of DATED: nobody asks AWS.

https://aws.amazon.com/fargate/pricing/, https://aws.amazon.com/vpc/pricing/,
https://aws.amazon.com/elasticloadbalancing/pricing/, https://aws.amazon.com/cloudwatch/pricing/
"""

from dataclasses import dataclass

DATED = "2025-07"
HOURS = 730
"""Hours of a month, as AWS's calculator counts them."""
FALLBACK = "us-east-1"
CHECKED = frozenset({"us-east-1"})
"""The regions whose prices were compared with what others publish of AWS's lists; those of all others are unproven."""


@dataclass(frozen=True, kw_only=True)
class Prices:
    """What a unit costs in one region: by the hour where the name says so, else by the month.

    Of Fargate on Linux and x86; `arm` is the share of that for ARM64, `spot` that of a Spot task, which moves.
    """

    region: str
    vcpu_hour: float
    gb_hour: float
    nat_hour: float
    balancer_hour: float
    endpoint_hour: float
    log_gb: float
    arm: float = 0.80
    spot: float = 0.30
    address_hour: float = 0.005
    log_gb_kept: float = 0.03
    image_gb: float = 0.10
    secret: float = 0.40
    key: float = 1.00
    alarm: float = 0.10
    composite_alarm: float = 0.50
    metric: float = 0.30
    enhanced_metric: float = 0.07
    zone: float = 0.50
    health_check: float = 0.50
    dashboard: float = 3.00


LISTED = {
    row.region: row
    for row in (
        Prices(
            region="us-east-1",
            vcpu_hour=0.04048,
            gb_hour=0.004445,
            nat_hour=0.045,
            balancer_hour=0.0225,
            endpoint_hour=0.01,
            log_gb=0.50,
        ),
        Prices(
            region="eu-west-1",
            vcpu_hour=0.04048,
            gb_hour=0.004445,
            nat_hour=0.048,
            balancer_hour=0.0252,
            endpoint_hour=0.011,
            log_gb=0.57,
        ),
        Prices(
            region="eu-central-1",
            vcpu_hour=0.04656,
            gb_hour=0.00511,
            nat_hour=0.052,
            balancer_hour=0.027,
            endpoint_hour=0.012,
            log_gb=0.63,
        ),
    )
}


def prices(region: str) -> Prices:
    """The prices of a region; those of us-east-1 for one that is not listed, which most regions are dearer than."""
    return LISTED.get(region, LISTED[FALLBACK])
