"""The platform as values: settings, names, releases, containers. Imports no SDK; everything else may import it."""

__version__ = "0.1.0"
