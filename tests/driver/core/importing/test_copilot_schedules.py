import pytest

from driver.core.importing.copilot_schedules import expression
from model.settings.expressions import problem


@pytest.mark.parametrize(
    ("copilot", "here"),
    [
        ("@yearly", "cron(0 0 1 1 ? *)"),
        ("@monthly", "cron(0 0 1 * ? *)"),
        ("@Weekly", "cron(0 0 ? * 1 *)"),
        ("@daily", "cron(0 0 * * ? *)"),
        ("@hourly", "cron(0 * * * ? *)"),
        ("@every 1h30m", "rate(90 minutes)"),
        ("@every 1h", "rate(1 hour)"),
        ("@every 1m", "rate(1 minute)"),
        ("@every 24h0m0s", "rate(24 hours)"),
        ("0 9 * * *", "cron(0 9 * * ? *)"),
        ("*/5 * * * *", "cron(*/5 * * * ? *)"),
        ("0 9 * * 1-5", "cron(0 9 ? * 2-6 *)"),
        ("0 9 * * 0,6", "cron(0 9 ? * 1,7 *)"),
        ("0 9 * * MON-FRI", "cron(0 9 ? * MON-FRI *)"),
        ("0  9  1 * *", "cron(0 9 1 * ? *)"),
        ("rate(5 minutes)", "rate(5 minutes)"),
        ("cron(0 3 * * ? *)", "cron(0 3 * * ? *)"),
    ],
)
def test_a_schedule_means_the_same_here(copilot: str, here: str) -> None:
    assert expression(copilot) == here
    assert problem(here) == ""


@pytest.mark.parametrize("copilot", ["none", "", "@every 30s", "@every soon", "0 9 1 * 1", "0 25 * * *", "at noon"])
def test_what_can_not_be_said_here_is_not_guessed(copilot: str) -> None:
    assert expression(copilot) == ""
