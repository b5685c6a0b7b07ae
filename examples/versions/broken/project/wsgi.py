"""What gunicorn serves, and can't: the module below was never added to requirements.txt."""

import os

import parcel_tracking
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

application = parcel_tracking.watch(get_wsgi_application())
