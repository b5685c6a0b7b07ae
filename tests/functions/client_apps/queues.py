"""A Redis in this process, with three jobs of RQ and four of Celery waiting in it."""

import threading

import redis
from celery import Celery
from fakeredis import TcpFakeServer
from rq import Queue

RQ_JOBS, CELERY_JOBS = 3, 4


def filled() -> str:
    """The Redis' URL."""
    server = TcpFakeServer(("127.0.0.1", 0))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"redis://127.0.0.1:{server.server_address[1]}/0"
    queue = Queue("default", connection=redis.Redis.from_url(url))
    for _ in range(RQ_JOBS):
        queue.enqueue("time.sleep", 1)
    tasks = Celery(broker=url)
    for _ in range(CELERY_JOBS):
        tasks.send_task("sleep", queue="mail")
    return url
