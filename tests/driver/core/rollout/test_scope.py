import pytest

from driver.core.ports import Change
from driver.core.rollout.scope import check_changes
from driver.errors import NotReady
from model.names.pulumi_types import SERVICE, TASK_DEFINITION

MINE = ("web", "definition")


def change(operation: str, kind: str = SERVICE, urn: str = "web") -> Change:
    return Change(operation=operation, kind=kind, name="shop.web", urn=urn)


def test_a_release_updates_services_and_replaces_task_definitions() -> None:
    changes = [change("update"), change("replace", TASK_DEFINITION, "definition")]
    check_changes("dev", "shop", changes, MINE)


@pytest.mark.parametrize("operation", ["replace", "create-replacement", "delete-replaced", "delete", "create"])
def test_a_release_never_replaces_a_service(operation: str) -> None:
    with pytest.raises(NotReady, match=f"deploying shop would {operation} the service shop.web"):
        check_changes("dev", "shop", [change(operation)], MINE)


def test_a_release_changes_nothing_of_another_app() -> None:
    with pytest.raises(NotReady, match="would update TaskDefinition"):
        check_changes("dev", "shop", [change("update", TASK_DEFINITION, "till.web")], MINE)
