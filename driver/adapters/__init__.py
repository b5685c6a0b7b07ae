"""The world outside: the only files that import an SDK. Each implements a port of the core."""
