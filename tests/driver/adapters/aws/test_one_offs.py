from driver.adapters.aws.ecs.one_offs import definition
from driver.core.ports.one_off import OneOff

ASKED = OneOff(base="arn:web:3", family="dev-shop-run", command=("rake", "db:seed"), cpu=512, memory=1024)
LOGS = {
    "logDriver": "awslogs",
    "options": {"awslogs-group": "/ecs/dev/shop-web", "mode": "non-blocking", "max-buffer-size": "25m"},
}
WEB = {
    "name": "app",
    "image": "shop@sha256:aa",
    "entryPoint": ["sh", "entrypoint-web.sh"],
    "portMappings": [{"containerPort": 8000}],
    "healthCheck": {"command": ["true"]},
    "secrets": [{"name": "A", "valueFrom": "arn:secret:A::1"}],
    "logConfiguration": LOGS,
    "stopTimeout": 30,
}
BASE = {
    "family": "dev-shop-web",
    "revision": 3,
    "status": "ACTIVE",
    "taskDefinitionArn": "arn:web:3",
    "cpu": "256",
    "memory": "512",
    "networkMode": "awsvpc",
    "containerDefinitions": [WEB, {"name": "proxy", "image": "proxy", "portMappings": [{"containerPort": 5432}]}],
}


def test_all_of_the_process_stays_but_what_it_serves_and_what_it_runs() -> None:
    made = definition(BASE, ASKED)
    assert made == {
        "family": "dev-shop-run",
        "cpu": "512",
        "memory": "1024",
        "networkMode": "awsvpc",
        "containerDefinitions": [
            {
                "name": "app",
                "image": "shop@sha256:aa",
                "secrets": WEB["secrets"],
                "stopTimeout": 30,
                "logConfiguration": {
                    "logDriver": "awslogs",
                    "options": {"awslogs-group": "/ecs/dev/shop-web", "mode": "blocking"},
                },
                "entryPoint": ["rake"],
                "command": ["db:seed"],
            },
            BASE["containerDefinitions"][1],  # type: ignore[index]
        ],
    }


def test_an_images_own_entry_point_stays_where_the_process_runs_by_it() -> None:
    base = {**BASE, "containerDefinitions": [{"name": "app", "image": "i", "command": ["web"]}]}
    (made,) = definition(base, ASKED)["containerDefinitions"]
    assert made == {"name": "app", "image": "i", "command": ["rake", "db:seed"]}
