"""Changing tags, for the services whose TagResource and UntagResource differ by a few words only."""

from collections.abc import Callable, Mapping

from sandbox.providers.aws.resource import Call
from sandbox.providers.aws.resources.shared import tag_list

Retag = Callable[[Call, Mapping[str, str], list[str]], None]


def retagging(argument: str, *, by_id: bool = False, form: Callable[[Mapping[str, str]], object] = tag_list) -> Retag:
    """A row's `retag`: `argument` is what the service calls the thing that it tags.

    That is given by its ARN, or `by_id`; `form` turns tags into what the service takes.
    """

    def retag(call: Call, tags: Mapping[str, str], removed: list[str]) -> None:
        which = {argument: call.id if by_id else call.state["arn"]}
        if removed:
            call.aws.untag_resource(**which, TagKeys=removed)
        if tags:
            call.aws.tag_resource(**which, Tags=form(tags))

    return retag
