import json
from typing import Any

import pytest

from functions.alarm_relay import logic

CHILD = {"Arn": "arn:aws:cloudwatch:eu-west-1:1:alarm:dev-shop-web-service-cpu", "State": {"Value": "ALARM"}}
QUIET = {"Arn": "arn:aws:cloudwatch:eu-west-1:1:alarm:dev-shop-web-service-memory", "State": {"Value": "OK"}}
ALARM = {"AlarmName": "dev-shop-any", "NewStateValue": "ALARM", "TriggeringChildren": [CHILD, QUIET]}
NOTICE: dict[str, Any] = {
    "Type": "Notification",
    "MessageId": "m1",
    "TopicArn": "arn:aws:sns:eu-west-1:1:slipway-dev-alarms",
    "Subject": "ALARM",
    "Message": json.dumps(ALARM),
    "SigningCertUrl": "https://sns",
}
CHAT, PAGER = {"name": "chat", "format": "slack"}, {"name": "pager", "format": "pagerduty"}
SECRET = {"chat": "https://chat.example/s3cret", "pager": "https://pager.example/s3cret"}


def test_a_chat_reads_which_alarms_ring() -> None:
    (call,) = logic.calls(NOTICE, [CHAT], SECRET)
    assert json.loads(call.body) == {"text": "dev-shop-any is ALARM: dev-shop-web-service-cpu"}
    assert call.url == SECRET["chat"]


def test_a_chat_reads_that_all_is_well_again() -> None:
    message = json.dumps({"AlarmName": "dev-shop-any", "NewStateValue": "OK", "AlarmDescription": "Something"})
    assert logic.text({**NOTICE, "Message": message}) == "dev-shop-any is OK: Something"


def test_what_is_no_alarm_is_passed_on_as_it_is() -> None:
    assert logic.text({"Message": "hello"}) == "hello"


def test_a_pager_gets_what_sns_itself_would_send() -> None:
    (call,) = logic.calls(NOTICE, [PAGER], SECRET)
    body = json.loads(call.body)
    assert body["Type"] == "Notification"
    assert json.loads(body["Message"])["AlarmName"] == "dev-shop-any"
    assert body["SigningCertURL"] == "https://sns"
    assert call.headers["x-amz-sns-message-type"] == "Notification"


def test_an_address_is_never_shown() -> None:
    assert "s3cret" not in repr(logic.calls(NOTICE, [CHAT, PAGER], SECRET))


def test_a_hook_without_an_address_is_named_and_the_others_hear_all_the_same() -> None:
    fax = {"name": "fax", "format": "fax"}
    assert logic.unaddressed([CHAT, PAGER, fax], {**SECRET, "fax": "x"}) == ["fax"]
    assert logic.unaddressed([CHAT, PAGER], {"pager": SECRET["pager"]}) == ["chat"]
    assert [call.hook for call in logic.calls(NOTICE, [CHAT, PAGER, fax], {"pager": SECRET["pager"]})] == ["pager"]


@pytest.mark.parametrize(
    "message", ["[1, 2]", "7", "null", '"text"', "{}", '{"AlarmName": "a"}', "{", "",
                json.dumps({**ALARM, "TriggeringChildren": [7]}), json.dumps({**ALARM, "TriggeringChildren": 7})],
)  # fmt: skip
def test_a_message_of_any_form_reaches_every_hook(message: str) -> None:
    for notice in ({**NOTICE, "Message": message}, {"Message": message}):
        chat, pager = logic.calls(notice, [CHAT, PAGER], SECRET)
        assert json.loads(chat.body)["text"] == (message or "an empty message")
        assert json.loads(pager.body)["Message"] == message


def test_a_notice_without_a_message_is_told_too() -> None:
    assert len(logic.calls({}, [CHAT, PAGER], SECRET)) == 2
