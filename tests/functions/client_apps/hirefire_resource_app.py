"""A Flask app with HireFire's own library before it, as PyPI has it; it says its port and serves."""

import sys
import time
from wsgiref.simple_server import make_server

from flask import Flask
from hirefire_resource import HireFire
from hirefire_resource.macro import celery as celery_macro
from hirefire_resource.macro import rq as rq_macro
from hirefire_resource.middleware.wsgi.flask import HireFireMiddleware
from queues import filled

url = filled()
# Of a job that came this moment the age is nothing at all.
time.sleep(0.2)
with HireFire.configure() as config:
    config.dyno("rq_size", lambda: rq_macro.job_queue_size("default", redis_url=url))
    config.dyno("rq_latency", lambda: rq_macro.job_queue_latency("default", redis_url=url))
    config.dyno("celery_size", lambda: celery_macro.job_queue_size("mail", broker_url=url))
    config.dyno("nobody_knows", lambda: None)
app = Flask(__name__)
app.wsgi_app = HireFireMiddleware(app)
server = make_server("127.0.0.1", 0, app)
sys.stdout.write(f"{server.server_port}\n")
sys.stdout.flush()
server.serve_forever()
