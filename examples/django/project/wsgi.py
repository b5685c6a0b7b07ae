"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application
from slipway_requests.wsgi import RequestLog

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

# Outermost: the line of each request, whoever answered it, and the load balancer's health check, whose Host is this
# task's own address and in nobody's ALLOWED_HOSTS.
application = RequestLog(get_wsgi_application())
