"""The project on disk: stack files, YAML, git."""
