import json
from typing import Any

from components.queue_metrics import plan
from functions.queue_metrics import logic, tokens
from functions.queue_metrics.plan import Plan, read
from model.monitoring import queue_metrics
from model.settings import queues
from tests.model.settings.test_environment import checked

ARN = "arn:aws:sqs:eu-west-1:000000000000:jobs"
WEB: dict[str, Any] = {"port": 8000}


def held(**queue: Any) -> dict[str, Any]:
    return {"scaling": {"min": 1, "max": 4, "backlog": 10, **({"queue": queue} if queue else {})}}


APPS = {
    "shop": {"processes": {
        "web": WEB, "worker": held(), "mailer": held(name="mail", measure="latency", every=20),
    }},
    "till": {"processes": {"packer": held(source="sqs", arn=ARN), "printer": held(source="own")}},
    "desk": {"processes": {"sorter": held(source="judoscale", queues=["high", "low"])}},
    "bank": {"processes": {"web": WEB}},
    "mint": {"processes": {"worker": held(source="own")}},
}  # fmt: skip
URLS = {"shop": {"web": "https://shop.example.com/"}, "bank": {"web": "https://bank.example.com/"}}


def made() -> Plan:
    return read(json.loads(plan(checked({"apps": APPS}), URLS)))


def test_the_function_reads_what_the_platform_writes_for_it() -> None:
    found = {app.name: app for app in made().apps}
    assert set(found) == {"shop", "till", "desk"}
    shop, till, desk = found["shop"], found["till"], found["desk"]
    assert (shop.url, shop.secret) == ("https://shop.example.com/", "dev/shop/hirefire")
    assert [(each.process, each.name, each.latency, each.every) for each in shop.workers] == [
        ("mailer", "mail", True, 20), ("worker", "worker", False, 60),
    ]  # fmt: skip
    assert [(each.service, each.source, each.queue) for each in till.workers] == [("till-packer", "sqs", ARN)]
    assert (till.url, till.secret, desk.url, desk.secret) == ("", "", "", "dev/desk/hirefire")
    assert desk.workers[0].queues == ("high", "low")
    assert made().table == "slipway-dev-queues"


def test_the_same_settings_make_the_same_file() -> None:
    turned = {name: APPS[name] for name in reversed(APPS)}
    assert plan(checked({"apps": turned}), URLS) == plan(checked({"apps": APPS}), URLS)


def test_both_sides_call_the_metrics_the_same() -> None:
    names = ["NAMESPACE", "JOBS", "BACKLOG", "WAKE_UP", "OLDEST", "BUSY", "FAILED", "AGE"]
    assert {name: getattr(logic, name) for name in names} == {name: getattr(queue_metrics, name) for name in names}
    assert tokens.NAME == queues.TOKEN
    found = {app.name: app for app in made().apps}["shop"]
    data = logic.of_worker("dev", "shop", found.workers[0], 3.0, None, 1.0)
    names_of = checked({"apps": APPS}).names("shop").process("mailer")
    shown = [{row["Name"]: row["Value"] for row in datum["Dimensions"]} for datum in data]
    assert all(row == queue_metrics.dimensions(names_of) for row in shown)
    (age, *_) = logic.of_health("dev", logic.Health(seen=1, failed=0, slowest=1, age=1), 1.0)
    assert {row["Name"]: row["Value"] for row in age["Dimensions"]} == queue_metrics.of_counting("dev")


def test_the_last_pass_ends_within_the_functions_time() -> None:
    latest = max(at for at, _ in made().passes())
    assert latest + queues.LIMIT + 3 < queues.COUNTER_TIMEOUT < 60
