"""Looking apps up in the catalogue."""

from driver.errors import NotFound
from spec.catalogue import App
from spec.settings import Settings


def app_of(settings: Settings, name: str) -> App:
    """An app of the catalogue. Raises NotFound that lists those there are."""
    if name not in settings.apps:
        raise NotFound(f"unknown app {name}; the catalogue has {', '.join(sorted(settings.apps))}")
    return settings.apps[name]
