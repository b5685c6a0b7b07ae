"""The base of every value that enters from outside: frozen, and closed to unknown keys."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A checked, unchangeable value; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
