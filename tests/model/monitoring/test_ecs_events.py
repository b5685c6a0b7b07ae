from model.monitoring import ecs_events

CLUSTER = "arn:aws:ecs:eu-west-1:000000000000:cluster/dev"


def test_a_cluster_hears_of_its_own_services_and_tasks_and_of_no_other_cluster_whose_name_begins_alike() -> None:
    prefixes = [row["prefix"] for row in ecs_events.pattern(CLUSTER)["resources"]]  # type: ignore[attr-defined]
    assert prefixes == [
        "arn:aws:ecs:eu-west-1:000000000000:service/dev/",
        "arn:aws:ecs:eu-west-1:000000000000:task/dev/",
    ]


def test_only_this_rule_may_write_into_the_group() -> None:
    statements = ecs_events.delivery("arn:group", "arn:rule")["Statement"]
    assert [(row["Action"], row["Resource"]) for row in statements] == [  # type: ignore[attr-defined]
        ("logs:CreateLogStream", "arn:group:*"),
        ("logs:PutLogEvents", "arn:group:*:*"),
    ]
    assert statements[1]["Condition"] == {"ArnEquals": {"aws:SourceArn": "arn:rule"}}  # type: ignore[index]
