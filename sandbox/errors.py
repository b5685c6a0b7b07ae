"""What can go wrong with the sandbox that a person can do something about."""


class SandboxError(Exception):
    """One sentence saying what is wrong, and a hint saying what would do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
