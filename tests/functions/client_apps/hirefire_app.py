"""A Flask app with the community's older library, as PyPI has it; it says its port and serves."""

import os
import sys
from wsgiref.simple_server import make_server

import redis
from flask import Flask
from hirefire.contrib.flask.blueprint import build_hirefire_blueprint
from hirefire.procs import Proc
from hirefire.procs.rq import RQProc
from queues import filled

connection = redis.Redis.from_url(filled())


class Rq(RQProc):
    """Jobs that wait and those that are worked on."""

    name = "rq_size"
    queues = ("default",)
    connection = connection


class Idle(Proc):
    """One that has none."""

    name = "idle"
    queues = ("none",)

    def quantity(self, **_: object) -> int:
        """Nothing."""
        return 0


app = Flask(__name__)
app.register_blueprint(build_hirefire_blueprint(os.environ["HIREFIRE_TOKEN"], [Rq(), Idle()]))
server = make_server("127.0.0.1", 0, app)
sys.stdout.write(f"{server.server_port}\n")
sys.stdout.flush()
server.serve_forever()
