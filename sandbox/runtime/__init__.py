"""A process runtime in place of Docker: OCI images unpacked to folders, tasks as process groups."""
