"""A Flask app whose requests wait before they get to it, as HireFire's own library measures; it says its port."""

import sys
from wsgiref.simple_server import make_server

from flask import Flask
from hirefire_resource import HireFire
from hirefire_resource.middleware.wsgi.flask import HireFireMiddleware

with HireFire.configure() as config:
    config.dyno("web")
app = Flask(__name__)


@app.get("/")
def home() -> str:
    """Anything."""
    return "hello"


app.wsgi_app = HireFireMiddleware(app)
server = make_server("127.0.0.1", 0, app)
sys.stdout.write(f"{server.server_port}\n")
sys.stdout.flush()
server.serve_forever()
