"""The settings for work on some apps only: what is wrong with another app of the catalogue is in nobody else's way."""

import re
from collections.abc import Collection, Mapping

from model.settings.environment import Settings
from model.settings.overriding import Data
from model.settings.parse import SettingsError, parse

_APP = re.compile(r"\b(?:apps|overrides)/([^/\s]+)")


def parse_for(
    needed: Collection[str] | None, env: str, region: str | None, config: Data
) -> tuple[Settings, SettingsError | None]:
    """The settings, as `parse` has them, without the apps that are wrong, and what is wrong with those.

    Raises SettingsError where one of the apps that are `needed` is wrong, or all are needed (None), or anything else is
    wrong that can't be taken out.
    """
    try:
        return parse(env, region, config), None
    except SettingsError as error:
        apps = config.get("apps")
        found = [_APP.findall(finding.path) for finding in error.findings]
        wrong = {name for names in found for name in names}
        if needed is None or not isinstance(apps, Mapping) or not all(found) or wrong.intersection(needed):
            raise
        left = {"apps": _without(apps, wrong), "overrides": _without(config.get("overrides"), wrong)}
        try:
            return parse(env, region, {**config, **left}), error
        except SettingsError:
            # What else names those apps, such as a host of theirs, is wrong without them: the first error tells more.
            raise error from None


def _without(rows: object, names: Collection[str]) -> object:
    return {name: row for name, row in rows.items() if str(name) not in names} if isinstance(rows, Mapping) else rows
