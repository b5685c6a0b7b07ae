"""On which capacity the tasks of a service are placed: Fargate, Fargate Spot, or both by weight."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from model.base import Model

FARGATE = "FARGATE"
SPOT = "FARGATE_SPOT"

Strategy = tuple[tuple[str, int], ...]
"""Provider and weight, as ECS has them; a provider without weight is left out."""


class Capacity(Model):
    """The weights of Fargate and Fargate Spot, by which ECS spreads the tasks of a service.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
    """

    fargate: Annotated[int, Field(ge=0, le=1000)] = 1
    """The weight of Fargate."""
    spot: Annotated[int, Field(ge=0, le=1000)] = 0
    """The weight of Fargate Spot, which is cheaper and can be taken away with two minutes' notice."""

    @model_validator(mode="after")
    def _some(self) -> Self:
        if self.fargate + self.spot == 0:
            raise ValueError("fargate and spot are both 0; give one of them a weight")
        return self

    @property
    def strategy(self) -> Strategy:
        """Never empty: from or to an empty strategy a service is replaced in any case."""
        return tuple((name, weight) for name, weight in ((FARGATE, self.fargate), (SPOT, self.spot)) if weight > 0)


def told(strategy: Strategy) -> str:
    """Weights as a sentence has them."""
    return " and ".join(f"{name} {weight}" for name, weight in strategy) or "none"
