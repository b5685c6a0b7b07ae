"""Each service is asked to change tags in its own words."""

from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from sandbox.providers.aws.clients import Clients
from sandbox.providers.aws.resource import Call, Row
from sandbox.providers.aws.resources import ROWS, tagging

TAGGED = [row for row in ROWS.values() if row.retag.__module__ == tagging.__name__]
ARN = "arn:aws:service:eu-west-1:000000000000:thing/one"
ID = "the-id-of-a-thing-that-is-long-enough"


class Listening(Clients):
    """Hears what is asked of a service, and refuses what AWS's model of it doesn't have."""

    def __init__(self) -> None:
        super().__init__("")
        self.asked: list[dict[str, Any]] = []

    def client(self, service: str, region: str) -> Any:
        model = botocore.session.get_session().get_service_model(service)

        def hear(operation: str, **arguments: Any) -> None:
            report = ParamValidator().validate(arguments, model.operation_model(operation).input_shape)
            assert not report.has_errors(), report.generate_report()
            self.asked.append({"operation": operation, **arguments})

        class Client:
            def tag_resource(self, **arguments: Any) -> None:
                hear("TagResource", **arguments)

            def untag_resource(self, **arguments: Any) -> None:
                hear("UntagResource", **arguments)

        return Client()


def _asked(row: Row, tags: dict[str, str], removed: list[str]) -> list[dict[str, Any]]:
    heard = Listening()
    call = Call(type=row.type, name="one", service=row.service, region="eu-west-1", clients=heard, id=ID)
    call.state = {"arn": ARN}
    row.retag(call, tags, removed)
    return heard.asked


@pytest.mark.parametrize("row", TAGGED, ids=lambda row: row.type)
def test_what_goes_is_taken_off_and_what_is_new_is_put_on(row: Row) -> None:
    off, on = _asked(row, {"Team": "a"}, ["Old"])
    assert (off["operation"], off["TagKeys"], on["operation"]) == ("UntagResource", ["Old"], "TagResource")
    assert on["Tags"] in ({"Team": "a"}, [{"Key": "Team", "Value": "a"}], [{"TagKey": "Team", "TagValue": "a"}])
    assert {ARN, ID} & set(map(str, on.values()))


@pytest.mark.parametrize("row", TAGGED, ids=lambda row: row.type)
def test_nothing_is_asked_for_what_stays(row: Row) -> None:
    assert _asked(row, {}, []) == []


def test_the_services_that_speak_this_way_are_known() -> None:
    assert {row.service for row in TAGGED} == {
        "application-autoscaling", "cloudwatch", "dynamodb", "events", "kms", "lambda", "secretsmanager",
        "servicediscovery", "sns",
    }  # fmt: skip
