"""Requests through a load balancer to tasks that come and go."""

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest

from tests.sandbox.emulator.cloud import Cloud, Web, until

pytestmark = pytest.mark.sandbox


@contextmanager
def connected(web: Web) -> Iterator[http.client.HTTPConnection]:
    """A keep-alive connection; http.client opens it anew after the other side closed it."""
    host = urlsplit(web.url)
    with closing(http.client.HTTPConnection(host.hostname or "", host.port or 80, timeout=20)) as connection:
        yield connection


def ask(web: Web, path: str = "/", method: str = "GET", body: bytes | None = None) -> tuple[int, bytes]:
    with connected(web) as connection:
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, answer.read()


def serving(cloud: Cloud, *, desired: int = 1, version: str = "v1") -> Web:
    web = cloud.web()
    cloud.create(cloud.definition("web", version=version), desired=desired, web=web)
    cloud.stable()
    return web


@dataclass
class Load:
    """Keep-alive clients that ask all the time; what isn't a 200 is a failure."""

    web: Web
    answers: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Load":
        self.threads = [threading.Thread(target=self.run) for _ in range(4)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        for thread in self.threads:
            thread.join()

    def run(self) -> None:
        with connected(self.web) as connection:
            while not self.stopped.wait(0.01):
                try:
                    self.ask(connection)
                except (OSError, http.client.HTTPException) as error:
                    self.failures.append(repr(error))
                    connection.close()

    def ask(self, connection: http.client.HTTPConnection) -> None:
        connection.request("GET", "/")
        answer = connection.getresponse()
        body = answer.read()
        kept = self.answers if answer.status == 200 else self.failures
        kept.append(json.loads(body)["version"] if answer.status == 200 else str(answer.status))


def test_the_dns_name_answers_with_the_targets_answer(cloud: Cloud) -> None:
    web = serving(cloud)
    headers = {"Host": "api.example.com", "X-Forwarded-For": "10.1.2.3", "Connection": "close, X-Hop", "X-Hop": "1"}
    with connected(web) as connection:
        connection.request("GET", "/a%2Fb?c=d%20e", headers=headers)
        answer = connection.getresponse()
        seen = json.loads(answer.read())
    assert (answer.status, seen["path"]) == (200, "/a%2Fb?c=d%20e")
    names = [name for name, _ in answer.getheaders()]
    assert names.index("Content-Type") < names.index("X-First") < names.index("Set-Cookie")
    assert [value for name, value in answer.getheaders() if name == "Set-Cookie"] == ["a=1", "b=2"]
    passed = {name.lower(): value for name, value in seen["headers"]}
    assert passed["host"] == "api.example.com"
    assert passed["x-forwarded-for"] == "10.1.2.3, 127.0.0.1"
    assert (passed["x-forwarded-proto"], passed["x-forwarded-port"]) == ("http", "80")
    assert passed["x-amzn-trace-id"].startswith("Root=1-")
    assert not {"x-hop", "user-agent"} & passed.keys()


def test_bodies_stream_both_ways(cloud: Cloud) -> None:
    web = serving(cloud)
    status, body = ask(web, "/upload", "POST", b"x" * 3_000_000)
    assert (status, json.loads(body)["received"]) == (201, 3_000_000)
    with connected(web) as connection:
        connection.request("GET", "/stream")
        answer = connection.getresponse()
        began = time.monotonic()
        assert answer.read(2) == b"0\n"
        assert time.monotonic() - began < 0.25
        assert answer.read() == b"1\n2\n"


def test_requests_go_to_healthy_targets_in_turn(cloud: Cloud) -> None:
    web = serving(cloud, desired=2)
    elb = cloud.client("elbv2")
    elb.register_targets(TargetGroupArn=web.group, Targets=[{"Id": "127.0.0.1", "Port": 9}])
    states = until(lambda: sorted(row["State"] for row in cloud.health(web)) == ["healthy", "healthy", "unhealthy"])
    assert states
    assert [ask(web)[0] for _ in range(12)] == [200] * 12


def test_rules_choose_among_fixed_answers_redirects_and_groups(cloud: Cloud) -> None:
    web, elb = serving(cloud), cloud.client("elbv2")
    fixed = {"StatusCode": "418", "ContentType": "text/plain", "MessageBody": "teapot"}
    redirect = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
    elb.create_rule(
        ListenerArn=web.listener,
        Priority=2,
        Conditions=[{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/tea*"]}}],
        Actions=[{"Type": "fixed-response", "FixedResponseConfig": fixed}],
    )
    elb.create_rule(
        ListenerArn=web.listener,
        Priority=1,
        Conditions=[
            {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/tea*"]}},
            {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "with", "Value": "milk"}]}},
        ],
        Actions=[{"Type": "redirect", "RedirectConfig": redirect}],
    )
    assert ask(web, "/tea") == (418, b"teapot")
    with connected(web) as connection:
        connection.request("GET", "/tea?with=milk", headers={"Host": "example.com"})
        answer = connection.getresponse()
        assert (answer.status, answer.getheader("Location")) == (301, "https://example.com:443/tea?with=milk")
    assert ask(web, "/coffee")[0] == 200


def test_weights_share_the_requests_and_zero_gets_none(cloud: Cloud) -> None:
    web, elb = serving(cloud), cloud.client("elbv2")
    empty = elb.create_target_group(Name=f"{cloud.name}-2", Protocol="HTTP", Port=80, VpcId="vpc-1", TargetType="ip")
    other = empty["TargetGroups"][0]["TargetGroupArn"]

    def share(first: int, second: int) -> set[int]:
        groups = [{"TargetGroupArn": web.group, "Weight": first}, {"TargetGroupArn": other, "Weight": second}]
        action = {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}
        made = elb.modify_listener(ListenerArn=web.listener, DefaultActions=[action])["Listeners"][0]
        assert made["DefaultActions"][0]["ForwardConfig"]["TargetGroups"] == groups
        return {ask(web)[0] for _ in range(30)}

    assert share(1, 0) == {200}
    assert share(0, 1) == {503}
    assert share(1, 1) == {200, 503}


def test_a_target_that_closes_a_reused_connection_is_a_502(cloud: Cloud) -> None:
    web = serving(cloud)
    assert ask(web)[0] == 200
    status, body = ask(web, "/hang-up")
    assert status == 502
    assert b"502 Bad Gateway" in body


def test_a_target_that_takes_too_long_is_a_504(cloud: Cloud) -> None:
    web = serving(cloud)
    cloud.client("elbv2").modify_load_balancer_attributes(
        LoadBalancerArn=web.balancer, Attributes=[{"Key": "idle_timeout.timeout_seconds", "Value": "1"}]
    )
    assert ask(web, "/slow?seconds=3")[0] == 504


def test_a_request_in_flight_outlives_the_drain_of_its_target(cloud: Cloud) -> None:
    web = serving(cloud)
    answers: list[int] = []
    slow = threading.Thread(target=lambda: answers.append(ask(web, "/slow?seconds=2")[0]))
    slow.start()
    time.sleep(0.3)
    task = cloud.tasks()[0]["taskArn"]
    cloud.ecs.stop_task(cluster=cloud.name, task=task)
    assert "draining" in [row["State"] for row in cloud.health(web)]
    until(lambda: [row for row in cloud.tasks() if row["lastStatus"] == "RUNNING"])
    slow.join()
    assert answers == [200]
    assert cloud.ended(task)["containers"][0]["exitCode"] == 0


def test_a_rolling_update_under_load_loses_no_request(cloud: Cloud) -> None:
    web = serving(cloud, desired=2)
    with Load(web) as load:
        until(lambda: len(load.answers) > 20)
        cloud.update(taskDefinition=cloud.definition("web", version="v2"))
        cloud.stable()
        seen = len(load.answers)
        until(lambda: len(load.answers) > seen + 20)
    assert load.failures == []
    assert load.answers[0] == "v1"
    assert set(load.answers[seen + 5 :]) == {"v2"}


def test_no_targets_is_a_503_and_a_deleted_listener_is_closed(cloud: Cloud) -> None:
    web = cloud.web()
    until(lambda: status_or_zero(web))
    status, body = ask(web)
    assert status == 503
    assert b"503 Service Temporarily Unavailable" in body
    cloud.client("elbv2").delete_listener(ListenerArn=web.listener)
    until(lambda: status_or_zero(web) == 0)


def status_or_zero(web: Web) -> int:
    try:
        return ask(web)[0]
    except ConnectionError:  # refused, or closed on a connection that was made in the last moment
        return 0
