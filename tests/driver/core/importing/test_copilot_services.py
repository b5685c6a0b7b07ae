from typing import Any

import pytest

from driver.core.importing.copilot_services import service

WEB: dict[str, Any] = {
    "type": "Load Balanced Web Service",
    "image": {"build": "Dockerfile", "port": 8080},
    "command": "x",
}


@pytest.mark.parametrize(
    ("manifest", "row"),
    [
        ({}, {"port": 8080, "count": 1, "health": {"path": "/", "codes": "200-499"}}),
        ({"http": {"healthcheck": "/up"}}, {"health": {"path": "/up"}}),
        (
            {
                "http": {
                    "healthcheck": {"path": "/up", "success_codes": 200, "interval": "1m30s", "healthy_threshold": 4}
                }
            },
            {"health": {"path": "/up", "codes": "200", "healthy": 4, "interval": 90}},
        ),
        ({"count": 3}, {"count": 3}),
        ({"count": {"range": "1-8", "cpu_percentage": 70}}, {"scaling": {"min": 1, "max": 8, "cpu": 70}}),
        (
            {"count": {"range": {"min": 0, "max": 8, "spot_from": 2}, "memory_percentage": {"value": 80}}},
            {"scaling": {"min": 1, "max": 8, "memory": 80}},
        ),
        ({"count": {"spot": 5}}, {"count": 5}),
        ({"cpu": 500, "memory": 700}, {"cpu": 512, "memory": 1024}),
        ({"command": ["a", "b c"]}, {"command": ["a", "b c"]}),
        ({"entrypoint": "sh -c", "command": ["run all"]}, {"command": ["sh", "-c", "run all"]}),
        ({"command": "broken 'quote"}, {"command": ["sh", "-c", "broken 'quote"]}),
        ({"platform": {"osfamily": "linux", "architecture": "arm64"}}, {"architecture": "arm64"}),
        ({"exec": True}, {"exec": True}),
        ({"type": "Backend Service"}, {"count": 1}),
        ({"type": "Backend Service", "http": {"path": "/"}}, {"port": 8080, "public": False}),
        ({"type": "Scheduled Job", "on": {"schedule": "@daily"}}, {"schedule": "cron(0 0 * * ? *)"}),
        ({"type": "Scheduled Job", "on": {"schedule": "none"}}, {"schedule": {"at": "rate(1 day)", "enabled": False}}),
    ],
)
def test_a_manifest_is_a_row(manifest: dict[str, Any], row: dict[str, Any]) -> None:
    found = service("api", {**WEB, **manifest}).row
    assert {key: found[key] for key in row} == row


def test_values_stay_values_and_what_is_elsewhere_is_named() -> None:
    found = service(
        "api", {**WEB, "variables": {"A": 1, "B": True, "C": {"from_cfn": "x"}}, "secrets": {"S": "/copilot/s"}}
    )
    assert found.values == {"A": "1", "B": "true"}
    assert found.secrets == ("C", "S")


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        ({"http": {"path": "admin"}}, "what begins with admin"),
        ({"sidecars": {"nginx": {}}}, "write them under sidecars"),
        ({"storage": {"volumes": {"a": {}}}}, "keep files in S3"),
        ({"subscribe": {"topics": []}}, "set scaling/backlog"),
        ({"type": "Backend Service"}, "Service Connect"),
        ({"command": None}, "write its line of the Procfile"),
        ({"type": "Scheduled Job", "on": {"schedule": "0 9 1 * 1"}}, "'0 9 1 * 1' has no like here"),
        ({"type": "Request-Driven Web Service"}, "App Runner"),
        ({"count": {"spot": 2}}, "set capacity"),
    ],
)
def test_what_has_no_row_is_for_a_person(manifest: dict[str, Any], words: str) -> None:
    assert [todo for todo in service("api", {**WEB, **manifest}).todos if words in todo]


def test_hosts_are_taken_in_every_form() -> None:
    for alias in ("A.example", ["a.example"], [{"name": "a.example", "hosted_zone": "Z1"}]):
        assert service("api", {**WEB, "http": {"alias": alias}}).hosts == ("a.example",)
