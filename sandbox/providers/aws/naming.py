"""Physical names where the program gives none, as the official provider makes them."""

import random
import re

from sandbox.providers.aws.resource import Name
from sandbox.providers.values import Properties

_HEX_DIGITS = 7
# What no AWS name allows and logical names may hold; the official provider leaves them and AWS refuses.
_ODD = re.compile(r"[^A-Za-z0-9._/-]")


def automatic_name(rule: Name, logical: str, seed: bytes, inputs: Properties) -> str:
    """`<logical>-<7 hex>`, or `<namePrefix><26 digits>`. Raises ValueError where that is longer than AWS allows.

    The seed is the engine's, so a retry of the same step gets the same name.
    """
    source = random.Random(seed) if seed else random.SystemRandom()
    prefix = inputs.get(f"{rule.property}Prefix")
    if prefix:
        return f"{prefix}{source.randrange(10**25, 10**26)}"
    digits = "".join(source.choices("0123456789abcdef", k=_HEX_DIGITS))
    base = _ODD.sub(rule.separator, logical)
    name = f"{base}{rule.separator}{digits}"
    if len(name) > rule.longest:
        allowed = rule.longest - _HEX_DIGITS - len(rule.separator)
        raise ValueError(
            f"the automatic name {name} has {len(name)} characters and AWS allows {rule.longest}: "
            f"set {rule.property!r}, or use a logical name of at most {allowed} characters"
        )
    return name.lower() if rule.lower else name
