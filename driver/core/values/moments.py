"""Moments as people read them: in the zone of this machine, which is always named."""

from datetime import datetime, timedelta, tzinfo


def moment(at: datetime, zone: tzinfo | None = None, *, seconds: bool = True) -> str:
    """Such as `2026-11-29 20:51:13 +0900`, or with UTC; `zone` is TZ's, or the machine's, if left out.

    Names of zones are not used, since they are ambiguous: IST is three of them.
    """
    local = at.astimezone(zone)
    text = f"{local:%Y-%m-%d %H:%M:%S}" if seconds else f"{local:%Y-%m-%d %H:%M}"
    return f"{text} {f'{local:%z}' if local.utcoffset() != timedelta() else 'UTC'}"
