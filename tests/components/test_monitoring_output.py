import asyncio
from typing import Any

import pulumi

from components.monitoring_output import joined


def test_plain_entries_and_outputs_end_in_one_mapping() -> None:
    async def both() -> Any:
        url = pulumi.Output.from_input("http://shop")
        return await joined({"till": {"web": "http://till"}, "shop": {"web": url}, "mail": {}}).future()

    assert asyncio.run(both()) == {"till": {"web": "http://till"}, "shop": {"web": "http://shop"}, "mail": {}}


def test_an_output_is_found_however_deep_it_is() -> None:
    async def deep() -> Any:
        name = pulumi.Output.from_input("/aws/ecs")
        return await joined({"shop": {"log_groups": [{"days": 30}, {"name": name}]}}).future()

    assert asyncio.run(deep()) == {"shop": {"log_groups": [{"days": 30}, {"name": "/aws/ecs"}]}}
