"""The one error that everything in `spec` raises about what a person wrote."""


class SpecError(ValueError):
    """A setting, Procfile or name that can't be used: where it is, what was found and what would do."""

    def __init__(self, path: str, message: str, *, found: str = "", hint: str = "") -> None:
        """`path` is a place that a person can go to: ``apps/api/processes/web/cpu`` or ``Procfile:3``."""
        super().__init__(path, message)
        self.path = path
        self.message = message
        self.found = found
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"
